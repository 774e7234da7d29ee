"""What a map shows, as plain data, and how it crosses to the page: JSON, and bytes for what moves."""

import struct
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from typing import Literal

UnitState = Literal["free", "moving", "busy", "stale", "off"]
Level = Literal["blue", "yellow", "orange", "red"]
Layer = Literal["incidents", "units", "routes", "cameras", "gauges", "names", "boundaries"]

STATES: tuple[UnitState, ...] = ("free", "moving", "busy", "stale", "off")  # a state's number, as in live.js
LAYERS: tuple[Layer, ...] = ("incidents", "units", "routes", "cameras", "gauges", "names", "boundaries")


@dataclass(frozen=True, slots=True)
class MapUnit:
    id: str
    name: str
    lon: float
    lat: float
    heading: float | None = None  # degrees clockwise from north; a dot is drawn when it is not known
    state: UnitState = "free"
    kind: str = ""
    note: str = ""  # beside the name: "3′"


@dataclass(frozen=True, slots=True)
class MapIncident:
    id: str
    code: str
    title: str
    lon: float
    lat: float
    level: Level
    selected: bool = False
    done: bool = False
    undecided: str = ""  # the word for what two said differently: 待裁定
    other: tuple[float, float] | None = None  # lon, lat of the place that the second one said


@dataclass(frozen=True, slots=True)
class MapCamera:
    id: str
    name: str
    lon: float
    lat: float
    state: str = "idle"  # a `Picture` value: idle and live are drawn bright, all others dim


@dataclass(frozen=True, slots=True)
class MapGauge:
    id: str
    name: str
    lon: float
    lat: float
    level: Level | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class MapRoute:
    unit_id: str
    points: Sequence[tuple[float, float]]


UnitNames = list[tuple[str, str, str, str]]  # id, name, kind, note: what seldom changes


def unit_names(units: Sequence[MapUnit]) -> UnitNames:
    return [(unit.id, unit.name, unit.kind, unit.note) for unit in units]


def unit_positions(units: Sequence[MapUnit], version: int) -> bytes:
    """Where the units are, for `Units.read` in live.js; `version` says to which names it belongs."""
    at = array("d", [degree for unit in units for degree in (unit.lon, unit.lat)])
    heading = array("f", [nan if unit.heading is None else unit.heading for unit in units])
    states = bytes(STATES.index(unit.state) for unit in units)
    return struct.pack("=II", version, len(units)) + at.tobytes() + heading.tobytes() + states
