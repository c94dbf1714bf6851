"""What a trained generator is worth, and the card that says so beside its weights."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from projection.models.filler_data import Example, Material
from projection.models.span_filler import CARD, SpanFiller
from projection.projectors.slots import read_slots
from projection.protocols import Generation, GenerationRequest

if TYPE_CHECKING:
    from projection.models.filler_training import TrainingSettings


@dataclass(frozen=True, slots=True)
class Scores:
    """Held-out slots: how many the first answer fills with the right words, and how many any of the beams does.

    The latter bounds what T-Projection can find with this generator. `in_text` is the share of strings
    (all beams) that stand in the sentence.
    """

    sentences: int
    slots: int
    beams: int
    first: float
    any_beam: float
    in_text: float


def measure(folder: Path, settings: TrainingSettings, material: Material) -> Scores | None:
    """Fill the slots of the held-out sentences with the generator in `folder`; None if there are none.

    A sentence longer than the generator may read counts as filled with nothing.
    """
    if not material.held_out:
        return None
    filler = SpanFiller(model=str(folder), device=settings.device)
    read = [example for example in material.held_out if len(example.source) <= filler.longest]
    requests = [
        GenerationRequest(one.sentence.words, tuple(entity.label for entity in one.sentence.entities),
                          one.sentence.language)
        for one in read
    ]  # fmt: skip
    answers = filler.generate(requests, settings.beams)
    slots = sum(len(example.sentence.entities) for example in material.held_out)
    first = sum(_right(example, answer, answer.beams[:1], True) for example, answer in zip(read, answers, strict=True))
    found = sum(_right(example, answer, answer.beams, False) for example, answer in zip(read, answers, strict=True))
    strings = [(string, example.prompt) for example, answer in zip(read, answers, strict=True)
               for beam in answer.beams for _, string in beam.strings]  # fmt: skip
    inside = sum(string in prompt for string, prompt in strings)
    return Scores(len(material.held_out), slots, settings.beams, first / slots, found / slots,
                  inside / max(1, len(strings)))  # fmt: skip


def _right(example: Example, answer: Generation, beams: Sequence[Any], in_its_slot: bool) -> int:
    """Return how many slots some beam fills with the right words, in that very slot or in any of the type."""
    wanted = read_slots(example.answer, answer.names)
    written = {pair for beam in beams for pair in beam.strings}
    if in_its_slot:
        return sum(pair in written for pair in wanted)
    of_type = {(answer.names[slot], string) for slot, string in written}
    return sum((answer.names[slot], string) in of_type for slot, string in wanted)


def write_card(
    folder: Path,
    settings: TrainingSettings,
    material: Material,
    *,
    steps: int,
    loss: float,
    data: str,
    scores: Scores | None,
) -> None:
    """Write generator.json, which the generator reads, and README.md, for people."""
    from projection import __version__

    card = {
        "names": dict(material.names),
        "max_length": settings.max_length,
        "signature": settings.signature(material),
        "settings": asdict(settings),
        "data": data,
        "sentences": {
            "training": len(material.training),
            "held_out": len(material.held_out),
            "without_entities": material.without_entities,
            "too_long": material.too_long,
        },
        "steps": steps,
        "loss": loss,
        "scores": asdict(scores) if scores else None,
        "version": __version__,
    }
    (folder / CARD).write_text(json.dumps(card, ensure_ascii=False, indent=2) + "\n", "utf-8")
    (folder / "README.md").write_text(_readme(card, material), "utf-8")


def _readme(card: dict[str, Any], material: Material) -> str:
    settings, scores = card["settings"], card["scores"]
    lines = [
        "# Generator for T-Projection",
        "",
        f"{settings['model']}, trained to fill slots such as `<Person>None</Person>` with words of a sentence "
        f"(projection {card['version']}). Its licence is that of the base model and of the sentences.",
        "",
        f"- Sentences: {card['data'] or 'not named'}. {material.description}",
        f"- Types: {', '.join(f'{label} as {name}' for label, name in card['names'].items())}",
        f"- Settings: {', '.join(f'{key} {value}' for key, value in settings.items() if key != 'model')}",
        f"- Steps: {card['steps']}; loss in the last epoch {card['loss']:.4f} nats per sub-word",
    ]
    if scores:
        lines.append(
            f"- Held out: {scores['sentences']} sentences with {scores['slots']} slots; right in the first answer "
            f"{scores['first']:.1%}, in any of {scores['beams']} {scores['any_beam']:.1%}; {scores['in_text']:.1%} of "
            "all strings stand in their sentence"
        )
    else:
        lines.append("- Held out: not measured")
    return "\n".join([*lines, f"- Signature: `{card['signature']}`", ""])
