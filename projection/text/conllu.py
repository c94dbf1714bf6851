"""CoNLL-U with entities in MISC: `NER=B-PER`, `Entity=B-PER`, or brackets `Entity=(PER` ... `Entity=PER)`.

Brackets are read as in CorefUD: a comment `# global.Entity = eid-etype-...` says which field of an
opening bracket is the type and that a closing one repeats the id. Such files carry more than
labels, so they are read but their labels are not edited in place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from projection.errors import FormatError
from projection.text.columns import LABEL, Block, ColumnFormat, Layout, blocks
from projection.text.records import Lines, Scan
from projection.text.schemes import LabelProblem, SchemeDetector, encode
from projection.types import Entity, Span

_MISC = 9
LAYOUT = Layout("\t", 10, word=1, label=_MISC, numbered=True)
_MENTION = re.compile(r"\(([^()]+)\)|\(([^()]+)|([^()]*)\)")
_GLOBAL = re.compile(r"#\s*global\.Entity\s*=\s*(\S+)")
_DISCONTINUOUS = re.compile(r"\[\d+/\d+\]")


@dataclass(slots=True)
class ConlluFormat(ColumnFormat):
    """`key` is the MISC attribute that holds the labels, `fields` the names of CorefUD's bracket fields."""

    key: str = "NER"
    brackets: bool = False
    writes_outside: bool = False
    fields: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        style = "brackets" if self.brackets else "labels"
        return f"10 columns, {style} in MISC as {self.key}="

    def labels(self, block: Block) -> list[str]:
        return [_attribute(row[_MISC], self.key) or "O" for _, row in block.rows]

    def scan(self, lines: Lines) -> Scan:
        self._settle_style(lines)
        scan = ColumnFormat.scan(self, lines)
        if self.brackets:
            scan.scheme, scan.scheme_note = None, "entities in brackets"
        return scan

    def _may_have_problems(self, detector: SchemeDetector) -> bool:
        return self.brackets or ColumnFormat._may_have_problems(self, detector)

    def _settle_style(self, lines: Lines) -> None:
        seen: dict[str, set[str]] = {"NER": set(), "Entity": set()}
        for block in blocks(lines(), LAYOUT):
            for match in map(_GLOBAL.match, block.comments):
                if match:
                    self.fields = tuple(match.group(1).split("-"))
            for key, kinds in seen.items():
                values = (_attribute(row[_MISC], key) for _, row in block.rows if key in row[_MISC])
                kinds.update(_style(value) for value in values if value)
        self.key = "Entity" if seen["Entity"] and not seen["NER"] else "NER"
        self.brackets = "(" in seen[self.key]
        self.writes_outside = "O" in seen[self.key]
        if self.brackets:
            self.scheme = "IOB2"

    def decode(self, labels: Sequence[str]) -> tuple[tuple[Entity, ...], Sequence[LabelProblem]]:
        if not self.brackets:
            return ColumnFormat.decode(self, labels)
        return decode_brackets(labels, self.fields, self.repair)

    def encode(self, entities: Iterable[Entity], length: int, scheme: str | None) -> list[str]:
        if not self.brackets:
            return self._writable(ColumnFormat.encode(self, entities, length, scheme), "|")
        if self.fields:
            raise FormatError(
                "labels of a CorefUD file cannot be edited in place, as its brackets also hold ids and heads.",
                path=self.name,
                remedy="Export to conllu, conll2002 or jsonl instead.",
            )
        entities = tuple(entities)
        for entity in entities:
            self._writable([entity.label], "(")
            self._writable([entity.label], ")")
        return self._writable(encode_brackets(entities, length), "|")

    def with_label(self, text: str, label: str) -> str:
        fields = text.split("\t")
        attributes = [part for part in fields[_MISC].split("|") if part != "_"]
        written = f"{self.key}={label}" if label != "O" or self.writes_outside else None
        places = [index for index, part in enumerate(attributes) if part.startswith(f"{self.key}=")]
        if places:
            attributes[places[0] : places[0] + 1] = [written] if written else []
        elif written:
            attributes.append(written)
        fields[_MISC] = "|".join(attributes) or "_"
        return "\t".join(fields)

    def space_after(self, block: Block) -> list[bool]:
        return [_attribute(row[_MISC], "SpaceAfter") != "No" for _, row in block.rows]


def _style(value: str) -> str:
    """Return "O", "-" for a tag (whose type may have brackets in it), "(" for brackets."""
    if value == "O":
        return "O"
    return "-" if LABEL.fullmatch(value) or not {*"()"} & {*value} else "("


def _attribute(misc: str, key: str) -> str | None:
    for part in misc.split("|"):
        name, equals, value = part.partition("=")
        if name == key and equals:
            return value
    return None


def encode_brackets(entities: Iterable[Entity], length: int) -> list[str]:
    """Return "(PER", "PER)", "(PER)" or "O" for each word."""
    tags = encode(entities, length, "BIOES")
    shapes = {"B": "({}", "E": "{})", "S": "({})"}
    return [shapes[tag[0]].format(tag[2:]) if tag[0] in shapes else "O" for tag in tags]


def decode_brackets(
    labels: Sequence[str], fields: Sequence[str] = (), repair: str | None = None
) -> tuple[tuple[Entity, ...], tuple[LabelProblem, ...]]:
    """Read the outermost entities; inner ones and brackets without a partner are reported."""
    mentions, open_mentions, problems = [], [], []
    for index, label in enumerate(labels):
        if label == "O":
            continue
        for whole, opening, closing in _MENTION.findall(label):
            if whole:
                mentions.append((index, index + 1, _type(whole, fields)))
            elif opening:
                open_mentions.append((_key(opening, fields), index, _type(opening, fields)))
            else:
                partner = next((item for item in reversed(open_mentions) if not closing or item[0] == closing), None)
                if partner is None:
                    problems.append(_unpaired(index, label, repair))
                else:
                    open_mentions.remove(partner)
                    mentions.append((partner[1], index + 1, partner[2]))
        if _MENTION.sub("", label):
            problems.append(_unpaired(index, label, repair))
    problems.extend(_unpaired(start, labels[start], repair) for _, start, _ in open_mentions)
    kept: list[Entity] = []
    for start, end, label in sorted(mentions, key=lambda mention: (mention[0], -mention[1])):
        if kept and start < kept[-1].span.end:
            outer = kept[-1]
            message = f"entity [{start}, {end}) {label} is nested in or crosses {outer.label}"
            problems.append(LabelProblem(start, labels[start], "nested", message, "outermost"))
        else:
            kept.append(Entity(Span(start, end), label))
    return tuple(kept), tuple(sorted(problems, key=lambda problem: problem.index))


def _type(opening: str, fields: Sequence[str]) -> str:
    parts = opening.split("-")
    place = fields.index("etype") if "etype" in fields else None
    return parts[place] if place is not None and place < len(parts) and parts[place] else opening


def _key(opening: str, fields: Sequence[str]) -> str:
    return opening.split("-")[fields.index("eid")] if "eid" in fields else opening


def _unpaired(index: int, label: str, repair: str | None) -> LabelProblem:
    message = f"bracket {label!r} has no partner in its sentence"
    if _DISCONTINUOUS.search(label):
        message = f"entity {label!r} is discontinuous, which a span cannot be"
    return LabelProblem(index, label, "sequence", message, "discard" if repair else None)
