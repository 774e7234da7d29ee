"""Asked often, done soon: the first time at once, and a burst as one, so that it never fills the main thread."""

from collections.abc import Callable
from time import perf_counter

from PySide6.QtCore import QObject, QTimer

SHARE = 4  # of the time at most a quarter goes into it


class Throttle(QObject):
    """Does `work` when the event loop is next free; after it took some time, not again before thrice as long."""

    def __init__(self, work: Callable[[], object], parent: QObject, *, at_least_ms: int = 0) -> None:
        """At first `at_least_ms` are waited, for what comes with it."""
        super().__init__(parent)
        self._work, self._at_least_ms = work, at_least_ms
        self._next = 0.0  # not before this, by `perf_counter`
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._do)

    def ask(self) -> None:
        if not self._timer.isActive():
            self._timer.start(max(self._at_least_ms, round((self._next - perf_counter()) * 1000)))

    def release(self) -> None:
        """Somebody waits for what comes next: it is not held back for what was done before."""
        self._next = 0.0
        if self._timer.isActive():
            self._timer.start(self._at_least_ms)

    def _do(self) -> None:
        began = perf_counter()
        try:
            self._work()
        finally:
            took = perf_counter() - began
            self._next = began + SHARE * took
