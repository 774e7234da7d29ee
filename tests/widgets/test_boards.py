"""Incidents, units and indicator cards: what a row says, filters, pages."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from english import english
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from console.domain.agency import UnitState
from console.domain.assignment import Role, Way
from console.domain.conflict import By
from console.domain.duty import Limit
from console.domain.incident import Mark
from console.domain.level import Level
from console.domain.timers import Pace, Timer
from tests.support_paints import Paints
from widgets import samples
from widgets.incident_board import IncidentBoard, IncidentRow
from widgets.row_list import RowList
from widgets.sparkline import change, grid, near_limit, place, thinned
from widgets.sparkline_board import Card, SparklineBoard
from widgets.unit_board import UnitBoard, UnitRow

CREW = (samples.AGENCIES["water"], samples.AGENCIES["fire"])


def incident_rows() -> list[IncidentRow]:
    return [
        IncidentRow(each, samples.ASSIGNMENTS if each.number == 34 else (), CREW, timers=samples.running(each))
        for each in samples.INCIDENTS
    ]


@pytest.fixture
def incidents(app: QApplication) -> IncidentBoard:
    made = IncidentBoard()
    made.resize(380, 300)
    made.show_incidents(incident_rows(), samples.NOW)
    made.show()
    return made


def test_a_row_tells_the_time_left_and_who_is_late(incidents: IncidentBoard) -> None:
    row = incidents.rows()[0]
    assert row.title == "I34 河道水位超警 · 立沙桥"
    assert (row.right, row.right_role, row.right_mark) == ("签收 超时 00:30", "red", Level.RED)
    assert row.detail == "处置 · 到场 2/5 · 水务分局 消防大队"
    assert row.alert == "1 个未签收"
    assert (row.bar, row.bar_role) == (1.0, "red")
    row = next(each for each in incidents.rows() if each.id == "i31")
    assert (row.right, row.right_role, row.right_mark) == ("处置 1 时 50 分", "text", None)
    assert row.bar == pytest.approx(60 / 170, abs=0.001)


def test_who_only_watches_is_not_waited_for(incidents: IncidentBoard) -> None:
    sent = [replace(one, role=Role.SUPERVISE, way=Way.UP) if n else one for n, one in enumerate(samples.ASSIGNMENTS)]
    row = replace(incident_rows()[0], assignments=tuple(sent))
    incidents.show_incidents([row], samples.NOW)
    assert "/1 " in incidents.rows()[0].detail, "of one that works"
    incidents.show_incidents([replace(row, assignments=tuple(sent[1:]))], samples.NOW)
    assert "待派单" in incidents.rows()[0].detail


def test_overdue_is_red_with_the_word(incidents: IncidentBoard) -> None:
    row = incidents.rows()[1]
    assert (row.right, row.right_role, row.bar, row.bar_role) == ("处置 超时 02:40", "red", 1.0, "red")
    assert "待派单" in row.detail
    assert incidents.counts() == (8, 2)


def test_the_order_turns_from_level_to_what_is_due_next_and_to_what_is_overdue(incidents: IncidentBoard) -> None:
    heard: list[str] = []
    incidents.orderChanged.connect(heard.append)
    given = [row.id for row in incidents.rows()]
    incidents.next_order()
    due = [row.id for row in incidents.rows()]
    assert due[:3] == ["i33", "i34", "i26"] and due[-1] == "i27", "i27 has no limit"
    incidents.next_order()
    assert [row.id for row in incidents.rows()] == ["i33", "i34"]
    incidents.next_order()
    assert [row.id for row in incidents.rows()] == given
    assert heard == ["due", "overdue", "level"]


def test_a_held_incident_says_so_with_its_reason_and_its_clock_stands(app: QApplication) -> None:
    by = By("li", samples.OPERATOR, samples.before(30), "")
    held = replace(samples.INCIDENTS[4], marks={"on_hold": Mark(by, "等备件"), "rework": Mark(by, "不合格")})
    board = IncidentBoard()
    board.resize(380, 300)
    stopped = (Timer(Limit.HANDLE, "i29", held.opened_at, None),)
    board.show_incidents([IncidentRow(held, (), (), timers=stopped, requests=1, contains=2)], samples.NOW)
    (row,) = board.rows()
    assert row.chips == ("挂账", "返工", "待审批 1", "含 2")
    assert (row.right, row.right_role, row.right_mark) == ("处置 停表", "quiet", None)
    assert "挂账 · 李值班员 14:02 · 等备件" in row.tip and "不合格" in row.tip
    assert "挂账" in row.spoken and stopped[0].pace(samples.NOW) is Pace.STOPPED
    board.focus_filter()
    line = board.findChild(QLineEdit)
    assert isinstance(line, QLineEdit)
    line.setText("挂账")
    assert len(board.rows()) == 1
    line.setText("延期")
    assert board.rows() == []


def test_the_filter_finds_by_initials_and_escape_clears(incidents: IncidentBoard) -> None:
    incidents.focus_filter()
    line = incidents.findChild(QLineEdit)
    assert isinstance(line, QLineEdit) and line.isVisible()
    QTest.keyClicks(line, "lsq")
    assert [row.id for row in incidents.rows()] == ["i34"]
    line.clear()
    QTest.keyClicks(line, "i26")
    assert [row.id for row in incidents.rows()] == ["i26"]
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert len(incidents.rows()) == 8 and not line.isVisible()


def test_selection_survives_the_filter(incidents: IncidentBoard) -> None:
    incidents.select("i30")
    incidents.focus_filter()
    line = incidents.findChild(QLineEdit)
    assert isinstance(line, QLineEdit)
    line.setText("lsq")
    assert incidents.selected_id() is None
    line.clear()
    assert incidents.selected_id() == "i30"


def test_enter_activates(incidents: IncidentBoard) -> None:
    heard: list[str] = []
    incidents.activated.connect(heard.append)
    incidents.select("i33")
    QTest.keyClick(incidents.focusProxy(), Qt.Key.Key_Return)
    assert heard == ["i33"]


def test_a_click_selects(incidents: IncidentBoard, app: QApplication) -> None:
    heard: list[str] = []
    incidents.selected.connect(heard.append)
    app.processEvents()
    rows = incidents.focusProxy()
    where = rows.row_rect("i31").center()
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert heard == ["i31"]


def test_the_wall_turns_its_pages(incidents: IncidentBoard, app: QApplication) -> None:
    incidents.set_wall(True)
    app.processEvents()
    first, count = incidents.page()
    assert first == 1 and count > 1
    seen = []
    for _ in range(count):
        incidents.rotate()
        app.processEvents()
        seen.append(incidents.page()[0])
    assert seen[0] == 2 and seen[-1] == 1


def test_the_incidents_speak_the_other_language(incidents: IncidentBoard) -> None:
    with english():
        row = incidents.rows()[0]
        assert row.title.startswith("I34 River above warning") and row.right == "Acknowledge Overdue 00:30"
        assert incidents.rows()[1].detail.startswith("Dispatched · nobody sent")


def unit_rows() -> list[UnitRow]:
    state = {"fire1": UnitState.EN_ROUTE, "grid_chen": UnitState.ON_SCENE, "police07": UnitState.OFF_DUTY}
    return [
        UnitRow(
            unit,
            samples.AGENCIES[unit.agency],
            state.get(unit.id, UnitState.FREE),
            "I34" if unit.id in state else "",
            samples.before(2),
            None if unit.id == "amb03" else 5.0,
            200.0,
        )
        for unit in samples.UNITS.values()
    ]


def test_units_are_in_groups_busy_first(app: QApplication) -> None:
    board = UnitBoard()
    board.show_units(unit_rows(), samples.NOW)
    headers = [(row.title, row.right) for row in board.rows() if row.header]
    assert headers == [("执行任务", "2"), ("待命", "4"), ("下班", "1")]
    assert [row.id for row in board.rows()][1:3] == ["grid_chen", "fire1"]
    assert next(row for row in board.rows() if row.id == "amb03").alert == "没有定位"
    assert board.counts() == (6, 2)


def test_units_are_found_by_initials_and_headers_are_no_stops(app: QApplication) -> None:
    board = UnitBoard()
    board.resize(300, 500)
    board.show_units(unit_rows(), samples.NOW)
    board.show()
    heard: list[str] = []
    board.selected.connect(heard.append)
    board.select("fire1")
    QTest.keyClick(board.focusProxy(), Qt.Key.Key_Down)
    assert heard == ["fire2"]
    board.focus_filter()
    line = board.findChild(QLineEdit)
    assert isinstance(line, QLineEdit)
    line.setText("cgq")
    assert [row.id for row in board.rows() if not row.header] == ["grid_chen"]


@pytest.fixture
def cards(app: QApplication) -> SparklineBoard:
    made = SparklineBoard()
    made.resize(1080, 96)
    made.show_cards(samples.cards(), samples.NOW)
    made.show()
    return made


def test_a_card_says_its_figure_and_change(cards: SparklineBoard) -> None:
    level, *_, silent = samples.cards()
    assert cards.figure(level) == f"{level.values[-1, 1]:.2f}"
    assert cards.second(level).startswith("▲")
    assert cards.second(silent) == "40 分钟前"
    flat = Card(level.indicator, np.array([[0.0, 2.0], [60.0, 2.001]]), None, False, "优")
    assert cards.second(flat) == "持平 · 优"
    none = Card(level.indicator, np.empty((0, 2)), None, True, "")
    assert (cards.figure(none), cards.second(none)) == ("–", "无数据")


def test_cards_are_selected_by_keys_and_mouse(cards: SparklineBoard) -> None:
    heard: list[str] = []
    cards.selected.connect(heard.append)
    QTest.keyClick(cards, Qt.Key.Key_Right)
    QTest.keyClick(cards, Qt.Key.Key_Right)
    where = cards.card_rect(3).center().toPoint()
    QTest.mouseClick(cards.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(where))
    assert heard == ["z1", "r1", "p1"]
    assert cards.selected_id() == "p1"
    cards.show_cards(samples.cards()[2:], samples.NOW)
    assert cards.selected_id() == "p1"


def test_more_cards_than_fit_turn_on_the_wall(cards: SparklineBoard, app: QApplication) -> None:
    cards.show_cards(samples.cards() * 4, samples.NOW)
    cards.set_wall(True)
    app.processEvents()
    cards.rotate()
    assert cards.verticalScrollBar().value() > 0
    for _ in range(20):
        cards.rotate()
        if cards.verticalScrollBar().value() == 0:
            break
    assert cards.verticalScrollBar().value() == 0


def test_the_grid_keeps_one_line_while_it_can() -> None:
    assert grid(6, 1080, 96, (120, 80)) == (6, 1, 1)
    assert grid(6, 500, 200, (120, 80)) == (3, 2, 2)
    assert grid(0, 500, 200, (120, 80)) == (1, 0, 2)


def test_thinning_keeps_the_extremes() -> None:
    values = np.column_stack([np.arange(10_000.0), np.zeros(10_000)])
    values[4321, 1] = 9.0
    thin = thinned(values, 100)
    assert len(thin) <= 200 and thin[:, 1].max() == 9.0
    assert (np.diff(thin[:, 0]) > 0).all()


def test_a_limit_is_drawn_when_near() -> None:
    card = samples.cards()[0]
    low = np.column_stack([np.arange(10.0), np.linspace(1.0, 1.1, 10)])
    assert near_limit(card.indicator, low, None) is None
    limit = near_limit(card.indicator, card.values, card.level)
    assert limit is not None and limit.level is card.level
    from PySide6.QtCore import QRectF

    line, at = place(card.values, QRectF(0, 0, 100, 20), limit, 0.0)
    assert at is not None and 0 <= at <= 20 and line.count() > 50
    moved = change(card.indicator, card.values)
    assert moved is not None and moved[0] > 0 and not moved[1]


def test_a_refresh_with_the_same_rows_changes_nothing(incidents: IncidentBoard, app: QApplication) -> None:
    rows = incidents.findChild(RowList)
    paints = Paints(rows.viewport())
    paints.wait()
    incidents.show_incidents(incident_rows(), samples.NOW)
    QTest.qWait(60)
    assert not paints.at
    incidents.show_incidents(incident_rows(), samples.NOW + timedelta(seconds=1))
    assert incidents.rows()[0].right == "签收 超时 00:31"
    paints.wait()
    incidents.show_incidents(incident_rows(), samples.NOW + timedelta(seconds=2))
    QTest.qWait(60)
    painted, ids = paints.at[rows.viewport()], [row.id for row in incidents.rows()]
    assert painted.intersects(rows.row_rect(ids[0]))
    assert not painted.intersects(rows.row_rect(ids[3]))  # what counts in hours does not change with a second
