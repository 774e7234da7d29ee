"""The whole message log as a table: time, kind, from and to, what was said, what it is about. Newest first.

It holds the rows it was given and asks for more when the end comes in sight. An entry that was corrected is struck
through with the correction below it; neither is ever changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from console.domain.log import Entry, Kind
from console.domain.phrases import PHRASES, say
from console.domain.words import Label
from widgets.lang import language, show
from widgets.log_view import tall_of
from widgets.paint import elide, face, ink, paint_empty
from widgets.times import clock_seconds

_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class LogRow:
    """An entry with what stands beside it."""

    entry: Entry
    corrections: tuple[Entry, ...] = ()  # of it, oldest first; the last holds
    original: Entry | None = None  # that it corrects, where it is here
    incident: str = ""  # the code
    author: Label | None = None
    file: str = ""  # the name of the file that it brought
    behind: datetime | None = None  # its clock was set back: the device had written at this later time before


@dataclass(frozen=True, slots=True)
class Told:
    """A row in words."""

    time: str
    kind: str
    who: str
    text: str
    struck: bool
    below: str  # the correction, or what is corrected
    about: str
    system: bool

    @property
    def line(self) -> str:
        parts = (self.time, self.kind, self.who, self.text, self.below, self.about)
        return "\t".join(part.replace("\n", " ") for part in parts if part)


def told_text(entry: Entry) -> str:
    """What an entry says, in the language on screen."""
    phrase = entry.note.phrase
    if phrase is None:
        return entry.note.text
    if phrase.code not in PHRASES:  # written by a newer desk
        return ", ".join(show(v) if isinstance(v, Label) else str(v) for v in phrase.args.values())
    return " ".join(filter(None, (say(phrase, language()), entry.note.text)))


def told_who(entry: Entry) -> str:
    """From whom, and to whom."""
    note = entry.note
    return " → ".join(show(name) for name in (note.sender, note.receiver) if name is not None)


class _Model(QAbstractListModel):
    def __init__(self, table: "LogTable") -> None:
        super().__init__(table)
        self.table = table
        self.rows: list[LogRow] = []
        self.more = False  # there are more, which nobody has been asked for
        self._told: dict[tuple[str, int, bool], Told] = {}

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if index.isValid() and role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.told(index.row()).line.replace("\t", " ")
        return None

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self.more

    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent):
            self.more = False
            self.table.moreWanted.emit()

    def show(self, rows: Sequence[LogRow], more: bool) -> None:
        self.beginResetModel()
        self.rows, self.more = list(rows), more
        self.endResetModel()

    def add(self, rows: Sequence[LogRow], more: bool) -> None:
        self.more = more
        if rows:
            first = len(self.rows)
            self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
            self.rows += rows
            self.endInsertRows()

    def told(self, at: int) -> Told:
        row = self.rows[at]
        key = (row.entry.id, len(row.corrections), row.original is None)
        if key not in self._told:
            self._told[key] = self.table.tell(row)
        return self._told[key]

    def forget(self) -> None:
        self._told.clear()


class _Columns(QStyledItemDelegate):
    def __init__(self, parent: "LogTable") -> None:
        super().__init__(parent)
        self._heights: dict[tuple[str, int], int] = {}
        self._width = -1

    def forget(self) -> None:
        self._heights.clear()

    def edges(self, width: int) -> tuple[int, int, int, int, int]:
        """Left edges of time, kind, who, text and what it is about."""
        advance = face("quiet").metrics.horizontalAdvance
        kind = 12 + advance("00-00 00:00:00") + 14
        who = kind + max(advance("Message"), advance("电台")) + 12
        text = who + min(230, max(96, int(width * 0.18))) + 10
        return 12, kind, who, text, width - min(150, max(64, int(width * 0.12)))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        model = index.model()
        assert isinstance(model, _Model)
        width = model.table.viewport().width()
        if width != self._width:
            self._heights.clear()
            self._width = width
        row, told = model.rows[index.row()], model.told(index.row())
        key = (row.entry.id, len(row.corrections))
        height = self._heights.get(key)
        if height is None:
            _, _, who, text, about = self.edges(width)
            body, quiet = face("body").metrics, face("quiet").metrics
            tall = tall_of(quiet if told.system else body, told.text, about - text - 12)
            if told.below:
                tall += 2 + tall_of(body, told.below, about - text - 12)
            height = self._heights[key] = max(tall, tall_of(quiet, told.who, text - who - 10), body.height()) + 9
        return QSize(80, height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, _Model)
        told = model.told(index.row())
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, ink("selected"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, ink("hairline"))
        when, kind, who, text, about = (rect.left() + edge for edge in self.edges(rect.width()))
        body, quiet = face("body"), face("quiet")
        top = rect.top() + 4
        lower = top + body.metrics.ascent() - quiet.metrics.ascent()
        tall = rect.height() - 4
        painter.setPen(ink("quiet"))
        quiet.draw(painter, QRect(when, lower, kind - when, tall), _WRAP, told.time)
        quiet.draw(painter, QRect(kind, lower, who - kind, tall), _WRAP, told.kind)
        painter.setPen(ink("quiet" if told.system else "text"))
        quiet.draw(painter, QRect(who, lower, text - who - 10, tall), _WRAP, told.who)
        right = QRect(about, lower, rect.right() - about - 12, quiet.metrics.height())
        painter.setPen(ink("quiet"))
        quiet.draw(painter, right, Qt.AlignmentFlag.AlignRight, elide(told.about, quiet.metrics, right.width()))
        said = face("quiet" if told.system else "body", struck=told.struck)
        painter.setPen(ink("quiet" if told.system or told.struck else "strong"))
        room = QRect(text, lower if told.system else top, about - text - 12, tall)
        said.draw(painter, room, _WRAP, told.text)
        if told.below:
            painter.setPen(ink("strong" if told.struck else "quiet"))
            used = tall_of(said.metrics, told.text, about - text - 12)
            body.draw(painter, room.adjusted(0, used + 2, 0, 0), _WRAP, told.below)


class LogTable(QListView):
    """`show_rows`, then `add_rows` after each `moreWanted`. Ctrl+C copies those selected."""

    moreWanted = Signal()
    picked = Signal()  # another row is the current one
    opened = Signal()  # Enter or a double click

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._empty = ("", "")
        self._model = _Model(self)
        self._columns = _Columns(self)
        self.setModel(self._model)
        self.setItemDelegate(self._columns)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.verticalScrollBar().setSingleStep(24)
        self.selectionModel().currentChanged.connect(lambda _now, _before: self.picked.emit())
        self.activated.connect(lambda _index: self.opened.emit())

    def show_rows(self, rows: Sequence[LogRow], more: bool) -> None:
        """These from the top. The row that was current stays so where it is among them; the reader's place too."""
        current, bar = self.current(), self.verticalScrollBar()
        old = self._model.rows
        place = bar.value()
        known = next((at for at, row in enumerate(rows) if old and row.entry.id == old[0].entry.id), None)
        self._model.show(rows, more)
        at = next((n for n, row in enumerate(rows) if current and row.entry.id == current.entry.id), None)
        if at is not None:
            self.setCurrentIndex(self._model.index(at))
        if place and known is not None:
            self.executeDelayedItemsLayout()
            above = sum(self.sizeHintForRow(n) for n in range(known))
            bar.setValue(place + above)
        elif at is None:
            self.scrollToTop()
        self.picked.emit()

    def add_rows(self, rows: Sequence[LogRow], more: bool) -> None:
        """The next ones."""
        self._model.add(rows, more)

    def rows(self) -> list[LogRow]:
        return list(self._model.rows)

    def texts(self) -> list[str]:
        """The lines as shown."""
        return [self._model.told(at).line for at in range(len(self._model.rows))]

    def struck(self) -> list[str]:
        """What is struck through."""
        every = (self._model.told(at) for at in range(len(self._model.rows)))
        return [told.text for told in every if told.struck]

    def current(self) -> LogRow | None:
        index = self.currentIndex()
        return self._model.rows[index.row()] if index.isValid() and index.row() < len(self._model.rows) else None

    def choose(self, entry: str) -> None:
        """Make an entry the current row."""
        for at, row in enumerate(self._model.rows):
            if row.entry.id == entry:
                self.setCurrentIndex(self._model.index(at))

    def set_empty(self, title: str, words: str) -> None:
        self._empty = (title, words)
        self.viewport().update()

    def copy(self) -> None:
        """The selected lines, or all that are here, in the order they happened."""
        chosen = sorted({index.row() for index in self.selectedIndexes()}, reverse=True)
        rows = chosen or range(len(self._model.rows) - 1, -1, -1)
        QGuiApplication.clipboard().setText("\n".join(self._model.told(row).line for row in rows))

    def tell(self, row: LogRow) -> Told:
        """A row in the language on screen."""
        entry, below = row.entry, ""
        if row.corrections:
            last = row.corrections[-1]
            below = self.tr("更正为:{text}({time} {who})").format(
                text=told_text(last), time=clock_seconds(last.at), who=show(last.note.sender)
            )
        elif entry.note.corrects:
            old = told_text(row.original) if row.original else self.tr("另一条记录")
            below = self.tr("更正了:{text}").format(text=old)
        if row.behind is not None:
            at = f"{row.behind.astimezone():%m-%d %H:%M:%S}"
            late = self.tr("△ 时钟被拨慢:同一设备之前已记到 {time}").format(time=at)
            below = "\n".join(filter(None, (late, below)))
        about = " · ".join(filter(None, (self.tr("附件") if row.file else "", row.incident)))
        return Told(
            time=f"{entry.at.astimezone():%m-%d %H:%M:%S}",
            kind=show(entry.note.kind.label),
            who=told_who(entry),
            text=told_text(entry),
            struck=bool(row.corrections),
            below=below,
            about=about,
            system=entry.note.kind is Kind.SYSTEM,
        )

    # -- Qt

    def keyboardSearch(self, search: str) -> None:
        """Letters are commands here, not a search."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.scheduleDelayedItemsLayout()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._model.rows and self._empty[0]:
            paint_empty(QPainter(self.viewport()), QRectF(self.viewport().rect()), *self._empty)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if not hasattr(self, "_columns"):
            return
        if event.type() == QEvent.Type.LanguageChange:
            self._model.forget()
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._columns.forget()
            self.scheduleDelayedItemsLayout()
