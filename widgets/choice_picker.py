"""Choosing several from many by typing: a name, its pinyin initials, or what kind it is.

The keyboard stays in the line: up and down go through what fits, Enter takes the one that is lit, and once the line
is empty Enter goes on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from console.domain.words import Label
from widgets.lang import show
from widgets.paint import elide, face, ink
from widgets.pinyin import matches
from widgets.task_list import paint_box

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ID, _KIND, _CHOSEN = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1, Qt.ItemDataRole.UserRole + 2
ROWS = 6  # on show at once


@dataclass(frozen=True)
class Choice:
    """One that can be chosen."""

    id: str
    name: Label
    kind: Label  # its level, or how a unit stands
    note: Label | None = None  # why one would rather not: it is there already


class _Row(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(80, face().metrics.height() + 7)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        lit = bool(state & QStyle.StateFlag.State_Selected)
        chosen = bool(index.data(_CHOSEN))
        if lit:
            painter.fillRect(rect, ink("selected"))
            painter.fillRect(rect.left(), rect.top(), 3, rect.height(), ink("accent"))
        body, quiet = face(), face("quiet")
        side = round(body.metrics.ascent() * 0.9)
        box = QRectF(rect.left() + 10.5, rect.center().y() - side / 2 + 0.5, side, side)
        paint_box(painter, box, chosen, lit=lit)
        inside = rect.adjusted(side + 20, 0, -8, 0)
        kind = str(index.data(_KIND))
        painter.setPen(ink("quiet"))
        quiet.draw(painter, inside, _RIGHT, kind)
        room = inside.width() - quiet.metrics.horizontalAdvance(kind) - 10
        painter.setPen(ink("strong" if chosen or lit else "text"))
        body.draw(painter, inside, _LEFT, elide(str(index.data()), body.metrics, room))


class _Line(QLineEdit):
    moved = Signal(int)  # by so many rows
    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Down | Qt.Key.Key_Up:
                self.moved.emit(1 if event.key() == Qt.Key.Key_Down else -1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.entered.emit()
            case Qt.Key.Key_Escape if self.text():
                self.clear()
            case _:
                super().keyPressEvent(event)


class ChoicePicker(QWidget):
    """`changed` when one is taken or left; `passed` on Enter in the empty line."""

    changed = Signal()
    passed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices: tuple[Choice, ...] = ()
        self._chosen: list[str] = []  # in the order they were taken
        self._single = False
        self._line = _Line(self)
        self._list = QListWidget(self)
        self._list.setItemDelegate(_Row(self._list))
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self._line)
        column.addWidget(self._list)
        self.setFocusProxy(self._line)
        self._line.textChanged.connect(lambda _text: self._fill())
        self._line.moved.connect(self._move)
        self._line.entered.connect(self._enter)
        self._list.currentItemChanged.connect(self._describe)
        self._list.itemClicked.connect(lambda item: self.toggle(item.data(_ID)))
        self._retranslate()

    def show_choices(self, choices: Sequence[Choice], chosen: Iterable[str], *, single: bool = False) -> None:
        """These can be chosen, one or several; those chosen that are not among them are forgotten."""
        self._choices, self._single = tuple(choices), single
        known = {choice.id for choice in choices}
        kept = [id for id in chosen if id in known]
        self._chosen = kept[:1] if single else kept
        self._line.clear()
        self._fill()

    def chosen(self) -> tuple[str, ...]:
        return tuple(self._chosen)

    def shown(self) -> list[str]:
        """The ids of those that fit what is typed."""
        return [self._list.item(at).data(_ID) for at in range(self._list.count())]

    def toggle(self, id: str) -> None:
        """Take one, or leave it."""
        if id in self._chosen:
            self._chosen.remove(id)
        else:
            self._chosen = [id] if self._single else [*self._chosen, id]
        self._mark()
        self.changed.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        how = self.tr("名称、拼音首字母或级别,回车选中")
        self._line.setPlaceholderText(how)
        self._line.setAccessibleName(how)
        self._fill()

    def _fill(self) -> None:
        typed = self._line.text().strip()
        self._list.clear()
        # with nothing typed, those that are chosen stand on top, where they are seen
        first = (lambda choice: choice.id not in self._chosen) if not typed else (lambda _choice: False)
        for choice in sorted(self._choices, key=first):
            kind = show(choice.kind)
            if typed and not matches(typed, choice.id, show(choice.name), kind):
                continue
            item = QListWidgetItem(show(choice.name))
            item.setData(_ID, choice.id)
            item.setData(_KIND, f"{show(choice.note)} · {kind}" if choice.note else kind)
            self._list.addItem(item)
        self._list.setCurrentRow(0)
        row = face().metrics.height() + 7
        self._list.setFixedHeight(row * min(ROWS, max(1, len(self._choices))) + 2)
        self._mark()

    def _mark(self) -> None:
        for at in range(self._list.count()):
            item = self._list.item(at)
            item.setData(_CHOSEN, item.data(_ID) in self._chosen)
        self._describe()

    def _describe(self) -> None:
        """The list never has the keyboard: its line says which row is current and what was taken."""
        current = self._list.currentItem()
        names = [show(choice.name) for id in self._chosen for choice in self._choices if choice.id == id]
        said = [self.tr("当前 {name}").format(name=current.text())] if current is not None else []
        said += [self.tr("已选 {names}").format(names=self.tr("、").join(names))] if names else []
        self._line.setAccessibleDescription(self.tr(";").join(said))

    def _move(self, by: int) -> None:
        count = self._list.count()
        if count:
            self._list.setCurrentRow((self._list.currentRow() + by) % count)

    def _enter(self) -> None:
        item = self._list.currentItem()
        moved = self._list.currentRow() > 0
        if item is not None and (self._line.text().strip() or moved or not self._chosen):
            self.toggle(item.data(_ID))
            self._line.clear()
            self._fill()
        else:
            self.passed.emit()


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = ChoicePicker()
        made.show_choices(samples.choices(), ["fire", "grid"])
        return made

    samples.run(_build)
