"""The pipeline's outcome of one sentence, or a page that says what is being computed."""

from __future__ import annotations

import streamlit as st

from projection.pipeline import Outcome, Setup, Task
from views import inspect_panels
from views.jobs import Job
from views.resources import compute_lock, resources
from views.session import remembered

QUICK = 0.6
"""Seconds a result may take before the page shows that it is working."""


def outcome_of(setup: Setup, task: Task, slot: str = "job") -> Outcome:
    """Return the pipeline's outcome, kept under `slot`; or draw what it is doing and end this run of the page."""
    job = remembered(slot, (setup.to_dict(), task), lambda: Job(setup, [task], resources(), compute_lock()), Job.stop)
    if not job.wait(QUICK):
        inspect_panels.waiting(job)
        st.stop()
    if job.cancelled or job.problem:
        inspect_panels.failed(job, slot)
        st.stop()
    return job.results[0]
