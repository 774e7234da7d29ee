"""Schedules hold, every planted bug is found, and a seed is all that it takes to see either again."""

import os
import subprocess
import sys
from pathlib import Path

from tests import sizes
from tests.sim.found import FOUND
from tests.sim.many import Task, catch_all, play_all
from tests.sim.planted import BUGS
from tests.sim.schedule import run

TRIES = 60  # seeds to find a bug in, when the one that found it before does not


def test_schedules_hold() -> None:
    bad = [str(result) for _, result in play_all(Task(seed) for seed in range(sizes.NOW.schedules)) if result.violation]
    assert not bad, "\n\n".join(bad[:3])


def test_planted_bugs_are_found() -> None:
    tries = {bug: [FOUND.get(bug, 0), *range(TRIES)] for bug in BUGS}
    missed = [bug for bug, result in catch_all(tries) if result is None]
    assert len(BUGS) >= 25 and not missed


def test_a_seed_is_one_schedule() -> None:
    """The same in another process, where strings hash otherwise."""
    script = "import sys; from tests.sim.schedule import run; print(run(int(sys.argv[1]), steps=20).fingerprint)"
    root = Path(__file__).resolve().parents[2]
    told = {
        subprocess.run(
            [sys.executable, "-c", script, "5"],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert told == {run(5, steps=20).fingerprint}
