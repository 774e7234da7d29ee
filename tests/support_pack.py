"""A small pack in code, and rows to work with, for the tests of store, sync and central."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import PurePath

from argon2 import PasswordHasher

from console.central import feed
from console.central.directory import Directory
from console.central.pages import Asked
from console.central.push import Sender
from console.domain.agency import Agency, Unit
from console.domain.alarm import Alarm, AlarmState
from console.domain.area import Area, Grant, Right, Tier
from console.domain.assignment import Assignment, Role
from console.domain.duty import Duty, Matter
from console.domain.incident import Incident, Stage, Task
from console.domain.incoming import Channel, IncomingCall
from console.domain.indicator import Indicator, Limit
from console.domain.level import Level
from console.domain.operation import Actor
from console.domain.pack import Pack, User
from console.domain.place import Point
from console.domain.words import Label
from console.domain.worktime import Span
from console.store.ids import new_id
from console.store.queries import View
from console.sync.messages import Page

START = datetime(2026, 7, 1, 8, tzinfo=UTC)
CITY, TOWN = "chengdu", "chengdu/qinghe"
VILLAGE, OTHER = "chengdu/qinghe/east/dong", "chengdu/wuhou"
FIRE = f"{TOWN}/@fire"
AREAS = {
    CITY: Tier.CITY,
    TOWN: Tier.TOWN,
    "chengdu/qinghe/east": Tier.ZONE,
    VILLAGE: Tier.VILLAGE,
    OTHER: Tier.TOWN,
}
GRANTS = {
    "u1": [Grant(Right.COMMAND, TOWN)],
    "u2": [Grant(Right.COMMAND, TOWN)],
    "city": [Grant(Right.COMMAND, CITY)],
    "village": [Grant(Right.COMMAND, VILLAGE)],
    "other": [Grant(Right.COMMAND, OTHER)],
    "fire": [Grant(Right.RESPOND, FIRE)],
    "leader": [Grant(Right.VIEW, TOWN)],
    "relay": [Grant(Right.RELAY, TOWN)],
    "drill": [Grant(Right.COMMAND, TOWN, "drill")],
}
PASSWORD = "一屏-duty-1"
HERE = Point(104.06, 30.67)
STAGES = (
    Stage.REPORTED,
    Stage.DISPATCHED,
    Stage.IN_PROGRESS,
    Stage.REPORTED_BACK,
    Stage.CHECKED,
    Stage.CLOSED,
)


@cache
def make_pack() -> Pack:
    # cheap to hash: the tests sign in often
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    who = Label("值班员", "Duty officer")
    users = [User(id, who, hashed, who, tuple(grants)) for id, grants in GRANTS.items()]
    agencies = [
        Agency("fire", Label("消防", "Fire brigade"), Tier.TOWN, TOWN),
        Agency("dong", Label("东村", "Dong village"), Tier.VILLAGE, VILLAGE),
    ]
    units = [Unit("xf1", Label("消防一号", "Engine 1"), "fire", "fire_engine", ("fire",), HERE, "xf1")]
    level = Indicator(
        "river", Label("水位", "River level"), "m", Label("水情", "Water"), Label("河", "River"), 60.0, HERE,
        limits=(Limit(Level.YELLOW, 3.0, 2.8), Limit(Level.RED, 4.0, 3.8)), matter="flood",
    )  # fmt: skip
    return Pack(
        id="test", name=Label("测试", "Test"), area=TOWN, town_name=Label("清河", "Qinghe"),
        centre=Label("指挥中心", "Centre"), at=HERE, folder=PurePath(), basemap=PurePath(),
        schematic=True, simulated=True,
        areas={path: Area(path, Label(path, path), tier) for path, tier in AREAS.items()},
        agencies={a.id: a for a in agencies}, units={u.id: u for u in units}, cameras={},
        indicators={level.id: level},
        matters={"flood": Matter("flood", Label("内涝", "Flood"), Level.YELLOW, STAGES)},
        duties={"flood": Duty("flood", "fire", (), {"ack": Span(5), "handle": Span(60)})}, cards={},
        users={u.id: u for u in users},
    )  # fmt: skip


def actor(second: float = 0.0, user: str = "u1") -> Actor:
    return Actor(user, Label("张三", "Zhang San"), START + timedelta(seconds=second), TOWN)


def alarm(second: float = 0.0) -> Alarm:
    return Alarm(
        new_id(), "river", Label("水位高", "River high"), Label("东桥", "East bridge"), HERE, Level.YELLOW,
        AlarmState.UNACKNOWLEDGED, START + timedelta(seconds=second), 3.2, 3.0, "m", "flood", area=TOWN,
    )  # fmt: skip


def call(second: float = 0.0) -> IncomingCall:
    return IncomingCall(
        new_id(), TOWN, Channel.HOTLINE, START + timedelta(seconds=second), Label("桥上有水", "Water on the bridge"),
        Label("居民", "Resident"), "13800000000", matter="flood", place=Label("东桥", "East bridge"), at=HERE,
    )  # fmt: skip


def incident(number: int = 1, second: float = 0.0) -> Incident:
    return Incident(
        new_id(), number, "flood", Label("东桥积水", "Water at East bridge"), Label("东桥", "East bridge"),
        HERE, Level.YELLOW, Stage.REPORTED, STAGES, START + timedelta(seconds=second), Label("电话", "Call"),
        area=TOWN,
    )  # fmt: skip


def assignment(of: Incident, unit: str | None = "xf1", scope: str = FIRE) -> Assignment:
    due = START + timedelta(minutes=5)
    return Assignment(new_id(), of.id, "fire", Role.LEAD, unit, 240.0, due, scope=scope)


def task(of: Incident, order: int = 1) -> Task:
    return Task(new_id(), of.id, order, Label("拉警戒线", "Put up the cordon"), "fire", gate=True)


def sender(device: str, user: str = "u1", realm: str = "live") -> Sender:
    """Someone who pushes."""
    directory = Directory(make_pack())
    return Sender(device, user, realm, lambda who: directory.grants_in(who, realm), directory.areas)


def page(view: View, client: str, after: int, limit: int, scopes: Sequence[str]) -> Page:
    """A page of the feed as a desk is given it."""
    return feed.with_outcomes(view, client, feed.rows(view, Asked(after, limit), scopes))
