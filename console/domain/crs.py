"""Coordinates in the systems that are in use in China, as WGS-84.

GCJ-02 is WGS-84 moved by some hundred metres, by a known formula; BD-09 is GCJ-02 moved once more. CGCS2000 is WGS-84
to within centimetres. The way back is found by repeating the way there: two rounds come within 0.1 mm.
"""

from math import atan2, cos, hypot, pi, radians, sin, sqrt

from console.domain.place import Point
from console.domain.words import Labelled

_AXIS, _SQUASH = 6378245.0, 0.00669342162296594323  # Krasovsky 1940, as the formula has it
_BD = pi * 3000 / 180


class Crs(Labelled):
    WGS84 = "wgs84", "WGS-84", "WGS-84"
    GCJ02 = "gcj02", "GCJ-02", "GCJ-02"
    BD09 = "bd09", "BD-09", "BD-09"
    CGCS2000 = "cgcs2000", "CGCS2000", "CGCS2000"


def to_wgs84(lon: float, lat: float, crs: Crs) -> Point:
    """Degrees of a system as a WGS-84 point. Raises `ValueError` for what is nowhere on earth."""
    there = Point(lon, lat)  # also what is moved must begin on earth
    if crs is Crs.BD09:
        lon, lat = _bd_to_gcj(lon, lat)
    if crs in (Crs.BD09, Crs.GCJ02) and _moved_here(there):
        return Point(*_gcj_to_wgs(lon, lat))
    return Point(lon, lat)


def _moved_here(at: Point) -> bool:
    """GCJ-02 moves nothing outside of this box around China."""
    return 72.004 <= at.lon <= 137.8347 and 0.8293 <= at.lat <= 55.8271


def _gcj_to_wgs(lon: float, lat: float) -> tuple[float, float]:
    x, y = lon, lat
    for _ in range(3):
        east, north = _shift(x, y)
        x, y = lon - east, lat - north
    return x, y


def _shift(lon: float, lat: float) -> tuple[float, float]:
    """How far east and north GCJ-02 lies of a WGS-84 place, in degrees."""
    x, y = lon - 105.0, lat - 35.0
    root, waves = sqrt(abs(x)), 20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (waves + 20 * sin(y * pi) + 40 * sin(y / 3 * pi) + 160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (waves + 20 * sin(x * pi) + 40 * sin(x / 3 * pi) + 150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    phi = radians(lat)
    flat = 1 - _SQUASH * sin(phi) ** 2
    north = north * 180 / (_AXIS * (1 - _SQUASH) / (flat * sqrt(flat)) * pi)
    return east * 180 / (_AXIS / sqrt(flat) * cos(phi) * pi), north


def _bd_to_gcj(lon: float, lat: float) -> tuple[float, float]:
    """The way back of BD-09's own twist, repeated as the other."""
    x, y = lon - 0.0065, lat - 0.006
    for _ in range(5):
        away, turn = hypot(x, y) + 0.00002 * sin(y * _BD), atan2(y, x) + 0.000003 * cos(x * _BD)
        x += lon - 0.0065 - away * cos(turn)
        y += lat - 0.006 - away * sin(turn)
    return x, y
