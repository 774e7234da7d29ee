"""The page at `/` in a real Chromium: one signs in, sees the desks as they are, and nothing a desk says does harm."""

import json
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QApplication

from console.domain.operation import OpenIncident
from console.domain.words import Label
from console.store.store import Store
from console.sync.handshake import Handshake
from console.sync.messages import fingerprint
from console.sync.outbox import perform, to_send
from tests import support_qt
from tests.support_pack import PASSWORD, actor, incident
from tests.support_platform import Desk, Platform, api, until
from tests.support_wait import WAIT_S

SHOTS = Path(__file__).parents[2] / "build" / "shots"
SCRIPT = "<script>document.title='pwned'</script>"
WHO = Label("王", "Wang")


class Browser:
    """One page, at a size, in a profile that keeps nothing."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.profile = QWebEngineProfile()
        self.view = QWebEngineView()
        self.page = _Page(self.profile, self.said)
        self.view.setPage(self.page)
        self.view.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen, False)
        self.resize(1280, 800)
        self.view.show()

    def resize(self, width: int, height: int) -> None:
        self.view.resize(QSize(width, height))
        QTest.qWait(150)

    def open(self, url: str) -> None:
        done: list[bool] = []
        connection = self.page.loadFinished.connect(done.append)
        self.page.load(QUrl(url))
        support_qt.until(lambda: bool(done), "loaded")
        self.page.loadFinished.disconnect(connection)
        assert done[0], url

    def ask(self, script: str) -> Any:
        return support_qt.ask(self.page, script)

    def until(self, script: str) -> None:
        support_qt.until(lambda: bool(self.ask(script)), script)

    def text(self, where: str) -> str:
        return str(self.ask(f"document.querySelector({json.dumps(where)}).innerText"))

    def press(self, where: str) -> None:
        self.ask(f"(document.querySelector({json.dumps(where)}).click(), 1)")

    def sign_in(self, user: str, password: str = PASSWORD) -> None:
        for field, value in (("user", user), ("password", password)):
            self.ask(f"(document.getElementById('{field}').value = {json.dumps(value)}, 1)")
        self.press("#enter button")

    def hurry(self) -> None:
        """Ask the platform now, as a page does that comes back to the front."""
        self.ask("(document.dispatchEvent(new Event('visibilitychange')), 1)")

    def shoot(self, name: str) -> None:
        SHOTS.mkdir(parents=True, exist_ok=True)
        QTest.qWait(250)
        assert self.view.grab().save(str(SHOTS / f"platform-{name}.png"))

    def close(self) -> None:
        self.view.close()
        self.page.deleteLater()
        self.view.deleteLater()
        QTest.qWait(50)
        self.profile.deleteLater()
        QTest.qWait(50)


class _Page(QWebEnginePage):
    def __init__(self, profile: QWebEngineProfile, said: list[str]) -> None:
        super().__init__(profile)
        self._said = said

    def javaScriptConsoleMessage(self, level: Any, message: str, line: int, source: str) -> None:
        self._said.append(f"{source}:{line}: {message}")


@pytest.fixture
def browser(app: QApplication) -> Iterator[Browser]:
    browser = Browser()
    yield browser
    browser.close()


def as_device(path: Path, device: str) -> None:
    """A desk that calls itself what it likes."""
    store = Store.open(path, bytes(range(32)))
    with store.begin() as tx:
        tx.set_setting("store.device", device)
    store.close()


def rows(browser: Browser, table: str) -> list[list[str]]:
    cells = "[...row.cells].map((cell) => cell.innerText)"
    return list(browser.ask(f"[...document.querySelectorAll('#{table} tbody tr')].map((row) => {cells})"))


def test_real_desks_as_they_are(browser: Browser, tmp_path: Path) -> None:
    with ExitStack() as stack:
        platform = Platform(tmp_path / "platform")
        stack.callback(platform.kill, signal.SIGTERM)
        as_device(tmp_path / "evil.db", SCRIPT)
        desks = {name: Desk(tmp_path / f"{name}.db") for name in ("fast", "cut", "evil")}
        for desk in desks.values():
            stack.callback(desk.close)
        for desk, user in zip(desks.values(), ("u1", "village", "city"), strict=True):
            desk.connect(platform.url, user)
        desks["fast"].do(OpenIncident(incident(), WHO), actor())
        until(lambda: all(desk.online() and desk.settled() for desk in desks.values()))

        # the village's link goes, and others work on: it is behind, and what it did waits
        cut = desks["cut"]
        assert cut.client
        cut.client.close()
        cut.client = None
        for number in range(2, 5):
            desks["fast"].do(OpenIncident(incident(number), WHO), actor(number))
        store = cut.store
        cut.submit(lambda store: perform(store, OpenIncident(incident(9), WHO), actor(9, "village"))).result()
        hands = Handshake(lambda fn: cut.submit(fn).result())
        asked = hands.request("village", PASSWORD, "live").model_dump()
        token = requests.post(f"{platform.url}/v1/login", json=asked, timeout=WAIT_S).json()["token"]
        said = {"cursor": 1, "pending": 1, "since": (datetime.now(UTC) - timedelta(minutes=7)).isoformat()}
        mine = {"Authorization": f"Bearer {token}"}

        def heard() -> Any:
            """The platform notes where a desk is every few seconds."""
            requests.get(f"{platform.url}/v1/pull", params=said, headers=mine, timeout=WAIT_S)
            (realm,) = watch(platform.url, "city")["realms"]
            late = {desk["device"]: desk for desk in realm["desks"]}
            return late[store.device]["pending"] and late[SCRIPT]["cursor"]

        # and one that the rules refuse
        other = Store.open(tmp_path / "other.db", None)
        perform(other, OpenIncident(incident(20), WHO), actor(20))
        body = json.loads(to_send(other, "command", 0).bodies[0])
        body |= {"name": "incident.move", "args": {"incident": "nowhere", "move": "check"}}
        body["hash"] = fingerprint(body)
        refused = api(platform.url, "probe")
        answer = refused.post(f"{platform.url}/v1/push", json={"operations": [body]}, timeout=WAIT_S).json()
        assert answer["outcomes"][0]["refusal"]
        other.close()
        until(desks["fast"].settled)
        until(heard)

        browser.open(platform.url + "/")
        browser.until("document.querySelector('#enter') && !document.querySelector('#enter').hidden")
        assert browser.text("#enter h2") == "登录"
        assert browser.ask("document.activeElement.id") == "user"
        browser.shoot("sign-in")
        browser.sign_in("city", "wrong")
        browser.until("document.querySelector('#wrong').innerText")
        assert browser.text("#wrong") == "用户名或密码不对。"
        browser.sign_in("relay")
        browser.until("document.querySelector('#wrong').innerText.includes('权限')")
        browser.sign_in("city")
        browser.until("document.querySelectorAll('#desks tbody tr').length == 4")
        assert browser.text("h1") == "一屏平台"
        assert browser.ask("document.title") == "一屏平台"  # and not what a desk wanted
        assert browser.ask("document.querySelectorAll('td script, th script').length") == 0

        shown = {row[1]: row for row in rows(browser, "desks")}
        assert SCRIPT in shown
        late = shown[store.device]
        assert late[0].split()[-1] == "积压" and late[7] == "1 条,最早 7 分钟前"
        assert int(late[6]) > 0  # it is behind
        (realm,) = watch(platform.url, "city")["realms"]
        lags = {desk["device"]: desk["lag"] for desk in realm["desks"]}
        assert lags[store.device] == int(late[6]) > 0
        assert rows(browser, "desks")[0][1] == store.device  # the worst is first
        assert [row[3] for row in rows(browser, "refusals")] == ["incident.move"]
        browser.shoot("zh-1280")
        browser.resize(1920, 1080)
        browser.shoot("zh-1920")
        browser.resize(390, 844)
        assert browser.ask("document.documentElement.scrollWidth") <= 390
        browser.shoot("zh-phone")

        browser.resize(1280, 800)
        browser.press("#lang")
        assert browser.text("h1") == "Yiping platform" and browser.ask("document.documentElement.lang") == "en"
        assert "Backlog" in rows(browser, "desks")[0][0]
        browser.shoot("en-1280")

        # a new one comes without anyone doing anything
        before = int(browser.ask("document.querySelectorAll('#desks tbody tr').length"))
        api(platform.url, "late-comer")
        browser.until(f"document.querySelectorAll('#desks tbody tr').length == {before + 1}")

        # the platform goes: what was seen stays, and it is said since when; it comes back by itself
        platform.kill()
        browser.hurry()
        browser.until("!document.querySelector('#banner').hidden")
        assert "does not answer" in browser.text("#banner")
        assert len(rows(browser, "desks")) == before + 1
        browser.shoot("away")
        platform.start()
        browser.hurry()
        browser.until("document.querySelector('#banner').hidden")
        browser.press("#leave")
        browser.until("!document.querySelector('#enter').hidden && document.querySelector('#state').hidden")
        assert browser.ask("sessionStorage.getItem('token')") is None
        away = [line for line in browser.said if "Failed to load resource" not in line]
        assert away == []


def test_nothing_yet_is_said_and_other_pages_of_the_platform_work(browser: Browser, tmp_path: Path) -> None:
    platform = Platform(tmp_path)
    try:
        browser.open(platform.url + "/")
        browser.sign_in("leader")
        browser.until("!document.querySelector('#state').hidden")
        assert "还没有席位" in browser.text("#state section:first-of-type .empty")
        assert browser.ask("document.querySelector('#desks').parentElement.hidden")
        browser.shoot("empty")
        # the API's description draws itself without any other host
        browser.open(platform.url + "/docs")
        browser.until("document.querySelectorAll('.opblock').length > 10")
        browser.shoot("docs")
        assert browser.said == []
        headers = requests.get(platform.url + "/", timeout=WAIT_S).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
    finally:
        platform.kill(signal.SIGTERM)


def watch(url: str, user: str) -> dict[str, Any]:
    token = requests.post(f"{url}/v1/watch", json={"user": user, "password": PASSWORD}, timeout=WAIT_S).json()["token"]
    return dict(requests.get(f"{url}/v1/desks", headers={"Authorization": f"Bearer {token}"}, timeout=WAIT_S).json())
