"""A sensor, camera or indicator asks for a look; an operator confirms or filters it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from console.domain.level import Level
from console.domain.place import Point
from console.domain.words import Label, Labelled


class AlarmState(Labelled):
    """ISA-18.2, the part that a duty officer decides on."""

    UNACKNOWLEDGED = "unacknowledged", "未确认", "Unacknowledged"
    CONFIRMED = "confirmed", "已确认", "Confirmed"
    FILTERED = "filtered", "已过滤", "Filtered"


class FilterReason(Labelled):
    """Why an alarm is not an incident."""

    FALSE = "false", "误报", "False alarm"
    WORKS = "works", "施工或调试", "Works or testing"
    KNOWN = "known", "已知情况", "Already known"
    STEAM = "steam", "云雾蒸汽", "Cloud or steam"
    MINOR = "minor", "无需处置", "No action needed"


@dataclass(frozen=True, slots=True)
class Photo:
    """What an alarm's sender saw. The bytes are kept under their SHA-256."""

    sha256: str
    media: str  # "image/jpeg"
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class Alarm:
    id: str
    indicator: str
    title: Label
    place: Label
    at: Point | None
    level: Level
    state: AlarmState
    raised_at: datetime
    value: float  # the worst of the episode
    limit: float
    measure: str = ""
    matter: str | None = None
    returned_at: datetime | None = None  # the series came back below its recovery limit
    decided_at: datetime | None = None
    decided_by: str | None = None
    reason: str | None = None  # code of FilterReason
    incident: str | None = None
    area: str = ""  # path
    picture: Photo | None = None  # that came with it

    @property
    def active(self) -> bool:
        """The episode is not over: its series has not come back."""
        return self.returned_at is None

    @property
    def picture_name(self) -> str:
        """What a file of its photo is called."""
        ending = self.picture.media.rpartition("/")[2] if self.picture else ""
        return f"{self.title.zh.replace('/', ' ')}.{ending}"


def unacknowledged(alarms: Iterable[Alarm]) -> list[Alarm]:
    """Alarms that wait for a decision, the most severe and newest first."""
    waiting = [alarm for alarm in alarms if alarm.state is AlarmState.UNACKNOWLEDGED]
    return sorted(waiting, key=lambda alarm: (-alarm.level.rank, -alarm.raised_at.timestamp()))
