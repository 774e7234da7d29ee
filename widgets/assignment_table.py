"""Who is on an incident and how far: one line an assignment, the unacknowledged in yellow with the word."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPainter, QRegion
from PySide6.QtWidgets import QMenu, QSizePolicy, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from console.domain.assignment import Assignment, Role, Status, Way
from console.domain.timers import Pace, Timer
from console.domain.words import Label
from widgets.lang import show
from widgets.paint import chip_width, elide, face, ink, paint_chip, paint_mark
from widgets.row_list import RowList
from widgets.rows import Row, RowModel, is_header
from widgets.timer_list import MARKS, ROLES, bare, countdown
from widgets.times import span, travel

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class AssignmentRow:
    """An assignment with the names it is shown by."""

    assignment: Assignment
    agency: Label
    unit: Label | None
    timer: Timer | None = None  # that runs for it
    by_phone: bool = False  # its agency has no desk: somebody has to call


class _Line(QStyledItemDelegate):
    """Name and role, status, time. The row's alert is its chip, its detail the status."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._needs = (0, 0)

    def measure(self, rows: Sequence[Row]) -> bool:
        """Room for the widest status and time, in steps so that columns do not creep; whether they have moved."""
        before = self._needs
        advance = face("body").metrics.horizontalAdvance
        status = max((advance(row.detail) for row in rows), default=0)
        time = max((advance(row.right) + (14 if row.right_mark else 0) for row in rows), default=0)
        self._needs = (-(-(status + 14) // 16) * 16, -(-(time + 2) // 16) * 16)
        return self._needs != before

    def columns(self, left: int, width: int) -> tuple[int, int]:
        """Left edges of status and time: in the picture's places unless the words need more."""
        time = max(self._needs[1], int(width * 0.24))
        status = max(self._needs[0], int(width * 0.2))
        status = min(status, max(40, int(width * 0.6) - time))
        return left + width - time - status, left + width - time

    def height(self, id: str) -> int:
        header = is_header(id)
        return face("quiet" if header else "body").metrics.height() + (6 if header else 9)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        model = index.model()
        assert isinstance(model, RowModel)
        return QSize(80, self.height(model.id(index.row())))

    def changed(self, rect: QRect, was: Row, row: Row) -> QRegion:
        """Where in `rect` a row looks different from before: most often it is only the time."""
        if replace(was, right=row.right) != row:
            return QRegion(rect)
        _, time_x = self.columns(rect.left() + 12, rect.width() - 24)
        return QRegion(rect.adjusted(time_x - rect.left(), 0, 0, 0))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        model = index.model()
        assert isinstance(model, RowModel)
        row = model.row(index.row())
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_HasFocus:
            painter.fillRect(rect, ink("selected"))
            painter.fillRect(rect.left(), rect.top(), 3, rect.height(), ink("accent"))
        elif state & QStyle.StateFlag.State_MouseOver and not row.header:
            painter.fillRect(rect, ink("raised", 0.6))
        painter.fillRect(rect.left() + 12, rect.bottom(), rect.width() - 24, 1, ink("hairline"))
        used = face("quiet" if row.header else "body")
        left, width = rect.left() + 12, rect.width() - 24
        status_x, time_x = self.columns(left, width)
        painter.setPen(ink("quiet" if row.header or row.quiet else "strong"))
        room = status_x - left - 8 - (chip_width(row.alert) + 6 if row.alert else 0)
        name = elide(row.title, used.metrics, room)
        used.draw(painter, QRect(left, rect.top(), room, rect.height()), _LEFT, name)
        painter.setPen(ink("quiet" if row.header else row.alert_role))
        used.draw(
            painter,
            QRect(status_x, rect.top(), time_x - status_x, rect.height()),
            _LEFT,
            elide(row.detail, used.metrics, time_x - status_x - 6),
        )
        painter.setPen(ink("quiet" if row.header else row.right_role))
        right = left + width - time_x
        if row.right_mark is not None:
            side = used.metrics.ascent() * 0.66
            paint_mark(painter, QRectF(time_x, rect.center().y() - side / 2, side, side), row.right_mark)
            time_x, right = round(time_x + side + 5), round(right - side - 5)
        used.draw(
            painter, QRect(time_x, rect.top(), right, rect.height()), _LEFT, elide(row.right, used.metrics, right)
        )
        if row.alert:
            paint_chip(painter, left + used.metrics.horizontalAdvance(name) + 6, rect.center().y(), row.alert)


class AssignmentTable(RowList):
    """Its height is that of its rows. Enter, S or a right click asks for a status."""

    statusSet = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = _Line(self)
        self.setItemDelegate(self._line)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._assignments: dict[str, Assignment] = {}
        self._given: tuple[tuple[AssignmentRow, ...], datetime] | None = None
        self._menu: QMenu | None = None
        self.opened.connect(lambda _id: self.ask_status())
        self._retranslate()

    def show_assignments(self, rows: tuple[AssignmentRow, ...], now: datetime) -> None:
        """Show these assignments in the order given."""
        self._given = (rows, now)
        self._assignments = {row.assignment.id: row.assignment for row in rows}
        count = len(self.rows())
        shown = [self._row(row, now) for row in rows]
        if shown:
            head = Row("#", self.tr("单位 / 力量"), self.tr("状态"), right=self.tr("用时"))
            shown.insert(0, head)
        if self._line.measure(shown):
            self.viewport().update()
        self.set_rows(shown)
        if count != len(shown):
            self.updateGeometry()

    def changed(self, rect: QRect, was: Row, row: Row) -> QRegion:
        return self._line.changed(rect, was, row)

    def sizeHint(self) -> QSize:
        return QSize(200, sum(self._line.height(row.id) for row in self.rows()))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def ask_status(self) -> None:
        """The menu of statuses for the selected assignment."""
        if id := self.selected_id():
            self._pop(id, self.viewport().mapToGlobal(self.row_rect(id).bottomLeft()))

    def statuses(self, id: str) -> QMenu:
        """The menu of statuses of an assignment; the present one is ticked."""
        menu = QMenu(self)
        menu.setAccessibleName(self.tr("改状态"))
        present = self._assignments[id].status
        for number, status in enumerate(Status, 1):
            action = menu.addAction(
                f"&{number}  {show(status.label)}",
                partial(self.statusSet.emit, id, status.value),
            )
            action.setCheckable(True)
            action.setChecked(status is present)
            action.setEnabled(status is not present)
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_S:
            self.ask_status()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        if index.isValid():
            self.setCurrentIndex(index)
        if id := self.selected_id():
            self._pop(id, event.globalPos())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _pop(self, id: str, where: QPoint) -> None:
        self._menu = self.statuses(id)
        self._menu.popup(where)

    def _retranslate(self) -> None:
        self.setAccessibleName(self.tr("派单"))
        if self._given is not None:
            self.show_assignments(*self._given)

    def _row(self, row: AssignmentRow, now: datetime) -> Row:
        assignment = row.assignment
        status = assignment.status
        word, role = show(status.label), "text"
        if status in (Status.ON_SCENE, Status.WORKING, Status.DONE):
            role = "done"
        elif not status.open:
            role = "quiet"
        elif status is Status.NOTIFIED:
            late = assignment.unacknowledged(now)
            word, role = (self.tr("未签收"), "yellow") if late else (self.tr("待签收"), "text")
            if row.by_phone:
                word, role = self.tr("未通知"), "yellow"
        right, right_role = self._time(assignment, now)
        pace = row.timer.pace(now) if row.timer else None
        if row.timer is not None and pace is not None and (status is Status.NOTIFIED or pace is not Pace.RUNNING):
            told = bare if status is Status.NOTIFIED else countdown  # its status says 未签收
            right, right_role = told(row.timer, now), ROLES[pace]  # else when it will be there says more
        return Row(
            id=assignment.id,
            title=show(row.unit or row.agency),
            detail=word,
            alert=self._chip(assignment),
            alert_role=role,
            right=right,
            right_role=right_role,
            right_mark=MARKS.get(pace) if pace else None,
            quiet=not status.open,
        )

    def _chip(self, assignment: Assignment) -> str:
        """Who leads; else how it came, where it was not simply sent."""
        if assignment.role is Role.LEAD:
            return show(Role.LEAD.label)
        return show(assignment.way.label) if assignment.way is not Way.DISPATCH else ""

    def _time(self, assignment: Assignment, now: datetime) -> tuple[str, str]:
        """When it will be there, else how long it has been in its status."""
        since = assignment.at(assignment.status)
        if since is None:
            return "", "quiet"
        if assignment.status is Status.EN_ROUTE and assignment.travel_s is not None:
            left = since + timedelta(seconds=assignment.travel_s) - now
            if left >= timedelta(0):
                return self.tr("预计 {time}").format(time=travel(left.total_seconds())), "text"
            return self.tr("晚 {time}").format(time=span(-left)), "yellow"
        role = "yellow" if assignment.unacknowledged(now) else "text"
        return span(now - since), role if assignment.status.open else "quiet"


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = AssignmentTable()
        made.show_assignments(samples.assignment_rows(), samples.NOW)
        return made

    samples.run(_build)
