"""A platform of attachments alone, over real HTTP, and a desk that talks to it."""

import hashlib
import json
import os
import random
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import requests
import uvicorn
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from console.central.auth import Caller
from console.central.blobs import add_routes
from console.central.realms import Realm
from console.domain.words import Phrase
from console.lifeline import end_with
from console.store import blobs
from console.store.blobs import PART
from console.store.store import Store
from console.sync.link import Answer, LinkDown
from tests.support_platform import KEY, ROOT
from tests.support_wait import WAIT_S

T = TypeVar("T")
SERVE = (
    "import sys, pathlib; from tests.support_blobs import serve;"
    "serve(pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))"
)


def some(size: int, seed: int = 0) -> tuple[bytes, str]:
    """So many bytes, and their hash."""
    data = random.Random(seed).randbytes(size)
    return data, hashlib.sha256(data).hexdigest()


def make_app(realm: Realm) -> FastAPI:
    """The bearer is the user. "outsider" has no blob in scope."""
    app = FastAPI()

    def who(request: Request) -> Caller:
        user = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not user:
            raise HTTPException(401, "Sign in again.")
        return Caller(user, "device", "live")

    @app.exception_handler(RequestValidationError)
    async def malformed(_request: Request, _error: RequestValidationError) -> Response:
        return JSONResponse({"code": "malformed"}, 422)

    add_routes(app, who, lambda: realm, lambda caller, sha256, view: caller.user != "outsider")
    return app


def open_realm(data: Path) -> Realm:
    return Realm(Store.open(data / "live.db", None, side="platform"))


def serve(data: Path, port: int, parent: int) -> None:
    """In a process of its own; says its port once it listens."""
    realm = open_realm(data)
    listening = socket.create_server(("127.0.0.1", port), backlog=64)
    server = uvicorn.Server(uvicorn.Config(make_app(realm), log_level="error", ws="none"))
    end_with(parent, lambda: setattr(server, "should_exit", True))
    print(json.dumps({"port": listening.getsockname()[1]}), flush=True)
    server.run(sockets=[listening])


class Process:
    """`serve`, to be killed and started again on the same port."""

    def __init__(self, data: Path) -> None:
        self.data, self.port = data, 0
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-W", "error", "-c", SERVE, str(self.data), str(self.port), str(os.getpid())]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        self.port = json.loads(self.process.stdout.readline())["port"]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(WAIT_S)
        assert self.process.stdout
        self.process.stdout.close()


class Platform:
    """In a thread, so that a test can look into its store and take things out of it."""

    def __init__(self, realm: Realm, url: str) -> None:
        self.store, self.url = realm.store, url

    def forget(self, sha256: str, keep: int = 0) -> None:
        """As after a restored backup: only the first parts are there, or none."""
        with self.store.begin() as tx:
            found = blobs.get(tx, sha256)
            if found is None:
                return
            n = min(keep, blobs.count(found.size))
            tx.connection.execute(blobs.blob.update().where(blobs.blob.c.sha256 == sha256).values(complete=False))
            tx.connection.execute(
                blobs.blob_part.delete().where(blobs.blob_part.c.sha256 == sha256, blobs.blob_part.c.n >= n)
            )
            if n == 0:
                blobs.discard(tx, sha256)
            elif n == blobs.count(found.size):
                blobs.set_complete(tx, sha256)

    def bytes_of(self, sha256: str) -> bytes:
        with self.store.read() as view:
            return b"".join(blobs.read(view, sha256))

    def rows(self) -> list[object]:
        with self.store.read() as view:
            shas = view.connection.scalars(blobs.blob.select().with_only_columns(blobs.blob.c.sha256)).all()
            return sorted((blobs.get(view, sha256) for sha256 in shas), key=str)


@contextmanager
def running(data: Path) -> Iterator[Platform]:
    realm = open_realm(data)
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    server = uvicorn.Server(uvicorn.Config(make_app(realm), log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield Platform(realm, f"http://127.0.0.1:{listening.getsockname()[1]}")
    finally:
        server.should_exit = True
        thread.join()
        realm.store.close()


class Line:
    """`call` of `console.sync.blobs`, over a real connection. `asked` counts requests."""

    def __init__(self, url: str, user: str = "u1") -> None:
        self.url, self.asked = url, 0
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.headers["Authorization"] = f"Bearer {user}"

    def __call__(self, method: str, path: str, body: bytes | None) -> bytes:
        self.asked += 1
        try:
            answer = self.http.request(method, self.url + path, data=body, timeout=WAIT_S)
        except requests.RequestException as broken:
            raise LinkDown(Phrase("link_down")) from broken
        assert answer.status_code < 500, answer.text
        if answer.status_code != 200:
            raise Answer(answer.status_code, answer.json())
        return answer.content


class Desk:
    """A desk's store and its one thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.pool = ThreadPoolExecutor(1)
        self.store = Store.open(path, KEY)

    def ask(self, fn: Callable[[Store], T], /) -> T:
        return self.pool.submit(fn, self.store).result()

    def put(self, data: bytes, media: str = "image/jpeg") -> str:
        return blobs.write(self.ask, lambda tx: blobs.put(tx, [data], media))[0]

    def bytes_of(self, sha256: str) -> bytes:
        return blobs.look(self.ask, lambda view: b"".join(blobs.read(view, sha256)))

    def get(self, sha256: str) -> blobs.Blob | None:
        return blobs.look(self.ask, lambda view: blobs.get(view, sha256))

    def to_upload(self) -> list[str]:
        return blobs.look(self.ask, blobs.to_upload)

    def restart(self) -> None:
        self.ask(lambda store: store.close())
        self.store = Store.open(self.path, KEY)

    def close(self) -> None:
        with suppress(RuntimeError):
            self.ask(lambda store: store.close())
        self.pool.shutdown()


def parts(data: bytes) -> list[bytes]:
    return [data[at : at + PART] for at in range(0, len(data), PART)]
