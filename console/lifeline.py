"""A process that serves another ends when that one ends, however it ends: nothing is left behind by a kill."""

import os
import select
import threading
from collections.abc import Callable


def end_with(parent: int, then: Callable[[], object] = lambda: os._exit(0)) -> None:
    """Call `then` from a thread once the process `parent` is gone; without it, exit at once."""
    try:
        watched = os.pidfd_open(parent)  # becomes readable when the process ends, reaped or not
    except ProcessLookupError:
        then()
        return

    def watch() -> None:
        select.select([watched], [], [])
        then()

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
