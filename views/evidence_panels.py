"""The lower half of the inspect page: alignment matrix, candidates, methods, token table, text, history."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import streamlit as st

from projection.alignment.words import word_similarity
from projection.text import schemes
from projection.text.languages import english_name
from projection.types import Decision, Span
from views import editing, editor_panel, markup, matrix, people, steps, tables
from views.desk import Desk, Pick, valid_pick
from views.frame import say

SHOWN_CANDIDATES = 6
SHOWN_EVENTS = 20
LARGEST_MATRIX = 200
"""Words on a side beyond which only the rows of the selected entity are drawn."""


def evidence(desk: Desk) -> None:
    """Draw the matrix and the panels beside it, about the entity that is selected in the editor."""
    pick = valid_pick(desk)
    left, right = st.columns([2, 3])
    with right.container(border=True):
        tabs = st.tabs(["Candidates", "Methods", "Token table", "Text", "Steps and history"])
        with tabs[0]:
            entity = entity_choice(desk, pick)
            candidates_tab(desk, entity)
        for tab, draw in zip(tabs[1:], (methods_tab, tokens_tab, text_tab, history_tab), strict=True):
            with tab:
                draw(desk)
    with left.container(border=True):
        matrix_panel(desk, entity)


def chosen_entity(desk: Desk, pick: Pick | None) -> int | None:
    """Return the index of the source entity the evidence is about: the one selected on either side, else the first."""
    source = desk.source.entities if desk.source else ()
    if not source or desk.projection is None:
        return None
    if pick and pick.side == "source":
        return next((index for index, entity in enumerate(source) if entity.span.overlaps(pick.span)), 0)
    if pick:
        for index, number in desk.pairs:
            if desk.entities[number].span.overlaps(pick.span):
                return index
    return 0


def entity_choice(desk: Desk, pick: Pick | None) -> int | None:
    """Let the person choose the source entity whose candidates are shown; follows the selection in the board."""
    suggested = chosen_entity(desk, pick)
    if suggested is None:
        return None
    source = desk.source
    numbers = list(range(len(source.entities)))
    follow = (desk.stored.id, pick and (pick.side, pick.span), len(numbers))
    if st.session_state.get("evidence-follows") != follow:
        st.session_state["evidence-follows"] = follow
        st.session_state["evidence"] = suggested
    return st.pills(
        "Candidates for", numbers, key="evidence", required=True, label_visibility="collapsed",
        format_func=lambda index: markup.plain(
            f"{source.text_of(source.entities[index].span)} {source.entities[index].label}"
        ),
    )  # fmt: skip


def matrix_panel(desk: Desk, entity: int | None) -> None:
    """Draw scores and links of all words, with the candidate blocks of one entity."""
    alignment = desk.alignment
    if alignment is None:
        st.html(markup.title("Alignment") + markup.notice("No alignment yet", "It appears once both texts are there."))
        return
    given = desk.outcome.task.alignment is not None
    st.html(markup.title("Alignment", "your links" if given else desk.setup.aligner))
    if max(len(desk.source), len(desk.target)) > LARGEST_MATRIX:
        st.html(
            markup.notice(f"The matrix is drawn up to {LARGEST_MATRIX} words a side.", "Links are in the board above.")
        )
        return
    similarity = word_similarity(desk.similarity) if desk.similarity else None
    figure = matrix.matrix_figure(
        desk.source,
        desk.target,
        alignment,
        cells=matrix.cell_scores(alignment, similarity),
        target_entities=desk.entities,
        blocks=_blocks(desk, entity),
        theme=st.context.theme.type or "light",
    )
    st.plotly_chart(
        figure, theme=None, key="matrix", config={"displayModeBar": False, "scrollZoom": False},
        alt=matrix.alternative_text(desk.source, desk.target, alignment),
    )  # fmt: skip
    st.caption("Outlined: linked. Drag to zoom, double-click to reset. Dashed blocks: other candidates.")


def _blocks(desk: Desk, entity: int | None) -> list[tuple[Span, Decision]]:
    if entity is None:
        return []
    span = desk.projection.bitext.source.entities[entity].span
    found = tables.decisions_about(desk.projection, entity, 4)
    return [(span, item) for item in reversed(found) if item.status != "ruled out"]


def candidates_tab(desk: Desk, entity: int | None) -> None:
    """Draw the candidates of one entity; any of them can be used instead."""
    if desk.projection is None or entity is None:
        st.html(markup.notice("No candidates", "They appear once the source has an entity and both texts are aligned."))
        return
    decisions = tables.decisions_about(desk.projection, entity, SHOWN_CANDIDATES)
    if not decisions:
        name = desk.source.text_of(desk.source.entities[entity].span)
        st.html(markup.notice(f"No candidate for \u201c{name}\u201d", "Select its words in the translation yourself."))
        return
    st.html(tables.candidates(desk.projection, decisions))
    key = f"preview-{desk.stored.id}-{desk.stored.revision}-{desk.method}-{entity}"
    st.session_state[key] = _shown_rank(desk, decisions)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.pills(
            "Look at a candidate in the editor", range(len(decisions)), key=key,
            format_func=lambda rank: f"#{rank + 1}", on_change=lambda: _look_at(desk, entity, st.session_state[key]),
        )  # fmt: skip
        shown = st.session_state[key]
        st.button(
            "Use it", key="use-candidate", disabled=shown is None, on_click=_use,
            args=(desk, entity, None if shown is None else decisions[shown]),
        )  # fmt: skip
    total = len(desk.projection.decisions)
    if total > len(decisions):
        st.caption(
            f"The best {len(decisions)} of this entity; {markup.thousands(total)} candidates were looked at in all."
        )


def _shown_rank(desk: Desk, decisions: Sequence[Decision]) -> int | None:
    """Return the rank (from 0) of the candidate that the editor shows, if it is one of these."""
    rank = editor_panel.shown_ghost(desk)
    return rank if rank is not None and rank < len(decisions) else None


def _look_at(desk: Desk, entity: int, rank: int | None) -> None:
    """Select the entity in the editor and show one of its candidates."""
    placed = desk.placed(entity)
    source = desk.source.entities[entity]
    pick = Pick("target", placed.span) if placed else Pick("source", source.span)
    editor_panel.wish(desk, pick, rank)


def _use(desk: Desk, entity: int, chosen: Decision) -> None:
    editing.use_span(desk, desk.placed(entity), chosen.candidate.span, desk.source.entities[entity].label)


def methods_tab(desk: Desk) -> None:
    """Draw every method's labels, and gold if there is any; differing words are underlined."""
    if desk.target is None:
        return
    others = {name: projection.entities for name, projection in desk.outcome.projections.items()}
    notes = {name: "current method" if name == desk.method else "" for name in others}
    if desk.gold:
        others["gold"], notes["gold"] = desk.gold, "came with the text"
    written = {name: one.bitext.target for name, one in desk.outcome.projections.items() if not desk.shares_text(one)}
    st.html(
        tables.methods(
            desk.target, desk.entities, others, texts=written, failures=desk.outcome.method_errors, notes=notes
        )
    )
    with st.container(horizontal=True):
        for name in desk.outcome.projections:
            st.button(f"Use spans of {name}", key=f"use-{name}", on_click=editing.use_method, args=(desk, name))


def tokens_tab(desk: Desk) -> None:
    """Edit the labels word by word; the same data as the board, for keyboard and screen reader."""
    side = st.segmented_control(
        "Side", ["target", "source"], default="target", required=True, key="token-side", label_visibility="collapsed",
        format_func=lambda name: side_name(desk, name),
    )  # fmt: skip
    sentence = desk.sentence_on(side)
    if sentence is None:
        st.html(markup.notice("This side is not there yet"))
        return
    frame = tables.token_frame(sentence, desk.entities_on(side), _linked_words(desk, side))
    choices = tables.tag_choices(item.label for item in desk.labels())
    may_not = people.may_here(desk.project.id, desk.stored.line, desk.stored.position)
    if may_not:
        st.caption(markup.plain(may_not))
    refused = st.session_state.get("tokens-refused", 0)
    edited = st.data_editor(
        frame, key=f"tokens-{side}-{desk.stored.id}-{crc32(repr(frame.values.tolist()).encode()):x}-{refused}",
        height=320, disabled=True if may_not else ["Token", "State", "Score", "Linked to"],
        column_config={
            "Tag": st.column_config.SelectboxColumn(options=choices, required=True),
            "Score": st.column_config.NumberColumn(format="%.2f"),
        },
    )  # fmt: skip
    tags = edited["Tag"].tolist()
    if tags != frame["Tag"].tolist():
        entities, problems = schemes.decode(tags, "IOB2", repair="conlleval")
        if not editing.set_tags(desk, side, entities):
            st.session_state["tokens-refused"] = refused + 1  # a table of its own, with what is stored
        elif problems:
            say("An I- tag without a B- before it starts a span", "warn")
        st.rerun()


def _linked_words(desk: Desk, side: str) -> list[list[str]]:
    """Return, for each word of a side, the words of the other one it is linked to."""
    found: list[list[str]] = [[] for _ in desk.sentence_on(side).words]
    other = desk.sentence_on("target" if side == "source" else "source")
    if desk.alignment is None or other is None:
        return found
    for link in sorted(desk.alignment.links):
        here, there = link if side == "source" else link[::-1]
        found[here].append(other.words[there])
    return found


def side_name(desk: Desk, side: str) -> str:
    sentence = desk.sentence_on(side)
    return f"{side.capitalize()}: {english_name(sentence.language)}" if sentence is not None else side.capitalize()


def text_tab(desk: Desk) -> None:
    """Edit the translation, or give one; what comes after it follows."""
    side = "target" if desk.setup.direction == "translate-train" else "source"
    language = desk.setup.target_language if side == "target" else desk.setup.source_language
    sentence = desk.sentence_on(side)
    language = sentence.language if sentence is not None else language
    # what is being typed stays until the text itself is another one
    key = f"text-{desk.stored.id}-{desk.stored.line}-{crc32((sentence.text if sentence else '').encode()):x}"
    with st.form(f"form-{key}", border=False):
        st.text_area(f"{english_name(language)} translation", sentence.text if sentence else "", height=110, key=key)
        st.form_submit_button(
            "Save translation", key="save-text", type="primary",
            on_click=lambda: editing.text(desk, side, st.session_state[key]),
        )  # fmt: skip
    st.button("Back to the automatic result", key="automatic", on_click=editing.perform,
              args=(desk, {"kind": "automatic"}))  # fmt: skip
    st.caption(
        "Links and labels are computed again for a new text. Labels you set by hand stay on words that are unchanged."
    )


def history_tab(desk: Desk) -> None:
    """What each step did, and every stored change with a way back."""
    st.html(tables.stages(desk.outcome, desk.setup.direction))
    steps.steps_panel(desk.projection)
    if not desk.events:
        return
    st.html(markup.title("Changes", "every one is kept"))
    pages = -(-len(desk.events) // SHOWN_EVENTS)
    first = SHOWN_EVENTS * (st.pagination(pages, key=f"events-{desk.stored.id}") - 1) if pages > 1 else 0
    for event in desk.events[first : first + SHOWN_EVENTS]:
        when, back = st.columns([4, 1], vertical_alignment="center")
        who = f", {event.author}" if event.author else ""
        when.html(markup.title(f"{event.at:%Y-%m-%d %H:%M:%S}", f"{event.kind}{who}, revision {event.revision}"))
        back.button("Restore", key=f"restore-{event.revision}", disabled=event.revision == desk.stored.revision,
                    on_click=editing.perform,
                    args=(desk, {"kind": "restore", "revision": event.revision}))  # fmt: skip
