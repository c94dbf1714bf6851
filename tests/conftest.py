"""What all tests share: where gold data lies, what is skipped without it, and a store of their own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import hypothesis
import pytest

hypothesis.settings.register_profile("projection", deadline=None, max_examples=50)
hypothesis.settings.load_profile("projection")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def data_folder_or_none() -> Path | None:
    """Return the folder PROJECTION_DATA, None when it is not set."""
    named = os.environ.get("PROJECTION_DATA")
    return Path(named) if named else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with a printed reason, what cannot run here."""
    reasons = {}
    if data_folder_or_none() is None:
        reasons["data"] = "needs gold corpora: set PROJECTION_DATA to their folder"
    if not any(shutil.which(name) for name in BROWSERS):
        reasons["browser"] = "needs chromium on the PATH"
    for item in items:
        for marker, reason in reasons.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder with the gold corpora; its tests also carry `@pytest.mark.data`."""
    folder = data_folder_or_none()
    if folder is None:
        pytest.skip("needs gold corpora: set PROJECTION_DATA to their folder")
    assert folder.is_dir(), f"PROJECTION_DATA names {folder}, which is not a folder"
    return folder


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the tests out of the user's corrections; converted models stay where they are."""
    monkeypatch.setenv("PROJECTION_HOME", str(tmp_path_factory.getbasetemp() / "home"))
    monkeypatch.delenv("PROJECTION_DATABASE_URL", raising=False)


@pytest.fixture(scope="session")
def marking_model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of an NLLB that translates English and German words and keeps "[ ]" (trained now, about 12 s)."""
    from tests.models import tiny_markers

    return str(tiny_markers.marking_nllb(tmp_path_factory.mktemp("marking")))


@pytest.fixture(scope="session")
def mirroring_model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same from English to a German written in the opposite order, so that entities move."""
    from tests.models import tiny_markers

    folder = tmp_path_factory.mktemp("mirroring")
    return str(tiny_markers.marking_nllb(folder, [("en", "de")], steps=450, is_mirrored=True))
