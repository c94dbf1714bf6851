"""Find models on this machine and load them: the one place where failures become ModelUnavailable.

A model is a folder, or a Hugging Face name whose files lie in the Hugging Face cache. Loading never
touches the network, so nothing is downloaded behind the user's back and nothing hangs without a
connection (transformers alone retries for 23 s); only `catalogue.fetch` downloads. Code shipped
inside a model is never run.
"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

from projection import registry
from projection.errors import ConfigurationError, ModelUnavailable

_HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?", re.ASCII)
DEVICES = ("auto", "cpu", "cuda", "mps")
ADAPTER, ADAPTER_CARD = "adapter.safetensors", "recognizer.json"
WEIGHTS = ("model.safetensors", "pytorch_model.bin")
_TOKENIZER_FILES = ("tokenizer.json", "vocab.txt", "vocab.json", "*.model", "*.spm", "*.tiktoken", "merges.txt")
_WITHOUT_VOCABULARY = ("ByT5Tokenizer", "CanineTokenizer", "PerceiverTokenizer")
_HEADS = ("classifier.", "score.", "head.")
_NOT_MODELS = ("AutoTokenizer", "AutoConfig")


def is_local_folder(model: str) -> bool:
    return Path(model).expanduser().is_dir()


def is_hub_name(model: str) -> bool:
    return bool(_HUB_NAME.fullmatch(model)) and not is_local_folder(model)


def cache_folder_of(model: str) -> Path:
    """Return where the Hugging Face cache keeps the hub model `model`, whether it is there or not."""
    _import_hub()
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE) / f"models--{model.replace('/', '--')}"


def snapshot_of(model: str) -> Path | None:
    """Return the folder of a hub model in the cache, perhaps incomplete; None when it is not there."""
    cached = cache_folder_of(model)
    try:
        revision = (cached / "refs" / "main").read_text("utf-8").strip()
    except OSError:
        return None
    snapshot = cached / "snapshots" / revision
    return snapshot if revision and snapshot.is_dir() else None


def missing_from(folder: Path) -> str:
    """Name what a model folder lacks, "" when its configuration and all its weights are there.

    The folder may hold adapters of e5-small that `train-recognizer` wrote.
    """
    if (folder / ADAPTER).is_file():
        return "" if (folder / ADAPTER_CARD).is_file() else ADAPTER_CARD
    if not (folder / "config.json").is_file():
        return "config.json"
    if any((folder / name).is_file() for name in WEIGHTS):
        return ""
    for index in (folder / f"{name}.index.json" for name in WEIGHTS):
        if index.is_file():
            try:
                shards = set(json.loads(index.read_text("utf-8"))["weight_map"].values())
            except (OSError, ValueError, KeyError, AttributeError):
                return f"a readable {index.name}"
            return ", ".join(sorted(shard for shard in shards if not (folder / shard).is_file())[:3])
    return " or ".join(WEIGHTS)


def is_cached(model: str) -> bool:
    """Say whether `model` can be loaded here, as a folder or from the cache (no network, no torch)."""
    folder = Path(model).expanduser() if is_local_folder(model) else snapshot_of(model)
    return folder is not None and not missing_from(folder)


def model_folder(model: str, what: str) -> Path:
    """Return the folder with the files of `model`; `what` names its role in messages ("translator").

    Raises ModelUnavailable when it is not on this machine or incomplete.
    """
    if is_local_folder(model):
        folder = Path(model).expanduser()
        if lacking := missing_from(folder):
            raise ModelUnavailable(
                f"The folder {model} given as {what} lacks {lacking}: point to a complete Hugging Face model folder."
            )
        return folder
    if not _HUB_NAME.fullmatch(model):
        raise ModelUnavailable(f"The {what} {model!r} is neither an existing folder nor a Hugging Face name.")
    folder = snapshot_of(model)
    if folder is None:
        raise ModelUnavailable(f"The {what} {model} is not on this machine{_size(model)}: {how_to_get(model)}")
    if lacking := missing_from(folder):
        raise ModelUnavailable(f"The download of the {what} {model} is incomplete ({lacking}): {how_to_get(model)}")
    return folder


def how_to_get(model: str) -> str:
    return (
        f"run `python -m projection models fetch {model}` with a network connection, or copy its folder "
        "here and give the path as model."
    )


def _size(model: str) -> str:
    sizes = (entry.megabytes for entry in registry.entries() if entry.model == model and entry.megabytes)
    megabytes = next(sizes, None)
    return f" (about {megabytes:.0f} MB)" if megabytes else ""


def read_config(model: str, what: str) -> dict[str, Any]:
    """Return config.json of `model` as it stands. Raises ModelUnavailable."""
    path = model_folder(model, what) / "config.json"
    try:
        config = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise ModelUnavailable(f"The {what} {model} is damaged: config.json cannot be read ({problem}).") from problem
    if not isinstance(config, dict):
        raise ModelUnavailable(f"The {what} {model} is damaged: config.json is not a JSON object.")
    return config


def load_pretrained(auto_class_name: str, model: str, what: str, fresh: bool = False, **options: Any) -> Any:
    """Load `model` with the transformers class `auto_class_name`, from disk only.

    Weights that the checkpoint lacks would be filled with random numbers; that raises here (unused
    poolers excepted), but with `fresh` the head above the encoder may be new, to be trained. Raises
    ModelUnavailable with one sentence for everything that can go wrong.
    """
    folder = model_folder(model, what)
    if auto_class_name == "AutoTokenizer":
        _check_tokenizer_files(folder, model, what)
    loader = getattr(_import_transformers(what), auto_class_name)
    common = {"local_files_only": True, "trust_remote_code": False, **options}
    try:
        if auto_class_name in _NOT_MODELS:
            return loader.from_pretrained(str(folder), **common)
        loaded, report = loader.from_pretrained(str(folder), output_loading_info=True, **common)
    except Exception as problem:  # safetensors, tokenizers and pickle raise types of their own
        raise ModelUnavailable(_explain(problem, auto_class_name, model, what)) from problem
    random = sorted(key for key in report["missing_keys"] if "pooler." not in key and "position_ids" not in key)
    if fresh:
        random += sorted(key for key, *_ in report["mismatched_keys"])
        random = [key for key in random if not key.startswith(_HEADS)]
    if random:
        raise ModelUnavailable(
            f"{model} cannot serve as {what}: its checkpoint has no trained weights for {random[0]}"
            f"{f' and {len(random) - 1} more' if len(random) > 1 else ''}; choose a model trained as {what}."
        )
    return loaded.eval()


def load_with_tokenizer(
    auto_class_name: str, model: str, what: str, tokenizer: str = "", words: bool = False, **options: Any
) -> tuple[Any, Any]:
    """Load a model and its tokenizer (from `tokenizer` if named) and check that they fit together.

    With `words` the tokenizer must trace sub-words back to given words, and byte-level ones treat each
    word as if a space stood before it, as in training. `options` as in `load_pretrained`.
    """
    subwords = load_pretrained("AutoTokenizer", tokenizer or model, what)
    if words and not subwords.is_fast:
        raise ModelUnavailable(
            f"The {what} {model} has no fast tokenizer, so sub-words cannot be traced to words: choose another model."
        )
    if words and getattr(subwords, "add_prefix_space", True) is False:
        subwords = load_pretrained("AutoTokenizer", tokenizer or model, what, add_prefix_space=True)
    loaded = load_pretrained(auto_class_name, model, what, **options)
    size = loaded.get_input_embeddings().num_embeddings
    if len(subwords) > size:
        raise ModelUnavailable(
            f"The tokenizer of {tokenizer or model} has {len(subwords)} entries, but the {what} {model} only knows "
            f"{size}: they do not belong together."
        )
    return loaded, subwords


def choose_device(device: str) -> str:
    """Return the torch device for "auto", "cpu", "cuda", "cuda:1" or "mps". Raises ConfigurationError."""
    import torch

    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    kind, _, number = device.partition(":")
    usable = {"cpu": 1, "cuda": torch.cuda.device_count(), "mps": int(torch.backends.mps.is_available())}
    if kind not in usable or not (number or "0").isdigit() or int(number or 0) >= usable[kind]:
        here = ", ".join(name for name, count in usable.items() if count)
        raise ConfigurationError(f"There is no device {device!r} on this machine; choose auto or one of: {here}.")
    return device


def _check_tokenizer_files(folder: Path, model: str, what: str) -> None:
    """Refuse what AutoTokenizer would silently replace by a tokenizer without words."""
    if any(next(folder.glob(pattern), None) for pattern in _TOKENIZER_FILES):
        return
    try:
        kind = json.loads((folder / "tokenizer_config.json").read_text("utf-8")).get("tokenizer_class", "")
    except (OSError, ValueError, AttributeError):
        kind = ""
    if kind not in _WITHOUT_VOCABULARY:
        remedy = how_to_get(model) if is_hub_name(model) else "copy tokenizer.json (or its vocabulary files) beside it."
        raise ModelUnavailable(f"The {what} {model} has no tokenizer files: {remedy}")


def _explain(problem: Exception, auto_class_name: str, model: str, what: str) -> str:
    text = " ".join(str(problem).split())
    first = text.split(". ")[0][:200].rstrip(".")
    again = "copy the folder again." if is_local_folder(model) else (
        f"run `python -m projection models clear {model}` and fetch it again."
    )  # fmt: skip
    if isinstance(problem, MemoryError) or re.search(r"not enough memory|can't allocate|out of memory", text, re.I):
        return f"There is not enough memory to load the {what} {model}{_size(model)}: choose a smaller one."
    if "custom code" in text:
        return f"The {what} {model} wants to run code of its own, which is not allowed: choose another model."
    if "Unrecognized configuration class" in text:
        return f"{model} is not a {what} ({auto_class_name} cannot load its architecture): choose another model."
    if "does not recognize this architecture" in text or "Unrecognized model" in text:
        return f"The architecture of the {what} {model} is unknown to the installed transformers: choose another model."
    if needed := re.search(r"\b(sentencepiece|protobuf|tiktoken|sacremoses)\b", text, re.I):
        return f"The {what} {model} needs the package {needed[0].lower()}: run `pip install {needed[0].lower()}`."
    if type(problem).__name__ in ("SafetensorError", "UnpicklingError", "EOFError", "JSONDecodeError"):
        return f"The {what} {model} is damaged ({first}): {again}"
    if "valid JSON" in text or "mismatched_sizes" in text or "PytorchStreamReader" in text:
        return f"The {what} {model} is damaged, its files do not fit together: {again}"
    return f"The {what} {model} cannot be loaded ({type(problem).__name__}: {first}): {again}"


def _import_hub() -> None:
    """Switch telemetry off before huggingface_hub reads its environment."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import constants

    constants.HF_HUB_DISABLE_TELEMETRY = True


@cache
def _import_transformers(what: str) -> Any:
    _import_hub()
    try:
        import torch  # noqa: F401  transformers imports without it and fails later, obscurely
        import transformers
    except ImportError as problem:
        raise ModelUnavailable(
            f"The {what} needs the packages torch and transformers ({problem}): run `pip install -r requirements.txt`."
        ) from problem
    if "TRANSFORMERS_VERBOSITY" not in os.environ:
        transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    return transformers
