"""One schedule: a seed, some steps, all healed, and what must hold then."""

import hashlib
import os
import shutil
import tempfile
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.sim import invariants
from tests.sim.found import FOUND
from tests.sim.steps import ALWAYS, SOMETIMES
from tests.sim.trouble import KINDS
from tests.sim.world import Violation, World, Wrong, in_small_pieces, world

RELAYED = 3  # one in so many worlds has a relay
SILENT = frozenset(FOUND.values())  # the seeds at which planted bugs showed, where no calls came in
Planted = Callable[[World], AbstractContextManager[object]]


@dataclass(frozen=True, slots=True)
class Result:
    seed: int
    violation: Violation | None
    trace: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256("\n".join(self.trace).encode()).hexdigest()

    def __str__(self) -> str:
        if self.violation is None:
            return f"seed {self.seed}: all holds"
        said = f"seed {self.seed}: {self.violation.invariant}: {self.violation.detail}"
        return "\n".join((*self.trace, said, f"replay: python -m tests.sim --seed {self.seed}"))


def run(seed: int, planted: Planted = lambda world: nullcontext(), steps: int | None = None) -> Result:
    """`planted` goes around the schedule: a bug that must be found."""
    shared = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="yiping-sim-", dir=shared if os.access(shared, os.W_OK) else None))
    rng = Random(seed)
    trace: list[str] = []
    try:
        with world(
            folder, rng, relayed=seed % RELAYED == RELAYED - 1, rings=seed % 4 == 3 and seed not in SILENT
        ) as it:
            trace = it.trace
            with in_small_pieces(it), planted(it):
                _play(it, rng, steps or rng.choice((15, 30, 60)))
        return Result(seed, None, tuple(trace))
    except Wrong as wrong:
        return Result(seed, wrong.violation, tuple(trace))
    except Exception:
        return Result(seed, Violation("failed", traceback.format_exc()), tuple(trace))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _play(it: World, rng: Random, steps: int) -> None:
    chosen = ALWAYS | {step: weight for step, weight in SOMETIMES.items() if rng.random() < 0.5}
    for platform in it.platforms:
        network = platform.network
        network.rate = rng.choice((0.0, 0.1, 0.3))
        network.kinds = rng.sample(KINDS, rng.randint(1, len(KINDS)))
        it.say(f"trouble on the way to the {platform.name} {network.rate}: {', '.join(network.kinds)}")
    for caller in it.callers:
        caller.mortal = rng.choice((0.0, 0.0, 0.02))
    for _ in range(steps):
        step = rng.choices(list(chosen), list(chosen.values()))[0]
        step(it, rng)
    it.settle_down()
    invariants.when_quiet(it)
