"""Files of calls as cities publish them, and worse; what they say is worked out apart from the code that reads them."""

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from hypothesis import strategies as st

from console.connect.calls_file import CallsFile, made_id
from console.domain.assignment import Assignment, Status
from console.domain.incident import Incident
from console.store.store import Store
from tests.support_pack import make_pack

MAPPING = """\
source: test
columns:
  call_id: Call
  unit: Unit
  type: Type
  priority: Priority
  received: Received
  dispatched: Dispatched
  en_route: En route
  on_scene: On scene
  cleared: Cleared
  address: Address
  longitude: Lon
  latitude: Lat
time_format: ["%Y-%m-%d %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", iso, epoch]
zone: Asia/Shanghai
matter: flood
matters: {Water: flood}
level: yellow
levels: {"1": red}
agency: fire
agencies: {"D*": dong}
"""
HEADER = ["Call", "Unit", "Type", "Priority", "Received", "Dispatched", "En route", "On scene", "Cleared", "Address",
          "Lon", "Lat"]  # fmt: skip
STATUSES = (Status.NOTIFIED, Status.EN_ROUTE, Status.ON_SCENE, Status.DONE)
SHANGHAI = timezone(timedelta(hours=8))
BASE = datetime(2026, 3, 1, tzinfo=UTC)
FORMATS = ("%Y-%m-%d %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "iso", "epoch")
UNREADABLE = ("soon", "25:99", "2026-13-01 00:00:00", "1900-01-01 00:00:00", "-", "00/00/0000")
WORDS = {
    "utf-8": ["东桥 1 号", "Café", 'say "hi"', "two\nlines", "a,b", "🚒", "'; DROP TABLE"],
    "gb18030": ["广州市天河区体育西路", "东莞市厚街镇康乐南路", "two\nlines"],
    "latin-1": ["Straße des 17. Juni", "Café de la Gare", "a,b"],
}


@dataclass(frozen=True)
class Cell:
    """A time as written, and what it is; None for what nobody can read."""

    text: str
    at: datetime | None


@dataclass(frozen=True)
class CallRow:
    call: str
    unit: str
    times: tuple[Cell, ...]  # received, dispatched, en route, on scene, cleared
    words: tuple[str, ...]  # type, priority, address, lon, lat

    @property
    def cells(self) -> list[str]:
        kind, priority, address, lon, lat = self.words
        return [self.call, self.unit, kind, priority, *(cell.text for cell in self.times), address, lon, lat]

    @property
    def facts(self) -> tuple[str, tuple[tuple[str, datetime], ...]]:
        """What an assignment must hold in the end: one that is cleared is not open, whatever else it says."""
        held = {status.value: cell.at for status, cell in zip(STATUSES, self.times[1:], strict=True) if cell.at}
        if "done" in held and held["done"] < max(held.values()):
            held["stood_down"] = max(held.values())
        return self.unit, tuple(sorted(held.items()))

    @property
    def said(self) -> tuple[str, ...]:
        """Rows of one call that say the same are one: a time is what it is, however it is written."""
        return self.unit, *(str(cell.at) if cell.at else cell.text for cell in self.times)

    @property
    def sends(self) -> bool:
        return bool(self.unit or self.facts[1])


@dataclass
class Told:
    """What a file tells: the facts of every call that has an id, and of each row that has none."""

    rows: list[CallRow]
    calls: dict[str, Counter[object]] = field(default_factory=dict)
    alone: list[Counter[object]] = field(default_factory=list)

    def __post_init__(self) -> None:
        met: dict[str, set[object]] = {}
        for row in self.rows:
            if not row.call:
                if tuple(row.cells) not in met.setdefault("", set()):
                    met[""].add(tuple(row.cells))
                    self.alone.append(Counter([row.facts] if row.sends else []))
                continue
            kept = self.calls.setdefault(row.call, Counter())
            if row.said not in met.setdefault(row.call, set()):
                met[row.call].add(row.said)
                kept.update([row.facts] if row.sends else [])

    @property
    def facts(self) -> int:
        held = [*self.calls.values(), *self.alone]
        return sum(len(times) for kept in held for _, times in kept.elements())  # type: ignore[misc]


@st.composite
def cells(draw: st.DrawFn) -> Cell:
    if draw(st.integers(0, 9)) == 0:
        return Cell("", None)
    if draw(st.integers(0, 9)) == 0:
        return Cell(draw(st.sampled_from(UNREADABLE)), None)
    at = BASE + timedelta(seconds=draw(st.integers(0, 7200)))
    format = draw(st.sampled_from(FORMATS))
    if format == "epoch":
        return Cell(f"{at.timestamp():.0f}", at)
    local = at.astimezone(SHANGHAI)
    return Cell(local.isoformat() if format == "iso" else local.strftime(format), at)


@st.composite
def tables(draw: st.DrawFn, encoding: str) -> list[CallRow]:
    rows = []
    for number in range(draw(st.integers(1, 6))):
        call = draw(st.sampled_from([f"C{number}", f"C{number}", "C0", ""]))
        for _ in range(draw(st.integers(1, 4))):
            unit = draw(st.sampled_from(["E1", "E2", "D1", "xf1", ""]))
            words = (
                draw(st.sampled_from(["Water", "Fire", ""])),
                draw(st.sampled_from(["1", "9", ""])),
                draw(st.sampled_from(WORDS[encoding])),
                *draw(st.sampled_from([("104.06", "30.67"), ("0", "0"), ("30.67", "104.06"), ("x", ""), ("", "")])),
            )
            rows.append(CallRow(call, unit, tuple(draw(cells()) for _ in range(5)), words))
    rows += draw(st.lists(st.sampled_from(rows), max_size=2))
    return draw(st.permutations(rows))


def write(folder: Path, rows: Iterable[CallRow], encoding: str = "utf-8", mapping: str = MAPPING) -> CallsFile:
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(HEADER)
    table.writerows(row.cells for row in rows)
    (folder / "calls.csv").write_bytes(text.getvalue().encode(encoding))
    (folder / "mapping.yaml").write_text(mapping, "utf-8")
    return CallsFile(folder / "calls.csv", folder / "mapping.yaml", make_pack())


def kept(store: Store) -> tuple[dict[str, Counter[object]], dict[str, Incident]]:
    """What a store holds: the facts of every incident by its id, and the incidents."""
    with store.read() as view:
        incidents = {one.id: one for one in view.every(Incident)}
        facts: dict[str, Counter[object]] = {id: Counter() for id in incidents}
        for one in view.every(Assignment):
            facts[one.incident][one.unit or "", tuple(sorted(one.times.items()))] += 1
    return facts, incidents


def incident_id(call: str, source: str = "test") -> str:
    return made_id(source, call)
