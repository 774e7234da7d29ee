"""Work between the levels and agencies: handed on, called in, and told upwards when a limit has passed.

上报, 下派 and 吹哨 are a `Dispatch` whose assignments come that way; here is what needs more than that.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from console.domain.assignment import Assignment, Role, Status, Way
from console.domain.errors import Refused
from console.domain.facts import facts
from console.domain.log import Kind, Note
from console.domain.operation import SYSTEM, Actor, Changes, Lane, Reader, Row, open_incident
from console.domain.stages import settled
from console.domain.words import Label, Phrase


@dataclass(frozen=True, slots=True)
class Transfer:
    """转派: what one agency was to do, another does. The first one's facts stay with it."""

    NAME: ClassVar[str] = "assignment.transfer"
    LANE: ClassVar[Lane] = "command"
    assignment: str
    to: Assignment
    to_name: Label
    reason: str

    def decide(self, read: Reader, actor: Actor) -> Changes:
        known = read.assignment(self.assignment)
        incident = open_incident(read, known.incident)
        if not self.reason.strip():
            raise Refused(Phrase("reason_wanted", {"move": Way.TRANSFER.label}))
        if known.status is Status.DONE:
            raise Refused(Phrase("assignment_done", {"code": incident.code}))
        recalled = known
        if known.status.open:
            recalled = known.recorded(Status.RECALLED, max([actor.at, *known.times.values()]), self.reason)
        sent = replace(self.to, role=known.role, by=actor.by, way=Way.TRANSFER, round=incident.round, origin=known.id)
        after = replace(incident, lead=sent.agency) if known.role is Role.LEAD else incident
        others = [a for a in read.assignments_of(incident.id) if a.id not in (known.id, sent.id)]
        after = settled(after, [*others, recalled, sent], actor.at)
        rows: tuple[Row, ...] = (recalled, sent) if after is incident else (recalled, sent, after)
        args: dict[str, str | int | float | Label] = {
            "to": self.to_name,
            "reason": self.reason,
            "facts": facts([known], [recalled, sent]),
        }
        said = Phrase("assignment_transferred", args)
        return Changes(rows, (Note(Kind.ORDER, actor.name, self.to_name, phrase=said, incident=incident.id),))


@dataclass(frozen=True, slots=True)
class Escalate:
    """A time limit has passed: whom the rule says is told, once, whichever desk sees it first."""

    NAME: ClassVar[str] = "incident.escalate"
    LANE: ClassVar[Lane] = "command"
    incident: str
    timer: str  # its key
    what: Label  # "核查"
    to: Assignment
    to_name: Label

    def decide(self, read: Reader, actor: Actor) -> Changes:
        incident = read.incident(self.incident)
        if self.timer in incident.escalated:
            return Changes()
        after = replace(incident, escalated=(*incident.escalated, self.timer))
        rows: tuple[Row, ...] = (after,)
        new: tuple[Assignment, ...] = ()
        told = {a.agency for a in read.assignments_of(incident.id) if a.status.open}
        if self.to.agency not in told:
            new = (replace(self.to, role=Role.SUPERVISE, way=Way.ESCALATION, by=actor.by, round=incident.round),)
            rows = (after, *new)
        args: dict[str, str | int | float | Label] = {
            "code": incident.code,
            "what": self.what,
            "facts": facts((), new),
        }
        said = Phrase("escalated", args)
        return Changes(rows, (Note(Kind.ORDER, SYSTEM, self.to_name, phrase=said, incident=incident.id),))


def report_in(assignments: Iterable[Assignment]) -> tuple[int, int]:
    """吹哨报到: how many of those whistled for have reported in, and how many were."""
    called = [a for a in assignments if a.way is Way.WHISTLE and a.status is not Status.RECALLED]
    there = [a for a in called if a.status not in (Status.NOTIFIED, Status.DECLINED)]
    return len(there), len(called)
