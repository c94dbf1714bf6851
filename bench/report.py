"""Tables of results for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from bench.running import Result
from bench.variants import Variant
from projection.cli.tables import table
from projection.text.languages import normalise

NONE = "-"
_SHOWN, _MESSAGES = 5, 2


def number(value: float | None) -> str:
    return NONE if value is None else f"{value:.3f}"


def mean(values: Iterable[float | None]) -> float | None:
    """Return the mean, None unless all values are known and there is one."""
    known = list(values)
    return None if not known or None in known else sum(known) / len(known)


def by_variant(results: Iterable[Result]) -> dict[Variant, dict[str, Result]]:
    """Return variant -> language -> result, in the order given."""
    found: dict[Variant, dict[str, Result]] = {}
    for one in results:
        found.setdefault(one.variant, {})[one.language] = one
    return found


def details(results: Iterable[Result], labels: Sequence[str], extra: Mapping[Variant, Sequence[Sequence[str]]]) -> str:
    """Return one line per variant and language, with the lines `extra` under those of its variant.

    Columns: method, language, overall F1, its interval, P, R, F1 of each label, rate, ratio, failed sentences.
    """
    header = ("method and settings", "to", "F1", "95 % interval", "P", "R", *labels, "placed", "ratio", "failed")
    lines: list[Sequence[str]] = []
    for variant, found in by_variant(results).items():
        lines += [(variant.title, *cells(one, labels)) for one in found.values()]
        lines += extra.get(variant, ())
    return table(header, lines)


def cells(one: Result, labels: Sequence[str]) -> list[str]:
    overall, interval, by_label = one.scores.overall, one.scores.interval(), one.scores.labels
    return [
        one.language,
        number(overall.f1),
        f"{interval.low:.3f} to {interval.high:.3f}",
        number(overall.precision),
        number(overall.recall),
        *(number(by_label[label].f1) if label in by_label else NONE for label in labels),
        number(one.rate),
        number(one.ratio),
        str(sum(one.failures.values())),
    ]


def failures(results: Iterable[Result]) -> str:
    """Return a line for every reason a sentence failed for, "" when none did."""
    return "\n".join(line for one in results for line in _counted(one, one.failures, "without a projection"))


def warnings(results: Iterable[Result]) -> str:
    """Return a line for everything the methods warned of, "" for nothing."""
    return "\n".join(line for one in results for line in _counted(one, one.warnings, "with a warning"))


def _counted(one: Result, messages: Mapping[str, int], what: str) -> Iterator[str]:
    most = sorted(messages.items(), key=lambda item: (-item[1], item[0]))
    for message, count in most[:_MESSAGES]:
        yield f"{one.variant.title}, {one.language}: {count} sentence{'s' * (count != 1)} {what}: {message}"
    if len(most) > _MESSAGES:
        rest = sum(count for _, count in most[_MESSAGES:])
        yield f"{one.variant.title}, {one.language}: {rest} sentence{'s' * (rest != 1)} {what} of another kind."


def not_run(lacking: Mapping[Variant, Mapping[str, str]]) -> str:
    """Return one line per reason with the variants it holds for; `lacking` maps variant -> language -> reason.

    Where the reasons of languages differ (they name the language), the first one stands for all.
    """
    reasons: dict[tuple[str, str], list[str]] = {}
    for variant, found in lacking.items():
        reason = next(iter(found.values())).replace(variant.method, variant.base)
        reasons.setdefault((", ".join(found), reason), []).append(variant.title)
    return "\n".join(f"{_listed(titles)} ({told}): {reason}" for (told, reason), titles in reasons.items())


def _listed(titles: Sequence[str]) -> str:
    more = f" and {len(titles) - _SHOWN} more settings" if len(titles) > _SHOWN else ""
    return "; ".join(titles[:_SHOWN]) + more


def signatures(results: Iterable[Result]) -> str:
    """Return a title and one line per variant, languages together where nothing else differs; "" for none."""
    told: dict[tuple[str, str], list[str]] = {}
    for one in results:
        signature = one.scores.signature.replace(f"|target:{normalise(one.language)}|", "|target:*|")
        told.setdefault((one.variant.title, signature), []).append(one.language)
    lines = (f"{title}, {','.join(found)}: {signature}" for (title, signature), found in told.items())
    return "\n".join(("Signatures", *lines)) if told else ""
