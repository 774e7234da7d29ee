"""A typed word is never about the wrong incident, unit or list: what may mean several things is asked about."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from console.desk.desk import Desk
from console.desk.present import incident_detail, unit_rows
from console.desk.session import utc_now
from console.domain.assignment import Role, Status
from console.domain.incident import Stage
from console.domain.operation import EVERY, Dispatch
from console.domain.words import Label
from console.store.ids import new_id
from tests.desk.parts import at_work, dispatched, open_incident, pack, press, settle, until
from tests.desk.test_commands import code, control, enter, line, offered, warned


@pytest.fixture(scope="module")
def desk(app: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with at_work(tmp_path_factory.mktemp("desk")) as made:
        yield made


def test_a_word_of_a_unit_on_two_incidents_is_never_about_the_wrong_one(desk: Desk) -> None:
    session = control(desk).session
    first, second = open_incident(session, "gust"), open_incident(session, "road_water")
    unit = next(u for u in pack().units.values() if u.code and u.id not in session.state.assignments.doing())
    codes = {}
    for id in (first, second):
        control(desk).open(id)
        codes[id] = code(desk)
        enter(desk, f"D {unit.code}")
        until(lambda id=id: any(c.unit.id == unit.id for c in session.proposals[id].chosen), "called in")
        session.accept(session.proposals[id])
        until(
            lambda id=id: unit.id in session.state.assignments.here(id), f"sent: {desk.window.banner.text()} {unit.id}"
        )
    third = open_incident(session, "outlet12_cod")
    control(desk).open(third)

    def status(id: str) -> Status:
        return session.state.assignments.here(id)[unit.id].status

    assert status(first) is status(second) is Status.NOTIFIED
    rows = offered(desk, f"{unit.code} 到场")
    assert rows == [f"{unit.code} 到场 {codes[id]}" for id in (first, second)], "a row for each"
    enter(desk, f"{unit.code} 到场")
    until(lambda: "可能指" in desk.window.banner.text(), "it asks")
    assert all(one in desk.window.banner.text() for one in codes.values())
    warned(desk)
    settle(0.3)
    assert status(first) is status(second) is Status.NOTIFIED, "and does nothing"
    enter(desk, f"{unit.code} 到场 {codes[second]}")
    until(lambda: status(second) is Status.ON_SCENE, "the one that was named")
    assert status(first) is Status.NOTIFIED
    last = control(desk).loop.undo.last()
    assert last is not None and last.said().startswith(codes[second]), "the answer names the incident"
    control(desk).open(first)
    enter(desk, f"{unit.code} 出动")
    until(lambda: status(first) is Status.EN_ROUTE, "of the shown incident")
    assert status(second) is Status.ON_SCENE
    row = next(row for row in unit_rows(session, {}, utc_now()) if row.unit.id == unit.id)
    assert row.incident_code == f"{codes[second]} {codes[first]}"

    before = len(session.state.assignments_of(first))
    for act in (lambda: enter(desk, f"D {unit.code}"), lambda: control(desk).call_in([unit.id])):
        act()
        until(lambda: "没有重复派单" in desk.window.banner.text(), "it is there already")
        warned(desk)
        assert first not in session.proposals and len(session.state.assignments_of(first)) == before


def test_a_unit_that_two_desks_sent_stands_there_once(desk: Desk) -> None:
    session = control(desk).session
    id = dispatched(session)
    control(desk).open(id)
    mine = next(a for a in session.state.assignments_of(id) if a.unit)
    again = replace(mine, id=new_id(), role=Role.LEAD)
    session.do(
        Dispatch(id, mine.agency, Label("邻台", "Other desk"), None, (again,), seen=(EVERY,))
    )  # as the other desk's comes from the feed
    until(lambda: again.id in session.state.assignments, "both are there")
    shown = incident_detail(session, id)
    assert shown is not None and sum(row.assignment.unit == mine.unit for row in shown.assignments) == 1
    code = pack().units[mine.unit or ""].code
    enter(desk, f"{code} dc")
    twins = (mine.id, again.id)
    until(lambda: {session.state.assignments[one].status for one in twins} == {Status.ON_SCENE}, "a word is of both")


def test_a_code_that_two_areas_have_is_asked_about(desk: Desk) -> None:
    session = control(desk).session
    known = session.state.incidents[open_incident(session, "pm25")]
    other = replace(known, id="elsewhere", area="dongguan/humen", title=Label("虎门的事", "Of Humen"))
    session.show((other,))
    shown = control(desk).incident
    enter(desk, known.code)
    until(lambda: "虎门的事" in desk.window.banner.text(), "it asks")
    warned(desk)
    assert control(desk).incident == shown
    assert f"{known.code}@humen" in offered(desk, known.code)
    enter(desk, f"{known.code}@humen")
    assert control(desk).incident == "elsewhere"
    session.drop([("incident", "elsewhere")])


def test_an_incident_of_long_ago_is_found_by_its_code(desk: Desk) -> None:
    session = control(desk).session
    old = replace(
        session.state.incidents[open_incident(session, "congestion")], id="old", number=7001, stage=Stage.CLOSED
    )
    with session.store.begin() as tx:
        tx.put(old)
    enter(desk, "I7001")
    until(lambda: control(desk).incident == "old", "read from the store")
    enter(desk, "I7002")
    until(lambda: "I7002" in desk.window.banner.text(), "there is none")
    warned(desk)


def test_what_is_not_listed_is_counted(desk: Desk) -> None:
    rows = line(desk)
    rows.setFocus()
    rows.clear()
    rows.begin()
    shown = rows.offered()
    assert len(shown) == 10
    assert f"还有 {len(desk.chrome._commands()) - 9} 项" in shown[-1].title
    press(rows, "Escape")
