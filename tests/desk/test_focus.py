"""Where the keyboard is on a desk, and that a printed key acts wherever it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from console.desk.desk import Desk
from console.desk.keys import keys_now
from tests.desk.parts import at_work, press, raise_alarm, settle, stand_by, until, write
from widgets.keys_sheet import KeysSheet
from widgets.note_line import NoteLine


@pytest.fixture
def desk(app: object, tmp_path: Path) -> Iterator[Desk]:
    with at_work(tmp_path) as desk:
        assert desk.session is not None
        until(lambda: desk.session.roads_known, "the roads")
        yield desk


def focus() -> QWidget:
    """Where a key goes."""
    found = QApplication.focusWidget()
    assert found is not None, "the keyboard is nowhere"
    return found


def panel(desk: Desk) -> str:
    """The panel that has the keyboard."""
    return next((name for name, dock in desk.window.docks.items() if dock.isAncestorOf(focus())), "")


def sent(desk: Desk) -> set[str]:
    return {a.incident for a in desk.session.state.open_assignments()}


def alarmed(desk: Desk, indicator: str = "lisha_level") -> str:
    stand_by(desk.session)
    alarm = raise_alarm(desk.session, indicator)
    until(lambda: desk.window.panels.alarms.selected_id() == alarm, "the alarm is selected")
    return alarm


def test_from_the_start_two_keys_dispatch(desk: Desk) -> None:
    assert panel(desk) == "alarms", "nothing waits: where it will come"
    alarm = alarmed(desk)
    press(focus(), "C")
    until(lambda: panel(desk) == "incident", "the keyboard goes to the incident")
    until(lambda: desk.window.panels.incident.proposal() is not None, "the proposal is shown")
    press(focus(), "Return")
    until(lambda: sent(desk) == {desk.session.state.alarms[alarm].incident}, "units are sent")


@pytest.mark.parametrize("place", ["alarms", "incidents", "units", "map", "video", "indicators", "chart"])
def test_printed_keys_act_from_every_panel(desk: Desk, place: str) -> None:
    alarmed(desk)
    press(focus(), "C")
    until(lambda: desk.window.panels.incident.proposal() is not None, "the proposal is shown")
    desk.window.go_to(place)
    assert panel(desk) == place
    press(focus(), "Return")
    until(lambda: sent(desk), f"Enter dispatches from {place}")
    desk.window.go_to(place)
    press(focus(), "N")
    until(lambda: isinstance(focus(), NoteLine), "N goes to the note line")
    press(focus(), "Escape")
    assert panel(desk) == place, "Esc gives the keyboard back"


def test_a_note_gives_the_keyboard_back(desk: Desk) -> None:
    alarmed(desk)
    press(focus(), "C")
    until(lambda: desk.window.panels.incident.proposal() is not None, "the proposal is shown")
    desk.window.go_to("incidents")
    press(focus(), "N")
    write(focus(), "a c k")
    press(focus(), "Return")
    until(lambda: any(e.note.text == "a c k" for e in desk.session.state.entries), "it is written")
    assert panel(desk) == "incidents" and not sent(desk)


def test_esc_goes_one_step_back(desk: Desk) -> None:
    alarmed(desk)
    press(focus(), "C")
    until(lambda: panel(desk) == "incident", "the incident")
    for place in ("incidents", "alarms", "alarms"):
        press(focus(), "Escape")
        assert panel(desk) == place


@pytest.mark.parametrize("keys", [("F5", "Escape"), ("F2", "F1"), ("Ctrl+K", "Escape", "Escape"), ("Ctrl+F", "Escape")])
def test_the_keyboard_is_never_nowhere(desk: Desk, keys: tuple[str, ...]) -> None:
    desk.window.go_to("incidents")
    for key in keys:
        press(focus(), key)
        settle(0.1)
    assert panel(desk) == "incidents"


def test_what_is_not_understood_stays_to_be_put_right(desk: Desk) -> None:
    line = desk.window.top.command
    press(focus(), "Ctrl+K")
    write(line, "zzz")
    press(line, "Return")
    assert focus() is line and line.text() == "zzz"


def test_a_new_alarm_does_not_take_the_place_of_the_one_looked_at(desk: Desk) -> None:
    first = alarmed(desk)
    second = raise_alarm(desk.session, "rain_1h")
    settle(0.4)
    assert desk.window.panels.alarms.selected_id() == first
    press(focus(), "C")
    until(lambda: desk.session.state.alarms[first].incident, "the one that is marked is confirmed")
    assert desk.session.state.alarms[second].incident is None


def test_an_alarm_that_waits_is_marked_after_a_restart_and_after_another_was_decided(
    app: object, tmp_path: Path
) -> None:
    with at_work(tmp_path) as desk:
        first, second = raise_alarm(desk.session), raise_alarm(desk.session, "rain_1h")
        settle(0.3)
    with at_work(tmp_path) as desk:
        alarms = desk.window.panels.alarms
        until(lambda: alarms.selected_id() in (first, second), "one of them is marked")
        marked = alarms.selected_id()
        press(focus(), "C")
        until(lambda: desk.session.state.alarms[marked].incident, "its key works")
        until(lambda: alarms.selected_id() == ({first, second} - {marked}).pop(), "then the other is marked")


def test_a_new_alarm_comes_to_the_front_and_leaves_the_keyboard(desk: Desk) -> None:
    window = desk.window
    window.tabifyDockWidget(window.docks["alarms"], window.docks["incidents"])
    window.docks["incidents"].raise_()
    window.go_to("incidents")
    settle(0.1)
    alarm = raise_alarm(desk.session)
    until(lambda: not window.docks["alarms"].visibleRegion().isEmpty(), "it is seen")
    until(lambda: window.panels.alarms.selected_id() == alarm, "and selected")
    press(focus(), "C")
    until(lambda: desk.session.state.alarms[alarm].incident, "and its key works")


def test_nothing_acts_on_an_incident_that_is_not_on_screen(desk: Desk) -> None:
    alarmed(desk)
    press(focus(), "C")
    until(lambda: desk.window.panels.incident.proposal() is not None, "the proposal is shown")
    desk.window.docks["incident"].hide()
    desk.window.go_to("alarms")
    for key in ("Return", "A", "W", "X", "N"):
        press(focus(), key)
    settle(0.3)
    assert not sent(desk) and panel(desk) == "alarms" and desk.wall is None


def test_no_two_keys_in_sight_mean_two_things(desk: Desk) -> None:
    alarmed(desk)
    press(focus(), "C")
    until(lambda: desk.window.panels.incident.proposal() is not None, "the proposal is shown")
    desk.window.docks["work"].show()
    settle(0.2)
    keys = [row.key for group in keys_now(desk.window, desk.chrome._commands()) for row in group.rows]
    assert len(keys) > 40 and sorted(keys) == sorted(set(keys))


def test_the_keys_of_the_moment_are_shown(desk: Desk) -> None:
    alarmed(desk)
    press(focus(), "C")
    until(lambda: desk.window.panels.incident.proposal() is not None, "the proposal is shown")
    press(focus(), "?")
    (sheet,) = desk.window.findChildren(KeysSheet)
    until(sheet.isVisible, "the sheet")
    assert sheet.words()["↵"] == "采纳方案" and sheet.words()["C"] == "确认"
    press(sheet, "Escape")
    until(lambda: not sheet.isVisible(), "closed")


def test_a_key_printed_on_a_floating_panel_acts_from_the_window(desk: Desk) -> None:
    alarmed(desk)
    press(focus(), "C")
    until(lambda: desk.window.panels.incident.proposal() is not None, "the proposal is shown")
    desk.window.docks["incident"].setFloating(True)
    settle(0.2)
    desk.window.activateWindow()
    desk.window.go_to("incidents")
    press(focus(), "Return")
    until(lambda: sent(desk), "it is accepted")
