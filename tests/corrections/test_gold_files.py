"""The gold file of a project: read back byte for byte, one for each project."""

from __future__ import annotations

from projection.corrections.gold_files import GoldFiles, KeptFile
from projection.corrections.store import Store
from projection.pipeline import Setup, Task
from projection.types import Sentence

CONTENT = "Ana\tB-PER\n".encode("utf-16")


def test_a_file_reads_back_and_the_next_takes_its_place(url):
    store = Store(url)
    first, second = (
        store.create_project(name, Setup("en", "pt"), [Task(Sentence.from_words(["Ana"]))]) for name in ("a", "b")
    )
    files = GoldFiles(store.database)
    assert files.of(first) is None
    kept = files.keep(first, "góld <b>.conll", CONTENT)
    assert files.of(first) == kept and kept.name == "góld <b>.conll" and files.of(second) is None
    assert files.content(first, kept) == CONTENT and files.content(second, kept) is None
    newer = files.keep(first, "góld <b>.conll", CONTENT * 2)
    assert newer.digest != kept.digest and GoldFiles(Store(url).database).of(first) == newer
    assert files.content(first, kept) is None and files.content(first, newer) == CONTENT * 2
    assert files.content(first, KeptFile("other", newer.digest)) is None
