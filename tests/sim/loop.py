"""What an operator might do to an incident on its way round the closed loop."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from console.domain.assignment import Assignment, Role, Status, Way
from console.domain.duplicates import MergeIncidents, UnmergeIncident
from console.domain.holding import AnswerRequest, AskRequest
from console.domain.incident import Incident, Stage
from console.domain.levels import Escalate, Transfer
from console.domain.listing import PutLists
from console.domain.lists import Listed, id_of
from console.domain.moving import MoveIncident, RestoreAlarm, RetractStatus, UndoMove, asked_again
from console.domain.operation import Actor, Operation
from console.domain.reporting import ReportSituation
from console.domain.request import Request, RequestKind
from console.domain.situation import WRITTEN, ReportKind, SituationReport
from console.domain.stages import Move
from console.domain.words import Label
from console.store.ids import new_id
from console.store.queries import View
from tests.sim.people import UNITS
from tests.support_pack import make_pack

WHO = Label("现场", "Field")
WHY = "因"


class Loop:
    """Draws them; what they are drawn from comes with the operator."""

    rng: Random

    def _one(self, items: Any) -> Any:
        raise NotImplementedError

    def _mark(self) -> str:
        raise NotImplementedError

    def _incident_of(self, view: View) -> Incident | None:
        raise NotImplementedError

    def _sent(self, of: Incident, actor: Actor) -> Assignment:
        scope = self._one(UNITS.values())
        agency = scope.rpartition("/@")[2]
        return Assignment(new_id(), of.id, agency, Role.ASSIST, scope=scope, times={"notified": actor.at})

    def _move(self, view: View, actor: Actor) -> Operation | None:
        of = self._incident_of(view)
        if of is None:
            return None
        move = self._one(Move)
        again = asked_again(of, view.assignments_of(of.id), new_id, actor.at) if move is Move.REWORK else ()
        return MoveIncident(of.id, move, self._one([None, of.stage]), WHY, 3, actor.at, again)

    def _undo(self, view: View, actor: Actor) -> Operation | None:
        moved = [i for i in view.incidents(open_only=False) if i.last and i.last.by.user == actor.user]
        of = self._one(moved[:3])
        return of and UndoMove(of.id, of.last.by.at)

    def _retract(self, view: View, actor: Actor) -> Operation | None:
        of = self._one(view.assignments(open_only=False))
        said = of and self._one(of.times)
        return of and said and RetractStatus(of.id, Status.of(said), of.times[said], actor.at, WHO)

    def _restore(self, view: View, actor: Actor) -> Operation | None:
        of = self._one([a for a in view.alarms(50) if a.decided_by == actor.user])
        return of and RestoreAlarm(of.id)

    def _ask(self, view: View, actor: Actor) -> Operation | None:
        of = self._incident_of(view)
        limit = actor.at + timedelta(hours=self.rng.randrange(1, 9))
        return of and AskRequest(Request(new_id(), of.id, self._one(RequestKind), WHY, actor.by, limit))

    def _answer(self, view: View, _actor: Actor) -> Operation | None:
        of = self._incident_of(view)
        waiting = of and self._one([request for request in view.requests_of(of.id) if request.open])
        return waiting and AnswerRequest(waiting.id, self.rng.random() < 0.7, self._mark())

    def _merge(self, view: View, _actor: Actor) -> Operation | None:
        of, into = self._incident_of(view), self._incident_of(view)
        if of is None or into is None:
            return None
        return UnmergeIncident(of.id) if of.merged_into else MergeIncidents(of.id, into.id)

    def _transfer(self, view: View, actor: Actor) -> Operation | None:
        known = self._one(view.assignments(open_only=False))
        of = known and view.get(Incident, known.incident)
        return of and Transfer(known.id, self._sent(of, actor), WHO, WHY)

    def _escalate(self, view: View, actor: Actor) -> Operation | None:
        of = self._incident_of(view)
        to = of and replace(self._sent(of, actor), role=Role.SUPERVISE, way=Way.ESCALATION)
        return of and to and Escalate(of.id, f"check:{self.rng.randrange(3)}", Stage.CHECKED.label, to, WHO)

    def _situation(self, view: View, actor: Actor) -> Operation | None:
        of, kind = self._incident_of(view), self._one(ReportKind)
        elements = {element.value: self._mark() for element in WRITTEN[kind]}
        return of and ReportSituation(SituationReport(new_id(), of.id, kind, WHO, elements, actor.at, actor.by))

    def _lists(self, _view: View, actor: Actor) -> Operation:
        line = replace(self._one(make_pack().matters.values()), national=self._mark())
        area = actor.area.partition("/@")[0]
        return PutLists((Listed(id_of(line, area), area, self._one([line, line, None])),))
