"""Times as files write them: in several formats, with a zone or without, in hours that daylight saving took or gave.

What spreadsheets write is read as well: 上午 and 下午, serial numbers, 24:00 and a 60th second.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from unicodedata import normalize

from console.domain.record import Odd

YEARS = range(1970, 2101)  # others are marks for “none”: 1900, 9999
HALF_A_DAY, DAY = timedelta(hours=12), timedelta(days=1)

_DAY = r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
_HOUR = (
    r"(?P<before>[AP]M)?\s*(?P<hour>\d{1,2})\s*[:时点]\s*(?P<minute>\d{1,2})\s*分?"
    r"(?:\s*:?\s*(?P<second>\d{1,2})(?:\.\d+)?\s*秒?)?\s*(?P<after>[AP]M)?"
)
_WRITTEN = re.compile(rf"(?:{_DAY})?[\sT]*(?:(?:星期|周)[一二三四五六日天]\s*)?(?:{_HOUR})?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?", re.ASCII)  # 20240305210500
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?|0?\.\d+", re.ASCII)  # days since 1900, or a part of a day
_AM, _PM = ("凌晨", "清晨", "早上", "早晨", "上午"), ("中午", "下午", "傍晚", "晚上")
_PERIOD = re.compile(rf"({'|'.join(_AM + _PM)})\s*(?:(\d{{1,2}})(?!\d))?", re.ASCII)
_MIDNIGHT = re.compile(r"(?<![\d:.])24(?=[:时]00(?:[:分]00)?(?![\d:]))", re.ASCII)
_LEAP_SECOND = re.compile(r"(?<=:\d\d):60(?!\d)", re.ASCII)


class Clock:
    """Reads the times of one file. `formats` are patterns of `strptime`, or iso, epoch, epoch_ms.

    They are tried in their order, always: 05/03/2024 is not another day because of the row before it.
    """

    def __init__(self, formats: list[str], zone: tzinfo) -> None:
        self._formats, self._zone = [normalize("NFKC", format) for format in formats], zone

    def read(
        self, text: str, after: datetime | None = None, *, borrowed: bool = False
    ) -> tuple[datetime | None, Odd | None]:
        """The time in UTC, None for one that cannot be read, and what is odd about it.

        `after` is the time before it in its row. A time of day without a date is of that day; one is `borrowed` when
        it is that of the whole row. Either is of the next day if it would lie more than half a day before `after`.
        In an hour that came twice it is the first, unless that is before `after`. A date alone is midnight, and odd.
        """
        plain, more = _plain(text)
        for format in self._formats:
            try:
                found = _parsed(plain, format)
            except (ValueError, OverflowError, OSError):
                continue
            odd = None
            if isinstance(found, time):
                if after is None:
                    continue
                found, borrowed = datetime.combine(after.astimezone(self._zone), found), True
            elif not isinstance(found, datetime):
                found, odd = datetime.combine(found, time()), Odd.TIME_DATE
            if found.year not in YEARS:
                continue
            at, of_hour = self._placed(found + more, after)
            if borrowed and after is not None and after - at > HALF_A_DAY:
                return self._placed(found + more + DAY, after)[0], Odd.TIME_NEXT_DAY
            return at, odd or of_hour
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


def _plain(text: str) -> tuple[str, timedelta]:
    """The text as patterns know it, and what is to be added to the time that it says."""
    more = timedelta()
    if not text.isascii():
        text = _PERIOD.sub(_period, normalize("NFKC", text))
    if "24" in text and _MIDNIGHT.search(text):
        text, more = _MIDNIGHT.sub("00", text), DAY
    if ":60" in text and _LEAP_SECOND.search(text):
        text, more = _LEAP_SECOND.sub(":59", text), timedelta(seconds=1)
    return text, more


def _period(found: re.Match[str]) -> str:
    """上午 and 下午 as %p and %I read them; 中午 11 点 is before noon, 下午 13 点 is one o'clock."""
    word, hour = found[1], int(found[2] or 12)
    if (word == "晚上" and hour == 12) or hour > 23:  # of this night or the last: nobody can say
        return found[0]
    morning = word in _AM or (word == "中午" and hour in (10, 11))
    return f"{'AM' if morning else 'PM'}{(hour % 12 or 12) if found[2] else ''}"


def _parsed(text: str, format: str) -> datetime | date | time:
    """A date alone and a time alone are what they are. Raises `ValueError`, `OverflowError` or `OSError`."""
    if format == "iso":
        return _iso(text)
    if format == "epoch":
        return datetime.fromtimestamp(float(text), UTC)
    if format == "epoch_ms":
        return datetime.fromtimestamp(float(text) / 1000, UTC)
    found = datetime.strptime(text, format)
    if not says(format, "HIcX"):
        return found.date()
    return found if says(format, "djcxuw") else found.time()


def says(format: str, directives: str) -> bool:
    return any(f"%{one}" in format for one in directives)


def _iso(text: str) -> datetime | date | time:
    """ISO 8601, and what spreadsheets in Chinese write for it. Raises `ValueError`."""
    if len(text) > 10 and not text.isdigit():
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    if found := _COMPACT.fullmatch(text):
        return datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type]
    if _SERIAL.fullmatch(text):
        return _serial(float(text))
    found = _WRITTEN.fullmatch(text)
    if found is None or not (found["year"] or found["hour"]):
        return date.fromisoformat(text)  # 20240305
    day = date(int(found["year"]), int(found["month"]), int(found["day"])) if found["year"] else None
    clock = _hour(found) if found["hour"] else None
    if day is None or clock is None:
        return day or clock or time()
    return datetime.combine(day, clock)


def _hour(found: re.Match[str]) -> time:
    hour, half = int(found["hour"]), found["before"] or found["after"]
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(found[0])
        hour = hour % 12 + (12 if half == "PM" else 0)
    return time(hour, int(found["minute"]), int(found["second"] or 0))


def _serial(value: float) -> datetime | date | time:
    from openpyxl.utils.datetime import from_excel

    if value < 1:
        return (datetime.min + timedelta(seconds=round(value * 86400))).time()
    found: datetime = from_excel(value)
    whole = (found + timedelta(milliseconds=500)).replace(microsecond=0)  # five digits after the point are a second
    return whole.date() if value.is_integer() else whole
