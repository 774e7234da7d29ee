"""The line that says that a call rings, over every workspace: who calls, what they say, and the keys that take it."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from console.domain.incoming import IncomingCall
from widgets.keycap import KeyButton
from widgets.lang import show
from widgets.paint import elide, face, ink, level_role
from widgets.times import span


class CallStrip(QWidget):
    """Hidden while nothing rings. The call that has waited longest comes first. Its owner hears the answering key."""

    answered = Signal(str)  # call
    takenAsTold = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._calls: tuple[IncomingCall, ...] = ()
        self._now: datetime | None = None
        self._refused = self._untold = ""
        self._answer, self._as_told = KeyButton("Ctrl J", primary=True, hears=False), KeyButton("S")
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 2, 8, 2)
        line.setSpacing(6)
        line.addStretch(1)
        line.addWidget(self._answer)
        line.addWidget(self._as_told)
        self._answer.clicked.connect(lambda: self._tell(self.answered))
        self._as_told.clicked.connect(lambda: self._tell(self.takenAsTold))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._retranslate()
        self.hide()

    def show_calls(self, calls: Sequence[IncomingCall], now: datetime, refused: str, untold: str) -> None:
        """These ring, the longest first. Why none can be taken here, or the first not as it is told; else empty."""
        self._calls, self._refused, self._untold = tuple(calls), refused, untold
        self._allow()
        self.set_now(now)
        self.setVisible(bool(calls))

    def set_now(self, now: datetime) -> None:
        """They have rung until now."""
        self._now = now
        self.setAccessibleName(" · ".join(self.texts()))
        self.update()

    def texts(self) -> tuple[str, str]:
        """Who calls since when, and what they say."""
        if not self._calls or self._now is None:
            return "", ""
        call = self._calls[0]
        who = [show(call.channel.label), show(call.caller) if call.caller else call.number]
        waits = self.tr("响铃 {time}").format(time=span(self._now - call.received_at))
        more = self.tr("还有 {n} 个来电").format(n=len(self._calls) - 1) if len(self._calls) > 1 else ""
        said = [show(call.place) if call.place else "", show(call.text)]
        return " · ".join(filter(None, [*who, waits, more])), " · ".join(filter(None, said))

    def buttons(self) -> tuple[KeyButton, KeyButton]:
        return self._answer, self._as_told

    def sizeHint(self) -> QSize:
        return QSize(300, face().metrics.height() + 14)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), ink("raised"))
        level = self._calls[0].level if self._calls else None
        painter.fillRect(0, 0, 4, self.height(), ink(level_role(level) if level else "accent"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, ink("hairline"))
        told, said = self.texts()
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        title, body = face("title", bold=True), face()
        inside = QRectF(self.rect()).adjusted(16, 0, 0, 0)
        inside.setRight(self._answer.x() - 12)
        painter.setPen(ink("strong"))
        word = self.tr("来电")
        title.draw(painter, inside, flags, word)
        inside.setLeft(inside.left() + title.metrics.horizontalAdvance(word) + 12)
        painter.setPen(ink("quiet"))
        shown = elide(told, body.metrics, inside.width() * 0.5)
        body.draw(painter, inside, flags, shown)
        inside.setLeft(inside.left() + body.metrics.horizontalAdvance(shown) + 14)
        painter.setPen(ink("strong"))
        body.draw(painter, inside, flags, elide(said, body.metrics, inside.width()))

    def _tell(self, signal: SignalInstance) -> None:
        if self._calls:
            signal.emit(self._calls[0].id)

    def _allow(self) -> None:
        self._answer.allow(self._refused)
        self._as_told.allow(self._refused or self._untold)

    def _retranslate(self) -> None:
        self._answer.set_word(self.tr("接听"), self.tr("接听,填好再立案"))
        self._as_told.set_word(self.tr("照述立案"), self.tr("照来电所说立案,一键完成"))
        self._allow()
        self.update()
