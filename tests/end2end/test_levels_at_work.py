"""Three levels on one platform: what the town hands up, down and across is on the other desks, and comes back.

The town's, the city's, a village's and the fire brigade's desk are real windows; the platform is a process.
"""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from console.desk import i18n
from console.desk.children import Platform
from console.desk.desk import Desk
from console.desk.plan import Options
from console.domain.assignment import Assignment, Role, Status, Way
from console.domain.incident import SideState
from console.domain.levels import Sending
from console.domain.situation import Element, ReportKind
from console.store import blobs
from console.sync import outbox
from console.sync.client import Link
from tests.desk.parts import open_incident, pack, press, running, settle, sign_in, until, write
from tests.support_wait import WAIT_S
from widgets.choice_picker import ChoicePicker
from widgets.form_block import ChoiceBox
from widgets.level_part import Line

SHOTS = Path(__file__).resolve().parents[2] / "build" / "shots"
JPEG = b"\xff\xd8\xff\xe0" + b"water under the bridge " * 4000 + b"\xff\xd9"


@dataclass(frozen=True)
class Desks:
    town: Desk
    city: Desk
    village: Desk
    fire: Desk

    def all(self) -> tuple[Desk, ...]:
        return self.town, self.city, self.village, self.fire


@pytest.fixture(scope="module")
def desks(app: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    platform = Platform(tmp_path_factory.mktemp("platform"), pack().id)
    platform.start()
    port = int(platform.url.rpartition(":")[2])

    def answers() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    until(answers, "the platform")
    with ExitStack() as stack:
        stack.callback(platform.kill)
        made = []
        for user, size in (
            ("duty", (1920, 1080)),
            ("city", (1920, 1080)),
            ("tingshan", (1600, 900)),
            ("fire", (1280, 720)),
        ):
            folder = tmp_path_factory.mktemp(user)
            desk = stack.enter_context(running(Options(data=folder, language="zh", platform=platform.url), size))
            sign_in(desk, user)
            until(lambda desk=desk: online(desk), f"{user} is online")
            made.append(desk)
        yield Desks(*made)


def online(desk: Desk) -> bool:
    return desk.link is not None and desk.link.client.state.link is Link.ONLINE


def front(desk: Desk) -> None:
    """This desk has the keyboard."""
    desk.window.activateWindow()
    until(desk.window.isActiveWindow, "the desk has the keyboard")


def work_of(desk: Desk) -> list[str]:
    """The rows of what was sent here, as shown: what is done and the headers too."""
    return [f"{row.title} {row.detail}" for row in desk.window.panels.work.rows()]


def sent(desk: Desk, incident: str, agency: str, way: Way) -> Assignment | None:
    assert desk.session is not None
    mine = desk.session.state.assignments_of(incident)
    return next((a for a in mine if a.agency == agency and a.way is way and a.unit is None), None)


def arrived(desk: Desk, incident: str, agency: str, way: Way) -> Assignment:
    """It is in the desk's own list, and said in the banner."""
    until(lambda: sent(desk, incident, agency, way) is not None, f"{way} at {agency}")
    found = sent(desk, incident, agency, way)
    assert found is not None
    desk.window.go_to("work")
    work = desk.window.panels.work
    until(lambda: found.id in {row.id for row in work.rows()}, "it is listed")
    work.select(found.id)
    return found


def hand_on(desk: Desk, how: Sending, names: list[str], reason: str) -> None:
    """Ctrl+G, the way, the first letters of each and Enter, Enter, why, Enter: no mouse."""
    front(desk)
    panel = desk.window.panels.incident
    press(desk.window, "Ctrl+G")
    form = panel.levels.form
    until(form.isVisible, "the form")
    way = form.findChildren(ChoiceBox)[0]
    way.setFocus()
    while way.currentData() != how.value:
        before = way.currentIndex()
        QTest.keyClick(way, Qt.Key.Key_Down)
        if way.currentIndex() == before:
            way.setCurrentIndex(0)
    picker = form.findChild(ChoicePicker)
    assert isinstance(picker, ChoicePicker)
    picker.setFocus()
    line = picker.focusProxy()
    for name in names:
        write(line, name)
        QTest.keyClick(line, Qt.Key.Key_Return)
    QTest.keyClick(line, Qt.Key.Key_Return)
    into = QApplication.focusWidget()
    assert into is not None and into is not line
    write(into, reason)
    if how is Sending.WHISTLE:
        shoot(desk, "levels-form-zh")
    QTest.keyClick(into, Qt.Key.Key_Return)
    assert not form.isVisible(), form.save.toolTip()


def lines(desk: Desk) -> list[str]:
    return desk.window.panels.incident.levels.lines()


def says(desk: Desk, text: str) -> None:
    until(lambda: any(text in line for line in lines(desk)), f"{text!r} in {lines(desk)}")


def key(desk: Desk, name: str) -> None:
    """A key of the desk's own list."""
    front(desk)
    desk.window.go_to("work")
    target: QWidget = desk.window.panels.work.focusProxy()
    until(lambda: QApplication.focusWidget() is target, "the list has the keyboard")
    press(target, name)


def shoot(desk: Desk, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    settle(0.4)
    assert desk.window.grab().save(str(SHOTS / f"{name}.png"))


def status(desk: Desk, id: str) -> Status:
    assert desk.session is not None
    return desk.session.state.assignments[id].status


def test_three_levels_at_work(desks: Desks, tmp_path: Path) -> None:
    town, city, village, fire = desks.all()
    assert town.session and city.session and village.session and fire.session and town.control and city.control
    incident = open_incident(town.session, "lisha_level")
    town.control.open(incident)
    until(lambda: incident in city.session.state.incidents, "the city sees what the town has")
    assert incident not in village.session.state.incidents, "the village has nothing to do with it yet"

    # the town whistles for three; the count goes up as their desks accept
    hand_on(town, Sending.WHISTLE, ["xf", "jj", "ts"], "封桥两端,十分钟内报到")
    says(town, "报到 0/3")
    whistled = [
        arrived(fire, incident, "fire", Way.WHISTLE),
        arrived(village, incident, "tingshan", Way.WHISTLE),
    ]
    assert whistled[0].role is Role.LEAD and whistled[0].reason == "封桥两端,十分钟内报到"
    assert "厚街镇 李值班员" in " ".join(work_of(village))
    assert "吹哨" in village.window.banner.text()
    key(fire, "Shift+A")
    says(town, "报到 1/3")
    key(village, "Shift+A")
    says(town, "报到 2/3")
    says(town, "等 交警大队")

    # 下派 to the village, which returns it; the town gives it to the fire brigade
    hand_on(town, Sending.DOWN, ["ts"], "转移低洼住户")
    back = arrived(village, incident, "tingshan", Way.DOWN)
    shoot(village, "levels-village-zh")
    key(village, "Shift+T")
    write(village.window.panels.work.back.words, "不在本社区,属白濠")
    press(village.window.panels.work.back.words, "Return")
    says(town, "汀山社区 退回:不在本社区,属白濠")
    assert town.session.state.incidents[incident].side_states == (), "the lead goes on"
    shoot(town, "levels-town-zh")
    returned = next(
        line for line in town.window.panels.incident.levels.findChildren(Line) if "退回" in line.accessibleName()
    )
    front(town)
    QTest.mouseClick(returned, Qt.MouseButton.LeftButton)
    form = town.window.panels.incident.levels.form
    picker = form.picker()
    line = picker.focusProxy()
    write(line, "xf")
    QTest.keyClick(line, Qt.Key.Key_Return)
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert not form.save.isEnabled(), "a transfer says why"
    reason = QApplication.focusWidget()
    assert reason is not None
    write(reason, "消防就近转移")
    press(reason, "Return")
    given = arrived(fire, incident, "fire", Way.TRANSFER)
    assert given.origin == back.id and given.reason == "消防就近转移"
    until(lambda: not any("退回" in line for line in lines(town)), "nobody waits for the village")
    assert status(town, back.id) is Status.DECLINED, "what it said stays with it"

    # the brigade is cut off, accepts and sends an engine on; the town's own work goes on meanwhile
    assert fire.link is not None
    fire.link.set_cut(True)
    until(lambda: not online(fire), "cut")
    key(fire, "Shift+A")
    until(lambda: status(fire, given.id) is Status.ACKNOWLEDGED, "accepted on the desk that is cut off")
    shoot(fire, "levels-fire-zh")
    key(fire, "Shift+G")
    line = fire.window.panels.incident.levels.form.picker().focusProxy()
    write(line, "消防 1 车")
    QTest.keyClick(line, Qt.Key.Key_Return)
    QTest.keyClick(line, Qt.Key.Key_Return)
    focused = QApplication.focusWidget()
    assert focused is not None
    press(focused, "Return")
    engines = lambda desk: [a for a in desk.session.state.assignments_of(incident) if a.unit == "xf1"]  # noqa: E731
    until(lambda: engines(fire), "an engine of its own")
    assert engines(fire)[0].origin in (given.id, whistled[0].id)
    assert not engines(town) and status(town, given.id) is Status.NOTIFIED

    # the village is done, with a photo
    photo = tmp_path / "桥下积水.jpg"
    photo.write_bytes(JPEG)
    village.window.panels.work.select(whistled[1].id)
    key(village, "Shift+F")
    feedback = village.window.panels.work.feedback
    feedback.add_photos(whistled[1].id, [str(photo)])
    write(feedback.words, "已封桥,积水 20 厘米")
    press(feedback.words, "Return")
    until(lambda: status(town, whistled[1].id) is Status.DONE, "fed back")
    until(lambda: town.session.state.attachments_of(incident), "the photo is known")
    (file,) = town.session.state.attachments_of(incident)
    assert file.name == photo.name and file.by.name.zh == "谢值班员"
    store = town.session.store

    def bytes_here() -> bytes:
        with store.read() as view:
            return b"" if blobs.missing(view, [file.sha256]) else b"".join(blobs.read(view, file.sha256))

    until(lambda: town.session.jobs.store(bytes_here).result(WAIT_S) == JPEG, "the photo itself is at the town")

    # 上报 with a 首报: the city has it at once
    hand_on(town, Sending.UP, ["szhzx"], "水位仍在上涨,请求支援")
    up = arrived(city, incident, "dongguan", Way.UP)
    assert up.role is Role.SUPERVISE
    front(town)
    press(town.window, "Ctrl+B")
    assert town.chrome.levels is not None
    window = town.chrome.levels.situation
    until(window.isVisible, "the form of a report")
    said = window.form.situation()
    assert said.kind is ReportKind.FIRST and "立沙" in said.elements["place"] and said.to == "市指挥中心"
    window.form.text(Element.LEADERS).setPlainText("陈镇长")
    settle(0.3)
    assert window.grab().save(str(SHOTS / "levels-report-zh.png"))
    press(window.form.text(Element.COURSE), "Ctrl+Return")
    until(lambda: city.session.state.reports_of(incident), "the city has the report")
    (report,) = city.session.state.reports_of(incident)
    assert report.elements["leaders"] == "陈镇长" and report.by.name.zh == "李值班员"
    city.control.open(incident)
    says(city, "首报")
    key(city, "Shift+A")
    until(lambda: status(town, up.id) is Status.ACKNOWLEDGED, "the town sees that the city has seen it")
    says(town, "首报")

    # the brigade is back: everyone has the same
    fire.link.set_cut(False)
    until(lambda: online(fire), "mended")
    until(lambda: sum(pending(fire)) == 0, "everything of the brigade arrives")
    until(lambda: bool(engines(town)) and status(town, given.id) is Status.ACKNOWLEDGED, "it is at the town")
    converged(desks, incident)
    assert SideState.RETURNED not in town.session.state.incidents[incident].side_states

    for desk, name in zip(desks.all(), ("town", "city", "village", "fire"), strict=True):
        assert desk.control is not None
        desk.control.open(incident)
        desk.window.go_to("work")
        shoot(desk, f"levels-{name}-end-zh")
    i18n.speak("en")
    try:
        for desk, name in zip(desks.all(), ("town", "city", "village", "fire"), strict=True):
            shoot(desk, f"levels-{name}-en")
    finally:
        i18n.speak("zh")


def pending(desk: Desk) -> list[int]:
    assert desk.session is not None
    session = desk.session
    return list(session.jobs.store(lambda: outbox.pending(session.store)).result(WAIT_S).values())


def converged(desks: Desks, incident: str) -> None:
    """Every desk has the same assignments, reports and files of the incident, and the same incident."""

    def seen(desk: Desk) -> object:
        assert desk.session is not None
        state = desk.session.state
        return (
            state.incidents[incident],
            sorted(state.assignments_of(incident), key=lambda a: a.id),
            state.reports_of(incident),
            state.attachments_of(incident),
        )

    until(lambda: all(seen(desk) == seen(desks.town) for desk in desks.all()), "all the same")
