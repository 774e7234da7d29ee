"""The open door: what other systems bring is taken once, or refused row by row so that they know what to send again."""

import base64
import signal
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from console.central.realms import opened
from console.domain.alarm import Alarm
from console.domain.incoming import CallState, IncomingCall
from console.domain.indicator import Reading
from console.domain.level import Level
from console.domain.operation import ConfirmAlarm, Dispatch, OpenIncident
from console.domain.words import Label
from console.store import blobs
from console.store.check import verify_chain
from console.store.store import Store
from tests.support_pack import FIRE, HERE, OTHER, TOWN, VILLAGE, actor, assignment, incident
from tests.support_platform import Desk, Platform, api, until
from tests.support_wait import WAIT_S

ALL = ["readings", "positions", "calls", "statuses", "alarms"]
WHO = Label("王", "Wang")


def ago(**since: float) -> str:
    return (datetime.now(UTC) - timedelta(**since)).isoformat()


class Outside:
    """A system with a key."""

    def __init__(self, platform: Platform, at: str = TOWN, kinds: list[str] | None = None, name: str = "scada") -> None:
        self.platform = platform
        self.admin = api(platform.url, "admin", user="city")
        wanted = {"name": name, "at": at, "kinds": kinds or ALL}
        made = self.admin.post(f"{platform.url}/v1/keys", json=wanted, timeout=WAIT_S)
        assert made.status_code == 201, made.text
        self.id, self.key = made.json()["id"], made.json()["key"]

    def ask(self, body: Any, key: str | None = None, timeout: float = 20) -> requests.Response:
        headers = {"Authorization": f"Bearer {key or self.key}"}
        return requests.post(f"{self.platform.url}/v1/intake", json=body, headers=headers, timeout=timeout)

    def send(self, **rows: Any) -> dict[str, Any]:
        answer = self.ask(rows)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def refused(self, **rows: Any) -> list[tuple[str, int, str]]:
        told = self.send(**rows)["refused"]
        assert all(one["text"]["zh"] and one["text"]["en"] for one in told)
        return [(one["kind"], one["index"], one["code"]) for one in told]


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    platform = Platform(tmp_path_factory.mktemp("platform"))
    yield platform
    platform.kill(signal.SIGTERM)


@pytest.fixture
def outside(platform: Platform, request: pytest.FixtureRequest) -> Outside:
    return Outside(platform, name=f"t{abs(hash(request.node.name)) % 10**9}")


@pytest.fixture
def desk(platform: Platform, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "desk.db")
    desk.connect(platform.url)
    yield desk
    desk.close()


def alarms(desk: Desk) -> list[Alarm]:
    return desk.see(lambda view: view.every(Alarm))


def calls(desk: Desk) -> list[IncomingCall]:
    return desk.see(lambda view: view.every(IncomingCall))


def call(id: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "channel": "12345", "text": "桥上有水", **more}


def reading(value: float, at: str) -> dict[str, Any]:
    return {"indicator": "river", "at": at, "value": value}


# Limits are watched where values arrive


def test_a_crossing_raises_one_alarm_on_every_desk_and_ends_past_recovery(outside: Outside, desk: Desk) -> None:
    before = len(alarms(desk))
    low, over, worse, back = (reading(v, ago(seconds=s)) for v, s in ((2.5, 50), (3.2, 40), (4.1, 30), (2.0, 20)))
    outside.send(readings=[over, low])  # out of order in one request
    until(lambda: len(alarms(desk)) == before + 1)
    (raised,) = (one for one in alarms(desk) if one.active)
    assert (raised.level, raised.value, raised.area, raised.indicator) == (Level.YELLOW, 3.2, TOWN, "river")
    outside.send(readings=[worse])
    until(lambda: [one.level for one in alarms(desk) if one.active] == [Level.RED])
    late = reading(1.0, ago(seconds=60))
    assert outside.send(readings=[late])["accepted"] == 1  # kept, and ends nothing
    outside.send(readings=[back])
    until(lambda: not any(one.active for one in alarms(desk)))
    assert len(alarms(desk)) == before + 1
    kept = desk.see(lambda view: view.every(Reading))
    assert {one.value for one in kept} >= {2.5, 3.2, 4.1, 2.0, 1.0}


def test_what_is_sent_again_is_known_and_another_value_for_a_moment_is_refused(outside: Outside) -> None:
    at = ago(hours=3)
    first = outside.send(readings=[reading(1.5, at), reading(1.5, at)])
    assert (first["accepted"], first["again"]) == (1, 1)
    again = outside.send(readings=[reading(1.5, at)])
    assert (again["accepted"], again["again"], again["refused"]) == (0, 1, [])
    assert outside.refused(readings=[reading(9.9, at)]) == [("readings", 0, "intake_differs")]


def test_each_wrong_row_is_told_and_the_others_are_kept(outside: Outside) -> None:
    good = ago(minutes=9)
    rows = [
        reading(1.0, good),
        {"indicator": "nothing", "at": good, "value": 1.0},
        reading(1.0, ago(minutes=-30)),
        reading(1.0, "1970-01-01T00:00:00Z"),
        {"indicator": "river", "at": good, "value": "1.0"},
        {"indicator": "river", "at": "2026-07-01T08:00:00", "value": 1.0},
        {"indicator": "river", "at": good, "value": 1e300},
        "river",
    ]
    told = outside.send(readings=[{"id": "n-1", **row} if isinstance(row, dict) else row for row in rows])
    assert told["accepted"] == 1
    codes = ["unknown", "future", "past", "row", "row", "row", "row"]
    assert [(one["index"], one["code"].removeprefix("intake_")) for one in told["refused"]] == [*enumerate(codes, 1)]
    assert {one["id"] for one in told["refused"]} == {"n-1", None}


# Calls


def test_a_call_rings_once_at_the_desks_of_its_area(outside: Outside, desk: Desk) -> None:
    sent = call("c-1", place="东桥", number="13800000000", lon=HERE.lon, lat=HERE.lat)
    told = outside.send(calls=[sent])
    assert (told["accepted"], told["noted"]) == (1, [])
    assert outside.send(calls=[sent])["again"] == 1
    assert outside.refused(calls=[call("c-1", place="西桥")]) == [("calls", 0, "intake_id_used")]
    until(lambda: [one for one in calls(desk) if one.source_id == "c-1"])
    (rung,) = (one for one in calls(desk) if one.source_id == "c-1")
    assert (rung.state, rung.area, rung.text.zh, rung.at) == (CallState.WAITING, TOWN, "桥上有水", HERE)
    said = desk.see(lambda view: [entry.note for entry in view.entries()])
    assert any(note.phrase and note.phrase.code == "call_rang" for note in said)
    assert not any("13800000000" in str(note) for note in said)


def test_a_call_is_never_thrown_away_for_a_part_of_it(outside: Outside, desk: Desk) -> None:
    odd = [
        call("p-1"),
        call("p-2", lon=0, lat=0),
        call("p-3", lon=30.67, lat=76.5, place="东桥"),  # nowhere near
        call("p-4", received_at="tomorrow", level="purple"),
        call("p-5", received_at=ago(days=-1), place="东桥"),
    ]
    told = outside.send(calls=odd)
    assert (told["accepted"], told["refused"]) == (5, [])
    noted: dict[int, list[str]] = {}
    for one in told["noted"]:
        noted.setdefault(one["index"], []).append(one["code"].removeprefix("intake_call_"))
    assert noted == {0: ["place"], 1: ["place"], 2: ["place"], 3: ["partly", "place"], 4: ["time"]}
    until(lambda: len([one for one in calls(desk) if one.source_id.startswith("p-")]) == 5)
    kept = {one.source_id: one for one in calls(desk)}
    assert kept["p-3"].at is None and "76.5" in kept["p-3"].text.zh
    assert "tomorrow" in kept["p-4"].text.zh and "purple" in kept["p-4"].text.zh and kept["p-4"].level is None


def test_what_lies_outside_of_the_keys_area_is_refused(platform: Platform) -> None:
    other = Outside(platform, at=OTHER, name="other")
    assert other.refused(
        readings=[reading(1.0, ago(minutes=1))],
        positions=[{"unit": "xf1", "lon": 104.0, "lat": 30.6, "at": ago(seconds=9)}],
        calls=[call("x-1", area=TOWN)],
    ) == [("readings", 0, "intake_area"), ("positions", 0, "intake_area"), ("calls", 0, "intake_area")]
    village = Outside(platform, at=VILLAGE, kinds=["calls"], name="village")
    assert village.refused(readings=[reading(1.0, ago(minutes=1))]) == [("readings", 0, "intake_kind")]
    assert village.send(calls=[call("x-2")])["accepted"] == 1


# Positions and statuses


def test_a_position_in_another_system_lands_where_the_unit_is(outside: Outside, platform: Platform) -> None:
    at = ago(seconds=5)
    sent = {"unit": "xf1", "lon": HERE.lon + 0.0025, "lat": HERE.lat - 0.0024, "at": at}
    assert outside.send(crs="gcj02", positions=[sent])["accepted"] == 1
    (there,) = api(platform.url).get(f"{platform.url}/v1/positions", timeout=WAIT_S).json()["positions"]
    assert abs(there["at"]["lon"] - HERE.lon) < 0.0005 and abs(there["at"]["lat"] - HERE.lat) < 0.0005
    assert outside.send(crs="gcj02", positions=[sent, {**sent, "at": ago(minutes=1)}])["again"] == 2
    assert outside.refused(
        positions=[
            {**sent, "at": ago(seconds=1), "lon": 0, "lat": 0},
            {**sent, "at": ago(seconds=1), "lon": 30.6, "lat": 76.0},
            {**sent, "unit": "zz9"},
        ]
    ) == [("positions", 0, "intake_zero"), ("positions", 1, "intake_far"), ("positions", 2, "intake_unknown")]


def test_a_status_comes_to_the_units_own_assignment(outside: Outside, desk: Desk) -> None:
    known = incident(71)
    sent = assignment(known)
    desk.do(OpenIncident(known, WHO), actor())
    desk.do(Dispatch(known.id, "fire", WHO, None, (sent,)), actor(1))
    until(desk.settled)
    fire = Outside(outside.platform, at=FIRE, kinds=["statuses"], name="fire-cad")
    row = {"id": "s-1", "unit": "xf1", "status": "on_scene", "at": ago(seconds=30)}
    assert fire.send(statuses=[row])["accepted"] == 1
    assert fire.send(statuses=[row])["again"] == 1
    until(lambda: "on_scene" in desk.see(lambda view: view.assignment(sent.id)).times)
    done = {**row, "id": "s-2", "status": "done", "at": ago(seconds=3)}
    assert fire.send(statuses=[done])["accepted"] == 1 and fire.send(statuses=[done])["again"] == 1
    assert fire.refused(statuses=[{**row, "id": "s-3"}, {"id": "s-4", "status": "done", "at": ago(seconds=1)}]) == [
        ("statuses", 0, "intake_not_sent"),
        ("statuses", 1, "intake_whose"),
    ]


def test_an_alarm_brings_its_picture(outside: Outside, desk: Desk) -> None:
    picture = b"\xff\xd8\xff" + bytes(range(200))
    row = {"id": "a-1", "title": "烟雾", "level": "red", "at": ago(seconds=5), "place": "广场"}
    sent = {**row, "picture": base64.b64encode(picture).decode()}
    assert outside.send(alarms=[sent])["accepted"] == 1 and outside.send(alarms=[sent])["again"] == 1
    until(lambda: [one for one in alarms(desk) if one.title.zh == "烟雾"])
    (raised,) = (one for one in alarms(desk) if one.title.zh == "烟雾")
    assert raised.picture
    answer = api(outside.platform.url).get(f"{outside.platform.url}/v1/blob/{raised.picture.sha256}", timeout=WAIT_S)
    assert answer.content == picture
    stranger = api(outside.platform.url, "stranger", user="other")
    assert stranger.get(f"{outside.platform.url}/v1/blob/{raised.picture.sha256}", timeout=WAIT_S).status_code == 404
    opened = incident(72)
    desk.do(ConfirmAlarm(raised.id, opened), actor(5))
    until(desk.settled)
    (file,) = desk.see(lambda view: view.attachments_of(opened.id))
    assert (file.sha256, file.name, file.media, file.size) == (raised.picture.sha256, "烟雾.jpeg", "image/jpeg", 203)
    until(lambda: desk.see(lambda view: blobs.missing(view, [file.sha256])) == [])
    wrong = {**row, "id": "a-2", "picture": base64.b64encode(b"GIF89a").decode()}
    assert outside.refused(alarms=[wrong]) == [("alarms", 0, "intake_picture")]


# The door


def test_a_key_opens_only_the_door_and_nothing_once_withdrawn(outside: Outside) -> None:
    url = outside.platform.url
    for path in ("/v1/pull", "/v1/keys", "/v1/desks"):
        assert (
            requests.get(url + path, headers={"Authorization": f"Bearer {outside.key}"}, timeout=WAIT_S).status_code
            == 401
        )
    listed = outside.admin.get(f"{url}/v1/keys", timeout=WAIT_S)
    assert outside.key not in listed.text and outside.id in listed.text
    assert api(url, "m", user="leader").delete(f"{url}/v1/keys/{outside.id}", timeout=WAIT_S).status_code == 404
    assert outside.admin.delete(f"{url}/v1/keys/{outside.id}", timeout=WAIT_S).status_code == 204
    for key in (outside.key, "live.ypk_wrong", "nowhere.x", "x"):
        answer = outside.ask({}, key)
        assert (answer.status_code, answer.json()["code"]) == (401, "key_unknown")


def test_only_who_commands_a_place_gives_keys_to_it(platform: Platform) -> None:
    url = f"{platform.url}/v1/keys"
    wanted = {"name": "gps", "at": TOWN, "kinds": ["positions"]}
    for user, status in (("leader", 403), ("village", 403), ("u1", 201)):
        assert api(platform.url, f"k-{user}", user=user).post(url, json=wanted, timeout=WAIT_S).status_code == status
    city = api(platform.url, "k-city", user="city")
    for change in ({"name": "G PS"}, {"at": "nowhere"}, {"at": FIRE, "kinds": ["calls"]}, {"kinds": []}):
        assert city.post(url, json={**wanted, **change}, timeout=WAIT_S).status_code == 422


def test_too_much_is_told_in_words(outside: Outside) -> None:
    many = outside.ask({"readings": [{}] * 1500, "calls": [{}] * 600})
    assert (many.status_code, many.json()["code"]) == (413, "intake_many")
    assert outside.ask({"calls": [{"id": "1", "text": "x" * 3_000_000}]}).status_code == 413


def test_a_platform_killed_in_a_batch_has_taken_all_of_it_or_nothing(tmp_path: Path) -> None:
    platform = Platform(tmp_path / "platform")
    outside, desk = Outside(platform), Desk(tmp_path / "desk.db")
    desk.connect(platform.url)
    batches = [
        {
            "calls": [call(f"k-{batch}-{n}") for n in range(20)],
            "readings": [reading(1.0, ago(minutes=batch + 1, seconds=n / 100)) for n in range(20)],
        }
        for batch in range(12)
    ]
    for at, rows in enumerate(batches):
        if at % 4 == 1:
            with suppress(requests.RequestException):  # no answer comes, or too late
                outside.ask(rows, timeout=0.02 * at)
            platform.kill()
            platform.start()
        assert outside.send(**rows)["refused"] == []
    until(lambda: len(calls(desk)) >= 240)
    ids = [one.source_id for one in calls(desk)]
    assert len(ids) == len(set(ids)) == 240
    assert len(desk.see(lambda view: view.every(Reading))) == 240
    platform.kill(signal.SIGTERM)
    desk.close()
    with opened(tmp_path / "platform", "live") as store:
        assert_whole(store)


def assert_whole(store: Store) -> None:
    with store.read() as view:
        devices = view.chains()
        rung = view.every(IncomingCall)
    assert len(rung) == len({one.source_id for one in rung}) == 240
    for device in devices:
        assert verify_chain(store, device) is None
