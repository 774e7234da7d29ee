"""The real platform in a process of its own, and desks that work with it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import requests

from console.domain.operation import Actor, Changes, Operation
from console.store.queries import View
from console.store.store import Store
from console.sync import outbox
from console.sync.client import Applied, Client, Link, LinkState
from tests.support_pack import PASSWORD
from tests.support_wait import WAIT_S
from tests.support_wait import until as until

ROOT = Path(__file__).resolve().parent.parent
KEY = bytes(range(32))
SERVE = (
    "import sys, pathlib; from console.central.server import serve; from tests.support_pack import make_pack;"
    "from console.central.server import Above; from tests.support_pack import PASSWORD;"
    "above = Above(sys.argv[4], 'relay', PASSWORD) if len(sys.argv) > 4 else None;"
    "serve(pathlib.Path(sys.argv[1]), make_pack(), port=int(sys.argv[2]), parent=int(sys.argv[3]), above=above)"
)
LOUD = SERVE.replace("parent=int(sys.argv[3])", 'parent=int(sys.argv[3]), log_level="debug"')
T = TypeVar("T")


class Platform:
    """Started at once; `kill` is SIGKILL, `start` again takes the same port.

    With `above` it is a relay; with `log` it writes there all it can.
    """

    def __init__(self, data: Path, above: str | None = None, log: Path | None = None) -> None:
        self.data, self.above, self.log = data, above, log
        self.port = 0
        self.start()

    def start(self) -> None:
        code = LOUD if self.log else SERVE
        errors = self.log.open("a") if self.log else None
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-W", "error", "-c", code),
                *(str(self.data), str(self.port), str(os.getpid())),
                *([self.above] if self.above else []),
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        if errors:
            errors.close()
        assert self.process.stdout
        self.port = json.loads(self.process.stdout.readline())["port"]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kill(self, how: int = signal.SIGKILL) -> None:
        self.process.send_signal(how)
        self.process.wait(WAIT_S)
        assert self.process.stdout
        self.process.stdout.close()


class Desk:
    """A desk without a window: one store thread and a client."""

    def __init__(self, path: Path, realm: str = "live") -> None:
        self.pool = ThreadPoolExecutor(1)
        self.store = self.pool.submit(Store.open, path, KEY, realm=realm).result()
        self.client: Client | None = None
        self.applied: list[Applied] = []
        self.links: list[LinkState] = []

    def submit(self, fn: Callable[[Store], T], /) -> Future[T]:
        return self.pool.submit(fn, self.store)

    def do(self, operation: Operation, actor: Actor) -> Changes:
        changes = self.submit(lambda store: outbox.perform(store, operation, actor)).result()
        if self.client:
            self.client.wake()
        return changes

    def see(self, fn: Callable[[View], T]) -> T:
        def look(store: Store) -> T:
            with store.read() as view:
                return fn(view)

        return self.submit(look).result()

    def connect(self, url: str, user: str = "u1", password: str = PASSWORD) -> Client:
        client = Client(self.submit, url, user=user, password=password, realm=self.store.realm)
        client.on_changes = self.applied.append
        client.on_link = self.links.append
        client.start()
        self.client = client
        return client

    def pending(self) -> int:
        return sum(self.submit(outbox.pending).result().values())

    def settled(self) -> bool:
        return self.pending() == 0

    def online(self) -> bool:
        return self.client is not None and self.client.state.link is Link.ONLINE

    def close(self) -> None:
        if self.client:
            self.client.close()
        self.pool.submit(self.store.close).result()
        self.pool.shutdown()


def api(url: str, device: str = "probe", realm: str = "live", user: str = "u1") -> requests.Session:
    """A bare session signed in to the platform; paths need the whole address."""
    http = requests.Session()
    http.trust_env = False
    nonce = {"nonce": f"{device}-1", "next_nonce": f"{device}-1"}
    body = {"user": user, "password": PASSWORD, "realm": realm, "device": device, **nonce}
    answer = http.post(f"{url}/v1/login", json=body, timeout=WAIT_S)
    assert answer.status_code == 200, answer.text
    http.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    return http
