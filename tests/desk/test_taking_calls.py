"""Calls at a desk: places by a caller's words, what is missing is said, and nobody's call is lost or opened twice."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from console.desk.calls.taking import Calls
from console.desk.desk import Desk
from console.desk.session import Session
from console.domain.answering import RingCall, TakeCall
from console.domain.incident import Incident
from console.domain.incoming import CallState, Channel, IncomingCall
from console.domain.level import Level
from console.domain.operation import Actor
from console.domain.place import Point, distance_m
from console.domain.words import Label
from console.store.ids import new_id
from console.sync.outbox import perform
from tests.desk.parts import at_work, press, settle, until, write
from tests.support_taking import take_call
from tests.support_wait import WAIT_S
from widgets.calls.form import CallForm

WANDA = Point(113.66377, 22.95112)


@pytest.fixture(scope="module")
def desk(app: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with at_work(tmp_path_factory.mktemp("desk")) as made:
        calls(made)._gazetteer.find("万达")
        until(lambda: calls(made)._gazetteer._fixed, "the names of the map")
        yield made


@pytest.fixture(autouse=True)
def clean(desk: Desk) -> Iterator[None]:
    yield
    panel = calls(desk).panel
    for draft in panel.all():
        panel.drop(draft.id)
    settle(0.2)


def calls(desk: Desk) -> Calls:
    assert desk.chrome.calls is not None
    return desk.chrome.calls


def session(desk: Desk) -> Session:
    assert desk.session is not None
    return desk.session


def form(desk: Desk) -> CallForm:
    made = calls(desk).panel.form()
    assert made is not None
    return made


def here() -> QWidget:
    focus = QApplication.focusWidget()
    assert focus is not None
    return focus


def begin(desk: Desk, told: str = "") -> None:
    calls(desk).begin(told)
    until(lambda: form(desk).isAncestorOf(QApplication.focusWidget() or desk.window), "the form has the keyboard")


def found(desk: Desk, typed: str) -> list[str]:
    return [row.insert for row in calls(desk)._gazetteer.find(typed)]


def ring(desk: Desk, **told: object) -> IncomingCall:
    call = IncomingCall(
        new_id(), session(desk).area, Channel.HOTLINE, datetime.now(UTC), Label("门口积水", "Water at the door"),
        Label("何女士", "Ms He"), "13900000000", matter="waterlogging", level=Level.ORANGE,
        place=Label("万达广场", "Wanda Plaza"), at=WANDA,
    )  # fmt: skip
    call = replace(call, **told)  # type: ignore[arg-type]
    session(desk).do(RingCall(call))
    until(lambda: call.id in session(desk).state.calls, "it rings")
    return call


def opened(desk: Desk, before: set[str]) -> Incident:
    state = session(desk).state
    until(lambda: state.incidents.keys() - before, "an incident opens")
    return state.incidents[next(iter(state.incidents.keys() - before))]


def test_places_by_what_a_caller_says(desk: Desk) -> None:
    assert found(desk, "wdgc")[0] == "万达广场"
    assert found(desk, "万达广场附近")[0] == found(desk, "wdgcfj")[0] == "万达广场附近"
    assert found(desk, "康乐北路/立沙路") == ["康乐北路立沙路路口"]
    assert found(desk, "立沙路/klbl") == ["康乐北路立沙路路口"]
    assert found(desk, "万达广场 3 号门二楼") == ["万达广场 3 号门二楼"]
    assert found(desk, "没有这个地方") == []
    (row,) = calls(desk)._gazetteer.find("gcj 113.66,22.95")
    assert isinstance(row.data, Point)
    assert 300 < distance_m(row.data, Point(113.66, 22.95)) < 800
    assert len([name for name in found(desk, "万达广场") if name == "万达广场"]) == 1, "a place and its camera are one"


def test_an_open_incident_is_a_place(desk: Desk) -> None:
    at = Point(113.67, 22.93)
    id = take_call(
        session(desk), "waterlogging", Label("积水", "Water"), Label("老地方", "The old place"), at, Level.BLUE
    )
    code = session(desk).state.incidents[id].code
    (row,) = calls(desk)._gazetteer.find(code)
    assert (row.insert, row.data) == ("老地方", at)


def test_what_is_missing_is_said_and_the_keyboard_goes_there(desk: Desk) -> None:
    begin(desk)
    press(here(), "Return")
    assert "事项" in form(desk).wanted()
    write(here(), "城市内涝")
    press(here(), "Tab")
    press(here(), "Return")
    assert "地点" in form(desk).wanted() and here().accessibleName() == "地点"
    write(here(), "桥东头老李家")
    before = set(session(desk).state.incidents)
    press(here(), "Return")
    assert "没有找到位置" in form(desk).wanted()
    assert session(desk).state.incidents.keys() == before
    press(here(), "Return")
    incident = opened(desk, before)
    assert incident.place == Label("桥东头老李家(位置未定)", "桥东头老李家 (position unknown)"), "nothing is made up"


def test_a_place_stays_found_while_more_is_said_of_it(desk: Desk) -> None:
    begin(desk, "内涝 万达广场 门口积水 过膝")
    draft = calls(desk).panel.current()
    assert draft is not None
    assert (draft.matter, draft.place, draft.said) == ("waterlogging", "万达广场", "门口积水 过膝")
    place = next(w for w in form(desk).findChildren(QWidget) if w.accessibleName() == "地点")
    place.setFocus()
    write(place, " 3 号门")
    draft = calls(desk).panel.current()
    assert draft is not None and draft.at is not None and draft.place == "万达广场 3 号门"
    press(place, "Home")
    write(place, "旧")
    assert (calls(desk).panel.current() or draft).at is None, "another place"


def test_as_it_is_told_with_one_key_or_why_not(desk: Desk) -> None:
    known = set(session(desk).state.incidents)
    vague = ring(desk, place=None, at=None, matter="")
    until(lambda: calls(desk).strip.isVisible() and not calls(desk).strip.buttons()[1].isEnabled(), "not as told")
    press(desk.window, "S")
    settle()
    assert session(desk).state.incidents.keys() == known
    press(desk.window, "Ctrl+J")
    until(lambda: calls(desk).panel.current() is not None, "written down")
    draft = calls(desk).panel.current()
    assert draft is not None and (draft.call, draft.number) == (vague.id, "13900000000")
    clear = ring(desk)
    until(lambda: calls(desk).strip.isVisible() and calls(desk).strip.buttons()[1].isEnabled(), "the next rings")
    calls(desk).strip.buttons()[1].click()
    incident = opened(desk, known)
    assert (incident.title.zh, incident.source.zh, incident.place.en) == ("城市内涝", "12345", "Wanda Plaza")
    until(lambda: session(desk).state.calls[clear.id].state is CallState.TAKEN, "it is taken")
    assert calls(desk).panel.current() == draft, "the other is still written down"


def test_somebody_else_took_it_meanwhile(desk: Desk) -> None:
    call = ring(desk)
    calls(desk).answer(call.id)
    until(lambda: calls(desk).panel.current() is not None, "written down")
    place, now = session(desk), datetime.now(UTC)
    at, number = call.at or WANDA, place.take_number()
    from console.domain.opening import from_call

    theirs = from_call(call, place.matter(call.matter), at, place.area, id=new_id(), number=number, now=now)
    other = Actor("other", Label("赵六", "Zhao Liu"), now, place.area)
    done = place.jobs.store(lambda: perform(place.store, TakeCall(call, theirs), other)).result(WAIT_S)
    place.show(done.rows, done.entries)
    until(lambda: "赵六" in calls(desk).panel.about().decided, "it is said")
    assert calls(desk).panel.current() is not None, "what was written stays"


def test_what_could_not_be_kept_is_there_again(desk: Desk) -> None:
    call = ring(desk)
    calls(desk).take_as_told(call.id)
    until(lambda: session(desk).state.calls[call.id].state is CallState.TAKEN, "taken")
    begin(desk, "内涝 万达广场")
    draft = calls(desk).panel.current()
    assert draft is not None
    calls(desk).open(replace(draft, call=call.id))  # the same person has it already
    until(lambda: draft.id in {one.id for one in calls(desk).panel.all()}, "the draft is back")
    assert draft.id not in session(desk).state.incidents


def test_drafts_are_kept_and_those_that_became_incidents_are_not(desk: Desk) -> None:
    begin(desk, "火情 体育公园")
    panel = calls(desk).panel
    kept = panel.drafts()
    done = next(iter(session(desk).state.incidents))
    for draft in panel.all():
        panel.drop(draft.id)
    calls(desk).set_drafts([*kept, {**kept[0], "id": done, "a field of a newer version": 1}])
    assert panel.drafts() == kept
    begin(desk)
    press(here(), "Escape")
    assert panel.drafts() == kept, "an empty one is not kept"


def test_who_may_not_take_calls_is_told_before_anything_is_typed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    call = ring(desk)
    monkeypatch.setattr(session(desk), "user", session(desk).pack.users["leader"])
    calls(desk)._show_ringing()
    assert not any(button.isEnabled() for button in calls(desk).strip.buttons())
    for act in (calls(desk).begin, calls(desk).answer, lambda: calls(desk).take_as_told(call.id)):
        act()
        assert calls(desk).panel.current() is None
        assert "没有接报的权限" in desk.window.banner.text()
