"""`yiping bench replay`: a year of a city's calls goes through the real intake and dispatch path at full speed.

A synthetic file (700,000 calls unless told otherwise: up to 23 units on one, overlapping, out of order, with times
missing) is read by its mapping and performed into an encrypted store as `yiping import calls` does it: operations,
rules, outbox, hash chain. Then the chain is verified. Memory must stay flat: RSS at 10 %, 50 % and 100 %.
"""

import argparse
import csv
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import psutil
from sqlalchemy import func, select

from console.connect.calls_file import CallsFile
from console.domain.record import IMPORT
from console.store import tables
from console.store.check import verify_chain
from console.store.store import Store
from console.sync.loading import Loading, Person
from tests.support_calls import HEADER, MAPPING
from tests.support_pack import make_pack
from tests.support_platform import ROOT

START = datetime(2025, 1, 1)
YEAR_S = 365 * 86400
MARKS = (0.1, 0.5, 1.0)  # of the calls, where memory is looked at


def rows(calls: int, most: int, seed: int) -> Iterator[list[str]]:
    """A city's year: a row for each unit on each call, nearly in order of time."""
    chance = Random(seed)
    late: list[list[str]] = []
    for number in range(calls):
        received = START + timedelta(seconds=YEAR_S * number / calls)
        units = 1 if most == 1 else min(most, 1 + int(chance.expovariate(1.1)))
        if most > 1 and chance.random() < 0.0005:
            units = most
        words = [chance.choice(["Water", "Fire", "Alarm"]), chance.choice("123"), f"{chance.randrange(9000)} Main St",
                 f"{104 + chance.random() / 5:.5f}", f"{30.5 + chance.random() / 5:.5f}"]  # fmt: skip
        for unit in chance.sample(range(200), units):
            at, times = received, [f"{received:%Y-%m-%d %H:%M:%S}"]
            for mean, missing in ((60, 0.0), (80, 0.03), (300, 0.2), (1800, 0.01)):
                at += timedelta(seconds=int(chance.expovariate(1 / mean)))
                times.append("" if chance.random() < missing else f"{at:%Y-%m-%d %H:%M:%S}")
            row = [f"{25000000 + number}", f"E{unit:03}", *words[:2], *times, *words[2:]]
            if chance.random() < 0.01:
                late.append(row)
            else:
                yield row
        if len(late) > 100:
            yield from late
            late.clear()
    yield from late


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="yiping bench replay", description=__doc__)
    parser.add_argument("--calls", type=int, default=700_000)
    parser.add_argument("--most", type=int, default=23, help="Units on one call.")
    options = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="yiping-replay-", dir=ROOT / "build" if (ROOT / "build").exists() else None))
    try:
        return measure(folder, options.calls, options.most)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(folder: Path, calls: int, most: int) -> int:
    file, mapping = folder / "calls.csv", folder / "mapping.yaml"
    with file.open("w", encoding="utf-8", newline="") as text:
        table = csv.writer(text)
        table.writerow(HEADER)
        table.writerows(rows(calls, most, seed=1))
    mapping.write_text(MAPPING, "utf-8")
    print(f"{calls} calls, {file.stat().st_size / 1e6:.0f} MB ...", flush=True)

    me, memory = psutil.Process(), dict.fromkeys(MARKS, 0.0)
    store = Store.open(folder / "calls.db", bytes(32), realm="calls")
    loading = Loading(store, make_pack(), Person("import", IMPORT))
    began, cpu = time.perf_counter(), time.process_time()
    pace: list[tuple[int, float]] = []

    def progress(done: int) -> None:
        pace.append((done, time.perf_counter()))
        for mark in MARKS:
            if not memory[mark] and done >= mark * calls:
                memory[mark] = me.memory_info().rss / 1e6
                print(
                    f"{mark:6.0%} {done / (time.perf_counter() - began):8.0f} calls/s {memory[mark]:6.0f} MB",
                    flush=True,
                )

    loading.on_progress = progress
    of = CallsFile(file, mapping, make_pack())
    loading.load(of.records(datetime.now(UTC)))
    load_s, load_cpu_s = time.perf_counter() - began, time.process_time() - cpu
    began = time.perf_counter()
    whole = verify_chain(store, store.device) is None
    verify_s = time.perf_counter() - began
    with store.read() as view:
        operations = view.connection.scalar(select(func.count()).select_from(tables.outbox)) or 0
    store.close()
    last = [one for one in pace if one[0] > 0.9 * calls] or pace[-1:]
    tail = (last[-1][0] - last[0][0]) / (last[-1][1] - last[0][1]) if len(last) > 1 else calls / load_s
    print(f"{'':24}{'':>12}{'s':>9}{'per s':>9}")
    print(f"{'calls':24}{calls:>12}{load_s:>9.1f}{calls / load_s:>9.0f}")
    print(f"{'  the last tenth':24}{'':>12}{'':>9}{tail:>9.0f}")
    print(f"{'operations':24}{operations:>12}{load_s:>9.1f}{operations / load_s:>9.0f}")
    print(f"{'log verified':24}{operations:>12}{verify_s:>9.1f}{operations / verify_s:>9.0f}")
    print(
        json.dumps(
            {
                "calls": calls,
                "rows": of.rows,
                "operations": operations,
                "seconds": round(load_s, 1),
                "cpu_s": round(load_cpu_s, 1),
                "calls_per_s": round(calls / load_s),
                "calls_per_cpu_s": round(calls / load_cpu_s),
                "calls_per_s_last_tenth": round(tail),
                "rss_mb": {f"{mark:.0%}": round(memory[mark]) for mark in MARKS},
                "log_whole": whole,
                "refused": len(loading.refused),
                "database_mb": round((folder / "calls.db").stat().st_size / 1e6) if folder.exists() else 0,
            }
        )
    )
    return 0 if whole and not loading.refused else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
