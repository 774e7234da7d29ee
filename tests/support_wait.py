"""How long the tests wait for what must come: the one place that has these limits.

A limit ends a hang and never judges speed. Alone on a quiet machine nothing needs a tenth of it, and a machine that
is slower, or busy when the tests begin, gets as much more. Processes that a test starts are told by TESTS_SLOWNESS.
"""

import os
import time
from collections.abc import Callable
from typing import Any

QUIET_S = 0.1  # what `_some_work` takes on the machine that the limits were chosen on


def _some_work() -> float:
    began = time.perf_counter()
    sum(n % 7 for n in range(2_000_000))
    return time.perf_counter() - began


SLOWNESS = float(os.environ.setdefault("TESTS_SLOWNESS", str(max(1.0, _some_work() / QUIET_S))))
WAIT_S = 150 * SLOWNESS  # for one thing to come: an answer, a process's end, what `until` looks for
TEST_S = 600 * SLOWNESS  # for a whole test, or a program that does a whole job
LONG_TEST_S = 10 * TEST_S  # the same with --long


def _a_moment() -> None:
    time.sleep(0.01)


def until(there: Callable[[], Any], what: str = "", turn: Callable[[], object] = _a_moment) -> None:
    """Wait until it is there, with a `turn` between two looks; fails when it does not come."""
    end = time.monotonic() + WAIT_S
    while not there():
        assert time.monotonic() < end, f"not within {WAIT_S:.0f} s: {what or there}"
        turn()
