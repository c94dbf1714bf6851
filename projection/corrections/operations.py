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

TEXT, CHECK, BULK_CHECK = "text", "check", "check in bulk"
"""The kinds of change by which a person replaces a text, and accepts a sentence."""
AUTOMATIC = ("projected", "model")
LONGEST_LABEL, LONGEST_NOTE, LONGEST_TEXT = 100, 10_000, 100_000


@dataclass(frozen=True, slots=True)
class Change:
    """New decisions, a few words for the history, and the labels that had to go."""

    edits: Edits
    kind: str
    lost: Entities = ()


def apply(sheet: Sheet, operation: Mapping[str, Any]) -> Change:
    """Do one operation as the editor sends it: {"kind": ..., ...}. Raises SpanError."""
    kind = operation.get("kind")
    done, fields = _OPERATIONS.get(kind if isinstance(kind, str) else "", (None, ()))
    if done is None:
        raise SpanError(f"There is no operation {kind!r:.40}; reload the page.")
    try:
        values = {field: _READERS[field](operation) for field in fields}
    except (KeyError, ValueError) as problem:
        raise SpanError(f"The operation {kind!r} was incomplete ({problem}); reload the page.") from None
    return done(sheet, **values)


def _whole(value: Any, name: str) -> int:
    if type(value) is not int:
        raise ValueError(f"{name} is a whole number")
    return value


def _span(pair: Any) -> Span:
    if not isinstance(pair, Sequence) or len(pair) != 2:
        raise ValueError("words are given by two numbers")
    start, end = (_whole(value, "a word") for value in pair)
    if not 0 <= start < end:
        raise ValueError("the first word comes before the last")
    return Span(start, end)


def _of_type(kind: type, name: str, said: str) -> Callable[[Mapping[str, Any]], Any]:
    def read(operation: Mapping[str, Any]) -> Any:
        if type(operation[name]) is not kind:
            raise ValueError(f"{name} is {said}")
        return operation[name]

    return read


def _side(operation: Mapping[str, Any]) -> str:
    if operation["side"] not in SIDES:
        raise ValueError("side is source or target")
    return operation["side"]


def _words(operation: Mapping[str, Any]) -> Span:
    return _span((operation["start"], operation["end"]))


def _words_or_none(operation: Mapping[str, Any]) -> Span | None:
    return None if operation["start"] is None and operation["end"] is None else _words(operation)


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "side": _side,
    "span": _words,
    "before": _words_or_none,
    "to": lambda operation: _span(operation["to"]),
    **{name: _of_type(int, name, "a whole number") for name in ("word", "at", "source", "target")},
    **{name: _of_type(str, name, "a text") for name in ("label", "text", "name")},
    "on": _of_type(bool, "on", "true or false"),
}


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
    made = _made(sheet, side, same or (touched[0] if len(touched) == 1 else None), span, label)
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
    made = _made(sheet, side, entity, to, entity.label)
    kind = f"move {_said(sheet, side, span)} to {_said(sheet, side, to)}"
    return Change(_with_entities(sheet, side, [*others, made]), kind)


def place_candidate(sheet: Sheet, before: Span | None, to: Span, label: str) -> Change:
    """Put the target entity on the words `before` (None: it had no place) onto a candidate's words."""
    label = _label(label)
    _inside(sheet, "target", to)
    placed = sheet.entity_at("target", before) if before is not None else None
    others = [entity for entity in sheet.entities if entity.span != before]
    gone = tuple(entity for entity in others if entity.span.overlaps(to))
    kept = [entity for entity in others if entity not in gone]
    if placed is not None and (placed.span, placed.label) == (to, label) and placed.origin not in AUTOMATIC:
        return Change(sheet.edits, "")
    made = _made(sheet, "target", placed, to, label)
    return Change(_with_entities(sheet, "target", [*kept, made]), f"candidate {_said(sheet, 'target', to)}", gone)


def take_span(sheet: Sheet, before: Span | None, to: Span, label: str, name: str) -> Change:
    """Put the target entity on the words `before` (None: it had no place) where method `name` has found it."""
    change = place_candidate(sheet, before, to, label)
    found = sheet.outcome.projections.get(name)
    theirs = next((one for one in found.entities if (one.span, one.label) == (to, label)), None) if found else None
    if theirs is None or not change.kind:
        return change
    taken = _accepted(sheet, theirs, "accepted", name)
    changed = replace(sheet, edits=change.edits)
    after = [taken if entity.span == to else entity for entity in changed.entities]
    said = f"{_said(sheet, 'target', to)} of {name}"
    return Change(_with_entities(changed, "target", after), said, change.lost)


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
    if sheet.task.target is None or found.bitext.target.words != sheet.task.target.words:
        edits = replace(edits, target=found.bitext.target.with_entities(()))
    spans = {(entity.span, entity.label) for entity in entities}
    people = (entity for entity in sheet.entities if entity.origin not in AUTOMATIC)
    lost = tuple(entity for entity in people if (entity.span, entity.label) not in spans)
    return Change(edits, f"spans of {name}", lost if sheet.target == found.bitext.target else ())


def check(sheet: Sheet, origin: str = "accepted") -> Change:
    """Accept the sentence: its automatic labels become accepted ones, text and labels stay from now on."""
    if sheet.target is None or (sheet.projection is None and not sheet.edits.decides_target):
        raise SpanError("There are no labels to accept yet.")
    entities = tuple(_accepted(sheet, entity, origin) for entity in sheet.entities)
    edits = replace(_pinned(sheet, "target"), target_entities=entities, placed=(), removed=(), checked=True)
    return Change(edits, CHECK if origin == "accepted" else BULK_CHECK)


def uncheck(sheet: Sheet) -> Change:
    return Change(replace(sheet.edits, checked=False), "uncheck")


def flag(sheet: Sheet, on: bool = True) -> Change:
    return Change(replace(sheet.edits, flagged=on), "flag" if on else "unflag")


def write_note(sheet: Sheet, text: str) -> Change:
    if len(text) > LONGEST_NOTE:
        raise SpanError(f"A note has at most {LONGEST_NOTE} characters, this one has {len(text)}. Shorten it.")
    _storable(text)
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
    # also those hidden under a label of a person: nothing may come up from below when that goes
    gone = {entity.span for entity in sheet.projection.entities} - spans if sheet.projection else set()
    placed = tuple(entity for entity in after if entity.origin not in AUTOMATIC)
    return replace(edits, placed=placed, removed=tuple(sorted({*edits.removed, *gone})))


def _pinned(sheet: Sheet, side: str) -> Edits:
    """Return the edits with the text of `side` kept, if a translator or method made it: labels count its words.

    A method that writes its own translation cannot label a kept one, so what it has said is kept too.
    """
    given, typed = getattr(sheet.task, side), getattr(sheet.edits, side)
    shown, known = sheet.sentence_on(side), given if typed is None else typed
    if shown is None or (known is not None and known.words == shown.words):
        return sheet.edits
    edits = replace(sheet.edits, **{side: shown.with_entities(())})
    if side == "target" and sheet.method_writes and edits.target_entities is None:
        edits = replace(edits, target_entities=sheet.entities, placed=(), removed=())
    return edits


def _made(sheet: Sheet, side: str, before: Entity | None, span: Span, label: str) -> Entity:
    """Return a person's label on `span`, which takes the place of `before`.

    Back where the automatic label was, it counts as accepted.
    """
    if before is None or (before.origin not in AUTOMATIC and before.derived is None):
        origin = "manual" if before is None or before.origin == "manual" else "corrected"
        return Entity(span, label, origin=origin)
    derived = before.derived or _derivation(sheet, before, "recognition" if side == "source" else sheet.method)
    if (derived.span, derived.label) == (span, label):
        return Entity(span, label, derived.score, "accepted", derived)
    return Entity(span, label, None, "corrected", derived)


def _accepted(sheet: Sheet, entity: Entity, origin: str, method: str = "") -> Entity:
    if entity.origin not in AUTOMATIC:
        return entity
    return replace(entity, origin=origin, derived=_derivation(sheet, entity, method or sheet.method))


def _derivation(sheet: Sheet, entity: Entity, method: str) -> Derivation:
    return Derivation(method, entity.span, entity.label, entity.score, sheet.settings)


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
    if not (0 < at < len(token.text) and token.text[:at].strip() and token.text[at:].strip()):
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
    edits = replace(_pinned(sheet, side), **{side: after})
    if side == "source":
        if sheet.task.labelled or edits.source_entities is not None:
            edits = replace(edits, source_entities=_carried(sheet.entities_on("source"), places))
    else:
        whole = edits.target_entities
        edits = replace(
            edits,
            target_entities=None if whole is None else _carried(whole, places),
            placed=_carried(edits.placed, places),
            removed=_carried_removals(sheet, edits.removed, places),
        )
    links = sheet.edits.alignment or sheet.edits.apply(sheet.task).alignment
    return edits if links is None else replace(edits, alignment=_carried_links(links, side, places, len(after)))


def _carried(entities: Iterable[Entity], places: Sequence[Sequence[int]]) -> Entities:
    return in_order(
        replace(
            entity,
            span=_carried_span(entity.span, places),
            derived=_carried_derivation(entity.derived, places),
        )
        for entity in entities
    )


def _carried_derivation(derived: Derivation | None, places: Sequence[Sequence[int]]) -> Derivation | None:
    if derived is None or derived.span.end > len(places):
        return None
    return replace(derived, span=_carried_span(derived.span, places))


def _carried_removals(sheet: Sheet, removed: Iterable[Span], places: Sequence[Sequence[int]]) -> tuple[Span, ...]:
    """Return where nothing automatic shall be; a label that is there must not go because a word joined it."""
    shown = {_carried_span(entity.span, places) for entity in sheet.entities if entity.origin in AUTOMATIC}
    return tuple(sorted({_carried_span(span, places) for span in removed} - shown))


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
    if len(text) > LONGEST_TEXT:
        raise SpanError(f"One sentence has at most {LONGEST_TEXT} characters, this text has {len(text)}. Shorten it.")
    _storable(text)
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
    removed = _still_removed(sheet, lost, before, after)
    return Change(replace(edits, target_entities=None, placed=kept, removed=removed), TEXT, lost)


def _still_removed(sheet: Sheet, lost: Iterable[Entity], before: Sentence, after: Sentence) -> tuple[Span, ...]:
    """Return where a person wanted no automatic label, as far as the words still stand and nothing of theirs went."""
    removed = set(sheet.edits.removed)
    if sheet.edits.target_entities is not None and sheet.projection is not None:
        removed |= {entity.span for entity in sheet.projection.entities} - {entity.span for entity in sheet.entities}
    wanted = [span for span in sorted(removed) if not any(entity.span.overlaps(span) for entity in lost)]
    place = _places(before, after)
    return tuple(sorted({new for span in wanted if (new := _new_span(span, place))}))


def carry_over(entities: Sequence[Entity], before: Sentence, after: Sentence) -> tuple[Entities, Entities]:
    """Move entities from a text to its edited version; return those that still stand and those that do not.

    An entity stands when all its words survive unchanged and next to each other.
    """
    place = _places(before, after)
    kept, lost = [], []
    for entity in entities:
        span = _new_span(entity.span, place)
        if span is None:
            lost.append(entity)
            continue
        automatic = entity.derived and _new_span(entity.derived.span, place)
        derived = replace(entity.derived, span=automatic) if automatic else None
        kept.append(replace(entity, span=span, derived=derived))
    return tuple(kept), tuple(lost)


def _places(before: Sentence, after: Sentence) -> dict[int, int]:
    """Return old word -> new word for all that stand unchanged."""
    blocks = SequenceMatcher(None, before.words, after.words, autojunk=False).get_matching_blocks()
    return {block.a + step: block.b + step for block in blocks for step in range(block.size)}


def _new_span(span: Span, place: Mapping[int, int]) -> Span | None:
    found = [place.get(word) for word in range(span.start, span.end)]
    if found[0] is None or found != list(range(found[0], found[0] + len(found))):
        return None
    return Span(found[0], found[0] + len(found))


# checks -------------------------------------------------------------------------------------------------


def _label(label: Any) -> str:
    if not isinstance(label, str) or not label.strip():
        raise SpanError("A label needs at least one character.")
    label = label.strip()
    if len(label) > LONGEST_LABEL or not label.isprintable():
        raise SpanError(f"A label has at most {LONGEST_LABEL} visible characters and no line breaks.")
    return label


def _storable(text: str) -> None:
    """Raise FormatError or SpanError for what no database keeps."""
    check_text(text)
    if "\0" in text:
        raise SpanError("The text has a character with the number 0, which cannot be stored: take it out.")


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


_OPERATIONS: Mapping[str, tuple[Callable[..., Change], tuple[str, ...]]] = {
    "label": (label_words, ("side", "span", "label")),
    "remove": (remove_label, ("side", "span")),
    "move": (move_borders, ("side", "span", "to")),
    "place": (place_candidate, ("before", "to", "label")),
    "take": (take_span, ("before", "to", "label", "name")),
    "confirm": (confirm_span, ("span",)),
    "link": (set_link, ("source", "target", "on")),
    "split": (split_word, ("side", "word", "at")),
    "merge": (merge_words, ("side", "word")),
    "check": (check, ()),
    "uncheck": (uncheck, ()),
    "flag": (flag, ("on",)),
    "note": (write_note, ("text",)),
    "method": (use_method, ("name",)),
    "automatic": (back_to_automatic, ()),
    "text": (replace_text, ("side", "text")),
}
"""What an operation does, and what it reads (see _READERS)."""
