"""Count and hash of rows, the same on desk and platform, in whatever order they come."""

import hashlib
from dataclasses import dataclass

from console.domain.camera import Camera
from console.domain.indicator import Reading
from console.domain.log import Entry

MODULUS = 2**63


def row_hash(table: str, id: str, body: str) -> int:
    """The first eight bytes of SHA-256 over table, id and the row's JSON text, below 2**63."""
    digest = hashlib.sha256(f"{table}\0{id}\0{body}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % MODULUS


def counts(row: object) -> bool:
    """Readings do not count (each side forgets them in its own time), nor entries that name no area.

    Nor do cameras: a desk has them from the catalogue, whose parts are named by what they hold.
    """
    return not isinstance(row, Reading | Camera) and not (isinstance(row, Entry) and not row.area)


@dataclass(slots=True)
class Sum:
    count: int = 0
    hash: int = 0

    def add(self, hash: int) -> None:
        self.count += 1
        self.hash = (self.hash + hash) % MODULUS

    def take(self, hash: int) -> None:
        self.count -= 1
        self.hash = (self.hash - hash) % MODULUS
