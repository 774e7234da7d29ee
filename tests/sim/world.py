"""The simulated world: desks, a platform, in some worlds a relay, networks and one clock, all moved by one seed."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from console.domain.errors import Refused
from console.domain.operation import Operation
from console.sync import exchange
from tests.sim import invariants
from tests.sim.caller import Caller, Killed
from tests.sim.centre import Platform
from tests.sim.desk import Acked, Desk
from tests.sim.files import compiled_once
from tests.sim.operations import Operator
from tests.sim.people import BELOW, GRANTS, People
from tests.sim.relay import Relay
from tests.sim.virtual import Clock, virtual

ROUNDS = 12  # of everybody's turns, half a minute apart, until all must be quiet
TURNS = 400  # of one job in one round
TOWN_DESKS = ("u1", "u2")
OTHER_DESKS = ("village", "city", "fire", "other")


@dataclass(frozen=True, slots=True)
class Violation:
    invariant: str
    detail: str


class Wrong(BaseException):
    """An invariant does not hold."""

    def __init__(self, violation: Violation) -> None:
        super().__init__(violation)
        self.violation = violation


class World:
    def __init__(self, folder: Path, rng: Random, clock: Clock, relayed: bool, rings: bool) -> None:
        self.folder, self.rng = folder, rng
        self.clock = clock
        self.people = People()
        self.operator = Operator(rng, self.people, rings)
        self.trace: list[str] = []
        self.failures: list[str] = []  # exceptions that the client would only have logged
        self.forked: set[str] = set()  # devices whose log went on in two databases: it cannot be one chain
        self.desks: list[Desk] = []
        self.city = Platform(self, "platform")
        self.relay = Relay(self, "relay", self.city) if relayed else None
        self.platforms: list[Platform] = [self.city, *([self.relay] if self.relay else [])]

    @property
    def callers(self) -> list[Caller]:
        """Whoever has a platform above: from below to above."""
        below = [desk for desk in self.desks if desk.above is self.relay]
        above = [desk for desk in self.desks if desk.above is self.city]
        return [*below, *([self.relay] if self.relay else []), *above]

    def open(self) -> None:
        others = self.rng.sample(OTHER_DESKS, 2)
        for user in (*TOWN_DESKS, *others):
            # most of a town's desks are at its relay; one that is not works on the same incidents from above
            below = self.relay and user in BELOW and (not self.desks or self.rng.random() < 0.75)
            self.desks.append(Desk(self, f"desk-{user}", user, self.relay if self.relay and below else self.city))

    def close(self) -> None:
        for desk in self.desks:
            with suppress(AttributeError):
                desk.store.close()
        for platform in self.platforms:
            platform.stop()

    def say(self, text: str) -> None:
        self.trace.append(text)

    def wrong(self, invariant: str, detail: str) -> None:
        raise Wrong(Violation(invariant, detail))

    # What desks do

    def perform(self, desk: Desk, operation: Operation) -> Acked | None:
        """None when the desk refused it, or died over it."""
        with self.alive(desk):
            try:
                return desk.perform(operation)
            except Refused:
                self.say(f"    refused at {desk.name}")
        return None

    @contextmanager
    def alive(self, caller: Caller) -> Iterator[None]:
        """One that dies meanwhile is started again."""
        try:
            yield
        except Killed:
            self.revive(caller)

    def revive(self, caller: Caller) -> None:
        mortal, caller.mortal = caller.mortal, 0.0
        caller.kill()
        caller.start()
        caller.mortal = mortal

    def turn(self, caller: Caller, job: str, patient: bool = False) -> bool:
        with self.alive(caller):
            return caller.turn(job, patient)
        return False

    def pulled(self, desk: Caller) -> None:
        invariants.while_working(self, desk)

    def mended(self, desk: Caller, buckets: list[str]) -> None:
        if invariants.comparable(self, desk):
            self.wrong("sums differ", f"{desk.name}: {buckets}")

    def settle_down(self) -> None:
        """All troubles end; work goes on until everyone is quiet, which must not take long."""
        self.say("-- heal")
        for platform in self.platforms:
            platform.network.rate = 0.0
        for caller in self.callers:
            self._mend(caller)
        for platform in self.platforms:
            if not platform.running:
                platform.start()
            while platform.network.deliver_late():
                pass
        self._until_quiet()
        for caller in self.callers:
            invariants.compared(self, caller)
        self._until_quiet()  # what a relay has mended goes down

    def _until_quiet(self) -> None:
        for _ in range(ROUNDS):
            for caller in self.callers:
                for job in ("command", "bulk", "pull"):
                    for _ in range(TURNS):
                        if not self.turn(caller, job):
                            break
                    else:
                        self.wrong("wedged", f"{caller.name} {job}: never done")
            if all(invariants.quiet(caller) for caller in self.callers):
                break
            self.clock.wait(30.0)
        else:
            restless = [invariants.restless(one) for one in self.callers if not invariants.quiet(one)]
            self.wrong("wedged", "; ".join([*restless, *self.failures[-2:]]))

    def _mend(self, caller: Caller) -> None:
        caller.mortal = 0.0
        if not self.people.grants(caller.user):
            self.people.grant(caller.user, GRANTS[caller.user][0])
        caller.cut = False
        caller.line.set_cut(False)
        caller.line.sign_in(caller.user, caller.line._password)


@contextmanager
def world(folder: Path, rng: Random, relayed: bool = False, rings: bool = False) -> Iterator[World]:
    """Desks that have signed in, and something to work with that all of them know."""
    clock = Clock()
    with virtual(clock, rng), compiled_once():
        it = World(folder, rng, clock, relayed, rings)
        try:
            it.open()
            _begin(it)
            yield it
        finally:
            it.close()


@contextmanager
def in_small_pieces(it: World) -> Iterator[None]:
    """Little pushes and little pages, so that a schedule has many of them."""
    most, rows = it.rng.choice((1, 3, 200)), it.rng.choice((2, 12, 2000))
    it.say(f"{most} operations in a push, {rows} rows in a page")
    with patch.object(exchange, "MAX_OPERATIONS", most), patch.object(exchange, "PAGE_ROWS", rows):
        for caller in it.callers:
            caller.exchange._most = dict.fromkeys(caller.exchange._most, most)
        yield


def _begin(it: World) -> None:
    first = it.desks[0]
    for kind in ("open", "open", "raise", "dispatch", "casualties"):
        with first.store.read() as view:
            operation: Any = getattr(it.operator, f"_{kind}")(view, first.actor)
        it.perform(first, operation)
    it.settle_down()


__all__ = ["Violation", "World", "Wrong", "in_small_pieces", "world"]
