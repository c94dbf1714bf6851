"""Labels renamed or left out before scoring: by a rule with a name, stated in the signature, and counted.

Test sets and recognizers do not have the same labels, and published figures differ in what was done about it. What a
rule does to predicted and to gold labels is said apart, as some protocols treat the two differently.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from projection.errors import ConfigurationError
from projection.types import Entity


@dataclass(frozen=True, slots=True)
class Changes:
    """How many entities were `renamed`, by (old, new) label, and `ignored`, by the label they had in the file."""

    renamed: Counter[tuple[str, str]] = field(default_factory=Counter)
    ignored: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Changes) -> Changes:
        return Changes(self.renamed + other.renamed, self.ignored + other.ignored)

    def __bool__(self) -> bool:
        return bool(self.renamed or self.ignored)

    def __str__(self) -> str:
        renamed = (f"{count} {old} renamed to {new}" for (old, new), count in sorted(self.renamed.items()))
        ignored = (f"{count} {label} ignored" for label, count in sorted(self.ignored.items()))
        return ", ".join((*renamed, *ignored)) or "nothing changed"

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        renamed = [{"from": old, "to": new, "entities": count} for (old, new), count in sorted(self.renamed.items())]
        return {"renamed": renamed, "ignored": dict(sorted(self.ignored.items()))}


@dataclass(frozen=True, slots=True)
class SideRules:
    """What happens to the labels of one side: `rename` first, once; then `ignore`, and all but `only` (None: none).

    `ignore` and `only` name labels as they are after renaming.
    """

    rename: Mapping[str, str] = field(default_factory=dict)
    ignore: frozenset[str] = frozenset()
    only: frozenset[str] | None = None

    def label(self, given: str) -> str | None:
        """Return the label that is scored in place of `given`, None where such entities are ignored."""
        label = self.rename.get(given, given)
        return None if label in self.ignore or (self.only is not None and label not in self.only) else label

    def apply(self, entities: Iterable[Entity]) -> tuple[Entity, ...]:
        """Return the entities that are scored, under the label they are scored with."""
        changed = ((entity, self.label(entity.label)) for entity in entities)
        return tuple(
            entity if entity.label == label else replace(entity, label=label)
            for entity, label in changed
            if label is not None
        )

    def changes(self, entities: Iterable[Entity]) -> Changes:
        """Count what `apply` does to these entities."""
        found = Changes()
        for entity in entities:
            label = self.label(entity.label)
            if label is None:
                found.ignored[entity.label] += 1
            elif label != entity.label:
                found.renamed[entity.label, label] += 1
        return found

    def extended(self, rename: Mapping[str, str], ignore: Collection[str]) -> SideRules:
        """Return these rules with further ones; the new names run first, and go before those for the same label."""
        first = {old: self.rename.get(new, new) for old, new in rename.items()}
        return replace(self, rename={**self.rename, **first}, ignore=self.ignore | frozenset(ignore))

    def restricted(self, labels: Collection[str]) -> SideRules:
        """Return these rules with all but `labels` ignored."""
        return replace(self, only=frozenset(labels) if self.only is None else self.only & frozenset(labels))

    def __str__(self) -> str:
        renamed = (f"{old}={new}" for old, new in sorted(self.rename.items()) if old != new)
        ignored = (f"{label}=O" for label in sorted(self.ignore))
        only = () if self.only is None else (f"only {'+'.join(sorted(self.only)) or 'none'}",)
        return " ".join((*renamed, *ignored, *only))


@dataclass(frozen=True, slots=True)
class LabelRules:
    """Rules for both sides. `name` is that of a preset; further rules are added with `extended`."""

    name: str = "all"
    predicted: SideRules = SideRules()
    gold: SideRules = SideRules()

    def extended(self, rename: Mapping[str, str] | None = None, ignore: Collection[str] = ()) -> LabelRules:
        """Return these rules with labels renamed and ignored on both sides. Renaming runs before the preset's."""
        sides = (side.extended(rename or {}, ignore) for side in (self.predicted, self.gold))
        return LabelRules(self.name, *sides)

    def restricted(self, labels: Collection[str]) -> LabelRules:
        """Return these rules with all but `labels` ignored on both sides."""
        return LabelRules(self.name, self.predicted.restricted(labels), self.gold.restricted(labels))

    def __str__(self) -> str:
        """Say everything that is done, for the signature.

        >>> str(PRESETS["masakhaner"])
        'masakhaner[gold DATE=O; predicted MISC=O]'
        """
        predicted, gold = str(self.predicted), str(self.gold)
        if predicted == gold:
            return f"{self.name}[{gold}]" if gold else self.name
        sides = (f"{name} {text}" for name, text in (("gold", gold), ("predicted", predicted)) if text)
        return f"{self.name}[{'; '.join(sides)}]"


_USUAL = {
    "PERSON": "PER", "PERS": "PER", "ORGANIZATION": "ORG", "ORGANISATION": "ORG", "LOCATION": "LOC", "GPE": "LOC",
    "MISCELLANEOUS": "MISC",
}  # fmt: skip
_CONLL = SideRules(_USUAL, only=frozenset({"PER", "ORG", "LOC", "MISC"}))
_UNER = SideRules(only=frozenset({"PER", "ORG", "LOC"}))

PRESETS: dict[str, LabelRules] = {
    "all": LabelRules(),
    "europarl": LabelRules("europarl"),
    "masakhaner": LabelRules(
        "masakhaner", SideRules(ignore=frozenset({"MISC"})), SideRules(ignore=frozenset({"DATE"}))
    ),
    "uner": LabelRules("uner", _UNER, _UNER),
    "conll": LabelRules("conll", _CONLL, _CONLL),
}
"""Rules by name.

- all: every label is scored as it stands.
- europarl: the same; published figures on Europarl-NER (Agerri et al., LREC 2018) count all four labels, MISC included.
- masakhaner: MasakhaNER 2.0 (Adelani et al., EMNLP 2022) has DATE and no MISC, recognizers trained on CoNLL data the
  other way round. Published projections onto it leave DATE out of gold and MISC out of the prediction.
- uner: Universal NER (Mayhew et al., NAACL 2024) is scored on PER, ORG and LOC; OTH, and all other labels, are ignored.
- conll: the four labels of CoNLL-2003 (Tjong Kim Sang and De Meulder 2003), with what other corpora call them (as
  OntoNotes: PERSON, GPE) renamed; all other labels are ignored.
"""


def read_names(text: str | None, option: str) -> list[str] | None:
    """Read "PER,ORG", None for None. Raises ConfigurationError, in which `option` is where it was said."""
    names = [name.strip() for name in text.split(",") if name.strip()] if text is not None else None
    if names == []:
        raise ConfigurationError(f"{option} is empty: name labels separated by commas, for example PER,ORG.")
    return names


def read_renames(text: str | None, option: str, ignoring: str) -> dict[str, str]:
    """Read "PERSON=PER,GPE=LOC". Raises ConfigurationError for anything else, and for a label named twice.

    `option` is where it was said, `ignoring` where labels to ignore would be.
    """
    renamed: dict[str, str] = {}
    for pair in text.split(",") if text is not None else ():
        old, _, new = (part.strip() for part in pair.partition("="))
        if not old or not new or "=" in new:
            raise ConfigurationError(
                f"{option} {pair.strip()!r}: write the old and the new label with = between them, pairs separated by "
                "commas, for example PERSON=PER,GPE=LOC."
            )
        if new == "O":
            raise ConfigurationError(
                f"{option} {old}=O: O is no label. Say {ignoring} {old} to leave its entities out."
            )
        if renamed.setdefault(old, new) != new:
            raise ConfigurationError(f"{option} renames {old} to {renamed[old]} and to {new}: keep one of them.")
    return renamed


def preset(name: str) -> LabelRules:
    """Return the rules of this name. Raises ConfigurationError with the names there are."""
    if name not in PRESETS:
        raise ConfigurationError(f"There are no label rules {name!r}; known are {', '.join(PRESETS)}.")
    return PRESETS[name]
