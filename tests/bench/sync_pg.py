"""`yiping bench sync-pg`: what 1, 2 and 4 workers on one real PostgreSQL take from 8 writers, and no row is missed.

Each writer is a process and pushes over HTTP, in batches of 1 and of 20; two more processes follow the feed as desks
do and check its order. Then every second commit is delayed by up to 20 ms (a deferred trigger, so that
the database itself is slow), and beside the followers a naive reader polls for numbers above its last, of a
PostgreSQL sequence that the same transactions draw from early. Goal: followers miss nothing.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.support_postgres import SECRET, USER, Postgres  # noqa: E402

WRITERS, FOLLOWERS = 8, 2
MOST_S = {1: 80, 20: 250}  # operations that a writer has ready for each second, by the size of its batches
# The trigger on `lane` is a push's first write: it draws its number early. The one on `outcome` runs last.
SLOW = """
    CREATE SCHEMA naive;
    CREATE TABLE naive.feed (n bigserial PRIMARY KEY);
    CREATE FUNCTION naive.draw() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN INSERT INTO naive.feed DEFAULT VALUES; RETURN NEW; END';
    CREATE TRIGGER draw BEFORE INSERT ON "yiping_live".lane
        FOR EACH ROW WHEN (NEW.n = 0) EXECUTE FUNCTION naive.draw();
    CREATE FUNCTION naive.late() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_sleep(random() * 0.02); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER late AFTER INSERT ON "yiping_live".outcome DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.n % 2 = 0) EXECUTE FUNCTION naive.late();
"""


class Child:
    """A process of the load."""

    def __init__(self, stack: ExitStack, do: str, **given: Any) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.pg_load", json.dumps({"do": do, **given})],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        stack.callback(self.process.wait)
        stack.callback(self.process.kill)
        assert self.process.stdin and self.process.stdout
        self._to, self._from = self.process.stdin, self.process.stdout

    def await_ready(self) -> None:
        if self._from.readline() != "ready\n":
            raise RuntimeError("a process of the load did not start")

    def tell(self) -> None:
        """To begin, or to end."""
        self._to.write("\n")
        self._to.flush()

    def answer(self) -> dict[str, Any]:
        return dict(json.loads(self._from.readline()))


class Central:
    """`yiping central` as an administrator starts it, on a new database."""

    def __init__(self, stack: ExitStack, server: Postgres, workers: int) -> None:
        database = server.fresh_database()
        self.name = database.rpartition("/")[2]
        options = ["--workers", str(workers), "--port", "0", "--parent", str(os.getpid())]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "console", "central", *options],
            cwd=ROOT,
            env={**os.environ, "YIPING_DATABASE": database},
            stdout=subprocess.PIPE,
            text=True,
        )
        stack.callback(self.process.wait)
        stack.callback(self.process.terminate)
        assert self.process.stdout
        self.url = f"http://127.0.0.1:{json.loads(self.process.stdout.readline())['port']}"


def run(server: Postgres, workers: int, batch: int, seconds: float, slow: bool) -> dict[str, Any]:
    """One platform and one load."""
    with ExitStack() as stack:
        central = Central(stack, server, workers)
        most = round(MOST_S[batch] * seconds)
        followers = [Child(stack, "follow", url=central.url, name=f"follower-{n}") for n in range(FOLLOWERS)]
        writers = [
            Child(stack, "write", url=central.url, writer=n, batch=batch, most=most, seconds=seconds)
            for n in range(WRITERS)
        ]
        for child in (*followers, *writers):
            child.await_ready()
        if slow:  # the first sign-in has made the realm
            server.sql(SLOW, central.name)
            info = f"host=127.0.0.1 port={server.port} user={USER} password={SECRET} dbname={central.name}"
            followers.append(Child(stack, "naive", conninfo=info))
            followers[-1].await_ready()
        for child in (*followers, *writers):
            child.tell()
        done = [writer.answer() for writer in writers]
        for follower in followers:
            follower.tell()
        said = [follower.answer() for follower in followers]
        there = {f"{table}/{id}" for table, id in server.sql('SELECT "table", id FROM yiping_live.feed', central.name)}
        drawn = server.sql("SELECT count(*) FROM naive.feed", central.name)[0][0] if slow else 0
    took = max(one["ended"] for one in done) - min(one["began"] for one in done)
    pushed = sum(one["operations"] for one in done)
    if any(one["refused"] for one in done) or not all(one["ordered"] for one in said[:FOLLOWERS]):
        raise RuntimeError("refused, or out of order")
    return {
        "operations": pushed,
        "ops_s": round(pushed / took),
        "rows_s": round(len(there) / took),
        "longest_ms": round(max(one["longest_ms"] for one in done)),
        "missed": sum(len(there - set(one["seen"])) for one in said[:FOLLOWERS]),
        "drawn": drawn,
        "naive_missed": drawn - said[FOLLOWERS]["seen"] if slow else 0,
    }


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser("yiping bench sync-pg")
    parser.add_argument("--seconds", type=float, default=8.0, help="of each load")
    args = parser.parse_args(argv)
    result: dict[str, Any] = {"workers": {}, "missed": 0}
    naive: list[dict[str, Any]] = []
    print("workers  batch  commits    ops/s   rows/s  longest ms  missed  naive missed")
    with tempfile.TemporaryDirectory() as folder, Postgres(Path(folder)) as server:
        for workers in (1, 2, 4):
            rates: dict[str, Any] = {}
            for batch, slow in ((1, False), (20, False), (1, True)):
                one = run(server, workers, batch, args.seconds, slow)
                result["missed"] += one["missed"]
                commits, said = "delayed" if slow else "", ""
                if slow:
                    naive.append(one)
                    said = f"{one['naive_missed']} of {one['drawn']}"
                else:
                    rates |= {f"ops_s_by_{batch}": one["ops_s"], f"rows_s_by_{batch}": one["rows_s"]}
                print(
                    f"{workers:7} {batch:6} {commits:>8} {one['ops_s']:8} {one['rows_s']:8} {one['longest_ms']:11}"
                    f" {one['missed']:7} {said:>13}",
                    flush=True,
                )
            result["workers"][str(workers)] = rates
    drawn = sum(one["drawn"] for one in naive)
    result["naive_missed_pct"] = round(100 * sum(one["naive_missed"] for one in naive) / drawn, 1)
    print(json.dumps(result))
    return 0 if result["missed"] == 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
