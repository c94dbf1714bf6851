"""How far a project is evaluated, the button that goes on, and what to do where there is no gold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from views import evaluate_gold, evaluate_run, evaluate_study, markup, queue_data
from views.evaluate_gold import Case, Cases
from views.evaluate_run import Evaluating, Known
from views.frame import failures_drawn, failures_said
from views.inspect_panels import STAGES
from views.queue_scan import begins_by_itself

AT_ONCE = 40
"""Sentences that are evaluated unasked, with what comes in the box."""
QUICK = 1.5


def no_gold(others: bool) -> None:
    """Say how to get labels to compare with; with `others` there are some, but a file was chosen."""
    if others:
        st.html(markup.notice(
            "Choose a file with gold labels",
            "The same sentences as the translations of this project, in any order. Methods never see its labels.",
        ))  # fmt: skip
        return
    st.html(markup.page_title("Evaluate", "How good is each method on your texts, where does it fail, and why?"))
    st.html(markup.notice(
        "There is nothing to compare with yet",
        "Accept sentences in Inspect or the Queue: methods are then judged by what you decided. Or start a project "
        "from translations that have labels, in any format; they count as gold. Or choose a file with labels above.",
    ))  # fmt: skip
    with st.container(horizontal=True):
        if st.button("Accept sentences", type="primary", key="to-inspect"):
            st.switch_page("pages/inspect.py")
        if st.button("Start a project", key="to-project"):
            st.switch_page("pages/project.py")


def line(project: Any, settings: Mapping[str, Any], cases: Cases, known: Known, programs: Mapping[str, str]) -> None:
    """Draw how many sentences are evaluated; a running evaluation, or the button that begins one."""
    left_out(cases)
    current = evaluate_run.current(project)
    if current is not None and not current.finished:
        if current.run.settings == settings and not current.wait(QUICK if not current.done else 0):
            _running(current)
            return
        if current.finished:
            st.rerun()
        st.html(markup.notice("Another evaluation of this project is running", "This one can begin when it has ended."))
        _running(current)
        return
    if current is not None and evaluate_run.is_behind(project, settings, known):
        st.rerun()  # it ended after this run of the page had read the results
    if current is not None and current.problem and current.run.settings == settings:
        st.html(markup.notice("The evaluation ended early", current.problem, "bad"))
    todo, lacking = evaluate_study.missing(cases, known, programs)
    if todo:
        wanted = {method: programs[method] for method in lacking}
        asked = current is not None and current.covers(settings, wanted, todo)  # and it did not end well
        if len(todo) <= AT_ONCE and not asked and begins_by_itself(project.setup):
            with failures_drawn():  # where nothing can be stored, nothing is begun, and the button stays
                evaluate_run.begin(project, settings, project.setup, wanted, todo)
                st.rerun()
        _go_on(project, settings, len(cases.cases), todo, wanted)
    _again(project, settings, cases, known, programs)


def _go_on(
    project: Any, settings: Mapping[str, Any], total: int, todo: Sequence[Case], wanted: Mapping[str, str]
) -> None:
    done = total - len(todo)
    with st.container(horizontal=True, vertical_alignment="center"):
        said = f"{markup.thousands(done)} of {markup.counted(total, 'sentence')} evaluated by these methods"
        st.html(markup.title("Results", said), width="content")
        st.button(
            f"Evaluate {'the other ' if done else ''}{markup.counted(len(todo), 'sentence')}", type="primary",
            key="evaluate-all", on_click=_begin, args=(project, settings, wanted, todo),
        )  # fmt: skip


def _again(project: Any, settings: Mapping[str, Any], cases: Cases, known: Known, programs: Mapping[str, str]) -> None:
    """Offer to try again what failed."""
    failed = evaluate_gold.failed(cases.cases, known.judged, list(programs))
    if not failed:
        return
    some = {case.position: case for cases in failed.values() for case in cases}
    said = f"Try {markup.counted(len(some), 'sentence')} again on which {' and '.join(failed)} failed"
    st.button(said, key="evaluate-failed", on_click=_begin,
              args=(project, settings, {method: programs[method] for method in failed},
                    [some[place] for place in sorted(some)]))  # fmt: skip


def _begin(
    project: Any, settings: Mapping[str, Any], programs: Mapping[str, str], cases: Sequence[Case]
) -> None:  # fmt: skip
    with failures_said():
        evaluate_run.begin(project, settings, project.setup, programs, cases)


@st.fragment(run_every=1.0)
def _running(current: Evaluating) -> None:
    if current.finished:
        st.rerun()
    stage = "Finding out why" if current.stage == "judge" else STAGES.get(current.stage, ("Waiting", ""))[0]
    left = f", {queue_data.time_left(current.seconds_left)}" if current.seconds_left is not None else ""
    done = f"{markup.thousands(current.done)} of {markup.counted(current.total, 'sentence')}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(current.done / max(1, current.total), f"{stage}: {done}{left}")
        if current.done and st.button("Show results so far", key="so-far"):
            evaluate_run.show_so_far()
            st.rerun()
        st.button("Stop", key="stop-evaluation", on_click=current.stop)


def left_out(cases: Cases) -> None:
    """Name the sentences that cannot be judged on, and those whose labels had to be moved to other words."""
    if cases.retokenised:
        said = f"{markup.counted(len(cases.retokenised), 'sentence')} matched by characters"
        why = "Gold has other words there: its labels went to all words that have a character of them."
        st.html(markup.notice(said, f"{why} Sentences {_numbers(cases.retokenised)}.", "warn"))
    if cases.unused:
        st.html(
            markup.notice(f"{markup.counted(cases.unused, 'sentence')} of the file not in this project", "", "warn")
        )
    for reason, positions in cases.left_out.items():
        said = f"{markup.counted(len(positions), 'sentence')} left out: {reason}"
        st.html(markup.notice(said, f"Sentences {_numbers(positions)}.", "warn"))


def _numbers(positions: Sequence[int]) -> str:
    more = f" and {len(positions) - 12} more" if len(positions) > 12 else ""
    return ", ".join(str(position + 1) for position in positions[:12]) + more
