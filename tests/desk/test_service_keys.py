"""接入密钥 in the window: given, shown once, copied, withdrawn; at the platform, or at a desk that works alone."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from PySide6.QtGui import QGuiApplication

from console.desk.children import Platform
from console.desk.desk import Desk
from console.desk.service_keys import ServiceKeys
from console.domain.agency import Position
from console.sync.link import Link
from tests.desk.parts import at_work, pack, press, until, write
from tests.desk.test_attachments import listens
from tests.support_wait import WAIT_S

AREA = "dongguan/houjie"


@pytest.fixture
def platform(app: object, tmp_path: Path) -> Iterator[Platform]:
    platform = Platform(tmp_path / "central", pack().id)
    platform.start()
    until(lambda: listens(platform.url), "the platform listens")
    yield platform
    platform.kill()


def opened(desk: Desk) -> ServiceKeys:
    """By the menu's command."""
    (command,) = (one for one in desk.chrome._commands() if one.word == "service-keys")
    assert command.why_not() == ""
    command.run()
    window = desk.chrome.service_keys
    assert window is not None
    until(window.isActiveWindow, "it has the keyboard")
    return window


def add(window: ServiceKeys, name: str, *kinds: str) -> str:
    """As typed; the key that is shown."""
    form = window.view.form
    press(window.view.list, "N")
    assert form.isVisible()
    write(form.name, name)
    for kind in kinds:
        form.ticks[kind].click()
    press(form.name, "Return")
    until(lambda: window.view.key.text() or window.view.message(), "it is answered")
    return window.view.key.text()


def ask(url: str, key: str, body: object = None) -> requests.Response:
    return requests.post(
        f"{url}/v1/intake", json=body or {}, headers={"Authorization": f"Bearer {key}"}, timeout=WAIT_S
    )


def test_a_key_is_given_shown_once_and_withdrawn_at_the_platform(
    platform: Platform, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with at_work(tmp_path / "desk", platform=platform.url) as desk:
        link = desk.link
        assert link is not None
        until(lambda: link.client.state.link is Link.ONLINE, "online")
        window = opened(desk)
        key = add(window, "water-bureau", "readings", "calls")
        assert key.startswith("live.ypk_"), window.view.message()
        assert not window.view.form.isVisible()
        assert ask(platform.url, key).status_code == 200
        window.view.copy.click()
        assert QGuiApplication.clipboard().text() == key
        until(window.view.list.rows, "it is listed")
        (row,) = window.view.list.rows()
        assert row.title == "water-bureau" and "读数" in row.detail and "来电" in row.detail
        assert not any(key in part for part in (row.title, row.detail, row.right, row.tip))
        press(window, "Escape")
        assert window.isHidden() and not window.view.key.text()
        window = opened(desk)
        assert not window.view.key.isVisible()

        assert add(window, "Water Bureau", "readings") == "" and "小写字母" in window.view.message()
        press(window.view.form.name, "Escape")
        press(window.view.list, "Down")
        assert window.view.list.selected_id() == row.id
        press(window.view.list, "X")
        assert "再按一次" in window.view.remove.text()
        assert ask(platform.url, key).status_code == 200, "once is not enough"
        press(window.view.list, "X")
        until(lambda: not window.view.list.rows(), "it is gone")
        assert ask(platform.url, key).status_code == 401
        platform.kill()
        until(lambda: link.client.state.link is not Link.ONLINE, "offline")
        assert add(window, "gps", "positions") == "" and window.view.message()
        assert window.view.form.name.text() == "gps", "what was typed stays"
    assert key not in caplog.text
    log = "".join(file.read_text("utf-8", "replace") for file in (tmp_path / "desk").rglob("*.log*"))
    assert key not in log and key.partition("_")[2] not in log


@pytest.mark.usefixtures("app")
def test_a_desk_alone_gives_keys_to_its_own_door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (settings := tmp_path / "settings.toml").write_text('intake = "0"\n', "utf-8")
    monkeypatch.setenv("YIPING_CONFIG", str(settings))
    with at_work(tmp_path / "desk") as desk:
        door, session = desk.door, desk.session
        assert door is not None and session is not None
        until(lambda: door.port, "it listens")
        window = opened(desk)
        key = add(window, "gps", "positions")
        unit = next(iter(pack().units))
        row = {"unit": unit, "lon": 113.67, "lat": 22.93, "at": "2026-11-30T08:00:00Z"}
        assert ask(f"http://127.0.0.1:{door.port}", key, {"positions": [row]}).json()["accepted"] == 1

        def there() -> bool:
            known: Position | None = session.state.positions.get(unit)
            return known is not None and abs(known.at.lon - 113.67) < 1e-6

        until(there, "the unit is where it was said to be")


@pytest.mark.usefixtures("app")
def test_a_desk_with_no_door_has_no_such_entry(tmp_path: Path) -> None:
    with at_work(tmp_path / "desk") as desk:
        (command,) = (one for one in desk.chrome._commands() if one.word == "service-keys")
        assert command.why_not() is None
