"""What the platform did not take, in words: an operation and its arguments as a row of the inbox.

A field's key is its place in the arguments as they are kept ("orders.0.text"), so that what was corrected goes
back where it was. Ids are said by the names of what they mean.
"""

import copy
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from console.desk.state import State
from console.domain.assignment import Assignment
from console.domain.catalogue import PutCameras, RemoveCameras
from console.domain.conflict import Location, Side
from console.domain.incident import Incident
from console.domain.indicator import Reading
from console.domain.level import Level
from console.domain.log import Note
from console.domain.merging import AttachFile, EditIncident, ReportCasualties, SettleConflict, told
from console.domain.moving import MoveIncident
from console.domain.operation import (
    AddReadings,
    ConfirmAlarm,
    Dispatch,
    FilterAlarm,
    FollowAlarm,
    OpenIncident,
    Operation,
    RaiseAlarm,
    ReportStatus,
    TickTask,
    WriteNote,
)
from console.domain.operations import OPERATIONS, TITLES
from console.domain.pack import Pack
from console.domain.phrases import both
from console.domain.words import Label, Labelled, Phrase
from console.store.codec import ValidationError, decode
from console.sync.inbox import Refusal
from widgets.attachment_list import size_word
from widgets.inbox_view import InboxField, InboxRow

_INCIDENT, _ALARM, _TEXT = Label("事件", "Incident"), Label("告警", "Alarm"), Label("内容", "Text")
_TITLE, _PLACE, _LEVEL = Label("标题", "Title"), Label("地点", "Place"), Label("等级", "Level")
_TIME, _WHO, _VALUE = Label("时间", "Time"), Label("谁", "Who"), Label("数值", "Value")
_CAMERA = Label("视频", "Camera")
_DOT = Label("·", "·")


def inbox_row(refusal: Refusal, pack: Pack, state: State) -> InboxRow:
    """A refused operation with its names. One that cannot be read any more is shown as it is kept."""
    user = pack.users.get(refusal.user)
    row = InboxRow(
        id=refusal.id,
        what=TITLES.get(refusal.name, Label(refusal.name, refusal.name)),
        why=_named(refusal.phrase),
        who=user.name if user else Label(refusal.user, refusal.user),
        at=refusal.at or datetime.fromtimestamp(0, UTC),
    )
    try:
        operation = decode(OPERATIONS[refusal.name], json.dumps(refusal.args))
    except (KeyError, ValidationError):
        return replace(row, fields=tuple(_plainly(refusal.args)))
    words = _Words(pack, state).of(operation)
    known = words.incident if words.incident in state.incidents else None
    return replace(row, what=_joined(" ", row.what, *words.about), fields=tuple(words.fields), incident=known)


def corrected(args: dict[str, Any], texts: dict[str, str]) -> dict[str, Any]:
    """The arguments with these texts and choices in the places of their keys."""
    args = copy.deepcopy(args)
    for key, text in texts.items():
        *way, last = [int(step) if step.isdigit() else step for step in key.split(".")]
        holder: Any = args
        for step in way:
            holder = holder[step]
        is_label = isinstance(holder[last], dict)  # a person typed it: it is the same in both languages
        holder[last] = {"zh": text, "en": text} if is_label else text
    return args


@dataclass
class _Told:
    """An operation in words: what it is about, what it says, and the incident it belongs to."""

    about: list[Label]
    fields: list[InboxField]
    incident: str | None = None


class _Words:
    """Says operations by the names that the desk knows."""

    def __init__(self, pack: Pack, state: State) -> None:
        self.pack, self.state = pack, state

    def of(self, operation: Operation) -> _Told:
        match operation:
            case Dispatch():
                return self._dispatch(operation)
            case EditIncident():
                return self._edit(operation)
            case WriteNote(note):
                return self._note(note)
            case ReportStatus():
                return self._status(operation)
            case RaiseAlarm() | FollowAlarm() | FilterAlarm() | ConfirmAlarm():
                return self._alarm(operation)
            case OpenIncident(incident, caller, text):
                opened = self._opened(incident)
                opened.fields += [_said("caller", _WHO, caller), *_text("text", _TEXT, text)]
                return opened
            case AddReadings(readings):
                return self._readings(readings)
            case PutCameras(cameras):
                changed = [_said(f"cameras.{at}", _CAMERA, one.name) for at, one in enumerate(cameras)]
                return _Told([Label(f"{len(cameras)} 路", f"{len(cameras)}")], changed)
            case RemoveCameras(ids):
                left = [self.pack.cameras.get(id) for id in ids]
                names = [one.name if one else _short(id) for id, one in zip(ids, left, strict=True)]
                gone = [_said(f"ids.{at}", _CAMERA, name) for at, name in enumerate(names)]
                return _Told([Label(f"{len(ids)} 路", f"{len(ids)}")], gone)
            case TickTask(id, done):
                return self._task(id, done)
            case MoveIncident(id, move, expected):
                stage = [_said("expected", Label("当时环节", "Stage then"), expected.label)] if expected else []
                return _Told([move.label, self.code(id)], [*self._of_incident(id), *stage], id)
            case ReportCasualties(report):
                count = told(report.count)
                said = [
                    _said("report.count", Label("人数", "Count"), count),
                    _at("report.occurred_at", report.occurred_at),
                ]
                return _Told(
                    [self.code(report.incident), count], [*self._of_incident(report.incident), *said], report.incident
                )
            case SettleConflict(id, take):
                return self._settled(id, take)
            case AttachFile(file):
                named = _said("attachment.name", Label("文件", "File"), file.name, editable=True)
                size = _said("attachment.size", Label("大小", "Size"), size_word(file.size))
                about = [self.code(file.incident), _as_typed(file.name)]
                return _Told(about, [*self._of_incident(file.incident), named, size], file.incident)
        return _Told([], [])

    # -- names

    def code(self, id: str) -> Label:
        incident = self.state.incidents.get(id)
        return _as_typed(incident.code) if incident else _short(id)

    def incident(self, id: str) -> Label:
        incident = self.state.incidents.get(id)
        return _joined(" ", _as_typed(incident.code), incident.title) if incident else _short(id)

    def alarm(self, id: str) -> Label:
        alarm = self.state.alarms.get(id)
        return alarm.title if alarm else _short(id)

    def agency(self, id: str) -> Label:
        agency = self.pack.agencies.get(id)
        return agency.name if agency else _short(id)

    def sent(self, assignment: Assignment) -> Label:
        """The unit, or the agency where no unit was named."""
        unit = self.pack.units.get(assignment.unit or "")
        return unit.name if unit else self.agency(assignment.agency)

    def _of_incident(self, id: str | None) -> list[InboxField]:
        return [_said("incident", _INCIDENT, self.incident(id))] if id else []

    # -- operations

    def _dispatch(self, operation: Dispatch) -> _Told:
        units = [self.sent(assignment) for assignment in operation.assignments]
        count = Label(f"{len(units)} 个力量", f"{len(units)} unit{'' if len(units) == 1 else 's'}")
        fields = [
            *self._of_incident(operation.incident),
            _said("lead", Label("主办", "Lead"), operation.lead_name),
            _said("assignments", Label("力量", "Units"), _listed(units)),
        ]
        if operation.due_at is not None:
            fields.append(_at("due_at", operation.due_at, Label("处置时限", "Limit")))
        for at, task in enumerate(operation.tasks):
            fields.append(
                _said(f"tasks.{at}.text", Label(f"任务 {at + 1}", f"Task {at + 1}"), task.text, editable=True)
            )
        for at, order in enumerate(operation.orders):
            name = _joined(" ", Label("给", "To"), order.receiver)
            fields.append(_said(f"orders.{at}.text", name, order.text, editable=True))
        return _Told([self.code(operation.incident), _DOT, count], fields, operation.incident)

    def _edit(self, operation: EditIncident) -> _Told:
        fields = self._of_incident(operation.incident)
        subjects = []
        for at, edit in enumerate(operation.edits):
            subject = edit.subject.label
            subjects.append(subject)
            fields.append(_said(f"edits.{at}.base", _joined("", Label("原", "Old "), subject), told(edit.base)))
            match edit.value:
                case Level():
                    fields.append(_choice(f"edits.{at}.value", subject, edit.value))
                case Location(place, _):
                    fields.append(_said(f"edits.{at}.value.place", subject, place, editable=True))
                case value:
                    fields.append(_said(f"edits.{at}.value", subject, told(value), editable=isinstance(value, Label)))
        return _Told([self.code(operation.incident), _DOT, _listed(subjects)], fields, operation.incident)

    def _note(self, note: Note) -> _Told:
        text = both(note.phrase) if note.phrase else _as_typed(note.text)
        fields = [
            *self._of_incident(note.incident),
            _said("note.kind", Label("方式", "By"), note.kind.label),
            _said("note.sender", _WHO, note.sender),
            *([_said("note.receiver", Label("给", "To"), note.receiver)] if note.receiver else []),
            _said("note.text", _TEXT, text, editable=note.phrase is None),
        ]
        return _Told([*([self.code(note.incident), _DOT] if note.incident else []), text], fields, note.incident)

    def _status(self, operation: ReportStatus) -> _Told:
        assignment = self.state.assignments.get(operation.assignment)
        incident = assignment.incident if assignment else None
        who = self.sent(assignment) if assignment else operation.who
        fields = [
            *self._of_incident(incident),
            _said("assignment", Label("力量", "Unit"), who),
            _choice("status", Label("状态", "Status"), operation.status),
            _at("occurred_at", operation.occurred_at),
            *_text("text", _TEXT, operation.text),
        ]
        about = [*([self.code(incident), _DOT] if incident else []), who, operation.status.label]
        return _Told(about, fields, incident)

    def _alarm(self, operation: RaiseAlarm | FollowAlarm | FilterAlarm | ConfirmAlarm) -> _Told:
        match operation:
            case RaiseAlarm(alarm):
                fields = [
                    _said("alarm.title", _TITLE, alarm.title, editable=True),
                    _said("alarm.place", _PLACE, alarm.place, editable=True),
                    _choice("alarm.level", _LEVEL, alarm.level),
                    _said("alarm.value", _VALUE, f"{alarm.value:g} {alarm.measure}".strip()),
                    _at("alarm.raised_at", alarm.raised_at),
                ]
                return _Told([alarm.title], fields)
            case FollowAlarm():
                named = _said("alarm", _ALARM, operation.title)
                value = _said("value", _VALUE, f"{operation.value:g}")
                return _Told([operation.title], [named, _choice("level", _LEVEL, operation.level), value])
            case FilterAlarm(id, reason, text):
                named = _said("alarm", _ALARM, self.alarm(id))
                chosen = _choice("reason", Label("原因", "Reason"), reason)
                return _Told([self.alarm(id)], [named, chosen, _said("text", _TEXT, text, editable=True)])
            case ConfirmAlarm(id, incident):
                opened = self._opened(incident)
                opened.fields.insert(0, _said("alarm", _ALARM, self.alarm(id)))
                return opened

    def _opened(self, incident: Incident) -> _Told:
        fields = [
            _said("incident.title", _TITLE, incident.title, editable=True),
            _said("incident.place", _PLACE, incident.place, editable=True),
            _choice("incident.level", _LEVEL, incident.level),
            _at("incident.opened_at", incident.opened_at),
        ]
        return _Told([_as_typed(incident.code), _DOT, incident.title], fields, incident.id)

    def _task(self, id: str, done: bool) -> _Told:
        task = self.state.tasks.get(id)
        named = task.text if task else _short(id)
        state = Label("完成", "Done") if done else Label("未完成", "Not done")
        fields = [_said("task", Label("任务", "Task"), named), _said("done", Label("状态", "Status"), state)]
        incident = task.incident if task else None
        return _Told([named], [*self._of_incident(incident), *fields], incident)

    def _settled(self, id: str, take: Side) -> _Told:
        conflict = self.state.conflicts.get(id)
        if conflict is None:
            return _Told([], [_said("conflict", Label("分歧", "Conflict"), _short(id))])
        sides = {"kept": told(conflict.kept.value), "other": told(conflict.other.value)}
        chosen = InboxField("take", Label("取", "Take"), sides[take], True, tuple(sides.items()), take)
        subject = conflict.subject.label
        fields = [*self._of_incident(conflict.incident), _said("conflict", Label("分歧", "Conflict"), subject), chosen]
        return _Told([self.code(conflict.incident), _DOT, subject], fields, conflict.incident)

    def _readings(self, readings: Sequence[Reading]) -> _Told:
        fields = []
        for at, reading in enumerate(readings):
            indicator = self.pack.indicators.get(reading.indicator)
            name = indicator.name if indicator else _short(reading.indicator)
            measure = indicator.measure if indicator else ""
            said = f"{_clock(reading.at)}  {reading.value:g} {measure}".strip()
            fields.append(_said(f"readings.{at}", name, said))
        return _Told([Label(f"{len(readings)} 个", f"{len(readings)}")], fields)


def _said(key: str, name: Label, value: Label | str, *, editable: bool = False) -> InboxField:
    return InboxField(key, name, value, editable)


def _choice(key: str, name: Label, value: Labelled) -> InboxField:
    """One of its kind; another of them may be chosen."""
    choices = tuple((each.value, each.label) for each in type(value))
    return InboxField(key, name, value.label, True, choices, value.value)


def _text(key: str, name: Label, text: Label | None) -> list[InboxField]:
    """A text that may not be there."""
    return [_said(key, name, text, editable=True)] if text is not None else []


def _at(key: str, at: datetime, name: Label = _TIME) -> InboxField:
    return _said(key, name, _clock(at))


def _clock(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"


def _as_typed(text: str) -> Label:
    return Label(text, text)


def _short(id: str) -> Label:
    """What has no name here: the end of its id, which is what differs."""
    return _as_typed(f"…{id[-6:]}")


def _joined(between: str, *labels: Label) -> Label:
    return Label(between.join(each.zh for each in labels), between.join(each.en for each in labels))


def _listed(labels: Iterable[Label]) -> Label:
    labels = list(labels)
    return Label("、".join(each.zh for each in labels), ", ".join(each.en for each in labels))


def _named(phrase: Phrase) -> Phrase:
    """The platform names operations by their codes; here they have a name."""
    return Phrase(phrase.code, {key: TITLES.get(str(value), value) for key, value in phrase.args.items()})


def _plainly(value: object, key: str = "") -> Iterable[InboxField]:
    """Every leaf of arguments that this desk cannot read any more."""
    match value:
        case {"zh": str(zh), "en": str(en)}:
            yield _said(key, _as_typed(key), Label(zh, en))
        case dict() | list():
            parts = value.items() if isinstance(value, dict) else enumerate(value)
            for name, part in parts:
                yield from _plainly(part, f"{key}.{name}" if key else str(name))
        case None:
            return
        case _:
            yield _said(key, _as_typed(key), str(value))
