"""首报, 续报, 终报: the twelve elements of a report to the level above, those it must have marked.

What was typed is a draft until it is sent, whatever else is looked at meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from console.domain.situation import SPOKEN, WRITTEN, Element, ReportKind, SituationReport, missing
from console.domain.words import Label
from widgets.form_block import ChoiceBox
from widgets.keycap import KeyButton
from widgets.lang import show
from widgets.paint import face, ink
from widgets.section import Section
from widgets.times import clock

LINES = 2  # of an element's field
LONG = (Element.COURSE, Element.MEASURES)  # these have more


@dataclass(frozen=True)
class Situation:
    """What stands in the form."""

    kind: ReportKind
    by_phone: bool = False
    to: str = ""
    elements: Mapping[str, str] = field(default_factory=dict)  # code of an Element -> text


@dataclass(frozen=True)
class SituationOffer:
    """What a report of an incident starts from."""

    incident: str
    code: str
    title: Label
    start: Situation  # filled in from what is known
    to: tuple[Label, ...]  # whom it may go to
    previous: SituationReport | None = None


class _Text(QPlainTextEdit):
    """Tab goes on to the next element; Ctrl+Enter and Esc are the form's."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.set_lines(LINES)

    def set_lines(self, count: int) -> None:
        self.setFixedHeight(face().metrics.lineSpacing() * count + 12)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        sends = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers()
        if sends or event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)


class SituationForm(QWidget):
    """`reported` with the incident and a `Situation` on Ctrl+Enter; `left` on Esc."""

    reported = Signal(str, object)
    left = Signal()
    draftChanged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drafts: dict[str, Situation] = {}
        self._offer: SituationOffer | None = None
        self._report: SituationReport | None = None  # shown, not written
        self._filling = False
        self._head = Section(self)
        self._kind, self._way = ChoiceBox(self), ChoiceBox(self)
        self._to = QComboBox(self)
        self._to.setEditable(True)
        self._top = [QLabel(self) for _ in range(3)]
        self._names: dict[Element, QLabel] = {}
        self._texts: dict[Element, _Text] = {}
        self._before: dict[Element, QLabel] = {}  # what the last report said, where that differs
        self._send, self._cancel = KeyButton("Ctrl ↵", primary=True, hears=False), KeyButton("Esc", hears=False)
        self._lay_out()
        self._send.clicked.connect(self.send)
        self._cancel.clicked.connect(self.left)
        self._kind.currentIndexChanged.connect(self._change)
        self._way.currentIndexChanged.connect(self._change)
        self._to.currentTextChanged.connect(self._change)
        self._retranslate()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(14, 2, 14, 6)
        for name, box in zip(self._top, (self._kind, self._way, self._to), strict=True):
            name.setProperty("role", "quiet")
            name.setBuddy(box)
            top.addWidget(name)
            top.addWidget(box, 2 if box is self._to else 1)
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(14, 0, 14, 6)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for at, element in enumerate(Element):
            name, text = QLabel(inside), _Text(inside)
            if element in LONG:
                text.set_lines(4)
            name.setBuddy(text)
            name.setMinimumWidth(96)
            text.textChanged.connect(self._change)
            before = QLabel(inside)
            before.setProperty("role", "quiet")
            before.setWordWrap(True)
            before.hide()
            grid.addWidget(name, 2 * at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(text, 2 * at, 1)
            grid.addWidget(before, 2 * at + 1, 1)
            self._names[element], self._texts[element], self._before[element] = name, text, before
        page = QScrollArea(self)
        page.setWidget(inside)
        page.setWidgetResizable(True)
        page.setFrameShape(QFrame.Shape.NoFrame)
        page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        page.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        self._page = page
        buttons = QHBoxLayout()
        buttons.setContentsMargins(14, 4, 14, 10)
        for button in (self._send, self._cancel):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._head)
        column.addLayout(top)
        column.addWidget(page, 1)
        column.addLayout(buttons)

    def open(self, offer: SituationOffer) -> None:
        """Write the next report of an incident, from its draft if there is one."""
        self._offer, self._report = offer, None
        self._fill(self._drafts.get(offer.incident, offer.start))
        first = next((e for e in Element if e in self._wanted() and not self._texts[e].toPlainText()), Element.COURSE)
        self._texts[first].setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._page.ensureWidgetVisible(self._texts[first])

    def show_report(self, report: SituationReport, code: str) -> None:
        """Look at one that was sent; nothing of it can be changed."""
        self._offer, self._report = None, report
        self._fill(Situation(report.kind, report.by_phone, show(report.to), report.elements))
        self._head.set_words(f"{code} · {show(report.by.name)} · {clock(report.reported_at)}")

    def situation(self) -> Situation:
        """What stands in the form."""
        return Situation(
            ReportKind.of(self._kind.currentData()),
            bool(self._way.currentData()),
            self._to.currentText().strip(),
            {element.value: text.toPlainText().strip() for element, text in self._texts.items()},
        )

    def text(self, element: Element) -> QPlainTextEdit:
        return self._texts[element]

    def send(self) -> None:
        """Ctrl+Enter: it is reported."""
        if self._offer is None or not self._send.isEnabled():
            return
        incident, said = self._offer.incident, self.situation()
        self._drafts.pop(incident, None)
        self._offer = None
        self.reported.emit(incident, said)
        self.draftChanged.emit()

    def give_back(self, incident: str, said: Situation) -> None:
        """It could not be kept: it is a draft again."""
        self._drafts.setdefault(incident, said)
        self.draftChanged.emit()

    def drafts(self) -> dict[str, Any]:
        """What was typed and not sent, by incident, as plain data."""
        return {
            id: {"kind": d.kind.value, "by_phone": d.by_phone, "to": d.to, "elements": dict(d.elements)}
            for id, d in self._drafts.items()
        }

    def set_drafts(self, drafts: Mapping[str, Any]) -> None:
        """As `drafts` gave them."""
        self._drafts = {
            id: Situation(ReportKind.of(kept["kind"]), kept["by_phone"], kept["to"], kept["elements"])
            for id, kept in drafts.items()
        }

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers():
            self.send()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), ink("panel"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _wanted(self) -> tuple[Element, ...]:
        said = self.situation()
        return SPOKEN if said.by_phone else WRITTEN[said.kind]

    def _fill(self, said: Situation) -> None:
        self._filling = True
        try:
            self._kind.setCurrentIndex(self._kind.findData(said.kind.value))
            self._way.setCurrentIndex(self._way.findData(said.by_phone))
            self._to.clear()
            if self._offer is not None:
                self._to.addItems([show(to) for to in self._offer.to])
            self._to.setCurrentText(said.to)
            for element, text in self._texts.items():
                text.setPlainText(said.elements.get(element.value, ""))
                text.setReadOnly(self._report is not None)
        finally:
            self._filling = False
        for box in (self._kind, self._way, self._to):
            box.setEnabled(self._report is None)
        self._send.setVisible(self._report is None)
        self._tell()

    def _change(self) -> None:
        if self._filling or self._offer is None:
            return
        self._drafts[self._offer.incident] = self.situation()
        self._tell()
        self.draftChanged.emit()

    def _tell(self) -> None:
        """What it must have, what it lacks, and what the last report said of each element."""
        if self._offer is None and self._report is None:
            return
        said, wanted = self.situation(), self._wanted()
        lacking = missing(said.kind, said.by_phone, said.elements)
        for element, name in self._names.items():
            mark = self.tr("{name} 必填") if element in wanted else "{name}"
            name.setText(mark.format(name=show(element.label)))
            name.setProperty("role", "strong" if element in lacking and self._report is None else "quiet")
            name.style().unpolish(name)
            name.style().polish(name)
            self._texts[element].setAccessibleName(name.text())
        changed = self._show_before(said)
        if self._offer is None:
            return
        words = f"{self._offer.code} {show(self._offer.title)}"
        if self._offer.previous is not None:
            last = self._offer.previous
            words += " · " + self.tr("比{kind} {time} 改了 {n} 项").format(
                kind=show(last.kind.label), time=clock(last.reported_at), n=changed
            )
        self._head.set_words(words)
        refusal = ""
        if lacking:
            names = self.tr("、").join(show(element.label) for element in lacking)
            refusal = self.tr("还缺 {names}").format(names=names)
        elif not said.to:
            refusal = self.tr("还没有写报给谁")
        self._send.allow(refusal)

    def _show_before(self, said: Situation) -> int:
        """Under each element that differs, what the last report said. How many differ."""
        previous = self._offer.previous if self._offer else None
        count = 0
        for element, label in self._before.items():
            before = previous.elements.get(element.value, "").strip() if previous else ""
            differs = previous is not None and before != said.elements[element.value]
            count += differs
            label.setText(self.tr("上次:{text}").format(text=before or self.tr("没有写")) if differs else "")
            label.setVisible(differs)
        return count

    def _retranslate(self) -> None:
        self._head.set_title(self.tr("信息报告"))
        for label, word in zip(self._top, (self.tr("类别"), self.tr("方式"), self.tr("报给")), strict=True):
            label.setText(word)
            label.buddy().setAccessibleName(word)
        self._filling = True
        try:
            kind, way = self._kind.currentData(), self._way.currentData()
            self._kind.clear()
            self._way.clear()
            for one in ReportKind:
                self._kind.addItem(show(one.label), one.value)
            for by_phone, word in ((False, self.tr("书面")), (True, self.tr("电话"))):
                self._way.addItem(word, by_phone)
            self._kind.setCurrentIndex(max(0, self._kind.findData(kind)))
            self._way.setCurrentIndex(max(0, self._way.findData(way)))
        finally:
            self._filling = False
        self._send.set_word(self.tr("上报"))
        self._cancel.set_word(self.tr("收起"))
        self._tell()


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = SituationForm()
        made.open(samples.situation_offer())
        return made

    samples.run(_build)
