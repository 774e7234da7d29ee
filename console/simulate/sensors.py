"""What a simulated sensor reads at any moment: the same every time it is asked, under one seed."""

from collections.abc import Sequence
from math import cos, pi, sin
from random import Random

from console.domain.drill import SensorScript, SensorStep

Steps = Sequence[tuple[float, SensorStep]]  # each with its time in the exercise, in order
SMOOTH_S = 40.0  # noise wanders from one value to the next in this time


def value(
    script: SensorScript,
    steps: Sequence[tuple[float, SensorStep]],
    elapsed_s: float,
    seed: int,
    decimals: int,
) -> float:
    """The reading at `elapsed_s`, after the sensor steps that were executed."""
    wave = script.swing * sin(2 * pi * elapsed_s / script.period_s)
    wander = script.noise * _noise(f"{seed}/{script.indicator}", elapsed_s) if script.noise else 0.0
    return round(_level(script.base, steps, elapsed_s) + wave + wander, decimals)


def _level(base: float, steps: Steps, elapsed_s: float) -> float:
    """Where the steps have brought the base: each begins where the one before had come to."""
    begun, start, goal, over = 0.0, base, base, 0.0

    def at(moment: float) -> float:
        done = min(1.0, (moment - begun) / over) if over > 0 else 1.0
        return start + (goal - start) * done

    for at_s, step in steps:
        if at_s > elapsed_s:
            break
        begun, start, goal, over = at_s, at(at_s), step.value, step.over_s
    return at(elapsed_s)


def _noise(key: str, elapsed_s: float) -> float:
    """Smooth noise of standard deviation about 1: eased between a normal value at each node in time."""
    node, part = divmod(elapsed_s / SMOOTH_S, 1.0)
    before, after = (Random(f"{key}/{int(node) + k}").gauss(0.0, 1.0) for k in (0, 1))
    ease = (1 - cos(pi * part)) / 2
    return before + (after - before) * ease
