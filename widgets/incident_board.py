"""The open incidents: what each is, who is on it, and how much of its time is used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.domain.assignment import Assignment, Status
from console.domain.incident import Incident
from console.domain.timers import Pace, Timer
from console.domain.words import Label
from widgets.filter_line import FilterLine
from widgets.lang import show
from widgets.pinyin import matches
from widgets.row_list import RowList
from widgets.rows import Row
from widgets.side_states import state_reasons, state_words
from widgets.timer_list import MARKS, ROLES, bare, countdown, named
from widgets.times import clock, span, used

BARS = {Pace.WARN: "yellow", Pace.OVERDUE: "red"}
ORDERS = ("level", "due", "overdue")
_THERE = (Status.ON_SCENE, Status.WORKING, Status.DONE)


@dataclass(frozen=True)
class IncidentRow:
    """An incident with what its row tells about it."""

    incident: Incident
    assignments: tuple[Assignment, ...]
    agencies: tuple[Label, ...]
    undecided: bool = False  # two said different things about it that someone must decide
    timers: tuple[Timer, ...] = ()  # that run for it, the next due first
    requests: int = 0  # that wait for an answer
    contains: int = 0  # other incidents that are the same


class IncidentBoard(QWidget):
    """Shows incidents. `selected` when the user goes to one, `activated` on Enter or double click."""

    selected = Signal(str)
    activated = Signal(str)
    orderChanged = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._given: Sequence[IncidentRow] = ()
        self._now: datetime | None = None
        self._found: tuple[Sequence[IncidentRow], str, dict[str, IncidentRow]] | None = None
        self._wall = False
        self._order = ORDERS[0]
        self._rows = RowList(self)
        self._rows.set_bars(True)
        self._rows.set_uniform()
        self._filter = FilterLine(self)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(self._filter)
        inside.addWidget(self._rows, 1)
        self.setFocusProxy(self._rows)
        self._rows.chosen.connect(self.selected)
        self._rows.opened.connect(self.activated)
        self._filter.textChanged.connect(self._refresh)
        self._filter.left.connect(self._rows.setFocus)
        self._retranslate()

    def show_incidents(self, rows: Sequence[IncidentRow], now: datetime) -> None:
        """Show these incidents in the order given."""
        self._given, self._now = rows, now
        self._refresh()

    def select(self, id: str | None) -> None:
        """Go to an incident without telling."""
        self._rows.select(id)

    def selected_id(self) -> str | None:
        return self._rows.selected_id()

    def rows(self) -> list[Row]:
        """The rows as shown."""
        return self._rows.rows()

    def counts(self) -> tuple[int, int]:
        """How many are open, and how many of those are past their limit."""
        mine = [row for row in self._given if row.incident.open]
        return len(mine), sum(_overdue(row, self._now) for row in mine)

    def order(self) -> str:
        """ "level" for the order given, "due" for the next due first, "overdue" for those past a limit only."""
        return self._order

    def next_order(self) -> None:
        """By level, by what is due next, only what is overdue, and again."""
        self._order = ORDERS[(ORDERS.index(self._order) + 1) % len(ORDERS)]
        self._found = None
        self._refresh()
        self.orderChanged.emit(self._order)

    def set_wall(self, wall: bool) -> None:
        """The wall's face: no controls; `rotate` turns the pages."""
        self._wall = wall
        self._filter.clear()
        self._filter.hide()
        self._rows.set_wall(wall)

    def rotate(self) -> None:
        """The next page of what does not fit."""
        self._rows.next_page()

    def page(self) -> tuple[int, int]:
        """The page on show, from 1, and how many there are."""
        return self._rows.page()

    def focus_filter(self) -> None:
        """Narrow the list."""
        if not self._wall:
            self._filter.begin()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self._rows.setAccessibleName(self.tr("事件"))
        self._refresh()

    def _refresh(self) -> None:
        now = self._now
        query = self._filter.text().strip()
        if now is None:
            self._rows.set_empty(self.tr("正在读取…"), "")
        elif query:
            self._rows.set_empty(self.tr("没有符合“{query}”的事件").format(query=query), self.tr("按 Esc 清除筛选"))
        elif self._order == "overdue":
            self._rows.set_empty(self.tr("没有超时的事件"), self.tr("按 M 回到全部事件"))
        else:
            self._rows.set_empty(self.tr("没有进行中的事件"), self.tr("确认一条告警,或按 Ctrl+N 接报,事件就出现在这里"))
        if now is None:
            return
        if self._found is None or self._found[0] is not self._given or self._found[1] != query:
            found = [row for row in self._given if not query or _found(query, row)]
            if self._order == "due":
                found.sort(key=_next_due)  # what is stopped or has no limit comes last, as given
            elif self._order == "overdue":
                found = sorted((row for row in found if _overdue(row, now)), key=_next_due)
            self._found = (self._given, query, {row.incident.id: row for row in found})
        rows = self._found[2]
        self._rows.refresh(rows, lambda id: self._row(rows[id], now))

    def _row(self, row: IncidentRow, now: datetime) -> Row:
        incident = row.incident
        timer = row.timers[0] if row.timers else None
        pace = timer.pace(now) if timer else None
        part = used(timer.started_at, timer.due_at, now) if timer else None
        less: tuple[str, ...] = ()
        if not incident.open:
            right, role = clock(incident.closed_at or incident.opened_at, now), "quiet"
        elif timer is not None and pace is not None:
            right, role = named(timer, now), ROLES[pace]
            less = (countdown(timer, now), bare(timer, now))
        else:
            right, role = self.tr("已 {time}").format(time=span(now - incident.opened_at)), "quiet"
        alert, alert_role = self._alert(row, now)
        return Row(
            id=incident.id,
            title=f"{incident.code} {show(incident.title)} · {show(incident.place)}",
            detail=self._detail(row),
            alert=alert,
            alert_role=alert_role,
            undecided=self.tr("待裁定") if row.undecided else "",
            right=right,
            right_less=less,
            right_role=role,
            right_mark=MARKS.get(pace) if pace and incident.open else None,
            chips=self._chips(row),
            tip="\n".join(state_reasons(incident, now)),
            mark=incident.level if incident.open else None,
            word=show(incident.level.label),
            bar=round(part, 3) if part is not None and incident.open else 0.0,
            bar_role=BARS.get(pace, "series") if pace else "series",
            quiet=not incident.open,
        )

    def _chips(self, row: IncidentRow) -> tuple[str, ...]:
        words = state_words(row.incident)
        if row.requests and row.incident.open:
            words.append(self.tr("待审批 {n}").format(n=row.requests))
        if row.contains:
            words.append(self.tr("含 {n}").format(n=row.contains))
        return tuple(words)

    def _detail(self, row: IncidentRow) -> str:
        parts = [show(row.incident.stage.label)]
        sent = [a for a in row.assignments if a.works]
        if sent:
            there = sum(a.status in _THERE for a in sent)
            parts.append(self.tr("到场 {there}/{sent}").format(there=there, sent=len(sent)))
        elif row.incident.open:
            parts.append(self.tr("待派单"))
        parts.append(" ".join(show(name) for name in row.agencies))
        return " · ".join(filter(None, parts))

    def _alert(self, row: IncidentRow, now: datetime) -> tuple[str, str]:
        if not row.incident.open:
            return "", "yellow"
        late = sum(a.unacknowledged(now) for a in row.assignments)
        if late:
            return self.tr("{n} 个未签收").format(n=late), "yellow"
        return "", "yellow"


def _overdue(row: IncidentRow, now: datetime | None) -> bool:
    return now is not None and row.incident.open and any(t.pace(now) is Pace.OVERDUE for t in row.timers)


def _next_due(row: IncidentRow) -> tuple[bool, float]:
    due_at = row.timers[0].due_at if row.timers else None
    return (True, 0.0) if due_at is None else (False, due_at.timestamp())


def _found(query: str, row: IncidentRow) -> bool:
    incident = row.incident
    states = [state.label for state in incident.side_states]
    labels = (incident.title, incident.place, incident.stage.label, incident.level.label, *states, *row.agencies)
    return matches(query, incident.code, *(text for label in labels for text in (label.zh, label.en)))


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = IncidentBoard()
        crew = (samples.AGENCIES["water"], samples.AGENCIES["fire"])
        given = [
            IncidentRow(
                each,
                samples.ASSIGNMENTS if each.number == 34 else (),
                crew,
                each.number in (34, 31),
                samples.running(each),
            )
            for each in samples.INCIDENTS
        ]
        made.show_incidents(given, samples.NOW)
        made.select("i34")
        return made

    samples.run(_build)
