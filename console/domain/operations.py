"""All operations by name, what rows they are about, and who may do them."""

from collections.abc import Iterable
from typing import Any, Protocol

from console.domain.alarm import Alarm
from console.domain.answering import DismissCall, JoinCall, RingCall, TakeCall
from console.domain.area import Grant, Right, lies_in, lists_path
from console.domain.assignment import Assignment, Status
from console.domain.attachment import Attachment
from console.domain.camera import Camera
from console.domain.catalogue import PutCameras, RemoveCameras
from console.domain.conflict import CasualtyReport, Conflict
from console.domain.duplicates import MergeIncidents, UnmergeIncident
from console.domain.errors import Refused
from console.domain.holding import AnswerRequest, AskRequest
from console.domain.incident import Incident, Task
from console.domain.incoming import IncomingCall
from console.domain.levels import Escalate, Transfer
from console.domain.listing import PutLists
from console.domain.lists import Listed
from console.domain.log import Entry
from console.domain.merging import AttachFile, EditIncident, ReportCasualties, SettleConflict
from console.domain.moving import MoveIncident, RestoreAlarm, RetractStatus, UndoMove
from console.domain.operation import (
    Actor,
    AddReadings,
    ConfirmAlarm,
    Dispatch,
    FilterAlarm,
    FollowAlarm,
    LeaveOut,
    OpenIncident,
    Operation,
    RaiseAlarm,
    Reader,
    ReportStatus,
    Row,
    TickTask,
    WriteNote,
)
from console.domain.reporting import ReportSituation
from console.domain.request import Request
from console.domain.situation import SituationReport
from console.domain.words import Label, Phrase

VERSION = 3  # of the arguments of operations and of the rows in the feed
OLDEST = max(1, VERSION - 2)  # that a platform still takes

OPERATIONS: dict[str, type[Operation]] = {
    kind.NAME: kind
    for kind in (
        RaiseAlarm,
        FollowAlarm,
        ConfirmAlarm,
        FilterAlarm,
        OpenIncident,
        RingCall,
        TakeCall,
        JoinCall,
        DismissCall,
        Dispatch,
        ReportStatus,
        TickTask,
        MoveIncident,
        UndoMove,
        RetractStatus,
        RestoreAlarm,
        WriteNote,
        AddReadings,
        EditIncident,
        ReportCasualties,
        SettleConflict,
        AttachFile,
        AskRequest,
        AnswerRequest,
        MergeIncidents,
        UnmergeIncident,
        Transfer,
        Escalate,
        ReportSituation,
        PutLists,
        PutCameras,
        RemoveCameras,
        LeaveOut,
    )
}

TITLES: dict[str, Label] = {
    RaiseAlarm.NAME: Label("告警", "Alarm"),
    FollowAlarm.NAME: Label("告警变化", "Alarm changed"),
    ConfirmAlarm.NAME: Label("确认告警", "Confirm alarm"),
    FilterAlarm.NAME: Label("过滤告警", "Filter alarm"),
    OpenIncident.NAME: Label("接报", "Call taken"),
    RingCall.NAME: Label("来电", "Call"),
    TakeCall.NAME: Label("接来电", "Call taken"),
    JoinCall.NAME: Label("来电并入", "Call added"),
    DismissCall.NAME: Label("来电不处理", "Call dismissed"),
    Dispatch.NAME: Label("派单", "Dispatch"),
    ReportStatus.NAME: Label("改状态", "Status"),
    TickTask.NAME: Label("任务", "Task"),
    MoveIncident.NAME: Label("办理", "Move on"),
    UndoMove.NAME: Label("撤销", "Undo"),
    RetractStatus.NAME: Label("撤销状态", "Undo status"),
    RestoreAlarm.NAME: Label("恢复告警", "Restore alarm"),
    WriteNote.NAME: Label("记一条", "Note"),
    AddReadings.NAME: Label("读数", "Readings"),
    EditIncident.NAME: Label("修改", "Edit"),
    ReportCasualties.NAME: Label("报伤亡", "Casualties"),
    SettleConflict.NAME: Label("裁定", "Decide"),
    AttachFile.NAME: Label("附件", "File"),
    AskRequest.NAME: Label("申请", "Request"),
    AnswerRequest.NAME: Label("审批", "Answer"),
    MergeIncidents.NAME: Label("合并", "Merge"),
    UnmergeIncident.NAME: Label("拆开", "Unmerge"),
    Transfer.NAME: Label("转派", "Transfer"),
    Escalate.NAME: Label("升级", "Escalate"),
    ReportSituation.NAME: Label("信息报告", "Report"),
    PutLists.NAME: Label("改清单", "Lists"),
    PutCameras.NAME: Label("改视频", "Cameras"),
    RemoveCameras.NAME: Label("删视频", "Cameras removed"),
}


class Lookup(Reader, Protocol):
    def get(self, kind: type[Any], id: str) -> Any:
        """A row, or None."""
        ...


def upgrade(name: str, args: dict[str, Any], actor: dict[str, Any], version: int, areas: Iterable[str]) -> str:
    """Bring an operation of an older version up to this one, in place; answers what it is called now.

    `areas` are the paths there are: the first version named a town by its id alone.
    """
    if version < 2:
        paths = {path.rpartition("/")[2]: path for path in areas}
        for holder in (actor, args.get("incident"), args.get("alarm")):
            if isinstance(holder, dict) and "town" in holder:
                town = holder.pop("town")
                holder["area"] = paths.get(town, town)
    if version < 3 and name in ("incident.check", "incident.close"):
        args["move"] = name.rpartition(".")[2]
        return MoveIncident.NAME
    return name


def about(operation: Operation, read: Lookup) -> frozenset[str]:
    """The keys of the rows an operation reads or writes: ids of incidents and alarms, "unit:..." of units,
    "number:..." of incidents' numbers and "camera:..." of cameras.

    Two operations without a common key cannot disturb each other.
    """
    match operation:
        case RaiseAlarm(alarm):
            return frozenset({alarm.id})
        case FollowAlarm(alarm=id) | FilterAlarm(alarm=id) | RestoreAlarm(alarm=id):
            alarm = read.get(Alarm, id)
            return frozenset({id, alarm.incident} if alarm and alarm.incident else {id})
        case ConfirmAlarm(id, incident):
            return frozenset({id, incident.id, number_key(incident)})
        case OpenIncident(incident):
            return frozenset({incident.id, number_key(incident)})
        case RingCall(call):
            return frozenset({call.id})
        case TakeCall(call, incident):
            return frozenset({call.id, incident.id, number_key(incident)})
        case JoinCall(call, into):
            return frozenset({call.id, into})
        case DismissCall(call):
            return frozenset({call.id})
        case Dispatch():
            units = {f"unit:{a.unit}" for a in operation.assignments if a.unit}
            return frozenset({operation.incident, *units})
        case MoveIncident(incident=id):
            units = {f"unit:{a.unit}" for a in operation.assignments if a.unit}
            return frozenset({id, *units, *(merged.id for merged in read.merged_into(id))})
        case UndoMove(incident=id):
            incident = read.get(Incident, id)
            made = incident.last.assignments if incident and incident.last else ()
            return frozenset({id}).union(*(_keys_of(read.get(Assignment, one), one) for one in made))
        case EditIncident(incident=id) | Escalate(incident=id):
            return frozenset({id})
        case UnmergeIncident(id):
            return _keys_of(read.get(Incident, id), id) | {id}
        case MergeIncidents(id, into):
            return frozenset({id, into})
        case ReportStatus(id) | RetractStatus(id):
            return _keys_of(read.get(Assignment, id), id)
        case Transfer(id, to):
            return _keys_of(read.get(Assignment, id), id) | keys(to)
        case AnswerRequest(id):
            return _keys_of(read.get(Request, id), id)
        case TickTask(id):
            return _keys_of(read.get(Task, id), id)
        case SettleConflict(id):
            return _keys_of(read.get(Conflict, id), id)
        case ReportCasualties(row) | AttachFile(row) | AskRequest(row) | ReportSituation(row):
            return frozenset({row.incident})
        case PutLists(lines):
            return frozenset().union(*map(keys, lines))
        case PutCameras(cameras):
            return frozenset(camera_key(camera.id) for camera in cameras)
        case RemoveCameras(ids):
            return frozenset(map(camera_key, ids))
    return frozenset()


def number_key(incident: Incident) -> str:
    return f"number:{incident.area}:{incident.number}"


def camera_key(id: str) -> str:
    return f"camera:{id}"


def list_key(id: str) -> str:
    return f"list:{id}"


def _keys_of(row: Row | None, id: str) -> frozenset[str]:
    return frozenset({id}) if row is None else keys(row)


def keys(row: Row | Entry) -> frozenset[str]:
    """The keys that a row belongs to; nothing is decided on readings and log entries."""
    match row:
        case Alarm() | IncomingCall():
            return frozenset({row.id})
        case Incident():
            own = {row.id, number_key(row)}
            return frozenset({*own, row.merged_into} if row.merged_into else own)
        case Assignment():
            return frozenset({row.incident, f"unit:{row.unit}"} if row.unit else {row.incident})
        case Conflict():
            return frozenset({row.incident, row.also} if row.also else {row.incident})
        case Task() | CasualtyReport() | Attachment() | Request() | SituationReport():
            return frozenset({row.incident})
        case Camera():
            return frozenset({camera_key(row.id)})
        case Listed():
            return frozenset({list_key(row.id)})
    return frozenset()


def buckets(row: Row | Entry, read: Lookup, default: str) -> frozenset[str]:
    """The paths at which a row is seen: its area, and for what belongs to an incident also the agencies sent to it.

    `default` is for rows that have no place of their own: the area of whoever brought them.
    """
    match row:
        case Alarm() | Camera() | IncomingCall():
            return frozenset({row.area or default})
        case Listed():
            return frozenset({lists_path(row.area)})
        case Incident():
            return _incident_buckets(row, read)
        case Assignment() | Task() | CasualtyReport() | Attachment() | Request() | SituationReport():
            ids: tuple[str | None, ...] = (row.incident,)
        case Conflict():
            ids = (row.incident, row.also)
        case Entry():
            ids = (row.note.incident,)
            default = row.area or default
        case _:
            return frozenset({default})
    found: frozenset[str] = frozenset()
    for id in ids:
        incident = read.get(Incident, id) if id else None
        if incident is not None:
            found |= _incident_buckets(incident, read)
    return found or frozenset({default})


def _incident_buckets(incident: Incident, read: Reader) -> frozenset[str]:
    sent = (a.scope for a in read.assignments_of(incident.id))
    return frozenset({incident.area, *(scope for scope in sent if scope)})


def check_right(grants: Iterable[Grant], operation: Operation, read: Lookup, actor: Actor) -> None:
    """Returns when these grants allow the operation; raises `Refused` otherwise.

    Whoever commands an area does everything in it. Whoever commands or responds at an agency that was sent to an
    incident reports its own work there; commanding, it also sends more of its own units. Work is taken from one
    agency only to be given to another that one commands, and is recalled only by who commands it.
    """
    grants = [grant for grant in grants if grant.right in (Right.RESPOND, Right.COMMAND)]
    commands = [grant.at for grant in grants if grant.right is Right.COMMAND]
    responds = [grant.at for grant in grants]

    def under(path: str, scopes: list[str]) -> bool:
        return any(lies_in(path, scope) for scope in scopes)

    def rung_at(call: IncomingCall) -> str:
        """Where it rang, whatever is written down of that now."""
        known = read.call(call.id)
        return known.area if known is not None else call.area

    ok = under(actor.area, responds)
    match operation:
        case RaiseAlarm(alarm):
            ok = ok and under(alarm.area, commands)
        case FollowAlarm(alarm=id) | FilterAlarm(alarm=id) | RestoreAlarm(alarm=id):
            ok = ok and under(read.alarm(id).area, commands)
        case ConfirmAlarm(id, incident):
            ok = ok and under(read.alarm(id).area, commands) and under(incident.area, commands)
        case OpenIncident(incident):
            ok = ok and under(incident.area, commands)
        case RingCall(call):
            ok = ok and under(call.area, responds)
        case TakeCall(call, incident):
            ok = ok and under(rung_at(call), commands) and under(incident.area, commands)
        case JoinCall(call, into):
            ok = ok and under(rung_at(call), commands) and _sees(read, into, commands)
        case DismissCall(call):
            ok = ok and under(rung_at(call), commands)
        case AddReadings():
            ok = under(actor.area, commands)
        case PutCameras(cameras):
            there = [read.get(Camera, camera.id) for camera in cameras]
            ok = all(under(camera.area, commands) for camera in (*cameras, *there) if camera is not None)
        case PutLists(lines):
            ok = ok and all(under(line.area, commands) for line in lines)
        case RemoveCameras(ids):
            there = [read.get(Camera, id) for id in ids]
            ok = all(under(camera.area, commands) for camera in there if camera is not None)
        case WriteNote(note):
            ok = ok and (note.incident is None or _sees(read, note.incident, responds))
        case ReportCasualties(row) | AttachFile(row) | AskRequest(row):
            ok = ok and _sees(read, row.incident, responds)
        case ReportSituation(row):
            ok = ok and _sees(read, row.incident, commands)
        case ReportStatus(id) | RetractStatus(id):
            assignment = read.assignment(id)
            mine_at = commands if operation.status is Status.RECALLED else responds
            ok = under(read.incident(assignment.incident).area, commands) or under(assignment.scope, mine_at)
        case TickTask(id):
            task = read.task(id)
            mine = {a.agency for a in read.assignments_of(task.incident) if under(a.scope, responds)}
            ok = under(read.incident(task.incident).area, commands) or task.agency in mine
        case Dispatch():
            own = all(under(a.scope, commands) for a in operation.assignments)
            joined = own and _sees(read, operation.incident, commands)
            ok = under(read.incident(operation.incident).area, commands) or joined
        case SettleConflict(id):
            ok = ok and under(read.incident(read.conflict(id).incident).area, commands)
        case AnswerRequest(id):
            ok = ok and under(read.incident(read.request(id).incident).area, commands)
        case MergeIncidents(id, into):
            ok = ok and all(under(read.incident(one).area, commands) for one in (id, into))
        case Transfer(id, to):
            taken_at = read.incident(read.assignment(id).incident).area
            ok = ok and under(taken_at, commands) and under(to.scope, commands)
        case (
            MoveIncident(incident=id)
            | UndoMove(incident=id)
            | EditIncident(incident=id)
            | UnmergeIncident(incident=id)
            | Escalate(incident=id)
        ):
            ok = ok and under(read.incident(id).area, commands)
    if not ok:
        raise Refused(Phrase("not_allowed", {"name": operation.NAME}))


def brought(operation: Operation) -> list[tuple[type, str]]:
    """The rows that an operation brings, which are to be new: by kind and id."""
    rows: tuple[Row, ...] = ()
    match operation:
        case RaiseAlarm(alarm):
            rows = (alarm,)
        case RingCall(call):
            rows = (call,)
        case ConfirmAlarm(incident=incident):
            return [(Incident, incident.id), (Attachment, incident.id)]
        case OpenIncident(incident):
            rows = (incident,)
        case TakeCall():
            rows = (operation.incident, *_counted(operation))
        case JoinCall():
            rows = _counted(operation)
        case Dispatch():
            rows = (*operation.assignments, *operation.tasks)
        case ReportCasualties(row) | AttachFile(row) | AskRequest(row) | ReportSituation(row):
            rows = (row,)
        case MoveIncident():
            rows = operation.assignments
        case Transfer() | Escalate():
            rows = (operation.to,)
        case EditIncident():
            return [(Conflict, edit.id) for edit in operation.edits]
    return [(type(row), row.id) for row in rows]


def _counted(operation: TakeCall | JoinCall) -> tuple[Row, ...]:
    return (operation.count.report,) if operation.count else ()


def check_new(operation: Operation, read: Lookup) -> None:
    """Returns when the rows that an operation brings are new, and of its own incident; raises `Refused` otherwise.

    Their ids come with it: one that is another row's would put that out of the way.
    """
    ids = brought(operation)
    match operation:
        case Dispatch():
            came_from = [read.assignment(a.origin) for a in operation.assignments if a.origin]
            rows = [*operation.assignments, *operation.tasks, *came_from]
            _of_its_own(operation, operation.incident, rows)
        case MoveIncident():
            _of_its_own(operation, operation.incident, operation.assignments)
        case TakeCall():
            _of_its_own(operation, operation.incident.id, _counted(operation))
        case JoinCall():
            _of_its_own(operation, operation.incident, _counted(operation))
        case Transfer():
            _of_its_own(operation, read.assignment(operation.assignment).incident, [operation.to])
        case Escalate():
            _of_its_own(operation, operation.incident, [operation.to])
            if operation.timer in read.incident(operation.incident).escalated:
                return  # it was, and its assignment is not made again
    for at, (kind, id) in enumerate(ids):
        if read.get(kind, id) is not None or (len(set(ids)) < len(ids) and (kind, id) in ids[:at]):
            raise Refused(Phrase("id_taken", {"name": operation.NAME, "id": id}))


def _of_its_own(operation: Operation, incident: str, rows: Iterable[Any]) -> None:
    if any(row.incident != incident for row in rows):
        raise Refused(Phrase("not_allowed", {"name": operation.NAME}))


def _sees(read: Lookup, incident: str, scopes: list[str]) -> bool:
    return any(lies_in(path, scope) for path in _incident_buckets(read.incident(incident), read) for scope in scopes)
