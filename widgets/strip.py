"""A calm strip inside a panel: something that waits for a word, and the keys that give it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from widgets.flow import FlowLayout
from widgets.keycap import Hint
from widgets.paint import ink
from widgets.words import Words


@dataclass(frozen=True)
class Said:
    """What a strip says. `role` is the colour of its edge; `keys` are (key, word, what is meant)."""

    id: str
    text: str
    keys: tuple[tuple[str, str, str], ...] = ()
    role: str = "line"
    quiet: bool = False


class Strip(QWidget):
    """One line of words and its keys."""

    def __init__(self, said: Said, tell: Callable[[str, str], object], parent: QWidget | None = None) -> None:
        """`tell` hears the strip's id and what was meant."""
        super().__init__(parent)
        self.said = said
        self.setAccessibleName(said.text)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(14, 3, 12, 5)
        column.setSpacing(1)
        column.addWidget(Words(said.text, "quiet" if said.quiet else "text", self))
        self.hints: dict[str, Hint] = {}
        if said.keys:
            flow = FlowLayout(gap=14)
            for key, word, meant in said.keys:
                hint = Hint(key, word, parent=self, hears=False)
                hint.clicked.connect(lambda _on=False, meant=meant: tell(said.id, meant))
                self.hints[meant] = hint
                flow.addWidget(hint)
            column.addLayout(flow)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        width = max(self.width(), 200)
        return QSize(200, self._column.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._column.heightForWidth(width)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self.said.quiet:
            painter.fillRect(self.rect().adjusted(0, 1, 0, -1), ink("selected", 0.4))
            painter.fillRect(0, 1, 3, self.height() - 2, ink(self.said.role))


class Strips(QWidget):
    """Strips one below the other. One that says the same stays, so that focus stays."""

    left = Signal()  # the keyboard was on a strip that is gone

    def __init__(self, tell: Callable[[str, str], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tell = tell
        self._made: dict[str, Strip] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self.hide()

    def show_strips(self, said: Sequence[Said]) -> None:
        for id in self._made.keys() - {each.id for each in said}:
            self._drop(id)
        for at, each in enumerate(said):
            made = self._made.get(each.id)
            if made is not None and made.said != each:
                focused = next((meant for meant, hint in made.hints.items() if hint.hasFocus()), None)
                self._drop(each.id)
                self._put(at, each)
                if focused in self._made[each.id].hints:
                    self._made[each.id].hints[focused].setFocus(Qt.FocusReason.OtherFocusReason)
            elif made is None:
                self._put(at, each)
        self.setVisible(bool(said))

    def strips(self) -> list[Strip]:
        """From the top."""
        return sorted(self._made.values(), key=self._column.indexOf)

    def _put(self, at: int, said: Said) -> None:
        made = self._made[said.id] = Strip(said, self._tell, self)
        self._column.insertWidget(at, made)
        made.show()

    def _drop(self, id: str) -> None:
        gone = self._made.pop(id)
        focused = any(hint.hasFocus() for hint in gone.hints.values())
        self._column.removeWidget(gone)
        gone.hide()
        if focused:
            self.left.emit()
        gone.deleteLater()
