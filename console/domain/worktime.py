"""How long a rule gives: minutes, working hours 工作时 or working days 工作日, and when that time is up.

Working time runs in the zone of the centre, whatever the machine's own is set to. Days off and the weekends that are
worked for them are data (the calendar of the State Council); without them every Saturday and Sunday is off.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone

from console.domain.words import Labelled

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")  # no summer time since 1991
FOREVER = datetime.max.replace(tzinfo=UTC)
OFFICE_HOURS = ((time(8, 30), time(12)), (time(14, 30), time(17, 30)))
MOST_DAYS = 4000  # a limit is never longer; one that no working day ends is an error of the calendar


class Measure(Labelled):
    MINUTES = "min", "分钟", "min"
    WORK_HOURS = "wh", "工作时", "working hours"
    WORK_DAYS = "wd", "工作日", "working days"


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time as a rule writes it."""

    amount: float
    measure: Measure = Measure.MINUTES


@dataclass(frozen=True, slots=True)
class Pause:
    """Time that does not count; it has no end while it lasts."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class WorkTime:
    """When a centre works. Guangdong's office hours unless another is said."""

    hours: tuple[tuple[time, time], ...] = OFFICE_HOURS
    days_off: frozenset[date] = field(default_factory=frozenset)  # beside weekends
    worked: frozenset[date] = field(default_factory=frozenset)  # weekends that are worked
    zone: timezone = CHINA

    def works_on(self, day: date) -> bool:
        return day in self.worked or (day.weekday() < 5 and day not in self.days_off)

    def _shifts(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The working hours from a moment on, in order."""
        first = start.astimezone(self.zone).date()
        for day in (first + timedelta(days=n) for n in range(MOST_DAYS)):
            if self.works_on(day):
                for begin, end in self.hours:
                    at, until = (datetime.combine(day, t, self.zone).astimezone(UTC) for t in (begin, end))
                    if until > start:
                        yield max(at, start), until

    def due(self, start: datetime, span: Span, pauses: Sequence[Pause] = ()) -> datetime | None:
        """When a span that began at `start` is up, in UTC; None while a pause stops it.

        Working days count from the day after the start and are up at the end of the last one's hours.
        Raises `OverflowError` for a span that no calendar ends.
        """
        if span.measure is Measure.WORK_DAYS:
            return self._due_day(start, span.amount, pauses)
        shifts = iter([(start, FOREVER)]) if span.measure is Measure.MINUTES else self._shifts(start)
        left = timedelta(minutes=span.amount) if span.measure is Measure.MINUTES else timedelta(hours=span.amount)
        for begin, end in _without(shifts, pauses):
            if end - begin >= left:
                return (begin + left).astimezone(UTC)
            left -= end - begin
        if any(pause.until is None for pause in pauses):
            return None
        raise OverflowError("a time limit that never ends")

    def between(self, since: datetime, until: datetime) -> timedelta:
        """The working time between two moments; none when the second is not later."""
        total = timedelta(0)
        for begin, end in self._shifts(since):
            if begin >= until:
                break
            total += min(end, until) - begin
        return total

    def day_ends(self, after: datetime) -> Iterator[datetime]:
        """The ends of working days that come after a moment, in UTC and in order."""
        last = self.hours[-1][1]
        yield from (end for _, end in self._shifts(after) if end.astimezone(self.zone).time() == last)

    def _due_day(self, start: datetime, days: float, pauses: Sequence[Pause]) -> datetime | None:
        first = start.astimezone(self.zone).date()
        left = days
        for day in (first + timedelta(days=n) for n in range(1, MOST_DAYS)):
            end = datetime.combine(day, self.hours[-1][1], self.zone).astimezone(UTC)
            over = [pause for pause in pauses if pause.since < end and (pause.until or FOREVER) >= end]
            if any(pause.until is None for pause in over):
                return None
            left -= self.works_on(day) and not over
            if left <= 0:
                return end
        raise OverflowError("a time limit that never ends")


def _without(
    shifts: Iterable[tuple[datetime, datetime]], pauses: Sequence[Pause]
) -> Iterator[tuple[datetime, datetime]]:
    """Stretches of time with the pauses cut out of them."""
    cuts = sorted((pause.since, pause.until or FOREVER) for pause in pauses)
    for begin, end in shifts:
        for since, until in cuts:
            if until <= begin or since >= end:
                continue
            if since > begin:
                yield begin, since
            begin = until
            if begin >= end:
                break
        if begin < end:
            yield begin, end
        elif begin >= FOREVER:
            return
