"""A small window, where the incident's panel is a drawer: nothing acts on what is not on screen."""

import time
from collections.abc import Callable

from console.desk.hand import until
from tests.window.conftest import Seat


def test_nothing_acts_on_an_incident_that_is_not_on_screen(small: Seat, picture: Callable[[Seat], None]) -> None:
    picture(small)
    assert not small.shown()
    made = small.confirmed()
    assert small.shown().startswith(made.code), "C opens the drawer"
    small.key("F8")
    until(lambda: not small.shown(), "the drawer is closed")
    small.key("a", "e", "k", "w")
    time.sleep(1)  # for what must not come
    assert small.assignments(made.id) == []
    assert not small.typing()
    assert not small.shown()
    small.key("Return")
    small.see(lambda part: part.key == "↵" and part.enabled, "Enter on its row opens the drawer")
    assert small.assignments(made.id) == []
    small.key("Return")
    until(lambda: small.assignments(made.id), "Enter accepts what is shown")
