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
    """Pairs of road names and where they cross, by name. Lines are [lon, lat] degrees, several for one road."""
    from scipy.spatial import cKDTree

    names = sorted(roads)
    if len(names) < 2:
        return []
    mid = float(np.mean([point[1] for lines in roads.values() for line in lines for point in line]))
    scale = np.radians(1.0) * EARTH_RADIUS_M * np.array([np.cos(np.radians(mid)), 1.0])
    walked = [np.vstack([_walk(np.asarray(line, float) * scale) for line in roads[name]]) for name in names]
    points = np.vstack(walked)
    whose = np.repeat(np.arange(len(names)), [len(each) for each in walked])
    near = cKDTree(points).query_pairs(TOGETHER_M, output_type="ndarray")
    near = near[whose[near[:, 0]] != whose[near[:, 1]]]
    middles, metres = points[near].mean(axis=1), np.hypot(*(points[near[:, 0]] - points[near[:, 1]]).T)
    taken: dict[tuple[int, int], list[Floats]] = {}
    for index in np.argsort(metres, kind="stable"):  # the nearest first
        first, second = sorted(whose[near[index]].tolist())
        known = taken.setdefault((first, second), [])
        if all(np.hypot(*(middles[index] - other)) > APART_M for other in known):
            known.append(middles[index])
    return [
        (names[first], names[second], Point(*(float(degrees) for degrees in middle / scale)))
        for (first, second), found in sorted(taken.items())
        for middle in found
    ]


def _walk(line: Floats) -> Floats:
    """Points along a line in metres, no farther apart than `STEP_M`."""
    lengths = np.hypot(*np.diff(line, axis=0).T) if len(line) > 1 else np.empty(0)
    pieces = [line[:1]]
    for start, end, length in zip(line, line[1:], lengths, strict=False):
        parts = np.linspace(0.0, 1.0, max(2, int(length // STEP_M) + 2))[1:, None]
        pieces.append(start + (end - start) * parts)
    return np.vstack(pieces)
