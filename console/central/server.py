"""Runs the platform as a process of its own."""

import json
import logging
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from console.central.app import create_app
from console.central.directory import Directory
from console.central.realms import Realms
from console.central.service import Service
from console.domain.pack import Pack
from console.lifeline import end_with

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


class _Server(uvicorn.Server):
    """Says its port once it listens."""

    def __init__(self, config: uvicorn.Config, announce: bool) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._announce and self.started and sockets:
            print(json.dumps({"port": sockets[0].getsockname()[1]}), flush=True)


def serve(
    data: Path,
    pack: Pack,
    host: str = "127.0.0.1",
    port: int = 0,
    parent: int | None = None,
    announce: bool = True,
) -> None:
    """Serve until told to stop (SIGTERM, SIGINT) or until the process `parent` is gone.

    `port` 0 takes a free one. `announce` prints one line of JSON, {"port": N}, on stdout when it listens.
    Each realm has a file of its own in the folder `data`. Raises `OSError` when the port is taken.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    listening = socket.create_server((host, port), backlog=256)
    config = uvicorn.Config(
        create_app(Service(Realms(data, pack.areas), Directory(pack))),
        log_config=None,
        access_log=False,
        ws="none",
        timeout_graceful_shutdown=2,
    )
    server = _Server(config, announce)
    if parent is not None:
        end_with(parent, lambda: setattr(server, "should_exit", True))
    server.run(sockets=[listening])
