"""A desk in the simulated world: the real store, exchange, handshake and line; its threads are turns here."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from sqlalchemy import select

from console.domain.errors import KnownError
from console.domain.operation import Actor, Operation
from console.store import tables
from console.store.queries import Tx
from console.store.store import Store
from console.sync import exchange, inbox, outbox, own
from console.sync.handshake import Handshake
from console.sync.link import Answer, Denied, Line, LinkDown
from console.sync.outbox import Applied
from console.sync.pace import Watchdog, wait_s
from tests.sim.files import copy_database, lay_down
from tests.sim.people import actor_of
from tests.sim.trouble import Session
from tests.support_pack import PASSWORD

if TYPE_CHECKING:
    from tests.sim.world import World

URL = "http://platform"
JOBS = ("command", "bulk", "pull", "check")
REST_S = {"command": 30.0, "bulk": 30.0, "pull": 30.0, "check": 600.0}


class Killed(BaseException):
    """The process of a desk has died."""


@dataclass(frozen=True, slots=True)
class Acked:
    """An operation that `perform` answered for."""

    id: str
    name: str
    body: str
    entries: tuple[str, ...]


class Desk:
    def __init__(self, world: "World", name: str, user: str) -> None:
        self.world, self.name, self.user = world, name, user
        self.path: Path = world.folder / f"{name}.db"
        self.acked: dict[str, Acked] = {}  # goes with the database where that is copied
        self.skew = timedelta(0)
        self.cut = False
        self.mortal = 0.0  # how likely it dies at a transaction's edge
        self.copies: list[tuple[Path, dict[str, Acked]]] = []
        self.store: Store
        self.start()

    def start(self) -> None:
        """The program starts: everything that is not in the database is new."""
        self.store = Store.open(self.path, None)
        self.store.areas = tuple(self.world.people.pack.areas)
        self.store.begin = self._mortally(self.store.begin)  # type: ignore[method-assign]
        self.exchange = exchange.Exchange(self._ask)
        self.handshake = handshake = Handshake(self._ask)
        handshake.on_copied = self._copied
        self.exchange.on_copy = self._found_copied
        self.line = Line(URL, self.user, PASSWORD, self.store.realm, handshake)
        self.line.set_cut(self.cut)
        self.line.on_login = lambda _response, _user, _password: self._ask(
            lambda store: outbox.forget(store, self.world.clock.now)
        )
        self.http: Any = Session(self.world.network, URL)
        self.watchdog = Watchdog()
        self.due = dict.fromkeys(JOBS, 0.0)
        self.failures = dict.fromkeys(JOBS, 0)

    def kill(self) -> None:
        self.store.close()

    def _mortally(self, begin: Callable[..., Any]) -> Callable[..., Any]:
        @contextmanager
        def around(**given: Any) -> Iterator[Tx]:
            self._maybe_die("before")
            with begin(**given) as tx:
                yield tx
            self._maybe_die("after")

        return around

    def _maybe_die(self, when: str) -> None:
        if self.mortal and self.world.rng.random() < self.mortal:
            self.world.say(f"    {self.name} dies {when} a transaction")
            raise Killed

    def _ask(self, fn: Callable[[Store], Any], /) -> Any:
        return fn(self.store)

    def _copied(self) -> None:
        self.exchange.start_over()
        self.world.say(f"    {self.name} was a copy and is {self.store.device} now")

    def _found_copied(self, device: str) -> None:
        self.handshake.copied(device)
        self.line.hang_up()

    # What its operator does

    @property
    def actor(self) -> Actor:
        return actor_of(self.user, self.world.clock.now + self.skew)

    def perform(self, operation: Operation, actor: Actor | None = None) -> Acked:
        """Raises `Refused`."""
        outbox.perform(self.store, operation, actor or self.actor)
        return self._acknowledged()

    def resend(self, id: str) -> Acked:
        inbox.resend(self.store, id, self.actor)
        return self._acknowledged()

    def discard(self, id: str) -> Acked:
        inbox.discard(self.store, id, self.actor, "no more")
        return self._acknowledged()

    def _acknowledged(self) -> Acked:
        table = tables.outbox
        with self.store.read() as view:
            body = view.connection.scalar(select(table.c.body).order_by(table.c.sequence.desc()).limit(1))
        if body is None or json.loads(body)["id"] in self.acked:
            self.world.wrong("not queued", f"{self.name} did something that is in no outbox")
            return Acked("", "", "{}", ())
        return self.note(body)

    def note(self, body: str) -> Acked:
        fields = json.loads(body)
        acked = Acked(fields["id"], fields["name"], body, tuple(entry["id"] for entry in fields["entries"]))
        self.acked[acked.id] = acked
        return acked

    def take_over(self, user: str) -> None:
        self.user = user
        self.line.sign_in(user, PASSWORD)

    # What its threads do

    def call(self, method: str, path: str, body: str | bytes | None = None) -> bytes:
        return self.line.call(self.http, method, path, body)

    def turn(self, job: str, patient: bool = False) -> bool:
        """One step of a job, unless it is to wait (`patient`); whether there may be more to do."""
        now = self.world.clock.steady
        if patient and now < self.due[job]:
            return False
        try:
            more = self._step(job)
        except LinkDown as down:
            return self._failed(job, down.refused)
        except Denied:
            self.due[job] = now + 30.0
            return False
        except (Answer, ValidationError, KnownError) as other:  # the client logs them and backs off
            self.world.say(f"    {self.name} {job}: {type(other).__name__}")
            return self._failed(job, False)
        except Exception as unknown:
            self.world.say(f"    {self.name} {job}: {unknown!r}")
            self.world.failures.append(f"{self.name} {job}: {unknown!r}")
            return self._failed(job, False)
        self.failures[job] = 0
        self.due[job] = 0.0 if more else now + REST_S[job]
        return more

    def _failed(self, job: str, refused: bool) -> bool:
        self.failures[job] += 1
        self.due[job] = self.world.clock.steady + wait_s(self.failures[job], refused, self.world.rng)
        return False

    def _step(self, job: str) -> bool:
        match job:
            case "pull":
                more = self.exchange.pull(self.call)
                self.world.pulled(self)
                waiting = sum(outbox.pending(self.store).values())
                if not more and self.watchdog.see(waiting, self.world.clock.steady):
                    self.world.say(f"    {self.name}: nothing was told back for a minute")
                    self.exchange.start_over()
                    self.line.hang_up()
                    self.due = dict.fromkeys(JOBS, 0.0)
                return more
            case "check":
                repairs: list[Applied] = []
                self.exchange.on_changes = repairs.append
                mended = self.exchange.check(self.call, lambda: own.own_sums(self.store))
                # it may be of its own log, see `invariants.compared`
                if any(a.rows or a.entries or any(table != "entry" for table, _ in a.gone) for a in repairs):
                    self.world.mended(self, mended)
                return False
            case "command" | "bulk":
                return self.exchange.push(self.call, job)
        raise AssertionError(job)

    # Its database as a file

    def copy_to(self, path: Path) -> None:
        copy_database(self.path, path)

    def back_up(self) -> None:
        path = self.world.folder / f"{self.name}.copy{len(self.copies)}"
        self.copy_to(path)
        self.copies.append((path, dict(self.acked)))

    def restore(self, copy: tuple[Path, dict[str, Acked]]) -> None:
        self.kill()
        lay_down(copy[0], self.path)
        self.acked = dict(copy[1])
        self.start()

    def clone(self, name: str) -> "Desk":
        self.copy_to(self.world.folder / f"{name}.db")
        twin = Desk(self.world, name, self.user)
        twin.acked = {id: replace(acked) for id, acked in self.acked.items()}
        return twin

    def setting(self, key: str) -> Any:
        with self.store.read() as view:
            return view.setting(key)
