"""What runs against the clock, what a hold does to it, and whom a passed limit is told: from rows alone."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.assignment import Assignment, Role, Status, Way
from console.domain.conflict import By
from console.domain.duty import Duty, Escalation, Limit
from console.domain.escalating import escalations_due
from console.domain.incident import Incident, Mark, SideState, Stage, Task
from console.domain.level import Level
from console.domain.place import Point
from console.domain.resuming import due_after_hold
from console.domain.situation import ReportKind, SituationReport
from console.domain.timers import Pace, Timer, timers
from console.domain.words import Label
from console.domain.worktime import CHINA, Measure, Pause, Span, WorkTime

NOW = datetime(2026, 7, 14, 6, 0, tzinfo=UTC)  # Tuesday, two in the afternoon in China
NAME = Label("名", "Name")
BY = By("u1", NAME, NOW, "town")
WORK = WorkTime()
MINUTE = timedelta(minutes=1)
LIMITS = {
    Limit.VERIFY.value: Span(30),
    Limit.FILE.value: Span(2, Measure.WORK_HOURS),
    Limit.DISPATCH.value: Span(10),
    Limit.CHECK.value: Span(1, Measure.WORK_DAYS),
    Limit.CLOSE.value: Span(60),
    Limit.PHONE.value: Span(20),
    Limit.WRITTEN.value: Span(40),
    Limit.FOLLOW_UP.value: Span(60),
    Limit.FINAL.value: Span(1440),
}
DUTY = Duty("m", "fire", (), LIMITS)


def incident(stage: Stage = Stage.VERIFIED, **more: object) -> Incident:
    made = Incident("i1", 34, "m", NAME, NAME, Point(0, 0), Level.RED, stage, tuple(Stage), NOW, NAME)
    return replace(made, entered={stage.value: NOW}, **more)


def held(at: datetime, **more: object) -> Incident:
    return incident(Stage.IN_PROGRESS, marks={"on_hold": Mark(BY)}, pauses=(Pause(at),), **more)


def assigned(**times: datetime) -> Assignment:
    return Assignment(
        "a1",
        "i1",
        "fire",
        Role.LEAD,
        ack_due_at=NOW + MINUTE,
        arrive_due_at=NOW + 9 * MINUTE,
        times={"notified": NOW, **times},
    )


def running(one: Incident, *rows: Assignment | Task, duty: Duty | None = DUTY) -> dict[Limit, Timer]:
    mine = [row for row in rows if isinstance(row, Assignment)]
    found = timers(one, mine, [row for row in rows if isinstance(row, Task)], [], duty, WORK)
    dues = [timer.due_at for timer in found if timer.due_at is not None]
    assert dues == sorted(dues) and [timer.due_at for timer in found[: len(dues)]] == dues
    return {timer.limit: timer for timer in found}


def test_what_runs_is_on_what_comes_next() -> None:
    reports = {Limit.PHONE, Limit.WRITTEN}
    for stage, limit in {
        Stage.ACCEPTED: Limit.VERIFY,
        Stage.VERIFIED: Limit.FILE,
        Stage.FILED: Limit.DISPATCH,
        Stage.REPORTED_BACK: Limit.CHECK,
        Stage.CHECKED: Limit.CLOSE,
    }.items():
        assert running(incident(stage)).keys() == {limit, *reports}
    assert running(incident(Stage.CLOSED)) == {}
    assert running(incident(Stage.FILED, merged_into="i2")) == {}
    short = incident(Stage.ACCEPTED, stages=(Stage.REPORTED, Stage.ACCEPTED, Stage.DISPATCHED, Stage.CLOSED))
    assert Limit.DISPATCH in running(short), "a matter that skips 核实 and 立案 is dispatched next"


def test_an_assignment_is_to_be_acknowledged_then_to_arrive() -> None:
    sent = assigned()
    assert running(incident(), sent, duty=None)[Limit.ACK].due_at == NOW + MINUTE
    assert running(incident(), replace(sent, way=Way.WHISTLE), duty=None).keys() == {Limit.WHISTLE}
    on_the_way = sent.recorded(Status.EN_ROUTE, NOW + MINUTE)
    assert running(incident(), on_the_way, duty=None).keys() == {Limit.ARRIVE}
    assert running(incident(), on_the_way.recorded(Status.ON_SCENE, NOW + 3 * MINUTE), duty=None) == {}


def test_reports_go_on_until_the_final_one() -> None:
    def left(*reports: SituationReport, stage: Stage = Stage.IN_PROGRESS) -> set[Limit]:
        return {timer.limit for timer in timers(incident(stage), [], [], reports, DUTY, WORK)}

    def report(kind: ReportKind, by_phone: bool = False) -> SituationReport:
        return SituationReport("r", "i1", kind, NAME, {}, NOW, BY, by_phone)

    assert left() == {Limit.PHONE, Limit.WRITTEN}
    assert left(report(ReportKind.FIRST, by_phone=True)) == {Limit.WRITTEN}
    assert left(report(ReportKind.FIRST)) == {Limit.FOLLOW_UP}
    assert left(report(ReportKind.FIRST), stage=Stage.REPORTED_BACK) == {Limit.CHECK, Limit.FINAL}
    assert left(report(ReportKind.FINAL)) == set()


@given(st.integers(0, 200))
def test_the_pace_changes_at_three_quarters_and_at_the_limit(minutes) -> None:
    timer = Timer(Limit.ACK, "a1", NOW, NOW + 100 * MINUTE)
    pace = timer.pace(NOW + minutes * MINUTE)
    assert pace is (Pace.RUNNING if minutes < 75 else Pace.WARN if minutes <= 100 else Pace.OVERDUE)
    assert replace(timer, due_at=None).pace(NOW) is Pace.STOPPED


def test_a_hold_stops_all_but_what_is_on_the_road() -> None:
    task = Task("t1", "i1", 1, NAME, due_at=NOW + 30 * MINUTE)
    one = held(NOW + MINUTE, due_at=NOW + 60 * MINUTE)
    stopped = running(one, task, assigned(), duty=None)
    assert {limit for limit, timer in stopped.items() if timer.due_at is None} == {Limit.HANDLE, Limit.TASK}
    assert stopped[Limit.ACK].due_at == NOW + MINUTE
    on = replace(one, marks={}, pauses=(Pause(NOW + MINUTE, NOW + 11 * MINUTE),))
    assert running(on, task)[Limit.TASK].due_at == NOW + 40 * MINUTE
    given_since = replace(on, entered={"dispatched": NOW + 12 * MINUTE})
    assert running(given_since, task)[Limit.TASK].due_at == NOW + 30 * MINUTE, "given out after the hold"


@given(st.integers(1, 3000), st.integers(0, 6000), st.integers(0, 9000))
def test_as_much_elapsed_time_is_left_after_a_hold_as_before(limit, before, long) -> None:
    since, at = NOW + before * MINUTE, NOW + (before + long) * MINUTE
    due = due_after_hold(held(since, due_at=NOW + limit * MINUTE), at, None, WORK)
    assert due is not None and due - at == NOW + limit * MINUTE - since


@given(st.integers(1, 40), st.integers(0, 6000), st.integers(0, 20_000))
def test_as_many_working_hours_are_left_after_a_hold_as_before(hours, before, long) -> None:
    duty = Duty("m", "fire", (), {Limit.HANDLE.value: Span(hours, Measure.WORK_HOURS)})
    since, at = NOW + before * MINUTE, NOW + (before + long) * MINUTE
    limit = WORK.due(NOW, Span(hours, Measure.WORK_HOURS))
    assert limit is not None
    due = due_after_hold(held(since, due_at=limit), at, duty, WORK)
    assert due is not None
    if limit > since:
        assert WORK.between(at, due) == WORK.between(since, limit)
        assert due == WORK.due(NOW, Span(hours, Measure.WORK_HOURS), (Pause(since, at),))
    else:
        assert due - at == limit - since


@given(st.integers(1, 15), st.integers(0, 20_000), st.integers(0, 20_000))
def test_a_limit_in_working_days_moves_as_if_the_pause_had_been_known(days, before, long) -> None:
    span = Span(days, Measure.WORK_DAYS)
    duty = Duty("m", "fire", (), {Limit.HANDLE.value: span})
    since, at = NOW + before * MINUTE, NOW + (before + long) * MINUTE
    limit = WORK.due(NOW, span)
    assert limit is not None
    due = due_after_hold(held(since, due_at=limit), at, duty, WORK)
    assert due is not None and due >= limit
    first_end = datetime.combine(NOW.astimezone(CHINA).date(), WORK.hours[-1][1], CHINA)
    if limit > since >= first_end:  # the day it began on counts only where the hold is on that day
        assert due == WORK.due(NOW, span, (Pause(since, at),))


def test_without_a_hold_or_a_limit_nothing_moves() -> None:
    assert due_after_hold(incident(due_at=NOW), NOW + MINUTE, DUTY, WORK) == NOW
    assert due_after_hold(held(NOW), NOW + MINUTE, DUTY, WORK) is None


# Escalation

RULES = (
    Escalation(Limit.VERIFY, "office"),
    Escalation(Limit.VERIFY, "mayor", Span(30)),
    Escalation(Limit.HANDLE, "office", Span(10)),
    Escalation(Limit.ACK, "office", Span(2)),
)
TOLD = replace(DUTY, escalations=RULES)


def told(one: Incident, now: datetime, *rows: Assignment, work: WorkTime = WORK) -> list[tuple[Limit, str]]:
    found = escalations_due(one, timers(one, rows, [], [], TOLD, work), TOLD, work, now)
    return [(each.timer.limit, each.rule.to) for each in found]


def after(one: Incident, now: datetime, *rows: Assignment) -> Incident:
    """The incident once all that is due was told."""
    found = escalations_due(one, timers(one, rows, [], [], TOLD, WORK), TOLD, WORK, now)
    return replace(one, escalated=(*one.escalated, *(each.key for each in found)))


def test_each_rule_is_told_once_when_its_time_has_come() -> None:
    one = incident(Stage.ACCEPTED)
    assert told(one, NOW + 30 * MINUTE) == [], "at its limit it is not past it"
    late = NOW + 31 * MINUTE
    assert told(one, late) == [(Limit.VERIFY, "office")]
    one = after(one, late)
    assert told(one, late) == [] == told(one, late + 20 * MINUTE)
    assert told(one, NOW + 60 * MINUTE) == [(Limit.VERIFY, "mayor")]
    one = after(one, NOW + 60 * MINUTE)
    assert told(one, NOW + timedelta(days=400)) == []


@given(st.integers(0, 300), st.integers(0, 300))
def test_a_desk_that_was_off_tells_what_one_that_was_on_has_told(first, second) -> None:
    """However often one looks, the same keys come out."""
    early, late = sorted((NOW + first * MINUTE, NOW + second * MINUTE))
    one = incident(Stage.ACCEPTED, due_at=NOW + 90 * MINUTE)
    often = after(after(one, early, assigned()), late, assigned())
    assert set(often.escalated) == set(after(one, late, assigned()).escalated)
    assert after(often, late, assigned()) == often


def test_who_acknowledges_or_is_moved_on_is_told_of_no_more() -> None:
    late = NOW + 5 * MINUTE
    one = incident(Stage.DISPATCHED)
    assert told(one, late, assigned()) == [(Limit.ACK, "office")]
    assert told(one, late, assigned(acknowledged=NOW + 4 * MINUTE)) == []
    assert told(replace(one, merged_into="i2"), late, assigned()) == []


def test_a_hold_puts_an_escalation_off_and_an_extension_begins_again() -> None:
    due = NOW + 60 * MINUTE
    one = held(NOW + 65 * MINUTE, due_at=due)
    assert told(one, NOW + 400 * MINUTE) == []
    resumed = NOW + 365 * MINUTE  # five minutes past its limit as it was when it was stopped
    on = replace(
        one,
        marks={},
        due_at=due_after_hold(one, resumed, TOLD, WORK),
        pauses=(Pause(NOW + 65 * MINUTE, resumed),),
    )
    assert told(on, resumed + 4 * MINUTE) == []
    assert told(on, resumed + 6 * MINUTE) == [(Limit.HANDLE, "office")]
    on = after(on, resumed + 6 * MINUTE)
    longer = replace(
        on,
        due_at=resumed + 60 * MINUTE,
        marks={SideState.EXTENDED.value: Mark(replace(BY, at=resumed + 8 * MINUTE))},
    )
    assert told(longer, resumed + 60 * MINUTE) == []
    assert told(longer, resumed + 71 * MINUTE) == [(Limit.HANDLE, "office")], "the new limit has passed too"


def test_a_stage_that_was_late_before_the_hold_is_told_after_it() -> None:
    one = replace(incident(Stage.ACCEPTED), marks={"on_hold": Mark(BY)}, pauses=(Pause(NOW + 40 * MINUTE),))
    assert told(one, NOW + 300 * MINUTE) == [(Limit.VERIFY, "office")]
    on = replace(one, marks={}, pauses=(Pause(NOW + 40 * MINUTE, NOW + 300 * MINUTE),))
    on = after(on, NOW + 300 * MINUTE)
    assert told(on, NOW + 319 * MINUTE) == []
    assert told(on, NOW + 320 * MINUTE) == [(Limit.VERIFY, "mayor")], "ten minutes counted before the hold"


def test_limits_in_working_time_are_escalated_over_a_year_of_holidays() -> None:
    """Filed on the last working day before the New Year: nothing is late until the first one after."""
    work = WorkTime(days_off=frozenset(date(2026, 2, day) for day in range(16, 24)))
    friday = datetime(2026, 2, 13, 9, 0, tzinfo=UTC)  # five in the afternoon in China
    rule = Escalation(Limit.FILE, "office", Span(1, Measure.WORK_HOURS))
    duty = replace(TOLD, escalations=(rule,))
    one = replace(incident(Stage.VERIFIED), opened_at=friday, entered={"verified": friday})
    found = timers(one, [], [], [], duty, work)

    def late(at: datetime) -> bool:
        return bool(escalations_due(one, found, duty, work, at))

    first = next(timer for timer in found if timer.limit is Limit.FILE).due_at
    assert first == datetime(2026, 2, 24, 10, 0, tzinfo=CHINA)
    assert not late(datetime(2026, 2, 24, 10, 59, tzinfo=CHINA))
    assert late(datetime(2026, 2, 24, 11, 0, tzinfo=CHINA))


@pytest.mark.parametrize("stage", list(Stage))
def test_no_duty_means_no_limit_of_a_stage_and_no_escalation(stage: Stage) -> None:
    assert running(incident(stage), duty=None) == {}
    assert escalations_due(incident(stage), [], None, WORK, NOW) == []
