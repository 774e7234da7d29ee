"""`yiping bench intake`: facts through `POST /v1/intake`, on SQLite and PostgreSQL, with the platform killed meanwhile.

Four systems send side by side, each one request after the other: readings and positions 500 in a request, calls 20, and
now and then one value over its limit. A desk beside them says when it sees the alarm. After two thirds of the time
the platform is killed (SIGKILL) and started again; whoever has no answer sends the same again. At the end everything
that was sent is looked for in the database.

At full size 10,000 calls, 100,000 positions and 140,000 readings come in a minute. `--seconds` makes it shorter at the
same rates; `--scale` makes the rates lower. Goals: the rates are kept, the alarm is on the desk within 1 s (p95, until
the platform is killed), nothing is lost or doubled.
"""

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from console.central.realms import opened  # noqa: E402
from console.domain.alarm import Alarm  # noqa: E402
from console.domain.incoming import IncomingCall  # noqa: E402
from console.domain.indicator import Reading  # noqa: E402
from console.sync import keys  # noqa: E402
from console.sync.client import Applied  # noqa: E402
from tests.bench import intake_load  # noqa: E402
from tests.support_pack import TOWN  # noqa: E402
from tests.support_platform import Desk, until  # noqa: E402
from tests.support_postgres import Postgres  # noqa: E402

A_MINUTE = {"readings": 140_000, "positions": 100_000, "calls": 10_000, "alarms": 120}
BATCH = {"readings": 500, "positions": 500, "calls": 20, "alarms": 1}
SERVE = (
    "import os, sys, pathlib; from console.central.server import serve; from tests.bench.intake_load import town;"
    "source = os.environ.get('BENCH_DATABASE') or pathlib.Path(sys.argv[1]);"
    "serve(source, town(), port=int(sys.argv[2]), parent=int(sys.argv[3]), workers=int(sys.argv[4]))"
)


class Central:
    """A platform on a folder or a database; `kill` and `start` as often as wanted, on one port."""

    def __init__(self, source: Path | str, workers: int) -> None:
        self.source, self.workers, self.port = source, workers, 0
        self.start()

    def start(self) -> None:
        env = {**os.environ, "BENCH_DATABASE": self.source} if isinstance(self.source, str) else None
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(self.source), str(self.port), str(os.getpid()), str(self.workers)],
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout
        self.port = json.loads(self.process.stdout.readline())["port"]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """All of it, its workers too."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, 9)
        self.process.wait()


class Sender:
    """A system that sends, in a process of its own."""

    def __init__(self, stack: ExitStack, **given: Any) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.intake_load", json.dumps(given)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        stack.callback(self.process.wait)
        stack.callback(self.process.kill)
        assert self.process.stdin and self.process.stdout
        self._to, self._from = self.process.stdin, self.process.stdout
        if self._from.readline() != "ready\n":
            raise RuntimeError("a process of the load did not start")

    def tell(self) -> None:
        self._to.write("\n")
        self._to.flush()

    def answer(self) -> dict[str, Any]:
        return dict(json.loads(self._from.readline()))


def run(source: Path | str, folder: Path, workers: int, seconds: float, scale: float) -> dict[str, Any]:
    """One platform, and all that comes to it."""
    rates = {kind: count * scale / 60 for kind, count in A_MINUTE.items()}
    with ExitStack() as stack:
        central = Central(source, workers)
        stack.callback(central.kill)
        desk = Desk(folder / "desk.db")
        stack.callback(desk.close)
        seen_at: dict[str, float] = {}

        def seen(applied: Applied) -> None:
            now = time.time()
            for row in applied.rows:
                if isinstance(row, Alarm):
                    seen_at.setdefault(row.indicator, now)

        client = desk.connect(central.url)
        client.on_changes = seen
        until(desk.online)
        with opened(source, "live") as store:
            key, _ = keys.add(store, "bench", TOWN, ["readings", "positions", "calls"], "bench")
        given = {"url": central.url, "key": key}
        senders = [
            Sender(stack, kind=kind, rows=round(rate * seconds), per_s=rate, batch=BATCH[kind], **given)
            for kind, rate in rates.items()
        ]
        for sender in senders:
            sender.tell()
        killed_at = [0.0]

        def kill() -> None:
            killed_at[0] = time.time()
            central.kill()
            central.start()

        timer = threading.Timer(seconds * 2 / 3, kill)
        timer.start()
        said = {one["kind"]: one for one in (sender.answer() for sender in senders)}
        timer.join()
        alarms = said["alarms"]
        until(lambda: len(seen_at) == alarms["rows"], "every alarm is on the desk")
        on_desk = len(desk.see(lambda view: view.every(IncomingCall)))
        central.kill()
    delays = {id: (seen_at[id] - at) * 1000 for id, at in alarms["sent_at"].items()}
    calm = [delay for id, delay in delays.items() if alarms["sent_at"][id] < killed_at[0] - 1]
    lost, doubled = checked(source, said)
    took = [one for sent in said.values() for one in sent["took"]]
    return {
        "accepted_s": {kind: round((one["accepted"] + one["again"]) / one["seconds"], 1) for kind, one in said.items()},
        "request_p50_ms": at(took, 0.5) * 1000,
        "request_p99_ms": at(took, 0.99) * 1000,
        "alarm_p50_ms": at(calm, 0.5),
        "alarm_p95_ms": at(calm, 0.95),
        "alarm_p95_ms_with_kill": at(list(delays.values()), 0.95),
        "sent": {kind: one["rows"] for kind, one in said.items()},
        "again": sum(one["again"] for one in said.values()),
        "refused": sum(one["refused"] for one in said.values()),
        "unanswered": sum(one["unanswered"] for one in said.values()),
        "calls_on_desk": on_desk,
        "lost": lost,
        "doubled": doubled,
    }


def checked(source: Path | str, said: dict[str, Any]) -> tuple[int, int]:
    """What was sent and is not there, and what is there more than once."""
    with opened(source, "live") as store, store.read() as view:
        calls = [one.source_id for one in view.every(IncomingCall)]
        readings = sum(1 for one in view.every(Reading))
        alarms = [one.indicator for one in view.every(Alarm)]
        units = len(view.positions())
    wanted = said["readings"]["rows"] + said["alarms"]["rows"]
    lost = said["calls"]["rows"] - len(set(calls)) + max(0, wanted - readings)
    lost += said["alarms"]["rows"] - len(set(alarms))
    lost += min(said["positions"]["rows"], intake_load.UNITS) - units
    doubled = len(calls) - len(set(calls)) + len(alarms) - len(set(alarms)) + max(0, readings - wanted)
    return lost, doubled


def at(values: list[float], part: float) -> float:
    """A quantile; 0 of nothing."""
    return round(sorted(values)[min(len(values) - 1, int(len(values) * part))], 4) if values else 0.0


def desk_half(runs: int) -> dict[str, Any]:
    """From Enter in a call's form to its incident painted, with 200 open incidents and 100,000 past ones."""
    command = [sys.executable, str(ROOT / "tests" / "bench" / "dispatch.py"), "--only-calls", "--runs", str(runs)]
    said = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    print(said.rpartition("\n{")[0])
    measured = json.loads(said.splitlines()[-1])
    return {name: measured[name] for name in ("create_p50_ms", "create_p99_ms", "create_cpu_ms", "open", "past")}


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser("yiping bench intake")
    parser.add_argument("--seconds", type=float, default=60.0, help="that the load lasts")
    parser.add_argument("--scale", type=float, default=1.0, help="of the rates")
    parser.add_argument("--workers", type=int, default=2, help="on PostgreSQL")
    parser.add_argument("--runs", type=int, default=100, help="calls taken at a desk; the past is made once and kept")
    parser.add_argument("--no-desk", dest="desk", action="store_false", help="the platform's door only")
    args = parser.parse_args(argv)
    logging.getLogger("console").setLevel("ERROR")
    rates = ", ".join(f"{round(count * args.scale):,} {kind}" for kind, count in A_MINUTE.items())
    full = args.seconds >= 60 and args.scale >= 1
    print(f"{rates} a minute, for {args.seconds:g} s{'' if full else ' (not at full size)'}")
    print("platform   readings/s  positions/s  calls/s  request p50/p99 ms  alarm p50/p95 ms  with kill  lost  doubled")
    result: dict[str, Any] = {"seconds": args.seconds, "scale": args.scale, "full_size": full}
    with tempfile.TemporaryDirectory() as folder, Postgres(Path(folder)) as server:
        for name, workers in (("sqlite", 1), ("postgresql", args.workers)):
            own = Path(folder, name)
            own.mkdir()
            source = server.fresh_database() if name == "postgresql" else own / "central"
            one = run(source, own, workers, args.seconds, args.scale)
            result[name] = one
            rate = one["accepted_s"]
            request = f"{one['request_p50_ms']:.0f}/{one['request_p99_ms']:.0f}"
            alarm = f"{one['alarm_p50_ms']:.0f}/{one['alarm_p95_ms']:.0f}"
            print(
                f"{name:10} {rate['readings']:11,.0f} {rate['positions']:12,.0f} {rate['calls']:8,.0f} {request:>19} "
                f"{alarm:>17} {one['alarm_p95_ms_with_kill']:10.0f} {one['lost']:5} {one['doubled']:8}",
                flush=True,
            )
    if args.desk:
        result["desk"] = desk_half(args.runs)
    print(json.dumps(result))
    return 1 if any(result[name]["lost"] or result[name]["doubled"] for name in ("sqlite", "postgresql")) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
