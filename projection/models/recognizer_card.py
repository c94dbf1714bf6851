"""What a trained recognizer is worth, and the card that says so beside its weights."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from projection.evaluation.comparison import compare
from projection.evaluation.scores import Scores
from projection.models.adapted import ADAPTER, CARD, recognizer_for
from projection.models.embedded import EMBEDDED
from projection.models.recognizer_data import Labelled

if TYPE_CHECKING:
    from projection.models.recognizer_training import RecognizerSettings, TrainedRecognizer

_WEIGHTS = (ADAPTER, "model.safetensors")
_DIGITS = 12


def measure(folder: Path, material: Labelled, settings: RecognizerSettings) -> Scores:
    """Recognize the held-out sentences with what lies in `folder`, as a user would, and score that."""
    recognizer = recognizer_for(model=str(folder), device=settings.device)
    found = recognizer.recognize(material.held_out)
    predicted = [one.with_entities(entities) for one, entities in zip(material.held_out, found, strict=True)]
    return compare(predicted, material.held_out, material.labels, pair_by="order")


def write_card(
    folder: Path, settings: RecognizerSettings, trained: TrainedRecognizer, *, data: str, licence: str
) -> None:
    """Write recognizer.json, which the recognizer reads, and README.md, for people."""
    from projection import __version__

    material = trained.material
    card = {
        "kind": "adapter" if settings.is_adapter else "whole encoder",
        "base": EMBEDDED if settings.is_adapter else settings.model,
        "begun_with": Path(settings.model).name if settings.start is not None else None,
        "layer": settings.layer if settings.is_adapter else None,
        "last_layer": settings.last_layer if settings.is_adapter else None,
        "tags": material.tags,
        "weights": _digest(folder),
        "signature": trained.signature,
        "settings": settings.shaping(),
        "data": data,
        "licence": licence or (settings.start.licence if settings.start is not None else ""),
        "sentences": {
            "training": material.own,
            "recased_copies": material.recased,
            "swapped_copies": material.swapped,
            "held_out": len(material.held_out),
            "too_long": material.too_long,
        },
        "entities": material.entities,
        "labels_left_out": dict(material.other_labels),
        "parameters": trained.parameters,
        "steps": trained.steps,
        "loss": trained.loss,
        "calibration": None if trained.calibration is None else {
            "temperature": trained.calibration.temperature,
            "expected_error_before": trained.calibration.before,
            "expected_error_after": trained.calibration.after,
        },
        "scores": trained.scores.to_dict() if trained.scores else None,
        "version": __version__,
    }  # fmt: skip
    (folder / CARD).write_text(json.dumps(card, ensure_ascii=False, indent=2) + "\n", "utf-8")
    (folder / "README.md").write_text(_readme(card, material), "utf-8")


def _digest(folder: Path) -> str:
    for name in _WEIGHTS:
        if (folder / name).is_file():
            with (folder / name).open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()[:_DIGITS]
    return "in parts"


def _begun(card: dict[str, Any]) -> str:
    if not card["begun_with"]:
        return ""
    return f", begun with those of {card['begun_with']} (weights {card['settings']['begun_with']})"


def _readme(card: dict[str, Any], material: Labelled) -> str:
    what = (
        f"Low-rank adapters for layers {card['layer'] + 1} to {card['last_layer']} of multilingual-e5-small, "
        f"and a token head{_begun(card)}"
        if card["kind"] == "adapter"
        else f"{card['base']}, trained whole under a token head"
    )
    runs = card["settings"]["runs"]
    in_runs, of_last = (f" in {runs} runs", " of the last run") if runs > 1 else ("", "")
    what += f", the mean of the weights of {runs} runs" if runs > 1 else ""
    licence = card["licence"] or "that of the base model and of the sentences"
    lines = [
        f"# Recognizer of {', '.join(material.labels)}",
        "",
        f"{what}: {card['parameters']:,} trained parameters (projection {card['version']}). Licence: {licence}.",
        "",
        f"- Sentences: {card['data'] or 'not named'}. {material.description}",
        f"- Settings: {', '.join(f'{key} {value}' for key, value in card['settings'].items() if key != 'model')}",
        f"- Steps: {card['steps']}{in_runs}; loss in the last epoch{of_last} {card['loss']:.4f} nats per word",
    ]
    if card["scores"]:
        scores, interval = card["scores"], card["scores"]["interval"]
        labels = ", ".join(f"{label} {one['f1']:.3f}" for label, one in scores["labels"].items())
        lines.append(
            f"- Held out: {scores['sentences']} sentences; span F1 {scores['overall']['f1']:.3f} "
            f"({interval['low']:.3f}\u2013{interval['high']:.3f}), {labels}"
        )
    else:
        lines.append("- Held out: nothing, so not measured")
    if card["calibration"]:
        one = card["calibration"]
        lines.append(
            f"- Probabilities: temperature {one['temperature']:.3f}; expected calibration error "
            f"{one['expected_error_before']:.4f} before, {one['expected_error_after']:.4f} after, on half of the "
            "held-out sentences with the temperature of the other half"
        )
    return "\n".join([*lines, f"- Signature: `{card['signature']}`", ""])
