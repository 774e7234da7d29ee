"""The boxes of a proposal: a unit with what decided it, an agency, a task."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QWidget

from console.domain.phrases import say
from console.domain.proposal import Candidate
from console.domain.words import Phrase
from widgets.keys import keeps
from widgets.lang import language, show
from widgets.paint import chip_width, elide, face, ink, paint_chip
from widgets.task_list import paint_box
from widgets.times import travel

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def said(reasons: tuple[Phrase, ...]) -> str:
    comma, lang = (", ", "en") if language() == "en" else (",", "zh")
    return comma.join(say(reason, lang) for reason in reasons)  # type: ignore[arg-type]


class OfferBox(QCheckBox):
    """A box, a word, a chip after it."""

    def __init__(self, text: str, ticked: bool, chip: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setChecked(ticked)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(" ".join(filter(None, (text, chip))))
        self.chip = chip

    def hitButton(self, pos: object) -> bool:
        return True

    def sizeHint(self) -> QSize:
        metrics = face().metrics
        chip = chip_width(self.chip) + 8 if self.chip else 0
        return QSize(
            round(metrics.ascent() * 0.95) + 17 + metrics.horizontalAdvance(self.text()) + chip, self._height()
        )

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self._height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        x = self.paint_head(painter)
        body = face()
        painter.setPen(ink("strong" if self.isChecked() else "faint"))
        room = self.width() - x - (chip_width(self.chip) + 8 if self.chip else 0)
        text = elide(self.text(), body.metrics, room)
        body.draw(painter, QRectF(x, 0, self.width() - x, self.height()), _LEFT, text)
        if self.chip:
            paint_chip(painter, x + body.metrics.horizontalAdvance(text) + 6, self.height() / 2, self.chip)

    def paint_head(self, painter: QPainter) -> float:
        """The box; answers where the words begin."""
        body = face()
        side = round(body.metrics.ascent() * 0.95)
        top = round((self.height() - side) / 2) + 0.5
        paint_box(painter, QRectF(0.5, top, side, side), self.isChecked(), lit=self.hasFocus() or self.underMouse())
        return side + 9.0

    def _height(self) -> int:
        return face().metrics.height() + 6


class AgencyBox(OfferBox):
    """An agency that takes part; `led` when it is to lead: L, or a double click."""

    led = Signal()

    def event(self, event: QEvent) -> bool:
        """In here L is its own, whatever another panel prints on its buttons."""
        return keeps(event, lambda key: key.key() == Qt.Key.Key_L and not key.modifiers()) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_L:
            self.led.emit()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.led.emit()


class CandidateBox(OfferBox):
    """One unit: box, name, what decided it, minutes. `opened` by Right and Left: all that speaks for and against."""

    opened = Signal(bool)

    def __init__(self, candidate: Candidate, chip: str, words: tuple[str, str], parent: QWidget) -> None:
        """`words` are "for: {reasons}" and "against: {reasons}" in the language on screen."""
        super().__init__(show(candidate.unit.name), candidate.chosen, chip, parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.candidate = candidate
        self.why = said(candidate.gist)
        given = zip(words, (candidate.for_it, candidate.against), strict=True)
        self.reasons = "\n".join(word.format(reasons=said(reasons)) for word, reasons in given if reasons)
        self.setToolTip(f"{self.text()} · {travel(candidate.travel_s)}\n{self.reasons}")
        self.setAccessibleName(f"{self.text()}, {travel(candidate.travel_s)}, {self.reasons}")

    def sizeHint(self) -> QSize:
        return QSize(160, self._height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Left):
            self.opened.emit(event.key() == Qt.Key.Key_Right)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        x = self.paint_head(painter)
        body, quiet = face(), face("quiet")
        width, height = self.width(), self.height()
        minutes = travel(self.candidate.travel_s)
        time_width = max(34, body.metrics.horizontalAdvance(minutes) + 8)
        painter.setPen(ink("strong" if self.isChecked() else "text"))
        name_width = max(86.0, (width - x) * (0.46 if self.chip else 0.3))
        chip = chip_width(self.chip) + 6 if self.chip else 0
        name = elide(self.text(), body.metrics, name_width - 6 - chip)
        body.draw(painter, QRectF(x, 0, name_width, height), _LEFT, name)
        body.draw(painter, QRectF(0, 0, width, height), _RIGHT, minutes)
        if self.chip:
            paint_chip(painter, x + body.metrics.horizontalAdvance(name) + 5, height / 2, self.chip)
        painter.setPen(ink("quiet"))
        room = width - time_width - x - name_width
        quiet.draw(painter, QRectF(x + name_width, 0, room, height), _LEFT, elide(self.why, quiet.metrics, room))
