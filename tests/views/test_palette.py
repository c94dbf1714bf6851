"""Colours of labels: one class for each, enough contrast, and far enough apart for every kind of colour vision."""

import itertools
import re
import tomllib

import numpy as np
import pytest

from views import palette
from views.resources import ASSETS

SHEET = (ASSETS / "tokens.css").read_text("utf-8")
PAGE_SHEET = (ASSETS / "app.css").read_text("utf-8")
PAIR = r"light-dark\((#\w{6}), (#\w{6})\)"
RULE = re.compile(r"\.label-([\w-]+) \{ --hue: (#\w{6}); --edge: " + PAIR + "; --tag: " + PAIR + r"; \}")
FAMILIES = {found[0]: found[1:] for found in RULE.findall(SHEET)}
PAGES = re.search(r"--page: " + PAIR, SHEET).groups()
TEXTS = re.search(r"--text: " + PAIR, SHEET).groups()
FILL = 0.28
# Machado, Oliveira, Fernandes 2009, severity 1.0: protanopia, deuteranopia, tritanopia
VISIONS = [
    np.eye(3),
    np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
]
LMS = np.array([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005]])  # fmt: skip
OKLAB = np.array([[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
                  [0.0259040371, 0.7827717662, -0.8086757660]])  # fmt: skip


def rgb(colour):
    return np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)]) / 255


def linear(values):
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """The ratio of WCAG 2.2."""
    low, high = sorted(float(linear(values) @ [0.2126, 0.7152, 0.0722]) for values in (one, other))
    return (high + 0.05) / (low + 0.05)


def distance(one, other):
    """The distance in OKLab for whom it is smallest."""

    def seen(colour, vision):
        return OKLAB @ np.cbrt(LMS @ np.clip(vision @ linear(rgb(colour)), 0, 1))

    return min(float(np.linalg.norm(seen(one, vision) - seen(other, vision))) for vision in VISIONS)


def test_the_four_standard_labels_have_their_hue_under_every_usual_name():
    assert palette.css_class("PER") == palette.css_class("person") == "label-per"
    assert palette.css_class("GPE") == palette.css_class("LOC") == "label-loc"


def test_every_family_has_a_class_a_name_and_the_same_edge_everywhere():
    assert set(FAMILIES) == set(palette.NAMES) == set(palette.EDGES)
    assert len(set(palette.NAMES.values())) == len(palette.NAMES)
    assert {name: (values[1], values[2]) for name, values in FAMILIES.items()} == palette.EDGES


def test_an_unknown_label_always_gets_the_same_colour_of_the_style_sheet():
    for label in ("DATE", "ציוד", "<b>", ""):
        assert f".{palette.css_class(label)} {{" in SHEET
        assert palette.css_class(label) == palette.css_class(label)


@pytest.mark.parametrize("dark", [0, 1])
@pytest.mark.parametrize("name", palette.NAMES)
def test_contrast_is_that_of_wcag_with_a_reserve(name, dark):
    """Words and tags need 4.5, borders 3 (WCAG 2.2, 1.4.3 and 1.4.11)."""
    hue, *pairs = FAMILIES[name]
    edge, tag, page, text = (rgb(pair[dark]) for pair in (pairs[:2], pairs[2:], PAGES, TEXTS))
    fill = FILL * rgb(hue) + (1 - FILL) * page
    assert contrast(text, fill) >= 6
    assert contrast(tag, fill) >= 6
    assert contrast(edge, page) >= 4.2 and contrast(edge, fill) >= 3.2


CHOSEN = re.search(r"--chosen: " + PAIR, SHEET).groups()
THEME = tomllib.loads((ASSETS.parent / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]


@pytest.mark.parametrize(("dark", "theme"), [(0, "light"), (1, "dark")])
@pytest.mark.parametrize("pointed_at", [0.1, 0.2])
def test_what_is_chosen_can_be_read(dark, theme, pointed_at):
    """Text needs 4.5; Streamlit puts a tenth of the primary colour behind what is chosen, a fifth under the pointer."""
    primary = rgb(THEME[theme]["primaryColor"])
    for behind in ("backgroundColor", "secondaryBackgroundColor"):
        page = rgb(THEME[theme][behind])
        assert contrast(rgb(CHOSEN[dark]), page) >= 4.5
        assert contrast(rgb(CHOSEN[dark]), pointed_at * primary + (1 - pointed_at) * page) >= 4.5
    assert contrast(rgb("#FFFFFF"), primary) >= 4.5, "a button of this colour has white text"


def test_light_pages_keep_their_primary_colour_for_what_is_chosen_and_all_that_can_be_chosen_uses_it():
    assert CHOSEN[0] == THEME["light"]["primaryColor"]
    rule = next(row for row in re.findall(r"[^{}]+\{[^{}]*\}", PAGE_SHEET) if "color: var(--chosen)" in row)
    assert 'stButtonGroup"] button[data-selected="true"]' in rule and 'stTab"][aria-selected="true"]' in rule


def test_more_colours_are_no_nearer_to_each_other_than_those_of_the_standard_labels():
    distances = {
        pair: distance(FAMILIES[pair[0]][0], FAMILIES[pair[1]][0]) for pair in itertools.combinations(FAMILIES, 2)
    }
    nearest = min(distances, key=distances.get)
    assert set(nearest) == {"loc", "misc"} and distances[nearest] == pytest.approx(0.076, abs=0.001)


def test_keys_are_letters_of_the_standard_labels_then_digits_and_never_repeat():
    labels = ["PER", "ORG", "LOC", "MISC", *(f"X{number}" for number in range(12))]
    keys = palette.label_keys(labels)
    assert [keys[label] for label in labels[:5]] == ["P", "O", "L", "M", "1"]
    given = [key for key in keys.values() if key]
    assert len(given) == len(set(given)) == 13
