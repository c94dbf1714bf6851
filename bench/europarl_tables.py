"""What was measured on Europarl-NER, as JSON and as tables beside the published figures."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bench import report
from bench.published import FIGURES, Row, Sign, europarl
from bench.running import Result
from bench.variants import Variant, settings_of
from projection.cli.tables import table

LABELS = ("LOC", "MISC", "ORG", "PER")


@dataclass(slots=True)
class Measurement:
    """All that one run of the benchmark found out."""

    sentences: int
    limit: int
    entities: Mapping[str, int]
    results: list[Result] = field(default_factory=list)
    lacking: dict[Variant, dict[str, str]] = field(default_factory=dict)
    seconds: dict[str, dict[str, float]] = field(default_factory=dict)

    @property
    def part(self) -> str:
        """Which sentences were measured, for signatures."""
        return f"first {self.sentences}" if self.limit else str(self.sentences)


def to_dict(measured: Measurement) -> dict[str, Any]:
    """Return plain JSON values, unrounded."""
    return {
        "corpus": "europarl-ner",
        "sentences": measured.sentences,
        "limit": measured.limit or None,
        "entities": dict(measured.entities),
        "published_entities": dict(europarl().entities),
        "results": [one.to_dict() for one in measured.results],
        "published": [asdict(row) for row in europarl().rows],
        "published_means": dict(europarl().means),
        "signs": [
            {**asdict(sign), "language": language, "published": published, "here": here, "reproduced": same}
            for sign, language, published, here, same in signs(measured)
        ],
        "not_run": [
            {"method": variant.method, "options": dict(variant.options), "reasons": reasons}
            for variant, reasons in measured.lacking.items()
        ],
        "seconds": measured.seconds,
    }


def signs(measured: Measurement) -> list[tuple[Sign, str, float, float, bool]]:
    """Return (finding, language, published difference, ours, whether it is the same) where both rows ran here."""
    rows = {row.id: row for row in europarl().rows}
    ours = {(settings_of(one.variant), one.language): one.scores.overall.f1 for one in measured.results}
    found = []
    for sign in europarl().signs:
        higher, lower = rows[sign.higher], rows[sign.lower]
        for language in sign.languages:
            here = [ours.get((settings_of(row.variant), language)) for row in (higher, lower)]
            if None not in here:
                difference = here[0] - here[1]
                same = abs(difference) <= sign.tolerance if sign.equal else difference > 0
                found.append((sign, language, higher.f1[language] - lower.f1[language], difference, same))
    return found


def text(measured: Measurement) -> str:
    """Return all tables."""
    published = _published(measured)
    parts = [_counted(measured)]
    if measured.results:
        rows = {variant: _details(found, measured.entities) for variant, found in published.items()}
        parts += [
            "Overall F1, published figures indented\n" + _overall(measured, published),
            "By label, published figures indented\n" + report.details(measured.results, LABELS, rows),
            _signs(measured),
        ]
    titles = {"Published means over de, es and it": "\n".join(f"{title}: {f1:.2f}" for title, f1 in
                                                              europarl().means.items()),
              "Sentences that failed": report.failures(measured.results),
              "Warnings": report.warnings(measured.results),
              "Cannot run here": report.not_run(measured.lacking)}  # fmt: skip
    parts += [f"{title}\n{body}" for title, body in titles.items() if body]
    parts += [_took(measured), report.signatures(measured.results)]
    return "\n\n".join(filter(None, parts))


def _counted(measured: Measurement) -> str:
    expected = europarl().entities
    told = [
        f"{language} {count}" + (f" (published: {expected[language]})" if count != expected.get(language) else "")
        for language, count in measured.entities.items()
    ]
    part = f", the first {measured.sentences} of its sentences only" if measured.limit else ""
    return (
        f"Europarl-NER, {measured.sentences} sentence pairs{part}. Gold entities of the whole corpus, all of which "
        f"count: {', '.join(told)}."
    )


def _published(measured: Measurement) -> dict[Variant, list[Row]]:
    """Return the published rows that belong to each measured variant."""
    found = {}
    for variant in dict.fromkeys(one.variant for one in measured.results):
        own = settings_of(variant)
        found[variant] = [row for row in europarl().rows if settings_of(row.variant) == own]
    return found


def _overall(measured: Measurement, published: Mapping[Variant, Sequence[Row]]) -> str:
    languages = tuple(dict.fromkeys(one.language for one in measured.results))
    lines = []
    for variant, found in report.by_variant(measured.results).items():
        ours = [found[language].scores.overall.f1 if language in found else None for language in languages]
        told = [(variant.title, ours, f"{sum(one.seconds for one in found.values()):.1f}")]
        told += [(f"  {row.source}: {row.title}", [row.f1.get(language) for language in languages], "")
                 for row in published[variant]]  # fmt: skip
        lines += [
            (title, *map(report.number, values), report.number(report.mean(values)), took)
            for title, values, took in told
        ]
    return table(("method and settings", *languages, "mean", "seconds"), lines)


def _details(rows: Sequence[Row], languages: Collection[str]) -> list[list[str]]:
    """Return lines for report.details of the published rows that have more than an overall F1."""
    lines = []
    for row in (row for row in rows if set(row.figures) >= set(FIGURES)):
        for language in (language for language in row.f1 if language in languages):
            cells = {name: report.number(row.figures[name][language]) for name in FIGURES}
            lines.append([f"  {row.source}: {row.title}", language, cells["f1"], "", cells["precision"],
                          cells["recall"], *(cells[label] for label in LABELS), "", cells["ratio"], ""])  # fmt: skip
    return lines


def _signs(measured: Measurement) -> str:
    lines = [
        (sign.title, language, f"{published:+.3f}", f"{here:+.3f}", "yes" if same else "no")
        for sign, language, published, here, same in signs(measured)
    ]
    header = ("published finding", "to", "F1 there", "F1 here", "the same here")
    return "Published findings, as differences of overall F1\n" + table(header, lines) if lines else ""


def _took(measured: Measurement) -> str:
    parts = []
    for language, seconds in measured.seconds.items():
        evidence = ", ".join(f"{name} {value:.0f} s" for name, value in seconds.items() if name != "all")
        parts.append(f"{language} {seconds['all']:.0f} s" + (f" ({evidence})" if evidence else ""))
    return f"Took: {'; '.join(parts)}."
