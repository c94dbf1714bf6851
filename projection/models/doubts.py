"""What looks wrong with a translation without understanding it: its length, characters that were lost."""

from __future__ import annotations

import unicodedata

from projection.text.languages import is_unsegmented

_PLAUSIBLE = (0.5, 2.0)
_SHOWN = 60


def has_words(text: str) -> bool:
    """Say whether there is a letter or digit; translators copy everything else as it is."""
    return any(character.isalnum() for character in text)


def length_doubt(source: str, target: str, source_language: str, target_language: str) -> str:
    """Return a warning when the translation has under half or over twice the words of its source, else "".

    Unsegmented languages (Chinese, Thai, ...) have no words to count and are never doubted.
    """
    if is_unsegmented(source_language) or is_unsegmented(target_language):
        return ""
    ratio = len(target.split()) / max(1, len(source.split()))
    if _PLAUSIBLE[0] <= ratio <= _PLAUSIBLE[1]:
        return ""
    return f"The translation has {ratio:.1f} times the words of its source, please check: {source[:_SHOWN]!r}"


def lost_characters(source: str, target: str) -> str:
    """Return a warning when symbols or non-Latin letters of `source` are missing from a Latin `target`, else ""."""
    lost = sorted({character for character in source if character not in target and _is_foreign(character)})
    return f"The translator dropped characters it does not know: {' '.join(lost)}" if lost else ""


def _is_foreign(character: str) -> bool:
    category = unicodedata.category(character)
    if category == "So":
        return True
    return category[0] == "L" and not unicodedata.name(character, "").startswith(("LATIN", "FEMININE", "MASCULINE"))
