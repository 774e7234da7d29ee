"""The names on a base map, and a map that has none."""

import json
from pathlib import Path

from console.domain.gazetteer import SpotKind
from console.store.basemap import read_names
from resources import path


def test_the_shipped_map_names_places_villages_towns_and_roads() -> None:
    names = read_names(path("basemap", "dongguan"))
    kinds = {spot.name.zh: spot.kind for spot in names.spots}
    assert kinds["万达广场"] is SpotKind.PLACE
    assert kinds["竹溪社区"] is SpotKind.AREA
    assert kinds["南城街道"] is SpotKind.AREA
    assert names.road_names["康乐南路"].en == "Kangle South Road"
    assert all(len(point) >= 2 for lines in names.roads.values() for line in lines for point in line)


def test_a_map_without_names(tmp_path: Path) -> None:
    assert read_names(tmp_path).spots == ()
    line = {"type": "LineString", "coordinates": [[113.6, 22.9], [113.7, 22.9]]}
    features = [{"properties": {"class": "lane"}, "geometry": line}, {"properties": None, "geometry": line}]
    (tmp_path / "roads.geojson").write_text(json.dumps({"features": features}))
    assert dict(read_names(tmp_path).roads) == {}
