"""A flood at a bridge, from the alarm to the close, for the reports' tests."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from PIL import Image, ImageDraw

from console.domain.assignment import Assignment, Role, Status
from console.domain.incident import Incident, Stage, Task
from console.domain.level import Level
from console.domain.log import Entry, Kind, Note, seal
from console.domain.place import Point
from console.domain.words import Label, Phrase
from console.reports.incident import IncidentReport, Picture
from console.reports.names import Names

ZONE = timezone(timedelta(hours=8))
START = datetime(2025, 6, 12, 6, 29, 41, tzinfo=UTC)  # 14:29:41 on the spot
OFFICER = Label("李值班员", "Duty officer Li")
WATER = Label("水务分局", "Water office")
CITIZEN = Label("群众 138****2207", "Citizen 138****2207")
FIRE_1 = Label("消防 1 车", "Fire engine 1")

NAMES = {
    "water": WATER,
    "fire": Label("消防大队", "Fire brigade"),
    "police": Label("交警大队", "Traffic police"),
    "grid": Label("厚街镇网格中心", "Houjie grid centre"),
    "relief": Label("应急办", "Emergency office"),
    "xf1": FIRE_1,
    "jj12": Label("交警 12", "Traffic 12"),
    "wg7": Label("网格员 陈国强", "Grid officer Chen Guoqiang"),
    "li": OFFICER,
}


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def assigned(id: str, agency: str, unit: str | None, role: Role, **at: float) -> Assignment:
    times = {code: after(seconds) for code, seconds in at.items()}
    return Assignment(id, "i34", agency, role, unit, times=times)


def chain(notes: Sequence[tuple[float, Note]], device: str = "desk-1") -> list[Entry]:
    entries: list[Entry] = []
    for number, (seconds, note) in enumerate(notes, 1):
        last = entries[-1] if entries else None
        entries.append(seal(note, id=f"{device}-e{number}", device=device, author="li", at=after(seconds), last=last))
    return entries


def picture(text: str, width: int = 960, height: int = 540) -> bytes:
    image = Image.new("RGB", (width, height), (40, 60, 70))
    draw = ImageDraw.Draw(image)
    draw.line([(0, height * 0.7), (width, height * 0.55)], fill=(90, 130, 150), width=70)
    draw.line([(width * 0.3, 0), (width * 0.6, height)], fill=(160, 165, 170), width=14)
    draw.polygon([(470, 250), (500, 300), (440, 300)], fill=(224, 108, 0))
    draw.text((20, 20), text, fill=(230, 235, 240))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def report() -> IncidentReport:
    incident = Incident(
        id="i34",
        number=34,
        matter="flood.river",
        title=Label("河道水位超警 · 立沙桥", "River above warning level, Lisha bridge"),
        place=Label("厚街镇立沙桥上游 120 米", "120 m upstream of Lisha bridge, Houjie"),
        at=Point(113.67321, 22.93744),
        level=Level.ORANGE,
        stage=Stage.CLOSED,
        stages=(
            Stage.REPORTED,
            Stage.ACCEPTED,
            Stage.DISPATCHED,
            Stage.IN_PROGRESS,
            Stage.REPORTED_BACK,
            Stage.CHECKED,
            Stage.CLOSED,
        ),
        opened_at=START,
        source=Label("水情告警", "Water level alarm"),
        lead="water",
        due_at=after(1800),
        closed_at=after(2105),
    )
    assignments = [
        assigned("a1", "water", None, Role.LEAD, notified=17, acknowledged=49, en_route=95, on_scene=345,
                 working=360, done=1630),
        assigned("a2", "fire", "xf1", Role.ASSIST, notified=17, acknowledged=31, en_route=78, on_scene=262,
                 working=300, done=1510),
        assigned("a3", "police", "jj12", Role.ASSIST, notified=17, acknowledged=40, en_route=66,
                 on_scene=201, done=1700),
        assigned("a4", "grid", "wg7", Role.ASSIST, notified=17, acknowledged=25, on_scene=192, done=1225),
        assigned("a5", "relief", None, Role.ASSIST, notified=17, declined=210),
    ]  # fmt: skip
    texts = [
        ("封控立沙桥两端", "Close both ends of Lisha bridge", "police", True, 600, 420),
        ("通知下游 2 个村", "Warn the two villages downstream", "grid", True, 600, 380),
        ("转移低洼住户 14 户", "Move the 14 households on low ground", "grid", True, 1500, 1610),
        ("开启 2 号泵站", "Start pumping station 2", "water", False, 900, 700),
        ("首报镇值班领导", "First report to the town's duty leader", None, False, None, None),
    ]
    tasks = [
        Task(f"t{n}", "i34", n, Label(zh, en), agency, gate,
             after(due) if due else None, after(done) if done else None, "li" if done else None)
        for n, (zh, en, agency, gate, due, done) in enumerate(texts, 1)
    ]  # fmt: skip

    def said(phrase: str, **args: Any) -> Phrase:
        return Phrase(phrase, args)

    def note(kind: Kind, sender: Label, text: str = "", **more: Any) -> Note:
        return Note(kind, sender, text=text, incident="i34", **more)

    title = Label("立沙桥水位 3.42 m 超警戒", "Lisha bridge level 3.42 m above warning")
    notes = [
        (0, note(Kind.SYSTEM, OFFICER, phrase=said("alarm_confirmed", title=title, code="I34"))),
        (17, note(Kind.SYSTEM, OFFICER, phrase=said("dispatched", code="I34", lead=WATER, count=5))),
        (21, note(Kind.ORDER, OFFICER, "按防汛预案 B 处置,先封桥后转移", receiver=Label("全体", "All"))),
        (95, note(Kind.RADIO, FIRE_1, phrase=said("status_said", status=Status.EN_ROUTE.label, text=""))),
        (140, note(Kind.PHONE, CITIZEN, "桥面积水约 20 厘米", receiver=OFFICER)),
        (262, note(Kind.RADIO, FIRE_1, phrase=said("status_said", status=Status.ON_SCENE.label,
                                                   text=Label("开始架设水泵", "setting up pumps")))),
        (300, note(Kind.NOTE, OFFICER, "转移 12 户,安置在珊美小学")),
        (330, note(Kind.NOTE, OFFICER, "转移 14 户,安置在珊美小学", corrects="desk-1-e7")),
        (1610, note(Kind.SYSTEM, OFFICER, phrase=said("task_done", task=tasks[2].text))),
        (2090, note(Kind.SYSTEM, OFFICER, phrase=said("incident_checked", code="I34"))),
        (2105, note(Kind.SYSTEM, OFFICER, phrase=said("incident_closed", code="I34"))),
    ]  # fmt: skip
    return IncidentReport(
        incident=incident,
        matter=Label("河道洪涝", "River flood"),
        centre=Label("厚街镇指挥中心", "Houjie Town Command Centre"),
        assignments=assignments,
        tasks=tasks,
        entries=chain(notes),
        names=Names(NAMES, NAMES, NAMES),
        generated_at=after(2400).astimezone(ZONE),
        author=OFFICER,
        simulated=True,
        pictures=[
            Picture(Label("事件位置与派出力量", "Where it was and who was sent"), picture("map")),
            Picture(Label("立沙桥 上游 14:31:02", "Lisha bridge upstream 14:31:02"), picture("camera")),
        ],
    )


@pytest.fixture
def full_report(report: IncidentReport) -> IncidentReport:
    """As much as a normal incident has, with names as long as they come: its report is one page."""
    names = {
        "water": Label("水务分局", "Water Branch"),
        "emergency": Label("应急管理分局", "Emergency Management Branch"),
        "fire": Label("消防救援大队", "Fire and Rescue Brigade"),
        "police": Label("交警大队", "Traffic Police"),
        "health": Label("卫生健康局（120）", "Health Bureau (120)"),
        "grid": Label("网格管理中心", "Grid Management Centre"),
        "power": Label("供电服务中心", "Power Supply Centre"),
        "ps1": Label("排涝 1 队", "Drainage Team 1"),
        "ps3": Label("移动泵车 3", "Mobile Pump 3"),
        "xf5": Label("水域救援 5 组", "Water Rescue 5"),
        "jj12": Label("交警 12", "Traffic 12"),
        "jh3": Label("救护 03", "Ambulance 03"),
        "wg7": Label("网格员 陈国强", "Grid Officer Chen Guoqiang"),
        "yj1": Label("应急抢险 1 队", "Emergency Team 1"),
        "li": OFFICER,
    }
    assignments = [
        assigned("a1", "water", "ps1", Role.LEAD, notified=17, acknowledged=49, en_route=95, on_scene=345,
                 working=360, done=1630),
        assigned("a2", "water", "ps3", Role.ASSIST, notified=17, acknowledged=55, en_route=130, on_scene=610,
                 working=700, done=1655),
        assigned("a3", "fire", "xf5", Role.ASSIST, notified=17, acknowledged=31, en_route=78, on_scene=262,
                 working=300, done=1510),
        assigned("a4", "police", "jj12", Role.ASSIST, notified=17, acknowledged=40, en_route=66,
                 on_scene=201, done=1700),
        assigned("a5", "health", "jh3", Role.ASSIST, notified=90, acknowledged=118, en_route=161, on_scene=540,
                 done=1400),
        assigned("a6", "grid", "wg7", Role.ASSIST, notified=17, acknowledged=25, on_scene=192, done=1225),
        assigned("a7", "emergency", "yj1", Role.ASSIST, notified=240, acknowledged=262, en_route=330, on_scene=655,
                 working=665, done=1605),
        assigned("a8", "power", None, Role.ASSIST, notified=260, declined=410),
    ]  # fmt: skip
    called = Label("检查积水点用电安全并断开低洼台区", "Check electrical safety and isolate low-lying circuits")
    tasks = [*report.tasks, Task("t6", "i34", 6, called, "power", False, after(1800), after(1320), "li")]
    said = [
        ("立沙桥南引道积水约 10 厘米，低洼住户已逐户敲门。", "About 10 cm of water on the ramp; knocking at homes."),
        ("2 号泵站已开启，前池水位开始下降。", "Pump Station 2 is running; the forebay is falling."),
        ("应转移 14 户 43 人，已到安置点 41 人，一户两位老人电话不通，正上门核对。",
         "14 households, 43 people to move; 41 are at the shelter; two elderly people do not answer, going there."),
        ("桥两端已封控，车辆绕行康乐南路。", "Both ends of the bridge are closed; traffic goes by Kangle South Road."),
        ("收到。", "Understood."),
    ]  # fmt: skip
    units = [label for id, label in names.items() if id in {"ps1", "xf5", "jj12", "wg7", "yj1"}]
    notes = [(seconds, entry.note) for seconds, entry in zip((0, 17, 21), report.entries, strict=False)]
    for n in range(39):
        unit, (zh, en) = units[n % 5], said[n % 5]
        kind = (Kind.RADIO, Kind.PHONE, Kind.MESSAGE)[n % 3]
        notes.append((60 + 50 * n, Note(kind, unit, OFFICER, f"{zh} {en}" if n % 9 == 4 else zh, incident="i34")))
    closing = [(2040.0 + n, entry.note) for n, entry in enumerate(report.entries[-3:])]
    return replace(
        report,
        assignments=assignments,
        tasks=tasks,
        names=Names(names, names, names),
        entries=chain([*notes, *closing]),
    )


@pytest.fixture
def long_report(report: IncidentReport) -> IncidentReport:
    """The same with some hundred entries of the log, some of them long."""
    notes = [
        (30 * n, Note(Kind.RADIO, FIRE_1, OFFICER, f"第{n:03}条 " + "水位继续上涨,注意安全。" * (n % 9)))
        for n in range(1, 241)
    ]
    return replace(report, entries=chain(notes))
