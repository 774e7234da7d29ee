"""A unit on its way: a polyline that is walked by the second."""

from dataclasses import dataclass
from itertools import pairwise
from math import atan2, degrees

from console.domain.place import Point, distance_m, offset_m
from console.engine.route import RoadGraph, straight_seconds

NEAR_M = 1.0  # there


@dataclass
class Way:
    """What is left of the way to `to`, and its mean speed on real roads."""

    to: Point
    points: list[Point]  # the first is where it is now
    speed: float  # m/s

    @property
    def arrived(self) -> bool:
        return len(self.points) < 2

    @property
    def here(self) -> Point:
        return self.points[0]

    def walk(self, metres: float) -> float | None:
        """Go so far along the way; the heading at the end of it."""
        heading = None
        while len(self.points) > 1:
            here, following = self.points[:2]
            leg = distance_m(here, following)
            if leg > 0:
                heading = bearing(here, following)
            if leg > metres:
                part = metres / leg
                self.points[0] = Point(
                    here.lon + (following.lon - here.lon) * part, here.lat + (following.lat - here.lat) * part
                )
                return heading
            metres -= leg
            del self.points[0]
        return heading


def find_way(start: Point, to: Point, roads: RoadGraph | None) -> Way:
    """The way by road, or straight when there are no roads."""
    if distance_m(start, to) <= NEAR_M:
        return Way(to, [to], 1.0)
    if roads is None:
        points, seconds = [start, to], float(straight_seconds(to, [start])[0])
    else:
        points, seconds = roads.path(start, to), float(roads.travel_seconds(to, [start])[0])
        if seconds == float("inf"):
            seconds = float(straight_seconds(to, [start])[0])
    metres = sum(distance_m(a, b) for a, b in pairwise(points))
    return Way(to, points, metres / seconds)


def bearing(a: Point, b: Point) -> float:
    """Degrees clockwise from north."""
    east, north = offset_m(a, b)
    return degrees(atan2(east, north)) % 360
