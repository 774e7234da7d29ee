"""Operations decide the same twice, change only what they are about, and never refuse a fact from the field."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.assignment import Assignment, Role, Status
from console.domain.errors import Refused
from console.domain.incident import Incident, Stage, Task
from console.domain.level import Level
from console.domain.moving import MoveIncident
from console.domain.operation import (
    EVERY,
    Actor,
    Changes,
    Dispatch,
    OpenIncident,
    Operation,
    ReportStatus,
    TickTask,
)
from console.domain.operations import OPERATIONS
from console.domain.phrases import say
from console.domain.place import Point
from console.domain.stages import Move
from console.domain.words import Label
from tests.support_model import Model

NOW = datetime(2026, 7, 1, tzinfo=UTC)
NAME = Label("名", "Name")
ACTOR = Actor("duty", NAME, NOW, "t")


def incident(id: str, stage: Stage = Stage.FILED) -> Incident:
    return Incident(id, 34, "m", NAME, NAME, Point(0, 0), Level.RED, stage, tuple(Stage), NOW, NAME)


class Rows(Model):
    def do(self, operation: Operation) -> Changes:
        return super().do(operation, ACTOR)


def town() -> Rows:
    rows = Rows()
    rows.put(incident("i1"), incident("i2"))
    for id in ("i1", "i2"):
        rows.do(
            Dispatch(
                id,
                "fire",
                NAME,
                NOW + timedelta(minutes=30),
                tuple(
                    Assignment(f"{id}-{n}", id, "fire", Role.ASSIST, f"u{n}", times={"notified": NOW}) for n in range(3)
                ),
                (Task(f"{id}-t", id, 1, NAME, gate=True),),
            )
        )
    return rows


facts = st.tuples(st.sampled_from(["i1", "i2"]), st.integers(0, 2), st.sampled_from(Status), st.integers(0, 99))


@given(st.lists(facts, max_size=25))
def test_facts_are_taken_in_any_order_and_change_only_their_own(said) -> None:
    rows = town()
    for id, number, status, seconds in said:
        before = dict(rows.rows)
        at = NOW + timedelta(seconds=seconds)
        rows.do(ReportStatus(f"{id}-{number}", status, at, NAME))
        changed = {key for key in rows.rows if rows.rows[key] != before[key]}
        assert changed <= {("assignment", f"{id}-{number}"), ("incident", id)}
    for id in ("i1", "i2"):
        one = rows.incident(id)
        assert one.stage.rank <= Stage.REPORTED_BACK.rank


def test_from_dispatch_to_close() -> None:
    rows = town()
    with pytest.raises(Refused, match="gates_open"):
        MoveIncident("i1", Move.CHECK).decide(rows, ACTOR)
    rows.do(TickTask("i1-t", True))
    with pytest.raises(Refused, match="assignments_open"):
        MoveIncident("i1", Move.CHECK).decide(rows, ACTOR)
    for number in range(3):
        rows.do(ReportStatus(f"i1-{number}", Status.DONE, NOW + timedelta(minutes=5), NAME))
    assert rows.incident("i1").stage is Stage.REPORTED_BACK
    with pytest.raises(Refused, match="not_checked"):
        MoveIncident("i1", Move.CLOSE).decide(rows, ACTOR)
    rows.do(MoveIncident("i1", Move.CHECK))
    rows.do(MoveIncident("i1", Move.CLOSE))
    assert not rows.incident("i1").open and rows.incident("i1").closed_at == NOW
    # the other incident and its assignments are as they were
    assert rows.incident("i2").stage is Stage.DISPATCHED
    assert all(one.status is Status.NOTIFIED for one in rows.assignments_of("i2"))
    # a late fact is still taken in, and nothing is dispatched to what is closed
    rows.do(ReportStatus("i1-0", Status.ON_SCENE, NOW + timedelta(minutes=2), NAME))
    assert rows.incident("i1").stage is Stage.CLOSED
    with pytest.raises(Refused, match="incident_already"):
        TickTask("i1-t", False).decide(rows, ACTOR)


def test_more_units_leave_lead_limit_and_assignments_alone() -> None:
    rows = town()
    before = dict(rows.rows)
    more = Assignment("i1-9", "i1", "health", Role.ASSIST, "u9", times={"notified": NOW})
    rows.do(Dispatch("i1", "health", NAME, NOW + timedelta(hours=9), (more,)))
    assert rows.incident("i1").lead == "fire" and rows.incident("i1").due_at == NOW + timedelta(minutes=30)
    assert all(rows.rows[key] == before[key] for key in before if key != ("incident", "i1"))


def test_ticking_twice_changes_nothing_the_second_time() -> None:
    rows = town()
    rows.do(TickTask("i1-t", True))
    assert TickTask("i1-t", True).decide(rows, replace(ACTOR, user="other")).rows == ()
    assert rows.task("i1-t").done_by == "duty"


def test_every_operation_has_a_name_of_its_own() -> None:
    assert all(name == kind.NAME and kind.LANE in ("command", "bulk") for name, kind in OPERATIONS.items())


def test_incidents_of_one_area_with_one_number_are_told_apart() -> None:
    rows = Rows()
    opened = [replace(incident(id), area=area) for id, area in (("i1", "t"), ("i2", "t"), ("i3", "t/v"), ("i4", "t"))]
    for one in opened:
        rows.do(OpenIncident(one, NAME))
    assert [rows.incident(one.id).code for one in opened] == ["I34", "I34-2", "I34", "I34-3"]
    rows.do(OpenIncident(opened[1], NAME))  # the same again
    assert rows.incident("i2").code == "I34-2"


def test_a_unit_is_not_sent_to_an_incident_twice() -> None:
    rows = town()

    def sent(id: str, *units: str, seen: tuple[str, ...] = ()) -> Dispatch:
        made = (Assignment(f"{id}-{unit}", "i1", "fire", Role.ASSIST, unit, times={"notified": NOW}) for unit in units)
        return Dispatch("i1", "fire", NAME, None, tuple(made), seen=seen)

    with pytest.raises(Refused) as refused:
        rows.do(sent("again", "u0"))
    assert say(refused.value.phrase, "zh") == "u0 已在 I34 上,没有重复派单。"
    rows.do(sent("others", "u0", "u9"))  # what two desks did apart does not stop the others
    assert rows.do(sent("others", "u0", "u9")).rows  # decided again over its own rows
    for id in ("i1-0", "others-u0"):
        rows.do(ReportStatus(id, Status.DONE, NOW + timedelta(hours=1), NAME))
    rows.do(sent("back", "u0"))  # it is free again
    rows.do(sent("record", "u0", seen=(EVERY,)))  # a record of the past says what it says
