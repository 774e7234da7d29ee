"""Whatever is done in whatever order, on one desk or on two that do not hear of each other: no status bleeds into
another's, the boards are what the log says, and doing it all again gives the same.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from console.domain.agency import Unit, UnitState, unit_state
from console.domain.assignment import Assignment, Role, Status
from console.domain.duplicates import MergeIncidents, UnmergeIncident
from console.domain.facts import boards
from console.domain.holding import AnswerRequest, AskRequest
from console.domain.incident import Incident, Stage, Task
from console.domain.level import Level
from console.domain.levels import Transfer
from console.domain.log import Entry, seal
from console.domain.moving import MoveIncident, RetractStatus, UndoMove, asked_again
from console.domain.operation import Actor, Changes, Dispatch, Operation, ReportStatus, TickTask
from console.domain.place import Point
from console.domain.request import Request, RequestKind
from console.domain.stages import Move, settled
from console.domain.words import Label
from tests.support_model import Model

NOW = datetime(2026, 7, 1, tzinfo=UTC)
NAME = Label("名", "Name")
HERE = Point(113.6, 22.9)
INCIDENTS, UNITS = ("i", "j", "k"), ("u1", "u2", "u3")
THINGS = ("status",) * 3 + ("move",) * 2 + ("dispatch", "undo", "retract", "hold", "merge", "tick", "hand")
WAYS = (tuple(Stage), tuple(s for s in Stage if s not in (Stage.VERIFIED, Stage.FILED, Stage.EVALUATED)))


def beginning() -> Model:
    model = Model()
    for number, id in enumerate(INCIDENTS):
        way = WAYS[number % 2]
        model.put(Incident(id, number, "m", NAME, NAME, HERE, Level.RED, Stage.ACCEPTED, way, NOW, NAME, area="t"))
    return model


class Desk:
    """It decides at once over what it knows, and keeps what it did and what its log says."""

    def __init__(self, name: str, ids: Callable[[], str]) -> None:
        self.name, self.new_id, self.model = name, ids, beginning()
        self.done: list[tuple[Operation, Actor]] = []
        self.log: list[tuple[str, Entry]] = []  # of which operation

    def do(self, operation: Operation, at: datetime) -> bool:
        who = Actor(self.name, NAME, at, "t")
        if self.model.refused(operation, who):
            return False
        changes = self.model.do(operation, who)
        self.done.append((operation, who))
        self._write(changes, at)
        return True

    def _write(self, changes: Changes, at: datetime) -> None:
        for note in changes.notes:
            last = self.log[-1][1] if self.log else None
            entry = seal(note, id=self.new_id(), device=self.name, author=self.name, at=at, last=last)
            self.log.append((str(len(self.done)), entry))


def drawn(data: st.DataObject, model: Model, new_id: Callable[[], str], at: datetime, who: str) -> Operation:
    """Something that may or may not be allowed."""
    incident = model.incident(data.draw(st.sampled_from(INCIDENTS)))
    mine = model.assignments_of(incident.id)
    any_one = [a for id in INCIDENTS for a in model.assignments_of(id)]
    past = at - timedelta(seconds=data.draw(st.integers(-30, 120)))

    def fresh(role: Role = Role.LEAD) -> Assignment:
        unit = data.draw(st.sampled_from((None, *UNITS)))
        return Assignment(new_id(), incident.id, data.draw(st.sampled_from("fw")), role, unit, times={"notified": at})

    what = data.draw(st.sampled_from(THINGS))
    match what:
        case "status" if any_one:
            return ReportStatus(data.draw(st.sampled_from(any_one)).id, data.draw(st.sampled_from(Status)), past, NAME)
        case "retract" if any_one:
            a = data.draw(st.sampled_from(any_one))
            status = data.draw(st.sampled_from(Status))
            return RetractStatus(a.id, status, a.times.get(status.value, at), at, NAME)
        case "hand" if mine:
            return Transfer(data.draw(st.sampled_from(mine)).id, fresh(), NAME, "因")
        case "undo":
            return UndoMove(incident.id, incident.last.by.at if incident.last else at)
        case "hold":
            waiting = [r for r in model.requests_of(incident.id) if r.open]
            if waiting:
                return AnswerRequest(waiting[0].id, data.draw(st.booleans()), due_at=at)
            kind = data.draw(st.sampled_from(RequestKind))
            return AskRequest(Request(new_id(), incident.id, kind, "因", Actor(who, NAME, at, "t").by))
        case "merge":
            if incident.merged_into:
                return UnmergeIncident(incident.id)
            return MergeIncidents(incident.id, data.draw(st.sampled_from(INCIDENTS)))
        case "tick" if tasks := model.tasks_of(incident.id):
            task = data.draw(st.sampled_from(tasks))
            return TickTask(task.id, task.done_at is None)
        case "move":
            move = data.draw(st.sampled_from(Move))
            again = asked_again(incident, mine, new_id, at) if move is Move.REWORK else ()
            return MoveIncident(incident.id, move, None, "因", 4, at, again)
    task = Task(new_id(), incident.id, 1, NAME, gate=True)
    sent = tuple(fresh(role) for role in data.draw(st.lists(st.sampled_from(Role), min_size=1, max_size=3)))
    return Dispatch(incident.id, "f", NAME, at + timedelta(hours=1), sent, (task,))


def times(model: Model) -> dict[str, dict[str, datetime]]:
    return {a.id: dict(a.times) for a in model.every("assignment")}


def consistent(model: Model) -> None:
    """The stage is what people and facts speak for, and a unit's state is that of its own work."""
    for incident in model.every("incident"):
        assert settled(incident, model.assignments_of(incident.id), NOW).stage is incident.stage
        assert incident.stage in incident.stages or incident.stage is Stage.DISPATCHED
    assignments = model.every("assignment")
    for unit in UNITS:
        mine = [a.status.value for a in assignments if a.unit == unit and a.status.open]
        state = unit_state(Unit(unit, NAME, "f", "car", (), HERE), assignments)
        assert state is UnitState.FREE if not mine else state.value in mine


@given(st.data())
def test_on_one_desk(data: st.DataObject) -> None:
    ids = count(1)
    desk = Desk("a", lambda: f"n{next(ids)}")
    for step in range(data.draw(st.integers(5, 40))):
        at = NOW + timedelta(seconds=10 * step)
        before, incidents = times(desk.model), {i.id: i for i in desk.model.every("incident")}
        operation = drawn(data, desk.model, desk.new_id, at, "a")
        if not desk.do(operation, at):
            continue
        now = times(desk.model)
        if isinstance(operation, ReportStatus | RetractStatus):
            assert {id for id in now if now[id] != before.get(id)} <= {operation.assignment}
            of = desk.model.assignment(operation.assignment).incident
            assert all(desk.model.incident(id) == i for id, i in incidents.items() if id != of)
        consistent(desk.model)
        assert boards(entry for _, entry in desk.log) == now
    again = beginning()
    for operation, who in desk.done:
        again.do(operation, who)
    assert again.rows == desk.model.rows


@given(st.data())
def test_on_two_desks_that_come_together_again(data: st.DataObject) -> None:
    """The platform takes what each did in the order it did it, the two in any order; what it refuses is not done."""
    ids = count(1)
    desks = [Desk(name, lambda: f"n{next(ids)}") for name in "ab"]
    for step in range(data.draw(st.integers(5, 30))):
        at = NOW + timedelta(seconds=10 * step)
        desk = data.draw(st.sampled_from(desks))
        desk.do(drawn(data, desk.model, desk.new_id, at, desk.name), at)
    platform, queues = beginning(), {desk.name: list(enumerate(desk.done, 1)) for desk in desks}
    order = data.draw(st.permutations([desk.name for desk in desks for _ in desk.done]))
    taken: list[tuple[str, str]] = []
    for name in order:
        number, (operation, who) = queues[name].pop(0)
        try:
            if not platform.refused(operation, who):
                platform.do(operation, who)
                taken.append((name, str(number)))
        finally:
            consistent(platform)
    logged = {(desk.name, of): [e for n, e in desk.log if n == of] for desk in desks for of, _ in desk.log}
    read = [entry for key in taken for entry in logged.get(key, ())]
    assert _statuses(boards(read)) == _statuses(times(platform))


def test_what_was_known_here_may_be_news_elsewhere() -> None:
    """A desk takes its dispatch back, which is refused, and then says that the unit was called off."""
    ids = count(1)
    desk = Desk("a", lambda: f"n{next(ids)}")
    sent = Assignment("s", "j", "f", Role.LEAD, "u1", times={"notified": NOW})
    late = NOW + timedelta(seconds=30)
    for operation in (
        Dispatch("j", "f", NAME, NOW + timedelta(hours=1), (sent,), ()),
        UndoMove("j", NOW),
        ReportStatus("s", Status.RECALLED, late, NAME),
    ):
        assert desk.do(operation, NOW)
    told = {of: [e for number, e in desk.log if number == of] for of in "123"}
    assert boards([*told["1"], *told["3"]]) == {"s": {"notified": NOW, "recalled": late}}
    assert boards(e for _, e in desk.log) == times(desk.model)


def _statuses(found: dict[str, dict[str, datetime]]) -> dict[str, Status]:
    blank = Assignment("x", "i", "f", Role.LEAD)
    return {id: replace(blank, times=said).status for id, said in found.items()}
