"""Taking operations in: each exactly once, decided by the same code as on the desk."""

import json
import logging
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from console.central import feed
from console.central.feed import Decided
from console.domain.errors import KnownError, Refused
from console.domain.log import Entry, first_broken
from console.domain.operation import OPERATIONS, Actor
from console.domain.words import Phrase
from console.store import tables
from console.store.codec import decode
from console.store.queries import Tx
from console.store.store import Store
from console.sync.messages import Outcome, Sent, fingerprint

log = logging.getLogger(__name__)

_INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


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


def take(store: Store, client: str, user: str, operations: Sequence[Sent]) -> list[Outcome]:
    """What became of each; all of them in one transaction, committed when this returns.

    One that was taken before gets the outcome it got then. `operations` are of one lane, without gaps.
    Raises `GapError` and `ChangedError`; nothing has changed then.
    """
    lane = operations[0].lane
    with store.begin() as tx:
        table = tables.lane
        # there to be locked before the first push too: it may come twice at once, to two workers
        begun = _INSERT[store.dialect](table).on_conflict_do_nothing()
        tx.connection.execute(begun, {"client": client, "lane": lane, "n": 0})
        last = tx.connection.scalar(
            select(table.c.n).where(table.c.client == client, table.c.lane == lane).with_for_update()
        )
        last = last or 0
        if operations[0].n > last + 1:
            raise GapError(last + 1)
        outcomes = _taken(tx, client, [sent for sent in operations if sent.n <= last])
        fresh = [sent for sent in operations if sent.n > last]
        if fresh:
            chain = _Chain(tx, client)
            decided = [_decide(tx, store.realm, user, chain, sent) for sent in fresh]
            tx.upsert(table, [{"client": client, "lane": lane, "n": fresh[-1].n}])
            feed.append(tx, client, decided)
            outcomes += [_outcome(one.sent, one.refusal) for one in decided]
    return outcomes


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
        if (known[sent.n].id, known[sent.n].hash) != (sent.id, sent.hash):
            raise ChangedError(sent.n)
    return [_outcome(sent, known[sent.n].refusal) for sent in operations]


def _outcome(sent: Sent, refusal: Phrase | None) -> Outcome:
    return Outcome(lane=sent.lane, n=sent.n, id=sent.id, refusal=refusal)


class _Chain:
    """The log of one device, as far as it is known here."""

    def __init__(self, tx: Tx, device: str) -> None:
        self.tx = tx
        self.device = device
        self.last = tx.last_entry(device)

    def extend(self, entries: Sequence[Entry]) -> list[Entry]:
        """Keep entries; those that were not here are returned.

        One that does not fit is kept as evidence and noted as a breach: what was said and ordered is never
        turned away for its seal.
        """
        fresh = [entry for entry in entries if self.tx.get(Entry, entry.id) is None]
        for entry in fresh:
            self.tx.put(entry)
            if entry.device != self.device or first_broken([entry], self.last):
                log.warning("breach of the log", extra={"device": self.device, "entry": entry.id})
                self.tx.connection.execute(
                    insert(tables.breach),
                    {"entry": entry.id, "device": entry.device, "number": entry.number, "at": tables.now()},
                )
            self.last = entry
        return fresh


def _decide(tx: Tx, realm: str, user: str, chain: _Chain, sent: Sent) -> Decided:
    """Whatever an operation is like, it gets an outcome: one that cannot be done never blocks its lane."""
    town = ""
    entries: list[Entry] = []
    rows: tuple[Any, ...] = ()
    refusal: Phrase | None = None
    try:
        if fingerprint(sent.model_dump()) != sent.hash:
            raise ValueError("its hash is not its own")
        actor = decode(Actor, json.dumps(sent.actor))
        town = actor.town
        sealed = [decode(Entry, json.dumps(entry)) for entry in sent.entries]
        with tx.connection.begin_nested():
            entries = chain.extend(sealed)  # these stay, whatever becomes of the operation
        if sent.realm != realm:
            raise Refused(Phrase("op_realm", {"name": sent.name, "realm": sent.realm}))
        operation = decode(OPERATIONS[sent.name], json.dumps(sent.args))
        with tx.connection.begin_nested():
            rows = operation.decide(tx, actor).rows
            tx.put(*rows)
    except Refused as refused:
        refusal = refused.phrase
    except (ValidationError, ValueError, KeyError, RecursionError) as unreadable:
        log.warning("unreadable operation %s: %s", sent.id, unreadable)
        refusal, rows = Phrase("op_unreadable", {"name": sent.name}), ()
    except (KnownError, OperationalError):
        raise  # the disk is full, say: that is not the operation's fault, and it will be sent again
    except Exception:
        log.exception("operation %s failed", sent.id)
        refusal, rows = Phrase("op_failed", {"name": sent.name}), ()
    return Decided(sent, user, town, (*rows, *entries), refusal)
