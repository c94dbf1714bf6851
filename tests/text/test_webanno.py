"""WebAnno TSV 3: examples in the words of its description, and everything that can be wrong with a file."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.errors import FormatError
from projection.text import documents
from projection.text.webanno import escape_text, escape_value, read_layout, unescape_text, unescape_value
from projection.types import Entity, Span

NER = "#FORMAT=WebAnno TSV 3.3\n#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|value\n\n\n"


def read(text: str, **told):
    return documents.read(text.encode(), name="a.tsv", **told)


def spans(sentence):
    return [(entity.span.start, entity.span.end, entity.label) for entity in sentence.entities]


def test_several_layers_relations_and_stacked_spans():
    """Ms. Haag plays Elianti, from the description of the format, with a second sentence."""
    document = read(
        "#FORMAT=WebAnno TSV 3.3\n"
        "#T_SP=de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|PosValue\n"
        "#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value\n"
        "#T_RL=de.tudarmstadt.ukp.dkpro.core.api.syntax.type.dependency.Dependency|DependencyType|BT_de.x.POS\n\n\n"
        "#Sentence.id=s-1\n"
        "#Text=Ms. Haag plays Elianti .\n"
        "1-1\t0-3\tMs.\tNNP\t*[1]|*[2]\tPER[1]|PERpart[2]\tSUBJ\t1-3\t\n"
        "1-2\t4-8\tHaag\tNNP\t*[1]\tPER[1]\tSBJ\t1-3\t\n"
        "1-3\t9-14\tplays\tVBD\t_\t_\tP|ROOT\t1-5|1-3\t\n"
        "1-4\t15-22\tElianti\tNNP\t*\tMISC\tOBJ\t1-3\t\n"
        "1-5\t23-24\t.\t.\t_\t_\t_\t_\t\n\n"
        "#Text=I like it 😊.\n"
        "2-1\t25-26\tI\tPRP\t_\t_\t_\t_\t\n"
        "2-2\t27-31\tlike\tVB\t_\t_\t_\t_\t\n"
        "2-3\t32-34\tit\tPRP\t_\t_\t_\t_\t\n"
        "2-4\t35-37\t😊\tX\t*\tEMO\t_\t_\t\n"
        "2-5\t37-38\t.\t.\t_\t_\t_\t_\t\n"
    )
    assert document.format == "webanno" and "the layer NamedEntity" in document.description
    first, second = document.iter_sentences()
    assert (first.id, first.text, spans(first)) == ("s-1", "Ms. Haag plays Elianti .", [(0, 2, "PER"), (3, 4, "MISC")])
    assert (second.id, second.text, spans(second)) == ("2", "I like it 😊.", [(3, 4, "EMO")])
    assert [problem.kind for problem in document.problems] == ["nested"]


def test_escaped_values_and_texts():
    text = NER + (
        "#Text=a_b [x]\\tc \\\\ d\n#Text=e\n1-1\t0-3\ta_b\t#\\*'\\|\\[ \\]\\\\\\_\\;\\->\t\n1-2\t4-7\t[x]\tA\\\\[3]\t\n"
        "1-3\t8-9\tc\tA\\\\[3]\t\n1-4\t10-11\t\\\tx\\]\t\n1-5\t12-13\td\t_\t\n1-6\t14-15\te\t_\t\n"
    )
    (sentence,) = read(text).iter_sentences()
    assert sentence.text == "a_b [x]\tc \\ d\ne"
    assert spans(sentence) == [(0, 1, "#*'|[ ]\\_;->"), (1, 3, "A\\"), (3, 4, "x]")]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_escaping_has_a_way_back(text):
    assert unescape_value(escape_value(text)) == text
    assert unescape_text(escape_text(text)) == text
    assert not {"\n", "\r", "\t"} & set(escape_text(text))


def test_spans_on_parts_of_words_are_widened_and_reported():
    document = read(
        NER + "#Text=Test it\n1-1\t0-4\tTest\t_\t\n1-1.1\t0-1\tT\tOTH\t\n1-2\t5-7\tit\t_\t\n1-2.1\t5-5\t\tZERO\t\n"
    )
    (sentence,) = document.iter_sentences()
    assert spans(sentence) == [(0, 1, "OTH")]
    assert [str(problem) for problem in document.problems] == [
        "a.tsv:7: OTH covers part of a word (widened to the word)",
        "a.tsv:9: a span without any character (left out)",
    ]


def test_a_span_over_two_sentences_is_cut_and_reported():
    document = read(NER + "#Text=A b\n1-1\t0-1\tA\tX[1]\t\n1-2\t2-3\tb\tX[1]\t\n\n#Text=c\n2-1\t4-5\tc\tX[1]\t\n")
    assert [spans(sentence) for sentence in document.iter_sentences()] == [[(0, 2, "X")], [(0, 1, "X")]]
    assert document.problems[0].message == "a span goes on from the sentence before"


def test_a_span_without_a_value_is_named_after_its_layer_and_reported():
    head = "#FORMAT=WebAnno TSV 3.2\n#T_SP=webanno.custom.Person|\n\n\n"
    document = read(head + "#Text=Ann left\n1-1\t0-3\tAnn\t*\t\n1-2\t4-8\tleft\t_\t\n")
    assert spans(next(document.iter_sentences())) == [(0, 1, "Person")]
    assert document.problems[0].repaired_by == "named Person"


def test_the_layer_of_entities_is_found_among_others():
    pos = "#T_SP=de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|PosValue|coarseValue"
    own, named = (
        "#T_SP=webanno.custom.Span|note|label",
        "#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|value",
    )
    chain = "#T_CH=de.tudarmstadt.ukp.dkpro.core.api.coref.type.CoreferenceLink|referenceType|referenceRelation"
    assert read_layout([pos, own, chain])[:3:2] == (3, 6)
    assert read_layout([pos, own, named])[:2] == (4, "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity")
    assert read_layout([pos, chain]).column is None


def test_a_file_without_a_layer_of_spans_has_sentences_without_labels():
    document = read("#FORMAT=WebAnno TSV 3.3\n\n\n#Text=He left\n1-1\t0-2\tHe\t\n1-2\t3-7\tleft\t\n")
    assert not document.has_labels and next(document.iter_sentences()).words == ("He", "left")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("#Text=He\n1-1\t0-2\tHe\n", "3 columns where the file has 4"),
        ("#Text=He\nx\t0-2\tHe\t_\n", "not with the numbers of a word"),
        ("#Text=He\n1-1\t0-2\tShe\t_\n", "not those of #Text"),
        ("#Text=He\n1-2.1\t0-2\tHe\t_\n", "part of a word that is not there"),
        ("#Text=He\n1-1\t0-99999999999999999999\tHim\t_\n", "not those of #Text"),
    ],
)
def test_a_sentence_that_cannot_be_read_is_left_out_and_reported(body, said):
    document = read(NER + "#Text=Ok\n1-1\t0-2\tOk\tX\t\n\n" + body)
    assert document.sentence_count == 1
    assert said in document.problems[0].message and document.problems[0].line >= 9


def test_wrong_offsets_do_no_harm_where_the_words_are_clear():
    (sentence,) = read(NER + "#Text= He left\n1-1\t7-9\tHe\tX\t\n1-2\t10-14\tleft\t_\t\n").iter_sentences()
    assert [(token.text, token.start) for token in sentence.tokens] == [("He", 1), ("left", 4)]


def test_the_file_comes_back_byte_for_byte_and_its_labels_are_not_edited_in_place():
    content = (NER + "#Text=He left\r\n1-1\t0-2\tHe\tX\t\r\n1-2\t3-7\tleft\t_\t\r\n").replace("\r", "").encode()
    document = documents.read(content)
    stream = io.BytesIO()
    document.write(stream)
    assert stream.getvalue() == content
    document.write(stream, [None])
    with pytest.raises(FormatError, match="not edited in place"):
        document.write(stream, [(Entity(Span(0, 1), "Y"),)])
    assert [sentence.entities for sentence in document.iter_sentences("ignore")] == [()]
