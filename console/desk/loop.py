"""The closed loop at this desk: moves, requests, duplicates and undo become operations, and limits are noticed."""

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Signal

from console.desk.session import Session, utc_now
from console.desk.undo import Undo
from console.domain.assignment import Assignment
from console.domain.conflict import By
from console.domain.duplicates import MergeIncidents, UnmergeIncident
from console.domain.holding import AnswerRequest, AskRequest
from console.domain.incident import Incident
from console.domain.moving import MoveIncident, asked_again
from console.domain.request import Request, RequestKind
from console.domain.resuming import due_after_hold
from console.domain.stages import Move
from console.store.ids import new_id
from widgets.act_form import Given
from widgets.loop_block import LoopBlock

if TYPE_CHECKING:
    from console.desk.control import Controller

translate = QCoreApplication.translate


class Loop(QObject):
    closed = Signal(str)  # an incident's id
    reopened = Signal(str)  # it is to be worked on again: show it
    apartSaid = Signal()  # what is kept of it is different

    def __init__(self, control: "Controller", block: LoopBlock) -> None:
        super().__init__(control)
        self._control, self._block = control, block
        self.session: Session = control.session
        self.undo = Undo(self.session, self)
        block.moved.connect(self.move)
        block.requested.connect(self.ask)
        block.answered.connect(self.answer)
        block.mergeWanted.connect(self.merge)
        block.apartSaid.connect(self.say_apart)
        block.unmergeWanted.connect(self.unmerge)
        block.opened.connect(control.open)

    def _incident(self, id: str) -> Incident | None:
        return self.session.state.incidents.get(id)

    # -- intents

    def move(self, given: Given) -> None:
        """核实, 立案, 退回, 结案 and the like, as they were decided at the stage that is shown."""
        incident = self._incident(given.incident)
        if incident is None or not isinstance(given.act, Move):
            return
        move, session, now = given.act, self.session, utc_now()
        again: tuple[Assignment, ...] = ()
        if move is Move.REWORK:
            again = asked_again(incident, session.state.assignments_of(incident.id), new_id, now)
        due_at = None
        if move is Move.RESUME:
            duty = session.lists.duty(incident.matter, incident.area)
            due_at = due_after_hold(incident, now, duty, session.work)
        operation = MoveIncident(incident.id, move, incident.stage, given.reason, given.score, due_at, again)
        session.do(operation, partial(self._moved, incident.id, move), partial(self._block.form.give_back, given))

    def _moved(self, incident: str, move: Move) -> None:
        if move is Move.CLOSE:
            self.closed.emit(incident)
        after = self._incident(incident)
        if move in (Move.REWORK, Move.REOPEN) and after is not None and after.lead is None:
            self.session.want_proposal(incident)

    def ask(self, given: Given) -> None:
        """Ask for a hold or an extension."""
        if isinstance(given.act, RequestKind):
            session = self.session
            by = By(session.user.id, session.user.name, utc_now(), session.area)
            request = Request(new_id(), given.incident, given.act, given.reason, by, given.until)
            session.do(AskRequest(request), undone=partial(self._block.form.give_back, given))

    def answer(self, request: str, granted: bool, why: str) -> None:
        self.session.do(AnswerRequest(request, granted, why))

    def merge(self, incident: str, other: str) -> None:
        """Two are the same: the later one goes into the earlier, which is shown."""
        found = [one for one in map(self._incident, (incident, other)) if one is not None]
        if len(found) == 2:
            into, one = sorted(found, key=lambda each: (each.opened_at, each.number))
            self.session.do(MergeIncidents(one.id, into.id), lambda: self._control.open(into.id))

    def unmerge(self, incident: str) -> None:
        self.session.do(UnmergeIncident(incident))

    def say_apart(self, incident: str, other: str) -> None:
        """These two are not the same: it is not offered again at this desk."""
        self.session.apart.add(frozenset((incident, other)))
        self._control.refresh("incident")
        self.apartSaid.emit()


def jump_words(jump: timedelta) -> str:
    """What is said once when this machine's clock was set."""
    seconds = round(abs(jump.total_seconds()))
    minutes, rest = divmod(seconds, 60)
    how = translate("loop", "{m} 分 {s} 秒").format(m=minutes, s=rest)
    if jump > timedelta(0):
        return translate("loop", "本机时钟被拨快了 {how}。时限按新的时间计算,请核对。").format(how=how)
    return translate("loop", "本机时钟被拨慢了 {how}。时限按新的时间计算,请核对。").format(how=how)
