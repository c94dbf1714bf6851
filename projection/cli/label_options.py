"""What the options of `evaluate` say about labels: which are scored, renamed, ignored."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from projection.cli.inputs import say
from projection.evaluation.label_rules import LabelRules, preset, read_names, read_renames


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
        renamed = read_renames(renames, "--map", "--ignore")
        ignored = read_names(ignore, "--ignore") or []
        return cls(read_names(labels, "--labels"), preset(rules).extended(renamed, ignored), renamed, ignored)

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
