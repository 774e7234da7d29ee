"""`yiping bench import-calls`: rows a second of `yiping import calls`, as a city publishes them.

Two files of a synthetic city: a row for each unit on a call (up to 23), and one row a call. Each is read by its mapping
and performed into an encrypted store: operations, rules, outbox, hash chain. Then the first is imported again, which
must change nothing. Where the machine is shared, CPU seconds say more than seconds.
"""

import argparse
import csv
import gc
import json
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from console.connect.calls_file import CallsFile
from console.domain.record import IMPORT
from console.store.check import verify_chain
from console.store.store import Store
from console.sync.loading import Loading, Person
from tests.bench.replay import rows
from tests.support_calls import HEADER, MAPPING
from tests.support_pack import make_pack


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="yiping bench import-calls", description=__doc__)
    parser.add_argument("--calls", type=int, default=5_000)
    calls = parser.parse_args(arguments).calls
    folder = Path(tempfile.mkdtemp(prefix="yiping-import-"))
    try:
        found = {"units": measure(folder, "units", calls, 23), "calls": measure(folder, "calls", calls, 1)}
        found["again"] = measure(folder, "units", calls, 23)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{'':10}{'rows':>8}{'s':>8}{'rows/s':>8}{'CPU s':>8}{'rows/CPU s':>12}")
    for name, one in found.items():
        figures = one["rows"], one["seconds"], one["rows_per_s"], one["cpu_s"], one["rows_per_cpu_s"]
        print(f"{name:10}{figures[0]:>8}{figures[1]:>8}{figures[2]:>8}{figures[3]:>8}{figures[4]:>12}")
    print(json.dumps(found))
    return 0 if found["again"]["operations"] == 0 and all(one["log_whole"] for one in found.values()) else 1


def measure(folder: Path, name: str, calls: int, most: int) -> dict[str, float]:
    """Import a file into the store of its name, which may have it already."""
    file, mapping = folder / f"{name}.csv", folder / "mapping.yaml"
    with file.open("w", encoding="utf-8", newline="") as text:
        table = csv.writer(text)
        table.writerow(HEADER)
        table.writerows(rows(calls, most, seed=1))
    mapping.write_text(MAPPING, "utf-8")
    store = Store.open(folder / f"{name}.db", bytes(32), realm="calls")
    with store.read() as view:
        before = sum(view.chains().values())
    gc.freeze()  # as the command does
    began, cpu = time.perf_counter(), time.process_time()
    of = CallsFile(file, mapping, make_pack())
    Loading(store, make_pack(), Person("import", IMPORT)).load(of.records(datetime.now(UTC)))
    seconds, cpu_s = time.perf_counter() - began, time.process_time() - cpu
    with store.read() as view:
        operations = sum(view.chains().values()) - before
    whole = verify_chain(store, store.device) is None
    store.close()
    return {
        "rows": of.rows,
        "operations": operations,
        "seconds": round(seconds, 1),
        "rows_per_s": round(of.rows / seconds),
        "cpu_s": round(cpu_s, 1),
        "rows_per_cpu_s": round(of.rows / cpu_s),
        "log_whole": whole,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
