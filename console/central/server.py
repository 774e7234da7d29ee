"""Runs the platform as a process of its own."""

import gc
import json
import logging
import os
import pickle
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors.multiprocess import Multiprocess

from console.central.app import create_app
from console.central.directory import Directory
from console.central.realms import Realms
from console.central.relay import Relay
from console.central.reread import PackFiles
from console.central.service import Service
from console.domain.errors import KnownError
from console.domain.pack import Pack
from console.domain.words import Phrase
from console.lifeline import end_with
from console.store import lock
from console.store.store import Store


@dataclass(frozen=True)
class Above:
    """The platform that a relay passes on to."""

    url: str
    user: str
    password: str


START_S = 30  # for a worker to load on a busy machine
# A thread asks SQLite several small things in a row and waits for its turn of the interpreter after each: that long
# when the loop is busy with the answers of 200 desks, and Python's own 5 ms add up.
SWITCH_S = 0.0005

_PLAIN = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "color_message", "taskName"}


class _JsonLines(logging.Formatter):
    """One object per line: time, level, logger, message, and what was given as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        } | {key: value for key, value in record.__dict__.items() if key not in _PLAIN}
        if record.exc_info:
            said["trace"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False, default=str)


def _log_json(level: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for ours in ("console", "uvicorn.error"):  # not those that would write down what is asked of the database
        logging.getLogger(ours).setLevel(level.upper())


def _announce(listening: socket.socket) -> None:
    print(json.dumps({"port": listening.getsockname()[1]}), flush=True)


class _Server(uvicorn.Server):
    """Says its port once it listens."""

    def __init__(self, config: uvicorn.Config, announce: bool) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._announce and self.started and sockets:
            _announce(sockets[0])


class _Workers(Multiprocess):
    """Worker processes on one socket, each started again when it ends; says the port once all of them serve."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket], announce: bool) -> None:
        super().__init__(config, sockets)
        self._announce = announce

    def init_processes(self) -> None:
        super().init_processes()
        ready = all(process.wait_until_ready(START_S, self.should_exit) for process in self.processes)
        if ready and self._announce:
            _announce(self.sockets[0])

    def keep_subprocess_alive(self) -> None:
        for process in self.processes:
            process.child_conn.close()  # with its end open here too, one that dies is waited for as if it were slow
        super().keep_subprocess_alive()


@dataclass(frozen=True)
class _Plan:
    """What every worker is told; see `serve`."""

    source: Path | str
    pack: Pack | Path  # or the file in which it is kept
    above: Above | None
    folder: Path | None
    metrics_from: Sequence[str]
    log_level: str

    def app(self) -> FastAPI:
        above = self.above
        relay = Relay(above.url, above.user, above.password) if above else None
        pack = pickle.loads(self.pack.read_bytes()) if isinstance(self.pack, Path) else self.pack
        realms = Realms(self.source, "relay" if relay else "platform", pack.areas)
        directory = Directory(pack, PackFiles(self.folder)) if self.folder else Directory(pack)
        app = create_app(Service(realms, directory, relay), self.metrics_from)
        _keep_pace()
        return app

    def worker(self, supervisor: int) -> FastAPI:
        """The platform in a worker process, which ends with its supervisor."""
        _log_json(self.log_level)
        end_with(supervisor, lambda: signal.raise_signal(signal.SIGTERM))
        return self.app()


def _keep_pace() -> None:
    """No answer waits for Python itself longer than it must."""
    sys.setswitchinterval(SWITCH_S)
    gc.collect()
    gc.freeze()  # a collection of garbage that walked all that was loaded took 150 ms every few seconds


@contextmanager
def _alone(source: Path | str) -> Iterator[None]:
    """A folder of files is of one platform at a time. Raises `KnownError` platform_running."""
    if isinstance(source, str):
        yield
        return
    held = lock.take_platform(source)
    try:
        yield
    finally:
        lock.release(held)


@contextmanager
def _shared(plan: _Plan) -> Iterator[_Plan]:
    """The plan for several workers, with a folder in which they add up their figures.

    The pack lies in it, too: what a process is started with goes through a pipe, and the supervisor would wait for
    ever for one that is killed before it has read more than a pipe holds.
    """
    with tempfile.TemporaryDirectory(prefix="yiping-workers-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        file = Path(folder, "pack")
        file.write_bytes(pickle.dumps(plan.pack))
        yield replace(plan, pack=file)


def _listen(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    # the protocol is named because asyncio sends small answers at once (TCP_NODELAY) on such sockets only
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(256)
    except OSError:
        listening.close()
        raise
    return listening


def serve(
    source: Path | str,
    pack: Pack,
    host: str = "127.0.0.1",
    port: int = 0,
    parent: int | None = None,
    announce: bool = True,
    workers: int = 1,
    proxies: Sequence[str] = (),
    above: Above | None = None,
    folder: Path | None = None,
    metrics_from: Sequence[str] = (),
    log_level: str = "warning",
) -> None:
    """Serve until told to stop (SIGTERM, SIGINT) or until the process `parent` is gone.

    `source` is a folder, in which each realm has a file of its own, or the address of a PostgreSQL database,
    in which it has a schema. `port` 0 takes a free one. `announce` prints one line of JSON, {"port": N}, on
    stdout when it listens. `workers` is how many processes share the port. `proxies` are the addresses and
    networks whose X-Forwarded-For and -Proto are believed. `folder` is the pack's: it is read again when its files
    change. `metrics_from` are the networks that may ask for figures, beside this machine.

    Raises `OSError` when the port is taken; `KnownError` workers_need_server, platform_running, and what
    `Store.connect` raises.
    """
    _log_json(log_level)
    if isinstance(source, str):
        Store.connect(source, areas=pack.areas).close()  # what is wrong with the server is said here, once
    elif workers > 1:
        raise KnownError(Phrase("workers_need_server"))
    if above is not None and (workers > 1 or isinstance(source, str)):
        raise KnownError(Phrase("relay_alone"))
    plan = _Plan(source, pack, above, folder, metrics_from, log_level)
    shared = _shared(plan) if workers > 1 else nullcontext(plan)
    with _alone(source), shared as plan, _listen(host, port) as listening:
        config = uvicorn.Config(
            # a factory, because workers make their own
            partial(plan.worker, os.getpid()) if workers > 1 else plan.app,
            factory=True,
            workers=workers,
            log_config=None,
            access_log=False,
            ws="none",
            timeout_graceful_shutdown=2,
            timeout_worker_healthcheck=START_S,  # it also runs while a worker is still loading
            proxy_headers=bool(proxies),
            forwarded_allow_ips=",".join(proxies),
        )
        if workers > 1:
            supervisor = _Workers(config, [listening], announce)
            if parent is not None:
                end_with(parent, supervisor.should_exit.set)
            supervisor.run()
        else:
            server = _Server(config, announce)
            if parent is not None:
                end_with(parent, lambda: setattr(server, "should_exit", True))
            server.run(sockets=[listening])
