"""Where roads cross: also in the middle of a segment, once each, and not where they only pass."""

from console.domain.place import Point, distance_m
from console.engine.crossings import crossings

EAST, NORTH = 0.01, 0.01  # about a kilometre


def at(east: float, north: float) -> list[float]:
    return [113.6 + east * EAST, 22.9 + north * NORTH]


def test_two_lines_that_cross_between_their_points() -> None:
    roads = {"a": [[at(0, 1), at(2, 1)]], "b": [[at(1, 0), at(1, 2)]]}
    ((first, second, where),) = crossings(roads)
    assert (first, second) == ("a", "b")
    assert distance_m(where, Point(*at(1, 1))) < 20


def test_roads_that_meet_twice_have_two_crossings_and_parallel_ones_none() -> None:
    roads = {
        "a": [[at(0, 1), at(4, 1)]],
        "b": [[at(1, 0), at(1, 2), at(3, 2), at(3, 0)]],
        "c": [[at(0, 1.2), at(0.9, 1.2)]],
    }
    found = crossings(roads)
    assert [(one[0], one[1]) for one in found] == [("a", "b"), ("a", "b")]
    assert sorted(round((one[2].lon - 113.6) / EAST) for one in found) == [1, 3]


def test_one_road_or_none_crosses_nothing() -> None:
    assert crossings({}) == []
    assert crossings({"a": [[at(0, 0), at(1, 1)], [at(2, 2)]]}) == []
