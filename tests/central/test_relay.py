"""A town's platform between its villages and the city, all of them real processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.domain.alarm import FilterReason
from console.domain.assignment import Status
from console.domain.conflict import Subject
from console.domain.errors import KnownError
from console.domain.incident import Incident
from console.domain.log import Kind, Note
from console.domain.merging import Edit, EditIncident
from console.domain.operation import (
    ConfirmAlarm,
    Dispatch,
    FilterAlarm,
    OpenIncident,
    RaiseAlarm,
    ReportStatus,
    WriteNote,
)
from console.domain.words import Label
from console.store.check import verify_chain
from console.store.store import Store
from console.sync import inbox, own
from tests.support_pack import FIRE, START, actor, alarm, assignment, incident
from tests.support_platform import Desk, Platform, until

WHO = Label("王", "Wang")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    platform = Platform(tmp_path_factory.mktemp("city"))
    yield platform
    platform.kill()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory, city: Platform) -> Iterator[Platform]:
    platform = Platform(tmp_path_factory.mktemp("town"), above=city.url)
    yield platform
    platform.kill()


@pytest.fixture(autouse=True)
def both(city: Platform, town: Platform) -> Iterator[None]:
    """A test that fails while one of them is away does not take the next with it."""
    yield
    for platform in (city, town):
        if platform.process.poll() is not None:
            platform.start()


@pytest.fixture
def desks(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[list[Desk]]:
    realm = f"t{abs(hash(request.node.name)) % 10**9}"
    desks = [Desk(tmp_path / f"{name}.db", realm) for name in ("below", "beside", "above")]
    yield desks
    for desk in desks:
        desk.close()


def titles(desk: Desk) -> dict[str, str]:
    return {row.id: row.title.zh for row in desk.see(lambda view: view.incidents(open_only=False))}


def whole(*desks: Desk) -> bool:
    """Every desk has the others' logs, without a gap."""

    def good(desk: Desk) -> bool:
        return all(desk.submit(lambda store, d=d: verify_chain(store, d.store.device)).result() is None for d in desks)

    return all(good(desk) for desk in desks)


def same(*desks: Desk) -> bool:
    """They hold the same rows."""
    rows = [{key: row for key, (row, _) in desk.submit(held).result().items()} for desk in desks]
    return all(one == rows[0] for one in rows)


def held(store: object) -> dict:
    with store.read() as view:  # type: ignore[attr-defined]
        return own.platform_rows(view)  # type: ignore[arg-type]


def test_what_is_done_below_is_seen_above_and_the_other_way(city: Platform, town: Platform, desks: list[Desk]) -> None:
    below, beside, above = desks
    below.connect(town.url, "u1")
    beside.connect(town.url, "u2")
    above.connect(city.url, "city")
    of, other = incident(1), incident(2)
    below.do(OpenIncident(of, WHO), actor())
    below.do(Dispatch(of.id, "fire", WHO, None, (assignment(of),)), actor(1))
    above.do(OpenIncident(other, WHO), actor(2, "city"))
    until(lambda: all(titles(desk).keys() == {of.id, other.id} for desk in desks))
    until(lambda: all(desk.settled() for desk in desks) and same(*desks) and whole(*desks))
    for desk in desks:
        assert desk.client and set(desk.client.audit().values()) <= {1}


def test_villages_go_on_together_while_the_city_is_away(city: Platform, town: Platform, desks: list[Desk]) -> None:
    below, beside, above = desks
    below.connect(town.url, "u1")
    beside.connect(town.url, "u2")
    above.connect(city.url, "city")
    of = incident(1)
    below.do(OpenIncident(of, WHO), actor())
    until(lambda: all(of.id in titles(desk) for desk in desks))
    city.kill()
    sent = assignment(of)
    beside.do(Dispatch(of.id, "fire", WHO, None, (sent,)), actor(1, "u2"))
    until(lambda: below.see(lambda view: view.assignments_of(of.id)))
    below.do(ReportStatus(sent.id, Status.ON_SCENE, START, WHO), actor(2))
    until(lambda: beside.see(lambda view: view.assignment(sent.id)).status is Status.ON_SCENE)
    until(lambda: below.settled() and beside.settled())  # the town's platform has it
    town.kill()
    town.start()
    city.start()
    until(lambda: above.see(lambda view: view.assignments_of(of.id)))
    until(lambda: above.see(lambda view: view.assignment(sent.id)).status is Status.ON_SCENE)
    until(lambda: same(*desks) and whole(*desks))


def test_what_the_city_decides_otherwise_comes_down(city: Platform, town: Platform, desks: list[Desk]) -> None:
    """The town's platform took it while the city was away; the city had decided before."""
    below, beside, above = desks
    below.connect(town.url, "u1")
    beside.connect(town.url, "u2")
    above.connect(city.url, "city")
    about = alarm()
    above.do(RaiseAlarm(about), actor(0, "city"))
    until(lambda: all(desk.see(lambda view: view.open_alarms()) for desk in desks))
    town.kill()
    above.do(FilterAlarm(about.id, FilterReason.STEAM), actor(1, "city"))
    until(above.settled)
    city.kill()
    town.start()
    ghost = incident(9)
    below.do(ConfirmAlarm(about.id, ghost), actor(2))
    until(lambda: below.settled() and ghost.id in titles(beside))
    city.start()
    until(lambda: ghost.id not in titles(beside) and ghost.id not in titles(below))
    until(lambda: len(below.submit(inbox.inbox).result()) == 1)
    assert below.submit(inbox.inbox).result()[0].phrase.code == "alarm_decided"
    until(lambda: same(*desks) and whole(*desks))


def test_two_levels_edit_one_field_apart(city: Platform, town: Platform, desks: list[Desk]) -> None:
    below, _, above = desks
    below.connect(town.url, "u1")
    above.connect(city.url, "city")
    of = incident(1)
    below.do(OpenIncident(of, WHO), actor())
    until(lambda: of.id in titles(above))
    town.kill()
    edited(above, of, "市里改的", "city")
    until(above.settled)
    town.start()
    edited(below, of, "镇里改的", "u1")
    until(lambda: all(desk.see(lambda view: view.conflicts_of(of.id)) for desk in (below, above)))
    until(lambda: below.settled() and same(below, above))
    (conflict,) = below.see(lambda view: view.conflicts_of(of.id))
    assert {conflict.kept.value, conflict.other.value} == {Label("市里改的", "x"), Label("镇里改的", "x")}


def edited(desk: Desk, of: Incident, title: str, user: str) -> None:
    edit = Edit(f"{of.id}-{user}", Subject.TITLE, of.title, Label(title, "x"))
    desk.do(EditIncident(of.id, (edit,)), actor(5, user))


def test_an_agency_sent_from_above_sees_it_below(city: Platform, town: Platform, desks: list[Desk]) -> None:
    crew, beside, above = desks
    crew.connect(town.url, "fire")
    beside.connect(town.url, "u2")
    above.connect(city.url, "city")
    of = incident(1)
    above.do(OpenIncident(of, WHO), actor(0, "city"))
    above.do(WriteNote(Note(Kind.PHONE, WHO, text="先到的话", incident=of.id)), actor(1, "city"))
    until(lambda: of.id in titles(beside))
    assert titles(crew) == {}
    above.do(Dispatch(of.id, "fire", WHO, None, (assignment(of, "xf1", FIRE),)), actor(2, "city"))
    until(lambda: of.id in titles(crew))
    until(lambda: len(crew.see(lambda view: view.entries_of(of.id))) == 3)  # what was said before, too


def test_a_platform_does_not_become_a_relay(tmp_path: Path) -> None:
    for first, then in (("platform", "relay"), ("relay", "platform")):
        file = tmp_path / first / "live.db"
        Store.open(file, None, side=first).close()  # type: ignore[arg-type]
        with pytest.raises(KnownError) as error:
            Store.open(file, None, side=then)  # type: ignore[arg-type]
        assert error.value.phrase.code == "store_side"
        Store.open(file, None, side=first).close()  # type: ignore[arg-type]
