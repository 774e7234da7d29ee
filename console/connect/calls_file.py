"""A file of calls as records, in order of time: streamed through a temporary database, so that its size is no matter.

    calls = CallsFile(Path("calls.csv"), Path("mapping.yaml"), pack)
    for record in calls.records(now): ...

One row is one unit on one call, or one call. Rows of a call may lie anywhere in the file.
"""

import hashlib
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from console.connect.calls_mapping import TIMES, delimiter_and_encoding, load_mapping
from console.connect.calls_place import read_place, read_point
from console.connect.calls_table import Row, Table
from console.connect.calls_time import Clock
from console.domain.assignment import Status
from console.domain.pack import Pack
from console.domain.place import Point
from console.domain.record import Odd, Record, Sending, out_of_order
from console.domain.words import Label

CALLS = UUID("5b1d7c1e-4c0a-5f0e-9b7a-6f2a4c9d1e30")  # the namespace of the ids
MOST_TEXT, MOST_NAME = 2000, 60
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
EXAMPLES = 5  # of each kind that are told with their line


Rows = list[tuple[int, dict[str, Any]]]  # of one call: line, and what was read there


@dataclass
class Oddities:
    """How often each kind was met, with the first few; `on_each` hears of all of them."""

    counts: Counter[Odd] = field(default_factory=Counter)
    examples: dict[Odd, list[tuple[int, str]]] = field(default_factory=dict)  # line and what is there
    on_each: Callable[[Odd, int, str], None] = lambda odd, line, what: None

    def note(self, odd: Odd, line: int, what: str = "") -> None:
        self.counts[odd] += 1
        if len(told := self.examples.setdefault(odd, [])) < EXAMPLES:
            told.append((line, what[:80]))
        self.on_each(odd, line, what)


class CallsFile:
    """Raises `FileProblems` when the file or its mapping cannot be used."""

    def __init__(self, file: Path, mapping: Path, pack: Pack) -> None:
        self.pack = pack
        self.table = Table(file, *delimiter_and_encoding(mapping))
        self.mapping = load_mapping(mapping, pack, self.table.header)
        self.odd = Oddities()
        self.rows = 0
        self.on_row: Callable[[int], None] = lambda rows: None
        self._clock = Clock(self.mapping.time_format, self.mapping.zone)
        self._codes = {unit.code.casefold(): unit.id for unit in pack.units.values() if unit.code}
        self._ids = {unit.id.casefold(): unit.id for unit in pack.units.values()}
        self._at = {name: place for place, name in reversed(list(enumerate(self.table.header)))}

    def records(self, now: datetime) -> Iterator[Record]:
        """Every call, by when it begins. `now` is for one without any time; those are the last."""
        with closing(sqlite3.connect("")) as kept:  # a file of its own, gone when it is closed
            kept.execute("PRAGMA journal_mode = OFF")
            kept.execute("PRAGMA cache_size = -32768")
            kept.execute("CREATE TABLE row (call TEXT, line INTEGER, begins REAL, ends REAL, unit TEXT, body TEXT)")
            kept.executemany("INSERT INTO row VALUES (?, ?, ?, ?, ?, ?)", self._facts())
            kept.execute("CREATE INDEX row_call ON row (call, line)")
            self._overlaps(kept)
            kept.execute(
                "CREATE TABLE call AS SELECT call, min(coalesce(begins, 9e12)) AS begins, min(line) AS line,"
                " max(line) - min(line) >= count(*) AS apart FROM row GROUP BY call ORDER BY 2, 3"
            )
            calls = kept.execute("SELECT call, line, apart FROM call ORDER BY rowid")
            for call, line, apart in calls:
                if apart:
                    self.odd.note(Odd.ROWS_APART, line, call)
                query = "SELECT line, body FROM row WHERE call = ? ORDER BY line"
                yield self._record(call, [(at, json.loads(body)) for at, body in kept.execute(query, (call,))], now)

    # -- one row

    def _facts(self) -> Iterator[tuple[str, int, float | None, float | None, str | None, str]]:
        for row in self.table.rows():
            self.rows += 1
            self.on_row(self.rows)
            for odd in row.odd:
                self.odd.note(odd, row.line)
            unread: list[str] = []
            times, fact = self._times(row, unread), self._read(row)
            fact |= {"times": {key: time.isoformat() for key, time in times.items()}, "unread": unread}
            moments = [time.timestamp() for time in times.values()]
            unit = fact["unit"]
            begins, ends = min(moments, default=None), times["cleared"].timestamp() if "cleared" in times else None
            yield self._call(row), row.line, begins, ends, unit, json.dumps(fact, ensure_ascii=False)

    def _call(self, row: Row) -> str:
        """What names the call; a row without an id is one by itself, known by all that it says."""
        call = self._cell(row, self.mapping.columns.call_id, MOST_TEXT)
        if call:
            return call
        if self.mapping.columns.call_id:
            self.odd.note(Odd.NO_CALL_ID, row.line)
        return "\t" + hashlib.sha256("\0".join(row.cells).encode(errors="replace")).hexdigest()

    def _read(self, row: Row) -> dict[str, Any]:
        columns, odd = self.mapping.columns, self.odd
        unit = self._cell(row, columns.unit, MOST_NAME)
        if columns.unit and not unit:
            odd.note(Odd.NO_UNIT, row.line)
        known = self._ids.get(unit.casefold()) or self._codes.get(unit.casefold())
        if unit and known is None:
            odd.note(Odd.UNIT_UNKNOWN, row.line, unit)
        point, unread = self._place(row)
        texts = [(column, self._cell(row, column, MOST_TEXT)) for column in columns.text or ()]
        return {
            "unit": known or unit or None,
            "type": self._cell(row, columns.type, MOST_TEXT),
            "priority": self._cell(row, columns.priority, MOST_NAME),
            "address": self._joined(row, columns.address),
            "point": [point.lon, point.lat] if point else None,
            "place_unread": unread,
            "text": [f"{column}: {text}" for column, text in texts if text],
        }

    def _times(self, row: Row, unread: list[str]) -> dict[str, datetime]:
        found: dict[str, datetime] = {}
        latest: datetime | None = None
        for key in TIMES:
            columns = getattr(self.mapping.columns, key)
            if columns is None:
                continue
            text = self._joined(row, columns)
            if not text:
                self.odd.note(Odd.TIME_MISSING, row.line, columns[0])
                continue
            time, odd = self._clock.read(text, latest)
            if odd:
                self.odd.note(odd, row.line, f"{' '.join(columns)} = {text}")
            if time is None:
                unread.append(f"{' '.join(columns)}: {text}")
            else:
                found[key] = latest = time
        return found

    def _place(self, row: Row) -> tuple[Point | None, str]:
        """Where, and the text of what could not be read of it."""
        columns = self.mapping.columns
        if columns.point:
            text = self._cell(row, columns.point, MOST_TEXT)
            pair = read_point(text, self.mapping.point_order == "lat_lon")
            if text and pair is None:
                self.odd.note(Odd.PLACE_UNREAD, row.line, text)
                return None, text
        elif columns.longitude and columns.latitude:
            pair = self._cell(row, columns.longitude, MOST_NAME), self._cell(row, columns.latitude, MOST_NAME)
            text = ", ".join(pair) if any(pair) else ""
        else:
            return None, ""
        if not text or pair is None:
            return None, ""
        point, odd = read_place(*pair, self.mapping.bounds)
        if odd:
            self.odd.note(odd, row.line, text)
        return point, "" if point else text

    def _joined(self, row: Row, columns: list[str] | None) -> str:
        return " ".join(filter(None, (self._cell(row, column, MOST_TEXT) for column in columns or ())))

    def _cell(self, row: Row, column: str | None, most: int) -> str:
        """A cell as a database can hold it."""
        if column is None:
            return ""
        text = row.cells[self._at[column]].strip()
        if not text.isprintable():
            text = " ".join(text.split("\n")).replace("\r", "").replace("\t", " ")
            if (plain := _CONTROL.sub(" ", text)) != text:
                self.odd.note(Odd.TEXT_CONTROL, row.line, column)
            text = plain.strip()
        if "\ufffd" in text:
            self.odd.note(Odd.TEXT_ENCODING, row.line, f"{column} = {text}")
        if len(text) > most:
            self.odd.note(Odd.TEXT_LONG, row.line, column)
            tail = hashlib.sha256(text.encode()).hexdigest()[:8]  # two long names stay two
            text = f"{text[: most - 9]}…{tail}"
        return text

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
        sendings = tuple(self._sendings(call, rows))
        times = [datetime.fromisoformat(time) for _, row in rows for time in row["times"].values()]
        received = [datetime.fromisoformat(row["times"]["received"]) for _, row in rows if "received" in row["times"]]
        if not times:
            odd.note(Odd.NO_TIME, line, call.strip())
        code = mapping.matter_of(type_)
        if code is None and mapping.matters:
            odd.note(Odd.TYPE_UNKNOWN, line, type_)
        matter = self.pack.matters[code or mapping.matter]
        level = mapping.level_of(priority)
        if level is None and mapping.levels:
            odd.note(Odd.PRIORITY_UNKNOWN, line, priority)
        point = next((Point(*row["point"]) for _, row in rows if row["point"]), None)
        if point is None:
            odd.note(Odd.PLACE_MISSING, line, call.strip())
        return Record(
            id=self._id(call),
            matter=matter.code,
            title=Label(type_, type_) if type_ else matter.name,
            place=Label(address, address),
            at=point or self.pack.at,
            level=level or mapping.level or matter.level,
            received_at=min(received or times or [now]),
            text=self._text(call, rows),
            sendings=sendings,
        )

    def _one(self, key: str, rows: Rows) -> str:
        """What the rows of a call say of it: the first that says anything."""
        said = _said(key, rows)
        if len(said) > 1:
            self.odd.note(Odd.CALL_DIFFERS, rows[0][0], f"{said[0]} / {said[1]}")
        return said[0] if said else ""

    def _text(self, call: str, rows: Rows) -> Label:
        """The call's own id, and what the file says besides; all that could not be read is here too."""
        parts = [] if call.startswith("\t") else [call]
        for key in ("type", "priority", "address"):
            parts += _said(key, rows)[1:]
        for _, row in rows:
            parts += [*row["text"], *(f"{row['unit'] or ''} {text}".strip() for text in row["unread"])]
            parts += [row["place_unread"]] if row["place_unread"] else []
        text = "; ".join(dict.fromkeys(parts))
        if len(text) > MOST_TEXT * 10:
            text = text[: MOST_TEXT * 10] + "…"
        return Label(text, text)

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
                status.value: datetime.fromisoformat(row["times"][key])
                for key, status in TIMES.items()
                if status is not None and key in row["times"]
            }
            if unit is None and not times:
                continue  # the call alone
            turns[name] += 1
            if turns[name] > 1:
                self.odd.note(Odd.UNIT_TWICE, line, f"{name}: {call.strip()}")
            one = Sending(self._id(call, name, str(turns[name])), self._agency(unit), unit, times)
            if out_of_order(one):
                self.odd.note(Odd.TIME_ORDER, line, f"{name}: {call.strip()}")
            if Status.DONE.value not in times:
                self.odd.note(Odd.NOT_CLEARED, line, f"{name}: {call.strip()}")
            yield one

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


def _said(key: str, rows: Rows) -> list[str]:
    return list(dict.fromkeys(row[key] for _, row in rows if row[key]))
