"""The alarms: order, one key each, and nothing jumps."""

from dataclasses import replace
from datetime import timedelta

import pytest
from english import english
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.domain.alarm import AlarmState
from widgets import samples
from widgets.alarm_list import AlarmList


@pytest.fixture
def alarms(app: QApplication) -> AlarmList:
    made = AlarmList()
    made.resize(380, 300)
    made.show_alarms(samples.ALARMS, samples.NOW, samples.NEARBY)
    made.show()
    return made


def test_the_unacknowledged_come_first_then_the_newest(alarms: AlarmList) -> None:
    given = list(reversed(samples.ALARMS))
    alarms.show_alarms(given, samples.NOW, samples.NEARBY)
    assert [row.id for row in alarms.rows()] == ["a1", "a2", "a3", "a4", "a5"]


def test_a_row_says_what_and_why(alarms: AlarmList) -> None:
    first, *_, fourth, fifth = alarms.rows()
    assert first.title == "立沙桥 水位超警戒"
    assert first.detail == "橙色 3.42 m,超限 0.38 m · 持续 2 分钟 · 附近视频 4 路"
    assert first.right == "14:29"
    assert first.blink
    assert fourth.detail.startswith("已确认") and "已恢复" in fourth.detail and not fourth.blink
    assert "施工或调试" in fifth.detail


def test_the_selected_alarm_is_confirmed_only_while_it_waits(alarms: AlarmList) -> None:
    heard: list[str] = []
    alarms.confirmed.connect(heard.append)
    alarms.select("a2")
    alarms.confirm()
    alarms.select("a4")
    alarms.confirm()
    assert heard == ["a2"]


def test_filtering_asks_why_and_a_digit_answers(alarms: AlarmList, app: QApplication) -> None:
    heard: list[tuple[str, str]] = []
    alarms.filtered.connect(lambda id, code: heard.append((id, code)))
    alarms.select("a1")
    alarms.ask_filter()
    menu = app.activePopupWidget()
    assert menu is not None
    QTest.keyClick(menu, Qt.Key.Key_2)
    assert heard == [("a1", "works")]


def test_enter_and_space_look(alarms: AlarmList) -> None:
    heard: list[str] = []
    alarms.looked.connect(heard.append)
    alarms.select("a3")
    QTest.keyClick(alarms.focusProxy(), Qt.Key.Key_Space)
    QTest.keyClick(alarms.focusProxy(), Qt.Key.Key_Return)
    assert heard == ["a3", "a3"]


def test_arrows_select_and_tell_but_select_does_not(alarms: AlarmList) -> None:
    heard: list[str] = []
    alarms.selected.connect(heard.append)
    alarms.select("a1")
    QTest.keyClick(alarms.focusProxy(), Qt.Key.Key_Down)
    assert heard == ["a2"] and alarms.selected_id() == "a2"


def test_the_selection_stays_when_rows_come_go_and_move(alarms: AlarmList) -> None:
    heard: list[str] = []
    alarms.selected.connect(heard.append)
    alarms.select("a2")
    decided = replace(samples.ALARMS[1], state=AlarmState.CONFIRMED)
    new = replace(samples.ALARMS[0], id="new", raised_at=samples.NOW)
    alarms.show_alarms((new, samples.ALARMS[0], decided, samples.ALARMS[4]), samples.NOW, {})
    assert [row.id for row in alarms.rows()] == ["new", "a1", "a2", "a5"]
    assert alarms.selected_id() == "a2"
    alarms.show_alarms((samples.ALARMS[0],), samples.NOW, {})
    assert alarms.selected_id() is None
    assert heard == []


def test_the_scrolled_place_stays_when_alarms_come(alarms: AlarmList, app: QApplication) -> None:
    many = [replace(samples.ALARMS[0], id=f"m{n}", raised_at=samples.NOW - timedelta(minutes=n)) for n in range(200)]
    alarms.show_alarms(many, samples.NOW, {})
    app.processEvents()
    rows = alarms.focusProxy()
    rows.verticalScrollBar().setValue(2000)
    before = rows.row_rect("m45").top()
    fresh = [replace(many[0], id=f"x{n}", raised_at=samples.NOW + timedelta(seconds=n)) for n in range(5)]
    alarms.show_alarms([*many, *fresh], samples.NOW, {})
    app.processEvents()
    assert rows.row_rect("m45").top() == before


def test_it_speaks_the_other_language(alarms: AlarmList) -> None:
    with english():
        row = alarms.rows()[3]
        assert row.title.endswith("(en)") and "Confirmed" in row.detail and "returned" in row.detail
    assert "已恢复" in alarms.rows()[3].detail


def test_the_wall_has_no_controls(alarms: AlarmList) -> None:
    alarms.set_wall(True)
    rows = alarms.focusProxy()
    assert rows.focusPolicy() == Qt.FocusPolicy.NoFocus
    assert rows.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
