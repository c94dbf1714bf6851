"""The file of translations survives being cut off and never mixes translators."""

from __future__ import annotations

import pytest

from bench.translations import Translations
from projection.errors import FormatError
from projection.types import Translation

HELLO = Translation("hello \u2028 you", ("looks odd",))


def test_what_was_kept_is_found_by_the_same_translator_language_and_text(tmp_path):
    path = tmp_path / "new" / "kept.jsonl"
    Translations(path, "a|beams:1").keep("swa", [("habari", HELLO), ("ndiyo", Translation("yes"))])
    again = Translations(path, "a|beams:1")
    assert again.get("swa", "habari") == HELLO
    assert again.get("swa", "ndiyo") == Translation("yes")
    assert again.get("hau", "habari") is None
    assert Translations(path, "a|beams:4").get("swa", "habari") is None


def test_a_line_that_was_cut_off_is_dropped_and_the_next_one_is_whole(tmp_path):
    path = tmp_path / "kept.jsonl"
    Translations(path, "a").keep("swa", [("moja", Translation("one")), ("mbili", Translation("two"))])
    path.write_bytes(path.read_bytes()[:-9])
    kept = Translations(path, "a")
    assert (kept.get("swa", "moja"), kept.get("swa", "mbili")) == (Translation("one"), None)
    kept.keep("swa", [("tatu", Translation("three"))])
    again = Translations(path, "a")
    assert again.get("swa", "tatu") == Translation("three")


@pytest.mark.parametrize("line", ["nonsense", "{}", "[]", '{"translator": "a"}'])
def test_another_file_is_refused_with_its_line(tmp_path, line):
    path = tmp_path / "kept.jsonl"
    Translations(path, "a").keep("swa", [("moja", Translation("one"))])
    path.write_text(path.read_text("utf-8") + line + "\n", "utf-8")
    with pytest.raises(FormatError) as caught:
        Translations(path, "a")
    assert caught.value.line == 2


def test_nothing_to_keep_makes_no_file(tmp_path):
    Translations(tmp_path / "kept.jsonl", "a").keep("swa", [])
    assert not (tmp_path / "kept.jsonl").exists()
