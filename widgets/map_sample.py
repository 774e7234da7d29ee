"""Sample data to open the map alone with: the moment that the look drawing shows."""

import random
from math import cos, radians, sin
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from widgets.map_data import MapCamera, MapGauge, MapIncident, MapRoute, MapUnit

if TYPE_CHECKING:
    from widgets.map_view import MapView

BRIDGE = (113.67541, 22.91641)
SENT = [("消防 1 车", -25, 12, 140, "3′"), ("救护 03", 11, 17, 200, "6′"), ("交警 12", 17, -12, 300, "2′"),
        ("网格员 陈", -11, -15, 40, "")]  # fmt: skip


def near(east: float, north: float) -> tuple[float, float]:
    """A place so many hundred metres east and north of the bridge."""
    return BRIDGE[0] + east / 1024, BRIDGE[1] + north / 1112


def fill(view: "MapView") -> None:
    rng = random.Random(34)
    fleet = [
        (
            f"u{i}",
            f"巡逻 {i:02}",
            *near(rng.gauss(0, 40), rng.gauss(20, 35)),
            rng.uniform(0, 360),
            rng.random(),
        )
        for i in range(82)
    ]
    step = [0]

    def units() -> list[MapUnit]:
        t = step[0]
        sent = [
            MapUnit(
                name,
                name,
                *near(e * (1 - t / 150), n * (1 - t / 150)),
                heading,
                "moving" if note else "stale",
                "car",
                note,
            )
            for name, e, n, heading, note in SENT
        ]
        around = [
            MapUnit(key, name, lon + t * sin(radians(way)) / 1e4, lat + t * cos(radians(way)) / 1e4, way,
                    "free" if luck < 0.7 else "busy" if luck < 0.9 else "stale", "car")
            for key, name, lon, lat, way, luck in fleet
        ]  # fmt: skip
        return sent + around

    def tick() -> None:
        step[0] += 1
        view.set_units(units())

    view.set_units(units())
    view.set_incidents([
        MapIncident("I34", "I34", "河道水位超警 · 立沙桥", *BRIDGE, "orange", True, False, "待裁定", near(12, 6)),
        MapIncident("I31", "I31", "占道施工", *near(-35, 40), "yellow", undecided="待裁定"),
        MapIncident("I33", "I33", "多车相撞", 113.64026, 22.94148, "red"),
        MapIncident("I29", "I29", "出租屋消防隐患", *near(30, 28), "blue"),
        MapIncident("I24", "I24", "路灯不亮", *near(-30, 8), "blue", done=True),
    ])  # fmt: skip
    spread = [near(rng.gauss(0, 75), rng.gauss(30, 60)) for _ in range(1204)]
    view.set_cameras(
        [MapCamera(f"c{i}", f"视频 {i}", *at, "offline" if i % 10 == 0 else "idle") for i, at in enumerate(spread)]
    )
    view.set_gauges([
        MapGauge("g1", "立沙桥水位", *near(0.6, -1.4), "orange", "3.42 m"),
        MapGauge("g2", "2 号泵站", 113.66201, 22.9096, None, "2.18 m"),
        MapGauge("g3", "1 号泵站", 113.69965, 22.92713, None, "2.95 m"),
        MapGauge("g4", "立沙水闸", 113.62973, 22.899, "blue", "1.90 m"),
    ])  # fmt: skip
    view.set_routes([MapRoute(name, [near(e, n), near(e * 0.4, n * 0.55), BRIDGE]) for name, e, n, _, _ in SENT])
    view.set_ring(*BRIDGE, 3000, "8 分钟")
    view.focus(*near(0, 12), 13.5)
    timer = QTimer(view, interval=1000)
    timer.timeout.connect(tick)
    timer.start()
