"""What was measured by the translate-test protocol, as JSON and as tables beside the published figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bench import report
from bench.published import Column, Languages
from bench.running import Result
from bench.translate_test import Measurement
from bench.variants import Variant, settings_of
from projection.cli.tables import table


def to_dict(measured: Measurement, published: Languages) -> dict[str, Any]:
    """Return plain JSON values, unrounded."""
    plan = measured.plan
    return {
        "corpus": plan.corpus.name,
        "labels": sorted(plan.corpus.labels),
        "drop": plan.drop,
        "limit": plan.limit or None,
        "sentences": measured.sentences,
        "results": [one.to_dict() for one in measured.results],
        "averages": [
            {
                "method": variant.method,
                "options": dict(variant.options),
                "f1": _mean(found),
                "languages": list(found),
            }
            for variant, found in report.by_variant(measured.results).items()
        ],
        "published": [asdict(column) for column in published.columns],
        "not_run": [
            {"method": variant.method, "options": dict(variant.options), "reasons": reasons}
            for variant, reasons in measured.lacking.items()
        ],
        "lost_sentences": measured.lost,
        "skipped_sentences": {language: list(places) for language, places in measured.skipped.items()},
        "translation_warnings": measured.warned,
        "doubts": list(measured.doubts),
        "absent_languages": list(measured.absent),
        "excluded_languages": dict(published.excluded),
        "seconds": measured.seconds,
    }


def _mean(found: Mapping[str, Result]) -> float | None:
    return report.mean(one.scores.overall.f1 for one in found.values())


def text(measured: Measurement, published: Languages) -> str:
    """Return all tables: one for each variant, and what went wrong."""
    plan = measured.plan
    part = f", the first {plan.limit} sentences of each language only" if plan.limit else ""
    counts = ", ".join(f"{language} {count}" for language, count in measured.sentences.items())
    parts = [f"{plan.corpus.title}, translate-test{part}. Sentences: {counts}."]
    parts += [
        f"{variant.title}\n{_variant(measured, found, _columns(variant, published))}"
        for variant, found in report.by_variant(measured.results).items()
    ]
    titles = {
        "Other published figures": _others(measured, published),
        "Sentences without translation or labels": _lines(measured.lost),
        "Sentences that failed": report.failures(measured.results),
        "Warnings": report.warnings(measured.results),
        "Sentences that cannot be read": "\n".join(place for places in measured.skipped.values() for place in places),
        "Doubts": "\n".join(measured.doubts),
        "Warnings of the translator": _lines(measured.warned),
        "Cannot run here": report.not_run(measured.lacking),
        "Languages without a test set in the folder": ", ".join(measured.absent),
        "Not part of the published tables": "\n".join(f"{code}: {why}" for code, why in published.excluded.items()),
    }
    parts += [f"{title}\n{body}" for title, body in titles.items() if body]
    took = ", ".join(f"{language} {seconds:.0f} s" for language, seconds in measured.seconds.items())
    return "\n\n".join(filter(None, (*parts, f"Took: {took}.", report.signatures(measured.results))))


def _lines(counted: Mapping[str, Mapping[str, int]]) -> str:
    return "\n".join(
        f"{language}: {count} times: {reason}" for language, found in counted.items() for reason, count in found.items()
    )


def _columns(variant: Variant, published: Languages) -> list[Column]:
    """Return the published columns that are comparable with a variant."""
    own = settings_of(variant)
    return [column for column in published.columns if column.method and settings_of(column.variant) == own]


def _variant(measured: Measurement, found: Mapping[str, Result], columns: list[Column]) -> str:
    labels = sorted(measured.plan.corpus.labels)
    header = ("to", "F1", "95 % interval", "P", "R", *labels, "placed", "ratio", "failed",
              *(f"{column.source}: {column.title}" for column in columns))  # fmt: skip
    lines = [
        (*report.cells(one, labels), *(report.number(column.f1.get(language)) for column in columns))
        for language, one in found.items()
    ]
    blank = [""] * (len(header) - 2 - len(columns))
    averages = [report.number(report.mean(column.f1.get(language) for language in found)) for column in columns]
    lines.append(("mean", report.number(_mean(found)), *blank, *averages))
    return table(header, lines)


def _others(measured: Measurement, published: Languages) -> str:
    """Return the published columns that no variant stands beside, for the languages measured here."""
    variants = dict.fromkeys(one.variant for one in measured.results)
    shown = [column for variant in variants for column in _columns(variant, published)]
    rest = [column for column in published.columns if column not in shown]
    languages = [language for language in measured.sentences if language in published.languages]
    if not rest or not languages:
        return ""
    lines = [
        (f"{column.source}: {column.title}", *(report.number(column.f1[language]) for language in languages),
         report.number(report.mean(column.f1[language] for language in languages)))
        for column in rest
    ]  # fmt: skip
    return table(("", *languages, "mean"), lines)
