"""The guidelines of a project: Markdown that people of the project write, shown without anything from outside."""

from __future__ import annotations

import streamlit as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from projection.corrections.records import ProjectSummary
from projection.errors import ProjectionError
from views import markup
from views.resources import store

NONE = "Nobody has written guidelines for this project yet. The page Project has a place for them."


def html(text: str) -> str:
    """Return Markdown as HTML: HTML in it stays text, a picture becomes a link, and nothing is fetched."""
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table").disable("image")
    tokens = parser.parse(text)
    for token in tokens:
        _prepare(token)
    return f'<div class="guidelines">{parser.renderer.render(tokens, parser.options, {})}</div>'


def _prepare(token: Token) -> None:
    """Let every block go in the direction of its text, and links open a tab of their own."""
    if token.nesting == 1 and token.block:
        token.attrSet("dir", "auto")
    for child in token.children or ():
        if child.type == "link_open":
            child.attrSet("target", "_blank")
            child.attrSet("rel", "noopener noreferrer nofollow")


@st.dialog("Guidelines", width="medium", position="right")
def drawer(project: ProjectSummary) -> None:
    """Show the guidelines of a project at the right, beside the sentence. Escape closes it."""
    st.html(markup.title(project.name))
    try:
        text = store().guidelines(project.id)
    except ProjectionError as problem:
        st.html(markup.notice("The guidelines cannot be read now", str(problem), "bad"))
        return
    st.html(html(text) if text.strip() else markup.notice("No guidelines", NONE))
