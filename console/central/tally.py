"""What became of a realm's operations, counted without reading the same ones twice."""

import threading
from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true

from console.domain.words import Phrase
from console.store import tables
from console.store.queries import View

DAY = timedelta(days=1)
RATE = timedelta(minutes=1)
KEPT = 5000  # refusals


@dataclass(frozen=True, slots=True)
class Refusal:
    """One operation that the rules refused."""

    at: datetime
    device: str
    user: str
    operation: str
    phrase: Phrase


class Tally:
    """Counts over all of a realm, and the refusals of the last day. The first `read` goes through everything."""

    def __init__(self) -> None:
        self.applied = 0
        self.refused: Counter[str] = Counter()  # by the phrase's code
        self.refusals: deque[Refusal] = deque(maxlen=KEPT)  # of the last day, oldest first
        self._last: dict[tuple[str, str], int] | None = None
        self._times: deque[datetime] = deque()
        self._lock = threading.Lock()

    @property
    def rate(self) -> int:
        """Operations taken in the last minute."""
        return len(self._times)

    def read(self, view: View, now: datetime) -> None:
        """Take in what was decided since."""
        with self._lock:
            lane = tables.lane
            last = {(row.client, row.lane): row.n for row in view.connection.execute(select(lane))}
            if self._last is None:
                self._add(view, true(), now)
            else:
                changed = [(key, self._last.get(key, 0)) for key, n in last.items() if n > self._last.get(key, 0)]
                for at in range(0, len(changed), 100):
                    some = changed[at : at + 100]
                    self._add(view, or_(*(_beyond(client, name, n) for (client, name), n in some)), now)
            self._last = last
            while self._times and self._times[0] < now - RATE:
                self._times.popleft()
            while self.refusals and self.refusals[0].at < now - DAY:
                self.refusals.popleft()

    def _add(self, view: View, new: ColumnElement[bool], now: datetime) -> None:
        outcome = tables.outcome
        refused = outcome.c.refusal.is_not(None)

        def asked(*columns: Any) -> Select[Any]:
            return select(*columns).where(new, outcome.c.again.is_(False))

        self.applied += view.connection.scalar(asked(func.count()).where(~refused)) or 0
        found = asked(outcome.c.at, outcome.c.client, outcome.c.user, outcome.c.name, outcome.c.refusal)
        for row in view.connection.execute(found.where(refused).order_by(outcome.c.sequence)):
            self.refused[row.refusal.code] += 1
            if row.at >= now - DAY:
                self.refusals.append(Refusal(row.at, row.client, row.user, row.name, row.refusal))
        recent = asked(outcome.c.at).where(outcome.c.at >= now - RATE).order_by(outcome.c.at)
        self._times.extend(view.connection.scalars(recent))


def _beyond(client: str, lane: str, n: int) -> ColumnElement[bool]:
    outcome = tables.outcome
    return and_(outcome.c.client == client, outcome.c.lane == lane, outcome.c.n > n)
