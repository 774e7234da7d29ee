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
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from sqlalchemy import Connection, Engine, event

from tests.crash import session
from tests.support_platform import ROOT

When = Literal["before", "after"]
TRACE, WATCHED, ELSEWHERE, WRONG = "trace", "watched", "elsewhere", "wrong.json"


@dataclass(frozen=True, slots=True)
class Bug:
    """What a session is to do wrong, to see that it is found out."""

    synchronous: str | None = None  # SQLite's setting, in place of the store's own
    commits_before: str | None = None  # a table: a transaction is torn in two where it adds to it


NO_BUG = Bug()


def compile_shim(folder: Path) -> Path:
    shim = folder / "shim.so"
    source = Path(__file__).with_name("shim.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", shim, source, "-ldl", "-lpthread"], check=True)
    return shim


class Player:
    """Plays the session of `tests.crash.session` in a process of its own, each in a new folder.

    `folder` is for the compiled shim; no other player may have the same.
    """

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

    def play(self, side: session.Side, folder: Path, kill: tuple[int, When] | None = None, bug: Bug = NO_BUG) -> bool:
        """Play a session; whether it was killed. `folder` gets "watched", "elsewhere" and the trace.

        `kill` is the number of a sync, from 1, and on which side of it.
        """
        folder.mkdir()
        return self._ask("play", side=side, folder=str(folder.resolve()), kill=kill, bug=asdict(bug)) != 0

    def go_on(self, side: session.Side, folder: Path) -> list[str]:
        """Look at what a killed session left, and work on with it; what is wrong."""
        assert self._ask("go_on", side=side, folder=str(folder.resolve())) == 0
        wrong: list[str] = json.loads((folder / WRONG).read_bytes())
        return wrong

    def _ask(self, what: str, **given: object) -> int:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps([what, given]) + "\n")
        self._process.stdin.flush()
        status = int(self._process.stdout.readline())
        assert status in (0, -signal.SIGKILL), f"{what} failed: {status}"
        return status


def _set_up(bug: Bug) -> None:
    @event.listens_for(Engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        # a short session is to have checkpoints in its midst
        connection.execute("PRAGMA wal_autocheckpoint = 60")

    @event.listens_for(Engine, "begin")
    def begins(connection: Connection) -> None:
        if bug.synchronous:
            connection.exec_driver_sql(f"PRAGMA synchronous = {bug.synchronous}")

    @event.listens_for(Engine, "before_cursor_execute")
    def executes(_connection: Connection, cursor: Any, statement: str, *_others: object) -> None:
        if bug.commits_before and statement.startswith(f"INSERT INTO {bug.commits_before} "):
            cursor.execute("COMMIT")
            cursor.execute("BEGIN IMMEDIATE")


def _play(side: session.Side, folder: str, kill: tuple[int, When] | None, bug: dict[str, Any]) -> None:
    place = Path(folder)
    if kill:
        os.environ["CRASH_KILL"] = "{} {}".format(*kill)
    os.environ["CRASH_TRACE"] = str(place / TRACE)
    os.environ["CRASH_FOLDER"] = str(place / WATCHED)
    _set_up(Bug(**bug))
    session.play(side, place / WATCHED, place / ELSEWHERE)


def _go_on(side: session.Side, folder: str) -> None:
    place = Path(folder)
    acks = session.Acks.read((place / WATCHED / session.ACKS).read_bytes())
    wrong = session.check(side, place / WATCHED, acks) or session.go_on(side, place / WATCHED, place / ELSEWHERE)
    (place / WRONG).write_text(json.dumps(wrong))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        session.play("desk", Path(folder), Path(folder))  # builds what is built at first use, for all of them
    for line in sys.stdin:
        what, given = json.loads(line)
        child = os.fork()
        if child == 0:
            try:
                (_play if what == "play" else _go_on)(**given)
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
