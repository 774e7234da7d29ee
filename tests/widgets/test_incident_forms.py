"""Putting an incident right, counting the hurt, and its files: what is typed is told once, with what was seen."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import pytest
from english import translated
from PySide6.QtCore import Qt, QTime
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QTimeEdit, QWidget

from console.domain.conflict import Casualties, Location, Subject
from console.domain.level import Level
from console.domain.merging import Edit
from console.domain.place import Point
from console.domain.words import Label
from widgets import samples
from widgets.attachment_list import AttachmentList, FileState, size_word
from widgets.casualty_form import CasualtyForm
from widgets.form_block import ChoiceBox
from widgets.incident_edit import IncidentEdit
from widgets.incident_panel import IncidentPanel
from widgets.notices import clock_notice, scope_notice

ELSEWHERE = Point(113.68, 22.95)


@pytest.fixture
def panel(app: QApplication) -> IncidentPanel:
    numbers = count(1)
    made = IncidentPanel(new_id=lambda: f"n{next(numbers)}")
    made.resize(440, 900)
    made.show_incident(samples.detail(), samples.NOW)
    made.show()
    made.activateWindow()
    made.setFocus()
    app.processEvents()
    return made


def editor(panel: IncidentPanel) -> tuple[IncidentEdit, QLineEdit, QLineEdit, ChoiceBox]:
    form = panel.findChild(IncidentEdit)
    assert isinstance(form, IncidentEdit)
    title, place = (line for line in form.findChildren(QLineEdit) if line.accessibleName() in ("标题", "地点"))
    level = form.findChild(ChoiceBox)
    assert isinstance(level, ChoiceBox)
    return form, title, place, level


def edits(panel: IncidentPanel) -> list[tuple[str, list[Edit]]]:
    found: list[tuple[str, list[Edit]]] = []
    panel.edited.connect(lambda id, told: found.append((id, told)))
    return found


def test_an_edit_says_what_was_seen_and_what_was_typed(panel: IncidentPanel) -> None:
    found = edits(panel)
    QTest.keyClick(panel, Qt.Key.Key_E)
    form, title, _, level = editor(panel)
    assert form.isVisible() and title.hasFocus() and title.text() == "河道水位超警"
    assert not form.save.isEnabled()
    QTest.keyClicks(title, "AWK")  # typed over; letters are words here
    level.setFocus()
    QTest.keyClick(level, Qt.Key.Key_Down)
    # Meanwhile someone else changes the title: what was seen stays what was seen.
    theirs = replace(samples.INCIDENTS[0], title=Label("漫堤", "Over the bank"))
    panel.show_incident(replace(samples.detail(), incident=theirs), samples.NOW + timedelta(seconds=1))
    assert title.text() == "AWK"
    QTest.keyClick(level, Qt.Key.Key_Return)
    (incident, told) = found[0]
    assert incident == "i34" and not form.isVisible()
    assert [(each.subject, each.base, each.value) for each in told] == [
        (Subject.TITLE, samples.INCIDENTS[0].title, Label("AWK", "AWK")),
        (Subject.LEVEL, Level.ORANGE, Level.RED),
    ]
    assert len({each.id for each in told}) == 2 and all(each.id.startswith("n") for each in told)


def test_a_place_is_its_name_and_its_position(panel: IncidentPanel) -> None:
    found = edits(panel)
    picks: list[bool] = []
    panel.pickRequested.connect(lambda: picks.append(True))
    panel.edit()
    form, _, place, _ = editor(panel)
    form._pick.click()
    assert picks == [True]
    panel.set_position(ELSEWHERE)
    assert any("113.68000, 22.95000" in label.text() for label in form.findChildren(QLabel))
    QTest.keyClick(place, Qt.Key.Key_Return)
    here = samples.INCIDENTS[0]
    value = Location(here.place, ELSEWHERE)
    assert [(e.subject, e.base, e.value) for e in found[0][1]] == [
        (Subject.LOCATION, Location(here.place, here.at), value)
    ]


def test_nothing_changed_or_escaped_tells_nothing(panel: IncidentPanel) -> None:
    found = edits(panel)
    panel.edit()
    form, title, _, _ = editor(panel)
    QTest.keyClick(title, Qt.Key.Key_Return)
    assert found == [] and form.isVisible()  # there is nothing to save
    QTest.keyClicks(title, "x")
    QTest.keyClick(title, Qt.Key.Key_Escape)
    assert found == [] and not form.isVisible()
    panel.edit()
    assert title.text() == "河道水位超警"
    title.clear()
    QTest.keyClick(title, Qt.Key.Key_Return)
    assert found == []  # an incident has a title


def test_an_edit_left_half_done_is_found_so_again(panel: IncidentPanel) -> None:
    panel.edit()
    form, title, _, _ = editor(panel)
    QTest.keyClicks(title, "half")
    other = replace(samples.detail(), incident=samples.INCIDENTS[1], tasks=())
    panel.show_incident(other, samples.NOW)
    assert not form.isVisible() and form.editing() is None
    panel.show_incident(samples.detail(), samples.NOW)
    assert form.isVisible() and title.text() == "half"
    with translated():
        assert title.text() == "half" and form.save.text() == "Save"


def test_casualties_are_counted_from_what_is_shown(panel: IncidentPanel) -> None:
    found: list[tuple[str, Casualties, datetime]] = []
    panel.casualtiesReported.connect(lambda id, counted, at: found.append((id, counted, at)))
    panel.show_incident(samples.disputed(), samples.NOW)
    QTest.keyClick(panel, Qt.Key.Key_U)
    form = panel.findChild(CasualtyForm)
    assert isinstance(form, CasualtyForm) and form.isVisible()
    assert form.count() == Casualties(1, 3, 0, 2)
    dead, hurt, _, trapped = form.boxes()
    assert dead.hasFocus() and dead.accessibleName() == "亡"
    QTest.keyClicks(dead, "2")
    hurt.setFocus()
    hurt.selectAll()
    QTest.keyClicks(hurt, "5")
    QTest.keyClick(trapped, Qt.Key.Key_Return)
    assert found == [("i34", Casualties(2, 5, 0, 2), samples.NOW)]
    assert not form.isVisible()


def test_a_time_later_than_now_was_yesterday(app: QApplication) -> None:
    form = CasualtyForm()
    form.open("i34", None, samples.NOW)
    time = form.findChild(QTimeEdit)
    assert isinstance(time, QTimeEdit)
    time.setTime(QTime(14, 10))
    assert form.occurred_at() == samples.NOW.replace(minute=10, second=0)
    time.setTime(QTime(23, 50))
    assert form.occurred_at() == samples.NOW.replace(day=13, hour=23, minute=50, second=0)


def test_files_say_what_they_are_and_open(panel: IncidentPanel) -> None:
    asked: list[str] = []
    panel.attachRequested.connect(lambda: asked.append("attach"))
    panel.attachmentOpened.connect(asked.append)
    QTest.keyClick(panel, Qt.Key.Key_T)
    panel.show_incident(samples.disputed(), samples.NOW)
    shown = panel.findChild(AttachmentList)
    assert isinstance(shown, AttachmentList)
    first, second = shown.files()
    assert first.accessibleName() == "立沙桥上游.jpg · 李值班员 · 2.3 MB · 等待上传"
    assert second.accessibleName().endswith("可下载")
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Space)
    assert asked == ["attach", "f1"]
    rows = samples.files()
    shown.show_files((replace(rows[0], state=FileState.SENT), rows[1]))
    again: QWidget = shown.files()[0]
    assert again.accessibleName().endswith("已上传") and again.hasFocus()


@pytest.mark.parametrize(
    ("count", "word"),
    [(0, "0 B"), (999, "999 B"), (1_200, "1.2 KB"), (48_200_000, "48.2 MB"), (5_000_000_000, "5.0 GB")],
)
def test_sizes_are_read_by_people(count: int, word: str) -> None:
    assert size_word(count) == word


def test_the_banner_says_how_far_the_clock_is_off(app: QApplication) -> None:
    assert clock_notice(timedelta(minutes=2)) == "" and clock_notice(timedelta(minutes=-2)) == ""
    assert clock_notice(timedelta(seconds=-192)).startswith("本机时钟比平台慢 3 分 12 秒")
    assert "快 1 小时 5 分" in clock_notice(timedelta(hours=1, minutes=5))
    assert scope_notice(1204) == "您的范围已改变,1,204 条记录已移出本台。"
    with translated():
        assert "3 min 12 s behind" in clock_notice(timedelta(seconds=-192))
