"""What is done while it is cut off, and what must be there afterwards. All contact with sync is in this file.

Two desks and a platform in one process, without the network between them. Whatever one of them answered with is
noted in a file at once (`Acks`); `check_desk` and `check_platform` hold a store that was cut off against it.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from console.central import feed, push
from console.central.audit import audit
from console.central.realms import Realm
from console.domain.alarm import FilterReason
from console.domain.assignment import Status
from console.domain.errors import KnownError
from console.domain.indicator import Reading
from console.domain.log import Entry, Kind, Note
from console.domain.operation import (
    AddReadings,
    ConfirmAlarm,
    Dispatch,
    FilterAlarm,
    OpenIncident,
    Operation,
    RaiseAlarm,
    ReportStatus,
    TickTask,
    WriteNote,
)
from console.domain.words import Label
from console.store import tables
from console.store.check import verify_chain, verify_file
from console.store.store import Store
from console.sync import inbox, outbox, rebase
from console.sync.messages import Outcome, Page, PushRequest
from tests.support_pack import START, TOWN, actor, alarm, assignment, incident, sender, task
from tests.support_pack import page as a_page
from tests.support_platform import KEY

Side = Literal["desk", "platform"]
SIDES: tuple[Side, ...] = ("desk", "platform")
WHO = Label("现场", "Field")
ACKS = "acks"  # the file of what was answered, beside the database
PUSHED, PULLED = 3, 8  # operations in a push, rows in a page: small, so that there are many


class Acks:
    """What was answered with, one line of JSON each, in the order it was answered."""

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder / ACKS, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(self, **said: object) -> None:
        os.write(self._file, json.dumps(said).encode() + b"\n")

    @staticmethod
    def read(noted: bytes) -> list[dict[str, Any]]:
        return [json.loads(line) for line in noted.splitlines()]


class Trio:
    """Two desks and a platform; one side's files are in `watched`, all others in `elsewhere`."""

    def __init__(self, side: Side, watched: Path, elsewhere: Path) -> None:
        self.side = side
        self.watched, self.elsewhere = watched, elsewhere
        watched.mkdir(parents=True, exist_ok=True)
        self.acks = Acks(watched)
        self.second = 0
        self.platform = self._open("platform")
        self.desk, self.other = self._open("desk"), self._open("other")

    def _open(self, name: str) -> Store:
        path = (self.watched if name == self.side else self.elsewhere) / f"{name}.db"
        if name != "platform":
            return Store.open(path, KEY)
        platform = Store.open(path, None, side="platform")
        Realm(platform)
        return platform

    def reopen(self) -> None:
        """Close the watched one, which empties its write-ahead log, and go on."""
        store: Store = getattr(self, self.side)
        store.close()
        setattr(self, self.side, self._open(self.side))

    def close(self) -> None:
        for store in (self.desk, self.other, self.platform):
            store.close()

    def do(self, desk: Store, operation: Operation) -> None:
        """Perform it; what the watched desk answered is noted."""
        self.second += 1
        before = outbox.performed_ids(desk) if self.side == "desk" and desk is self.desk else None
        changes = outbox.perform(desk, operation, actor(self.second))
        if before is not None:
            (id,) = outbox.performed_ids(desk) - before
            self.acks.note(performed=id, rows=[[tables.KINDS[type(row)].name, row.id] for row in changes.rows])

    def exchange(self, desk: Store) -> None:
        """Push and pull until neither side has something for the other."""
        for lane in outbox.LANES:
            self._push(desk, lane)
        more = True
        while more:
            cursor = rebase.cursor(desk)
            with self.platform.read() as view:
                page = a_page(view, desk.device, cursor, PULLED, [TOWN])
            if self.side == "platform":
                self.acks.note(head=page.head)
            rebase.apply(desk, Page.model_validate_json(page.model_dump_json()))
            if self.side == "desk" and desk is self.desk:
                self.acks.note(cursor=page.cursor)
            more = page.cursor < page.head or page.head < cursor

    def _push(self, desk: Store, lane: Any) -> None:
        batch = outbox.to_send(desk, lane, None, PUSHED)
        while batch.bodies:
            request = PushRequest.model_validate_json(f'{{"operations":[{",".join(batch.bodies)}]}}')
            outcomes = push.take(self.platform, sender(desk.device), request)
            if self.side == "platform":
                entries = [entry["id"] for sent in request.operations for entry in sent.entries]
                self.acks.note(
                    client=desk.device, entries=entries, outcomes=[one.model_dump(mode="json") for one in outcomes]
                )
            batch = outbox.to_send(desk, lane, batch.first + len(batch.bodies) - 1, PUSHED)


def play(side: Side, watched: Path, elsewhere: Path) -> None:
    """The session: all that two desks do in a short while, with a refusal and a restart of the watched side."""
    trio = Trio(side, watched, elsewhere)
    for who in (trio.desk, trio.other):
        for operation in _work(trio.second):
            trio.do(who, operation)
    rivals = alarm(trio.second)
    trio.do(trio.desk, RaiseAlarm(rivals))
    trio.exchange(trio.desk)
    trio.exchange(trio.other)
    trio.reopen()
    # both decide about it and the other is first: the platform refuses what this desk did
    trio.do(trio.other, FilterAlarm(rivals.id, FilterReason.KNOWN, "1"))
    trio.do(trio.desk, ConfirmAlarm(rivals.id, incident(2, trio.second)))
    trio.exchange(trio.other)
    trio.exchange(trio.desk)
    trio.do(trio.desk, WriteNote(Note(Kind.NOTE, WHO, text="交班")))
    trio.exchange(trio.desk)
    assert [refusal.name for refusal in inbox.inbox(trio.desk)] == [ConfirmAlarm.NAME]
    trio.close()


def _work(second: float) -> Iterator[Operation]:
    of = incident(1, second)
    sent, told = assignment(of), task(of)
    at = START + timedelta(seconds=second)
    yield OpenIncident(of, WHO)
    yield Dispatch(of.id, "fire", WHO, None, (sent,), (told, replace(task(of, 2), gate=False)))
    yield AddReadings(tuple(Reading("river", at + timedelta(milliseconds=n), float(n)) for n in range(30)))
    yield ReportStatus(sent.id, Status.ON_SCENE, at, WHO)
    yield TickTask(told.id, True)
    yield WriteNote(Note(Kind.RADIO, WHO, text="水位还在涨" * 1500, incident=of.id))  # over many database pages


# Afterwards


def check_desk(store: Store, acks: list[dict[str, Any]]) -> list[str]:
    """What is wrong with a desk's store that answered with `acks` before it was cut off; its lost ones are "lost"."""
    wrong = verify_file(store)
    if broken := verify_chain(store, store.device):
        wrong.append(f"broken chain: {broken}")
    performed = outbox.performed_ids(store)
    refused = {refusal.id for refusal in inbox.inbox(store)}
    cursor = rebase.cursor(store)
    held = _everything(store).keys()
    with store.read() as view:
        bodies = [json.loads(body) for body in view.connection.scalars(select(tables.outbox.c.body))]
    entries = {body["id"]: [entry["id"] for entry in body["entries"]] for body in bodies}
    for ack in acks:
        if "cursor" in ack and cursor < ack["cursor"]:
            wrong.append(f"lost: the page to {ack['cursor']}")
        if "performed" not in ack:
            continue
        if (id := ack["performed"]) not in performed:
            wrong.append(f"lost: operation {id}")
            continue
        rows = [] if id in refused else [tuple(row) for row in ack["rows"]]
        missing = {*rows, *(("entry", entry) for entry in entries[id])} - held
        wrong += [f"lost: {row} of operation {id}" for row in missing]
    return wrong


def check_platform(store: Store, acks: list[dict[str, Any]]) -> list[str]:
    """What is wrong with a platform's store that answered with `acks`; its lost ones are "lost"."""
    wrong = verify_file(store)
    table = tables.outcome
    with store.read() as view:
        outcomes = {(row.client, row.lane, row.n): row for row in view.connection.execute(select(table))}
        entries = {entry.id for entry in view.every(Entry)}
        head = feed.end(view)
        last_told, last_settled = (
            view.connection.scalar(select(func.max(column))) or 0
            for column in (tables.feed.c.sequence, table.c.sequence)
        )
        clients = sorted(view.chains())
        found = audit(view, "")
    if found.doubled or found.breaches:
        wrong.append(f"doubled {found.doubled}, breaches {found.breaches}")
    if head != max(last_told, last_settled):
        wrong.append(f"the feed's head is {head}, its rows end at {max(last_told, last_settled)}")
    wrong += [f"gap in {lane}" for lane in found.lanes if not lane.last_n == lane.operations == lane.distinct]
    wrong += [f"broken chain of {client}" for client in clients if verify_chain(store, client)]
    for ack in acks:
        if ack.get("head", 0) > head:
            wrong.append(f"lost: the feed to {ack['head']}")
        wrong += [f"lost: entry {entry}" for entry in ack.get("entries", ()) if entry not in entries]
        for said in ack.get("outcomes", ()):
            kept = outcomes.get((ack["client"], said["lane"], said["n"]))
            same = kept and Outcome(lane=kept.lane, n=kept.n, id=kept.id, refusal=kept.refusal)
            if same != Outcome.model_validate(said):
                wrong.append(f"lost: outcome of operation {said['id']}")
    return wrong


def check(side: Side, folder: Path, acks: list[dict[str, Any]]) -> list[str]:
    """Open the store as the next start would, and look. One that cannot be read has lost all it answered with."""
    try:
        store = Store.open(folder / f"{side}.db", KEY if side == "desk" else None, side=side)
        try:
            return (check_desk if side == "desk" else check_platform)(store, acks)
        finally:
            store.close()
    except (KnownError, DatabaseError, ValueError) as error:
        return [f"lost: {len(acks)} answers in a store that cannot be read: {error!r}"]


def go_on(side: Side, watched: Path, elsewhere: Path) -> list[str]:
    """Start all three again, work and exchange; what is wrong when they are done."""
    trio = Trio(side, watched, elsewhere)
    try:
        for desk in (trio.desk, trio.other):
            trio.do(desk, WriteNote(Note(Kind.NOTE, WHO, text="again")))
        for desk in (trio.desk, trio.other, trio.desk):
            trio.exchange(desk)
        stores = {"desk": trio.desk, "other": trio.other, "platform": trio.platform}
        wrong = [f"{name}: {said}" for name, store in stores.items() for said in verify_file(store)]
        rows = {name: _everything(store) for name, store in stores.items()}
        for name in ("desk", "other"):
            store = stores[name]
            if any(outbox.pending(store).values()):
                wrong.append(f"{name} is not settled: {outbox.pending(store)}")
            if rows[name] != rows["platform"]:
                both = rows[name].keys() | rows["platform"].keys()
                differ = sorted(key for key in both if rows[name].get(key) != rows["platform"].get(key))
                wrong.append(f"{name} and the platform differ: {differ[:5]}")
            with trio.platform.read() as view:
                found = audit(view, store.device)
            if found.held != dict.fromkeys(outbox.performed_ids(store), 1) or found.doubled or found.breaches:
                wrong.append(f"{name} is not on the platform exactly once")
            if verify_chain(store, store.device) or verify_chain(trio.platform, store.device):
                wrong.append(f"broken chain of {name}")
        return wrong
    finally:
        trio.close()


def _everything(store: Store) -> dict[tuple[str, str], Any]:
    rows: dict[tuple[str, str], Any] = {}
    with store.read() as view:
        for table, kind in tables.FEED_KINDS.items():
            found: list[Any] = view.every(kind)
            rows |= {(table, row.id): row for row in found}
    return rows
