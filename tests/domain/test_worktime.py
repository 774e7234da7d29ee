"""Time limits: minutes, working hours and working days against counting every minute, over holidays and midnight."""

import os
import time as clock
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.worktime import CHINA, Measure, Pause, Span, WorkTime

HOURS = WorkTime().hours
NEW_YEAR = frozenset(date(2026, 2, day) for day in range(16, 24))
WORKED = frozenset({date(2026, 2, 14), date(2026, 2, 28)})
CENTRE = WorkTime(days_off=NEW_YEAR, worked=WORKED)
MINUTE = timedelta(minutes=1)

moments = st.integers(0, 60 * 24 * 60).map(lambda n: datetime(2026, 1, 20, tzinfo=UTC) + n * MINUTE)
measures = st.sampled_from(Measure)
gaps = st.lists(st.tuples(st.integers(-300, 6000), st.integers(1, 3000)), max_size=3)


def pauses_after(start: datetime, gaps: list[tuple[int, int]]) -> tuple[Pause, ...]:
    return tuple(Pause(start + after * MINUTE, start + (after + long) * MINUTE) for after, long in gaps)


def span_of(measure: Measure, amount: int) -> Span:
    """Working hours in quarters, so that they are whole minutes."""
    return Span(amount / 4 if measure is Measure.WORK_HOURS else amount, measure)


def counted(at: datetime, work: WorkTime, measure: Measure, pauses: tuple[Pause, ...]) -> bool:
    """Whether the minute that begins `at` is time that counts."""
    if any(pause.since <= at and (pause.until is None or at < pause.until) for pause in pauses):
        return False
    local = at.astimezone(CHINA)
    working = local.date() in work.worked or (local.weekday() < 5 and local.date() not in work.days_off)
    return measure is Measure.MINUTES or (working and any(begin <= local.time() < end for begin, end in work.hours))


def by_the_minute(start: datetime, span: Span, work: WorkTime, pauses: tuple[Pause, ...]) -> datetime:
    """The oracle: count every minute until enough are counted."""
    left = round(span.amount * (60 if span.measure is Measure.WORK_HOURS else 1))
    at = start
    while left:
        left -= counted(at, work, span.measure, pauses)
        at += MINUTE
    return at


@given(moments, st.sampled_from((Measure.MINUTES, Measure.WORK_HOURS)), st.integers(1, 40), gaps)
def test_a_limit_is_up_when_its_minutes_are_counted(start, measure, amount, gaps) -> None:
    span, pauses = span_of(measure, amount), pauses_after(start, gaps)
    assert CENTRE.due(start, span, pauses) == by_the_minute(start, span, CENTRE, pauses)


@given(moments, st.integers(1, 15), gaps)
def test_a_working_day_counts_when_its_end_was_worked(start, days, gaps) -> None:
    pauses = pauses_after(start, gaps)
    day, left = start.astimezone(CHINA).date(), days
    while left:
        day += timedelta(days=1)
        end = datetime.combine(day, HOURS[-1][1], CHINA)
        free = not (day in WORKED or (day.weekday() < 5 and day not in NEW_YEAR))
        left -= not free and not any(pause.since < end <= pause.until for pause in pauses)
    assert CENTRE.due(start, Span(days, Measure.WORK_DAYS), pauses) == end


@given(moments, measures, st.integers(0, 40), gaps)
def test_nothing_is_due_before_it_began_and_a_pause_only_puts_it_off(start, measure, amount, gaps) -> None:
    span, pauses = span_of(measure, amount), pauses_after(start, gaps)
    plain = CENTRE.due(start, span)
    assert plain is not None and plain >= start and plain.utcoffset() == timedelta(0)
    for many in range(len(pauses) + 1):
        later = CENTRE.due(start, span, pauses[:many])
        assert later is not None and later >= plain
        plain = later


@given(moments, measures, st.integers(1, 20), st.integers(0, 500))
def test_while_it_is_stopped_it_is_not_due(start, measure, amount, after) -> None:
    span, due = span_of(measure, amount), None
    stopped_at = start + after * MINUTE
    due = CENTRE.due(start, span, (Pause(stopped_at),))
    plain = CENTRE.due(start, span)
    assert due is None if plain > stopped_at else due == plain


@given(moments, st.integers(1, 5000))
def test_minutes_are_exact_over_midnight(start, minutes) -> None:
    assert CENTRE.due(start, Span(minutes)) == start + minutes * MINUTE


def test_a_year_with_its_holidays() -> None:
    """Every working day of 2026, one after the other."""
    at, seen = datetime(2025, 12, 31, 12, tzinfo=CHINA), []
    while True:
        at = CENTRE.due(at, Span(1, Measure.WORK_DAYS))
        if at.astimezone(CHINA).year > 2026:
            break
        seen.append(at.astimezone(CHINA))
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    wanted = [day for day in days if CENTRE.works_on(day)]
    assert [one.date() for one in seen] == wanted
    assert {one.time() for one in seen} == {time(17, 30)}
    assert len(wanted) == 261 - 6 + 2  # weekdays, less the six of the New Year, and the two Saturdays worked for them


@given(moments, st.integers(0, 9_000))
def test_working_time_between_two_moments_is_counted_by_the_minute(since, minutes) -> None:
    until = since + minutes * MINUTE
    brute = sum(counted(since + n * MINUTE, CENTRE, Measure.WORK_HOURS, ()) for n in range(minutes))
    assert CENTRE.between(since, until) == brute * MINUTE
    assert CENTRE.between(until, since) == timedelta(0) or minutes == 0


def test_the_ends_of_working_days() -> None:
    ends = CENTRE.day_ends(datetime(2026, 2, 13, 9, 30, tzinfo=UTC))  # half past five in China: that day is over
    first = [next(ends).astimezone(CHINA) for _ in range(3)]
    assert [(one.date(), one.time()) for one in first] == [
        (date(2026, 2, 14), time(17, 30)),
        (date(2026, 2, 24), time(17, 30)),
        (date(2026, 2, 25), time(17, 30)),
    ]


def test_the_zone_of_the_machine_is_nothing_to_a_limit() -> None:
    start, kept = datetime(2026, 2, 13, 8, 20, tzinfo=UTC), os.environ.get("TZ")
    spans = [span_of(measure, 7) for measure in Measure]
    found = set()
    try:
        for zone in ("Asia/Shanghai", "UTC", "America/New_York", "Pacific/Kiritimati", "Australia/Lord_Howe"):
            os.environ["TZ"] = zone
            clock.tzset()
            local = start.astimezone()  # the same moment as this machine writes it
            found.add(tuple(CENTRE.due(local, span, (Pause(local + MINUTE, local + 9 * MINUTE),)) for span in spans))
    finally:
        os.environ.pop("TZ", None) if kept is None else os.environ.update(TZ=kept)
        clock.tzset()
    assert len(found) == 1
    assert all(due.tzinfo is UTC for due in found.pop())


def test_a_calendar_without_working_days_is_an_error() -> None:
    never = WorkTime(days_off=frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(4100)))
    for measure in (Measure.WORK_HOURS, Measure.WORK_DAYS):
        with pytest.raises(OverflowError):
            never.due(datetime(2026, 1, 2, tzinfo=UTC), Span(1, measure))
