"""`yiping bench sync-sim --schedules N`: seeded schedules of sync with faults, on all cores, and the planted bugs.

Ten thousand fit in one night on two cores. What does not hold is told with the seed that shows it again.
"""

import argparse
import json
import os
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

LOST = {"lost", "log lost", "refusal not told", "not queued", "settled too early"}
DOUBLED = {"doubled"}
WEDGED = {"wedged"}  # what is none of these has diverged


def main(argv: list[str]) -> int:
    from tests.sim.found import FOUND
    from tests.sim.many import Task, catch_all, play_all
    from tests.sim.planted import BUGS

    parser = argparse.ArgumentParser("yiping bench sync-sim")
    parser.add_argument("--schedules", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--tries", type=int, default=60, help="schedules to find each planted bug in")
    args = parser.parse_args(argv)

    began, found = time.monotonic(), Counter[str]()
    tasks = (Task(seed) for seed in range(args.first, args.first + args.schedules))
    for _, result in play_all(tasks, args.processes):
        if result.violation:
            name = result.violation.invariant
            kind = next((k for k, names in _KINDS.items() if name in names), "diverged")
            found[kind] += 1
            print(f"seed {result.seed}: {name}: {result.violation.detail[:300]}")
            print(f"    replay: python -m tests.sim --seed {result.seed}", flush=True)
    seconds = time.monotonic() - began

    caught = 0
    print(f"{'planted bug':52} {'seed':>5}  found by")
    tries = {bug: [FOUND.get(bug, 0), *range(args.tries)] for bug in BUGS}
    for bug, shown in catch_all(tries, args.processes):
        caught += shown is not None
        by = f"{shown.seed:5}  {shown.violation.invariant}" if shown and shown.violation else "    -  nothing"
        print(f"{bug:52} {by}", flush=True)

    print(f"{args.schedules} schedules in {seconds:.0f} s, {args.schedules / seconds:.2f} a second")
    counts = {kind: found[kind] for kind in ("lost", "doubled", "diverged", "wedged")}
    print(json.dumps({"schedules": args.schedules, **counts, "planted": len(BUGS), "caught": caught}))
    return 0 if not found and caught == len(BUGS) else 1


_KINDS = {"lost": LOST, "doubled": DOUBLED, "wedged": WEDGED}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
