"""A call that comes in rings, is taken once, joined to what is open, or dismissed with a reason."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from console.domain.answering import DismissCall, JoinCall, RingCall, TakeCall
from console.domain.conflict import Casualties, CasualtyReport
from console.domain.duplicates import NEAR_IN_TIME, reported_already
from console.domain.incident import Incident
from console.domain.incoming import CallState, IncomingCall
from console.domain.merging import ReportCasualties
from console.domain.operation import Actor, Operation
from console.domain.phrases import both
from console.domain.place import Point
from console.domain.words import Label
from tests.support_model import Model
from tests.support_pack import HERE, START, actor, call, incident


def does(rows: Model, operation: Operation, who: Actor) -> list[str]:
    """What the log says of it."""
    said = [note.phrase for note in rows.do(operation, who).notes if note.phrase]
    assert all(both(phrase).zh and both(phrase).en for phrase in said)
    return [phrase.code for phrase in said]


@pytest.fixture
def rung() -> IncomingCall:
    return call()


@pytest.fixture
def rows(rung: IncomingCall) -> Model:
    rows = Model()
    assert does(rows, RingCall(replace(rung, state=CallState.TAKEN)), actor()) == ["call_rang"]
    return rows


def the(rows: Model, rung: IncomingCall) -> Any:
    return rows.get(IncomingCall, rung.id)


def test_a_call_rings_whatever_its_sender_says_of_it(rows: Model, rung: IncomingCall) -> None:
    assert the(rows, rung) == rung and rung.open


def test_taking_it_opens_an_incident_and_the_call_knows_which(rows: Model, rung: IncomingCall) -> None:
    opened = incident(7)
    assert does(rows, TakeCall(rung, opened), actor(5)) == ["incident_opened"]
    after = the(rows, rung)
    assert (after.state, after.incident, after.by.user) == (CallState.TAKEN, opened.id, "u1")
    assert rows.get(Incident, opened.id) == opened
    assert rows.refused(TakeCall(rung, incident(8)), actor(6)) == "call_decided"  # the key pressed twice
    assert rows.refused(DismissCall(rung, "问路"), actor(6, "u2")) == "call_decided"


def test_two_desks_apart_take_one_call_and_nothing_of_either_is_lost(rows: Model, rung: IncomingCall) -> None:
    first, second = incident(7), incident(7)
    does(rows, TakeCall(rung, first), actor(5))
    assert does(rows, TakeCall(rung, second), actor(5, "u2")) == ["incident_opened", "call_taken_twice"]
    assert the(rows, rung).incident == first.id
    assert rows.get(Incident, second.id).code == "I7-2"


def test_a_second_caller_is_added_to_what_is_open(rows: Model, rung: IncomingCall) -> None:
    opened = incident(3)
    rows.put(opened)
    assert does(rows, JoinCall(rung, opened.id), actor(5)) == ["call_joined"]
    assert the(rows, rung).incident == opened.id
    assert rows.refused(JoinCall(rung, opened.id), actor(6, "u2")) == "call_decided"


def test_a_call_joins_nothing_that_is_closed(rows: Model, rung: IncomingCall) -> None:
    closed = incident(3)
    closed = replace(closed, stage=closed.stages[-1], closed_at=closed.opened_at + timedelta(hours=1))
    rows.put(closed)
    assert rows.refused(JoinCall(rung, closed.id), actor(5)) == "incident_already"
    assert the(rows, rung).open


def test_dismissing_wants_a_reason_and_is_not_the_last_word(rows: Model, rung: IncomingCall) -> None:
    assert rows.refused(DismissCall(rung, " "), actor(5)) == "reason_wanted"
    assert does(rows, DismissCall(rung, "问路"), actor(5)) == ["call_dismissed"]
    assert (the(rows, rung).state, the(rows, rung).reason) == (CallState.DISMISSED, "问路")
    does(rows, TakeCall(rung, incident(9)), actor(9))
    assert (the(rows, rung).state, the(rows, rung).reason) == (CallState.TAKEN, "")


def test_a_call_answered_by_hand_is_new_with_its_incident(rung: IncomingCall) -> None:
    rows, opened = Model(), incident(4)
    count = ReportCasualties(CasualtyReport("c1", opened.id, Casualties(0, 2, 0, 1), START, actor().by))
    assert does(rows, TakeCall(rung, opened, count), actor(5)) == ["incident_opened", "casualties_said"]
    after = the(rows, rung)
    assert (after.state, after.incident, after.number) == (CallState.TAKEN, opened.id, rung.number)
    assert rows.casualties_of(opened.id)[0].count.injured == 2
    assert does(rows, DismissCall(call(9), "nuisance"), actor(9)) == ["call_dismissed"]


def test_what_is_written_down_stands_but_not_where_it_came_from(rows: Model, rung: IncomingCall) -> None:
    written = replace(rung, text=Label("桥面积水三十厘米", "30 cm on the bridge"), area="elsewhere", source="x")
    does(rows, TakeCall(written, incident(7)), actor(5))
    after = the(rows, rung)
    assert (after.text, after.area, after.source) == (written.text, rung.area, rung.source)


def test_what_may_be_the_same_the_likeliest_first() -> None:
    first, far, other = incident(1), incident(2), incident(3)
    far = replace(far, at=Point(HERE.lon + 0.004, HERE.lat))  # some 400 m
    other = replace(other, matter="fire")
    rang = replace(call(), number="139", incident=other.id, state=CallState.TAKEN)

    def found(matter: str, at: Point | None, number: str = "") -> list[int]:
        others = [first, far, other]
        return [one.number for one in reported_already(matter, at, START, number, others, [rang])]

    assert found("flood", HERE) == [1, 2, 3], "the same matter by distance, then whatever is at the very place"
    assert found("flood", HERE, "139") == [3, 1, 2], "what the same number rang about"
    assert found("", None, "139") == [3]
    assert found("", None) == []
    later = START + NEAR_IN_TIME + timedelta(minutes=1)
    assert [one.number for one in reported_already("flood", HERE, later, "139", [far], [rang])] == []
