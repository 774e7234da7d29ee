"""A signed-in desk's live state, over a real store: from a value to a closed loop, with words doubled and late."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from console.desk.incident_rows import IncidentRows
from console.desk.keep import load_state
from console.desk.present import incident_detail, unit_rows
from console.desk.proposals import travel_times
from console.desk.session import Session
from console.domain.agency import Position
from console.domain.alarm import AlarmState, FilterReason
from console.domain.assignment import Assignment, Role, Status
from console.domain.errors import KnownError, Refused
from console.domain.incident import Stage
from console.domain.indicator import Reading
from console.domain.intake import Call, CameraFault, FieldReport, LinkCut, Message
from console.domain.level import Level
from console.domain.log import Kind
from console.domain.moving import MoveIncident
from console.domain.operation import EVERY, Dispatch, FilterAlarm, TickTask
from console.domain.phrases import say
from console.domain.place import Point
from console.domain.stages import Move
from console.domain.whereabouts import whereabouts
from console.domain.words import Label, Phrase
from console.store.check import verify_chain
from console.sync.outbox import pending
from tests.desk.parts import at_work, dispatched, open_incident, pack, raise_alarm, read, roads, settle, until, write
from tests.desk.parts import session as running_session
from tests.support_wait import WAIT_S
from widgets.log_table import told_text


@pytest.fixture
def session(app: object, tmp_path: Path) -> Iterator[Session]:
    with running_session(tmp_path) as made:
        yield made


def kept(session: Session) -> None:
    """Everything asked of the store until now is done and shown."""
    done: list[int] = []
    session.jobs.store(lambda: 1, done.append)
    until(lambda: bool(done), "the store is done")


def reload(session: Session) -> object:
    """What a desk started now would show."""
    kept(session)
    with session.store.read() as view:
        return load_state(view, session.pack, datetime.now(UTC))


def test_a_reading_over_its_limit_raises_one_alarm(session: Session) -> None:
    for value in (3.10, 3.19, 3.21, 3.22, 3.21, 3.23):
        read(session, value)
    kept(session)
    (alarm,) = session.state.alarms.values()
    assert (alarm.level, alarm.state, alarm.indicator) == (Level.YELLOW, AlarmState.UNACKNOWLEDGED, "lisha_level")
    read(session, 3.45)
    kept(session)
    (alarm,) = session.state.alarms.values()
    assert (alarm.level, alarm.value) == (Level.ORANGE, 3.45)
    read(session, 3.01)
    kept(session)
    (alarm,) = session.state.alarms.values()
    assert not alarm.active
    read(session, 3.25)
    kept(session)
    assert len(session.state.alarms) == 2, "another episode, another alarm"
    assert load_alarms(session) == session.state.alarms


def load_alarms(session: Session) -> object:
    return reload(session).alarms  # type: ignore[attr-defined]


def test_a_burst_of_readings_in_one_turn_raises_one_alarm(session: Session) -> None:
    now = datetime.now(UTC)
    for number in range(200):
        session.take(Reading("lisha_level", now + timedelta(milliseconds=number), 3.3))
    kept(session)
    assert len(session.state.alarms) == 1


def test_from_alarm_to_close(session: Session) -> None:
    incident_id = open_incident(session)
    incident = session.state.incidents[incident_id]
    assert (incident.code, incident.stage, incident.place) == ("I1", Stage.ACCEPTED, Label("立沙桥", "Lisha Bridge"))
    (alarm,) = session.state.alarms.values()
    assert (alarm.state, alarm.incident) == (AlarmState.CONFIRMED, incident_id)

    proposal = session.proposals[incident_id]
    assert all(candidate.reasons for candidate in proposal.candidates)
    session.accept(proposal)
    assert incident_id not in session.proposals, "a second press of the key finds nothing to accept"
    until(lambda: session.state.incidents[incident_id].stage is Stage.DISPATCHED, "dispatched")
    assignments = session.state.assignments_of(incident_id)
    assert {a.unit for a in assignments if a.unit} == {c.unit.id for c in proposal.chosen}
    assert {a.agency for a in assignments} >= {proposal.lead, *proposal.assist}
    assert {a.agency for a in assignments if a.role is Role.LEAD} == {proposal.lead}
    assert len(session.state.tasks_of(incident_id)) == len(proposal.tasks) > 0
    orders = [e for e in session.state.entries_of(incident_id) if e.note.kind is Kind.ORDER]
    assert len(orders) == len(proposal.messages) > 0
    assert session.state.incidents[incident_id].due_at == proposal.due_at

    for assignment in assignments:
        for status in (Status.ACKNOWLEDGED, Status.EN_ROUTE, Status.ON_SCENE, Status.WORKING, Status.DONE):
            session.take(FieldReport(assignment.id, status, datetime.now(UTC), Label("收到", "Received")))
    until(lambda: session.state.incidents[incident_id].stage is Stage.REPORTED_BACK, "reported back")
    for task in session.state.tasks_of(incident_id):
        session.do(TickTask(task.id, True))
    session.do(MoveIncident(incident_id, Move.CHECK))
    session.do(MoveIncident(incident_id, Move.CLOSE))
    until(lambda: session.state.incidents[incident_id].stage is Stage.CLOSED, "closed")

    entries = session.state.entries_of(incident_id)
    said = [say(e.note.phrase, "zh") if e.note.phrase else e.note.text for e in entries]
    assert said[0] == "I1 结案"
    assert said[1] == "I1 核查通过"
    assert said[-1].startswith("告警确认,立案 I1")
    assert sum(e.note.kind is Kind.RADIO for e in entries) == 5 * len(assignments)
    kept(session)
    assert verify_chain(session.store, session.store.device) is None
    again = reload(session)
    assert again.incidents == session.state.incidents  # type: ignore[attr-defined]
    assert again.assignments == session.state.assignments  # type: ignore[attr-defined]
    assert again.tasks == session.state.tasks  # type: ignore[attr-defined]
    assert [e.id for e in again.entries] == [e.id for e in session.state.entries]  # type: ignore[attr-defined]


def test_numbers_go_on_and_two_incidents_stay_apart(session: Session) -> None:
    first, second = dispatched(session), open_incident(session, "rain_1h")
    assert [session.state.incidents[id].code for id in (first, second)] == ["I1", "I2"]
    kept(session)
    busy = {a.unit for a in session.state.assignments_of(first) if a.unit}
    assert busy
    assert not busy & {c.unit.id for c in session.proposals[second].chosen}, "a busy unit is not proposed again"
    assert not session.state.assignments_of(second)


def test_more_units_for_an_incident_bring_no_second_set_of_tasks(session: Session) -> None:
    incident = dispatched(session)
    tasks, before = session.state.tasks_of(incident), session.state.assignments_of(incident)
    session.want_proposal(incident)
    until(lambda: incident in session.proposals, "another proposal")
    more = session.proposals[incident]
    free = next((c for c in more.candidates if not c.chosen and c.travel_s is not None), None)
    session.accept(more if free is None or more.chosen else more.toggled(free.unit.id))
    kept(session)
    settle(0.1)
    assert session.state.tasks_of(incident) == tasks
    assert {a.id for a in session.state.assignments_of(incident)} >= {a.id for a in before}
    units = [a.unit for a in session.state.assignments_of(incident) if a.unit]
    assert len(units) == len(set(units)), "nobody is sent twice"


def test_field_reports_doubled_late_and_out_of_order(session: Session) -> None:
    incident = dispatched(session)
    one = session.state.assignments_of(incident)[0]
    now = datetime.now(UTC)
    before = len(session.state.entries)

    def report(status: Status, seconds: float) -> None:
        session.take(FieldReport(one.id, status, now + timedelta(seconds=seconds)))

    report(Status.ON_SCENE, 50)
    report(Status.ON_SCENE, 50)
    report(Status.ON_SCENE, 51)
    report(Status.ACKNOWLEDGED, 10)
    report(Status.EN_ROUTE, 20)
    report(Status.EN_ROUTE, 20)
    session.take(FieldReport("no such assignment", Status.DONE, now))
    kept(session)
    after = session.state.assignments[one.id]
    assert after.status is Status.ON_SCENE, "late words do not take it back"
    assert [after.at(s) for s in (Status.ACKNOWLEDGED, Status.EN_ROUTE, Status.ON_SCENE)] == [
        now + timedelta(seconds=s) for s in (10, 20, 50)
    ]
    assert len(session.state.entries) == before + 3, "each word is in the log once"
    assert session.state.incidents[incident].stage is Stage.IN_PROGRESS
    again = reload(session)
    assert again.assignments[one.id] == after  # type: ignore[attr-defined]


def test_a_refusal_is_signalled_and_changes_nothing(session: Session) -> None:
    refused: list[Phrase] = []
    session.refused.connect(refused.append)
    incident = dispatched(session)
    kept(session)
    before = len(session.state.entries)
    session.do(MoveIncident(incident, Move.CHECK))
    session.do(MoveIncident(incident, Move.CLOSE))
    alarm = next(iter(session.state.alarms))
    session.do(FilterAlarm(alarm, FilterReason.FALSE))
    until(lambda: len(refused) == 3, "three refusals")
    assert [phrase.code for phrase in refused][1:] == ["not_checked", "alarm_decided"]
    for phrase in refused:
        assert say(phrase, "zh") != say(phrase, "en")
    kept(session)
    assert len(session.state.entries) == before
    assert session.state.incidents[incident].stage is Stage.DISPATCHED
    assert isinstance(Refused(refused[0]), KnownError)


def test_two_confirmations_of_one_alarm_open_one_incident(session: Session) -> None:
    refused: list[Phrase] = []
    session.refused.connect(refused.append)
    alarm = session.state.alarms[raise_alarm(session)]
    first = session.confirm(alarm)
    session.confirm(alarm)
    until(lambda: bool(refused), "the second is refused")
    kept(session)
    assert list(session.state.incidents) == [first]


def test_a_call_rings_and_files_nothing_and_a_message_is_written(session: Session) -> None:
    call = Call(
        Label("王先生", "Mr Wang"),
        "collision",
        Label("三车追尾", "Three cars collided"),
        Label("环莞快速", "Huanguan"),
        Point(113.64, 22.94),
        Level.RED,
        Label("一人被困", "one trapped"),
    )
    session.take(call)
    session.take(Message(Label("社区", "Community"), Label("已敲门", "Knocked")))
    until(lambda: len(session.state.entries) == 2, "both are in the log")
    (rings,) = session.state.waiting_calls()
    assert (rings.caller, rings.level, rings.title) == (call.caller, Level.RED, call.title)
    assert not session.state.incidents, "it waits until somebody takes it"
    assert {e.note.kind for e in session.state.entries} == {Kind.PHONE, Kind.MESSAGE}


def test_an_unknown_matter_and_an_unknown_sensor_are_taken_all_the_same(session: Session) -> None:
    session.take(Reading("no such sensor", datetime.now(UTC), 9e9))
    place, level = Label("?", "?"), Level.BLUE
    session.take(Call(place, "no such matter", place, place, Point(113.64, 22.94), level, place))
    until(session.state.waiting_calls, "it rings")
    assert not session.state.alarms


def test_faults_of_a_scenario_are_told_to_whom_they_concern(session: Session) -> None:
    heard: list[object] = []
    session.faulted.connect(heard.append)
    said = [CameraFault("cam01", "stall"), LinkCut(True), CameraFault("cam01", None), LinkCut(False)]
    for each in said:
        session.take(each)
    assert heard == said


def test_changes_are_told_together(session: Session) -> None:
    told: list[frozenset[str]] = []
    settle(0.1)
    session.changed.connect(told.append)
    for _ in range(500):
        session.touch("reading")
        session.touch("position")
    session.touch("alarm")
    until(lambda: bool(told))
    settle(0.1)
    assert told == [frozenset({"reading", "position", "alarm"})]


def test_positions_and_readings_are_flushed_and_read_again(session: Session) -> None:
    sent: list[list[Position]] = []
    session.positions.connect(sent.append)
    unit = next(iter(pack().units))
    first, last = (Position(unit, Point(113.6, 22.9 + n), datetime.now(UTC), 90.0) for n in (0, 1))
    session.take(first)
    session.take(last)
    read(session, 3.0)
    session.flush()
    assert sent == [[last]], "the latest of each unit only"
    again = reload(session)
    assert again.positions == {unit: last}  # type: ignore[attr-defined]
    assert again.series["lisha_level"].values[-1, 1] == 3.0  # type: ignore[attr-defined]
    assert session.jobs.store(lambda: pending(session.store)).result(WAIT_S) == {"command": 0, "bulk": 1}
    session.flush()
    assert len(sent) == 1


def test_travel_is_over_the_roads_where_there_are_some(session: Session) -> None:
    places = whereabouts(pack().units.values(), pack().agencies, {}, (), {}, datetime.now(UTC))
    to = pack().indicators["lisha_level"].at
    assert to is not None
    by_road = travel_times(pack(), places, to, roads())
    straight = travel_times(pack(), places, to, None)
    assert by_road.keys() == straight.keys() == {id for id, where in places.items() if where.at is not None}
    assert all(seconds > 0 for seconds in by_road.values())
    assert by_road != straight
    assert travel_times(pack(), {}, to, roads()) == {}
    near = travel_times(pack(), places, to, roads(), 300.0)
    assert near == {id: seconds if seconds <= 300 else math.inf for id, seconds in by_road.items()}


@pytest.mark.usefixtures("app")
def test_what_is_typed_and_not_sent_is_there_again(tmp_path: Path) -> None:
    typed = {"first": "桥头已封,等交警", "second": "half a word"}
    with at_work(tmp_path) as desk:
        assert desk.session is not None
        assert desk.control is not None
        panel, incidents = desk.window.panels.incident, []
        for indicator, text in zip(("lisha_level", "rain_1h"), typed.values(), strict=True):
            incidents.append(open_incident(desk.session, indicator))
            desk.control.open(incidents[-1])
            until(lambda: panel.detail() and panel.detail().incident.id == incidents[-1], "it is shown")  # type: ignore[union-attr]
            panel.focus_note()
            line = QApplication.focusWidget()
            assert line is not None
            write(line, text + " ok")
        desk.control.open(incidents[0])
        until(lambda: panel.detail() and panel.detail().incident.id == incidents[0], "the first again")  # type: ignore[union-attr]
        panel.focus_note()
        assert QApplication.focusWidget().text() == typed["first"] + " ok"  # type: ignore[union-attr]
    with at_work(tmp_path) as desk:
        assert desk.window.panels.incident.drafts() == dict(
            zip(incidents, (text + " ok" for text in typed.values()), strict=True)
        )


def test_a_unit_of_another_system_is_called_by_its_id(session: Session) -> None:
    """Imported calls have units that the pack does not know: every list shows them all the same."""
    of = open_incident(session)
    sent = Assignment("a-e39", of, "fire", Role.LEAD, "E39", scope=session.pack.agencies["fire"].path)
    elsewhere = Assignment("a-m1", of, "county", Role.ASSIST, "M1")
    session.do(Dispatch(of, "fire", Label("消防", "Fire"), None, (sent, elsewhere), seen=(EVERY,)))
    kept(session)
    detail = incident_detail(session, of)
    assert detail is not None
    shown = {row.assignment.unit: (row.agency, row.unit) for row in detail.assignments}
    assert shown["E39"] == (session.pack.agencies["fire"].name, Label("E39", "E39"))
    assert shown["M1"] == (Label("county", "county"), Label("M1", "M1"))
    (row,) = IncidentRows(session).of([session.state.incidents[of]])
    assert Label("county", "county") in row.agencies
    assert session.who(session.state.assignments["a-e39"]) == Label("E39", "E39")
    session.take(FieldReport("a-e39", Status.DONE, datetime.now(UTC)))
    kept(session)
    assert session.state.assignments["a-e39"].status is Status.DONE
    own = [unit for unit in session.pack.units if session.own(unit)]
    assert [row.unit.id for row in unit_rows(session, {}, datetime.now(UTC))] == own


def test_a_pasted_note_of_any_length_and_script_is_kept_and_shown_whole(session: Session) -> None:
    long = ("𠮷野家门口🔥 مرحبا 100% 水位 " * 1000)[:15_000]
    session.write(long, None)
    kept(session)
    (entry,) = session.state.entries
    assert entry.note.text == long
    assert told_text(entry) == long
    with session.store.read() as view:
        assert view.entries() == [entry]
    assert verify_chain(session.store, session.store.device) is None
