"""Operations that ask for a hold or an extension, and answer that."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from console.domain.errors import Refused
from console.domain.incident import Incident, SideState
from console.domain.log import Kind, Note
from console.domain.operation import Actor, Changes, Lane, Reader, open_incident
from console.domain.request import Request, RequestKind
from console.domain.stages import marked, remembered
from console.domain.words import Label, Phrase
from console.domain.worktime import Pause


@dataclass(frozen=True, slots=True)
class AskRequest:
    NAME: ClassVar[str] = "request.ask"
    LANE: ClassVar[Lane] = "command"
    request: Request

    def decide(self, read: Reader, actor: Actor) -> Changes:
        incident = open_incident(read, self.request.incident)
        kind = self.request.kind
        if not self.request.reason.strip():
            raise Refused(Phrase("reason_wanted", {"move": kind.label}))
        if kind is RequestKind.HOLD and incident.held:
            raise Refused(Phrase("incident_held", {"code": incident.code, "move": kind.label}))
        if any(known.open and known.kind is kind for known in read.requests_of(incident.id)):
            raise Refused(Phrase("request_waits", {"code": incident.code, "kind": kind.label}))
        request = replace(self.request, by=actor.by, answered=None, granted=False, answer="")
        said = Phrase("request_asked", {"kind": kind.label, "reason": request.reason})
        return Changes((request,), (Note(Kind.SYSTEM, actor.name, phrase=said, incident=incident.id),))


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """Granted or not. `due_at` is the limit that is given, when it is not the one asked for."""

    NAME: ClassVar[str] = "request.answer"
    LANE: ClassVar[Lane] = "command"
    request: str
    granted: bool
    answer: str = ""
    due_at: datetime | None = None

    def decide(self, read: Reader, actor: Actor) -> Changes:
        request = read.request(self.request)
        if not request.open:
            raise Refused(Phrase("request_answered", {"kind": request.kind.label}))
        incident = open_incident(read, request.incident)
        after = replace(request, answered=actor.by, granted=self.granted, answer=self.answer)
        args: dict[str, str | int | float | Label] = {"kind": request.kind.label, "answer": self.answer}
        said = Phrase("request_granted" if self.granted else "request_refused", args)
        note = Note(Kind.SYSTEM, actor.name, phrase=said, incident=incident.id)
        if not self.granted:
            return Changes((after,), (note,))
        moved = remembered(self._granted(incident, request, actor), incident, request.kind.value, actor.by)
        return Changes((after, moved), (note,))

    def _granted(self, incident: Incident, request: Request, actor: Actor) -> Incident:
        if request.kind is RequestKind.HOLD:
            if incident.held:
                return incident
            held = marked(incident, SideState.ON_HOLD, actor.by, request.reason)
            return replace(held, pauses=(*incident.pauses, Pause(actor.at)))
        due_at = self.due_at or request.due_at
        if due_at is None:
            raise Refused(Phrase("due_wanted", {"code": incident.code}))
        return replace(marked(incident, SideState.EXTENDED, actor.by, request.reason), due_at=due_at)
