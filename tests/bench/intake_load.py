"""One system of the load of `yiping bench intake`: it sends its rows at a rate through the open door, and again when
no answer comes.

Run by `intake.py` with a line of JSON as its argument. It prints "ready", waits for a line on stdin, sends, and prints
what became of it as a line of JSON.
"""

import json
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from console.domain.agency import Unit
from console.domain.indicator import Indicator
from console.domain.pack import Pack
from tests.support_pack import make_pack

# a value of each a second makes 144,000 readings and 102,000 positions a minute
SERIES, UNITS, ALARMS = 2400, 1700, 2000
SILENT_S = 10.0  # without an answer: sent again
AGAIN_S = 0.1


def town() -> Pack:
    """A city's worth of series and units: the small pack of the tests, made wide."""
    pack = make_pack()
    series, unit = next(iter(pack.indicators.values())), pack.units["xf1"]
    indicators: dict[str, Indicator] = {
        id: replace(series, id=id) for id in (*(f"s{n}" for n in range(SERIES)), *(f"alarm{n}" for n in range(ALARMS)))
    }
    units: dict[str, Unit] = {id: replace(unit, id=id, code=id) for id in (f"u{n}" for n in range(UNITS))}
    return replace(pack, indicators={**pack.indicators, **indicators}, units={**pack.units, **units})


def row(kind: str, n: int, began: datetime) -> dict[str, Any]:
    """The `n`th row of a kind."""
    if kind == "calls":
        return {"id": f"c-{n}", "channel": "12345", "text": f"桥上有水 {n}", "place": "东桥", "number": "13800000000"}
    if kind == "positions":
        at = (began + timedelta(seconds=n // UNITS)).isoformat()
        return {"unit": f"u{n % UNITS}", "lon": 104.0 + n % 1000 / 10000, "lat": 30.6, "at": at, "heading": 90}
    if kind == "alarms":  # a value over its limit, each of a series of its own
        return {"indicator": f"alarm{n}", "at": datetime.now(UTC).isoformat(), "value": 3.4}
    at = (began + timedelta(seconds=n // SERIES)).isoformat()
    return {"indicator": f"s{n % SERIES}", "at": at, "value": 1.0 + n % 7 / 10}


def send(url: str, key: str, kind: str, rows: int, per_s: float, batch: int) -> dict[str, Any]:
    """Send so many rows, `batch` in a request, as they become due; one request after the other."""
    http = requests.Session()
    http.trust_env = False
    http.headers["Authorization"] = f"Bearer {key}"
    began, start = datetime.now(UTC) - timedelta(seconds=rows / 1000 + 120), time.monotonic()
    took: list[float] = []
    sent_at: dict[str, float] = {}
    counts = {"accepted": 0, "again": 0, "refused": 0, "unanswered": 0, "slowed": 0}
    for first in range(0, rows, batch):
        some = range(first, min(first + batch, rows))
        time.sleep(max(0.0, start + some[-1] / per_s - time.monotonic()))
        body = {"readings" if kind == "alarms" else kind: [row(kind, n, began) for n in some]}
        if kind == "alarms":
            sent_at[f"alarm{first}"] = time.time()
        while True:
            asked = time.monotonic()
            try:
                answer = http.post(f"{url}/v1/intake", json=body, timeout=SILENT_S)
            except requests.RequestException:
                counts["unanswered"] += 1
                time.sleep(AGAIN_S)
                continue
            if answer.status_code == 429:
                counts["slowed"] += 1
                time.sleep(float(answer.headers["Retry-After"]))
            elif answer.status_code == 503:
                time.sleep(AGAIN_S)
            else:
                break
        answer.raise_for_status()
        took.append(time.monotonic() - asked)
        said = answer.json()
        counts["accepted"] += said["accepted"]
        counts["again"] += said["again"]
        counts["refused"] += len(said["refused"])
    return {"kind": kind, "rows": rows, "seconds": time.monotonic() - start, "took": took, "sent_at": sent_at} | counts


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(send(**given)), flush=True)
