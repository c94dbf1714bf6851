"""The parts of a report on what went wrong: kinds of mistakes, stages to blame, labels confused, examples."""

from __future__ import annotations

from collections.abc import Mapping

from projection.evaluation.blame import STAGES
from projection.evaluation.effects import EXTENTS, NONE, SIDES, Confusion, Kinds, confusion, kinds, stages
from projection.evaluation.errors import KINDS
from projection.evaluation.report.charts import bars, stacks
from projection.evaluation.report.examples import MOST, examples
from projection.evaluation.report.figures import Figures
from projection.evaluation.report.markup import Markup, element, join, table
from projection.evaluation.report.sections import figure

_GROUPS = {
    "missing": ("missing",),
    "spurious": ("spurious",),
    "boundary": ("boundary",),
    "label": ("label",),
    "other": ("label and boundary", "split", "merged", "wrong occurrence"),
}
"""How kinds are drawn together; the table has each."""


def kinds_of_mistakes(told: Figures) -> Markup:
    found = {method: kinds(told.study, method) for method in told.study.methods}
    drawn = {
        method: {group: sum(one.kinds[kind].count for kind in some) for group, some in _GROUPS.items()}
        for method, one in found.items()
    }
    spoken = "; ".join(f"{method}: {_spoken(row)}" for method, row in drawn.items())
    title = "Kinds of mistakes"
    chart = stacks(drawn, tuple(_GROUPS), told.best, title, f"{spoken}.")
    meaning = "How many mistakes of each kind, exact matches taken out; the table says what each kind means."
    return figure(title, meaning, chart, _kinds_table(found))


def _spoken(row: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in row.items())


def _kinds_table(found: Mapping[str, Kinds]) -> Markup:
    header = ("Kind", "what it is", *(element("bdi", method) for method in found))
    rows = [
        *((kind, what, *(one.kinds[kind].count for one in found.values())) for kind, what in KINDS.items()),
        *((f"boundary, {side}", "which end is wrong", *(one.sides[side].count for one in found.values()))
          for side in SIDES),
        *((f"boundary, {extent}", "how it is wrong", *(one.extents[extent].count for one in found.values()))
          for extent in EXTENTS),
        ("all mistakes", "", *(one.total for one in found.values())),
    ]  # fmt: skip
    return table(header, rows, names=2)


def stages_to_blame(told: Figures) -> Markup | None:
    """Only where somebody looked for them."""
    found = {method: one for method in told.study.methods if (one := stages(told.study, method)) is not None}
    if not found:
        return None
    charts = []
    drawn = [stage for stage in STAGES if any(one.stages[stage].count for one in found.values())]
    for method, one in found.items():
        counts = {stage: one.stages[stage].count for stage in drawn}
        title = f"Stage to blame, {method}"
        charts.append(element("div", element("h3", element("bdi", method)), bars(counts, title, f"{_spoken(counts)}.")))
    rows = [
        *((stage, what, *(one.stages[stage].count for one in found.values())) for stage, what in STAGES.items()),
        ("not looked at", "mistakes of sentences nobody looked at", *(one.unseen.count for one in found.values())),
    ]
    data = table(("Stage", "what it means", *(element("bdi", method) for method in found)), rows, names=2)
    meaning = "For each mistake the first stage of the method that went wrong."
    return figure("Stage to blame", meaning, charts, data, "wide")


def confusions(told: Figures) -> Markup | None:
    """What each gold label was taken for."""
    if not told.study.labels:
        return None
    tables = [
        element("div", element("h3", element("bdi", method)), _confusion(confusion(told.study, method)))
        for method in told.study.methods
    ]
    meaning = (
        "Gold labels in rows, predicted ones in columns: each entity once. On the diagonal the label is right, "
        "whatever its ends; none: an entity without a counterpart."
    )
    caption = element("figcaption", element("h2", "Labels taken for others"), element("p", meaning))
    return element("figure", caption, element("div", *tables, class_="charts"), class_="wide")


def _confusion(found: Confusion) -> Markup:
    labels = (*found.labels, NONE)
    shown = [element("bdi", label) if label else "none" for label in labels]
    rows = [
        (shown[place], *(_cell(found, gold, predicted) for predicted in labels)) for place, gold in enumerate(labels)
    ]
    return table(("gold \\ predicted", *shown), rows)


def _cell(found: Confusion, gold: str, predicted: str) -> object:
    count = found.count(gold, predicted)
    return element("b", count) if count and gold == predicted else count or element("span", "·", class_="nothing")


def mistakes_shown(told: Figures) -> Markup | None:
    """Examples of each kind of mistake of the best method."""
    found = kinds(told.study, told.best).kinds
    parts = [
        element(
            "details",
            element("summary", element("b", kind), f" ({cell.count}): {KINDS[kind]}"),
            examples(told.study, told.best, cell.rows, kind),
        )
        for kind, cell in found.items()
        if cell.count
    ]
    if not parts:
        return None
    note = (
        f"Up to {MOST} of each kind by ",
        element("bdi", told.best),
        ". Gold has solid frames, predictions dashed ones; the frames of the mistake are thick.",
    )
    return element("section", element("h2", "Examples"), element("p", *note, class_="note"), join(parts))
