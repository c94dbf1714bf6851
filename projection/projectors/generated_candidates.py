"""What a generator proposes for a sentence: strings read off its beams, and where they stand in the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from projection.projectors.occurrences import WordText
from projection.protocols import Generation
from projection.types import Bitext, Span, Step

_SHOWN_BEAMS, _SHOWN_STRINGS = 30, 60
_QUOTED = 3


@dataclass(frozen=True, slots=True)
class Proposal:
    """A string that `beams` of the answers put into a slot of type `name`.

    `spans` are all the places where it stands, by the rule `how` (see `WordText.find`); none: it is invented.
    """

    name: str
    string: str
    beams: int
    spans: tuple[Span, ...]
    how: str


@dataclass(frozen=True, eq=False)
class GeneratedCandidates:
    """The proposals for one pair. `generation` is None where there was nothing to ask for."""

    bitext: Bitext
    generation: Generation | None
    proposals: tuple[Proposal, ...]

    @classmethod
    def of(cls, bitext: Bitext, generation: Generation | None, inside_words: bool) -> GeneratedCandidates:
        """Read the proposals off the beams; those of slots of one type belong to all its entities."""
        beams: dict[tuple[str, str], set[int]] = {}
        if generation is not None:
            for number, beam in enumerate(generation.beams):
                for slot, string in beam.strings:
                    beams.setdefault((generation.names[slot], string), set()).add(number)
        text = WordText(bitext.target.words)
        proposals = []
        for (name, string), numbers in beams.items():
            spans, how = text.find(string, inside_words=inside_words)
            proposals.append(Proposal(name, string, len(numbers), tuple(spans), how))
        return cls(bitext, generation, tuple(proposals))

    def of_entity(self, entity: int) -> dict[Span, int]:
        """Return the spans proposed for the type of an entity, with the number of beams they come from."""
        found: dict[Span, int] = {}
        for proposal in self._of_type(entity):
            for span in proposal.spans:
                found[span] = found.get(span, 0) + proposal.beams
        return found

    def why_missing(self, entity: int) -> str:
        """Say why an entity has no candidate."""
        if not len(self.bitext.target):
            return "The target has no words"
        strings = [f"“{proposal.string}”" for proposal in self._of_type(entity)]
        if not strings:
            return f"None of {len(self.generation.beams) if self.generation else 0} beams fills a slot of its type"
        more = f" and {len(strings) - _QUOTED} more" if len(strings) > _QUOTED else ""
        return f"What the generator wrote is not in the text: {', '.join(strings[:_QUOTED])}{more}"

    def _of_type(self, entity: int) -> Iterator[Proposal]:
        name = self.generation.names[entity] if self.generation else None
        return (proposal for proposal in self.proposals if proposal.name == name)

    def steps(self) -> Iterator[Step]:
        """Yield what was asked, what was answered, and what of it stands in the text."""
        if self.generation is None:
            return
        generation, language = self.generation, self.bitext.target.language
        yield Step("Prompt", "The target and one slot for each entity, in the order of the source.",
                   generation.prompt, language)  # fmt: skip
        shown = generation.beams[:_SHOWN_BEAMS]
        yield Step(
            "Answers of the generator",
            f"{_all_or_best(len(shown), len(generation.beams), 'beams')}, by mean log-probability per sub-word.",
            columns=("beam", "log-probability", "answer"),
            rows=tuple((number + 1, beam.log_probability, beam.text) for number, beam in enumerate(shown)),
        )
        yield self._strings()

    def _strings(self) -> Step:
        ordered = sorted(self.proposals, key=lambda one: (one.name, not one.spans, -one.beams, one.string))
        invented = sum(not proposal.spans for proposal in ordered)
        shown = ordered[:_SHOWN_STRINGS]
        note = f"{len(ordered)} different strings, {invented} of them invented: they are not in the text"
        note += f"; the first {len(shown)} are shown." if len(shown) < len(ordered) else "."
        rows = tuple((one.name, one.string, one.beams, len(one.spans) or None, one.how or "invented") for one in shown)
        return Step("Strings read off", note, columns=("type", "string", "beams", "places", "in the text"), rows=rows)


def _all_or_best(shown: int, number: int, noun: str) -> str:
    return f"{number} {noun}" if shown == number else f"The best {shown} of {number} {noun}"
