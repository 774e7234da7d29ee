"""Where a caller says it is: named spots, a spot "near" another, and coordinates in a declared system."""

import re
from dataclasses import dataclass

from console.domain.crs import Crs, to_wgs84
from console.domain.place import Point
from console.domain.words import Label, Labelled

_NEAR_ZH = ("附近", "旁边", "旁", "对面", "门口")
_NEAR_BEFORE = re.compile(r"^(靠近\s*|(near|by|opposite)\s+)(?=\S)", re.IGNORECASE)
_SYSTEMS = {
    Crs.WGS84: ("wgs84", "wgs-84", "wgs", "gps"),
    Crs.GCJ02: ("gcj02", "gcj-02", "gcj", "高德", "腾讯"),
    Crs.BD09: ("bd09", "bd-09", "bd", "百度"),
    Crs.CGCS2000: ("cgcs2000", "cgcs", "2000"),
}
_NUMBER = r"([-+]?\d{1,3}(?:\.\d+)?)°?"
_PAIR = re.compile(rf"^\s*{_NUMBER}\s*[,;\s\uff0c\u3001]\s*{_NUMBER}\s*$")
_CROSSED_BY = ("/", "&", "×", " x ", " and ", "与", "和")


class SpotKind(Labelled):
    INCIDENT = "incident", "事件", "Incident"
    PLACE = "place", "地名", "Place"
    AREA = "area", "村社", "Village"
    CROSSING = "crossing", "路口", "Crossing"
    ROAD = "road", "道路", "Road"
    CAMERA = "camera", "视频", "Camera"
    STATION = "station", "站点", "Station"
    UNIT = "unit", "力量", "Unit"
    COORDINATE = "coordinate", "坐标", "Coordinate"


@dataclass(frozen=True, slots=True)
class Spot:
    """Something with a name that is somewhere."""

    name: Label
    at: Point
    kind: SpotKind


def coordinate(typed: str) -> tuple[Point, Crs] | None:
    """ "113.66, 22.95", or "gcj 113.66,22.95" in another system than WGS-84. None for what is no coordinate.

    The latitude may come first where that alone is on earth.
    """
    text, system = typed.strip().lower(), Crs.WGS84
    for crs, words in _SYSTEMS.items():
        word = next((word for word in words if text.startswith(word)), None)
        if word is not None:
            text, system = text[len(word) :].lstrip(" :\uff1a"), crs
            break
    found = _PAIR.match(text)
    if found is None:
        return None
    lon, lat = float(found[1]), float(found[2])
    if abs(lat) > 90 >= abs(lon):
        lon, lat = lat, lon
    try:
        return to_wgs84(lon, lat, system), system
    except ValueError:
        return None


def near(typed: str) -> str | None:
    """What is meant by "万达广场附近" or "near Wanda Plaza": the spot's own name. None where nothing says so."""
    text = typed.strip()
    if found := _NEAR_BEFORE.match(text):
        return text[found.end() :].removesuffix("附近")
    word = next((word for word in _NEAR_ZH if text.endswith(word)), None)
    bare = text[: -len(word)].strip() if word else ""
    return bare or None


def crossing(typed: str) -> tuple[str, str] | None:
    """The two roads of "康乐南路/东环路" or "a & b". None for what is no crossing."""
    text = typed.strip()
    for sign in _CROSSED_BY:
        first, found, second = text.partition(sign)
        if found and first.strip() and second.strip():
            return first.strip(), second.strip().removesuffix("路口")
    return None
