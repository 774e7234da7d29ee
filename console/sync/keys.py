"""Keys of service accounts: who may bring facts, of which kinds and of where. Only hashes are kept.

A key is 256 random bits, so its SHA-256 tells nothing of it. It is looked up at each request: once withdrawn it opens
nothing any more, whichever worker is asked. Withdrawn keys stay in the table, to tell who gave and who took them.
"""

import hashlib
import logging
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, Field
from sqlalchemy import insert, or_, select, update

from console.domain.errors import Refused
from console.domain.pack import Pack
from console.domain.words import Phrase
from console.store import tables
from console.store.queries import View
from console.store.store import Store
from console.sync.intake import KINDS, Kind
from console.sync.messages import Message, Name
from console.sync.receive import Source

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
MARK = "ypk_"  # so that a key that leaked is known for what it is
SHOWN = 12  # letters of a hash by which a key is named
NEED_AREA = {"calls", "alarms"}
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ServiceKey:
    """What is known of a key. `id` is the beginning of its hash."""

    id: str
    name: str
    at: str
    kinds: tuple[str, ...]
    added_at: datetime
    added_by: str
    removed_at: datetime | None
    removed_by: str | None

    @property
    def source(self) -> Source:
        return Source(self.name, self.at, frozenset(self.kinds))


class KeyRequest(Message):
    name: Name = Field(description="Of the account: small letters, digits and hyphens.")
    at: Name = Field(description="Path of an area or agency: nothing from elsewhere is taken.")
    kinds: list[Kind] = Field(min_length=1, max_length=5)


class KeyState(Message):
    id: str
    name: str
    at: str
    kinds: list[str]
    added_at: AwareDatetime
    added_by: str


class KeyMade(KeyState):
    key: str = Field(description="The key itself, told this once.")


class Keys(Message):
    keys: list[KeyState] = Field(description="Those in use that the caller commands.")


def state_of(key: ServiceKey) -> KeyState:
    return KeyState(
        id=key.id, name=key.name, at=key.at, kinds=list(key.kinds), added_at=key.added_at, added_by=key.added_by
    )


def check(pack: Pack, name: str, at: str, kinds: Sequence[str]) -> None:
    """Raises `Refused` for a key that cannot be."""
    if not NAME.fullmatch(name):
        raise Refused(Phrase("key_name", {"name": name}))
    for kind in kinds:
        if kind not in KINDS:
            raise Refused(Phrase("key_kinds", {"kind": kind, "kinds": ", ".join(KINDS)}))
    if not kinds:
        raise Refused(Phrase("key_kinds", {"kind": "", "kinds": ", ".join(KINDS)}))
    if at in pack.areas:
        return
    if all(agency.path != at for agency in pack.agencies.values()):
        raise Refused(Phrase("key_at", {"at": at}))
    if NEED_AREA & set(kinds):
        raise Refused(Phrase("key_at_agency", {"at": at}))


def add(store: Store, name: str, at: str, kinds: Sequence[str], by: str) -> tuple[str, ServiceKey]:
    """A new key and what is known of it: the key itself is told this once. See `check`."""
    text = f"{store.realm}.{MARK}{secrets.token_urlsafe(32)}"
    hashed = _hash(text)
    row = {
        "hash": hashed,
        "name": name,
        "at": at,
        "kinds": sorted(set(kinds)),
        "added_at": tables.now(),
        "added_by": by,
    }
    with store.begin() as tx:
        tx.connection.execute(insert(tables.service_key), row)
        (made,) = (key for key in keys(tx) if key.id == hashed[:SHOWN])
    log.warning("a service key was added", extra=_about(store, made) | {"by": by})
    return text, made


def keys(view: View, removed: bool = False) -> list[ServiceKey]:
    """Those in use, or with `removed` all that there were; by name."""
    table = tables.service_key
    query = select(table).order_by(table.c.name, table.c.added_at)
    if not removed:
        query = query.where(table.c.removed_at.is_(None))
    return [_key(row) for row in view.connection.execute(query)]


def find(view: View, text: str) -> ServiceKey | None:
    """The key, while it is in use."""
    table = tables.service_key
    query = select(table).where(table.c.hash == _hash(text), table.c.removed_at.is_(None))
    row = view.connection.execute(query).first()
    return None if row is None else _key(row)


def remove(store: Store, named: str, by: str) -> list[ServiceKey]:
    """Withdraw the key of this id, or all of this name. Raises `Refused` key_missing."""
    with store.begin() as tx:
        found = [key for key in keys(tx) if named in (key.id, key.name)]
        if not found:
            raise Refused(Phrase("key_missing", {"name": named}))
        table = tables.service_key
        of = or_(*(table.c.hash.startswith(key.id, autoescape=True) for key in found))
        tx.connection.execute(
            update(table).where(of, table.c.removed_at.is_(None)).values(removed_at=tables.now(), removed_by=by)
        )
    for key in found:
        log.warning("a service key was withdrawn", extra=_about(store, key) | {"by": by})
    return found


def _key(row: Any) -> ServiceKey:
    return ServiceKey(
        row.hash[:SHOWN], row.name, row.at, tuple(row.kinds), row.added_at, row.added_by, row.removed_at, row.removed_by
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _about(store: Store, key: ServiceKey) -> dict[str, Any]:
    return {"realm": store.realm, "key": key.id, "key_name": key.name, "path": key.at, "kinds": list(key.kinds)}
