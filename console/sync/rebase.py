"""Taking in what the platform says: its rows go underneath, what is still pending is decided anew on top.

Only what was disturbed is decided anew: operations that share a key (`domain.operations.about`) with a row that
came in or with an operation that was told back.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol, cast

from sqlalchemy import delete, func, insert, select, update

from console.domain.area import visible
from console.domain.camera import Camera
from console.domain.errors import Refused
from console.domain.indicator import Reading
from console.domain.log import Entry
from console.domain.operation import Lane, LeaveOut, Row
from console.domain.operations import about, buckets, camera_key, keys
from console.domain.words import Phrase
from console.store import blobs, catalogue, tables
from console.store.check import PURGED
from console.store.codec import decode, decode_leniently
from console.store.derived import ANEW, fetch_anew
from console.store.draft import Draft
from console.store.queries import Tx
from console.store.store import Store
from console.sync.messages import FeedRow, Outcome, Page
from console.sync.outbox import Applied, leave_out, overlay, read_sent, take_from_log
from console.sync.own import CURSOR, INCARNATION, SCOPES, platform_rows

_CHUNK = 500
_CAMERAS = tables.NAMES[Camera]
Key = tuple[type, str]


def cursor(store: Store) -> int:
    """How far the feed has been taken in: where to pull on."""
    with store.read() as view:
        anew = view.setting(ANEW)
        return int(anew["cursor"] if anew else view.setting(CURSOR, 0))


def floor(store: Store) -> int | None:
    """The floor of the feed when everything began to be fetched anew; None when it is not."""
    with store.read() as view:
        found = (view.setting(ANEW) or {}).get("floor")
        return None if found is None else int(found)


class Then(Protocol):
    """What else belongs into the transaction that takes something in: a relay passes it on."""

    def __call__(self, tx: Tx, applied: Applied, refused: Sequence[Outcome], came: Sequence[FeedRow], /) -> None:
        """What is different now; the operations that are refused; the rows that came, as they were told."""
        ...


def nothing_else(_tx: Tx, _applied: Applied, _refused: Sequence[Outcome], _came: Sequence[FeedRow], /) -> None:
    """A desk has nobody to pass it on to."""


def apply(store: Store, page: Page, then: Then = nothing_else) -> Applied:
    """Take in one page, in one transaction. A page that does not follow on is left out.

    Of another incarnation than before, or when what the caller may see has grown, everything is fetched anew:
    pages are put aside until the last has come, so that nobody sees the past go by.

    Raises `ValueError` for a row that cannot be read, and `CopyError`; nothing has changed then.
    """
    with store.begin() as tx:
        applied, taken = _apply(tx, store, page)
        then(tx, applied, page.refused if taken else (), page.rows if taken else ())
    return applied


def _apply(tx: Tx, store: Store, page: Page) -> tuple[Applied, bool]:
    """What is different now, and whether the page was taken in."""
    if page.device != store.device:
        return Applied(), False  # it was asked for before this desk took an id of its own
    _be_no_copy(tx, page)
    known, at = tx.setting(INCARNATION), int(tx.setting(CURSOR, 0))
    anew = tx.setting(ANEW)
    if known not in (None, page.incarnation) or page.head < (anew["cursor"] if anew else at):
        tx.set_setting(INCARNATION, page.incarnation)
        _restored(tx)
        return Applied(), False
    tx.set_setting(INCARNATION, page.incarnation)
    if (before := tx.setting(SCOPES)) != page.scopes:
        tx.set_setting(SCOPES, page.scopes)
        if before is not None:
            return _rescope(tx, store, page.scopes), False
    if page.after != (anew["cursor"] if anew else at):
        return Applied(), False
    if anew:
        return _stage(tx, store, page, anew), True
    tx.set_setting(CURSOR, page.cursor)
    touched, said = _outcomes(tx, page)
    applied = _rebase(tx, store, page.rows, touched)
    return _without(applied, _rebase(tx, store, _unseen(tx, said, page), frozenset())), True


class CopyError(Exception):
    """Another database has pushed under this device's id: the numbers that it took are not this one's."""


def _be_no_copy(tx: Tx, page: Page) -> None:
    outbox = tables.outbox
    for lane, id in page.last.items():
        n = page.settled[lane]
        known = tx.connection.scalar(select(outbox.c.id).where(outbox.c.lane == lane, outbox.c.n == n))
        newest = tx.connection.scalar(select(func.max(outbox.c.n)).where(outbox.c.lane == lane)) or 0
        if known != id and (known is not None or n > newest):  # what was forgotten is not known either
            raise CopyError


def begin_anew(store: Store) -> None:
    """Fetch everything anew from the next pull on; what is here stays until it is complete."""
    with store.begin() as tx:
        fetch_anew(tx)


def quarantine(store: Store, lane: Lane, n: int, phrase: Phrase, then: Then = nothing_else) -> Applied:
    """An operation that the platform will never take goes to the inbox; one that changes nothing goes up instead."""
    with store.begin() as tx:
        outbox = tables.outbox
        mine = outbox.c.lane == lane, outbox.c.n == n
        found = tx.connection.execute(select(outbox.c.sequence, outbox.c.id, outbox.c.body).where(*mine)).first()
        if found is None:
            return Applied()
        refused: list[Outcome] = []
        if json.loads(found.body)["name"] != LeaveOut.NAME:  # nobody did that
            refused.append(Outcome(lane=lane, n=n, id=found.id, refusal=phrase))
            _refuse(tx, found.id, phrase)
        touched = _done_with(tx, [found.sequence])
        leave_out(tx, lane, n, store.realm)
        applied = _rebase(tx, store, [], touched)
        then(tx, applied, refused, ())
    return applied


# Everything anew


def _restored(tx: Tx) -> None:
    """What was told back is pending again, with the keys that it had, for it may be lost; so are attachments."""
    fetch_anew(tx)
    catalogue.begin_epoch(tx)
    outbox = tables.outbox
    tx.connection.execute(update(outbox).values(settled_at=None))
    blobs.send_again(tx)


def _rescope(tx: Tx, store: Store, scopes: Sequence[str]) -> Applied:
    """What may be seen has changed: what may not leaves at once, what may is fetched."""
    gone = _purge(tx, store, scopes)
    fetch_anew(tx)
    return gone


def _stage(tx: Tx, store: Store, page: Page, anew: Mapping[str, Any]) -> Applied:
    # the catalogue has its own order: a camera takes effect at once
    cameras = _rebase(tx, store, [item for item in page.rows if item.table == _CAMERAS], frozenset())
    values = [{"table": item.table, "id": item.id, "body": item.row} for item in page.rows if item.table != _CAMERAS]
    if values:
        tx.upsert(tables.staged, values)
    _touched, said = _outcomes(tx, page)
    if page.cursor < page.head:
        tx.set_setting(ANEW, {"cursor": page.cursor, "floor": anew.get("floor", page.floor)})
        return _together(cameras, _rebase(tx, store, _unseen(tx, said, page), frozenset()))
    tx.set_setting(ANEW, None)
    tx.set_setting(CURSOR, page.cursor)
    staged = tables.staged
    rows = [FeedRow(table=table, id=id, row=body) for table, id, body in tx.connection.execute(select(staged))]
    tx.connection.execute(delete(staged))
    return _together(cameras, replace_all(tx, store, rows, None))


def _together(cameras: Applied, found: Applied) -> Applied:
    return replace(found, rows=(*cameras.rows, *found.rows), gone=(*cameras.gone, *found.gone))


def replace_all(tx: Tx, store: Store, rows: Sequence[FeedRow], bucket: str | None) -> Applied:
    """These are all the rows of a bucket, or of everything: others that are here go."""
    there = {(item.table, item.id) for item in rows if item.row is not None}
    missing = [
        FeedRow(table=table, id=id, row=None)
        for (table, id), (_, paths) in platform_rows(tx).items()
        if (table, id) not in there and (bucket is None or bucket in paths)
    ]
    touched = set(tx.connection.scalars(select(tables.base_row.c.key)))
    if bucket is None:  # what is pending again after a restore covers nothing yet
        key, outbox = tables.pending_key, tables.outbox
        waiting = (
            select(key.c.key).join(outbox, outbox.c.sequence == key.c.sequence).where(outbox.c.settled_at.is_(None))
        )
        touched.update(tx.connection.scalars(waiting))
    return _rebase(tx, store, [*missing, *rows], frozenset(touched))


def repair(store: Store, at: int, bucket: str, rows: Sequence[FeedRow], then: Then = nothing_else) -> Applied:
    """These are the rows of a bucket at the cursor `at`; nothing changes when the desk has gone on since."""
    with store.begin() as tx:
        if tx.setting(ANEW) or int(tx.setting(CURSOR, 0)) != at:
            return Applied()
        applied = replace_all(tx, store, rows, bucket)
        then(tx, applied, (), ())
    return applied


def _purge(tx: Tx, store: Store, scopes: Sequence[str]) -> Applied:
    """Rows that may no longer be seen leave this desk, its own overlays on them too."""
    doomed = [
        FeedRow(table=table, id=id, row=None)
        for (table, id), (_, paths) in platform_rows(tx).items()
        if not visible(paths, scopes)
    ]
    if doomed:
        tx.set_setting(PURGED, int(tx.setting(PURGED, 0)) + len(doomed))
    for table in (tables.reading, tables.position):  # those of the scope come again with the rest
        tx.connection.execute(delete(table))
    return replace(_rebase(tx, store, doomed, frozenset()), rescoped=True)


# One page


def _outcomes(tx: Tx, page: Page) -> tuple[frozenset[str], list[str]]:
    """Settle what the platform told back; the keys that this was about, and the log entries that came with it."""
    for outcome in page.refused:
        _refuse(tx, outcome.id, outcome.refusal or Phrase("op_failed", {"name": ""}))
    outbox = tables.outbox
    touched: frozenset[str] = frozenset()
    said: list[str] = []
    for lane, n in page.settled.items():
        due = outbox.c.lane == lane, outbox.c.n <= n, outbox.c.settled_at.is_(None)
        found = tx.connection.execute(select(outbox.c.sequence, outbox.c.body).where(*due)).all()
        touched |= _done_with(tx, [row.sequence for row in found])
        said += [entry["id"] for row in found for entry in json.loads(row.body)["entries"]]
        tx.connection.execute(update(outbox).where(*due).values(settled_at=datetime.now(UTC)))
    return touched, said


def _unseen(tx: Tx, said: Iterable[str], page: Page) -> list[FeedRow]:
    """Those of these log entries that may not be seen here: they stayed only until the platform had them."""
    told = {item.id for item in page.rows}
    entries = (tx.get(Entry, id) for id in said if id not in told)
    return [
        FeedRow(table=tables.entry.name, id=entry.id, row=None)
        for entry in entries
        if entry is not None and entry.area and not visible(buckets(entry, tx, ""), page.scopes)
    ]


def _without(applied: Applied, then: Applied) -> Applied:
    entries = tuple(entry for entry in applied.entries if ("entry", entry.id) not in then.gone)
    return replace(applied, entries=entries, gone=(*applied.gone, *then.gone))


def _done_with(tx: Tx, sequences: Sequence[int]) -> frozenset[str]:
    """These operations are pending no more; the keys they were about."""
    table = tables.pending_key
    touched: set[str] = set()
    for at in range(0, len(sequences), _CHUNK):
        some = table.c.sequence.in_(sequences[at : at + _CHUNK])
        touched.update(tx.connection.scalars(select(table.c.key).where(some)))
    return frozenset(touched)


def _refuse(tx: Tx, id: str, phrase: Phrase) -> None:
    """Into the inbox; once, however often the platform says so."""
    outbox, inbox = tables.outbox, tables.inbox
    found = tx.connection.execute(select(outbox.c.id, outbox.c.body).where(outbox.c.id == id)).first()
    if found and tx.connection.execute(select(inbox.c.id).where(inbox.c.id == found.id)).first() is None:
        tx.connection.execute(insert(inbox), {"id": found.id, "body": found.body, "phrase": phrase})


@dataclass(slots=True)
class _Seen:
    """Rows as they were before, to tell what is different after."""

    tx: Tx
    before: dict[Key, Any] = field(default_factory=dict)

    def note(self, found: Iterable[Key]) -> None:
        fresh = [key for key in found if key not in self.before]
        here = _those_here(self.tx, fresh)
        self.before.update({key: here.get(key) for key in fresh})

    def changed(self) -> tuple[list[Row], list[tuple[str, str]]]:
        rows: list[Row] = []
        gone: list[tuple[str, str]] = []
        here = _those_here(self.tx, self.before)
        for (kind, id), before in self.before.items():
            after: Any = here.get((kind, id))
            if after is None and before is not None:
                gone.append((tables.NAMES[kind], id))
            elif after != before:
                rows.append(after)
        return rows, gone


def _by_kind(wanted: Iterable[Key]) -> dict[type, list[str]]:
    ids: dict[type, list[str]] = {}
    for kind, id in wanted:
        ids.setdefault(kind, []).append(id)
    return ids


def _those_here(tx: Tx, wanted: Iterable[Key]) -> dict[Key, Any]:
    here: dict[Key, Any] = {}
    for kind, ids in _by_kind(wanted).items():
        found: dict[str, Any] = tx.several(kind, ids)
        here.update({(kind, id): row for id, row in found.items()})
    return here


def _remove(tx: Tx, gone: Iterable[Key]) -> None:
    for kind, ids in _by_kind(gone).items():
        tx.remove(kind, *ids)


def _rebase(tx: Tx, store: Store, incoming: Iterable[FeedRow], touched: frozenset[str]) -> Applied:
    incoming = list(incoming)
    rows, entries, readings = _read(incoming)
    placed = {item.id: item.sequence for item in incoming if item.table == _CAMERAS}
    here = tx.several(Entry, list(entries))
    new_entries = [e for id, e in entries.items() if e is not None and id not in here]
    gone_entries = [id for id, e in entries.items() if e is None and id in here]
    new_readings = _unknown(tx, readings)
    tx.put(*new_entries, *new_readings)
    for id in gone_entries:
        take_from_log(tx, store.device, id)
    changed: list[Row] = []
    gone = [("entry", id) for id in gone_entries]
    if rows or touched:  # nothing is decided on readings and log entries
        seen = _Seen(tx)
        seen.note(rows)
        disturbed = {*touched, *map(camera_key, placed)}
        for (kind, _id), row in rows.items():
            for one in (row, seen.before[kind, _id]):
                if one is not None:
                    disturbed |= keys(one)
        _underneath(tx, store, rows, placed, disturbed, seen)
        changed, left = seen.changed()
        gone += left
    return Applied((*changed, *new_readings), tuple(new_entries), (), tuple(gone))


def _read(incoming: Iterable[FeedRow]) -> tuple[dict[Key, Any], dict[str, Entry | None], list[Reading]]:
    """Rows, log entries and readings; the last of each."""
    rows: dict[Key, Any] = {}
    entries: dict[str, Entry | None] = {}
    readings: dict[str, Reading] = {}
    for item in incoming:
        kind = tables.FEED_KINDS.get(item.table)
        if kind is None:
            raise ValueError(f"no table {item.table!r}")
        row = None if item.row is None else decode_leniently(kind, item.row)
        if kind is Entry:
            entries[item.id] = cast(Entry | None, row)
        elif isinstance(row, Reading):
            readings[row.id] = row
        elif kind is not Reading:
            rows[kind, item.id] = row
    return rows, entries, list(readings.values())


def _underneath(
    tx: Tx, store: Store, rows: dict[Key, Any], placed: dict[str, int], disturbed: set[str], seen: _Seen
) -> None:
    """Put the platform's rows under what is pending, and decide that anew where it was disturbed.

    `placed` says where in the feed the cameras among them are.
    """
    pending = _pending(tx, disturbed)
    while True:
        _uncover(tx, disturbed, seen)
        _remove(tx, [key for key, row in rows.items() if row is None and key[0] is not Camera])
        tx.put(*(row for row in rows.values() if row is not None and not isinstance(row, Camera)))
        _put_cameras(tx, rows, placed)
        draft = _replay(tx, store, pending)
        written = [cast(Row, row) for row in draft.written.values()]
        reached = {key for row in written for key in keys(row)} - disturbed
        more = _pending(tx, disturbed | reached)
        if len(more) == len(pending):
            break
        disturbed |= reached
        pending = more
    seen.note((*draft.written, *draft.removed))
    overlay(tx, written, draft.removed)


def _put_cameras(tx: Tx, rows: dict[Key, Any], placed: dict[str, int]) -> None:
    """Each at its place in the feed: what the catalogue has of it may be newer."""
    epoch = catalogue.epoch(tx)
    for sequence in sorted(set(placed.values())):
        ids = [id for id, at in placed.items() if at == sequence]
        found = [rows[Camera, id] for id in ids if rows[Camera, id] is not None]
        gone = [id for id in ids if rows[Camera, id] is None]
        catalogue.apply_changes(tx, found, gone, epoch + sequence)


def _pending(tx: Tx, disturbed: set[str]) -> list[int]:
    """The operations (by sequence) that these keys reach, through each other too; `disturbed` grows by theirs."""
    table, outbox = tables.pending_key, tables.outbox
    found: set[int] = set()
    fresh = set(disturbed)
    while fresh:
        reached: set[int] = set()
        ordered = sorted(fresh)
        for at in range(0, len(ordered), _CHUNK):
            some = select(table.c.sequence).join(outbox, outbox.c.sequence == table.c.sequence)
            some = some.where(table.c.key.in_(ordered[at : at + _CHUNK]), outbox.c.settled_at.is_(None))
            reached.update(tx.connection.scalars(some))
        reached -= found
        found |= reached
        fresh = set(_done_with(tx, sorted(reached))) - disturbed
        disturbed |= fresh
    return sorted(found)


def _uncover(tx: Tx, disturbed: set[str], seen: _Seen) -> None:
    """Put the platform's versions back where something was disturbed."""
    base = tables.base_row
    ordered = sorted(disturbed)
    for at in range(0, len(ordered), _CHUNK):
        some = base.c.key.in_(ordered[at : at + _CHUNK])
        found = tx.connection.execute(select(base.c.table, base.c.id, base.c.body).where(some)).all()
        seen.note([(tables.FEED_KINDS[table], id) for table, id, _ in found])
        _remove(tx, [(tables.FEED_KINDS[table], id) for table, id, body in found if body is None])
        tx.put(*(cast(Row, decode(tables.FEED_KINDS[table], body)) for table, _, body in found if body is not None))
        tx.connection.execute(delete(base).where(some))


def _replay(tx: Tx, store: Store, sequences: Sequence[int]) -> Draft:
    """Decide these again: what comes of it, not yet written.

    One that is refused now stays pending: the platform has the last word.
    """
    outbox, draft = tables.outbox, Draft(tx)
    for at in range(0, len(sequences), _CHUNK):
        some = select(outbox.c.sequence, outbox.c.body).where(outbox.c.sequence.in_(sequences[at : at + _CHUNK]))
        reached: dict[int, set[str]] = {}
        for sequence, body in tx.connection.execute(some.order_by(outbox.c.sequence)).all():
            try:
                operation, actor = read_sent(json.loads(body), store.areas)
                reached[sequence] = set(about(operation, draft))
                changes = operation.decide(draft, actor)
            except (Refused, ValueError, KeyError):
                continue
            reached[sequence].update(*map(keys, changes.rows))
            draft.put(*changes.rows)
            draft.remove(*changes.removed)
        _about_more(tx, reached)
    return draft


def _about_more(tx: Tx, reached: dict[int, set[str]]) -> None:
    """Operations that now are about rows that they were not about before: an alarm that has become an incident."""
    table = tables.pending_key
    query = select(table.c.sequence, table.c.key).where(table.c.sequence.in_(list(reached)))
    for sequence, key in tx.connection.execute(query):
        reached[sequence].discard(key)
    if more := [{"key": key, "sequence": sequence} for sequence, found in reached.items() for key in sorted(found)]:
        tx.connection.execute(insert(table), more)


def _unknown(tx: Tx, readings: Sequence[Reading]) -> list[Reading]:
    """Those that are not here already with the same value."""
    if not readings:
        return []
    since = min(reading.at for reading in readings)
    known = tx.readings({reading.indicator for reading in readings}, since)
    have = {(id, at): value for id, series in known.items() for at, value in series}
    return [reading for reading in readings if have.get((reading.indicator, reading.at)) != reading.value]
