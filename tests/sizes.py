"""How much the widest tests do: in an ordinary run every kind of fault once or more, with `--long` as many as ever."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    schedules: int  # played by the simulator
    power_cuts: int  # of each side
    syncs: int  # one in so many is killed at
    moments: tuple[str, ...]  # of the main job, after which a desk is killed
    asleep_s: float  # a desk is stopped


ORDINARY = Sizes(schedules=20, power_cuts=100, syncs=4, moments=("live", "incident", "dispatched"), asleep_s=20)
LONG = Sizes(
    schedules=200, power_cuts=300, syncs=1, moments=("live", "incident", "dispatched", "dispatched"), asleep_s=60
)
NOW = ORDINARY  # tests/conftest.py puts LONG here when it is asked for
