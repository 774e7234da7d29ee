"""What is proposed stays until it is sent, and never comes back once it is."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.desk.session import Session
from console.domain.assignment import Status
from console.domain.log import Kind
from console.domain.operation import ReportStatus
from tests.desk.parts import at_work, dispatched, open_incident, pack, raise_alarm, settle, stand_by, until
from tests.desk.parts import session as running_session


@pytest.fixture
def session(app: object, tmp_path: Path) -> Iterator[Session]:
    with running_session(tmp_path) as made:
        yield made


def slow_disk(session: Session, seconds: float = 0.3) -> None:
    """What is written from now on waits for this long."""
    session.jobs.store(lambda: time.sleep(seconds))


def shows(session: Session) -> list[str]:
    """The incidents that something is proposed for from now on, each time the panels hear of anything."""
    shown: list[str] = []
    session.changed.connect(lambda _kinds: shown.extend(session.proposals))
    return shown


def test_a_first_proposal_that_is_asked_for_late_does_not_come_back_once_it_is_sent(session: Session) -> None:
    incident = open_incident(session)
    session.proposals.want_soon(incident)  # the timer that runs when an incident opens
    slow_disk(session)
    session.accept(session.proposals[incident])
    shown = shows(session)
    until(lambda: session.state.assignments_of(incident), "it is sent")
    settle(0.2)
    assert not session.proposals and not shown


def test_one_that_was_being_worked_out_when_another_sent_it_is_not_shown(session: Session) -> None:
    incident = open_incident(session)
    proposal = session.proposals[incident]
    slow_disk(session)
    session.want_proposal(incident)
    session.accept(proposal)
    shown = shows(session)
    until(lambda: not session.proposals.working, "it is worked out")
    until(lambda: session.state.assignments_of(incident), "it is sent")
    settle(0.1)
    assert not session.proposals and not shown


def test_the_next_level_asked_for_while_the_first_is_written_comes_when_it_is(session: Session) -> None:
    incident = open_incident(session)
    slow_disk(session)
    session.accept(session.proposals[incident])
    session.want_proposal(incident)  # a hand quicker than the disk
    assert not session.proposals.working
    until(lambda: incident in session.proposals, "the next level")
    proposal = session.proposals[incident]
    sent = {a.unit for a in session.state.assignments_of(incident)}
    assert proposal.force == 1 and not proposal.first
    assert sent.isdisjoint(c.unit.id for c in proposal.chosen)


def test_units_called_in_after_the_dispatch_stay_when_something_happens(session: Session) -> None:
    incident = dispatched(session)
    session.proposals.add(incident, ["jj20"])
    until(lambda: incident in session.proposals, "it is called in")
    assert not session.proposals[incident].first and not session.proposals[incident].empty
    mine = next(a for a in session.state.assignments_of(incident) if a.unit)
    session.do(ReportStatus(mine.id, Status.ON_SCENE, datetime.now(UTC), session.who(mine), Kind.PHONE))
    until(lambda: session.state.assignments[mine.id].status is Status.ON_SCENE, "news from the scene")
    assert [c.unit.id for c in session.proposals[incident].chosen] == ["jj20"]
    assert session.proposals[incident].toggled("jj20").empty, "without it nobody would be sent"
    session.want_proposal(incident)
    until(lambda: session.proposals[incident].force == 1, "the next level")
    assert "jj20" in {c.unit.id for c in session.proposals[incident].chosen}, "who was called in goes with it"
    session.accept(session.proposals[incident])
    until(lambda: session.state.incidents[incident].force == 1, "it is sent")
    assert "jj20" in {a.unit for a in session.state.assignments_of(incident)}


def test_one_that_cannot_be_written_stands_as_it_did(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    incident = open_incident(session)
    proposal = session.proposals[incident]
    failed: list[object] = []
    session.failed.connect(failed.append)

    def full(*_: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr("console.desk.session.perform", full)
        session.accept(proposal)
        until(lambda: bool(failed), "it is said")
    assert session.proposals[incident] == proposal
    session.accept(session.proposals[incident])
    until(lambda: session.state.assignments_of(incident), "the second try")


def test_a_town_where_nobody_has_a_position_is_proposed_to_from_its_stations(session: Session) -> None:
    alarm = raise_alarm(session, "lisha_level")
    incident = session.confirm(session.state.alarms[alarm])
    until(lambda: incident in session.proposals, "a proposal")
    proposal = session.proposals[incident]
    assert proposal.chosen and not proposal.short and not session.state.positions
    for candidate in proposal.chosen:
        assert "position_home" in {reason.code for reason in candidate.gist}
    session.proposals.drop(incident)
    session.proposals.add(incident, ["ld1", "jt3"])  # by hand: counted from its agency's place, and from nowhere
    until(lambda: incident in session.proposals, "they are called in")
    told = {c.unit.id: [reason.code for reason in c.gist] for c in session.proposals[incident].chosen}
    assert "position_agency" in told["ld1"] and "position_unknown" in told["jt3"]


def test_confirming_proposes_without_being_asked(session: Session) -> None:
    stand_by(session)
    incident = session.confirm(session.state.alarms[raise_alarm(session)])
    until(lambda: incident in session.proposals, "a proposal")
    assert session.proposals[incident].first


def called(session: Session) -> dict[str, tuple[str, ...]]:
    return {id: edits["called"] for id, edits in session.proposals.edits().items()}


def test_a_proposal_that_was_changed_is_there_after_a_restart_as_it_stood(app: object, tmp_path: Path) -> None:
    with at_work(tmp_path) as desk:
        session = desk.session
        assert session is not None and desk.control is not None
        id = open_incident(session)
        desk.control.open(id)
        offered = session.proposals[id]
        called_in = next(c.unit.id for c in offered.candidates if not c.chosen and c.look.free)
        left = offered.chosen[0].unit.id
        struck, lead = offered.assist[0], offered.assist[1]
        session.proposals.put(offered.led_by(lead).agency_toggled(struck).task_toggled(1).toggled(left))
        desk.control.call_in([called_in])
        until(lambda: called_in in {c.unit.id for c in session.proposals[id].chosen}, "called in")
        changed = session.proposals[id]
        settle(0.6)
    with at_work(tmp_path) as desk:
        session = desk.session
        assert session is not None

        def stands() -> bool:
            again = session.proposals.get(id)
            return again is not None and again.first and again.edits == changed.edits

        until(stands, "it is there again")
        again = session.proposals[id]
        assert (again.lead, again.left_out, again.undone) == (lead, {struck}, {1})
        assert {c.unit.id for c in again.chosen} == {c.unit.id for c in changed.chosen}
        session.want_proposal(id)  # and worked out anew
        until(lambda: not session.proposals.working, "again")
        assert session.proposals[id].edits == changed.edits


def test_who_was_called_in_is_there_after_a_restart(app: object, tmp_path: Path) -> None:
    with at_work(tmp_path) as desk:
        session = desk.session
        assert session is not None and desk.control is not None
        id = dispatched(session)
        desk.control.open(id)
        sent = session.state.assignments.here(id)
        unit = next(u for u in pack().units if u not in sent and session.own(u))
        desk.control.call_in([unit])
        until(lambda: called(session) == {id: (unit,)}, "begun")
        desk.control.call_in([next(iter(sent))])  # one that is there already changes nothing
        settle(0.6)
    with at_work(tmp_path) as desk:
        session = desk.session
        assert session is not None
        until(lambda: called(session) == {id: (unit,)}, "it is there again")
        session.accept(session.proposals[id])
        until(lambda: unit in session.state.assignments.here(id), "sent")
        until(lambda: not session.proposals.edits(), "and begun no more")
        settle(0.6)
    with at_work(tmp_path) as desk:
        session = desk.session
        assert session is not None
        settle(1.0)
        assert not session.proposals.edits()
