"""One alarm for each episode: raised once, followed only upwards, ended once, however the series swings."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from console.domain.alarm import Alarm, AlarmState
from console.domain.incident import Stage
from console.domain.indicator import Indicator, Limit, Reading
from console.domain.level import Level
from console.domain.operation import FollowAlarm, RaiseAlarm
from console.domain.watch import watch
from console.domain.words import Label
from tests.support_model import Model
from tests.support_pack import actor, alarm, incident

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


OPEN, CLOSED = "open", "closed"


def opened(rows: Model) -> str:
    rows.put(replace(incident(1), id=OPEN))
    return OPEN


def closed(rows: Model) -> str:
    rows.put(replace(incident(2), id=CLOSED, stage=Stage.CLOSED, closed_at=START))
    return CLOSED


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


def test_a_red_alarm_waits_again_though_it_was_filtered_or_its_incident_is_over() -> None:
    rows = Model()
    for state, of in (
        (AlarmState.FILTERED, None),
        (AlarmState.CONFIRMED, closed(rows)),
        (AlarmState.CONFIRMED, opened(rows)),
    ):
        known = replace(alarm(), level=Level.ORANGE, state=state, incident=of, decided_by="u1", decided_at=START)
        rows.put(known)
        follow_on = FollowAlarm(known.id, Level.RED, 4.2, NAME)
        changes = rows.do(follow_on, actor())
        now = rows.alarm(known.id)
        if of == OPEN:
            assert now.state is AlarmState.CONFIRMED and rows.incident(OPEN).level is Level.RED, "it is worked on"
            continue
        assert now.state is AlarmState.UNACKNOWLEDGED and now.decided_by is None and now.incident is None
        assert [note.phrase.code for note in changes.notes if note.phrase] == ["alarm_again"]
        rows.do(replace(follow_on, value=4.3), actor())
        rows.put(replace(now, state=AlarmState.FILTERED, reason="false"))
        rows.do(replace(follow_on, value=4.4), actor())
        assert rows.alarm(known.id).state is AlarmState.FILTERED, "once is enough"


def test_what_is_filtered_and_only_orange_stays_filtered() -> None:
    rows = Model()
    known = replace(alarm(), state=AlarmState.FILTERED)
    rows.put(known)
    rows.do(FollowAlarm(known.id, Level.ORANGE, 3.5, NAME), actor())
    assert rows.alarm(known.id).state is AlarmState.FILTERED


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
