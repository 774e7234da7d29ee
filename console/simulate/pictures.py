"""What the simulated cameras see, drawn: a river with its staff gauge, a road, a square, a hillside in infrared.

A scene draws what stands still once and then per picture only what moves. Everything comes back to where it
was after `LOOP` seconds, so that a camera can be encoded once and repeated.
"""

from collections.abc import Callable
from functools import lru_cache
from math import sin

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw

from console.simulate.canvas import LOOP, Canvas, Fall, Rain, Water, label, phase
from console.simulate.streets import CARS, Draw, put, road, side_car, square, street_night


def draw(kind: str, t: float, width: int, height: int, level: float) -> NDArray[np.uint8]:
    """The picture of a camera of `kind` at `t` seconds, as (height, width, 3) RGB.

    `level` is in metres and moves the water where there is some; 0 to 6 are drawn. An unknown kind is a road.
    """
    picture = _scene(kind, width, height, min(6.0, max(0.0, level)))(t % LOOP)
    picture.paste(*label(width, height))
    return np.asarray(picture)


@lru_cache(64)
def _scene(kind: str, width: int, height: int, level: float) -> Draw:
    return SCENES.get(kind, road)(width, height, level)


def _river_gauge(width: int, height: int, level: float) -> Draw:
    """A quay wall with the staff: 0 m at the foot of the picture, a metre every ninth of its height."""

    def y(metres: float) -> float:
        return 0.93 - metres * 0.108

    c = Canvas(width, height, (74, 84, 94), (112, 120, 126))
    c.area((70, 80, 86), (0, 0.2), (0.2, 0.13), (0.45, 0.19), (0.7, 0.12), (1, 0.2), (1, 0.4), (0, 0.4))
    c.trees((52, 66, 58), 0.0, 1.0, 0.29, 0.13, 4)
    c.box((104, 108, 108), 0, 0.27, 1, 0.3)
    for x in np.arange(0.02, 1, 0.045):
        c.line((128, 134, 138), 2, (x, 0.195), (x, 0.275))
    c.line((128, 134, 138), 3, (0, 0.198), (1, 0.198))
    c.line((128, 134, 138), 2, (0, 0.235), (1, 0.235))
    c.box((92, 95, 94), 0, 0.3, 1, 1)
    rng = np.random.default_rng(8)
    for row, top in enumerate(np.arange(0.3, 1, 0.07)):
        shade = 86 + row % 2 * 5
        c.box((shade, shade + 3, shade + 1), 0, top, 1, top + 0.066)
        for x in np.arange(-0.06 * (row % 2), 1, 0.12):
            stain = int(rng.integers(70, 92))
            c.box((stain, stain + 3, stain, 120), x, top + 0.004, x + 0.117, top + 0.066)
    for _ in range(26):  # water marks down the wall
        x, long = rng.uniform(0, 1), rng.uniform(0.1, 0.5)
        c.area((56, 62, 58, 60), (x, 0.3), (x + rng.uniform(0.005, 0.02), 0.3), (x + 0.006, 0.3 + long))
    c.box((50, 60, 50, 120), 0, y(2.2), 1, 1)
    left, right = 0.60, 0.672
    c.box((58, 60, 62), left - 0.012, y(6) - 0.02, right + 0.012, 1)
    c.box((226, 228, 224), left, y(6), right, 1)
    for tenth in range(61):
        m = tenth / 10
        ink = (176, 44, 40) if int(m) % 2 else (38, 70, 120)
        whole = tenth % 5 == 0
        side = left if (tenth // 5) % 2 == 0 else (left + right) / 2
        if tenth % 2 == 0 or whole:
            c.box(ink, side, y(m) - 0.0054, side + (right - left) / 2, y(m) + 0.0054)
    for m in range(7):
        ink = (176, 44, 40) if m % 2 else (38, 70, 120)
        c.words(str(m), right + 0.018, y(m), 0.05, (222, 226, 226))
        c.box(ink, left, y(m) - 0.004, right, y(m) + 0.004)
    warn = y(3.2)
    c.box((214, 124, 52), 0.44, warn - 0.004, left - 0.012, warn + 0.004)
    c.words("警戒 3.2", 0.44, warn - 0.032, 0.042, (238, 172, 112))
    surface = y(level)
    water = np.asarray(c.image).astype(np.float32)
    top = round(surface * c.size[1])
    depth = np.linspace(0, 1, c.size[1] - top)[:, None, None]
    tint = np.array((58, 78, 84)) * (1 - depth) + np.array((34, 52, 60)) * depth
    mirror = water[max(0, 2 * top - c.size[1]) : top][::-1][: c.size[1] - top]
    if len(mirror) < c.size[1] - top:
        mirror = np.pad(mirror, ((0, c.size[1] - top - len(mirror)), (0, 0), (0, 0)), "edge")
    water[top:] = tint * (0.74 + 0.2 * depth) + mirror * (0.26 - 0.2 * depth)
    c.image = Image.fromarray(water.astype(np.uint8))
    c.pen = ImageDraw.Draw(c.image, "RGBA")
    c.line((150, 164, 166, 150), 2, (0, surface), (1, surface))
    base = c.finish(2.5)
    moving, rain = Water(base, surface + 0.004, 3), Rain(width, height)

    def at(t: float) -> Image.Image:
        picture = base.copy()
        moving.over(picture, t)
        return rain.over(picture, t)

    return at


def _pump_station(width: int, height: int, level: float) -> Draw:
    """A gate house over four openings, two of them pumping."""
    surface = 0.74 - level * 0.018
    c = Canvas(width, height, (70, 78, 86), (108, 114, 118))
    c.trees((54, 66, 58), 0, 0.16, 0.34, 0.16, 2)
    c.trees((54, 66, 58), 0.86, 1.0, 0.34, 0.16, 3)
    c.box((118, 122, 124), 0.13, 0.1, 0.89, 0.34)
    c.box((96, 100, 104), 0.11, 0.085, 0.91, 0.115)
    for n in range(7):
        x = 0.175 + n * 0.1
        c.box((44, 54, 62), x, 0.165, x + 0.06, 0.26)
        c.line((140, 146, 148), 1.5, (x + 0.03, 0.165), (x + 0.03, 0.26))
        if n in (1, 2, 5):
            c.box((196, 176, 122), x + 0.004, 0.172, x + 0.027, 0.252)
    c.box((84, 88, 90), 0, 0.34, 1, 0.375)
    for x in np.arange(0.01, 1, 0.035):
        c.line((150, 154, 156), 1.5, (x, 0.285), (x, 0.345))
    c.line((150, 154, 156), 2, (0, 0.287), (1, 0.287))
    c.box((104, 108, 108), 0, 0.375, 1, 1)
    c.box((112, 116, 116), 0, 0.375, 1, 0.41)
    for n in range(4):
        x = 0.075 + n * 0.225
        c.box((82, 86, 86), x - 0.012, 0.415, x + 0.187, 1)
        c.box((26, 32, 36), x, 0.43, x + 0.175, 1)
        c.box((64, 72, 76), x + 0.01, 0.43, x + 0.165, 0.53 if n % 2 else 0.475)
        for rib in (0.45, 0.465, 0.48, 0.5, 0.515)[: 5 if n % 2 else 1]:
            c.line((84, 92, 96), 1.5, (x + 0.01, rib), (x + 0.165, rib))
        c.words(f"{n + 1}#", x + 0.072, 0.394, 0.036, (214, 218, 218))
    c.box((40, 58, 64), 0, surface, 1, 1)
    for n in (0, 2):
        x = 0.085 + n * 0.225
        c.area((176, 190, 192, 200), (x, surface - 0.16), (x + 0.155, surface - 0.16), (x + 0.19, 1), (x - 0.035, 1))
        c.area((120, 140, 146, 160), (x - 0.03, surface), (x + 0.185, surface), (x + 0.26, 1), (x - 0.1, 1))
    c.line((150, 164, 166, 110), 2, (0, surface), (1, surface))
    base = c.finish(2.5)
    moving, rain = Water(base, surface, 2, 8.0, 9), Rain(width, height, 60)
    falls = [Fall(base, x, surface - 0.16, x + 0.155, surface + 0.03, n) for n, x in enumerate((0.085, 0.535))]

    def at(t: float) -> Image.Image:
        picture = base.copy()
        moving.over(picture, t)
        for fall in falls:
            fall.over(picture, t)
        return rain.over(picture, t)

    return at


def _bridge(width: int, height: int, level: float) -> Draw:
    """A beam bridge from the bank, traffic above, the river below."""
    surface = 0.78 - level * 0.026
    c = Canvas(width, height, (72, 82, 94), (136, 140, 140))
    c.area(
        (92, 102, 108),
        (0, 0.5),
        (0.15, 0.4),
        (0.32, 0.46),
        (0.5, 0.37),
        (0.74, 0.45),
        (0.9, 0.39),
        (1, 0.43),
        (1, 0.62),
        (0, 0.62),
    )
    c.trees((60, 74, 66), 0, 1, 0.62, 0.1, 12)
    c.box((66, 76, 68), 0, 0.6, 1, surface)
    for n in range(4):
        x = 0.09 + n * 0.27
        c.box((100, 104, 106), x, 0.46, x + 0.05, 1)
        c.box((78, 82, 86), x + 0.033, 0.46, x + 0.05, 1)
        c.box((112, 116, 118), x - 0.03, 0.44, x + 0.08, 0.475)
        for m in range(7):
            mark = (200, 200, 196) if m % 2 else (170, 60, 52)
            c.box(mark, x + 0.012, 0.78 - (m + 1) * 0.026, x + 0.02, 0.78 - m * 0.026)
    c.box((126, 130, 132), 0, 0.37, 1, 0.44)
    c.box((92, 96, 100), 0, 0.415, 1, 0.44)
    c.box((150, 154, 154), 0, 0.362, 1, 0.374)
    c.box((48, 66, 74), 0, surface, 1, 1)
    for n in range(4):
        x = 0.09 + n * 0.27
        c.area((40, 54, 60, 170), (x - 0.004, surface), (x + 0.054, surface), (x + 0.075, 1), (x - 0.03, 1))
    c.area((40, 56, 64, 120), (0, surface), (1, surface), (1, surface + 0.06), (0, surface + 0.06))
    c.line((150, 164, 166, 120), 2, (0, surface), (1, surface))
    base = c.finish(2.5)
    moving, rain = Water(base, surface + 0.003, 3, 8.0, 14), Rain(width, height, 70)
    rail = Canvas(width, height, (0, 0, 0), (0, 0, 0))
    for x in np.arange(0.004, 1, 0.016):
        rail.line((150, 154, 154), 1.4, (x, 0.335), (x, 0.366))
    rail.line((160, 164, 164), 2, (0, 0.335), (1, 0.335))
    bars = rail.image.resize((width, height), Image.Resampling.BOX)
    band = (0, int(height * 0.32), width, int(height * 0.374))
    bars, mask = bars.crop(band), bars.crop(band).convert("L").point(lambda v: min(255, v * 2))
    cars = [(side_car(CARS[n % 6], int(width * (0.062 + 0.016 * (n % 3 == 0)))), n) for n in range(7)]

    def at(t: float) -> Image.Image:
        picture = base.copy()
        for sprite, n in cars:
            right = n % 2 == 0
            way = phase(t, 1, n * 0.37)
            x = (way if right else 1 - way) * 1.2 - 0.1
            flipped = sprite if right else sprite.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
            put(picture, flipped, x * width, height * (0.37 if right else 0.362))
        picture.paste(bars, band[:2], mask)
        moving.over(picture, t)
        return rain.over(picture, t)

    return at


def _reservoir(width: int, height: int, level: float) -> Draw:
    """A dam between hills with its spillway running."""
    c = Canvas(width, height, (84, 94, 104), (150, 154, 154))
    c.area(
        (96, 108, 112), (0, 0.3), (0.2, 0.12), (0.42, 0.28), (0.62, 0.16), (0.84, 0.3), (1, 0.18), (1, 0.6), (0, 0.6)
    )
    c.area((66, 84, 74), (0, 0.18), (0.14, 0.26), (0.3, 0.42), (0.34, 1), (0, 1))
    c.area((62, 80, 70), (1, 0.14), (0.86, 0.28), (0.72, 0.42), (0.66, 1), (1, 1))
    c.trees((56, 74, 62), 0.0, 0.22, 0.42, 0.14, 31)
    c.trees((56, 74, 62), 0.8, 1.0, 0.42, 0.14, 32)
    line = 0.435 - level * 0.008
    c.box((64, 88, 98), 0.27, line, 0.75, 0.46)
    c.area((132, 136, 134), (0.2, 0.44), (0.8, 0.44), (0.73, 0.86), (0.27, 0.86))
    for row in np.linspace(0.5, 0.82, 6):
        edge = (row - 0.44) / 0.42 * 0.07
        c.line((116, 120, 118), 2, (0.2 + edge, row), (0.8 - edge, row))
    rng = np.random.default_rng(4)
    for _ in range(30):
        x = rng.uniform(0.24, 0.76)
        c.area((96, 102, 98, 70), (x, 0.46), (x + 0.008, 0.46), (x + 0.003, 0.46 + rng.uniform(0.1, 0.36)))
    c.box((150, 154, 152), 0.19, 0.42, 0.81, 0.448)
    for x in np.arange(0.2, 0.81, 0.02):
        c.line((164, 168, 166), 1.4, (x, 0.388), (x, 0.425))
    c.line((164, 168, 166), 2, (0.19, 0.388), (0.81, 0.388))
    for n in range(3):
        x = 0.385 + n * 0.08
        c.box((70, 78, 82), x, 0.4, x + 0.06, 0.5)
        c.box((168, 172, 170), x - 0.008, 0.36, x, 0.52)
        c.box((168, 172, 170), x + 0.06, 0.36, x + 0.068, 0.52)
        c.box((206, 214, 214), x, 0.5, x + 0.06, 0.87)
    c.box((54, 76, 82), 0, 0.86, 1, 1)
    c.area((60, 78, 68), (0, 0.8), (0.29, 0.86), (0.2, 1), (0, 1))
    c.area((58, 76, 66), (1, 0.8), (0.71, 0.86), (0.8, 1), (1, 1))
    c.area((196, 208, 208, 200), (0.36, 0.85), (0.64, 0.85), (0.7, 0.93), (0.3, 0.93))
    base = c.finish(2.5)
    water = Water(base, 0.872, 2, 7.0, 22)
    falls = [Fall(base, 0.385 + n * 0.08, 0.5, 0.445 + n * 0.08, 0.87, n + 3) for n in range(3)]

    def at(t: float) -> Image.Image:
        picture = base.copy()
        water.over(picture, t)
        for fall in falls:
            fall.over(picture, t)
        return picture

    return at


def _fire_watch(width: int, height: int, level: float) -> Draw:
    """Infrared over wooded hills: warm is light, and a plume rises from one hot place."""
    c = Canvas(width, height, (22, 24, 28), (46, 48, 52))
    rng = np.random.default_rng(17)
    for layer in range(5):
        y, shade = 0.34 + layer * 0.14, 54 + layer * 12
        crest = [(x, y + 0.05 * sin(5 * x + layer * 2) + 0.025 * sin(13 * x + layer)) for x in np.linspace(0, 1, 60)]
        c.area((shade, shade + 1, shade + 3), *crest, (1, 1), (0, 1))
        for _ in range(260):
            x = rng.uniform(0, 1)
            top = y + 0.05 * sin(5 * x + layer * 2) + 0.025 * sin(13 * x + layer)
            g = shade + int(rng.integers(-9, 12))
            c.dot((g, g + 1, g + 3), x, top + rng.uniform(0, 0.14), 0.004 + 0.003 * layer)
    hot = (0.62, 0.60)
    c.glow((150, 96, 40), *hot, 0.05)
    c.dot((255, 226, 170), *hot, 0.008)
    for x, right in ((hot[0] - 0.07, hot[0] - 0.05), (hot[0] + 0.05, hot[0] + 0.07)):
        for y in (hot[1] - 0.12, hot[1] + 0.07):
            c.line((255, 148, 64), 2.4, (x, y), (right, y))
    for x in (hot[0] - 0.07, hot[0] + 0.07):
        for y, low in ((hot[1] - 0.12, hot[1] - 0.085), (hot[1] + 0.035, hot[1] + 0.07)):
            c.line((255, 148, 64), 2.4, (x, y), (x, low))
    c.words("61 °C", hot[0] + 0.082, hot[1] + 0.05, 0.045, (255, 176, 110))
    for n in range(24):
        g = 30 + n * 9
        c.box((g, g, min(255, g + 4)), 0.962, 0.8 - n * 0.024, 0.978, 0.8 - (n - 1) * 0.024)
    c.words("80", 0.925, 0.25, 0.034, (170, 174, 178))
    c.words("10", 0.925, 0.81, 0.034, (170, 174, 178))
    base = c.finish(3.5)
    puffs = [(n / 26, rng.uniform(-1, 1), rng.uniform(0.7, 1.3)) for n in range(26)]
    plume = max(2, round(width * 0.05))
    yy, xx = np.mgrid[-1 : 1 : plume * 2j, -1 : 1 : plume * 2j]
    soft = np.clip(1 - np.hypot(xx, yy), 0, 1) ** 1.5
    sheets = [Image.fromarray((soft[:, :, None] * np.array((v, v, v))).astype(np.uint8)) for v in range(0, 44, 2)]

    def at(t: float) -> Image.Image:
        picture = base.copy()
        for shift, side, size in puffs:
            age = phase(t, 1, shift)
            x = hot[0] + 0.16 * age**1.3 + side * 0.05 * age
            y = hot[1] - 0.46 * age
            strength = int(21 * min(1.0, age * 6) * (1 - age) ** 0.8 * min(1.0, size))
            sprite = sheets[strength]
            scale = max(4, round(plume * 2 * (0.3 + 1.3 * age) * size)) // 2 * 2
            sprite = sprite.resize((scale, scale), Image.Resampling.BILINEAR)
            left, top = round(x * width - scale / 2), round(y * height - scale / 2)
            under = picture.crop((left, top, left + scale, top + scale))
            picture.paste(ImageChops.add(under, sprite), (left, top))
        return picture

    return at


SCENES: dict[str, Callable[[int, int, float], Draw]] = {
    "river_gauge": _river_gauge,
    "pump_station": _pump_station,
    "road": road,
    "square": square,
    "bridge": _bridge,
    "reservoir": _reservoir,
    "dam": _reservoir,
    "street_night": street_night,
    "fire_watch": _fire_watch,
    "forest": _fire_watch,
}
