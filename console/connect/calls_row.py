"""One row of a file of calls: what its cells say by the mapping, and all that is odd about them."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from console.connect.calls_mapping import TIMES, Mapping
from console.connect.calls_place import read_place, read_point
from console.connect.calls_table import Row
from console.connect.calls_time import Clock
from console.domain.pack import Pack
from console.domain.place import Point
from console.domain.record import Odd, out_of_order

MOST_TEXT, MOST_NAME = 2000, 60
EXAMPLES = 5  # of each kind that are told with their line
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ROUNDED = re.compile(r"\d(?:\.\d+)?E\+\d+", re.IGNORECASE)  # as a spreadsheet shows a long number


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


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says."""

    call: str  # its call's id; a row without one is a call by itself, known by all that it says
    times: dict[str, datetime]  # by the names of `TIMES`, in that order
    fact: dict[str, Any]  # everything else, and the times again, as JSON holds it


class RowReader:
    """`now` is the moment of the import: nothing of a record can be later."""

    def __init__(self, mapping: Mapping, columns: Sequence[str], pack: Pack, odd: Oddities, now: datetime) -> None:
        self.mapping, self.odd, self._now = mapping, odd, now
        self._clock = Clock(mapping.time_format, mapping.zone)
        self._codes = {unit.code.casefold(): unit.id for unit in pack.units.values() if unit.code}
        self._ids = {unit.id.casefold(): unit.id for unit in pack.units.values()}
        self._at = {name: place for place, name in reversed(list(enumerate(columns)))}
        self._times = {key: named for key in TIMES if (named := getattr(mapping.columns, key))}
        uses = Counter(column for named in self._times.values() for column in named)
        self._shared = {column for column, count in uses.items() if count > 1}  # the day of a row

    def read(self, row: Row) -> Said:
        columns = self.mapping.columns
        unread = [self._clean(row.line, "", row.extra, MOST_TEXT)] if row.extra else []
        call, unit = self._call(row), self._unit(row)
        times = self._read_times(row, unread)
        if out_of_order(times.values()):
            self.odd.note(Odd.TIME_ORDER, row.line, f"{unit or ''}: {call.strip()}")
        point, place_unread = self._place(row)
        texts = [(column, self._cell(row, column, MOST_TEXT)) for column in columns.text or ()]
        fact = {
            "unit": unit,
            "type": self._cell(row, columns.type, MOST_TEXT),
            "priority": self._cell(row, columns.priority, MOST_NAME),
            "address": self._joined(row, columns.address),
            "point": [point.lon, point.lat] if point else None,
            "place_unread": place_unread,
            "text": [f"{column}: {text}" for column, text in texts if text],
            "times": {key: time.isoformat() for key, time in times.items()},
            "unread": unread,
        }
        return Said(call, times, fact)

    def _call(self, row: Row) -> str:
        call = self._cell(row, self.mapping.columns.call_id, MOST_TEXT)
        if call:
            if _ROUNDED.fullmatch(call):
                self.odd.note(Odd.ID_NUMBER, row.line, call)
            return call
        if self.mapping.columns.call_id:
            self.odd.note(Odd.NO_CALL_ID, row.line)
        return "\t" + hashlib.sha256("\0".join(row.cells).encode(errors="replace")).hexdigest()

    def _unit(self, row: Row) -> str | None:
        """The pack's id for it, or its name in the file."""
        unit = self._cell(row, self.mapping.columns.unit, MOST_NAME)
        if self.mapping.columns.unit and not unit:
            self.odd.note(Odd.NO_UNIT, row.line)
        known = self._ids.get(unit.casefold()) or self._codes.get(unit.casefold())
        if unit and known is None:
            self.odd.note(Odd.UNIT_UNKNOWN, row.line, unit)
        return known or unit or None

    def _read_times(self, row: Row, unread: list[str]) -> dict[str, datetime]:
        """Those that can be read; what stands in the cells of the others goes to `unread`."""
        found: dict[str, datetime] = {}
        used: set[str] = set()
        parts: list[tuple[str, str]] = []  # column and cell, of times that are not whole
        day: datetime | None = None  # of the call, when that is all that is said
        latest: datetime | None = None
        for key, columns in self._times.items():
            cells = [(column, self._cell(row, column, MOST_TEXT)) for column in columns]
            if not all(cell for _, cell in cells):  # a day without its hour is not midnight
                self.odd.note(Odd.TIME_MISSING, row.line, " ".join(column for column, cell in cells if not cell))
                parts += [(column, cell) for column, cell in cells if cell]
                continue
            name, text = " ".join(columns), " ".join(cell for _, cell in cells)
            time, odd = self._clock.read(text, latest, borrowed=not self._shared.isdisjoint(columns))
            if odd:
                self.odd.note(odd, row.line, f"{name} = {text}")
            if time is None or odd is Odd.TIME_DATE:
                unread.append(f"{name}: {text}")
                day = time if key == "received" else day
                continue
            if time > self._now:
                self.odd.note(Odd.TIME_FUTURE, row.line, f"{name} = {text}")
            found[key] = latest = time
            used.update(columns)
        unread += [f"{column}: {cell}" for column, cell in parts if column not in used]
        return found or ({"received": day} if day else {})

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
        return self._clean(row.line, column, row.cells[self._at[column]].strip(), most)

    def _clean(self, line: int, column: str, text: str, most: int) -> str:
        if not text.isprintable():
            text = " ".join(text.split("\n")).replace("\r", "").replace("\t", " ")
            if (plain := _CONTROL.sub(" ", text)) != text:
                self.odd.note(Odd.TEXT_CONTROL, line, column)
            text = plain.strip()
        if "\ufffd" in text:
            self.odd.note(Odd.TEXT_ENCODING, line, f"{column} = {text}")
        if len(text) > most:
            self.odd.note(Odd.TEXT_LONG, line, column)
            tail = hashlib.sha256(text.encode()).hexdigest()[:8]  # two long names stay two
            text = f"{text[: most - 9]}…{tail}"
        return text
