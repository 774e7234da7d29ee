"""Sample data, so that every widget can be opened alone: `python -m widgets.alarm_list`."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

from console.domain.agency import Unit, UnitState
from console.domain.alarm import Alarm, AlarmState
from console.domain.area import Tier
from console.domain.assignment import Assignment, Role, Way
from console.domain.attachment import Attachment
from console.domain.conflict import By, Casualties, Claim, Conflict, Location, Sent, Subject, Value
from console.domain.duty import CardMessage, CardTask, Need
from console.domain.duty import Limit as TimeLimit
from console.domain.incident import Incident, Stage, Task
from console.domain.indicator import Indicator, Limit
from console.domain.level import Level
from console.domain.levels import Sending
from console.domain.lists import ListKind, Origin
from console.domain.log import Entry, Kind, Note
from console.domain.looking import Jurisdiction, Look
from console.domain.place import Point
from console.domain.proposal import Candidate, Proposal
from console.domain.situation import ReportKind, SituationReport
from console.domain.timers import Timer, timers
from console.domain.whereabouts import Basis, Whereabouts
from console.domain.words import Label, Phrase
from console.domain.worktime import WorkTime
from widgets import style
from widgets.lang import show
from widgets.theme import shipped

if TYPE_CHECKING:
    from widgets.assignment_inbox import WorkRow
    from widgets.assignment_table import AssignmentRow
    from widgets.attachment_list import AttachmentRow
    from widgets.choice_picker import Choice
    from widgets.conflict_card import ConflictRow
    from widgets.inbox_view import InboxRow
    from widgets.incident_detail import IncidentDetail
    from widgets.level_part import LevelFacts
    from widgets.list_data import ListNames, ListRow
    from widgets.phone_list import PhoneRow
    from widgets.send_form import SendOffer
    from widgets.situation_form import SituationOffer
    from widgets.sparkline_board import Card
    from widgets.timer_list import TimerRow

NOW = datetime(2026, 7, 14, 14, 32, 7, tzinfo=ZoneInfo("Asia/Shanghai"))
HERE = Point(113.67, 22.94)
WAY = (
    Stage.REPORTED,
    Stage.ACCEPTED,
    Stage.DISPATCHED,
    Stage.IN_PROGRESS,
    Stage.REPORTED_BACK,
    Stage.CHECKED,
    Stage.CLOSED,
)


def before(minutes: float) -> datetime:
    """So many minutes before now."""
    return NOW - timedelta(minutes=minutes)


AGENCIES = {
    "water": Label("水务分局", "Water Bureau"),
    "fire": Label("消防大队", "Fire Brigade"),
    "traffic": Label("交警大队", "Traffic Police"),
    "grid": Label("网格中心", "Grid Centre"),
    "emergency": Label("应急办", "Emergency Office"),
    "health": Label("厚街医院", "Houjie Hospital"),
    "urban": Label("城管分局", "Urban Management"),
}


def unit(id: str, zh: str, en: str, agency: str, kind: str, able: str, code: str = "") -> Unit:
    return Unit(id, Label(zh, en), agency, kind, (able,), HERE, code)


UNITS = {
    each.id: each
    for each in (
        unit("fire1", "消防 1 车", "Fire 1", "fire", "fire_engine", "rescue", "xf1"),
        unit("fire2", "消防 2 车", "Fire 2", "fire", "fire_engine", "rescue", "xf2"),
        unit("police12", "交警 12", "Traffic 12", "traffic", "patrol_car", "close_road", "jj12"),
        unit("police07", "交警 07", "Traffic 07", "traffic", "patrol_car", "close_road", "jj7"),
        unit("grid_chen", "网格员 陈国强", "Grid officer Chen", "grid", "grid_officer", "look", "wg1"),
        unit("amb03", "救护 03", "Ambulance 03", "health", "ambulance", "medic", "jh3"),
        unit("pump1", "抢险队 1", "Pump crew 1", "water", "water_team", "pump", "qx1"),
    )
}


def alarm(
    id: str,
    zh: str,
    place: str,
    level: Level,
    minutes: float,
    value: float,
    limit: float,
    measure: str = "",
    state: AlarmState = AlarmState.UNACKNOWLEDGED,
    returned: float | None = None,
    reason: str | None = None,
) -> Alarm:
    return Alarm(
        id,
        id,
        Label(zh, f"{zh} (en)"),
        Label(place, place),
        HERE,
        level,
        state,
        before(minutes),
        value,
        limit,
        measure,
        returned_at=None if returned is None else before(returned),
        reason=reason,
    )


ALARMS = (
    alarm("a1", "水位超警戒", "立沙桥", Level.ORANGE, 2.4, 3.42, 3.04, "m"),
    alarm("a2", "鹰眼疑似烟雾", "鹰眼 07", Level.YELLOW, 6, 61, 55, "°C"),
    alarm("a3", "客流上升快", "万达广场", Level.BLUE, 11, 18420, 17000, "人"),
    alarm("a4", "pH 超限", "排口 12", Level.YELLOW, 30, 9.3, 9.0, "", AlarmState.CONFIRMED, 4),
    alarm("a5", "疑似积水", "珊美涵洞", Level.BLUE, 55, 0.12, 0.1, "m", AlarmState.FILTERED, 20, "works"),
)
NEARBY = {"a1": 4, "a2": 2, "a3": 6}


def incident(
    number: int,
    zh: str,
    en: str,
    place: str,
    level: Level,
    stage: Stage,
    opened: float,
    limit: float | None,
    source: str = "水情告警",
) -> Incident:
    return Incident(
        f"i{number}",
        number,
        "flood",
        Label(zh, en),
        Label(place, place),
        HERE,
        level,
        stage,
        WAY,
        before(opened),
        Label(source, source),
        lead="water",
        due_at=None if limit is None else before(opened) + timedelta(minutes=limit),
    )


INCIDENTS = (
    incident(34, "河道水位超警", "River above warning", "立沙桥", Level.ORANGE, Stage.IN_PROGRESS, 18.2, 30),
    incident(33, "多车相撞", "Collision", "环莞快速 K12", Level.RED, Stage.DISPATCHED, 22.67, 20, "110 转警"),
    incident(31, "占道施工未围挡", "Unfenced works", "康乐南路", Level.YELLOW, Stage.DISPATCHED, 60, 170, "网格"),
    incident(30, "暴露垃圾", "Litter", "珊美社区", Level.BLUE, Stage.IN_PROGRESS, 300, 1500, "12345"),
    incident(29, "出租屋消防隐患", "Fire hazard", "陈屋社区", Level.BLUE, Stage.REPORTED_BACK, 2800, 6000, "网格"),
    incident(27, "路灯不亮", "Street light out", "东风路", Level.BLUE, Stage.ACCEPTED, 900, None, "12345"),
    incident(26, "污水外溢", "Sewage", "体育路", Level.YELLOW, Stage.IN_PROGRESS, 300, 370, "网格"),
    incident(25, "噪声扰民", "Noise", "三屯社区", Level.BLUE, Stage.ACCEPTED, 40, 480, "12345"),
)


def sent(id: str, agency: str, unit: str | None, role: Role = Role.ASSIST, **times: float) -> Assignment:
    """An assignment whose statuses came so many minutes ago."""
    known = {code: before(minutes) for code, minutes in times.items()}
    first = known.get("notified", before(1.5))
    return Assignment(id, "i34", agency, role, unit, 180.0, first + timedelta(minutes=1), {"notified": first, **known})


ASSIGNMENTS = (
    sent("s1", "water", None, Role.LEAD, notified=9, acknowledged=8.5, en_route=8, on_scene=4.2),
    sent("s2", "fire", "fire1", notified=3, acknowledged=2.5, en_route=1.5),
    sent("s3", "traffic", "police12", notified=3, acknowledged=2.8, en_route=2),
    sent("s4", "grid", "grid_chen", notified=6, acknowledged=5.8, en_route=5.5, on_scene=2.9),
    sent("s5", "emergency", None, notified=1.5),
)

TASKS = (
    Task("t1", "i34", 1, Label("封控立沙桥两端", "Close both ends of Lisha bridge"), "traffic", done_at=before(6)),
    Task("t2", "i34", 2, Label("通知下游 2 个村", "Warn 2 villages downstream"), "emergency", done_at=before(4)),
    Task("t3", "i34", 3, Label("转移低洼住户 14 户", "Move 14 low-lying households"), "grid", gate=True),
    Task("t4", "i34", 4, Label("开启 2 号泵站", "Start pump station 2"), "water", gate=True),
    Task(
        "t5",
        "i34",
        5,
        Label("首报镇值班领导", "First report to the town leader"),
        "emergency",
        gate=True,
        due_at=NOW + timedelta(minutes=8, seconds=20),
    ),
)

OPERATOR = Label("李值班员", "Duty officer Li")
SYSTEM = Label("系统", "System")


def entry(
    number: int,
    minutes: float,
    kind: Kind,
    sender: Label,
    text: str = "",
    receiver: Label | None = None,
    phrase: Phrase | None = None,
    corrects: str | None = None,
) -> Entry:
    note = Note(kind, sender, receiver, text, phrase, "i34", corrects)
    return Entry(f"e{number}", "desk1", number, before(minutes), "li", note, "0" * 64)


ENTRIES = (
    entry(37, 0.25, Kind.RADIO, Label("交警 12", "Traffic 12"), "已过康乐路口,桥面积水约 20 厘米"),
    entry(
        36,
        0.8,
        Kind.SYSTEM,
        SYSTEM,
        phrase=Phrase("task_done", {"task": Label("通知下游 2 个村", "Warn 2 villages")}),
    ),
    entry(35, 1.4, Kind.PHONE, AGENCIES["water"], "到场,开始查看 2 号泵站"),
    entry(
        34,
        2.1,
        Kind.ORDER,
        OPERATOR,
        "按防汛预案 B 处置,先封桥后转移",
        receiver=Label("全体", "All"),
    ),
    entry(
        33,
        2.2,
        Kind.SYSTEM,
        SYSTEM,
        phrase=Phrase("dispatched", {"lead": AGENCIES["water"], "count": 5}),
    ),
    entry(
        32,
        2.4,
        Kind.SYSTEM,
        SYSTEM,
        phrase=Phrase("alarm_confirmed", {"title": Label("水位超警戒", "Water level"), "code": "I34"}),
    ),
)

NEED_RESCUE = Need("rescue", 1, Label("抢险救援", "Rescue"))
NEED_ROAD = Need("close_road", 1, Label("封控道路", "Road closure"))
NEED_PUMP = Need("pump", 2, Label("排涝", "Pumping"))


def candidate(id: str, need: Need, seconds: float, *, chosen: bool = True, **known: object) -> Candidate:
    """A unit of the town that was looked at; `known` is what of its `Look` is not as usual."""
    free, town = UnitState.FREE, Label("厚街镇", "Houjie Town")
    where = Whereabouts(HERE, Basis.POSITION, 2)
    look = Look(free, "", False, seconds, True, 1800.0, where, 0, Jurisdiction.OWN, town)
    place, slower_s = (1, 0.0) if chosen else (2, seconds - 192.0)
    return Candidate(UNITS[id], need, chosen, look._replace(**known), place, slower_s)  # type: ignore[arg-type]


PROPOSAL = Proposal(
    incident="i34",
    lead="water",
    assist=("emergency", "fire", "traffic", "grid"),
    needs=((NEED_RESCUE, 0), (NEED_ROAD, 0), (NEED_PUMP, 0)),
    candidates=(
        candidate("fire1", NEED_RESCUE, 192.0),
        candidate("police12", NEED_ROAD, 118.0),
        candidate("pump1", NEED_PUMP, 405.0, lately=2),
        candidate("fire2", NEED_RESCUE, 420.0, chosen=False),
        candidate("police07", NEED_ROAD, 300.0, chosen=False, state=UnitState.ON_SCENE, holder="I33"),
    ),
    tasks=(
        CardTask(Label("封控立沙桥两端", "Close the bridge")),
        CardTask(Label("转移低洼住户", "Move households"), gate=True),
    ),
    messages=(CardMessage("emergency", Label("立沙桥水位超警,请核实下游情况", "Check downstream")),),
    ack_due_at=NOW + timedelta(minutes=2),
    arrive_due_at=None,
    due_at=NOW + timedelta(minutes=27),
    by_road=True,
)


def phone_rows() -> "tuple[PhoneRow, ...]":
    """Two agencies without a desk that are still to be called."""
    from widgets.phone_list import PhoneRow

    part = Label("协办", "Assist")
    order = Label("I34 立沙桥水位 · 立沙桥:协办", "I34 Lisha Bridge level · Lisha Bridge: Assist")
    return (
        PhoneRow("power", Label("供电服务中心", "Power Supply Centre"), "0769-0000 1333", part, order),
        PhoneRow("gas", Label("燃气公司", "Gas Company"), "", part, order),
    )


def assignment_rows() -> "tuple[AssignmentRow, ...]":
    """The sample assignments with their names."""
    from widgets.assignment_table import AssignmentRow

    return tuple(
        AssignmentRow(each, AGENCIES[each.agency], UNITS[each.unit].name if each.unit else None) for each in ASSIGNMENTS
    )


TOWN, VILLAGE = Label("厚街镇指挥中心", "Houjie Centre"), Label("珊美社区", "Shanmei")
VILLAGER = Label("陈网格长", "Grid lead Chen")


def conflict(id: str, subject: Subject, kept: Value, other: Value, also: str | None = None) -> Conflict:
    """Two that did not know of each other: the town first, the village second."""
    first = By("li", OPERATOR, before(9), "dongguan/houjie")
    second = By("chen", VILLAGER, before(7.4), "dongguan/houjie/shanmei")
    return Conflict(id, "i34", subject, Claim(kept, first), Claim(other, second), also)


def running(incident: Incident) -> tuple[Timer, ...]:
    """What runs for a sample incident."""
    mine = ASSIGNMENTS if incident.number == 34 else ()
    tasks = TASKS if incident.number == 34 else ()
    return tuple(timers(incident, mine, tasks, (), None, WorkTime()))


def timer_rows() -> "tuple[TimerRow, ...]":
    """Everything that runs for the first of them."""
    from widgets.timer_list import TimerRow

    names = {row.assignment.id: row.unit or row.agency for row in assignment_rows()}
    return tuple(TimerRow(timer, names.get(timer.of)) for timer in running(INCIDENTS[0]))


CONFLICTS = (
    conflict(
        "c1",
        Subject.LOCATION,
        Location(Label("立沙桥", "Lisha bridge"), HERE),
        Location(Label("立沙桥下游 300 米泵站", "Pump station 300 m downstream"), Point(113.6745, 22.9382)),
    ),
    conflict("c2", Subject.CASUALTIES, Casualties(0, 3, 0, 2), Casualties(1, 2, 0, 2)),
    conflict(
        "c3",
        Subject.UNIT,
        Sent("fire1", "s9", "i33", "I33", Label("多车相撞", "Collision")),
        Sent("fire1", "s2", "i34", "I34", Label("河道水位超警", "River above warning")),
        "i33",
    ),
    conflict("c4", Subject.LEVEL, Level.ORANGE, Level.RED),
    conflict(
        "c5", Subject.TITLE, Label("河道水位超警", "River above warning"), Label("河水漫堤", "River over its bank")
    ),
)


def conflicts() -> "tuple[ConflictRow, ...]":
    """One conflict of each kind, with its names."""
    from widgets.conflict_card import ConflictRow

    return tuple(
        ConflictRow(each, (TOWN, VILLAGE), UNITS["fire1"].name if each.subject is Subject.UNIT else None)
        for each in CONFLICTS
    )


FILES = (
    Attachment("f1", "i34", "a" * 64, "立沙桥上游.jpg", "image/jpeg", 2_345_000, By("li", OPERATOR, before(6), "")),
    Attachment("f2", "i34", "b" * 64, "IMG_0231.mp4", "video/mp4", 48_200_000, By("chen", VILLAGER, before(3), "")),
)


def files() -> "tuple[AttachmentRow, ...]":
    """Two sample attachments, one of this desk and one of another."""
    from widgets.attachment_list import AttachmentRow, FileState

    return tuple(AttachmentRow(f, s) for f, s in zip(FILES, (FileState.WAITING, FileState.REMOTE), strict=True))


def choices() -> "tuple[Choice, ...]":
    """Agencies to choose from."""
    from widgets.choice_picker import Choice

    return tuple(
        Choice(id, name, Tier.TOWN.label, Label("已派", "sent") if id == "water" else None)
        for id, name in AGENCIES.items()
    )


def send_offer() -> "SendOffer":
    """The sample incident can be handed on in every way."""
    from widgets.choice_picker import Choice
    from widgets.send_form import SendOffer

    ways: dict[Sending, tuple[Choice, ...]] = {how: choices() for how in Sending if how is not Sending.ONWARD}
    works = tuple(Choice(a.id, AGENCIES[a.agency], a.status.label) for a in ASSIGNMENTS)
    return SendOffer("i34", "I34", ways, works)


REPORTS = (
    SituationReport(
        "r1",
        "i34",
        ReportKind.FIRST,
        Label("市应急指挥中心", "City Centre"),
        {"time": "14:14", "place": "立沙桥", "source": "水情告警", "nature": "河道水位超警", "course": "水位 3.42 m"},
        before(6),
        By("li", OPERATOR, before(6), "dongguan/houjie"),
    ),
)


def situation_offer() -> "SituationOffer":
    """The follow-up report of the sample incident."""
    from widgets.situation_form import Situation, SituationOffer

    last = REPORTS[0]
    start = Situation(ReportKind.FOLLOW_UP, False, show(last.to), {**last.elements, "course": "水位 3.58 m,继续上涨"})
    return SituationOffer("i34", "I34", INCIDENTS[0].title, start, (last.to, Label("镇带班领导", "Town leader")), last)


def level_facts() -> "LevelFacts":
    """Four were whistled for and one is late; a village sent it back; the first report is made."""
    from widgets.assignment_table import AssignmentRow
    from widgets.level_part import LevelFacts

    def row(one: Assignment, agency: str) -> AssignmentRow:
        return AssignmentRow(one, AGENCIES[agency], None)

    called = tuple(row(replace(a, way=Way.WHISTLE), a.agency) for a in ASSIGNMENTS)
    back = replace(sent("s7", "urban", None, notified=5, declined=1), reason="不在本辖区,属长安")
    timer = Timer(TimeLimit.FOLLOW_UP, "i34", before(6), NOW + timedelta(minutes=24))
    return LevelFacts(called, (row(back, "urban"),), REPORTS, (timer,))


def work() -> "tuple[WorkRow, ...]":
    """What an agency was sent: one that waits too long, one that waits, one under way, one done."""
    from widgets.assignment_inbox import WorkRow

    def one(at: int, id: str, way: Way, reason: str, **times: float) -> WorkRow:
        given = replace(sent(id, "fire", None, Role.ASSIST, **times), incident=f"i{at}", way=way, reason=reason)
        return WorkRow(given, INCIDENTS[at], OPERATOR, sends_on=True)

    later = replace(one(1, "w2", Way.DOWN, "核实伤亡", notified=0.2).assignment, ack_due_at=NOW + timedelta(minutes=3))
    return (
        one(0, "w1", Way.WHISTLE, "封桥两端,疏散下游", notified=2.5),
        replace(one(1, "w2", Way.DOWN, ""), assignment=later),
        one(3, "w3", Way.DISPATCH, "", notified=40, acknowledged=39, on_scene=20),
        one(5, "w4", Way.TRANSFER, "灯杆归供电", notified=300, acknowledged=299, done=200),
    )


def inbox() -> "tuple[InboxRow, ...]":
    """Three operations that the platform did not take."""
    from widgets.inbox_view import InboxField, InboxRow

    incident = InboxField("incident", Label("事件", "Incident"), Label("I34 河道水位超警", "I34 River above warning"))
    units = Label("消防 1 车、交警 12、抢险队 1", "Fire 1, Traffic 12, Pump crew 1")
    levels = tuple((level.value, level.label) for level in Level)
    return (
        InboxRow(
            "o1",
            Label("派单 I34 · 3 个力量", "Dispatch I34 · 3 units"),
            Phrase("incident_already", {"code": "I34", "stage": Stage.CLOSED.label}),
            OPERATOR,
            before(4),
            (
                incident,
                InboxField("lead", Label("主办", "Lead"), AGENCIES["water"]),
                InboxField("assignments", Label("力量", "Units"), units),
                InboxField(
                    "tasks", Label("任务", "Tasks"), Label("封控立沙桥两端、通知下游", "Close the bridge, warn")
                ),
                InboxField("orders.0.text", Label("指令", "Order"), "立沙桥水位超警,请核实下游情况", True),
            ),
            "i34",
        ),
        InboxRow(
            "o2",
            Label("记一条 I34 · 到场,桥面积水 20 厘米", "Note I34 · on scene, 20 cm of water"),
            Phrase("not_allowed", {"name": "log.write"}),
            VILLAGER,
            before(12),
            (incident, InboxField("note.text", Label("内容", "Text"), "到场,桥面积水 20 厘米", True)),
            "i34",
        ),
        InboxRow(
            "o3",
            Label("修改 I31 · 标题、等级", "Edit I31 · title, level"),
            Phrase("not_found", {"what": Label("事件", "incident"), "id": "I31"}),
            OPERATOR,
            before(1500),
            (
                InboxField("edits.0.value", Label("标题", "Title"), "占道施工未围挡", True),
                InboxField("edits.1.value", Label("等级", "Level"), Level.ORANGE.label, True, levels, "orange"),
            ),
        ),
    )


def lists() -> "tuple[tuple[ListRow, ...], ListNames]":
    """A matter, a duty and a scene card, with what they may name."""
    from widgets.list_data import ListNames, ListRow

    flood, water = Label("河道水位超警", "River above warning"), AGENCIES["water"]
    name = {"zh": flood.zh, "en": flood.en}
    origin = Label("", "")
    nature = Label("自然灾害", "Natural disaster")
    matter = {"id": "river", "name": name, "level": "orange", "stages": [stage.value for stage in WAY]}
    duty = {"matter": "river", "lead": "water", "assist": ["fire"], "limits": {"ack": 1.5, "handle": "2wh"}}
    need = {"capability": "pump", "count": 2, "name": {"zh": "排涝", "en": "Pumping"}}
    card = {"id": "river", "matter": "river", "name": name, "needs": [need], "cameras": 4}
    code, none = Label("river", "river"), Label("", "")
    return (
        ListRow(
            ListKind.MATTER, "matter:river", flood, Origin.SHIPPED,
            (code, flood, nature, none, Level.ORANGE.label, origin), matter,
        ),
        ListRow(
            ListKind.DUTY, "duty:river", flood, Origin.CHANGED,
            (flood, none, water, AGENCIES["fire"], Label("签收 1.5 分钟", "Acknowledge 1.5 min"), Origin.CHANGED.label),
            duty,
        ),
        ListRow(
            ListKind.CARD, "card:river", flood, Origin.STRUCK,
            (code, flood, flood, none, none, Origin.STRUCK.label), card,
        ),
    ), ListNames(
        agencies=tuple(AGENCIES.items()), matters=(("river", flood),), capabilities=(("pump", NEED_PUMP.name),)
    )  # fmt: skip


def disputed() -> "IncidentDetail":
    """The sample incident where two desks said different things, with casualties and files."""
    return replace(detail(), conflicts=conflicts()[:2], casualties=Casualties(1, 3, 0, 2), files=files())


def detail(proposed: bool = False) -> "IncidentDetail":
    """The sample incident with all that is known, under way or just proposed."""
    from widgets.incident_detail import IncidentDetail

    return IncidentDetail(
        replace(INCIDENTS[0], stage=Stage.ACCEPTED) if proposed else INCIDENTS[0],
        () if proposed else assignment_rows(),
        () if proposed else TASKS,
        ENTRIES[-1:] if proposed else ENTRIES,
        PROPOSAL if proposed else None,
        AGENCIES,
        True,
    )


def series(seed: int, base: float, swing: float, rise: float = 0.0, hours: float = 6.0) -> np.ndarray:
    """A made-up series of a value a minute, that rises at the end."""
    noise = np.random.default_rng(seed)
    at = NOW.timestamp() - np.arange(int(hours * 60))[::-1] * 60.0
    along = np.linspace(0, 1, len(at))
    walk = np.cumsum(noise.normal(0, swing / 12, len(at)))
    values = base + walk - walk.mean() + swing * np.sin(along * 9 + seed) + rise * np.clip(along * 4 - 3, 0, 1)
    return np.column_stack([at, values])


def indicator(id: str, zh: str, en: str, measure: str, decimals: int, *limits: Limit) -> Indicator:
    return Indicator(id, Label(zh, en), measure, Label("水务", "Water"), Label("", ""), 60, None, decimals, limits)


def cards() -> "list[Card]":
    """Six sample cards: one near its limit, one blue, one silent."""
    from widgets.sparkline_board import Card

    level = indicator(
        "z1",
        "立沙桥水位",
        "Lisha level",
        "m",
        2,
        Limit(Level.YELLOW, 2.9, 2.8),
        Limit(Level.ORANGE, 3.2, 3.1),
    )
    people = indicator("p1", "万达广场客流", "Wanda visitors", "", 0, Limit(Level.BLUE, 17000, 16500))
    silent = series(6, 31, 1.5)[:-40]
    return [
        Card(level, series(1, 2.8, 0.05, 0.6), Level.ORANGE, False, ""),
        Card(indicator("r1", "1 小时雨量", "Rain in 1 h", "mm", 1), series(2, 24, 0.6, 4), None, False, ""),
        Card(indicator("t1", "交通拥堵指数", "Congestion", "", 2), np.round(series(3, 1.6, 0.05), 2), None, False, ""),
        Card(people, series(4, 15800, 300, 2600), Level.BLUE, False, ""),
        Card(indicator("c1", "12345 今日件数", "12345 today", "", 0), series(5, 214, 6), None, False, ""),
        Card(indicator("o1", "排口 12 COD", "Outlet 12 COD", "mg/L", 0), silent, None, True, ""),
    ]


def run(build: Callable[[], QWidget]) -> None:
    """Show one widget alone. `--theme wall`, `--size 380x300`, `--shot FILE` saves its picture and ends."""
    given = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=False))
    instance = QApplication.instance()
    app = instance if isinstance(instance, QApplication) else QApplication(sys.argv[:1])
    style.apply(app, shipped(given.get("--theme", "desk")))
    widget = build()
    if "--size" in given:
        width, height = given["--size"].split("x")
        widget.resize(int(width), int(height))
    widget.show()
    if "--shot" in given:
        QTimer.singleShot(250, lambda: (widget.grab().save(str(Path(given["--shot"]))), app.quit()))
    app.exec()
