"""The open door: what systems outside say to the platform, row by row, and what it answers.

A row that is not as it is described here is refused by itself: those beside it are taken.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, SkipValidation

from console.domain.words import Label
from console.sync.messages import PLAIN, Message

Kind = Literal["readings", "positions", "calls", "statuses", "alarms"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MOST_ROWS = 2000  # in one request, of all kinds
MAX_PICTURE = 1024 * 1024  # bytes
TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"  # lines may break, nothing else that is no letter


def _written(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("a time is text, as 2026-12-01T08:30:00+08:00")
    return value


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("not a time in UTC") from None


When = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_in_utc)]
Id = Annotated[str, Field(min_length=1, max_length=100, pattern=PLAIN)]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=PLAIN)]
Words = Annotated[str, Field(max_length=4000, pattern=TEXT)]
Number = Annotated[float, Field(strict=True, ge=-1e12, le=1e12)]
Lon = Annotated[float, Field(strict=True, ge=-180, le=180)]
Lat = Annotated[float, Field(strict=True, ge=-90, le=90)]
CrsCode = Annotated[
    Literal["wgs84", "gcj02", "bd09", "cgcs2000"], Field(description="Of its coordinates, when not the request's.")
]
Level = Literal["blue", "yellow", "orange", "red"]
OwnId = Annotated[Id, Field(description="The sender's own: brought again, it is known.")]


class ReadingRow(Message):
    """One value of a series. A series has one value for one moment, so it needs no id."""

    indicator: Name = Field(description="The series' id in the topic pack.")
    at: When
    value: Number
    id: Id | None = Field(default=None, description="Repeated when the row is refused.")


class PositionRow(Message):
    """Where a unit is. Only the latest is kept."""

    unit: Name = Field(description="Its id or code in the topic pack.")
    lon: Lon
    lat: Lat
    at: When
    heading: Annotated[float, Field(strict=True, ge=0, le=360)] | None = Field(
        default=None, description="Degrees clockwise from north."
    )
    crs: CrsCode | None = None
    id: Id | None = Field(default=None, description="Repeated when the row is refused.")


class CallRow(Message):
    """Somebody reports something. It rings at the desks of the area until somebody takes it. Only the id is needed."""

    id: OwnId
    channel: Literal["110", "119", "120", "12345", "grid", "agency", "walk_in", "radio", "phone", "app"] = "phone"
    received_at: When | None = None
    text: Words = Field(default="", description="What the caller says.")
    caller: Name | None = None
    number: Annotated[str, Field(max_length=40, pattern=r"^[-0-9+*#() ]*$")] = ""
    title: Name | None = None
    matter: Annotated[str, Field(max_length=200, pattern=TEXT)] = Field(
        default="", description="A code of the matters, or a word of the sender's."
    )
    level: Level | None = None
    place: Name | None = Field(default=None, description="In words.")
    lon: Lon | None = None
    lat: Lat | None = None
    crs: CrsCode | None = None
    area: Name | None = Field(default=None, description="Path where it rings; without, that of the key.")


class StatusRow(Message):
    """How far a unit is on its way. Named by the assignment; or by the unit, and the incident if it has several."""

    id: OwnId
    status: Literal["acknowledged", "en_route", "on_scene", "working", "done", "declined", "stood_down"]
    at: When
    unit: Name | None = Field(default=None, description="Its id or code in the topic pack.")
    assignment: Id | None = None
    incident: Id | None = Field(default=None, description="Its id or its code, I34.")
    text: Words | None = None


class AlarmRow(Message):
    """A camera, a box or another system asks for a look."""

    id: OwnId
    title: Name
    level: Level
    at: When
    place: Name | None = Field(default=None, description="In words.")
    lon: Lon | None = None
    lat: Lat | None = None
    crs: CrsCode | None = None
    value: Number | None = None
    limit: Number | None = None
    measure: Annotated[str, Field(max_length=20, pattern=TEXT)] = Field(default="", description='Such as "m".')
    matter: Annotated[str, Field(max_length=200, pattern=TEXT)] | None = Field(
        default=None, description="What it becomes when it is confirmed: a code of the matters."
    )
    picture: str | None = Field(default=None, description="A JPEG or PNG of at most 1 MiB, in base64.")
    area: Name | None = Field(default=None, description="Path where it is seen; without, that of the key.")


def _some(rows: Any) -> Any:
    return Field(default=[], max_length=MOST_ROWS, description=f"Each a `{rows.__name__}`.")


class IntakeRequest(Message):
    """Any number of rows of any kinds, of which the whole is at most 2000 and 2 MiB."""

    crs: Literal["wgs84", "gcj02", "bd09", "cgcs2000"] = Field(
        default="wgs84", description="Of all coordinates that do not name another."
    )
    # looked at one by one, later: `receive`
    readings: list[SkipValidation[ReadingRow]] = _some(ReadingRow)
    positions: list[SkipValidation[PositionRow]] = _some(PositionRow)
    calls: list[SkipValidation[CallRow]] = _some(CallRow)
    statuses: list[SkipValidation[StatusRow]] = _some(StatusRow)
    alarms: list[SkipValidation[AlarmRow]] = _some(AlarmRow)

    def rows(self, kind: Kind) -> list[Any]:
        found: list[Any] = getattr(self, kind)
        return found

    @property
    def count(self) -> int:
        return sum(len(self.rows(kind)) for kind in KINDS)


class Remark(Message):
    """A row, and what is to be said of it."""

    kind: Kind
    index: int = Field(description="Of the row in its list, from 0.")
    id: str | None = Field(description="The sender's own, if it had one.")
    code: str
    text: Label


class IntakeResponse(Message):
    """It is on disk. What is refused was not kept: it is to be sent again once it is put right."""

    accepted: int = Field(description="Rows that were taken.")
    again: int = Field(description="Rows that were here already, and were not taken twice.")
    refused: list[Remark]
    noted: list[Remark] = Field(description="Rows that were taken, but not all as they were sent.")
