"""Candidates, methods and tokens as tables: ready HTML, or a DataFrame where the table is edited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import islice
from typing import Any

from projection.evaluation.agreement import differing_words
from projection.matching.explanation import FORCING_LIMIT
from projection.pipeline import Outcome
from projection.text import schemes
from projection.types import Decision, Entity, Projection, Sentence
from views.markup import SAID, STATES, direction, numbers, pill, score_text, sheet, words

_TONES = {"chosen": "good", "lost": "warn", "ruled out": ""}


def decisions_about(projection: Projection, entity: int, limit: int) -> list[Decision]:
    """Return the first `limit` decisions about one source entity, best first."""
    of = getattr(projection.decisions, "of", None)
    if of is not None:
        return of(entity, limit)
    return list(islice((item for item in projection.decisions if item.entity_index == entity), limit))


def candidates(projection: Projection, decisions: Sequence[Decision]) -> str:
    """Return the candidates of one entity as an HTML table with their score parts and what became of them.

    "If forced" is what the sum of the whole sentence would lose, where a method solves a matching.
    """
    target = projection.bitext.target
    names = list(dict.fromkeys(name for decision in decisions for name in decision.parts))
    forced = ["If forced"] if can_force(projection) else []
    heads = ["#", "Candidate", "Words", "Total", *(name.capitalize() for name in names), *forced, "Why, or why not"]
    top = max((abs(decision.score) for decision in decisions), default=1.0) or 1.0
    rows = [
        [
            str(rank),
            f'<span class="candidate" dir="{direction(target.language)}">'
            f"<bdi>{escape(target.text_of(decision.candidate.span))}</bdi></span>",
            numbers(decision.candidate.span),
            f'<span class="meter"><i style="width:{max(0, round(100 * decision.score / top))}%"></i></span>'
            f"{score_text(decision.score)}",
            *(score_text(decision.parts.get(name)) for name in names),
            *(_cost(projection, decision) for _ in forced),
            pill(decision.reason, _TONES[decision.status]),
        ]
        for rank, decision in enumerate(decisions, start=1)
    ]
    return sheet(heads, rows, frozenset({0, *range(2, 4 + len(names) + len(forced))}))


def can_force(projection: Projection) -> bool:
    """Whether it can be said, in reasonable time, what putting an entity on another candidate would cost."""
    return hasattr(projection.decisions, "forcing") and len(projection.decisions) <= FORCING_LIMIT


def _cost(projection: Projection, decision: Decision) -> str:
    if decision.status == "chosen":
        return "\u2013"
    forcing = projection.decisions.forcing(decision.entity_index, decision.candidate)
    if forcing.cost is None:
        return f'<span title="{escape(forcing.reason)}">not possible</span>'
    return score_text(-forcing.cost)


def methods(
    target: Sentence,
    current: Sequence[Entity],
    others: Mapping[str, Sequence[Entity]],
    *,
    texts: Mapping[str, Sentence],
    failures: Mapping[str, str],
    notes: Mapping[str, str],
) -> str:
    """Return one row for each method (and gold, if any), words that differ from `current` underlined.

    `texts` has the translation of each method that wrote its own, which cannot be compared word by word.
    """
    parts = [_method_row("This sentence", "as it will be exported", words(target, current, scores=True), "")]
    spans = {(entity.span, entity.label) for entity in current}
    for name, entities in others.items():
        if name in texts:
            body = words(texts[name], entities, scores=True)
            parts.append(_method_row(name, notes.get(name, ""), body, pill("own translation")))
            continue
        same = sum((entity.span, entity.label) in spans for entity in entities)
        total = max(len(entities), len(current))
        verdict = pill("all the same", "good") if same == total else pill(f"{same} of {total} the same", "warn")
        body = words(target, entities, scores=True, differs=differing_words(entities, current))
        parts.append(_method_row(name, notes.get(name, ""), body, verdict))
    parts += [_method_row(name, "failed", pill(message, "bad"), "") for name, message in failures.items()]
    return f'<div class="stack">{"".join(parts)}</div>'


def _method_row(name: str, note: str, body: str, verdict: str) -> str:
    who = f'<div class="who"><b>{escape(name)}</b><span class="meta">{escape(note)}</span></div>'
    return f'{who}<div class="what">{body}</div><div class="note">{verdict}</div>'


def unprojected(projection: Projection) -> list[tuple[str, str]]:
    """Return (entity text and label, reason) of each source entity without a place."""
    source = projection.bitext.source
    found = []
    for item in projection.unprojected:
        entity = source.entities[item.entity_index]
        found.append((f"{source.text_of(entity.span)} {entity.label}", item.reason))
    return found


def token_frame(sentence: Sentence, entities: Sequence[Entity], linked: Sequence[Sequence[str]] = ()) -> Any:
    """Return a DataFrame for st.data_editor: everything the editor draws, word by word.

    Columns: Token, Tag (IOB2), State and Score of its label, and the words of the other side it is linked
    to (`linked`, one list a word). Rows are numbered from 1.
    """
    import pandas as pd

    owners = {word: entity for entity in entities for word in range(entity.span.start, entity.span.end)}
    label = [owners.get(word) for word in range(len(sentence))]
    columns = {
        "Token": list(sentence.words),
        "Tag": schemes.encode(tuple(entities), len(sentence), "IOB2"),
        "State": [SAID[STATES[entity.origin]] if entity else "" for entity in label],
        "Score": [entity.score if entity else None for entity in label],
        "Linked to": [", ".join(words) for words in linked] or [""] * len(sentence),
    }
    return pd.DataFrame(columns, index=range(1, len(sentence) + 1))


def tag_choices(labels: Iterable[str]) -> list[str]:
    return ["O", *(f"{prefix}-{label}" for label in labels for prefix in "BI")]


def stages(outcome: Outcome, flow: str) -> str:
    """Return what each step of the run did, in the order of the direction `flow`, and which were not needed."""
    task, ran = outcome.task, {stage.name: stage for stage in outcome.stages}
    given = {
        "recognition": task.labelled,
        "translation": task.source is not None and task.target is not None,
        "alignment": task.alignment is not None,
    }
    order = [*(given if flow == "translate-train" else ("translation", "recognition", "alignment")), *ran]
    rows = []
    for name in dict.fromkeys(order):
        if name in ran:
            done = "reused" if ran[name].reused else f"computed in {ran[name].seconds:.2f} s"
            rows.append([escape(name), f'<span class="signature">{escape(ran[name].component)}</span>', done])
        elif given[name]:
            rows.append([name, "", "given or kept"])
    return sheet(["Step", "Component and settings", "Result"], rows, frozenset({2}))
