"""What a caller says of a place: coordinates in a declared system, near something, a crossing."""

import pytest

from console.domain.crs import Crs, to_wgs84
from console.domain.gazetteer import coordinate, crossing, near
from console.domain.place import Point


@pytest.mark.parametrize(
    ("typed", "system"),
    [
        ("113.66, 22.95", Crs.WGS84),
        ("113.66 22.95", Crs.WGS84),
        ("22.95,113.66", Crs.WGS84),
        ("113.66\uff0c22.95", Crs.WGS84),
        ("gps 113.66,22.95", Crs.WGS84),
        ("gcj 113.66,22.95", Crs.GCJ02),
        ("高德:113.66,22.95", Crs.GCJ02),
        ("百度\uff1a113.66,22.95", Crs.BD09),
        ("CGCS2000 113.66,22.95", Crs.CGCS2000),
    ],
)
def test_a_coordinate_is_in_the_system_that_is_said(typed: str, system: Crs) -> None:
    assert coordinate(typed) == (to_wgs84(113.66, 22.95, system), system)


@pytest.mark.parametrize(
    "typed", ["", "万达广场", "113.66", "113.66, 22.95, 5", "999, 999", "113.66, 95.5 米", "3 号楼 5 单元"]
)
def test_what_is_no_coordinate(typed: str) -> None:
    assert coordinate(typed) is None


def test_a_latitude_first_is_understood_where_only_that_is_on_earth() -> None:
    found = coordinate("22.95, 113.66")
    assert found is not None and found[0] == Point(113.66, 22.95)


def test_near() -> None:
    assert near("万达广场附近") == "万达广场"
    assert near("靠近万达广场") == "万达广场"
    assert near("near Wanda Plaza") == "Wanda Plaza"
    assert near("万达广场") is None
    assert near("附近") is None
    assert near("byline") is None


def test_crossing() -> None:
    assert crossing("康乐南路/体育路") == ("康乐南路", "体育路")
    assert crossing("康乐南路与体育路路口") == ("康乐南路", "体育路")
    assert crossing("A Road & B Road") == ("A Road", "B Road")
    assert crossing("和平路/东风路") == ("和平路", "东风路")
    assert crossing("和平路") is None
    assert crossing("/") is None
