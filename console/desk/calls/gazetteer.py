"""Places by the words of a caller: names of the map, of the pack and of what is under way, crossings, coordinates."""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QTimer

from console.desk.session import Session
from console.domain.crs import Crs
from console.domain.gazetteer import Spot, SpotKind, coordinate, crossing, near
from console.domain.place import Point, distance_m
from console.domain.words import Label
from console.engine.crossings import crossings
from console.store.basemap import read_names
from widgets.completions import Completion
from widgets.lang import show
from widgets.pinyin import initials, matches

AFTER_START_MS = 6_000
MOST = 9
NEAR_M = 400.0  # a spot this near gives its name to a place that was picked on the map
SAME_M = 100.0  # what has one name and is no farther apart is one place
FAR_M = 100_000.0  # a coordinate farther away is likely in another system


class Gazetteer:
    """Finds spots; those of the map come when they are read."""

    def __init__(self, session: Session, basemap: Path) -> None:
        self._session = session
        self._fixed: tuple[Spot, ...] = ()
        self._basemap: Path | None = basemap  # until its names are being read
        QTimer.singleShot(AFTER_START_MS, session, self._read)

    def _read(self) -> None:
        """Beside the main thread, once: a while after the start, or when the first call comes."""
        basemap, self._basemap = self._basemap, None
        if basemap is not None and not self._session.jobs.closed:
            self._session.jobs.pool(lambda: _spots_of(basemap), self._use)

    def _use(self, spots: tuple[Spot, ...]) -> None:
        self._fixed = spots

    def find(self, typed: str) -> list[Completion]:
        """What a text may mean, the best first. The `data` of each is its WGS-84 `Point`."""
        self._read()
        if (declared := coordinate(typed)) is not None:
            return [self._coordinate(*declared)]
        meant = near(typed)
        found = self._crossing(typed) or list(self._fitting(meant or typed))
        if not found and (meant := _initials_of_near(typed)) is not None:
            found = self._fitting(meant)
        rows = [self._row(spot, nearby=meant is not None) for spot in found[:MOST]]
        return rows or self._inside(typed)

    def place(self, name: str) -> Point | None:
        """Where something of just this name is."""
        found = next((row.data for row in self.find(name) if row.insert == name), None)
        return found if isinstance(found, Point) else None

    def name_of(self, at: Point) -> str:
        """What to call a place that was picked on the map."""
        known = min(self._named(), key=lambda spot: distance_m(spot.at, at), default=None)
        if known is not None and distance_m(known.at, at) <= NEAR_M:
            return _nearby(known.name)
        return f"{at.lon:.5f}, {at.lat:.5f}"

    def _named(self) -> Iterator[Spot]:
        """What has a name of its own that a person would say."""
        yield from (spot for spot in self._fixed if spot.kind is not SpotKind.ROAD)
        yield from (spot for spot in self._of_pack() if spot.kind is SpotKind.CAMERA)

    def _of_pack(self) -> Iterator[Spot]:
        pack, state = self._session.pack, self._session.state
        for camera in pack.cameras.values():
            yield Spot(camera.name, camera.at, SpotKind.CAMERA)
        for indicator in pack.indicators.values():
            if indicator.at is not None:
                yield Spot(indicator.place, indicator.at, SpotKind.STATION)
        for unit in pack.units.values():
            position = state.positions.get(unit.id)
            if (at := position.at if position else unit.home) is not None:
                yield Spot(unit.name, at, SpotKind.UNIT)

    def _incidents(self) -> Iterator[Spot]:
        for incident in self._session.state.open_incidents():
            place = incident.place
            yield Spot(Label(f"{incident.code} {place.zh}", f"{incident.code} {place.en}"), incident.at, _INCIDENT)

    def _fitting(self, typed: str) -> list[Spot]:
        every = (*self._incidents(), *self._fixed, *self._of_pack())
        found = [spot for spot in every if matches(typed, spot.name.zh, spot.name.en)]
        found.sort(key=lambda spot: (_fit(typed, spot), spot.kind.place, len(spot.name.zh)))
        once: dict[str, Spot] = {}
        for spot in found:  # a station, a camera and a place are often called the same
            known = once.setdefault(spot.name.zh, spot)
            if distance_m(known.at, spot.at) > SAME_M:
                once[f"{spot.name.zh}@{spot.at}"] = spot
        return list(once.values())

    def _crossing(self, typed: str) -> list[Spot]:
        roads = crossing(typed)
        if roads is None:
            return []
        first, second = roads
        fixed = (spot for spot in self._fixed if spot.kind is SpotKind.CROSSING)
        return [spot for spot in fixed if matches(f"{first} {second}", spot.name.zh, spot.name.en)]

    def _inside(self, typed: str) -> list[Completion]:
        """A longer text that begins with a known name: 万达广场 3 号门."""
        known = [s for s in (*self._fixed, *self._of_pack()) if len(s.name.zh) > 1 and typed.startswith(s.name.zh)]
        longest = sorted(known, key=lambda spot: -len(spot.name.zh))[:1]
        return [Completion(typed, typed, show(spot.name), data=spot.at) for spot in longest]

    def _row(self, spot: Spot, *, nearby: bool) -> Completion:
        name = _nearby(spot.name) if nearby else show(spot.name)
        if spot.kind is SpotKind.INCIDENT:
            name = name.partition(" ")[2] or name
        return Completion(name, _nearby(spot.name) if nearby else show(spot.name), show(spot.kind.label), data=spot.at)

    def _coordinate(self, at: Point, system: Crs) -> Completion:
        words = f"{at.lon:.5f}, {at.lat:.5f}"
        away = distance_m(at, self._session.pack.at)
        hint = f"{show(system.label)} → WGS-84"
        if away > FAR_M:
            hint += f" · {away / 1000:.0f} km!"
        return Completion(words, words, hint, data=at)


_INCIDENT = SpotKind.INCIDENT


def _fit(typed: str, spot: Spot) -> int:
    """How well: the name itself, its beginning, or a part of it."""
    words, names = typed.lower(), (spot.name.zh.lower(), spot.name.en.lower(), initials(spot.name.zh))
    if words in names:
        return 0
    return 1 if any(name.startswith(words) for name in names) else 2


def _initials_of_near(typed: str) -> str | None:
    """`wdgcfj` is 万达广场附近."""
    return typed[:-2] if len(typed) > 3 and typed.lower().endswith("fj") else None


def _nearby(name: Label) -> str:
    return show(Label(f"{name.zh}附近", f"near {name.en}"))


def _spots_of(basemap: Path) -> tuple[Spot, ...]:
    """Beside the main thread."""
    names = read_names(basemap)
    found = list(names.spots)
    for road, lines in names.roads.items():
        middle = max(lines, key=len)
        lon, lat = middle[len(middle) // 2][:2]
        found.append(Spot(names.road_names[road], Point(lon, lat), SpotKind.ROAD))
    for first, second, at in crossings(names.roads):
        a, b = names.road_names[first], names.road_names[second]
        found.append(Spot(Label(f"{a.zh}{b.zh}路口", f"{a.en} and {b.en}"), at, SpotKind.CROSSING))
    for spot in found:
        initials(spot.name.zh)  # asked at every stroke; remembered
    return tuple(found)
