"""Who is it? Users come from the pack; a token opens one realm for one user on one device."""

import hashlib
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select

from console.domain.errors import KnownError
from console.domain.pack import User
from console.domain.words import Phrase
from console.store import tables
from console.store.store import Store
from console.sync.login import LOCKED, TRIES, locked, matches, verifier

VALID = timedelta(hours=13)  # a shift and its handover


@dataclass(frozen=True, slots=True)
class Caller:
    user: str
    device: str
    realm: str


class Doorkeeper:
    """Checks passwords. Five wrong ones in a row lock a user for five minutes, on every device."""

    def __init__(self, users: Mapping[str, User]) -> None:
        self._users = users
        self._failures: dict[str, int] = {}
        self._until: dict[str, datetime] = {}
        self._lock = threading.Lock()
        self._nobody = verifier(secrets.token_hex())  # so that an unknown user takes as long as a known one

    def check(self, user: str, password: str) -> None:
        """Returns when it is them. Raises `KnownError` login_wrong or login_locked."""
        with self._lock:
            now = datetime.now(UTC)
            if (until := self._until.get(user)) and now < until:
                raise KnownError(locked(until - now))
        known = self._users.get(user)
        right = matches(known.password_hash if known else self._nobody, password) and known is not None
        with self._lock:
            if right:
                self._failures.pop(user, None)
                return
            if known:
                self._failures[user] = self._failures.get(user, 0) + 1
                if self._failures[user] >= TRIES:
                    del self._failures[user]
                    self._until[user] = datetime.now(UTC) + LOCKED
                    raise KnownError(locked(LOCKED))
        raise KnownError(Phrase("login_wrong"))


def issue(store: Store, user: str, device: str) -> tuple[str, datetime]:
    """A new token, and when it ends. Only its hash is kept."""
    now = datetime.now(UTC)
    text = f"{store.realm}.{secrets.token_urlsafe(32)}"
    expires_at = now + VALID
    with store.begin() as tx:
        tx.connection.execute(delete(tables.token).where(tables.token.c.expires_at < now))
        row = {"hash": _hash(text), "user": user, "device": device, "expires_at": expires_at}
        tx.connection.execute(insert(tables.token), row)
    return text, expires_at


def realm_of(token: str) -> str:
    return token.partition(".")[0]


def whose(store: Store, token: str) -> Caller | None:
    """Who may use this token in this realm now, if anyone."""
    table = tables.token
    with store.read() as view:
        found = view.connection.execute(
            select(table.c.user, table.c.device, table.c.expires_at).where(table.c.hash == _hash(token))
        ).first()
    if found is None or found.expires_at < datetime.now(UTC):
        return None
    return Caller(found.user, found.device, store.realm)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
