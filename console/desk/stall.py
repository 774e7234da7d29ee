"""How late a timer fires on the main thread: a block is seen the day it is written."""

import logging
import time

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer

INTERVAL_MS = 10
WORTH_A_LINE_MS = 100.0
KEPT = 60_000  # ten minutes of ticks

log = logging.getLogger(__name__)


class StallMeter(QObject):
    """Measures while it lives. `percentile(99)` is the lateness in ms that 99 % of ticks stayed under."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._late = np.zeros(KEPT)
        self._count = 0
        self._timer = QTimer(self, interval=INTERVAL_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self.start()

    def start(self) -> None:
        """Begin anew."""
        self._count = 0
        self._last = time.perf_counter()
        self._timer.start()

    def leave_out(self) -> None:
        """What was done since the last tick is no work of the desk's: a picture taken of it, say."""
        self._last = time.perf_counter()

    def percentile(self, q: float) -> float:
        return float(np.percentile(self._late[: min(self._count, KEPT)], q)) if self._count else 0.0

    @property
    def worst(self) -> float:
        return float(self._late[: min(self._count, KEPT)].max()) if self._count else 0.0

    def _tick(self) -> None:
        now = time.perf_counter()
        late = max(0.0, (now - self._last) * 1000 - INTERVAL_MS)
        self._last = now
        self._late[self._count % KEPT] = late
        self._count += 1
        if late > WORTH_A_LINE_MS:
            log.warning("the main thread was busy for %.0f ms", late)
