"""The desk's side of the link: pushes the outbox, pulls the feed, listens for more. Never in the desk's way.

    client = Client(submit, "http://platform:8470", user="u1", password="...")
    client.on_link = ...; client.on_changes = ...; client.on_pending = ...
    client.start()
    perform(store, operation, actor); client.wake()

One thread each for the lanes, the feed, the live stream, the positions, the attachments, the catalogue of cameras
and the comparing, so that none waits for another. They hold nothing that matters: killed at any moment, the next
start goes on from the database.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from datetime import UTC, datetime
from typing import Protocol, TypeVar

import requests
from sseclient import SSEClient

from console.domain.agency import Position
from console.domain.errors import KnownError
from console.domain.operation import Lane
from console.domain.place import Point
from console.domain.words import Phrase
from console.store.store import Store
from console.sync import catalogue, files, login, outbox, own, rebase
from console.sync.blobs import Step
from console.sync.catalogue import Progress
from console.sync.exchange import Call, Exchange
from console.sync.files import Files
from console.sync.handshake import Handshake
from console.sync.link import Answer, Denied, Line, Link, LinkDown, LinkState
from console.sync.messages import Audit, Live, LoginResponse, Positions
from console.sync.outbox import Applied
from console.sync.pace import LONGEST_S, Watchdog, wait_s

__all__ = ["Applied", "Client", "Link", "LinkState", "Submit"]

T = TypeVar("T")
log = logging.getLogger(__name__)
POLL_S = 30.0  # a live event may be lost; nothing waits longer than this for it
CHECK_S = 600.0
CATALOGUE_S = 600.0
BUSY_S = 5.0
_DOWN = Phrase("link_down")


class Submit(Protocol):
    """Runs a function with the store on the one thread that writes, such as an executor with one worker."""

    def __call__(self, fn: Callable[[Store], T], /) -> Future[T]: ...


class _Closing(Exception):
    """The client is being closed."""


class Client:
    """One link to one realm of the platform. Callbacks come on the client's own threads.

    `on_link` when the link's state changes; `on_changes` when rows, entries or positions came from the
    platform; `on_pending` when the counts of what waits may have changed; `on_copied` when this database was
    found to be a copy and has become a desk of its own; `on_file` with the SHA-256 of an attachment after each
    step of its way; `on_catalogue` with how far the cameras are.
    """

    def __init__(
        self,
        submit: Submit,
        base_url: str,
        *,
        user: str,
        password: str,
        realm: str = "live",
        area: str = "",
        near: Point | None = None,
        then: rebase.Then = rebase.nothing_else,
        wanted: files.Wanted = files.photos,
    ) -> None:
        """`area` is the desk's own and `near` where it is: its cameras come first. `wanted` are the attachments
        that it fetches by itself.
        """
        self.on_link: Callable[[LinkState], None] = lambda state: None
        self.on_changes: Callable[[Applied], None] = lambda applied: None
        self.on_pending: Callable[[dict[Lane, int]], None] = lambda counts: None
        self.on_copied: Callable[[], None] = lambda: None
        self.on_file: Callable[[str, Step], None] = lambda sha256, step: None
        self.on_catalogue: Callable[[Progress], None] = lambda progress: None
        self._submit = submit
        self._closing = threading.Event()
        self._handshake = Handshake(self._ask)
        self._handshake.on_copied = self._copied
        self._line = Line(base_url, user, password, realm, self._handshake)
        self._line.on_state = lambda state: self.on_link(state)  # noqa: PLW0108 (set later)
        self._line.on_login = self._signed_in
        self._exchange = Exchange(self._ask, then)
        self._exchange.on_changes = self._changed
        self._exchange.on_copy = self._found_copied
        self._exchange.on_settled = self._settled
        self._exchange.on_anew = self._begun_anew
        self._files = Files(self._ask, wanted)
        self._files.on_file = lambda sha256, step: self.on_file(sha256, step)  # noqa: PLW0108
        self._area, self._near = area, near
        self._watchdog = Watchdog()
        self._busy: set[Lane] = set()  # lanes with something on its way
        self._pulled_at = 0.0
        self._moved: dict[str, Position] = {}
        self._moved_lock = threading.Lock()
        self._positions_seen = -1
        self._positions_told = -1
        steps: dict[str, Callable[[requests.Session], None]] = {
            "command": lambda http: self._push(http, "command"),
            "bulk": lambda http: self._push(http, "bulk"),
            "pull": self._pull,
            "live": self._listen,
            "positions": self._post_positions,
            "check": self._check,
            "files": self._carry,
            "catalogue": self._load_catalogue,
        }
        self._wakes = {name: threading.Event() for name in steps}
        self._threads = [
            threading.Thread(target=self._work, args=(name, step), name=f"sync-{name}", daemon=True)
            for name, step in steps.items()
        ]

    @property
    def state(self) -> LinkState:
        return self._line.state

    def start(self) -> None:
        """Begin. The link counts as offline until `on_link` says otherwise."""
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Something was performed: push it now. Cheap, from any thread."""
        self._wakes["command"].set()
        self._wakes["bulk"].set()
        self._wakes["files"].set()

    def want_file(self, sha256: str) -> None:
        """Fetch this attachment next, however long it is; `on_file` says when it is here. From any thread."""
        self._files.want(sha256)
        self._wakes["files"].set()

    def sign_in(self, user: str, password: str) -> None:
        """Another person takes the desk; what is pending stays and is pushed with their sign-in."""
        self._line.sign_in(user, password)

    def set_cut(self, cut: bool) -> None:
        """A drill's link cut: behaves as if the cable were out, until it is mended."""
        self._line.set_cut(cut)

    def compare_clocks(self) -> None:
        """This machine's clock was set: sign in anew, which tells how far the platform's is from it."""
        self._line.hang_up()

    def send_positions(self, positions: Iterable[Position]) -> None:
        """Best effort, the latest of each unit only. From any thread; does not wait."""
        with self._moved_lock:
            self._moved.update({position.id: position for position in positions})
        self._wakes["positions"].set()

    def ask(self, method: str, path: str, body: str | None = None) -> bytes:
        """One request of this person's own. Waits for the answer: not from the store's thread.

        Raises `LinkDown`, `Denied`, or `Answer` for one that is no success.
        """
        with _session() as http:
            return self._line.call(http, method, path, body)

    def audit(self) -> dict[str, int]:
        """How often the platform holds each operation of this desk, by its id. Waits for the answer.

        Not from the store's thread. Raises `LinkDown` or `Denied`.
        """
        return Audit.model_validate_json(self.ask("GET", "/v1/audit")).held

    def close(self) -> None:
        """Stop all threads and wait for them; not from the store's thread. What is pending stays."""
        self._closing.set()
        self._line.close()
        for wake in self._wakes.values():
            wake.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    # Threads

    def _work(self, name: str, step: Callable[[requests.Session], None]) -> None:
        """Do a step whenever there is reason to, for ever: whatever happens, the thread goes on."""
        failures = 0
        http = _session()
        rest = {"check": CHECK_S, "catalogue": CATALOGUE_S}.get(name, POLL_S)
        while not self._closing.is_set():
            tries, began = self._line.tries, time.monotonic()
            try:
                step(http)
            except _Closing:
                break
            except LinkDown as down:
                # a stream that was up for long did not fail: else each that ends would wait longer than the last
                failures = failures + 1 if time.monotonic() < began + LONGEST_S else 1
                pause = wait_s(failures, down.refused)
            except Denied:
                pause = POLL_S
            except KnownError as known:  # the disk is full, say: the desk shows it where it writes itself
                log.warning("%s: %s", name, known)
                failures += 1
                pause = wait_s(failures, True)
            except Exception:
                log.exception("%s failed", name)
                failures += 1
                pause = wait_s(failures, False)
            else:
                failures = 0
                if name != "live":
                    self._wakes[name].wait(self._files.rest_s(rest) if name == "files" else rest)
                    self._wakes[name].clear()
                continue
            http.close()  # begin anew
            http = _session()
            with self._line.changed:
                self._line.changed.wait_for(lambda tries=tries: self._line.tries != tries, pause)  # type: ignore[misc]
        http.close()

    def _ask(self, fn: Callable[[Store], T], /) -> T:
        """The answer of the store's thread."""
        future = self._submit(fn)
        while True:
            try:
                return future.result(0.5)
            except NotYet:
                if self._closing.is_set():
                    raise _Closing from None

    def _over(self, http: requests.Session) -> Call:
        return lambda method, path, body=None: self._line.call(http, method, path, body)

    def _signed_in(self, response: LoginResponse, user: str, password: str) -> None:
        hashed = login.verifier(password)
        self._submit(lambda store: login.remember(store, user, hashed))
        self._submit(lambda store: outbox.forget(store, datetime.now(UTC)))

    def _changed(self, applied: Applied) -> None:
        self._wakes["files"].set()
        if applied.rescoped:
            self._positions_seen = -1  # they are asked for anew
        self.on_changes(applied)

    def _begun_anew(self) -> None:
        self.wake()
        self._wakes["catalogue"].set()

    def _settled(self) -> None:
        self._wakes["files"].set()
        self.on_pending(self._ask(outbox.pending))

    def _copied(self) -> None:
        self._exchange.start_over()
        self.on_copied()

    def _found_copied(self, device: str) -> None:
        """The platform has other operations under our numbers: it took us for the desk that we are a copy of."""
        self._handshake.copied(device)
        self._line.hang_up()

    def _push(self, http: requests.Session, lane: Lane) -> None:
        call = self._over(http)
        try:
            while not self._closing.is_set():
                self._busy.add(lane)
                if not self._exchange.push(call, lane):
                    return
        finally:
            self._busy.discard(lane)
            self._wakes["pull"].set()

    def _pull(self, http: requests.Session) -> None:
        # a long backlog goes up first: what is pending would be decided anew with every page
        if "command" in self._busy and time.monotonic() < self._pulled_at + BUSY_S:
            return
        call = self._over(http)
        while self._exchange.pull(call) and not self._closing.is_set():
            pass
        if not self._pulled_at:
            self._wakes["check"].set()
        self._pulled_at = time.monotonic()
        if self._watchdog.see(sum(self._ask(outbox.pending).values()), self._pulled_at):
            log.warning("nothing was told back for a minute: a new session")
            self._exchange.start_over()
            self._line.hang_up()
            self.wake()
        if self._positions_seen != self._positions_told:
            self._get_positions(http)

    def _listen(self, http: requests.Session) -> None:
        with self._line.stream(http, "/v1/live") as response:
            for event in SSEClient(iter(response)).events():
                live = Live.model_validate_json(event.data)
                self._positions_told = live.positions
                self._wakes["pull"].set()
        raise LinkDown(_DOWN)

    def _check(self, http: requests.Session) -> None:
        store = self._ask(lambda store: store)  # reading takes no turn of those who write
        if self._pulled_at:
            self._exchange.check(self._over(http), lambda: own.own_sums(store))

    def _carry(self, http: requests.Session) -> None:
        call = self._over(http)
        while not self._closing.is_set():
            if self._ask(outbox.pending)["command"]:
                return  # a dispatch goes first; this is woken when it has been told back
            if not self._files.step(call):
                return

    def _load_catalogue(self, http: requests.Session) -> None:
        call = self._over(http)
        try:
            catalogue.load(
                self._ask,
                lambda path: call("GET", path),
                area=self._area,
                near=self._near,
                progress=lambda progress: self.on_catalogue(progress),  # noqa: PLW0108
            )
        except Answer as answer:
            log.warning("no catalogue of cameras is given: %s", answer)

    def _get_positions(self, http: requests.Session) -> None:
        told = self._positions_told
        answer = self._line.call(http, "GET", "/v1/positions")
        positions = Positions.model_validate_json(answer).positions

        def keep(store: Store) -> list[Position]:
            with store.begin() as tx:
                known = tx.positions()
                newer = [p for p in positions if p.id not in known or p.seen_at > known[p.id].seen_at]
                tx.put(*newer)
            return newer

        if newer := self._ask(keep):
            self.on_changes(Applied(positions=tuple(newer)))
        self._positions_seen = told

    def _post_positions(self, http: requests.Session) -> None:
        with self._moved_lock:
            moved, self._moved = self._moved, {}
        if not moved:
            return
        try:
            body = Positions(positions=list(moved.values())).model_dump_json()
            self._line.call(http, "POST", "/v1/positions", body)
        except (LinkDown, Denied):
            with self._moved_lock:
                self._moved = moved | self._moved
            raise


def _session() -> requests.Session:
    http = requests.Session()
    http.trust_env = False  # no proxy and no .netrc between a desk and its platform
    return http
