"""Taking operations in: each exactly once, decided by the same code as on the desk."""

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from sqlalchemy import exists, insert, select
from sqlalchemy.dialects import postgresql as dialect_pg
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import OperationalError

from console.central import feed
from console.central.copies import copied_from
from console.central.feed import Decided, Placed
from console.domain.area import Grant, Right, covers, lies_in, visible
from console.domain.assignment import Assignment
from console.domain.camera import Camera
from console.domain.errors import KnownError, Refused
from console.domain.incident import Incident
from console.domain.log import Entry, first_broken
from console.domain.operation import Actor, LeaveOut, Operation
from console.domain.operations import OLDEST, VERSION, about, brought, buckets, check_new, check_right, keys
from console.domain.words import Phrase
from console.store import catalogue, postgres, tables
from console.store.codec import decode
from console.store.draft import Draft
from console.store.keepable import checked, keepable
from console.store.queries import Tx
from console.store.store import Store
from console.sync.messages import Outcome, PushRequest, Sent, fingerprint
from console.sync.outbox import overlay, read_sent

log = logging.getLogger(__name__)
HOSTILE = ("not_allowed", "actor_unknown", "id_taken")  # a desk in order does not send these


class GapError(Exception):
    """Operations are missing before the first one."""

    def __init__(self, expected: int) -> None:
        super().__init__(expected)
        self.expected = expected


class ChangedError(Exception):
    """Another operation was taken under this number."""

    def __init__(self, n: int) -> None:
        super().__init__(n)
        self.n = n


@dataclass(frozen=True, slots=True)
class Sender:
    """Who pushes: a signed-in user on a device, and what this realm lets people do."""

    device: str
    user: str
    realm: str
    grants: Callable[[str], Sequence[Grant]]  # of a user, in this realm
    areas: Sequence[str]  # every path of the tree

    def relays(self, area: str) -> bool:
        """Whether it is a platform that passes on what is done in an area."""
        return any(grant.right is Right.RELAY and lies_in(area, grant.at) for grant in self.grants(self.user))


class Forward(Protocol):
    """Passes on what was taken, in the same transaction: a relay's way up."""

    def __call__(self, tx: Tx, client: str, decided: Sequence[Decided], touched: Mapping[str, set[str]], /) -> None:
        """`touched` are the keys (`domain.operations.keys`) of each operation, by its id."""
        ...


def take(store: Store, sender: Sender, request: PushRequest, forward: Forward | None = None) -> list[Outcome]:
    """What became of each; all of them in one transaction, committed when this returns.

    One that was taken before gets the outcome it got then, by whatever way it came. Raises `GapError` and
    `ChangedError`; nothing has changed then.
    """
    operations = request.operations
    with store.begin() as tx:
        last = _last(tx, sender.device, operations[0].lane)
        first = operations[0].n
        # what the client no longer holds was told back long ago: there is nothing to wait for
        if first > last + 1 and first != request.oldest:
            raise GapError(last + 1)
        outcomes = _taken(tx, sender.device, [sent for sent in operations if sent.n <= last])
        fresh = [sent for sent in operations if sent.n > last]
        if fresh:
            batch = _Batch(tx, sender, passes_on=forward is not None)
            decided = batch.decide(fresh)
            batch.write()
            if forward is not None:
                forward(tx, sender.device, decided, batch.touched)
            table = tables.lane
            tx.upsert(table, [{"client": sender.device, "lane": fresh[0].lane, "n": fresh[-1].n}])
            end = feed.append(tx, sender.device, decided)
            if forward is None:
                batch.write_cameras(end)
            outcomes += [_outcome(sent, one.refusal) for sent, one in zip(fresh, decided, strict=True)]
    return outcomes


def _last(tx: Tx, client: str, lane: str) -> int:
    """The last number taken of a lane; nobody else takes any of it until this transaction ends."""
    table = tables.lane
    dialect = {"sqlite": sqlite.insert, "postgresql": dialect_pg.insert}[tx.connection.dialect.name]
    row = {"client": client, "lane": lane, "n": 0}
    tx.connection.execute(cast(Any, dialect)(table).on_conflict_do_nothing(), row)
    mine = table.c.client == client, table.c.lane == lane
    return int(tx.connection.scalar(select(table.c.n).where(*mine).with_for_update()) or 0)


def _taken(tx: Tx, client: str, operations: Sequence[Sent]) -> list[Outcome]:
    if not operations:
        return []
    table = tables.outcome
    query = select(table.c.n, table.c.id, table.c.hash, table.c.refusal).where(
        table.c.client == client,
        table.c.lane == operations[0].lane,
        table.c.n.between(operations[0].n, operations[-1].n),
    )
    known = {row.n: row for row in tx.connection.execute(query)}
    for sent in operations:
        # a number that was skipped, because nothing was held of it, has no outcome
        if sent.n in known and (known[sent.n].id, known[sent.n].hash) != (sent.id, sent.hash):
            raise ChangedError(sent.n)
    return [_outcome(sent, known[sent.n].refusal if sent.n in known else None) for sent in operations]


def _outcome(sent: Sent, refusal: Phrase | None) -> Outcome:
    return Outcome(lane=sent.lane, n=sent.n, id=sent.id, refusal=refusal)


@dataclass(slots=True)
class _Read:
    """An operation as far as it could be read."""

    sent: Sent
    entries: list[Entry] = field(default_factory=list)
    operation: Operation | None = None
    actor: Actor | None = None
    refusal: Phrase | None = None
    evidence: bool = False  # a relay found that its log entries were not for whoever sent them to write


class _Batch:
    """Operations of one push, decided one after the other over one draft.

    With `passes_on` a platform above has the last word: its rows are kept underneath, and it looks through the log,
    of which a relay has only what is seen in its own area.
    """

    def __init__(self, tx: Tx, sender: Sender, passes_on: bool) -> None:
        self.tx, self.sender, self.passes_on = tx, sender, passes_on
        self.draft = Draft(tx)
        self.chains: dict[str, Entry | None] = {}
        self.known: set[str] = set()  # entries that were here before
        self.breaches: list[dict[str, Any]] = []
        self.evidence: list[Entry] = []  # entries that it was not for the sender to write: kept, and shown to nobody
        self.users: set[str] = set()  # who signed in on this device, or on the one that it is a copy of
        self.logs: set[str] = set()  # the devices whose log is the sender's own
        self.touched: dict[str, set[str]] = {}  # by each operation, by its id

    def decide(self, operations: Sequence[Sent]) -> list[Decided]:
        before = self._before([sent.id for sent in operations])
        reads = [self._read(sent) for sent in operations if sent.id not in before]
        self._lock(reads)
        self._look_up(reads)
        found = {read.sent.id: read for read in reads}
        decided = []
        for sent in operations:
            if sent.id in before:
                decided.append(Decided(sent, self.sender.user, (), before[sent.id], again=True))
            else:
                decided.append(self._decide(found[sent.id]))
                before[sent.id] = decided[-1].refusal
        return decided

    def write(self) -> None:
        written = self.draft.written.values()
        entries = [row for row in written if isinstance(row, Entry)]
        rows = [row for row in written if not isinstance(row, Entry)]
        self.tx.put(*entries)
        if self.passes_on:
            overlay(self.tx, rows, self.draft.removed)
            return
        self.tx.put(*self.evidence, *(row for row in rows if not isinstance(row, Camera)))
        if self.breaches:
            self.tx.connection.execute(insert(tables.breach), self.breaches)

    def write_cameras(self, end: int) -> None:
        """Keep them at their place in the feed, so that a catalogue that is being published does not undo them."""
        changed = [catalogue.fields_of(row) for row in self.draft.written.values() if isinstance(row, Camera)]
        catalogue.put(self.tx, changed, end)
        gone = [id for kind, id in self.draft.removed if kind is Camera]
        catalogue.put(self.tx, catalogue.tombstones(gone), end, gone=True)

    def _before(self, ids: Sequence[str]) -> dict[str, Phrase | None]:
        """What became of operations that came another way: over a relay, or before a restore."""
        table = tables.outcome
        query = select(table.c.id, table.c.refusal).where(table.c.id.in_(ids), table.c.again.is_(False))
        return {row.id: row.refusal for row in self.tx.connection.execute(query)}

    def _read(self, sent: Sent) -> _Read:
        read = _Read(sent)
        try:
            fields = sent.model_dump()
            if fingerprint(fields) != sent.hash:
                raise ValueError("its hash is not its own")
            if sent.realm != self.sender.realm:  # what it wrote in the log is of that realm too
                raise Refused(Phrase("op_realm", {"name": sent.name, "realm": sent.realm}))
            read.entries = [keepable(decode(Entry, json.dumps(entry))) for entry in sent.entries]
            if not OLDEST <= sent.version <= VERSION:
                raise Refused(Phrase("op_version", {"name": sent.name, "version": sent.version}))
            if sent.name == LeaveOut.NAME:
                read.operation, read.evidence = LeaveOut(), sent.args.get("evidence") is True
                if sent.actor:
                    _, read.actor = read_sent(sent.model_dump() | {"args": {}}, self.sender.areas)
            else:
                read.operation, read.actor = read_sent(fields, self.sender.areas)
                checked((read.operation, read.actor))
        except Refused as refused:
            read.refusal = refused.phrase
            self._warn(sent, refused.phrase.code)
        except (ValueError, KeyError, RecursionError) as unreadable:  # ValidationError is a ValueError
            read.operation, read.refusal = None, Phrase("op_unreadable", {"name": sent.name})
            self._warn(sent, str(unreadable)[:300])
        return read

    def _warn(self, sent: Sent, why: str) -> None:
        sender = self.sender
        said = {"device": sender.device, "user": sender.user, "operation": sent.id, "why": why}
        log.warning("operation turned away", extra=said)

    def _lock(self, reads: Iterable[_Read]) -> None:
        """What two writers decide about at a time, they decide one after the other. SQLite has one writer."""
        if self.tx.connection.dialect.name != "postgresql":
            return
        held: set[str] = set()
        while True:  # what an operation is about may have changed while we waited
            wanted: set[str] = set()
            for read in reads:
                if read.operation is not None:
                    wanted |= about(read.operation, self.tx)
            if wanted <= held:
                return
            postgres.hold(self.tx.connection, wanted - held)
            held |= wanted

    def _look_up(self, reads: Sequence[_Read]) -> None:
        self.draft.look_up(row for read in reads if read.operation for row in brought(read.operation))
        entries = [entry.id for read in reads for entry in read.entries]
        table = tables.entry
        for at in range(0, len(entries), 500):
            some = select(table.c.id).where(table.c.id.in_(entries[at : at + 500]))
            self.known.update(self.tx.connection.scalars(some))
        # of the device that signed in: whatever an operation says about its device, anyone could say
        device, signed = self.sender.device, tables.sign_in
        users = self.tx.connection.scalars(select(signed.c.user).where(signed.c.device == device))
        self.users = {self.sender.user, *users}
        self.logs = {device, *copied_from(self.tx, device)}

    def _decide(self, read: _Read) -> Decided:
        """Whatever an operation is like, it gets an outcome: one that cannot be done never blocks its lane."""
        placed: list[Placed] = []
        area = read.actor.area if read.actor else ""
        if read.refusal is None and read.operation is not None:
            try:
                placed = self._do(read.operation, read)
            except Refused as refused:
                read.refusal = refused.phrase
                if refused.phrase.code in HOSTILE:
                    self._warn(read.sent, refused.phrase.code)
            except ValueError as unkeepable:
                read.refusal = Phrase("op_unreadable", {"name": read.sent.name})
                self._warn(read.sent, str(unkeepable)[:300])
            except (KnownError, OperationalError):
                raise  # the disk is full, say: that is not the operation's fault, and it will be sent again
            except Exception:
                log.exception("operation failed", extra={"operation": read.sent.id, "operation_name": read.sent.name})
                read.refusal = Phrase("op_failed", {"name": read.sent.name})
        # what was said and ordered stays, whatever became of the operation
        evidence = len(self.evidence)
        for entry in self._extend(read, area):
            placed += feed.placed(entry, self.draft, area)
        aside = {entry.id for entry in self.evidence[evidence:]}
        said = {entry.id for entry in read.entries} - aside
        return Decided(read.sent, self.sender.user, placed, read.refusal, said=said, evidence=aside)

    def _do(self, operation: Operation, read: _Read) -> list[Placed]:
        if isinstance(operation, LeaveOut):
            return []
        actor = read.actor
        assert actor is not None  # read together with the operation
        self._check(operation, actor)
        check_new(operation, self.draft)
        reached = set(about(operation, self.draft))
        changes = operation.decide(self.draft, actor)
        rows = tuple(keepable(row) for row in changes.rows)
        self.touched[read.sent.id] = reached.union(*map(keys, rows))
        # the rows that say who sees an incident
        touched = {row.id for row in rows if isinstance(row, Incident)}
        touched |= {row.incident for row in rows if isinstance(row, Assignment)}
        before = {id: self._seen_at(id) for id in touched}
        placed = [one for kind, id in changes.removed for one in feed.left(kind, id, self.draft)]
        for row in rows:
            if isinstance(row, Camera):  # it may have been elsewhere
                placed += feed.left(Camera, row.id, self.draft, {row.area})
        self.draft.put(*rows)
        self.draft.remove(*changes.removed)
        placed += [one for row in rows for one in feed.placed(row, self.draft, actor.area)]
        for id in sorted(touched):
            placed += feed.moved(id, self.draft, before[id], self._seen_at(id))
        return placed

    def _check(self, operation: Operation, actor: Actor) -> None:
        """Whoever did it may do it; and is one whom the sender may speak for."""
        check_right(self.sender.grants(actor.user), operation, self.draft, actor)
        if not self._stands_for(actor.user) and not self.sender.relays(actor.area):
            raise Refused(Phrase("actor_unknown", {"user": actor.user}))

    def _stands_for(self, user: str) -> bool:
        """One who signed in on the sender's device; or who worked there with the link down, and may do no more."""
        return user in self.users or covers(self.sender.grants(self.sender.user), self.sender.grants(user))

    def _seen_at(self, incident: str) -> frozenset[str]:
        row = self.draft.get(Incident, incident)
        return frozenset() if row is None else buckets(row, self.draft, "")

    def _extend(self, read: _Read, area: str) -> list[Entry]:
        """Keep log entries; those that were not here, and may be seen, are returned.

        One that does not fit its device's chain is kept and noted as a breach: what was said and ordered is never
        turned away for its seal. One that was not the sender's to write is evidence against the sender.
        """
        fresh = []
        for entry in read.entries:
            if entry.id in self.known:
                continue
            self.known.add(entry.id)
            if read.evidence or not self._may_write(entry, area):
                self._put_aside(entry, read, area)
                continue
            if not self.passes_on:
                self._follow(entry)
            self.draft.put(entry)
            fresh.append(entry)
        return fresh

    def _follow(self, entry: Entry) -> None:
        """It is the end of its device's log now, whether it fits or not."""
        device = entry.device
        if device not in self.chains:
            self.chains[device] = self._end_of(device)
        if first_broken([entry], self.chains[device]):
            self._breach(entry, device, "does not fit its chain")
        self.chains[device] = entry

    def _put_aside(self, entry: Entry, read: _Read, area: str) -> None:
        """It is evidence against whoever sent it; a relay says who that was. Their own log goes on from there."""
        whose = self.sender.device
        if self.sender.relays(entry.area or area):
            whose = read.sent.device or whose
        self._breach(entry, feed.EVIDENCE + whose, "not theirs to write")
        self.evidence.append(entry)
        if entry.device == whose:
            self.chains[entry.device] = entry

    def _may_write(self, entry: Entry, area: str) -> bool:
        """In a log of the sender's own, or one that it relays; and seen where its author may write."""
        own = entry.device in self.logs and self._stands_for(entry.author)
        if not own and not self.sender.relays(entry.area or area):  # the first version's named no area
            return False
        grants = self.sender.grants(entry.author)
        paths = [grant.at for grant in grants if grant.right in (Right.RESPOND, Right.COMMAND)]
        return visible(buckets(entry, self.draft, area), paths)

    def _breach(self, entry: Entry, device: str, why: str) -> None:
        """`device` is the entry's own; or "!" and the sender's, when the entry is evidence only."""
        self.breaches.append({"entry": entry.id, "device": device, "number": entry.number, "at": tables.now()})
        said = {"device": self.sender.device, "user": self.sender.user, "entry": entry.id, "of": entry.device}
        log.warning("breach of the log", extra={**said, "why": why})

    def _end_of(self, device: str) -> Entry | None:
        """The end of a device's log, whatever others wrote in its name."""
        entry, breach = tables.entry, tables.breach
        own = breach.c.device.in_([device, feed.EVIDENCE + device])
        forged = exists().where(breach.c.entry == entry.c.id, ~own)
        query = select(entry.c.id).where(entry.c.device == device, ~forged)
        last = self.tx.connection.scalar(query.order_by(entry.c.number.desc(), entry.c.id.desc()).limit(1))
        return None if last is None else self.tx.get(Entry, last)
