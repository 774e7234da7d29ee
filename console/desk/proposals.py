"""What is proposed for incidents: worked out beside the main thread, changed by the operator, gone once accepted."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property, partial
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QTimer

from console.domain.area import Tier
from console.domain.assignment import Assignment
from console.domain.incident import Incident
from console.domain.looking import REACH_S, Known, Look
from console.domain.pack import Pack
from console.domain.place import Point
from console.domain.proposal import Edits, Proposal
from console.domain.proposing import NEAR_S, looker_of, propose
from console.domain.whereabouts import Whereabouts, whereabouts
from console.domain.words import Phrase
from console.engine.route import RoadGraph, straight_seconds

if TYPE_CHECKING:
    from console.desk.session import Session

SOON_MS = 40


class Proposals(dict[str, Proposal]):
    """By the incident's id, as the operator has changed them."""

    def __init__(self, session: "Session", clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._session, self._clock = session, clock
        self._begun: dict[str, Edits] = {}  # before the desk was started again, until it is worked out
        self._working: dict[str, int] = {}  # the level that is being worked out, by incident
        self._sending: dict[str, bool] = {}  # incidents whose proposal is being written; whether the next was asked for

    @property
    def working(self) -> bool:
        """Something is being worked out."""
        return bool(self._working)

    def want(self, id: str) -> None:
        """Work out the first dispatch of an incident or, when it was dispatched, its next reinforcement level.

        `changed` says "proposal" when it is there.
        """
        incident = self._session.state.incidents.get(id)
        if incident is None or not incident.open:
            return
        if id in self._sending:
            self._sending[id] = True
            return
        force = 0
        if incident.lead is not None:
            force = 1 + max(incident.force, self[id].force if id in self else 0)
        if self._working.get(id) == force:
            return
        self._working[id] = force
        picture = self._picture(incident)

        def done(proposal: Proposal | None) -> None:
            if self._working.get(id) != force:
                return  # another was asked for since
            del self._working[id]
            now = self._session.state.incidents.get(id)
            if proposal is not None and now is not None and not proposal.overtaken(now) and id not in self._sending:
                before, begun = self.get(id), self._begun.pop(id, None)
                begun = begun or (before.edits if before else Edits())
                proposal = proposal.edited(begun)
                self.put(proposal.with_called(before) if before else proposal)

        def failed(error: BaseException) -> None:
            if self._working.get(id) == force:
                del self._working[id]
            raise error

        self._session.jobs.pool(lambda: picture.proposal(force), done, failed)

    def anew(self, id: str) -> None:
        """Its matter, place or level is another: what was being worked out is, too."""
        self._working.pop(id, None)
        self.want(id)

    def preview(self, incident: Incident, then: Callable[[Proposal | None], object]) -> None:
        """What would be proposed for an incident that is not opened yet."""
        picture = self._picture(incident)
        self._session.jobs.pool(lambda: picture.proposal(0), then)

    def want_soon(self, id: str) -> None:
        """For one that has just opened: it is painted first."""

        def want() -> None:
            incident = self._session.state.incidents.get(id)
            known = id in self or id in self._sending
            if not self._session.jobs.closed and not known and incident is not None and incident.lead is None:
                self.want(id)

        QTimer.singleShot(SOON_MS, want)

    def put(self, proposal: Proposal) -> None:
        """This is how it stands now."""
        self[proposal.incident] = proposal
        self._session.hurry()
        self._session.touch("proposal")

    def send(self, proposal: Proposal) -> None:
        """It is being written: nobody is proposed for its incident until that is known."""
        self.pop(proposal.incident, None)
        self._sending[proposal.incident] = False

    def sent(self, id: str) -> None:
        """It is written."""
        self._session.touch("proposal")
        if self._sending.pop(id, False):
            self.want(id)

    def not_sent(self, proposal: Proposal) -> None:
        """It could not be written: it stands as it did."""
        self._sending.pop(proposal.incident, None)
        self.setdefault(proposal.incident, proposal)
        self._session.touch("proposal")

    def drop(self, id: str) -> None:
        """The operator does not want it."""
        if self.pop(id, None) is not None:
            self._session.touch("proposal")

    def mind(self, incident: Incident) -> None:
        """The incident is different: what was sent meanwhile, here or elsewhere, is proposed no more."""
        mine = self.get(incident.id)
        if mine is not None and mine.overtaken(incident):
            del self[incident.id]

    def add(self, id: str, units: Iterable[str]) -> None:
        """Call units in, whether they were proposed or not. What was dispatched before is reinforced by them."""
        incident = self._session.state.incidents.get(id)
        if incident is None or not incident.open:
            return
        picture, wanted = self._picture(incident), list(units)

        def done(looks: dict[str, Look]) -> None:
            now = self._session.state.incidents.get(id, incident)
            here = [unit for unit, look in looks.items() if look.here]
            for unit in here:
                name = self._session.pack.unit_name(unit)
                self._session.refused.emit(Phrase("unit_twice_here", {"unit": name, "code": now.code}))
            if len(here) == len(looks):
                return
            proposal = self.get(id) or self._bare(now, next(unit for unit in looks if unit not in here))
            for unit, look in looks.items():
                proposal = proposal.added(self._session.pack.units[unit], look)
            self.put(proposal)

        if wanted:
            self._session.jobs.pool(lambda: picture.looks(wanted), done)

    def edits(self) -> dict[str, dict[str, Any]]:
        """What the operator has changed and not sent yet, by incident: what a restart must not lose."""
        return {id: asdict(proposal.edits) for id, proposal in self.items() if proposal.edits.any}

    def resume(self, kept: Mapping[str, Mapping[str, Any]]) -> None:
        """Propose again what had been changed when the desk ended, as it stood; `kept` is as `edits` gave it."""
        for id, told in kept.items():
            incident = self._session.state.incidents.get(id)
            edits = Edits(
                called=tuple(told["called"]),
                left=tuple(told["left"]),
                agencies=tuple(told["agencies"]),
                tasks=tuple(told["tasks"]),
                lead=told["lead"],
            )
            self.add(id, [unit for unit in edits.called if unit in self._session.pack.units])
            if incident is not None and incident.lead is None:
                self._begun[id] = edits
                self.want(id)

    def _bare(self, incident: Incident, unit: str) -> Proposal:
        """One that proposes nobody by itself."""
        lead = incident.lead or self._session.pack.units[unit].agency
        by_road = self._session.roads is not None
        return Proposal(
            incident=incident.id,
            lead=lead,
            assist=(),
            needs=(),
            candidates=(),
            tasks=(),
            messages=(),
            ack_due_at=None,
            arrive_due_at=None,
            due_at=incident.due_at,
            by_road=by_road,
            first=incident.lead is None,
            force=incident.force,
        )

    def _picture(self, incident: Incident) -> "Picture":
        session, state = self._session, self._session.state
        area = session.pack.areas.get(session.area)
        return Picture(
            session=session,
            incident=incident,
            now=self._clock(),
            tier=area.tier if area else None,
            assignments=tuple(state.assignments.values()),
            find_where=where_now(session, self._clock()),
            codes={one.id: one.code for one in state.incidents.values()},
            in_alarm=frozenset(alarm.indicator for alarm in state.alarms.values() if alarm.active),
            roads=session.roads,
        )


@dataclass(frozen=True)
class Picture:
    """What the desk knew when a proposal was asked for; any thread may work on it."""

    session: "Session"  # for its lists
    incident: Incident
    now: datetime
    tier: Tier | None
    assignments: tuple[Assignment, ...]
    find_where: Callable[[], Mapping[str, Whereabouts]]
    codes: Mapping[str, str]
    in_alarm: frozenset[str]
    roads: RoadGraph | None

    @cached_property
    def where(self) -> Mapping[str, Whereabouts]:
        return self.find_where()

    def proposal(self, force: int) -> Proposal | None:
        """Looks near by first, and farther away only when somebody is missing, or goes from nobody knows where."""
        near = self._proposal(force, NEAR_S)
        if near is not None and (near.short or any(chosen.travel_s is None for chosen in near.chosen)):
            return self._proposal(force, REACH_S)
        return near

    def _proposal(self, force: int, reach_s: float) -> Proposal | None:
        session, known = self.session, self._known(reach_s)
        return propose(
            self.incident, session.pack, session.lists, session.work, known, now=self.now, force=force, tier=self.tier
        )

    def looks(self, units: Iterable[str]) -> dict[str, Look]:
        """Single units, from however far."""
        pack = self.session.pack
        looker = looker_of(self.incident, pack, self._known(inf), self.now)
        return {unit: looker.look(pack.units[unit]) for unit in units}

    def _known(self, reach_s: float) -> Known:
        pack = self.session.pack
        return Known(
            assignments=self.assignments,
            where=self.where,
            travel_s=travel_times(pack, self.where, self.incident.at, self.roads, reach_s),
            by_road=self.roads is not None,
            reach_s=reach_s,
            codes=self.codes,
            in_alarm=self.in_alarm,
        )


def where_now(session: "Session", now: datetime) -> Callable[[], dict[str, Whereabouts]]:
    """Where each unit of the pack is counted from, by what is known now; any thread may work it out."""
    pack, state = session.pack, session.state
    assignments, incidents = tuple(state.assignments.values()), dict(state.incidents.data)
    return partial(whereabouts, pack.units.values(), pack.agencies, dict(state.positions), assignments, incidents, now)


def travel_times(
    pack: Pack, where: Mapping[str, Whereabouts], to: Point, roads: RoadGraph | None, limit_s: float = inf
) -> dict[str, float]:
    """Seconds of each unit from where it is counted from, over the roads where there are some; infinite past the
    limit. One that is counted from nowhere is not in it."""
    known = [(pack.units[id], found.at) for id, found in where.items() if found.at is not None]
    if not known:
        return {}
    units, at = zip(*known, strict=True)
    factors = np.array([unit.speed_factor for unit in units])  # of the road's own speed
    road_s = roads.travel_seconds(to, at, limit_s * float(factors.max())) if roads else straight_seconds(to, at)
    seconds = road_s / factors
    seconds[seconds > limit_s] = inf
    return dict(zip((unit.id for unit in units), seconds.tolist(), strict=True))
