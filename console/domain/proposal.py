"""From an incident to a plan: who leads and assists, which units with reasons, tasks, messages, cameras."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from console.domain.agency import Position, Unit, UnitState, unit_state
from console.domain.assignment import Assignment, Role, Status
from console.domain.duty import CardMessage, CardTask, Limit, Need
from console.domain.incident import Incident, Task
from console.domain.lists import Lists
from console.domain.operation import Dispatch, Order
from console.domain.pack import Pack
from console.domain.words import Label, Phrase
from console.domain.worktime import Span, WorkTime


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that was looked at, and why it is sent or not."""

    unit: Unit
    need: Need
    chosen: bool
    travel_s: float | None  # None: no position is known
    reasons: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    incident: str
    lead: str  # agency
    assist: tuple[str, ...]
    candidates: tuple[Candidate, ...]  # chosen first, then by travel time
    short: tuple[tuple[Need, int], ...]  # needs that could not be met, and by how many
    tasks: tuple[CardTask, ...]
    messages: tuple[CardMessage, ...]
    ack_due_at: datetime | None
    due_at: datetime | None
    by_road: bool  # travel times are over the road graph, not straight lines

    @property
    def chosen(self) -> tuple[Candidate, ...]:
        return tuple(candidate for candidate in self.candidates if candidate.chosen)

    def toggled(self, unit: str) -> "Proposal":
        """The same proposal with one unit taken in or left out by the operator."""
        candidates = tuple(
            replace(candidate, chosen=not candidate.chosen) if candidate.unit.id == unit else candidate
            for candidate in self.candidates
        )
        return replace(self, candidates=candidates)


def propose(
    incident: Incident,
    pack: Pack,
    lists: Lists,
    work: WorkTime,
    *,
    now: datetime,
    assignments: Iterable[Assignment],
    positions: Mapping[str, Position],
    travel_s: Mapping[str, float],
    by_road: bool,
) -> Proposal | None:
    """The proposal for an incident; None when the pack has no duty for its matter.

    `assignments` are all open ones of the town, `travel_s` the seconds of each unit to the incident.
    """
    duty, card = lists.duty(incident.matter, incident.area), lists.card(incident, now)
    if duty is None:
        return None
    assignments = list(assignments)
    candidates: list[Candidate] = []
    short: list[tuple[Need, int]] = []
    taken: set[str] = set()
    for need in card.needs if card else ():
        able = [unit for unit in pack.units.values() if need.capability in unit.capabilities and unit.id not in taken]
        fit: list[Candidate] = []
        for unit in able:
            against = _against(unit, assignments, positions.get(unit.id), incident, now)
            fit.append(Candidate(unit, need, not against, travel_s.get(unit.id), tuple(against)))
        fit.sort(key=lambda c: (not c.chosen, c.travel_s if c.travel_s is not None else float("inf"), c.unit.id))
        ranked = [_ranked(candidate, place, need, fit) for place, candidate in enumerate(fit)]
        taken.update(candidate.unit.id for candidate in ranked if candidate.chosen)
        candidates += ranked
        missing = need.count - sum(candidate.chosen for candidate in ranked)
        if missing > 0:
            short.append((need, missing))
    chosen_ids = {candidate.unit.id for candidate in candidates if candidate.chosen}
    candidates = [c for c in candidates if c.chosen or c.unit.id not in chosen_ids]
    candidates.sort(key=lambda c: not c.chosen)
    return Proposal(
        incident=incident.id,
        lead=duty.lead,
        assist=duty.assist,
        candidates=tuple(candidates),
        short=tuple(short),
        tasks=card.tasks if card else (),
        messages=card.messages if card else (),
        ack_due_at=_due(work, now, duty.limit(Limit.ACK)),
        due_at=_due(work, incident.opened_at, duty.limit(Limit.HANDLE)),
        by_road=by_road,
    )


def _due(work: WorkTime, start: datetime, span: Span | None) -> datetime | None:
    return None if span is None else work.due(start, span)


def _against(
    unit: Unit,
    assignments: Sequence[Assignment],
    position: Position | None,
    incident: Incident,
    now: datetime,
) -> list[Phrase]:
    """Why a unit that is able is not sent."""
    state = unit_state(unit, assignments)
    if state is UnitState.OFF_DUTY:
        return [Phrase("unit_off_duty")]
    if any(a.unit == unit.id and a.incident == incident.id and a.status.open for a in assignments):
        return [Phrase("unit_here")]
    if state is not UnitState.FREE:
        return [Phrase("unit_busy", {"state": state.label})]
    if position is None:
        return [Phrase("position_unknown")]
    if position.stale(now):
        return [Phrase("position_stale", {"minutes": int((now - position.seen_at).total_seconds() // 60)})]
    return []


def _ranked(candidate: Candidate, place: int, need: Need, fit: Sequence[Candidate]) -> Candidate:
    """A candidate with its reasons, chosen if it is among the first `need.count` that are free to go."""
    if not candidate.chosen:
        return candidate
    able: Label = need.name
    if place < need.count:
        why = Phrase("unit_nearest", {"able": able, "rank": place + 1})
        return replace(candidate, reasons=(why,))
    last = fit[need.count - 1].travel_s
    slower = (candidate.travel_s or 0.0) - (last or 0.0)
    return replace(candidate, chosen=False, reasons=(Phrase("unit_slower", {"minutes": round(slower / 60, 1)}),))


def dispatch(
    proposal: Proposal,
    pack: Pack,
    work: WorkTime,
    *,
    first: bool,
    now: datetime,
    new_id: Callable[[], str],
    open_assignments: Iterable[Assignment] = (),
) -> Dispatch:
    """What accepting a proposal does: an assignment for every chosen unit and, at the `first` acceptance, for
    every agency that sends none, with the tasks and orders of the scene card.

    `open_assignments` are those known here: a unit that they hold is taken over knowingly.
    """

    def role(agency: str) -> Role:
        return Role.LEAD if agency == proposal.lead else Role.ASSIST

    def assign(agency: str, unit: str | None = None, travel_s: float | None = None) -> Assignment:
        notified = {Status.NOTIFIED.value: now}
        return Assignment(
            new_id(),
            proposal.incident,
            agency,
            role(agency),
            unit,
            travel_s,
            proposal.ack_due_at,
            notified,
            scope=pack.agencies[agency].path,
        )

    assignments = [assign(c.unit.agency, c.unit.id, c.travel_s) for c in proposal.chosen]
    tasks: tuple[Task, ...] = ()
    orders: tuple[Order, ...] = ()
    if first:
        sending = {assignment.agency for assignment in assignments}
        assignments += [assign(agency) for agency in (proposal.lead, *proposal.assist) if agency not in sending]
        tasks = tuple(
            Task(
                id=new_id(),
                incident=proposal.incident,
                order=order,
                text=task.text,
                agency=task.agency,
                gate=task.gate,
                due_at=_due(work, now, task.due),
            )
            for order, task in enumerate(proposal.tasks)
        )
        orders = tuple(Order(pack.agencies[m.agency].name, m.text) for m in proposal.messages)
    lead_name = pack.agencies[proposal.lead].name
    chosen = {c.unit.id for c in proposal.chosen}
    seen = tuple(a.id for a in open_assignments if a.unit in chosen)
    return Dispatch(
        proposal.incident, proposal.lead, lead_name, proposal.due_at, tuple(assignments), tasks, orders, seen
    )
