"""A platform that serves a catalogue over HTTP, cameras to publish on it, and a desk that loads them.

As a program it is such a desk: `python -m tests.support_catalogue DATABASE URL` prints how many rows are in.
"""

import socket
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, TypeVar

import requests
import uvicorn
from fastapi import FastAPI, Header

from console.central.auth import Caller
from console.central.catalogue import add_routes, publish
from console.central.realms import Realm
from console.domain.camera import Camera
from console.domain.place import Point
from console.domain.words import Label, Phrase
from console.store.catalogue import FIELDS, camera
from console.store.queries import View
from console.store.store import Store
from console.sync.catalogue import Progress, load
from console.sync.link import Answer, LinkDown
from console.sync.parts import Manifest
from tests.support_platform import KEY
from tests.support_wait import WAIT_S

T = TypeVar("T")
HOUJIE, HUMEN, CHANGAN = "city/houjie/shanmei", "city/humen/weiyuan", "city/changan/xiabian"
LON = {HOUJIE: 113.67, HUMEN: 113.72, CHANGAN: 113.80}


def make(id: str, area: str = HOUJIE, zh: str = "立沙桥", en: str = "", at: Point | None = None) -> Camera:
    return Camera(id, Label(zh, en or zh), "road", at or Point(LON[area], 22.9), f"rtsp://host/{id}", "", area)


def cameras(area: str, count: int) -> list[Camera]:
    """In a row to the east, a metre apart."""
    name = area.rpartition("/")[2]
    at = [Point(round(LON[area] + n * 1e-5, 6), 22.9) for n in range(count)]
    return [make(f"{name}-{n:05d}", area, f"立沙桥{n}号", at=at[n]) for n in range(count)]


class Platform:
    """Serves its realm from a thread; a caller's token is the path they may see."""

    def __init__(self, folder: Path) -> None:
        self.store = Store.open(folder / "platform.db", None, side="platform")
        realm = Realm(self.store)
        app = FastAPI()

        def who(scope: Annotated[str, Header()]) -> Caller:
            return Caller(scope, "desk", "live")

        add_routes(app, who, lambda: realm, lambda caller: (caller.user,))
        self._listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen()
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listening]})
        self._thread.start()

    def publish(self, cameras: Iterable[Camera], sequence: int = 1) -> Manifest:
        return publish(self.store, cameras, sequence)

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._listening.close()
        self.store.close()


class Desk:
    """A desk's database and its line to the platform. `spoil` may change what comes over it."""

    def __init__(self, path: Path, url: str, scope: str = "city") -> None:
        self.store = Store.open(path, KEY)
        self.fetched: list[str] = []
        self.told: list[Progress] = []
        self.spoil: Callable[[str, bytes], bytes] = lambda path, data: data
        self._url = url
        self._http = requests.Session()
        self._http.trust_env = False
        self._http.headers["Scope"] = scope

    def load(self, area: str = HOUJIE) -> None:
        load(self.ask, self.fetch, area=area, progress=self.told.append)

    def ask(self, fn: Callable[[Store], T], /) -> T:
        return fn(self.store)

    def fetch(self, path: str) -> bytes:
        self.fetched.append(path)
        try:
            answer = self._http.get(self._url + path, timeout=WAIT_S)
        except requests.RequestException as broken:
            raise LinkDown(Phrase("link_down")) from broken
        if answer.status_code != 200:
            raise Answer(answer.status_code, {})
        return self.spoil(path, answer.content)

    def see(self, fn: Callable[[View], T]) -> T:
        with self.store.read() as view:
            return fn(view)

    def rows(self) -> dict[str, tuple[object, ...]]:
        """Every row that is not gone: its fields and sequence by its id."""
        with self.store.read() as view:
            found = view.connection.execute(camera.select().where(~camera.c.gone))
            return {row.id: tuple(row._mapping[name] for name in (*FIELDS, "sequence")) for row in found}

    def close(self) -> None:
        self._http.close()
        self.store.close()


if __name__ == "__main__":
    desk = Desk(Path(sys.argv[1]), sys.argv[2])
    load(desk.ask, desk.fetch, area=HOUJIE, progress=lambda progress: print(progress.rows, flush=True))
