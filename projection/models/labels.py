"""From the labels a model was trained with to the entities a user wants: schemes, label maps, trimming."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from projection.errors import ConfigurationError
from projection.types import Entity, Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

OUTSIDE = "O"
LabelMap = Mapping[str, str]
"""Model label -> our label; "O" drops it, the key "*" stands for all labels not listed."""


def parse_label_map(label_map: LabelMap | str, option: str = "label_map") -> dict[str, str]:
    """Read "PERSON=PER,GPE=LOC,DATE=O" or a mapping, given for `option`. Raises ConfigurationError.

    >>> parse_label_map("PERSON=PER, DATE=O")
    {'PERSON': 'PER', 'DATE': 'O'}
    """
    if not isinstance(label_map, str):
        return {str(key): str(value) for key, value in label_map.items()}
    pairs = {}
    for part in filter(None, (part.strip() for part in label_map.split(","))):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not (key and equals and value):
            raise ConfigurationError(
                f"{option}: {part!r} is not KEY=VALUE; write pairs such as PERSON=PER,GPE=LOC, with commas between."
            )
        pairs[key] = value
    return pairs


def format_label_map(label_map: LabelMap) -> str:
    return ",".join(f"{key}={value}" for key, value in label_map.items())


def map_label(label: str, label_map: LabelMap) -> str:
    """Return our name for a model's label, "O" when it is to be dropped; unlisted labels keep their name."""
    return label_map.get(label, label_map.get("*", label))


def split_tag(tag: str) -> tuple[str, str]:
    """Split "B-PER" into ("B", "PER"); a label without prefix counts as inside, "O" gives ("O", "")."""
    if tag == OUTSIDE:
        return OUTSIDE, ""
    if len(tag) > 2 and tag[0] in "BIESLU" and tag[1] in "-_":
        return tag[0], tag[2:]
    return "I", tag


def spans_of(tags: Sequence[str]) -> list[tuple[Span, str]]:
    """Read a model's tags in IO, IOB1, IOB2, BIOES or BILOU the way conlleval does.

    A span starts at B, S or U, after O, after a closing E, S, L or U, and where the type changes: so
    I-PER after O starts one (models trained on IOB1 never say B-PER first) and no tag is lost.

    >>> spans_of(["I-PER", "I-PER", "B-PER", "O", "I-LOC", "I-ORG"])
    [(Span(start=0, end=2), 'PER'), (Span(start=2, end=3), 'PER'), (Span(start=4, end=5), 'LOC'), \
(Span(start=5, end=6), 'ORG')]
    """
    spans: list[tuple[Span, str]] = []
    start, kind, closed = 0, "", True
    for position, tag in enumerate([*tags, OUTSIDE]):
        prefix, label = split_tag(tag)
        if kind and (closed or label != kind or prefix in "BSU"):
            spans.append((Span(start, position), kind))
            kind = ""
        if label and not kind:
            start, kind = position, label
        closed = prefix in "ESLU"
    return spans


def likeliest_iob2(tags: Sequence[str], matrix: NDArray[np.float32]) -> list[str]:
    """Return the likeliest valid IOB2 tags under the probabilities `matrix` (words, tags), words taken as independent.

    Viterbi's algorithm where I-X may only follow B-X or I-X. A row of zeros is outside. Raises ValueError
    for tags that are not IOB2 with "O" first.
    """
    import numpy as np

    if not is_iob2(tags):
        raise ValueError(f"not the tags of IOB2: {', '.join(tags)}")
    follows = np.array([[allowed_after(after, before) for after in tags] for before in tags])
    barred = np.where(follows, 0.0, -np.inf)
    with np.errstate(divide="ignore"):
        logs = np.log(matrix.astype(np.float64))
    logs[~matrix.any(axis=1)] = [0.0, *[-np.inf] * (len(tags) - 1)]
    best, back = barred[0], []
    for row in logs:
        paths = best[:, None] + barred if back else np.broadcast_to(best, barred.shape)
        back.append(paths.argmax(axis=0))
        best = paths.max(axis=0) + row
    chosen = int(best.argmax()) if back else 0
    found = []
    for pointers in reversed(back):
        found.append(tags[chosen])
        chosen = int(pointers[chosen])
    return found[::-1]


def entities_of(tags: Sequence[str], scores: Sequence[float], label_map: LabelMap) -> tuple[Entity, ...]:
    """Return the entities that a model's tags mean (see `spans_of`), with our labels; those mapped to "O" are left out.

    `scores` are the probabilities of the tags; an entity has their mean over its words.
    """
    found = []
    for span, kind in spans_of(tags):
        label = map_label(kind, label_map)
        if label != OUTSIDE:
            mean = sum(scores[span.start : span.end]) / len(span)
            found.append(Entity(span, label, mean, "model"))
    return tuple(found)


def is_iob2(tags: Sequence[str]) -> bool:
    """Say whether tags are "O" first and B-X and I-X of each type X."""
    kinds = {tag[2:] for tag in tags[1:] if tag[:2] in ("B-", "I-")}
    return tags[:1] in (["O"], ("O",)) and sorted(tags[1:]) == sorted(f"{p}-{kind}" for kind in kinds for p in "BI")


def allowed_after(tag: str, before: str) -> bool:
    """Say whether `tag` may follow the tag `before` in IOB2."""
    return not tag.startswith("I-") or (before[2:] == tag[2:] and before != OUTSIDE)


def iob2_probabilities(
    tags: Sequence[str], matrix: NDArray[np.float32], kinds: Mapping[str, str]
) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """Turn the probabilities of a model's tags, (words, tags), into those of IOB2 tags, as `spans_of` reads them.

    `kinds` gives our label for each type of the model ("O" drops it: its probability goes to outside). B, S
    and U of a type start an entity. I, E and L start one where no entity of their type is open before, so with
    p the probability of B or I of that type on the word before, the share 1 - p of theirs counts as B (words
    taken as independent): a model trained on IO or IOB1, which never says B after O, is read right, and one
    trained on IOB2 changes little. Rows of zeros become outside; "O" is the first tag.
    """
    import numpy as np

    labels = sorted({label for label in kinds.values() if label != OUTSIDE})
    ours = (OUTSIDE, *(f"{prefix}-{label}" for label in labels for prefix in "BI"))
    result = np.zeros((len(matrix), len(ours)), np.float32)
    for kind, label in kinds.items():
        if label == OUTSIDE:
            continue
        prefixes = [split_tag(tag)[0] if split_tag(tag)[1] == kind else "" for tag in tags]
        starts = matrix[:, [prefix in tuple("BSU") for prefix in prefixes]].sum(axis=1)
        inside = matrix[:, [prefix in tuple("IEL") for prefix in prefixes]].sum(axis=1)
        still_open = matrix[:, [prefix in tuple("BI") for prefix in prefixes]].sum(axis=1)
        before = np.concatenate([[0.0], still_open[:-1]])
        column = ours.index(f"B-{label}")
        result[:, column] += starts + inside * (1 - before)
        result[:, column + 1] += inside * before
    result[:, 0] = np.clip(1 - result.sum(axis=1), 0, 1)
    return ours, result


def parse_words(words: str | Iterable[str]) -> tuple[str, ...]:
    """Read a list of words from an option: space separated, or any iterable of strings."""
    return tuple(words.split()) if isinstance(words, str) else tuple(words)


def trim(words: Sequence[str], span: Span, leading: Collection[str], trailing: Collection[str]) -> Span | None:
    """Cut `leading` words off the start of `span` and `trailing` ones off its end; None when nothing is left.

    Words count as written, but the first word of a sentence also in lower case: "The Commission" loses
    its article at the start of a sentence, "The Hague" keeps it elsewhere.
    """
    start, end = span.start, span.end
    while start < end and (words[start] in leading or (start == 0 and words[0].lower() in leading)):
        start += 1
    while end > start and words[end - 1] in trailing:
        end -= 1
    return Span(start, end) if start < end else None
