"""The choices of a run, and what is said of them before it."""

from __future__ import annotations

import re

import pytest

from projection.pipeline import Setup, unfamiliar


def test_nothing_is_said_of_languages_the_encoder_knows_or_where_it_is_not_used():
    assert unfamiliar(Setup.for_pair("en", "pt-BR")) == unfamiliar(Setup.for_pair("zh-Hant", "und")) == ""
    other = {"aligner": "mbert:softmax", "target_recognizer": "given"}
    assert unfamiliar(Setup.for_pair("en", "bam", **other)) == ""


@pytest.mark.parametrize(
    ("source", "target", "chosen", "said"),
    [
        ("en", "bam", {"target_recognizer": "given"}, "Bambara is not among the 94 .* check links with care"),
        ("en", "bam", {}, "Bambara is not among the 94 .* check links and labels with care"),
        ("bam", "en", {"aligner": "mbert:argmax"}, "Bambara is not .* check labels with care"),
        ("bam", "ewe", {}, "Bambara and Ewe are not .* check links and labels with care"),
    ],
)
def test_languages_the_encoder_never_saw_are_named_with_what_to_check(source, target, chosen, said):

    assert re.search(said, unfamiliar(Setup.for_pair(source, target, **chosen)))
