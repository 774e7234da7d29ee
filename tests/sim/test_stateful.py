"""The same world, moved by hypothesis: it looks for the shortest way to break what must hold."""

import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.sim import invariants, steps
from tests.sim.trouble import KINDS
from tests.sim.world import World, Wrong, in_small_pieces, world

SEEDS = st.integers(0, 2**16)


class Sync(RuleBasedStateMachine):
    """Every rule is a step of the simulator; what it picks comes from a drawn seed."""

    it: World

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        shared = Path("/dev/shm")
        place = shared if os.access(shared, os.W_OK) else None
        self.folder = Path(tempfile.mkdtemp(prefix="yiping-sim-", dir=place))

    @initialize(seed=SEEDS, rate=st.sampled_from((0.0, 0.3)), kinds=st.sets(st.sampled_from(KINDS), min_size=1))
    def begin(self, seed: int, rate: float, kinds: set[str]) -> None:
        self.it = self.stack.enter_context(world(self.folder, Random(seed), relayed=seed % 2 == 1))
        self.stack.enter_context(in_small_pieces(self.it))
        for platform in self.it.platforms:
            platform.network.rate, platform.network.kinds = rate, sorted(kinds)

    def _do(self, step: steps.Step, seed: int) -> None:
        try:
            step(self.it, Random(seed))
        except Wrong as wrong:
            raise AssertionError("\n".join((*self.it.trace, str(wrong.violation)))) from wrong

    @rule(seed=SEEDS, step=st.sampled_from((steps.perform, steps.push, steps.pull)))
    def work(self, seed: int, step: steps.Step) -> None:
        self._do(step, seed)

    @rule(seed=SEEDS, step=st.sampled_from((steps.check, *steps.SOMETIMES)))
    def trouble(self, seed: int, step: steps.Step) -> None:
        self._do(step, seed)

    @precondition(lambda self: len(self.it.trace) > 60)
    @rule()
    def heal(self) -> None:
        self._settle()

    def _settle(self) -> None:
        def settle(it: World, _rng: Random) -> None:
            rate = it.city.network.rate
            it.settle_down()
            invariants.when_quiet(it)
            for platform in it.platforms:
                platform.network.rate = rate

        self._do(settle, 0)

    def teardown(self) -> None:
        try:
            if hasattr(self, "it"):
                self._settle()
        finally:
            self.stack.close()
            shutil.rmtree(self.folder, ignore_errors=True)


Sync.TestCase.settings = settings(
    max_examples=8,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
test_sync = Sync.TestCase
