"""Work between the levels and agencies: handed on, called in, and told upwards when a limit has passed.

上报, 下派, 协办 and 吹哨 are a `Dispatch` whose assignments come that way (`send`); 转派 takes work from one agency
and gives it to another.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from console.domain.agency import Agency, Unit
from console.domain.area import lies_in
from console.domain.assignment import Assignment, Role, Status, Way
from console.domain.errors import Refused
from console.domain.facts import facts
from console.domain.incident import Incident, SideState
from console.domain.log import Kind, Note
from console.domain.operation import SYSTEM, Actor, Changes, Dispatch, Lane, Order, Reader, Row, open_incident
from console.domain.stages import settled, unmarked
from console.domain.words import Label, Labelled, Phrase


class Sending(Labelled):
    """How an incident is handed between levels and agencies."""

    UP = "up", "上报", "Report up"
    DOWN = "down", "下派", "Delegate"
    ASSIST = "assist", "协办", "Assist"
    WHISTLE = "whistle", "吹哨", "Whistle"
    TRANSFER = "transfer", "转派", "Transfer"
    ONWARD = "onward", "二级派遣", "Send on"

    @property
    def way(self) -> Way:
        return _WAYS.get(self, Way.DISPATCH)


_WAYS = {
    Sending.UP: Way.UP,
    Sending.DOWN: Way.DOWN,
    Sending.WHISTLE: Way.WHISTLE,
    Sending.TRANSFER: Way.TRANSFER,
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """An agency, or one unit of it."""

    agency: Agency
    unit: Unit | None = None

    @property
    def name(self) -> Label:
        return self.unit.name if self.unit else self.agency.name


def may_go(how: Sending, agency: Agency, area: str) -> bool:
    """Whether something is handed that way from the centre of an area to an agency.

    Up is to the areas above, down to those below and to one's own agencies; any agency can be called in to help.
    """
    if agency.area == area and agency.centre:
        return False
    above = lies_in(area, agency.area) and agency.area != area
    below = lies_in(agency.area, area)
    return {Sending.UP: above, Sending.DOWN: below, Sending.TRANSFER: below}.get(how, True)


def send(
    incident: Incident,
    how: Sending,
    to: Sequence[Recipient],
    *,
    now: datetime,
    new_id: Callable[[], str],
    reason: str = "",
    ack_due_at: datetime | None = None,
    origin: Assignment | None = None,
    seen: Sequence[str] = (),
) -> Dispatch:
    """What hands an incident to these.

    Who is reported to looks on; of the others the first leads when nobody does yet. `origin` is the assignment that
    is sent on (二级派遣), `seen` the open assignments of the units that the sender knew of. Raises `Refused` when
    nobody is chosen.
    """
    if not to:
        raise Refused(Phrase("nobody_chosen", {"move": how.label}))
    reason = reason.strip()

    def role(at: int) -> Role:
        if how is Sending.UP:
            return Role.SUPERVISE
        return Role.LEAD if at == 0 and incident.lead is None else Role.ASSIST

    assignments = tuple(
        Assignment(
            new_id(),
            incident.id,
            one.agency.id,
            role(at),
            one.unit.id if one.unit else None,
            ack_due_at=ack_due_at,
            times={Status.NOTIFIED.value: now},
            scope=one.agency.path,
            way=how.way,
            origin=origin.id if origin else None,
            reason=reason,
        )
        for at, one in enumerate(to)
    )
    words = how.label
    if reason:
        words = Label(f"{words.zh}:{reason}", f"{words.en}: {reason}")
    first = to[0].agency
    return Dispatch(
        incident.id,
        incident.lead or first.id,
        first.name,
        incident.due_at,
        assignments,
        orders=tuple(Order(one.name, words) for one in to),
        seen=tuple(seen),
        reason=reason,
    )


def transfer(
    known: Assignment,
    to: Agency,
    *,
    reason: str,
    now: datetime,
    new_id: Callable[[], str],
    ack_due_at: datetime | None = None,
) -> "Transfer":
    """What takes an assignment from its agency and gives it to another."""
    given = Assignment(
        new_id(),
        known.incident,
        to.id,
        known.role,
        ack_due_at=ack_due_at,
        times={Status.NOTIFIED.value: now},
        scope=to.path,
        way=Way.TRANSFER,
        origin=known.id,
        reason=reason.strip(),
    )
    return Transfer(known.id, given, to.name, reason.strip())


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
            recalled = known.recalled(actor.at, self.reason)
        sent = replace(self.to, role=known.role, by=actor.by, way=Way.TRANSFER, round=incident.round, origin=known.id)
        after = incident
        if known.role is Role.LEAD:
            after = replace(unmarked(incident, SideState.RETURNED), lead=sent.agency)
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


def called_in(assignments: Iterable[Assignment]) -> list[Assignment]:
    """Those that a whistle calls, with who came in the place of one of them."""
    assignments = list(assignments)
    known = {a.id: a for a in assignments}
    replaced = {a.origin for a in assignments if a.way is Way.TRANSFER}

    def whistled(a: Assignment) -> bool:
        if a.way is Way.TRANSFER and a.origin in known:
            return whistled(known[a.origin])
        return a.way is Way.WHISTLE

    return [a for a in assignments if a.id not in replaced and a.status is not Status.RECALLED and whistled(a)]


def reported_in(assignment: Assignment) -> bool:
    """报到: it is there, or on its way."""
    return assignment.status not in (Status.NOTIFIED, Status.DECLINED)


def returned(assignments: Iterable[Assignment]) -> list[Assignment]:
    """What was sent back, and nobody has it in its place."""
    known = list(assignments)
    replaced = {a.origin for a in known}
    return [a for a in known if a.status is Status.DECLINED and a.id not in replaced]
