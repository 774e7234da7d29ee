"""The look as data: colour roles and sizes from a theme file. No widget holds a colour of its own."""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QApplication

import resources

FONT_FAMILIES = ["Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "sans-serif"]


@dataclass(frozen=True)
class Theme:
    """One theme. Colours are `#rrggbb`; sizes are logical pixels."""

    window: str
    panel: str
    raised: str
    selected: str
    hairline: str
    line: str
    strong: str
    text: str
    quiet: str
    faint: str
    accent: str
    primary: str
    primary_line: str
    done: str
    blue: str
    yellow: str
    orange: str
    red: str
    series: str
    water: str
    land: str
    road: str
    road_major: str
    boundary: str
    body: int
    quiet_size: int
    title: int
    figure: int
    gap: int
    row: int

    def color(self, role: str, alpha: float = 1.0) -> QColor:
        """The colour of a role: `color("orange")`, `color("accent", 0.4)`."""
        color = QColor(getattr(self, role))
        color.setAlphaF(alpha)
        return color

    def font(self, role: str = "body", *, bold: bool = False) -> QFont:
        """The face for a role of `body`, `quiet`, `title`, `figure`, with tabular figures."""
        size = self.quiet_size if role == "quiet" else getattr(self, role)
        font = QFont(FONT_FAMILIES)
        font.setPixelSize(size)
        font.setFeature(QFont.Tag("tnum"), 1)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        if bold:
            font.setWeight(QFont.Weight.DemiBold)
        return font


def load(file: Path) -> Theme:
    """Read a theme file. Raises `ValueError` naming what is missing or unknown."""
    data: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
    sizes = dict(data.get("sizes", {}))
    if "quiet" in sizes:
        sizes["quiet_size"] = sizes.pop("quiet")
    values = {**data.get("colors", {}), **sizes}
    known = {field.name for field in fields(Theme)}
    if wrong := sorted(known ^ values.keys()):
        raise ValueError(f"{file}: missing or unknown: {', '.join(wrong)}")
    return Theme(**values)


def shipped(name: str) -> Theme:
    """The shipped theme `desk` or `wall`."""
    return load(resources.path("themes", f"{name}.toml"))


_current: list[Theme] = []


def use(theme: Theme) -> None:
    """Make `theme` the one that `current` answers, and the application's font and palette follow it."""
    _current[:] = [theme]
    app = QApplication.instance()
    if isinstance(app, QApplication):
        app.setFont(theme.font())


def current() -> Theme:
    """The theme in use; the desk theme until `use` was called."""
    if not _current:
        _current.append(shipped("desk"))
    return _current[0]
