"""What is old says so by itself, and what is newer moves: positions of units, values of indicators."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from console.desk.desk import Desk
from console.desk.link import PlatformLink
from console.desk.state import RECENT
from console.domain.agency import STALE_AFTER, Position
from console.domain.indicator import STALE_CADENCES
from console.domain.place import Point
from console.sync.client import Applied
from tests.desk.parts import raise_alarm, session, until

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)


def test_the_platforms_newer_position_moves_a_unit_and_an_older_one_does_not(app: object, tmp_path: Path) -> None:
    with session(tmp_path) as desk:
        link = PlatformLink(desk, "http://127.0.0.1:9", "no", "live")
        unit = next(iter(desk.pack.units))
        told: list[frozenset[str]] = []
        desk.changed.connect(told.append)
        for minute, lon in ((0, 113.1), (2, 113.2), (1, 113.3)):
            position = Position(unit, Point(lon, 22.9), NOW + timedelta(minutes=minute))
            link._applied(Applied(positions=(position,)))
        assert desk.state.positions[unit].at.lon == 113.2
        until(lambda: any("position" in kinds for kinds in told), "the panels hear of it")
        link.deleteLater()


def test_a_value_turns_stale_while_one_looks_at_it(shared: Desk) -> None:
    assert shared.session is not None
    indicator = next(iter(shared.session.pack.indicators.values()))
    board = shared.window.panels.indicators
    until(board.isVisible, "the indicators")
    soon = datetime.now(UTC) - timedelta(seconds=STALE_CADENCES * indicator.cadence_s - 3)
    shared.session.state.recall(indicator.id, soon, 1.0)
    shared.session.touch("reading")

    def stale() -> list[bool]:
        return [card.stale for card in board._cards if card.indicator.id == indicator.id]

    until(lambda: stale() == [False], "a value")
    until(lambda: stale() == [True], "nothing new came for so long")


def test_an_alarm_is_recent_no_more_while_one_looks_at_its_count(shared: Desk) -> None:
    assert shared.session is not None
    state, words = shared.session.state, shared.window.docks["alarms"]._bar.words
    id = raise_alarm(shared.session)
    state.alarms[id] = replace(state.alarms[id], raised_at=datetime.now(UTC) - RECENT + timedelta(seconds=2))
    shared.session.touch("alarm")
    recent = sum(datetime.now(UTC) - one.raised_at <= RECENT for one in state.alarms.values())
    until(lambda: f"近10分钟 {recent}" in words.subtitle, "it is counted")
    until(lambda: f"近10分钟 {recent - 1}" in words.subtitle, "and by and by no more")


def test_a_position_turns_old_while_one_looks_at_it(shared: Desk) -> None:
    assert shared.session is not None
    unit = next(unit for unit in shared.session.pack.units if shared.session.own(unit))
    board = shared.window.panels.units
    at = datetime.now(UTC) - STALE_AFTER + timedelta(seconds=3)
    shared.session.state.positions[unit] = Position(unit, Point(113.67, 22.93), at)
    shared.session.touch("position")

    def old() -> list[bool]:
        limit = STALE_AFTER.total_seconds()
        return [(row.position_age_s or 0) > limit for row in board._given if row.unit.id == unit]

    until(lambda: old() == [False], "a position")
    until(lambda: old() == [True], "it is old by now")
