"""The open API of the real platform in its own process: exactly once, in words, and never a 500."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from console.domain.log import Kind, Note
from console.domain.operation import OpenIncident, Operation, WriteNote
from console.domain.words import Label
from console.store.store import Store
from console.sync import outbox
from console.sync.messages import canonical, fingerprint
from tests.support_pack import PASSWORD, actor, incident
from tests.support_platform import ROOT, SERVE, Platform, api, until
from tests.support_wait import WAIT_S

WHO = Label("王", "Wang")


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    platform = Platform(tmp_path_factory.mktemp("platform"))
    yield platform
    platform.kill(signal.SIGTERM)


class Sender:
    """A desk's outbox, pushed by hand."""

    def __init__(self, platform: Platform, folder: Path, realm: str = "live") -> None:
        self.url = platform.url
        self.store = Store.open(folder / "desk.db", None, realm=realm)
        self.http = api(platform.url, self.store.device, realm)

    def do(self, operation: Operation) -> dict[str, Any]:
        outbox.perform(self.store, operation, actor())
        return self.all()[-1]

    def all(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in outbox.to_send(self.store, "command", 0).bodies]

    def push(self, *operations: dict[str, Any]) -> requests.Response:
        return self.raw(json.dumps({"operations": operations}))

    def raw(self, body: str | bytes, path: str = "/v1/push") -> requests.Response:
        return self.http.post(self.url + path, data=body, headers={"Content-Type": "application/json"}, timeout=WAIT_S)

    def get(self, path: str) -> dict[str, Any]:
        return dict(self.http.get(self.url + path, timeout=WAIT_S).json())


@pytest.fixture
def sender(platform: Platform, tmp_path: Path) -> Iterator[Sender]:
    sender = Sender(platform, tmp_path)
    yield sender
    sender.store.close()


def open_one() -> OpenIncident:
    return OpenIncident(incident(), WHO)


def reseal(operation: dict[str, Any], **changed: Any) -> dict[str, Any]:
    fields = {**operation, **changed}
    return {**fields, "hash": fingerprint(fields)}


def test_a_repeated_push_gets_the_same_outcomes_and_nothing_doubles(sender: Sender) -> None:
    sent = [sender.do(open_one()) for _ in range(3)]
    head = sender.get("/v1/pull")["head"]
    first = sender.push(*sent[:2])
    assert first.status_code == 200 and [o["refusal"] for o in first.json()["outcomes"]] == [None, None]
    assert sender.push(*sent[:2]).json() == first.json()
    assert len(sender.push(*sent).json()["outcomes"]) == 3  # two of them for the second time
    page = sender.get(f"/v1/pull?cursor={head}")
    assert sorted(row["table"] for row in page["rows"]) == ["entry"] * 3 + ["incident"] * 3
    assert page["settled"] == {"command": 3} and page["refused"] == []
    audit = sender.get("/v1/audit")
    assert audit["held"] == {operation["id"]: 1 for operation in sent} and audit["doubled"] == 0


def test_a_gap_names_what_is_expected(sender: Sender) -> None:
    first, second, third = (sender.do(open_one()) for _ in range(3))
    assert sender.push(first).status_code == 200
    answer = sender.push(third)
    assert (answer.status_code, answer.json()) == (409, {"code": "gap", "expected": 2})
    assert sender.push(first, third).status_code == 422  # not in a row
    assert sender.push(second, third).status_code == 200


def test_another_operation_under_the_same_number_is_turned_away(sender: Sender) -> None:
    first, second = (sender.do(open_one()) for _ in range(2))
    assert sender.push(first).status_code == 200
    other = reseal(first, args={**first["args"], "caller": {"zh": "李", "en": "Li"}})
    answer = sender.push(other, second)
    assert (answer.status_code, answer.json()) == (422, {"code": "changed", "n": 1})
    assert sender.get("/v1/audit")["held"] == {first["id"]: 1}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": "no.such"}, "op_unreadable"),
        ({"args": {"nonsense": 1}}, "op_unreadable"),
        ({"actor": {}}, "op_unreadable"),
        ({"entries": [{"id": "x"}]}, "op_unreadable"),
        ({"realm": "drill-7"}, "op_realm"),
        ({"name": "incident.move", "args": {"incident": "nowhere", "move": "close"}}, "not_found"),
    ],
)
def test_what_cannot_be_done_gets_an_outcome_and_the_queue_goes_on(
    sender: Sender, changed: dict[str, Any], code: str
) -> None:
    bad = reseal(sender.do(open_one()), **changed)
    good = sender.do(open_one())
    answer = sender.push(bad, good)
    assert answer.status_code == 200
    first, second = answer.json()["outcomes"]
    assert first["refusal"]["code"] == code and second["refusal"] is None
    assert sender.push(bad).json()["outcomes"] == [first]
    assert [one["refusal"]["code"] for one in sender.get("/v1/pull")["refused"]] == [code]


def test_a_damaged_operation_is_refused_by_itself(sender: Sender) -> None:
    damaged = {**sender.do(open_one()), "id": "another"}
    assert sender.push(damaged).json()["outcomes"][0]["refusal"]["code"] == "op_unreadable"


def test_what_was_written_in_the_log_stays_though_the_operation_is_refused(sender: Sender) -> None:
    refused = reseal(sender.do(open_one()), name="incident.move", args={"incident": "nowhere", "move": "close"})
    note = sender.do(WriteNote(Note(Kind.PHONE, WHO, text="hello")))
    head = sender.get("/v1/pull")["head"]
    assert sender.push(refused, note).status_code == 200
    rows = sender.get(f"/v1/pull?cursor={head}")["rows"]
    assert [row["table"] for row in rows] == ["entry", "entry"]


def test_a_log_that_does_not_fit_is_kept_and_noted(sender: Sender) -> None:
    first, second, third = (sender.do(WriteNote(Note(Kind.PHONE, WHO, text=str(n)))) for n in range(3))
    entry = second["entries"][0]
    forged = reseal(second, entries=[{**entry, "author": "someone else"}])
    before = sender.get("/v1/audit")["breaches"]
    assert sender.push(first, forged, third).status_code == 200
    assert sender.get("/v1/audit")["breaches"] == before + 1


def test_bad_requests_are_told_and_never_fail(sender: Sender) -> None:
    good = sender.do(open_one())
    envelope = {"operations": [good]}
    bad: list[str | bytes] = [
        "",
        "{",
        "[]",
        "null",
        b"\xff\xfe",
        "[" * 100_000,
        '{"operations":[]}',
        '{"operations":[1]}',
        '{"operations":' + "9" * 5000 + "}",
        json.dumps({**envelope, "more": 1}),
        json.dumps({"operations": [{**good, "n": 0}]}),
        json.dumps({"operations": [{**good, "n": 2**70}]}),
        json.dumps({"operations": [{**good, "lane": "express"}]}),
        json.dumps({"operations": [{**good, "hash": "x"}]}),
        json.dumps({"operations": [{**good, "id": "\ud800"}]}),
        json.dumps({"operations": [{**good, "n": float("nan")}]}),
        json.dumps({"operations": [good] * 201}),
    ]
    for body in bad:
        assert sender.raw(body).status_code in (400, 422), body[:80]
    # these are well-formed on the outside
    for args in ({"a": float("nan")}, {"a": "\ud800"}, {"a": 10**400}):
        strange = {**good, "args": args}
        answer = sender.raw(json.dumps({"operations": [strange]}))
        assert answer.status_code in (200, 400, 422), args
    assert sender.raw(b" " * (2 * 1024 * 1024 + 1)).status_code == 413
    for query in ("cursor=-1", "cursor=x", "limit=0", "limit=99999", f"cursor={2**80}"):
        assert sender.http.get(f"{sender.url}/v1/pull?{query}", timeout=WAIT_S).status_code == 422
    for body in ('{"positions":[{"id":"x"}]}', '{"positions":1}'):
        assert sender.raw(body, "/v1/positions").status_code == 422


def test_one_token_opens_one_realm(platform: Platform, sender: Sender, tmp_path: Path) -> None:
    drill = Sender(platform, tmp_path / "drill", "drill-1")
    drill.push(drill.do(open_one()))
    assert len(drill.get("/v1/pull")["rows"]) == 2
    name = "drill-2"
    assert Sender(platform, tmp_path / "other", name).get("/v1/pull")["rows"] == []
    files = {path.name for path in platform.data.glob("*.db")}
    assert {"live.db", "drill-1.db", "drill-2.db"} <= files
    token = str(drill.http.headers["Authorization"]).replace("drill-1", "live")
    for wrong in (token, "Bearer ../live.x", "Bearer live", "Basic x", ""):
        answer = requests.get(f"{platform.url}/v1/pull", headers={"Authorization": wrong}, timeout=WAIT_S)
        assert answer.status_code == 401
    drill.store.close()


def test_five_wrong_passwords_lock(platform: Platform) -> None:
    def login(password: str, user: str = "u2", realm: str = "live") -> requests.Response:
        body = {"user": user, "password": password, "realm": realm, "device": "d", "nonce": "1", "next_nonce": "1"}
        return requests.post(f"{platform.url}/v1/login", json=body, timeout=WAIT_S)

    assert login(PASSWORD).status_code == 200
    assert [login("wrong").status_code for _ in range(5)] == [403] * 4 + [429]
    locked = login(PASSWORD)
    assert locked.status_code == 429 and locked.json()["args"] == {"minutes": 5}
    assert login(PASSWORD, "u1").status_code == 200
    assert [login("wrong", "nobody").status_code for _ in range(6)] == [403] * 6
    assert login(PASSWORD, realm="../x").status_code == 422


def test_live_says_where_the_feed_ends(sender: Sender) -> None:
    with sender.http.get(f"{sender.url}/v1/live", stream=True, timeout=WAIT_S) as stream:
        lines = (line for line in stream.iter_lines() if line.startswith(b"data:"))
        before = json.loads(next(lines)[5:])
        sender.push(sender.do(open_one()))
        after = json.loads(next(lines)[5:])
    assert after["head"] == before["head"] + 3  # an incident, a log entry, the outcome


def test_positions_are_the_latest(sender: Sender) -> None:
    def at(lon: float, minute: int) -> dict[str, Any]:
        seen = f"2026-07-01T08:{minute:02}:00Z"
        return {"id": "xf1", "at": {"lon": lon, "lat": 30.0}, "seen_at": seen, "heading": None}

    for lon, minute in ((104.0, 5), (105.0, 6), (103.0, 1)):
        assert sender.raw(json.dumps({"positions": [at(lon, minute)]}), "/v1/positions").status_code == 200
    assert sender.get("/v1/positions") == {"positions": [at(105.0, 6)]}


def test_the_api_describes_itself(platform: Platform) -> None:
    said = requests.get(f"{platform.url}/openapi.json", timeout=WAIT_S).json()
    assert {"/v1/login", "/v1/push", "/v1/pull", "/v1/live", "/v1/positions", "/v1/audit"} <= set(said["paths"])
    assert all(one.get("description") for path in said["paths"].values() for one in path.values())
    assert requests.get(f"{platform.url}/healthz", timeout=WAIT_S).json() == {"status": "ok"}


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    command = [sys.executable, "-c", SERVE, str(tmp_path), "0", str(parent.pid)]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    with parent, child:
        assert child.stdout and json.loads(child.stdout.readline())["port"]
        parent.kill()
        parent.wait(WAIT_S)
        until(lambda: child.poll() is not None)


def test_canonical_json_is_one() -> None:
    assert canonical({"b": [1, 1.5, None], "a": "水"}) == '{"a":"水","b":[1,1.5,null]}'
    with pytest.raises(ValueError):
        canonical(float("nan"))
