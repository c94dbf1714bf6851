"""One ZIP: the same bytes for the same files, names that are safe, and a README that says what is inside."""

import io
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from projection.exchange import Bundle, Choice, LeftOut, Options, check, pack, readme
from tests.exchange.samples import HOSTILE, ITEM, PLAIN


def names_in(content: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(content)).namelist()


def test_the_files_come_out_as_they_went_in_and_bytes_are_the_same_every_time():
    files = [Bundle("a.conll", b"x" * 999), Bundle("README.txt", "é".encode())]
    content = pack(files)
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    assert {name: archive.read(name) for name in archive.namelist()} == {
        "a.conll": b"x" * 999,
        "README.txt": "é".encode(),
    }
    assert content == pack(files)


def test_names_lead_nowhere():
    names = [
        "../../etc/passwd",
        "/abs.conll",
        "C:\\a\\b.tsv",
        ".hidden",
        "a/../b.json",
        "",
        f"{HOSTILE}.csv",
        "CON.txt",
    ]
    inside = names_in(pack([Bundle(name, b"") for name in names]))
    assert inside[:5] == ["passwd", "abs.conll", "b.tsv", "projection.hidden", "b.json"]
    assert inside[6] == "img-onerror-alert-1.csv"


@given(st.lists(st.text(max_size=30), max_size=5))
def test_no_name_can_leave_the_folder_or_hide_another(names):
    inside = names_in(pack([Bundle(name, b"") for name in names]))
    assert len({name.casefold() for name in inside}) == len(names)
    for name in inside:
        assert not name.startswith((".", "/", "-")) and ".." not in name
        assert not set('/\\:*?"<>|\n\r\t\0') & set(name)


def test_equal_names_are_told_apart():
    assert names_in(pack([Bundle("a.conll", b"1"), Bundle("A.conll", b"2")])) == ["a.conll", "A-2.conll"]


def test_the_readme_says_files_choices_settings_losses_and_what_is_left_out():
    options = Options("BIOES")
    report = check([ITEM, PLAIN], ["conll2002"], options, [LeftOut(6, "is flagged")])
    choice = Choice(states=frozenset({"corrected", "automatic", "given"}), unflagged_only=True)
    text = readme("News", report.items, choice, options, report, [Bundle("news.conll", b"", "conll2002")]).decode()
    for said in (
        "news.conll: CoNLL-2002, word and tag, BIOES, target", "spans: automatic, corrected, given with the text",
        "no flagged sentences", "span-matching: span-matching threshold=.5", "CoNLL-2002: sentence ids",
        "sentence 7 is flagged", "2 sentences, the same in every file",
    ):  # fmt: skip
        assert said in text
