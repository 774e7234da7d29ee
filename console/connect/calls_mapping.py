"""What the columns of another system's file of calls mean: a YAML file, see docs/calls.md."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field

from console.connect.calls_table import Table
from console.domain.assignment import Status
from console.domain.level import Level
from console.domain.pack import Pack
from console.domain.phrases import both
from console.domain.words import Label, Phrase
from console.store.list_rules import AGENCY, MATTER
from console.store.pack_files import Box
from console.store.plain import AnyLevel, FileProblems, Id, Page, Problem, Record, Text, fault, read_yaml

COLUMN = Label("列", "column")
WORDS = ("iso", "epoch", "epoch_ms")  # time formats that are no pattern
TIMES: dict[str, Status | None] = {  # columns that hold a time, in the order in which they should occur
    "received": None,
    "dispatched": Status.NOTIFIED,
    "acknowledged": Status.ACKNOWLEDGED,
    "en_route": Status.EN_ROUTE,
    "on_scene": Status.ON_SCENE,
    "working": Status.WORKING,
    "cleared": Status.DONE,
}


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _format(value: str) -> str:
    if value in WORDS:
        return value
    try:
        datetime.strptime("", value)
    except ValueError as error:
        if "bad directive" in str(error) or "stray %" in str(error) or "%" not in value:
            raise fault(Phrase("calls_format", {"format": value})) from None
    return value


def _zone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise fault(Phrase("calls_zone", {"zone": str(value)})) from None


def _crs(value: str) -> str:
    if value.replace("-", "").upper() not in ("WGS84", "EPSG:4326"):
        raise fault(Phrase("calls_crs", {"crs": value}))
    return value


def _encoding(value: str) -> str:
    try:
        "".encode(value)
    except LookupError:
        raise fault(Phrase("calls_encoding", {"encoding": value})) from None
    return value


Columns = Annotated[list[Text], BeforeValidator(_listed), Field(min_length=1)]  # joined with a space


class ColumnsFile(Record):
    call_id: Text | None = None
    unit: Text | None = None
    type: Text | None = None
    priority: Text | None = None
    received: Columns | None = None
    dispatched: Columns | None = None
    acknowledged: Columns | None = None
    en_route: Columns | None = None
    on_scene: Columns | None = None
    working: Columns | None = None
    cleared: Columns | None = None
    address: Columns | None = None
    longitude: Text | None = None
    latitude: Text | None = None
    point: Text | None = None
    text: Columns | None = None  # kept as words of the incident

    def named(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every column that is named, and where."""
        for key in type(self).model_fields:
            value = getattr(self, key)
            for place, column in enumerate(value if isinstance(value, list) else [value] if value else []):
                yield (key, place) if isinstance(value, list) else (key,), column


class Mapping(Record):
    source: Id  # names the other system: ids are made from it and the call's own
    columns: ColumnsFile
    time_format: Annotated[list[Annotated[str, AfterValidator(_format)]], BeforeValidator(_listed)] = ["iso"]
    zone: Annotated[ZoneInfo, BeforeValidator(_zone)]
    encoding: Annotated[str, AfterValidator(_encoding)] | None = None  # looked for when left out
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None  # likewise
    crs: Annotated[str, AfterValidator(_crs)] = "WGS-84"
    point_order: Literal["lon_lat", "lat_lon"] = "lat_lon"  # of a bare pair; WKT and GeoJSON have their own
    bounds: Box | None = None
    matter: str
    matters: dict[str, str] = {}
    level: AnyLevel | None = None  # the matter's own when left out
    levels: dict[str, AnyLevel] = {}
    agency: str
    agencies: dict[str, str] = {}  # pattern of unit names -> agency, the first that fits

    def matter_of(self, type: str) -> str | None:
        """None for a type that is not named."""
        return self._matters.get(type.casefold())

    def level_of(self, priority: str) -> Level | None:
        return self._levels.get(priority.casefold())

    def agency_of(self, unit: str) -> str:
        return next((agency for like, agency in self.agencies.items() if fnmatchcase(unit, like)), self.agency)

    def model_post_init(self, _context: object) -> None:
        self._matters = {key.casefold(): matter for key, matter in self.matters.items()}
        self._levels = {key.casefold(): level for key, level in self.levels.items()}

    _matters: dict[str, str] = {}
    _levels: dict[str, Level] = {}


def load_mapping(file: Path, pack: Pack, table: Table) -> Mapping:
    """The mapping in a file, for a table. Raises `FileProblems` with every problem there is."""
    problems: list[Problem] = []
    page = read_yaml(file, problems)
    mapping = None if problems else page.parse((), page.data, Mapping)
    if mapping is not None:
        _check(page, mapping, pack, table.header)
        if not {column for _, column in mapping.columns.named()} <= set(table.header):
            there = Phrase("calls_columns", {"columns": "、".join(filter(None, table.header))})
            problems.append(Problem(table.file.name, table.top.lines, both(there)))
    if mapping is None or problems:
        raise FileProblems(file.name, sorted(problems, key=lambda one: (one.file != file.name, one.line)))
    return mapping


@dataclass(frozen=True, slots=True)
class Hints:
    """What of a mapping is needed to find the header of its table."""

    delimiter: str | None
    encoding: str | None
    columns: list[str]


def hints(file: Path) -> Hints:
    """As far as they can be read; what is wrong with the mapping `load_mapping` says."""
    data = read_yaml(file, []).data
    given = data if isinstance(data, dict) else {}
    delimiter, encoding, columns = given.get("delimiter"), given.get("encoding"), given.get("columns")
    try:
        "".encode(encoding if isinstance(encoding, str) else "utf-8")
    except LookupError:
        encoding = None
    return Hints(
        delimiter if isinstance(delimiter, str) and len(delimiter) == 1 else None,
        encoding if isinstance(encoding, str) else None,
        [name for value in columns.values() for name in _names(value)] if isinstance(columns, dict) else [],
    )


def _names(value: object) -> list[str]:
    return [name.strip() for name in (value if isinstance(value, list) else [value]) if isinstance(name, str)]


def _check(page: Page, mapping: Mapping, pack: Pack, header: list[str]) -> None:
    columns = mapping.columns
    for way, column in columns.named():
        page.refer(("columns", *way), COLUMN, column, header)
        if header.count(column) > 1:
            page.wrong(("columns", *way), Phrase("calls_column_twice", {"column": column}))
    if not any(getattr(columns, key) for key in TIMES):
        page.wrong(("columns",), Phrase("calls_no_time"))
    if (columns.longitude is None) != (columns.latitude is None):
        page.wrong(("columns",), Phrase("calls_half_place"))
    if columns.point is not None and columns.longitude is not None:
        page.wrong(("columns", "point"), Phrase("calls_two_places"))
    page.refer(("matter",), MATTER, mapping.matter, pack.matters)
    for key, matter in mapping.matters.items():
        page.refer(("matters", key), MATTER, matter, pack.matters)
    page.refer(("agency",), AGENCY, mapping.agency, pack.agencies)
    for key, agency in mapping.agencies.items():
        page.refer(("agencies", key), AGENCY, agency, pack.agencies)
