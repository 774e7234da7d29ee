"""Who is it, and from which desk? A token opens one realm for one user on one device."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select

from console.central.directory import Directory
from console.domain.errors import KnownError
from console.domain.words import Phrase
from console.store import tables
from console.store.queries import Tx
from console.store.store import Store
from console.sync.login import LOCKED, TRIES, locked, matches, verifier
from console.sync.messages import LoginRequest

VALID = timedelta(hours=13)  # a shift and its handover
NO_DESK = ""  # the device of somebody who only watches


class CopiedError(Exception):
    """Another database with this device's id has signed in since."""


@dataclass(frozen=True, slots=True)
class Caller:
    user: str
    device: str
    realm: str


class Doorkeeper:
    """Checks passwords. Five wrong ones in a row lock a user for five minutes, on every device and worker."""

    def __init__(self, directory: Directory, store: Store) -> None:
        self._directory, self._store = directory, store
        self._nobody = verifier(secrets.token_hex())  # so that an unknown user takes as long as a known one

    def check(self, user: str, password: str) -> None:
        """Returns when it is them. Raises `KnownError` login_wrong or login_locked."""
        table = tables.attempt
        with self._store.read() as view:
            tried = view.connection.execute(select(table.c.failures, table.c.until).where(table.c.user == user)).first()
        now = datetime.now(UTC)
        if tried and tried.until and now < tried.until:
            raise KnownError(locked(tried.until - now))
        known = self._directory.pack.users.get(user)
        right = matches(known.password_hash if known else self._nobody, password) and known is not None
        if not known or (right and not tried):
            if not known:
                raise KnownError(Phrase("login_wrong"))
            return
        failures = 0 if right else (tried.failures if tried else 0) + 1
        lock = failures >= TRIES
        with self._store.begin() as tx:
            if right:
                tx.connection.execute(delete(table).where(table.c.user == user))
                return
            row = {"user": user, "failures": 0 if lock else failures, "until": now + LOCKED if lock else None}
            tx.upsert(table, [row])
        raise KnownError(locked(LOCKED) if lock else Phrase("login_wrong"))


def sign_in(store: Store, incarnation: str, request: LoginRequest, scopes: list[str]) -> tuple[str, datetime]:
    """A new token, and when it ends; the desk is registered. Only the token's hash is kept.

    Raises `CopiedError` for a device whose last sign-in was another database's.
    """
    now = datetime.now(UTC)
    with store.begin() as tx:
        _meet(tx, incarnation, request, scopes, now)
        issued = _issue(tx, store.realm, request.user, request.device, now)
        tx.upsert(tables.sign_in, [{"device": request.device, "user": request.user, "at": now}])
        if request.was:  # what is pending there was done by those who signed in before it was copied
            table = tables.sign_in
            before = tx.connection.scalars(select(table.c.user).where(table.c.device == request.was)).all()
            tx.upsert(table, [{"device": request.device, "user": user, "at": now} for user in {*before, request.user}])
    return issued


def admit(store: Store, user: str) -> tuple[str, datetime]:
    """A new token of somebody who only watches, from no desk; and when it ends."""
    with store.begin() as tx:
        return _issue(tx, store.realm, user, NO_DESK, datetime.now(UTC))


def sign_out(store: Store, token: str) -> None:
    with store.begin() as tx:
        tx.connection.execute(delete(tables.token).where(tables.token.c.hash == _hash(token)))


def _issue(tx: Tx, realm: str, user: str, device: str, now: datetime) -> tuple[str, datetime]:
    text = f"{realm}.{secrets.token_urlsafe(32)}"
    expires_at = now + VALID
    tx.connection.execute(delete(tables.token).where(tables.token.c.expires_at < now))
    row = {"hash": _hash(text), "user": user, "device": device, "expires_at": expires_at}
    tx.connection.execute(insert(tables.token), row)
    return text, expires_at


def _meet(tx: Tx, incarnation: str, request: LoginRequest, scopes: list[str], now: datetime) -> None:
    """The desk is who it says it is: it knows the nonce of its last sign-in, or of one whose reply was lost."""
    table = tables.desk
    known = tx.connection.execute(select(table).where(table.c.device == request.device).with_for_update()).first()
    # a platform restored from a backup does not know the last nonce: it believes once
    if known and known.incarnation == incarnation and known.nonce not in (request.nonce, request.next_nonce):
        raise CopiedError
    row = {
        "device": request.device,
        "user": request.user,
        "nonce": request.next_nonce,
        "incarnation": incarnation,
        "version": request.version,
        "scopes": scopes,
        "first_at": known.first_at if known else now,
        "seen_at": now,
        "cursor": known.cursor if known else 0,
        "pending": known.pending if known else 0,
        "pending_since": known.pending_since if known else None,
        "error": None,
    }
    tx.upsert(table, [row])


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


__all__ = ["NO_DESK", "Caller", "CopiedError", "Doorkeeper", "admit", "realm_of", "sign_in", "sign_out", "whose"]
