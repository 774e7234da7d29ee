"""Two said different things: both stay on show, side by side, until one key takes one of them."""

from dataclasses import replace

import pytest
from english import translated
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from widgets import samples
from widgets.conflict_card import ConflictCard, ConflictRow, ConflictStack, Counts
from widgets.incident_board import IncidentBoard, IncidentRow
from widgets.incident_head import CasualtyLine, HeadLine
from widgets.incident_panel import IncidentPanel


@pytest.fixture
def stack(app: QApplication) -> ConflictStack:
    made = ConflictStack()
    made.resize(420, 900)
    made.show_conflicts(samples.conflicts())
    app.processEvents()
    made.activateWindow()
    return made


def card(stack: ConflictStack, id: str) -> ConflictCard:
    return next(each for each in stack.cards() if each.row.conflict.id == id)


def test_both_values_say_who_when_and_where(stack: ConflictStack) -> None:
    texts = card(stack, "c1").texts()
    assert texts[:3] == ["先到 · 14:23:07", "立沙桥", "李值班员 · 厚街镇指挥中心"]
    assert texts[4:7] == ["后到 · 14:24:43", "立沙桥下游 300 米泵站", "陈网格长 · 珊美社区"]
    assert card(stack, "c3").accessibleName() == "待裁定 消防 1 车 被派往两处"
    assert card(stack, "c3").texts()[1::4] == ["I33 多车相撞", "I34 河道水位超警"]
    assert card(stack, "c4").texts()[1::4] == ["橙色", "红色"]


def test_a_centre_without_a_name_is_said_by_its_path(app: QApplication) -> None:
    row = ConflictRow(samples.CONFLICTS[0], (samples.TOWN, None))
    assert ConflictCard(row).texts()[6] == "陈网格长 · dongguan/houjie/shanmei"


def test_counts_mark_what_differs(stack: ConflictStack) -> None:
    counts = card(stack, "c2").findChildren(Counts)
    assert counts[0].lines() == [("亡", "0", "≠"), ("伤", "3", "≠"), ("失联", "0", ""), ("被困", "2", "")]
    assert counts[1].lines()[0] == ("亡", "1", "≠")


def test_the_grave_ones_come_first_and_only_they_are_to_be_decided(stack: ConflictStack) -> None:
    assert [each.row.conflict.id for each in stack.cards()] == ["c1", "c2", "c3", "c4", "c5"]
    stack.show_conflicts(tuple(reversed(samples.conflicts())))
    assert stack.cards()[-1].row.conflict.id == "c5"
    assert card(stack, "c5").accessibleName() == "分歧 标题"


def test_what_another_centre_decides_is_only_shown(stack: ConflictStack, app: QApplication) -> None:
    heard: list[tuple[str, str]] = []
    looked: list[str] = []
    stack.taken.connect(lambda id, side: heard.append((id, side)))
    stack.placesWanted.connect(looked.append)
    stack.show_conflicts([replace(row, decided_by=samples.TOWN) for row in samples.conflicts()])
    app.processEvents()
    first = card(stack, "c1")
    assert not first.button("kept").isVisible() and not first.button("other").isVisible()
    assert first.texts()[3] == "由厚街镇指挥中心裁定"
    stack.decide()
    assert first.hasFocus()
    for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_Right, Qt.Key.Key_3):
        QTest.keyClick(first, key)
    assert heard == [] and looked == ["c1"]


def test_a_key_takes_the_value_of_the_card_that_has_the_keyboard(stack: ConflictStack) -> None:
    heard: list[tuple[str, str]] = []
    looked: list[str] = []
    stack.taken.connect(lambda id, side: heard.append((id, side)))
    stack.placesWanted.connect(looked.append)
    stack.decide()
    stack.decide()
    focus = stack.focusWidget()
    assert focus is card(stack, "c2").button("kept")
    QTest.keyClick(focus, Qt.Key.Key_2)
    assert heard == [("c2", "other")]
    QTest.keyClick(focus, Qt.Key.Key_3)
    assert looked == []  # a count is nowhere on the map
    QTest.keyClick(focus, Qt.Key.Key_Right)
    assert card(stack, "c2").button("other").hasFocus()
    first = card(stack, "c1").button("kept")
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_3)
    QTest.mouseClick(first, Qt.MouseButton.LeftButton)
    assert looked == ["c1"] and heard[-1] == ("c1", "kept")


def test_a_settled_one_goes_and_the_others_stay_as_they_are(stack: ConflictStack) -> None:
    second = card(stack, "c2")
    second.button("other").setFocus()
    rows = samples.conflicts()
    settled = replace(rows[0], conflict=replace(rows[0].conflict, settled_at=samples.NOW))
    stack.show_conflicts((settled, *rows[1:]))
    assert [each.row.conflict.id for each in stack.cards()] == ["c2", "c3", "c4", "c5"]
    assert stack.cards()[0] is second and second.button("other").hasFocus()
    stack.show_conflicts(())
    assert stack.isHidden()


def test_a_row_of_the_board_says_that_it_is_undecided(app: QApplication) -> None:
    board = IncidentBoard()
    rows = [IncidentRow(each, (), (), each.number == 31) for each in samples.INCIDENTS]
    board.show_incidents(rows, samples.NOW)
    board.resize(320, 400)
    board.grab()
    shown = {row.id: row for row in board.rows()}
    assert shown["i31"].undecided == "待裁定" and "待裁定" in shown["i31"].spoken
    assert shown["i33"].undecided == ""


def test_the_panel_shows_the_mark_the_count_and_the_cards(app: QApplication) -> None:
    panel = IncidentPanel()
    panel.resize(440, 900)
    panel.show_incident(samples.disputed(), samples.NOW)
    panel.show()
    panel.activateWindow()
    app.processEvents()
    head, hurt = panel.findChild(HeadLine), panel.findChild(CasualtyLine)
    assert isinstance(head, HeadLine) and isinstance(hurt, CasualtyLine)
    assert head.accessibleName().endswith("待裁定")
    assert hurt.isVisible() and hurt.words() == ("伤亡", "亡 1 伤 3 失联 0 被困 2", "待裁定")
    heard: list[tuple[str, str]] = []
    panel.conflictTaken.connect(lambda id, side: heard.append((id, side)))
    panel.setFocus()
    QTest.keyClick(panel, Qt.Key.Key_1)
    assert heard == []  # of several, which is meant is to be seen first
    focus = QApplication.focusWidget()
    assert isinstance(focus, QWidget)
    QTest.keyClick(focus, Qt.Key.Key_1)
    assert heard == [("c1", "kept")]
    panel.show_incident(samples.detail(), samples.NOW)
    assert not hurt.isVisible() and "待裁定" not in head.accessibleName()


def test_it_speaks_the_other_language(stack: ConflictStack) -> None:
    with translated():
        texts = card(stack, "c1").texts()
        assert texts[:3] == ["First · 14:23:07", "Lisha bridge", "Duty officer Li · Houjie Centre"]
        assert card(stack, "c3").accessibleName() == "Undecided Fire 1 sent to two incidents"
        assert card(stack, "c2").findChildren(Counts)[0].lines()[0] == ("Dead", "0", "≠")
    assert card(stack, "c1").texts()[0] == "先到 · 14:23:07"
