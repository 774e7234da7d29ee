"""How a catalogue crosses the wire: a manifest, and compressed parts that are named by what they hold.

A part is gzip over JSON by columns: `{"area": "...", "id": [...], "name_zh": [...], ...}`, the columns being the
fields of `console.store.catalogue` but for the area, which is one for all. By columns it is a tenth smaller than
by rows and read twice as fast.
"""

import gzip
import json
import zlib
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from console.store.catalogue import FIELDS

MAX_ROWS, MAX_BYTES = 20_000, 2**21  # a part is what is fetched again when the link breaks
MAX_UNPACKED = 2**26
COLUMNS = tuple(name for name in FIELDS if name != "area")


class Part(BaseModel):
    model_config = ConfigDict(frozen=True)

    sha: str = Field(pattern="^[0-9a-f]{64}$", description="SHA-256 of its bytes, and its name.")
    area: str = Field(description="Where all of its cameras are.")
    rows: int = Field(ge=0)
    bytes: int = Field(ge=0)
    lon: float = Field(ge=-180, le=180, description="Its middle.")
    lat: float = Field(ge=-90, le=90)


class Manifest(BaseModel):
    """The parts that make up the catalogue, of the areas that the caller may see."""

    model_config = ConfigDict(frozen=True)

    catalogue: str = Field(description="Changes when any part does.")
    sequence: int = Field(ge=0, description="Where the feed was when it was published.")
    parts: list[Part]

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.parts)


class Wrong(BaseModel):
    """A line of a file that cannot be used, and why."""

    line: int
    zh: str
    en: str


class Imported(BaseModel):
    """What became of a file of cameras."""

    cameras: int = Field(description="How many the catalogue has now.")
    parts: int
    refused: int = Field(description="Lines that were left out.")
    wrong: list[Wrong] = Field(description="The first of them.")


def pack(area: str, rows: Sequence[Sequence[Any]]) -> bytes:
    """A part of these rows, each the values of `COLUMNS`. The same rows give the same bytes."""
    columns = dict(zip(COLUMNS, zip(*rows, strict=True), strict=True))
    text = json.dumps({"area": area} | columns, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), mtime=0)


def unpack(data: bytes) -> list[tuple[Any, ...]]:
    """The rows of a part, each the values of `FIELDS`. Raises `ValueError` when it is none."""
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        text = inflate.decompress(data, MAX_UNPACKED)
        if not inflate.eof:
            raise ValueError("a part that is cut off or far too large")
        said = json.loads(text)
        area = [said["area"]] * len(said["id"])
        return list(zip(*(area if name == "area" else said[name] for name in FIELDS), strict=True))
    except (zlib.error, KeyError, TypeError) as wrong:
        raise ValueError(f"not a part of a catalogue: {wrong}") from wrong
