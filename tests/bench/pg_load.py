"""One process of the load of `yiping bench sync-pg`: it pushes, or follows the feed, over HTTP or in the database.

Run by `sync_pg.py` with a line of JSON as its argument. It prints "ready", waits for a line on stdin, works, and
prints what became of it as a line of JSON.
"""

import json
import select
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import requests

USER, PASSWORD, AREA = "duty", "yiping-demo", "dongguan/houjie"  # of the shipped pack
REST_S = 0.005  # between two polls


def sign_in(url: str, device: str) -> requests.Session:
    http = requests.Session()
    http.trust_env = False
    body = {"user": USER, "password": PASSWORD, "realm": "live", "device": device, "nonce": "1", "next_nonce": "1"}
    answer = http.post(f"{url}/v1/login", json=body, timeout=60)
    answer.raise_for_status()
    http.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    return http


def operations(count: int, writer: int) -> tuple[str, list[str]]:
    """A desk's id, and what it would send: so many incidents, numbered in order, that have nothing in common."""
    from dataclasses import replace

    from console.domain.operation import Actor, OpenIncident
    from console.domain.words import Label
    from console.store.store import Store
    from console.sync import outbox
    from tests.support_pack import START, incident

    who = Label("压力", "Load")
    with tempfile.TemporaryDirectory() as folder:
        desk = Store.open(Path(folder) / "desk.db", None)
        with desk.begin() as tx:
            for number in range(1, count + 1):
                one = replace(incident(writer * 1_000_000 + number), area=AREA)
                outbox.perform_in(tx, desk, OpenIncident(one, who), Actor(USER, who, START, AREA))
        bodies: list[str] = []
        while len(bodies) < count:
            bodies += outbox.to_send(desk, "command", len(bodies)).bodies
        desk.close()
    return desk.device, bodies


def ready() -> None:
    print("ready", flush=True)
    sys.stdin.readline()


def write(url: str, writer: int, batch: int, most: int, seconds: float) -> dict[str, Any]:
    """Push batch after batch for some seconds, or until all is pushed."""
    device, bodies = operations(most, writer)
    http = sign_in(url, device)
    ready()
    began, at, took = time.monotonic(), 0, []
    refused = 0
    while at < len(bodies) and time.monotonic() < began + seconds:
        body = f'{{"oldest":1,"operations":[{",".join(bodies[at : at + batch])}]}}'
        asked = time.monotonic()
        answer = http.post(f"{url}/v1/push", data=body, headers={"Content-Type": "application/json"}, timeout=60)
        answer.raise_for_status()
        refused += sum(outcome["refusal"] is not None for outcome in answer.json()["outcomes"])
        took.append(time.monotonic() - asked)
        at += batch
    return {
        "device": device,
        "operations": min(at, len(bodies)),
        "refused": refused,
        "began": began,
        "ended": time.monotonic(),
        "longest_ms": 1000 * max(took),
    }


def follow(url: str, name: str) -> dict[str, Any]:
    """Poll the feed as a desk does, until told to end; what was seen, and whether it came in order."""
    http = sign_in(url, name)
    ready()
    cursor, ordered = 0, True
    seen: list[str] = []
    newest: dict[int, int] = {}  # by writer
    while True:
        last = ended()  # asked before the page, so that the page after the end is read too
        page = http.get(f"{url}/v1/pull?cursor={cursor}&limit=500", timeout=60).json()
        ordered &= page["after"] == cursor <= page["cursor"]
        for row in page["rows"]:
            seen.append(f"{row['table']}/{row['id']}")
            if row["table"] == "incident":
                writer, number = divmod(json.loads(row["row"])["number"], 1_000_000)
                ordered &= newest.get(writer, 0) < number
                newest[writer] = number
        cursor = page["cursor"]
        if last and cursor == page["head"]:
            return {"seen": seen, "ordered": ordered}
        time.sleep(REST_S)


def naive(conninfo: str) -> dict[str, Any]:
    """The peer: poll for numbers above the last, of numbers that a sequence gave."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        ready()
        cursor, seen = 0, 0
        while True:
            last = ended()
            rows = connection.execute("SELECT n FROM naive.feed WHERE n > %s ORDER BY n", (cursor,)).fetchall()
            seen += len(rows)
            cursor = rows[-1][0] if rows else cursor
            if last:
                return {"seen": seen}
            time.sleep(REST_S)


def ended() -> bool:
    """Whether a line came in."""
    with suppress(OSError):
        return bool(select.select([sys.stdin], [], [], 0)[0])
    return False


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    do = {"write": write, "follow": follow, "naive": naive}[given.pop("do")]
    print(json.dumps(do(**given)), flush=True)
