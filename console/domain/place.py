"""Where things are: WGS-84 points and the straight-line distance between them."""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_M = 6_371_008.8  # IUGG mean radius


@dataclass(frozen=True, slots=True)
class Point:
    """A WGS-84 position in degrees."""

    lon: float
    lat: float

    def __post_init__(self) -> None:
        if not (-180.0 <= self.lon <= 180.0 and -90.0 <= self.lat <= 90.0):
            raise ValueError(f"not a WGS-84 position: {self.lon}, {self.lat}")


def distance_m(a: Point, b: Point) -> float:
    """Great-circle distance in metres (haversine)."""
    lat_a, lat_b = radians(a.lat), radians(b.lat)
    half_lat = sin((lat_b - lat_a) / 2)
    half_lon = sin(radians(b.lon - a.lon) / 2)
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(half_lat**2 + cos(lat_a) * cos(lat_b) * half_lon**2)))


def offset_m(origin: Point, to: Point) -> tuple[float, float]:
    """East and north of `to` from `origin` in metres, flat-earth; good to 0.1 % within a town."""
    east = radians(to.lon - origin.lon) * cos(radians(origin.lat)) * EARTH_RADIUS_M
    north = radians(to.lat - origin.lat) * EARTH_RADIUS_M
    return east, north
