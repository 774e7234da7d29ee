"""Stages and gates: the field moves an incident on, but nobody checks or closes it past what is still open."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.assignment import Assignment, Role, Status
from console.domain.errors import Refused
from console.domain.incident import Incident, Stage, Task, check, close, furthest
from console.domain.level import Level
from console.domain.phrases import both
from console.domain.place import Point
from console.domain.words import Label

NOW = datetime(2026, 7, 1, tzinfo=UTC)
NAME = Label("名", "Name")
statuses = st.lists(st.sampled_from(Status), max_size=6)
gates = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=6)  # gate, done


def incident(stage: Stage = Stage.DISPATCHED) -> Incident:
    return Incident("i1", 34, "m", NAME, NAME, Point(0, 0), Level.RED, stage, tuple(Stage), NOW, NAME)


def assigned(found: list[Status]) -> list[Assignment]:
    return [Assignment(f"a{n}", "i1", "fire", Role.ASSIST, times={status.value: NOW}) for n, status in enumerate(found)]


def tasks(found: list[tuple[bool, bool]]) -> list[Task]:
    return [
        Task(f"t{n}", "i1", n, NAME, gate=gate, done_at=NOW if done else None) for n, (gate, done) in enumerate(found)
    ]


@given(st.sampled_from(Stage), gates, statuses)
def test_the_check_passes_exactly_when_nothing_that_must_be_done_is_open(stage, marks, found) -> None:
    held = any(gate and not done for gate, done in marks) or any(status.open for status in found)
    late = stage.rank >= Stage.CHECKED.rank
    if held or late:
        with pytest.raises(Refused) as caught:
            check(incident(stage), tasks(marks), assigned(found))
        assert "I34" in both(caught.value.phrase).zh and "I34" in both(caught.value.phrase).en
    else:
        assert check(incident(stage), tasks(marks), assigned(found)) is Stage.CHECKED


def test_the_refusal_counts_the_gates_and_names_the_first() -> None:
    marks = [(False, False), (True, True), (True, False), (True, False)]
    steps = [replace(task, text=Label(f"第{n}", f"Step {n}")) for n, task in enumerate(tasks(marks))]
    with pytest.raises(Refused) as caught:
        check(incident(), steps, [])
    assert "2 required tasks, first: Step 2" in both(caught.value.phrase).en


@given(st.sampled_from(Stage))
def test_only_a_checked_incident_is_closed(stage) -> None:
    if stage is Stage.CHECKED:
        assert close(incident(stage)) is Stage.CLOSED
    else:
        with pytest.raises(Refused):
            close(incident(stage))


@given(st.sampled_from(Stage), statuses)
def test_facts_from_the_field_never_move_an_incident_back_nor_past_their_report(stage, found) -> None:
    after = furthest(incident(stage), assigned(found))
    assert after.rank >= stage.rank
    assert after is stage or after in (Stage.IN_PROGRESS, Stage.REPORTED_BACK)


def test_the_field_moves_the_stage() -> None:
    at = incident()
    assert furthest(at, assigned([Status.NOTIFIED, Status.ACKNOWLEDGED])) is Stage.DISPATCHED
    assert furthest(at, assigned([Status.NOTIFIED, Status.EN_ROUTE])) is Stage.IN_PROGRESS
    assert furthest(at, assigned([Status.DONE, Status.WORKING])) is Stage.IN_PROGRESS
    assert furthest(at, assigned([Status.DONE, Status.DONE])) is Stage.REPORTED_BACK
    assert furthest(at, assigned([Status.DONE, Status.DECLINED, Status.RECALLED])) is Stage.REPORTED_BACK
    assert furthest(at, assigned([Status.DECLINED])) is Stage.DISPATCHED
