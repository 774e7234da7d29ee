"""Operations on calls that come in: one rings, is taken (an incident opens, or is joined), or is dismissed.

Two desks that do not hear of each other may both take one call. Both incidents stay, for both may have sent somebody;
the call keeps the first, and the log says so, so that they can be merged.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

from console.domain.errors import Refused
from console.domain.incident import Incident
from console.domain.incoming import CallState, IncomingCall
from console.domain.log import Kind, Note
from console.domain.operation import Actor, Changes, Lane, Reader, open_incident, told_apart
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
    """Somebody takes the call, and an incident opens from it."""

    NAME: ClassVar[str] = "call.take"
    LANE: ClassVar[Lane] = "command"
    call: str
    incident: Incident

    def decide(self, read: Reader, actor: Actor) -> Changes:
        call, incident = read.call(self.call), told_apart(self.incident, read)
        args: dict[str, str | int | float | Label] = {"code": incident.code, "title": incident.title, "text": call.text}
        notes = [_said(call, actor, Phrase("incident_opened", args), incident.id)]
        return _taken(call, incident, (incident,), notes, read, actor)


@dataclass(frozen=True, slots=True)
class JoinCall:
    """The call tells of an incident that is open already: its caller and words are added to that."""

    NAME: ClassVar[str] = "call.join"
    LANE: ClassVar[Lane] = "command"
    call: str
    incident: str

    def decide(self, read: Reader, actor: Actor) -> Changes:
        call, incident = read.call(self.call), open_incident(read, self.incident)
        said = Phrase("call_joined", {"code": incident.code, "text": call.text})
        return _taken(call, incident, (), [_said(call, actor, said, incident.id)], read, actor)


@dataclass(frozen=True, slots=True)
class DismissCall:
    """The call wants nothing done, for this reason. It may still be taken later."""

    NAME: ClassVar[str] = "call.dismiss"
    LANE: ClassVar[Lane] = "command"
    call: str
    reason: str

    def decide(self, read: Reader, actor: Actor) -> Changes:
        call = read.call(self.call)
        if not self.reason.strip():
            raise Refused(Phrase("reason_wanted", {"move": CallState.DISMISSED.label}))
        if not call.open:
            raise _decided(call)
        after = replace(call, state=CallState.DISMISSED, by=actor.by, reason=self.reason)
        said = Phrase("call_dismissed", {"text": call.text, "reason": self.reason})
        return Changes((after,), (Note(Kind.SYSTEM, actor.name, phrase=said),))


def _said(call: IncomingCall, actor: Actor, phrase: Phrase, incident: str) -> Note:
    return Note(Kind.PHONE, call.caller or NOBODY, actor.name, phrase=phrase, incident=incident)


def _taken(
    call: IncomingCall, incident: Incident, rows: tuple[Incident, ...], notes: list[Note], read: Reader, actor: Actor
) -> Changes:
    """Raises `Refused` for who took it before: they know. Another did not, and what they began stays."""
    if call.state is not CallState.TAKEN:
        after = replace(call, state=CallState.TAKEN, by=actor.by, incident=incident.id, reason="")
        return Changes((*rows, after), tuple(notes))
    if call.by is None or call.by.user == actor.user or call.incident == incident.id:
        raise _decided(call)
    first = read.incident(call.incident or "")
    said = Phrase("call_taken_twice", {"code": incident.code, "first": first.code, "who": call.by.name})
    notes.append(Note(Kind.SYSTEM, actor.name, phrase=said, incident=incident.id))
    return Changes(rows, tuple(notes))


def _decided(call: IncomingCall) -> Refused:
    who = call.by.name if call.by else _NOTHING
    return Refused(Phrase("call_decided", {"state": call.state.label, "who": who}))
