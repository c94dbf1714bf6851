"""Sentences as HTML: boxes where the entities are, and never a tag from the text."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.types import Entity, Sentence, Span
from views import markup

HOSTILE = ["<script>alert(1)</script>", "<img", "src=x", "onerror=alert(1)>", "\"'&", "</span></div>"]


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.names, self.text, self.attributes = set(), "", set()

    def handle_starttag(self, tag, attrs):
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data):
        self.text += data


def parsed(html: str) -> Tags:
    parser = Tags()
    parser.feed(html)
    return parser


@given(st.lists(st.text(min_size=1).filter(lambda word: word.strip()), min_size=1, max_size=6), st.text(min_size=1))
def test_no_text_becomes_markup(words, label):
    sentence = Sentence.from_words(words, "en", [Entity(Span(0, 1), label, 0.5, "projected")])
    found = parsed(markup.words(sentence, scores=True))
    assert found.names <= {"div", "span", "bdi", "wbr"}
    assert found.attributes <= {"class", "dir", "lang"}


@pytest.mark.parametrize("make", [markup.notice, markup.title, markup.pill, markup.tag, markup.page_title])
def test_hostile_text_stays_text(make):
    text = " ".join(HOSTILE)
    found = parsed(make(text))
    assert text in found.text
    assert not found.names & {"script", "img"}


def test_an_entity_is_one_box_with_its_label_and_score():
    sentence = Sentence.from_words(["Ana", "Sá", "ri"], "pt", [Entity(Span(0, 2), "PER", 0.814, "projected")])
    html = markup.words(sentence, scores=True)
    box = re.search(r'<span class="entity auto label-per">(.*)</span>', html)
    assert parsed(box[1]).text == "Ana SáPER.81"
    assert html.count('class="entity') == 1


def test_right_to_left_text_says_so_and_isolates_its_words():
    html = markup.words(Sentence.from_words(["ليلى", "حداد"], "ar"))
    assert 'dir="rtl"' in html
    assert html.count("<bdi>") == 2


def test_chinese_words_stand_without_gaps():
    sentence = Sentence.from_words(["北京", "大学"], "zh", space_after=[False, False])
    assert " " not in parsed(markup.words(sentence)).text


def test_a_long_sentence_is_cut_and_says_so():
    html = markup.words(Sentence.from_words(["a"] * 30), limit=10)
    assert html.count("<bdi>") == 10
    assert "…" in html


@pytest.mark.parametrize(
    ("score", "text"),
    [(0.814, ".81"), (1.0, "1.0"), (0.999, "1.0"), (0.0, ".00"), (-0.02, "\u2212.02"), (None, ""), (2.5, "2.50")],
)
def test_scores_have_no_leading_zero(score, text):
    assert markup.score_text(score) == text


@given(st.text(max_size=40))
def test_plain_leaves_nothing_for_markdown(text):
    """Every character Markdown could act on is behind a backslash."""
    assert not re.search(r"(?<!\\)(?:\\\\)*[*_`\[\]<>$]", markup.plain(text))
