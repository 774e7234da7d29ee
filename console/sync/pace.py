"""When to try again, and when to stop trusting a session. Time is passed in: seconds of any steady clock."""

import random

LONGEST_S = 60.0
REFUSED_S = 2.0  # the machine is there and says no at once: asking again costs nothing
STUCK_S = 60.0


def wait_s(failures: int, refused: bool, rng: random.Random | None = None) -> float:
    """How long to wait after so many failures in a row: full jitter, 1 to 60 s."""
    longest = min(REFUSED_S if refused else LONGEST_S, 2.0 ** min(failures, 10))
    return (rng or random).uniform(0.1, longest)


class Watchdog:
    """Something waits to be told back, and nothing has been for a minute: the session is to be begun anew."""

    def __init__(self) -> None:
        self._waiting: int | None = None
        self._since = 0.0

    def see(self, waiting: int, now: float) -> bool:
        """How many operations wait now; whether it is time for a new session."""
        if waiting == 0 or self._waiting is None or waiting < self._waiting:
            self._waiting, self._since = waiting, now
            return False
        self._waiting = waiting
        if now - self._since < STUCK_S:
            return False
        self._since = now
        return True
