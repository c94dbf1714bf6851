"""JSONL with everything, and Pharaoh's links."""

import json

from hypothesis import given, settings

from projection.exchange import write
from projection.text import documents, pharaoh
from tests.exchange.samples import ITEM, PLAIN, corpora


@settings(max_examples=40, deadline=None)
@given(corpora())
def test_jsonl_gives_the_same_pairs_with_origin_score_and_derivation(items):
    (content,) = write("jsonl", items)
    back = list(documents.read(content).iter_pairs())
    for item, pair in zip(items, back, strict=True):
        assert pair.target.entities == item.target.entities and pair.source.entities == item.source.entities
        assert [entity.derived for entity in pair.target.entities] == [e.derived for e in item.target.entities]
        assert (pair.source.text, pair.target.text) == (item.source.text, item.target.text)
        assert (pair.target.tokens, pair.alignment) == (item.target.tokens, item.alignment)


def test_jsonl_says_who_decided_what_and_when():
    (content,) = write("jsonl", [ITEM])
    row = json.loads(content)
    assert row["id"] == "news-1" and row["position"] == 0
    assert (row["note"], row["flagged"], row["author"], row["at"]) == (ITEM.note, True, "Ana", ITEM.at)
    assert (row["method"], row["settings"]) == (ITEM.method, ITEM.settings)
    assert "checked" not in row  # what is empty is left out
    assert row["target"]["entities"][1] == {
        "start": 3, "end": 5, "label": "ORG", "origin": "corrected",
        "derived": {"method": "span-matching", "start": 3, "end": 4, "label": "LOC", "score": 0.5, "settings": "a1b2"},
    }  # fmt: skip


def test_links_are_one_line_a_pair_with_sure_and_possible():
    (content,) = write("pharaoh", [ITEM, ITEM])
    assert content == b"0-0 1-2 2p3\n" * 2
    back = list(pharaoh.read_links(content, [(5, 6), (5, 6)]))
    assert back[0].links == ITEM.alignment.links and back[0].possible == ITEM.alignment.possible


def test_unlinked_sentences_are_left_out_of_links():
    from projection.exchange import Options, check

    report = check([ITEM, PLAIN], ["pharaoh", "jsonl"], Options())
    assert report.items == (ITEM,)
    assert "not linked yet" in report.left_out[0].reason
