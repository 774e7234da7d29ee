"""`python -m tests.sim --seed 7` plays one schedule and tells it step by step; 1 when something does not hold."""

import argparse
import sys

from tests.sim.schedule import run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sim", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--to", type=int, help="all seeds up to this one, telling only what fails")
    asked = parser.parse_args()
    bad = 0
    for seed in range(asked.seed, (asked.to or asked.seed) + 1):
        result = run(seed)
        bad += result.violation is not None
        if asked.to is None:
            print("\n".join(result.trace) if result.violation is None else "")
            print(result)
        elif result.violation:
            print(f"seed {seed}: {result.violation.invariant}: {result.violation.detail[:300]}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
