"""The editor on the inspect page: what it is given to draw, and what becomes of what it sends."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from projection.corrections.operations import AUTOMATIC
from projection.corrections.records import Line, steps
from projection.errors import ProjectionError
from projection.triage.doubt import doubt_about
from projection.types import Alignment, Span
from views import editing, people, tables, walk, workbench
from views import editor_data as values
from views.desk import Desk, Memory, Pick, first_doubtful
from views.frame import failures_drawn, say, show_said
from views.jobs import Job
from views.markup import language_pair, local_time
from views.resources import editor_component, store
from views.session import memory

log = logging.getLogger(__name__)
KEY = "editor"
CANDIDATES = 9
REMEMBERED_REFUSALS = 50
SHOWN_REASONS = 2
SENT_LABELS = 2000


def on_sent() -> None:
    """Store what the editor sent. Called by Streamlit before the page runs."""
    receive((st.session_state.get(KEY) or {}).get("sent"))


def receive(sent: Mapping[str, Any] | None) -> bool:
    """Store the operations and follow the view of a message; return whether that changed anything here.

    What cannot be stored now changes nothing: the editor keeps it and sends it again.
    """
    kept = memory()
    if not sent or not _is_new(kept, sent):
        return False
    before = dict(kept.acknowledged), kept.view
    kept.last_message = _name_of(sent)
    try:
        receipt = workbench.take(sent)
    except ProjectionError as problem:
        say(str(problem), "bad")
    except Exception as problem:
        log.exception("a message of the editor could not be stored")
        name = type(problem).__name__
        say(f"Something unexpected happened ({name}: {problem}). Your edits wait in this page.", "bad")
    else:
        kept.acknowledged |= receipt.acknowledged
        kept.refused = [*kept.refused, *receipt.refused][-REMEMBERED_REFUSALS:]
        if receipt.waiting:
            say(receipt.waiting, "bad")
        elif receipt.said:
            say(" ".join(receipt.said), "warn")
    _follow(kept, sent["view"] | {"client": sent["client"], "ops": len(sent.get("ops", ()))})
    return before != (kept.acknowledged, kept.view)


def _is_new(kept: Memory, sent: Mapping[str, Any]) -> bool:
    """Whether a message was not taken in before, and has an operation that waits or another view than the last one."""
    queues = [*sent.get("recovered", ()), sent]
    waits = any(op["n"] > kept.acknowledged.get(queue["client"], 0) for queue in queues for op in queue.get("ops", ()))
    seen = kept.view and kept.view["client"] == sent["client"] and kept.view["n"] >= sent["view"]["n"]
    return (waits or not seen) and kept.last_message != _name_of(sent)


def _name_of(sent: Mapping[str, Any]) -> tuple[Any, ...]:
    """Name a message; one that is sent again has another view number."""
    return sent["client"], sent["view"]["n"], [op["n"] for op in sent.get("ops", ())][-1:]


def _follow(kept: Memory, view: Mapping[str, Any]) -> None:
    before, kept.view = kept.view, view
    go = view.get("go")
    turns = go is not None and not (before and before["client"] == view["client"] and before.get("go") == go)
    kept.page_is_behind = not view.get("ops") and not turns  # the editor sends word once it shows the sentence
    if turns:
        editing.go(int(go))
    if view.get("open") == "guidelines":
        st.session_state["open-guidelines"] = True


@st.fragment
def editor(build: Callable[[], tuple[Desk, Job | None]]) -> None:
    """Draw the editor; `build` gives what is seen now, and the job that computes something newer, if any.

    A fragment: an edit is stored and shown without drawing the rest of the page. That follows when the
    editor rests, or turns to another sentence.
    """
    show_said()
    with failures_drawn():
        desk, running = build()
        workbench.shown(desk.stored)
        data = data_of(desk) | {"stale": running is not None}
        mounted = editor_component()(key=KEY, data=data, default={"sent": None}, on_sent_change=on_sent)
        # after a restart of the server the first message comes as a value, without a callback
        if receive(mounted.sent) or desk.memory.page_is_behind:
            desk.memory.page_is_behind = False
            st.rerun()
        show_said()


def data_of(desk: Desk) -> dict[str, Any]:
    """Return what the editor draws (see the head of assets/editor.js for the protocol)."""
    project, edits, kept = desk.project, desk.stored.edits, desk.memory
    undo, redo = steps(reversed(desk.events))
    return {
        "project": project.id,
        "sentence": desk.stored.id,
        "position": desk.stored.position,
        "total": project.sentences,
        "line": desk.stored.line,
        "key": desk.key,
        "revision": desk.stored.revision,
        "method": desk.method,
        "settings": desk.sheet.settings,
        "acknowledged": dict(kept.acknowledged),
        "problems": [{"client": one.client, "n": one.n, "text": one.text} for one in kept.refused],
        "source": _row(desk, "source", source_note(desk)),
        "target": _row(desk, "target", target_note(desk)),
        "links": values.links(desk.alignment, manual_links(desk)),
        "pairs": desk.pairs,
        "strips": _strips(desk),
        "candidates": _candidates(desk),
        "labels": _labels(desk),
        "checked": edits.checked,
        "flagged": edits.flagged,
        "note": edits.note,
        "undo": undo,
        "redo": redo,
        "saved": local_time(desk.events[0].at) if desk.events else "",
        "author": people.author(),
        "readonly": people.may_here(project.id, desk.stored.line, desk.stored.position) or False,
        "stale": False,
        "conflict": _conflict(desk),
        "doubt": _doubt(desk),
        "guidelines": bool(store().guidelines(project.id).strip()),
        "title": {
            "id": desk.outcome.task.id or f"Sentence {desk.stored.position + 1}",
            "about": about(desk),
        },
        "progress": {"checked": project.checked, "total": project.sentences},
        **_following(desk),
        **_wish(desk),
    }


def about(desk: Desk) -> str:
    """Name the project and its languages, and a version that is not the project's own."""
    pair = language_pair(desk.setup.source_language, desk.setup.target_language)
    own = f" \u00b7 your own version, {desk.stored.line.removeprefix('@')}" if desk.stored.line else ""
    return f"{desk.project.name} \u00b7 {pair}{own}"


def _following(desk: Desk) -> dict[str, Any]:
    """Return the sentence that accepting goes on with, where that is not simply the next: in a list of sentences, or
    for somebody who was given sentences here (never others' work)."""
    left = walk.following(desk.project.id, desk.stored.position)
    if left is None:
        return {}
    of_list = {"last": "of the list"} if walk.current(desk.project.id) else {}
    return {"following": left[0] if left else None} | of_list


def _row(desk: Desk, side: str, note: str) -> dict[str, Any]:
    sentence = desk.sentence_on(side)
    if sentence is None:
        # said here and not only below: under a long sentence nobody sees what is below
        return values.missing_row(getattr(desk.setup, f"{side}_language"), desk.sheet.why_not_computed)
    if desk.alignment is None:
        linked = range(len(sentence))  # nothing is known yet, so no word is without a link
    else:
        linked = {link[side == "target"] for link in desk.alignment.links}
    return values.row(sentence, desk.entities_on(side), note, linked)


def source_note(desk: Desk) -> str:
    """Say where text and labels of the source came from."""
    labels = "your labels" if desk.outcome.task.labelled else desk.setup.recognizer
    if desk.is_typed("source"):
        return f"your text, {labels}"
    return f"source, {labels}" if desk.stored.task.source else f"{desk.setup.translator}, {labels}"


def target_note(desk: Desk) -> str:
    if desk.is_typed("target"):
        return "your text"
    if desk.stored.task.target:
        return "given"
    if desk.sheet.writes_own_text:
        return desk.method
    translated = desk.stored.edits.target or any(stage.name == "translation" for stage in desk.outcome.stages)
    return desk.setup.translator if translated else desk.setup.methods[0]


def manual_links(desk: Desk) -> frozenset[tuple[int, int]]:
    """Return the links a person made: those of an edited alignment that no aligner scored and no file brought."""
    edited: Alignment | None = desk.stored.edits.alignment
    if edited is None:
        return frozenset()
    given = desk.stored.task.alignment
    return frozenset(link for link in edited.links if link not in edited.scores) - (given.links if given else set())


def _strips(desk: Desk) -> list[dict[str, Any]]:
    found = {name: one for name, one in desk.outcome.projections.items() if name != desk.method}
    others = {name: one.entities for name, one in found.items() if desk.shares_text(one)}
    if desk.gold:
        others["gold"] = desk.gold
    return [values.strip(name, entities, desk.entities) for name, entities in others.items()]


def _candidates(desk: Desk) -> dict[str, list[dict[str, Any]]]:
    projection = desk.projection
    if projection is None or desk.source is None:
        return {}
    entities = desk.entities
    own = {index: entities[number] for index, number in reversed(desk.pairs)}
    decided = [entity for entity in entities if entity.origin not in AUTOMATIC]

    def gone(index: int, span: Span) -> list[str]:
        """Name the labels somebody decided on that would go if the entity were put on these words."""
        return [f"{desk.target.text_of(entity.span)} {entity.label}" for entity in decided
                if entity != own.get(index) and entity.span.overlaps(span)]  # fmt: skip

    return {
        str(index): [
            values.candidate(item, entity.label, gone(index, item.candidate.span))
            for item in tables.decisions_about(projection, index, CANDIDATES)
        ]
        for index, entity in enumerate(desk.source.entities)
    }


def _doubt(desk: Desk) -> list[dict[str, str]]:
    """Return why the sentence is worth a look, strongest first; nothing once a person has accepted it."""
    if desk.is_checked or desk.projection is None:
        return []
    reasons = doubt_about(desk.outcome, desk.method, desk.entities).reasons
    return [{"text": reason.text, "tone": reason.tone} for reason in reasons[:SHOWN_REASONS]]


def _labels(desk: Desk) -> list[dict[str, str]]:
    """Return the labels one can give, as many as the editor searches; any other can be typed."""
    known = desk.labels()
    seen = {entity.label for side in ("source", "target") for entity in desk.entities_on(side)}
    first = [*known[:SENT_LABELS], *(item for item in known[SENT_LABELS:] if item.label in seen)]
    return [{"label": item.label, "key": item.key, "colour": item.colour} for item in first]


def _wish(desk: Desk) -> dict[str, Any]:
    """Return what is to be selected: in a sentence not shown before, what it is listed for or the most doubtful one."""
    kept = desk.memory
    if kept.offered != desk.key:
        new_sentence = kept.offered.rpartition("/")[0] != desk.key.rpartition("/")[0]
        kept.offered = desk.key
        if new_sentence:
            listed = walk.wanted(desk.project.id, desk.stored.position, desk.target)
            if pick := Pick("target", listed) if listed else first_doubtful(desk):
                wish(desk, pick)
    return {"pick": kept.wish, "ghost": (kept.wish or {}).get("ghost")}


def wish(desk: Desk, pick: Pick, ghost: int | None = None) -> None:
    """Select words in the editor from outside, and look at candidate number `ghost` (from 0)."""
    view = desk.memory.view or {"n": 0}
    place = {"side": pick.side, "start": pick.span.start, "end": pick.span.end, "key": desk.key}
    desk.memory.wish = place | {"n": view["n"] + 1, "ghost": ghost}


def shown_ghost(desk: Desk) -> int | None:
    """Return the rank (from 0) of the candidate that is looked at in the editor, if any."""
    view = desk.memory.view
    return view.get("ghost") if view and view.get("sentence") == desk.stored.id else None


def _conflict(desk: Desk) -> dict[str, Any] | None:
    """Return the oldest version that lost against a newer one and waits for a decision."""
    waiting = store().undecided(desk.stored.id, desk.stored.line)
    if not waiting:
        return None
    branch: Line = waiting[0]
    mine = branch.edits.final_entities(desk.projection)
    words = desk.target.words if desk.target else ()
    fits = branch.edits.target is None or branch.edits.target.words == words
    return {
        "line": branch.name,
        "author": branch.author or "another tab",
        "at": local_time(branch.at),
        "text": _difference(desk, mine) if fits else "The words of the translation differ.",
        "mine": [values.entity_value(entity) for entity in mine] if fits else [],
        "theirs": [values.entity_value(entity) for entity in desk.entities],
    }


def _difference(desk: Desk, mine: Any) -> str:
    here, there = ({(entity.span, entity.label) for entity in one} for one in (desk.entities, mine))
    changed: list[tuple[Span, str]] = sorted(here ^ there)
    if not changed or desk.target is None:
        return "Links, texts or notes differ."
    names = dict.fromkeys(desk.target.text_of(span) for span, _ in changed if span.end <= len(desk.target))
    return f"They differ at {', '.join(names)}."
