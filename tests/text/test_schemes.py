"""Label schemes against literal tables, seqscore 0.9 and seqeval."""

import pytest
import seqscore.encoding
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics.sequence_labeling import get_entities
from seqscore.model import LabeledSequence
from seqscore.validation import validate_labels

from projection.errors import ConfigurationError, LabelError, SpanError
from projection.text.schemes import REPAIRS, SCHEMES, decode, detect, encode
from projection.types import Entity, Span
from tests.text.strategies import entity_sets

SEQSCORE = {"IOB1": "IOB", "IOB2": "BIO", "BIOES": "BIOES", "BILOU": "BILOU"}
LENGTH = 10

# one sentence in every scheme: two adjacent PER, one LOC right after, one single ORG
ENTITIES = (
    Entity(Span(0, 2), "PER"), Entity(Span(2, 3), "PER"), Entity(Span(3, 6), "LOC"), Entity(Span(7, 8), "ORG"),
)  # fmt: skip
WRITTEN = {
    "IOB1": "I-PER I-PER B-PER I-LOC I-LOC I-LOC O I-ORG O",
    "IOB2": "B-PER I-PER B-PER B-LOC I-LOC I-LOC O B-ORG O",
    "BIOES": "B-PER E-PER S-PER B-LOC I-LOC E-LOC O S-ORG O",
    "BILOU": "B-PER L-PER U-PER B-LOC I-LOC L-LOC O U-ORG O",
}


def spans_of(entities):
    return [(entity.label, entity.span.start, entity.span.end) for entity in entities]


def mentions_of(labels, encoding):
    sequence = LabeledSequence(tokens=tuple("x" * len(labels)), labels=tuple(labels))
    return [(mention.type, mention.span.start, mention.span.end) for mention in encoding.decode_sequence(sequence)]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_one_sentence_in_every_scheme(scheme):
    tags = WRITTEN[scheme].split()
    assert encode(ENTITIES, 9, scheme) == tags
    assert decode(tags, scheme) == (ENTITIES, ())


@pytest.mark.parametrize("scheme", SCHEMES)
@given(entities=entity_sets(LENGTH))
def test_what_was_encoded_comes_back(scheme, entities):
    tags = encode(entities, LENGTH, scheme)
    assert decode(tags, scheme) == (entities, ())
    encoding = seqscore.encoding.get_encoding(SEQSCORE[scheme])
    assert mentions_of(tags, encoding) == spans_of(entities)


@given(entities=entity_sets(LENGTH))
def test_seqeval_reads_our_iob2_and_bioes(entities):
    for scheme in ("IOB2", "BIOES"):
        tags = encode(entities, LENGTH, scheme)
        assert [(label, start, end + 1) for label, start, end in get_entities(tags)] == spans_of(entities)


def any_tags(letters):
    tags = ["O", *(f"{letter}-{label}" for letter in letters for label in ("PER", "LOC"))]
    return st.lists(st.sampled_from(tags), min_size=1, max_size=9)


@pytest.mark.parametrize(("scheme", "letters"), [("IOB1", "IB"), ("IOB2", "IB"), ("BIOES", "BIES"), ("BILOU", "BILU")])
@given(data=st.data())
def test_legality_is_that_of_seqscore(scheme, letters, data):
    tags = data.draw(any_tags(letters))
    encoding = seqscore.encoding.get_encoding(SEQSCORE[scheme])
    expected = validate_labels(tags, encoding).is_valid()
    assert (not decode(tags, scheme)[1]) == expected


@given(tags=any_tags("IB"))
def test_conlleval_repair_is_that_of_seqscore_and_seqeval(tags):
    entities, problems = decode(tags, "IOB2", "conlleval")
    encoding = seqscore.encoding.get_encoding("BIO")
    assert spans_of(entities) == mentions_of(encoding.repair_labels(tags, "conlleval"), encoding)
    assert spans_of(entities) == [(label, start, end + 1) for label, start, end in get_entities(tags)]
    assert {problem.repaired_by for problem in problems} <= {"conlleval"}


@given(tags=any_tags("IB"))
def test_discard_repair_is_that_of_seqscore(tags):
    entities, problems = decode(tags, "IOB2", "discard")
    encoding = seqscore.encoding.get_encoding("BIO")
    assert spans_of(entities) == mentions_of(encoding.repair_labels(tags, "discard"), encoding)
    assert {problem.repaired_by for problem in problems} <= {"discard"}


@given(tags=any_tags("BIES"))
def test_conlleval_reads_bioes_as_seqeval_does(tags):
    entities, _ = decode(tags, "BIOES", "conlleval")
    assert spans_of(entities) == [(label, start, end + 1) for label, start, end in get_entities(tags)]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("repair", REPAIRS)
@given(data=st.data())
def test_a_repaired_sentence_is_legal(scheme, repair, data):
    tags = data.draw(any_tags("BIESLU"))
    entities, _ = decode(tags, scheme, repair)
    assert decode(encode(entities, len(tags), scheme), scheme) == (entities, ())


def test_a_problem_says_where_and_what_was_expected():
    entities, (problem,) = decode(["O", "B-PER", "I-LOC", "I-LOC"], "IOB2")
    assert spans_of(entities) == [("PER", 1, 2)]
    assert (problem.index, problem.tag, problem.kind, problem.repaired_by) == (2, "I-LOC", "sequence", None)
    assert "'I-LOC' after 'B-PER' is not legal IOB2" in problem.message
    assert "'B-LOC'" in problem.message


@pytest.mark.parametrize("tag", ["X", "B-", "b-PER", "PER", "S-PER", "", "B_PER", "-", "I"])
@pytest.mark.parametrize("repair", [None, *REPAIRS])
def test_unknown_labels_make_no_entity_and_are_reported(tag, repair):
    entities, (problem,) = decode(["B-LOC", tag, "B-LOC"], "IOB2", repair)
    assert spans_of(entities) == [("LOC", 0, 1), ("LOC", 2, 3)]
    assert (problem.index, problem.kind, problem.repaired_by) == (1, "unknown", repair)


@pytest.mark.parametrize("scheme", SCHEMES)
@given(data=st.data())
def test_the_scheme_of_a_file_is_found(scheme, data):
    files = data.draw(st.lists(entity_sets(LENGTH), min_size=1, max_size=4))
    sequences = [encode(entities, LENGTH, scheme) for entities in files]
    found, note = detect(sequences)
    if any(files):
        assert [decode(tags, found) for tags in sequences] == [(entities, ()) for entities in files]
        assert found == scheme
        assert note == f"{scheme} detected"
    else:
        assert (found, note) == ("IOB2", "IOB2 taken, as no word has a label")


def test_without_labels_the_usual_scheme_of_the_format_is_taken():
    assert detect([["O"]], "conll2003") == ("IOB1", "IOB1 taken, as no word has a label")
    assert detect([], "uner")[0] == "IOB2"


def test_a_file_with_mistakes_gets_the_scheme_with_the_fewest():
    good = [["B-PER", "I-PER", "O", "B-LOC"]] * 5
    assert detect([*good, ["O", "I-PER"]]) == ("IOB2", "IOB2 detected with 1 of 16 labels illegal")


def test_labels_that_fit_two_schemes_equally_say_so():
    # one stray I- speaks for IOB1, one B- after O for IOB2
    found, note = detect([["O", "I-PER"], ["O", "B-PER"]])
    assert found == "IOB2"
    assert "fit IOB1 and IOB2 equally well" in note


def test_overlaps_and_ends_are_checked():
    with pytest.raises(SpanError):
        encode([Entity(Span(0, 2), "A"), Entity(Span(1, 3), "B")], 3)
    with pytest.raises(SpanError):
        encode([Entity(Span(0, 4), "A")], 3)
    with pytest.raises(LabelError):
        encode([Entity(Span(0, 1), "A\tB")], 3)
    with pytest.raises(ConfigurationError, match="IOB1, IOB2"):
        encode([], 3, "BIO")
    with pytest.raises(ConfigurationError, match="conlleval, discard"):
        decode(["O"], "IOB2", "guess")
