"""What keeps a platform running sees: figures, readiness, logs without secrets, and who may look at which desks."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import func, insert, select

from console.central import auth, feed, health, housekeeping, metrics, push
from console.central.directory import Directory
from console.central.overview import look
from console.central.realms import Realms
from console.central.reread import PackFiles
from console.domain.errors import KnownError
from console.domain.log import Kind, Note
from console.domain.operation import OpenIncident, WriteNote
from console.domain.words import Label, Phrase
from console.store import tables
from console.store.packs import SHIPPED, load_pack
from console.store.store import Store
from console.sync import receive
from console.sync.messages import PushRequest, fingerprint
from console.sync.outbox import perform, to_send
from tests.central.test_workers import Central
from tests.support_pack import CITY, PASSWORD, TOWN, VILLAGE, actor, incident, make_pack, sender
from tests.support_platform import ROOT, Platform, api, until
from tests.support_postgres import SECRET, Postgres
from tests.support_wait import WAIT_S

WHO = Label("王", "Wang")
WRONG = "not-the-password-7731"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    folder = tmp_path_factory.mktemp("running")
    platform = Platform(folder / "data", log=folder / "log")
    yield platform
    platform.kill(signal.SIGTERM)


def figures(url: str) -> dict[tuple[str, ...], float]:
    """Every figure by its name and then its labels' values."""
    text = requests.get(f"{url}/metrics", timeout=WAIT_S).text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(one.name, *(one.labels[key] for key in sorted(one.labels))): one.value for one in samples}


def lines(platform: Platform) -> list[dict[str, Any]]:
    assert platform.log
    return [json.loads(line) for line in platform.log.read_text("utf-8").splitlines()]


def login(url: str, user: str, password: str, device: str, **more: str) -> requests.Response:
    body = {"user": user, "password": password, "realm": "live", "device": device, "nonce": "1", "next_nonce": "2"}
    return requests.post(f"{url}/v1/login", json={**body, **more}, timeout=WAIT_S)


def three_operations(folder: Path) -> tuple[str, list[dict[str, Any]]]:
    """Of a device: one that can be done, one that cannot, and one whose log was tampered with."""
    store = Store.open(folder / "desk.db", None)
    perform(store, OpenIncident(incident(), WHO), actor())
    perform(store, OpenIncident(incident(2), WHO), actor(1))
    perform(store, WriteNote(Note(Kind.PHONE, WHO, text="x")), actor(2))
    good, bad, forged = (json.loads(body) for body in to_send(store, "command", 0).bodies)
    bad |= {"name": "incident.move", "args": {"incident": "nowhere", "move": "check"}}
    forged["entries"][0]["author"] = "someone else"
    for one in (bad, forged):
        one["hash"] = fingerprint(one)
    store.close()
    return store.device, [good, bad, forged]


def test_figures_and_lines_of_what_happened(platform: Platform, tmp_path: Path) -> None:
    url = platform.url
    before = figures(url)
    device, operations = three_operations(tmp_path)
    http = api(url, device)
    since = (datetime.now(UTC) - timedelta(minutes=3)).isoformat()
    answer = http.post(
        f"{url}/v1/push", json={"operations": operations}, headers={"X-Request-ID": "mine-1"}, timeout=WAIT_S
    )
    assert answer.headers["X-Request-ID"] == "mine-1"
    params: dict[str, str | int] = {"cursor": 0, "pending": 4, "since": since}
    assert http.get(f"{url}/v1/pull", params=params, timeout=WAIT_S).status_code == 200
    assert login(url, "u2", WRONG, "d2").status_code == 403
    assert login(url, PASSWORD, "x", "d2").status_code == 403  # in the wrong field
    assert login(url, "u1", PASSWORD, device).status_code == 409  # a copy
    assert http.post(f"{url}/v1/push", data="{", timeout=WAIT_S).status_code == 422
    assert http.get(f"{url}/v1/pull", headers={"Authorization": "Bearer live.x"}, timeout=WAIT_S).status_code == 401
    assert http.post(f"{url}/v1/push", data=b" " * (2 * 1024 * 1024 + 1), timeout=WAIT_S).status_code == 413
    strange = http.get(f"{url}/nowhere", headers={"X-Request-ID": "a b\u00e9"}, timeout=WAIT_S)
    assert strange.json()["code"] == "not_found" and strange.headers["X-Request-ID"] != "a b\u00e9"

    now = figures(url)

    def grown(*name: str) -> float:
        return now[name] - before.get(name, 0)

    assert grown("yiping_operations_total", "live") == 3
    assert grown("yiping_operations_refused_total", "not_found", "live") == 1
    assert grown("yiping_breaches_total", "live") == 1
    assert grown("yiping_sign_ins_refused_total", "login_wrong") == 2
    assert grown("yiping_sign_ins_refused_total", "copied") == 1
    assert grown("yiping_answers_total", "POST", "/v1/push", "200") == 1
    assert grown("yiping_answers_total", "GET", "other", "404") == 1
    assert grown("yiping_request_seconds_count", "POST", "/v1/push") == 3
    assert now["yiping_desk_pending", device, "live"] == 4
    assert 180 <= now["yiping_desk_outbox_age_seconds", device, "live"] < 1000
    assert now["yiping_desk_lag", device, "live"] == now["yiping_feed_head", "live"] > 0
    assert now["yiping_desks_seen", "live"] >= 1 and now["yiping_database_up",] == 1
    assert now["yiping_blob_bytes", "live"] == 0

    said = lines(platform)
    line = next(one for one in said if one.get("request") == "mine-1")
    assert (line["method"], line["route"], line["status"], line["level"]) == ("POST", "/v1/push", 200, "info")
    assert (line["user"], line["device"], line["realm"]) == ("u1", device, "live")
    assert line["ms"] > 0 and line["bytes"] == len(answer.content)
    warned = [one for one in said if one["level"] == "warning"]
    for message in ("signed in", "refused", "breach of the log", "a copied desk"):
        one = next(one for one in warned if one["message"] == message)
        assert (one["user"], one["device"]) == ("u1", device), message
    assert {one["status"] for one in warned if "status" in one} >= {401, 403, 409, 413, 422}
    refused = [one["user"] for one in warned if one["message"] == "sign-in refused"]
    assert refused[-2:] == ["u2", "(unknown)"]


def test_no_secret_is_ever_written(platform: Platform) -> None:
    device = "secretive"
    http = api(platform.url, device)
    token = str(http.headers["Authorization"]).removeprefix("Bearer ")
    login(platform.url, "city", WRONG, device)
    http.get(f"{platform.url}/v1/pull?token={token}&password={PASSWORD}", timeout=WAIT_S)
    http.get(f"{platform.url}/{token}", timeout=WAIT_S)
    http.post(f"{platform.url}/v1/login", data=json.dumps({"password": PASSWORD}), timeout=WAIT_S)
    watching = requests.post(f"{platform.url}/v1/watch", json={"user": "leader", "password": PASSWORD}, timeout=WAIT_S)
    assert watching.status_code == 200
    assert platform.log
    until(lambda: any(one.get("route") == "/v1/watch" for one in lines(platform)))
    text = platform.log.read_text("utf-8")
    assert device in text
    for secret in (token, token.partition(".")[2], watching.json()["token"], PASSWORD, WRONG, f"{device}-1"):
        assert secret not in text and json.dumps(secret)[1:-1] not in text


def test_figures_are_for_this_machine_and_named_networks_only(platform: Platform) -> None:
    asked = f"{platform.url}/metrics"
    assert requests.get(asked, timeout=WAIT_S).status_code == 200
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
        answer = requests.get(asked, headers={header: "127.0.0.1"}, timeout=WAIT_S)
        assert (answer.status_code, answer.json()["code"]) == (403, "metrics_from")

    def may(client: str, *named: str, **headers: str) -> bool:
        raw = [(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()]
        request = metrics.Request({"type": "http", "client": (client, 1), "headers": raw})
        return metrics.may_scrape(request, metrics.networks(named))

    assert may("127.0.0.1") and may("::1") and may("::ffff:127.0.0.1")
    assert not may("10.1.2.3") and may("10.1.2.3", "10.0.0.0/8") and not may("10.1.2.3", "10.2.0.0/16")
    assert not may("10.1.2.3", "10.0.0.0/8", x_forwarded_for="10.1.2.3")
    assert not may("testclient")


def test_a_token_to_watch_opens_only_that_and_makes_no_desk(platform: Platform) -> None:
    url = platform.url
    before = figures(url)["yiping_desks", "live"]
    answer = requests.post(f"{url}/v1/watch", json={"user": "leader", "password": PASSWORD}, timeout=WAIT_S)
    http = requests.Session()
    http.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    assert http.get(f"{url}/v1/desks", timeout=WAIT_S).status_code == 200
    assert figures(url)["yiping_desks", "live"] == before
    for path in ("pull", "check?cursor=0", "positions", "audit", "live"):
        answer = http.get(f"{url}/v1/{path}", timeout=WAIT_S)
        assert (answer.status_code, answer.json()["code"]) == (403, "no_desk"), path
    assert http.delete(f"{url}/v1/watch", timeout=WAIT_S).status_code == 204
    assert http.get(f"{url}/v1/desks", timeout=WAIT_S).status_code == 401
    for user, code in (("relay", "login_no_view"), ("nobody", "login_wrong")):
        answer = requests.post(f"{url}/v1/watch", json={"user": user, "password": PASSWORD}, timeout=WAIT_S)
        assert (answer.status_code, answer.json()["code"]) == (403, code)


def test_one_sees_the_desks_whose_scopes_lie_in_ones_own(tmp_path: Path) -> None:
    realms, directory = Realms(tmp_path), Directory(make_pack())
    realm = realms.get("live", create=True)
    assert realm
    now = datetime.now(UTC)

    def desk(device: str, *scopes: str) -> dict[str, Any]:
        known = {"device": device, "user": "u1", "nonce": "", "incarnation": "", "version": 2, "cursor": 0}
        return {**known, "scopes": list(scopes), "first_at": now, "seen_at": now, "pending": 0}

    with realm.store.begin() as tx:
        scopes = {"city": [CITY], "town": [TOWN], "village": [VILLAGE], "both": [VILLAGE, "chengdu/wuhou"], "none": []}
        tx.connection.execute(insert(tables.desk), [desk(name, *paths) for name, paths in scopes.items()])

    def seen(*mine: str) -> set[str]:
        return {one.device for one in look(realm, directory, mine, now).desks}

    assert seen(CITY) == {"city", "town", "village", "both"}
    assert seen(TOWN) == {"town", "village"}
    assert seen(VILLAGE) == {"village"}
    assert seen(VILLAGE, "chengdu/wuhou") == {"village", "both"}
    assert seen("chengdu/qing") == set()  # no path begins in the middle of a name
    with realm.store.begin() as tx:
        newer = tables.desk.update().where(tables.desk.c.device == "village")
        tx.connection.execute(newer.values(error=Phrase("of_a_newer_version", {})))
    (found,) = look(realm, directory, [VILLAGE], now).desks
    assert found.error and found.error.code == found.error.text.en == "of_a_newer_version"
    realms.close()


def test_the_tally_counts_what_is_new_like_what_was_there(tmp_path: Path) -> None:
    realms, directory = Realms(tmp_path / "platform"), Directory(make_pack())
    realm = realms.get("live", create=True)
    assert realm
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        device, operations = three_operations(tmp_path / name)
        request = PushRequest.model_validate({"operations": operations})
        push.take(realm.store, sender(device), request)
        push.take(realm.store, sender(device), request)  # again is not another
        look(realm, directory, [CITY], datetime.now(UTC))
    counted = realm.tally.applied, dict(realm.tally.refused), len(realm.tally.refusals), realm.tally.rate
    assert counted == (6, {"not_found": 3}, 3, 9)
    anew = type(realm.tally)()
    with realm.store.read() as view:
        anew.read(view, datetime.now(UTC))
        assert (anew.applied, dict(anew.refused), len(anew.refusals), anew.rate) == counted
        anew.read(view, datetime.now(UTC) + timedelta(days=2))
    assert (anew.applied, len(anew.refusals), anew.rate) == (6, 0, 0)
    realms.close()


def test_ready_is_another_question_than_up(platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert requests.get(f"{platform.url}/healthz", timeout=WAIT_S).json() == {"status": "ok"}
    assert requests.get(f"{platform.url}/readyz", timeout=WAIT_S).json() == {"status": "ready"}
    realms = Realms(tmp_path)
    health.assert_ready(realms)
    monkeypatch.setattr(health, "SPARE", 2**80)
    with pytest.raises(KnownError) as told:
        health.assert_ready(realms)
    assert told.value.phrase.code == "disk_full"
    realms.close()


def test_the_description_has_every_error_and_loads_nothing_from_elsewhere(platform: Platform) -> None:
    said = requests.get(f"{platform.url}/openapi.json", timeout=WAIT_S).json()
    tags = {tag["name"] for tag in said["tags"]}
    for path, methods in said["paths"].items():
        for method, one in methods.items():
            assert one["description"] and set(one["tags"]) <= tags and one["tags"], path
            codes = {"500"}
            if "security" in one and path != "/v1/watch":
                codes |= {"401", "503", "507"}
                codes |= {"403"} if path != "/v1/intake" else {"429"}  # a key's rows are refused one by one
            if "requestBody" in one:
                codes |= {"413", "422"}
            for code in codes:
                told = one["responses"][code]["content"]["application/json"]["schema"]
                assert "Problem" in json.dumps(told), (path, method, code)
    assert said["paths"]["/v1/desks"]["get"]["security"] and said["components"]["securitySchemes"]["HTTPBearer"]
    assert {"Overview", "RealmState", "DeskState"} <= set(said["components"]["schemas"])
    assert said["paths"]["/v1/login"]["post"]["requestBody"]["content"]["application/json"]["examples"]
    page = requests.get(f"{platform.url}/docs", timeout=WAIT_S).text
    assert "http://" not in page and "https://" not in page and "//cdn" not in page
    script = requests.get(f"{platform.url}/static-offline-docs/swagger-ui-bundle.js", timeout=WAIT_S)
    assert script.status_code == 200 and len(script.content) > 100_000


def test_once_a_day_what_nobody_needs_is_dropped(tmp_path: Path) -> None:
    realms = Realms(tmp_path)
    realm = realms.get("live", create=True)
    assert realm
    (tmp_path / "desk").mkdir()
    device, operations = three_operations(tmp_path / "desk")
    push.take(realm.store, sender(device), PushRequest.model_validate({"operations": operations}))
    auth.admit(realm.store, "leader")
    now = datetime.now(UTC)
    long_ago, lately = now - receive.KEPT - timedelta(hours=1), now - receive.KEPT + timedelta(days=2)
    with realm.store.begin() as tx:
        brought = {"source": "scada", "kind": "calls", "hash": "x"}
        tx.connection.execute(
            insert(tables.intake), [{**brought, "id": "old", "at": long_ago}, {**brought, "id": "new", "at": lately}]
        )

    def count(table: Any) -> int:
        with realm.store.read() as view:
            return int(view.connection.scalar(select(func.count()).select_from(table)) or 0)

    assert housekeeping.tidy(realm.store, now)
    assert count(tables.token) == 1 and count(tables.outcome) == 3 and count(tables.intake) == 1
    assert not housekeeping.tidy(realm.store, now + timedelta(hours=23))
    assert count(tables.token) == 1
    assert housekeeping.tidy(realm.store, now + timedelta(hours=25))
    assert count(tables.token) == 0 and count(tables.outcome) == 3
    with realm.store.read() as view:
        assert int(view.setting(feed.FLOOR)) == feed.end(view) - 1  # tidying takes a number itself
    realms.close()


def test_a_pack_is_read_again_when_it_changed_and_stays_when_it_is_wrong(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "dongguan-houjie"
    folder.mkdir()
    for file in (SHIPPED / "packs" / "dongguan-houjie").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    now = 0.0
    directory = Directory(load_pack(folder), PackFiles(folder, lambda: now))
    users = folder / "users.yaml"
    text = users.read_text("utf-8")

    def scopes() -> list[str]:
        return directory.scopes("leader", "live")

    assert scopes() == ["dongguan/houjie"]
    users.write_text(text.replace("leader:", "chief:"), "utf-8")
    assert scopes()  # not looked at yet
    now = 1.5
    assert scopes() == [] and directory.scopes("chief", "live") == ["dongguan/houjie"]
    users.write_text("nonsense: [", "utf-8")
    now = 3
    assert directory.scopes("chief", "live") == ["dongguan/houjie"]
    problems = [record.__dict__["problems"] for record in caplog.records if "problems" in record.__dict__]
    assert len(problems) == 1 and problems[0][0].startswith("users.yaml:")
    now = 5
    assert directory.scopes("chief", "live")
    assert len(caplog.records) == 2  # said once
    (folder / "pack.yaml").unlink()
    now = 7
    assert directory.scopes("chief", "live")
    users.write_text(text, "utf-8")
    (folder / "pack.yaml").write_bytes((SHIPPED / "packs" / "dongguan-houjie" / "pack.yaml").read_bytes())
    now = 9
    assert scopes() == ["dongguan/houjie"]


def test_a_running_platform_takes_a_grant_away_and_holds_its_folder(tmp_path: Path) -> None:
    packs = tmp_path / "packs"
    folder = packs / "dongguan-houjie"
    folder.mkdir(parents=True)
    for file in (SHIPPED / "packs" / "dongguan-houjie").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    command = [sys.executable, "-W", "error", "-m", "console", "central", "--port", "0", "--pack", folder.name]
    command += ["--data", str(tmp_path / "data"), "--parent", str(os.getpid())]
    env = {**os.environ, "YIPING_DATA": str(tmp_path)}
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = f"http://127.0.0.1:{json.loads(process.stdout.readline())['port']}"
        given = {"user": "leader", "password": "yiping-demo"}
        token = requests.post(f"{url}/v1/watch", json=given, timeout=WAIT_S).json()["token"]

        def status() -> int:
            answer = requests.get(f"{url}/v1/desks", headers={"Authorization": f"Bearer {token}"}, timeout=WAIT_S)
            return answer.status_code

        assert status() == 200
        users = folder / "users.yaml"
        users.write_text(users.read_text("utf-8").replace("leader:", "chief:"), "utf-8")
        until(lambda: status() == 403)
        second = subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True, timeout=WAIT_S)
        assert second.returncode == 2 and str(tmp_path / "data") in second.stderr
        process.terminate()


def test_two_workers_have_one_set_of_figures(postgres: Postgres, tmp_path: Path) -> None:
    central = Central(postgres.fresh_database(), tmp_path, "--log-level", "info")
    try:
        assert requests.get(f"{central.url}/readyz", timeout=WAIT_S).json() == {"status": "ready"}
        for number in range(12):
            login(central.url, "duty", "yiping-demo" if number % 2 else WRONG, f"desk-{number}")
        for _ in range(6):  # whichever of them answers
            now = figures(central.url)
            assert now["yiping_sign_ins_refused_total", "login_wrong"] == 6
            assert now["yiping_answers_total", "POST", "/v1/login", "200"] == 6
            assert now["yiping_desks", "live"] == 6 and now["yiping_database_up",] == 1
    finally:
        central.end()
    text = central.log.read_text("utf-8")
    assert '"route": "/v1/login"' in text
    assert SECRET not in text and WRONG not in text and "yiping-demo" not in text


def test_one_worker_tidies(postgres: Postgres) -> None:
    url = postgres.fresh_database()
    first, second = Realms(url), Realms(url)
    try:
        one, other = first.get("live", create=True), second.get("live", create=True)
        assert one and other and first.names() == second.names() == ["live"]
        now = datetime.now(UTC)
        assert [housekeeping.tidy(realm.store, now) for realm in (one, other)] == [True, False]
        health.assert_ready(first)
        with one.store.read() as view:
            one.tally.read(view, now)
    finally:
        first.close()
        second.close()


def test_a_database_that_is_away_is_told_and_up_stays_up(tmp_path: Path) -> None:
    with Postgres(tmp_path) as server:
        realms = Realms(server.url())
        health.assert_ready(realms)
        assert b"yiping_database_up 1.0" in metrics.scrape(realms)
        server.kill()
        with pytest.raises(KnownError) as told:
            health.assert_ready(realms)
        assert told.value.phrase.code in ("database_lost", "database_unreachable")
        figures = metrics.scrape(realms)
        assert b"yiping_database_up 0.0" in figures and b"yiping_request_seconds" in figures
        realms.close()
