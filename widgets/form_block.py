"""A short form inside a panel: a title, fields with their names, Enter to keep and Esc to leave."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from widgets.keycap import KeyButton
from widgets.keys import keeps
from widgets.paint import ink
from widgets.section import Section

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def _letter(event: QKeyEvent) -> bool:
    held = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    return not held and bool(event.text().strip()) and event.text().isprintable()


class ChoiceBox(QComboBox):
    """A list of choices whose letters are its own and not the panel's keys."""

    def event(self, event: QEvent) -> bool:
        return keeps(event, _letter) or super().event(event)


class FormBlock(QWidget):
    """Hidden until it is asked for. Subclasses add their fields and say what `keep` does."""

    left = Signal()  # closed, kept or not

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head = Section(self)
        self._names: list[QLabel] = []
        self._grid = QGridLayout()
        self._grid.setContentsMargins(14, 0, 12, 4)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)
        self.save = KeyButton("↵", primary=True, hears=False)
        self.cancel = KeyButton("Esc", hears=False)
        self.save.clicked.connect(self.keep)
        self.cancel.clicked.connect(self.close_form)
        self._buttons = buttons = QHBoxLayout()
        buttons.setContentsMargins(14, 2, 12, 8)
        buttons.addWidget(self.save)
        buttons.addWidget(self.cancel)
        buttons.addStretch(1)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.head)
        column.addLayout(self._grid)
        column.addLayout(buttons)
        self.hide()

    def add_field(self, field: QWidget) -> None:
        """One more line of the form; `name_fields` names it."""
        name = QLabel(self)
        name.setProperty("role", "quiet")
        name.setBuddy(field)
        self._names.append(name)
        self._grid.addWidget(name, len(self._names), 0)
        self._grid.addWidget(field, len(self._names), 1)

    def add_on_top(self, part: QWidget) -> None:
        """Right under the title."""
        line = QHBoxLayout()
        line.setContentsMargins(14, 0, 12, 0)
        line.addWidget(part)
        self._column.insertLayout(1, line)

    def add_wide(self, part: QWidget) -> None:
        """One more part, over the whole width and with names of its own."""
        self._grid.addWidget(part, self._grid.rowCount(), 0, 1, 2)

    def add_button(self, button: QWidget) -> None:
        """One more beside those that keep and leave."""
        self._buttons.insertWidget(self._buttons.count() - 1, button)

    def name_fields(self, *names: str) -> None:
        for label, name in zip(self._names, names, strict=True):
            label.setText(name)
            label.buddy().setAccessibleName(name)

    def show_field(self, field: QWidget, shown: bool) -> None:
        """A line that is not asked for now is not there."""
        field.setVisible(shown)
        for label in self._names:
            if label.buddy() is field:
                label.setVisible(shown)

    def keep(self) -> None:
        """Tell what was typed, and close."""

    def close_form(self) -> None:
        self.hide()
        self.left.emit()

    def event(self, event: QEvent) -> bool:
        """In here Enter and Esc are the form's, not the panel's."""
        return keeps(event, lambda key: key.key() in (*_ENTER, Qt.Key.Key_Escape)) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            if self.save.isEnabled():
                self.keep()
        elif event.key() == Qt.Key.Key_Escape:
            self.close_form()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect().adjusted(1, 0, -1, 0), ink("selected", 0.55))
        painter.fillRect(0, 0, 3, self.height(), ink("primary_line"))
