"""Attachments: bytes under their own SHA-256, in parts of 1 MiB, in the database beside what refers to them.

    sha256, size = add_file(ask, path, "video/mp4")    # a file, from any thread but the store's
    sha256, size = put(tx, [jpeg], "image/jpeg")       # something small, in the transaction that refers to it
    with store.read() as view: b"".join(read(view, sha256))

A blob counts once it is `complete`: all parts are here and were seen to have the hash. Until then it is half a
write or half a download, which goes on where it was or is cleaned away. A complete one never changes.
"""

import errno
import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from console.domain.errors import KnownError
from console.domain.words import Phrase
from console.store import tables
from console.store.columns import Json, Utc
from console.store.queries import Tx, View

if TYPE_CHECKING:
    from console.store.store import Store

T = TypeVar("T")
PART = 1024 * 1024
MAX_BYTES = 200 * PART
SHA256 = re.compile("^[0-9a-f]{64}$")
MEDIA = re.compile("^[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}$")

blob = Table(
    "blob",
    tables.SHARED,
    Column("sha256", Text, primary_key=True),
    Column("size", Integer, nullable=False),  # bytes
    Column("media", Text, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("uploaded_at", Utc),  # desk: the platform has all of it
    Column("tries", Integer, nullable=False, default=0),  # desk: uploads that the platform had to begin anew
    Column("refusal", Json(Phrase)),  # desk: the platform does not take it
)

blob_part = Table(
    "blob_part",
    tables.SHARED,
    Column("sha256", Text, ForeignKey(blob.c.sha256), nullable=False),
    Column("n", Integer, nullable=False),  # from 0, written and removed so that there is never a gap
    Column("data", LargeBinary, nullable=False),
    PrimaryKeyConstraint("sha256", "n"),
)


@dataclass(frozen=True, slots=True)
class Blob:
    sha256: str
    size: int
    media: str
    complete: bool
    parts: int  # how many are here, from the first one on without a gap

    @property
    def received(self) -> int:
        """Bytes that are here."""
        return min(self.parts * PART, self.size)


class Ask(Protocol):
    """Runs a function with the store on the one thread that writes, and waits for what it returns."""

    def __call__(self, fn: "Callable[[Store], T]", /) -> T: ...


def count(size: int) -> int:
    """How many parts so many bytes have."""
    return -(-size // PART)


def length(size: int, n: int) -> int:
    """How many bytes part `n` has: 1 MiB, but for the last. Not positive beyond the end."""
    return min(PART, size - n * PART)


# Asking


def get(view: View, sha256: str) -> Blob | None:
    """What is known of a blob, complete or not."""
    return _blob(view, sha256, select(blob).where(blob.c.sha256 == sha256))


def part(view: View, sha256: str, n: int) -> bytes | None:
    """One part, of a blob that need not be complete."""
    query = select(blob_part.c.data).where(blob_part.c.sha256 == sha256, blob_part.c.n == n)
    return view.connection.scalar(query)


def read(view: View, sha256: str) -> Iterator[bytes]:
    """The bytes, 1 MiB at a time, while `view` is open. Raises `KnownError` blob_missing."""
    found = get(view, sha256)
    if found is None or not found.complete:
        raise KnownError(Phrase("blob_missing", {"id": sha256[:8]}))
    return _parts_of(view, found)


def missing(view: View, shas: Iterable[str]) -> list[str]:
    """Those that are not wholly here, in their order, each once."""
    asked = list(dict.fromkeys(shas))
    here: set[str] = set()
    for start in range(0, len(asked), 500):
        some = asked[start : start + 500]
        here.update(view.connection.scalars(select(blob.c.sha256).where(blob.c.complete, blob.c.sha256.in_(some))))
    return [sha256 for sha256 in asked if sha256 not in here]


def to_upload(view: View) -> list[str]:
    """What the platform does not have yet, small ones first: a photo does not wait for a clip."""
    query = select(blob.c.sha256).where(blob.c.complete, blob.c.uploaded_at.is_(None), blob.c.refusal.is_(None))
    return list(view.connection.scalars(query.order_by(blob.c.size, blob.c.sha256)))


def refused(view: View) -> dict[str, Phrase]:
    """What the platform does not take, and why."""
    rows = view.connection.execute(select(blob.c.sha256, blob.c.refusal).where(blob.c.refusal.is_not(None)))
    return {row.sha256: row.refusal for row in rows}


def sound(view: View, sha256: str) -> bool:
    """Whether the parts that are here have the hash."""
    found = get(view, sha256)
    if found is None:
        return False
    digest = hashlib.sha256()
    for data in _parts_of(view, found):
        digest.update(data)
    return digest.hexdigest() == sha256


# Writing, in a transaction of the caller's


def put(tx: Tx, chunks: Iterable[bytes], media: str) -> tuple[str, int]:
    """Keep something small, complete with the transaction; its SHA-256 and size. It is held in memory.

    Raises `KnownError` blob_empty, blob_too_large; `ValueError` for a media type that is none.
    """
    digest, size, parts = hashlib.sha256(), 0, []
    for data in _regrouped(chunks):
        digest.update(data)
        size += len(data)
        parts.append(data)
        _check_size(size, MAX_BYTES)
    if not parts:
        raise KnownError(Phrase("blob_empty"))
    sha256 = digest.hexdigest()
    found = start(tx, sha256, size, media)
    if not found.complete:
        tx.connection.execute(delete(blob_part).where(blob_part.c.sha256 == sha256))  # half of another write
        rows = [{"sha256": sha256, "n": n, "data": data} for n, data in enumerate(parts)]
        tx.connection.execute(insert(blob_part), rows)
        set_complete(tx, sha256)
    return sha256, size


def start(tx: Tx, sha256: str, size: int, media: str) -> Blob:
    """The blob, begun when it was not there; until the transaction ends nobody else writes to it.

    An older one keeps its own size and media type.
    """
    if not SHA256.fullmatch(sha256) or not MEDIA.fullmatch(media):
        raise ValueError(f"not a hash or not a media type: {sha256!r}, {media!r}")
    row = {"sha256": sha256, "size": size, "media": media, "complete": False}
    found = None
    while found is None:  # on PostgreSQL it may be discarded between the two
        _insert(tx, blob, row)
        found = _blob(tx, sha256, select(blob).where(blob.c.sha256 == sha256).with_for_update())
    return found


def add_part(tx: Tx, sha256: str, n: int, data: bytes) -> None:
    """Keep one part after those that are here; one that is here already stays as it is."""
    _insert(tx, blob_part, {"sha256": sha256, "n": n, "data": data})


def set_complete(tx: Tx, sha256: str) -> None:
    """The caller has seen that all of it is here and has the hash."""
    _update(tx, sha256, complete=True)


def discard(tx: Tx, sha256: str) -> None:
    """Forget one that is not complete, at once; see `drop` for the desk."""
    tx.connection.execute(delete(blob_part).where(blob_part.c.sha256 == sha256))
    tx.connection.execute(delete(blob).where(blob.c.sha256 == sha256, ~blob.c.complete))


def set_uploaded(tx: Tx, sha256: str) -> None:
    """The platform has all of it."""
    _update(tx, sha256, uploaded_at=tables.now(), tries=0, refusal=None)


def set_refused(tx: Tx, sha256: str, why: Phrase) -> None:
    """The platform does not take it: it stays here, and is not sent again until `send_again`."""
    _update(tx, sha256, refusal=why)


def add_try(tx: Tx, sha256: str) -> int:
    """One more upload that had to begin anew; how many that makes."""
    _update(tx, sha256, tries=blob.c.tries + 1)
    return int(tx.connection.scalar(select(blob.c.tries).where(blob.c.sha256 == sha256)) or 0)


def send_again(tx: Tx, sha256: str | None = None) -> None:
    """Ask the platform anew whether it has this one, or all: it was restored, or somebody mended what it refused."""
    of = blob.c.complete if sha256 is None else blob.c.sha256 == sha256
    tx.connection.execute(update(blob).where(of).values(uploaded_at=None, tries=0, refusal=None))


# Step by step, each in a small transaction of its own. Not from the store's thread.


def look(ask: Ask, fn: Callable[[View], T]) -> T:
    """What `fn` finds in one snapshot."""

    def run(store: "Store") -> T:
        with store.read() as view:
            return fn(view)

    return ask(run)


def write(ask: Ask, fn: Callable[[Tx], T]) -> T:
    """What `fn` returns, once its transaction is on disk."""

    def run(store: "Store") -> T:
        with store.begin() as tx:
            return fn(tx)

    return ask(run)


def add_file(ask: Ask, path: Path, media: str, most: int = MAX_BYTES) -> tuple[str, int]:
    """Keep a file; its SHA-256 and size. When it is killed half-way, doing it again goes on where it was.

    Raises `KnownError` blob_empty, blob_too_large, blob_unreadable, blob_changed and what a store raises;
    `ValueError` for a media type that is none.
    """
    for _ in range(2):  # again when it changed meanwhile, or half of it was here and was not right
        sha256, size = _measured(path, most)
        if not look(ask, partial(missing, shas=[sha256])):
            return sha256, size
        for n, data in enumerate(_parts_in(path, most)):
            write(ask, partial(keep_part, sha256=sha256, size=size, media=media, n=n, data=data))
        if finish(ask, sha256):
            return sha256, size
    raise KnownError(Phrase("blob_changed", {"name": path.name}))


def keep_part(tx: Tx, sha256: str, size: int, media: str, n: int, data: bytes) -> None:
    """Keep a part if it is the next one; one that is here already stays as it is."""
    found = start(tx, sha256, size, media)
    if not found.complete and found.size == size and found.parts == n:
        add_part(tx, sha256, n, data)


def finish(ask: Ask, sha256: str, uploaded: bool = False) -> bool:
    """Make it complete when all of it is here and has the hash, or else drop it."""
    found = look(ask, partial(get, sha256=sha256))
    if found is None or found.complete:
        return found is not None
    if not intact(ask, found):
        drop(ask, sha256)
        return False
    return write(ask, partial(_finish, found=found, uploaded=uploaded))


def intact(ask: Ask, found: Blob) -> bool:
    """Whether all of it is here and has the hash, the store's thread being asked for one part at a time."""
    digest = hashlib.sha256()
    for n in range(count(found.size)):
        digest.update(look(ask, partial(part, sha256=found.sha256, n=n)) or b"")
    return digest.hexdigest() == found.sha256


def drop(ask: Ask, sha256: str) -> None:
    """Forget one that is not complete, part by part."""
    while write(ask, partial(_shrink, sha256=sha256)):
        pass


def clean(ask: Ask, wanted: Iterable[str] = ()) -> list[str]:
    """Forget what a killed desk left half-written, but for the downloads still `wanted`. When a desk starts."""
    keep = set(wanted)
    left = [sha256 for sha256 in look(ask, _unfinished) if sha256 not in keep]
    for sha256 in left:
        drop(ask, sha256)
    return left


def _finish(tx: Tx, found: Blob, uploaded: bool) -> bool:
    if get(tx, found.sha256) != found:  # dropped or added to since it was looked at
        return False
    set_complete(tx, found.sha256)
    if uploaded:
        set_uploaded(tx, found.sha256)
    return True


def _shrink(tx: Tx, sha256: str) -> bool:
    found = get(tx, sha256)
    if found is None or found.complete:
        return False
    if found.parts == 0:
        discard(tx, sha256)
        return False
    tx.connection.execute(delete(blob_part).where(blob_part.c.sha256 == sha256, blob_part.c.n == found.parts - 1))
    return True


def _unfinished(view: View) -> list[str]:
    return list(view.connection.scalars(select(blob.c.sha256).where(~blob.c.complete)))


def _measured(path: Path, most: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for data in _parts_in(path, most):
        digest.update(data)
        size += len(data)
    if not size:
        raise KnownError(Phrase("blob_empty"))
    return digest.hexdigest(), size


def _parts_in(path: Path, most: int) -> Iterator[bytes]:
    """A file's parts. Raises `KnownError` as soon as there are more than `most` bytes."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would wait, a device would never end
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        _check_size(path.stat().st_size, most)
        size = 0
        with path.open("rb") as file:
            while data := file.read(PART):
                size += len(data)
                _check_size(size, most)
                yield data
    except OSError as error:
        text = error.strerror or str(error)
        raise KnownError(Phrase("blob_unreadable", {"name": path.name, "text": text})) from error


def _regrouped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= PART:
            yield bytes(held[:PART])
            del held[:PART]
    if held:
        yield bytes(held)


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise KnownError(Phrase("blob_too_large", {"limit": most // PART}))


def _parts_of(view: View, found: Blob) -> Iterator[bytes]:
    for n in range(count(found.size)):
        yield part(view, found.sha256, n) or b""


def _blob(view: View, sha256: str, query: Any) -> Blob | None:
    row = view.connection.execute(query).first()
    if row is None:
        return None
    parts = view.connection.scalar(select(func.count()).where(blob_part.c.sha256 == sha256))
    return Blob(sha256, row.size, row.media, row.complete, int(parts or 0))


def _insert(tx: Tx, table: Table, values: dict[str, Any]) -> None:
    """Insert what is not there."""
    kinds = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
    into = cast("type[sqlite.Insert]", kinds[tx.connection.dialect.name])(table)
    tx.connection.execute(into.on_conflict_do_nothing(), values)


def _update(tx: Tx, sha256: str, **values: Any) -> None:
    tx.connection.execute(update(blob).where(blob.c.sha256 == sha256).values(**values))
