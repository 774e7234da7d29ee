"""One alarm for each episode: raised once, followed only upwards, ended once, however the series swings."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from console.domain.alarm import Alarm
from console.domain.indicator import Indicator, Limit, Reading
from console.domain.level import Level
from console.domain.operation import FollowAlarm, RaiseAlarm
from console.domain.watch import watch
from console.domain.words import Label

NAME = Label("水位", "Level")
START = datetime(2026, 7, 1, tzinfo=UTC)
GAUGE = Indicator(
    "x",
    NAME,
    "m",
    NAME,
    NAME,
    5.0,
    limits=(Limit(Level.YELLOW, 3.2, 3.05), Limit(Level.ORANGE, 3.4, 3.25)),
)


def follow(values: list[float]) -> list[tuple[str, Level, float]]:
    """What a series gives: raised, worse or over, with the level and the value."""
    active: Alarm | None = None
    told = []
    for number, value in enumerate(values):
        reading = Reading("x", START + timedelta(seconds=5 * number), value)
        said = watch(GAUGE, reading, active, new_id=f"a{number}", area="t")
        if isinstance(said, RaiseAlarm):
            assert active is None
            active = said.alarm
            told.append(("raised", active.level, value))
        elif isinstance(said, FollowAlarm):
            assert active is not None and said.alarm == active.id
            over = said.returned_at is not None
            told.append(("over" if over else "worse", said.level, value))
            active = None if over else replace(active, level=said.level, value=said.value)
    return told


def test_an_episode() -> None:
    assert follow([3.0, 3.21, 3.19, 3.22, 3.41, 3.3, 3.42, 3.2, 3.06, 3.04, 3.1, 3.2]) == [
        ("raised", Level.YELLOW, 3.21),
        ("worse", Level.ORANGE, 3.41),
        ("over", Level.ORANGE, 3.04),
        ("raised", Level.YELLOW, 3.2),
    ]


@given(st.lists(st.floats(2.8, 3.6), max_size=60))
def test_every_episode_is_raised_once_and_ended_once(values) -> None:
    kinds = [kind for kind, _, _ in follow(values) if kind != "worse"]
    assert kinds == (["raised", "over"] * len(kinds))[: len(kinds)]
    for kind, level, value in follow(values):
        if kind == "over":
            assert value < 3.05
        else:
            assert value >= next(limit.at for limit in GAUGE.limits if limit.level is level)


@given(st.lists(st.floats(3.05, 3.3999), min_size=1, max_size=60))
def test_a_series_on_its_limit_gives_one_alarm(values) -> None:
    assert len(follow([3.2, *values])) == 1
