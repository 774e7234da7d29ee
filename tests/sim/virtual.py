"""A world without chance: clocks, ids, tokens and nonces that come from a seed."""

import secrets
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from random import Random
from types import SimpleNamespace
from unittest.mock import patch

from argon2 import PasswordHasher

from console.central import auth, service
from console.store import ids
from tests.support_pack import START

WALL_CLOCK = ("console.central.", "console.sync.", "console.store.tables")  # who looks at it


class Clock:
    """The time that there is, and what the clock of the process at work says. It only goes on when somebody waits."""

    def __init__(self) -> None:
        self.now = START
        self._off = timedelta(0)

    @property
    def seen(self) -> datetime:
        return self.now + self._off

    @contextmanager
    def off(self, by: timedelta) -> Iterator[None]:
        """The process whose clock is wrong by so much is at work."""
        before, self._off = self._off, by
        try:
            yield
        finally:
            self._off = before

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @property
    def steady(self) -> float:
        return (self.now - START).total_seconds() + 1000.0


@contextmanager
def virtual(clock: Clock, rng: Random) -> Iterator[None]:
    """While this lasts the same `rng` gives the same everything."""

    class Virtual(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return clock.seen.astimezone(tz or UTC)

        @classmethod
        def fromisoformat(cls, text: str) -> datetime:  # type: ignore[override]
            return datetime.fromisoformat(text)

    def uuid7() -> str:
        millis = int(clock.seen.timestamp() * 1000)
        rest = rng.getrandbits(74)
        digits = f"{millis:012x}7{rest >> 62:03x}{0x8 | (rest >> 60) & 3:x}{rest & (1 << 60) - 1:015x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    with ExitStack() as stack:
        for name, module in list(sys.modules.items()):
            if name.startswith(WALL_CLOCK) and vars(module).get("datetime") is datetime:
                stack.enter_context(patch.object(module, "datetime", Virtual))
        stack.enter_context(patch.object(service, "time", SimpleNamespace(monotonic=lambda: clock.steady)))
        stack.enter_context(patch.object(ids, "uuid_utils", SimpleNamespace(uuid7=uuid7)))
        stack.enter_context(
            patch.object(secrets, "token_hex", lambda size=8: f"{rng.getrandbits(8 * size):0{2 * size}x}")
        )
        stack.enter_context(patch.object(secrets, "token_urlsafe", lambda size=32: f"{rng.getrandbits(8 * size):x}"))
        stack.enter_context(patch.object(auth, "verifier", _cheap))
        yield


@cache
def _cheap(_password: str, like: str | None = None) -> str:
    """What nobody's password is compared with; the real one takes 50 ms."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("nobody")
