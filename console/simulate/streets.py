"""Streets and squares as a camera sees them: cars in perspective by day and by night, people crossing."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw

from console.simulate.canvas import LOOP, Canvas, Rain, Rgb, phase

Draw = Callable[[float], Image.Image]  # seconds -> picture

CARS: Sequence[Rgb] = ((150, 158, 166), (150, 52, 48), (206, 210, 212), (58, 74, 96), (86, 92, 98), (176, 160, 116))
_COATS: Sequence[Rgb] = ((92, 104, 118), (134, 86, 78), (72, 92, 84), (140, 132, 110), (58, 64, 78), (150, 150, 154))


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


def put(picture: Image.Image, sprite: Image.Image, x: float, foot: float) -> None:
    """Paste with the middle of its foot at (x, foot), in pixels."""
    picture.paste(sprite, (round(x - sprite.width / 2), round(foot - sprite.height)), sprite)


def _lanes(x: float, depth: float) -> tuple[float, float]:
    """Where a point of the road is seen: `x` from -1 to 1 across it, `depth` 1 at the lower edge, more beyond."""
    return 0.5 + x * 0.62 / depth, 0.34 + 0.66 / depth


def _drive(picture: Image.Image, t: float, night: bool) -> None:
    """Cars in four lanes, farthest first: away from us on the right, towards us on the left."""
    cars = []
    for n in range(12):
        away, inner, place = n % 2 == 0, n // 2 % 2, n // 4
        lane = (0.72, 0.26)[inner] * (1 if away else -1)
        way = phase(t, 1 + inner, place / 3 + n % 4 * 0.382 + 0.12 * (n * 0.618 % 1))
        depth = 0.9 + 11 * (way if away else 1 - way) ** 1.6
        cars.append((depth, lane, not away, CARS[(0, 2, 4, 1, 3, 0, 5, 2, 4, 3, 1, 5)[n]]))
    for depth, lane, front, color in sorted(cars, reverse=True):
        x, y = _lanes(lane, depth)
        size = int(picture.width * 0.17 / depth)
        size -= size % (2 if size < 48 else 4)  # few sizes, each drawn once
        if size < 4:
            continue
        if night:
            _beam(picture, x * picture.width, y * picture.height, size, front)
        put(picture, _car(color, size, front, night), x * picture.width, y * picture.height)


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


def road(width: int, height: int, level: float) -> Draw:
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


def street_night(width: int, height: int, level: float) -> Draw:
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


def square(width: int, height: int, level: float) -> Draw:
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
            put(picture, _person(coat, tall), px * width, py * height)
        return picture

    return at


def side_car(color: Rgb, width: int) -> Image.Image:
    big = Image.new("RGBA", (240, 100))
    pen = ImageDraw.Draw(big)
    pen.polygon([(62, 14), (154, 14), (194, 50), (38, 50)], fill=tuple(v * 3 // 4 for v in color))
    pen.polygon([(70, 20), (108, 20), (108, 48), (52, 48)], fill=(44, 54, 62))
    pen.polygon([(114, 20), (150, 20), (178, 48), (114, 48)], fill=(44, 54, 62))
    pen.rounded_rectangle((8, 46, 232, 84), 14, fill=color)
    for x in (60, 182):
        pen.ellipse((x - 20, 62, x + 20, 100), fill=(20, 22, 24))
    return big.resize((width, width * 100 // 240), Image.Resampling.BOX)
