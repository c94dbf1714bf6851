"""What the matching methods have in common: their solver settings, and the step that shows the links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from projection.errors import ConfigurationError
from projection.matching.decisions import without_zero
from projection.matching.scores import LinkScores
from projection.matching.solvers import CONSTRAINTS, check_constraint, check_solver
from projection.protocols import Option
from projection.types import Bitext, Entity, Span, Step

COUNT = Option("count", "Spans per entity; 0 for any number.", minimum=0, maximum=10, step=1)
CONSTRAINT = Option("constraint", "How count is meant; an entity without any candidate is left out.",
                    choices=CONSTRAINTS)  # fmt: skip
SOLVER = Option("solver", "Take the best pair first, or maximise the sum (integer program).",
                choices=("greedy", "exact"))  # fmt: skip
THRESHOLD = Option("threshold", "A span needs a score above this; the solver counts what is above it.", minimum=0.0,
                   maximum=1.0, step=0.05)  # fmt: skip

TIES = MappingProxyType({"dice": "longer", "raw": "leftmost"})
"""Which of two spans with the same link score is taken. Dice is the same for one word that is linked and for
two that are, so the longer holds more links; the raw score is not, and the order is that of the published code."""


def check_matching(method: Any) -> None:
    """Check the settings `solver`, `count`, `constraint` and `threshold` of a method. Raises ConfigurationError."""
    check_solver(method.name, method.solver)
    check_constraint(method.name, method.count, method.constraint)
    check_range(method, "threshold", 0)


def check_range(method: Any, setting: str, least: float, most: float = float("inf")) -> None:
    """Raise ConfigurationError unless least <= setting <= most (and is a number) and not infinite."""
    number = getattr(method, setting)
    if not least <= number <= most or number == float("inf"):
        wanted = f"at least {least}" if most == float("inf") else f"between {least} and {most}"
        raise ConfigurationError(f"{method.name}: {setting} must be a number {wanted}, not {number}.")


def check_choice(method: Any, setting: str, choices: Sequence[str]) -> None:
    """Raise ConfigurationError unless the setting is one of `choices`."""
    if getattr(method, setting) not in choices:
        raise ConfigurationError(
            f"{method.name}: {setting} must be one of {', '.join(choices)}, not {getattr(method, setting)!r}."
        )


def links_step(bitext: Bitext, links: Mapping[int, Sequence[int]], note: str = "") -> Step:
    """Show the target words linked to each entity; `links` maps source words to target words."""
    rows = []
    for entity in bitext.source.entities:
        words = range(entity.span.start, entity.span.end)
        reached = sorted({target for word in words for target in links.get(word, ())})
        lonely = [bitext.source.words[word] for word in words if not links.get(word)]
        shown = " … ".join(bitext.target.text_of(span) for span in stretches(reached))
        rows.append((f"{bitext.source.text_of(entity.span)} {entity.label}", shown or None, len(reached),
                     " ".join(lonely) or None))  # fmt: skip
    return Step("Links of the entities", note, columns=("entity", "linked words", "number", "words without link"),
                rows=tuple(rows))  # fmt: skip


def recognized_step(bitext: Bitext) -> Step:
    """Show what the recognizer finds in the target, with its doubts where it tells them."""
    rows = tuple(
        (bitext.target.text_of(entity.span), entity.label, entity.score, _runner_up(bitext, entity))
        for entity in sorted(bitext.target_entities or (), key=lambda entity: entity.span)
    )
    note = "" if rows else "The recognizer finds nothing in the target."
    columns = ("words", "label", "probability", "next label of the first word")
    return Step("Recognized in the target", note, columns=columns, rows=rows)


def _runner_up(bitext: Bitext, entity: Entity) -> str | None:
    """Return the second best label of an entity's first word, with its probability; None where there is none."""
    probabilities = bitext.target_probabilities
    if probabilities is None:
        return None
    sums: dict[str, float] = {}
    for tag, share in zip(probabilities.tags, probabilities.matrix[entity.span.start].tolist(), strict=True):
        label = tag[2:] or tag
        sums[label] = sums.get(label, 0.0) + share
    others = sorted((label for label in sums if label != entity.label), key=lambda label: -sums[label])
    return f"{others[0]} {without_zero(sums[others[0]])}" if others else None


def why_missing(links: LinkScores, entity: int) -> str:
    """Say why an entity has no candidate with a score."""
    if links.targets_of(entity):
        return "No candidate holds a word that the entity is linked to"
    return "No link leaves the entity"


def stretches(words: Sequence[int]) -> list[Span]:
    """Return the maximal spans of consecutive numbers among ascending `words`.

    >>> stretches([1, 2, 5])
    [Span(start=1, end=3), Span(start=5, end=6)]
    """
    found: list[Span] = []
    for word in words:
        if found and found[-1].end == word:
            found[-1] = Span(found[-1].start, word + 1)
        else:
            found.append(Span(word, word + 1))
    return found
