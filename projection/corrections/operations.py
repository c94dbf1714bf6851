"""What a person can do to a sentence: each operation is a pure function from what is seen to new decisions.

Word indices count from 0, spans are half-open, offsets inside a word count code points. An operation that
cannot be done raises SpanError with a sentence for the user; one that changes nothing returns the same edits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from projection.corrections.edits import Edits, Entities, in_order
from projection.corrections.sheet import SIDES, Sheet
from projection.errors import SpanError
from projection.text.tokenize import check_text, tokenize
from projection.types import Alignment, Derivation, Entity, Link, Sentence, Span, Token

TEXT, CHECK = "text", "check"
"""The kinds of change by which a person replaces a text, and accepts a sentence."""
AUTOMATIC = ("projected", "model")
LONGEST_LABEL, LONGEST_NOTE = 100, 10_000


@dataclass(frozen=True, slots=True)
class Change:
    """New decisions, a few words for the history, and the labels that had to go."""

    edits: Edits
    kind: str
    lost: Entities = ()


def apply(sheet: Sheet, operation: Mapping[str, Any]) -> Change:
    """Do one operation as the editor sends it: {"kind": ..., ...}. Raises SpanError."""
    done = _OPERATIONS.get(operation.get("kind"))
    if done is None:
        raise SpanError(f"There is no operation {operation.get('kind')!r}; reload the page.")
    try:
        values = _read(operation)
        return done(sheet, **values)
    except (KeyError, TypeError, ValueError) as problem:
        raise SpanError(
            f"The operation {operation.get('kind')!r} was incomplete ({problem}); reload the page."
        ) from None


def _read(operation: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments with spans as spans and everything else of the right type."""
    values = {key: value for key, value in operation.items() if key not in ("kind", "start", "end", "to")}
    if "side" in values and values["side"] not in SIDES:
        raise ValueError(f"no side {values['side']!r}")
    for key in ("word", "at", "source", "target"):
        if key in values and (not isinstance(values[key], int) or isinstance(values[key], bool)):
            raise ValueError(f"{key} is a number")
    if "start" in operation:
        none = operation["start"] is None
        values["span"] = None if none else Span(int(operation["start"]), int(operation["end"]))
    if "to" in operation:
        start, end = operation["to"]
        values["to"] = Span(int(start), int(end))
    return values


# labels -------------------------------------------------------------------------------------------------


def label_words(sheet: Sheet, side: str, span: Span, label: str) -> Change:
    """Give words a label: an entity there changes, free words become one, entities in the way go."""
    label = _label(label)
    _inside(sheet, side, span)
    before = sheet.entities_on(side)
    touched = [entity for entity in before if entity.span.overlaps(span)]
    same = next((entity for entity in touched if entity.span == span), None)
    if same is not None and same.label == label:
        return Change(sheet.edits, "")
    made = _made(sheet, same or (touched[0] if len(touched) == 1 else None), span, label)
    after = [entity for entity in before if entity not in touched] + [made]
    gone = tuple(entity for entity in touched if entity.span != span)
    return Change(_with_entities(sheet, side, after), f"label {_said(sheet, side, span)} {label}", gone)


def remove_label(sheet: Sheet, side: str, span: Span) -> Change:
    entity = _entity(sheet, side, span)
    after = [other for other in sheet.entities_on(side) if other.span != span]
    return Change(_with_entities(sheet, side, after), f"remove {_said(sheet, side, span)} {entity.label}")


def move_borders(sheet: Sheet, side: str, span: Span, to: Span) -> Change:
    """Put the borders of the entity on `span` elsewhere; what it would run into is not touched."""
    entity = _entity(sheet, side, span)
    _inside(sheet, side, to)
    others = [other for other in sheet.entities_on(side) if other.span != span]
    blocked = next((other for other in others if other.span.overlaps(to)), None)
    if blocked is not None:
        raise SpanError(
            f"{blocked.label} at words {blocked.span.start + 1} to {blocked.span.end} is there: "
            "shrink or delete it first."
        )
    if to == span:
        return Change(sheet.edits, "")
    made = _made(sheet, entity, to, entity.label)
    kind = f"move {_said(sheet, side, span)} to {_said(sheet, side, to)}"
    return Change(_with_entities(sheet, side, [*others, made]), kind)


def place_candidate(sheet: Sheet, span: Span | None, to: Span, label: str) -> Change:
    """Put the target entity on `span` (None: it had no place) onto a candidate's words."""
    label = _label(label)
    _inside(sheet, "target", to)
    before = sheet.entity_at("target", span) if span is not None else None
    others = [entity for entity in sheet.entities if entity.span != span]
    gone = tuple(entity for entity in others if entity.span.overlaps(to))
    kept = [entity for entity in others if entity not in gone]
    made = _made(sheet, before, to, label)
    return Change(_with_entities(sheet, "target", [*kept, made]), f"candidate {_said(sheet, 'target', to)}", gone)


def confirm_span(sheet: Sheet, span: Span) -> Change:
    """Agree with one automatic label of the target."""
    entity = _entity(sheet, "target", span)
    if entity.origin not in AUTOMATIC:
        return Change(sheet.edits, "")
    after = [_accepted(sheet, other, "accepted") if other.span == span else other for other in sheet.entities]
    return Change(_with_entities(sheet, "target", after), f"confirm {_said(sheet, 'target', span)}")


def use_method(sheet: Sheet, name: str) -> Change:
    """Take over all spans another method found."""
    found = sheet.outcome.projections.get(name)
    if found is None:
        raise SpanError(f"{name} has no result for this sentence.")
    entities = tuple(_accepted(sheet, entity, "accepted", name) for entity in found.entities)
    edits = replace(sheet.edits, target_entities=entities, placed=(), removed=())
    if found.bitext.target != sheet.task.target:
        edits = replace(edits, target=found.bitext.target.with_entities(()))
    return Change(edits, f"spans of {name}")


def check(sheet: Sheet, origin: str = "accepted") -> Change:
    """Accept the sentence: its automatic labels become accepted ones, text and labels stay from now on."""
    if sheet.projection is None and sheet.edits.target_entities is None:
        raise SpanError("There are no labels to accept yet.")
    entities = tuple(_accepted(sheet, entity, origin) for entity in sheet.entities)
    edits = replace(_pinned(sheet, "target"), target_entities=entities, placed=(), removed=(), checked=True)
    return Change(edits, CHECK if origin == "accepted" else "check in bulk")


def uncheck(sheet: Sheet) -> Change:
    return Change(replace(sheet.edits, checked=False), "uncheck")


def flag(sheet: Sheet, on: bool = True) -> Change:
    return Change(replace(sheet.edits, flagged=bool(on)), "flag" if on else "unflag")


def write_note(sheet: Sheet, text: str) -> Change:
    if len(text) > LONGEST_NOTE:
        raise SpanError(f"A note has at most {LONGEST_NOTE} characters, this one has {len(text)}. Shorten it.")
    return Change(replace(sheet.edits, note=text.strip()), "note")


def back_to_automatic(sheet: Sheet) -> Change:
    """Drop every decision but the note and the flag."""
    return Change(Edits(note=sheet.edits.note, flagged=sheet.edits.flagged), "back to automatic")


def _with_entities(sheet: Sheet, side: str, after: Iterable[Entity]) -> Edits:
    """Return the edits under which `side` has the entities `after`."""
    edits, after = _pinned(sheet, side), in_order(after)
    if side == "source":
        return replace(edits, source_entities=after)
    if edits.target_entities is not None:
        return replace(edits, target_entities=after)
    spans = {entity.span for entity in after if entity.origin in AUTOMATIC}
    gone = {entity.span for entity in sheet.entities if entity.origin in AUTOMATIC} - spans
    placed = tuple(entity for entity in after if entity.origin not in AUTOMATIC)
    return replace(edits, placed=placed, removed=tuple(sorted({*edits.removed, *gone})))


def _pinned(sheet: Sheet, side: str) -> Edits:
    """Return the edits with the text of `side` kept, if a translator or method made it: labels count its words."""
    given, typed = getattr(sheet.task, side), getattr(sheet.edits, side)
    shown = sheet.sentence_on(side)
    if shown is None or (given is not None and typed is None and shown.words == given.words):
        return sheet.edits
    return sheet.edits if typed is not None and typed.words == shown.words else replace(
        sheet.edits, **{side: shown.with_entities(())}
    )  # fmt: skip


def _made(sheet: Sheet, before: Entity | None, span: Span, label: str) -> Entity:
    """Return a person's label on `span`, which takes the place of `before`.

    Back where the automatic label was, it counts as accepted.
    """
    if before is None or (before.origin in ("manual", "gold", "human") and before.derived is None):
        origin = "manual" if before is None or before.origin == "manual" else "corrected"
        return Entity(span, label, origin=origin)
    derived = before.derived or _derivation(sheet, before)
    if (derived.span, derived.label) == (span, label):
        return Entity(span, label, derived.score, "accepted", derived)
    return Entity(span, label, None, "corrected", derived)


def _accepted(sheet: Sheet, entity: Entity, origin: str, method: str = "") -> Entity:
    if entity.origin not in AUTOMATIC:
        return entity
    return replace(entity, origin=origin, derived=_derivation(sheet, entity, method))


def _derivation(sheet: Sheet, entity: Entity, method: str = "") -> Derivation:
    recognised = entity.origin == "model"
    name = method or ("recognition" if recognised else sheet.method)
    return Derivation(name, entity.span, entity.label, entity.score, sheet.settings)


# links --------------------------------------------------------------------------------------------------


def set_link(sheet: Sheet, source: int, target: int, on: bool) -> Change:
    """Add a sure link between two words, or take one away; labels that follow from links are projected anew."""
    before = sheet.alignment
    sizes = len(sheet.words_on("source")), len(sheet.words_on("target"))
    link = (source, target)
    if not (0 <= source < sizes[0] and 0 <= target < sizes[1]):
        raise SpanError("The words to link are not in the sentence any more: choose them again.")
    links = set(before.links) if before else set()
    if (link in links) == on:
        return Change(sheet.edits, "")
    links ^= {link}
    scores = {key: value for key, value in before.scores.items() if key != link} if before else {}
    possible = frozenset(before.possible) - {link} if before else frozenset()
    pinned = _pinned(replace(sheet, edits=_pinned(sheet, "source")), "target")
    edits = replace(pinned, alignment=Alignment(frozenset(links), *sizes, scores, possible))
    words = f"{sheet.source.words[source]} \u2013 {sheet.target.words[target]}"
    return Change(edits, f"{'link' if on else 'unlink'} {words}")


# words --------------------------------------------------------------------------------------------------


def split_word(sheet: Sheet, side: str, word: int, at: int) -> Change:
    """Make two words of one, `at` code points after its beginning; labels and links stay on both."""
    sentence = sheet.words_on(side)
    token = _token(sentence, word)
    if not 0 < at < len(token.text):
        raise SpanError(f"{token.text!r} can be split only inside the word.")
    middle = token.start + at
    halves = Token(token.text[:at], token.start, middle), Token(token.text[at:], middle, token.end)
    tokens = (*sentence.tokens[:word], *halves, *sentence.tokens[word + 1 :])
    places = [[index] if index < word else [index, index + 1] if index == word else [index + 1]
              for index in range(len(sentence))]  # fmt: skip
    after = replace(sentence, tokens=tokens, entities=())
    kind = f"split {token.text} into {halves[0].text} and {halves[1].text}"
    return Change(_with_tokens(sheet, side, after, places), kind)


def merge_words(sheet: Sheet, side: str, word: int) -> Change:
    """Make one word of a word and the next; a space between them goes, labels and links are joined."""
    sentence = sheet.words_on(side)
    first, second = _token(sentence, word), _token(sentence, word + 1)
    inside = [entity for entity in sheet.entities_on(side) if word in entity.span or word + 1 in entity.span]
    if len(inside) > 1:
        raise SpanError("Two labels meet here: delete one of them before joining the words.")
    gap = second.start - first.end
    text = sentence.text[: first.end] + sentence.text[second.start :]
    joined = Token(first.text + second.text, first.start, second.end - gap)
    rest = (Token(token.text, token.start - gap, token.end - gap) for token in sentence.tokens[word + 2 :])
    after = replace(sentence, text=text, tokens=(*sentence.tokens[:word], joined, *rest), entities=())
    places = [[index] if index <= word else [index - 1] for index in range(len(sentence))]
    return Change(_with_tokens(sheet, side, after, places), f"join {first.text} and {second.text}")


def _with_tokens(sheet: Sheet, side: str, after: Sentence, places: Sequence[Sequence[int]]) -> Edits:
    """Return the edits for new tokens on `side`; old word i became the words places[i]."""
    edits = replace(sheet.edits, **{side: after})
    if side == "source":
        if sheet.task.labelled or edits.source_entities is not None:
            edits = replace(edits, source_entities=_carried(sheet.entities_on("source"), places))
    else:
        whole = edits.target_entities
        edits = replace(
            edits,
            target_entities=None if whole is None else _carried(whole, places),
            placed=_carried(edits.placed, places),
            removed=tuple(_carried_span(span, places) for span in edits.removed),
        )
    links = sheet.edits.alignment or sheet.edits.apply(sheet.task).alignment
    return edits if links is None else replace(edits, alignment=_carried_links(links, side, places, len(after)))


def _carried(entities: Iterable[Entity], places: Sequence[Sequence[int]]) -> Entities:
    return in_order(
        replace(
            entity,
            span=_carried_span(entity.span, places),
            derived=entity.derived and replace(entity.derived, span=_carried_span(entity.derived.span, places)),
        )
        for entity in entities
    )


def _carried_span(span: Span, places: Sequence[Sequence[int]]) -> Span:
    return Span(places[span.start][0], places[span.end - 1][-1] + 1)


def _carried_links(links: Alignment, side: str, places: Sequence[Sequence[int]], words: int) -> Alignment:
    def carried(link: Link) -> list[Link]:
        source, target = link
        return [(new, target) if side == "source" else (source, new) for new in places[link[side == "target"]]]

    sizes = (words, links.target_length) if side == "source" else (links.source_length, words)
    scores: dict[Link, float] = {}
    for link, score in links.scores.items():
        for new in carried(link):
            scores[new] = max(score, scores.get(new, 0.0))
    sure, possible = (
        frozenset(new for link in kind for new in carried(link)) for kind in (links.links, links.possible)
    )
    return Alignment(sure, *sizes, scores, possible)


def replace_text(sheet: Sheet, side: str, text: str) -> Change:
    """Replace one side's text; a person's labels follow where their words stand unchanged, the rest is computed anew.

    Links by hand count words, so they go; the sentence has to be checked again.
    """
    text = text.strip()
    if not text:
        raise SpanError("The text is empty: type one before saving.")
    check_text(text)
    before = sheet.sentence_on(side)
    if before is not None and text == before.text:
        raise SpanError("The text is the same as before, nothing was stored.")
    language = before.language if before is not None else sheet.languages[SIDES.index(side)]
    after = tokenize(text, language, id=sheet.task.id)
    return with_text(sheet, side, after)


def with_text(sheet: Sheet, side: str, after: Sentence) -> Change:
    """As `replace_text`, with the words already split."""
    before, edits = sheet.sentence_on(side), replace(sheet.edits, checked=False, alignment=None, **{side: after})
    if before is None:
        return Change(edits, TEXT)
    if side == "source":
        if edits.source_entities is None:
            return Change(edits, TEXT)
        kept, lost = carry_over(edits.source_entities, before, after)
        return Change(replace(edits, source_entities=kept), TEXT, lost)
    decided = edits.target_entities if edits.target_entities is not None else edits.placed
    people = [entity for entity in decided if entity.origin not in AUTOMATIC]
    kept, lost = carry_over(people, before, after)
    # an accepted automatic label is no reason to keep the rest from being projected anew
    return Change(replace(edits, target_entities=None, placed=kept, removed=()), TEXT, lost)


def carry_over(entities: Sequence[Entity], before: Sentence, after: Sentence) -> tuple[Entities, Entities]:
    """Move entities from a text to its edited version; return those that still stand and those that do not.

    An entity stands when all its words survive unchanged and next to each other.
    """
    new_place: dict[int, int] = {}
    for block in SequenceMatcher(None, before.words, after.words, autojunk=False).get_matching_blocks():
        new_place |= {block.a + step: block.b + step for step in range(block.size)}
    kept, lost = [], []
    for entity in entities:
        places = [new_place.get(word) for word in range(entity.span.start, entity.span.end)]
        if None not in places and places == list(range(places[0], places[0] + len(places))):
            kept.append(replace(entity, span=Span(places[0], places[0] + len(places)), derived=None))
        else:
            lost.append(entity)
    return tuple(kept), tuple(lost)


# checks -------------------------------------------------------------------------------------------------


def _label(label: Any) -> str:
    if not isinstance(label, str) or not label.strip():
        raise SpanError("A label needs at least one character.")
    label = label.strip()
    if len(label) > LONGEST_LABEL or not label.isprintable():
        raise SpanError(f"A label has at most {LONGEST_LABEL} visible characters and no line breaks.")
    return label


def _inside(sheet: Sheet, side: str, span: Span) -> None:
    words = len(sheet.words_on(side))
    if span.end > words:
        raise SpanError(f"The {side} text has {words} words, there is no word {span.end}: choose the words again.")


def _entity(sheet: Sheet, side: str, span: Span) -> Entity:
    entity = sheet.entity_at(side, span)
    if entity is None:
        raise SpanError(f"There is no label at words {span.start + 1} to {span.end} any more: choose it again.")
    return entity


def _token(sentence: Sentence, word: int) -> Token:
    if not 0 <= word < len(sentence):
        raise SpanError("There is no such word, or no next word to join it with.")
    return sentence.tokens[word]


def _said(sheet: Sheet, side: str, span: Span) -> str:
    return sheet.words_on(side).text_of(span) if span.end <= len(sheet.words_on(side)) else ""


_OPERATIONS: Mapping[str, Callable[..., Change]] = {
    "label": label_words,
    "remove": remove_label,
    "move": move_borders,
    "place": place_candidate,
    "confirm": confirm_span,
    "link": set_link,
    "split": split_word,
    "merge": merge_words,
    "check": check,
    "uncheck": uncheck,
    "flag": flag,
    "note": write_note,
    "method": use_method,
    "automatic": back_to_automatic,
    "text": replace_text,
}
