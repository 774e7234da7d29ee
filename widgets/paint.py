"""Small painters that lists, cards and headers share: faces, inks, level marks, chips."""

from functools import lru_cache

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPolygonF, QStaticText, QTransform

from console.domain.level import Level
from widgets.theme import Theme, current

RADIUS = 4.0
REMEMBERED = 2048  # texts of a font


class Metrics(QFontMetrics):
    """Measures a text once: the same words are painted again and again."""

    def __init__(self, font: QFont) -> None:
        super().__init__(font)
        self.horizontalAdvance = lru_cache(REMEMBERED)(super().horizontalAdvance)  # type: ignore[method-assign]
        self.elidedText = lru_cache(REMEMBERED)(super().elidedText)  # type: ignore[method-assign]


class Face:
    """A font with its measures, made once per theme."""

    def __init__(self, font: QFont) -> None:
        self.font, self.metrics = font, Metrics(font)
        self._shaped = lru_cache(REMEMBERED)(self._shape)

    def draw(self, painter: QPainter, rect: QRect | QRectF, flags: int, text: str) -> None:
        """`QPainter.drawText` in this font; a line that fits is shaped once, which takes most of the time."""
        if not text:
            return
        painter.setFont(self.font)
        shaped, width = self._shaped(text)
        if "\n" in text or width > rect.width():
            painter.drawText(rect, flags, text)
            return
        x, y = float(rect.x()), float(rect.y())
        if flags & Qt.AlignmentFlag.AlignRight:
            x += rect.width() - width
        elif flags & Qt.AlignmentFlag.AlignHCenter:
            x += (rect.width() - width) / 2
        if flags & Qt.AlignmentFlag.AlignVCenter:
            y += (rect.height() - self.metrics.height()) / 2
        painter.drawStaticText(QPointF(x, y), shaped)

    def _shape(self, text: str) -> tuple[QStaticText, float]:
        shaped = QStaticText(text)
        shaped.setTextFormat(Qt.TextFormat.PlainText)
        shaped.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
        shaped.prepare(QTransform(), self.font)
        return shaped, shaped.size().width()


_faces: dict[tuple[str, bool, bool], Face] = {}
_inks: dict[tuple[str, float], QColor] = {}
_made_for: list[Theme] = []


def _fresh() -> Theme:
    theme = current()
    if not _made_for or _made_for[0] is not theme:
        _faces.clear()
        _inks.clear()
        _made_for[:] = [theme]
    return theme


def face(role: str = "body", *, bold: bool = False, struck: bool = False) -> Face:
    """The face of a role in the theme in use."""
    theme = _fresh()
    known = _faces.get((role, bold, struck))
    if known is None:
        font = theme.font(role, bold=bold)
        font.setStrikeOut(struck)
        known = _faces[role, bold, struck] = Face(font)
    return known


def ink(role: str, alpha: float = 1.0) -> QColor:
    """The colour of a role in the theme in use. Do not change the answer; it is shared."""
    theme = _fresh()
    known = _inks.get((role, alpha))
    if known is None:
        known = _inks[role, alpha] = theme.color(role, alpha)
    return known


def pen(role: str, width: float = 1.0, alpha: float = 1.0) -> QPen:
    return QPen(ink(role, alpha), width)


def level_role(level: Level | None) -> str:
    """The colour role of a level; quiet for none."""
    return level.value if level else "quiet"


def paint_mark(painter: QPainter, rect: QRectF, level: Level | None, alpha: float = 1.0) -> None:
    """The shape of a level in its colour: 蓝 ◆, 黄 ■, 橙 ▲, 红 ●; an open circle for none."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = min(rect.width(), rect.height())
    centre = rect.center()
    half = side / 2
    if level is None:
        painter.setPen(QPen(ink("faint", alpha), max(1.2, side / 10)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(centre, half * 0.78, half * 0.78)
        painter.restore()
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink(level.value, alpha))
    match level:
        case Level.BLUE:
            painter.drawPolygon(_polygon(centre, [(0, -half), (half, 0), (0, half), (-half, 0)]))
        case Level.YELLOW:
            edge = half * 0.82
            painter.drawRect(QRectF(centre.x() - edge, centre.y() - edge, 2 * edge, 2 * edge))
        case Level.ORANGE:
            painter.drawPolygon(
                _polygon(centre, [(0, -half * 0.94), (half * 1.04, half * 0.82), (-half * 1.04, half * 0.82)])
            )
        case Level.RED:
            painter.drawEllipse(centre, half * 0.92, half * 0.92)
    painter.restore()


def paint_dot(painter: QPainter, rect: QRectF, role: str, alpha: float = 1.0) -> None:
    """A small filled dot for a normal state (a unit on its way, a link that is up)."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink(role, alpha))
    radius = min(rect.width(), rect.height()) * 0.32
    painter.drawEllipse(rect.center(), radius, radius)
    painter.restore()


def paint_split(painter: QPainter, rect: QRectF, role: str = "yellow") -> None:
    """The mark of what two said differently and nobody has decided: a disc, one half full, the other hollow."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = min(rect.width(), rect.height()) * 0.92
    disc = QRectF(rect.center().x() - side / 2, rect.center().y() - side / 2, side, side)
    painter.setPen(pen(role, max(1.2, side / 9)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(disc)
    painter.setBrush(ink(role))
    painter.drawPie(disc, 90 * 16, 180 * 16)
    painter.restore()


def split_width(text: str, role: str = "quiet") -> float:
    """How wide `paint_split_word` draws this text."""
    return face(role).metrics.horizontalAdvance(text) + face(role).metrics.ascent() * 0.8 + 5


def paint_split_word(painter: QPainter, x: float, rect: QRectF, text: str, role: str = "quiet") -> float:
    """The mark and its word (待裁定) in the face of a role, left at `x`; answers its right edge."""
    used = face(role)
    side = used.metrics.ascent() * 0.8
    paint_split(painter, QRectF(x, rect.center().y() - side / 2, side, side))
    painter.setPen(ink("yellow"))
    words = QRectF(x + side + 5, rect.top(), used.metrics.horizontalAdvance(text) + 2, rect.height())
    used.draw(painter, words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
    return x + split_width(text, role)


def chip_width(text: str) -> int:
    """How wide `paint_chip` draws this text."""
    return face("quiet").metrics.horizontalAdvance(text) + 10


def paint_chip(painter: QPainter, x: float, middle: float, text: str, role: str = "quiet") -> float:
    """A small outlined chip (主办, 必做, a key) left at `x`, centred on `middle`; answers its right edge."""
    quiet = face("quiet")
    width, height = chip_width(text), quiet.metrics.height()
    box = QRectF(x + 0.5, round(middle - height / 2) + 0.5, width - 1, height - 1)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen("line") if role in ("quiet", "text") else pen(role, 1.0, 0.6))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(ink(role))
    quiet.draw(painter, box, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
    return x + width


def elide(text: str, metrics: QFontMetrics, width: float) -> str:
    """The text cut with an ellipsis to fit."""
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, int(width)))


def paint_empty(painter: QPainter, rect: QRectF, title: str, action: str) -> None:
    """What would be here, and under it what fills it."""
    body, quiet = face("body"), face("quiet")
    flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
    inside = rect.adjusted(20, 12, -20, -12)
    top = inside.adjusted(0, max(0.0, inside.height() * 0.3 - body.metrics.height()), 0, 0)
    painter.setPen(ink("quiet"))
    painter.setFont(body.font)
    said = painter.boundingRect(top, flags, title)
    painter.drawText(top, flags, title)
    painter.setFont(quiet.font)
    painter.setPen(ink("faint"))
    painter.drawText(top.adjusted(0, said.height() + 4, 0, 0), flags, action)


def _polygon(centre: QPointF, corners: list[tuple[float, float]]) -> QPolygonF:
    return QPolygonF([QPointF(centre.x() + x, centre.y() + y) for x, y in corners])
