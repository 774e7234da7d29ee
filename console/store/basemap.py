"""The names on a base map: its places, villages, towns and roads."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from console.domain.gazetteer import Spot, SpotKind
from console.domain.place import Point
from console.domain.words import Label

Lines = list[list[list[float]]]


@dataclass(frozen=True)
class Names:
    """Roads are by their Chinese name, each the lines that it is drawn with."""

    spots: tuple[Spot, ...] = ()
    roads: Mapping[str, Lines] = field(default_factory=dict)
    road_names: Mapping[str, Label] = field(default_factory=dict)


def read_names(folder: Path) -> Names:
    """What a base map names. A map that lacks a file has no such names; raises `ValueError` for one that is broken."""
    spots = [*_places(folder / "manifest.yaml"), *_points(folder / "villages.geojson", SpotKind.AREA)]
    spots += _points(folder / "towns.geojson", SpotKind.AREA)
    roads: dict[str, Lines] = {}
    names: dict[str, Label] = {}
    for properties, geometry in _features(folder / "roads.geojson"):
        if label := _label(properties):
            lines = geometry["coordinates"]
            roads.setdefault(label.zh, []).extend(lines if geometry["type"] == "MultiLineString" else [lines])
            names[label.zh] = label
    return Names(tuple(spots), roads, names)


def _places(file: Path) -> Iterator[Spot]:
    if not file.exists():
        return
    read = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    for place in (read.get("places") or {}).values():
        yield Spot(Label(place["zh"], place["en"]), Point(place["lon"], place["lat"]), SpotKind.PLACE)


def _points(file: Path, kind: SpotKind) -> Iterator[Spot]:
    for properties, geometry in _features(file):
        label = _label(properties)
        point = geometry["coordinates"] if geometry["type"] == "Point" else None
        if point is None and "lon" in properties:
            point = [properties["lon"], properties["lat"]]
        if label is not None and point is not None:
            yield Spot(label, Point(*point[:2]), kind)


def _features(file: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    if file.exists():
        for feature in json.loads(file.read_text(encoding="utf-8"))["features"]:
            yield feature.get("properties") or {}, feature["geometry"]


def _label(properties: Mapping[str, Any]) -> Label | None:
    zh = properties.get("name_zh")
    return Label(zh, properties.get("name_en") or zh) if zh else None
