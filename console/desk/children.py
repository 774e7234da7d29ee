"""The processes that stand beside a desk: its wall, and in a demo or drill its central platform."""

import logging
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

log = logging.getLogger(__name__)


class Platform:
    """The reference central platform as a child process, always on the same port of one data folder."""

    def __init__(self, folder: Path, pack: str) -> None:
        self._folder, self._pack = folder, pack
        self._port = free_port()
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Start it if it does not run. Does not wait: the desk goes on without it."""
        if self.pid is not None:
            return
        command = [
            sys.executable,
            "-m",
            "console",
            "central",
            "--data",
            str(self._folder),
            "--pack",
            self._pack,
        ]
        command += ["--port", str(self._port), "--parent", str(os.getpid())]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        threading.Thread(target=_drain, args=(self._process, "platform"), daemon=True).start()

    def kill(self) -> None:
        """Pull the plug: SIGKILL."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            if self._process.stdout:
                self._process.stdout.close()
            self._process = None


def open_wall(data: Path, realm: str, beside: str, shots: Path | None = None) -> "subprocess.Popen[bytes]":
    """`yiping wall` for this desk's database, leaving the screen `beside` to the desk."""
    command = [sys.executable, "-m", "console", "wall", "--data", str(data), "--realm", realm]
    command += ["--beside", beside] if beside else []
    command += ["--shots", str(shots)] if shots else []
    command += ["--parent", str(os.getpid())]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _drain(process: "subprocess.Popen[str]", name: str) -> None:
    try:
        for line in process.stdout or ():
            log.info("%s: %s", name, line.rstrip())
    except ValueError:  # closed while reading: it was killed
        pass
