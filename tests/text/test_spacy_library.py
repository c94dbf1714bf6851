"""spaCy is imported in one place, under a lock: two threads that imported it at once broke each other's import."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_nothing_else_imports_it():
    found = [path.name for folder in ("projection", "views", "pages") for path in (ROOT / folder).rglob("*.py")
             if _imports_spacy(ast.parse(path.read_text("utf-8")))]  # fmt: skip
    assert found == ["spacy_library.py"]


def _imports_spacy(tree: ast.AST) -> bool:
    """Say whether spaCy is imported anywhere but for the type checker."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if any(name.partition(".")[0] == "spacy" for name in names) or _imports_spacy(node):
            return True
    return False
