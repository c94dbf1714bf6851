"""What `pip install .` installs: all modules, and the recognizer that lies among the pages' assets."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
SUFFIXES = (".py", ".toml", ".css")


def test_the_installed_package_has_the_recognizer_the_defaults_and_the_migrations(tmp_path):
    built = tmp_path / "built"
    command = [sys.executable, "setup.py", "--quiet", "build_py", "--build-lib", str(built)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    kept = built / "projection" / "e5_ner"
    assert {file.name for file in kept.iterdir()} == {"README.md", "adapter.safetensors", "recognizer.json"}
    here = {file.relative_to(ROOT) for file in (ROOT / "projection").rglob("*") if file.suffix in SUFFIXES}
    assert {file.relative_to(built) for file in built.rglob("*") if file.suffix in SUFFIXES} == here
    asked = [sys.executable, "-c", "from projection.models.adapted import shipped_folder; print(shipped_folder())"]
    told = subprocess.run(asked, cwd=built, capture_output=True, text=True, timeout=300)
    assert told.stdout.strip() == str(kept), told.stderr
