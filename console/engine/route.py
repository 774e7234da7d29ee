"""How long the way is: travel times from many units to one place over the road graph, and the way itself.

SciPy is imported with the first graph: half a second that a desk's window need not wait for.
"""

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from console.domain.place import EARTH_RADIUS_M, Point

Floats = NDArray[np.float64]

OFF_ROAD_M_S = 5 / 3.6  # from where one stands to the nearest road: a walk, or a yard crossed slowly
STRAIGHT_FACTOR = 1.3  # a road is about this much longer than the straight line
STRAIGHT_M_S = 30 / 3.6
NEAR_S = 1800.0  # most ways are no longer
REMEMBERED = 8  # places that ways lead to: an incident is asked about again and again


def straight_seconds(to: Point, from_points: Sequence[Point]) -> Floats:
    """Travel times without a road graph: the straight line, 1.3 times as long, at 30 km/h."""
    return _apart(to, from_points) * (STRAIGHT_FACTOR / STRAIGHT_M_S)


class _Search(NamedTuple):
    """From everywhere to one node."""

    limit_s: float
    seconds: Floats  # infinite where it is farther than the limit
    after: NDArray[np.int32]  # the node that follows each on its way; below zero where none leads there


class RoadGraph:
    """Directed roads between points: edge `u[i] -> v[i]` takes `seconds[i]`."""

    def __init__(self, lon: Floats, lat: Floats, u: NDArray[np.int32], v: NDArray[np.int32], seconds: Floats) -> None:
        from scipy.sparse import csgraph, csr_array
        from scipy.spatial import cKDTree

        self._dijkstra = csgraph.dijkstra
        self.lon, self.lat = lon, lat
        self._mid_lat = float(np.mean(lat))
        self._tree = cKDTree(_metres(lon, lat, self._mid_lat))
        n = len(lon)
        # Where two roads join the same nodes only the quicker counts; a sparse matrix would add them up.
        order = np.lexsort((seconds, v, u))
        u, v, seconds = u[order], v[order], seconds[order]
        first = np.ones(len(u), bool)
        first[1:] = (u[1:] != u[:-1]) | (v[1:] != v[:-1])
        self._roads = csr_array((seconds[first].astype(float), (u[first], v[first])), shape=(n, n))
        self._reversed = csr_array(self._roads.T)
        self._searches: dict[int, _Search] = {}  # the latest, by node, the oldest first
        self._searching = Lock()  # who asks for the same meanwhile need not search too

    @classmethod
    def load(cls, file: Path) -> "RoadGraph":
        with np.load(file) as data:
            return cls(data["lon"], data["lat"], data["u"], data["v"], data["seconds"].astype(float))

    def __len__(self) -> int:
        return len(self.lon)

    def snap(self, points: Sequence[Point]) -> tuple[NDArray[np.intp], Floats]:
        """The node nearest to each point and the metres to it."""
        metres, nodes = self._tree.query(_flat(points, self._mid_lat))
        return nodes, metres

    def travel_seconds(self, to: Point, from_points: Sequence[Point], limit_s: float = np.inf) -> Floats:
        """Seconds from each point to `to`, with the walk to the road at both ends; infinite past the limit.

        One search from `to` against the traffic reaches every unit at once, and goes no farther than the limit.
        """
        if not from_points:
            return np.empty(0)
        at = _flat([to, *from_points], self._mid_lat)
        metres, nodes = self._tree.query(at)
        on_road = self._search(int(nodes[0]), limit_s).seconds[nodes[1:]]
        seconds: Floats = on_road + (metres[1:] + metres[0]) / OFF_ROAD_M_S
        # Close by, nobody walks to a road and back.
        seconds = np.minimum(seconds, np.hypot(*(at[1:] - at[0]).T) / OFF_ROAD_M_S)
        seconds[seconds > limit_s] = np.inf
        return seconds

    def path(self, start: Point, to: Point) -> list[Point]:
        """The quickest way as a polyline from `start` to `to`; the straight line where no road leads."""
        return self.paths([start], to)[0]

    def paths(self, starts: Sequence[Point], to: Point) -> list[list[Point]]:
        """The ways of many to one place: one search near by, and one everywhere when somebody is farther away."""
        nodes, _ = self.snap([to, *starts])
        end = int(nodes[0])
        for limit_s in (NEAR_S, np.inf):
            search = self._search(end, limit_s)
            if np.isfinite(search.seconds[nodes]).all():
                break
        after = search.after
        return [self._way(start, int(node), end, after, to) for start, node in zip(starts, nodes[1:], strict=True)]

    def _search(self, end: int, limit_s: float) -> _Search:
        """From everywhere within `limit_s` or more to the node `end`, against the traffic."""
        with self._searching:
            found = self._searches.pop(end, None)
            if found is None or found.limit_s < limit_s:
                searched = self._dijkstra(self._reversed, indices=end, limit=limit_s, return_predecessors=True)
                found = _Search(limit_s, *searched)
            self._searches[end] = found
            if len(self._searches) > REMEMBERED:
                del self._searches[next(iter(self._searches))]
            return found

    def _way(self, start: Point, node: int, end: int, after: NDArray[np.int32], to: Point) -> list[Point]:
        way = [start]
        while node != end:
            way.append(Point(float(self.lon[node]), float(self.lat[node])))
            node = int(after[node])
            if node < 0:
                return [start, to]
        return [*way, Point(float(self.lon[end]), float(self.lat[end])), to]


def _metres(lon: Floats, lat: Floats, mid_lat: float) -> Floats:
    """Flat metres, good to 0.1 % within a city."""
    k = np.radians(1.0) * EARTH_RADIUS_M
    flat: Floats = np.column_stack([lon * k * np.cos(np.radians(mid_lat)), lat * k])
    return flat


def _flat(points: Sequence[Point], mid_lat: float) -> Floats:
    at = np.fromiter((degrees for p in points for degrees in (p.lon, p.lat)), float).reshape(-1, 2)
    return _metres(at[:, 0], at[:, 1], mid_lat)


def _apart(to: Point, from_points: Sequence[Point]) -> Floats:
    """Straight metres from each point to `to`."""
    metres: Floats = np.hypot(*(_flat(from_points, to.lat) - _flat([to], to.lat)).T)
    return metres
