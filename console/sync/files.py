"""Which attachments go where, and when: up as soon as they are kept here, down when somebody may look at them.

Photos of what is going on now come by themselves; what is longer comes when it is asked for. A relay takes all of
it, for those below. What waits is in the database: here is only what was asked for since the start, and what is to
be left alone for a while.
"""

import logging
import time
from collections.abc import Callable

from sqlalchemy import exists, or_, select

from console.domain.alarm import AlarmState
from console.store import tables
from console.store.blobs import PART, Ask, blob, look
from console.store.queries import View
from console.sync.blobs import Call, Step, download_next, upload_next
from console.sync.link import Answer

PHOTO_MOST = 20 * PART
SOON_S, LATER_S = 1.0, 60.0  # what refers to a file comes before it does, and its sender may be offline
_UNDECIDED = AlarmState.UNACKNOWLEDGED
Wanted = Callable[[View], list[str]]
log = logging.getLogger(__name__)


def photos(view: View) -> list[str]:
    """The photos of open alarms and incidents that are not here, the newest first."""
    of, incident = tables.attachment, tables.incident
    # what it says about itself, and what it is, once something of it is here
    long = exists().where(blob.c.sha256 == of.c.sha256, or_(blob.c.complete, blob.c.size > PHOTO_MOST))
    query = select(of.c.sha256).join(incident, incident.c.id == of.c.incident)
    query = query.where(incident.c.open, of.c.media.startswith("image/"), of.c.size <= PHOTO_MOST, ~long)
    alarm = tables.alarm
    here = exists().where(blob.c.sha256 == alarm.c.sha256, or_(blob.c.complete, blob.c.size > PHOTO_MOST))
    shown = select(alarm.c.sha256).where(alarm.c.sha256.is_not(None), alarm.c.state == _UNDECIDED, ~here)
    first = view.connection.scalars(shown.order_by(alarm.c.raised_at.desc()))
    return [sha256 for sha256 in first if sha256] + list(view.connection.scalars(query.order_by(of.c.id.desc())))


def everything(view: View) -> list[str]:
    """Every alarm's photo and every attachment that is not here, the newest first."""
    found: list[str] = []
    for of in (tables.alarm, tables.attachment):
        here = exists().where(blob.c.sha256 == of.c.sha256, blob.c.complete)
        found += view.connection.scalars(
            select(of.c.sha256).where(of.c.sha256.is_not(None), ~here).order_by(of.c.id.desc())
        )
    return found


class Files:
    """Takes one step at a time, up before down. For one thread, but for `want`."""

    def __init__(self, ask: Ask, wanted: Wanted) -> None:
        self.on_file: Callable[[str, Step], None] = lambda sha256, step: None
        self._ask, self._wanted = ask, wanted
        self._asked: dict[str, None] = {}  # in this order
        self._later: dict[str, tuple[float, float]] = {}  # when to ask again, and how long that is
        self._send_at = 0.0

    def want(self, sha256: str) -> None:
        """Somebody wants to look at it: fetch it next, whatever it is. From any thread."""
        self._later.pop(sha256, None)
        self._asked[sha256] = None

    def step(self, call: Call) -> bool:
        """Send or fetch one part; whether there may be more. Raises `LinkDown`, `Denied` and what a store raises."""
        step = self._up(call) or self._down(call)
        if step is not None:
            self.on_file(step.sha256, step)
        return step is not None

    def rest_s(self, most: float) -> float:
        """How long there is nothing to do if nothing happens."""
        now = time.monotonic()
        return max(0.0, min([most, *(due - now for due, _ in self._later.copy().values())]))

    def _up(self, call: Call) -> Step | None:
        if time.monotonic() < self._send_at:
            return None
        try:
            return upload_next(self._ask, call)
        except Answer as answer:  # not now, or not from this user
            log.warning("an attachment is not taken: %s", answer)
            self._send_at = time.monotonic() + LATER_S
            return None

    def _down(self, call: Call) -> Step | None:
        now = time.monotonic()
        lacking = [*list(self._asked), *look(self._ask, self._wanted)]
        for sha256 in self._later.keys() - lacking:
            self._later.pop(sha256, None)
        put_off = {sha256 for sha256, (due, _) in self._later.copy().items() if due > now}
        wanted = [sha256 for sha256 in lacking if sha256 not in put_off]
        try:
            step = download_next(self._ask, call, wanted)
        except Answer as answer:
            log.warning("an attachment is not given: %s", answer)
            return None
        if step is not None and step.problem is not None:
            _, pause = self._later.get(step.sha256, (now, SOON_S / 2))
            pause = min(2 * pause, LATER_S)
            self._later[step.sha256] = now + pause, pause
        elif step is not None and step.complete:
            self._asked.pop(step.sha256, None)
            self._later.pop(step.sha256, None)
        elif step is None:  # they were here
            for sha256 in wanted:
                self._asked.pop(sha256, None)
        return step
