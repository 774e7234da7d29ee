"""The catalogue of cameras: a city has more than a million, so it is not read whole but asked.

Rows come from two sides: by whole parts (`console.sync.catalogue`) and one by one with the feed. `sequence` is the
place in the feed that a row is from; an older one never replaces a newer one. What is gone stays as a tombstone
until no part that is older can bring it back. When the platform was restored its feed runs over numbers that it
had before: a new epoch begins, in which every number is above those of the last.

What is done here and not told back lies over what the platform said, which is kept in `base_row`.

Searching needs two indexes. They are filled after the rows, in the order of `n`, up to `catalogue.indexed`; from
there on each write keeps them true. As `n` is the order of arrival and a desk's own area arrives first, what a
search finds comes nearest first.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from heapq import nsmallest
from itertools import islice
from math import cos, radians
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    Row,
    Table,
    Text,
    delete,
    event,
    false,
    func,
    select,
    update,
)

from console.domain.area import visible
from console.domain.camera import Camera
from console.domain.place import Point, distance_m
from console.domain.words import Label
from console.store import tables
from console.store.codec import encode
from console.store.finding import expression, initials, matches, tokens

if TYPE_CHECKING:
    from console.store.queries import Tx, View

INDEXED = "catalogue.indexed"
EPOCH, EPOCH_LENGTH = "catalogue.epoch", 2**48
EVERYWHERE_M = 20_100_000  # half way round

camera = Table(
    "camera",
    tables.SHARED,
    Column("n", Integer, primary_key=True),  # the order of arrival, never used twice; what the indexes know it by
    Column("id", Text, nullable=False, unique=True),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("initials", Text, nullable=False),  # worked out once, where it is published
    Column("kind", Text, nullable=False),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("main_url", Text, nullable=False),
    Column("sub_url", Text, nullable=False),
    Column("area", Text, nullable=False),
    Column("indicator", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("part", Integer),  # of `held`; None: known from the feed alone
    Column("gone", Boolean, nullable=False),
    sqlite_autoincrement=True,
)
Index("camera_gone", camera.c.n, sqlite_where=camera.c.gone, postgresql_where=camera.c.gone)

# The desk: which parts are in.
held = Table(
    "catalogue_held",
    tables.DESK,
    Column("part", Integer, primary_key=True),
    Column("sha", Text, nullable=False, unique=True),
    Column("rows", Integer, nullable=False),
    Column("whole", Boolean, nullable=False),  # all of its rows are in
    Column("changed", BigInteger, nullable=False),  # the last the feed changed of it: it is no longer what it was
    sqlite_autoincrement=True,
)
for _statement in (
    "CREATE VIRTUAL TABLE IF NOT EXISTS camera_words USING "
    "fts5(words, content='', contentless_delete=1, detail=none, tokenize='ascii')",
    "CREATE VIRTUAL TABLE IF NOT EXISTS camera_places USING rtree(n, west, east, south, north)",
):
    event.listen(held, "after_create", DDL(_statement).execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call]

# The platform: what is published.
part = Table(
    "catalogue_part",
    tables.PLATFORM,
    Column("sha", Text, primary_key=True),  # SHA-256 of `data`
    Column("area", Text, nullable=False, index=True),
    Column("place", Integer, nullable=False),  # in the order of all parts
    Column("rows", Integer, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("lon", Float, nullable=False),  # its middle
    Column("lat", Float, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

FIELDS = (
    "id", "name_zh", "name_en", "initials", "kind", "lon", "lat", "main_url", "sub_url", "area", "indicator",
)  # fmt: skip
Fields = tuple[str, str, str, str, str, float, float, str, str, str, str]


def fields_of(one: Camera) -> Fields:
    """A camera as the values of `FIELDS`."""
    name, at = one.name, one.at
    area = one.area
    return (
        one.id, name.zh, name.en, initials(name.zh), one.kind, at.lon, at.lat,
        one.main_url, one.sub_url, area, one.indicator,
    )  # fmt: skip


def prepare(tx: Tx, *wanted: Table) -> None:
    """Make the tables in a database from before there was a catalogue."""
    for table in wanted:
        table.create(tx.connection, checkfirst=True)


# -- asking


def count(view: View) -> int:
    """How many cameras are here."""
    whole = view.connection.scalar(select(func.count()).select_from(camera)) or 0
    gone = view.connection.scalar(select(func.count()).select_from(camera).where(camera.c.gone)) or 0
    return whole - gone


def searchable(view: View) -> bool:
    """Whether the search finds everything that is here; while it does not, it finds what came first."""
    return _last(view) <= indexed(view)


def indexed(view: View) -> int:
    """How far, in order of arrival, the search finds what is here."""
    return int(view.setting(INDEXED, 0))


def camera_of(view: View, id: str) -> Camera | None:
    """A camera by its id."""
    found = view.connection.execute(_CAMERA.where(camera.c.id == id, camera.c.gone == false())).first()
    return _camera(found) if found else None


def every(view: View) -> Iterator[Camera]:
    """All that are here, in the order of arrival."""
    after = 0
    query = _CAMERA.add_columns(camera.c.n).order_by(camera.c.n).limit(5000)
    while rows := view.connection.execute(query.where(camera.c.n > after, camera.c.gone == false())).all():
        yield from map(_camera, rows)
        after = rows[-1].n


def epoch(view: View) -> int:
    """What is added to the platform's numbers."""
    return int(view.setting(EPOCH, 0))


def area_of(view: View, id: str) -> str:
    """Where a camera is, or was; "" for one that is not known."""
    return view.connection.scalar(select(camera.c.area).where(camera.c.id == id)) or ""


def find_cameras(view: View, text: str, limit: int) -> list[Camera]:
    """By any part of the name, its pinyin initials, the beginnings of English words, or the whole id.

    Words are separated by spaces, and each must be found. The nearest to the desk's own area come first.
    """
    exact = camera_of(view, text.strip())
    found = [exact] if exact else []
    if not (asked := expression(text)):
        return found
    rows = view.connection.exec_driver_sql(_FIND, (asked,))
    fitting = (row for row in rows if row.id != text.strip() and matches(text, row.name_zh, row.name_en, row.initials))
    found += map(_camera, islice(fitting, limit - len(found)))
    rows.close()  # there may be a hundred thousand more
    return found


def cameras_in(view: View, west: float, south: float, east: float, north: float, limit: int) -> list[Camera]:
    """Those in a box of degrees, the nearest to the desk's own area first."""
    rows = view.connection.exec_driver_sql(f"{_IN_BOX} ORDER BY camera.n LIMIT ?", (east, west, north, south, limit))
    return [_camera(row) for row in rows]


def cameras_near(view: View, at: Point, limit: int) -> list[tuple[Camera, float]]:
    """The nearest, each with its distance in metres, nearest first."""
    reach_m = 250.0
    while True:
        south, north = at.lat - reach_m / 111_000, at.lat + reach_m / 111_000
        across = reach_m / (111_000 * max(0.01, cos(radians(min(89.0, max(abs(south), abs(north)))))))
        box = (at.lon + across, at.lon - across, north, south)
        rows = view.connection.exec_driver_sql(_IN_BOX, box)
        found = [(row, distance_m(at, Point(row.lon, row.lat))) for row in rows]
        if sum(away <= reach_m for _, away in found) >= limit or reach_m > EVERYWHERE_M:
            return [(_camera(row), away) for row, away in nsmallest(limit, found, key=lambda pair: pair[1])]
        reach_m *= 2


# -- writing


def apply_changes(tx: Tx, changed: Sequence[Camera], gone: Sequence[str], sequence: int) -> None:
    """What the feed says at `sequence`: cameras that are new or different, and ids that are no more."""
    ids = [one.id for one in changed] + list(gone)
    tx.connection.exec_driver_sql(_TOUCH, (sequence, json.dumps(ids)))
    _write(tx, changed, gone, sequence)


def lay_over(tx: Tx, changed: Sequence[Camera], gone: Sequence[str]) -> None:
    """What is done here and not told back. Each keeps the place in the feed of what it lies over."""
    _write(tx, changed, gone, None)


def _write(tx: Tx, changed: Sequence[Camera], gone: Sequence[str], sequence: int | None) -> None:
    complete = searchable(tx)
    put(tx, [fields_of(one) for one in changed], sequence)
    put(tx, tombstones(gone), sequence, gone=True)
    while complete and index(tx, 1000):
        pass


def tombstones(ids: Iterable[str]) -> list[Fields]:
    """What `put` is given of cameras that are no more."""
    return [(id, "", "", "", "", 0.0, 0.0, "", "", "", "") for id in ids]


def put(
    tx: Tx, rows: Sequence[Sequence[Any]], sequence: int | None, part: int | None = None, gone: bool = False
) -> None:
    """Insert, or replace by id what is not newer. `rows` are the values of `FIELDS`.

    What is new is not found by a search until `index` has come to it. See `lay_over` for no `sequence`.
    """
    if not rows:
        return
    mark, ids = indexed(tx), json.dumps([row[0] for row in rows])
    before = _found_by(tx, ids, mark)
    statement = _PUT if sequence is not None else _LAY
    if tx.connection.dialect.name == "postgresql":
        statement = statement.replace("?", "%s")
    # As text and tuples: a million rows go through here, and building dictionaries takes longer than SQLite.
    tx.connection.exec_driver_sql(statement, [(*row, sequence or 0, part, gone) for row in rows])
    if before:
        after = _found_by(tx, ids, mark)
        stale = [n for n, was in before.items() if after[n] != was]
        _leave(tx, stale)
        _enter(tx, [after[n] for n in stale])


def put_under(tx: Tx, rows: Sequence[tuple[Any, ...]], sequence: int, part: int) -> list[tuple[Any, ...]]:
    """Put those rows of a part that something pending lies over underneath it; the others are returned."""
    covered = _covered(tx)
    for row in rows if covered else ():
        if row[0] in covered:
            older = camera.c.id == row[0], camera.c.sequence <= sequence
            if tx.connection.execute(update(camera).where(*older).values(sequence=sequence, part=part)).rowcount:
                _set_base(tx, row[0], encode(_from(row)))
    return [row for row in rows if row[0] not in covered]


def begin_epoch(tx: Tx) -> None:
    """The platform was restored: what it says from now on is newer than all that is here, and is fetched anew."""
    tx.set_setting(EPOCH, epoch(tx) + EPOCH_LENGTH)
    tx.connection.execute(update(held).values(whole=False))


def leave(tx: Tx, after: int, limit: int, scopes: Sequence[str]) -> int | None:
    """Take away, among the `limit` rows after `n`, what lies in none of the scopes. Returns where to go on."""
    if after >= _last(tx):
        return None
    end = after + limit
    query = select(camera.c.n, camera.c.id, camera.c.area, camera.c.part)
    query = query.where(camera.c.n > after, camera.c.n <= end, camera.c.gone == false())
    left = [row for row in tx.connection.execute(query) if not visible((row.area,), scopes)]
    if left:
        _delete(tx, [row.n for row in left])
        base = tables.base_row
        for id in _covered(tx) & {row.id for row in left}:
            tx.connection.execute(delete(base).where(base.c.table == camera.name, base.c.id == id))
        parts = {row.part for row in left if row.part is not None}
        tx.connection.execute(update(held).where(held.c.part.in_(parts)).values(whole=False))
    return end


def index(tx: Tx, limit: int) -> int:
    """Make the next rows findable; how many there were, 0 when all are."""
    rows = list(tx.connection.exec_driver_sql(f"{_WORDS} WHERE n > ? ORDER BY n LIMIT ?", (indexed(tx), limit)))
    if rows:
        _enter(tx, rows)
        tx.set_setting(INDEXED, rows[-1].n)
    return len(rows)


def sweep(tx: Tx, after: int, limit: int, sequence: int, dropped: Sequence[int]) -> int | None:
    """Take away, among the `limit` rows after `n`, what a catalogue complete up to `sequence` does not have.

    That is: tombstones, what was in no part, and what was in parts that were `dropped`. Returns where to go on.
    """
    if after >= _last(tx):
        return None
    end = after + limit
    among = f"({', '.join(map(str, dropped))})"
    found = tx.connection.exec_driver_sql(
        "SELECT n, id FROM camera WHERE n > ? AND n <= ? AND sequence <= ? "
        f"AND (gone OR part IS NULL OR part IN {among})",
        (after, end, sequence),
    )
    stale = {row.id: row.n for row in found}
    for id in _covered(tx) & stale.keys():  # what is pending over it is not its own
        _set_base(tx, id, None)
        del stale[id]
    _delete(tx, list(stale.values()))
    if dropped:
        spared = f"UPDATE camera SET part = NULL WHERE n > ? AND n <= ? AND part IN {among}"
        tx.connection.exec_driver_sql(spared, (after, end))
    return end


def _last(view: View) -> int:
    return view.connection.scalar(select(func.max(camera.c.n))) or 0


def _covered(tx: Tx) -> set[str]:
    """The cameras that something pending lies over; hardly ever any."""
    base = tables.base_row
    return set(tx.connection.scalars(select(base.c.id).where(base.c.table == camera.name)))


def _set_base(tx: Tx, id: str, body: str | None) -> None:
    base = tables.base_row
    tx.connection.execute(update(base).where(base.c.table == camera.name, base.c.id == id).values(body=body))


def _delete(tx: Tx, numbers: Sequence[int]) -> None:
    _leave(tx, numbers)
    if numbers:
        tx.connection.exec_driver_sql("DELETE FROM camera WHERE n = ?", [(n,) for n in numbers])


def _found_by(tx: Tx, ids: str, mark: int) -> dict[int, Row[Any]]:
    """What the indexes hold of these cameras; empty while nothing is indexed."""
    if not mark:
        return {}
    rows = tx.connection.exec_driver_sql(
        f"{_WORDS} WHERE id IN (SELECT value FROM json_each(?)) AND n <= ?", (ids, mark)
    )
    return {row.n: row for row in rows}


def _enter(tx: Tx, rows: Iterable[Row[Any]]) -> None:
    rows = [row for row in rows if not row.gone]
    if not rows:
        return
    words = [(row.n, tokens(row.name_zh, row.name_en, row.initials)) for row in rows]
    places = [(row.n, row.lon, row.lon, row.lat, row.lat) for row in rows]
    tx.connection.exec_driver_sql("INSERT INTO camera_words (rowid, words) VALUES (?, ?)", words)
    tx.connection.exec_driver_sql("INSERT INTO camera_places VALUES (?, ?, ?, ?, ?)", places)


def _leave(tx: Tx, numbers: Iterable[int]) -> None:
    if which := [(n,) for n in numbers]:
        tx.connection.exec_driver_sql("DELETE FROM camera_words WHERE rowid = ?", which)
        tx.connection.exec_driver_sql("DELETE FROM camera_places WHERE n = ?", which)


def _camera(row: Row[Any]) -> Camera:
    name, at = Label(row.name_zh, row.name_en), Point(row.lon, row.lat)
    return Camera(row.id, name, row.kind, at, row.main_url, row.sub_url, row.area, row.indicator)


def _from(fields: Sequence[Any]) -> Camera:
    """A camera of the values of `FIELDS`."""
    id, zh, en, _, kind, lon, lat, main_url, sub_url, area, indicator = fields
    return Camera(id, Label(zh, en), kind, Point(lon, lat), main_url, sub_url, area, indicator)


_CAMERA = select(*(camera.c[name] for name in FIELDS))
_COLUMNS = ", ".join(f"camera.{name}" for name in FIELDS)
_WORDS = "SELECT n, name_zh, name_en, initials, lon, lat, gone FROM camera"
_FIND = (
    f"SELECT {_COLUMNS} FROM camera_words JOIN camera ON camera.n = camera_words.rowid "
    "WHERE camera_words MATCH ? AND NOT gone ORDER BY camera_words.rowid"
)
_IN_BOX = (
    f"SELECT {_COLUMNS} FROM camera_places JOIN camera ON camera.n = camera_places.n "
    "WHERE west <= ? AND east >= ? AND south <= ? AND north >= ? AND NOT gone"
)
_TOUCH = (
    "UPDATE catalogue_held SET changed = ? WHERE part IN "
    "(SELECT part FROM camera WHERE id IN (SELECT value FROM json_each(?)))"
)
_NEW = (*FIELDS, "sequence", "part", "gone")
_INSERT = (
    f"INSERT INTO camera ({', '.join(_NEW)}) VALUES ({', '.join('?' * len(_NEW))}) ON CONFLICT (id) DO UPDATE SET "
)
_CHANGED = ", ".join(f"{name} = excluded.{name}" for name in (*FIELDS[1:], "gone") if name != "area")
_CHANGED += ", area = CASE WHEN excluded.gone THEN camera.area ELSE excluded.area END"  # where it was
_LAY = _INSERT + _CHANGED
_PUT = (
    f"{_INSERT}{_CHANGED}, sequence = excluded.sequence, part = coalesce(excluded.part, camera.part) "
    "WHERE excluded.sequence >= camera.sequence"
)
