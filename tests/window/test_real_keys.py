"""Keys in a real window: each printed one works from wherever the keyboard is, and text is text."""

from collections.abc import Callable

import pytest

from console.desk.hand import until
from console.domain.incident import Incident
from tests.window.conftest import Seat

Picture = Callable[[Seat], None]
LONG = "第一段:桥面积水二十厘米,已封控。" * 900
ODD = "𠮷野家旁 🌊🚒 שלום مرحبا 已封"


@pytest.fixture(scope="module")
def incident(seat: Seat) -> Incident:
    """Confirmed and accepted by two keys, from the start, without a click."""
    assert not seat.typing(), "after the start no letter is text"
    made = seat.confirmed()
    seat.key("Return")
    until(lambda: seat.assignments(made.id), "Enter accepts")
    return made


def test_an_alarm_is_dispatched_by_two_keys(seat: Seat, incident: Incident, picture: Picture) -> None:
    picture(seat)
    assert seat.assignments(incident.id)
    assert seat.shown().startswith(incident.code)


@pytest.mark.parametrize("place", ["告警", "事件", "力量", "地图", "视频"])
def test_printed_keys_act_from_every_panel(seat: Seat, incident: Incident, place: str, picture: Picture) -> None:
    picture(seat)
    seat.command(incident.code.lower())
    until(lambda: seat.shown().startswith(incident.code), "it is shown")
    panel = seat.see(lambda p: p.role == "panel" and p.name.startswith(place), place)
    x, y, width, height = panel.place
    seat.hand.click((x + width // 2, y + height - 12))
    seat.key("n")
    until(seat.typing, f"N from {place}")
    seat.quiet()


def test_letters_are_text_in_a_field_and_esc_gives_the_keyboard_back(
    seat: Seat, incident: Incident, picture: Picture
) -> None:
    picture(seat)
    seat.command(incident.code.lower())
    for key in ("n", "ctrl+k", "slash", "F5", "ctrl+f"):
        seat.quiet()
        before = seat.hand.focus()
        seat.key(key)
        until(seat.typing, f"{key} begins a field")
        waiting = len(seat.waiting())
        seat.hand.type("cfa")
        field = until(lambda: (p := seat.hand.focus()) and p.text.endswith("cfa") and p, f"text after {key}")
        assert len(seat.waiting()) >= waiting, "no letter confirmed or filtered an alarm"
        seat.key("ctrl+a", "BackSpace", "Escape")
        if seat.typing():  # the first Esc closed what the command line offers
            seat.key("Escape")
        until(lambda: not seat.typing(), f"Esc leaves the field of {key}: {field.name}")
        after = seat.hand.focus()
        if key == "ctrl+f":  # the filter is the list's own: one step back is the list
            assert after and after.name == "事件"
        else:
            assert (before and (before.role, before.name)) == (after and (after.role, after.name)), key


def test_enter_writes_the_note(seat: Seat, incident: Incident, picture: Picture) -> None:
    picture(seat)
    seat.command(incident.code.lower())
    seat.quiet()
    seat.key("n")
    seat.hand.type("gate closed at three")
    seat.key("Return")
    until(lambda: "gate closed at three" in seat.said(), "it is in the log")
    until(lambda: not seat.typing(), "the keyboard goes back")


@pytest.mark.parametrize("text", [LONG[:15_000], ODD], ids=["long", "odd"])
def test_a_pasted_note_is_kept_whole(seat: Seat, incident: Incident, text: str, picture: Picture) -> None:
    picture(seat)
    seat.command(incident.code.lower())
    seat.quiet()
    seat.key("n")
    until(seat.typing, "N")
    seat.hand.paste(text)
    until(lambda: (p := seat.hand.focus()) and len(p.text) >= len(text), "it is pasted")
    seat.key("Return")
    until(lambda: text in seat.said(), "it is kept, whole")


def test_a_word_that_is_not_understood_stays_to_be_corrected(seat: Seat, picture: Picture) -> None:
    picture(seat)
    seat.quiet()
    seat.command("zzqq")
    assert until(lambda: (p := seat.hand.focus()) and p.text == "zzqq", "it stands in the line")
    seat.key("ctrl+a", "BackSpace")
    seat.quiet()


def test_the_keys_of_the_moment(seat: Seat, incident: Incident, picture: Picture) -> None:
    picture(seat)
    seat.quiet()
    windows = {part.window for part in seat.hand.look()}
    shown = len(seat.hand.look())
    seat.key("question")

    def more() -> bool:
        looked = seat.hand.look()
        return {part.window for part in looked} > windows or len(looked) > shown + 5

    until(more, "? shows the keys")
    seat.shoot("keys-of-the-moment")
    seat.key("Escape")
    until(lambda: not more(), "Esc closes them")


@pytest.mark.parametrize("key", ["F7", "F6", "ctrl+shift+l"])
def test_esc_closes_a_window_and_the_keys_of_the_desk_act_again(
    seat: Seat, incident: Incident, key: str, picture: Picture
) -> None:
    picture(seat)
    seat.quiet()
    before = {part.window for part in seat.hand.look()}
    seat.key(key)
    until(lambda: {part.window for part in seat.hand.look()} - before, f"{key} opens a window")
    seat.shoot(f"window-{key}")
    seat.key("Escape", "Escape")
    until(lambda: {part.window for part in seat.hand.look()} == before, "Esc closes it")
    seat.key("n")
    until(seat.typing, "N")
    seat.quiet()


def test_a_click_on_an_incident_and_enter(seat: Seat, incident: Incident, picture: Picture) -> None:
    picture(seat)
    made = seat.confirmed()
    seat.hand.click(seat.row("告警"))
    seat.hand.click(seat.row("事件", made.code))
    seat.see(lambda part: part.key == "↵" and part.enabled, "its proposal is shown")
    seat.key("Return")
    until(lambda: seat.assignments(made.id), "Enter accepts")


@pytest.mark.parametrize("key", ["F2", "F1"])
def test_keys_act_after_another_workspace(seat: Seat, incident: Incident, key: str, picture: Picture) -> None:
    picture(seat)
    seat.quiet()
    seat.command(incident.code.lower())
    seat.key(key)
    until(lambda: seat.shown().startswith(incident.code), "the incident is shown")
    seat.key("n")
    until(seat.typing, f"N after {key}")
    seat.quiet()
