"""What the simulated cameras see, drawn: a river with its staff gauge, a road, a square, a hillside in infrared.

A scene draws what stands still once and then per picture only what moves. Everything comes back to where it
was after `LOOP` seconds, so that a camera can be encoded once and repeated.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw

from console.simulate.canvas import LOOP, Canvas, Fall, Rain, Rgb, Water, label, phase

Draw = Callable[[float], Image.Image]  # seconds -> picture


def draw(kind: str, t: float, width: int, height: int, level: float) -> NDArray[np.uint8]:
    """The picture of a camera of `kind` at `t` seconds, as (height, width, 3) RGB.

    `level` is in metres and moves the water where there is some; 0 to 6 are drawn. An unknown kind is a road.
    """
    picture = _scene(kind, width, height, min(6.0, max(0.0, level)))(t % LOOP)
    picture.paste(*label(width, height))
    return np.asarray(picture)


@lru_cache(64)
def _scene(kind: str, width: int, height: int, level: float) -> Draw:
    return SCENES.get(kind, _road)(width, height, level)


# Things that move


@lru_cache(512)
def _car(color: Rgb, width: int, front: bool, night: bool) -> Image.Image:
    """A car seen from behind or in front, `width` pixels wide, with its shadow."""
    big = Image.new("RGBA", (240, 200))
    pen = ImageDraw.Draw(big)
    dim = 0.35 if night else 1.0
    body = tuple(int(c * dim) for c in color)
    dark = tuple(int(c * dim * 0.72) for c in color)
    pen.ellipse((6, 150, 234, 198), fill=(0, 0, 0, 110))
    pen.rounded_rectangle((34, 140, 68, 186), 8, fill=(14, 16, 18))
    pen.rounded_rectangle((172, 140, 206, 186), 8, fill=(14, 16, 18))
    pen.polygon([(62, 28), (178, 28), (206, 92), (34, 92)], fill=dark)
    pen.polygon([(70, 38), (170, 38), (190, 86), (50, 86)], fill=(40, 50, 58) if not night else (16, 20, 24))
    pen.rounded_rectangle((20, 82, 220, 166), 20, fill=body)
    pen.rectangle((24, 132, 216, 150), fill=dark)
    pen.rectangle((96, 136, 144, 150), fill=(70, 96, 140))
    lamp = (255, 250, 226) if front else (224, 52, 46)
    if not night and front:
        lamp = (232, 234, 226)
    pen.rounded_rectangle((30, 98, 66, 118), 8, fill=lamp)
    pen.rounded_rectangle((174, 98, 210, 118), 8, fill=lamp)
    return big.resize((width, max(2, width * 200 // 240)), Image.Resampling.BOX)


@lru_cache(64)
def _person(color: Rgb, height: int) -> Image.Image:
    big = Image.new("RGBA", (64, 128))
    pen = ImageDraw.Draw(big)
    pen.ellipse((10, 104, 62, 126), fill=(0, 0, 0, 90))
    pen.rounded_rectangle((24, 70, 42, 120), 8, fill=(38, 42, 50))
    pen.rounded_rectangle((18, 28, 46, 84), 12, fill=color)
    pen.ellipse((22, 4, 42, 30), fill=(156, 128, 108))
    return big.resize((max(3, height // 2), max(6, height)), Image.Resampling.BOX)


def _put(picture: Image.Image, sprite: Image.Image, x: float, foot: float) -> None:
    """Paste with the middle of its foot at (x, foot), in pixels."""
    picture.paste(sprite, (round(x - sprite.width / 2), round(foot - sprite.height)), sprite)


_CARS: Sequence[Rgb] = ((150, 158, 166), (150, 52, 48), (206, 210, 212), (58, 74, 96), (86, 92, 98), (176, 160, 116))
_COATS: Sequence[Rgb] = ((92, 104, 118), (134, 86, 78), (72, 92, 84), (140, 132, 110), (58, 64, 78), (150, 150, 154))


# Scenes


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


def _lanes(x: float, depth: float) -> tuple[float, float]:
    """Where a point of the road is seen: `x` from -1 to 1 across it, `depth` 1 at the lower edge, more beyond."""
    return 0.5 + x * 0.62 / depth, 0.34 + 0.66 / depth


def _drive(picture: Image.Image, t: float, night: bool) -> None:
    """Cars in four lanes, farthest first: away from us on the right, towards us on the left."""
    cars = []
    for n in range(12):
        away, inner, place = n % 2 == 0, n // 2 % 2, n // 4
        lane = (0.72, 0.26)[inner] * (1 if away else -1)
        way = phase(t, 1 + inner, place / 3 + n % 4 * 0.17 + 0.05 * (n % 5))
        depth = 0.9 + 11 * (way if away else 1 - way) ** 1.6
        cars.append((depth, lane, not away, _CARS[n * 5 % len(_CARS)]))
    for depth, lane, front, color in sorted(cars, reverse=True):
        x, y = _lanes(lane, depth)
        size = int(picture.width * 0.17 / depth)
        size -= size % (2 if size < 48 else 4)  # few sizes, each drawn once
        if size < 4:
            continue
        if night:
            _beam(picture, x * picture.width, y * picture.height, size, front)
        _put(picture, _car(color, size, front, night), x * picture.width, y * picture.height)


def _beam(picture: Image.Image, x: float, y: float, size: int, front: bool) -> None:
    """The lamps of a car at night, and their light on the wet road."""
    glow = _halo((150, 142, 116) if front else (110, 22, 18), size)
    left, top = round(x - glow.width / 2), round(y - size * 1.0)
    under = picture.crop((left, top, left + glow.width, top + glow.height))
    picture.paste(ImageChops.add(under, glow), (left, top))


@lru_cache(128)
def _halo(color: Rgb, size: int) -> Image.Image:
    yy, xx = np.mgrid[-1 : 1.6 : size * 2j, -1.1 : 1.1 : size * 2j]
    fall = np.zeros_like(xx)
    for lamp in (-0.38, 0.38):
        stretch = np.where(yy > 0, 0.42, 1.2)
        fall += np.clip(1 - np.hypot((xx - lamp) * 1.9, yy * stretch * 1.6), 0, 1) ** 2
    return Image.fromarray((np.clip(fall, 0, 1)[:, :, None] * np.array(color)).astype(np.uint8))


def _asphalt(c: Canvas, shade: int, paint: Rgb) -> None:
    c.area((shade, shade + 2, shade + 4), _lanes(-1.1, 40), _lanes(1.1, 40), _lanes(1.1, 0.9), _lanes(-1.1, 0.9))
    rng = np.random.default_rng(11)
    for _ in range(60):
        x, near = rng.uniform(-1, 1), rng.uniform(1, 8)
        wide = rng.uniform(0.04, 0.2)
        c.area(
            (shade - 8, shade - 6, shade - 5, 60),
            _lanes(x, near),
            _lanes(x + wide, near),
            _lanes(x + wide, near * 1.3),
            _lanes(x, near * 1.3),
        )
    for edge in (-1.02, 1.02):
        c.area(
            paint,
            _lanes(edge - 0.012, 40),
            _lanes(edge + 0.012, 40),
            _lanes(edge + 0.012, 0.9),
            _lanes(edge - 0.012, 0.9),
        )
    for middle in (-0.014, 0.014):
        c.area(
            (190, 160, 84),
            _lanes(middle - 0.007, 40),
            _lanes(middle + 0.007, 40),
            _lanes(middle + 0.007, 0.9),
            _lanes(middle - 0.007, 0.9),
        )
    near = 0.9
    while near < 20:
        for lane in (-0.48, 0.48):
            c.area(
                paint,
                _lanes(lane - 0.011, near),
                _lanes(lane + 0.011, near),
                _lanes(lane + 0.011, near + 0.35),
                _lanes(lane - 0.011, near + 0.35),
            )
        near += 0.9


def _road(width: int, height: int, level: float) -> Draw:
    """A dual road in the rain."""
    c = Canvas(width, height, (78, 88, 98), (126, 132, 136))
    rng = np.random.default_rng(21)
    for x in np.arange(-0.02, 1, 0.055):
        top = 0.34 - rng.uniform(0.06, 0.24) * (0.4 + abs(x - 0.5) * 1.4)
        shade = int(rng.integers(88, 112))
        c.box((shade, shade + 5, shade + 9), x, top, x + 0.05, 0.36)
        for row in np.arange(top + 0.012, 0.33, 0.02):
            c.line((shade - 16, shade - 10, shade - 5), 2.2, (x + 0.006, row), (x + 0.044, row))
    c.box((84, 94, 84), 0, 0.34, 1, 1)
    c.trees((54, 70, 58), 0.0, 0.4, 0.40, 0.12, 6)
    c.trees((54, 70, 58), 0.6, 1.0, 0.40, 0.12, 7)
    c.area((112, 114, 114), _lanes(-1.5, 40), _lanes(1.5, 40), _lanes(1.5, 0.9), _lanes(-1.5, 0.9))
    _asphalt(c, 66, (196, 200, 200))
    for near in (7.0, 4.2, 2.6, 1.7):
        for side in (-1.32, 1.32):
            x, y = _lanes(side, near)
            tall = 0.5 / near
            arm = x - side * 0.16 / near
            c.line((62, 68, 72), 7 / near, (x, y), (x, y - tall), (arm, y - tall - 0.012 / near))
    base = c.finish(2.5)
    rain = Rain(width, height, 110)

    def at(t: float) -> Image.Image:
        picture = base.copy()
        _drive(picture, t, night=False)
        return rain.over(picture, t)

    return at


def _street_night(width: int, height: int, level: float) -> Draw:
    """The same road at night, wet, under sodium lamps."""
    c = Canvas(width, height, (14, 18, 26), (30, 32, 38))
    rng = np.random.default_rng(31)
    for x in np.arange(-0.02, 1, 0.09):
        top = 0.36 - rng.uniform(0.1, 0.34) * (0.35 + abs(x - 0.5) * 1.5)
        c.box((22, 25, 31), x, top, x + 0.084, 0.38)
        for row in np.arange(top + 0.02, 0.33, 0.032):
            for column in np.arange(x + 0.008, x + 0.07, 0.017):
                if rng.uniform() < 0.3:
                    warm = rng.uniform(0.45, 1)
                    c.box((int(186 * warm), int(150 * warm), int(94 * warm)), column, row, column + 0.009, row + 0.014)
    c.area((42, 42, 44), _lanes(-1.6, 40), _lanes(1.6, 40), _lanes(1.6, 0.9), _lanes(-1.6, 0.9))
    _asphalt(c, 34, (104, 106, 104))
    for x, right, tint in ((0.0, 0.13, (120, 78, 50)), (0.86, 1.0, (60, 100, 116))):
        c.box((20, 22, 26), x, 0.2, right, 0.6)
        c.box(tint, x, 0.3, right, 0.35)
        c.box((150, 142, 118), x + 0.01, 0.38, right - 0.01, 0.56)
        c.glow((tint[0] // 2, tint[1] // 2, tint[2] // 2), (x + right) / 2, 0.42, 0.16)
    for near in (8.0, 5.0, 3.2, 2.1, 1.4):
        for side in (-1.3, 1.3):
            x, y = _lanes(side, near)
            tall, arm = 0.56 / near, x - side * 0.2 / near
            c.line((52, 54, 58), 6 / near, (x, y), (x, y - tall), (arm, y - tall - 0.01 / near))
            c.glow((255, 206, 132), arm, y - tall, 0.16 / near, 0.9)
            c.glow((74, 56, 30), arm, y + 0.01, 0.34 / near, 0.9)
    base = c.finish(3.0)
    rain = Rain(width, height, 80)

    def at(t: float) -> Image.Image:
        picture = base.copy()
        _drive(picture, t, night=True)
        return rain.over(picture, t)

    return at


def _square(width: int, height: int, level: float) -> Draw:
    """A paved square from a roof, with people crossing it."""
    c = Canvas(width, height, (112, 116, 118), (136, 138, 136))

    def ground(x: float, depth: float) -> tuple[float, float]:
        return 0.5 + (x - 0.5) * (0.62 + 0.72 * depth), 0.24 + 0.76 * depth

    c.box((96, 106, 116), 0, 0, 1, 0.25)
    for x in np.arange(0, 1, 0.125):
        shade = 92 + int(x * 80) % 3 * 8
        c.box((shade, shade + 6, shade + 12), x, 0, x + 0.12, 0.215)
        for row in (0.03, 0.08, 0.13):
            c.box((62, 76, 88), x + 0.01, row, x + 0.11, row + 0.028)
        c.box((178, 158, 118) if int(x * 8) % 3 else (120, 140, 150), x + 0.008, 0.178, x + 0.112, 0.213)
    c.box((120, 124, 124), 0, 0.215, 1, 0.25)
    for row in np.linspace(0, 1, 15):
        c.line((118, 121, 120), 1.4, ground(-0.6, row**1.5), ground(1.6, row**1.5))
    for column in np.linspace(-0.6, 1.6, 30):
        c.line((118, 121, 120), 1.4, ground(column, 0), ground(column, 1))
    for band in (0.32, 0.62):
        c.area(
            (150, 140, 126), ground(-0.6, band), ground(1.6, band), ground(1.6, band + 0.05), ground(-0.6, band + 0.05)
        )
    (cx, cy), r = ground(0.5, 0.46), 0.15
    for scale, color in ((1.0, (104, 108, 108)), (0.93, (150, 154, 152)), (0.86, (70, 104, 116))):
        c.pen.ellipse(
            [*c.at((cx - r * scale, cy - r * scale * 0.62))[0], *c.at((cx + r * scale, cy + r * scale * 0.62))[0]],
            fill=color,
        )
    c.box((166, 170, 168), cx - 0.008, cy - 0.08, cx + 0.008, cy)
    for x, depth in ((0.08, 0.12), (0.92, 0.12), (0.02, 0.5), (0.98, 0.5), (0.26, 0.03), (0.74, 0.03)):
        px, py = ground(x, depth)
        size = 0.035 + 0.03 * depth
        c.pen.ellipse(
            [*c.at((px - size, py - size * 0.2))[0], *c.at((px + size * 1.3, py + size * 0.7))[0]],
            fill=(70, 74, 72, 90),
        )
        c.line((74, 66, 58), 6, (px, py), (px, py - size))
        rng = np.random.default_rng(int(px * 1000))
        for _ in range(34):
            g = int(rng.integers(-12, 14))
            c.dot(
                (66 + g, 88 + g, 66 + g),
                px + rng.normal(0, size * 0.42),
                py - size * 2 + rng.normal(0, size * 0.75),
                size * 0.34,
            )
    base = c.finish(2.5)
    rng = np.random.default_rng(5)

    def place(walk: NDArray[np.float64], t: float) -> tuple[float, float]:
        """There and back along a narrow loop, in parts of the ground; every fourth stands and sways."""
        x, y, right, far, shift, still = walk
        turn = 2 * pi * phase(t, 1, shift)
        along, reach = 0.5 - 0.5 * cos(turn), 0.02 if still < 0.25 else 0.28
        return x * 1.1 - 0.05 + (right - 0.5) * reach * 2 * along + 0.012 * sin(turn), (
            0.06 + 0.9 * y + (far - 0.5) * reach * along
        )

    def dry(walk: NDArray[np.float64]) -> bool:
        """Whether a walk keeps out of the fountain."""
        spots = (place(walk, t) for t in np.arange(0, LOOP, 0.5))
        return all(((x - 0.5) / 0.19) ** 2 + ((depth - 0.46) / 0.16) ** 2 > 1 for x, depth in spots)

    walks = [(walk, _COATS[n % len(_COATS)]) for n, walk in enumerate(rng.uniform(0, 1, (52, 6))) if dry(walk)]

    def at(t: float) -> Image.Image:
        picture = base.copy()
        people = [(*place(walk, t), coat) for walk, coat in walks]
        for x, depth, coat in sorted(people, key=lambda person: person[1]):
            px, py = ground(x, depth)
            tall = round(height * (0.062 + 0.062 * depth)) // 2 * 2
            _put(picture, _person(coat, tall), px * width, py * height)
        return picture

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
    cars = [(_side_car(_CARS[n % 6], int(width * (0.062 + 0.016 * (n % 3 == 0)))), n) for n in range(7)]

    def at(t: float) -> Image.Image:
        picture = base.copy()
        for sprite, n in cars:
            right = n % 2 == 0
            way = phase(t, 1, n * 0.37)
            x = (way if right else 1 - way) * 1.2 - 0.1
            flipped = sprite if right else sprite.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
            _put(picture, flipped, x * width, height * (0.37 if right else 0.362))
        picture.paste(bars, band[:2], mask)
        moving.over(picture, t)
        return rain.over(picture, t)

    return at


def _side_car(color: Rgb, width: int) -> Image.Image:
    big = Image.new("RGBA", (240, 100))
    pen = ImageDraw.Draw(big)
    pen.polygon([(62, 14), (154, 14), (194, 50), (38, 50)], fill=tuple(v * 3 // 4 for v in color))
    pen.polygon([(70, 20), (108, 20), (108, 48), (52, 48)], fill=(44, 54, 62))
    pen.polygon([(114, 20), (150, 20), (178, 48), (114, 48)], fill=(44, 54, 62))
    pen.rounded_rectangle((8, 46, 232, 84), 14, fill=color)
    for x in (60, 182):
        pen.ellipse((x - 20, 62, x + 20, 100), fill=(20, 22, 24))
    return big.resize((width, width * 100 // 240), Image.Resampling.BOX)


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
    "road": _road,
    "square": _square,
    "bridge": _bridge,
    "reservoir": _reservoir,
    "dam": _reservoir,
    "street_night": _street_night,
    "fire_watch": _fire_watch,
    "forest": _fire_watch,
}
