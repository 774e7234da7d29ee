"""A town's platform between its desks and the city, in the simulated world: both halves are the real ones.

Its store is one, and so is its process: when it dies while a desk asks it something, the way up dies with it.
"""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import requests

from console.central import forwarding
from console.central.realms import Realm
from console.domain.agency import Position
from tests.sim.caller import Caller, Killed
from tests.sim.centre import Platform

if TYPE_CHECKING:
    from tests.sim.world import World


class Relay(Caller, Platform):
    side = "relay"
    user = "relay"
    running = False

    def __init__(self, world: "World", name: str, above: Platform) -> None:
        Caller.__init__(self)
        self.above = above
        Platform.__init__(self, world, name)

    def start(self) -> None:
        Platform.start(self)
        self.connect()

    def kill(self) -> None:
        self.stop()

    def alive(self) -> AbstractContextManager[None]:
        return self.world.alive(self)

    def then(self, *given: object) -> None:
        forwarding.pass_on(*given)  # type: ignore[arg-type]

    def _way_up(self) -> "_Bell":
        return _Bell(self)

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        try:
            return super().answer(method, path, headers, body)
        except Killed:
            self.world.revive(self)
            raise requests.ConnectionError("connection reset by peer") from None

    def turn(self, job: str, patient: bool = False) -> bool:
        with self.world.clock.off(self.skew):
            return super().turn(job, patient)


class _Bell:
    """The way up, as the service knows it: its threads are turns, which come sooner when it is woken."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay

    def open(self, realm: Realm) -> None: ...

    def wake(self, realm: str) -> None:
        self._relay.due |= {"command": 0.0, "bulk": 0.0}

    def send_positions(self, realm: str, positions: Iterable[Position]) -> None: ...

    def close(self) -> None: ...
