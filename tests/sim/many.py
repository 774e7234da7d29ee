"""Many schedules, on all cores."""

import logging
import multiprocessing
import os
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass

from tests.sim.planted import BUGS
from tests.sim.schedule import Result, run


@dataclass(frozen=True, slots=True)
class Task:
    seed: int
    bug: str | None = None


def play(task: Task) -> Result:
    planted = BUGS[task.bug][1] if task.bug else lambda world: nullcontext()
    return run(task.seed, planted)


def play_all(tasks: Iterable[Task], processes: int | None = None) -> Iterator[tuple[Task, Result]]:
    """In whatever order they end."""
    # not forked: whoever asks may have threads
    with multiprocessing.get_context("spawn").Pool(processes or os.cpu_count(), _be_still) as pool:
        yield from pool.imap_unordered(_told, tasks, chunksize=1)


def caught(bug: str, seeds: Iterable[int]) -> Result | None:
    """The first of these schedules that finds a planted bug."""
    return next((result for seed in seeds if (result := play(Task(seed, bug))).violation), None)


def catch_all(seeds: dict[str, list[int]], processes: int | None = None) -> Iterator[tuple[str, Result | None]]:
    """Each planted bug, and the schedule that found it among those to try."""
    with multiprocessing.get_context("spawn").Pool(processes or os.cpu_count(), _be_still) as pool:
        yield from pool.imap_unordered(_caught, seeds.items(), chunksize=1)


def _told(task: Task) -> tuple[Task, Result]:
    return task, play(task)


def _caught(given: tuple[str, list[int]]) -> tuple[str, Result | None]:
    return given[0], caught(*given)


def _be_still() -> None:
    """What a desk would write into its log file is expected here."""
    logging.disable(logging.CRITICAL)
