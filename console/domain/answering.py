"""Operations on calls that come in: one rings, is taken (an incident opens, or is joined), or is dismissed.

Two desks that do not hear of each other may both take one call. Both incidents stay, for both may have sent somebody;
the call keeps the first, and the log says so, so that they can be merged.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

from console.domain.errors import Refused
from console.domain.incident import Incident
from console.domain.incoming import CallState, DismissReason, IncomingCall
from console.domain.log import Kind, Note
from console.domain.merging import ReportCasualties
from console.domain.operation import Actor, Changes, Lane, Reader, Row, open_incident, told_apart
from console.domain.words import Label, Phrase

NOBODY = Label("来电人", "Caller")
_NOTHING = Label("", "")


@dataclass(frozen=True, slots=True)
class RingCall:
    """A call comes in."""

    NAME: ClassVar[str] = "call.ring"
    LANE: ClassVar[Lane] = "command"
    call: IncomingCall

    def decide(self, read: Reader, actor: Actor) -> Changes:
        call = replace(self.call, state=CallState.WAITING, by=None, incident=None, reason="")
        said = Phrase("call_rang", {"channel": call.channel.label, "text": call.text})
        return Changes((call,), (Note(Kind.PHONE, call.caller or NOBODY, phrase=said),))


@dataclass(frozen=True, slots=True)
class TakeCall:
    """Somebody takes a call, and an incident opens from it. One that was answered by hand is new with this."""

    NAME: ClassVar[str] = "call.take"
    LANE: ClassVar[Lane] = "command"
    call: IncomingCall  # as whoever takes it has written it down
    incident: Incident
    count: ReportCasualties | None = None  # that the caller speaks of

    def decide(self, read: Reader, actor: Actor) -> Changes:
        incident = told_apart(self.incident, read)
        args: dict[str, str | int | float | Label] = {
            "code": incident.code,
            "title": incident.title,
            "text": self.call.text,
        }
        return _taken(self.call, incident, Phrase("incident_opened", args), self.count, read, actor, new=True)


@dataclass(frozen=True, slots=True)
class JoinCall:
    """The call tells of an incident that is open already: its caller and words are added to that."""

    NAME: ClassVar[str] = "call.join"
    LANE: ClassVar[Lane] = "command"
    call: IncomingCall
    incident: str
    count: ReportCasualties | None = None

    def decide(self, read: Reader, actor: Actor) -> Changes:
        incident = open_incident(read, self.incident)
        said = Phrase("call_joined", {"code": incident.code, "text": self.call.text})
        return _taken(self.call, incident, said, self.count, read, actor)


@dataclass(frozen=True, slots=True)
class DismissCall:
    """The call wants nothing done, for this reason. It may still be taken later."""

    NAME: ClassVar[str] = "call.dismiss"
    LANE: ClassVar[Lane] = "command"
    call: IncomingCall
    reason: str  # code of a DismissReason, or words

    def decide(self, read: Reader, actor: Actor) -> Changes:
        known = read.call(self.call.id)
        if not self.reason.strip():
            raise Refused(Phrase("reason_wanted", {"move": CallState.DISMISSED.label}))
        if known is not None and not known.open:
            raise _decided(known)
        after = _written(self.call, known, CallState.DISMISSED, actor)
        said = Phrase("call_dismissed", {"text": after.text, "reason": why(self.reason)})
        return Changes((replace(after, reason=self.reason),), (Note(Kind.SYSTEM, actor.name, phrase=said),))


def why(reason: str) -> Label:
    """The reason of a dismissed call, in words."""
    return next((known.label for known in DismissReason if known.value == reason), Label(reason, reason))


def _written(call: IncomingCall, known: IncomingCall | None, state: CallState, actor: Actor) -> IncomingCall:
    """As it was written down; where it came from stays as it was."""
    if known is not None:
        whence = known.area, known.received_at, known.source, known.source_id
        area, received_at, source, source_id = whence
        call = replace(call, area=area, received_at=received_at, source=source, source_id=source_id)
    return replace(call, state=state, by=actor.by, incident=None, reason="")


def _taken(
    call: IncomingCall,
    incident: Incident,
    phrase: Phrase,
    count: ReportCasualties | None,
    read: Reader,
    actor: Actor,
    *,
    new: bool = False,
) -> Changes:
    """Raises `Refused` for who took it before: they know. Another did not, and what they began stays."""
    known = read.call(call.id)
    counted = count.counted(read, actor) if count else Changes()
    rows: tuple[Row, ...] = (incident, *counted.rows) if new else counted.rows
    said = Note(Kind.PHONE, call.caller or NOBODY, actor.name, phrase=phrase, incident=incident.id)
    notes = [said, *counted.notes]
    if known is None or known.state is not CallState.TAKEN:
        after = _written(call, known, CallState.TAKEN, actor)
        return Changes((*rows, replace(after, incident=incident.id)), tuple(notes))
    if known.by is None or known.by.user == actor.user or known.incident == incident.id:
        raise _decided(known)
    first = read.incident(known.incident or "")
    twice = Phrase("call_taken_twice", {"code": incident.code, "first": first.code, "who": known.by.name})
    notes.append(Note(Kind.SYSTEM, actor.name, phrase=twice, incident=incident.id))
    return Changes(rows, tuple(notes))


def _decided(call: IncomingCall) -> Refused:
    who = call.by.name if call.by else _NOTHING
    return Refused(Phrase("call_decided", {"state": call.state.label, "who": who}))
