"""What is said before a download."""

from dataclasses import replace

from projection.exchange import FORMATS, LeftOut, Options, check
from projection.exchange.formats import FEATURES
from projection.exchange.options import DEFAULTS
from projection.types import Entity, Sentence, Span, Token
from tests.exchange.samples import ITEM, PLAIN

WITH_SPACES = Sentence(
    " 北京大学  好 ", tuple(Token(word, at, at + len(word)) for word, at in (("北京", 1), ("大学", 3), ("好", 7)))
)


def lost(format, *items, options=DEFAULTS):
    losses = check(items, [format], options).losses
    return dict(losses[0].features) if losses else {}


def test_only_what_is_there_can_be_lost():
    bare = replace(
        PLAIN, source=None, id="2", checked=False,
        target=Sentence.from_words(["Ana"], "pt", [Entity(Span(0, 1), "PER")]),
    )  # fmt: skip
    assert lost("conll2002", bare) == {}


def test_losses_are_counted_and_say_where_they_are_kept():
    (loss,) = check([ITEM, PLAIN], ["conll2003", "jsonl"], Options()).losses
    assert loss.format == "conll2003" and loss.kept_in == ("JSONL",)
    assert dict(loss.features)["notes"] == 1 and dict(loss.features)["checked"] == 1
    assert "notes (1)" in str(loss) and "scores" in str(loss) and "kept in JSONL" in str(loss)


def test_ids_and_spaces_are_kept_in_comments():
    odd = replace(PLAIN, target=WITH_SPACES)
    assert {"ids", "spaces", "odd spaces", "edges"} <= lost("conll2002", odd).keys()
    assert not {"ids", "spaces", "odd spaces", "edges"} & lost("conll2002", odd, options=Options(comments=True)).keys()
    assert not {"ids", "spaces", "odd spaces", "edges"} & lost("conllu", odd).keys()
    assert "odd spaces" in lost("docbin", odd) and "spaces" not in lost("docbin", odd)
    assert "edges" in lost("webanno", odd) and "odd spaces" not in lost("webanno", odd)


def test_formats_that_keep_everything_lose_nothing():
    for format in ("jsonl", "parquet", "labelstudio"):
        assert lost(format, ITEM) == {}


def test_links_hold_no_text():
    assert "texts" in lost("pharaoh", ITEM)


def test_every_feature_is_lost_by_some_format_and_kept_by_another():
    kept = [row.kept(Options()) for row in FORMATS.values()]
    for feature in FEATURES:
        assert any(feature in keeps for keeps in kept) and not all(feature in keeps for keeps in kept)


def test_what_one_format_cannot_hold_is_left_out_of_all_so_that_files_run_in_parallel():
    bad = replace(ITEM, position=7, target=ITEM.target.with_entities([Entity(Span(0, 1), "A|B")]))
    report = check([ITEM, bad], ["conllu", "jsonl"], Options(), [LeftOut(3, "is not checked")])
    assert report.items == (ITEM,)
    assert [gone.position for gone in report.left_out] == [3, 7]
    assert check([ITEM, bad], ["jsonl"], Options()).left_out == ()


def test_words_with_spaces_are_written_but_said():
    spaced = replace(PLAIN, target=Sentence.from_words(["5 000", "euros"], "fr"))
    report = check([ITEM, spaced], ["conll2002"], Options())
    assert report.items == (ITEM, spaced)
    assert str(report.cares[0]).startswith("CoNLL-2002, sentence 2: a word has a space in it;")
    assert not check([ITEM, spaced], ["conllu"], Options()).cares


def test_half_a_surrogate_pair_fits_no_file():
    broken = replace(PLAIN, source=Sentence.from_words(["\ud800"], "en"), target=Sentence.from_words(["\ud800"], "pt"))
    for format in FORMATS:
        if format != "pharaoh":
            assert "surrogate" in check([broken], [format], Options()).left_out[0].reason, format
