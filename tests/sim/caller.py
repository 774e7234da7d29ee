"""Who exchanges with a platform above: a desk, or a relay. The real exchange, handshake and line; turns for threads."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from console.domain.errors import KnownError
from console.store.queries import Tx
from console.store.store import Store
from console.sync import exchange, outbox, own, rebase
from console.sync.handshake import Handshake
from console.sync.link import Answer, Denied, Line, LinkDown
from console.sync.outbox import Applied
from console.sync.pace import Watchdog, wait_s
from tests.sim.trouble import Session
from tests.support_pack import PASSWORD

if TYPE_CHECKING:
    from tests.sim.centre import Platform
    from tests.sim.world import World

URL = "http://platform"
JOBS = ("command", "bulk", "pull", "check")
REST_S = {"command": 30.0, "bulk": 30.0, "pull": 30.0, "check": 600.0}


class Killed(BaseException):
    """The process of a desk, or of a relay, has died."""


class Caller:
    world: "World"
    name: str
    store: Store
    user: str
    running = True
    above: "Platform"
    then: rebase.Then = staticmethod(rebase.nothing_else)

    def __init__(self) -> None:
        self.skew = timedelta(0)
        self.cut = False
        self.mortal = 0.0  # how likely it dies at a transaction's edge
        self.due = dict.fromkeys(JOBS, 0.0)

    def kill(self) -> None:
        raise NotImplementedError

    def start(self) -> None:
        raise NotImplementedError

    def connect(self) -> None:
        """Everything that is not in the database is new."""
        self.store.begin = self._mortally(self.store.begin)  # type: ignore[method-assign]
        self.exchange = exchange.Exchange(self._ask, self.then)
        self.handshake = handshake = Handshake(self._ask)
        handshake.on_copied = self._copied
        self.exchange.on_copy = self._found_copied
        self.line = Line(URL, self.user, PASSWORD, self.store.realm, handshake)
        self.line.set_cut(self.cut)
        self.line.on_login = lambda _response, _user, _password: self._ask(
            lambda store: outbox.forget(store, self.world.clock.now)
        )
        self.http: Any = Session(self.above.network, URL)
        self.watchdog = Watchdog()
        self.due = dict.fromkeys(JOBS, 0.0)
        self.failures = dict.fromkeys(JOBS, 0)

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

    def call(self, method: str, path: str, body: str | bytes | None = None) -> bytes:
        return self.line.call(self.http, method, path, body)

    def turn(self, job: str, patient: bool = False) -> bool:
        """One step of a job, unless it is to wait (`patient`); whether there may be more to do."""
        now = self.world.clock.steady
        if not self.running or (patient and now < self.due[job]):
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

    def setting(self, key: str) -> Any:
        with self.store.read() as view:
            return view.setting(key)
