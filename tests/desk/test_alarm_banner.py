"""An alarm is never hidden: it is heard, its panel comes to the front, and every window says it until it is decided."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from console.desk.desk import Desk
from console.desk.plan import Options
from console.desk.session import utc_now
from console.desk.wall import Face
from console.domain.alarm import AlarmState
from console.sync.client import Link
from tests.desk.parts import at_work, press, raise_alarm, read, running, settle, until
from widgets.banner import Banner

SHOTS = Path(__file__).resolve().parents[2] / "build" / "shots" / "desk"
RED = 3.95  # of the river


@pytest.fixture
def desk(app: object, tmp_path: Path) -> Iterator[Desk]:
    with at_work(tmp_path) as made:
        yield made


@pytest.fixture
def rings(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    heard: list[bool] = []
    monkeypatch.setattr(desk, "ring", lambda: heard.append(True))
    return heard


def banner(window: QWidget) -> str:
    """What the loud banner of a window says, while it is to be seen."""
    found = [b for b in window.findChildren(Banner) if b._loud and b.window() is window and b.isVisible()]
    return found[0].text() if found else ""


def shoot(window: QWidget, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    window.grab().save(str(SHOTS / f"alarm-{name}.png"))


def test_a_red_alarm_is_said_in_every_workspace_until_it_is_decided(desk: Desk, rings: list[bool]) -> None:
    assert desk.session is not None
    alarm = raise_alarm(desk.session, value=RED)
    until(lambda: "红色告警未确认" in banner(desk.window), "it is said")
    assert rings == [True]
    for key in ("F2", "F3", "F4", "F1"):
        press(desk.window, key)
        settle(0.1)
        assert "红色告警未确认" in banner(desk.window), key
        shoot(desk.window, key)
    until(lambda: desk.window.panels.alarms.selected_id() == alarm, "it is marked")
    press(desk.window, "C")
    until(lambda: desk.session and desk.session.state.alarms[alarm].state is AlarmState.CONFIRMED, "it is decided")
    until(lambda: not banner(desk.window), "and said no more")


def test_one_whose_panel_is_closed_is_raised_and_said_when_it_is_closed_again(desk: Desk, rings: list[bool]) -> None:
    assert desk.session is not None
    desk.window.go_to("work")  # before the alarms
    assert not desk.window.alarms_in_sight()
    raise_alarm(desk.session)
    until(desk.window.alarms_in_sight, "its panel is raised")
    until(lambda: not banner(desk.window), "which says it")
    desk.window.go_to("work")
    until(lambda: "黄色告警未确认" in banner(desk.window), "what lies before it does not hide it")
    press(desk.window, "Ctrl+Shift+A")
    until(desk.window.alarms_in_sight, "its key brings it back")
    assert rings == [True]


def test_it_is_said_in_the_window_before_the_desk_and_its_key_leads_back(desk: Desk) -> None:
    assert desk.session is not None
    desk.chrome.open_settings()
    for key in ("F7", "F6", "Ctrl+Shift+L"):
        press(desk.window, key)
    others = [desk.chrome.log, desk.chrome.inbox, desk.chrome.lists, desk.chrome.settings]
    until(lambda: all(window and window.isVisible() for window in others), "all are open")
    alarm = raise_alarm(desk.session)
    for window in others:
        assert window is not None
        until(lambda window=window: "黄色告警未确认" in banner(window), f"{window.windowTitle()} says it")
    log = desk.chrome.log
    assert log is not None
    shoot(log, "log")
    log.activateWindow()
    until(log.isActiveWindow, "the log is in front")
    press(log, "Ctrl+Shift+A")
    until(desk.window.isActiveWindow, "the desk is in front")
    focus = QApplication.focusWidget()
    assert focus is not None and desk.window.panels.alarms.isAncestorOf(focus)
    until(lambda: desk.window.panels.alarms.selected_id() == alarm, "it is marked")
    press(focus, "C")
    until(lambda: desk.session and desk.session.state.alarms[alarm].state is AlarmState.CONFIRMED, "it is decided")
    until(lambda: not any(banner(window) for window in others if window), "and said nowhere")


def test_a_filtered_alarm_that_turns_red_is_heard_again(desk: Desk, rings: list[bool]) -> None:
    session = desk.session
    assert session is not None and desk.control is not None
    alarm = raise_alarm(session)
    until(lambda: rings == [True], "it is heard")
    desk.control.filter(alarm, "false")
    until(lambda: session.state.alarms[alarm].state is AlarmState.FILTERED, "it is filtered")
    read(session, RED)
    until(lambda: session.state.alarms[alarm].state is AlarmState.UNACKNOWLEDGED, "it waits again")
    until(lambda: "红色告警未确认" in banner(desk.window) and rings == [True, True], "and is heard")


def test_what_is_real_breaks_into_a_drill(app: object, tmp_path: Path) -> None:
    with at_work(tmp_path) as live:
        assert live.session is not None
        raise_alarm(live.session, value=RED)
        exercise = Options(data=tmp_path, language="zh", drill=True, scenario="typhoon-flood", speed=0.0)
        with running(exercise) as drill:
            until(lambda: drill.link is not None and drill.link.client.state.link is Link.ONLINE, "its platform")
            until(lambda: banner(drill.window).startswith("实战!红色告警未确认"), "it is said in the drill")
            shoot(drill.window, "drill")
            assert drill.session is not None
            real = {alarm.id for alarm in drill.session.state.alarms.values() if alarm.value == RED}
            assert not real, "and is none of the drill's own"


def test_the_wall_says_it_too(desk: Desk) -> None:
    assert desk.session is not None
    face = Face(desk.session, lambda: "")
    face.show()
    face.show_header(utc_now())
    assert not face.alarm.isVisible()
    raise_alarm(desk.session)
    face.show_header(utc_now())
    assert face.alarm.isVisible() and "黄色告警未确认" in face.alarm.text() and not face.alarm.button().isVisible()
    face.deleteLater()
