"""Plays sessions under the shim: `Player` from outside, `python -m tests.crash.run` inside.

One process loads everything once and forks for each session, so that a session costs no start of Python.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path
from types import TracebackType
from typing import Literal

from sqlalchemy import Connection, Engine, event

from tests.crash import session
from tests.support_platform import ROOT

When = Literal["before", "after"]
TRACE, WATCHED, ELSEWHERE = "trace", "watched", "elsewhere"


def compile_shim(folder: Path) -> Path:
    shim = folder / "shim.so"
    source = Path(__file__).with_name("shim.c")
    subprocess.run(
        ["cc", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", shim, source, "-ldl", "-lpthread"], check=True
    )
    return shim


class Player:
    """Plays the session of `tests.crash.session` in a process of its own, each in a new folder."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.crash.run"],
            cwd=ROOT,
            env={**os.environ, "LD_PRELOAD": str(compile_shim(folder))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> "Player":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._process:
            assert self._process.stdin
            self._process.stdin.close()

    def play(
        self, side: session.Side, folder: Path, kill: tuple[int, When] | None = None, synchronous: str | None = None
    ) -> bool:
        """Play a session; whether it was killed. `folder` gets "watched", "elsewhere" and the trace.

        `kill` is the number of a sync, from 1, and on which side of it. `synchronous` is a setting of SQLite to
        use in place of the store's own.
        """
        assert self._process.stdin and self._process.stdout
        folder.mkdir()
        asked = {"side": side, "folder": str(folder.resolve()), "kill": kill, "synchronous": synchronous}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        status = int(self._process.stdout.readline())
        assert status in (0, -signal.SIGKILL), f"the session failed: {status}"
        return status != 0


def _set_up(synchronous: str | None) -> None:
    @event.listens_for(Engine, "connect")
    def connected(connection: object, _record: object) -> None:
        # a short session is to have checkpoints in its midst
        connection.execute("PRAGMA wal_autocheckpoint = 60")  # type: ignore[attr-defined]

    @event.listens_for(Engine, "begin")
    def begins(connection: Connection) -> None:
        if synchronous:
            connection.exec_driver_sql(f"PRAGMA synchronous = {synchronous}")


def _play(asked: dict[str, object]) -> None:
    folder = Path(str(asked["folder"]))
    if asked["kill"]:
        os.environ["CRASH_KILL"] = "{} {}".format(*asked["kill"])  # type: ignore[misc]
    os.environ["CRASH_TRACE"] = str(folder / TRACE)
    os.environ["CRASH_FOLDER"] = str(folder / WATCHED)
    _set_up(asked["synchronous"])  # type: ignore[arg-type]
    session.play(asked["side"], folder / WATCHED, folder / ELSEWHERE)  # type: ignore[arg-type]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        session.play("desk", Path(folder), Path(folder))  # builds what is built at first use, for all of them
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                _play(json.loads(line))
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
