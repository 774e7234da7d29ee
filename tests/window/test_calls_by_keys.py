"""Calls in a real window: taken by few keys and no mouse, put aside, told twice, ringing, and there after a kill."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from console.desk.display import Display
from console.desk.hand import Hand, until
from console.desk.outside import Outside
from console.domain.incident import Incident
from console.domain.incoming import CallState, IncomingCall
from tests.support_wait import WAIT_S
from tests.window.conftest import ENTER, Seat, begun

NUMBER = "13800138000"
MOST_STROKES = 25


Picture = Callable[[Seat], None]


class Strokes:
    """Counts what is pressed."""

    def __init__(self, seat: Seat) -> None:
        self._seat, self.count = seat, 0

    def key(self, *keys: str) -> None:
        self.count += len(keys)
        self._seat.key(*keys)

    def type(self, letters: str) -> None:
        self.count += len(letters)
        self._seat.hand.type(letters)


def calls(seat: Seat) -> list[IncomingCall]:
    return seat.outside.read(lambda view: view.every(IncomingCall)) or []


def the_incident(seat: Seat, place: str, before: set[str]) -> Incident | None:
    return next((one for one in seat.incidents() if place in one.place.zh and one.id not in before), None)


@pytest.fixture(scope="module")
def flood(seat: Seat) -> Incident:
    """Taken by hand, from whatever had the keyboard, and dispatched."""
    hand, before = Strokes(seat), {one.id for one in seat.incidents()}
    hand.key("ctrl+n")
    until(seat.typing, "Ctrl+N begins a call")
    hand.type("nl")
    hand.key("Tab")
    hand.type("wdgc")
    hand.key("Tab")
    hand.type(NUMBER)
    hand.key("Return")
    made = until(lambda: the_incident(seat, "万达广场", before), "Enter opens the incident")
    seat.see(lambda part: part.key == ENTER and part.enabled and "采纳" in part.name, "its proposal")
    hand.key("Return")
    until(lambda: seat.assignments(made.id), "Enter dispatches")
    assert hand.count <= MOST_STROKES, f"{hand.count} strokes"
    return made


def test_a_call_is_taken_and_dispatched_by_few_strokes(seat: Seat, flood: Incident) -> None:
    seat.shoot("call-dispatched")
    assert (flood.matter, flood.source.zh) == ("waterlogging", "电话")
    assert seat.shown().startswith(flood.code)
    taken = [call for call in calls(seat) if call.incident == flood.id]
    assert [(call.number, call.state) for call in taken] == [(NUMBER, CallState.TAKEN)]


def test_a_second_caller_is_added_with_one_key(seat: Seat, flood: Incident) -> None:
    seat.key("ctrl+n")
    until(seat.typing, "a call begins")
    seat.hand.type("nl")
    seat.key("Tab")
    seat.hand.type("wdgc")
    seat.key("Tab")
    seat.see(lambda part: flood.code in part.name and "0 m" in part.name, "that it may be the same")
    seat.shoot("call-same")
    seat.key("ctrl+1")
    until(lambda: sum(call.incident == flood.id for call in calls(seat)) == 2, "it is added")
    assert sum(one.matter == flood.matter and one.open for one in seat.incidents()) == 1


def test_what_rings_waits_until_it_is_taken_and_two_are_written_down_at_once(seat: Seat, picture: Picture) -> None:
    picture(seat)
    until(lambda: any(call.open for call in calls(seat)), "a call rings", WAIT_S)
    seat.see(lambda part: part.name == "接听" and part.about.endswith("Ctrl J") and part.enabled, "the line that rings")
    seat.shoot("call-rings")
    ringing = next(call for call in calls(seat) if call.open)
    before = {one.id for one in seat.incidents()}
    seat.key("ctrl+j")
    until(seat.typing, "it is written down")
    seat.key("ctrl+n")  # another calls meanwhile: the first is put aside
    until(seat.typing, "another")
    seat.hand.type("hq")
    seat.key("Tab")
    seat.key("ctrl+shift+n")
    seat.see(lambda part: ringing.caller is not None and part.text == ringing.caller.zh, "the first again")
    seat.key("Return")
    opened = until(lambda: the_incident(seat, ringing.place.zh if ringing.place else "?", before), "it opens")
    assert opened.title == ringing.title, "in both languages, as it was told"
    seat.key("ctrl+shift+n")
    seat.see(lambda part: part.text == "火情", "the second, as it was left")
    seat.key("ctrl+shift+d")
    seat.key("1")
    until(lambda: any(call.state is CallState.DISMISSED for call in calls(seat)), "it is dismissed with its reason")
    assert not [one for one in seat.incidents() if one.matter == "fire"]


@pytest.fixture
def display() -> Iterator[Display]:
    with Display((1366, 768)) as made:
        yield made


def test_a_call_half_written_is_there_after_a_kill(display: Display, tmp_path: Path) -> None:
    hand, outside = Hand(display.env), Outside(tmp_path)
    desk = begun(tmp_path, hand, outside, display)
    try:
        hand.key("ctrl+n")
        until(lambda: (p := hand.focus()) and p.role == "text", "a call begins")
        hand.type("nl")
        hand.key("Tab", "Tab")
        hand.type(NUMBER)
        until(lambda: NUMBER in str(outside.read(lambda view: view.setting("calls", []))), "it is kept")
        desk.kill()
        desk.wait(WAIT_S)
        desk = begun(tmp_path, hand, outside, display)
        hand.see(lambda part: NUMBER in part.name and "搁置" in part.name, "it is put aside")
        hand.key("ctrl+shift+n")
        hand.see(lambda part: part.text == NUMBER, "it goes on")
        hand.see(lambda part: part.text == "城市内涝", "with what it is about")
    finally:
        outside.close()
        hand.close()
        desk.terminate()
        desk.wait(WAIT_S)
