"""The geometry of a small line: points in a box, thinned to what a screen can show."""

from math import isfinite
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPolygonF

from console.domain.indicator import Indicator, Limit
from console.domain.level import Level

if TYPE_CHECKING:
    import numpy as np  # at run time where it is first needed: the window is painted before

HOUR_S = 3600.0


def thinned(values: "np.ndarray", columns: int) -> "np.ndarray":
    """At most about two points a column: the lowest and highest of each stretch, in order of time."""
    count = len(values)
    if count <= 2 * columns or columns < 1:
        return values
    import numpy as np

    per = count // columns
    used: np.ndarray = values[count - per * columns :]
    lines = used[:, 1].reshape(columns, per)
    base = np.arange(columns) * per
    picked = np.unique(np.concatenate([base + lines.argmin(axis=1), base + lines.argmax(axis=1)]))
    thin: np.ndarray = used[picked]
    return thin


def near_limit(indicator: Indicator, values: "np.ndarray", level: Level | None) -> Limit | None:
    """The limit worth drawing: that of the level it has, else the next one if the line comes close."""
    if not len(values) or not indicator.limits:
        return None
    if level is not None:
        held = [limit for limit in indicator.limits if limit.level is level]
        return held[0] if held else indicator.limits[0]
    first = indicator.limits[0]
    low, high = float(values[:, 1].min()), float(values[:, 1].max())
    distance = first.at - high if indicator.rising else low - first.at
    return first if distance <= (high - low) else None


def place(values: "np.ndarray", box: QRectF, limit: Limit | None, until: float) -> tuple[QPolygonF, float | None]:
    """The line in the box, and the height of its limit; time ends at `until`, so a silent sensor ends early."""
    import numpy as np

    finite = values[np.isfinite(values[:, 1])]
    if len(finite) < 2:
        return QPolygonF(), None
    thin = thinned(finite, max(1, int(box.width() / 3)))
    low, high = float(thin[:, 1].min()), float(thin[:, 1].max())
    if limit is not None:
        low, high = min(low, limit.at), max(high, limit.at)
    # What hardly moves must look so: the height is at least a tenth of the value.
    lack = max(0.1 * abs(high + low) / 2, 1e-6) - (high - low)
    if lack > 0:
        low, high = low - lack / 2, high + lack / 2
    start = float(thin[0, 0])
    end = max(until, float(thin[-1, 0]))
    xs = box.left() + (thin[:, 0] - start) / max(1e-9, end - start) * box.width()
    ys = box.bottom() - (thin[:, 1] - low) / (high - low) * box.height()
    line = QPolygonF([QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)])
    at = None if limit is None else box.bottom() - (limit.at - low) / (high - low) * box.height()
    return line, at


def change(indicator: Indicator, values: "np.ndarray") -> tuple[float, bool] | None:
    """The change over the last hour, and whether it is told in percent; None when there is nothing to compare."""
    if len(values) < 2:
        return None
    at = int(values[:, 0].searchsorted(values[-1, 0] - HOUR_S))
    was, last = float(values[min(at, len(values) - 2), 1]), float(values[-1, 1])
    if not (isfinite(was) and isfinite(last)):
        return None
    if abs(was) >= 100:
        return (last - was) / abs(was) * 100, True
    return round(last - was, indicator.decimals), False


def grid(count: int, width: float, height: float, least: tuple[float, float]) -> tuple[int, int, int]:
    """Columns, rows, and how many rows fit: one line if it fits, never narrower than `least` nor taller than wide."""
    most = max(1, int(width // least[0]))
    columns = max(1, min(most, count))
    while columns > 1 and height / -(-count // (columns - 1)) >= width / columns:
        columns -= 1
    rows = -(-count // columns) if count else 0
    columns = -(-count // rows) if rows else columns
    return columns, rows, max(1, int(height // least[1]))
