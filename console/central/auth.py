"""Who is it, and from which desk? A token opens one realm for one user on one device."""

import hashlib
import logging
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, insert, select

from console.central import feed
from console.central.copies import note_copy
from console.central.directory import Directory
from console.domain.errors import KnownError
from console.domain.words import Phrase
from console.store import tables
from console.store.queries import Tx, View
from console.store.store import Store
from console.sync.login import LOCKED, TRIES, locked, matches, verifier
from console.sync.messages import LoginRequest

log = logging.getLogger(__name__)
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
        like = next((user.password_hash for user in directory.pack.users.values()), None)
        self._nobody = verifier(secrets.token_hex(), like)  # so that an unknown user takes as long as a known one

    def check(self, user: str, password: str) -> None:
        """Returns when it is them. Raises `KnownError` login_wrong or login_locked."""
        table = tables.attempt
        with self._store.read() as view:
            self._failures(view, user)
        known = self._directory.pack.users.get(user)
        right = matches(known.password_hash if known else self._nobody, password)
        if not known:
            raise KnownError(Phrase("login_wrong"))
        # Counted one after the other: of many guesses at once no more are heard than of as many in a row.
        with self._store.begin(alone=True) as tx:
            failures = self._failures(tx, user) + 1
            if right:
                tx.connection.execute(delete(table).where(table.c.user == user))
                return
            lock = failures >= TRIES
            until = datetime.now(UTC) + LOCKED if lock else None
            tx.upsert(table, [{"user": user, "failures": 0 if lock else failures, "until": until}])
        raise KnownError(locked(LOCKED) if lock else Phrase("login_wrong"))

    def _failures(self, view: View, user: str) -> int:
        """How many wrong passwords in a row. Raises `KnownError` login_locked."""
        table, now = tables.attempt, datetime.now(UTC)
        tried = view.connection.execute(select(table.c.failures, table.c.until).where(table.c.user == user)).first()
        if tried and tried.until and now < tried.until:
            raise KnownError(locked(tried.until - now))
        return tried.failures if tried else 0


def sign_in(store: Store, incarnation: str, request: LoginRequest, scopes: list[str]) -> tuple[str, datetime]:
    """A new token, and when it ends; the desk is registered. Only the token's hash is kept.

    Raises `CopiedError` for a device whose last sign-in was another database's.
    """
    now = datetime.now(UTC)
    with store.begin() as tx:
        _meet(tx, incarnation, request, scopes, now)
        issued = _issue(tx, store.realm, request.user, request.device, now)
        tx.upsert(tables.sign_in, [{"device": request.device, "user": request.user, "at": now}])
        if request.was:
            _inherit(tx, request.device, request.was, request.user, now)
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


def _inherit(tx: Tx, device: str, was: str, user: str, now: datetime) -> None:
    """What is pending on a copy was done by those who signed in before it was copied, and is in that desk's log.

    Anyone can say what it is a copy of, so only someone who signed in there is believed.
    """
    table = tables.sign_in
    before = set(tx.connection.scalars(select(table.c.user).where(table.c.device == was)))
    if user not in before:
        log.warning(
            "not known as a user of the desk that was copied", extra={"user": user, "device": device, "was": was}
        )
        return
    tx.upsert(table, [{"device": device, "user": one, "at": now} for one in sorted(before)])
    note_copy(tx, device, was)
    feed.take(tx, 1)  # pages that were read before do not know that it is told what that one is


def _meet(tx: Tx, incarnation: str, request: LoginRequest, scopes: list[str], now: datetime) -> None:
    """The desk is who it says it is: it knows the nonce of its last sign-in, or of one whose reply was lost."""
    table = tables.desk
    known = tx.connection.execute(select(table).where(table.c.device == request.device).with_for_update()).first()
    if known and known.nonce:  # the first version had none
        stranger = known.nonce not in (request.nonce, request.next_nonce)
        # a platform restored from a backup does not know the last nonce: it believes once
        if request.next_nonce is None or (stranger and known.incarnation == incarnation):
            raise CopiedError
    row = {
        "device": request.device,
        "user": request.user,
        "nonce": request.next_nonce or "",
        "incarnation": incarnation,
        "version": request.version if request.next_nonce else 1,
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
    if found is None:
        return None
    if found.expires_at < datetime.now(UTC):
        log.warning("a token that has ended", extra={"user": found.user, "device": found.device})
        return None
    return Caller(found.user, found.device, store.realm)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


__all__ = [
    "NO_DESK",
    "Caller",
    "CopiedError",
    "Doorkeeper",
    "admit",
    "realm_of",
    "sign_in",
    "sign_out",
    "whose",
]
