"""Travel times against a graph small enough to reckon by hand, and against brute force."""

import itertools
from pathlib import Path

import numpy as np
import pytest

import resources
from console.domain.place import Point, distance_m
from console.engine.route import OFF_ROAD_M_S, RoadGraph, straight_seconds

# Four corners about 1 km apart; 0 -> 1 -> 2 -> 3 quick, 0 -> 3 direct but slow, and no way back to 0.
LON = np.array([113.60, 113.61, 113.61, 113.60])
LAT = np.array([22.90, 22.90, 22.91, 22.91])
CORNERS = [Point(float(x), float(y)) for x, y in zip(LON, LAT, strict=True)]
U = np.array([0, 1, 2, 0, 0], np.int32)
V = np.array([1, 2, 3, 3, 1], np.int32)
SECONDS = np.array([100.0, 100.0, 100.0, 400.0, 170.0])  # the last is a slower road beside the first


@pytest.fixture
def roads() -> RoadGraph:
    return RoadGraph(LON, LAT, U, V, SECONDS)


def test_the_quickest_way_counts_in_its_own_direction(roads: RoadGraph) -> None:
    assert roads.travel_seconds(CORNERS[3], CORNERS) == pytest.approx([300, 200, 100, 0])
    times = roads.travel_seconds(CORNERS[0], CORNERS[1:])
    walk = [distance_m(CORNERS[0], p) / OFF_ROAD_M_S for p in CORNERS[1:]]
    assert times == pytest.approx(walk, rel=2e-3)  # no road leads back: what is left is to walk


def test_a_limit_leaves_out_who_is_too_far(roads: RoadGraph) -> None:
    times = roads.travel_seconds(CORNERS[3], CORNERS, limit_s=210)
    assert np.isinf(times[0])
    assert times[1:] == pytest.approx([200, 100, 0])
    assert roads.travel_seconds(CORNERS[3], []).shape == (0,)


def test_what_was_searched_before_changes_no_answer(roads: RoadGraph) -> None:
    """Near, then everywhere, then near again."""
    for limit_s in (110, np.inf, 110):
        times = roads.travel_seconds(CORNERS[3], CORNERS, limit_s)
        assert times == pytest.approx([*((300, 200) if limit_s == np.inf else (np.inf, np.inf)), 100, 0])
    for to, start in itertools.product(CORNERS, CORNERS):
        fresh = RoadGraph(LON, LAT, U, V, SECONDS)
        assert roads.travel_seconds(to, [start]) == fresh.travel_seconds(to, [start])
        assert roads.path(start, to) == fresh.path(start, to)


def test_the_walk_to_the_road_counts_at_both_ends(roads: RoadGraph) -> None:
    yard, gate = Point(113.60, 22.8995), Point(113.60, 22.9105)
    (seconds,) = roads.travel_seconds(gate, [yard])
    walk = (distance_m(yard, CORNERS[0]) + distance_m(gate, CORNERS[3])) / OFF_ROAD_M_S
    assert seconds == pytest.approx(300 + walk, rel=2e-3)


def test_the_way_follows_the_roads(roads: RoadGraph) -> None:
    assert roads.path(CORNERS[0], CORNERS[3]) == [CORNERS[0], *CORNERS, CORNERS[3]]
    assert roads.path(CORNERS[3], CORNERS[0]) == [CORNERS[3], CORNERS[0]]  # no road: straight


def test_against_brute_force() -> None:
    rng = np.random.default_rng(7)
    n = 7
    lon, lat = rng.uniform(113.6, 113.7, n), rng.uniform(22.9, 23.0, n)
    pairs = [(a, b) for a in range(n) for b in range(n) if a != b and rng.random() < 0.5]
    cost = {pair: float(rng.uniform(10, 60)) for pair in pairs}
    u, v = (np.array(side, np.int32) for side in zip(*pairs, strict=True))
    roads = RoadGraph(lon, lat, u, v, np.array(list(cost.values())))
    at = [Point(float(x), float(y)) for x, y in zip(lon, lat, strict=True)]

    def quickest(a: int, b: int) -> float:
        ways = itertools.chain.from_iterable(itertools.permutations(set(range(n)) - {a, b}, k) for k in range(n - 1))
        routes = ([a, *way, b] for way in ways)
        return min(sum(cost.get(step, np.inf) for step in itertools.pairwise(route)) for route in routes)

    times = roads.travel_seconds(at[0], at[1:])
    assert times == pytest.approx([quickest(a, 0) for a in range(1, n)], rel=1e-9)


def test_the_shipped_roads_are_one_whole() -> None:
    roads = RoadGraph.load(Path(resources.path("basemap", "dongguan", "roads.npz")))
    assert 2000 < len(roads) < 10_000
    bridge = Point(113.67081, 22.91414)
    everywhere = [Point(float(x), float(y)) for x, y in zip(roads.lon, roads.lat, strict=True)]
    times = roads.travel_seconds(bridge, everywhere)
    assert np.isfinite(times).all()
    near = Point(113.65585, 22.94455)
    way = roads.path(near, bridge)
    length = sum(distance_m(a, b) for a, b in itertools.pairwise(way))
    straight = distance_m(near, bridge)
    assert straight < length < 2.5 * straight
    assert 120 < roads.travel_seconds(bridge, [near])[0] < 1200


def test_without_roads_the_straight_line_stands_in() -> None:
    a, b = Point(113.60, 22.90), Point(113.60, 22.99)
    assert straight_seconds(a, [b]) == pytest.approx([distance_m(a, b) * 1.3 / (30 / 3.6)], rel=1e-3)
