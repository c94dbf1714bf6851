"""NMTScore: how alike two strings are, by the probability that one is a translation of the other.

Vamvas and Sennrich, "NMTScore: A Multilingual Analysis of Translation-based Text Similarity Measures",
Findings of EMNLP 2022; the selection of T-Projection and the translation score of candidate matching.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from projection.errors import ConfigurationError

if TYPE_CHECKING:
    from projection.protocols import ConditionalModel, Translator

    class Scorer(ConditionalModel, Translator, Protocol):
        """Translates, and says how probable a translation is."""


Kind = Literal["direct", "pivot", "cross-likelihood"]
KINDS: tuple[Kind, ...] = ("direct", "pivot", "cross-likelihood")
Text = tuple[str, str]
"""A string and its language (BCP-47)."""


def nmt_scores(
    model: Scorer,
    pairs: Sequence[tuple[str, str]],
    source: str,
    target: str,
    *,
    kind: Kind = "direct",
    pivot: str = "en",
) -> NDArray[np.float64]:
    """Score (source string, target string) pairs; (len(pairs),), 1.0 for strings that are worth the same.

    With P(a|b) = exp(mean log p(a_i | a_<i, b)), the geometric mean over the tokens of a, end included:
    "direct" is P(a|b) / P(a|a); "pivot" puts b and a through `pivot` first, P(a|b') / P(a|a');
    "cross-likelihood" asks for the translation a' of a to `pivot`, P(a'|b) / P(a'|a). Each is the mean of
    both directions. Values may exceed 1. (The package nmtscore takes 2 to the power of a natural
    logarithm, which makes its scores flatter than these.) Each different question is asked once.
    Raises ModelInputError for languages and strings the model refuses.
    """
    if kind not in KINDS:
        raise ConfigurationError(f"There is no NMTScore {kind!r}; choose one of {', '.join(KINDS)}.")
    here, there = ([(text, language) for text in texts] for texts, language in
                   zip(zip(*pairs, strict=True), (source, target), strict=True)) if pairs else ([], [])  # fmt: skip
    through = _translations(model, {*here, *there}, pivot) if kind != "direct" else {}
    questions = {
        "direct": lambda a, b: (a, b),
        "pivot": lambda a, b: (a, through[b]),
        "cross-likelihood": lambda a, b: (through[a], b),
    }[kind]
    asked = [questions(one, other) for a, b in zip(here, there, strict=True) for one in (a, b) for other in (a, b)]
    known = _probabilities(model, asked)

    def relative(a: Text, b: Text) -> float:
        own = known[questions(a, a)]
        return known[questions(a, b)] / own if own > 0 else 0.0

    return np.array([(relative(a, b) + relative(b, a)) / 2 for a, b in zip(here, there, strict=True)])


def _by_language(items: Iterable, key: Callable) -> dict:
    grouped: dict = {}
    for item in dict.fromkeys(items):
        grouped.setdefault(key(item), []).append(item)
    return grouped


def _translations(model: Translator, texts: Iterable[Text], pivot: str) -> dict[Text, Text]:
    """Return each text in the language `pivot`; texts that are in it already stay."""
    found: dict[Text, Text] = {}
    for language, group in _by_language(sorted(texts), lambda text: text[1]).items():
        if language == pivot:
            found |= {text: text for text in group}
            continue
        written = model.translate([string for string, _ in group], language, pivot)
        found |= {text: (one.text, pivot) for text, one in zip(group, written, strict=True)}
    return found


def _probabilities(model: ConditionalModel, questions: Iterable[tuple[Text, Text]]) -> dict[tuple[Text, Text], float]:
    """Return P(a|b) for each (a, b), with one call of the model for each pair of languages."""
    found: dict[tuple[Text, Text], float] = {}
    for (wanted, given), group in _by_language(questions, lambda pair: (pair[0][1], pair[1][1])).items():
        scores = model.log_probabilities([(b[0], a[0]) for a, b in group], given, wanted)
        found |= {pair: float(np.exp(np.mean(one))) for pair, one in zip(group, scores, strict=True)}
    return found
