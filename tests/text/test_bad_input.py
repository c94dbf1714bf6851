"""Files that are no text, not the text they claim to be, or huge: a clear error, with the place."""

import io
import os
import zipfile

import pytest

from projection.errors import ConfigurationError, FormatError
from projection.text.documents import read


@pytest.mark.parametrize("data", [b"", b"\n\n", b" \t\r\n", b"\xef\xbb\xbf\n"])
def test_empty_files(data):
    with pytest.raises(FormatError, match=r"x\.conll: the file is empty"):
        read(data, name="x.conll")


def test_binary_files():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a", "b")
    with pytest.raises(FormatError, match="ZIP"):
        read(archive.getvalue())
    with pytest.raises(FormatError, match="PDF"):
        read(b"%PDF-1.7\n")
    with pytest.raises(FormatError, match="zero bytes"):
        read(bytes(range(256)))


def test_wrong_encoding_says_byte_line_and_remedy():
    data = "a\tO\ncafé\tO\n".encode("latin-1")
    with pytest.raises(FormatError, match=r"x:2: byte 7 \(0xe9\) is not utf-8\. .*encoding='cp1252'") as caught:
        read(data, name="x")
    assert data[7] == 0xE9
    assert caught.value.line == 2


@pytest.mark.parametrize("before", [(1 << 20) - 1, (1 << 20), (1 << 20) - 2, 3_000_000])
def test_the_byte_is_right_beyond_the_first_chunk(before):
    data = b"a\n" * (before // 2) + b"x" * (before % 2) + b"\xc3("
    with pytest.raises(FormatError, match=rf":{before // 2 + 1}: byte {before} "):
        read(data, name="x")


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16", "utf-16-be", "utf-8-sig", "utf-32", "gb18030"])
def test_other_encodings_are_read_and_written(encoding):
    data = "café\tB-LOC\r\n\r\nx\tO\n".encode(encoding)
    document = read(data, encoding=encoding)
    stream = io.BytesIO()
    document.write(stream)
    assert stream.getvalue() == data
    assert next(document.iter_sentences()).words == ("café",)
    assert document.newline == "mixed"


def test_utf16_is_recognised():
    with pytest.raises(FormatError, match="encoding='utf-16'"):
        read("a\tO\n".encode("utf-16"))
    with pytest.raises(FormatError, match="encoding='utf-16-le'"):
        read("abc\tO\n".encode("utf-16-le"))


def test_encodings_that_would_change_the_file_are_refused():
    with pytest.raises(FormatError, match="x:1: the line cannot be written back in iso2022_jp"):
        read("あ".encode("iso2022_jp") + b"\x1b(B\n", name="x", encoding="iso2022_jp")


@pytest.mark.parametrize("encoding", ["utf-99", "base64", "rot13", ""])
def test_unknown_encodings(encoding):
    with pytest.raises(ConfigurationError, match="no text encoding"):
        read(b"a", encoding=encoding)


def test_old_macintosh_line_ends():
    with pytest.raises(FormatError, match="carriage return only"):
        read(b"a\tO\rb\tO\r")


@pytest.mark.parametrize("option", ["format", "scheme", "repair", "units"])
def test_unknown_options_name_the_known(option):
    with pytest.raises(ConfigurationError, match="known are"):
        read(b"a", **{option: "nonsense"})


def test_a_missing_file(tmp_path):
    with pytest.raises(FormatError, match="cannot be opened"):
        read(tmp_path / "no.conll")


def test_nothing_readable_names_the_first_problem():
    with pytest.raises(FormatError, match=r"x:1: no sentence can be read as CoNLL-U; first problem: 1 column"):
        read(b"hello\n", name="x", format="conllu")
    with pytest.raises(FormatError, match="no sentence in the file"):
        read(b"# only a comment\n", format="conllu")
    with pytest.raises(FormatError, match="one JSON list"):
        read(b'[\n{"text": "a"}\n]\n')


@pytest.mark.parametrize(
    "text", ["...", "😀", "</s>", "<script>alert(1)</script>", "שלום", "a\x01\x02", "e\u0301\u0323"]
)
def test_odd_texts_are_texts(text):
    (sentence,) = read(text.encode()).iter_sentences("strict")
    assert sentence.text == text
    assert len(sentence) >= 1


def test_a_sentence_of_a_hundred_thousand_words_is_read_whole():
    (sentence,) = read(b"word\tO\n" * 100_000 + b"Ann\tB-PER\n\n").iter_sentences()
    assert len(sentence) == 100_001
    assert sentence.entities[0].span.start == 100_000


def test_a_pipe_is_refused_as_it_can_be_read_once_only(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FormatError, match=r"pipe: is a pipe or device.* Save it as a file"):
        read(tmp_path / "pipe")
    with pytest.raises(FormatError, match="is a pipe or device"):
        read("/dev/null")
