"""`yiping bench sync-live`: from `perform()` on one desk to the row on another, under 200 live streams.

One platform process on its embedded database; two full desks with encrypted stores; the other streams are light
clients in a process of their own. All of them wake and pull at every change. p* is from `perform` returning on desk
A to `on_changes` with the row on desk B, where a session paints. Then the platform is killed and started again
while A works on: streams come back by the rules of back-off, and nobody may miss a row. Goal: p95 <= 300 ms.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import quantiles
from typing import Any

import psutil

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from console.domain.log import Kind, Note  # noqa: E402
from console.domain.operation import Dispatch, OpenIncident, Operation, WriteNote  # noqa: E402
from console.domain.words import Label  # noqa: E402
from console.store import tables  # noqa: E402
from console.store.codec import encode  # noqa: E402
from console.store.ids import new_id  # noqa: E402
from console.store.store import Store  # noqa: E402
from console.sync import outbox  # noqa: E402
from console.sync.client import Applied  # noqa: E402
from tests.support_pack import PASSWORD, actor, assignment, incident, task  # noqa: E402
from tests.support_platform import Desk, Platform  # noqa: E402

WHO = Label("王", "Wang")
USERS = ("u1", "u2", "leader", "city")  # with the town's scope, and with the city's
EVERY_S = 0.5
OUTAGE_S = 5.0
PATIENCE_S = 60.0


class Lights:
    """The light clients' process."""

    def __init__(self, url: str, count: int) -> None:
        command = [sys.executable, "-m", "tests.bench.live_clients", url, str(count), PASSWORD, *USERS]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )  # fmt: skip

    def ask(self, do: str, **given: Any) -> Any:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps({"do": do, **given}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


class Work:
    """What desk A does, one change after the other, and when each was seen on B."""

    def __init__(self, a: Desk, b: Desk) -> None:
        self.a, self.b = a, b
        self.done_at: dict[str, float] = {}  # by what tells the change: a new row's id, or a note's text
        self.seen_at: dict[str, float] = {}
        self._last = incident()
        self._count = 0
        assert b.client
        b.client.on_changes = self._on_b

    def go_on(self, until: float) -> None:
        at = time.monotonic()
        while at < until:
            self._one()
            at += EVERY_S
            time.sleep(max(0.0, at - time.monotonic()))

    def _one(self) -> None:
        of, self._count = self._last, self._count + 1
        operation: Operation
        match self._count % 3:
            case 1:
                self._last = incident(self._count)
                key, operation = self._last.id, OpenIncident(self._last, WHO)
            case 2:
                sent = assignment(of)
                key, operation = sent.id, Dispatch(of.id, "fire", WHO, None, (sent,), (task(of),))
            case _:
                key = new_id()
                operation = WriteNote(Note(Kind.RADIO, WHO, text=key, incident=of.id))

        def perform(store: Store) -> float:
            outbox.perform(store, operation, actor(self._count))
            return time.monotonic()

        self.done_at[key] = self.a.submit(perform).result()
        assert self.a.client
        self.a.client.wake()

    def _on_b(self, applied: Applied) -> None:
        now = time.monotonic()
        for key in [row.id for row in applied.rows if hasattr(row, "id")] + [e.note.text for e in applied.entries]:
            self.seen_at.setdefault(key, now)

    def delays_ms(self) -> list[float]:
        return [1000 * (self.seen_at[key] - at) for key, at in self.done_at.items() if key in self.seen_at]


def _rows(desk: Desk) -> dict[str, str]:
    kinds = tables.FEED_KINDS.items()
    return desk.see(lambda view: {f"{name}/{row.id}": encode(row) for name, kind in kinds for row in view.every(kind)})


def _wait(true: Any) -> bool:
    """Whether it became true in time."""
    end = time.monotonic() + PATIENCE_S
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _percentiles(delays: list[float]) -> dict[str, float]:
    cut = quantiles(delays, n=100, method="inclusive")
    return {"p50_ms": round(cut[49], 1), "p95_ms": round(cut[94], 1), "p99_ms": round(cut[98], 1)}


def measure(folder: Path, streams: int, seconds: float, stack: ExitStack) -> dict[str, Any]:
    platform = Platform(folder / "platform")
    stack.callback(platform.kill)
    lights = Lights(platform.url, streams - 2)
    stack.callback(lights.close)
    a, b = Desk(folder / "a.db"), Desk(folder / "b.db")
    stack.callback(a.close)
    stack.callback(b.close)
    a.connect(platform.url)
    b.connect(platform.url, "u2")
    if not _wait(lambda: a.online() and b.online() and len(lights.ask("up")) == streams - 2):
        raise RuntimeError("not all of the streams came up")
    work = Work(a, b)
    work.go_on(time.monotonic() + 2)  # warm
    _wait(lambda: work.done_at.keys() <= work.seen_at.keys())
    work.done_at.clear()
    process = psutil.Process(platform.process.pid)
    before = sum(process.cpu_times()[:2])
    work.go_on(time.monotonic() + seconds)
    _wait(lambda: work.done_at.keys() <= work.seen_at.keys())
    cpu_ms = 1000 * (sum(process.cpu_times()[:2]) - before) / len(work.done_at)
    result: dict[str, Any] = {"streams": streams, "changes": len(work.done_at), **_percentiles(work.delays_ms())}
    result["platform_cpu_ms"] = round(cpu_ms)  # for one change, its push and all pulls
    result |= _restart(platform, lights, work, streams)
    _wait(a.settled)
    rows = _rows(a)

    def lack() -> int:
        there = _rows(b)
        return int(lights.ask("lack", rows=rows)) + sum(there.get(key) != row for key, row in rows.items())

    _wait(lambda: lack() == 0)
    return result | {"rows": len(rows), "lost": lack() + a.pending()}


def _restart(platform: Platform, lights: Lights, work: Work, streams: int) -> dict[str, Any]:
    """Kill the platform and start it again; how many streams came back, and how long the last of them took."""
    busy = threading.Thread(target=work.go_on, args=(time.monotonic() + OUTAGE_S + 5,))
    busy.start()
    time.sleep(1)
    platform.kill()
    time.sleep(OUTAGE_S)
    platform.start()
    began = time.monotonic()
    desks: dict[Desk, float] = {}
    up: list[float] = []

    def all_up() -> bool:
        for desk in (work.a, work.b):
            assert desk.client
            if desk.client._line._streams:
                desks.setdefault(desk, time.monotonic())
        up[:] = [*lights.ask("up"), *desks.values()]
        return len(up) == streams

    _wait(all_up)
    busy.join()
    return {"reconnected": len(up), "reconnected_s": round(max(up) - began, 1)}


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser("yiping bench sync-live")
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        result = measure(Path(folder), args.streams, args.seconds, stack)
    for key, value in result.items():
        print(f"{key:16} {value:>10}")
    print(json.dumps(result))
    return 0 if result["lost"] == 0 and result["reconnected"] == args.streams else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
