"""The open door of the platform: `POST /v1/intake`, for service accounts with a key of their own.

All of a request is one transaction with what the feed says of it, so that a platform that is killed in the middle
has taken all of it or nothing; and whoever had no answer sends the same again.
"""

import logging
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from math import ceil
from typing import Annotated, Any

from fastapi import Body, Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from console.central import feed, keys
from console.central.access import note
from console.central.auth import realm_of
from console.central.feed import Placed
from console.central.keys import ServiceKey
from console.central.realms import Realm
from console.central.service import Service, problem
from console.domain.log import End, Entry, seal
from console.domain.operation import Operation
from console.domain.phrases import say
from console.domain.words import Phrase
from console.store import postgres
from console.store.draft import Draft
from console.store.ids import new_id
from console.store.keepable import keepable
from console.store.queries import Tx
from console.sync.intake import MOST_ROWS, IntakeRequest, IntakeResponse
from console.sync.messages import Problem
from console.sync.receive import Receiver, Source

ROWS_A_S = 10_000.0  # that one key may send, on each process
AT_ONCE = 40_000.0
REQUEST = 20.0  # rows that a request counts for by itself
log = logging.getLogger(__name__)
EXAMPLES: Any = {
    "readings": {
        "summary": "Values of two gauges",
        "value": {
            "readings": [
                {"indicator": "water-lisha", "at": "2026-12-01T08:30:00+08:00", "value": 2.31},
                {"indicator": "water-lisha", "at": "2026-12-01T08:31:00+08:00", "value": 2.34},
            ]
        },
    },
    "positions": {
        "summary": "Where a unit is, in the coordinates of a Chinese map",
        "value": {
            "crs": "gcj02",
            "positions": [{"unit": "xf1", "lon": 113.6771, "lat": 22.9324, "at": "2026-12-01T08:30:05+08:00"}],
        },
    },
    "calls": {
        "summary": "A call from the hotline",
        "value": {
            "calls": [
                {
                    "id": "12345-20261201-0007",
                    "channel": "12345",
                    "received_at": "2026-12-01T08:29:40+08:00",
                    "caller": "李女士",
                    "number": "13800000000",
                    "text": "立沙桥下积水,车过不去",
                    "place": "立沙桥",
                }
            ]
        },
    },
    "statuses": {
        "summary": "A unit is there",
        "value": {
            "statuses": [{"id": "cad-881", "unit": "xf1", "status": "on_scene", "at": "2026-12-01T08:41:00+08:00"}]
        },
    },
    "alarms": {
        "summary": "A camera sees smoke",
        "value": {
            "alarms": [
                {
                    "id": "box7-5512",
                    "title": "烟雾",
                    "level": "orange",
                    "at": "2026-12-01T08:30:00+08:00",
                    "place": "厚街广场东",
                    "lon": 113.6772,
                    "lat": 22.9331,
                }
            ]
        },
    },
}


class Decider:
    """Operations decided over one draft for a platform, with their log and their places in the feed; a `Doer`."""

    def __init__(self, tx: Tx, source: Source, device: str, now: datetime) -> None:
        self.tx, self.draft = tx, Draft(tx)
        self._source, self._device, self._now = source, device, now
        self._placed: list[Placed] = []
        self._entries: list[Entry] = []

    def hold(self, keys: Iterable[str]) -> None:
        if self.tx.connection.dialect.name == "postgresql":  # SQLite has one writer
            postgres.hold(self.tx.connection, keys)

    def do(self, operation: Operation, area: str) -> None:
        actor = self._source.actor(self._now, area)
        changes = operation.decide(self.draft, actor)
        rows = tuple(keepable(row) for row in changes.rows)
        self.draft.put(*rows)
        self._placed += [one for row in rows for one in feed.placed(row, self.draft, area)]
        for said in changes.notes:
            entry = seal(
                said, id=new_id(), device=self._device, author=actor.user, at=actor.at, area=area, last=self._last()
            )
            self._entries.append(entry)
            self._placed += feed.placed(entry, self.draft, area)

    def write(self) -> None:
        """Everything into the transaction; nothing else may be written after it."""
        rows = self.draft.written.values()
        self.tx.put(*rows, *self._entries)
        feed.place(self.tx, self._placed)

    def _last(self) -> Entry | End | None:
        if self._entries:
            return self._entries[-1]
        self.hold([f"log:{self._device}"])
        return self.tx.last_entry(self._device)


def receive(realm: Realm, service: Service, source: Source, request: IntakeRequest) -> IntakeResponse:
    """Take a request in; it is on disk when this returns. Raises what a `Store` does; nothing has changed then."""
    now = datetime.now(UTC)
    with realm.store.begin() as tx:
        # a restored platform begins another chain: what it wrote after its backup, others still have
        doer = Decider(tx, source, realm.incarnation, now)
        receiver = Receiver(doer, source, service.directory.pack, now)
        answer = receiver.take(request)
        doer.write()
    if receiver.positions:
        realm.tell(moved=True)
    return answer


class Pace:
    """How fast each key may send: so many rows a second, and some at once."""

    def __init__(self, rows_a_s: float = ROWS_A_S, at_once: float = AT_ONCE) -> None:
        self._rate, self._most = rows_a_s, at_once
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def wait_s(self, key: str, rows: int, now: float) -> int:
        """0, or in how many seconds to ask again."""
        wanted = rows + REQUEST
        with self._lock:
            left, since = self._left.get(key, (self._most, now))
            left = min(self._most, left + (now - since) * self._rate)
            taken = left >= wanted
            self._left[key] = (left - wanted if taken else left, now)
        return 0 if taken else max(1, ceil((wanted - left) / self._rate))


def add_route(app: FastAPI, service: Service, pace: Pace | None = None) -> None:
    """Add the door to the API."""
    pace = pace or Pace()
    scheme = HTTPBearer(auto_error=False, scheme_name="service key", description="Of `yiping central key add`.")
    told = {
        400: "No JSON.",
        401: "`key_unknown`: no valid key, or it was withdrawn.",
        404: "`intake_relay`: a relay takes no facts.",
        408: "The body did not come.",
        413: "`too_large` or `intake_many`: over 2 MiB or 2000 rows. Nothing was taken; send them in batches.",
        422: "The request as a whole is not as it is described here. Nothing was taken.",
        429: "`intake_fast`: send the same again after the seconds of `Retry-After`.",
        503: "The database is away or busy. Nothing was taken; send the same again.",
        507: "The disk is full. Nothing was taken.",
    }
    answers: dict[int | str, dict[str, Any]] = {
        status: {"model": Problem, "description": text} for status, text in told.items()
    }

    def account(
        request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(scheme)]
    ) -> tuple[Realm, ServiceKey]:
        if service.relay is not None:
            raise problem(404, "intake_relay", say(Phrase("intake_relay"), "en"))
        text = given.credentials if given else ""
        realm = service.realms.get(realm_of(text))
        found = None
        if realm is not None:
            with realm.store.read() as view:
                found = keys.find(view, text)
        if realm is None or found is None:
            raise problem(401, "key_unknown", say(Phrase("key_unknown"), "en"))
        note(request, user=f"key:{found.name}", key=found.id, realm=realm.store.realm)
        return realm, found

    @app.post("/v1/intake", tags=["intake"], response_model=IntakeResponse, responses=answers)
    def take_in(
        asked: Request,
        who: Annotated[tuple[Realm, ServiceKey], Depends(account)],
        request: Annotated[IntakeRequest, Body(openapi_examples=EXAMPLES)],
    ) -> Any:
        """Take facts in: readings, positions, calls, statuses of units, alarms.

        Each row is taken or refused by itself, and what was refused is told with its place and the reason. To send a
        row again is harmless: it is known by the sender's own id, a reading by its series and time.
        """
        realm, key = who
        count = request.count
        if count > MOST_ROWS:
            phrase = Phrase("intake_many", {"most": MOST_ROWS, "count": count})
            return _problem(asked, 413, phrase)
        if seconds := pace.wait_s(key.id, count, time.monotonic()):
            refused = _problem(asked, 429, Phrase("intake_fast", {"seconds": seconds}))
            refused.headers["Retry-After"] = str(seconds)
            return refused
        answer = receive(realm, service, key.source, request)
        note(asked, rows=answer.accepted, again=answer.again, refused=len(answer.refused))
        return JSONResponse(answer.model_dump(mode="json"))


def _problem(asked: Request, status: int, phrase: Phrase) -> JSONResponse:
    note(asked, code=phrase.code)
    args = {name: value for name, value in phrase.args.items() if isinstance(value, str | int | float)}
    text = f"{say(phrase, 'zh')} {say(phrase, 'en')}"
    return JSONResponse(Problem(code=phrase.code, args=args, text=text).model_dump(), status)
