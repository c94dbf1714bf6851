"""Where strings stand among words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projection.projectors.occurrences import ALIKE, EXACT, INSIDE, WordText
from projection.types import Span

WORDS = ("In", "New", "York", "(", "new", "york", ")", "trifft", "O'Brien", "„", "Siemens", "AG", "“", ".")


def places(wanted, words=WORDS, **settings):
    spans, how = WordText(words).find(wanted, **settings)
    return [(span.start, span.end) for span in spans], how


@pytest.mark.parametrize(
    ("wanted", "spans", "how"),
    [
        ("New York", [(1, 3)], EXACT),
        ("NewYork", [(1, 3)], EXACT),
        (" New  York ", [(1, 3)], EXACT),
        ("NEW YORK", [(1, 3), (4, 6)], ALIKE),
        ("New-York", [(1, 3), (4, 6)], ALIKE),
        ("New York.", [(1, 3), (4, 6)], ALIKE),
        ("o brien", [(8, 9)], ALIKE),
        ("Siemens AG", [(10, 12)], EXACT),
        ("„Siemens AG“", [(9, 13)], EXACT),
        ("'Siemens AG'", [(10, 12)], ALIKE),
        ("Siemens", [(10, 11)], EXACT),
        ("Sieme", [], ""),
        ("ork", [], ""),
        ("York new", [(2, 5)], ALIKE),
        (".", [(13, 14)], EXACT),
        ("...", [], ""),
        ("", [], ""),
        ("  ", [], ""),
    ],
)
def test_spelling_may_differ_but_words_stay_whole(wanted, spans, how):
    assert places(wanted) == (spans, how)


def test_exact_places_win_over_alike_ones():
    assert places("us", ("US", "and", "us")) == ([(2, 3)], EXACT)


@pytest.mark.parametrize(
    ("wanted", "spans"),
    [
        ("Ankara", [(0, 1)]),
        ("Büyük Millet", [(2, 4)]),
        ("Büyük Ankara", []),  # the second word is checked too
        ("Millet Büyük", []),
        ("a", []),
        ("o", [(4, 5)]),
    ],
)
def test_parts_of_words_where_endings_grow_on_names(wanted, spans):
    words = ("Ankara'da", "toplanan", "Büyüklerin", "Millete", "o", "söylüyor")
    found, how = places(wanted, words, inside_words=True)
    assert found == spans and how in (INSIDE, EXACT, "")
    assert how == EXACT or places(wanted, words) == ([], "")


def test_other_scripts():
    assert places("欧洲联盟", ("在", "欧洲", "联盟", "开会")) == ([(1, 3)], EXACT)
    assert places("ＡＢＣ", ("abc",)) == ([(0, 1)], ALIKE)
    assert places("Strasse", ("Straße",)) == ([(0, 1)], ALIKE)
    assert places("cafe\u0301", ("café",)) == ([(0, 1)], ALIKE)
    assert places("x", ()) == ([], "")


@given(st.lists(st.text("ab.B", min_size=1, max_size=3), max_size=7), st.data())
def test_every_span_of_words_is_found_where_it_stands(words, data):
    if not words:
        return
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    spans, how = WordText(words).find(" ".join(words[start:end]))
    brute = [
        Span(i, j)
        for i in range(len(words))
        for j in range(i + 1, len(words) + 1)
        if "".join(words[i:j]) == "".join(words[start:end])
    ]
    assert how == EXACT and spans == brute
