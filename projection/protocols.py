"""The contracts between stages. Batch first: sequences in, lists of equal length and order out.

Every implementation has `name` (as registered) and `signature` (name plus every setting that could
change its output; used as cache key and printed with scores). Constructors are cheap: weights are
loaded on first use. A failure raises; the pipeline then tries smaller batches, so that only the
sentences that really fail carry the error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from projection.errors import ModelUnavailable
from projection.types import (
    Alignment,
    Bitext,
    Entity,
    LabelProbabilities,
    Projection,
    Sentence,
    Similarity,
    Translation,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Progress = Callable[[int, int], None]
"""Called with (done, total); raising projection.errors.Cancelled from it stops the run."""


class Component(Protocol):
    name: str

    @property
    def signature(self) -> str: ...


class Tokenizer(Component, Protocol):
    def tokenize(self, text: str, language: str) -> Sentence:
        """Split one sentence into tokens with exact code-point offsets; the text is never changed."""


class Recognizer(Component, Protocol):
    def recognize(self, sentences: Sequence[Sentence]) -> list[tuple[Entity, ...]]:
        """Find entities on the given tokens; entities already present are ignored."""


@runtime_checkable
class ProbabilisticRecognizer(Protocol):
    """A recognizer that can say how sure it is of each label of each word."""

    def recognize_with_probabilities(
        self, sentences: Sequence[Sentence]
    ) -> list[tuple[tuple[Entity, ...], LabelProbabilities]]:
        """Return what `recognize` returns, with the probabilities it comes from."""


class Translator(Component, Protocol):
    def translate(self, texts: Sequence[str], source: str, target: str) -> list[Translation]:
        """Translate each text from language `source` to `target` (BCP-47). Raises ModelInputError."""


@runtime_checkable
class ConditionalModel(Protocol):
    """A translator that can say how probable a given translation is."""

    def log_probabilities(
        self, pairs: Sequence[tuple[str, str]], source: str, target: str
    ) -> list[NDArray[np.float64]]:
        """Return log p(token | source text, tokens before it), natural, of each token of each target text.

        `pairs` are (source text, target text). The end token is the last one; language codes are not
        counted. Raises ModelInputError for empty texts, unknown languages and texts beyond the positions.
        """


@dataclass(frozen=True, slots=True, eq=False)
class TokenScores:
    """Natural log probabilities of one target text of T tokens.

    `log_probabilities` (T + 1,) of each token and of the end after them; `probes` (T + 1, P) of each
    probed token in place of these.
    """

    log_probabilities: NDArray[np.float64]
    probes: NDArray[np.float64]


@runtime_checkable
class TokenScorer(Protocol):
    """A translator whose output can be built and scored token by token, for constrained decoding."""

    def target_pieces(self, sentence: Sentence, source: str) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        """Return the tokens of each word of a target text as it stands, and as it would stand after a mark.

        Words that touch share no token; a word may have none.
        """

    def mark_pieces(self, marks: Sequence[str], source: str, target: str) -> list[tuple[int, ...]]:
        """Return the tokens of each mark in a target text. Raises ModelInputError for one the model lacks."""

    def token_scores(
        self, text: str, targets: Sequence[Sequence[int]], probes: Sequence[int], source: str, target: str
    ) -> list[TokenScores]:
        """Score token sequences (no end, no language code) as translations of `text`."""


@dataclass(frozen=True, slots=True, eq=False)
class Encoding:
    """Sub-word vectors of one sentence.

    `vectors` (m, d) float32, not normalised; `words` (m,) word index of each sub-word, ascending.
    `length` is the number of words; `warnings` say what the encoder had to do (windows). `edges` are the vectors
    of the special tokens before and after the sentence (its first window), where the encoder keeps them.
    """

    vectors: NDArray[np.float32]
    words: NDArray[np.intp]
    length: int
    warnings: tuple[str, ...] = ()
    edges: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None


class Encoder(Component, Protocol):
    def encode(self, sentences: Sequence[Sentence]) -> list[Encoding]:
        """Embed each sentence on its own; long ones in overlapping windows, never truncated."""


class Aligner(Component, Protocol):
    def align(self, pairs: Sequence[tuple[Sentence, Sentence]]) -> list[Alignment]:
        """Link the words of each (source, target) pair; an empty side gives no links."""


@runtime_checkable
class SimilarityAligner(Protocol):
    """An aligner whose links are a pure function of a similarity matrix."""

    def similarities(self, pairs: Sequence[tuple[Sentence, Sentence]]) -> list[Similarity]: ...

    def links(self, similarity: Similarity) -> Alignment: ...


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """A text and the labels of the entities to find in it, one slot each, in the order of the source.

    `names` says in words what labels mean; the generator knows the usual ones and those it was trained on.
    """

    words: tuple[str, ...]
    labels: tuple[str, ...]
    language: str = "und"
    names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Beam:
    """One answer of a generator: `strings` are (slot number, string) of the slots it fills.

    `log_probability` is the mean over its sub-words, natural.
    """

    text: str
    strings: tuple[tuple[int, str], ...]
    log_probability: float


@dataclass(frozen=True, slots=True)
class Generation:
    """What a generator read (`prompt`, with one of `names` for each label) and its answers, most probable first."""

    prompt: str
    names: tuple[str, ...]
    beams: tuple[Beam, ...]
    warnings: tuple[str, ...] = ()


class SpanGenerator(Component, Protocol):
    def generate(self, requests: Sequence[GenerationRequest], beams: int) -> list[Generation]:
        """Write what could be the entities of each text, `beams` answers each.

        Raises ConfigurationError for labels it has no name for, ModelInputError for texts that are too long.
        """


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A conversation that waits for an answer: `turns` are ("system" | "user" | "assistant", text).

    A model that can be guided answers with one of `choices`, if there are any, and nothing else.
    """

    turns: tuple[tuple[str, str], ...]
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChatAnswer:
    """What came back: `text`, or in one sentence why nothing did (`problem`)."""

    text: str = ""
    problem: str = ""


class ChatModel(Component, Protocol):
    where: str
    """Where the text goes: the host that is asked, or "this computer"."""

    def answer(self, requests: Sequence[ChatRequest]) -> list[ChatAnswer]:
        """Return the answer to each conversation. Raises ModelUnavailable when nobody answers."""


class Projector(Component, Protocol):
    """A projection method.

    Besides `requires` a class may have: `components`, a mapping of those of its settings that hold a
    component to the role of it ("translator", ...): the registry builds them from names, the pipeline
    fills in those of the run where none is named, and None means there is none (see `needed`);
    `optional`, evidence it reads where the run can give it and does without elsewhere;
    `reads_source`, False for one that labels the target without looking at the source, which the
    pipeline then need not label (and which may be empty); `options` and `presets`, for forms and
    `--option`. An instance may have `needs`: the evidence and component settings it cannot do without as
    it is set, where that is not all of `requires` and `components`.
    """

    requires: frozenset[str]
    """Evidence it reads from the Bitext: names from EVIDENCE."""

    def project(self, bitexts: Sequence[Bitext]) -> list[Projection]:
        """Carry the source entities of each pair onto its target."""


class TargetWriter(Component, Protocol):
    """A projection method that writes the target text itself, so it cannot label a given one.

    `requires` must be empty.
    """

    requires: frozenset[str]

    def write(self, sources: Sequence[Sentence], target: str) -> list[Projection]:
        """Translate each labelled source to language `target` with its labels."""


EVIDENCE = ("alignment", "similarity", "target_entities", "target_probabilities")


def needed(component: Any, method: str, setting: str, why: str = "", *, of_run: bool = True) -> Any:
    """Return `component`; raise ModelUnavailable, saying how to name one, if it is None.

    `setting` is the option that names it, `of_run` says whether a run has one that would do.
    """
    if component is None:
        names = f"--option {method}.{setting}=NAME{f', or --{setting} for the whole run' if of_run else ''}"
        article = "an" if setting[:1] in "aeiou" else "a"
        raise ModelUnavailable(f"{method} needs {article} {setting}{f' {why}' if why else ''}: choose one ({names}).")
    return component


@dataclass(frozen=True, slots=True)
class Option:
    """One setting of a component, as forms and `--option` show it; the default is the constructor's.

    `choices` lists the allowed words; numbers have `minimum`, `maximum` and `step`.
    """

    name: str
    help: str
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None


def settings_signature(component: object) -> str:
    """Return "name|setting:value|..." over the fields of a dataclass component, in order of declaration."""
    values = {item.name: getattr(component, item.name) for item in fields(component) if item.init}
    name = values.pop("name")
    return "|".join([str(name), *(f"{key}:{_short(value)}" for key, value in values.items())])


def _short(value: object) -> str:
    if hasattr(value, "signature"):
        return f"({value.signature})"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
