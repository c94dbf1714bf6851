"""Which stage is to blame for a mistake."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from projection.evaluation.errors import Mistake

Stage = Literal[
    "source recognition", "translation", "no link", "wrong link", "candidate", "matching", "collision",
    "target recognition", "unknown",
]  # fmt: skip
STAGES: dict[Stage, str] = {
    "source recognition": "the source was labelled wrongly",
    "translation": "the other text has no such entity: the translation lost it, or gold leaves it out",
    "no link": "the aligner linked none of its words",
    "wrong link": "the aligner linked other words",
    "candidate": "the right words were never considered",
    "matching": "the right words were considered, and others chosen",
    "collision": "another entity took the right words",
    "target recognition": "the method labels the target by itself, and did it wrongly",
    "unknown": "nothing is known of how the label came about",
}
"""All stages, in the order in which they run, with what each means."""


@dataclass(frozen=True, slots=True)
class Blame:
    """The stage to blame for one mistake: found by putting gold in the place of its result, or by the rules."""

    mistake: Mistake
    stage: Stage = "unknown"
    by: Literal["replacement", "rule"] = "rule"
    reason: str = ""
