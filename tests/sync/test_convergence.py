"""Desks and platform come to hold the same, whatever was done in whatever order and however the link behaved.

The real outbox, platform and rebase, without the network between them: a step can lose a reply, repeat a push
or stop half-way through the pages.
"""

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import select

from console.central import push
from console.central.audit import audit
from console.central.realms import Realm
from console.domain.alarm import FilterReason
from console.domain.assignment import Status
from console.domain.errors import Refused
from console.domain.indicator import Reading
from console.domain.level import Level
from console.domain.log import Kind, Note
from console.domain.moving import MoveIncident
from console.domain.operation import (
    AddReadings,
    ConfirmAlarm,
    Dispatch,
    FilterAlarm,
    FollowAlarm,
    OpenIncident,
    Operation,
    RaiseAlarm,
    ReportStatus,
    TickTask,
    WriteNote,
)
from console.domain.stages import Move
from console.domain.words import Label
from console.store import tables
from console.store.check import verify_chain
from console.store.codec import decode
from console.store.queries import View
from console.store.store import Store
from console.sync import outbox, rebase
from console.sync.messages import Page, PushRequest
from tests.support_model import Model, key_of
from tests.support_pack import START, TOWN, actor, alarm, assignment, incident, sender, task
from tests.support_pack import page as a_page

DESKS = 2
WHO = Label("现场", "Field")


Platform = Callable[[Path], Store]  # makes the platform's store, empty; in a file it goes into this folder


def in_a_file(folder: Path) -> Store:
    return Store.open(folder / "platform.db", None, side="platform")


class World:
    def __init__(self, folder: Path, stack: ExitStack, platform: Platform) -> None:
        self.platform = platform(folder)
        stack.callback(self.platform.close)
        Realm(self.platform)
        self.desks = [Store.open(folder / f"desk{n}.db", None) for n in range(DESKS)]
        for desk in self.desks:
            stack.callback(desk.close)
        self.second = 0.0
        known = incident()
        self.perform(self.desks[0], OpenIncident(known, WHO))
        self.perform(self.desks[0], Dispatch(known.id, "fire", WHO, None, (assignment(known),), (task(known),)))
        self.perform(self.desks[0], RaiseAlarm(alarm()))
        self.heal()

    def perform(self, desk: Store, operation: Operation) -> None:
        self.second += 1
        try:
            outbox.perform(desk, operation, actor(self.second))
        except Refused:
            note(f"refused here: {operation.NAME}")

    def push(self, desk: Store, lane: Any, after: int | None = None) -> bool:
        """One push; whether there was anything to send. `after` None sends again what was sent before."""
        bodies = outbox.to_send(desk, lane, after).bodies
        if bodies:
            request = PushRequest.model_validate_json(f'{{"operations":[{",".join(bodies)}]}}')
            push.take(self.platform, sender(desk.device), request)
        return bool(bodies)

    def pull(self, desk: Store, limit: int) -> bool:
        """One page; whether there is more."""
        at = rebase.cursor(desk)
        with self.platform.read() as view:
            page = a_page(view, desk.device, at, limit, [TOWN])
        page = Page.model_validate_json(page.model_dump_json())
        before = everything(desk)
        applied = rebase.apply(desk, page)
        after = everything(desk)
        told = {key_of(row) for row in (*applied.rows, *applied.entries)} | set(applied.gone)
        assert told == {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        assert decided_rows(after) == decided_rows(self.expected(desk, page.cursor))
        return page.cursor < page.head

    def expected(self, desk: Store, cursor: int) -> dict[tuple[str, str], Any]:
        """What a desk shows at a cursor: the feed so far, and its operations that the feed does not have yet."""
        with self.platform.read() as view:
            told = view.connection.execute(
                select(tables.feed).where(tables.feed.c.sequence <= cursor).order_by(tables.feed.c.sequence)
            )
            rows = {(row.table, row.id): decode(tables.FEED_KINDS[row.table], row.body) for row in told}
            outcome = tables.outcome
            ends = set(view.connection.scalars(select(outcome.c.sequence)))
            done = set(view.connection.scalars(select(outcome.c.id).where(outcome.c.sequence <= cursor)))
        with desk.read() as view:
            sent = view.connection.scalars(select(tables.outbox.c.body).order_by(tables.outbox.c.sequence)).all()
        for body in sent:
            if json.loads(body)["id"] in done:
                continue
            operation, who = outbox.read_sent(json.loads(body), ())
            with suppress(Refused):
                rows |= {key_of(row): row for row in operation.decide(Model(rows), who).rows}
        assert cursor == 0 or cursor in ends  # a page ends where a transaction ends
        return rows

    def heal(self) -> None:
        for desk in self.desks:
            for lane in outbox.LANES:
                self.push(desk, lane)
        for desk in self.desks:
            while self.pull(desk, 50):
                pass


def everything(store: Store) -> dict[tuple[str, str], Any]:
    with store.read() as view:
        return {key_of(row): row for kind in tables.FEED_KINDS.values() for row in view.every(kind)}


def decided_rows(rows: dict[tuple[str, str], Any]) -> dict[tuple[str, str], Any]:
    return {key: row for key, row in rows.items() if key[0] not in ("entry", "reading")}


@contextmanager
def world(platform: Platform) -> Iterator[World]:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        yield World(Path(folder), stack, platform)


def an_operation(data: st.DataObject, view: View, second: float) -> Operation:
    """Something that a desk might do with what it sees."""
    alarms, incidents = view.alarms(50), view.incidents(open_only=False)
    work = view.assignments(open_only=False)
    tasks = [task for one in incidents for task in view.tasks_of(one.id)]
    choices = ["raise", "open", "note", "reading", "confirm", "filter", "follow", "dispatch", "check", "close"]
    choices += ["confirm", "status", "status", "tick"]
    pick = lambda items: data.draw(st.sampled_from(items))  # noqa: E731
    match pick(choices):
        case "raise":
            return RaiseAlarm(alarm(second))
        case "open":
            return OpenIncident(incident(view.next_incident_number(), second), WHO, Label("水", "Water"))
        case "note":
            text = data.draw(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20))
            return WriteNote(Note(Kind.RADIO, WHO, text=text, incident=pick(incidents).id))
        case "reading":
            at = START + timedelta(seconds=data.draw(st.integers(0, 5)))
            return AddReadings((Reading("river", at, float(data.draw(st.integers(0, 3)))),))
        case "confirm":
            return ConfirmAlarm(pick(alarms).id, incident(view.next_incident_number(), second))
        case "filter":
            return FilterAlarm(pick(alarms).id, pick(list(FilterReason)))
        case "follow":
            return FollowAlarm(pick(alarms).id, pick(list(Level)), 3.5, WHO, pick([None, START]))
        case "dispatch":
            of = pick(incidents)
            tasks = [replace(task(of), gate=pick([True, False]))]
            return Dispatch(of.id, "fire", WHO, None, (assignment(of),), tuple(tasks))
        case "check":
            return MoveIncident(pick(incidents).id, Move.CHECK)
        case "close":
            return MoveIncident(pick(incidents).id, Move.CLOSE)
        case "status":
            at = START + timedelta(seconds=data.draw(st.integers(0, 20)))
            return ReportStatus(pick(work).id, pick(list(Status)), at, WHO)
        case "tick":
            return TickTask(pick(tasks).id, pick([True, False]))
    raise AssertionError


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.data())
def test_all_come_to_hold_the_same(data: st.DataObject) -> None:
    converge(data, in_a_file)


def converge(data: st.DataObject, platform: Platform) -> None:
    """Two desks do what comes to mind, in whatever order; afterwards all hold the same, once."""
    with world(platform) as w:
        for _ in range(data.draw(st.integers(5, 30))):
            desk = data.draw(st.sampled_from(w.desks))
            match data.draw(st.sampled_from(["perform"] * 3 + ["push", "pull"])):
                case "perform":
                    with desk.read() as view:
                        operation = an_operation(data, view, w.second)
                    w.perform(desk, operation)
                case "push":
                    w.push(desk, data.draw(st.sampled_from(outbox.LANES)))
                case "pull":
                    w.pull(desk, data.draw(st.sampled_from([1, 2, 20])))
        w.heal()
        truth = everything(w.platform)
        for desk in w.desks:
            assert everything(desk) == truth
            assert outbox.pending(desk) == {"command": 0, "bulk": 0}
            with w.platform.read() as view:
                report = audit(view, desk.device)
            assert report.held == dict.fromkeys(outbox.performed_ids(desk), 1)
            assert report.doubled == report.breaches == 0
            assert verify_chain(desk, desk.device) is None
            assert verify_chain(w.platform, desk.device) is None
