"""A file of calls as records, in order of time: streamed through a temporary database, so that its size is no matter.

    calls = CallsFile(Path("calls.csv"), Path("mapping.yaml"), pack)
    for record in calls.records(now): ...

One row is one unit on one call, or one call. Rows of a call may lie anywhere in the file.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from console.connect.calls_mapping import TIMES, hints, load_mapping
from console.connect.calls_row import Oddities, RowReader
from console.connect.calls_table import Table
from console.domain.assignment import Status
from console.domain.pack import Pack
from console.domain.place import Point
from console.domain.record import Odd, Record, Sending
from console.domain.words import Label

CALLS = UUID("5b1d7c1e-4c0a-5f0e-9b7a-6f2a4c9d1e30")  # the namespace of the ids
MOST_WORDS = 20_000  # of a call
LONG = timedelta(days=30)  # between two rows of one call
Rows = list[tuple[int, dict[str, Any]]]  # of one call: line, and what was read there


class CallsFile:
    """Raises `FileProblems` when the file or its mapping cannot be used."""

    def __init__(self, file: Path, mapping: Path, pack: Pack) -> None:
        self.pack = pack
        known = hints(mapping)
        self.table = Table(file, known.delimiter, known.encoding, known.columns)
        self.mapping = load_mapping(mapping, pack, self.table)
        self.odd = Oddities()
        self.rows = 0
        self.calls = 0  # known once the first record comes
        self.on_row: Callable[[int], None] = lambda rows: None

    def records(self, now: datetime) -> Iterator[Record]:
        """Every call, by when it begins. `now` is for one without any time; those are the last."""
        with closing(sqlite3.connect("")) as kept:  # a file of its own, gone when it is closed
            kept.execute("PRAGMA journal_mode = OFF")
            kept.execute("PRAGMA cache_size = -32768")
            kept.execute("CREATE TABLE row (call TEXT, line INTEGER, begins REAL, ends REAL, unit TEXT, body TEXT)")
            kept.executemany("INSERT INTO row VALUES (?, ?, ?, ?, ?, ?)", self._facts(now))
            kept.execute("CREATE INDEX row_call ON row (call, line)")
            self._overlaps(kept)
            kept.execute(
                "CREATE TABLE call AS SELECT call, min(coalesce(begins, 9e12)) AS begins, min(line) AS line,"
                " max(line) - min(line) >= count(*) AS apart FROM row GROUP BY call ORDER BY 2, 3"
            )
            self.calls = kept.execute("SELECT count(*) FROM call").fetchone()[0]
            calls = kept.execute("SELECT call, line, apart FROM call ORDER BY rowid")
            for call, line, apart in calls:
                if apart:
                    self.odd.note(Odd.ROWS_APART, line, call)
                query = "SELECT line, body FROM row WHERE call = ? ORDER BY line"
                yield self._record(call, [(at, json.loads(body)) for at, body in kept.execute(query, (call,))], now)

    # -- one row

    def _facts(self, now: datetime) -> Iterator[tuple[str, int, float | None, float | None, str | None, str]]:
        reader = RowReader(self.mapping, self.table.header, self.pack, self.odd, now)
        for row in self.table.rows():
            for odd in row.odd:
                self.odd.note(odd, row.line, "" if row.record else " ".join(filter(None, row.cells)))
            if not row.record:
                continue
            self.rows += 1
            self.on_row(self.rows)
            said = reader.read(row)
            moments = [time.timestamp() for time in said.times.values()]
            begins = min(moments, default=None)
            ends = max(moments) if "cleared" in said.times else None
            yield said.call, row.line, begins, ends, said.fact["unit"], json.dumps(said.fact, ensure_ascii=False)

    # -- all rows

    def _overlaps(self, kept: sqlite3.Connection) -> None:
        """Units that are sent to a call before they are clear of another."""
        query = (
            "SELECT line, unit, call FROM (SELECT line, unit, call, begins, max(ends) OVER (PARTITION BY unit"
            " ORDER BY begins, line ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS until,"
            " lag(call) OVER (PARTITION BY unit ORDER BY begins, line) AS other"
            " FROM row WHERE unit IS NOT NULL AND begins IS NOT NULL) WHERE begins < until AND call <> other"
        )
        for line, unit, call in kept.execute(query):
            self.odd.note(Odd.UNIT_OVERLAP, line, f"{unit}: {call.strip()}")

    def _record(self, call: str, rows: Rows, now: datetime) -> Record:
        odd, mapping = self.odd, self.mapping
        line = rows[0][0]
        type_, priority, address = (self._one(key, rows) for key in ("type", "priority", "address"))
        point = self._one("point", rows)
        received = self._received(rows)
        sendings = tuple(self._sendings(call, rows))
        times = [datetime.fromisoformat(time) for _, row in rows for time in row["times"].values()]
        if not times:
            odd.note(Odd.NO_TIME, line, call.strip())
        elif max(times) - min(times) > LONG:
            odd.note(Odd.CALL_SPREAD, line, call.strip())
        code = mapping.matter_of(type_)
        if code is None and mapping.matters:
            odd.note(Odd.TYPE_UNKNOWN, line, type_)
        matter = self.pack.matters[code or mapping.matter]
        level = mapping.level_of(priority)
        if level is None and mapping.levels:
            odd.note(Odd.PRIORITY_UNKNOWN, line, priority)
        if point is None:
            odd.note(Odd.PLACE_MISSING, line, call.strip())
        told = {"title": type_, "place": address, "at": point, "level": level, "matter": code, "received_at": received}
        return Record(
            id=self._id(call),
            matter=matter.code,
            title=Label(type_, type_) if type_ else matter.name,
            place=Label(address or "", address or ""),
            at=Point(*point) if point else self.pack.at,
            level=level or mapping.level or matter.level,
            usual_level=mapping.level or matter.level,
            received_at=received or min(times, default=now),
            words=self._words(call, rows),
            sendings=sendings,
            told=frozenset(name for name, said in told.items() if said),
        )

    def _one(self, key: str, rows: Rows) -> Any:
        """What the rows of a call say of it: the first that says anything, else what says nothing."""
        said = _said(key, rows)
        if len(said) > 1:
            self.odd.note(Odd.CALL_DIFFERS, rows[0][0], f"{said[0]} / {said[1]}")
        return said[0] if said else rows[0][1][key]

    def _received(self, rows: Rows) -> datetime | None:
        """When the call came: the earliest that is said."""
        said = sorted({row["times"]["received"] for _, row in rows if "received" in row["times"]})
        if len(said) > 1:
            self.odd.note(Odd.CALL_DIFFERS, rows[0][0], f"{said[0]} / {said[1]}")
        return datetime.fromisoformat(said[0]) if said else None

    def _words(self, call: str, rows: Rows) -> tuple[str, ...]:
        """The call's own id, and what the file says besides; all that could not be read or differs is here too."""
        parts = [] if call.startswith("\t") else [call]
        for key in ("type", "priority", "address", "point"):
            parts += [str(said) for said in _said(key, rows)[1:]]
        came = {row["times"]["received"] for _, row in rows if "received" in row["times"]}
        parts += [f"received {said}" for said in sorted(came)[1:]]
        for _, row in rows:
            parts += [*row["text"], *(f"{row['unit'] or ''} {text}".strip() for text in row["unread"])]
            parts += [row["place_unread"]] if row["place_unread"] else []
        kept: list[str] = []
        room = MOST_WORDS
        for part in dict.fromkeys(parts):
            room -= len(part) + 2
            if room < 0:
                self.odd.note(Odd.TEXT_LONG, rows[0][0], part)
                break
            kept.append(part)
        return tuple(kept)

    def _sendings(self, call: str, rows: Rows) -> Iterator[Sending]:
        """Each unit's part, once; rows that say the same are one."""
        met: set[str] = set()
        turns: Counter[str] = Counter()
        for line, row in rows:
            body = json.dumps([row["unit"], row["times"], row["unread"]], sort_keys=True)
            if body in met:
                self.odd.note(Odd.ROW_TWICE, line, call.strip())
                continue
            met.add(body)
            unit, name = row["unit"], row["unit"] or ""
            times = {
                str(status.value): datetime.fromisoformat(row["times"][key])
                for key, status in TIMES.items()
                if status is not None and key in row["times"]
            }
            if unit is None and not times:
                continue  # the call alone
            turns[name] += 1
            if turns[name] > 1:
                self.odd.note(Odd.UNIT_TWICE, line, f"{name}: {call.strip()}")
            if Status.DONE.value not in times:
                self.odd.note(Odd.NOT_CLEARED, line, f"{name}: {call.strip()}")
            yield Sending(self._id(call, name, str(turns[name])), self._agency(unit), unit, times)

    def _agency(self, unit: str | None) -> str:
        known = self.pack.units.get(unit or "")
        return known.agency if known else self.mapping.agency_of(unit or "")

    def _id(self, call: str, *parts: str) -> str:
        return made_id(self.mapping.source, call, *parts)


def made_id(source: str, call: str, *parts: str) -> str:
    """The id of a call's incident, or of a part of it: always the same for the same names.

    It begins with the call's number. Numbers are given in turn, so what belongs together lies together in every
    index; ids without an order would make each row a page of its own to read and write.
    """
    digits = "".join(c for c in call if c in "0123456789")[-14:]
    hashed = uuid5(CALLS, "\n".join((source, call, *parts))).int
    place = int(digits) if digits else hashed >> 80
    return str(UUID(int=place << 80 | 8 << 76 | hashed & (1 << 76) - 1))  # UUIDv8: of our own making


def _said(key: str, rows: Rows) -> list[Any]:
    """Every value that the rows of a call have for it, once."""
    found: list[Any] = []
    for _, row in rows:
        if row[key] and row[key] not in found:
            found.append(row[key])
    return found
