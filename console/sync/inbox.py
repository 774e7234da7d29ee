"""待处理: what the platform did not take waits here, whole, until a person resends it or says why not."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from console.domain.errors import Refused
from console.domain.incident import Incident
from console.domain.log import Kind, Note
from console.domain.operation import Actor, Changes, WriteNote
from console.domain.operations import OPERATIONS, TITLES, upgrade
from console.domain.words import Phrase
from console.store import tables
from console.store.codec import decode
from console.store.queries import Tx
from console.store.store import Store
from console.sync.outbox import perform_in


@dataclass(frozen=True, slots=True)
class Refusal:
    id: str  # of the operation
    name: str  # "incident.dispatch"
    args: dict[str, Any]
    user: str
    at: datetime | None  # when it was done, by the desk's clock
    phrase: Phrase  # why


def inbox(store: Store) -> list[Refusal]:
    """What waits for a person, oldest first."""
    table = tables.inbox
    with store.read() as view:
        query = select(table.c.body, table.c.phrase).where(table.c.dismissed_at.is_(None)).order_by(table.c.id)
        return [_refusal(body, phrase, store.areas) for body, phrase in view.connection.execute(query)]


def resend(store: Store, id: str, actor: Actor, args: dict[str, Any] | None = None) -> Changes:
    """Do it again as a new operation, with other arguments if given. One transaction.

    Raises `Refused` when the rules do not allow it now either, or it is not in the inbox any more; `ValueError`
    for arguments that are none. It stays in the inbox then.
    """
    with store.begin() as tx:
        refusal = _waiting(tx, store, id)
        kind = OPERATIONS.get(refusal.name)
        if kind is None:
            raise Refused(refusal.phrase)
        operation = decode(kind, json.dumps(refusal.args if args is None else args))
        changes, again = perform_in(tx, store, operation, actor)
        _dismiss(tx, id, actor.at, again)
        return changes


def discard(store: Store, id: str, actor: Actor, reason: str) -> Changes:
    """Leave it, and say why in the message log. Raises `Refused` when it is not in the inbox any more."""
    with store.begin() as tx:
        refusal = _waiting(tx, store, id)
        said = Phrase("op_discarded", {"name": TITLES.get(refusal.name, refusal.name), "reason": reason})
        named = refusal.args.get("incident")
        incident = tx.get(Incident, named) if isinstance(named, str) else None
        note = Note(Kind.SYSTEM, actor.name, phrase=said, incident=incident.id if incident else None)
        changes, _ = perform_in(tx, store, WriteNote(note), actor)
        _dismiss(tx, id, actor.at, None)
        return changes


def _waiting(tx: Tx, store: Store, id: str) -> Refusal:
    table = tables.inbox
    found = tx.connection.execute(
        select(table.c.body, table.c.phrase).where(table.c.id == id, table.c.dismissed_at.is_(None))
    ).first()
    if found is None:
        raise Refused(Phrase("inbox_done"))
    return _refusal(found.body, found.phrase, store.areas)


def _refusal(body: str, phrase: Phrase, areas: Iterable[str]) -> Refusal:
    fields = json.loads(body)
    fields["name"] = upgrade(fields["name"], fields["args"], fields["actor"], fields.get("version", 1), areas)
    actor = fields["actor"]
    at = datetime.fromisoformat(actor["at"]) if "at" in actor else None
    return Refusal(fields["id"], fields["name"], fields["args"], actor.get("user", ""), at, phrase)


def _dismiss(tx: Tx, id: str, at: datetime, again: str | None) -> None:
    table = tables.inbox
    tx.connection.execute(update(table).where(table.c.id == id).values(dismissed_at=at, resent_as=again))
