"""The three lists in their window, over a real store: found, edited, struck off, sent round as a workbook."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu

from console.desk import i18n, lists_window
from console.desk.desk import Desk
from console.desk.lists_window import ListsWindow
from console.desk.session import Session
from console.domain.area import Grant, Right
from console.domain.duty import Limit
from console.domain.level import Level
from console.domain.lists import Listed, ListKind, Origin
from console.domain.worktime import Measure, Span
from console.sync.outbox import pending
from tests.desk.parts import delete, pack, press, session, settle, until, write
from widgets import style
from widgets.list_fields import ChoiceField, SetField, SpansField, TextField
from widgets.record_table import RecordTable
from widgets.theme import shipped

SHOTS = Path(__file__).parents[2] / "build" / "shots"


@pytest.fixture
def desk(app: QApplication, tmp_path: Path) -> Iterator[tuple[Session, ListsWindow]]:
    style.apply(app, shipped("desk"))
    i18n.speak("zh")
    with session(tmp_path) as made:
        window = ListsWindow(made, tmp_path)
        window.open_lists()
        until(window.isActiveWindow)
        yield made, window
        window.close()
        delete(window)


def go(window: ListsWindow, kind: ListKind, id: str) -> None:
    window.view.go_to(kind, id)
    settle(0.02)


def text(window: ListsWindow, key: str) -> TextField:
    field = window.view.form.fields[key]
    assert isinstance(field, TextField)
    return field


def retype(field: QLineEdit, words: str) -> None:
    field.setFocus()
    field.selectAll()
    field.del_()
    write(field, words)
    field.textEdited.emit(field.text())


def told(window: ListsWindow, words: str) -> None:
    """This is said beside a field."""
    until(lambda: any(words in said for said in window.view.form.told()), words)


def kept(made: Session, id: str) -> Listed:
    row = f"{made.pack.area}#{id}"
    until(lambda: row in made.state.listed, f"{id} is kept")
    return made.state.listed[row]


def test_all_lines_are_there_and_are_found_by_initials(desk: tuple[Session, ListsWindow]) -> None:
    _made, window = desk
    view = window.view
    assert [view.tabs.tabText(at) for at in range(3)] == [
        f"事项 {len(pack().matters)}", f"职责 {len(pack().duties)}", f"场景 {len(pack().cards)}",
    ]  # fmt: skip
    QTest.keyClick(view.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    until(view.filter.hasFocus)
    QTest.keyClicks(view.filter, "bllj")
    assert [row.id for row in view.table.rows()] == ["matter:garbage"]
    assert text(window, "name.zh").text() == "暴露垃圾"
    QTest.keyClick(view.filter, Qt.Key.Key_Escape)
    assert view.table.hasFocus() and len(view.table.rows()) == len(pack().matters)


def test_every_line_can_be_shown_and_says_the_same(desk: tuple[Session, ListsWindow]) -> None:
    """What the form gives back of a line that nobody touched is the line."""
    _made, window = desk
    view = window.view
    for kind in ListKind:
        view.go_to(kind)
        for row in view.table.rows()[::7]:
            view.table.select(row.id)
            view._show_line()
            view._typed()
            assert row.id not in view.drafts(), (row.id, view.form.value(), row.record)


def test_a_matter_is_changed_and_restored(desk: tuple[Session, ListsWindow]) -> None:
    made, window = desk
    view = window.view
    go(window, ListKind.MATTER, "matter:garbage")
    retype(text(window, "name.zh"), "垃圾暴露")
    level, stages = view.form.fields["level"], view.form.fields["stages"]
    assert isinstance(level, ChoiceField) and isinstance(stages, SetField)
    assert stages.box("filed").isChecked() and not stages.box("evaluated").isChecked()
    QTest.keyClick(stages.box("evaluated"), Qt.Key.Key_Space)
    assert "未保存" in view.head.words()
    press(text(window, "name.zh"), "Ctrl+S")
    line = kept(made, "matter:garbage").content
    assert line is not None and made.lists.matters["garbage"].name.zh == "垃圾暴露"
    assert made.lists.matters["garbage"].stages[-1].value == "evaluated"
    until(lambda: (row := view.selected()) is not None and row.origin is Origin.CHANGED)
    assert pending(made.store)["command"] == 1
    assert made.state.entries[0].note.phrase is not None and made.state.entries[0].note.phrase.code == "lists_changed"
    press(view.table, "Ctrl+R")
    until(lambda: made.lists.matters["garbage"] == pack().matters["garbage"])
    until(lambda: (row := view.selected()) is not None and row.origin is Origin.SHIPPED)


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(desk: tuple[Session, ListsWindow]) -> None:
    made, window = desk
    view = window.view
    go(window, ListKind.MATTER, "matter:fire")
    retype(text(window, "name.en"), "")
    retype(text(window, "national"), "B1")
    press(text(window, "national"), "Ctrl+S")
    told(window, "国标")
    assert len(view.form.told()) == 2
    assert made.state.listed == {} and text(window, "national").text() == "B1"
    go(window, ListKind.MATTER, "matter:smoke")
    view.go_to(ListKind.DUTY)
    go(window, ListKind.MATTER, "matter:fire")
    assert text(window, "national").text() == "B1"
    press(view.table, "Ctrl+Shift+U")
    assert text(window, "national").text() == "" and "matter:fire" not in view.drafts()


def test_limits_are_a_number_and_a_unit(desk: tuple[Session, ListsWindow]) -> None:
    made, window = desk
    go(window, ListKind.DUTY, "duty:garbage")
    limits = window.view.form.fields["limits"]
    assert isinstance(limits, SpansField)
    handle = limits.fields["handle"]
    assert (handle.amount.text(), handle.unit.currentText()) == ("480", "分钟")
    retype(handle.amount, "2")
    handle.unit.setFocus()
    QTest.keyClick(handle.unit, Qt.Key.Key_Down)
    QTest.keyClick(handle.unit, Qt.Key.Key_Down)
    assert handle.unit.currentText() == "工作日"
    press(handle.amount, "Ctrl+S")
    kept(made, "duty:garbage")
    duty = made.lists.duty("garbage", made.pack.area)
    assert duty is not None and duty.limit(Limit.HANDLE) == Span(2, Measure.WORK_DAYS)
    retype(handle.amount, "soon")
    press(handle.amount, "Ctrl+S")
    told(window, "读不懂")


def test_tasks_are_a_small_table(desk: tuple[Session, ListsWindow]) -> None:
    made, window = desk
    go(window, ListKind.CARD, "card:garbage")
    tasks = window.view.form.fields["tasks"]
    assert isinstance(tasks, RecordTable) and tasks.table.rowCount() == 1
    QTest.mouseClick(tasks.add, Qt.MouseButton.LeftButton)
    assert tasks.table.rowCount() == 2
    tasks.table.item(1, 0).setText("复查现场")
    tasks.table.item(1, 1).setText("Look again")
    tasks.table.item(1, 4).setText("2wh")
    tasks.table.item(1, 3).setCheckState(Qt.CheckState.Checked)
    press(tasks.table, "Ctrl+S")
    kept(made, "card:garbage")
    task = made.lists.cards["garbage"].tasks[1]
    assert (task.text.zh, task.gate, task.due) == ("复查现场", True, Span(2, Measure.WORK_HOURS))
    assert task.agency is None
    assert made.lists.cards["garbage"].tasks[0] == pack().cards["garbage"].tasks[0]


def test_a_line_is_made_by_copying_one(desk: tuple[Session, ListsWindow]) -> None:
    made, window = desk
    view = window.view
    go(window, ListKind.CARD, "card:fire")
    press(view.table, "Ctrl+D")
    assert view.head.words() == "未保存" and text(window, "id").hasFocus()
    press(text(window, "id"), "Ctrl+S")
    told(window, "编号")
    write(text(window, "id"), "fire")
    text(window, "id").textEdited.emit("fire")
    press(text(window, "id"), "Ctrl+S")
    told(window, "已有")
    retype(text(window, "id"), "fire_red")
    least = view.form.fields["when.least"]
    assert isinstance(least, ChoiceField)
    least.set_value("red")
    least.changed.emit()
    press(text(window, "id"), "Ctrl+S")
    kept(made, "card:fire_red")
    assert made.lists.cards["fire_red"] == replace(pack().cards["fire"], id="fire_red", least=Level.RED)
    until(lambda: (row := view.selected()) is not None and row.id == "card:fire_red")
    assert view.selected().origin is Origin.ADDED  # type: ignore[union-attr]
    press(view.table, "Ctrl+Shift+X")
    until(lambda: "fire_red" not in made.lists.cards)


def test_a_line_is_struck_off_and_comes_back(desk: tuple[Session, ListsWindow]) -> None:
    made, window = desk
    view = window.view
    go(window, ListKind.MATTER, "matter:leaflets")
    press(view.table, "Ctrl+Shift+X")
    until(lambda: "leaflets" not in made.lists.matters)
    until(lambda: (row := view.selected()) is not None and row.origin is Origin.STRUCK)
    assert not text(window, "name.zh").isEnabled() and not view.strike.isEnabled()
    assert made.matter("leaflets").name.zh == "街头散发广告"  # incidents of it go on
    press(view.table, "Ctrl+R")
    until(lambda: "leaflets" in made.lists.matters)


def test_who_does_not_command_the_centre_only_looks(app: QApplication, tmp_path: Path) -> None:
    with session(tmp_path) as made:
        made.user = replace(made.user, grants=(Grant(Right.COMMAND, "dongguan/houjie/hj_south/tingshan"),))
        window = ListsWindow(made, tmp_path)
        window.open_lists()
        view = window.view
        assert "厚街镇" in view.note.words()
        for button in (view.save, view.fresh, view.copy, view.strike, view.restore, view.take_in):
            assert not button.isEnabled() and "厚街镇" in button.toolTip()
        assert view.write_out.isEnabled() and not view.form.fields["name.zh"].isEnabled()
        view.struck.emit("matter:fire")
        settle(0.05)
        assert made.state.listed == {}
        window.close()
        delete(window)


def test_a_workbook_goes_out_is_worked_in_and_comes_back(desk: tuple[Session, ListsWindow], tmp_path: Path) -> None:
    made, window = desk
    file = tmp_path / "三张清单.xlsx"
    window.export_to(file)
    until(lambda: "已导出" in window.view.note.words())
    book = load_workbook(file)
    sheet: Any = book["事项 Matter"]
    rows = {sheet.cell(row, 1).value: row for row in range(2, sheet.max_row + 1)}
    sheet.cell(rows["garbage"], 5).value = "暴露的垃圾"
    sheet.cell(rows["spill"], 7).value = "plaid"
    book.save(file)
    window.import_from(file)
    until(lambda: window.preview is not None and window.preview.isVisible())
    preview = window.preview
    assert preview is not None
    first, second = preview.list.rows()
    assert first.right == "未收" and "plaid" in first.alert and second.title == "暴露的垃圾"
    assert preview.accept_button.text() == "导入 1 行"
    assert made.state.listed == {}  # not yet
    SHOTS.mkdir(parents=True, exist_ok=True)
    settle(0.1)
    preview.grab().save(str(SHOTS / "lists-preview.png"))
    press(preview.list, "Ctrl+Return")
    kept(made, "matter:garbage")
    assert made.lists.matters["garbage"].name.zh == "暴露的垃圾"
    until(lambda: "未收的 1 行" in window.view.note.words())
    assert (tmp_path / "三张清单-未收.xlsx").exists()
    window.import_from(tmp_path / "nothing.xlsx")
    until(lambda: "读不了" in window.view.note.words())


def test_proposals_follow_the_lists(desk: tuple[Session, ListsWindow]) -> None:
    from tests.desk.parts import open_incident

    made, window = desk
    incident = open_incident(made)
    assert made.proposals[incident].lead == "water"
    go(window, ListKind.DUTY, "duty:river_level")
    lead = window.view.form.fields["lead"]
    assert isinstance(lead, ChoiceField)
    lead.set_value("urban")
    lead.changed.emit()
    press(lead, "Ctrl+S")
    until(lambda: made.proposals[incident].lead == "urban")


def test_years_without_a_calendar_are_said(desk: tuple[Session, ListsWindow], monkeypatch: pytest.MonkeyPatch) -> None:
    _made, window = desk
    monkeypatch.setattr(lists_window, "unknown_years", lambda years: [2031])
    window._refresh()
    assert "2031 年" in window.view.note.words()


def test_it_opens_by_key_by_menu_and_by_word(shared: Desk) -> None:
    shared.window.setFocus()
    press(shared.window, "Ctrl+Shift+L")
    until(lambda: shared.chrome.lists is not None and shared.chrome.lists.isVisible(), "the lists")
    lists = shared.chrome.lists
    assert lists is not None
    until(lists.isActiveWindow, "it has the keyboard")
    press(lists.view.table, "Ctrl+Shift+L")
    until(lambda: not lists.isVisible(), "closed again")
    line = shared.window.top.command
    for word in ("清单", "lists"):
        line.entered.emit(word)
        until(lists.isVisible, word)
        lists.close()
    groups = shared.chrome._menu.findChildren(QMenu)
    assert any(action.text().startswith("清单") for group in groups for action in group.actions())


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_it_fits(desk: tuple[Session, ListsWindow], size: tuple[int, int], lang: Any) -> None:
    _made, window = desk
    i18n.speak(lang)
    window.resize(*size)
    SHOTS.mkdir(parents=True, exist_ok=True)
    for kind, id in ((ListKind.MATTER, "matter:hazchem"), (ListKind.DUTY, "duty:fire"), (ListKind.CARD, "card:fire")):
        go(window, kind, id)
        settle(0.1)
        window.grab().save(str(SHOTS / f"lists-{kind.value}-{lang}-{size[0]}.png"))
        view = window.view
        for button in (view.save, view.let_go, view.copy, view.strike, view.restore, view.take_in, view.write_out):
            assert window.rect().contains(button.rect().translated(button.mapTo(window, button.rect().topLeft())))
        for key, field in view.form.fields.items():
            assert field.accessibleName(), key
            assert field.width() <= view.form.viewport().width()
    i18n.speak("zh")
