"""China's working days: the days off and the worked weekends that the State Council publishes every November.

The calendar comes with a library of its own; a year that it does not have yet is taken as weekends alone, and said so.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache

from chinese_calendar.constants import holidays, workdays

from console.domain.pack import Pack
from console.domain.worktime import WorkTime


@cache
def known_years() -> frozenset[int]:
    return frozenset(day.year for day in (*holidays, *workdays))


def unknown_years(years: Iterable[int]) -> list[int]:
    """Those without a calendar: their limits count every weekday as worked."""
    return sorted(set(years) - known_years())


def work_time(pack: Pack) -> WorkTime:
    """When the centre of a pack works."""
    return WorkTime(pack.office_hours, _dates(holidays), _dates(workdays))


def _dates(days: Iterable[date]) -> frozenset[date]:
    return frozenset(days)
