"""How far people agree, and the decision between their versions: the last two parts of the page People."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from projection.corrections.records import MAIN, ProjectSummary
from projection.corrections.roles import same_person
from projection.corrections.versions import Apart, Version
from projection.evaluation.annotators import Agreement, agreements
from projection.types import Sentence
from views import markup, people, people_versions
from views.frame import failures_said, say
from views.queue_scan import readings
from views.session import address, open_project, remembered

LABELS = 30
"""Labels a table shows, the most frequent ones."""
FILTERS = {"differ": "They differ", "agree": "They agree", "decided": "Decided"}
KEYS = "123456789"
ABOUT = (
    "F1 counts spans with the same borders and label, and is the figure to report. \u03ba is agreement beyond chance "
    "on the labels of words: over all words it is high merely because most words have no label; over the words that "
    "at least one of the two labelled it is lower than fair, as it leaves out all they both left alone. Small figures: "
    "where 95 % of such samples of sentences lie."
)


@dataclass(frozen=True)
class Sorted:
    """The sentences several people do apart, without the `hidden` ones, which the person here has still to do."""

    shown: tuple[Apart, ...]
    hidden: int

    @classmethod
    def of(cls, project_id: int) -> Sorted:
        key = (project_id, people.overlaps().version(project_id))
        found = remembered("apart", key, lambda: people.overlaps().sentences(project_id))
        here = people.author()
        to_do = (not one.decided and any(same_person(name, here) for name in one.waiting) for one in found)
        shown = tuple(one for one, blind in zip(found, to_do, strict=True) if not blind)
        return cls(shown, len(found) - len(shown))

    @property
    def to_decide(self) -> list[Apart]:
        """Return the sentences at least two have finished, and nobody decided about."""
        return [one for one in self.shown if one.is_ready and not one.decided]

    def with_state(self, state: str) -> list[Apart]:
        """Return the sentences at least two have finished, by what is to be done about them."""
        if state == "decided":
            return [one for one in self.shown if one.is_ready and one.decided]
        return [one for one in self.to_decide if one.is_unanimous == (state == "agree")]


# agreement ----------------------------------------------------------------------------------------------


def agreement(project: ProjectSummary) -> None:
    """Show the figures for every two people, for one pair by label, and the sentences they differ on."""
    found = Sorted.of(project.id)
    ready = [one.by_person for one in found.shown if one.is_ready]
    _hidden(found)
    if not ready:
        _nothing_yet()
        return
    names = sorted({name for row in ready for name in row})
    key = (project.id, people.overlaps().version(project.id), people.author())
    with st.spinner("Computing agreement"):
        pairs, table = remembered("agreement", key, lambda: _figures(ready, names))
    st.html(table)
    st.html(f'<p class="lead">{ABOUT}</p>')
    reworded = sum(pair.reworded for pair in pairs)
    if reworded:
        st.html(markup.notice(
            f"{markup.counted(reworded, 'comparison')} left out",
            "Somebody changed the words there, so labels of words cannot be compared.",
        ))  # fmt: skip
    left, right = st.columns(2)
    with left.container(border=True):
        _by_label(pairs)
    with right.container(border=True):
        _disagreements(project, found)


def _figures(rows: list[dict[str, Sentence]], names: list[str]) -> tuple[list[Agreement], str]:
    """Compute what takes a while: about a second for two people and two thousand sentences."""
    pairs = agreements(rows, names)
    return pairs, people_versions.agreement_table(pairs)


def _nothing_yet() -> None:
    st.html(markup.notice(
        "Nothing to compare yet",
        "Let two or more people do the same sentences apart, under Sentences. Figures appear with the first sentence "
        "that two of them have accepted.",
    ))  # fmt: skip


def _hidden(found: Sorted) -> None:
    if found.hidden:
        are, them = ("is", "it") if found.hidden == 1 else ("are", "them")
        st.html(markup.notice(
            f"{markup.counted(found.hidden, 'sentence')} {are} not shown here",
            f"You have still to do {them} yourself, without seeing what others did.",
        ))  # fmt: skip


def _by_label(pairs: list[Agreement]) -> None:
    st.html(markup.title("By label"))
    pair = pairs[0]
    if len(pairs) > 1:
        numbers = range(len(pairs))
        chosen = st.selectbox("People", numbers, key="agreement-pair", label_visibility="collapsed",
                              format_func=lambda number: f"{pairs[number].one} and {pairs[number].other}")  # fmt: skip
        pair = pairs[chosen]
    found = pair.labels(LABELS)
    if not found:
        st.html('<p class="lead">Neither labelled anything.</p>')
        return
    st.html(people_versions.label_table(found, pair.one, pair.other))
    if len(pair.counts) > LABELS:
        st.html(f'<p class="lead">The {LABELS} most frequent of {markup.thousands(len(pair.counts))} labels.</p>')


def _disagreements(project: ProjectSummary, found: Sorted) -> None:
    differing = [one for one in found.shown if one.is_ready and not _same(one)]
    st.html(markup.title("Disagreements", markup.counted(len(differing), "sentence")))
    st.html(people_versions.disagreement_list(differing[:50]))
    if differing and any(not one.decided for one in differing):
        st.button("Decide them one by one", key="go-decide", on_click=_turn_to_decisions)


def _same(one: Apart) -> bool:
    versions = list(one.by_person.values())
    return one.same_words and not people_versions.difference_groups([version.entities for version in versions])


def _turn_to_decisions() -> None:
    st.session_state["part"], st.session_state["decide-filter"] = "decide", "differ"


# decisions ----------------------------------------------------------------------------------------------


def decisions(project: ProjectSummary, refused: str) -> None:
    """Show one sentence after the other with all versions; a curator takes one of them."""
    found = Sorted.of(project.id)
    _hidden(found)
    if not any(one.is_ready for one in found.shown):
        _nothing_yet()
        return
    if refused:
        st.html(markup.notice("You can look here, not decide", refused))
    counts = {state: len(found.with_state(state)) for state in FILTERS}
    with st.container(horizontal=True, vertical_alignment="center"):
        state = st.segmented_control(
            "Show", list(FILTERS), default="differ", required=True, key="decide-filter", label_visibility="collapsed",
            format_func=lambda name: f"{FILTERS[name]} {counts[name]}", on_change=_from_the_start,
        )  # fmt: skip
        chosen = found.with_state(state)
        if state == "agree" and chosen and not refused:
            st.button(f"Take all {len(chosen)}", key="take-agreed", on_click=_take_agreed, args=(project.id, chosen))
        number = max(0, min(st.session_state.get("decide-at", 0), len(chosen) - 1))
        if chosen:
            _turning(number, len(chosen))
    if not chosen:
        st.html(markup.notice("Nothing left here", _empty(counts)))
        return
    _one(project, chosen[number], refused)


def _empty(counts: dict[str, int]) -> str:
    others = [f"{FILTERS[name]}: {count}" for name, count in counts.items() if count]
    if counts["agree"]:
        others.append("What they agree on counts once it is taken there")
    return ". ".join(others) + "." if others else ""


def _from_the_start() -> None:
    st.session_state["decide-at"] = 0


def _turning(number: int, total: int) -> None:
    st.button("Prev", key="decide-prev", shortcut="Ctrl+Left", disabled=number == 0, on_click=_turn, args=(number - 1,))
    st.button("Next", key="decide-next", shortcut="Ctrl+Right", disabled=number + 1 >= total, on_click=_turn,
              args=(number + 1,))  # fmt: skip
    st.html(f'<span class="meta">{number + 1} of {markup.thousands(total)}</span>', width="content")


def _turn(number: int) -> None:
    st.session_state["decide-at"] = number


def _one(project: ProjectSummary, shown: Apart, refused: str) -> None:
    with st.container(border=True, key="decide-sentence"):
        waiting = f"waiting for {', '.join(shown.waiting)}" if shown.waiting and not shown.decided else ""
        decided = f"{shown.how}, by {shown.by or 'somebody without a name'}" if shown.decided and shown.how else ""
        st.html(markup.title(f"Sentence {shown.position + 1}", waiting or decided))
        st.html(people_versions.versions(_with_read_labels(project, shown)))
        if not shown.same_words:
            st.html(markup.notice("The words differ", "One of them changed the text: compare by eye.", "warn"))
        st.html(people_versions.difference_table(shown) or "<span></span>")
    with st.container(horizontal=True):
        if shown.decided:
            if not refused:
                again = f"decide-{shown.position}-again"
                st.button("Decide again", key=again, on_click=_again, args=(project.id, shown))
        else:
            _choices(project, shown, refused)
        if st.button("Open in Inspect", key="decide-open", shortcut="O"):
            _open(project.id, shown.position)


def _with_read_labels(project: ProjectSummary, shown: Apart) -> Apart:
    """Return a sentence with the source labels that a recognizer found when the queue read it.

    Whoever decides wants to see what was to be carried over.
    """
    if shown.labelled or shown.source is None:
        return shown
    for known in readings().at(project.id, [shown.position]):
        found = known.reading.source if known.reading else None
        if found is not None and found.words == shown.source.words:
            return replace(shown, source=shown.source.with_entities(found.entities))
    return shown


def _choices(project: ProjectSummary, shown: Apart, refused: str) -> None:
    """Draw a button for each version; one key for all sentences would give a second click to the next of them."""
    for index, version in enumerate(shown.finished):
        st.button(
            f"Take {markup.plain(_possessive(version))}", key=f"take-{shown.position}-{index}", on_click=_take,
            shortcut=KEYS[index] if index < len(KEYS) else None, disabled=bool(refused),
            args=(project.id, shown, version.line),
        )  # fmt: skip
    if shown.main.finished:
        st.button("Take what is in Inspect", key=f"take-{shown.position}-main", shortcut="0", on_click=_take,
                  disabled=bool(refused), args=(project.id, shown, MAIN))  # fmt: skip


def _possessive(version: Version) -> str:
    name = version.person if len(version.person) <= 24 else f"{version.person[:23]}\u2026"
    return f"\u2068{name}\u2069's"  # isolated, so that a right-to-left name leaves the rest in its place


def _take(project_id: int, shown: Apart, line: str) -> None:
    with failures_said("warn"):
        people.overlaps().decide(project_id, shown, line, people.author())
        names = {version.line: version.person for version in shown.versions}
        say(f"Sentence {shown.position + 1}: {names.get(line, 'what is in Inspect')} taken.")


def _take_agreed(project_id: int, chosen: list[Apart]) -> None:
    with failures_said("warn"):
        done = people.overlaps().decide_agreed(project_id, chosen, people.author())
        left = f" {len(chosen) - done} changed meanwhile: look at them again." if done < len(chosen) else ""
        say(f"{markup.counted(done, 'sentence')} taken as all had them.{left}")


def _again(project_id: int, shown: Apart) -> None:
    with failures_said("warn"):
        people.overlaps().reopen(project_id, shown, people.author())
        say(f"Sentence {shown.position + 1} waits for a decision again.")


def _open(project_id: int, position: int) -> None:
    people.show_main(project_id, position)
    open_project(project_id, position)
    st.switch_page("pages/inspect.py", query_params=address(project_id, position))
