"""The whole project on the compare page: run what is missing, agreement of methods, sentences by disagreement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from projection.evaluation.agreement import Pair, pairwise
from projection.pipeline import Task
from views import compare_figure, compare_table, editing, inspect_panels, markup
from views.compare_data import Corpus, Dispute, Row, comparison_setup, disputes, reduce
from views.jobs import Job
from views.resources import compute_lock, disputes_component, resources, store
from views.session import remembered
from views.stored import sentences

Pairs = Mapping[tuple[str, str], Pair]
QUICK = 1.0
SHOWN_DISPUTES = 200


@dataclass
class Run:
    """A job over the sentences of a project that lack something, by position."""

    corpus: Corpus
    job: Job
    tasks: Mapping[int, Task]
    taken: int = 0

    def take(self) -> None:
        """Move what is finished and not yet taken into the corpus."""
        positions = list(self.tasks)
        for row in self.job.results[self.taken :]:
            position = positions[self.taken]
            self.corpus.learn(position, self.tasks[position], row)
            self.taken += 1


def corpus_of(project: Any) -> Corpus:
    """Return what this tab knows of the project with its components and settings as they are now."""
    settings = {key: value for key, value in project.setup.to_dict().items() if key != "methods"}
    return remembered("compare-corpus", (project.id, settings, project.setup.methods[0]), Corpus)


def corpus_panel(project: Any, position: int, corpus: Corpus, methods: Sequence[str]) -> None:
    """Draw how far the whole project is compared, and what came out; `position` is the sentence shown above."""
    tasks = _tasks(project.id)
    run = _current_run(corpus)
    positions, lacking = corpus.missing(tasks, methods)
    if run is not None:
        inspect_panels.waiting(run.job)
    elif positions:
        _start_line(project, tasks, positions, lacking)
    rows = {position: row for position, task in enumerate(tasks) if (row := corpus.row(position, task)) is not None}
    if len(rows) < 2 < len(tasks):
        return
    key = (project.id, store().version(project.id), corpus.changes, tuple(methods))
    pairs, found = remembered("compare-found", key, lambda: _compare(rows, methods))
    _results(pairs, found, methods, position, len(rows), len(tasks))


def _tasks(project_id: int) -> list[Task]:
    version = (project_id, store().version(project_id))
    return remembered("compare-tasks", version, lambda: [one.edits.apply(one.task) for one in sentences(project_id)])


def _current_run(corpus: Corpus) -> Run | None:
    """Take in what is finished; return the run while it lasts. One for other settings is stopped."""
    run: Run | None = st.session_state.get("compare-run")
    if run is None:
        return None
    finished = run.job.wait(QUICK if run.taken == 0 else 0)
    run.take()
    if run.corpus is corpus and not finished:
        return run
    run.job.stop()
    del st.session_state["compare-run"]
    if run.job.problem:
        st.html(markup.notice("The comparison ended early", run.job.problem, "bad"))
    return None


def _start_line(project: Any, tasks: Sequence[Task], positions: Sequence[int], lacking: Sequence[str]) -> None:
    done = len(tasks) - len(positions)
    with st.container(horizontal=True, vertical_alignment="center"):
        said = f"{markup.thousands(done)} of {markup.counted(len(tasks), 'sentence')} compared by these methods"
        st.html(markup.title("Whole project", said), width="content")
        st.button(f"Compare {'the other ' if done else ''}{markup.counted(len(positions), 'sentence')}",
                  key="compare-all", on_click=_start, args=(project, tasks, positions, lacking))  # fmt: skip


def _start(project: Any, tasks: Sequence[Task], positions: Sequence[int], lacking: Sequence[str]) -> None:
    setup = comparison_setup(project.setup, lacking)
    todo = {position: tasks[position] for position in positions}
    job = Job(setup, list(todo.values()), resources(), compute_lock(), also=(),
              keep=lambda index, outcome: reduce(outcome, setup.methods))  # fmt: skip
    st.session_state["compare-run"] = Run(corpus_of(project), job, todo)


def _compare(rows: Mapping[int, Row], methods: Sequence[str]) -> tuple[Pairs, list[Dispute]]:
    return pairwise((row.labellings(methods) for row in rows.values()), methods), disputes(rows, methods)


def _results(
    pairs: Pairs, found: Sequence[Dispute], methods: Sequence[str], position: int, sentences: int, total: int
) -> None:
    compared = [method for method in methods if any(method in key for key in pairs)]
    if len(compared) < 2:
        st.html(markup.notice("Nothing to compare yet", "Choose at least two methods that give a result on this text."))
        return
    left, right = st.columns([2, 3])
    with left.container(border=True, height="stretch"):
        _agreement(pairs, compared, sentences)
    with right.container(border=True, height="stretch"):
        _disputed(found, position, sentences, total)


def _agreement(pairs: Pairs, methods: Sequence[str], sentences: int) -> None:
    """Draw the matrix, and the same as a table."""
    st.html(markup.title("Agreement", f"span F1 between methods, {markup.counted(sentences, 'sentence')}"))
    st.plotly_chart(
        compare_figure.agreement_figure(pairs, methods, st.context.theme.type or "light"), theme=None, key="agreement",
        config={"displayModeBar": False}, alt=compare_figure.alternative_text(pairs, methods),
    )  # fmt: skip
    with st.expander("As a table"):
        once = [pair for (one, other), pair in pairs.items() if methods.index(one) < methods.index(other)]
        rows = [[pair.one, pair.other, pair.f1, pair.sentences] for pair in sorted(once, key=lambda pair: pair.f1)]
        st.dataframe(
            _frame(rows, ["Method", "And", "Span F1", "Sentences"]), hide_index=True, key="agreement-table",
            column_config={"Span F1": st.column_config.NumberColumn(format="%.3f")},
        )  # fmt: skip


def _disputed(found: Sequence[Dispute], position: int, sentences: int, total: int) -> None:
    """List the sentences on which methods differ; a click on one opens it above."""
    known = "" if sentences == total else f", {markup.thousands(total - sentences)} not compared yet"
    said = f"{markup.thousands(len(found))} of {markup.thousands(sentences)} sentences differ{known}"
    st.html(markup.title("Sentences by disagreement", said))
    if not found:
        st.html(markup.notice("The methods agree on every sentence", "", "good"))
        return
    data = compare_table.disputes(found[:SHOWN_DISPUTES], position)
    sent = disputes_component()(key="disputes", data=data, on_open_change=lambda: None)
    hidden = f" The first {SHOWN_DISPUTES} are listed, all in the table." if len(found) > SHOWN_DISPUTES else ""
    st.caption(f"Most disputed first. Click one to see it above.{hidden}")
    with st.expander("All as a table"):
        rows = [[item.position + 1, item.text, item.score, item.words, _spans(item)] for item in found]
        st.dataframe(
            _frame(rows, ["#", "Sentence", "Disagreement", "Words", "Not found by all"]), hide_index=True,
            key="disputes-table", column_config={"Disagreement": st.column_config.NumberColumn(format="%.3f")},
        )  # fmt: skip
    wanted = (sent.get("open") or {}).get("position")
    if wanted is not None and wanted != position:
        editing.go(wanted)
        st.rerun()


def _spans(item: Dispute) -> str:
    return "; ".join(f"{text} {label} ({count} of {item.methods})" for text, label, count in item.spans)


def _frame(rows: Sequence[Sequence[Any]], columns: Sequence[str]) -> Any:
    import pandas as pd

    return pd.DataFrame(rows, columns=list(columns))
