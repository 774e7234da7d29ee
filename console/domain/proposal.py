"""A plan for an incident: who leads and assists, which units with reasons, tasks, messages; and its acceptance.

`proposing.propose` works one out. The operator may change everything in it before it is accepted: each change is a
method that answers the changed proposal.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from console.domain.agency import Unit, UnitState
from console.domain.area import Area, Tier, lies_in
from console.domain.assignment import Assignment, Role, Status, Way
from console.domain.duty import CardMessage, CardTask, Need
from console.domain.incident import Incident, Task
from console.domain.looking import Look
from console.domain.operation import Dispatch, Order
from console.domain.pack import Pack
from console.domain.phrases import both
from console.domain.words import Label, Phrase
from console.domain.worktime import Span, WorkTime


class Candidate(NamedTuple):
    """A unit that was looked at, and what speaks for and against sending it."""

    unit: Unit
    need: Need | None  # what it would be sent for; None: the operator called it in
    chosen: bool
    look: Look
    place: int = 0  # in the order of those that could be sent for the need, from 1; 0: not among them
    slower_s: float = 0.0  # than the last that was chosen for the need
    spare: bool = False  # of others, and nobody of one's own is missing
    last: bool = False  # without it nobody of its area who could do this is left free
    by_hand: bool = False  # chosen or not by the operator

    @property
    def travel_s(self) -> float | None:
        return self.look.travel_s

    @property
    def for_it(self) -> tuple[Phrase, ...]:
        able = self.need.name if self.need else None
        found = [Phrase("unit_able", {"able": able})] if able else []
        if self.chosen and self.by_hand:
            found.insert(0, Phrase("unit_called"))
        elif able and self.place:
            found = [Phrase("unit_nearest", {"able": able, "rank": self.place})]
        return (*found, *self.look.merits())

    @property
    def against(self) -> tuple[Phrase, ...]:
        found = self.look.obstacles()
        if not found and not self.chosen:
            if self.by_hand:
                found.append(Phrase("unit_left_out"))
            elif self.spare:
                found.append(Phrase("unit_spare", {"area": self.look.area}))
            elif self.slower_s > 0:
                found.append(Phrase("unit_slower", {"minutes": round(self.slower_s / 60, 1)}))
            elif self.place:
                found.append(Phrase("unit_after", {"rank": self.place}))
        found += self.look.remarks()
        if self.last and self.need:
            found.append(Phrase("unit_last", {"area": self.look.area, "able": self.need.name}))
        return tuple(found)

    @property
    def reasons(self) -> tuple[Phrase, ...]:
        """All of them, what decided it first."""
        return (*self.for_it, *self.against) if self.chosen else (*self.against, *self.for_it)

    @property
    def gist(self) -> tuple[Phrase, ...]:
        """What decided it, and for one that goes what has to be known besides."""
        return (self.for_it[0], *self.against) if self.chosen else (self.reasons[0],)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A need that is not met, and what those who could meet it are doing."""

    need: Need
    missing: int
    why: tuple[tuple[Phrase, int], ...]  # of one's own units, the most frequent first

    @property
    def phrase(self) -> Phrase:
        """还缺 1 个医疗救护:2 个出动,1 个下班."""
        args: dict[str, str | int | float | Label] = {"count": self.missing, "need": self.need.name}
        if not self.why:
            return Phrase("short_none", args)
        said = [both(Phrase("short_part", {"count": count, "why": both(why)})) for why, count in self.why]
        joined = Label(",".join(part.zh for part in said), ", ".join(part.en for part in said))
        return Phrase("short_of", {**args, "why": joined})


@dataclass(frozen=True, slots=True)
class Edits:
    """What an operator has changed in a proposal, to be done again to one that is worked out anew."""

    called: tuple[str, ...] = ()  # units
    left: tuple[str, ...] = ()  # units
    agencies: tuple[str, ...] = ()  # struck off
    tasks: tuple[str, ...] = ()  # struck off, by their Chinese text
    lead: str = ""  # chosen

    @property
    def any(self) -> bool:
        return self != Edits()


@dataclass(frozen=True, slots=True)
class Proposal:
    incident: str
    lead: str  # agency
    assist: tuple[str, ...]
    needs: tuple[tuple[Need, int], ...]  # and how many units on the incident meet it already
    candidates: tuple[Candidate, ...]  # every unit that is able: chosen first, then the quickest
    tasks: tuple[CardTask, ...]
    messages: tuple[CardMessage, ...]
    ack_due_at: datetime | None
    arrive_due_at: datetime | None
    due_at: datetime | None
    by_road: bool  # travel times are over the road graph, not straight lines
    first: bool = True  # the first dispatch; else it reinforces
    force: int = 0  # the reinforcement level
    left_out: frozenset[str] = frozenset()  # agencies that the operator struck off
    undone: frozenset[int] = frozenset()  # places in `tasks` that the operator struck off
    lead_by_hand: bool = False  # the operator has chosen who leads

    @property
    def chosen(self) -> tuple[Candidate, ...]:
        return tuple(c for c in self.candidates if c.chosen and c.unit.agency not in self.left_out)

    @property
    def aid(self) -> tuple[Candidate, ...]:
        """Those of others that are called in."""
        return tuple(candidate for candidate in self.chosen if candidate.look.whose.aid)

    @property
    def short(self) -> tuple[Shortfall, ...]:
        """What is not met, as the proposal stands now."""
        sent = Counter(candidate.need for candidate in self.chosen)
        missing = ((need, need.count - there - sent[need]) for need, there in self.needs)
        return tuple(Shortfall(need, count, self._why(need)) for need, count in missing if count > 0)

    def _why(self, need: Need) -> tuple[tuple[Phrase, int], ...]:
        found: Counter[str] = Counter()
        said: dict[str, Phrase] = {}
        for candidate in self.candidates:
            look = candidate.look
            if look.whose.aid or need.capability not in candidate.unit.capabilities:
                continue
            if candidate.chosen:
                continue
            why = _short(look)
            key = f"{why.code}{why.args}"
            said[key] = why
            found[key] += 1
        return tuple((said[key], count) for key, count in found.most_common())

    @property
    def empty(self) -> bool:
        """Accepting it would send nobody."""
        agencies = {self.lead, *self.assist} - self.left_out if self.first else ()
        return not self.chosen and not agencies

    def overtaken(self, incident: Incident) -> bool:
        """Whether it was sent meanwhile, here or elsewhere, or nothing can be sent any more."""
        if not incident.open:
            return True
        if self.first:
            return incident.lead is not None
        return bool(self.needs) and incident.force >= self.force

    # -- what the operator changes

    def toggled(self, unit: str) -> "Proposal":
        """One unit taken in or left out. One that is on the incident already is not taken in again."""
        candidates = tuple(
            candidate._replace(chosen=not candidate.chosen, by_hand=not candidate.by_hand)
            if candidate.unit.id == unit and (candidate.chosen or not candidate.look.here)
            else candidate
            for candidate in self.candidates
        )
        return replace(self, candidates=candidates)

    def added(self, unit: Unit, look: Look) -> "Proposal":
        """Any unit called in by the operator, able or not; but not one that is on the incident already."""
        if look.here:
            return self
        known = next((candidate for candidate in self.candidates if candidate.unit.id == unit.id), None)
        if known is not None:
            return self if known.chosen else self.toggled(unit.id)
        return replace(self, candidates=(Candidate(unit, None, True, look, by_hand=True), *self.candidates))

    @property
    def edits(self) -> "Edits":
        """What the operator has changed in it."""
        hand = [candidate for candidate in self.candidates if candidate.by_hand]
        return Edits(
            called=tuple(candidate.unit.id for candidate in hand if candidate.chosen),
            left=tuple(candidate.unit.id for candidate in hand if not candidate.chosen),
            agencies=tuple(sorted(self.left_out)),
            tasks=tuple(self.tasks[place].text.zh for place in sorted(self.undone)),
            lead=self.lead if self.lead_by_hand else "",
        )

    def edited(self, edits: "Edits") -> "Proposal":
        """This with what the operator had changed before; units that were called in come by `with_called`."""
        proposal = self
        if edits.lead in self.assist:
            proposal = proposal.led_by(edits.lead)
        for candidate in self.chosen:
            if candidate.unit.id in edits.left:
                proposal = proposal.toggled(candidate.unit.id)
        agencies = {self.lead, *self.assist, *(candidate.unit.agency for candidate in self.candidates)}
        struck = frozenset(place for place, task in enumerate(self.tasks) if task.text.zh in edits.tasks)
        return replace(
            proposal, left_out=frozenset(agencies.intersection(edits.agencies)) - {proposal.lead}, undone=struck
        )

    def with_called(self, before: "Proposal") -> "Proposal":
        """Whom the operator had called in before this was worked out."""
        proposal = self
        for called in before.chosen:
            if called.by_hand:
                proposal = proposal.added(called.unit, called.look)
        return proposal

    def agency_toggled(self, agency: str) -> "Proposal":
        """An agency struck off with its units and orders, or taken in again. The lead cannot be: choose another."""
        return self if agency == self.lead else replace(self, left_out=self.left_out ^ {agency})

    def led_by(self, agency: str) -> "Proposal":
        """Another agency leads; the one that did assists."""
        if agency == self.lead:
            return self
        assist = tuple(dict.fromkeys((self.lead, *(a for a in self.assist if a != agency))))
        return replace(self, lead=agency, assist=assist, left_out=self.left_out - {agency}, lead_by_hand=True)

    def task_toggled(self, place: int) -> "Proposal":
        """A task struck off, or taken in again."""
        return replace(self, undone=self.undone ^ {place})


def _short(look: Look) -> Phrase:
    """What a unit that is not sent is doing, without what differs from unit to unit."""
    obstacles = look.obstacles()
    if not obstacles:
        return Phrase("short_free")
    if not look.here and look.state not in (UnitState.FREE, UnitState.OFF_DUTY):
        return Phrase("short_state", {"state": look.state.label})
    return obstacles[0]


def due(work: WorkTime, start: datetime, span: Span | None) -> datetime | None:
    return None if span is None else work.due(start, span)


def dispatch(
    proposal: Proposal,
    pack: Pack,
    work: WorkTime,
    *,
    now: datetime,
    new_id: Callable[[], str],
    open_assignments: Iterable[Assignment] = (),
) -> Dispatch:
    """What accepting a proposal does: an assignment for every chosen unit and, for the first, for every agency that
    sends none, with the tasks and orders of the scene card. The city hears of aid.

    `open_assignments` are those known here: a unit that they hold is taken over knowingly, and one that they hold for
    this incident is not assigned again.
    """
    open_assignments = list(open_assignments)
    here = {a.unit for a in open_assignments if a.unit and a.incident == proposal.incident}

    def assign(agency: str, candidate: Candidate | None = None) -> Assignment:
        return Assignment(
            new_id(),
            proposal.incident,
            agency,
            Role.LEAD if agency == proposal.lead else Role.ASSIST,
            candidate.unit.id if candidate else None,
            candidate.travel_s if candidate else None,
            proposal.ack_due_at,
            {Status.NOTIFIED.value: now},
            scope=pack.agencies[agency].path,
            way=Way.AID if candidate and candidate.look.whose.aid else Way.DISPATCH,
            arrive_due_at=proposal.arrive_due_at if candidate else None,
        )

    assignments = [assign(c.unit.agency, c) for c in proposal.chosen if c.unit.id not in here]
    tasks: tuple[Task, ...] = ()
    orders: tuple[Order, ...] = ()
    if proposal.first:
        sending = {assignment.agency for assignment in assignments} | proposal.left_out
        assignments += [assign(agency) for agency in (proposal.lead, *proposal.assist) if agency not in sending]
        tasks = tuple(
            Task(
                id=new_id(),
                incident=proposal.incident,
                order=order,
                text=task.text,
                agency=task.agency,
                gate=task.gate,
                due_at=due(work, now, task.due),
            )
            for order, task in enumerate(proposal.tasks)
            if order not in proposal.undone
        )
        told = [message for message in proposal.messages if message.agency not in proposal.left_out]
        orders = tuple(Order(pack.agencies[m.agency].name, m.text) for m in told)
    chosen = {c.unit.id for c in proposal.chosen}
    return Dispatch(
        proposal.incident,
        proposal.lead,
        pack.agencies[proposal.lead].name,
        proposal.due_at,
        tuple(assignments),
        tasks,
        (*orders, *_told_of_aid(proposal, pack)),
        seen=tuple(a.id for a in open_assignments if a.unit in chosen),
        force=proposal.force,
    )


def _told_of_aid(proposal: Proposal, pack: Pack) -> tuple[Order, ...]:
    """The city is told who was asked for help."""
    city = _city(pack.areas.values(), pack.area)
    if city is None or not proposal.aid:
        return ()
    said = [Phrase("aid_asked", {"area": c.look.area, "unit": c.unit.name}) for c in proposal.aid]
    words = [both(phrase) for phrase in said]
    text = Label(";".join(one.zh for one in words), "; ".join(one.en for one in words))
    return (Order(city.name, text),)


def _city(areas: Iterable[Area], path: str) -> Area | None:
    return next((area for area in areas if area.tier is Tier.CITY and lies_in(path, area.path)), None)
