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
        names=NAMES,
        generated_at=after(2400).astimezone(ZONE),
        author=OFFICER,
        simulated=True,
        pictures=[
            Picture(Label("事件位置与派出力量", "Where it was and who was sent"), picture("map")),
            Picture(Label("立沙桥 上游 14:31:02", "Lisha bridge upstream 14:31:02"), picture("camera")),
        ],
    )


@pytest.fixture
def long_report(report: IncidentReport) -> IncidentReport:
    """The same with some hundred entries of the log, some of them long."""
    notes = [
        (30 * n, Note(Kind.RADIO, FIRE_1, OFFICER, f"第{n:03}条 " + "水位继续上涨,注意安全。" * (n % 9)))
        for n in range(1, 241)
    ]
    return replace(report, entries=chain(notes))
