"""The open door: `POST /v1/intake`, for service accounts with a key of their own. The same on a platform and on a desk
that works alone.

All of a request is one transaction of whoever keeps it: killed in the middle it has taken all of it or nothing, and
whoever had no answer sends the same again.
"""

import threading
import time
from collections.abc import Callable
from math import ceil
from typing import Annotated, Any

from fastapi import Body, Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from console.domain.phrases import say
from console.domain.words import Phrase
from console.sync.answers import described, note, problem
from console.sync.intake import MOST_ROWS, IntakeRequest, IntakeResponse
from console.sync.keys import ServiceKey
from console.sync.messages import Problem

ROWS_A_S = 10_000.0  # that one key may send, on each process
AT_ONCE = 40_000.0
REQUEST = 20.0  # rows that a request counts for by itself
Take = Callable[[IntakeRequest], IntakeResponse]  # on disk when it returns; raises what a `Store` does
Find = Callable[[str], tuple[ServiceKey, Take] | None]  # by a key's text, who it is and who takes in what they bring
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


def add_route(app: FastAPI, find: Find, pace: Pace | None = None) -> None:
    """Add the door to an app."""
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
    answers = described(told)

    def account(
        request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(scheme)]
    ) -> tuple[ServiceKey, Take]:
        text = given.credentials if given else ""
        found = find(text)
        if found is None:
            raise problem(401, "key_unknown", say(Phrase("key_unknown"), "en"))
        note(request, user=f"key:{found[0].name}", key=found[0].id, realm=text.partition(".")[0])
        return found

    @app.post("/v1/intake", tags=["intake"], response_model=IntakeResponse, responses=answers)
    def take_in(
        asked: Request,
        who: Annotated[tuple[ServiceKey, Take], Depends(account)],
        request: Annotated[IntakeRequest, Body(openapi_examples=EXAMPLES)],
    ) -> Any:
        """Take facts in: readings, positions, calls, statuses of units, alarms.

        Each row is taken or refused by itself, and what was refused is told with its place and the reason. To send a
        row again is harmless: it is known by the sender's own id, a reading by its series and time.
        """
        key, take = who
        count = request.count
        if count > MOST_ROWS:
            phrase = Phrase("intake_many", {"most": MOST_ROWS, "count": count})
            return _problem(asked, 413, phrase)
        if seconds := pace.wait_s(key.id, count, time.monotonic()):
            refused = _problem(asked, 429, Phrase("intake_fast", {"seconds": seconds}))
            refused.headers["Retry-After"] = str(seconds)
            return refused
        answer = take(request)
        note(asked, rows=answer.accepted, again=answer.again, refused=len(answer.refused))
        return JSONResponse(answer.model_dump(mode="json"))


def _problem(asked: Request, status: int, phrase: Phrase) -> JSONResponse:
    note(asked, code=phrase.code)
    args = {name: value for name, value in phrase.args.items() if isinstance(value, str | int | float)}
    text = f"{say(phrase, 'zh')} {say(phrase, 'en')}"
    return JSONResponse(Problem(code=phrase.code, args=args, text=text).model_dump(), status)
