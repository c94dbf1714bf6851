"""The app: `streamlit run app.py`. Only the frame is here; the pages are in pages/, what they draw in views/."""

import streamlit as st

from projection.errors import ProjectionError
from views import markup, people_corner, resources, warming

st.set_page_config(page_title="Projection", page_icon=str(resources.ASSETS / "icon.svg"), layout="wide")
st.html(resources.style())
page = st.navigation(
    [
        st.Page("pages/project.py", title="Project", url_path="project", default=True),
        st.Page("pages/inspect.py", title="Inspect", url_path="inspect"),
        st.Page("pages/compare.py", title="Compare", url_path="compare"),
        st.Page("pages/queue.py", title="Queue", url_path="queue"),
        st.Page("pages/evaluate.py", title="Evaluate", url_path="evaluate"),
        st.Page("pages/people.py", title="People", url_path="people"),
        st.Page("pages/export.py", title="Export", url_path="export"),
    ],
    position="top",
)
st.logo(str(resources.ASSETS / "logo.svg"), size="medium")
try:
    people_corner.enter()
    page.run()
except ProjectionError as problem:
    st.html(markup.notice("This page cannot be shown", str(problem), "bad"))
finally:
    warming.begin()
