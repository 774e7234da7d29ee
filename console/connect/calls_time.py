"""Times as files write them: in several formats, with a zone or without, in hours that daylight saving took or gave."""

from datetime import UTC, datetime, timedelta, tzinfo

from console.domain.record import Odd

YEARS = range(1970, 2101)  # others are marks for “none”: 1900, 9999


class Clock:
    """Reads the times of one file. `formats` are patterns of `strptime`, or iso, epoch, epoch_ms."""

    def __init__(self, formats: list[str], zone: tzinfo) -> None:
        self._formats, self._zone = list(formats), zone

    def read(self, text: str, after: datetime | None = None) -> tuple[datetime | None, Odd | None]:
        """The time in UTC, None for one that cannot be read, and what is odd about it.

        In an hour that came twice it is the first, unless that is before `after`.
        """
        for place, format in enumerate(self._formats):
            try:
                found = _parsed(text, format)
            except (ValueError, OverflowError, OSError):
                continue
            if found.year not in YEARS:
                continue
            if place:  # most of a file is written in one way: that is tried first
                self._formats.insert(0, self._formats.pop(place))
            return self._placed(found, after)
        return None, Odd.TIME_UNREAD

    def _placed(self, found: datetime, after: datetime | None) -> tuple[datetime, Odd | None]:
        if found.tzinfo is not None:
            return found.astimezone(UTC), None
        first = self._zone.utcoffset(found) or timedelta()
        second = self._zone.utcoffset(found.replace(fold=1)) or timedelta()
        plain = found.replace(tzinfo=UTC)
        if first == second:
            return plain - first, None
        if first < second:
            return plain - first, Odd.TIME_GAP
        late = after is not None and plain - first < after <= plain - second
        return plain - (second if late else first), Odd.TIME_FOLD


def _parsed(text: str, format: str) -> datetime:
    if format == "iso":
        return datetime.fromisoformat(text)
    if format == "epoch":
        return datetime.fromtimestamp(float(text), UTC)
    if format == "epoch_ms":
        return datetime.fromtimestamp(float(text) / 1000, UTC)
    return datetime.strptime(text, format)
