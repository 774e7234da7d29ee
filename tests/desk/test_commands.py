"""The command line: what completes what is typed, and what each command does."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from console.desk.control import Controller
from console.desk.desk import Desk
from console.domain.assignment import Status
from console.domain.incident import Stage
from console.domain.intake import FieldReport
from console.domain.operation import TickTask
from tests.desk.parts import at_work, dispatched, open_incident, pack, press, raise_alarm, settle, until, write
from widgets.command_line import CommandLine
from widgets.lang import language


@pytest.fixture(scope="module")
def desk(app: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with at_work(tmp_path_factory.mktemp("desk")) as made:
        assert made.session is not None
        dispatched(made.session)  # I1
        open_incident(made.session, "rain_1h")  # I2
        yield made


def line(desk: Desk) -> CommandLine:
    return desk.window.top.command


def control(desk: Desk) -> Controller:
    assert desk.control is not None
    return desk.control


def offered(desk: Desk, typed: str) -> list[str]:
    """What is offered while `typed` is in the line."""
    line(desk).setFocus()
    line(desk).clear()
    write(line(desk), typed)
    return [row.insert for row in line(desk).offered()]


def enter(desk: Desk, typed: str) -> None:
    """Type it and press Enter, whatever is offered."""
    line(desk).setFocus()
    line(desk).setText(typed)
    press(line(desk), "Return")


def warned(desk: Desk) -> str:
    text = desk.window.banner.text()
    if desk.window.banner.button().isVisible():
        QTest.mouseClick(desk.window.banner.button(), Qt.MouseButton.LeftButton)
    return text


def test_a_desk_that_starts_offers_nothing_by_itself(desk: Desk) -> None:
    assert line(desk).offered() == []
    desk.window.activateWindow()
    settle(0.2)
    assert line(desk).offered() == []
    press(desk.window, "Ctrl+K")
    until(lambda: line(desk).offered(), "until it is asked")
    press(line(desk), "Escape")
    assert line(desk).offered() == []


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("lsq", "立沙桥水位"),
        ("lsqsw", "立沙桥水位"),
        ("立沙", "立沙桥水位"),
        ("I1", "I1"),
        ("i2", "I2"),
        ("xf1", "xf1"),
        ("XF1", "xf1"),
        ("ja", "close"),
        ("结案", "close"),
        ("wall", "wall"),
    ],
)
def test_a_name_a_code_or_its_initials_complete(desk: Desk, typed: str, found: str) -> None:
    assert found in offered(desk, typed)


def test_every_unit_camera_and_indicator_is_reached_by_its_initials(desk: Desk) -> None:
    from console.desk.commands import CommandSet
    from widgets.pinyin import initials

    commands = CommandSet(control(desk), desk.chrome._commands)
    named = [*pack().units.values(), *pack().cameras.values(), *pack().indicators.values()]
    for each in named:
        titles = [row.title for row in commands.complete(initials(each.name.zh))]
        assert each.name.zh in titles or len(titles) == 10, each.name.zh


def test_nothing_offered_means_nothing_done(desk: Desk) -> None:
    assert offered(desk, "zzzqqq") == []
    press(line(desk), "Return")
    until(lambda: "zzzqqq" in desk.window.banner.text(), "it says so")
    warned(desk)
    until(lambda: not desk.window.banner.isVisible(), "until it is read")


def test_an_offered_row_is_taken_with_the_keyboard(desk: Desk) -> None:
    assert offered(desk, "i2")[0] == "I2"
    press(line(desk), "Down")
    press(line(desk), "Return")
    assert line(desk).text() == "I2"
    press(line(desk), "Return")
    until(lambda: code(desk) == "I2", "I2 is open")


def code(desk: Desk) -> str:
    session, id = control(desk).session, control(desk).incident
    return session.state.incidents[id].code if id in session.state.incidents else ""


def test_an_incident_is_opened_by_its_code(desk: Desk) -> None:
    enter(desk, "i1")
    assert code(desk) == "I1"
    until(lambda: desk.window.docks["incident"].title().startswith("I1"), "the panel's title follows")
    enter(desk, "I2")
    assert code(desk) == "I2"
    until(lambda: desk.window.docks["incident"].title().startswith("I2"), "the panel's title follows")


def test_a_word_goes_into_the_log_of_the_open_incident(desk: Desk) -> None:
    enter(desk, "I1")
    enter(desk, "n 桥头 已封  two spaces")
    session = control(desk).session
    until(lambda: bool(session.state.entries[0].note.text), "it is written")
    newest = session.state.entries[0].note
    assert newest.text == "桥头 已封  two spaces"
    assert newest.incident == control(desk).incident


def test_a_units_status_is_said(desk: Desk) -> None:
    session = control(desk).session
    assignment = next(a for a in session.state.open_assignments() if a.unit)
    unit = pack().units[assignment.unit or ""]
    enter(desk, f"{unit.code or unit.name.zh} 出动")
    until(lambda: session.state.assignments[assignment.id].at(Status.EN_ROUTE), "出动")
    desk.chrome.switch_language()
    try:
        assert offered(desk, f"{unit.code} on sc") == [f"{unit.code} On scene"], "a word of two parts"
        enter(desk, f"{unit.code} on scene")
        until(lambda: session.state.assignments[assignment.id].status is Status.ON_SCENE, "到场")
    finally:
        desk.chrome.switch_language()
    assert f"{unit.code} 处置中" in offered(desk, f"{unit.code} czz"), "by its initials"
    enter(desk, f"{unit.code} czz")
    until(lambda: session.state.assignments[assignment.id].status is Status.WORKING, "处置中")
    idle = next(u for u in pack().units.values() if u.code and u.id not in session.state.assignments.doing())
    enter(desk, f"{idle.code} dc")
    until(lambda: f"D {idle.code}" in desk.window.banner.text(), "it is nowhere, and says what to type")
    warned(desk)
    enter(desk, f"{unit.code or unit.name.zh} 飞走")
    until(lambda: "飞走" in desk.window.banner.text(), "no such status")
    warned(desk)


def test_c_confirms_the_first_alarm(desk: Desk) -> None:
    session = control(desk).session
    alarm = raise_alarm(session, "congestion")
    enter(desk, "c")
    until(lambda: session.state.alarms[alarm].incident in session.state.incidents, "an incident opens")
    assert code(desk) == session.state.incidents[session.state.alarms[alarm].incident or ""].code
    enter(desk, "c")
    until(desk.window.banner.isVisible, "nothing waits: it says so")
    warned(desk)


def test_a_camera_and_an_indicator_are_shown_by_name(desk: Desk) -> None:
    camera = list(pack().cameras.values())[-1]
    enter(desk, camera.name.zh)
    assert desk.window.panels.video.cameras()[0].id == camera.id
    enter(desk, "PM2.5")
    assert control(desk).indicator == "pm25"


def test_no_key_means_two_things(desk: Desk) -> None:
    keys = [command.key for command in desk.chrome._commands() if command.key]
    assert len(set(keys)) == len(keys), sorted(key for key in keys if keys.count(key) > 1)
    on_window = [s.key().toString() for s in desk.window.findChildren(QShortcut) if s.parent() is desk.window]
    assert len(set(on_window)) == len(on_window), sorted(key for key in on_window if on_window.count(key) > 1)


def test_every_command_is_in_the_menu_with_its_key(desk: Desk) -> None:
    menu = desk.chrome._menu
    menu.fill()
    actions = {action.text() for group in menu.findChildren(QMenu) for action in group.actions()}
    keys = [command.key for command in desk.chrome._commands() if command.key]
    assert len(keys) == len(set(keys)), "no key does two things"
    shortcuts = {s.key().toString() for s in desk.window.findChildren(QShortcut)}
    for command in desk.chrome._commands():
        entry = f"{command.short or command.title}\t{command.key or command.panel_key}".rstrip("\t")
        assert (entry in actions) is (command.why_not() is not None), entry
        assert not command.key or command.key in shortcuts


def test_layouts_workspaces_and_full_screen(desk: Desk) -> None:
    for id, _, key in desk.window.workspaces():
        enter(desk, id)
        assert desk.window.workspace == id == desk.window.top.workspace()
        press(desk.window, "F1")
        until(lambda: desk.window.workspace == "dispatch", "F1")
        press(desk.window, key)
        until(lambda id=id: desk.window.workspace == id, key)
    enter(desk, "dispatch")
    enter(desk, "full")
    assert desk.window.isFullScreen()
    enter(desk, "full")
    assert not desk.window.isFullScreen()
    desk.window.docks["chart"].hide()
    enter(desk, "layout")
    assert desk.window.docks["chart"].isVisible()


def test_language_and_back(desk: Desk) -> None:
    for expected in ("en", "zh"):
        enter(desk, "language")
        until(lambda expected=expected: language() == expected, expected)
    press(desk.window, "Ctrl+L")
    until(lambda: language() == "en", "Ctrl+L")
    press(desk.window, "Ctrl+L")
    until(lambda: language() == "zh", "and back")


def test_note_goes_to_the_line(desk: Desk) -> None:
    enter(desk, "I1")
    settle(0.2)
    enter(desk, "note")
    focus, notes = QApplication.focusWidget(), desk.chrome.notes
    assert focus is not None and notes is not None
    assert notes.bar.isAncestorOf(focus)
    write(focus, "写了一半")
    assert [draft["text"] for draft in notes.bar.drafts()] == ["写了一半"]
    assert notes.bar.draft().incident == control(desk).incident
    focus.clear()  # type: ignore[attr-defined]
    press(focus, "Escape")
    press(desk.window, "Ctrl+K")
    until(lambda: QApplication.focusWidget() is line(desk), "Ctrl+K: back to the command line")


def test_slash_is_the_command_line_and_ctrl_f_narrows_the_list(desk: Desk) -> None:
    desk.window.go_to("incidents")
    focus = QApplication.focusWidget()
    assert focus is not None
    press(focus, "/")
    until(lambda: QApplication.focusWidget() is line(desk), "/ goes to the command line")
    write(line(desk), "a")
    press(line(desk), "/")
    assert line(desk).text() == "a/", "and is a letter in it"
    line(desk).clear()
    press(line(desk), "Ctrl+F")
    focus = QApplication.focusWidget()
    assert focus is not None
    assert desk.window.panels.incidents.isAncestorOf(focus)
    write(focus, "zzz")
    until(lambda: not desk.window.panels.incidents.rows(), "the list is narrowed")
    press(focus, "Escape")
    until(desk.window.panels.incidents.rows, "and whole again")


def test_check_and_close_go_by_the_rules(desk: Desk) -> None:
    session = control(desk).session
    enter(desk, "I1")
    id = control(desk).incident or ""
    enter(desk, "close")
    until(desk.window.banner.isVisible, "it is refused")
    assert "I1" in warned(desk)
    enter(desk, "check")
    until(desk.window.banner.isVisible, "so is a check while tasks are open")
    warned(desk)
    for assignment in session.state.assignments_of(id):
        session.take(FieldReport(assignment.id, Status.DONE, datetime.now(UTC)))
    for task in session.state.tasks_of(id):
        session.do(TickTask(task.id, True))
    until(lambda: session.state.incidents[id].stage is Stage.REPORTED_BACK, "reported back")
    enter(desk, "check")
    until(lambda: session.state.incidents[id].stage is Stage.CHECKED, "checked")
    enter(desk, "close")
    until(lambda: session.state.incidents[id].stage is Stage.CLOSED, "closed")
    until(lambda: desk.reports, "its report opens")
    report = desk.reports[0]
    until(lambda: report.loaded and report.pdf is not None, "page and PDF")
    assert report.pdf is not None
    assert report.pdf.read_bytes().startswith(b"%PDF")
    report.close()


def test_the_wall_opens_and_closes(desk: Desk) -> None:
    enter(desk, "wall")
    wall = desk.wall
    assert wall is not None
    settle(1.0)
    assert wall.poll() is None
    enter(desk, "wall")
    assert "Shift+F9" in warned(desk)
    control(desk).wallWanted.emit()
    settle(0.3)
    assert desk.wall is wall, "what puts something on the wall never closes it"
    assert wall.poll() is None
    enter(desk, "wall-close")
    assert wall.poll() is not None
    assert desk.wall is None
