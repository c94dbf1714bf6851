"""EasyProject: mark the entities, translate the marked text, read the labels off the translation.

Chen et al., "Frustratingly Easy Label Projection for Cross-lingual Transfer", Findings of ACL 2023. Their rule
discards a sentence whose marks did not all come back; here each entity is placed or lost on its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from projection.errors import ConfigurationError, ModelInputError
from projection.matching.decisions import decide
from projection.matching.explanation import LazySteps
from projection.projectors.label_recovery import LITERATURE_THRESHOLD, assign, keep_or_discard
from projection.projectors.marked_translation import MarkedTranslation, result_step
from projection.projectors.marking import mark
from projection.protocols import Option, Translator, needed, settings_signature
from projection.text.joining import natural
from projection.types import Bitext, Projection, Sentence, Translation

MARKING_OPTIONS: tuple[Option, ...] = (
    Option("threshold", "A marked string is an entity if they are more alike than this.", minimum=0.0, maximum=1.0,
           step=0.05),
    Option("find_lost", "Look for an entity's own words where its marks are lost, halved or took in more."),
    Option("discard", "Drop all labels of a sentence whose marks did not come back in order, as EasyProject does."),
)  # fmt: skip


@dataclass(frozen=True)
class EasyProject:
    """Mark, translate, recover; the translation is the method's own, so it cannot label a given text.

    Marked strings are assigned to entities by their likeness to the entity's stand-alone translation or to
    the entity itself (see `label_recovery.assign`): lost, doubled and moved marks cost only the entities
    they belong to, and every loss is reported. With `discard` the rule of the paper holds instead
    (`label_recovery.keep_or_discard`), and neither other setting counts. Any translator that keeps square
    brackets will do; the one of the paper was trained to. If no mark comes back, the plain translation
    stays. The projection rate of the paper is the share of entities that have a match.
    """

    name: str = "easyproject"
    translator: Translator | None = None
    threshold: float = LITERATURE_THRESHOLD
    find_lost: bool = True
    discard: bool = False

    requires: ClassVar[frozenset[str]] = frozenset()
    components: ClassVar[Mapping[str, str]] = {"translator": "translator"}
    options: ClassVar[tuple[Option, ...]] = MARKING_OPTIONS
    presets: ClassVar[Mapping[str, Mapping]] = {
        "default": {},
        "marks-only": {"find_lost": False},
        "original": {"discard": True},
    }

    def __post_init__(self):
        if not 0 <= self.threshold <= 1:
            raise ConfigurationError(f"{self.name}: threshold must be between 0 and 1, not {self.threshold}.")

    @property
    def signature(self) -> str:
        return settings_signature(self)

    def write(self, sources: Sequence[Sentence], target: str) -> list[Projection]:
        """Translate each labelled source to `target` with its labels.

        Two calls of the translator for all: the marked sentences, then the entities on their own. Raises
        ModelUnavailable without a translator, ModelInputError for sentences and languages it refuses.
        """
        translator = needed(self.translator, self.name, "translator", "that keeps square brackets")
        texts = [natural(source) for source in sources]
        marked = [mark(text) for text in texts]
        requests = [(one.text, text.language) for one, text in zip(marked, texts, strict=True)]
        written = _translate(translator, requests, target)
        names = {(text.text_of(entity.span), text.language) for text in texts for entity in text.entities}
        alone = _translate_each(translator, sorted(names), target)
        return [
            self._recover(source, MarkedTranslation.of(text, one, translation, alone, target))
            for source, text, one, translation in zip(sources, texts, marked, written, strict=True)
        ]

    def _recover(self, source: Sentence, translation: MarkedTranslation) -> Projection:
        target = translation.target
        if self.discard:
            scored, discarded = keep_or_discard(translation.wanted, translation.recovered, target)
        else:
            settings = {"threshold": self.threshold, "find_lost": self.find_lost}
            scored, discarded = assign(translation.wanted, translation.recovered, target, **settings), ""
        projection = decide(
            Bitext(source, target),
            scored,
            method=self.name,
            signature=self.signature,
            solver="exact",
            threshold=0.0 if self.discard else self.threshold,
            warnings=translation.warnings,
            steps=translation.steps,
        )
        result = replace(
            projection,
            unprojected=tuple(
                replace(loss, reason=translation.why_lost(loss, projection, discarded))
                for loss in projection.unprojected
            ),
            warnings=(*projection.warnings, *translation.cut_words(projection)),
        )
        return replace(result, steps=LazySteps(lambda: [*projection.steps, result_step(result)]))


def _translate(translator: Translator, texts: Sequence[tuple[str, str]], target: str) -> list[Translation]:
    """Translate (text, language) to `target`, each language in one call."""
    found: dict[tuple[str, str], Translation] = {}
    for language in dict.fromkeys(language for _, language in texts):
        wanted = [text for text, its_language in texts if its_language == language]
        found |= zip(((text, language) for text in wanted), translator.translate(wanted, language, target), strict=True)
    return [found[request] for request in texts]


def _translate_each(
    translator: Translator, texts: Iterable[tuple[str, str]], target: str
) -> dict[tuple[str, str], Translation]:
    """Translate (text, language) to `target`; what the translator refuses becomes an empty text and its reason."""
    texts = list(texts)
    try:
        return dict(zip(texts, _translate(translator, texts, target), strict=True))
    except ModelInputError as problem:
        if len(texts) == 1:
            return {texts[0]: Translation("", (str(problem),))}
    half = len(texts) // 2
    return _translate_each(translator, texts[:half], target) | _translate_each(translator, texts[half:], target)
