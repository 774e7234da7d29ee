"""What the simulated cameras' pictures are drawn with: a canvas, water, rain, a weir, a phase that repeats."""

from functools import lru_cache
from math import pi
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFont

LOOP = 8.0  # seconds after which everything that moves is back where it was

Rgb = tuple[int, int, int]
Xy = tuple[float, float]

_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
)


class Canvas:
    """A picture drawn at twice its size with coordinates from 0 to 1, for smooth edges."""

    def __init__(self, width: int, height: int, top: Rgb, bottom: Rgb) -> None:
        self.size = (width * 2, height * 2)
        ramp = np.linspace(0, 1, self.size[1])[:, None, None]
        rows = np.array(top) * (1 - ramp) + np.array(bottom) * ramp
        self.image = Image.fromarray(np.broadcast_to(rows, (*self.size[::-1], 3)).astype(np.uint8))
        self.pen = ImageDraw.Draw(self.image, "RGBA")

    def at(self, *points: Xy) -> list[Xy]:
        return [(x * self.size[0], y * self.size[1]) for x, y in points]

    def area(self, color: tuple[int, ...], *points: Xy) -> None:
        self.pen.polygon(self.at(*points), fill=color)

    def box(self, color: tuple[int, ...], x: float, y: float, right: float, bottom: float) -> None:
        self.pen.rectangle(self.at((x, y), (right, bottom)), fill=color)

    def line(self, color: tuple[int, ...], width: float, *points: Xy) -> None:
        """`width` in thousandths of the picture's width."""
        self.pen.line(self.at(*points), fill=color, width=max(1, round(width * self.size[0] / 1000)))

    def dot(self, color: tuple[int, ...], x: float, y: float, radius: float) -> None:
        """`radius` in parts of the picture's width."""
        r = radius * self.size[0]
        (cx, cy), *_ = self.at((x, y))
        self.pen.ellipse((cx - r, cy - r, cx + r, cy + r), fill=color)

    def words(self, text: str, x: float, y: float, size: float, color: tuple[int, ...]) -> None:
        """`size` in parts of the picture's height; (x, y) is the left middle."""
        font = _font(max(6, round(size * self.size[1])))
        self.pen.text(self.at((x, y))[0], text, font=font, fill=color, anchor="lm")

    def glow(self, color: Rgb, x: float, y: float, radius: float, strength: float = 1.0) -> None:
        """Light around a lamp; `radius` in parts of the width."""
        r = int(radius * self.size[0])
        yy, xx = np.mgrid[-r : r + 1, -r : r + 1] / max(1, r)
        fall = np.clip(1 - np.hypot(xx, yy), 0, 1) ** 2 * strength
        light = Image.fromarray((fall[:, :, None] * np.array(color)).astype(np.uint8))
        (cx, cy), *_ = self.at((x, y))
        left, top = int(cx) - r, int(cy) - r
        under = self.image.crop((left, top, left + light.width, top + light.height))
        self.image.paste(ImageChops.add(under, light), (left, top))

    def trees(self, color: Rgb, x: float, right: float, base: float, height: float, seed: int) -> None:
        """A row of crowns standing on `base`."""
        rng = np.random.default_rng(seed)
        for x_at in np.arange(x, right, height * 0.16):
            for _ in range(7):
                shade = rng.integers(-9, 10)
                crown = tuple(int(np.clip(c + shade, 0, 255)) for c in color)
                up = rng.uniform(0.25, 1) * height
                self.dot(crown, x_at + rng.normal(0, height * 0.12), base - up, height * rng.uniform(0.08, 0.17))
        self.box(color, x, base - height * 0.35, right, base)

    def finish(self, grain: float = 3.0, seed: int = 1) -> Image.Image:
        """At its real size, with the corners a little darker and some texture, as a lens gives."""
        width, height = self.size[0] // 2, self.size[1] // 2
        small = np.asarray(self.image.resize((width, height), Image.Resampling.BOX)).astype(np.float32)
        yy, xx = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
        small *= (1 - 0.16 * (xx**2 + yy**2))[:, :, None]
        small += np.random.default_rng(seed).normal(0, grain, (height, width, 1))
        return Image.fromarray(np.clip(small, 0, 255).astype(np.uint8))


@lru_cache(16)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    for path in _FONTS:
        if Path(path).exists():
            return ImageFont.truetype(path, size)
    return ImageFont.load_default(size)


@lru_cache(4)
def label(width: int, height: int) -> tuple[Image.Image, tuple[int, int]]:
    """The word burned into every picture: nobody may take a drawing for a camera."""
    size = max(9, height // 28)
    font = _font(size)
    text = "模拟" if isinstance(font, ImageFont.FreeTypeFont) and Path(str(font.path)).exists() else "SIM"
    box = Image.new("RGB", (size * 3, round(size * 1.6)), (24, 28, 32))
    ImageDraw.Draw(box).text((box.width / 2, box.height / 2), text, (190, 198, 204), font, anchor="mm")
    return box, (height // 40, height // 8)  # a tile may cut the upper edge off


class Water:
    """Moving water over a rectangle: two sheets of ripples that slide past each other."""

    def __init__(self, base: Image.Image, top: float, flow: int = 2, height: float = 7.0, seed: int = 5) -> None:
        """`base` is the finished picture; water runs from `top` (0 to 1) to its lower edge."""
        width = base.width
        self.top = min(base.height - 2, max(0, round(top * base.height)))
        self._base = np.asarray(base)[self.top :].astype(np.int16)
        rows = self._base.shape[0]
        down = np.linspace(0, 1, rows)[:, None]
        near = 1.0 / (down + 0.22)  # ripples lie closer far away
        quarter = width // 4  # which every ripple fits
        across = np.linspace(0, 1, quarter, endpoint=False)[None, :]
        rng = np.random.default_rng(seed)
        self._sheets = []
        for _ in range(2):
            sheet = np.zeros((rows, quarter))
            for waves in (1, 2, 3, 5, 7, 11):
                slant = rng.uniform(9, 15) * (1 + waves / 4)
                bend = 0.7 * np.sin(2 * pi * (across + rng.uniform() + near * rng.uniform(0.5, 1.5)))
                ripple = np.sin(2 * pi * (across * waves + slant * near + rng.uniform()) + bend)
                sheet += ripple / (1 + waves / 3.5)
            sheet *= height * (0.35 + 0.65 * down)
            self._sheets.append(np.tile(sheet.astype(np.int16), 9)[:, : 2 * width])
        self._width, self._flow = width, flow

    def over(self, picture: Image.Image, t: float) -> None:
        step = self._width / 4  # every ripple fits a quarter of the width
        first = int(step * self._flow * t / LOOP) % self._width
        second = int(step * (self._flow - 3) * t / LOOP) % self._width
        a = self._sheets[0][:, self._width - first : 2 * self._width - first]
        b = self._sheets[1][:, self._width - second : 2 * self._width - second]
        ripple = a + b
        ripple += np.maximum(ripple - 9, 0) * 2  # the crests catch the light
        rows = np.clip(self._base + ripple[:, :, None], 0, 255).astype(np.uint8)
        picture.paste(Image.fromarray(rows), (0, self.top))


class Rain:
    """Thin streaks falling over the picture."""

    def __init__(self, width: int, height: int, drops: int = 90, seed: int = 3) -> None:
        rng = np.random.default_rng(seed)
        sheet = Image.new("RGB", (width, height))
        pen = ImageDraw.Draw(sheet)
        for _ in range(drops):
            x, y, far = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0.3, 1)
            long, light = height * 0.06 * far, int(20 * far)
            pen.line((x, y, x - long * 0.12, y + long), fill=(light, light, light))
            pen.line((x, y - height, x - long * 0.12, y - height + long), fill=(light, light, light))
        self._sheet, self._height = sheet, height

    def over(self, picture: Image.Image, t: float) -> Image.Image:
        return ImageChops.add(picture, ImageChops.offset(self._sheet, 0, int(self._height * 20 * t / LOOP)))


def phase(t: float, turns: int, shift: float) -> float:
    """Where something that goes round `turns` times in a loop is, 0 to 1."""
    return (turns * t / LOOP + shift) % 1.0


class Fall:
    """White water falling in a box of the picture."""

    def __init__(self, base: Image.Image, x: float, y: float, right: float, bottom: float, seed: int) -> None:
        self._box = [round(v) for v in (x * base.width, y * base.height, right * base.width, bottom * base.height)]
        left, top, wide, high = self._box[0], self._box[1], self._box[2] - self._box[0], self._box[3] - self._box[1]
        rng = np.random.default_rng(seed)
        streak = rng.normal(0, 1, (high, wide))
        for _ in range(3):
            streak = (streak + np.roll(streak, 1, 0) + np.roll(streak, 2, 0) + np.roll(streak, 3, 0)) / 2.9
        self._streak = np.tile(np.clip(streak * 16, -40, 60), (2, 1)).astype(np.int16)
        self._base = np.asarray(base)[top : top + high, left : left + wide].astype(np.int16)
        self._high = high

    def over(self, picture: Image.Image, t: float) -> None:
        shift = int(self._high * 12 * t / LOOP) % self._high
        rows = self._base + self._streak[self._high - shift : 2 * self._high - shift][:, :, None]
        picture.paste(Image.fromarray(np.clip(rows, 0, 255).astype(np.uint8)), (self._box[0], self._box[1]))
