"""The agencies of an incident that nobody at a desk answers for: each with its number, until it was told by phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from console.domain.words import Label
from widgets.lang import show
from widgets.level_part import Line
from widgets.section import Section


@dataclass(frozen=True)
class PhoneRow:
    """An agency that is to be told, and what."""

    agency: str
    name: Label
    phone: str  # empty: the pack has none
    brief: Label  # its part, and whom it sends
    order: Label  # all that is said


class PhoneList(QWidget):
    """`told` with an agency: it was called and has its order. Shift+P is of the first, Enter or a click of any."""

    told = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[PhoneRow, ...] = ()
        self._head = Section(self)
        self._hint = self._head.add_hint("Shift+P", "", self.tell_first)
        self._lines: list[Line] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 4)
        self._column.setSpacing(0)
        self._column.addWidget(self._head)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._retranslate()
        self.hide()

    def show_rows(self, rows: Sequence[PhoneRow]) -> None:
        """Those that were not told yet, in the order to call them."""
        if tuple(rows) != self._rows:
            self._rows = tuple(rows)
            self._fill()
        self.setVisible(bool(rows))

    def lines(self) -> list[str]:
        """What is shown, line by line."""
        return [line.accessibleName() for line in self._lines[: len(self._rows)]]

    def tell_first(self) -> None:
        """Shift+P: the first was called."""
        if self._rows:
            self.told.emit(self._rows[0].agency)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self._head.set_title(self.tr("电话通知"))
        self._fill()

    def _fill(self) -> None:
        self._head.set_words(self.tr("{n} 个单位没有席位").format(n=len(self._rows)))
        if self._rows:
            self._hint.set_text(self.tr("已打给 {agency}").format(agency=show(self._rows[0].name)))
        while len(self._lines) < len(self._rows):
            line = Line(self)
            line.clicked.connect(partial(self._tell, line))
            self._column.addWidget(line)
            self._lines.append(line)
        for row, line in zip(self._rows, self._lines, strict=False):
            number = row.phone or self.tr("没有登记电话")
            parts = [(show(row.name), "strong"), (number, "accent" if row.phone else "quiet")]
            line.say(*parts, (show(row.brief), "quiet"), right=self.tr("未通知"), right_role="yellow")
        for at, line in enumerate(self._lines):
            line.setVisible(at < len(self._rows))

    def _tell(self, line: Line, _on: bool) -> None:
        self.told.emit(self._rows[self._lines.index(line)].agency)


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = PhoneList()
        made.show_rows(samples.phone_rows())
        return made

    samples.run(_build)
