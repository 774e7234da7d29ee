"""The alarms: unacknowledged first, then newest. One key each to confirm, filter, and look."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from console.domain.alarm import Alarm, AlarmState, FilterReason
from widgets.lang import placed, show
from widgets.row_list import RowList
from widgets.rows import Row
from widgets.times import clock, lasting


class AlarmList(QWidget):
    """Shows alarms and says what the operator decides."""

    confirmed = Signal(str)
    filtered = Signal(str, str)  # alarm, code of FilterReason
    selected = Signal(str)
    looked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._alarms: dict[str, Alarm] = {}
        self._given: tuple[Sequence[Alarm], datetime, Mapping[str, int]] | None = None
        self._rows = RowList(self)
        self._rows.set_uniform()
        self._menu: QMenu | None = None
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._rows)
        self.setFocusProxy(self._rows)
        self._rows.chosen.connect(self.selected)
        self._rows.opened.connect(self.looked)
        self._retranslate()

    def show_alarms(self, alarms: Sequence[Alarm], now: datetime, nearby: Mapping[str, int]) -> None:
        """Show these alarms; `nearby` is how many cameras stand near each."""
        self._given = (alarms, now, nearby)
        self._name_empty()
        self._alarms = {alarm.id: alarm for alarm in alarms}
        waiting = AlarmState.UNACKNOWLEDGED
        order = sorted(alarms, key=lambda alarm: alarm.raised_at, reverse=True)
        order.sort(key=lambda alarm: alarm.state is not waiting)
        self._rows.refresh(
            [alarm.id for alarm in order],
            lambda id: self._row(self._alarms[id], now, nearby.get(id, 0)),
            blinks=any(alarm.state is waiting for alarm in alarms),
        )

    def select(self, id: str | None) -> None:
        """Go to an alarm without telling."""
        self._rows.select(id)

    def selected_id(self) -> str | None:
        return self._rows.selected_id()

    def set_wall(self, wall: bool) -> None:
        """The wall's face: no controls."""
        self._rows.set_wall(wall)

    def rotate(self) -> None:
        """The next page of what does not fit."""
        self._rows.next_page()

    def rows(self) -> list[Row]:
        """The rows as shown."""
        return self._rows.rows()

    def confirm(self) -> None:
        """C: it is real."""
        if alarm := self._waiting():
            self.confirmed.emit(alarm.id)

    def ask_filter(self) -> None:
        """F: it is nothing; asks why, 1 to 5."""
        if alarm := self._waiting():
            rect = self._rows.row_rect(alarm.id)
            where = self._rows.viewport().mapToGlobal(rect.bottomLeft())
            self._menu = self.reasons(alarm.id)
            self._menu.popup(where)

    def look(self) -> None:
        """V: go and see, on the map and the nearest cameras."""
        if id := self.selected_id():
            self.looked.emit(id)

    def reasons(self, id: str) -> QMenu:
        """The menu of reasons for filtering an alarm; its keys are 1 to 5."""
        menu = QMenu(self)
        menu.setAccessibleName(self.tr("过滤原因"))
        for number, reason in enumerate(FilterReason, 1):
            menu.addAction(
                f"&{number}  {show(reason.label)}",
                partial(self.filtered.emit, id, reason.value),
            )
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if not self.selected_id():
            return
        menu = QMenu(self)
        waiting = self._waiting() is not None
        menu.addAction(self.tr("确认并立案") + "\tC", self.confirm).setEnabled(waiting)
        filter_menu = self.reasons(self.selected_id() or "")
        filter_menu.setTitle(self.tr("过滤") + "\tF")
        filter_menu.setEnabled(waiting)
        menu.addMenu(filter_menu)
        menu.addAction(self.tr("看现场") + "\tV", self.look)
        self._menu = menu
        menu.popup(event.globalPos())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self._rows.setAccessibleName(self.tr("告警"))
        self._name_empty()
        if self._given is not None:
            self.show_alarms(*self._given)

    def _name_empty(self) -> None:
        if self._given is None:
            self._rows.set_empty(self.tr("正在读取…"), "")
        else:
            self._rows.set_empty(self.tr("没有告警"), self.tr("传感器、视频或指标越限时出现在这里"))

    def _waiting(self) -> Alarm | None:
        """The selected alarm if it is still to be decided."""
        alarm = self._alarms.get(self.selected_id() or "")
        return alarm if alarm and alarm.state is AlarmState.UNACKNOWLEDGED else None

    def _row(self, alarm: Alarm, now: datetime, cameras: int) -> Row:
        waiting = alarm.state is AlarmState.UNACKNOWLEDGED
        parts: list[str] = []
        if not waiting:
            parts.append(show(alarm.state.label))
            if alarm.reason:
                parts.append(show(FilterReason.of(alarm.reason).label))
        if alarm.indicator or alarm.limit:
            parts.append(self._measured(alarm))
        if alarm.active:
            parts.append(self.tr("持续 {time}").format(time=lasting(now - alarm.raised_at)))
        elif alarm.indicator:
            parts.append(self.tr("已恢复"))
        if waiting and alarm.picture:
            parts.append(self.tr("有照片"))
        if waiting and cameras:
            parts.append(self.tr("附近视频 {n} 路").format(n=cameras))
        return Row(
            id=alarm.id,
            title=placed(alarm.place, alarm.title),
            detail=" · ".join(filter(None, parts)),
            right=clock(alarm.raised_at, now),
            right_role="text" if waiting else "quiet",
            mark=alarm.level if waiting or alarm.active else None,
            word=show(alarm.level.label),
            quiet=not waiting,
            blink=waiting,
        )

    def _measured(self, alarm: Alarm) -> str:
        """The level in words, the worst value and by how much it is past the limit."""
        over = alarm.value - alarm.limit
        told = self.tr("{level} {value},超限 {over}") if over >= 0 else self.tr("{level} {value},低于限值 {over}")
        measure = f" {alarm.measure}" if alarm.measure else ""
        if _plain(alarm.value) in show(alarm.title):  # the title has the value already
            told = self.tr("{level},超限 {over}") if over >= 0 else self.tr("{level},低于限值 {over}")
        return told.format(
            level=show(alarm.level.label), value=f"{_plain(alarm.value)}{measure}", over=f"{_plain(abs(over))}{measure}"
        )


def _plain(value: float) -> str:
    """At most two decimals, no more than needed: 3.42, 61, 18,420."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = AlarmList()
        made.show_alarms(samples.ALARMS, samples.NOW, samples.NEARBY)
        made.select("a1")
        return made

    samples.run(_build)
