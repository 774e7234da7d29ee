"""Keys on screen: a key-cap hint that can be clicked, and a button that shows its key. Both hear the key they show."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QWidget

from widgets.keys import print_key
from widgets.paint import chip_width, face, ink, paint_chip


class Hint(QAbstractButton):
    """A key cap and what it does, quiet, at the right of a title: [C] 确认. Without a key it is a link."""

    def __init__(
        self,
        key: str,
        text: str,
        slot: Callable[[], object] | None = None,
        parent: QWidget | None = None,
        *,
        hears: bool = True,
    ) -> None:
        """`hears` is false where somebody else hears the key: a form, a command, a list of several such hints."""
        super().__init__(parent)
        self._key = key
        self._compact = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if slot is not None:
            self.clicked.connect(lambda _on: slot())
        if hears:
            print_key(self, key)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        self.setText(text)
        self.setAccessibleName(text)
        self.setAccessibleDescription(self._key)
        self.setToolTip(text if self._compact else "")
        self.updateGeometry()

    def set_compact(self, compact: bool) -> None:
        """Only the key, where there is no room for the word."""
        compact = compact and bool(self._key)
        if compact != self._compact:
            self._compact = compact
            self.setToolTip(self.text() if compact else "")
            self.updateGeometry()
            self.update()

    def full_width(self) -> int:
        """How wide it is with its word."""
        word = face("quiet").metrics.horizontalAdvance(self.text()) + 2
        return word + (chip_width(self._key) + 6 if self._key else 0)

    def key(self) -> str:
        return self._key

    def sizeHint(self) -> QSize:
        quiet = face("quiet")
        if self._compact:
            return QSize(chip_width(self._key) + 1, quiet.metrics.height() + 4)
        cap = chip_width(self._key) + 6 if self._key else 0
        return QSize(cap + quiet.metrics.horizontalAdvance(self.text()) + 2, quiet.metrics.height() + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        lit = self.underMouse() or self.hasFocus()
        role = "strong" if lit and self.isEnabled() else ("quiet" if self.isEnabled() else "faint")
        x = 0.0
        if self._key:
            x = paint_chip(painter, 0, self.height() / 2, self._key, "text" if lit else "quiet") + 6
        if self._compact:
            return
        painter.setPen(ink(role))
        face("quiet").draw(
            painter,
            QRectF(x, 0, self.width() - x, self.height()),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
            self.text(),
        )
        if self.hasFocus():
            painter.setPen(ink("accent"))
            painter.drawLine(int(x), self.height() - 1, self.width() - 2, self.height() - 1)


class KeyButton(QPushButton):
    """A button that shows its key; disabled, its tooltip says why."""

    def __init__(self, key: str, *, primary: bool = False, hears: bool = True, parent: QWidget | None = None) -> None:
        """`hears` is false where somebody else hears the key: the form it ends, the list it acts on."""
        super().__init__(parent)
        self._key = key
        self._tip = ""
        self.setProperty("primary", primary)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoDefault(False)
        if hears:
            print_key(self, key)

    def key(self) -> str:
        return self._key

    def set_primary(self, primary: bool) -> None:
        """The one button that the next key press is about."""
        if self.property("primary") != primary:
            self.setProperty("primary", primary)
            self.style().unpolish(self)
            self.style().polish(self)

    def set_word(self, text: str, tip: str = "") -> None:
        self._tip = tip
        if text != self.text():
            self.setText(text)
            self.updateGeometry()
        self.setAccessibleName(text)
        self._show_tip("")

    def allow(self, refusal: str) -> None:
        """Enable with an empty refusal; else disable and say why."""
        self.setEnabled(not refusal)
        self._show_tip(refusal)

    def _show_tip(self, refusal: str) -> None:
        told = refusal or f"{self._tip or self.text()}  {self._key}".strip()
        self.setToolTip(told)
        self.setAccessibleDescription(told)

    def sizeHint(self) -> QSize:
        body, quiet = face(), face("quiet")
        width = body.metrics.horizontalAdvance(self.text()) + 18
        if self._key:
            width += quiet.metrics.horizontalAdvance(self._key) + 5
        return QSize(width, body.metrics.height() + 8)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter = QPainter(self)
        self.style().drawControl(QStyle.ControlElement.CE_PushButton, option, painter, self)
        body, quiet = face(), face("quiet")
        enabled = self.isEnabled()
        word = body.metrics.horizontalAdvance(self.text())
        cap = quiet.metrics.horizontalAdvance(self._key) + 6 if self._key else 0
        x = (self.width() - word - cap) / 2
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setPen(ink("strong" if enabled else "faint"))
        body.draw(painter, QRectF(x, 0, word + 2, self.height()), middle, self.text())
        if self._key:
            painter.setPen(ink("text" if self.property("primary") and enabled else "quiet"))
            quiet.draw(painter, QRectF(x + word + 6, 0, cap, self.height()), middle, self._key)
