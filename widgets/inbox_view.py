"""待处理: what the platform did not take, in full. It is sent again, corrected, or discarded with a reason.

Nothing is lost by looking elsewhere: what is typed into a row stays with it until it is sent or discarded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from console.domain.level import Level
from console.domain.phrases import say
from console.domain.words import Label, Phrase
from widgets.flow import FlowLayout
from widgets.form_block import ChoiceBox
from widgets.keycap import KeyButton
from widgets.lang import language, show
from widgets.paint import ink
from widgets.row_list import RowList
from widgets.rows import Row
from widgets.section import Section
from widgets.times import clock, clock_seconds
from widgets.words import Words

NARROW = 620  # pixels; below it the payload is under the list


@dataclass(frozen=True)
class InboxField:
    """One thing that an operation says."""

    key: str  # where it stands in the operation: "note.text"
    name: Label
    value: Label | str
    editable: bool = False
    choices: tuple[tuple[str, Label], ...] = ()  # code and word, where only some are possible
    chosen: str = ""  # the code of the present choice

    @property
    def told(self) -> str:
        return self.value if isinstance(self.value, str) else show(self.value)


@dataclass(frozen=True)
class InboxRow:
    """A refused operation in words."""

    id: str
    what: Label
    why: Phrase  # the platform's sentence
    who: Label
    at: datetime
    fields: tuple[InboxField, ...] = ()
    incident: str | None = None  # that can be opened


class InboxView(QWidget):
    """Shows refused operations. Letters act on the selected one; Ctrl+Return sends what was corrected."""

    resent = Signal(str, object)  # operation, dict of field key to text; empty as it is
    discarded = Signal(str, str)  # operation, reason
    incidentWanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._given: tuple[InboxRow, ...] = ()
        self._now: datetime | None = None
        self._typed: dict[str, dict[str, str]] = {}  # operation -> field -> text
        self._reasons: dict[str, str] = {}
        self._shown: InboxRow | None = None
        self._editors: dict[str, QLineEdit | ChoiceBox] = {}
        self._make_parts()
        self._lay_out()
        self._make_keys()
        self._retranslate()

    def _make_parts(self) -> None:
        self._list = RowList(self)
        self._list.set_uniform()
        self._list.chosen.connect(lambda _id: self._show_detail())
        self._list.opened.connect(lambda _id: self.edit())
        self._body = QWidget(self)
        self._what = Section(self._body)
        self._edit = self._what.add_hint("E", "", self.edit)
        self._why = QWidget(self._body)
        self._why_line = QVBoxLayout(self._why)
        self._why_line.setContentsMargins(12, 0, 12, 6)
        self._page = QScrollArea(self._body)
        self._page.setWidgetResizable(True)
        self._page.setFrameShape(QFrame.Shape.NoFrame)
        self._page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._page.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._page.viewport().setAutoFillBackground(False)
        self._correct = KeyButton("Ctrl ↵", primary=True)
        self._again = KeyButton("R")
        self._drop = KeyButton("X")
        self._open = KeyButton("O")
        self._reason = QLineEdit(self._body)
        self._reason.hide()
        self._reason.textEdited.connect(self._keep_reason)

    def _lay_out(self) -> None:
        buttons = FlowLayout()
        buttons.setContentsMargins(12, 8, 12, 10)
        for button in (self._correct, self._again, self._drop, self._open):
            buttons.addWidget(button)
        line = QHBoxLayout()
        line.setContentsMargins(12, 6, 12, 0)
        line.addWidget(self._reason)
        detail = QVBoxLayout(self._body)
        detail.setContentsMargins(0, 0, 0, 0)
        detail.setSpacing(0)
        detail.addWidget(self._what)
        detail.addWidget(self._why)
        detail.addWidget(self._page, 1)
        detail.addLayout(line)
        detail.addLayout(buttons)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(0)
        self._place()
        self.setFocusProxy(self._list)

    def _place(self) -> None:
        """The payload beside the list, or under it where there is little room."""
        narrow = self.width() < NARROW
        self._grid.addWidget(self._list, 0, 0)
        self._grid.addWidget(self._body, 1 if narrow else 0, 0 if narrow else 1)
        for at, (row, column) in enumerate(((2, 1), (3, 0)) if narrow else ((1, 2), (0, 3))):
            self._grid.setRowStretch(at, row)
            self._grid.setColumnStretch(at, column)

    def _make_keys(self) -> None:
        self._correct.clicked.connect(self._send_corrected)
        self._again.clicked.connect(self._send_again)
        self._drop.clicked.connect(self._discard)
        self._open.clicked.connect(self._open_incident)
        self._reason.returnPressed.connect(self._discard)

    # -- what is shown

    def show_inbox(self, rows: Sequence[InboxRow], now: datetime) -> None:
        """Show these, the newest first. What was typed into those that stay is kept."""
        self._given, self._now = tuple(sorted(rows, key=lambda row: row.at, reverse=True)), now
        known = {row.id for row in self._given}
        self._typed = {id: typed for id, typed in self._typed.items() if id in known}
        self._reasons = {id: reason for id, reason in self._reasons.items() if id in known}
        self._refresh()

    def rows(self) -> list[Row]:
        """The list as shown."""
        return self._list.rows()

    def selected(self) -> InboxRow | None:
        id = self._list.selected_id()
        return next((row for row in self._given if row.id == id), None)

    def select(self, id: str) -> None:
        self._list.select(id)
        self._show_detail()

    def editors(self) -> dict[str, QLineEdit | ChoiceBox]:
        """The fields of the shown operation that can be corrected, by key."""
        return dict(self._editors)

    def reason(self) -> QLineEdit:
        """The line for why it is discarded; visible once X was pressed."""
        return self._reason

    def edit(self) -> None:
        """E: to the first thing that can be corrected."""
        for editor in self._editors.values():
            editor.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return

    def _refresh(self) -> None:
        self._list.set_empty(self.tr("没有待处理"), self.tr("平台没有接收的操作会连同内容留在这里,可以更正后重发"))
        made = {row.id: self._row(row) for row in self._given}
        self._list.refresh(made, made.__getitem__)
        if self._list.selected_id() is None and self._given:
            self._list.select(self._given[0].id)
        self._show_detail()

    def _row(self, row: InboxRow) -> Row:
        return Row(
            id=row.id,
            title=show(row.what),
            detail=say(row.why, language()),
            right=clock(row.at, self._now),
            right_role="quiet",
            mark=Level.YELLOW,
            word=self.tr("未接收"),
        )

    def _show_detail(self) -> None:
        row = self.selected()
        self._body.setVisible(row is not None)
        if row is None:
            self._shown = None
            return
        self._what.set_title(show(row.what))
        self._what.set_words(f"{show(row.who)} · {clock_seconds(row.at, self._now)}")
        if row != self._shown:
            self._shown = row
            self._fill(row)
        self._allow()

    def _fill(self, row: InboxRow) -> None:
        while item := self._why_line.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        self._why_line.addWidget(Words(say(row.why, language()), "yellow", self._why))
        self._editors = {}
        sheet = QWidget()
        form = QGridLayout(sheet)
        form.setContentsMargins(12, 2, 12, 8)
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(5)
        form.setColumnStretch(1, 1)
        typed = self._typed.get(row.id, {})
        for at, field in enumerate(row.fields):
            name = QLabel(show(field.name), sheet)
            name.setProperty("role", "quiet")
            name.setContentsMargins(0, 6 if field.editable else 0, 0, 0)
            name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
            form.addWidget(name, at, 0, Qt.AlignmentFlag.AlignTop)
            form.addWidget(self._value(field, typed, sheet), at, 1)
        form.setRowStretch(len(row.fields), 1)
        self._page.setWidget(sheet)
        sheet.setAutoFillBackground(False)
        self._reason.setText(self._reasons.get(row.id, ""))
        self._reason.setVisible(row.id in self._reasons)

    def _value(self, field: InboxField, typed: dict[str, str], sheet: QWidget) -> QWidget:
        if not field.editable:
            value = QLabel(field.told, sheet)
            value.setWordWrap(True)
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setAccessibleName(f"{show(field.name)} {field.told}")
            return value
        editor: QLineEdit | ChoiceBox
        if field.choices:
            editor = ChoiceBox(sheet)
            for code, word in field.choices:
                editor.addItem(show(word), code)
            editor.setCurrentIndex(editor.findData(typed.get(field.key, field.chosen)))
            editor.currentIndexChanged.connect(
                lambda _at, key=field.key, box=editor: self._keep(key, box.currentData())
            )
        else:
            editor = QLineEdit(typed.get(field.key, field.told), sheet)
            editor.textEdited.connect(lambda text, key=field.key: self._keep(key, text))
        editor.setAccessibleName(show(field.name))
        self._editors[field.key] = editor
        return editor

    def _allow(self) -> None:
        row = self._shown
        if row is None:
            return
        nothing = self.tr("没有可以更正的内容") if not self._editors else self.tr("还没有改动")
        self._correct.allow("" if self._changes(row) else nothing)
        self._correct.setVisible(bool(self._editors))
        self._edit.setVisible(bool(self._editors))
        self._open.setVisible(row.incident is not None)
        asking = self._reason.isVisibleTo(self._body)
        self._drop.allow(self.tr("先写丢弃的原因") if asking and not self._reason.text().strip() else "")

    # -- what is done

    def _changes(self, row: InboxRow) -> dict[str, str]:
        """What was typed that differs from what was sent; an empty text is no correction."""
        before = {field.key: field.chosen if field.choices else field.told for field in row.fields}
        typed = {key: text.strip() for key, text in self._typed.get(row.id, {}).items()}
        return {key: text for key, text in typed.items() if text and text != before.get(key)}

    def _keep(self, key: str, text: str) -> None:
        if self._shown is not None:
            self._typed.setdefault(self._shown.id, {})[key] = text
            self._allow()

    def _keep_reason(self, text: str) -> None:
        if self._shown is not None:
            self._reasons[self._shown.id] = text
            self._allow()

    def _send_corrected(self) -> None:
        if self._shown is not None and (changes := self._changes(self._shown)):
            self.resent.emit(self._shown.id, changes)

    def _send_again(self) -> None:
        if self._shown is not None:
            self.resent.emit(self._shown.id, {})

    def _discard(self) -> None:
        """First the reason is asked for; with one it is done."""
        row = self._shown
        if row is None:
            return
        reason = self._reasons.get(row.id, "").strip()
        if reason:
            self.discarded.emit(row.id, reason)
            return
        self._reasons.setdefault(row.id, "")
        self._reason.show()
        self._allow()
        self._reason.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _open_incident(self) -> None:
        if self._shown is not None and self._shown.incident is not None:
            self.incidentWanted.emit(self._shown.incident)

    # -- Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focus = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape and focus is not None and focus is not self._list:
            if focus is self._reason and self._shown is not None and not self._reason.text().strip():
                self._reasons.pop(self._shown.id, None)
                self._reason.hide()
                self._allow()
            self._list.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), ink("panel"))
        if self._body.isVisible():
            edge = self._body.geometry()
            line = (0, edge.top(), self.width(), 1) if edge.left() == 0 else (edge.left() - 1, 0, 1, self.height())
            painter.fillRect(*line, ink("hairline"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self._list.setAccessibleName(self.tr("待处理"))
        self._edit.set_text(self.tr("更正"))
        self._correct.set_word(self.tr("更正并重发"))
        self._again.set_word(self.tr("原样重发"))
        self._drop.set_word(self.tr("丢弃"), self.tr("不再发送;要写原因,原因记入日志"))
        self._open.set_word(self.tr("打开事件"))
        self._reason.setPlaceholderText(self.tr("为什么丢弃?写一句,按回车丢弃"))
        self._reason.setAccessibleName(self.tr("丢弃的原因"))
        self._shown = None
        self._refresh()


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = InboxView()
        made.show_inbox(samples.inbox(), samples.NOW)
        return made

    samples.run(_build)
