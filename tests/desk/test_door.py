"""The open door of a desk that works alone: the platform's own code, into the desk that is open."""

import base64
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests

from console.desk.door import LocalDoor
from console.desk.session import Session
from console.domain.errors import KnownError
from console.domain.incoming import CallState
from console.domain.level import Level
from console.store import blobs
from console.sync import door as door_route
from console.sync import keys
from console.sync.door import Pace
from tests.desk.parts import pack, session, until
from tests.support_wait import WAIT_S

AREA = "dongguan/houjie"


def ago(seconds: float) -> str:
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()


class Outside:
    """A system that brings facts to a desk."""

    def __init__(self, desk: Session, door: LocalDoor, *kinds: str) -> None:
        self.url = f"http://127.0.0.1:{door.port}/v1/intake"
        self.key, self.known = desk.jobs.store(
            lambda: keys.add(desk.store, "scada", AREA, kinds or ("readings", "positions", "calls", "alarms"), "duty")
        ).result(WAIT_S)

    def ask(self, body: Any, key: str = "") -> requests.Response:
        return requests.post(
            self.url, json=body, headers={"Authorization": f"Bearer {key or self.key}"}, timeout=WAIT_S
        )

    def send(self, **rows: Any) -> dict[str, Any]:
        answer = self.ask(rows)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


@contextmanager
def open_door(desk: Session) -> Iterator[LocalDoor]:
    door = LocalDoor(desk, "0")
    door.open()
    until(lambda: door.port, "it listens")
    yield door
    door.close()


def value(value: float, seconds: float) -> dict[str, Any]:
    return {"indicator": "lisha_level", "at": ago(seconds), "value": value}


@pytest.mark.usefixtures("app")
def test_facts_are_on_the_desk_and_survive_it(tmp_path: Path) -> None:
    unit = next(iter(pack().units))
    with session(tmp_path) as desk, open_door(desk) as door:
        outside = Outside(desk, door)
        limit = pack().indicators["lisha_level"].limits[0]
        rows: dict[str, Any] = {
            "readings": [value(limit.at + 0.01, 5), value(0.5, 9)],
            "positions": [{"unit": unit, "lon": 113.67, "lat": 22.93, "at": ago(2)}],
            "calls": [{"id": "c-1", "channel": "12345", "text": "桥下积水", "place": "立沙桥"}],
            "alarms": [
                {
                    "id": "a-1",
                    "title": "烟雾",
                    "level": "red",
                    "at": ago(1),
                    "picture": base64.b64encode(b"\xff\xd8\xff" + bytes(99)).decode(),
                }
            ],
        }
        told = outside.send(**rows)
        assert (told["accepted"], told["refused"]) == (5, [])
        until(lambda: len(desk.state.alarms) == 2, "both alarms are on the desk")
        by_level = {one.level: one for one in desk.state.alarms.values()}
        smoke, water = by_level[Level.RED], by_level[limit.level]
        assert water.indicator == "lisha_level" and water.active
        assert desk.state.positions[unit].at.lon == pytest.approx(113.67)
        (rung,) = desk.state.calls.values()
        assert (rung.state, rung.source, rung.source_id) == (CallState.WAITING, "scada", "c-1")
        said = {entry.note.phrase.code for entry in desk.state.entries if entry.note.phrase}
        assert {"alarm_raised", "call_rang"} <= said
        again = outside.send(**rows)
        assert (again["accepted"], again["again"]) == (0, 5)
        outside.send(readings=[value(0.4, 0)])
        until(lambda: not desk.state.alarms[water.id].active, "the water has gone")
        opened: list[str] = []
        desk.attachments.opened.connect(opened.append)
        desk.attachments.open_photo(smoke)
        until(lambda: opened, "the photo opens before anything is decided")
        assert Path(opened[0]).read_bytes().startswith(b"\xff\xd8\xff")
        incident = desk.confirm(smoke)
        until(lambda: desk.state.attachments_of(incident), "its photo is with the incident")
    with session(tmp_path) as desk, desk.store.read() as view:
        assert len(view.alarms(9)) == 2 and len(view.calls()) == 1 and unit in view.positions()
        assert smoke.picture and not blobs.missing(view, [smoke.picture.sha256])


@pytest.mark.usefixtures("app")
def test_it_refuses_as_a_platform_does(tmp_path: Path) -> None:
    with session(tmp_path) as desk, open_door(desk) as door:
        outside = Outside(desk, door, "readings")
        told = outside.send(readings=[{"indicator": "x", "at": ago(1), "value": 1.0}, value(1.0, -3600)])
        assert [one["code"] for one in told["refused"]] == ["intake_unknown", "intake_future"]
        assert [one["code"] for one in outside.send(calls=[{"id": "c"}])["refused"]] == ["intake_kind"]
        answers = [
            outside.ask({}, "live.ypk_wrong"),
            outside.ask({"readings": [{}] * 2001}),
            outside.ask({"calls": [{"id": "1", "text": "x" * 3_000_000}]}),
            outside.ask([]),
            requests.get(outside.url, timeout=WAIT_S),
        ]
        codes = [(one.status_code, one.json()["code"]) for one in answers]
        assert codes == [
            (401, "key_unknown"), (422, "malformed"), (413, "too_large"), (422, "malformed"), (405, "method"),
        ]  # fmt: skip
        desk.jobs.store(lambda: keys.remove(desk.store, outside.known.id, "duty")).result(WAIT_S)
        assert outside.ask({}).status_code == 401


@pytest.mark.usefixtures("app")
def test_who_sends_too_fast_is_told_for_how_long_to_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door_route, "Pace", partial(Pace, 0.001, 100.0))
    with session(tmp_path) as desk, open_door(desk) as door:
        outside = Outside(desk, door, "readings")
        rows = [value(1.0, second) for second in range(60)]
        assert outside.send(readings=rows)["accepted"] == 60
        fast = outside.ask({"readings": rows})
        assert fast.status_code == 429 and int(fast.headers["Retry-After"]) > 0
        assert fast.json()["code"] == "intake_fast" and "秒" in fast.json()["text"]


def test_a_key_may_send_some_at_once_and_then_so_many_a_second() -> None:
    pace = Pace(rows_a_s=100.0, at_once=200.0)
    assert [pace.wait_s("a", 80, now) for now in (0.0, 0.0)] == [0, 0]
    assert pace.wait_s("a", 80, 0.0) == 1 and pace.wait_s("b", 80, 0.0) == 0, "each for itself"
    assert pace.wait_s("a", 80, 1.0) == 0
    assert pace.wait_s("a", 480, 1.0) == 5


@pytest.mark.usefixtures("app")
def test_a_port_that_is_taken_is_told_and_the_desk_works(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, session(tmp_path) as desk:
        failed: list[BaseException] = []
        desk.failed.connect(failed.append)
        for address in (str(taken.getsockname()[1]), "99999", "192.0.2.1:80"):
            failed.clear()
            door = LocalDoor(desk, address)
            door.open()
            until(lambda: failed, "it is told")
            assert isinstance(failed[0], KnownError) and failed[0].phrase.code == "door_taken"
            door.close()
