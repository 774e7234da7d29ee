"""A shift of a town command centre, as its paper forms tell it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from console.domain.alarm import Alarm, AlarmState, FilterReason
from console.domain.assignment import Assignment, Role
from console.domain.incident import Incident, Stage
from console.domain.level import Level
from console.domain.log import Entry, Kind, Note, seal
from console.domain.place import Point
from console.domain.words import Label, Phrase
from console.reports.forms import ActivityLog, CommunicationsLog, Handover, OpenCase, Resource
from console.reports.names import Names

ZONE = timezone(timedelta(hours=8))
START = datetime(2026, 6, 12, 0, 0, tzinfo=UTC)  # 08:00 on the spot
END = START + timedelta(hours=12)
CENTRE = Label("厚街镇指挥中心", "Houjie Town Command Centre")
LI, WANG = Label("李值班员", "Duty officer Li"), Label("王值班员", "Duty officer Wang")
DUTY = Label("值班员", "Duty officer")
FIRE, TRAFFIC = Label("消防 1 车", "Fire engine 1"), Label("交警 12", "Traffic 12")
ALL = Label("全体", "All")
LABELS = {"li": LI, "wang": WANG, "water": Label("水务分局", "Water office"), "xf1": FIRE}
NAMES = Names(LABELS, LABELS, LABELS)


def incident(number: int = 34, **more: object) -> Incident:
    made = Incident(
        id=f"i{number}",
        number=number,
        matter="flood",
        title=Label("河道水位超警 · 立沙桥", "River above warning level, Lisha bridge"),
        place=Label("厚街镇立沙桥上游 120 米", "120 m upstream of Lisha bridge, Houjie"),
        at=Point(113.67, 22.94),
        level=Level.ORANGE,
        stage=Stage.IN_PROGRESS,
        stages=tuple(Stage),
        opened_at=START + timedelta(hours=1),
        source=Label("水情告警", "Water level alarm"),
        lead="water",
        due_at=END - timedelta(minutes=12),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def entries(notes: Sequence[Note], every: timedelta = timedelta(minutes=4)) -> list[Entry]:
    made: list[Entry] = []
    for number, note in enumerate(notes, 1):
        last = made[-1] if made else None
        made.append(seal(note, id=f"e{number}", device="desk-1", author="li", at=START + every * number, last=last))
    return made


def shift() -> list[Entry]:
    title = Label("立沙桥水位 3.42 m 超警戒", "Lisha bridge level 3.42 m above warning")
    confirmed = Phrase("alarm_confirmed", {"title": title, "code": "I34"})
    return entries(
        [
            Note(Kind.SYSTEM, LI, phrase=confirmed, incident="i34"),
            Note(Kind.ORDER, LI, ALL, "按防汛预案 B 处置,先封桥后转移", incident="i34"),
            Note(Kind.RADIO, FIRE, LI, "已过康乐路口,桥面积水约 20 厘米", incident="i34"),
            Note(Kind.PHONE, Label("群众 138****2207", "Citizen 138****2207"), LI, "桥头有人被困车内", incident="i34"),
            Note(Kind.NOTE, LI, text="转移 12 户,安置在珊美小学", incident="i34"),
            Note(Kind.NOTE, LI, text="转移 14 户,安置在珊美小学", incident="i34", corrects="e5"),
            Note(Kind.MESSAGE, TRAFFIC, LI, "Both ends of the bridge are closed; traffic goes by Kangle South Road."),
            Note(Kind.NOTE, LI, text="2 号对讲机电池不足,已换备用机"),
        ]
    )


def many(count: int = 180) -> list[Entry]:
    """Enough for some pages, some of it long."""
    return entries(
        [
            Note(
                Kind.RADIO,
                FIRE,
                LI,
                f"第{n:03}条 " + "水位继续上涨,注意安全,沿堤巡查未见渗漏。" * (n % 5),
                incident="i34",
            )
            for n in range(1, count + 1)
        ]
    )


def communications(said: Sequence[Entry] | None = None, **more: object) -> CommunicationsLog:
    made = CommunicationsLog(
        centre=CENTRE, since=START, until=END, generated_at=END.astimezone(ZONE), author=LI, duty=DUTY,
        entries=shift() if said is None else said, names=NAMES, incident=incident(),
        net=Label("应急指挥 1 频道", "Emergency net 1"),
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def activities(said: Sequence[Entry] | None = None, **more: object) -> ActivityLog:
    water = LABELS["water"]
    resources = [
        Resource(Label("排涝 1 队", "Drainage team 1"), Label("主办", "Lead"), water),
        Resource(FIRE, Label("协办", "Assist"), Label("消防救援大队", "Fire and Rescue Brigade")),
        Resource(TRAFFIC, Label("协办", "Assist"), Label("交警大队", "Traffic Police")),
    ]
    made = ActivityLog(
        centre=CENTRE, since=START, until=END, generated_at=END.astimezone(ZONE), author=LI, duty=DUTY,
        entries=shift() if said is None else said, names=NAMES, incident=incident(), resources=resources,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def alarm(id: str, state: AlarmState, **more: object) -> Alarm:
    made = Alarm(
        id=id, indicator="smoke", title=Label("鹰眼 07 疑似烟雾", "Hawkeye 07: possible smoke"),
        place=Label("家具大道", "Furniture Avenue"), at=None, level=Level.YELLOW, state=state,
        raised_at=START + timedelta(hours=3), value=61.0, limit=55.0,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def handed_over(**more: object) -> Handover:
    sent = [
        Assignment("a1", "i34", "water", Role.LEAD, "ps1", times={"notified": START, "on_scene": END}),
        Assignment("a2", "i34", "fire", Role.ASSIST, "xf1", times={"notified": START, "en_route": END}),
    ]
    second = incident(
        36, title=Label("占道施工未围挡", "Road works without a fence"), level=Level.YELLOW, stage=Stage.DISPATCHED,
        place=Label("康乐南路", "Kangle South Road"), due_at=END + timedelta(hours=6), lead=None,
    )  # fmt: skip
    filtered = {"decided_at": START + timedelta(hours=4), "decided_by": "li", "reason": FilterReason.STEAM.value}
    made = Handover(
        centre=CENTRE, since=START, until=END, generated_at=END.astimezone(ZONE), author=LI, duty=DUTY,
        entries=shift(), names=NAMES, taking=WANG, opened=3, closed=1,
        cases=[OpenCase(incident(), sent, 3, 1), OpenCase(second, [], 0, 0)],
        alarms=[
            alarm("w1", AlarmState.UNACKNOWLEDGED, title=Label("万达广场客流上升快", "Crowd at Wanda Plaza rising")),
            alarm("f1", AlarmState.FILTERED, returned_at=START + timedelta(hours=5), **filtered),
        ],
        remarks="立沙桥南端沙袋不足,下午 9 时前补 500 只。\n2 号泵站钥匙在值班室。",
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]
