"""One thing reported twice: offered as one, merged, and taken apart again exactly.

A merged incident keeps its own rows, callers and log, and only points to the one it is the same as; so unmerging
has nothing to restore.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar

from console.domain.errors import Refused
from console.domain.incident import Incident
from console.domain.incoming import IncomingCall
from console.domain.log import Kind, Note
from console.domain.operation import Actor, Changes, Lane, Reader
from console.domain.place import Point, distance_m
from console.domain.words import Label, Phrase

NEAR_M = 500.0
HERE_M = 150.0
NEAR_IN_TIME = timedelta(hours=2)


def similar(incident: Incident, others: Iterable[Incident]) -> list[Incident]:
    """Open incidents of the same matter, near in place and time; the nearest first."""
    near = [
        (distance_m(incident.at, other.at), other)
        for other in others
        if other.matter == incident.matter
        and other.id != incident.id
        and other.open
        and abs(other.opened_at - incident.opened_at) <= NEAR_IN_TIME
    ]
    return [other for metres, other in sorted(near, key=lambda pair: (pair[0], pair[1].id)) if metres <= NEAR_M]


def reported_already(
    matter: str,
    at: Point | None,
    received_at: datetime,
    number: str,
    others: Collection[Incident],
    calls: Iterable[IncomingCall],
) -> list[Incident]:
    """Open incidents that a call may mean, the likeliest first.

    That is what the same number rang about lately, the same matter near by, and whatever is under way at the very
    place. `matter` is a code, or empty; `number` the caller's, or empty.
    """
    lately = received_at - NEAR_IN_TIME
    theirs = {c.incident for c in calls if number and c.number == number and c.received_at >= lately}
    found = [one for one in others if one.id in theirs and one.open]
    if at is not None:
        near = sorted(((distance_m(one.at, at), one) for one in others if one.open), key=lambda p: (p[0], p[1].id))
        same = [one for metres, one in near if one.matter == matter and metres <= NEAR_M and one.opened_at >= lately]
        found += [*same, *(one for metres, one in near if metres <= HERE_M)]
    return list({one.id: one for one in found}.values())


@dataclass(frozen=True, slots=True)
class MergeIncidents:
    """`incident` is the same as `into`."""

    NAME: ClassVar[str] = "incident.merge"
    LANE: ClassVar[Lane] = "command"
    incident: str
    into: str

    def decide(self, read: Reader, actor: Actor) -> Changes:
        incident, into = read.incident(self.incident), read.incident(self.into)
        if incident.merged_into is not None:
            raise Refused(Phrase("incident_merged", {"code": incident.code}))
        if into.merged_into is not None:
            raise Refused(Phrase("incident_merged", {"code": into.code}))
        if incident.id == into.id or not incident.open or not into.open:
            raise Refused(Phrase("not_mergeable", {"code": incident.code, "into": into.code}))
        said = Phrase("incidents_merged", {"code": incident.code, "into": into.code})
        notes = tuple(Note(Kind.SYSTEM, actor.name, phrase=said, incident=one.id) for one in (incident, into))
        return Changes((replace(incident, merged_into=into.id),), notes)


@dataclass(frozen=True, slots=True)
class UnmergeIncident:
    """It is another thing after all."""

    NAME: ClassVar[str] = "incident.unmerge"
    LANE: ClassVar[Lane] = "command"
    incident: str

    def decide(self, read: Reader, actor: Actor) -> Changes:
        incident = read.incident(self.incident)
        if incident.merged_into is None:
            raise Refused(Phrase("not_merged", {"code": incident.code}))
        into = read.incident(incident.merged_into)
        args: dict[str, str | int | float | Label] = {"code": incident.code, "into": into.code}
        said = Phrase("incident_unmerged", args)
        notes = tuple(Note(Kind.SYSTEM, actor.name, phrase=said, incident=one.id) for one in (incident, into))
        return Changes((replace(incident, merged_into=None),), notes)
