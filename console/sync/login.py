"""Signing in while the platform is out of reach: against the last password the platform took."""

from datetime import UTC, datetime, timedelta
from math import ceil

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from console.domain.errors import KnownError
from console.domain.words import Phrase
from console.store.store import Store

TRIES = 5
LOCKED = timedelta(minutes=5)


def verifier(password: str, like: str | None = None) -> str:
    """What is kept of a password: an Argon2id hash. Takes about 50 ms, so not on the store's thread.

    `like` is another one, so that checking either takes as long.
    """
    hasher = PasswordHasher.from_parameters(extract_parameters(like)) if like else PasswordHasher()
    return hasher.hash(password)


def remember(store: Store, user: str, hashed: str) -> None:
    """The platform took the password of this `verifier`."""
    with store.begin() as tx:
        tx.set_setting(f"login.{user}", {"verifier": hashed, "failures": 0, "until": None})


def login_offline(
    store: Store, user: str, password: str, now: datetime | None = None, *, hashed: str | None = None
) -> None:
    """Returns when the password is right. `hashed` is the desk's own verifier, where no platform says who may.

    Raises `KnownError`: login_wrong, login_locked (five wrong ones lock for five minutes), or login_unknown
    (this user has never signed in on this desk with the link up).
    """
    now = now or datetime.now(UTC)
    key = f"login.{user}" if hashed is None else f"login.here.{user}"
    with store.read() as view:
        kept = view.setting(key)
    if hashed is not None:
        kept = {"failures": 0, "until": None, **(kept or {}), "verifier": hashed}
    if kept is None:
        raise KnownError(Phrase("login_unknown", {"user": user}))
    until = kept["until"] and datetime.fromisoformat(kept["until"])
    if until and now < until:
        raise KnownError(locked(until - now))
    right = matches(kept["verifier"], password)
    failures = 0 if right else kept["failures"] + 1
    lock = failures >= TRIES
    kept |= {"failures": 0 if lock else failures, "until": (now + LOCKED).isoformat() if lock else None}
    with store.begin() as tx:
        tx.set_setting(key, kept)
    if lock:
        raise KnownError(locked(LOCKED))
    if not right:
        raise KnownError(Phrase("login_wrong"))


def matches(hashed: str, password: str) -> bool:
    """Takes about 50 ms."""
    try:
        return PasswordHasher().verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def locked(left: timedelta) -> Phrase:
    return Phrase("login_locked", {"minutes": ceil(left.total_seconds() / 60)})
