"""A panel that is told what it shows already paints nothing; one row that changes paints that row."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from PySide6.QtGui import QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from console.domain.alarm import AlarmState
from tests.support_paints import Paints
from widgets import samples
from widgets.alarm_list import AlarmList
from widgets.assignment_inbox import AssignmentInbox
from widgets.assignment_table import AssignmentTable
from widgets.incident_board import IncidentBoard, IncidentRow
from widgets.incident_panel import IncidentPanel
from widgets.row_list import RowList
from widgets.rows import Row
from widgets.sparkline_board import SparklineBoard
from widgets.timer_list import TimerList

NOW = samples.NOW + timedelta(milliseconds=300)  # no countdown changes at this moment
MOMENT = timedelta(milliseconds=20)


def shown(panel: QWidget, width: int = 460, height: int = 900) -> Paints:
    paints = Paints(panel, *panel.findChildren(QWidget))
    panel.resize(width, height)
    panel.show()
    paints.wait()
    return paints


def incident_rows() -> list[IncidentRow]:
    return [IncidentRow(each, (), (), timers=samples.running(each)) for each in samples.INCIDENTS]


def show_alarms(panel: AlarmList, now: datetime) -> None:
    quiet = [each for each in samples.ALARMS if each.state is not AlarmState.UNACKNOWLEDGED]  # those blink
    panel.show_alarms(quiet, now, dict(samples.NEARBY))


def show_stale(panel: SparklineBoard, now: datetime) -> None:
    panel.show_cards([replace(card, stale=True) for card in samples.cards()], now)


SHOWN: dict[str, tuple[type[QWidget], Callable[..., None]]] = {
    "alarms": (AlarmList, show_alarms),
    "incidents": (IncidentBoard, lambda panel, now: panel.show_incidents(incident_rows(), now)),
    "incident": (IncidentPanel, lambda panel, now: panel.show_incident(samples.detail(), now)),
    "disputed": (IncidentPanel, lambda panel, now: panel.show_incident(samples.disputed(), now)),
    "proposed": (IncidentPanel, lambda panel, now: panel.show_incident(samples.detail(proposed=True), now)),
    "assignments": (AssignmentTable, lambda panel, now: panel.show_assignments(samples.assignment_rows(), now)),
    "timers": (TimerList, lambda panel, now: panel.show_timers(samples.timer_rows(), now)),
    "work": (AssignmentInbox, lambda panel, now: panel.show_work(samples.work(), now)),
    "indicators": (SparklineBoard, lambda panel, now: panel.show_cards(samples.cards(), now)),
    "stale indicators": (SparklineBoard, show_stale),
}


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_shown_already_is_not_painted_again(app: QApplication, name: str) -> None:
    kind, show = SHOWN[name]
    panel = kind()
    show(panel, NOW)
    paints = shown(panel)
    show(panel, NOW + MOMENT)
    QTest.qWait(50)
    assert not paints.at
    panel.deleteLater()


def test_a_row_that_changes_is_painted_alone(app: QApplication) -> None:
    rows = [Row(f"r{at}", f"Row {at}", right="00:41", bar=0.5) for at in range(6)]
    panel = RowList()
    panel.set_rows(rows)
    paints = shown(panel)
    rows[2] = replace(rows[2], title="Something else")
    panel.set_rows(rows)
    QTest.qWait(50)
    painted = QRegion()
    for region in paints.at.values():
        painted += region
    assert painted.intersects(panel.row_rect("r2"))
    assert not any(painted.intersects(panel.row_rect(id)) for id in ("r0", "r1", "r3", "r4", "r5"))
    panel.deleteLater()


@pytest.mark.parametrize("name", ["incidents", "assignments"])
def test_a_second_paints_the_times_and_not_the_names(app: QApplication, name: str) -> None:
    kind, show = SHOWN[name]
    panel = kind()
    show(panel, NOW)
    paints = shown(panel)
    show(panel, NOW + timedelta(seconds=1))
    QTest.qWait(50)
    lists = panel if isinstance(panel, RowList) else panel.findChildren(RowList)[0]
    painted = paints.at.get(lists.viewport(), QRegion())
    assert not painted.isEmpty(), "times go on"
    for row in lists.rows():
        names = lists.row_rect(row.id)
        names.setRight(names.left() + names.width() // 3)
        names.setBottom(names.bottom() - 14)  # the bar of time used runs below the words
        assert not painted.intersects(names), row.title
    panel.deleteLater()
