"""One sentence that was translated with its marks: what came of them, in words for the user."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from projection.errors import ModelInputError
from projection.matching.decisions import without_zero
from projection.projectors.label_recovery import Wanted, likeness, words_of
from projection.projectors.marking import MarkedText, Recovered, recover
from projection.text.languages import is_unsegmented
from projection.text.tokenize import tokenize
from projection.types import Match, Projection, Sentence, Step, Token, Translation, Unprojected

_HOW = ("half a pair of marks", "no mark", "by elimination")
"""What a match may be made by beside a pair of marks, as `label_recovery` names it."""


@dataclass(frozen=True, eq=False)
class MarkedTranslation:
    """A marked source text, its translation, and what was read off it.

    `source` is in natural text; `raw` is the translation with marks, `target` the sentence without;
    `alone` are the translations of the entities of `wanted`.
    """

    source: Sentence
    marked: MarkedText
    raw: Translation
    recovered: Recovered
    target: Sentence
    wanted: tuple[Wanted, ...]
    alone: tuple[Translation, ...]

    @classmethod
    def of(
        cls,
        source: Sentence,
        marked: MarkedText,
        raw: Translation,
        translations: Mapping[tuple[str, str], Translation],
        language: str,
    ) -> MarkedTranslation:
        """Recover the marks; `translations` are those of (entity text, source language) on their own.

        Raises ModelInputError if there is no text between and beside the marks.
        """
        recovered = recover(raw.text, marked, language)
        target = _split(recovered, language, source.id)
        if not target.tokens:
            raise ModelInputError(
                f"The translation holds nothing but marks ({raw.text[:40]!r}): choose another translator, or a method "
                "that needs none."
            )
        texts = [source.text_of(entity.span) for entity in source.entities]
        alone = tuple(translations[text, source.language] for text in texts)
        wanted = tuple(
            Wanted(text, translation.text, entity.label, source.tokens[entity.span.start].start / len(source.text))
            for text, translation, entity in zip(texts, alone, source.entities, strict=True)
        )
        return cls(source, marked, raw, recovered, target, wanted, alone)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return what the user should know whatever becomes of the labels."""
        said = list(self.raw.warnings)
        entities, strings = len(self.wanted), len(self.recovered.strings)
        if entities and not (self.recovered.opening or self.recovered.closing):
            said.append("No mark came back from the translator, so that its plain translation is left.")
        if strings > entities:
            said.append(f"{strings} marked strings came back for {entities} marked entities.")
        if not self.recovered.brackets_restored:
            said.append("The text's own brackets did not all come back, so that they stay parentheses.")
        for one, translation in zip(self.wanted, self.alone, strict=True):
            if not translation.text:
                said.append(f"{one.text!r} has no stand-alone translation to compare with: {translation.warnings[0]}")
        return tuple(said)

    def cut_words(self, projection: Projection) -> Iterator[str]:
        """Yield a warning for each chosen word that a mark stands inside of."""
        edges = {edge for string in self.recovered.strings for edge in (string.start, string.end)}
        for match in projection.matches:
            for token in self.target.tokens[match.span.start : match.span.end]:
                if any(token.start < edge < token.end for edge in edges):
                    yield f"A mark came back inside the word {token.text!r}: the whole word is labelled."

    def why_lost(self, loss: Unprojected, projection: Projection, discarded: str) -> str:
        """Say why an entity has no place; `discarded` is the reason why none of the sentence has."""
        if discarded:
            return f"The sentence is discarded: {discarded[:1].lower()}{discarded[1:]}"
        recovered, taken = self.recovered, [match.span for match in projection.matches]
        best = next((one for one in projection.decisions if one.entity_index == loss.entity_index), None)
        lost = f"Its marks were lost in translation: {len(recovered.strings)} of {len(self.wanted)} pairs came back"
        if best is not None and best.blocked_by is not None:
            is_lost = len(recovered.strings) < len(self.wanted)
            return f"{lost}, and what is like it is another entity" if is_lost else loss.reason
        left = [
            likeness(self.wanted[loss.entity_index], recovered.text_of(string)).total
            for string in recovered.strings
            if (span := words_of(self.target, string)) and not any(span.overlaps(other) for other in taken)
        ]
        if not left:
            return lost
        strings = "1 marked string is" if len(left) == 1 else f"{len(left)} marked strings are"
        return f"{strings} left, none like it (at most {without_zero(max(left))})"

    def steps(self) -> Iterator[Step]:
        """Yield what happened before the matching."""
        note = f"{len(self.wanted)} entities between marks."
        if self.marked.own:
            note += " The text has brackets of its own: they travel as parentheses, and are put back afterwards."
        yield Step("Marked source", note, self.marked.text, self.source.language)
        yield Step("Marked translation", self._came_back(), self.raw.text, self.target.language)
        yield Step(
            "Entities translated on their own",
            "To tell which marked string is which entity.",
            columns=("entity", "label", "translation", "remark"),
            rows=tuple(
                (one.text, one.label, one.translation or None, " ".join(translation.warnings) or None)
                for one, translation in zip(self.wanted, self.alone, strict=True)
            ),
        )

    def _came_back(self) -> str:
        recovered = self.recovered
        said = f"{len(recovered.strings)} of {len(self.wanted)} pairs of marks came back"
        single = len(recovered.starts) + len(recovered.ends)
        if single:
            said += f", {single} more mark{'s' if single > 1 else ''} without a partner"
        return f"{said}."


def _split(recovered: Recovered, language: str, id: str) -> Sentence:
    """Split the text into words; in scripts without spaces a mark ends a word."""
    sentence = tokenize(recovered.text, language, id=id)
    if not is_unsegmented(language):
        return sentence
    edges = sorted({edge for string in recovered.strings for edge in (string.start, string.end)})
    tokens = []
    for token in sentence.tokens:
        borders = [token.start, *(edge for edge in edges if token.start < edge < token.end), token.end]
        for start, end in pairwise(borders):
            tokens.append(Token(sentence.text[start:end], start, end))
    return Sentence(sentence.text, tuple(tokens), sentence.language, id=id)


def result_step(projection: Projection) -> Step:
    """Return the last step of a method that marks: where each entity is, how it was found, the projection rate."""
    source, target = projection.bitext.source, projection.bitext.target
    reasons = {loss.entity_index: loss.reason for loss in projection.unprojected}
    rows = []
    for number, entity in enumerate(source.entities):
        name = source.text_of(entity.span), entity.label
        for match in (match for match in projection.matches if match.entity_index == number):
            rows.append((*name, target.text_of(match.span), _how(match), match.score))
        if number in reasons:
            rows.append((*name, None, reasons[number], None))
    placed, all_of_them = len(source.entities) - len(reasons), len(source.entities)
    rate = f" (projection rate {placed / all_of_them:.0%})" if all_of_them else ""
    return Step(
        "Result",
        f"{placed} of {all_of_them} entities placed{rate}.",
        target.text,
        target.language,
        ("entity", "label", "placed on", "found by", "score"),
        tuple(rows),
    )


def _how(match: Match) -> str:
    return next((how for how in _HOW if how in match.parts), "marks")
