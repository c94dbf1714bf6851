"""Small corpora in the layouts of the public ones; with the stand-ins every projection can be followed by hand."""

from __future__ import annotations

import pytest

EUROPARL = {  # as many words on each side, so that the diagonal links word i to word i
    "en": "Merkel B-PER visits O Berlin B-LOC\n\nThe O Council B-ORG met O today O\n\nnothing O\n",
    "de": "Merkel B-PER besucht O Berlin B-LOC\n\nDer O Rat B-ORG tagte I-ORG heute O\n\nnichts O\n",
    "es": "Merkel B-PER visita O Berlín B-LOC\n\nEl O Consejo B-ORG se O reunió O\n\nnada O\n",
}

# word by word: anaishi=lives, Jumatatu=Monday, ilinunua=bought; "Kijerumani" becomes two English words
SWAHILI = """\
Obama B-PER
anaishi O
Paris B-LOC
Jumatatu B-DATE

Siemens B-ORG
ilinunua O
Google O

Kijerumani O
Merkel B-PER

hapana O
"""
DICTIONARY = "anaishi=lives,Jumatatu=Monday,ilinunua=bought,Kijerumani=German language,hapana=no"
NAMES = "PER=Obama;Merkel,LOC=Paris,ORG=Siemens;Google,MISC=Monday;German language"


@pytest.fixture
def europarl_folder(tmp_path):
    folder = tmp_path / "europarl-ner"
    folder.mkdir()
    for language, text in EUROPARL.items():
        lines = [words(block) for block in text.strip().split("\n\n")]
        (folder / f"{language}.conll02").write_text("\n\n".join(lines) + "\n", "utf-8")
    return tmp_path


def words(block: str) -> str:
    """Put one word and its label on each line."""
    parts = block.split()
    return "\n".join(f"{word}\t{label}" for word, label in zip(parts[::2], parts[1::2], strict=True))


@pytest.fixture
def masakhaner_folder(tmp_path):
    (tmp_path / "swa").mkdir()
    (tmp_path / "swa" / "test.txt").write_text(SWAHILI, "utf-8")
    return tmp_path


@pytest.fixture
def stand_ins(tmp_path):
    """Command line options that name the stand-ins, and a file for translations."""
    return [
        "--translator", "dictionary", "--option", f"translator.dictionary={DICTIONARY}",
        "--recognizer", "rules", "--option", f"recognizer.words={NAMES}",
        "--aligner", "diagonal", "--translations", str(tmp_path / "translations.jsonl"),
    ]  # fmt: skip
