"""An alarm in a real window: it is said over whatever is in front, and one key leads to it from there."""

from collections.abc import Callable

from console.desk.hand import until
from tests.support_wait import WAIT_S
from tests.window.conftest import Seat

Picture = Callable[[Seat], None]


def test_an_alarm_is_said_over_the_log_and_one_key_leads_to_it(seat: Seat, picture: Picture) -> None:
    picture(seat)
    until(seat.waiting, "an alarm", WAIT_S)
    seat.key("F7")
    seat.see(lambda part: part.key == "Ctrl+Shift+A" and part.enabled, "the log says it")
    seat.shoot("alarm-over-the-log")
    before = {incident.id for incident in seat.incidents()}
    seat.key("ctrl+shift+a")
    until(lambda: (at := seat.hand.focus()) and at.panel == "告警", "the keyboard is in the alarms")
    seat.key("c")
    until(lambda: {incident.id for incident in seat.incidents()} - before, "and C decides it", WAIT_S)
