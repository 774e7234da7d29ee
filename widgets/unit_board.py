"""The units: who is busy with what, who is free, and how old what we know of them is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.domain.agency import STALE_AFTER, Unit, UnitState
from console.domain.words import Label
from widgets.filter_line import FilterLine
from widgets.lang import show
from widgets.pinyin import matches
from widgets.row_list import RowList
from widgets.rows import Row
from widgets.times import ago, span, travel

_RANK = {state: rank for rank, state in enumerate(UnitState)}
_DOT = {
    UnitState.ON_SCENE: "done",
    UnitState.WORKING: "done",
    UnitState.EN_ROUTE: "accent",
    UnitState.ACKNOWLEDGED: "accent",
    UnitState.NOTIFIED: "yellow",
}


@dataclass(frozen=True)
class UnitRow:
    """A unit with what its row tells about it."""

    unit: Unit
    agency: Label
    state: UnitState
    incident_code: str  # of all that it is on, what it does now first
    since: datetime | None
    position_age_s: float | None
    travel_s: float | None


class UnitBoard(QWidget):
    """Shows units in three groups: busy, free, off duty. `selected` when the user goes to one."""

    selected = Signal(str)
    activated = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._given: Sequence[UnitRow] = ()
        self._now: datetime | None = None
        self._rows = RowList(self)
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

    def show_units(self, rows: Sequence[UnitRow], now: datetime) -> None:
        """Show these units."""
        self._given, self._now = rows, now
        self._refresh()

    def select(self, id: str | None) -> None:
        """Go to a unit without telling."""
        self._rows.select(id)

    def selected_id(self) -> str | None:
        return self._rows.selected_id()

    def rows(self) -> list[Row]:
        """The rows as shown, with the headers of the groups."""
        return self._rows.rows()

    def counts(self) -> tuple[int, int]:
        """How many are on duty, and how many of those are busy."""
        on_duty = [row for row in self._given if row.state is not UnitState.OFF_DUTY]
        return len(on_duty), sum(row.state is not UnitState.FREE for row in on_duty)

    def set_wall(self, wall: bool) -> None:
        """The wall's face: no controls."""
        self._filter.clear()
        self._filter.hide()
        self._rows.set_wall(wall)

    def rotate(self) -> None:
        """The next page of what does not fit."""
        self._rows.next_page()

    def focus_filter(self) -> None:
        """Narrow the list."""
        self._filter.begin()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self._rows.setAccessibleName(self.tr("力量"))
        self._refresh()

    def _refresh(self) -> None:
        now, query = self._now, self._filter.text().strip()
        if now is None:
            self._rows.set_empty(self.tr("正在读取…"), "")
        elif query:
            self._rows.set_empty(self.tr("没有符合“{query}”的力量").format(query=query), self.tr("按 Esc 清除筛选"))
        else:
            self._rows.set_empty(self.tr("没有力量"), self.tr("专题包里的 units 表写有哪些力量,就显示哪些"))
        if now is None:
            return
        found = [row for row in self._given if not query or _found(query, row)]
        free, off = UnitState.FREE, UnitState.OFF_DUTY
        busy = sorted(
            (row for row in found if row.state not in (free, off)),
            key=lambda row: (-_RANK[row.state], row.incident_code, row.unit.id),
        )
        groups = [
            ("busy", self.tr("执行任务"), busy),
            ("free", show(free.label), [row for row in found if row.state is free]),
            ("off", show(off.label), [row for row in found if row.state is off]),
        ]
        headers: dict[str, Row] = {}
        known: dict[str, UnitRow] = {}
        ids: list[str] = []
        for id, title, rows in groups:
            if rows:
                headers[f"#{id}"] = Row(f"#{id}", title, right=str(len(rows)))
                known |= {row.unit.id: row for row in rows}
                ids += [f"#{id}", *(row.unit.id for row in rows)]
        self._rows.refresh(ids, lambda id: headers.get(id) or self._row(known[id], now))

    def _row(self, row: UnitRow, now: datetime) -> Row:
        busy = row.state not in (UnitState.FREE, UnitState.OFF_DUTY)
        if busy and row.state is UnitState.EN_ROUTE and row.travel_s is not None:
            right = self.tr("预计 {time}").format(time=travel(row.travel_s))
        elif busy and row.since is not None:
            right = span(now - row.since)
        elif row.travel_s is not None and row.state is UnitState.FREE:
            right = travel(row.travel_s)
        else:
            right = ""
        alert = ""
        if row.state is not UnitState.OFF_DUTY:
            if row.position_age_s is None:
                alert = self.tr("没有定位")
            elif row.position_age_s > STALE_AFTER.total_seconds():
                alert = self.tr("定位 {ago}").format(ago=ago(row.position_age_s))
        parts = [show(row.agency), show(row.state.label) if busy else "", row.incident_code]
        return Row(
            id=row.unit.id,
            title=show(row.unit.name),
            detail=" · ".join(filter(None, parts)),
            alert=alert,
            right=right,
            right_role="text" if busy else "quiet",
            mark=_DOT.get(row.state) if busy else None,
            word=show(row.state.label),
            quiet=row.state is UnitState.OFF_DUTY,
        )


def _found(query: str, row: UnitRow) -> bool:
    labels = (row.unit.name, row.agency, row.state.label)
    words = [text for label in labels for text in (label.zh, label.en)]
    return matches(query, row.unit.code, row.incident_code, *words)


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = UnitBoard()
        states = [UnitState.EN_ROUTE, UnitState.FREE, UnitState.ON_SCENE, UnitState.OFF_DUTY]
        made.show_units(
            [
                UnitRow(
                    unit,
                    samples.AGENCIES[unit.agency],
                    states[at % 4],
                    "I34" if at % 2 == 0 else "",
                    samples.before(3.5),
                    4000.0 if at == 5 else 12.0,
                    180.0,
                )
                for at, unit in enumerate(samples.UNITS.values())
            ],
            samples.NOW,
        )
        return made

    samples.run(_build)
