"""Two desks and a real platform: what they say differently is shown on both until one click settles it on both.

What the platform does not take waits in the inbox, through a restart and until someone else takes the desk.
"""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from console.desk.children import Platform
from console.desk.desk import Desk
from console.desk.plan import Options
from console.desk.session import utc_now
from console.domain.assignment import Assignment, Role, Status
from console.domain.conflict import Casualties, Conflict, Side, Subject
from console.domain.operation import Dispatch
from console.domain.phrases import say
from console.domain.place import Point
from console.store.ids import new_id
from console.sync.client import Link
from tests.desk.parts import open_incident, pack, press, running, settle, sign_in, until, write
from tests.support_wait import WAIT_S
from widgets.casualty_form import CasualtyForm
from widgets.conflict_card import ConflictCard, ConflictStack
from widgets.inbox_view import InboxView
from widgets.incident_edit import IncidentEdit
from widgets.keycap import KeyButton

SHOTS = Path(__file__).resolve().parents[2] / "build" / "shots"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    made = Platform(tmp_path_factory.mktemp("platform"), pack().id)
    made.start()
    port = int(made.url.rpartition(":")[2])

    def answers() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    until(answers, "the platform")
    yield made
    made.kill()


@pytest.fixture(scope="module")
def pair(
    app: QApplication, platform: Platform, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Desk, Desk]]:
    """The town's desk on a wide screen, and the city's on a narrow one."""
    with ExitStack() as stack:
        desks = []
        for user, size in (("duty", (1920, 1080)), ("city", (1280, 720))):
            folder = tmp_path_factory.mktemp(user)
            desk = stack.enter_context(running(Options(data=folder, language="zh", platform=platform.url), size))
            sign_in(desk, user)
            until(lambda desk=desk: online(desk), "online")
            desks.append(desk)
        yield desks[0], desks[1]


def online(desk: Desk) -> bool:
    return desk.link is not None and desk.link.client.state.link is Link.ONLINE


def cut(*desks: Desk) -> None:
    for desk in desks:
        assert desk.link is not None
        desk.link.set_cut(True)
        until(lambda desk=desk: not online(desk), "cut")


def mend(desk: Desk) -> None:
    """The link is back and everything that was done meanwhile is at the platform."""
    assert desk.link is not None and desk.session is not None
    desk.link.set_cut(False)
    until(lambda: online(desk), "mended")
    store = desk.session.store
    until(lambda: sum(pending(desk)) == 0, f"everything of {store.device} arrives")


def pending(desk: Desk) -> list[int]:
    from console.sync import outbox

    assert desk.session is not None
    session = desk.session
    return list(session.jobs.store(lambda: outbox.pending(session.store)).result(WAIT_S).values())


def shared_incident(desks: tuple[Desk, Desk], indicator: str) -> str:
    """An incident that both desks know and look at."""
    first, second = desks
    assert first.session and second.session and first.control and second.control
    id = open_incident(first.session, indicator)
    second_state = second.session.state
    until(lambda: id in second_state.incidents, "the other desk sees it")
    for desk in desks:
        assert desk.control is not None
        desk.control.open(id)
    settle(0.3)
    return id


def find(desk: Desk, subject: Subject, incident: str) -> Conflict | None:
    assert desk.session is not None
    found = desk.session.state.conflicts_of(incident)
    return next((c for c in found if c.subject is subject), None)


def disputed(desks: tuple[Desk, Desk], subject: Subject, incident: str) -> None:
    """Both desks show it as a card of the incident's panel."""
    for desk in desks:
        until(lambda desk=desk: (c := find(desk, subject, incident)) is not None and c.open, f"{subject} on both")
        until(lambda desk=desk: bool(cards(desk, subject)), f"{subject} is shown")


def cards(desk: Desk, subject: Subject) -> list[ConflictCard]:
    stack = desk.window.panels.incident.findChild(ConflictStack)
    assert isinstance(stack, ConflictStack)
    return [card for card in stack.cards() if card.row.conflict.subject is subject]


def take(desk: Desk, subject: Subject, side: Side) -> None:
    """One click."""
    QTest.mouseClick(cards(desk, subject)[0].button(side), Qt.MouseButton.LeftButton)


def settled(desks: tuple[Desk, Desk], subject: Subject, incident: str) -> None:
    for desk in desks:
        until(lambda desk=desk: (c := find(desk, subject, incident)) is not None and not c.open, "settled on both")
        until(lambda desk=desk: not cards(desk, subject), "the card goes")


def retitle(desk: Desk, text: str) -> None:
    """E, type, Enter."""
    panel = desk.window.panels.incident
    panel.edit()
    form = panel.findChild(IncidentEdit)
    assert isinstance(form, IncidentEdit)
    title = next(line for line in form.findChildren(QLineEdit) if line.accessibleName() == "标题")
    title.clear()
    write(title, text)
    QTest.keyClick(title, Qt.Key.Key_Return)


def shoot(desk: Desk, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    settle(0.8)
    assert desk.window.grab().save(str(SHOTS / f"{name}.png"))


def test_one_field_edited_on_both_while_apart(pair: tuple[Desk, Desk]) -> None:
    town, city = pair
    incident = shared_incident(pair, "lisha_level")
    cut(town, city)
    retitle(town, "立沙桥水位超警")
    retitle(city, "立沙河漫堤")
    mend(town)
    mend(city)
    disputed(pair, Subject.TITLE, incident)
    for desk in pair:
        assert desk.session is not None
        assert desk.session.state.incidents[incident].title.zh == "立沙桥水位超警", "what came first is in force"
        (card,) = cards(desk, Subject.TITLE)
        assert card.texts()[1] == "立沙桥水位超警" and "立沙河漫堤" in card.texts()
        assert "李值班员 · 厚街镇" in card.texts()[2]
    take(city, Subject.TITLE, "other")
    settled(pair, Subject.TITLE, incident)
    for desk in pair:
        assert desk.session is not None
        state = desk.session.state
        until(lambda state=state: state.incidents[incident].title.zh == "立沙河漫堤", "on both")


def send(desk: Desk, incident: str, unit: str) -> None:
    """One unit, by someone who does not know that it has been sent elsewhere."""
    assert desk.session is not None
    session, sent = desk.session, pack().units[unit]
    agency = pack().agencies[sent.agency]
    times = {Status.NOTIFIED.value: utc_now()}
    assignment = Assignment(new_id(), incident, agency.id, Role.LEAD, unit, 300.0, None, times, agency.path)
    session.do(Dispatch(incident, agency.id, agency.name, None, (assignment,)))
    until(lambda: assignment.id in session.state.assignments, "sent")


def test_one_unit_sent_to_two_incidents_while_apart(pair: tuple[Desk, Desk]) -> None:
    town, city = pair
    assert town.session and city.session
    here, there = shared_incident(pair, "congestion"), shared_incident(pair, "wanda_crowd")
    unit = next(id for id, u in pack().units.items() if u.on_duty)
    cut(town, city)
    send(town, here, unit)
    send(city, there, unit)
    mend(town)
    mend(city)
    disputed(pair, Subject.UNIT, there)
    for desk, size in ((town, "wide"), (city, "narrow")):
        assert desk.session and desk.control
        desk.control.open(there)
        rows = {row.id: row for row in desk.window.panels.incidents.rows()}
        until(lambda desk=desk: undecided_rows(desk) >= {here, there}, "both rows are marked")
        assert rows.keys() >= {here, there}
        until(lambda desk=desk: undecided_marks(desk) >= {here, there}, "and both marks on the map")
        (card,) = cards(desk, Subject.UNIT)
        assert card.accessibleName() == f"待裁定 {pack().units[unit].name.zh} 被派往两处"
        desk.window.resize(*((1920, 1080) if size == "wide" else (1280, 720)))
        shoot(desk, f"conflict-unit-{size}")
    city.control.open(here)  # type: ignore[union-attr]
    until(lambda: bool(cards(city, Subject.UNIT)), "it is a card of the first incident too")
    take(city, Subject.UNIT, "kept")
    settled(pair, Subject.UNIT, there)
    for desk in pair:
        assert desk.session is not None
        state = desk.session.state
        until(lambda state=state: {a.status for a in state.assignments_of(there)} == {Status.RECALLED}, "it turns back")
        assert {a.status for a in state.assignments_of(here)} == {Status.NOTIFIED}
        until(lambda desk=desk: not undecided_rows(desk), "no row is marked any more")
        until(lambda desk=desk: not undecided_marks(desk), "nor anything on the map")


def undecided_rows(desk: Desk) -> set[str]:
    return {row.id for row in desk.window.panels.incidents.rows() if row.undecided}


def undecided_marks(desk: Desk) -> set[str]:
    return {mark["id"] for mark in desk.window.panels.map._state["incident_marks"] if mark["undecided"]}


def mark_of(desk: Desk, incident: str) -> dict[str, Any]:
    """What the map shows of an incident."""
    found: dict[str, Any] = next(m for m in desk.window.panels.map._state["incident_marks"] if m["id"] == incident)
    return found


def move(desk: Desk, at: Point, name: str) -> None:
    """E, a place picked on the map, its name, Enter."""
    panel = desk.window.panels.incident
    panel.edit()
    form = panel.findChild(IncidentEdit)
    assert isinstance(form, IncidentEdit)
    panel.pickRequested.emit()
    desk.window.panels.map.mapClicked.emit(at.lon, at.lat)
    place = next(line for line in form.findChildren(QLineEdit) if line.accessibleName() == "地点")
    place.clear()
    write(place, name)
    QTest.keyClick(place, Qt.Key.Key_Return)


def count(desk: Desk, *numbers: int) -> None:
    """U, the numbers, Enter."""
    panel = desk.window.panels.incident
    panel.count_casualties()
    form = panel.findChild(CasualtyForm)
    assert isinstance(form, CasualtyForm)
    for box, number in zip(form.boxes(), numbers, strict=True):
        box.setValue(number)
    QTest.keyClick(form.boxes()[0], Qt.Key.Key_Return)


def test_two_places_and_two_counts_for_one_incident(pair: tuple[Desk, Desk]) -> None:
    town, city = pair
    assert town.session and city.session
    incident = shared_incident(pair, "road_water")
    at = town.session.state.incidents[incident].at
    cut(town, city)
    move(town, Point(at.lon + 0.006, at.lat + 0.002), "涵洞东口")
    move(city, Point(at.lon - 0.004, at.lat + 0.005), "涵洞北口")
    count(town, 0, 3, 0, 2)
    count(city, 1, 2, 0, 0)
    mend(town)
    mend(city)
    disputed(pair, Subject.LOCATION, incident)
    disputed(pair, Subject.CASUALTIES, incident)
    other = (at.lon - 0.004, at.lat + 0.005)
    for desk in pair:
        assert desk.session is not None
        state = desk.session.state
        assert state.count_of(incident) == Casualties(1, 3, 0, 2), "the most of both"
        until(lambda desk=desk: mark_of(desk, incident)["other"] == other, "the other place is on the map")
    cards(town, Subject.LOCATION)[0].look()
    shoot(town, "conflict-place")
    shoot(city, "conflict-place-narrow")
    take(town, Subject.LOCATION, "kept")
    settled(pair, Subject.LOCATION, incident)
    take(city, Subject.CASUALTIES, "other")
    settled(pair, Subject.CASUALTIES, incident)
    for desk in pair:
        assert desk.session is not None
        state = desk.session.state
        assert state.incidents[incident].place.zh == "涵洞东口"
        assert state.count_of(incident) == Casualties(1, 2, 0, 0)


def test_two_decide_one_conflict_and_the_second_is_told(pair: tuple[Desk, Desk]) -> None:
    """The one who came second finds it in the inbox, corrects the choice, and it is taken."""
    town, city = pair
    assert town.session and city.session
    incident = shared_incident(pair, "reservoir_level")
    cut(town, city)
    retitle(town, "水库高水位")
    retitle(city, "水库溢洪")
    mend(town)
    mend(city)
    disputed(pair, Subject.TITLE, incident)
    conflict = find(city, Subject.TITLE, incident)
    assert conflict is not None
    cut(town, city)
    take(town, Subject.TITLE, "kept")
    take(city, Subject.TITLE, "other")
    mend(town)
    mend(city)
    session = city.session
    until(lambda: len(session.inbox.refusals) == 1, "what was refused is in the inbox")
    assert "待处理 1" in badge(city)
    view = inbox(city)
    (row,) = view.rows()
    assert row.title == f"裁定 {session.state.incidents[incident].code} · 标题"
    assert row.detail == "“标题”的分歧已由 李值班员 裁定。"
    choice = view.editors()["take"]
    choice.setCurrentIndex(0)  # type: ignore[union-attr]
    settle(0.2)
    SHOTS.mkdir(parents=True, exist_ok=True)
    view.grab().save(str(SHOTS / "inbox-choice.png"))
    click(view, "Ctrl ↵")
    until(lambda: not session.inbox.refusals and not view.rows(), "it is taken")
    until(lambda: sum(pending(city)) == 0, "and arrives")
    settle(0.2)
    assert not session.inbox.refusals and "待处理 0" in badge(city)
    for desk in pair:
        assert desk.session is not None
        assert desk.session.state.incidents[incident].title.zh == "水库高水位"
        assert find(desk, Subject.TITLE, incident).taken == "kept"  # type: ignore[union-attr]
    assert city.chrome.inbox is not None
    city.chrome.inbox.close()


def badge(desk: Desk) -> str:
    return desk.window.top._inbox.accessibleName()


def inbox(desk: Desk) -> InboxView:
    """F6."""
    desk.window.activateWindow()
    until(desk.window.isActiveWindow, "the desk has the keyboard")
    press(desk.window, "F6")
    assert desk.chrome.inbox is not None
    view = desk.chrome.inbox.view
    until(view.isVisible, "the inbox")
    until(lambda: bool(view.rows()), "its rows")
    return view


def click(view: InboxView, key: str) -> None:
    button = next(each for each in view.findChildren(KeyButton) if each.key() == key)
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def said(desk: Desk) -> list[str]:
    """The message log in words."""
    assert desk.session is not None
    return [
        entry.note.text or (say(entry.note.phrase, "zh") if entry.note.phrase else "")
        for entry in desk.session.state.entries
    ]


def test_a_refused_word_is_corrected_after_a_restart_and_another_is_discarded(
    pair: tuple[Desk, Desk], platform: Platform, tmp_path: Path
) -> None:
    """The town's leader may only look. What they wrote is kept; the duty officer takes it from there."""
    town, _ = pair
    assert town.session is not None
    incident = shared_incident(pair, "gust")
    options = Options(data=tmp_path, language="zh", platform=platform.url)
    with running(options) as desk:
        sign_in(desk, "leader")
        assert desk.session is not None
        session = desk.session
        until(lambda: incident in session.state.incidents, "the leader sees the incident")
        for text in ("广告牌倒了", "测试"):
            session.write(text, incident)
        until(lambda: len(session.inbox.refusals) == 2, "both are refused")
        assert badge(desk) == "待处理 2"
    with running(options) as desk:
        sign_in(desk, "duty")
        assert desk.session and desk.control
        session = desk.session
        until(lambda: len(session.inbox.refusals) == 2, "both are still there")
        until(lambda: badge(desk) == "待处理 2", "and counted")
        until(lambda: online(desk), "online")
        view = inbox(desk)
        code = session.state.incidents[incident].code
        assert [row.title for row in view.rows()] == [f"记一条 {code} · 测试", f"记一条 {code} · 广告牌倒了"]
        assert "权限" in view.rows()[0].detail and "log.write" not in view.rows()[0].detail
        wrong = view.rows()[1].id
        view.select(wrong)
        assert view.selected().who.zh == "陈镇长"  # type: ignore[union-attr]
        line = view.editors()["note.text"]
        line.setFocus()
        line.end(False)  # type: ignore[union-attr]
        write(line, ",无人受伤")
        desk.chrome.inbox.resize(900, 520)  # type: ignore[union-attr]
        settle(0.2)
        view.grab().save(str(SHOTS / "inbox-note.png"))
        shoot(desk, "inbox-desk")
        click(view, "Ctrl ↵")
        until(lambda: len(session.inbox.refusals) == 1, "one is sent again")
        until(lambda: "广告牌倒了,无人受伤" in said(town), "and is in the log of the other desk")
        click(view, "X")
        write(view.reason(), "试机")
        QTest.keyClick(view.reason(), Qt.Key.Key_Return)
        until(lambda: not session.inbox.refusals and badge(desk) == "待处理 0", "nothing is left")
        until(lambda: "丢弃未被接收的“记一条”,理由:试机" in said(town), "the reason is in the log of the other desk")
        assert "测试" not in said(town), "whoever may only look on writes nothing into the others' log"
