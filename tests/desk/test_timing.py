"""Limits over a real store: counted as rows change, noticed once, escalated once, whatever the clock does."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.desk.session import Session
from console.desk.timing import Notice, Timing
from console.domain.area import Grant, Right
from console.domain.assignment import Role, Status, Way
from console.domain.conflict import By
from console.domain.duplicates import MergeIncidents, UnmergeIncident
from console.domain.duty import Duty, Escalation, Limit
from console.domain.holding import AnswerRequest, AskRequest
from console.domain.level import Level
from console.domain.moving import MoveIncident
from console.domain.operation import ReportStatus
from console.domain.phrases import say
from console.domain.place import Point
from console.domain.record import IMPORT, Record, Sending
from console.domain.request import Request, RequestKind
from console.domain.stages import Move
from console.domain.timers import Pace
from console.domain.words import Label
from console.domain.worktime import Span
from console.store.ids import new_id
from console.sync.loading import Loading, Person
from console.sync.outbox import pending
from tests.desk.parts import dispatched, pack, settle, until
from tests.desk.parts import session as running_session
from tests.support_taking import take_call

MINUTE = timedelta(minutes=1)
RULES = (Escalation(Limit.ACK, "emergency", Span(2)), Escalation(Limit.HANDLE, "emergency"))


class Clock:
    """The machine's clock, which may be set, and the one that no one sets."""

    def __init__(self, timing: Timing) -> None:
        self.begin, self.gone, self.set = datetime.now(UTC), 0.0, timedelta(0)
        timing.now, timing.steady = self.wall, lambda: self.gone

    def wall(self) -> datetime:
        return self.begin + timedelta(seconds=self.gone) + self.set


@pytest.fixture
def session(app: object, tmp_path: Path) -> Iterator[Session]:
    with running_session(tmp_path) as made:
        use_rules(made)
        yield made


def use_rules(session: Session) -> None:
    duties = {id: replace(duty, escalations=RULES) for id, duty in session.lists.duties.items()}
    session.lists = replace(session.lists, duties=duties)


def kept(session: Session) -> None:
    done: list[int] = []
    session.jobs.store(lambda: 1, done.append)
    until(lambda: bool(done), "the store is done")


def after(session: Session, clock: Clock, minutes: float) -> None:
    """Time goes on, and the desk looks at it every second of the last three."""
    clock.gone += minutes * 60 - 3
    for _ in range(3):
        clock.gone += 1
        session.timing.tick()
    kept(session)


def call(session: Session, metres: float = 0.0) -> str:
    """A call about the river; the incident's id."""
    at = Point(pack().at.lon + metres / 102_700, pack().at.lat)
    name = Label("河水上涨", "River rising")
    return take_call(session, "river_level", name, name, at, Level.YELLOW)


def escalated(session: Session, incident: str) -> list[str]:
    """What the log says was told upwards, oldest first."""
    phrases = [e.note.phrase for e in reversed(session.state.entries_of(incident))]
    return [say(phrase, "zh") for phrase in phrases if phrase and phrase.code == "escalated"]


def test_timers_follow_the_rows(session: Session) -> None:
    incident, clock = dispatched(session), Clock(session.timing)
    running = session.timing.of(incident)
    sent = session.state.assignments_of(incident)
    assert [timer.limit for timer in running].count(Limit.ACK) == len(sent)
    assert session.timing.of(incident) is running, "nothing is derived twice from the same rows"
    session.show((sent[0].recorded(type(sent[0].status).ACKNOWLEDGED, clock.wall()),))
    assert [timer.limit for timer in session.timing.of(incident)].count(Limit.ACK) == len(sent) - 1
    session.lists = replace(session.lists, duties={})
    assert session.timing.of("nothing") == []


def test_a_limit_is_noticed_near_it_and_past_it_once(session: Session) -> None:
    incident, clock = dispatched(session), Clock(session.timing)
    heard: list[list[Notice]] = []
    session.timing.noticed.connect(heard.append)
    session.timing.tick()
    assert heard == []
    after(session, clock, 1.3)
    (near,) = heard
    assert {(notice.pace, notice.timer.limit) for notice in near} == {(Pace.WARN, Limit.ACK)}
    assert len(near) == len(session.state.assignments_of(incident)), "together"
    after(session, clock, 1)
    assert len(heard) == 2 and {notice.pace for notice in heard[1]} == {Pace.OVERDUE}
    after(session, clock, 1)
    assert len(heard) == 2


def test_a_desk_that_was_off_says_how_many_passed_meanwhile_and_does_not_ring(app: object, tmp_path: Path) -> None:
    with running_session(tmp_path) as first:
        incident = dispatched(first)
        count = len(first.state.assignments_of(incident))
    with running_session(tmp_path) as second:
        use_rules(second)
        clock, late, heard = Clock(second.timing), list[int](), list[object]()
        second.timing.late.connect(late.append)
        second.timing.noticed.connect(heard.append)
        after(second, clock, 5)
        assert late == [count] and heard == []
        assert len(escalated(second, incident)) == count
    with running_session(tmp_path) as third:
        use_rules(third)
        clock = Clock(third.timing)
        after(third, clock, 6)
        assert len(escalated(third, incident)) == count, "what was told is not told again"


def test_a_limit_past_its_delay_is_told_upwards_once(session: Session) -> None:
    incident, clock = dispatched(session), Clock(session.timing)
    sent = len(session.state.assignments_of(incident))
    after(session, clock, 3)
    assert escalated(session, incident) == [], "the rule gives two minutes more"
    after(session, clock, 1)
    told_of = escalated(session, incident)
    assert len(told_of) == len(set(told_of)) == sent, "each says whose limit it was"
    assert any("水务分局 排涝 1 队 签收超时" in line for line in told_of), told_of
    after(session, clock, 20)
    assert len(escalated(session, incident)) == sent
    told = [a for a in session.state.assignments_of(incident) if a.way is Way.ESCALATION]
    assert all(a.role is Role.SUPERVISE and a.agency == "emergency" for a in told)
    after(session, clock, 20)
    assert len(escalated(session, incident)) == sent + 1, "and so is the handling"


def test_one_who_does_not_command_there_tells_nobody(session: Session) -> None:
    incident, clock = dispatched(session), Clock(session.timing)
    session.user = replace(session.user, grants=(Grant(Right.RESPOND, pack().area),))
    heard: list[object] = []
    session.timing.noticed.connect(heard.append)
    after(session, clock, 60)
    assert escalated(session, incident) == [] and heard == []


def test_a_clock_that_is_not_the_platforms_escalates_nothing(session: Session) -> None:
    incident, clock = dispatched(session), Clock(session.timing)
    session.timing.set_offset(-300.0)
    after(session, clock, 60)
    assert escalated(session, incident) == []
    session.timing.set_offset(0.4)
    after(session, clock, 1)
    assert escalated(session, incident)


def test_a_clock_that_is_set_is_said_once_and_nothing_follows_from_it_at_once(session: Session) -> None:
    incident, clock = dispatched(session), Clock(session.timing)
    jumps: list[timedelta] = []
    session.timing.jumped.connect(jumps.append)
    after(session, clock, 1)
    clock.set = timedelta(hours=2)
    after(session, clock, 0.2)
    assert [round(jump.total_seconds()) for jump in jumps] == [7200]
    assert escalated(session, incident) == [], "first a person sees that the clock was set"
    clock.set = timedelta(0)
    after(session, clock, 0.2)
    assert [round(jump.total_seconds()) for jump in jumps] == [7200, -7200]
    after(session, clock, 1.5)
    assert escalated(session, incident) == [], "the limits are as they were"
    clock.gone += 3600  # asleep: time went on for both
    session.timing.tick()
    assert len(jumps) == 2


def test_a_connected_desk_whose_clock_was_set_wrong_escalates_nothing_falsely(session: Session) -> None:
    incident, clock = dispatched(session), Clock(session.timing)
    session.timing.set_offset(0.2)
    after(session, clock, 1)
    clock.set = timedelta(hours=2)
    for _ in range(3):
        after(session, clock, 0.2)
    after(session, clock, 1)
    assert escalated(session, incident) == [], "it is two hours ahead of the platform"
    clock.set = timedelta(0)
    after(session, clock, 0.2)
    after(session, clock, 5)
    told = escalated(session, incident)
    assert told, "what is truly late is told"
    after(session, clock, 2)
    assert escalated(session, incident) == told, "once"


def test_a_hold_stops_what_runs_and_resuming_gives_back_what_was_left(session: Session) -> None:
    incident, clock = dispatched(session), Clock(session.timing)
    by = By(session.user.id, session.user.name, clock.wall(), session.area)
    asked = Request(new_id(), incident, RequestKind.HOLD, "等备件", by, clock.wall() + timedelta(days=1))
    session.do(AskRequest(asked))
    session.do(AnswerRequest(asked.id, True))
    until(lambda: session.state.incidents[incident].held, "on hold")
    handle = next(timer for timer in session.timing.of(incident) if timer.limit is Limit.HANDLE)
    assert handle.due_at is None and handle.pace(clock.wall()) is Pace.STOPPED
    before = session.state.incidents[incident]
    after(session, clock, 60)
    assert not [line for line in escalated(session, incident) if "处置" in line]
    session.do(MoveIncident(incident, Move.RESUME, due_at=before.due_at))
    until(lambda: not session.state.incidents[incident].held, "resumed")
    assert next(t for t in session.timing.of(incident) if t.limit is Limit.HANDLE).due_at == before.due_at


def test_what_is_merged_runs_with_the_one_it_is_the_same_as(session: Session) -> None:
    first = dispatched(session)
    second = call(session)
    until(lambda: second in session.proposals, "a proposal")
    session.accept(session.proposals[second])
    until(lambda: session.state.assignments_of(second), "assignments")
    mine, theirs = len(session.timing.of(first)), len(session.timing.of(second))
    session.do(MergeIncidents(second, first))
    until(lambda: session.state.incidents[second].merged_into == first, "merged")
    assert session.timing.of(second) == []
    assert mine < len(session.timing.of(first)) < mine + theirs
    kept_up(session)
    sent = next(one for one in session.state.assignments_of(second) if one.status.open)
    session.do(ReportStatus(sent.id, Status.ON_SCENE, session.timing.now(), Label("", "")))
    until(lambda: session.state.assignments[sent.id].status is Status.ON_SCENE, "on scene")
    kept_up(session)
    session.do(UnmergeIncident(second))
    until(lambda: session.state.incidents[second].merged_into is None, "taken apart")
    kept_up(session)
    assert (len(session.timing.of(first)), bool(session.timing.of(second))) == (mine, True)


def kept_up(session: Session) -> None:
    """What is followed as rows change is what going through all of them finds."""
    followed = session.timing._known()
    session.timing.forget()
    assert followed == session.timing._known()


def test_a_calendar_without_end_is_written_down_once_and_stops_nothing(
    session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    incident, clock = call(session), Clock(session.timing)
    never = replace(session.work, days_off=frozenset(clock.begin.date() + timedelta(days=n) for n in range(4200)))
    session.work = never
    duty = Duty("river_level", "water", (), {Limit.DISPATCH.value: Span(1, type(Span(1).measure).WORK_DAYS)})
    session.lists = replace(session.lists, duties={duty.id: duty})
    for _ in range(3):
        session.touch("incident")
        session.timing.tick()
    assert session.timing.of(incident) == []
    assert sum("no end" in record.message for record in caplog.records) == 1
    settle(0.1)


def test_past_calls_that_were_imported_have_no_limits(app: object, tmp_path: Path) -> None:
    """Looking at them writes nothing, though all their limits passed years ago."""
    past, name = datetime(2019, 1, 1, tzinfo=UTC), Label("火警", "Fire")
    record = Record(
        id=new_id(), matter="river_level", title=name, place=name, at=Point(113.6, 22.9), level=Level.RED,
        usual_level=Level.RED, received_at=past, words=("F1",), told=frozenset({"received_at"}),
        sendings=(Sending(new_id(), "fire", "E1", {"notified": past}),),
    )  # fmt: skip
    with running_session(tmp_path) as first:
        loading = Loading(first.store, first.pack, Person("import", IMPORT))
        loading.load([record])
        assert loading.done.left_open == 1
    with running_session(tmp_path) as second:
        use_rules(second)
        assert record.id in second.state.incidents and second.state.incidents[record.id].open
        clock, late = Clock(second.timing), list[int]()
        second.timing.late.connect(late.append)
        before = pending(second.store)
        after(second, clock, 5)
        assert late == [] and second.timing.of(record.id) == []
        assert pending(second.store) == before and escalated(second, record.id) == []
