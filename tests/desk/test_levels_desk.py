"""A desk between the levels: whom it may hand to, what its reports start from, and that nothing typed is lost."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from console.desk import level_rows
from console.desk.plan import Options
from console.desk.session import Session, utc_now
from console.desk.situation import situation_offer, situation_report
from console.domain.assignment import Assignment, Role, Status, Way
from console.domain.conflict import Casualties
from console.domain.duty import Limit
from console.domain.levels import Sending
from console.domain.log import Kind
from console.domain.operation import Dispatch, ReportStatus
from console.domain.reporting import ReportSituation
from console.domain.situation import Element, ReportKind
from console.domain.words import Label
from console.domain.worktime import Span
from console.store.ids import new_id
from tests.desk.parts import at_work, open_incident, pack, running, session, sign_in, until
from tests.support_wait import WAIT_S
from widgets.choice_picker import Choice
from widgets.send_form import Handing, SendOffer

WHO = Label("何班长", "He")


@pytest.fixture
def town(app: QApplication, tmp_path: Path) -> Iterator[Session]:
    with session(tmp_path) as made:
        yield made


def become(made: Session, user: str) -> Session:
    made.user = pack().users[user]
    return made


def offered(made: Session, incident: str) -> SendOffer:
    found = level_rows.send_offer(made, made.state.incidents[incident])
    assert found is not None
    return found


def ids(choices: tuple[Choice, ...]) -> list[str]:
    return [choice.id for choice in choices]


def hand(made: Session, incident: str, how: Sending, *to: str, **more: object) -> list[Assignment]:
    operation = level_rows.handed(made, Handing(incident, how, to, **more), utc_now())  # type: ignore[arg-type]
    made.do(operation)
    made.jobs.store(lambda: None).result(WAIT_S)
    sent = operation.assignments if isinstance(operation, Dispatch) else (operation.to,)
    until(lambda: all(one.id in made.state.assignments for one in sent), "sent")
    return [made.state.assignments[one.id] for one in sent]


def say(made: Session, one: Assignment, status: Status, text: str = "") -> None:
    made.do(ReportStatus(one.id, status, utc_now(), WHO, Kind.MESSAGE, Label(text, text)))
    until(lambda: status.value in made.state.assignments[one.id].times, status.value)


def test_a_centre_hands_up_and_down_and_its_own_village_first(town: Session) -> None:
    incident = open_incident(town)
    ways = offered(town, incident).ways
    assert list(ways) == [Sending.WHISTLE, Sending.DOWN, Sending.UP], "nothing to transfer, and nobody leads yet"
    assert ids(ways[Sending.UP])[0] == "dongguan" and set(ids(ways[Sending.UP])) >= {"city_flood", "city_120"}
    assert {"hj_south", "tingshan", "fire"} <= set(ids(ways[Sending.DOWN])) and "houjie" not in ids(ways[Sending.DOWN])
    assert not set(ids(ways[Sending.UP])) & set(ids(ways[Sending.DOWN]))
    (lead,) = hand(town, incident, Sending.DOWN, "tingshan", minutes=10, reason="转移住户")
    assert lead.role is Role.LEAD and lead.ack_due_at and lead.ack_due_at - utc_now() < timedelta(minutes=10)
    ways = offered(town, incident).ways
    assert Sending.ASSIST in ways and Sending.TRANSFER in ways
    assert ids(ways[Sending.WHISTLE])[0] == "water", "the town's own agencies before others"
    noted = next(choice for choice in ways[Sending.WHISTLE] if choice.id == "tingshan")
    assert noted.note == Status.NOTIFIED.label


def test_who_was_only_sent_to_it_sends_on_its_own_and_nothing_else(town: Session) -> None:
    incident = open_incident(town)
    (received,) = hand(town, incident, Sending.DOWN, "fire")
    become(town, "fire")
    assert level_rows.serves(town) and level_rows.place_name(town) == pack().agencies["fire"].name
    offer = offered(town, incident)
    assert list(offer.ways) == [Sending.ONWARD] and offer.received == received.id
    assert "unit:xf1" in ids(offer.ways[Sending.ONWARD]) and "unit:jj7" not in ids(offer.ways[Sending.ONWARD])
    (engine,) = hand(town, incident, Sending.ONWARD, "unit:xf1", assignment=received.id)
    assert (engine.unit, engine.agency, engine.origin) == ("xf1", "fire", received.id)
    rows = {row.assignment.id: row for row in level_rows.work_rows(town, utc_now())}
    assert set(rows) == {received.id, engine.id} and rows[engine.id].unit == pack().units["xf1"].name
    become(town, "traffic")
    assert level_rows.send_offer(town, town.state.incidents[incident]) is None
    facts = level_rows.level_facts(town, town.state.incidents[incident])
    assert facts.handing and facts.elsewhere
    assert level_rows.work_rows(town, utc_now()) == []


def test_a_zone_gives_what_it_received_to_its_villages(town: Session) -> None:
    incident = open_incident(town)
    (received,) = hand(town, incident, Sending.DOWN, "hj_south")
    become(town, "zone")
    ways = offered(town, incident).ways
    assert ids(ways[Sending.ONWARD]) == ["tingshan", "baihao"]
    (on,) = hand(town, incident, Sending.ONWARD, "baihao", assignment=received.id)
    assert on.origin == received.id and on.scope == "dongguan/houjie/hj_south/baihao/@baihao"


def test_the_city_takes_over(town: Session) -> None:
    incident = open_incident(town)
    (lead,) = hand(town, incident, Sending.DOWN, "water")
    become(town, "city")
    assert not level_rows.serves(town) and level_rows.place_name(town) == pack().agencies["dongguan"].name
    ways = offered(town, incident).ways
    assert Sending.UP not in ways and "city_flood" in ids(ways[Sending.TRANSFER])
    (over,) = hand(town, incident, Sending.TRANSFER, "city_flood", assignment=lead.id, reason="跨镇")
    assert (over.way, over.origin) == (Way.TRANSFER, lead.id)
    until(lambda: town.state.incidents[incident].lead == "city_flood", "the city leads")


def test_what_was_returned_and_who_is_called_is_shown(town: Session) -> None:
    incident = open_incident(town)
    first, second = hand(town, incident, Sending.WHISTLE, "fire", "tingshan", minutes=1)
    say(town, first, Status.ACKNOWLEDGED)
    say(town, second, Status.DECLINED, "不在辖区")
    facts = level_rows.level_facts(town, town.state.incidents[incident])
    assert len(facts.called) == 2
    assert [row.assignment.reason for row in facts.returned] == ["不在辖区"]
    assert ids(offered(town, incident).works)[0] == second.id, "what was sent back is offered first"


def test_a_report_starts_from_what_is_known_and_from_the_last_one(town: Session) -> None:
    incident = open_incident(town)
    known = town.state.incidents[incident]
    duty = town.lists.duty(known.matter, known.area)
    assert duty is not None
    limits = {Limit.PHONE.value: Span(20), Limit.WRITTEN.value: Span(40), Limit.FOLLOW_UP.value: Span(30)}
    timed = replace(duty, limits={**duty.limits, **limits})
    town.lists = replace(town.lists, duties={**town.lists.duties, duty.id: timed})
    hand(town, incident, Sending.DOWN, "fire")
    town.count_casualties(incident, Casualties(0, 2, 0, 0), utc_now())
    until(lambda: town.state.count_of(incident) is not None, "counted")

    def running() -> list[Limit]:
        facts = level_rows.level_facts(town, town.state.incidents[incident])
        return [timer.limit for timer in facts.timers]

    assert running() == [Limit.PHONE, Limit.WRITTEN]
    offer = situation_offer(town, town.state.incidents[incident])
    start = offer.start
    assert (start.kind, start.by_phone, start.to) == (ReportKind.FIRST, True, "市指挥中心")
    assert "立沙桥" in start.elements["place"] and "伤 2" in start.elements["consequences"]
    assert "消防救援大队(已派)" in start.elements["measures"]

    def report(said: object) -> None:
        before = len(town.state.reports_of(incident))
        town.do(ReportSituation(situation_report(town, incident, said, utc_now())))  # type: ignore[arg-type]
        until(lambda: len(town.state.reports_of(incident)) == before + 1, "reported")

    report(start)
    assert running() == [Limit.WRITTEN]
    written = situation_offer(town, town.state.incidents[incident]).start
    assert (written.kind, written.by_phone) == (ReportKind.FIRST, False), "a call does not stand for it"
    report(replace(written, elements={**written.elements, Element.CAUSE.value: "上游放水"}))
    assert running() == [Limit.FOLLOW_UP]
    (sent,) = [a for a in town.state.assignments_of(incident) if a.agency == "fire"]
    say(town, sent, Status.ACKNOWLEDGED)
    later = situation_offer(town, town.state.incidents[incident])
    assert later.start.kind is ReportKind.FOLLOW_UP and later.start.elements["cause"] == "上游放水"
    assert "消防救援大队(签收)" in later.start.elements["measures"], "what has gone on since is new"
    assert later.previous is not None and later.previous.to == pack().agencies["dongguan"].name


def test_what_was_typed_is_there_after_a_restart(app: QApplication, tmp_path: Path) -> None:
    with at_work(tmp_path) as desk:
        assert desk.session and desk.control and desk.chrome.levels
        incident = open_incident(desk.session)
        desk.control.open(incident)
        until(lambda: desk.window.panels.incident.detail() is not None, "shown")
        desk.chrome.levels.hand(Sending.WHISTLE)
        desk.chrome.levels.form.picker().toggle("fire")
        desk.chrome.levels.report()
        desk.chrome.levels.situation.form.text(Element.CAUSE).setPlainText("上游放水")
        desk.window.panels.work.back.set_drafts({"a1": "不在辖区"})
        kept = desk.chrome.levels.drafts()
        desk.chrome.levels.situation.close()
    with running(Options(data=tmp_path, language="zh")) as desk:
        sign_in(desk)
        assert desk.chrome.levels is not None
        assert desk.chrome.levels.drafts() == kept
        assert kept["send"][incident]["to"] == ("fire",)
        assert kept["situation"][incident]["elements"]["cause"] == "上游放水"


def test_a_photo_that_is_gone_keeps_the_feedback_back(app: QApplication, tmp_path: Path) -> None:
    with running(Options(data=tmp_path, language="zh")) as desk:
        sign_in(desk, "fire")
        assert desk.session and desk.chrome.levels
        made = desk.session
        town = pack().users["duty"]
        fire, made.user = made.user, town
        incident = open_incident(made)
        made.user = fire
        to = Assignment(
            new_id(), incident, "fire", Role.LEAD, times={"notified": utc_now()}, scope=pack().agencies["fire"].path
        )
        made.user = town
        made.do(Dispatch(incident, "fire", WHO, None, (to,)))
        until(lambda: to.id in made.state.assignments, "sent")
        made.user = fire
        work = desk.window.panels.work
        until(lambda: work.selected_id() == to.id, "it is there")
        work.fedBack.emit(to.id, "已封桥", [str(tmp_path / "gone.jpg")])
        assert "gone.jpg" in desk.window.banner.text()
        assert desk.chrome.levels.drafts()["work"]["feedback"] == {to.id: ["已封桥"]}
        assert made.state.assignments[to.id].status is Status.NOTIFIED
