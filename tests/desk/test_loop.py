"""The closed loop at a real desk: moves, undo, requests, duplicates and limits by keys, clicks and typed words."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.desk import i18n
from console.desk.desk import Desk
from console.desk.session import Session
from console.domain.alarm import AlarmState
from console.domain.assignment import Status
from console.domain.incident import SideState, Stage
from console.domain.intake import FieldReport
from console.domain.level import Level
from console.domain.place import Point
from console.domain.request import RequestKind
from console.domain.stages import Move
from console.domain.words import Label
from console.store.check import verify_chain
from tests.desk.parts import (
    at_work,
    dispatched,
    open_incident,
    press,
    raise_alarm,
    settle,
    until,
    write,
)
from tests.support_taking import take_call
from widgets.act_form import Given
from widgets.loop_block import LoopBlock
from widgets.move_bar import KEYS

SHOTS = Path(__file__).resolve().parents[2] / "build" / "shots" / "loop"


@pytest.fixture
def desk(app: object, tmp_path: Path) -> Iterator[Desk]:
    with at_work(tmp_path) as made:
        yield made


def of(desk: Desk) -> tuple[Session, LoopBlock]:
    assert desk.session is not None
    return desk.session, desk.window.panels.incident.loop


def work_on(desk: Desk, incident: str) -> None:
    """Show it, with the keyboard in its panel."""
    assert desk.control is not None
    until(lambda: incident in desk.session.state.incidents, "it is there")
    desk.control.open(incident)
    desk.window.go_to("incident")
    until(lambda: (shown := desk.window.panels.incident.detail()) and shown.incident.id == incident, "it is shown")


def key(desk: Desk, keys: str) -> None:
    """Press it wherever the keyboard is."""
    settle(0.15)
    press(QApplication.focusWidget() or desk.window, keys)


def make(desk: Desk, move: Move) -> None:
    """Press a move's key once the panel offers it."""
    bar = desk.window.panels.incident.loop.bar
    until(lambda: not bar.why_not(move), f"{move.value} is offered")
    key(desk, KEYS[move])


def stage(session: Session, incident: str) -> Stage:
    return session.state.incidents[incident].stage


def call(session: Session, incident: str, metres: float) -> str:
    """Someone else calls about the same river; the new incident's id."""
    known = session.state.incidents[incident]
    at = Point(known.at.lon + metres / 102_700, known.at.lat)
    title = Label("河水漫上桥面", "Water on the bridge")
    return take_call(session, known.matter, title, known.place, at, Level.YELLOW)


def finish(session: Session, incident: str) -> None:
    """Everyone reports done."""
    for assignment in session.state.assignments_of(incident):
        for status in (Status.ACKNOWLEDGED, Status.ON_SCENE, Status.DONE):
            session.take(FieldReport(assignment.id, status, datetime.now(UTC), Label("好", "Done")))
    until(lambda: stage(session, incident) is Stage.REPORTED_BACK, "reported back")


def tick_all(desk: Desk, incident: str) -> None:
    session, _ = of(desk)
    for task in session.state.tasks_of(incident):
        desk.window.panels.incident.taskTicked.emit(task.id, True)
    until(lambda: not any(task.open for task in session.state.tasks_of(incident)), "ticked")


def phrases(session: Session, incident: str) -> list[str]:
    return [e.note.phrase.code for e in session.state.entries_of(incident) if e.note.phrase]


# Moves


def test_the_way_of_an_incident_by_its_keys(desk: Desk) -> None:
    session, block = of(desk)
    incident = dispatched(session)
    work_on(desk, incident)
    key(desk, "K")
    settle(0.2)
    assert stage(session, incident) is Stage.DISPATCHED, "refused, and nothing happened"
    finish(session, incident)
    tick_all(desk, incident)
    make(desk, Move.REWORK)
    until(block.form.isVisible, "返工 asks why")
    write(block.form.reason(), "水还没退")
    key(desk, "Return")
    until(lambda: session.state.incidents[incident].round == 2, "done again")
    again = [a for a in session.state.assignments_of(incident) if a.round == 2]
    assert len(again) == len(session.state.assignments_of(incident)) / 2, "everyone was asked again"
    assert SideState.REWORK in session.state.incidents[incident].side_states
    finish(session, incident)
    make(desk, Move.CHECK)
    until(lambda: stage(session, incident) is Stage.CHECKED, "checked")
    make(desk, Move.CLOSE)
    until(lambda: stage(session, incident) is Stage.CLOSED, "closed")
    until(lambda: desk.reports, "its report opens")
    desk.reports[0].close()
    desk.window.activateWindow()
    desk.window.go_to("incident")
    make(desk, Move.REOPEN)
    write(block.form.reason(), "又涨了")
    key(desk, "Return")
    until(lambda: session.state.incidents[incident].open, "reopened")
    assert verify_chain(session.store, session.store.device) is None


def test_before_it_is_dispatched_it_goes_back_or_is_declined_with_a_reason(desk: Desk) -> None:
    session, block = of(desk)
    incident = open_incident(session)
    work_on(desk, incident)
    make(desk, Move.RETURN)
    write(block.form.reason(), "地址不清")
    key(desk, "Escape")
    assert not block.form.isVisible()
    assert desk.window.panels.incident.drafts() == {f"{incident}#return": "地址不清"}
    make(desk, Move.RETURN)
    key(desk, "Return")
    until(lambda: stage(session, incident) is Stage.REPORTED, "returned")
    assert session.state.incidents[incident].marks["returned"].reason == "地址不清"
    make(desk, Move.ACCEPT)
    until(lambda: stage(session, incident) is Stage.ACCEPTED, "accepted again")
    make(desk, Move.DECLINE)
    write(block.form.reason(), "不属本镇")
    key(desk, "Return")
    until(lambda: session.state.incidents[incident].declined, "declined")
    settle(0.2)
    (row,) = desk.window.panels.incidents.rows()
    assert row.quiet and row.chips == ("不予受理",) and "不属本镇" in row.tip
    assert session.state.open_incidents() == []


# Undo


def test_every_act_of_ones_own_is_undone_by_one_key(desk: Desk) -> None:
    session, _ = of(desk)
    pill = desk.chrome.notices.undo
    incident = open_incident(session)
    work_on(desk, incident)
    session.accept(session.proposals[incident])
    until(lambda: stage(session, incident) is Stage.DISPATCHED, "dispatched")
    until(lambda: pill.text() == "I1 已派遣", "said")
    assert pill.isVisible() and pill.hint().key() == "Ctrl+Z"
    assignment = session.state.assignments_of(incident)[0]
    desk.control.set_status(assignment.id, "en_route")
    until(lambda: session.state.assignments[assignment.id].status is Status.EN_ROUTE, "on its way")
    until(lambda: "出动" in pill.text(), "said")
    task = session.state.tasks_of(incident)[0]
    desk.window.panels.incident.taskTicked.emit(task.id, True)
    until(lambda: " 已完成:" in pill.text(), "said")
    key(desk, "Ctrl+Z")
    until(lambda: session.state.tasks[task.id].open, "the task is open again")
    key(desk, "Ctrl+Z")
    until(lambda: session.state.assignments[assignment.id].status is Status.NOTIFIED, "and the unit at home")
    QTest.mouseClick(pill.hint(), Qt.MouseButton.LeftButton)
    until(lambda: session.state.incidents[incident].lead is None, "and the dispatch taken back")
    assert not session.state.open_assignments() and all(t.void for t in session.state.tasks_of(incident))
    key(desk, "Ctrl+Z")
    until(lambda: all(a.state is AlarmState.UNACKNOWLEDGED for a in session.state.alarms.values()), "and the alarm")
    assert session.state.incidents[incident].declined
    until(pill.isHidden, "nothing is left to undo")
    told = phrases(session, incident)
    for code in ("alarm_confirmed", "dispatched", "incident_undone", "status_said", "status_retracted", "task_undone"):
        assert code in told, "the log keeps both"
    assert verify_chain(session.store, session.store.device) is None


def test_what_the_field_says_is_not_this_desks_to_undo(desk: Desk) -> None:
    session, _ = of(desk)
    incident = dispatched(session)
    before = desk.control.loop.undo.last()
    assignment = session.state.assignments_of(incident)[0]
    session.take(FieldReport(assignment.id, Status.ACKNOWLEDGED, datetime.now(UTC), Label("收到", "Received")))
    until(lambda: session.state.assignments[assignment.id].status is Status.ACKNOWLEDGED, "acknowledged")
    settle(0.1)
    assert desk.control.loop.undo.last() is before


def test_after_half_a_minute_nothing_is_undone(desk: Desk) -> None:
    session, _ = of(desk)
    undo, gone = desk.control.loop.undo, [0.0]
    undo.steady = lambda: gone[0]
    alarm = raise_alarm(session)
    desk.control.filter(alarm, "works")
    until(lambda: undo.last() is not None, "offered")
    assert undo.left_s() in (28, 29)
    gone[0] = 20.0
    assert undo.left_s() in (8, 9)
    gone[0] = 29.5
    assert not undo.undo() and undo.left_s() == 0
    settle(0.1)
    assert session.state.alarms[alarm].state is AlarmState.FILTERED


def test_a_text_field_keeps_its_own_undo(desk: Desk) -> None:
    session, _ = of(desk)
    incident = dispatched(session)
    work_on(desk, incident)
    desk.window.panels.incident.focus_note()
    note = QApplication.focusWidget()
    assert note is not None
    QTest.keyClicks(note, "abc")
    key(desk, "Ctrl+Z")
    settle(0.2)
    assert note.text() != "abc" and stage(session, incident) is Stage.DISPATCHED  # type: ignore[attr-defined]


def test_what_someone_else_did_since_is_not_undone_but_said(desk: Desk) -> None:
    from dataclasses import replace

    session, _ = of(desk)
    incident = dispatched(session)
    until(lambda: desk.control.loop.undo.last() is not None, "offered")
    row = session.state.incidents[incident]
    other = replace(row.last, by=replace(row.last.by, user="other", at=row.last.by.at + timedelta(seconds=1)))
    with session.store.begin() as tx:
        tx.put(replace(row, last=other))
    assert desk.control.loop.undo.undo()
    until(lambda: "不能再撤销" in desk.window.banner.text(), "it is said")
    assert stage(session, incident) is Stage.DISPATCHED


# Requests


def test_a_hold_is_asked_granted_and_resumed_by_keys(desk: Desk) -> None:
    session, block = of(desk)
    incident = dispatched(session)
    work_on(desk, incident)
    due = session.state.incidents[incident].due_at
    key(desk, "H")
    write(block.form.reason(), "等水闸备件")
    key(desk, "Return")
    until(lambda: session.state.requests_of(incident), "asked")
    until(lambda: desk.window.panels.incidents.rows()[0].chips == ("待审批 1",), "it waits in the list")
    desk.chrome._counts()
    assert "1 待审批" in desk.chrome._running()
    desk.window.go_to("incident")
    key(desk, "Shift+Y")
    until(lambda: session.state.incidents[incident].held, "granted")
    until(lambda: "停表" in desk.window.panels.incident._facts.words()[1], "the clock stands")
    assert not desk.window.panels.incident._more.isEnabled()
    desk.window.go_to("incident")
    key(desk, "Shift+H")
    until(lambda: not session.state.incidents[incident].held, "resumed")
    after = session.state.incidents[incident]
    (pause,) = after.pauses
    assert due is not None and after.due_at is not None and pause.until is not None
    assert abs((after.due_at - due) - (pause.until - pause.since)) < timedelta(seconds=1)
    key(desk, "Shift+L")
    write(block.form.reason(), "雨大")
    key(desk, "Return")
    until(lambda: len(session.state.requests_of(incident)) == 2, "an extension is asked for")
    key(desk, "Shift+N")
    until(block.form.isVisible, "why not")
    write(block.form.reason(), "按时完成")
    key(desk, "Return")
    until(lambda: session.state.requests_of(incident)[-1].answered, "refused")
    until(lambda: any("延期申请未批准" in s.said.text for s in block.strips.strips()), "and said")
    assert session.state.incidents[incident].due_at == after.due_at


def test_requests_are_there_after_a_restart(app: object, tmp_path: Path) -> None:
    with at_work(tmp_path) as first:
        session, _ = of(first)
        incident = dispatched(session)
        other = call(session, incident, 150)
        first.control.loop.ask(Given(incident, RequestKind.HOLD, "等", None, datetime.now(UTC) + timedelta(days=1)))
        first.control.loop.say_apart(other, incident)
        until(lambda: session.state.requests_of(incident), "asked")
        settle(0.8)  # what is kept is kept
    with at_work(tmp_path) as second:
        session, block = of(second)
        assert [r.reason for r in session.state.requests_of(incident)] == ["等"]
        work_on(second, other)
        settle(0.3)
        assert not block.strips.strips(), "that they are not the same was said"


# Duplicates


def test_two_that_are_the_same_become_one_and_two_again(desk: Desk) -> None:
    session, block = of(desk)
    first = dispatched(session)
    second = call(session, first, 120)
    work_on(desk, second)
    until(block.strips.strips, "offered")
    assert "可能与 I1" in block.strips.strips()[0].said.text
    key(desk, "Shift+M")
    until(lambda: session.state.incidents[second].merged_into == first, "merged")
    until(lambda: [row.id for row in desk.window.panels.incidents.rows()] == [first], "it leaves the list")
    assert desk.control.incident == first and desk.window.panels.incidents.rows()[0].chips == ("含 1",)
    until(
        lambda: any("含 I2" in s.said.text and "王女士" in s.said.text for s in block.strips.strips()), "both callers"
    )
    shown = desk.window.panels.incident.detail()
    assert shown is not None
    assert {e.note.incident for e in shown.entries} == {first, second}, "both logs"
    desk.window.go_to("incident")
    key(desk, "Shift+U")
    until(lambda: session.state.incidents[second].merged_into is None, "two again")
    until(lambda: {row.id for row in desk.window.panels.incidents.rows()} == {first, second}, "both are in the list")
    key(desk, "I")
    until(lambda: not block.strips.strips(), "not the same")


# The command line


def test_everything_can_be_typed(desk: Desk) -> None:
    from console.desk.commands import CommandSet

    session, block = of(desk)
    first = dispatched(session)
    second = call(session, first, 120)
    work_on(desk, second)
    line = CommandSet(desk.control, desk.chrome._commands)
    words = {command.word for command in desk.chrome._commands()}
    assert words >= {move.value for move in Move} | {kind.value for kind in RequestKind}
    assert words >= {"grant", "refuse", "merge", "apart", "unmerge", "order", "undo"}
    assert line.run("退回 I2 地址不清")
    until(lambda: SideState.RETURNED in session.state.incidents[second].side_states, "typed")
    assert line.run("accept i2")
    until(lambda: stage(session, second) is Stage.ACCEPTED, "typed")
    assert line.run("M I2 I1")
    until(lambda: session.state.incidents[second].merged_into == first, "typed")
    assert line.run("undo")
    until(lambda: session.state.incidents[second].merged_into is None, "typed")
    assert line.run("close")
    until(lambda: "I1" in desk.window.banner.text(), "what is refused is told why")
    desk.chrome.standing.act()
    assert not line.run("M I2 I99") and not line.run("close I99") and not line.run("nonsense I1")
    work_on(desk, first)
    assert line.run("hold")
    until(block.form.isVisible, "the form")
    assert [each.insert for each in line.complete("挂账")] == ["hold"]


# Looks


def test_pictures(desk: Desk) -> None:
    """Both languages on a small and a common screen; no button is cut or outside."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    session, block = of(desk)
    pill, panel = desk.chrome.notices.undo, desk.window.panels.incident

    def shot(name: str) -> None:
        for width, height in ((1280, 720), (1920, 1080)):
            desk.window.resize(width, height)
            until(lambda: desk.window.width() == width, "the size")  # noqa: B023
            desk.window.show_incident()
            for language in ("en", "zh"):
                i18n.speak(language)
                settle(0.4)
                assert desk.window.grab().save(str(SHOTS / f"{name}-{language}-{width}.png"))
                for button in (each for each in block.bar.buttons.values() if each.isVisible()):
                    assert button.width() >= button.sizeHint().width(), "no word is cut"
                    assert panel.rect().contains(button.geometry())
                assert pill.isHidden() or desk.window.rect().contains(pill.geometry())

    first = dispatched(session)
    second = call(session, first, 120)
    work_on(desk, second)
    until(block.strips.strips, "offered")
    shot("similar")
    block.press("merge")
    until(lambda: session.state.incidents[second].merged_into == first, "merged")
    until_when = datetime.now(UTC) + timedelta(days=5)
    desk.control.loop.ask(Given(first, RequestKind.HOLD, "等待水闸备件到货", None, until_when))
    until(lambda: session.state.requests_of(first), "asked")
    until(lambda: panel.detail() and panel.detail().requests, "shown")
    block.bar.ask(RequestKind.EXTENSION)
    shot("asked")
    block.form.close_form()
    block.press("grant")
    until(lambda: session.state.incidents[first].held, "held")
    shot("held")
