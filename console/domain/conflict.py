"""Two desks that did not know of each other said different things: kept side by side until a person decides.

What arrived at the platform first stays in force; the other value is never thrown away. Of two levels the
graver shows meanwhile, and so does the greater number of casualties. A unit sent twice really drives to both.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from console.domain.level import Level
from console.domain.place import Point
from console.domain.words import Label, Labelled

Side = Literal["kept", "other"]


class Subject(Labelled):
    """What the two disagree about."""

    TITLE = "title", "标题", "Title"
    MATTER = "matter", "事项", "Matter"
    LOCATION = "location", "地点", "Location"
    LEVEL = "level", "等级", "Level"
    CASUALTIES = "casualties", "伤亡", "Casualties"
    UNIT = "unit", "力量", "Unit"
    RECEIVED = "received", "接报时间", "Received"

    @property
    def grave(self) -> bool:
        """待裁定: no silent winner; it shows on every list until someone decides."""
        return self in (Subject.MATTER, Subject.LOCATION, Subject.LEVEL, Subject.CASUALTIES, Subject.UNIT)


@dataclass(frozen=True, slots=True)
class By:
    """Who, when (by their desk's clock) and where."""

    user: str
    name: Label
    at: datetime
    area: str  # path of their centre


@dataclass(frozen=True, slots=True)
class Location:
    place: Label
    at: Point


@dataclass(frozen=True, slots=True)
class Nature:
    """What an incident is: a matter and its way. One matter is one nature, whatever it is called."""

    matter: str
    name: Label = field(compare=False)
    stages: tuple[str, ...] = field(compare=False)  # codes


@dataclass(frozen=True, slots=True)
class Casualties:
    """A count at a moment."""

    dead: int
    injured: int
    missing: int
    trapped: int

    def most(self, other: "Casualties") -> "Casualties":
        """The greater of each."""
        pairs = zip(self.counts, other.counts, strict=True)
        return Casualties(*(max(pair) for pair in pairs))

    @property
    def counts(self) -> tuple[int, int, int, int]:
        return self.dead, self.injured, self.missing, self.trapped


@dataclass(frozen=True, slots=True)
class Sent:
    """A unit on its way to an incident."""

    unit: str
    assignment: str
    incident: str
    code: str
    title: Label


Value = Label | Location | Nature | Level | Casualties | Sent | datetime


@dataclass(frozen=True, slots=True)
class Claim:
    value: Value
    by: By


@dataclass(frozen=True, slots=True)
class Conflict:
    id: str  # made from that of the edit, report or assignment that came second
    incident: str
    subject: Subject
    kept: Claim  # arrived first
    other: Claim
    also: str | None = None  # the other incident, of a unit sent to two
    settled_at: datetime | None = None
    settled_by: Label | None = None
    taken: Side | None = None

    @property
    def open(self) -> bool:
        return self.settled_at is None

    @property
    def grave(self) -> bool:
        """待裁定 now."""
        return self.open and self.subject.grave

    def claim(self, side: Side) -> Claim:
        return self.kept if side == "kept" else self.other


@dataclass(frozen=True, slots=True)
class CasualtyReport:
    """Append-only: a later report does not change an earlier one."""

    id: str
    incident: str
    count: Casualties
    occurred_at: datetime
    by: By


def casualties(reports: Iterable[CasualtyReport], conflicts: Iterable[Conflict]) -> Casualties | None:
    """The count to show: the latest report that nobody decided against, or the most of two that disagree."""
    disputes = [c for c in conflicts if c.subject is Subject.CASUALTIES]
    dropped = [c.claim("other" if c.taken == "kept" else "kept") for c in disputes if not c.open]
    standing = [r for r in reports if not any(r.by == d.by and r.count == d.value for d in dropped)]
    if not standing:
        return None
    count = max(standing, key=lambda r: (r.occurred_at, r.id)).count
    for dispute in disputes:
        for claim in (dispute.kept, dispute.other):
            if dispute.open and isinstance(claim.value, Casualties):
                count = count.most(claim.value)
    return count
