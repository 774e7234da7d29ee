"""Hostile requests: whatever comes, it is answered as the API describes, no row changes, and the log tells of it."""

import gzip
import json
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import checks
from schemathesis.generation import GenerationMode

from console.central import feed
from console.central.app import create_app
from console.central.directory import Directory
from console.central.realms import Realms
from console.central.service import Service
from console.domain.operation import OpenIncident
from console.domain.words import Label
from console.sync import answers
from console.sync.messages import LoginRequest
from tests.support_hostile import LOOKED_AT, Liar, World, rows, running, sealed
from tests.support_pack import PASSWORD, incident, make_pack
from tests.support_platform import until
from tests.support_postgres import Postgres
from tests.support_wait import WAIT_S

WHO = Label("王", "Wang")
NUL = "a\0b"
TRUE = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.response_schema_conformance,
    checks.content_type_conformance,
]
# Described as any other, but its answer has no end.
ENDLESS = "GET /v1/live"
ROUTES = [
    *("POST /v1/login", "POST /v1/push", "GET /v1/pull", "GET /v1/check", ENDLESS, "POST /v1/positions"),
    *("GET /v1/positions", "GET /v1/audit", "GET /v1/blob/{sha256}/state", "PUT /v1/blob/{sha256}"),
    *("GET /v1/blob/{sha256}", "GET /v1/blob/{sha256}/part/{n}"),
    *("GET /v1/catalogue", "GET /v1/catalogue/{sha}", "PUT /v1/catalogue"),
    *("POST /v1/intake", "GET /v1/keys", "POST /v1/keys", "DELETE /v1/keys/{id}"),
    *("POST /v1/watch", "GET /healthz", "GET /readyz", "GET /metrics", "GET /v1/desks"),
    "DELETE /v1/watch",  # the last: it ends the token
]
PLAIN_ROUTES = set(ROUTES[-5:])  # there is nothing to get wrong in them


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    source: Path | str = tmp_path_factory.mktemp("platform")
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        source = server.fresh_database()
    with running(source) as world:
        yield world


@pytest.fixture
def liar(world: World, tmp_path: Path) -> Iterator[Liar]:
    liar = Liar(world, tmp_path)
    yield liar
    liar.store.close()


@pytest.fixture
def warned(caplog: pytest.LogCaptureFixture) -> Callable[..., bool]:
    """Whether a warning names all of these."""
    caplog.set_level(logging.WARNING)

    def found(**said: object) -> bool:
        return any(
            record.levelno >= logging.WARNING
            and all(getattr(record, key, None) == value for key, value in said.items())
            for record in caplog.records
        )

    return found


# Everything that the API describes


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Service, str]]:
    service = Service(Realms(tmp_path_factory.mktemp("described")), Directory(make_pack()))
    schema = schemathesis.openapi.from_asgi("/openapi.json", create_app(service))
    once = LoginRequest(user="u1", password=PASSWORD, realm="live", device="d", nonce="1", next_nonce="1")
    token = service.login(once).token
    yield schema, service, token
    service.close()


@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize("route", ROUTES)
def test_every_answer_is_one_that_the_api_describes(
    described: tuple[Any, Service, str], route: str, signed_in: bool
) -> None:
    schema, service, token = described
    operations = {found.ok().label: found.ok() for found in schema.get_all_operations()}
    assert set(operations) == set(ROUTES)
    if route == ENDLESS and signed_in:
        return  # see test_live_says_where_the_feed_ends
    headers = {"Authorization": f"Bearer {token if signed_in else 'live.' + 'x' * 40}"}
    before = rows(service, but=LOOKED_AT)
    right = operations[route].as_strategy(generation_mode=GenerationMode.POSITIVE)
    wrong = operations[route].as_strategy(generation_mode=GenerationMode.NEGATIVE)

    @settings(
        max_examples=20 if signed_in else 8,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=right if route in PLAIN_ROUTES else right | wrong)
    def ask(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=TRUE)

    ask()
    assert rows(service, but=LOOKED_AT) == before


# Bodies


def nested(depth: int) -> str:
    return '{"operations":' + "[" * depth + "]" * depth + "}"


def twice(good: dict[str, Any]) -> str:
    """The same key two times: whichever is read, the hash is of one only."""
    body = json.dumps({"operations": [good]})
    return body.replace('"args"', '"args": {"incident": "x"}, "args"', 1).replace(
        '"name"', '"name": "lane.void", "name"'
    )


@pytest.mark.parametrize(
    ("name", "body", "statuses"),
    [
        ("nothing", b"", (422,)),
        ("half", b'{"operations":[', (400, 422)),
        ("not utf-8", b'{"operations":"\xff\xfe"}', (400, 422)),
        ("utf-16", '{"operations":[]}'.encode("utf-16"), (400, 422)),
        ("a list", b"[]", (422,)),
        ("null", b"null", (422,)),
        ("NaN", b'{"operations":NaN}', (400, 422)),
        ("Infinity", b'{"oldest":1e999,"operations":[]}', (400, 422)),
        ("5,000 digits", b'{"oldest":' + b"9" * 5000 + b',"operations":[]}', (400, 422)),
        ("deep", nested(900).encode(), (400, 422)),
        ("deeper", nested(200_000).encode(), (400, 422)),
        ("unknown field", b'{"operations":[],"admin":true}', (422,)),
        ("text for a list", b'{"operations":"\' OR 1=1 --"}', (422,)),
        ("too long", b" " * (2 * 1024 * 1024 + 1), (413,)),
        ("gzip", gzip.compress(b" " * 20_000_000), (400, 422)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_body_is_told(
    liar: Liar, warned: Callable[..., bool], name: str, body: bytes, statuses: tuple[int, ...]
) -> None:
    before = liar.world.rows()
    headers = {"Authorization": f"Bearer {liar.token}", "Content-Type": "application/json"}
    if name == "gzip":
        headers["Content-Encoding"] = "gzip"
    for path in ("/v1/push", "/v1/positions", "/v1/login"):
        answer = requests.post(liar.world.url + path, data=body, headers=headers, timeout=WAIT_S)
        assert answer.status_code in statuses, (path, answer.text)
        assert set(answer.json()) == {"code", "args", "text"}
        assert warned(route=path, status=answer.status_code)
    assert liar.world.rows() == before


def test_what_is_too_long_is_refused_before_it_is_here(liar: Liar) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 100_000  # without a length

    before = liar.world.rows()
    url, headers = liar.world.url + "/v1/push", {"Authorization": f"Bearer {liar.token}"}
    with suppress(requests.ConnectionError):  # it is hung up on while it sends
        assert requests.post(url, data=pieces(), headers=headers, timeout=WAIT_S).status_code == 413
    assert raw(liar, "POST", "/v1/push", "Content-Length: 999999999999\r\n", b" " * 3_000_000).startswith(
        b"HTTP/1.1 413"
    )
    assert liar.world.rows() == before


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "", "x" * 5000])
def test_only_json_is_read(liar: Liar, kind: str) -> None:
    before = liar.world.rows()
    body = json.dumps({"operations": [liar.forge(OpenIncident(incident(), WHO))]})
    headers = {"Authorization": f"Bearer {liar.token}", "Content-Type": kind}
    answer = requests.post(liar.world.url + "/v1/push", data=body, headers=headers, timeout=WAIT_S)
    assert answer.status_code == 422 and liar.world.rows() == before


def test_a_body_that_trickles_in_is_cut_off(
    liar: Liar, monkeypatch: pytest.MonkeyPatch, warned: Callable[..., bool]
) -> None:
    monkeypatch.setattr(answers, "BODY_S", 0.3)
    with socket.create_connection(("127.0.0.1", int(liar.world.url.rpartition(":")[2])), timeout=WAIT_S) as slow:
        slow.sendall(b"POST /v1/push HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
        answer = slow.recv(4096)
    assert answer.startswith(b"HTTP/1.1 408")
    until(lambda: warned(code="slow", route="/v1/push"))  # the beginning of the answer was read
    assert liar.get("/v1/pull").status_code == 200


def test_ten_thousand_headers(liar: Liar) -> None:
    many = "".join(f"X-{n}: {n}\r\n" for n in range(10_000))
    status = raw(liar, "GET", "/healthz", many)[9:12]
    assert status in (b"200", b"400", b"431", b""), status  # or it hangs up
    assert liar.get("/healthz").status_code == 200


def raw(liar: Liar, method: str, path: str, headers: str, body: bytes = b"") -> bytes:
    with socket.create_connection(("127.0.0.1", int(liar.world.url.rpartition(":")[2])), timeout=WAIT_S) as line:
        head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {liar.token}\r\n{headers}\r\n"
        try:
            line.sendall(head.encode() + body)
            return line.recv(4096)
        except OSError:
            return line.recv(4096) if not body else b"HTTP/1.1 413"


# Values


STRANGE = [
    ("NUL in an id", {"id": NUL}),
    ("NUL in a text", {"matter": NUL}),
    ("a time without a zone", {"opened_at": "2026-07-01T08:00:00"}),
    ("before all years", {"opened_at": "0001-01-01T00:00:00+14:00"}),
    ("after all years", {"due_at": "9999-12-31T23:59:59-14:00"}),
    ("a number beyond 63 bits", {"number": 2**63}),
    ("a number of 400 digits", {"number": 10**400}),
    ("a fraction", {"number": 1.5}),
    ("a number in words", {"number": "1"}),
    ("an unknown stage", {"stage": "won"}),
    ("a lone surrogate", {"matter": "\ud800"}),
    ("a field too many", {"admin": True}),
    ("null for a path", {"area": None}),
    ("nowhere on Earth", {"at": {"lon": "NaN", "lat": None}}),
]


@pytest.mark.parametrize(("name", "changed"), STRANGE, ids=[name for name, _ in STRANGE])
def test_a_value_that_no_database_keeps_is_refused_by_itself(
    liar: Liar, warned: Callable[..., bool], name: str, changed: dict[str, Any]
) -> None:
    before = liar.world.rows(but=LOOKED_AT)
    good = liar.forge(OpenIncident(incident(), WHO))
    args = {**good["args"], "incident": {**good["args"]["incident"], **changed}}
    try:
        bad = sealed(good, args=args)
    except UnicodeEncodeError:
        bad = {**good, "args": args}  # it has no hash
    assert liar.outcome(bad) == "op_unreadable"
    assert liar.world.rows(but=LOOKED_AT) == before
    assert warned(device=liar.store.device, operation=bad["id"])


def test_strange_numbers_and_facts_of_other_kinds(liar: Liar) -> None:
    known = incident()
    assert liar.send(OpenIncident(known, WHO)) is None
    before = liar.world.rows(but=LOOKED_AT)
    row = {
        "id": "a", "incident": known.id, "agency": "fire", "role": "lead", "unit": None, "travel_s": None,
        "ack_due_at": None, "times": {}, "scope": "", "by": None,
    }  # fmt: skip
    dispatch = {"incident": known.id, "lead": "fire", "lead_name": {"zh": "", "en": ""}, "due_at": None}
    blank = liar.forge(OpenIncident(known, WHO))
    liar.n -= 1
    for changed in (
        {"times": {"won": "2026-07-01T08:00:00Z"}},
        {"times": {"done": "2026-07-01T08:00:00"}},
        {"times": {"done": "2026-07-01T08:00:00", "en_route": "2026-07-01T08:00:00Z"}},
        {"times": {"\0": "2026-07-01T08:00:00Z"}},
        {"by": {"user": NUL, "name": {"zh": "", "en": ""}, "at": "2026-07-01T08:00:00Z", "area": ""}},
    ):
        liar.n += 1
        args = {**dispatch, "assignments": [{**row, **changed}]}
        bad = sealed(blank, id=f"{known.id}-{liar.n}", n=liar.n, name="incident.dispatch", args=args)
        assert liar.outcome(bad) == "op_unreadable", changed
    entry = {
        "id": "e", "device": liar.store.device, "number": 2**63, "at": "2026-07-01T08:00:00Z", "author": "u1",
        "note": {"kind": "note", "sender": {"zh": "", "en": ""}, "receiver": None, "text": "", "phrase": None,
                 "incident": None, "corrects": None},
        "previous": "", "hash": "", "area": "",
    }  # fmt: skip
    for changed in ({}, {"number": 1, "author": NUL}, {"number": 1, "at": "2026-07-01T08:00:00"}):
        assert liar.send(OpenIncident(incident(), WHO), entries=[{**entry, **changed}]) == "op_unreadable"
    assert liar.world.rows(but=LOOKED_AT) == before


@pytest.mark.parametrize("field", ["id", "name", "device", "realm", "lane", "hash"])
@pytest.mark.parametrize("value", [NUL, "\x1b[2J", "\ud800", "x" * 10_000, "", "../../etc/passwd\n", 7, None, {}])
def test_an_envelope_that_is_none(liar: Liar, field: str, value: Any) -> None:
    if (field, value) == ("device", None):
        return  # that is how most are
    before = liar.world.rows()
    answer = liar.push({**liar.forge(OpenIncident(incident(), WHO)), field: value})
    assert answer.status_code == 422 and liar.world.rows() == before


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE incident; --", "%", "_", "\\", "${jndi:ldap://x}", "<script>", "a\u202eb"]
)
def test_what_is_text_stays_text(liar: Liar, text: str) -> None:
    known = incident()
    strange = sealed(liar.forge(OpenIncident(known, WHO)), name=text)
    assert liar.outcome(strange) == "op_unreadable"
    for query in (f"bucket={text}", f"bucket=chengdu/qinghe/{text}"):
        answer = requests.get(
            f"{liar.world.url}/v1/pull", params=dict([query.split("=", 1)]),
            headers={"Authorization": f"Bearer {liar.token}"}, timeout=WAIT_S,
        )  # fmt: skip
        assert answer.status_code in (200, 404) and answer.json().get("rows", []) == []
    assert liar.world.sign_in(text).status_code == 403
    assert ("incident", known.id) not in liar.rows()


BAD_QUERIES = [
    *("cursor=-1", "cursor=x", f"cursor={2**80}", "cursor=" + "9" * 5000, "limit=0", "limit=5001", "limit=1e3"),
    *("bucket=chengdu/qinghe/%00", "bucket=" + "x" * 500, "until=-1", "pending=-1", f"pending={2**31}"),
    *("since=2026-07-01T08:00:00", "since=0001-01-01T00:00:00%2B14:00", "since=9999-12-31T23:59:59-14:00"),
]


@pytest.mark.parametrize("query", BAD_QUERIES, ids=lambda query: query[:40])
def test_a_bad_query_is_told(liar: Liar, query: str) -> None:
    before = liar.world.rows()
    answer = liar.get(f"/v1/pull?{query}")
    assert answer.status_code == 422 and answer.json()["code"] == "malformed"
    assert liar.world.rows() == before


def test_names_that_are_paths(liar: Liar, tmp_path: Path) -> None:
    before = liar.world.rows()
    for realm in ("../live", "live/../live", "live.db", "LIVE", "live\0", "live\n", "/etc", "con:", "x" * 41, "", "."):
        answer = liar.world.sign_in(realm=realm)
        assert answer.status_code == 422, realm
    for token in ("../live.x", "live", ".", "live.", "live.\udcff", "a" * 100_000, "%2e%2e/live.x"):
        headers = {"Authorization": f"Bearer {token}".encode("utf-8", "surrogateescape")}
        answer = requests.get(f"{liar.world.url}/v1/pull", headers=headers, timeout=WAIT_S)
        assert answer.status_code in (400, 401, 431), token[:20]
    good = "0" * 64
    for sha256 in ("..%2f..%2fetc%2fpasswd", good[:-1], good.upper().replace("0", "A"), good + "%0a", good + "%00"):
        for path in (f"/v1/blob/{sha256}", f"/v1/blob/{sha256}/state", f"/v1/blob/{sha256}/part/0"):
            assert liar.get(path).status_code in (404, 422)
    assert liar.get(f"/v1/blob/{good}/part/{2**40}").status_code == 422
    assert liar.get("/v1/../../etc/passwd").status_code == 404
    assert liar.world.rows() == before


def test_positions_that_are_none(liar: Liar, warned: Callable[..., bool]) -> None:
    good = {"id": "xf1", "at": {"lon": 104.0, "lat": 30.0}, "seen_at": "2026-07-01T08:00:00Z", "heading": None}
    before = liar.world.rows()
    for changed in (
        {"seen_at": "2026-07-01T08:00:00"},
        {"seen_at": "0001-01-01T00:00:00+14:00"},
        {"id": NUL},
        {"id": "\ud800"},
        {"heading": "NaN"},
        {"at": {"lon": 1e400, "lat": 0}},
    ):
        body = json.dumps({"positions": [{**good, **changed}]})
        headers = {"Authorization": f"Bearer {liar.token}", "Content-Type": "application/json"}
        answer = requests.post(f"{liar.world.url}/v1/positions", data=body, headers=headers, timeout=WAIT_S)
        assert answer.status_code in (400, 422), changed
    too_many = {"positions": [good] * 5001}
    assert liar.world.post("/v1/positions", too_many, liar.token).status_code == 422
    unknown = {"positions": [{**good, "id": "a unit of nobody"}]}
    assert liar.world.post("/v1/positions", unknown, liar.token).status_code == 200
    assert liar.world.rows() == before
    assert warned(device=liar.store.device, user="u1")


def test_a_desk_that_says_it_is_far_ahead_takes_the_feed_from_nobody(world: World, liar: Liar) -> None:
    assert liar.send(OpenIncident(incident(), WHO)) is None
    assert liar.get(f"/v1/pull?cursor={2**53 - 1}").status_code == 200
    with world.realm().store.begin() as tx:
        feed.forget(tx, datetime.now(UTC) + timedelta(days=1), timedelta(days=30))
        assert int(tx.setting(feed.FLOOR, 0)) <= feed.end(tx)
    assert liar.get(f"/v1/pull?cursor={feed_end(world)}").status_code == 200


def feed_end(world: World) -> int:
    with world.realm().store.read() as view:
        return feed.end(view)


def test_the_platform_is_still_well(liar: Liar) -> None:
    assert liar.send(OpenIncident(incident(), WHO)) is None
    assert liar.get("/healthz").json() == {"status": "ok"}
