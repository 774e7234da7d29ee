"""The simulated world: some desks, a platform, a network and one clock, all moved by one seed.

A relay (a town's platform between its villages and the city) is one more actor: a `Platform` whose own desk-like
side exchanges with the platform above it. It goes beside `desks`, and its turns into `steps.STEPS` and `heal`.
"""

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
from tests.sim.centre import Platform, renew
from tests.sim.desk import Acked, Desk, Killed
from tests.sim.files import compiled_once, copy_database, lay_down
from tests.sim.operations import Operator
from tests.sim.people import GRANTS, People
from tests.sim.trouble import Network
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
    def __init__(self, folder: Path, rng: Random) -> None:
        self.folder, self.rng = folder, rng
        self.clock = Clock()
        self.people = People()
        self.network = Network(self, rng)
        self.operator = Operator(rng, self.people)
        self.trace: list[str] = []
        self.failures: list[str] = []  # exceptions that the client would only have logged
        self.ends: set[int] = {0}  # of the platform's transactions
        self.platform: Platform | None = None
        self.platform_copies: list[tuple[Path, set[int]]] = []
        self.forked: set[str] = set()  # devices whose log went on in two databases: it cannot be one chain
        self.desks: list[Desk] = []

    def open(self) -> None:
        self.start_platform()
        for user in (*TOWN_DESKS, *self.rng.sample(OTHER_DESKS, 2)):
            self.desks.append(Desk(self, f"desk-{user}", user))

    def close(self) -> None:
        for desk in self.desks:
            with suppress(AttributeError):
                desk.store.close()
        if self.platform:
            self.platform.close()

    def say(self, text: str) -> None:
        self.trace.append(text)

    def wrong(self, invariant: str, detail: str) -> None:
        raise Wrong(Violation(invariant, detail))

    # The platform's fate

    def start_platform(self) -> None:
        self.platform = Platform(self, self.folder / "platform")
        self.ends.add(self.platform.end())

    def stop_platform(self) -> None:
        if self.platform:
            self.platform.close()
        self.platform = None

    @property
    def platform_file(self) -> Path:
        return self.folder / "platform" / "live.db"

    def back_up_platform(self) -> None:
        path = self.folder / f"platform.copy{len(self.platform_copies)}"
        copy_database(self.platform_file, path)
        self.platform_copies.append((path, set(self.ends)))

    def restore_platform(self, path: Path, ends: set[int]) -> None:
        self.stop_platform()
        lay_down(path, self.platform_file)
        renew(self.platform_file)
        self.ends = set(ends)
        self.start_platform()

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
    def alive(self, desk: Desk) -> Iterator[None]:
        """A desk that dies meanwhile is started again."""
        try:
            yield
        except Killed:
            mortal, desk.mortal = desk.mortal, 0.0
            desk.kill()
            desk.start()
            desk.mortal = mortal

    def turn(self, desk: Desk, job: str, patient: bool = False) -> bool:
        with self.alive(desk):
            return desk.turn(job, patient)
        return False

    def pulled(self, desk: Desk) -> None:
        invariants.while_working(self, desk)

    def mended(self, desk: Desk, buckets: list[str]) -> None:
        if invariants.comparable(self, desk):
            self.wrong("sums differ", f"{desk.name}: {buckets}")

    def settle_down(self) -> None:
        """All troubles end; work goes on until everyone is quiet, which must not take long."""
        self.say("-- heal")
        self.network.rate = 0.0
        if self.platform is None:
            self.start_platform()
        while self.network.deliver_late():
            pass
        for desk in self.desks:
            desk.mortal = 0.0
            if not self.people.grants(desk.user):
                self.people.grant(desk.user, GRANTS[desk.user][0])
            desk.cut = False
            desk.line.set_cut(False)
            desk.line.sign_in(desk.user, desk.line._password)
        for _ in range(ROUNDS):
            for desk in self.desks:
                for job in ("command", "bulk", "pull"):
                    for _ in range(TURNS):
                        if not self.turn(desk, job):
                            break
                    else:
                        self.wrong("wedged", f"{desk.name} {job}: never done")
            if all(invariants.quiet(self, desk) for desk in self.desks):
                break
            self.clock.wait(30.0)
        else:
            restless = [invariants.restless(self, desk) for desk in self.desks if not invariants.quiet(self, desk)]
            self.wrong("wedged", "; ".join([*restless, *self.failures[-2:]]))
        for desk in self.desks:
            invariants.compared(self, desk)


@contextmanager
def world(folder: Path, rng: Random) -> Iterator[World]:
    """Desks that have signed in, and something to work with that all of them know."""
    it = World(folder, rng)
    with virtual(it.clock, rng), compiled_once():
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
        for desk in it.desks:
            desk.exchange._most = dict.fromkeys(desk.exchange._most, most)
        yield


def _begin(it: World) -> None:
    first = it.desks[0]
    for kind in ("open", "open", "raise", "dispatch", "casualties"):
        with first.store.read() as view:
            operation: Any = getattr(it.operator, f"_{kind}")(view, first.actor)
        it.perform(first, operation)
    it.settle_down()


__all__ = ["Violation", "World", "Wrong", "in_small_pieces", "world"]
