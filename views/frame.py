"""How a page gets into the frame of app.py, whatever address is opened first."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager


def enter() -> None:
    """Start again through app.py if Streamlit runs the calling page on its own.

    Because of the folder pages/ beside app.py Streamlit does so until the first call of st.navigation,
    which a new server has not seen when the first address it is asked for is that of a page. Only the first
    run of a tab is started again, so that no click is lost.
    """
    entered = st.session_state.get("entered")
    st.session_state["entered"] = True
    if PagesManager.uses_pages_directory and not entered:
        PagesManager.uses_pages_directory = False
        st.rerun()
