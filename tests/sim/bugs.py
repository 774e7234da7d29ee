"""Bugs that sync could have, planted one at a time: the simulator must find each. A check that cannot fail is none.

Each patches the real code while a schedule runs. Its line says what real system had it, or what it stands for.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from sqlalchemy import delete, select, update

from console.central import auth, feed, push
from console.domain import merging, operation, operations
from console.domain.operation import LeaveOut
from console.store import tables
from console.store.draft import Draft
from console.sync import exchange, handshake, outbox, own, rebase
from console.sync.outbox import Applied
from console.sync.pace import Watchdog
from tests.sim.world import World

Planted = Callable[[World], AbstractContextManager[object]]
BUGS: dict[str, tuple[str, Planted]] = {}


def bug(name: str, had_it: str) -> Callable[[Planted], Planted]:
    def keep(planted: Planted) -> Planted:
        BUGS[name] = had_it, planted
        return planted

    return keep


def swap(name: str, had_it: str, *changes: tuple[Any, str, Any]) -> None:
    """A bug that is one function or value in the place of another."""

    @contextmanager
    def planted(_world: World) -> Iterator[None]:
        with ExitStack() as stack:
            for owner, attribute, other in changes:
                stack.enter_context(patch.object(owner, attribute, other))
            yield

    BUGS[name] = had_it, planted


# Pushing

swap(
    "no dedupe by n",
    "Anki, a retried POST: a repeated push is taken again",
    (push, "_last", lambda tx, client, lane: 0),
)
swap("no dedupe by id", "CouchDB without replication ids: after a restore what comes again is done again",
     (push._Batch, "_before", lambda self, ids: {}))  # fmt: skip


@bug("a gap is accepted", "Replicache before lastMutationID was checked: numbers are skipped")
@contextmanager
def _(_world: World) -> Iterator[None]:
    real = push.take

    def take(store: Any, sender: Any, request: Any, *more: Any) -> Any:
        return real(store, sender, request.model_copy(update={"oldest": request.operations[0].n}), *more)

    # and the client sends from where it believes the platform is
    with patch.object(push, "take", take), patch.object(exchange.Exchange, "_note", _note_wildly):
        yield


def _note_wildly(self: Any, lane: Any, before: int | None, sent: int) -> None:
    self._sent[lane] = sent + 1


@bug("settled by the push's answer", "most mobile sync kits: acknowledged is taken for applied")
@contextmanager
def _(_world: World) -> Iterator[None]:
    def note(self: Any, lane: Any, before: int | None, sent: int) -> None:
        def settle(store: Any) -> None:
            with store.begin() as tx:
                table = tables.outbox
                mine = table.c.lane == lane, table.c.n <= sent
                tx.connection.execute(update(table).where(*mine).values(settled_at=datetime.now(UTC)))

        self._ask(settle)
        self._sent[lane] = sent

    with patch.object(exchange.Exchange, "_note", note):
        yield


@bug("422 is dropped without a word", "Outbox workers that log and skip: what the server cannot read is gone")
@contextmanager
def _(_world: World) -> Iterator[None]:
    with patch.object(rebase, "_refuse", lambda *a: None):
        yield


swap("a refusal blocks its lane", "PowerSync's upload queue: one rejected write and nothing goes up any more",
     (rebase, "quarantine", lambda *a, **b: Applied()))  # fmt: skip


@bug("a refusal is left out of the feed", "silent server-side validation: the client is told it went well")
@contextmanager
def _(_world: World) -> Iterator[None]:
    real = feed.with_outcomes
    with patch.object(feed, "with_outcomes", lambda *a: real(*a).model_copy(update={"refused": []})):
        yield


@bug("the outcome is not stored", "a fire-and-forget queue: nobody can say what became of it")
@contextmanager
def _(_world: World) -> Iterator[None]:
    real = feed.append

    def append(tx: Any, client: str, decided: Any) -> int:
        end = real(tx, client, decided)
        table = tables.outcome
        tx.connection.execute(delete(table).where(table.c.client == client, table.c.sequence == end))
        return end

    with patch.object(feed, "append", append):
        yield


@bug("another under the same number is taken for a repeat", "id checks by number only: a copied client loses writes")
@contextmanager
def _(_world: World) -> Iterator[None]:
    def taken(tx: Any, client: str, operations: Any) -> Any:
        return [push._outcome(sent, None) for sent in operations]

    with (
        patch.object(push, "_taken", taken),
        patch.object(rebase, "_be_no_copy", lambda tx, page: None),
        patch.object(auth, "_meet", _believe(auth._meet)),
    ):
        yield


def _believe(real: Any) -> Any:
    """Every sign-in, whatever nonce it names."""
    return lambda tx, _incarnation, *more: real(tx, auth.secrets.token_hex(8), *more)


@bug("a copy is not noticed", "cloned virtual machines with one client id: both write under the same numbers")
@contextmanager
def _(_world: World) -> Iterator[None]:
    with (
        patch.object(auth, "_meet", _believe(auth._meet)),
        patch.object(rebase, "_be_no_copy", lambda tx, page: None),
        patch.object(handshake.Handshake, "copied", lambda self, device=None: None),
    ):
        yield


@bug("the nonce is kept after asking", "rotating tokens: a lost reply locks the client out of its own identity")
@contextmanager
def _(world: World) -> Iterator[None]:
    real = handshake.Handshake.request

    def request(self: Any, *given: Any) -> Any:
        asked = real(self, *given)

        def unwrite(store: Any) -> None:
            with store.begin() as tx:
                tx.set_setting(handshake.NEXT, None)

        self._ask(unwrite)
        return asked

    def taken(self: Any, response: Any) -> None:
        def keep(store: Any) -> None:
            with store.begin() as tx:
                tx.set_setting(handshake.NONCE, self.asked)
                tx.set_setting(handshake.WAS, None)

        self._ask(keep)

    def both(self: Any, *given: Any) -> Any:
        found = request(self, *given)
        self.asked = found.next_nonce
        return found

    def copied(self: Any, device: str | None = None) -> None:
        name = next(d.name for d in world.callers if d.handshake is self)
        if self._ask(lambda store: store.device) not in world.forked:
            world.wrong("a copy of nobody", f"{name} was taken for a copy")
        real_copied(self, device)

    real_copied = handshake.Handshake.copied
    with (
        patch.object(handshake.Handshake, "request", both),
        patch.object(handshake.Handshake, "taken", taken),
        patch.object(handshake.Handshake, "copied", copied),
    ):
        yield


# The desk's own writes


@bug("half a transaction", "write, then enqueue: a crash between them leaves a row that never goes up")
@contextmanager
def _(_world: World) -> Iterator[None]:
    real = outbox.overlay

    def perform(store: Any, operation: Any, actor: Any) -> Any:
        with store.begin() as tx:
            real(tx, operation.decide(tx, actor).rows)
        return first(store, operation, actor)

    first = outbox.perform
    with patch.object(outbox, "perform", perform):
        yield


swap("the row underneath is not kept", "last-write-wins caches: there is nothing to go back to",
     *((module, "overlay", lambda tx, rows, removed=(): tx.put(*rows)) for module in (outbox, rebase)))  # fmt: skip
swap("what is pending is not done again", "CouchDB-style pull over local edits: the operator's work flickers away",
     (rebase, "_replay", lambda tx, store, sequences: Draft(tx)))  # fmt: skip


@bug("done again for all but one", "incremental view maintenance with a missing dependency")
@contextmanager
def _(_world: World) -> Iterator[None]:
    real = rebase._pending
    with patch.object(rebase, "_pending", lambda tx, disturbed: real(tx, disturbed)[:-1]):
        yield


@bug("no new dependencies", "ours: an alarm that became an incident while its operation was pending")
@contextmanager
def _(_world: World) -> Iterator[None]:
    with patch.object(rebase, "_about_more", lambda tx, reached: None):
        yield


swap("two desks give one number and both keep it", "paper logs of two posts: whoever says I34 means either",
     (operation, "_told_apart", lambda incident, read: incident))  # fmt: skip
swap("a number is not what an operation is about", "ours: what is pending keeps a code that was taken meanwhile",
     (operations, "number_key", lambda incident: incident.id))  # fmt: skip


@bug("forget() drops what is pending", "retention jobs that look at age only")
@contextmanager
def _(_world: World) -> Iterator[None]:
    def forget(store: Any, now: Any) -> int:
        table = tables.outbox
        with store.begin() as tx:
            oldest = tx.connection.scalar(select(table.c.sequence).order_by(table.c.sequence).limit(1))
            tx.connection.execute(delete(table).where(table.c.sequence == oldest))
        return 1

    with patch.object(outbox, "forget", forget):
        yield


@bug("log entries are sealed anew on a retry", "timestamps and ids made when sending, not when it happened")
@contextmanager
def _(_world: World) -> Iterator[None]:
    def to_send(store: Any, lane: Any, *more: Any) -> Any:
        batch = real(store, lane, *more)
        return replace(batch, bodies=[_resealed(body, world_ids) for body in batch.bodies])

    real = outbox.to_send
    world_ids = iter(range(10**9))
    with patch.object(outbox, "to_send", to_send):
        yield


def _resealed(body: str, numbers: Iterator[int]) -> str:
    fields = json.loads(body)
    for entry in fields["entries"]:
        entry["id"] = f"{entry['id'][:-4]}{next(numbers):04d}"
    del fields["hash"]
    return outbox.canonical({**fields, "hash": outbox.fingerprint(fields)})


# Pulling


@bug("the cursor is saved before the data", "Anki: the sequence went on after a sync that had timed out")
@contextmanager
def _(_world: World) -> Iterator[None]:
    def apply(store: Any, page: Any, *more: Any) -> Any:
        with store.begin() as tx:
            if tx.setting(rebase.ANEW) or tx.setting(own.SCOPES) is None or tx.setting(own.CURSOR) != page.after:
                early = False
            else:
                early = True
                tx.set_setting(own.CURSOR, page.cursor)
        if early:
            page = page.model_copy(update={"after": page.cursor})
        return real(store, page, *more)

    real = rebase.apply
    with patch.object(rebase, "apply", apply):
        yield


@bug("a page is cut inside a transaction", "offset paging over a change log")
@contextmanager
def _(_world: World) -> Iterator[None]:
    def rows(view: Any, asked: Any, scopes: Any) -> Any:
        whole = real(view, asked, scopes)
        return whole if whole.cursor - asked.cursor < 3 else whole.model_copy(update={"cursor": whole.cursor - 1})

    real = feed.rows
    with patch.object(feed, "rows", rows):
        yield


@bug("seq > cursor with late commits", "polling a PostgreSQL sequence: numbers are taken before they are committed")
@contextmanager
def _(world: World) -> Iterator[None]:
    """Numbers are taken, another desk pulls, and only then the transaction writes."""
    block: list[int] = []
    taken_by: list[Any] = []  # the platform

    def take_numbers(tx: Any, width: int) -> int:
        if not block:
            return real_numbers(tx, width)
        taken_by[0].ends.add(end := block.pop() + width)
        return end

    def take(store: Any, sender: Any, request: Any, *more: Any) -> Any:
        with store.begin() as tx:
            end = real_numbers(tx, 1000)
        taken_by[:] = [one for one in world.platforms if one.store is store]
        taken_by[0].ends.add(end)
        others = [desk for desk in world.desks if desk.above is taken_by[0] and desk.store.device != sender.device]
        for desk in others:
            if world.rng.random() < 0.3 and not desk.cut:
                world.turn(desk, "pull")
        block.append(end - 1000)
        try:
            return real_take(store, sender, request, *more)
        finally:
            block.clear()

    real_numbers, real_take = feed.take, push.take
    with patch.object(feed, "take", take_numbers), patch.object(push, "take", take):
        yield


swap("a restored platform is not noticed", "CouchDB after a restore: acknowledged documents are gone on the server",
     (rebase, "_restored", rebase.fetch_anew))  # fmt: skip


@bug("a shared page to one with outcomes in it", "a response cache that forgets to vary: ours, were `told` not asked")
@contextmanager
def _(_world: World) -> Iterator[None]:
    real = feed.common
    with patch.object(feed, "common", lambda *a: replace(real(*a), told=frozenset())):
        yield


@bug("pages come into effect one by one", "a resync that shows the past go by, and half of it when it breaks off")
@contextmanager
def _(_world: World) -> Iterator[None]:
    def stage(tx: Any, store: Any, page: Any, anew: Any) -> Any:
        ended = page.cursor >= page.head
        tx.set_setting(rebase.ANEW, None if ended else {**anew, "cursor": page.cursor, "floor": page.floor})
        tx.set_setting(own.CURSOR, page.cursor)
        touched, _said = rebase._outcomes(tx, page)
        return rebase._rebase(tx, store, page.rows, touched)

    with patch.object(rebase, "_stage", stage):
        yield


swap("anew without the floor", "ours: a desk that pulls from 0 was told to begin anew, for ever",
     (rebase, "floor", lambda store: None))  # fmt: skip


@bug("tombstones are forgotten too early", "Cassandra past gc_grace: what was deleted comes back")
@contextmanager
def _(_world: World) -> Iterator[None]:
    def forget(tx: Any, now: Any, desks_seen: Any) -> int:
        end, table = feed.end(tx), tables.feed
        newest = select(table.c.sequence).order_by(table.c.sequence.desc()).limit(8)
        late = table.c.sequence.in_(newest) & (table.c.table != "reading")
        return int(tx.connection.execute(delete(table).where(late, table.c.sequence <= end)).rowcount)

    with patch.object(feed, "forget", forget):
        yield


@bug("counting the whole feed for a check", "ours: an agency's desk compared buckets that it is not told of")
@contextmanager
def _(_world: World) -> Iterator[None]:
    with patch.object(rebase, "visible", lambda paths, scopes: True):
        yield


# Scope

swap("rows stay when their scope is lost", "mobile apps after a role change",
     (rebase, "_rescope", lambda tx, store, scopes: rebase.fetch_anew(tx) or Applied()))  # fmt: skip


@bug("backfill without the scope", "sync rules that filter live changes, and not the snapshot")
@contextmanager
def _(_world: World) -> Iterator[None]:
    def inside(column: Any, scopes: Any) -> Any:
        return column.is_not(None)

    with patch.object(feed, "inside", inside):
        yield


@bug("a village sees its town", "prefix matched the wrong way round")
@contextmanager
def _(_world: World) -> Iterator[None]:
    real = feed.inside

    def inside(column: Any, scopes: Any) -> Any:
        return real(column, [*scopes, *(scope.rpartition("/")[0] for scope in scopes if "/" in scope)])

    with patch.object(feed, "inside", inside):
        yield


swap("an agency is told nothing of what was before", "sharing that starts with the next change",
     (feed, "moved", lambda *a: []))  # fmt: skip


@bug("the log stays when its scope is lost", "ours: entries pending at that moment were never taken away")
@contextmanager
def _(_world: World) -> Iterator[None]:
    with patch.object(rebase, "_unseen", lambda *a: []):
        yield


@bug("a chain begins again", "ours: its last entry had left with the scope")
@contextmanager
def _(_world: World) -> Iterator[None]:
    with patch.object(outbox, "_chain_end", lambda tx, device: tx.last_entry(device)):
        yield


@bug("the log of what cannot be sent is dropped", "ours: the operation in its place had no entries")
@contextmanager
def _(_world: World) -> Iterator[None]:
    def leave_out(tx: Any, lane: Any, n: int, realm: str) -> None:
        table = tables.outbox
        mine = table.c.lane == lane, table.c.n == n
        body = json.loads(tx.connection.scalar(select(table.c.body).where(*mine)))
        tx.connection.execute(update(table).where(*mine).values(body=json.dumps({**body, "name": LeaveOut.NAME})))
        real(tx, lane, n, realm)

    real = rebase.leave_out
    with patch.object(rebase, "leave_out", leave_out):
        yield


# Comparing


@bug("a check that compares nothing", "a checksum that both sides compute over nothing")
@contextmanager
def _(_world: World) -> Iterator[None]:
    real = feed.check
    with patch.object(feed, "check", lambda *a: real(*a).model_copy(update={"buckets": {}})):
        yield


@bug("sums that forget what was replaced", "incremental checksums without the old value")
@contextmanager
def _(_world: World) -> Iterator[None]:
    with patch.object(feed.Sum, "take", lambda self, hash: None):
        yield


# What is decided


@bug("the last writer wins", "most shared forms: the second save overwrites the first without a word")
@contextmanager
def _(_world: World) -> Iterator[None]:
    real = merging.EditIncident.decide

    def decide(self: Any, read: Any, actor: Any) -> Any:
        incident = read.incident(self.incident)
        edits = tuple(replace(edit, base=merging.value_of(incident, edit.subject)) for edit in self.edits)
        return real(replace(self, edits=edits), read, actor)

    with patch.object(merging.EditIncident, "decide", decide):
        yield


swap("a unit sent twice is nobody's business", "CAD systems that mirror each other: both desks count on it",
     (operation.Dispatch, "_twice", lambda *a: None))  # fmt: skip


@bug("casualties: the last report counts", "two counts, one figure")
@contextmanager
def _(_world: World) -> Iterator[None]:
    real = merging.ReportCasualties.decide

    def decide(self: Any, read: Any, actor: Any) -> Any:
        changes = real(self, read, actor)
        return replace(changes, rows=changes.rows[:1], notes=changes.notes[:1])

    with patch.object(merging.ReportCasualties, "decide", decide):
        yield


# Going on


@bug("no watchdog, and a lost answer counts as sent", "a session that believes in what it has in memory")
@contextmanager
def _(_world: World) -> Iterator[None]:
    def push_all(self: Any, call: Any, lane: Any) -> bool:
        after = self._sent[lane]
        batch = self._ask(lambda store: outbox.to_send(store, lane, after, self._most[lane]))
        if batch.bodies:
            self._sent[lane] = batch.first + len(batch.bodies) - 1
        self._sent, kept = {**self._sent, lane: after}, self._sent
        try:
            return real(self, call, lane)
        finally:
            self._sent = {**kept, lane: kept[lane]}

    real = exchange.Exchange.push
    with (
        patch.object(exchange.Exchange, "push", push_all),
        patch.object(Watchdog, "see", lambda self, waiting, now: False),
        patch.object(exchange.Exchange, "start_over", lambda self: None),
    ):
        yield


@bug("entries come and are not kept", "a log that is filtered by what the reader knows already")
@contextmanager
def _(_world: World) -> Iterator[None]:
    real = rebase._read

    def read(incoming: Any) -> Any:
        rows, entries, readings = real(incoming)
        return rows, dict(list(entries.items())[:-1]) if len(entries) > 2 else entries, readings

    with patch.object(rebase, "_read", read):
        yield
