"""What was refused, in words: every operation there is, whole, with names for ids, and corrected in its place."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from console.desk.refusals import TITLES, corrected, inbox_row
from console.desk.state import State
from console.domain.alarm import FilterReason
from console.domain.answering import DismissCall, JoinCall, RingCall, TakeCall
from console.domain.assignment import Assignment, Status
from console.domain.attachment import Attachment
from console.domain.camera import Camera
from console.domain.catalogue import PutCameras, RemoveCameras
from console.domain.conflict import By, Casualties, CasualtyReport, Claim, Conflict, Location, Subject
from console.domain.duplicates import MergeIncidents, UnmergeIncident
from console.domain.duty import Limit, Matter
from console.domain.holding import AnswerRequest, AskRequest
from console.domain.incident import Incident, Stage, Task
from console.domain.incoming import IncomingCall
from console.domain.indicator import Reading
from console.domain.level import Level
from console.domain.levels import Escalate, Transfer
from console.domain.listing import PutLists
from console.domain.lists import Listed
from console.domain.log import Kind, Note
from console.domain.merging import AttachFile, Edit, EditIncident, ReportCasualties, SettleConflict
from console.domain.moving import MoveIncident, RestoreAlarm, RetractStatus, UndoMove
from console.domain.operation import (
    AddReadings,
    ConfirmAlarm,
    Dispatch,
    FilterAlarm,
    FollowAlarm,
    OpenIncident,
    Operation,
    Order,
    RaiseAlarm,
    ReportStatus,
    TickTask,
    WriteNote,
)
from console.domain.operations import OPERATIONS
from console.domain.phrases import say
from console.domain.place import Point
from console.domain.reporting import ReportSituation
from console.domain.request import Request, RequestKind
from console.domain.situation import ReportKind, SituationReport
from console.domain.stages import Move
from console.domain.words import Label, Lang, Phrase
from console.store.codec import decode, encode
from console.sync.inbox import Refusal
from tests.support_pack import HERE, START, actor, alarm, assignment, call, incident, make_pack, task
from widgets.inbox_view import InboxRow

I: Incident = incident(34)  # noqa: E741
A = alarm()
S: Assignment = assignment(I)
JOB: Task = task(I)
C: IncomingCall = call()
BY: By = actor().by
EDIT = Edit("e1", Subject.TITLE, I.title, Label("东桥断了", "东桥断了"))
MOVED = Edit("e2", Subject.LOCATION, Location(I.place, HERE), Location(Label("西桥", "West bridge"), HERE))
GRAVER = Edit("e3", Subject.LEVEL, Level.YELLOW, Level.RED)
DISPUTE = Conflict("c1", I.id, Subject.LEVEL, Claim(Level.YELLOW, BY), Claim(Level.RED, BY))
J: Incident = incident(36)
HOLD = Request("q1", I.id, RequestKind.HOLD, "等备件", BY, START)
MATTER = Matter("m", Label("内涝", "Flood"), Level.YELLOW, (Stage.REPORTED, Stage.CLOSED))
SAID = {"time": "8 时", "cause": "降雨"}
TOLD = SituationReport("r1", I.id, ReportKind.FIRST, Label("市局", "City"), SAID, START, BY)
COUNT = CasualtyReport("r1", I.id, Casualties(1, 2, 0, 0), START, BY)
FILE = Attachment("f1", I.id, "a" * 64, "桥.jpg", "image/jpeg", 2_345_000, BY)

CAMERA = Camera("cam-7f3a91", Label("东桥", "East bridge"), "road", Point(104.0, 30.6), "rtsp://10.0.0.1/main")
OPERATIONS_THERE_ARE: list[tuple[Operation, str, str]] = [
    (RaiseAlarm(A), "告警 水位高", "Alarm River high"),
    (FollowAlarm(A.id, Level.RED, 4.1, A.title), "告警变化 水位高", "Alarm changed River high"),
    (ConfirmAlarm(A.id, I), "确认告警 I34 · 东桥积水", "Confirm alarm I34 · Water at East bridge"),
    (FilterAlarm(A.id, FilterReason.WORKS, "修桥"), "过滤告警 水位高", "Filter alarm River high"),
    (
        OpenIncident(I, Label("居民", "Resident"), Label("桥上有水", "Water")),
        "接报 I34 · 东桥积水",
        "Call taken I34 · Water at East bridge",
    ),
    (RingCall(C), "来电 12345 · 桥上有水", "Call 12345 hotline · Water on the bridge"),
    (TakeCall(C, I), "接来电 I34 · 东桥积水", "Call taken I34 · Water at East bridge"),
    (JoinCall(C, I.id), "来电并入 I34", "Call added I34"),
    (DismissCall(C, "问路"), "来电不处理 居民", "Call dismissed Resident"),
    (
        Dispatch(
            I.id,
            "fire",
            Label("消防", "Fire brigade"),
            START,
            (S,),
            (JOB,),
            (Order(Label("消防", "Fire"), Label("去", "Go")),),
        ),
        "派单 I34 · 1 个力量",
        "Dispatch I34 · 1 unit",
    ),
    (
        ReportStatus(S.id, Status.ON_SCENE, START, Label("谁", "Who"), text=Label("到了", "Here")),
        "改状态 I34 · 消防一号 到场",
        "Status I34 · Engine 1 On scene",
    ),
    (TickTask(JOB.id, True), "任务 拉警戒线", "Task Put up the cordon"),
    (MoveIncident(I.id, Move.CHECK, Stage.REPORTED_BACK), "核查 I34", "Check I34"),
    (MoveIncident(I.id, Move.CLOSE), "结案 I34", "Close I34"),
    (
        WriteNote(Note(Kind.NOTE, Label("张三", "Zhang San"), text="桥面积水", incident=I.id)),
        "记一条 I34 · 桥面积水",
        "Note I34 · 桥面积水",
    ),
    (AddReadings((Reading("river", START, 3.21),)), "读数 1 个", "Readings 1"),
    (EditIncident(I.id, (EDIT, MOVED, GRAVER)), "修改 I34 · 标题、地点、等级", "Edit I34 · Title, Location, Level"),
    (
        ReportCasualties(COUNT),
        "报伤亡 I34 亡 1 伤 2 失联 0 被困 0",
        "Casualties I34 1 dead, 2 injured, 0 missing, 0 trapped",
    ),
    (SettleConflict("c1", "other"), "裁定 I34 · 等级", "Decide I34 · Level"),
    (AttachFile(FILE), "附件 I34 桥.jpg", "File I34 桥.jpg"),
    (MoveIncident(I.id, Move.RETURN, reason="地址不清"), "退回 I34", "Return I34"),
    (MoveIncident(I.id, Move.EVALUATE, score=4), "评价 I34", "Evaluate I34"),
    (MoveIncident(I.id, Move.REWORK, Stage.REPORTED_BACK, "不合格", assignments=(S,)), "返工 I34", "Rework I34"),
    (UndoMove(I.id, START), "撤销 I34", "Undo I34"),
    (
        RetractStatus(S.id, Status.ON_SCENE, START, START, Label("谁", "Who")),
        "撤销状态 I34 · 消防一号 到场",
        "Undo status I34 · Engine 1 On scene",
    ),
    (RestoreAlarm(A.id), "恢复告警 水位高", "Restore alarm River high"),
    (AskRequest(HOLD), "申请 I34 · 挂账", "Request I34 · Hold"),
    (AnswerRequest(HOLD.id, False, "不同意", START), "审批 I34 · 挂账 不批准", "Answer I34 · Hold Refused"),
    (MergeIncidents(I.id, J.id), "合并 I34 → I36", "Merge I34 → I36"),
    (UnmergeIncident(I.id), "拆开 I34", "Unmerge I34"),
    (
        Transfer(S.id, replace(S, id="s2"), Label("东村", "Dong village"), "路近"),
        "转派 I34 · 东村",
        "Transfer I34 · Dong village",
    ),
    (
        Escalate(I.id, "handle:x", Limit.HANDLE.label, S, Label("应急办", "Emergency office")),
        "升级 I34 · 处置",
        "Escalate I34 · Handle",
    ),
    (ReportSituation(TOLD), "信息报告 I34 · 首报", "Report I34 · First report"),
    (PutLists((Listed("x#matter:m", "x", MATTER), Listed("x#duty:m", "x", None))), "改清单 2 行", "Lists 2 lines"),
    (PutCameras((CAMERA,)), "改视频 1 路", "Cameras 1"),
    (RemoveCameras((CAMERA.id,)), "删视频 1 路", "Cameras removed 1"),
]


def refusal(operation: Operation, phrase: Phrase | None = None) -> Refusal:
    args: dict[str, Any] = json.loads(encode(operation))
    return Refusal("o1", operation.NAME, args, "u1", START, phrase or Phrase("not_allowed", {"name": operation.NAME}))


def known() -> State:
    state = State()
    state.take((I, J, A, C, S, JOB, DISPUTE, HOLD))
    return state


def row(operation: Operation, state: State | None = None) -> InboxRow:
    return inbox_row(refusal(operation), make_pack(), known() if state is None else state)


@pytest.mark.parametrize(("operation", "zh", "en"), OPERATIONS_THERE_ARE, ids=lambda value: getattr(value, "NAME", ""))
def test_every_operation_is_said_in_both_languages(operation: Operation, zh: str, en: str) -> None:
    shown = row(operation)
    assert (shown.what.zh, shown.what.en) == (zh, en)
    assert shown.fields
    ids = (I.id, A.id, C.id, S.id, JOB.id)
    told = " ".join(" ".join((field.name.zh, field.told)) for field in shown.fields)
    assert not any(id in told or id[-6:] in told for id in ids)
    assert (shown.who, shown.at) == (Label("值班员", "Duty officer"), START)


def test_every_operation_has_a_title() -> None:
    said = {operation.NAME for operation, _, _ in OPERATIONS_THERE_ARE}
    assert said == TITLES.keys() == OPERATIONS.keys() - {"lane.void"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_platforms_sentence_names_the_operation(lang: Lang) -> None:
    why = say(row(TickTask(JOB.id, True)).why, lang)
    assert "task.tick" not in why and TITLES["task.tick"].text(lang) in why


@pytest.mark.parametrize("operation", [each for each, _, _ in OPERATIONS_THERE_ARE], ids=lambda value: value.NAME)
def test_what_is_corrected_is_an_operation_again(operation: Operation) -> None:
    """Each field that may be edited goes back to where it came from, and to nowhere else."""
    sent = refusal(operation)
    for field in inbox_row(sent, make_pack(), known()).fields:
        if not field.editable:
            continue
        text = field.choices[0][0] if field.choices else "更正"
        after = decode(type(operation), json.dumps(corrected(sent.args, {field.key: text})))
        again = inbox_row(refusal(after), make_pack(), known())
        for was, now in zip(inbox_row(sent, make_pack(), known()).fields, again.fields, strict=True):
            if was.key == field.key:
                assert (now.chosen if now.choices else now.told) == text
            else:
                assert now == was
    assert json.loads(encode(operation)) == sent.args  # what is kept is as it was


def test_only_words_and_choices_may_be_corrected() -> None:
    dispatch = next(each for each, _, _ in OPERATIONS_THERE_ARE if isinstance(each, Dispatch))
    editable = [field.key for field in row(dispatch).fields if field.editable]
    assert editable == ["tasks.0.text", "orders.0.text"]
    assert [f.key for f in row(EditIncident(I.id, (EDIT, MOVED, GRAVER))).fields if f.editable] == [
        "edits.0.value",
        "edits.1.value.place",
        "edits.2.value",
    ]
    assert row(SettleConflict("c1", "other")).fields[-1].choices == (
        ("kept", Level.YELLOW.label),
        ("other", Level.RED.label),
    )


def test_what_has_left_this_desk_is_said_by_the_end_of_its_id() -> None:
    shown = row(MoveIncident(I.id, Move.CLOSE), State())
    assert shown.what.zh == f"结案 …{I.id[-6:]}" and shown.incident is None
    assert row(MoveIncident(I.id, Move.CLOSE)).incident == I.id


def test_what_cannot_be_read_is_shown_as_it_is_kept() -> None:
    strange = Refusal(
        "o1", "incident.split", {"into": {"zh": "甲", "en": "A"}, "of": ["x", 3]}, "gone", None, Phrase("inbox_done")
    )
    shown = inbox_row(strange, make_pack(), State())
    assert shown.what.zh == "incident.split" and shown.who.zh == "gone"
    assert [(f.key, f.told, f.editable) for f in shown.fields] == [
        ("into", "甲", False),
        ("of.0", "x", False),
        ("of.1", "3", False),
    ]
    assert shown.at == datetime.fromtimestamp(0, UTC)
