"""Whole desks in processes of their own: started, read from outside, killed, and what is left of them."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from console.desk.files import DeskFiles
from console.store.queries import View
from console.store.store import Store
from tests.support_wait import TEST_S, WAIT_S

ROOT = Path(__file__).resolve().parents[2]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def yiping(*arguments: str | Path, **env: str) -> "subprocess.CompletedProcess[str]":
    """The command, run to its end."""
    command = [sys.executable, "-m", "console", *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, env=environment(**env), check=False, capture_output=True, text=True, timeout=TEST_S
    )


class Driven:
    """A driver script of these tests in a process: it says lines of JSON."""

    def __init__(self, script: str, *arguments: str | Path, folder: Path) -> None:
        file = Path(__file__).with_name(script)
        self.errors = folder / f"{file.stem}-{time.monotonic_ns()}.err"
        with self.errors.open("w") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-W", "error", str(file), *map(str, arguments)],
                cwd=ROOT,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def hear(self, what: str) -> dict[str, Any]:
        """The next line that says `what`."""
        assert self.process.stdout
        for line in self.process.stdout:
            if line.startswith("{") and what in (said := json.loads(line)):
                return dict(said)
        raise AssertionError(f"it ended before it said {what!r}: {self.errors.read_text()[-3000:]}")

    def family(self) -> list[psutil.Process]:
        """It and every process under it."""
        me = psutil.Process(self.process.pid)
        return [me, *me.children(recursive=True)]

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(WAIT_S)
        assert self.process.stdout
        self.process.stdout.close()

    def end(self) -> int:
        out, _ = self.process.communicate(timeout=WAIT_S)
        self.rest = out
        return self.process.returncode


def left_of(family: list[psutil.Process]) -> list[str]:
    """Who of them still runs."""
    left = []
    for process in family:
        try:
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                left.append(f"{process.pid} {' '.join(process.cmdline())}")
        except psutil.NoSuchProcess:
            continue
    return left


def inside(file: Path, key: Path, look: Callable[[View], Any], realm: str = "live") -> Any:
    """Look into a desk's database from outside."""
    store = Store.open(file, bytes.fromhex(key.read_text()), realm=realm, read_only=True)
    try:
        with store.read() as view:
            return look(view)
    finally:
        store.close()


@contextmanager
def opened(folder: Path, realm: str = "live") -> Iterator[Store]:
    files = DeskFiles(folder, realm)
    store = Store.open(files.database, files.key(), realm=realm, read_only=True)
    try:
        yield store
    finally:
        store.close()
