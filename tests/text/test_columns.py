"""Word-per-line formats: what is read, what is reported, and that only changed labels change."""

import io

import pytest

from projection.errors import FormatError, LabelError
from projection.text.documents import read
from projection.types import Entity, Span


def written(document, entities=None, scheme=None):
    stream = io.BytesIO()
    document.write(stream, entities, scheme)
    return stream.getvalue()


def found(document, labels="strict"):
    return [
        (sentence.words, [(entity.label, entity.span.start, entity.span.end) for entity in sentence.entities])
        for sentence in document.iter_sentences(labels)
    ]


CONLL2002 = b"Ann\tB-PER\nLee\tI-PER\nin\tO\nNew York\tB-LOC\n\n#\tO\n1\tO\n"
CONLL2003 = (
    b"-DOCSTART- -X- O O\n\nEU NNP I-NP I-ORG\nrejects VBZ I-VP O\n\nPeter NNP I-NP I-PER\nBlackburn NNP I-NP I-PER\n"
)
UNER = (
    b"# newdoc id = d\r\n# sent_id = d-1\r\n# text = Du #1\r\n1\tDu\tO\t-\t-\r\n2-3\t#1\t_\t-\t-\r\n"
    b"2\t#\tB-PER\t-\tann\r\n3\t1\tI-PER\t-\tann\r\n3.1\tx\t_\t-\t-\r\n\r\n"
)
CONLLU = (
    b"# sent_id = 1\n# text = Ann (Rome)\n"
    b"1\tAnn\t_\t_\t_\t_\t_\t_\t_\tNER=B-PER\n2\t(\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No\n"
    b"3\tRome\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No|NER=B-LOC|X=y\n4\t)\t_\t_\t_\t_\t_\t_\t_\t_\n\n"
)


def test_conll2002():
    document = read(CONLL2002, name="a.conll")
    assert found(document) == [
        (("Ann", "Lee", "in", "New York"), [("PER", 0, 2), ("LOC", 3, 4)]),
        (("#", "1"), []),
    ]
    assert (document.format, document.scheme, document.newline, document.has_labels) == (
        "conll2002", "IOB2", "\n", True,
    )  # fmt: skip
    assert document.problems == []
    assert document.description == (
        "CoNLL-2002; 2 columns separated by tabs; IOB2 detected; UTF-8; 2 sentences with 6 words."
    )
    assert [(s.id, str(s.provenance)) for s in document.iter_sentences()] == [("1", "a.conll:1"), ("2", "a.conll:6")]


def test_conll2003_is_iob1_and_docstart_is_no_sentence():
    document = read(CONLL2003)
    assert (document.format, document.scheme) == ("conll2003", "IOB1")
    assert found(document) == [(("EU", "rejects"), [("ORG", 0, 1)]), (("Peter", "Blackburn"), [("PER", 0, 2)])]


def test_masakhaner_is_named():
    document = read(b"Ann B-PER\n. O\n\n")
    assert document.format == "conll2002"
    assert "as MasakhaNER writes it; 2 columns separated by spaces" in document.description


def test_uner_comments_multiword_and_empty_words():
    document = read(UNER)
    assert (document.format, document.newline) == ("uner", "\r\n")
    assert found(document) == [(("Du", "#", "1"), [("PER", 1, 3)])]
    (sentence,) = document.iter_sentences()
    assert (sentence.id, sentence.text) == ("d-1", "Du #1")
    assert sentence.tokens[2].start == 4


def test_conllu_labels_in_misc():
    document = read(CONLLU)
    assert (document.format, document.scheme) == ("conllu", "IOB2")
    assert found(document) == [(("Ann", "(", "Rome", ")"), [("PER", 0, 1), ("LOC", 2, 3)])]
    assert next(document.iter_sentences()).text == "Ann (Rome)"


def conllu(*miscs, header=""):
    rows = "".join(f"{n}\tw{n}\t" + "_\t" * 7 + f"{misc}\n" for n, misc in enumerate(miscs, 1))
    return f"{header}{rows}\n".encode()


def test_conllu_plain_entity_attribute():
    document = read(conllu("Entity=B-PER", "Entity=I-PER|SpaceAfter=No", "Entity=O", "_"))
    assert found(document)[0][1] == [("PER", 0, 2)]
    changed = written(document, [(Entity(Span(2, 4), "LOC"),)])
    assert changed == conllu("Entity=O", "Entity=O|SpaceAfter=No", "Entity=B-LOC", "Entity=I-LOC")


def test_conllu_brackets():
    document = read(conllu("Entity=(PER", "Entity=PER)", "Entity=(LOC)", "A=b"))
    assert found(document)[0][1] == [("PER", 0, 2), ("LOC", 2, 3)]
    assert document.scheme is None
    changed = written(document, [(Entity(Span(1, 4), "LOC"),)])
    assert changed == conllu("_", "Entity=(LOC", "_", "A=b|Entity=LOC)")


def test_corefud_brackets_name_the_type_and_nested_ones_are_reported():
    header = "# global.Entity = eid-etype-head-other\n"
    document = read(
        conllu("Entity=(e1-person-1-", "Entity=(e2-place-1-)", "Entity=e1)", "_", header=header), name="c.conllu"
    )
    assert found(document)[0][1] == [("person", 0, 3)]
    (problem,) = document.problems
    assert (problem.line, problem.kind, problem.repaired_by) == (3, "nested", "outermost")
    assert str(problem).startswith("c.conllu:3: entity [1, 2) place is nested in or crosses person")
    with pytest.raises(FormatError, match="CorefUD"):
        written(document, [()])
    assert written(document) == written(document, [None])


def test_brackets_without_a_partner():
    data = conllu("Entity=(PER", "Entity=LOC)", "_")
    with pytest.raises(LabelError, match="no partner"):
        list(read(data).iter_sentences())
    document = read(data, repair="discard")
    assert found(document)[0][1] == []
    assert [(problem.line, problem.repaired_by) for problem in document.problems] == [(1, "discard"), (2, "discard")]


@pytest.mark.parametrize("data", [CONLL2002, CONLL2003, UNER, CONLLU])
def test_without_edits_every_byte_stays(data):
    document = read(data)
    assert written(document) == data
    assert written(document, [None] * document.sentence_count) == data
    same = [sentence.entities for sentence in document.iter_sentences()]
    assert written(document, same) == data


def test_an_edit_changes_the_label_column_of_changed_words_only():
    changed = written(read(UNER), [(Entity(Span(1, 2), "ORG"),)])
    assert changed == UNER.replace(b"2\t#\tB-PER", b"2\t#\tB-ORG").replace(b"3\t1\tI-PER", b"3\t1\tO")
    aligned = b"Ann    NNP   B-PER \nleft   VBD   O\n"
    assert written(read(aligned), [(Entity(Span(1, 2), "LOC"),)]) == b"Ann    NNP   O \nleft   VBD   B-LOC\n"
    added = written(read(CONLLU), [(Entity(Span(0, 1), "PER"), Entity(Span(1, 4), "LOC"))])
    assert added == (
        CONLLU.replace(b"SpaceAfter=No\n", b"SpaceAfter=No|NER=B-LOC\n")
        .replace(b"NER=B-LOC|X=y", b"NER=I-LOC|X=y").replace(b"\t_\n\n", b"\tNER=I-LOC\n\n")
    )  # fmt: skip


def test_labels_convert_to_another_scheme():
    assert written(read(CONLL2003), scheme="BIOES") == CONLL2003.replace(b"I-ORG", b"S-ORG").replace(
        b"Peter NNP I-NP I-PER", b"Peter NNP I-NP B-PER"
    ).replace(b"Blackburn NNP I-NP I-PER", b"Blackburn NNP I-NP E-PER")


def test_the_number_of_edits_is_checked():
    document = read(CONLL2002)
    with pytest.raises(FormatError, match="fewer"):
        written(document, [()])
    with pytest.raises(FormatError, match="more"):
        written(document, [(), (), None])
    with pytest.raises(LabelError, match="separates"):
        written(read(b"Ann B-PER\n"), [(Entity(Span(0, 1), "a b"),)])


BAD_LABELS = b"Ann\tB-PER\nLee\tI-PER\n\nin\tO\nRome\tI-LOC\n\nX\tB-\nY\tper\n"


def test_illegal_labels_are_reported_with_their_line_and_stop_a_strict_reader():
    document = read(BAD_LABELS, name="b.tsv")
    assert [(problem.line, problem.kind, problem.repaired_by) for problem in document.problems] == [
        (5, "label", None), (7, "label", None), (8, "label", None),
    ]  # fmt: skip
    with pytest.raises(LabelError, match=r"b\.tsv:5: label 'I-LOC' after 'O' .* 'conlleval'"):
        list(document.iter_sentences())
    assert [entities for _, entities in found(document, "valid")] == [[("PER", 0, 2)], [], []]
    assert [entities for _, entities in found(document, "ignore")] == [[], [], []]
    with pytest.raises(LabelError):
        written(document, scheme="BIOES")
    assert written(document) == BAD_LABELS


@pytest.mark.parametrize(("repair", "second"), [("conlleval", [("LOC", 1, 2)]), ("discard", [])])
def test_illegal_labels_are_repaired_by_the_named_rule(repair, second):
    document = read(BAD_LABELS, repair=repair)
    assert [entities for _, entities in found(document)] == [[("PER", 0, 2)], second, []]
    assert {problem.repaired_by for problem in document.problems} == {repair}
    assert written(document) == BAD_LABELS


def test_ragged_sentences_are_reported_and_left_out():
    data = b"a\tO\nb\n\nc\tB-PER\n\nd\tO\tO\ne\tO\n\nf O\ng\tO\n"
    document = read(data, name="r")
    assert [words for words, _ in found(document)] == [("c",)]
    assert [(problem.line, problem.kind, problem.repaired_by) for problem in document.problems] == [
        (2, "columns", "sentence left out"), (6, "columns", "sentence left out"), (9, "columns", "sentence left out"),
    ]  # fmt: skip
    assert "1 column where the file has 2" in document.problems[0].message
    assert "no tab" in document.problems[2].message
    assert written(document, [()]) == data.replace(b"B-PER", b"O")


def test_a_tab_among_spaces_is_reported():
    document = read(b"a B-PER\nb O\n\nc\tO\n\nd O\n")
    assert [(problem.line, problem.kind) for problem in document.problems] == [(4, "columns")]


def test_only_spaces_and_tabs_separate():
    document = read("a\u3000b B-PER\nc\u00a0d\u2028e\x85f O\n".encode())
    assert found(document) == [(("a\u3000b", "c\u00a0d\u2028e\x85f"), [("PER", 0, 1)])]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"# id 1\na\tB-PER\n# 2\tO\n", ("a", "# 2")),  # as many columns as the file, the last one a label
        (b"# id 1\tdomain=en\na\tB-PER\nb\tO\n", ("a", "b")),  # MultiCoNER: two columns, but no label
        (b"# a comment\n#\na B-PER\n# O\n#tag O\n", ("a", "#", "#tag")),
    ],
)
def test_lines_beginning_with_a_number_sign(data, words):
    document = read(data)
    assert [found_words for found_words, _ in found(document)] == [words]
    assert document.problems == []
    assert written(document) == data


def test_a_hash_tag_without_label_is_no_comment():
    (problem,) = read(b"a\tB-PER\n\nb\tO\n#tag\n").problems
    assert (problem.line, problem.kind) == (4, "columns")


def test_multicolumn_germeval_takes_the_outer_labels():
    document = read(b"#\thttp://x [2009-10-17]\n1\tAufgrund\tO\tO\n2\tKiel\tB-ORG\tB-LOC\n3\tx\tI-ORG\tO\n\n")
    assert found(document) == [(("Aufgrund", "Kiel", "x"), [("ORG", 1, 3)])]


def test_a_byte_order_mark_stays_and_is_no_part_of_the_first_word():
    data = b"\xef\xbb\xbfAnn\tB-PER\r\n.\tO\r\n"
    document = read(data)
    assert found(document)[0][0] == ("Ann", ".")
    assert written(document, [()]) == data.replace(b"B-PER", b"O")


def test_a_file_without_a_final_line_end_keeps_it_so():
    assert written(read(b"a\tB-PER"), [()]) == b"a\tO"


def test_told_format_and_scheme_are_believed():
    document = read(b"a\tB-PER\nb\tI-PER\n", format="conll2002", scheme="BIOES")
    assert "as told" in document.description
    assert [problem.line for problem in document.problems] == [2]
    with pytest.raises(FormatError, match="not Universal NER"):
        read(b"a\tO\n", format="uner")


def test_a_file_of_odd_labels_is_still_recognised():
    document = read(b"a\tb-per\nb\to\n\nc\tb-loc\n")
    assert document.format == "conll2002"
    assert len(document.problems) == 3


def test_more_than_a_thousand_problems_are_counted():
    document = read(b"a\tB-PER\nb\tX\n\n" * 1500)
    assert (len(document.problems), document.problem_count) == (1000, 1500)
    assert "1,500 problems" in document.description
