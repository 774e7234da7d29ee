"""Moves, forms, requests, duplicates and timers in the incident's panel: what is offered, refused, typed and told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from english import english, translated
from PySide6.QtCore import QDateTime, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.domain.conflict import By
from console.domain.duty import Limit
from console.domain.incident import Incident, Mark, Stage
from console.domain.request import Request, RequestKind
from console.domain.stages import Move, why_not
from console.domain.timers import Pace, Timer
from console.domain.words import Label
from console.domain.worktime import Pause
from widgets import samples
from widgets.act_form import Given
from widgets.incident_detail import IncidentDetail, Merged, Similar
from widgets.incident_panel import IncidentPanel
from widgets.move_bar import KEYS, forward, near
from widgets.notice_pill import NoticePill
from widgets.side_states import SideStates
from widgets.stage_track import StageTrack
from widgets.task_list import TaskList
from widgets.timer_list import TimerList, TimerRow, countdown, named

BY = By("li", samples.OPERATOR, samples.before(12), "")
WHOLE = tuple(Stage)
ASKED = Request("q1", "i34", RequestKind.HOLD, "等水闸备件", BY, samples.NOW + timedelta(days=3))


def incident(stage: Stage, **more: object) -> Incident:
    return replace(samples.INCIDENTS[0], stage=stage, stages=WHOLE, **more)


def detail(stage: Stage, **more: object) -> IncidentDetail:
    shown = {key: more.pop(key) for key in ("requests", "similar", "merged", "into", "timers") if key in more}
    return replace(samples.detail(), incident=incident(stage, **more), assignments=(), tasks=(), **shown)


def held(**more: object) -> IncidentDetail:
    return detail(Stage.IN_PROGRESS, marks={"on_hold": Mark(BY, "等备件")}, pauses=(Pause(BY.at),), **more)


@pytest.fixture
def panel(app: QApplication) -> Iterator[IncidentPanel]:
    made = IncidentPanel()
    made.resize(440, 900)
    made.show_incident(samples.detail(), samples.NOW)
    made.show()
    made.activateWindow()
    made.setFocus()
    app.processEvents()
    yield made
    made.close()


def show(panel: IncidentPanel, shown: IncidentDetail, now: datetime = samples.NOW) -> None:
    panel.show_incident(shown, now)
    QApplication.processEvents()


def given(panel: IncidentPanel) -> list[Given]:
    found: list[Given] = []
    panel.loop.moved.connect(found.append)
    panel.loop.requested.connect(found.append)
    return found


def said(panel: IncidentPanel) -> list[str]:
    return [strip.said.text for strip in panel.loop.strips.strips()]


# Moves


@pytest.mark.parametrize("stage", list(Stage))
def test_what_can_be_done_is_offered_and_what_cannot_says_why(panel: IncidentPanel, stage: Stage) -> None:
    shown = detail(stage)
    show(panel, shown)
    bar = panel.loop.bar
    for move, button in bar.buttons.items():
        reason = why_not(shown.incident, move)
        assert button.isEnabled() is (reason is None), move
        if reason is not None:
            assert shown.incident.code in button.toolTip() and button.accessibleDescription() == button.toolTip()
        assert button.key() == KEYS[move] and button.accessibleName() == move.label.zh
    offered = {action.text().partition("\t")[0] for action in bar.menu().actions() if action.isEnabled()}
    assert {move.label.zh for move in Move if why_not(shown.incident, move) is None} <= offered
    assert all(action.toolTip() for action in bar.menu().actions())
    likely = bar.likely()
    if likely is not None:
        assert likely.isVisible() and likely.property("primary") is True
        assert panel._buttons.itemAt(0).widget() is likely


def test_the_next_step_is_first_along_the_whole_way() -> None:
    steps = [(stage, forward(incident(stage))) for stage in WHOLE]
    assert [(stage, [move.value for move in moves]) for stage, moves in steps] == [
        (Stage.REPORTED, ["accept"]),
        (Stage.ACCEPTED, ["verify"]),
        (Stage.VERIFIED, ["file"]),
        (Stage.FILED, []),
        (Stage.DISPATCHED, ["check", "close"]),
        (Stage.IN_PROGRESS, ["check", "close"]),
        (Stage.REPORTED_BACK, ["check", "close"]),
        (Stage.CHECKED, ["close"]),
        (Stage.CLOSED, ["evaluate"]),
        (Stage.EVALUATED, []),
    ]
    assert near(incident(Stage.REPORTED)) == [Move.ACCEPT, Move.DECLINE]
    assert near(incident(Stage.FILED)) == [Move.RETURN, Move.DECLINE]
    assert near(incident(Stage.ACCEPTED, marks={"declined": Mark(BY)})) == [Move.REOPEN]
    assert near(incident(Stage.ACCEPTED, merged_into="i33")) == []
    short = replace(incident(Stage.ACCEPTED), stages=samples.WAY)
    assert forward(short) == [], "it is dispatched next"


def test_a_key_makes_the_move_and_one_that_is_refused_does_nothing(panel: IncidentPanel) -> None:
    found = given(panel)
    show(panel, detail(Stage.ACCEPTED))
    for key in (Qt.Key.Key_K, Qt.Key.Key_J, Qt.Key.Key_O):
        QTest.keyClick(panel, key)
    QTest.keyClick(panel, Qt.Key.Key_V, Qt.KeyboardModifier.ShiftModifier)
    assert found == [Given("i34", Move.VERIFY, "")]


def test_a_matter_must_be_filed_before_anyone_is_sent(panel: IncidentPanel) -> None:
    proposed = replace(samples.detail(proposed=True), incident=incident(Stage.ACCEPTED, lead=None))
    show(panel, proposed)
    assert not panel._send.isEnabled() and "核实" in panel._send.toolTip()
    assert panel.loop.bar.buttons[Move.VERIFY].property("primary") is True
    show(panel, replace(proposed, incident=incident(Stage.FILED, lead=None)))
    assert panel._send.isEnabled() and panel._send.property("primary") is True


# Forms


def test_what_wants_a_reason_asks_for_it_and_nothing_typed_is_lost(panel: IncidentPanel) -> None:
    found, form = given(panel), panel.loop.form
    show(panel, detail(Stage.ACCEPTED))
    QTest.keyClick(panel, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    assert form.isVisible() and form.reason().hasFocus() and not form.save.isEnabled()
    assert form.save.toolTip() == "要写明原因"
    QTest.keyClick(form.reason(), Qt.Key.Key_Return)
    assert found == []
    QTest.keyClicks(form.reason(), "KVB Z")  # letters are words here
    QTest.keyClick(form.reason(), Qt.Key.Key_Escape)
    assert not form.isVisible() and found == []
    assert panel.drafts() == {"i34#return": "KVB Z"}
    fresh = IncidentPanel()
    fresh.set_drafts(panel.drafts())
    fresh.show_incident(detail(Stage.ACCEPTED), samples.NOW)
    fresh.loop.bar.ask(Move.RETURN)
    assert fresh.loop.form.reason().text() == "KVB Z" and fresh.loop.form.save.isEnabled()
    panel.setFocus()
    QTest.keyClick(panel, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    assert form.reason().text() == "KVB Z"
    QTest.keyClick(form.reason(), Qt.Key.Key_Return)
    assert found == [Given("i34", Move.RETURN, "KVB Z")] and panel.drafts() == {}
    form.give_back(found[0])
    assert panel.drafts() == {"i34#return": "KVB Z"}, "it could not be kept"


def test_a_form_waits_with_its_incident(panel: IncidentPanel) -> None:
    form = panel.loop.form
    show(panel, detail(Stage.ACCEPTED))
    panel.loop.bar.ask(Move.DECLINE)
    QTest.keyClicks(form.reason(), "not ours")
    other = replace(samples.detail(), incident=samples.INCIDENTS[1], tasks=())
    show(panel, other)
    assert not form.isVisible()
    show(panel, detail(Stage.ACCEPTED), samples.NOW + timedelta(seconds=1))
    assert form.isVisible() and form.reason().text() == "not ours" and form.act() is Move.DECLINE
    with english():
        assert form.save.text() == "Decline" and form.reason().text() == "not ours"


def test_an_evaluation_has_its_score(panel: IncidentPanel) -> None:
    found, form = given(panel), panel.loop.form
    show(panel, detail(Stage.CLOSED, closed_at=samples.NOW))
    QTest.keyClick(panel, Qt.Key.Key_Q)
    assert form.isVisible() and form.score().isVisible() and not form.until().isVisible()
    assert form.save.isEnabled(), "a word is not needed"
    form.score().setFocus()
    QTest.keyClick(form.score(), Qt.Key.Key_Down)
    QTest.keyClick(form.score(), Qt.Key.Key_Return)
    assert found == [Given("i34", Move.EVALUATE, "", 4)]


def test_a_hold_is_asked_for_with_its_reason_and_until_when(panel: IncidentPanel) -> None:
    found, form = given(panel), panel.loop.form
    show(panel, detail(Stage.IN_PROGRESS))
    QTest.keyClick(panel, Qt.Key.Key_H)
    assert form.until().isVisible() and form.head.accessibleName() == "申请挂账"
    QTest.keyClicks(form.reason(), "wait")
    before = samples.NOW - timedelta(hours=1)
    form.until().setDateTime(QDateTime.fromSecsSinceEpoch(int(before.timestamp())))
    assert form.save.toolTip() == "要晚于现在"
    after = (samples.NOW + timedelta(days=2)).replace(second=0)
    form.until().setDateTime(QDateTime.fromSecsSinceEpoch(int(after.timestamp())))
    QTest.keyClick(form.reason(), Qt.Key.Key_Return)
    assert found == [Given("i34", RequestKind.HOLD, "wait", None, after)]
    show(panel, detail(Stage.IN_PROGRESS, requests=(ASKED,)))
    assert panel.loop.bar.why_not(RequestKind.HOLD) == "已有申请在等审批"
    assert panel.loop.bar.why_not(RequestKind.EXTENSION) == ""


# Strips


def test_a_request_is_granted_or_refused_by_a_key(panel: IncidentPanel) -> None:
    answers: list[tuple[str, bool, str]] = []
    panel.loop.answered.connect(lambda id, granted, why: answers.append((id, granted, why)))
    show(panel, detail(Stage.IN_PROGRESS, requests=(ASKED,)))
    assert said(panel) == ["挂账申请待审批 · 李值班员 14:20:等水闸备件 · 至 07-17 14:32"]
    QTest.keyClick(panel, Qt.Key.Key_Y, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(panel, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    form = panel.loop.form
    assert form.isVisible() and form.save.text() == "不批准挂账"
    QTest.keyClicks(form.reason(), "no")
    QTest.keyClick(form.reason(), Qt.Key.Key_Return)
    assert answers == [("q1", True, ""), ("q1", False, "no")]
    answered = replace(ASKED, answered=BY, granted=False, answer="人手够")
    show(panel, detail(Stage.IN_PROGRESS, requests=(answered,)))
    assert said(panel) == ["挂账申请未批准 · 李值班员 14:20:人手够"]
    show(panel, detail(Stage.IN_PROGRESS, requests=(answered,)), samples.NOW + timedelta(days=2))
    assert said(panel) == []


def test_a_hold_says_why_and_until_when_and_is_resumed_by_its_key(panel: IncidentPanel) -> None:
    found = given(panel)
    granted = replace(ASKED, answered=BY, granted=True)
    show(panel, held(requests=(granted,)))
    (hold,) = panel.loop.strips.strips()
    assert hold.said.text == "挂账中,停表 · 李值班员 14:20:等备件 · 至 07-17 14:32" and hold.said.role == "line"
    assert panel._facts.words()[1] == "停表"
    QTest.keyClick(panel, Qt.Key.Key_H, Qt.KeyboardModifier.ShiftModifier)
    QTest.mouseClick(hold.hints["resume"], Qt.MouseButton.LeftButton)
    assert found == [Given("i34", Move.RESUME, "")] * 2
    show(panel, held(requests=(granted,)), samples.NOW + timedelta(days=4))
    assert "已到期" in said(panel)[0] and panel.loop.strips.strips()[0].said.role == "yellow"


def test_a_likely_duplicate_is_offered_calmly(panel: IncidentPanel) -> None:
    told: list[tuple[str, ...]] = []
    panel.loop.mergeWanted.connect(lambda *ids: told.append(("merge", *ids)))
    panel.loop.apartSaid.connect(lambda *ids: told.append(("apart", *ids)))
    other = replace(samples.INCIDENTS[1], opened_at=samples.INCIDENTS[0].opened_at - timedelta(minutes=4))
    show(panel, detail(Stage.ACCEPTED, similar=(Similar(other, 120.4),)))
    assert said(panel) == ["可能与 I33 多车相撞 相同(120 m,早 4 分钟)"]
    QTest.keyClick(panel, Qt.Key.Key_M, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(panel, Qt.Key.Key_I)
    assert told == [("merge", "i34", "i33"), ("apart", "i34", "i33")]
    with translated():
        assert said(panel) == ["May be the same as I33 Collision (120 m away, 4 min earlier)"]


def test_what_is_merged_shows_on_both_and_is_taken_apart_by_one_click(panel: IncidentPanel) -> None:
    told: list[str] = []
    panel.loop.unmergeWanted.connect(told.append)
    panel.loop.opened.connect(told.append)
    merged = Merged(samples.INCIDENTS[1], Label("王女士", "Ms Wang"))
    show(panel, detail(Stage.ACCEPTED, merged=(merged,)))
    (strip,) = panel.loop.strips.strips()
    assert strip.said.text == "含 I33 多车相撞 · 14:09 · 王女士"
    strip.hints["unmerge"].setFocus()
    QTest.keyClick(strip.hints["unmerge"], Qt.Key.Key_Space)
    show(panel, detail(Stage.ACCEPTED))
    assert panel.isAncestorOf(QApplication.focusWidget()), "the keyboard stays in the panel"
    show(panel, detail(Stage.ACCEPTED, merged_into="i33", into=samples.INCIDENTS[1]))
    assert said(panel)[0] == "已并入 I33 多车相撞,在那里办理"
    assert not any(button.isVisible() for button in panel.loop.bar.buttons.values())
    QTest.keyClick(panel, Qt.Key.Key_U, Qt.KeyboardModifier.ShiftModifier)
    panel.loop.press("open")
    assert told == ["i33", "i34", "i33"]


def test_a_strip_that_says_the_same_stays(panel: IncidentPanel) -> None:
    show(panel, detail(Stage.IN_PROGRESS, requests=(ASKED,)))
    (before,) = panel.loop.strips.strips()
    before.hints["grant"].setFocus()
    show(panel, detail(Stage.IN_PROGRESS, requests=(ASKED,)), samples.NOW + timedelta(seconds=1))
    assert panel.loop.strips.strips() == [before] and before.hints["grant"].hasFocus()
    for hint in before.hints.values():
        assert hint.accessibleName() and hint.accessibleDescription()
    show(panel, detail(Stage.IN_PROGRESS, requests=(replace(ASKED, reason="改了"),)))
    assert panel.loop.strips.strips()[0].hints["grant"].hasFocus(), "and so does the keyboard"


# Timers and states


def timer(limit: Limit, minutes: float | None, of: str = "i34", whole: float = 30) -> Timer:
    due = None if minutes is None else samples.NOW + timedelta(minutes=minutes)
    start = samples.NOW + timedelta(minutes=(minutes or 0) - whole)
    return Timer(limit, of, start, due)


def test_timers_say_their_name_and_their_pace_in_words() -> None:
    assert named(timer(Limit.ACK, 0.7), samples.NOW) == "签收 00:42"
    assert countdown(timer(Limit.ACK, -3.17), samples.NOW) == "超时 03:10"
    assert named(timer(Limit.HANDLE, None), samples.NOW) == "处置 停表"


def test_all_that_runs_is_listed_several_alike_as_one(app: QApplication) -> None:
    shown = TimerList()
    shown.resize(300, 80)
    units = tuple(TimerRow(timer(Limit.ACK, -at, f"s{at}"), Label(f"消防 {at} 车", "x")) for at in (3, 2, 1))
    rows = (*units, TimerRow(timer(Limit.CHECK, 4)), TimerRow(timer(Limit.WRITTEN, 20), escalated=True))
    shown.show_timers(rows, samples.NOW)
    assert [word for word, _ in shown._shown] == ["签收 ×3 超时 03:00", "核查 04:00", "书面首报 20:00 已升级"]
    assert [pace for _, pace in shown._shown] == [Pace.OVERDUE, Pace.WARN, Pace.RUNNING]
    assert shown.texts()[:2] == ["签收 消防 3 车 超时 03:00", "签收 消防 2 车 超时 02:00"]
    assert all(text in shown.toolTip() and text in shown.accessibleName() for text in shown.texts())
    assert shown.heightForWidth(200) > shown.heightForWidth(600)
    with english():
        assert shown.texts()[3] == "Check 04:00"
    shown.show_timers((), samples.NOW)
    assert shown.isHidden()


def test_assignments_and_tasks_show_theirs_in_their_rows(panel: IncidentPanel) -> None:
    late = timer(Limit.ACK, -0.5, "s5", 1)
    rows = tuple(replace(row, timer=late if row.assignment.id == "s5" else None) for row in samples.assignment_rows())
    running = (TimerRow(timer(Limit.TASK, -2, "t5")), TimerRow(timer(Limit.TASK, None, "t4")))
    show(panel, replace(samples.detail(), assignments=rows, timers=running))
    table = {row.id: row for row in panel._table.rows()}
    assert (table["s5"].detail, table["s5"].right, table["s5"].right_role) == ("未签收", "00:30", "red")
    tasks = panel.findChild(TaskList)
    assert isinstance(tasks, TaskList)
    assert ("超时 02:00", "red") in tasks.box("t5").chips and ("停表", "quiet") in tasks.box("t4").chips


def test_side_states_are_chips_with_their_reasons(panel: IncidentPanel) -> None:
    marks = {"returned": Mark(BY, "地址不清"), "extended": Mark(BY, "等雨停")}
    show(panel, detail(Stage.IN_PROGRESS, marks=marks))
    states = panel.findChild(SideStates)
    assert isinstance(states, SideStates) and states.isVisible()
    assert states.chips() == ["退回", "延期"]
    told = states.toolTip().splitlines()
    assert told[0].startswith("退回 · 李值班员") and told[0].endswith("地址不清") and told[1].endswith("等雨停")
    with english():
        assert states.chips() == ["Returned", "Extended"]
    show(panel, detail(Stage.IN_PROGRESS))
    assert states.isHidden()


def test_the_track_goes_on_to_the_evaluation(panel: IncidentPanel) -> None:
    show(panel, detail(Stage.EVALUATED, closed_at=samples.NOW))
    track = panel.findChild(StageTrack)
    assert isinstance(track, StageTrack)
    assert track.accessibleName() == "阶段:评价" and track.toolTip().endswith("结案 → 评价")


def test_a_notice_takes_no_keyboard_and_goes(app: QApplication, panel: IncidentPanel) -> None:
    pill, heard = NoticePill("Ctrl+Z", panel), []
    pill.acted.connect(lambda: heard.append(1))
    focus = QApplication.focusWidget()
    pill.show_notice("I34 已核查", "撤销", "28 s")
    app.processEvents()
    assert pill.isVisible() and QApplication.focusWidget() is focus
    assert panel.rect().contains(pill.geometry())
    QTest.mouseClick(pill.hint(), Qt.MouseButton.LeftButton)
    assert heard == [1] and pill.accessibleDescription() == "撤销 Ctrl+Z"
    pill.show_notice("")
    assert pill.isHidden()
