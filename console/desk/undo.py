"""What this person has just done and can still take back with one key. The log keeps both."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from console.desk.session import SHOWN_MS, Session, utc_now
from console.desk.timing import steady_s
from console.domain.duplicates import MergeIncidents, UnmergeIncident
from console.domain.holding import AnswerRequest
from console.domain.moving import MoveIncident, RestoreAlarm, RetractStatus, UndoMove, move_label
from console.domain.operation import ConfirmAlarm, Dispatch, FilterAlarm, Operation, ReportStatus, TickTask
from console.domain.stages import UNDO_WITHIN
from widgets.lang import show

translate = QCoreApplication.translate
SPARE = timedelta(seconds=1)  # so that what is offered is not too late when it is done


@dataclass(frozen=True)
class Undoable:
    """Something done, how it is said in the language on screen, and what takes it back."""

    said: Callable[[], str]
    back: Operation
    about: str  # of two about one thing only the later can be taken back
    until_s: float  # by the clock that no one sets


class Undo(QObject):
    changed = Signal()  # there is something else to take back, or nothing

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._done: list[Undoable] = []
        self._going_back: list[Operation] = []
        self.steady: Callable[[], float] = steady_s
        session.did.connect(self._heard)

    def last(self) -> Undoable | None:
        """What the key takes back now."""
        now = self.steady()
        while self._done and self._done[-1].until_s <= now:
            self._done.pop()
        return self._done[-1] if self._done else None

    def left_s(self) -> int:
        """For how many seconds yet."""
        last = self.last()
        return 0 if last is None else max(1, round(last.until_s - self.steady()))

    def undo(self) -> bool:
        """Take the last one back. False when there is none."""
        last = self.last()
        if last is None:
            return False
        self._done.pop()
        self._going_back.append(last.back)
        self._session.do(last.back, undone=lambda: self._going_back.remove(last.back))
        self.changed.emit()
        return True

    def _heard(self, operation: Operation) -> None:
        if operation in self._going_back:
            self._going_back.remove(operation)
            return
        now = utc_now()
        known = self._back(operation, now)
        if known is None:
            return
        said, back, about, at = known
        left = UNDO_WITHIN - SPARE - (now - at)
        if left > timedelta(0):
            self._done = [each for each in self._done if each.about != about]
            self._done.append(Undoable(said, back, about, self.steady() + left.total_seconds()))
            QTimer.singleShot(SHOWN_MS, self, self.changed.emit)

    def _back(self, operation: Operation, now: datetime) -> tuple[Callable[[], str], Operation, str, datetime] | None:
        """How it is said, what takes it back, what it is about, and when it was done."""
        state = self._session.state
        match operation:
            case MoveIncident() | Dispatch() | AnswerRequest(granted=True):
                request = state.requests.get(operation.request) if isinstance(operation, AnswerRequest) else None
                id = request.incident if request else getattr(operation, "incident", "")
                incident = state.incidents.get(id)
                if incident is None or incident.last is None or incident.last.by.user != self._session.user.id:
                    return None
                code, what, at = incident.code, move_label(incident.last.move), incident.last.by.at
                return (
                    lambda: translate("undo", "{code} 已{what}").format(code=code, what=show(what)),
                    UndoMove(id, at),
                    id,
                    at,
                )
            case ReportStatus(id, status, occurred_at):
                assignment = state.assignments.get(id)
                if assignment is None or assignment.at(status) != occurred_at:
                    return None
                who, incident = self._session.who(assignment), state.incidents.get(assignment.incident)
                code = incident.code if incident else ""
                return (
                    lambda: translate("undo", "{code} {who} 已记“{status}”").format(
                        code=code, who=show(who), status=show(status.label)
                    ),
                    RetractStatus(id, status, occurred_at, now, self._session.user.name),
                    f"{id} {status.value}",
                    now,
                )
            case TickTask(id, done):
                task = state.tasks.get(id)
                if task is None:
                    return None
                text, incident = task.text, state.incidents.get(task.incident)
                code = incident.code if incident else ""
                return (
                    lambda: (
                        translate("undo", "{code} 已完成:{task}")
                        if done
                        else translate("undo", "{code} 改为未完成:{task}")
                    ).format(code=code, task=show(text)),
                    TickTask(id, not done),
                    id,
                    now,
                )
            case ConfirmAlarm(alarm=id) | FilterAlarm(alarm=id):
                alarm = state.alarms.get(id)
                if alarm is None or alarm.decided_at is None:
                    return None
                title, stands = alarm.title, alarm.state.label
                return (
                    lambda: translate("undo", "告警 {title} {state}").format(title=show(title), state=show(stands)),
                    RestoreAlarm(id),
                    id,
                    alarm.decided_at,
                )
            case MergeIncidents(id, into):
                first, second = state.incidents.get(id), state.incidents.get(into)
                if first is None or second is None:
                    return None
                codes = first.code, second.code
                return (
                    lambda: translate("undo", "{code} 已并入 {into}").format(code=codes[0], into=codes[1]),
                    UnmergeIncident(id),
                    id,
                    now,
                )
        return None
