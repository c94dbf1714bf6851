"""Keep e5-small as an ordinary Hugging Face folder in the user's cache: converted once, locked, checksummed.

The folder has config.json, tokenizer.json, tokenizer_config.json and model.safetensors, so any tool that
takes a model folder can use it. Weights are stored in fp16 (235 MB instead of 470 MB; it loads equally
fast) and load as fp32. manifest.json is written with the rest and holds size and SHA-256 of every
file. The folder appears under its name by one rename, never half-written.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from projection.models import e5_file, e5_model
from projection.protocols import Progress
from projection.settings import settings

CONVERTER_VERSION = 1
FOLDER_MEGABYTES = 244
_MANIFEST = "manifest.json"
_PARTIAL = ".e5-small-partial-"


class CannotStore(Exception):
    """The folder cannot be written here; the message says why."""


def folder() -> Path:
    """Return where the converted model lies, whether it is there or not."""
    return settings().cache_folder / f"e5-small-v{CONVERTER_VERSION}"


def is_converted() -> bool:
    """Say whether a converted folder of this version and package is there (checksums are not compared)."""
    return _problem_of(folder(), digests=False) == ""


def obtain(progress: Progress | None = None, notice: Callable[[str], None] = lambda text: None) -> Path:
    """Return the checked folder, converting first where needed.

    `progress` counts tensors. `notice` hears one sentence when a damaged folder had to be replaced.
    Raises CannotStore when the disk is read-only or full, ModelUnavailable when the package is missing
    or damaged.
    """
    import filelock

    place = folder()
    if not _problem_of(place):
        return place
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(place.parent / f"{place.name}.lock"):
            problem = _problem_of(place)  # another process may have converted meanwhile
            if problem:
                if place.exists():
                    notice(f"The converted encoder in {place} was damaged ({problem}) and has been built again.")
                _convert(place, progress)
    except (OSError, NotImplementedError) as problem:
        raise CannotStore(f"{place.parent}: {getattr(problem, 'strerror', None) or problem}") from problem
    return place


def clear() -> None:
    """Delete the converted folder and leftovers of interrupted conversions."""
    import filelock

    place = folder()
    if place.parent.is_dir():
        with filelock.FileLock(place.parent / f"{place.name}.lock"):
            shutil.rmtree(place, ignore_errors=True)
            _remove_partial(place.parent)


def _convert(place: Path, progress: Progress | None) -> None:
    path = e5_file.find_file()
    e5_file.verify(path)
    source = e5_file.E5File(path)
    _remove_partial(place.parent)
    partial = Path(tempfile.mkdtemp(prefix=_PARTIAL, dir=place.parent))
    try:
        _write(source, partial, progress)
        if place.exists():  # a folder is not replaced by a rename, so the old one steps aside first
            place.rename(Path(tempfile.mkdtemp(prefix=_PARTIAL, dir=place.parent)) / place.name)
        partial.chmod(0o755)
        partial.rename(place)
    finally:
        _remove_partial(place.parent)


def _write(source: e5_file.E5File, partial: Path, progress: Progress | None) -> None:
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    tensors, total = {}, len(source.names())
    for name, values in e5_model.weights(source):
        tensors[name] = values
        if progress:
            progress(len(tensors), total)
    try:
        save_file(tensors, partial / "model.safetensors", metadata={"format": "pt"})
    except SafetensorError as problem:
        raise OSError(str(problem)) from problem
    (partial / "model.safetensors").chmod(0o644)
    _write_json(partial / "config.json", e5_model.config(source))
    _write_json(partial / "tokenizer_config.json", e5_model.tokenizer_config())
    (partial / "tokenizer.json").write_text(e5_model.tokenizer(source).to_str(), "utf-8")
    files = {path.name: {"bytes": path.stat().st_size, "sha256": _digest(path)} for path in sorted(partial.iterdir())}
    _write_json(partial / _MANIFEST, {"source": e5_file.recorded_sha256(), "files": files})


def _problem_of(place: Path, digests: bool = True) -> str:
    """Say in a few words why the folder cannot be used, "" when it can."""
    try:
        manifest = json.loads((place / _MANIFEST).read_text("utf-8"))
        if manifest["source"] != e5_file.recorded_sha256():
            return "it was made from another version of the package"
        for name, expected in manifest["files"].items():
            path = place / name
            if path.stat().st_size != expected["bytes"] or (digests and _digest(path) != expected["sha256"]):
                return f"{name} has changed"
    except FileNotFoundError as problem:
        return f"{Path(problem.filename).name} is missing"
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        return f"{_MANIFEST} cannot be read: {problem}"
    return ""


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2), "utf-8")


def _remove_partial(parent: Path) -> None:
    for leftover in parent.glob(f"{_PARTIAL}*"):
        shutil.rmtree(leftover, ignore_errors=True)
