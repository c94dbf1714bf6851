"""What the options of `evaluate` say about labels: which are scored, renamed, ignored."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from projection.cli.inputs import say
from projection.errors import ConfigurationError
from projection.evaluation.label_rules import LabelRules, preset


@dataclass(frozen=True, slots=True)
class AskedLabels:
    """What the options say about labels; `labels` None means all."""

    labels: list[str] | None
    rules: LabelRules
    renamed: Mapping[str, str]
    ignored: Sequence[str]

    @classmethod
    def read(cls, labels: str | None, rules: str, renames: str | None, ignore: str | None) -> AskedLabels:
        """Read the values of --labels, --rules, --map and --ignore. Raises ConfigurationError for what is unclear."""
        renamed, ignored = _renames(renames), _names("--ignore", ignore) or []
        return cls(_names("--labels", labels), preset(rules).extended(renamed, ignored), renamed, ignored)

    def say_unmet(self, given: Collection[str], scored: Collection[str]) -> None:
        """Say which labels were named in vain; `given` are those of the files, `scored` what the rules made of them."""
        rules = self.rules.predicted
        for label in (label for label in self.labels or () if label not in scored):
            left = "No entity is left" if label in given else "Neither file has an entity"
            say(f"{left} with the label {label}.")
        named = {rules.rename.get(label, label) for label in given}
        for option, unmet in (("--map", [*self.renamed.keys() - given]), ("--ignore", [*{*self.ignored} - named])):
            for label in sorted(unmet):
                say(f"{option} {label}: neither file has an entity with this label.")


def _names(option: str, text: str | None) -> list[str] | None:
    names = [name.strip() for name in text.split(",") if name.strip()] if text is not None else None
    if names == []:
        raise ConfigurationError(f"{option} is empty: name labels separated by commas, for example PER,ORG.")
    return names


def _renames(text: str | None) -> dict[str, str]:
    """Read "PERSON=PER,GPE=LOC". Raises ConfigurationError for anything else, and for a label named twice."""
    renamed: dict[str, str] = {}
    for pair in text.split(",") if text is not None else ():
        old, _, new = (part.strip() for part in pair.partition("="))
        if not old or not new or "=" in new:
            raise ConfigurationError(
                f"--map {pair.strip()!r}: write the old and the new label with = between them, pairs separated by "
                "commas, for example PERSON=PER,GPE=LOC."
            )
        if new == "O":
            raise ConfigurationError(f"--map {old}=O: O is no label. Say --ignore {old} to leave its entities out.")
        if renamed.setdefault(old, new) != new:
            raise ConfigurationError(f"--map renames {old} to {renamed[old]} and to {new}: keep one of them.")
    return renamed
