"""The closed loop: what each stage allows, in words when it does not, and what facts and slips make of it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.alarm import Alarm, AlarmState, FilterReason
from console.domain.assignment import Assignment, Role, Status, Way
from console.domain.duplicates import MergeIncidents, UnmergeIncident, similar
from console.domain.holding import AnswerRequest, AskRequest
from console.domain.incident import Incident, SideState, Stage, Task
from console.domain.level import Level
from console.domain.levels import Escalate, Transfer, called_in, reported_in
from console.domain.moving import MoveIncident, RestoreAlarm, RetractStatus, UndoMove, asked_again
from console.domain.operation import Actor, ConfirmAlarm, Dispatch, FilterAlarm, ReportStatus, TickTask
from console.domain.phrases import both
from console.domain.place import Point
from console.domain.reporting import ReportSituation
from console.domain.request import Request, RequestKind
from console.domain.situation import SPOKEN, WRITTEN, ReportKind, SituationReport
from console.domain.stages import FORWARD, Move, marked, moves, settled, why_not, why_not_dispatched
from console.domain.words import Label
from console.domain.worktime import Pause
from tests.support_model import Model

NOW = datetime(2026, 7, 1, tzinfo=UTC)
NAME = Label("名", "Name")
EMERGENCY = tuple(s for s in Stage if s not in (Stage.VERIFIED, Stage.FILED))
ways = st.sets(st.sampled_from([s for s in Stage if Stage.REPORTED is not s]), min_size=1).map(
    lambda some: tuple(s for s in Stage if s in {Stage.REPORTED, Stage.CLOSED, *some})
)


def actor(second: float = 0.0, user: str = "duty") -> Actor:
    return Actor(user, NAME, NOW + timedelta(seconds=second), "t")


def incident(
    stage: Stage = Stage.FILED, stages: tuple[Stage, ...] = tuple(Stage), id: str = "i", number: int = 34
) -> Incident:
    return Incident(id, number, "m", NAME, NAME, Point(113.6, 22.9), Level.RED, stage, stages, NOW, NAME, area="t")


def assigned(*statuses: Status, round: int = 1) -> list[Assignment]:
    return [
        Assignment(f"a{n}", "i", "fire", Role.ASSIST, times={status.value: NOW}, round=round)
        for n, status in enumerate(statuses)
    ]


def sent(id: str, role: Role = Role.LEAD, agency: str = "fire", of: str = "i", way: Way = Way.DISPATCH) -> Assignment:
    return Assignment(id, of, agency, role, times={"notified": NOW}, way=way)


def world(*rows: object) -> Model:
    model = Model()
    model.put(*(rows or (incident(),)))
    return model


def dispatched(*ids: str) -> Model:
    rows = world()
    tasks = (Task("t1", "i", 1, NAME, gate=True),)
    rows.do(Dispatch("i", "fire", NAME, None, tuple(sent(id) for id in ids or ("a",)), tasks), actor())
    return rows


def say(rows: Model, id: str, status: Status, second: float = 60.0, text: str = "") -> None:
    rows.do(ReportStatus(id, status, NOW + timedelta(seconds=second), NAME, text=Label(text, text)), actor(second))


# The way


@given(ways)
def test_a_matter_goes_its_own_way_and_no_step_of_it_is_left_out(way: tuple[Stage, ...]) -> None:
    rows, walked = world(incident(Stage.REPORTED, way)), [Stage.REPORTED]
    for _ in range(12):
        now = rows.incident("i")
        forward = [move for move in moves(now, [], []) if move in FORWARD]
        if forward:
            rows.do(MoveIncident("i", forward[0], score=3), actor())
        elif why_not_dispatched(now) is None and now.stage.rank < Stage.DISPATCHED.rank:
            rows.do(Dispatch("i", "fire", NAME, None, (sent("a"),)), actor())
            say(rows, "a", Status.EN_ROUTE, 10)
            say(rows, "a", Status.DONE, 20)
        walked.append(rows.incident("i").stage)
    people = {Stage.ACCEPTED, Stage.VERIFIED, Stage.FILED, Stage.CHECKED, Stage.CLOSED, Stage.EVALUATED}
    by_people = [stage for stage in dict.fromkeys(walked) if stage in people]
    if Stage.CHECKED in way or by_people[-1:] == [way[-1]]:
        assert by_people == [stage for stage in way if stage in people]
    assert [s.rank for s in walked] == sorted(s.rank for s in walked)


@given(st.sampled_from(Stage), ways, st.sampled_from(Move), st.sets(st.sampled_from(SideState)), st.booleans())
def test_what_is_not_allowed_is_refused_with_a_reason_in_both_languages(stage, way, move, states, merged) -> None:
    one = incident(stage, tuple(sorted({*way, stage}, key=lambda s: s.rank)))
    one = replace(one, merged_into="j" if merged else None, pauses=(Pause(NOW),))
    for state in states - {SideState.MERGED}:
        one = marked(one, state, actor().by, "因")
    rows, reason = world(one, incident(id="j")), why_not(one, move)
    assert rows.refused(MoveIncident("i", move, reason="因", score=3), actor()) == (reason.code if reason else "")
    if reason is not None:
        assert "I34" in both(reason).zh and "I34" in both(reason).en


def test_a_reason_or_a_score_is_asked_for_where_it_matters() -> None:
    rows = world()
    assert rows.refused(MoveIncident("i", Move.DECLINE), actor()) == "reason_wanted"
    assert rows.refused(MoveIncident("i", Move.DECLINE, reason="  "), actor()) == "reason_wanted"
    closed = world(incident(Stage.CLOSED))
    assert closed.refused(MoveIncident("i", Move.EVALUATE), actor()) == "score_wanted"
    assert closed.refused(MoveIncident("i", Move.EVALUATE, score=6), actor()) == "score_wanted"
    closed.do(MoveIncident("i", Move.EVALUATE, score=5), actor())
    assert closed.incident("i").stage is Stage.EVALUATED and closed.incident("i").score == 5


def test_nothing_is_dispatched_before_it_is_filed_where_the_matter_says_so() -> None:
    order = Dispatch("i", "fire", NAME, None, (sent("a"),))
    rows = world(incident(Stage.ACCEPTED))
    assert rows.refused(order, actor()) == "stage_first"
    for move in (Move.VERIFY, Move.FILE):
        rows.do(MoveIncident("i", move), actor())
    assert rows.refused(order, actor()) == ""
    assert world(incident(Stage.ACCEPTED, EMERGENCY)).refused(order, actor()) == ""  # one key in an emergency


def test_a_step_back_says_why_and_going_on_forgets_it() -> None:
    rows = world()
    rows.do(MoveIncident("i", Move.RETURN, reason="地点不清"), actor())
    back = rows.incident("i")
    assert back.stage is Stage.VERIFIED and back.side_states == (SideState.RETURNED,)
    assert back.marks["returned"].reason == "地点不清"
    rows.do(MoveIncident("i", Move.FILE), actor(1))
    assert rows.incident("i").side_states == ()


def test_declined_and_reopened() -> None:
    rows = world()
    rows.do(MoveIncident("i", Move.DECLINE, reason="不属实"), actor())
    assert not rows.incident("i").open
    assert rows.refused(Dispatch("i", "fire", NAME, None, (sent("a"),)), actor()) == "incident_declined"
    assert rows.refused(MoveIncident("i", Move.CHECK), actor()) == "incident_declined"
    rows.do(MoveIncident("i", Move.REOPEN, reason="又来电"), actor(5))
    again = rows.incident("i")
    assert again.open and again.stage is Stage.FILED and again.side_states == (SideState.REOPENED,)


def test_rework_asks_the_same_again_and_the_first_round_stays_as_it_was() -> None:
    rows = dispatched("a", "b")
    rows.do(TickTask("t1", True), actor(1))
    for id in ("a", "b"):
        say(rows, id, Status.DONE)
    first = rows.assignments_of("i")
    ids = iter(("c", "d"))
    again = asked_again(rows.incident("i"), first, lambda: next(ids), NOW + timedelta(minutes=9))
    rows.do(MoveIncident("i", Move.REWORK, reason="没清干净", assignments=again), actor(540))
    now = rows.incident("i")
    assert now.stage is Stage.DISPATCHED and now.round == 2 and SideState.REWORK in now.side_states
    assert [rows.assignment(a.id) for a in first] == first
    assert rows.refused(MoveIncident("i", Move.CHECK), actor(541)) == "assignments_open"
    say(rows, "c", Status.DONE, 600)
    assert rows.incident("i").stage is Stage.IN_PROGRESS
    say(rows, "d", Status.DONE, 601)
    assert rows.incident("i").stage is Stage.REPORTED_BACK


def test_closed_is_reopened_as_a_new_round_and_needs_a_new_dispatch() -> None:
    rows = dispatched()
    rows.do(TickTask("t1", True), actor(1))
    say(rows, "a", Status.DONE)
    for move in (Move.CHECK, Move.CLOSE):
        rows.do(MoveIncident("i", move), actor(70))
    rows.do(MoveIncident("i", Move.REOPEN, reason="复发"), actor(200))
    now = rows.incident("i")
    assert now.open and now.stage is Stage.FILED and now.lead is None and now.closed_at is None and now.round == 2
    say(rows, "a", Status.WORKING, 210)  # a late word of the first round moves nothing
    assert rows.incident("i").stage is Stage.FILED


# Facts


@given(st.lists(st.sampled_from(Status), max_size=6), st.sampled_from([Stage.DISPATCHED, Stage.CHECKED, Stage.CLOSED]))
def test_facts_speak_for_work_and_feedback_only(found: list[Status], stage: Stage) -> None:
    after = settled(incident(stage), assigned(*found), NOW)
    assert after.stage.rank >= stage.rank
    assert after.stage is stage or after.stage in (Stage.IN_PROGRESS, Stage.REPORTED_BACK)
    assert settled(after, assigned(*found), NOW) == after


@pytest.mark.parametrize(
    ("statuses", "stage"),
    [
        ((Status.NOTIFIED, Status.ACKNOWLEDGED), Stage.DISPATCHED),
        ((Status.NOTIFIED, Status.EN_ROUTE), Stage.IN_PROGRESS),
        ((Status.DONE, Status.WORKING), Stage.IN_PROGRESS),
        ((Status.DONE, Status.STOOD_DOWN), Stage.REPORTED_BACK),
        ((Status.DONE, Status.DECLINED, Status.RECALLED), Stage.REPORTED_BACK),
        ((Status.DECLINED,), Stage.DISPATCHED),
    ],
)
def test_the_field_moves_the_stage(statuses: tuple[Status, ...], stage: Stage) -> None:
    assert settled(incident(Stage.DISPATCHED), assigned(*statuses), NOW).stage is stage


def test_more_units_take_an_incident_back_to_work() -> None:
    rows = dispatched()
    say(rows, "a", Status.DONE)
    assert rows.incident("i").stage is Stage.REPORTED_BACK
    rows.do(Dispatch("i", "fire", NAME, None, (sent("b", Role.ASSIST),)), actor(90))
    assert rows.incident("i").stage is Stage.IN_PROGRESS


def test_who_only_watches_holds_nothing_up() -> None:
    rows = dispatched()
    rows.do(Dispatch("i", "fire", NAME, None, (sent("w", Role.SUPERVISE, "city"),)), actor(1))
    rows.do(TickTask("t1", True), actor(1))
    say(rows, "a", Status.DONE)
    assert rows.incident("i").stage is Stage.REPORTED_BACK
    assert rows.refused(MoveIncident("i", Move.CHECK), actor(70)) == ""


def test_when_the_lead_sends_it_back_the_incident_says_so() -> None:
    rows = dispatched()
    say(rows, "a", Status.DECLINED, text="不归我管")
    now = rows.incident("i")
    assert now.stage is Stage.DISPATCHED and now.marks["returned"].reason == "不归我管"
    assert rows.assignment("a").reason == "不归我管"
    rows.do(Dispatch("i", "water", NAME, None, (sent("b", agency="water"),)), actor(80))
    assert rows.incident("i").side_states == ()


# Slips of the hand


def like(row: Incident) -> Incident:
    return replace(row, last=None)


@pytest.mark.parametrize("move", [Move.DECLINE, Move.RETURN])
def test_a_move_is_taken_back_exactly_within_thirty_seconds(move: Move) -> None:
    rows = world()
    before = rows.incident("i")
    rows.do(MoveIncident("i", move, reason="误点"), actor())
    made = rows.incident("i").last
    assert made is not None
    undo = UndoMove("i", made.by.at)
    assert rows.refused(undo, actor(31)) == "undo_late"
    assert rows.refused(undo, actor(5, "other")) == "undo_other"
    said = rows.do(undo, actor(30)).notes
    assert like(rows.incident("i")) == like(before) and said[0].phrase is not None
    assert rows.refused(undo, actor(30)) == "undo_other"


def test_a_dispatch_is_taken_back_with_its_units_and_tasks() -> None:
    rows = world()
    before = rows.incident("i")
    rows = dispatched("a", "b")
    made = rows.incident("i").last
    say(rows, "a", Status.ACKNOWLEDGED, 5)
    assert made is not None
    rows.do(UndoMove("i", made.by.at), actor(10))
    now = rows.incident("i")
    assert (now.stage, now.lead, now.marks) == (before.stage, None, {})
    assert {a.status for a in rows.assignments_of("i")} == {Status.RECALLED}
    assert all(task.void and not task.open for task in rows.tasks_of("i"))
    assert rows.assignment("a").at(Status.ACKNOWLEDGED) is not None  # what was said stays said


def test_a_status_is_taken_back_and_the_stage_with_it() -> None:
    rows = dispatched()
    say(rows, "a", Status.ON_SCENE, 60)
    slip = RetractStatus("a", Status.ON_SCENE, NOW + timedelta(seconds=60), NOW + timedelta(seconds=60), NAME)
    assert rows.refused(slip, actor(91)) == "undo_late"
    rows.do(slip, actor(80))
    assert rows.assignment("a").status is Status.NOTIFIED and rows.incident("i").stage is Stage.DISPATCHED
    assert rows.refused(slip, actor(81)) == "undo_other"


def test_an_alarm_waits_again_and_its_incident_is_declined() -> None:
    raised = Alarm(
        "al", "river", NAME, NAME, Point(0, 0), Level.RED, AlarmState.UNACKNOWLEDGED, NOW, 4.0, 3.0, "m", area="t"
    )
    rows = world(raised)
    rows.do(ConfirmAlarm("al", replace(incident(Stage.ACCEPTED, EMERGENCY), alarm="al")), actor())
    rows.do(RestoreAlarm("al"), actor(12))
    assert rows.alarm("al") == raised and not rows.incident("i").open
    rows.do(FilterAlarm("al", FilterReason.FALSE), actor(20))
    assert rows.refused(RestoreAlarm("al"), actor(51)) == "undo_late"
    rows.do(RestoreAlarm("al"), actor(50))
    assert rows.alarm("al") == raised


# Holds and extensions


def test_a_hold_is_asked_granted_and_ended() -> None:
    rows = dispatched()
    ask = Request("r", "i", RequestKind.HOLD, "等配件", actor().by)
    assert rows.refused(AskRequest(replace(ask, reason="")), actor()) == "reason_wanted"
    rows.do(AskRequest(ask), actor(10))
    assert rows.refused(AskRequest(replace(ask, id="r2")), actor(11)) == "request_waits"
    rows.do(AnswerRequest("r", True), actor(20))
    held = rows.incident("i")
    assert held.held and held.pauses[0].until is None
    assert rows.refused(MoveIncident("i", Move.CHECK), actor(21)) == "incident_held"
    assert rows.refused(Dispatch("i", "fire", NAME, None, (sent("b"),)), actor(21)) == "incident_held"
    say(rows, "a", Status.EN_ROUTE, 25)  # a fact is a fact
    limit = NOW + timedelta(hours=3)
    rows.do(MoveIncident("i", Move.RESUME, due_at=limit), actor(30))
    after = rows.incident("i")
    assert not after.held and after.due_at == limit and after.pauses[0].until == NOW + timedelta(seconds=30)
    assert rows.refused(MoveIncident("i", Move.RESUME), actor(31)) == "not_held"


def test_an_extension_moves_the_limit_and_a_refused_one_nothing() -> None:
    rows = dispatched()
    for id, granted in (("r1", False), ("r2", True)):
        rows.do(
            AskRequest(Request(id, "i", RequestKind.EXTENSION, "路断", actor().by, NOW + timedelta(hours=5))), actor(1)
        )
        rows.do(AnswerRequest(id, granted, "看过"), actor(2))
        assert (rows.incident("i").due_at == NOW + timedelta(hours=5)) is granted
        assert rows.refused(AnswerRequest(id, granted), actor(3)) == "request_answered"


# Duplicates


def test_the_same_thing_near_by_is_offered_nearest_first() -> None:
    def at(id: str, metres: float, minutes: float, matter: str = "m") -> Incident:
        east = Point(113.6 + metres / 102_400, 22.9)
        return replace(incident(id=id), at=east, opened_at=NOW - timedelta(minutes=minutes), matter=matter)

    others = [at("far", 900, 1), at("b", 300, 5), at("a", 40, 100), at("old", 10, 130), at("else", 5, 1, "fire")]
    closed = replace(at("c", 5, 1), stage=Stage.CLOSED)
    assert [one.id for one in similar(incident(), [incident(), *others, closed])] == ["a", "b"]


@given(st.data())
def test_unmerging_gives_both_back_exactly(data: st.DataObject) -> None:
    """Whatever came to either of them while they were one."""
    rows, apart = world(incident(), incident(id="j", number=36)), world(incident(), incident(id="j", number=36))
    for model in (rows, apart):
        model.do(Dispatch("j", "fire", NAME, None, (sent("b", of="j"),)), actor())
    rows.do(MergeIncidents("j", "i"), actor(1))
    assert not rows.incident("j").open
    assert rows.refused(Dispatch("j", "fire", NAME, None, (sent("c", of="j"),)), actor(2)) == "incident_merged"
    for second, status in enumerate(data.draw(st.lists(st.sampled_from(Status), max_size=4))):
        for model in (rows, apart):
            say(model, "b", status, 10 + second)
    rows.do(UnmergeIncident("j"), actor(100))
    assert rows.rows == apart.rows


def test_one_cannot_be_checked_while_what_is_merged_into_it_is_worked_on() -> None:
    rows = world(incident(), incident(id="j", number=36))
    rows.do(Dispatch("i", "fire", NAME, None, (sent("a"),)), actor())
    rows.do(Dispatch("j", "fire", NAME, None, (sent("b", of="j"),)), actor())
    rows.do(MergeIncidents("j", "i"), actor(1))
    say(rows, "a", Status.DONE)
    assert rows.refused(MoveIncident("i", Move.CHECK), actor(70)) == "assignments_open"
    say(rows, "b", Status.DONE)
    assert rows.refused(MoveIncident("i", Move.CHECK), actor(70)) == ""


def test_only_two_open_ones_are_merged_and_only_once() -> None:
    rows = world(incident(), incident(id="j", number=36), incident(Stage.CLOSED, id="k", number=37))
    assert rows.refused(MergeIncidents("i", "i"), actor()) == "not_mergeable"
    assert rows.refused(MergeIncidents("k", "i"), actor()) == "not_mergeable"
    assert rows.refused(UnmergeIncident("i"), actor()) == "not_merged"
    rows.do(MergeIncidents("j", "i"), actor())
    assert rows.refused(MergeIncidents("j", "i"), actor()) == "incident_merged"
    assert rows.refused(MergeIncidents("i", "j"), actor()) == "incident_merged"


# Levels


def test_a_transfer_leaves_the_first_ones_facts_with_it() -> None:
    rows = dispatched()
    say(rows, "a", Status.ACKNOWLEDGED, 5)
    to = sent("b", Role.ASSIST, "water")
    assert rows.refused(Transfer("a", to, NAME, ""), actor(9)) == "reason_wanted"
    rows.do(Transfer("a", to, NAME, "管网问题"), actor(10))
    first, second = rows.assignment("a"), rows.assignment("b")
    assert first.status is Status.RECALLED and first.at(Status.ACKNOWLEDGED) and first.reason == "管网问题"
    assert (second.role, second.way, second.origin) == (Role.LEAD, Way.TRANSFER, "a")
    assert rows.incident("i").lead == "water"


def test_a_limit_is_escalated_once_whoever_sees_it() -> None:
    rows = dispatched()
    up = Escalate("i", "check:i:x", NAME, sent("e", agency="city"), NAME)
    rows.do(up, actor(10))
    assert rows.assignment("e").role is Role.SUPERVISE
    twice = rows.do(replace(up, to=sent("f", agency="city")), actor(11, "other"))
    assert twice.rows == () and twice.notes == ()


def test_a_whistle_counts_who_reported_in() -> None:
    called: Iterable[Assignment] = [
        replace(one, way=Way.WHISTLE)
        for one in assigned(Status.NOTIFIED, Status.ACKNOWLEDGED, Status.ON_SCENE, Status.DECLINED, Status.RECALLED)
    ]
    assert [reported_in(a) for a in called_in([*called, *assigned(Status.DONE)])].count(True) == 2
    assert len(called_in([*called, *assigned(Status.DONE)])) == 4


# Reports to the level above


@pytest.mark.parametrize(("kind", "by_phone"), [(k, False) for k in ReportKind] + [(ReportKind.FIRST, True)])
def test_a_report_has_what_it_must_have(kind: ReportKind, by_phone: bool) -> None:
    rows = world()
    wanted = SPOKEN if by_phone else WRITTEN[kind]
    whole = SituationReport("s", "i", kind, NAME, {e.value: "…" for e in wanted}, NOW, actor().by, by_phone)
    for element in wanted:
        lacking = {**whole.elements, element.value: " "}
        assert rows.refused(ReportSituation(replace(whole, elements=lacking)), actor()) == "elements_missing"
    rows.do(ReportSituation(whole), actor())
    assert rows.get(SituationReport, "s") == whole
