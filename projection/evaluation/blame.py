"""Which stage is to blame for a mistake: what the answer means. `blaming` finds it.

A mistake (see `errors`) is what gold has and the method did not find, what it found and gold does not have, or both.
One stage is to blame for each: the first whose result, put right, would have removed the mistake.

Counterparts come first: gold entities of the target and entities of the source that mean the same (see
`counterparts`). The source entities are those of gold where gold has the source, else those the method was given.

Stages are put right one at a time, in the order in which they run, and the method runs again:

1. "source recognition": gold source entities replace the recognized ones, where they differ.
2. The links: gold links where there are any. Else every word of a source entity is linked with every word of its
   counterpart, and both with nothing else; other links stay. Similarities are left out, as for links given by hand.
   This is done for methods that read links or similarities, and for mistakes about entities with a counterpart.
   "no link" means that the source entity has no link, or that all its links lead to the counterpart and a word has
   none; "wrong link" is everything else that gold links would have put right.

A mistake is removed when all its gold entities are found exactly and none of its predicted ones is predicted. Where
only both replacements together remove it, "source recognition" is to blame, and the reason names the links too.

Rules decide what no replacement has removed, and everything where the method cannot run again:

- "target recognition": the method labels the target itself; or it chooses among what a recognizer sees in the target,
  and that recognizer does not see these words.
- "translation": gold has the source, and there is no counterpart, or one with another label. This is asked before the
  links, so that a name that was lost is not blamed on them.
- "source recognition": the method was given other source entities than gold has. Where gold has no source, this is
  a guess, made before the links are asked: the counterpart has another label; or the gold entity stands in the source
  without a label, by its links or its text; or it is linked with words next to its counterpart that have no label.
- "no link", "wrong link": only if they could not be replaced; told from the links as above, whatever the method did.
- "candidate": what the method says of the counterpart does not mention the words of gold.
- "collision": it does, and another entity took them. "matching": it does, and something else was chosen.
- "unknown": none of these; say, a spurious entity whose source entity nobody can judge.

These last four look at the run in which all that could be replaced was, so that they are about the method alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from projection.evaluation.errors import Mistake

Stage = Literal[
    "source recognition", "translation", "no link", "wrong link", "target recognition", "candidate", "matching",
    "collision", "unknown",
]  # fmt: skip
STAGES: dict[Stage, str] = {
    "source recognition": "the source was labelled wrongly",
    "translation": "the other text has no such entity: it was lost, or gold labels the two texts differently",
    "no link": "words of it are linked with nothing",
    "wrong link": "its words are linked with other words",
    "target recognition": "the recognizer of the target labelled it wrongly, or did not see it",
    "candidate": "the right words were never considered",
    "matching": "the right words were considered, and others chosen",
    "collision": "another entity took the right words",
    "unknown": "nothing is known of how the label came about",
}
"""All stages, in the order in which they run, with what each means."""

Verdict = tuple[Stage, str]
"""A stage, and why it is to blame, in one short sentence."""


@dataclass(frozen=True, slots=True)
class Blame:
    """The stage to blame for one mistake: found by putting gold in the place of its result, or by the rules."""

    mistake: Mistake
    stage: Stage = "unknown"
    by: Literal["replacement", "rule"] = "rule"
    reason: str = ""
