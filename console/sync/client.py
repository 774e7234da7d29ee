"""The desk's side of the link: pushes the outbox, pulls the feed, listens for more. Never in the desk's way.

    client = Client(submit, "http://platform:8470", user="u1", password="...")
    client.on_link = ...; client.on_changes = ...; client.on_pending = ...
    client.start()
    perform(store, operation, actor); client.wake()

One thread each for the lanes, the feed, the live stream and the positions, so that none waits for another.
They hold nothing that matters: killed at any moment, the next start goes on from the database.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from datetime import UTC, datetime
from typing import Protocol, TypeVar

import requests
from pydantic import TypeAdapter
from sseclient import SSEClient

from console.domain.agency import Position
from console.domain.errors import KnownError
from console.domain.operation import Lane
from console.domain.words import Phrase
from console.store.store import Store
from console.sync import login, outbox, rebase
from console.sync.link import Answer, Denied, Line, Link, LinkDown, LinkState, wait_s
from console.sync.messages import Audit, Changed, Gap, Live, LoginResponse, Page, Positions
from console.sync.outbox import Applied

__all__ = ["Applied", "Client", "Link", "LinkState", "Submit"]

T = TypeVar("T")
log = logging.getLogger(__name__)
POLL_S = 30.0  # a live event may be lost; nothing waits longer than this for it
PAGE_ROWS = 2000
BUSY_S = 5.0
_SAID: TypeAdapter[Gap | Changed] = TypeAdapter(Gap | Changed)
_DOWN = Phrase("link_down")


class Submit(Protocol):
    """Runs a function with the store on the one thread that writes, such as an executor with one worker."""

    def __call__(self, fn: Callable[[Store], T], /) -> Future[T]: ...


class _Closing(Exception):
    """The client is being closed."""


class Client:
    """One link to one realm of the platform. Callbacks come on the client's own threads.

    `on_link` when the link's state changes; `on_changes` when rows, entries or positions came from the
    platform; `on_pending` when the counts of what waits may have changed.
    """

    def __init__(self, submit: Submit, base_url: str, *, user: str, password: str, realm: str = "live") -> None:
        self.on_link: Callable[[LinkState], None] = lambda state: None
        self.on_changes: Callable[[Applied], None] = lambda applied: None
        self.on_pending: Callable[[dict[Lane, int]], None] = lambda counts: None
        self._submit = submit
        self._line = Line(base_url, user, password, realm)
        self._line.on_state = lambda state: self.on_link(state)  # noqa: PLW0108 (set later)
        self._line.on_login = self._signed_in
        self._device = ""
        self._closing = threading.Event()
        self._wakes = {name: threading.Event() for name in ("command", "bulk", "pull", "positions")}
        self._sent: dict[Lane, int | None] = {"command": None, "bulk": None}  # told back by the platform
        self._busy: set[Lane] = set()  # lanes with something on its way
        self._pulled_at = 0.0
        self._incarnation: str | None = None
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
        }
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

    def sign_in(self, user: str, password: str) -> None:
        """Another person takes the desk; what is pending stays and is pushed with their sign-in."""
        self._line.sign_in(user, password)

    def set_cut(self, cut: bool) -> None:
        """A drill's link cut: behaves as if the cable were out, until it is mended."""
        self._line.set_cut(cut)

    def send_positions(self, positions: Iterable[Position]) -> None:
        """Best effort, the latest of each unit only. From any thread; does not wait."""
        with self._moved_lock:
            self._moved.update({position.id: position for position in positions})
        self._wakes["positions"].set()

    def audit(self) -> dict[str, int]:
        """How often the platform holds each operation of this desk, by its id. Waits for the answer.

        Not from the store's thread. Raises `LinkDown` or `Denied`.
        """
        http = _session()
        try:
            return Audit.model_validate_json(json.dumps(self._call(http, "GET", "/v1/audit"))).held
        finally:
            http.close()

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
        while not self._closing.is_set():
            tries = self._line.tries
            try:
                step(http)
            except _Closing:
                break
            except LinkDown as down:
                failures += 1
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
                    self._wakes[name].wait(POLL_S)
                    self._wakes[name].clear()
                continue
            http.close()  # begin anew
            http = _session()
            with self._line.changed:
                self._line.changed.wait_for(lambda tries=tries: self._line.tries != tries, pause)  # type: ignore[misc]
        http.close()

    def _ask(self, fn: Callable[[Store], T]) -> T:
        """The answer of the store's thread."""
        future = self._submit(fn)
        while True:
            try:
                return future.result(0.5)
            except NotYet:
                if self._closing.is_set():
                    raise _Closing from None

    def _call(self, http: requests.Session, method: str, path: str, body: str | None = None) -> dict[str, object]:
        if not self._device:
            self._device = self._ask(lambda store: store.device)
        return self._line.call(http, self._device, method, path, body)

    def _signed_in(self, response: LoginResponse, user: str, password: str) -> None:
        hashed = login.verifier(password)
        self._submit(lambda store: login.remember(store, user, hashed))
        self._submit(lambda store: outbox.forget(store, datetime.now(UTC)))

    def _push(self, http: requests.Session, lane: Lane) -> None:
        try:
            while not self._closing.is_set():
                after = self._sent[lane]
                first, bodies = self._ask(lambda store: outbox.to_send(store, lane, after))  # noqa: B023
                if not bodies:
                    return
                self._busy.add(lane)
                try:
                    self._call(http, "POST", "/v1/push", f'{{"operations":[{",".join(bodies)}]}}')
                except Answer as answer:
                    self._put_right(lane, first, answer)
                else:
                    self._sent[lane] = first + len(bodies) - 1
        finally:
            if lane in self._busy:
                self._busy.discard(lane)
                self._wakes["pull"].set()

    def _put_right(self, lane: Lane, first: int, answer: Answer) -> None:
        """The platform did not take a push. Raises `LinkDown` when there is nothing to be done about it."""
        try:
            said = _SAID.validate_python(answer.body)
        except ValueError:
            log.error("push of %s from %d: %s", lane, first, answer)
            raise LinkDown(_DOWN) from answer
        if isinstance(said, Changed):
            self._emit(self._ask(lambda store: rebase.quarantine(store, lane, said.n)))
            self._sent[lane] = said.n
        elif said.expected == first:
            raise LinkDown(_DOWN) from answer
        else:
            self._sent[lane] = said.expected - 1

    def _pull(self, http: requests.Session) -> None:
        # What is pending is decided anew with each page: not while a long backlog goes up.
        if "command" in self._busy and time.monotonic() < self._pulled_at + BUSY_S:
            return
        more = True
        while more and not self._closing.is_set():
            cursor = self._ask(rebase.cursor)
            answer = self._call(http, "GET", f"/v1/pull?cursor={cursor}&limit={PAGE_ROWS}")
            page = Page.model_validate_json(json.dumps(answer))
            applied = self._ask(lambda store: rebase.apply(store, page))  # noqa: B023
            if self._incarnation not in (None, page.incarnation):
                self._sent = {"command": None, "bulk": None}
                self.wake()
            self._incarnation = page.incarnation
            self._emit(applied)
            if page.settled:
                counts = self._ask(outbox.pending)
                self.on_pending(counts)
            more = page.cursor < page.head or page.head < cursor
        self._pulled_at = time.monotonic()
        if self._positions_seen != self._positions_told:
            self._get_positions(http)

    def _listen(self, http: requests.Session) -> None:
        if not self._device:
            self._device = self._ask(lambda store: store.device)
        with self._line.stream(http, self._device, "/v1/live") as response:
            for event in SSEClient(iter(response)).events():
                live = Live.model_validate_json(event.data)
                self._positions_told = live.positions
                self._wakes["pull"].set()
        raise LinkDown(_DOWN)

    def _get_positions(self, http: requests.Session) -> None:
        told = self._positions_told
        answer = self._call(http, "GET", "/v1/positions")
        positions = Positions.model_validate_json(json.dumps(answer)).positions

        def keep(store: Store) -> list[Position]:
            with store.begin() as tx:
                known = tx.positions()
                newer = [p for p in positions if p.id not in known or p.seen_at > known[p.id].seen_at]
                tx.put(*newer)
            return newer

        self._emit(Applied(positions=tuple(self._ask(keep))))
        self._positions_seen = told

    def _post_positions(self, http: requests.Session) -> None:
        with self._moved_lock:
            moved, self._moved = self._moved, {}
        if not moved:
            return
        try:
            body = Positions(positions=list(moved.values())).model_dump_json()
            self._call(http, "POST", "/v1/positions", body)
        except (LinkDown, Denied):
            with self._moved_lock:
                self._moved = moved | self._moved
            raise

    def _emit(self, applied: Applied) -> None:
        if applied:
            self.on_changes(applied)


def _session() -> requests.Session:
    http = requests.Session()
    http.trust_env = False  # no proxy and no .netrc between a desk and its platform
    return http
