"""A process that serves another ends when that one ends, however it ends: nothing is left behind by a kill."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress

import psutil


def end_with(parent: int, then: Callable[[], object] = lambda: os._exit(0)) -> None:
    """Call `then` from a thread once the process `parent` is gone; without it, exit at once."""

    def watch() -> None:
        with suppress(psutil.NoSuchProcess):
            psutil.Process(parent).wait()
        then()

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
