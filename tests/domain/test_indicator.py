"""Levels of an indicator: recovery limits hold a level, so that a series on its limit cannot chatter."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from console.domain.indicator import Indicator, Limit, Reading
from console.domain.level import Level, worst
from console.domain.words import Label

NAME = Label("名", "Name")
levels = st.sampled_from(Level)


@st.composite
def indicators(draw) -> Indicator:
    """One to four levels with rising limits, each with a recovery below its own limit; or all mirrored."""
    count = draw(st.integers(1, 4))
    chosen = sorted(draw(st.permutations(list(Level)))[:count], key=lambda level: level.rank)
    edges = sorted(draw(st.lists(st.integers(1, 100), min_size=count, max_size=count, unique=True)))
    rising = draw(st.booleans())
    sign = 1 if rising else -1
    limits = tuple(
        Limit(level, sign * edge, sign * (edge - draw(st.integers(1, 20))))
        for level, edge in zip(chosen, edges, strict=True)
    )
    return Indicator("x", NAME, "m", NAME, NAME, 10.0, limits=limits, rising=rising)


def bad(indicator: Indicator, value: float) -> float:
    """How bad a value is: more is worse."""
    return value if indicator.rising else -value


values = st.floats(-150, 150)


@given(indicators(), values)
def test_without_a_level_before_only_the_limits_count(indicator, value) -> None:
    passed = [limit.level for limit in indicator.limits if bad(indicator, value) >= bad(indicator, limit.at)]
    assert indicator.level(value, None) is worst(passed)


@given(indicators(), values, st.none() | levels)
def test_the_same_value_again_changes_nothing(indicator, value, before) -> None:
    level = indicator.level(value, before)
    assert indicator.level(value, level) is level


@given(indicators(), st.lists(values, max_size=30))
def test_a_level_is_left_only_past_its_recovery_limit(indicator, series) -> None:
    level = None
    recovery = {limit.level: limit.recovery for limit in indicator.limits}
    for value in series:
        before, level = level, indicator.level(value, level)
        milder = before is not None and (level is None or level.rank < before.rank)
        if milder:
            assert bad(indicator, value) < bad(indicator, recovery[before])
        else:
            assert before is level or any(
                limit.level is level and bad(indicator, value) >= bad(indicator, limit.at) for limit in indicator.limits
            )


@given(indicators(), st.data())
def test_a_series_between_recovery_and_limit_never_chatters(indicator, data) -> None:
    limit = data.draw(st.sampled_from(indicator.limits))
    low, high = sorted((limit.recovery, limit.at))
    series = data.draw(st.lists(st.floats(low, high), min_size=2, max_size=40))
    level, seen = None, []
    for value in series:
        level = indicator.level(value, level)
        seen.append(bool(level and level.rank >= limit.level.rank))
    # Once reached it stays: the series is never past the recovery limit.
    assert all(after or not before for before, after in pairwise(seen))


@given(indicators(), values, values, st.none() | levels)
def test_a_worse_value_never_gives_a_milder_level(indicator, one, other, before) -> None:
    milder, worse = sorted((one, other), key=lambda value: bad(indicator, value))
    ranks = [level.rank if level else 0 for level in (indicator.level(v, before) for v in (milder, worse))]
    assert ranks[0] <= ranks[1]


def test_staleness_is_a_state_of_its_own() -> None:
    indicator = Indicator("x", NAME, "m", NAME, NAME, 10.0)
    at = datetime(2026, 7, 1, tzinfo=UTC)
    assert not indicator.stale(at, at + timedelta(seconds=50))
    assert indicator.stale(at, at + timedelta(seconds=51))
    assert Reading("x", at, 1.0).id == "x@2026-07-01T00:00:00+00:00"
