"""The Chinese calendar: days off, worked weekends, and the years nobody has published yet."""

from datetime import UTC, date, datetime, time

from console.domain.worktime import CHINA, Measure, Span
from console.store.holidays import known_years, unknown_years, work_time
from tests.support_pack import make_pack

WORK = work_time(make_pack())


def local(*when: int) -> datetime:
    return datetime(*when, tzinfo=CHINA)  # type: ignore[misc, arg-type]


def test_adjusted_days_of_2026() -> None:
    off = [date(2026, *day) for day in ((1, 2), (2, 20), (5, 4), (6, 19), (9, 25), (10, 7))]
    worked = [date(2026, *day) for day in ((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10))]
    assert not any(WORK.works_on(day) for day in off)
    assert all(WORK.works_on(day) for day in worked)
    assert WORK.works_on(date(2026, 9, 30)) and not WORK.works_on(date(2026, 9, 19))


def test_a_limit_over_the_national_day() -> None:
    due = WORK.due(local(2026, 9, 30, 16, 30), Span(2, Measure.WORK_HOURS))
    assert due == local(2026, 10, 8, 9, 30)
    assert WORK.due(local(2026, 9, 30, 16, 30), Span(3, Measure.WORK_DAYS)) == local(2026, 10, 10, 17, 30)


def test_a_year_that_is_not_published_has_weekends_only() -> None:
    after = max(known_years()) + 1
    assert unknown_years([2026, after]) == [after] and 2026 in known_years()
    days = [date(after, 1, day) for day in range(1, 32)]
    assert [WORK.works_on(day) for day in days] == [day.weekday() < 5 for day in days]
    assert WORK.due(datetime(after, 6, 1, tzinfo=UTC), Span(5, Measure.WORK_DAYS)) is not None


def test_office_hours_are_the_pack_s() -> None:
    assert WORK.hours == ((time(8, 30), time(12)), (time(14, 30), time(17, 30)))
