"""A real PostgreSQL of the tests' own: Debian's binaries, a folder and a port that nobody else uses."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from tests.support_wait import WAIT_S, until

USER, SECRET = "yiping", "p:ss@wo/rd-9f2c"  # every character that an address must quote


class Postgres:
    """`with Postgres(tmp) as server:` it accepts connections; `kill` is SIGKILL to all of it, `start` goes on.

    PostgreSQL refuses root, and another user cannot enter pytest's folders: as root it runs as `postgres` or
    `nobody` in a temporary folder of its own, which is removed at the end.
    """

    def __init__(self, tmp: Path) -> None:
        self._bin = binaries()
        self._as: list[str] = []
        self.folder = tmp / "postgres"
        if os.geteuid() == 0:
            user = next(entry for entry in map(_user, ("postgres", "nobody")) if entry)
            self._as = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
            self.folder = Path(tempfile.mkdtemp(prefix="yiping-postgres-", dir="/tmp"))
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self.data = self.folder / "data"
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        secret = self.folder / "secret"
        secret.write_text(SECRET)
        secret.chmod(0o644)
        subprocess.run(
            [
                *self._unprivileged("initdb", "-D", self.data, "-U", USER, "--encoding=UTF8", "--locale=C.UTF-8"),
                *("--auth=scram-sha-256", f"--pwfile={secret}", "--no-sync", "--no-instructions"),
            ],
            check=True,
            capture_output=True,
            cwd="/",
        )

    def __enter__(self) -> "Postgres":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()  # a clean end would first write to disk what is thrown away next
        shutil.rmtree(self.folder)

    def start(self, **settings: str) -> None:
        """Run the server with `settings` beside the usual ones; returns when it accepts connections."""
        given = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "60",
            "shared_buffers": "32MB",
            "dynamic_shared_memory_type": "mmap",  # in its folder, so that a killed one leaves nothing behind
            **settings,
        }
        options = [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._unprivileged("postgres", "-D", self.data, *options), stdout=log, stderr=log, cwd="/"
            )
        until(self._answers, "PostgreSQL answers")

    def _answers(self) -> bool:
        assert self._process
        try:
            self.sql("SELECT 1")
        except psycopg.OperationalError:
            assert self._process.poll() is None, (self.folder / "log").read_text("utf-8", "replace")
            return False
        return True

    def stop(self) -> None:
        """As an administrator does, at once: clients are disconnected."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(WAIT_S)
        self._process = None

    def kill(self) -> None:
        """The power is gone: SIGKILL to the server and to everything it runs."""
        if self._process is None or self._process.poll() is not None:
            return
        server = psutil.Process(self._process.pid)
        family = [server, *server.children(recursive=True)]
        for process in family:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue  # ended with the one before
        self._process.wait(WAIT_S)
        psutil.wait_procs(family, timeout=WAIT_S)  # the next start wants their shared memory gone

    def url(self, database: str = "postgres", user: str = USER, secret: str = SECRET) -> str:
        """The address of a database for `Store.connect` and `yiping central --database`."""
        quoted = "".join(c if c.isalnum() else f"%{ord(c):02X}" for c in secret)
        return f"postgresql+psycopg://{user}:{quoted}@127.0.0.1:{self.port}/{database}"

    def fresh_database(self, options: str = "") -> str:
        """The address of a new, empty database."""
        name = f"t{secrets.token_hex(6)}"
        self.sql(f"CREATE DATABASE {name} {options}")
        return self.url(name)

    def sql(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """What a statement answers, as the administrator, in a transaction of its own."""
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user=USER, password=SECRET, dbname=database,
            autocommit=True, connect_timeout=5, client_encoding="utf8",
        ) as connection:  # fmt: skip
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def _unprivileged(self, program: str, *arguments: str | Path) -> list[str]:
        # it ends with the tests, however they end
        return ["setpriv", "--pdeathsig", "INT", *self._as, str(self._bin / program), *map(str, arguments)]


def binaries() -> Path:
    """The folder of initdb and postgres: the newest of Debian's, or that of the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[4]))
    there = str(found[-1]) if found else shutil.which("initdb")
    assert there, "PostgreSQL's server is missing: bash packaging/dev.sh test installs it"
    return Path(there).resolve().parent


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """One server for all tests; each takes a `fresh_database`. Import it in the conftest of a folder."""
    with Postgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server


def _user(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
