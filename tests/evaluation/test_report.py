"""Reports: figures are those of the tables, pages are well-formed and load nothing, hostile names stay text."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from projection.errors import ConfigurationError
from projection.evaluation.blame import Blame
from projection.evaluation.counts import MATCHES
from projection.evaluation.report import html, latex, markdown
from projection.evaluation.report.figures import figures, p_value, shown, signed
from projection.evaluation.report.text import escape_latex, escape_markdown
from projection.evaluation.study import Found, Item, Study, Tables
from projection.types import Entity, Sentence, Span
from tests.evaluation.studies import entities, sentence, studies, study

HOSTILE = '<img src=x onerror="alert(1)">&|_$%#{}~^\\*[x](http://x.y)`\x00\x1b\ud800\n</style></svg>'
ROOT = Path(__file__).parent.parent.parent

SMALL = study(
    ["0-2 PER, 4-6 ORG", "10-12 LOC", "0-2 PER", "0-2 PER, 10-12 LOC"] * 3,
    old_method=["0-1 PER .4", None, "7-9 PER .6", "0-1 PER, 1-2 PER, 10-12 ORG .9"] * 3,
    new_method=["0-2 PER .9, 4-6 ORG .8", "10-12 LOC .7", "0-2 PER .9", "0-2 PER 1, 10-12 LOC"] * 3,
)


def rich() -> Study:
    """A study with everything a report can show: languages, sources, blames, times, failures."""
    items = [replace(item, source=item.gold) for item in SMALL.items]
    items[1] = replace(items[1], gold=replace(items[1].gold, language="ar"))
    found = {}
    for method, results in SMALL.found.items():
        blames = [tuple(Blame(one, "no link") for one in row) for row in SMALL.mistakes(method)]
        found[method] = tuple(
            replace(one, blames=known, carried=(1, 2), seconds=0.01) for one, known in zip(results, blames, strict=True)
        )
    return Study(tuple(items), found, "corpus:made up|v1")


class Page(HTMLParser):
    """Collects what a page says and what it would load."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.cells: list[list[str]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def parsed(text: str) -> tuple[Page, ElementTree.Element]:
    page = Page(text)
    assert not {"script", "img", "link", "iframe", "object", "embed", "a"} & set(page.tags)
    assert not [pair for pair in page.attributes if pair[0].startswith("on") or pair[0] in ("src", "href", "style")]
    assert "url(" not in text and "@import" not in text
    return page, ElementTree.fromstring(text.partition("\n")[2])


def table_under(tree: ElementTree.Element, title: str) -> list[list[str]]:
    """Return the cells of the table in the box with a heading."""
    boxes = [box for box in tree.iter() if box.tag in ("figure", "section")]
    (box,) = (box for box in boxes if any("".join(head.itertext()) == title for head in box.iter("h2")))
    return [["".join(cell.itertext()) for cell in row] for row in next(box.iter("table")).iter("tr")]


@pytest.mark.parametrize("match", MATCHES)
def test_the_page_shows_the_figures_of_the_tables(match):
    _, tree = parsed(html(SMALL, title="A study", match=match, baseline="old-method"))
    tables = Tables(SMALL, match)
    apart, intervals = tables.differences("old-method")["new-method"], tables.intervals()
    header, *rows = table_under(tree, "Scores")
    assert [row[0] for row in rows] == list(SMALL.methods)
    for method, row in zip(SMALL.methods, rows, strict=True):
        counts, ends = tables.overall()[method], intervals[method, None]
        assert row[1:3] == [shown(counts.precision), shown(counts.recall)]
        assert row[3].rstrip("*") == shown(counts.f1)
        assert row[4] == f"{shown(ends.low)} to {shown(ends.high)}"
    assert rows[1][7:] == [
        signed(apart.value), f"{signed(apart.low)} to {signed(apart.high)}",
        p_value(apart.bootstrap), p_value(apart.randomisation),
    ]  # fmt: skip
    assert rows[0][6] == "3" and rows[0][7] == "baseline" and "p, bootstrap" in header
    _, *by_label = table_under(tree, "F1 by method and label")
    for name, method, *told in by_label:
        counts = tables.overall()[method] if name == "All labels" else tables.by_label()[method, name]
        assert told[:3] == [shown(value) for value in (counts.precision, counts.recall, counts.f1)]
        assert told[4:] == [f"{value:g}" for value in (counts.found, counts.spurious, counts.missed)]


def test_the_page_has_every_part_that_has_something_to_say():
    text = html(rich(), title="A study", baseline="old-method")
    _, tree = parsed(text)
    titles = ["".join(head.itertext()) for head in tree.iter("h2")]
    assert titles == [
        "Scores", "Failures", "F1 by method and label", "F1 by language and method", "Kinds of mistakes",
        "Quality against cost", "Stage to blame", "Is the score honest?", "What a threshold would do",
        "Recall by entity length", "Recall by sentence length", "Recall by frequency", "Recall by distance",
        "Labels taken for others", "Signature",
    ]  # fmt: skip
    assert "3 sentences: out of memory" in "".join(tree.itertext())
    kinds = {row[0]: row[2:4] for row in table_under(tree, "Kinds of mistakes")}
    assert kinds["wrong occurrence"] == ["3", "0"] and kinds["boundary, right"] == ["3", "0"]
    assert {row[0]: row[2:4] for row in table_under(tree, "Stage to blame")}["no link"] == ["18", "0"]
    assert figures(rich()).signature in "".join(tree.itertext()) and "corpus:made up" in text
    for picture in tree.iter("svg"):
        assert picture.get("role") == "img" and picture.get("aria-label")
        assert [child.tag for child in picture][:2] == ["title", "desc"] and picture[1].text
    assert all(len(list(box.iter("table"))) for box in tree.iter("figure"))


def test_examples_mark_gold_and_predicted_without_colour():
    alone = Study(SMALL.items, {"old": SMALL.found["old-method"]})
    _, tree = parsed(html(alone, title="Mistakes"))
    (split,) = (one for one in tree.iter("details") if "".join(one[0].itertext()).startswith("split"))
    first = next(split.iter("li"))
    marks = [(mark.get("class"), "".join(mark.itertext())) for mark in first.iter("mark")]
    assert marks[:2] == [("gold meant", "Ann LeePER"), ("gold", "New YorkLOC")]
    assert marks[2:] == [("predicted meant", "AnnPER"), ("predicted meant", "LeePER"), ("predicted", "New YorkORG")]
    assert {line.get("dir") for line in first.iter("bdi") if line.get("lang")} == {"auto"}
    assert len(list(split.iter("li"))) == 3


def test_at_most_twenty_examples_of_a_kind():
    many = study(["0-2 PER"] * 30, method=[""] * 30)
    assert html(many, title="Many").count("<li>") == 20


def hostile() -> Study:
    words = ("Ann", HOSTILE.replace("\n", " ").replace("\ud800", ""), "Lee")
    gold = Sentence.from_words(words, "he", [Entity(Span(0, 2), HOSTILE)])
    found = Found((Entity(Span(1, 2), HOSTILE, 0.4), Entity(Span(2, 3), "PER")))
    failed = Found(None, HOSTILE)
    return Study(
        (Item(gold, gold), Item(gold)), {HOSTILE: (found, failed), "[x]": (found, found)}, HOSTILE.replace("|", "")
    )


def test_hostile_names_stay_text():
    page, tree = parsed(html(hostile(), title=HOSTILE, baseline=HOSTILE))
    assert 'onerror="alert(1)"' in "".join(tree.itertext())
    assert page.tags.count("style") == 1


def test_hostile_names_in_tables():
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown(hostile(), baseline=HOSTILE))
    inner = [child.type for token in tokens for child in token.children or ()]
    assert set(inner) <= {"text", "strong_open", "strong_close", "softbreak", "text_special"}
    assert [token.type for token in tokens].count("tr_open") == 3
    balanced(latex(hostile(), baseline=HOSTILE))


def balanced(text: str) -> None:
    """Check that braces are balanced and that no character with a meaning is bare."""
    bare = re.sub(r"\\.", "", text.replace("\\\\", ""), flags=re.DOTALL)  # commands and escapes out
    depth = 0
    for character in bare:
        depth += (character == "{") - (character == "}")
        assert depth >= 0
    assert depth == 0
    assert not set(bare) & set('#$%^_~\\<>|"`\x00\x1b')
    for line in text.splitlines():
        if line.endswith(r"\\"):
            assert not line.startswith(("[", "*"))


def test_the_latex_table_has_the_figures():
    text = latex(SMALL, baseline="old-method")
    balanced(text)
    counts, ends = Tables(SMALL).overall(), Tables(SMALL).intervals()
    (row,) = (line for line in text.splitlines() if line.startswith("new-method"))
    assert row == (
        r"new-method & \textbf{1.000} & \textbf{1.000} & \textbf{1.000}\textsuperscript{**} [1.000, 1.000] & "
        r"\textbf{1.000} & \textbf{1.000} & \textbf{1.000} \\"
    )
    (row,) = (line for line in text.splitlines() if line.startswith("old-method"))
    old, interval = counts["old-method"], ends["old-method", None]
    cells = [cell.strip() for cell in row.removesuffix(r" \\").split("&")]
    assert cells[1:4] == [
        f"{old.precision:.3f}", f"{old.recall:.3f}", f"{old.f1:.3f} [{interval.low:.3f}, {interval.high:.3f}]"
    ]  # fmt: skip
    assert "old-method 3." in text and "p \\textless{} .05" in text


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("a_b&c%d", r"a\_b\&c\%d"),
        ("50 $ #1 {x} ~ ^", r"50 \$ \#1 \{x\} \textasciitilde{} \textasciicircum{}"),
        ("\\input{x}", r"\textbackslash{}input\{x\}"),
        ("[x]*--a", "{[}x{]}{*}-{}-a"),
        ("a\nb", "a b"),
    ],
)
def test_escapes_of_latex(given_text, expected):
    assert escape_latex(given_text) == expected


@given(st.text(st.characters(codec="utf-8", categories=("L", "P", "S", "Zs"))).map(str.strip).filter(bool))
def test_markdown_shows_any_text_as_it_is(text):
    (paragraph,) = MarkdownIt("commonmark").parse(f"x {escape_markdown(text)}")[1:2]
    assert "".join(child.content for child in paragraph.children) == f"x {text}"


@pytest.mark.parametrize(
    "small",
    [
        study([], method=[]),
        study([""], method=[""]),
        study(["0-1 PER"], method=["0-1 PER"]),
        study(["0-1 PER"], method=[None]),
        study([""], method=["0-1 PER 7"]),
        study([""], method=["0-1 PER .5"], other=[None]),
        Study((), {}),
        Study((Item(sentence("0-1 PER")),), {}),
        study(["0-1 PER"] * 2, **{f"m{number}": ["0-1 PER .5", "0-2 PER .5"] for number in range(9)}),
        study([", ".join(f"{place}-{place + 1} L{place}" for place in range(12))], method=["0-1 L1"]),
    ],
)
@pytest.mark.parametrize("match", MATCHES)
def test_small_studies(small, match):
    first = next(iter(small.methods), None)
    parsed(html(small, title="Small", match=match, baseline=first))
    balanced(latex(small, match=match, baseline=first))
    assert markdown(small, match=match).startswith("| Method |")


@given(studies(st.none() | st.floats(-0.5, 1.5)))
@settings(max_examples=25, deadline=None)
def test_any_study_is_shown(drawn):
    page = html(drawn, title="Any", baseline="one")
    parsed(page)
    assert all(method in page for method in drawn.methods)
    balanced(latex(drawn, baseline="one"))


def test_times_of_nothing_and_of_one_kind():
    quick = Study((Item(sentence("0-1 PER")),), {"one": (Found(entities("0-1 PER"), seconds=0.0),)})
    assert "Quality against cost" in html(quick, title="Quick")


def test_a_baseline_that_is_none():
    with pytest.raises(ConfigurationError, match="old-method, new-method"):
        html(SMALL, title="A study", baseline="other")


def test_colours_are_those_of_the_app():
    pattern = re.compile(r"--(\w[\w-]*): (light-dark\([^)]*\))")
    app = dict(pattern.findall((ROOT / "assets/tokens.css").read_text("utf-8")))
    report = dict(pattern.findall((ROOT / "projection/evaluation/report/style.css").read_text("utf-8")))
    assert {name: colour for name, colour in report.items() if not name.startswith("shade-")}.items() <= app.items()
