"""Bytes to lines and nothing lost: every line keeps its number, its ending and a byte order mark.

Lines end at "\\n" only; a "\\r" right before it belongs to the ending.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from projection.errors import ConfigurationError, FormatError

_CHUNK = 1 << 20
_BOM = "\ufeff"
_MAGIC = {
    b"PK\x03\x04": "a ZIP archive (perhaps a .docx or .xlsx file)", b"%PDF": "a PDF file",
    b"\x1f\x8b": "compressed with gzip", b"BZh": "compressed with bzip2", b"\xfd7zXZ": "compressed with xz",
    b"\x89PNG": "a PNG image", b"\xff\xd8\xff": "a JPEG image", b"\xd0\xcf\x11\xe0": "an old Office file",
}  # fmt: skip
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BIG_ENDIAN = {"utf-16": codecs.BOM_UTF16_BE, "utf-32": codecs.BOM_UTF32_BE}


class Line(NamedTuple):
    """`mark + text + ending` is the line as it stands in the file; `number` is 1-based."""

    number: int
    text: str
    ending: str
    mark: str = ""

    @property
    def raw(self) -> str:
        return self.mark + self.text + self.ending

    def with_text(self, text: str) -> str:
        return self.mark + text + self.ending


@dataclass(slots=True)
class TextSource:
    """A file or bytes in memory, read line by line as often as wanted.

    `check` must come first: it settles `encoding` and `newline` and refuses what is no text.
    """

    origin: Path | bytes
    name: str
    encoding: str
    newline: str = "\n"

    def open(self) -> BinaryIO:
        if isinstance(self.origin, bytes):
            return io.BytesIO(self.origin)
        try:
            if self.origin.exists() and not (self.origin.is_file() or self.origin.is_dir()):
                raise FormatError(
                    "is a pipe or device, and a file is read more than once.",
                    path=self.name,
                    remedy="Save it as a file and name that.",
                )
            return self.origin.open("rb")
        except OSError as problem:
            raise FormatError(f"cannot be opened: {problem.strerror}.", path=self.name) from None

    def lines(self) -> Iterator[Line]:
        with self.open() as stream, io.TextIOWrapper(stream, encoding=self.encoding, newline="\n") as text:
            mark = ""
            for number, raw in enumerate(text, 1):
                if number == 1 and raw.startswith(_BOM):
                    mark, raw = _BOM, raw[1:]
                ending = "\r\n" if raw.endswith("\r\n") else "\n" if raw.endswith("\n") else ""
                yield Line(number, raw[: len(raw) - len(ending)], ending, mark)
                mark = ""

    def check(self, *, may_be_empty: bool = False) -> None:
        """Read everything once. Raises FormatError: empty, binary, not in `encoding` (byte offset and line)."""
        with self.open() as stream:
            head = stream.read(4096)
        self.encoding = _codec(self.encoding)
        self._check_head(head)
        decoder = codecs.getincrementaldecoder(self.encoding)()
        offset, feeds, pairs, returns, printable, carried = 0, 0, 0, 0, False, ""
        with self.open() as stream:
            while True:
                chunk = stream.read(_CHUNK)
                try:
                    text = decoder.decode(chunk, final=not chunk)
                except UnicodeDecodeError as problem:
                    # the decoder may hold the beginning of a character from the chunk before
                    held = len(problem.object) - len(chunk)
                    line = feeds + problem.object[: problem.start].count(b"\n") + 1
                    raise self._undecodable(problem, offset - held + problem.start, line) from None
                feeds += text.count("\n")
                returns += text.count("\r")
                pairs += (carried + text).count("\r\n")
                carried = "\r" if text.endswith("\r") else ""
                printable = printable or bool(text.strip(f"{_BOM} \t\r\n"))
                offset += len(chunk)
                if not chunk:
                    break
        if not (printable or may_be_empty):
            raise FormatError("the file is empty.", path=self.name, remedy="Choose a file with text in it.")
        if returns > 1 and not feeds:
            raise FormatError(
                "lines end with a carriage return only (old Macintosh style).",
                path=self.name,
                remedy="Convert the line endings to LF or CR LF.",
            )
        if not self.encoding.startswith("utf-"):
            self._check_way_back()
        self.newline = "\n" if not pairs else "\r\n" if pairs == feeds else "mixed"

    def _check_way_back(self) -> None:
        """Refuse text that would not be written back byte for byte (two codes for one character, shift codes)."""
        with self.open() as stream:
            for number, raw in enumerate(stream, 1):
                if raw.decode(self.encoding, "replace").encode(self.encoding, "replace") != raw:
                    raise FormatError(
                        f"the line cannot be written back in {self.encoding} as it was.",
                        path=self.name,
                        line=number,
                        remedy="Convert the file to UTF-8.",
                    )

    def _check_head(self, head: bytes) -> None:
        for magic, kind in _MAGIC.items():
            if head.startswith(magic):
                remedy = "Unpack it and choose one of its files." if "ZIP" in kind else "Save it as plain text."
                raise FormatError(f"the file is {kind}, not text.", path=self.name, remedy=remedy)
        if self.encoding.startswith(("utf-16", "utf-32")):
            # the variants with a byte order in their name leave the mark to us, and lines() keeps it
            if self.encoding in ("utf-16", "utf-32"):
                self.encoding += "-be" if head.startswith(_BIG_ENDIAN[self.encoding]) else "-le"
        elif head[:2] in _UTF16:
            raise FormatError("the file is UTF-16, not UTF-8.", path=self.name, remedy="Use encoding='utf-16'.")
        elif b"\0" in head:
            evens, odds = head[::2].count(0), head[1::2].count(0)
            guess = "utf-16-le" if odds > len(head) / 4 else "utf-16-be" if evens > len(head) / 4 else ""
            remedy = f"Try encoding={guess!r}." if guess else "Choose a text file."
            raise FormatError("the file is binary: it has zero bytes.", path=self.name, remedy=remedy)

    def _undecodable(self, problem: UnicodeDecodeError, offset: int, line: int) -> FormatError:
        byte = problem.object[problem.start]
        return FormatError(
            f"byte {offset} (0x{byte:02x}) is not {self.encoding}.",
            path=self.name,
            line=line,
            remedy="Name the right encoding: encoding='cp1252' for Western European Windows files, 'iso8859-2' or "
            "'cp1251' for Central European or Cyrillic, 'gb18030', 'big5', 'shift_jis' or 'euc_kr' for East Asian.",
        )


def _codec(encoding: str) -> str:
    """Return Python's name of a text encoding. Raises ConfigurationError for an unknown one."""
    try:
        codec = codecs.lookup(encoding)
        codec.incrementaldecoder().decode(b"", final=True)
        known = "".encode(encoding) in (b"", codecs.BOM_UTF8, codecs.BOM_UTF16, codecs.BOM_UTF32)
    except (LookupError, TypeError, ValueError):
        known = False
    if not known:
        raise ConfigurationError(f"There is no text encoding {encoding!r}; try 'utf-8' or 'cp1252'.")
    return "utf-8" if codec.name == "utf-8-sig" else codec.name
