"""What the first click would wait for, done while a person reads the first page."""

from __future__ import annotations

import gc
import logging
import threading

import streamlit as st
from streamlit.runtime import Runtime, get_instance

from views.resources import resources

log = logging.getLogger(__name__)
PAIR = ("en", "pt")
"""The languages the app starts with."""


def begin() -> None:
    """Load the models the app starts with, on a thread of its own, once for each server."""
    if type(get_instance()) is Runtime:  # tests run pages without a server
        _begin()


@st.cache_resource(show_spinner=False)
def _begin() -> None:
    threading.Thread(target=_load, args=(resources(),), name="warming", daemon=True).start()


def _load(pool) -> None:
    from projection.models import e5_folder
    from projection.pipeline import Pipeline, Setup, Task
    from projection.types import Sentence

    try:
        aligner = None if e5_folder.is_converted() else "diagonal"  # the conversion is shown when it is needed
        sentence = Sentence.from_words(["Anna", "lives", "in", "Rome", "."], PAIR[0])
        for outcome in Pipeline(Setup.for_pair(*PAIR, aligner=aligner), pool).run([Task(sentence)]):
            for warning in outcome.warnings:
                log.info("loading ahead: %s", warning)
    except Exception:  # said when the models are really needed
        log.info("the models could not be loaded ahead", exc_info=True)
    gc.collect()
    gc.freeze()  # what is loaded stays, so the collector need not look at it again
