"""A unit on its way: a polyline with the time that each leg of it takes."""

from dataclasses import dataclass
from itertools import pairwise
from math import atan2, degrees, hypot

from console.domain.place import Point, distance_m, offset_m
from console.engine.route import STRAIGHT_M_S, RoadGraph, straight_seconds

NEAR_M = 1.0  # there
ON_M = 60.0  # as near as this, a unit is on a way


@dataclass
class Way:
    """What is left of the way to `to`; it is `here`, at the first of the points."""

    to: Point
    points: list[Point]
    seconds: list[float]  # for each leg, on real roads

    @property
    def arrived(self) -> bool:
        return len(self.points) < 2

    @property
    def here(self) -> Point:
        return self.points[0]

    def walk(self, seconds: float) -> float | None:
        """Go on for so long; the heading at the end of it."""
        heading = None
        while self.seconds:
            here, following = self.points[:2]
            if here != following:
                heading = bearing(here, following)
            if seconds < self.seconds[0]:
                part = seconds / self.seconds[0]
                self.seconds[0] -= seconds
                self.points[0] = Point(
                    here.lon + (following.lon - here.lon) * part, here.lat + (following.lat - here.lat) * part
                )
                return heading
            seconds -= self.seconds[0]
            del self.points[0], self.seconds[0]
        return heading


def find_way(start: Point, home: Point, to: Point, roads: RoadGraph | None) -> Way:
    """The way to `to`: that from `home` where `start` lies on it, so that after a restart a unit goes on as
    it began; else from `start` itself."""
    way = _route(home, to, roads)
    leg, part, off = min(
        (_beside(start, a, b, leg) for leg, (a, b) in enumerate(pairwise(way.points))),
        key=lambda found: found[2],
        default=(0, 0.0, ON_M + 1),
    )
    if off > ON_M:
        return _route(start, to, roads)
    return Way(to, [start, *way.points[leg + 1 :]], [way.seconds[leg] * (1 - part), *way.seconds[leg + 1 :]])


def _route(start: Point, to: Point, roads: RoadGraph | None) -> Way:
    """By road; straight when there are no roads or the nearest one is no nearer."""
    if distance_m(start, to) <= NEAR_M:
        return Way(to, [to], [])
    points = roads.path(start, to) if roads else [start, to]
    if roads is None or len(points) < 4:
        return Way(to, [start, to], [float(straight_seconds(to, [start])[0])])
    left = [float(seconds) for seconds in roads.travel_seconds(points[-2], points[1:-1])]
    seconds = [max(0.0, before - after) for before, after in pairwise(left)]
    first, last = (distance_m(a, b) / STRAIGHT_M_S for a, b in (points[:2], points[-2:]))
    return Way(to, points, [first, *seconds, last])


def _beside(at: Point, a: Point, b: Point, leg: int) -> tuple[int, float, float]:
    """How far along the leg from `a` to `b` a point is (0 to 1), and how many metres off it."""
    (east, north), (x, y) = offset_m(a, b), offset_m(a, at)
    length = east * east + north * north
    part = min(1.0, max(0.0, (x * east + y * north) / length)) if length else 0.0
    return leg, part, hypot(x - part * east, y - part * north)


def bearing(a: Point, b: Point) -> float:
    """Degrees clockwise from north."""
    east, north = offset_m(a, b)
    return degrees(atan2(east, north)) % 360
