"""How often each label occurs in a project: in texts, in what people decided, and in what the queue has read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from projection.corrections.readings import Lacking, Reading, still_right, words_of
from projection.corrections.records import ProjectSummary, StoredSentence
from views.queue_scan import reading_settings, readings

FETCHED = 500


@dataclass(frozen=True, slots=True)
class LabelCounts:
    """Spans by label: of the source, of the target as it is exported, and of targets that came with labels (`gold`).

    `unknown` sentences are not read under the settings of now, or without a result: what is automatic there is not
    counted.
    """

    source: Counter[str] = field(default_factory=Counter)
    target: Counter[str] = field(default_factory=Counter)
    gold: Counter[str] = field(default_factory=Counter)
    unknown: int = 0

    @property
    def labels(self) -> list[str]:
        """All labels that occur, the most frequent first."""
        return [label for label, _ in (self.source + self.target + self.gold).most_common()]


def count_labels(project: ProjectSummary) -> LabelCounts:
    """Count the labels of a project; a project whose settings cannot be used here has no readings of now."""
    now = reading_settings(project.setup) if project.setup else ""
    found, unknown = LabelCounts(), 0
    for one in _sentences(project):
        reading = _reading(one, now)
        sheet = (reading or words_of(one.stored)).sheet(one.stored, now, ("und", "und"))
        found.source.update(entity.label for entity in sheet.entities_on("source"))
        found.target.update(entity.label for entity in sheet.entities)
        given = one.stored.task.target
        found.gold.update(entity.label for entity in (given.entities if given else ()))
        unknown += (reading is None or reading.failed) and not _is_decided(one.stored)
    return LabelCounts(found.source, found.target, found.gold, unknown)


def _sentences(project: ProjectSummary) -> Iterator[Lacking]:
    """Yield all sentences with their readings, fetched some at a time: a corpus need not be in memory at once."""
    for start in range(0, project.sentences, FETCHED):
        yield from readings().at(project.id, range(start, start + FETCHED))


def _reading(one: Lacking, now: str) -> Reading | None:
    """Return what the queue read of a sentence if that is what the pipeline says now."""
    old = one.reading
    fresh = old is not None and old.doubt is not None and (old.settings, old.revision) == (now, one.stored.revision)
    return old if fresh else still_right(one, now)


def _is_decided(stored: StoredSentence) -> bool:
    """Whether nothing automatic is left in a sentence, so that no reading is needed to know its labels."""
    return stored.edits.target_entities is not None and stored.edits.apply(stored.task).labelled
