"""`yiping bench sync-catchup`: a desk that was away for three days comes back.

It did 20,000 operations of its own, other desks 50,000: real desks (encrypted), the real platform in its own
process, over loopback HTTP; each commit is synced. The desk's main thread runs a Qt event loop with the stall
meter and takes in every change as the desk does. Beside it, in the same run, PouchDB carries the same operations
to and from a pouchdb-server as documents (see tests/bench/pouch.py). Goals: push <= 10 s, pull <= 30 s.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import func, select

from console.store import tables
from console.store.store import Store
from console.sync import outbox, rebase
from console.sync.exchange import Call, Exchange
from console.sync.handshake import Handshake
from console.sync.link import Line
from console.sync.own import own_sums
from tests.bench import pouch
from tests.bench.away import work
from tests.support_pack import PASSWORD
from tests.support_platform import ROOT, Platform

KEY = bytes(32)
PERFORM = "import sys; from tests.bench.sync_catchup import perform; perform(*sys.argv[1:])"


def perform(file: str, count: str, first: str) -> None:
    """In a process of its own: one desk's work while it is away."""
    store = Store.open(Path(file), KEY)
    work(store, int(count), int(first))
    store.close()


def connected(store: Store, url: str, http: requests.Session) -> Call:
    line = Line(url, "u1", PASSWORD, "live", Handshake(lambda fn: fn(store)))
    return lambda method, path, body=None: line.call(http, method, path, body)


def upload(file: Path, url: str) -> None:
    """Another desk's work goes up; not timed."""
    store, http = Store.open(file, KEY), requests.Session()
    exchange, call = Exchange(lambda fn: fn(store)), connected(store, url, http)
    while exchange.push(call, "command"):
        pass
    store.close()
    http.close()


def bodies(file: Path) -> list[str]:
    store = Store.open(file, KEY)
    with store.read() as view:
        found = list(view.connection.scalars(select(tables.outbox.c.body).order_by(tables.outbox.c.sequence)))
    store.close()
    return found


class CatchUp:
    """The desk that comes back, in this process: pushes everything, then pulls everything."""

    def __init__(self, file: Path, url: str) -> None:
        from PySide6.QtCore import QCoreApplication

        from console.desk.jobs import Jobs
        from console.desk.stall import StallMeter
        from console.desk.state import State

        self.app = QCoreApplication.instance() or QCoreApplication([])
        self.jobs, self.state, self.stall = Jobs(), State(), StallMeter()
        self.pool = ThreadPoolExecutor(1)
        self.store = self.pool.submit(Store.open, file, KEY).result()
        self.url = url
        self.push_s = self.pull_s = 0.0

    def ask(self, fn: Any, /) -> Any:
        future: Future[Any] = self.pool.submit(fn, self.store)
        return future.result()

    def run(self) -> None:
        from console.desk.start import hold_still

        thread = threading.Thread(target=self._exchange)
        hold_still()  # as a desk that is live
        self.stall.start()
        thread.start()
        self.app.exec()
        thread.join()

    def _exchange(self) -> None:
        http = requests.Session()
        exchange, call = Exchange(self.ask), connected(self.store, self.url, http)
        exchange.on_changes = lambda applied: self.jobs.call(lambda: self._show(applied))
        call("GET", "/v1/check?cursor=0")  # signed in
        try:
            began = time.perf_counter()
            while exchange.push(call, "command"):
                pass
            self.push_s = time.perf_counter() - began
            began = time.perf_counter()
            while exchange.pull(call):
                pass
            self.pull_s = time.perf_counter() - began
        finally:
            http.close()
            self.jobs.call(self.app.quit)

    def _show(self, applied: rebase.Applied) -> None:
        self.state.take(applied.rows)
        self.state.log(applied.entries)

    def close(self) -> None:
        self.pool.submit(self.store.close).result()
        self.pool.shutdown()
        self.jobs.close()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="yiping bench sync-catchup", description=__doc__)
    parser.add_argument("--own", type=int, default=20_000)
    parser.add_argument("--others", type=int, default=50_000)
    parser.add_argument("--no-pouch", action="store_true", help="Without the peer.")
    options = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    folder = Path(tempfile.mkdtemp(prefix="yiping-catchup-", dir=ROOT / "build" if (ROOT / "build").exists() else None))
    platform = Platform(folder / "platform")
    try:
        return measure(folder, platform, options.own, options.others, not options.no_pouch)
    finally:
        platform.kill()
        shutil.rmtree(folder, ignore_errors=True)


def measure(folder: Path, platform: Platform, own: int, others: int, peer: bool) -> int:
    print(f"three days apart: {own} operations here, {others} elsewhere ...", flush=True)
    files = {"a": (own, 1), "b": (others // 2, 1_000_000), "c": (others - others // 2, 2_000_000)}
    working = [
        subprocess.Popen([sys.executable, "-c", PERFORM, str(folder / f"{name}.db"), str(count), str(first)], cwd=ROOT)
        for name, (count, first) in files.items()
    ]
    if any(process.wait() for process in working):
        raise RuntimeError("a desk did not do its work")
    for name in "bc":
        upload(folder / f"{name}.db", platform.url)
    mine = bodies(folder / "a.db")
    theirs = bodies(folder / "b.db") + bodies(folder / "c.db")

    desk = CatchUp(folder / "a.db", platform.url)
    desk.run()
    pending = sum(desk.ask(outbox.pending).values())
    with desk.store.read() as view:
        incidents = view.connection.scalar(select(func.count()).select_from(tables.incident))
    whole = desk.ask(own_sums)
    desk.close()
    if pending or incidents != sum(body.count('"name":"incident.open"') for body in (*mine, *theirs)):
        raise RuntimeError(f"not caught up: {pending} pending, {incidents} incidents")
    print(f"{'':24}{'operations':>12}{'s':>9}{'per s':>9}")
    print(f"{'push':24}{own:>12}{desk.push_s:>9.2f}{own / desk.push_s:>9.0f}")
    print(f"{'pull (own and others)':24}{own + others:>12}{desk.pull_s:>9.2f}{(own + others) / desk.pull_s:>9.0f}")
    print(f"buckets {len(whole.sums) if whole else 0}, main thread late by p99 {desk.stall.percentile(99):.1f} ms")
    times = pouch.measure(mine, theirs, folder) if peer else None
    ratio = None
    if times is not None:
        print(f"{'PouchDB push':24}{own:>12}{times.push_s:>9.2f}{own / times.push_s:>9.0f}")
        print(f"{'PouchDB pull':24}{own + others:>12}{times.pull_s:>9.2f}{(own + others) / times.pull_s:>9.0f}")
        ratio = round((times.push_s + times.pull_s) / (desk.push_s + desk.pull_s), 2)
    print(
        json.dumps(
            {
                "push_ops": own,
                "push_s": round(desk.push_s, 2),
                "pull_ops": own + others,
                "pull_s": round(desk.pull_s, 2),
                "stall_p99_ms": round(desk.stall.percentile(99), 1),
                "stall_worst_ms": round(desk.stall.worst, 1),
                "pouchdb_ratio": ratio,
            }
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
