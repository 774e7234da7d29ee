"""Positions as files write them: two columns, WKT, GeoJSON or a bare pair; zero, swapped, or not to be read."""

import re
from collections.abc import Sequence
from math import isfinite

from console.domain.place import Point
from console.domain.record import Odd

_NUMBER = r"\s*([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*"
_WKT = re.compile(rf"(?:SRID=4326;)?\s*POINT\s*Z?\s*\({_NUMBER}[\s,]{_NUMBER}", re.IGNORECASE)
_GEOJSON = re.compile(rf"""["']coordinates["']\s*:\s*\[{_NUMBER},{_NUMBER}""")
_PAIR = re.compile(rf"[\[(]?{_NUMBER}[,;\s]{_NUMBER}[\])]?\s*$")


def read_point(text: str, lat_first: bool) -> tuple[str, str] | None:
    """Longitude and latitude in one text; `lat_first` is for a bare pair. None for what is neither."""
    if found := _WKT.match(text) or _GEOJSON.search(text):
        return found[1], found[2]
    if found := _PAIR.match(text):
        return (found[2], found[1]) if lat_first else (found[1], found[2])
    return None


def read_place(lon: str, lat: str, bounds: Sequence[float] | None) -> tuple[Point | None, Odd | None]:
    """A position, and what is odd about it. `bounds` are west, south, east, north."""
    try:
        x, y = float(lon.replace(",", ".")), float(lat.replace(",", "."))
    except ValueError:
        return None, Odd.PLACE_UNREAD
    if not (isfinite(x) and isfinite(y)):
        return None, Odd.PLACE_UNREAD
    if x == 0 and y == 0:
        return None, Odd.PLACE_ZERO
    if not _lies(x, y, bounds) and _lies(y, x, bounds):
        return Point(y, x), Odd.PLACE_SWAPPED
    if not _lies(x, y, None):
        return None, Odd.PLACE_UNREAD
    return Point(x, y), None if _lies(x, y, bounds) else Odd.PLACE_OUTSIDE


def _lies(x: float, y: float, bounds: Sequence[float] | None) -> bool:
    west, south, east, north = bounds or (-180, -90, 180, 90)
    return west <= x <= east and south <= y <= north
