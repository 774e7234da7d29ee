"""Operations that two desks may do to one incident at a time, and what happens when they did."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import ClassVar

from console.domain.attachment import Attachment
from console.domain.conflict import (
    By,
    Casualties,
    CasualtyReport,
    Claim,
    Conflict,
    Location,
    Nature,
    Sent,
    Side,
    Subject,
    Value,
)
from console.domain.errors import Refused
from console.domain.facts import facts
from console.domain.incident import Incident, Stage
from console.domain.level import Level
from console.domain.log import Kind, Note
from console.domain.operation import SYSTEM, Actor, Changes, Lane, Reader, Row
from console.domain.stages import at_stage
from console.domain.words import Label, Phrase


@dataclass(frozen=True, slots=True)
class Edit:
    """One field, from what the editor saw to what they made of it."""

    id: str  # of the conflict, if it comes to one
    subject: Subject
    base: Value
    value: Value


@dataclass(frozen=True, slots=True)
class EditIncident:
    """Fields that nobody else touched are changed; of one that somebody did, the second value becomes a conflict.

    A closed incident is edited as well: what was wrong about it is put right.
    """

    NAME: ClassVar[str] = "incident.edit"
    LANE: ClassVar[Lane] = "command"
    incident: str
    edits: tuple[Edit, ...]

    def decide(self, read: Reader, actor: Actor) -> Changes:
        incident = read.incident(self.incident)
        conflicts: list[Conflict] = []
        for edit in self.edits:
            now = value_of(incident, edit.subject)
            if not type(edit.value) is type(edit.base) is type(now):
                raise Refused(Phrase("not_editable", {"subject": edit.subject.label}))
            if edit.value == now:
                continue
            if edit.base == now:
                incident = with_value(incident, edit.subject, edit.value, actor.by)
                continue
            conflicts.append(self._conflict(read, incident, edit, actor.by))
            if isinstance(edit.value, Level) and edit.value.rank > incident.level.rank:
                incident = with_value(incident, edit.subject, edit.value, actor.by)  # the graver one shows meanwhile
        notes = [_edited(self.incident, edit, actor) for edit in self.edits if edit.base != edit.value]
        notes += [_disputed(conflict) for conflict in conflicts]
        return Changes((incident, *conflicts), tuple(notes))

    def _conflict(self, read: Reader, incident: Incident, edit: Edit, by: By) -> Conflict:
        """The new one, or the one that this editor's own earlier value lost in."""
        for known in read.conflicts_of(incident.id):
            own = known.other.by.user == by.user and known.other.value == edit.base
            if known.open and known.subject is edit.subject and own:
                return replace(known, other=Claim(edit.value, by))
        code = edit.subject.value
        first = incident.edited.get(code) or By("", incident.source, incident.opened_at, incident.area)
        return Conflict(
            edit.id, incident.id, edit.subject, Claim(value_of(incident, edit.subject), first), Claim(edit.value, by)
        )


@dataclass(frozen=True, slots=True)
class ReportCasualties:
    """A count from the scene. `seen` is the last report that the reporter knew of."""

    NAME: ClassVar[str] = "incident.casualties"
    LANE: ClassVar[Lane] = "command"
    report: CasualtyReport
    seen: str | None = None

    def decide(self, read: Reader, actor: Actor) -> Changes:
        read.incident(self.report.incident)
        return self.counted(read, actor)

    def counted(self, read: Reader, actor: Actor) -> Changes:
        """What changes; the incident may come with the same operation."""
        report = replace(self.report, by=actor.by)
        before = [r for r in read.casualties_of(report.incident) if r.id not in (report.id, self.seen)]
        known = next((r for r in read.casualties_of(report.incident) if r.id == self.seen), None)
        unseen = [r for r in before if known is None or (r.occurred_at, r.id) > (known.occurred_at, known.id)]
        args: dict[str, str | int | float | Label] = dict(
            zip(("dead", "injured", "missing", "trapped"), report.count.counts, strict=True)
        )
        notes = [Note(Kind.SYSTEM, actor.name, phrase=Phrase("casualties_said", args), incident=report.incident)]
        rows: tuple[Row, ...] = (report,)
        other = max(unseen, key=lambda r: (r.occurred_at, r.id), default=None)
        if other is not None and other.count != report.count:
            conflict = Conflict(
                f"{report.id}-differs",
                report.incident,
                Subject.CASUALTIES,
                Claim(other.count, other.by),
                Claim(report.count, report.by),
            )
            rows, notes = (report, conflict), [*notes, _disputed(conflict)]
        return Changes(rows, tuple(notes))


@dataclass(frozen=True, slots=True)
class SettleConflict:
    """A person has decided: this value holds."""

    NAME: ClassVar[str] = "conflict.settle"
    LANE: ClassVar[Lane] = "command"
    conflict: str
    take: Side

    def decide(self, read: Reader, actor: Actor) -> Changes:
        conflict = read.conflict(self.conflict)
        if not conflict.open:
            if conflict.taken == self.take:
                return Changes()
            said = {"subject": conflict.subject.label, "by": conflict.settled_by or SYSTEM}
            raise Refused(Phrase("conflict_settled", said))
        settled = replace(conflict, settled_at=actor.at, settled_by=actor.name, taken=self.take)
        taken, left = conflict.claim(self.take), conflict.claim("other" if self.take == "kept" else "kept")
        rows: list[Row] = [settled]
        told_facts = ""
        if isinstance(left.value, Sent):
            sent = read.assignment(left.value.assignment)
            recalled = [sent.recalled(actor.at)] if sent.status.open else []
            rows += recalled
            told_facts = facts([sent], recalled)
        elif not isinstance(taken.value, Casualties):
            incident = read.incident(conflict.incident)
            rows.append(with_value(incident, conflict.subject, taken.value, actor.by))
        args: dict[str, str | int | float | Label] = {
            "subject": conflict.subject.label,
            "taken": told(taken.value),
            "left": told(left.value),
            "facts": told_facts,
        }
        note = Note(Kind.SYSTEM, actor.name, phrase=Phrase("conflict_decided", args), incident=conflict.incident)
        return Changes(tuple(rows), (note,))


@dataclass(frozen=True, slots=True)
class AttachFile:
    """A photo or clip; its bytes follow by themselves."""

    NAME: ClassVar[str] = "incident.attach"
    LANE: ClassVar[Lane] = "command"
    attachment: Attachment

    def decide(self, read: Reader, actor: Actor) -> Changes:
        read.incident(self.attachment.incident)
        said = Phrase("file_attached", {"name": self.attachment.name})
        note = Note(Kind.NOTE, actor.name, phrase=said, incident=self.attachment.incident)
        return Changes((replace(self.attachment, by=actor.by),), (note,))


def value_of(incident: Incident, subject: Subject) -> Value:
    """What an incident holds of a subject that can be edited. Raises `Refused` for another."""
    match subject:
        case Subject.TITLE:
            return incident.title
        case Subject.MATTER:
            code = incident.matter
            return Nature(code, Label(code, code), tuple(str(stage.value) for stage in incident.stages))
        case Subject.LOCATION:
            return Location(incident.place, incident.at)
        case Subject.LEVEL:
            return incident.level
        case Subject.RECEIVED:
            return incident.opened_at
    raise Refused(Phrase("not_editable", {"subject": subject.label}))


def with_value(incident: Incident, subject: Subject, value: Value, by: By) -> Incident:
    """The incident with another value. Raises `Refused` for one that is not of the subject's kind."""
    edited = {**incident.edited, str(subject.value): by}
    match subject, value:
        case Subject.TITLE, Label():
            return replace(incident, title=value, edited=edited)
        case Subject.MATTER, Nature():
            return _of_nature(replace(incident, edited=edited), value, by.at)
        case Subject.LOCATION, Location():
            return replace(incident, place=value.place, at=value.at, edited=edited)
        case Subject.LEVEL, Level():
            return replace(incident, level=value, edited=edited)
        case Subject.RECEIVED, datetime():
            accepted = Stage.ACCEPTED.value
            entered = dict(incident.entered)
            if entered.get(accepted, incident.opened_at) == incident.opened_at:
                entered[accepted] = value
            return replace(incident, opened_at=value, entered=entered, edited=edited)
    raise Refused(Phrase("not_editable", {"subject": subject.label}))


def _of_nature(incident: Incident, nature: Nature, at: datetime) -> Incident:
    """The incident on the way of another matter: at the stage it is at, or the last before it that the way has."""
    way = tuple(stage for stage in Stage if stage.value in nature.stages) or incident.stages
    stage = max((s for s in way if s.rank <= incident.stage.rank), key=lambda s: s.rank, default=incident.stage)
    after = replace(incident, matter=nature.matter, stages=way)
    return after if stage is incident.stage else at_stage(after, stage, stage, at)


def told(value: Value) -> Label:
    """A value in words, for the log and for lists."""
    match value:
        case Label():
            return value
        case Nature():
            return value.name
        case Location():
            return value.place
        case Level():
            return value.label
        case Sent():
            return Label(f"{value.code} {value.title.zh}", f"{value.code} {value.title.en}")
        case datetime():
            text = f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
            return Label(text, text)
        case Casualties(dead, injured, missing, trapped):
            return Label(
                f"亡 {dead} 伤 {injured} 失联 {missing} 被困 {trapped}",
                f"{dead} dead, {injured} injured, {missing} missing, {trapped} trapped",
            )


def _edited(incident: str, edit: Edit, actor: Actor) -> Note:
    said = Phrase("field_edited", {"subject": edit.subject.label, "old": told(edit.base), "new": told(edit.value)})
    return Note(Kind.SYSTEM, actor.name, phrase=said, incident=incident)


def _disputed(conflict: Conflict) -> Note:
    args: dict[str, str | int | float | Label] = {
        "subject": conflict.subject.label,
        "kept": told(conflict.kept.value),
        "other": told(conflict.other.value),
    }
    return Note(Kind.SYSTEM, SYSTEM, phrase=Phrase("conflict_raised", args), incident=conflict.incident)
