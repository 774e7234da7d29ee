"""Brings the catalogue of cameras to the desk: its own area first, then the neighbours, then the rest.

Everything it knows is in the database, so that it goes on where it was whenever it is killed: which parts are in,
and how far the indexes are. A part is fetched again when it was half in. The store's thread is never held long.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from sqlalchemy import insert, select, update

from console.domain.area import lies_in, visible
from console.domain.place import Point, distance_m
from console.domain.words import Phrase
from console.store import catalogue
from console.store.catalogue import held
from console.store.queries import Tx
from console.store.store import Store
from console.sync.link import Answer, LinkDown
from console.sync.own import SCOPES
from console.sync.parts import Manifest, Part, unpack

T = TypeVar("T")
Rows = Sequence[tuple[Any, ...]]
Fetch = Callable[[str], bytes]
SLICE_ROWS = 2000  # 10 ms of the store's thread
INDEX_ROWS = 1000  # 30 ms
TRIES = 3
LOADED = "catalogue.loaded"
LEFT = "catalogue.scopes"  # those that everything outside has been taken away for


class Ask(Protocol):
    """Runs a function with the store on the store's thread, and waits for what it returns."""

    def __call__(self, fn: Callable[[Store], T], /) -> T: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the catalogue is. `own`: the desk's own area is in, and found by a search; `done`: all of it is."""

    rows: int
    total: int
    own: bool = False
    done: bool = False


class _Replaced(Exception):
    """The platform has published another catalogue meanwhile, was restored, or shows this desk another part of it."""


def load(
    ask: Ask,
    fetch: Fetch,
    *,
    area: str = "",
    near: Point | None = None,
    progress: Callable[[Progress], None] = lambda progress: None,
) -> None:
    """Bring the catalogue up to what the platform has; returns when all of it is in and searchable.

    `area` is the desk's own, and `near` where it is (without it: in the middle of its area). `fetch` gives the bytes
    of a path of the platform and raises `LinkDown`, or `Answer` for other than success; it is called from a thread
    of its own, never twice at once. Raises what `ask` and `fetch` raise, and `LinkDown` when a part is damaged twice
    in a row or the catalogue changes all the time. Call it again then: it goes on where it was.
    """
    ask(_prepare)
    try:
        for _ in range(TRIES):
            _leave_scopes(ask)
            epoch = ask(_epoch)
            manifest = Manifest.model_validate_json(fetch("/v1/catalogue"))
            manifest = manifest.model_copy(update={"sequence": epoch + manifest.sequence})
            with suppress(_Replaced):
                return _load(ask, fetch, manifest, area, near, progress)
        raise LinkDown(Phrase("link_down"))
    except LinkDown:
        while ask(_index_slice):  # it may stay down: what is in is found meanwhile
            pass
        raise


def _load(
    ask: Ask,
    fetch: Fetch,
    manifest: Manifest,
    area: str,
    near: Point | None,
    progress: Callable[[Progress], None],
) -> None:
    wanted = _ordered(ask(lambda store: _wanted(store, manifest)), manifest.parts, area, near)
    rows, total = manifest.rows - sum(part.rows for part in wanted), manifest.rows
    for own in (True, False):
        for part, content in _fetched(fetch, [part for part in wanted if lies_in(part.area, area) is own]):
            _take(ask, part, content, manifest.sequence)
            rows += part.rows
            progress(Progress(rows, total, own=not own))
        if not own:
            _settle(ask, manifest)
        while ask(_index_slice):
            progress(Progress(rows, total, own=not own))
        progress(Progress(rows, total, own=True, done=not own))


def _prepare(store: Store) -> None:
    with store.begin() as tx:
        catalogue.prepare(tx, catalogue.camera, held)


def _epoch(store: Store) -> int:
    with store.read() as view:
        return catalogue.epoch(view)


def _leave_scopes(ask: Ask) -> None:
    """Take away what may no longer be seen, once for all when that changes."""
    scopes = ask(_changed_scopes)
    if scopes is None:
        return
    at: int | None = 0
    while at is not None:
        at = ask(lambda store, after=at: _leave_slice(store, after, scopes))  # type: ignore[misc]
    ask(lambda store: _left(store, scopes))


def _changed_scopes(store: Store) -> list[str] | None:
    with store.read() as view:
        scopes: list[str] | None = view.setting(SCOPES)
        return None if scopes == view.setting(LEFT) else scopes


def _leave_slice(store: Store, after: int, scopes: Sequence[str]) -> int | None:
    with store.begin() as tx:
        return catalogue.leave(tx, after, INDEX_ROWS, scopes)


def _left(store: Store, scopes: Sequence[str]) -> None:
    with store.begin() as tx:
        tx.set_setting(LEFT, scopes)


def _check(tx: Tx, sequence: int, area: str | None = None) -> None:
    """Raises `_Replaced` for what belongs to a platform that is no more, or to a scope."""
    scopes = tx.setting(SCOPES)
    if catalogue.epoch(tx) > sequence or (area is not None and scopes is not None and not visible((area,), scopes)):
        raise _Replaced


def _wanted(store: Store, manifest: Manifest) -> list[Part]:
    """The parts that are not in, or that the feed has changed since: what it said is older than this catalogue."""
    with store.read() as view:
        here = select(held.c.sha).where(held.c.whole, (held.c.changed == 0) | (held.c.changed > manifest.sequence))
        whole = set(view.connection.scalars(here))
    return [part for part in manifest.parts if part.sha not in whole]


def _ordered(wanted: list[Part], every: list[Part], area: str, near: Point | None) -> list[Part]:
    own = [part for part in every if lies_in(part.area, area)]
    if near is None and own:
        near = Point(sum(part.lon for part in own) / len(own), sum(part.lat for part in own) / len(own))

    def rank(part: Part) -> tuple[bool, float]:
        return not lies_in(part.area, area), distance_m(near, Point(part.lon, part.lat)) if near else 0.0

    return sorted(wanted, key=rank)


def _fetched(fetch: Fetch, parts: list[Part]) -> Iterator[tuple[Part, Rows]]:
    """Each part with its rows; the next one is on its way while this one is put in."""
    with ThreadPoolExecutor(1, "catalogue") as ahead:
        coming: Future[Rows] | None = None
        for part, after in zip(parts, [*parts[1:], None], strict=False):
            content = (coming or ahead.submit(_fetch, fetch, part)).result()
            coming = ahead.submit(_fetch, fetch, after) if after else None
            yield part, content


def _fetch(fetch: Fetch, part: Part) -> Rows:
    """The rows of a part, once it is what its name says."""
    for _ in range(2):
        try:
            data = fetch(f"/v1/catalogue/{part.sha}")
        except Answer as answer:
            if answer.status == 404:
                raise _Replaced from answer
            raise
        if hashlib.sha256(data).hexdigest() == part.sha:
            return unpack(data)
    raise LinkDown(Phrase("link_down"))


def _take(ask: Ask, part: Part, rows: Rows, sequence: int) -> None:
    """Put the rows of a part in, in slices; it counts as in with the last one."""
    for at in range(0, max(1, len(rows)), SLICE_ROWS):
        ask(lambda store: _put(store, part, rows, at, sequence))  # noqa: B023 (it is run here)


def _put(store: Store, part: Part, rows: Rows, at: int, sequence: int) -> None:
    with store.begin() as tx:
        _check(tx, sequence, part.area)
        mine = held.c.sha == part.sha
        number = tx.connection.scalar(select(held.c.part).where(mine))
        if number is None:
            row = {"sha": part.sha, "rows": part.rows, "whole": False, "changed": 0}
            number = tx.connection.scalar(insert(held).returning(held.c.part), row)
        some = catalogue.put_under(tx, rows[at : at + SLICE_ROWS], sequence, number)
        catalogue.put(tx, some, sequence, number)
        if at + SLICE_ROWS >= len(rows):
            tx.connection.execute(update(held).where(mine).values(whole=True))
            tx.connection.execute(update(held).where(mine, held.c.changed <= sequence).values(changed=0))


def _settle(ask: Ask, manifest: Manifest) -> None:
    """Take away what this catalogue does not have, once all of it is in."""
    token = f"{manifest.catalogue} {manifest.sequence}"
    dropped = ask(lambda store: _dropped(store, manifest, token))
    if dropped is None:
        return
    at: int | None = 0
    while at is not None:
        at = ask(lambda store, after=at: _sweep(store, after, manifest.sequence, dropped))  # type: ignore[misc]
    ask(lambda store: _settled(store, dropped, token))


def _dropped(store: Store, manifest: Manifest, token: str) -> list[int] | None:
    """Parts that are here and no longer in the catalogue; None when it was settled before."""
    with store.read() as view:
        if view.setting(LOADED) == token:
            return None
        there = {part.sha for part in manifest.parts}
        here = view.connection.execute(select(held.c.part, held.c.sha))
        return [row.part for row in here if row.sha not in there]


def _sweep(store: Store, after: int, sequence: int, dropped: Sequence[int]) -> int | None:
    with store.begin() as tx:
        _check(tx, sequence)
        return catalogue.sweep(tx, after, INDEX_ROWS, sequence, dropped)


def _settled(store: Store, dropped: Sequence[int], token: str) -> None:
    with store.begin() as tx:
        tx.connection.execute(held.delete().where(held.c.part.in_(dropped)))
        tx.set_setting(LOADED, token)


def _index_slice(store: Store) -> int:
    with store.begin() as tx:
        return catalogue.index(tx, INDEX_ROWS)
