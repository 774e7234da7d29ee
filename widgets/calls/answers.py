"""What a matter asks for besides: one field for each answer."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QDoubleValidator
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QWidget

from console.domain.duty import FieldKind, FormField
from widgets.form_block import ChoiceBox
from widgets.lang import show


class Answers(QWidget):
    """`changed` with code and answer."""

    changed = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form: tuple[FormField, ...] = ()
        self._fields: dict[str, QLineEdit | QComboBox] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)
        self.hide()

    def show_form(self, form: Sequence[FormField], answers: Mapping[str, str]) -> None:
        """These are asked; what was answered stands in them."""
        if tuple(form) != self._form:
            self._form = tuple(form)
            self._make()
        for asked in self._form:
            self._fill(asked, answers.get(asked.code, ""))
        self.setVisible(bool(self._form))

    def fields(self) -> dict[str, QLineEdit | QComboBox]:
        """By the codes of what is asked."""
        return dict(self._fields)

    def retranslate(self) -> None:
        answers = {code: self._answer(field) for code, field in self._fields.items()}
        self._make()
        self.show_form(self._form, answers)

    def _make(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (gone := item.widget()) is not None:
                gone.hide()
                gone.deleteLater()
        self._fields = {}
        for at, asked in enumerate(self._form):
            name = show(asked.name) + (" *" if asked.required else "")
            label, field = QLabel(name, self), self._field(asked)
            label.setProperty("role", "quiet")
            label.setBuddy(field)
            field.setAccessibleName(name)
            self._fields[asked.code] = field
            self._grid.addWidget(label, at, 0)
            self._grid.addWidget(field, at, 1)

    def _field(self, asked: FormField) -> QLineEdit | QComboBox:
        if asked.kind is FieldKind.CHOICE:
            box = ChoiceBox(self)
            box.addItem("", "")
            for choice in asked.choices:
                box.addItem(show(choice), choice.zh)
            box.activated.connect(lambda _at: self.changed.emit(asked.code, box.currentData()))
            return box
        line = QLineEdit(self)
        if asked.kind is FieldKind.NUMBER:
            line.setValidator(QDoubleValidator(0, 1e9, 2, line))
        line.textEdited.connect(lambda text: self.changed.emit(asked.code, text))
        return line

    def _fill(self, asked: FormField, answer: str) -> None:
        field = self._fields[asked.code]
        if isinstance(field, QComboBox):
            field.setCurrentIndex(max(0, field.findData(answer)))
        elif field.text() != answer:
            field.setText(answer)

    @staticmethod
    def _answer(field: QLineEdit | QComboBox) -> str:
        return str(field.currentData() or "") if isinstance(field, QComboBox) else field.text()
