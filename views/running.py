"""The pipeline's outcome of one sentence, or a page that says what is being computed."""

from __future__ import annotations

import streamlit as st

from projection.corrections.records import StoredSentence
from projection.pipeline import Outcome, Setup, Task
from views import inspect_panels, workbench
from views.jobs import Job
from views.resources import compute_lock, resources
from views.session import forget, remembered

QUICK = 0.6
"""Seconds a result may take before the page shows that it is working."""


def outcome_of(setup: Setup, task: Task, slot: str = "job") -> Outcome:
    """Return the pipeline's outcome, kept under `slot`; or draw what it is doing and end this run of the page."""
    job = _job(setup, task, slot)
    job.wait(QUICK)
    return _result(job, slot)


def outcome_here(stored: StoredSentence, setup: Setup) -> tuple[Outcome, Job | None]:
    """Return the outcome of the sentence in the editor, and the job that computes a newer one if that takes long.

    Without any outcome to show in the meantime, draw what is being done and end this run of the page.
    """
    task, known = stored.edits.apply(stored.task), workbench.outcomes()
    found = known.find(stored, setup, task)
    if found is not None:
        return found, None
    job = _job(setup, task, "job")
    if not job.wait(QUICK):
        older = known.last(stored, setup)
        if older is not None and _same_words(older, task):
            return older, job
    outcome = _result(job, "job")
    known.keep(stored, setup, task, outcome)
    if workbench.has_failed(outcome):
        forget("job")  # so that it is tried again when the result does not count any more
    return outcome, None


def _job(setup: Setup, task: Task, slot: str) -> Job:
    """Return the job that computes this, begun now if it is not the one kept under `slot`."""
    key = (setup.to_dict(), task)
    return remembered(
        slot, key, lambda: Job(setup, [task], resources(), compute_lock(), also=workbench.evidence(setup)), Job.stop
    )


def _result(job: Job, slot: str) -> Outcome:
    """Return what a job found; or draw how it stands and end this run of the page."""
    if not job.finished:
        inspect_panels.waiting(job)
        st.stop()
    if job.stopped or job.problem:
        inspect_panels.failed(job, slot)
        st.stop()
    return job.results[0]


def _same_words(outcome: Outcome, task: Task) -> bool:
    pairs = ((outcome.source, task.source), (outcome.target, task.target))
    return all(here is None or (shown is not None and shown.words == here.words) for shown, here in pairs)
