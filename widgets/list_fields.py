"""The fields of a line's form. Each takes a plain value and gives one back: None for nothing."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QWidget

from console.domain.words import Labelled
from console.domain.worktime import Measure
from widgets.flow import FlowLayout
from widgets.form_block import ChoiceBox
from widgets.lang import show
from widgets.list_data import Options


class TextField(QLineEdit):
    """A text, or a whole number."""

    changed = Signal()

    def __init__(self, number: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = number
        self.textEdited.connect(lambda _text: self.changed.emit())

    def set_value(self, value: Any) -> None:
        self.setText("" if value is None else str(value))
        self.setCursorPosition(0)

    def value(self) -> Any:
        text = self.text().strip()
        if self._number and text.isascii() and text.lstrip("-").isdigit():
            return int(text)
        return text or None


class HoursField(TextField):
    """22-6: from 22 o'clock to 6."""

    def set_value(self, value: Any) -> None:
        super().set_value("-".join(map(str, value)) if isinstance(value, list | tuple) else value)

    def value(self) -> Any:
        parts = [part.strip() for part in self.text().split("-")]
        return [int(part) for part in parts] if all(part.isdigit() for part in parts) else self.text().strip() or None


class ChoiceField(ChoiceBox):
    """One of some, or none. What is not among them stays, so that it can be seen and put right."""

    changed = Signal()

    def __init__(self, options: Options, none: str | None = "—", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        if none is not None:
            self.addItem(none, None)
        for code, word in options:
            self.addItem(show(word), code)
        self.setMinimumContentsLength(8)
        self.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.activated.connect(lambda _at: self.changed.emit())

    def set_value(self, value: Any) -> None:
        at = self.findData(value)
        if at < 0 and value is not None:
            self.addItem(str(value), value)
            at = self.count() - 1
        self.setCurrentIndex(max(at, 0))

    def value(self) -> Any:
        return self.currentData()


class SetField(QWidget):
    """Several of an enumeration, as boxes to tick, in its order."""

    changed = Signal()

    def __init__(self, kind: type[Labelled], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        flow = FlowLayout(self, gap=12)
        flow.setContentsMargins(0, 4, 0, 4)
        self._boxes: dict[str, QCheckBox] = {}
        for one in kind:
            box = QCheckBox(show(one.label), self)
            box.setAccessibleName(show(one.label))
            box.toggled.connect(lambda _on: self.changed.emit())
            self._boxes[str(one.value)] = box
            flow.addWidget(box)
        self.setFocusProxy(next(iter(self._boxes.values())))

    def box(self, code: str) -> QCheckBox:
        return self._boxes[code]

    def set_value(self, value: Any) -> None:
        for code, box in self._boxes.items():
            box.blockSignals(True)
            box.setChecked(code in (value or ()))
            box.blockSignals(False)

    def value(self) -> Any:
        return [code for code, box in self._boxes.items() if box.isChecked()]


class SpanField(QWidget):
    """A length of time: a number, and minutes, working hours or working days."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.amount = QLineEdit(self)
        self.amount.setFixedWidth(64)
        self.unit = ChoiceBox(self)
        self.unit.setMinimumWidth(112)
        for measure in Measure:
            self.unit.addItem(show(measure.label), measure.value)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(self.amount)
        line.addWidget(self.unit)
        line.addStretch(1)
        self.amount.textEdited.connect(lambda _text: self.changed.emit())
        self.unit.activated.connect(lambda _at: self.changed.emit())
        self.setFocusProxy(self.amount)

    def name(self, name: str) -> None:
        self.amount.setAccessibleName(name)
        self.unit.setAccessibleName(f"{name} · {self.unit.currentText()}")

    def set_value(self, value: Any) -> None:
        text = "" if value is None else str(value)
        unit = next((m.value for m in Measure if text.endswith(m.value) and m.value), Measure.MINUTES.value)
        self.amount.setText(text.removesuffix(unit))
        self.unit.setCurrentIndex(self.unit.findData(unit))

    def value(self) -> Any:
        text = self.amount.text().strip()
        return f"{text}{self.unit.currentData()}" if text else None


class SpansField(QWidget):
    """A span for each of an enumeration, in columns."""

    changed = Signal()

    def __init__(self, kind: type[Labelled], columns: int = 2, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 2, 0, 2)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        self.fields: dict[str, SpanField] = {}
        for at, one in enumerate(kind):
            field = SpanField(self)
            field.name(show(one.label))
            field.changed.connect(self.changed)
            self.fields[str(one.value)] = field
            name = QLabel(show(one.label), self)
            name.setProperty("role", "quiet")
            name.setBuddy(field.amount)
            row, column = divmod(at, columns)
            grid.addWidget(name, row, column * 2)
            grid.addWidget(field, row, column * 2 + 1)
            grid.setColumnStretch(column * 2 + 1, 1)
        self.setFocusProxy(next(iter(self.fields.values())))

    def set_value(self, value: Any) -> None:
        for code, field in self.fields.items():
            field.set_value((value or {}).get(code))

    def value(self) -> Any:
        return {code: given for code, field in self.fields.items() if (given := field.value()) is not None} or None


Field = TextField | ChoiceField | SetField | SpanField | SpansField


def options_of(kind: Sequence[Labelled] | type[Labelled]) -> Options:
    """Every member of an enumeration as a choice."""
    return tuple((str(one.value), one.label) for one in kind)
