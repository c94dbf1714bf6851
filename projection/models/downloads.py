"""Fetch models from the Hugging Face hub and delete them again: the only code that uses the network."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from projection import registry
from projection.errors import Cancelled, ConfigurationError, ModelUnavailable
from projection.models import hub
from projection.protocols import Progress

_SMALL_FILES = ("*.json", "*.txt", "*.model", "*.spm", "*.tiktoken")
_PATIENCE = 10.0
"""Seconds to wait for the hub's first answer."""
_MARGIN = 1.05


def fetch(name: str, progress: Progress | None = None) -> Path:
    """Bring a model onto this machine and return its folder; nothing is downloaded twice.

    `name` is a registered name ("nllb"), a Hugging Face name, or "e5-small", which is only converted.
    Only the files that are used are downloaded. `progress` hears bytes (of e5-small: tensors) and may
    raise Cancelled; a later fetch continues. Raises ModelUnavailable and ConfigurationError.
    """
    model = _model_of(name)
    if model == "e5-small":
        return _convert(progress)
    if hub.is_local_folder(model):
        return hub.model_folder(model, "model")
    if not hub.is_cached(model):
        _download(model, progress)
    return hub.model_folder(model, "model")


def clear(name: str) -> int:
    """Delete a fetched or converted model and return the bytes that became free (0: it was not there).

    Raises ConfigurationError for a folder of the user's and for models that are part of a package.
    """
    model = _model_of(name)
    if hub.is_local_folder(model):
        raise ConfigurationError(f"{name} is a folder of yours: delete it yourself.")
    if model == "e5-small":
        from projection.models import e5_folder

        freed = _size_of(e5_folder.folder())
        e5_folder.clear()
        return freed
    place = hub.cache_folder_of(model)
    freed = _size_of(place)
    shutil.rmtree(place, ignore_errors=True)
    shutil.rmtree(place.parent / ".locks" / place.name, ignore_errors=True)
    if place.exists():
        raise ModelUnavailable(f"{place} cannot be deleted completely: check who owns it and delete it yourself.")
    return freed


def _model_of(name: str) -> str:
    """Return the hub name or folder behind a registered name."""
    entry = next((entry for entry in registry.entries() if entry.name == name), None)
    if entry is None:
        if "/" in name or hub.is_local_folder(name):
            return name
        known = ", ".join(["e5-small", *(entry.name for entry in registry.entries() if entry.kind == "hub")])
        raise ConfigurationError(f"There is no model {name!r} to fetch; known are {known} and Hugging Face names.")
    if entry.name == "e5-small":
        return name
    if "{" in entry.model:
        example = entry.model.replace("{source}", "en").replace("{target}", "de")
        raise ConfigurationError(f"{name} has one model per language pair: name it, for example {example}.")
    if not entry.model:
        how = f"it comes with the package {entry.package}" if entry.package else "it needs no model"
        raise ConfigurationError(f"{name} is not fetched or cleared: {how}.")
    return entry.model


def _convert(progress: Progress | None) -> Path:
    from projection.models import e5_folder

    try:
        return e5_folder.obtain(progress)
    except e5_folder.CannotStore as problem:
        raise ModelUnavailable(
            f"The encoder e5-small cannot be stored ({problem}): free {e5_folder.FOLDER_MEGABYTES} MB or set "
            "PROJECTION_CACHE to a writable folder."
        ) from problem


def _download(model: str, progress: Progress | None) -> None:
    hub.cache_folder_of(model)  # switches telemetry off before the hub library is used
    from huggingface_hub import HfApi, hf_hub_download

    with _clear_errors(model):
        found = HfApi().model_info(model, files_metadata=True, timeout=_PATIENCE)
        sizes = {item.rfilename: item.size or 0 for item in found.siblings or []}
        wanted = _files_to_fetch(sizes)
        if not wanted:
            raise ModelUnavailable(f"{model} has no PyTorch weights on the Hugging Face hub: choose another model.")
        total = sum(sizes[file] for file in wanted)
        _check_space(hub.cache_folder_of(model), total, model)
        done = 0
        for file in wanted:
            bar = _bar(progress, done, total)
            hf_hub_download(model, file, etag_timeout=_PATIENCE, tqdm_class=bar)
            done += sizes[file]
            if progress:
                progress(done, total)


def _files_to_fetch(files: dict[str, int] | list[str]) -> list[str]:
    """Return configuration, tokenizer and one set of PyTorch weights, safetensors if there are, small ones first.

    >>> _files_to_fetch(["tf_model.h5", "pytorch_model.bin", "model.safetensors", "config.json", "onnx/model.onnx"])
    ['config.json', 'model.safetensors']
    """
    top = [file for file in files if "/" not in file]
    small = [file for file in top if any(fnmatch(file, pattern) for pattern in _SMALL_FILES)]
    for weights in ("model*.safetensors", "pytorch_model*.bin"):
        if found := [file for file in top if fnmatch(file, weights)]:
            return sorted(small) + sorted(found)
    return []


def _check_space(place: Path, needed: int, model: str) -> None:
    parent = next(folder for folder in place.parents if folder.exists())
    free = shutil.disk_usage(parent).free
    if free < needed * _MARGIN:
        raise ModelUnavailable(
            f"{model} needs {needed / 1e6:.0f} MB, but {parent} has {free / 1e6:.0f} MB free: make room or set "
            "HF_HOME to a folder on another disk."
        )


def _bar(progress: Progress | None, before: int, total: int) -> Any:
    """Return a tqdm class that prints nothing and reports bytes to `progress`."""
    from tqdm import tqdm

    class Bar(tqdm):
        def __init__(self, *args: Any, **options: Any):
            options.pop("name", None)
            super().__init__(*args, **{**options, "disable": True})
            self.bytes = options.get("initial") or 0

        def update(self, n: float | None = 1) -> None:
            self.bytes += n or 0
            if progress:
                progress(min(total, before + int(self.bytes)), total)

    return Bar


def _size_of(place: Path) -> int:
    return sum(path.lstat().st_size for path in place.rglob("*") if path.is_file() and not path.is_symlink())


@contextmanager
def _clear_errors(model: str) -> Iterator[None]:
    """Turn what the hub library raises into ModelUnavailable with one sentence."""
    from huggingface_hub import errors

    page = f"https://huggingface.co/{model}"
    absent = f"There is no public model {model} on the Hugging Face hub: check the name at {page}."
    elsewhere = "or copy its folder here from another machine and give the path as model."
    try:
        yield
    except (Cancelled, ModelUnavailable):
        raise
    except errors.GatedRepoError as problem:
        message = f"{model} is only for those who accept its terms: do so at {page}, then run `hf auth login`."
        raise ModelUnavailable(message) from problem
    except (errors.RepositoryNotFoundError, errors.HFValidationError) as problem:
        raise ModelUnavailable(absent) from problem
    except errors.OfflineModeIsEnabled as problem:
        message = f"{model} is not fetched because HF_HUB_OFFLINE is set: unset it, {elsewhere}"
        raise ModelUnavailable(message) from problem
    except errors.HfHubHTTPError as problem:
        status = getattr(problem.response, "status_code", "no status")
        message = (
            absent
            if status == 401
            else f"The Hugging Face hub refused {model} (HTTP {status}): try again later, {elsewhere}"
        )
        raise ModelUnavailable(message) from problem
    except OSError as problem:
        raise ModelUnavailable(_explain(problem, model, elsewhere)) from problem
    except Exception as problem:  # the HTTP library's own types: no network, time-out, broken transfer
        message = f"The Hugging Face hub cannot be reached to fetch {model} ({problem}): check the network, {elsewhere}"
        raise ModelUnavailable(message) from problem


def _explain(problem: OSError, model: str, elsewhere: str) -> str:
    if problem.errno == errno.ENOSPC:
        return f"The disk is full: free some space and fetch {model} again, it continues where it stopped."
    if problem.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
        return f"{problem.filename or 'The cache folder'} cannot be written: set HF_HOME to a folder of yours."
    return f"{model} could not be fetched ({problem}): check the network, {elsewhere}"
