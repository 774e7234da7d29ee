"""Where roads cross: the places at which lines of different names come together."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from console.domain.place import EARTH_RADIUS_M, Point

Floats = NDArray[np.float64]
STEP_M = 20.0  # a road is looked at so often along its way
TOGETHER_M = 25.0  # what comes so near crosses
APART_M = 150.0  # two crossings of the same roads that are nearer are one


def crossings(roads: Mapping[str, Sequence[Sequence[Sequence[float]]]]) -> list[tuple[str, str, Point]]:
    """Pairs of road names and where they cross. Lines are [lon, lat] degrees, several for one road."""
    from scipy.spatial import cKDTree

    names = sorted(roads)
    mid = float(np.mean([point[1] for lines in roads.values() for line in lines for point in line] or [0.0]))
    scale = np.radians(1.0) * EARTH_RADIUS_M * np.array([np.cos(np.radians(mid)), 1.0])
    walked = [np.vstack([_walk(np.asarray(line, float) * scale) for line in roads[name]]) for name in names]
    found: list[tuple[str, str, Point]] = []
    for at, mine in enumerate(walked):
        tree = cKDTree(mine)
        for other in range(at + 1, len(walked)):
            metres, nearest = tree.query(walked[other], distance_upper_bound=TOGETHER_M)
            close = np.flatnonzero(np.isfinite(metres))
            for index in _one_each(walked[other][close], metres[close]):
                both = (walked[other][close][index] + mine[nearest[close][index]]) / 2 / scale
                found.append((names[at], names[other], Point(float(both[0]), float(both[1]))))
    return found


def _walk(line: Floats) -> Floats:
    """Points along a line in metres, no farther apart than `STEP_M`."""
    lengths = np.hypot(*np.diff(line, axis=0).T) if len(line) > 1 else np.empty(0)
    pieces = [line[:1]]
    for start, end, length in zip(line, line[1:], lengths, strict=False):
        parts = np.linspace(0.0, 1.0, max(2, int(length // STEP_M) + 2))[1:, None]
        pieces.append(start + (end - start) * parts)
    return np.vstack(pieces)


def _one_each(points: Floats, metres: Floats) -> list[int]:
    """Of points that are near each other the one that is nearest to the other road."""
    taken: list[int] = []
    for index in np.argsort(metres, kind="stable"):
        if all(np.hypot(*(points[index] - points[known])) > APART_M for known in taken):
            taken.append(int(index))
    return taken
