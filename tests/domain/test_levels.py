"""Handed up, down and on: who may be sent to, who leads, what a whistle counts, and what is returned."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from console.domain.agency import Agency, Unit
from console.domain.area import Grant, Right, Tier, centre_path, own_paths
from console.domain.assignment import Assignment, Role, Status, Way
from console.domain.errors import Refused
from console.domain.incident import Incident, SideState, Stage
from console.domain.level import Level
from console.domain.levels import Recipient, Sending, called_in, may_go, reported_in, returned, send, transfer
from console.domain.operation import Actor, ReportStatus
from console.domain.place import Point
from console.domain.words import Label
from tests.support_model import Model

NOW = datetime(2026, 7, 1, tzinfo=UTC)
NAME = Label("名", "Name")
CITY, TOWN, VILLAGE = "gz", "gz/qh", "gz/qh/dong"
PLACES = {
    "gz": (Tier.CITY, CITY), "flood": (Tier.CITY, CITY), "qh": (Tier.TOWN, TOWN), "fire": (Tier.TOWN, TOWN),
    "police": (Tier.TOWN, TOWN), "dong": (Tier.VILLAGE, VILLAGE), "wh": (Tier.TOWN, "gz/wh"),
}  # fmt: skip
AGENCIES = {id: Agency(id, Label(id, id), tier, area) for id, (tier, area) in PLACES.items()}
ENGINE = Unit("xf1", Label("消防 1", "Engine 1"), "fire", "fire_engine", (), Point(0, 0))


@pytest.fixture
def rows() -> Model:
    made = Model()
    way = tuple(stage for stage in Stage if stage not in (Stage.VERIFIED, Stage.FILED))
    known = Incident("i", 34, "m", NAME, NAME, Point(0, 0), Level.RED, Stage.ACCEPTED, way, NOW, NAME, area=TOWN)
    made.put(known)
    return made


def actor(second: float = 0.0) -> Actor:
    return Actor("duty", NAME, NOW + timedelta(seconds=second), TOWN)


numbers = count()


def hand(rows: Model, how: Sending, *to: str, **more: object) -> list[Assignment]:
    """Hand the incident over, and what came of it."""
    chosen = [Recipient(AGENCIES[id]) for id in to]
    sent = send(rows.incident("i"), how, chosen, now=NOW, new_id=lambda: f"a{next(numbers)}", **more)  # type: ignore[arg-type]
    rows.do(sent, actor())
    return [rows.assignment(a.id) for a in sent.assignments]


def say(rows: Model, one: Assignment, status: Status, second: float = 60.0, text: str = "") -> None:
    rows.do(ReportStatus(one.id, status, NOW + timedelta(seconds=second), NAME, text=Label(text, text)), actor(second))


def test_a_centre_is_the_agency_that_has_its_areas_id() -> None:
    assert [id for id, agency in AGENCIES.items() if agency.centre] == ["gz", "qh", "dong", "wh"]
    assert centre_path(VILLAGE) == AGENCIES["dong"].path == "gz/qh/dong/@dong"


def test_ones_own_are_the_agencies_of_ones_grants() -> None:
    grants = [
        Grant(Right.COMMAND, TOWN),
        Grant(Right.RESPOND, AGENCIES["fire"].path, "live"),
        Grant(Right.VIEW, CITY),
        Grant(Right.COMMAND, VILLAGE, "drill"),
    ]
    assert own_paths(grants, "live") == {"gz/qh/@qh", "gz/qh/@fire"}
    assert own_paths(grants, "drill-1") == {"gz/qh/@qh", "gz/qh/dong/@dong"}


@pytest.mark.parametrize(
    ("how", "area", "to"),
    [
        (Sending.UP, TOWN, ["gz", "flood"]),
        (Sending.UP, VILLAGE, ["gz", "flood", "qh", "fire", "police"]),
        (Sending.DOWN, TOWN, ["fire", "police", "dong"]),
        (Sending.TRANSFER, TOWN, ["fire", "police", "dong"]),
        (Sending.TRANSFER, CITY, ["flood", "qh", "fire", "police", "dong", "wh"]),
        (Sending.WHISTLE, TOWN, ["gz", "flood", "fire", "police", "dong", "wh"]),
        (Sending.UP, CITY, []),
    ],
)
def test_who_may_be_sent_to(how: Sending, area: str, to: Sequence[str]) -> None:
    assert [id for id, agency in AGENCIES.items() if may_go(how, agency, area)] == list(to)


def test_reporting_up_sets_nobody_to_work(rows: Model) -> None:
    (up,) = hand(rows, Sending.UP, "gz", reason="水位仍在上涨")
    after = rows.incident("i")
    assert (after.stage, after.lead, after.due_at) == (Stage.ACCEPTED, None, None)
    assert (up.role, up.way, up.scope, up.reason) == (Role.SUPERVISE, Way.UP, "gz/@gz", "水位仍在上涨")
    say(rows, up, Status.ACKNOWLEDGED)
    say(rows, up, Status.DONE, 70)
    assert rows.incident("i").stage is Stage.ACCEPTED
    (lead, _) = hand(rows, Sending.DOWN, "dong", "fire")
    assert (lead.role, rows.incident("i").lead, rows.incident("i").stage) == (Role.LEAD, "dong", Stage.DISPATCHED)
    hand(rows, Sending.UP, "flood")
    assert rows.incident("i").stage is Stage.DISPATCHED


def test_a_closed_incident_is_not_reported_up(rows: Model) -> None:
    rows.put(replace(rows.incident("i"), stage=Stage.CLOSED))
    with pytest.raises(Refused) as refused:
        hand(rows, Sending.UP, "gz")
    assert refused.value.phrase.code == "incident_already"


def test_nobody_is_no_one_to_send_to(rows: Model) -> None:
    with pytest.raises(Refused) as refused:
        hand(rows, Sending.WHISTLE)
    assert refused.value.phrase.code == "nobody_chosen"


def test_the_log_says_how_and_why_it_was_handed_on(rows: Model) -> None:
    sent = send(
        rows.incident("i"), Sending.WHISTLE, [Recipient(AGENCIES["fire"]), Recipient(AGENCIES["police"])],
        now=NOW, new_id=lambda: f"w{next(numbers)}", reason=" 封桥 ", ack_due_at=NOW + timedelta(minutes=3),
    )  # fmt: skip
    said, *orders = rows.do(sent, actor()).notes
    assert said.phrase and (said.phrase.code, said.phrase.args["count"]) == ("sent_by_way", 2)
    assert [(o.receiver, o.phrase.args["text"]) for o in orders if o.phrase] == [
        (AGENCIES[id].name, Label("吹哨:封桥", "Whistle: 封桥")) for id in ("fire", "police")
    ]


def report_in(assignments: Iterable[Assignment]) -> tuple[int, int]:
    """吹哨报到, as the panel counts it: of those whistled for, how many have reported in, and how many were."""
    called = called_in(assignments)
    return sum(map(reported_in, called)), len(called)


def test_a_whistle_counts_who_comes_in_the_place_of_another(rows: Model) -> None:
    fire, police, dong = hand(rows, Sending.WHISTLE, "fire", "police", "dong")
    hand(rows, Sending.ASSIST, "wh")
    everyone = lambda: rows.assignments_of("i")  # noqa: E731
    assert report_in(everyone()) == (0, 3)
    say(rows, police, Status.ACKNOWLEDGED)
    say(rows, dong, Status.DECLINED, text="不在辖区")
    assert report_in(everyone()) == (1, 3) and [a.id for a in returned(everyone())] == [dong.id]
    given = transfer(rows.assignment(dong.id), AGENCIES["wh"], reason="辖区不符", now=NOW, new_id=lambda: "given")
    rows.do(given, actor(90))
    assert rows.assignment(dong.id).reason == "不在辖区", "its facts stay with it"
    assert returned(everyone()) == [] and report_in(everyone()) == (1, 3)
    say(rows, rows.assignment("given"), Status.ACKNOWLEDGED, 100)
    say(rows, fire, Status.RECALLED, 100)
    assert report_in(everyone()) == (2, 2)
    assert {a.agency for a in called_in(everyone())} == {"police", "wh"}


def test_a_returned_lead_that_is_transferred_is_returned_no_more(rows: Model) -> None:
    (lead,) = hand(rows, Sending.DOWN, "dong")
    say(rows, lead, Status.DECLINED, text="设备不足")
    assert rows.incident("i").side_states == (SideState.RETURNED,)
    rows.do(transfer(rows.assignment(lead.id), AGENCIES["fire"], reason="改派", now=NOW, new_id=lambda: "t"), actor(90))
    after = rows.incident("i")
    assert (after.side_states, after.lead) == ((), "fire")
    assert rows.assignment("t").reason == "改派" and rows.assignment("t").role is Role.LEAD


def test_a_unit_is_sent_on_out_of_what_its_agency_received(rows: Model) -> None:
    (received,) = hand(rows, Sending.DOWN, "fire")
    on = send(
        rows.incident("i"), Sending.ONWARD, [Recipient(AGENCIES["fire"], ENGINE)], now=NOW, new_id=lambda: "u",
        origin=received,
    )  # fmt: skip
    rows.do(on, actor())
    unit = rows.assignment("u")
    assert (unit.unit, unit.origin, unit.role, unit.way) == ("xf1", received.id, Role.ASSIST, Way.DISPATCH)
    assert rows.incident("i").lead == "fire"
