"""What the platform did not take, in words: an operation and its arguments as a row of the inbox.

A field's key is its place in the arguments as they are kept ("orders.0.text"), so that what was corrected goes
back where it was. Ids are said by the names of what they mean.
"""

import copy
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from console.desk.refusals_loop import LoopWords
from console.desk.state import State
from console.desk.told import (
    ALARM,
    CAMERA,
    DOT,
    INCIDENT,
    INTO,
    LEVEL,
    PLACE,
    REASON,
    TEXT,
    TITLE,
    TO,
    VALUE,
    WHO,
    Told,
    as_typed,
    choice,
    clock,
    field,
    joined,
    listed,
    moment,
    short,
    typed,
)
from console.domain.answering import DismissCall, JoinCall, RingCall, TakeCall, why
from console.domain.catalogue import PutCameras, RemoveCameras
from console.domain.conflict import Location, Side
from console.domain.duplicates import MergeIncidents, UnmergeIncident
from console.domain.holding import AnswerRequest, AskRequest
from console.domain.incident import Incident
from console.domain.indicator import Reading
from console.domain.level import Level
from console.domain.levels import Escalate, Transfer
from console.domain.listing import PutLists
from console.domain.log import Note
from console.domain.merging import AttachFile, EditIncident, ReportCasualties, SettleConflict, told
from console.domain.moving import MoveIncident, RestoreAlarm, RetractStatus, UndoMove
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
from console.domain.reporting import ReportSituation
from console.domain.words import Label, Phrase
from console.store.codec import ValidationError, decode
from console.sync.inbox import Refusal
from widgets.attachment_list import size_word
from widgets.inbox_view import InboxField, InboxRow


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
    title = operation.move.label if isinstance(operation, MoveIncident) else row.what
    return replace(row, what=joined(" ", title, *words.about), fields=tuple(words.fields), incident=known)


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


class _Words(LoopWords):
    """Says operations by the names that the desk knows."""

    def of(self, operation: Operation) -> Told:
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
                opened.fields += [field("caller", WHO, caller), *typed("text", TEXT, text)]
                return opened
            case RingCall(call):
                return Told([call.channel.label, DOT, call.text], self.call(call))
            case TakeCall(call, incident):
                opened = self._opened(incident)
                opened.fields += self.call(call)
                return opened
            case JoinCall(call, into):
                return Told([self.code(into)], [*self.of_incident(into), *self.call(call)], into)
            case DismissCall(call, reason):
                because = field("reason", REASON, why(reason), editable=True)
                return Told([call.caller or call.channel.label], [*self.call(call), because])
            case AddReadings(readings):
                return self._readings(readings)
            case PutCameras(cameras):
                changed = [field(f"cameras.{at}", CAMERA, one.name) for at, one in enumerate(cameras)]
                return Told([Label(f"{len(cameras)} 路", f"{len(cameras)}")], changed)
            case RemoveCameras(ids):
                left = [self.pack.cameras.get(id) for id in ids]
                names = [one.name if one else short(id) for id, one in zip(ids, left, strict=True)]
                gone = [field(f"ids.{at}", CAMERA, name) for at, name in enumerate(names)]
                return Told([Label(f"{len(ids)} 路", f"{len(ids)}")], gone)
            case TickTask(id, done):
                return self._task(id, done)
            case MoveIncident():
                return self.move(operation)
            case UndoMove(id, at):
                return Told([self.code(id)], [*self.of_incident(id), moment("moved_at", at)], id)
            case RetractStatus():
                return self.retract(operation)
            case RestoreAlarm(id):
                return Told([self.alarm(id)], [field("alarm", ALARM, self.alarm(id))])
            case AskRequest(request):
                return self.asked(request)
            case AnswerRequest():
                return self.answered(operation)
            case MergeIncidents(id, into):
                both_of = [field("incident", INCIDENT, self.incident(id)), field("into", INTO, self.incident(into))]
                return Told([self.code(id), Label("→", "→"), self.code(into)], both_of, into)
            case UnmergeIncident(id):
                return Told([self.code(id)], self.of_incident(id), id)
            case Transfer():
                return self.transfer(operation)
            case Escalate(id, _, what, _, name):
                limit = field("what", Label("时限", "Limit"), what)
                told_to = field("to_name", TO, name)
                return Told([self.code(id), DOT, what], [*self.of_incident(id), limit, told_to], id)
            case ReportSituation(report):
                return self.reported(report)
            case PutLists(lines):
                return self.lists(lines)
            case ReportCasualties(report):
                count = told(report.count)
                said = [
                    field("report.count", Label("人数", "Count"), count),
                    moment("report.occurred_at", report.occurred_at),
                ]
                return Told(
                    [self.code(report.incident), count], [*self.of_incident(report.incident), *said], report.incident
                )
            case SettleConflict(id, take):
                return self._settled(id, take)
            case AttachFile(file):
                named = field("attachment.name", Label("文件", "File"), file.name, editable=True)
                size = field("attachment.size", Label("大小", "Size"), size_word(file.size))
                about = [self.code(file.incident), as_typed(file.name)]
                return Told(about, [*self.of_incident(file.incident), named, size], file.incident)
        return Told([], [])

    # -- operations

    def _dispatch(self, operation: Dispatch) -> Told:
        units = [self.sent(assignment) for assignment in operation.assignments]
        count = Label(f"{len(units)} 个力量", f"{len(units)} unit{'' if len(units) == 1 else 's'}")
        fields = [
            *self.of_incident(operation.incident),
            field("lead", Label("主办", "Lead"), operation.lead_name),
            field("assignments", Label("力量", "Units"), listed(units)),
        ]
        if operation.due_at is not None:
            fields.append(moment("due_at", operation.due_at, Label("处置时限", "Limit")))
        for at, task in enumerate(operation.tasks):
            fields.append(
                field(f"tasks.{at}.text", Label(f"任务 {at + 1}", f"Task {at + 1}"), task.text, editable=True)
            )
        for at, order in enumerate(operation.orders):
            name = joined(" ", Label("给", "To"), order.receiver)
            fields.append(field(f"orders.{at}.text", name, order.text, editable=True))
        return Told([self.code(operation.incident), DOT, count], fields, operation.incident)

    def _edit(self, operation: EditIncident) -> Told:
        fields = self.of_incident(operation.incident)
        subjects = []
        for at, edit in enumerate(operation.edits):
            subject = edit.subject.label
            subjects.append(subject)
            fields.append(field(f"edits.{at}.base", joined("", Label("原", "Old "), subject), told(edit.base)))
            match edit.value:
                case Level():
                    fields.append(choice(f"edits.{at}.value", subject, edit.value))
                case Location(place, _):
                    fields.append(field(f"edits.{at}.value.place", subject, place, editable=True))
                case value:
                    fields.append(field(f"edits.{at}.value", subject, told(value), editable=isinstance(value, Label)))
        return Told([self.code(operation.incident), DOT, listed(subjects)], fields, operation.incident)

    def _note(self, note: Note) -> Told:
        text = both(note.phrase) if note.phrase else as_typed(note.text)
        fields = [
            *self.of_incident(note.incident),
            field("note.kind", Label("方式", "By"), note.kind.label),
            field("note.sender", WHO, note.sender),
            *([field("note.receiver", Label("给", "To"), note.receiver)] if note.receiver else []),
            field("note.text", TEXT, text, editable=note.phrase is None),
        ]
        return Told([*([self.code(note.incident), DOT] if note.incident else []), text], fields, note.incident)

    def _status(self, operation: ReportStatus) -> Told:
        assignment = self.state.assignments.get(operation.assignment)
        incident = assignment.incident if assignment else None
        who = self.sent(assignment) if assignment else operation.who
        fields = [
            *self.of_incident(incident),
            field("assignment", Label("力量", "Unit"), who),
            choice("status", Label("状态", "Status"), operation.status),
            moment("occurred_at", operation.occurred_at),
            *typed("text", TEXT, operation.text),
        ]
        about = [*([self.code(incident), DOT] if incident else []), who, operation.status.label]
        return Told(about, fields, incident)

    def _alarm(self, operation: RaiseAlarm | FollowAlarm | FilterAlarm | ConfirmAlarm) -> Told:
        match operation:
            case RaiseAlarm(alarm):
                fields = [
                    field("alarm.title", TITLE, alarm.title, editable=True),
                    field("alarm.place", PLACE, alarm.place, editable=True),
                    choice("alarm.level", LEVEL, alarm.level),
                    field("alarm.value", VALUE, f"{alarm.value:g} {alarm.measure}".strip()),
                    moment("alarm.raised_at", alarm.raised_at),
                ]
                return Told([alarm.title], fields)
            case FollowAlarm():
                named = field("alarm", ALARM, operation.title)
                value = field("value", VALUE, f"{operation.value:g}")
                return Told([operation.title], [named, choice("level", LEVEL, operation.level), value])
            case FilterAlarm(id, reason, text):
                named = field("alarm", ALARM, self.alarm(id))
                chosen = choice("reason", Label("原因", "Reason"), reason)
                return Told([self.alarm(id)], [named, chosen, field("text", TEXT, text, editable=True)])
            case ConfirmAlarm(id, incident):
                opened = self._opened(incident)
                opened.fields.insert(0, field("alarm", ALARM, self.alarm(id)))
                return opened

    def _opened(self, incident: Incident) -> Told:
        fields = [
            field("incident.title", TITLE, incident.title, editable=True),
            field("incident.place", PLACE, incident.place, editable=True),
            choice("incident.level", LEVEL, incident.level),
            moment("incident.opened_at", incident.opened_at),
        ]
        return Told([as_typed(incident.code), DOT, incident.title], fields, incident.id)

    def _task(self, id: str, done: bool) -> Told:
        task = self.state.tasks.get(id)
        named = task.text if task else short(id)
        state = Label("完成", "Done") if done else Label("未完成", "Not done")
        fields = [field("task", Label("任务", "Task"), named), field("done", Label("状态", "Status"), state)]
        incident = task.incident if task else None
        return Told([named], [*self.of_incident(incident), *fields], incident)

    def _settled(self, id: str, take: Side) -> Told:
        conflict = self.state.conflicts.get(id)
        if conflict is None:
            return Told([], [field("conflict", Label("分歧", "Conflict"), short(id))])
        sides = {"kept": told(conflict.kept.value), "other": told(conflict.other.value)}
        chosen = InboxField("take", Label("取", "Take"), sides[take], True, tuple(sides.items()), take)
        subject = conflict.subject.label
        fields = [*self.of_incident(conflict.incident), field("conflict", Label("分歧", "Conflict"), subject), chosen]
        return Told([self.code(conflict.incident), DOT, subject], fields, conflict.incident)

    def _readings(self, readings: Sequence[Reading]) -> Told:
        fields = []
        for at, reading in enumerate(readings):
            indicator = self.pack.indicators.get(reading.indicator)
            name = indicator.name if indicator else short(reading.indicator)
            measure = indicator.measure if indicator else ""
            said = f"{clock(reading.at)}  {reading.value:g} {measure}".strip()
            fields.append(field(f"readings.{at}", name, said))
        return Told([Label(f"{len(readings)} 个", f"{len(readings)}")], fields)


def _named(phrase: Phrase) -> Phrase:
    """The platform names operations by their codes; here they have a name."""
    return Phrase(phrase.code, {key: TITLES.get(str(value), value) for key, value in phrase.args.items()})


def _plainly(value: object, key: str = "") -> Iterable[InboxField]:
    """Every leaf of arguments that this desk cannot read any more."""
    match value:
        case {"zh": str(zh), "en": str(en)}:
            yield field(key, as_typed(key), Label(zh, en))
        case dict() | list():
            parts = value.items() if isinstance(value, dict) else enumerate(value)
            for name, part in parts:
                yield from _plainly(part, f"{key}.{name}" if key else str(name))
        case None:
            return
        case _:
            yield field(key, as_typed(key), str(value))
