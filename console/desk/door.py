"""The open door of a desk that works alone: `POST /v1/intake` on a local port, into the store and onto the screen.

The server has a thread of its own; what it takes in is decided and kept on the store's thread, as what a hand does.
"""

import logging
import socket
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from console.desk.session import Session
from console.domain.errors import KnownError
from console.domain.words import Phrase
from console.sync import keys, local_intake
from console.sync.intake import IntakeRequest, IntakeResponse
from console.sync.keys import ServiceKey
from console.sync.outbox import Applied
from console.sync.receive import Source

if TYPE_CHECKING:
    import uvicorn

HERE = "127.0.0.1"
END_S = 5  # for requests that are under way when the desk is closed
log = logging.getLogger(__name__)


class LocalDoor(QObject):
    """`address` is a port, or host:port. What it cannot listen on is told by the session's `failed`."""

    def __init__(self, session: Session, address: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        host, _, port = address.rpartition(":")
        self._host, self.port = host.strip("[]") or HERE, int(port)
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Listen; what the server needs is loaded beside the main thread."""
        session = self._session
        session.jobs.store(lambda: local_intake.tidy(session.store), None, session.not_done)
        session.jobs.pool(self._prepare, self._serve, session.not_done)

    def close(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(END_S)

    def _prepare(self) -> "tuple[uvicorn.Server, socket.socket]":
        import uvicorn
        from fastapi import FastAPI

        from console.sync.answers import Limit, add_answers
        from console.sync.door import add_route

        app = FastAPI(title="Yiping desk", docs_url=None, redoc_url=None, openapi_url=None)
        app.add_middleware(Limit)
        add_answers(app)
        add_route(app, self._find)
        listening = self._listen()
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=END_S
        )
        return uvicorn.Server(config), listening

    def _listen(self) -> socket.socket:
        """Raises `KnownError` door_taken."""
        where = f"{self._host}:{self.port}"
        if self.port > 65_535:
            raise KnownError(Phrase("door_taken", {"where": where, "text": "0–65535"}))
        try:
            return socket.create_server((self._host, self.port), family=_family(self._host))
        except OSError as error:
            raise KnownError(Phrase("door_taken", {"where": where, "text": error.strerror or str(error)})) from error

    def _serve(self, made: "tuple[uvicorn.Server, socket.socket]") -> None:
        self._server, listening = made
        self.port = listening.getsockname()[1]
        self._thread = threading.Thread(target=self._server.run, args=([listening],), name="door", daemon=True)
        self._thread.start()
        log.info("the door is open on %s:%d", self._host, self.port)

    # On the server's threads

    def _find(self, text: str) -> tuple[ServiceKey, Any] | None:
        with self._session.store.read() as view:
            found = keys.find(view, text)
        return None if found is None else (found, partial(self._take, found.source))

    def _take(self, source: Source, request: IntakeRequest) -> IntakeResponse:
        session = self._session
        if session.jobs.closed:
            raise KnownError(Phrase("store_busy", {"path": ""}))
        user = session.user.id
        work = partial(local_intake.take, session.store, session.pack, source, user, request)
        # shown in the order in which it was kept, whatever was done here meanwhile
        answer, _ = session.jobs.store(work, lambda done: self._show(done[1]), _answered).result()
        return answer

    # On the main thread

    def _show(self, applied: Applied) -> None:
        if [position for position in applied.positions if self._session.state.locate(position)]:
            self._session.touch("position")
        self._session.show(applied.rows, applied.entries)


def _answered(_error: BaseException) -> None:
    """Whoever sent it is told."""


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
