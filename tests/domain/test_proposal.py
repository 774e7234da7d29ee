"""The proposal: who is sent and why, who is not and why not, what is short, who helps, what the operator changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from math import inf
from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.agency import STALE_AFTER, Agency, Position, Unit
from console.domain.area import Area, Tier
from console.domain.assignment import Assignment, Role, Status, Way
from console.domain.duty import CardMessage, CardTask, Duty, Limit, Matter, Need, SceneCard
from console.domain.incident import Incident, Stage
from console.domain.level import Level
from console.domain.lists import Lists, lists_of
from console.domain.looking import Jurisdiction, Known, jurisdiction
from console.domain.operation import Dispatch
from console.domain.pack import Pack
from console.domain.phrases import say
from console.domain.place import Point
from console.domain.proposal import Candidate, Proposal, dispatch
from console.domain.proposing import demands, propose
from console.domain.whereabouts import Basis, whereabouts
from console.domain.words import Label
from console.domain.worktime import Span, WorkTime

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
HERE = Point(104.06, 30.67)
HOUR = timedelta(hours=1)
STAGES = (Stage.REPORTED, Stage.DISPATCHED, Stage.CHECKED, Stage.CLOSED)
TOWN, NEXT, PART = "city/town", "city/next", "city/town/part"
AREAS = {
    path: Area(path, Label(path, path), tier)
    for path, tier in {"city": Tier.CITY, TOWN: Tier.TOWN, NEXT: Tier.TOWN, PART: Tier.ZONE}.items()
}
INCIDENT = Incident(
    id="i1",
    number=1,
    matter="fire",
    title=Label("火", "Fire"),
    place=Label("此", "Here"),
    at=HERE,
    level=Level.RED,
    stage=Stage.REPORTED,
    stages=STAGES,
    opened_at=NOW - timedelta(minutes=2),
    source=Label("电话", "Phone"),
    area=TOWN,
)
OTHER = replace(INCIDENT, id="other", number=9, at=Point(104.1, 30.7))
WORK = WorkTime()
AGENCIES = {"fire": TOWN, "health": TOWN, "zone": PART, "other": NEXT, "reserve": "city"}


def need(capability: str, count: int) -> Need:
    return Need(capability, count, Label("能", capability))


def make_pack(units: dict[str, str], needs: dict[str, int], **card: object) -> Pack:
    """A pack whose units, "agency: capabilities", are of these agencies and whose card has these needs."""
    name = Label("名", "Name")
    scene = SceneCard(
        id="fire",
        matter="fire",
        name=name,
        needs=tuple(need(capability, count) for capability, count in needs.items()),
        tasks=(CardTask(Label("断电", "Power off"), gate=True), CardTask(Label("清点", "Count heads"))),
        messages=(CardMessage("fire", Label("出动", "Go")), CardMessage("health", Label("备床", "Beds"))),
    )
    limits = {Limit.ACK.value: Span(1.5), Limit.HANDLE.value: Span(30)}
    return Pack(
        id="p",
        name=name,
        area=TOWN,
        town_name=name,
        centre=name,
        at=HERE,
        folder=PurePath(),
        basemap=PurePath(),
        schematic=True,
        simulated=True,
        areas=AREAS,
        agencies={id: Agency(id, Label(id, id), Tier.TOWN, area) for id, area in AGENCIES.items()},
        units={id: make_unit(id, said) for id, said in units.items()},
        cameras={},
        indicators={},
        matters={"fire": Matter("fire", name, Level.RED, STAGES)},
        duties={"fire": Duty("fire", "fire", ("health",), limits)},
        cards={"fire": replace(scene, **card)},  # type: ignore[arg-type]
        users={},
    )


def make_unit(id: str, said: str) -> Unit:
    agency, _, able = said.rpartition(":")
    return Unit(id, Label(id, id), agency or "fire", "engine", tuple(able.split()), HERE)


def ask(
    pack: Pack,
    travel_s: dict[str, float],
    *,
    incident: Incident = INCIDENT,
    assignments: list[Assignment] | None = None,
    positions: dict[str, Position] | None = None,
    by_road: bool = True,
    force: int = 0,
) -> Proposal:
    if positions is None:
        positions = {id: Position(id, HERE, NOW) for id in pack.units}
    incidents = {one.id: one for one in (incident, OTHER)}
    where = whereabouts(pack.units.values(), pack.agencies, positions, assignments or (), incidents, NOW)
    known = Known(tuple(assignments or ()), where, travel_s, by_road, codes={"other": "I9"})
    found = propose(incident, pack, lists_of(pack), WORK, known, now=NOW, force=force)
    assert found is not None
    return found


def of(proposal: Proposal, unit: str) -> Candidate:
    return next(c for c in proposal.candidates if c.unit.id == unit)


def said(proposal: Proposal, unit: str) -> list[str]:
    return [say(reason, "en") for reason in of(proposal, unit).reasons]


def why(proposal: Proposal, unit: str) -> str:
    return say(of(proposal, unit).gist[0], "en")


def names(proposal: Proposal) -> list[str]:
    return [candidate.unit.id for candidate in proposal.chosen]


def held(unit: str, incident: str = "other", status: Status = Status.EN_ROUTE, minutes: float = 5) -> Assignment:
    at = NOW - timedelta(minutes=minutes)
    times = {Status.NOTIFIED.value: at, status.value: at}
    return Assignment(f"{incident}-{unit}", incident, "fire", Role.ASSIST, unit, times=times)


def accepted(proposal: Proposal, pack: Pack, **more: object) -> Dispatch:
    ids = (f"n{n}" for n in count())
    return dispatch(proposal, pack, WORK, now=NOW, new_id=lambda: next(ids), **more)  # type: ignore[arg-type]


def test_the_quickest_are_chosen_and_the_others_say_how_much_slower_they_are() -> None:
    pack = make_pack({"a": "rescue", "b": "rescue", "c": "rescue", "d": "grid"}, {"rescue": 2})
    proposal = ask(pack, {"a": 300, "b": 120, "c": 90, "d": 1})
    assert names(proposal) == ["c", "b"]
    assert why(proposal, "c") == "rescue, number 1"
    assert why(proposal, "b") == "rescue, number 2"
    assert why(proposal, "a") == "3.0 min slower than those chosen"
    assert said(proposal, "a")[1:] == [
        "Leaves city/town with nobody free for: rescue",
        "rescue, number 3",
        "5.0 min by road",
        "Position 0 min old",
        "Of this area (city/town)",
        "Not sent in the last 4 h",
    ]
    assert all(c.unit.id != "d" for c in proposal.candidates)  # not able


def test_why_not() -> None:
    units = dict.fromkeys(("off", "busy", "here", "far", "free"), "rescue")
    pack = make_pack(units, {"rescue": 3})
    pack = replace(pack, units={**pack.units, "off": replace(pack.units["off"], on_duty=False)})
    travel = dict.fromkeys(units, 10.0) | {"free": 900.0, "far": inf}
    assignments = [held("busy"), held("here", "i1"), held("free", status=Status.DONE)]
    proposal = ask(pack, travel, assignments=assignments)
    assert names(proposal) == ["free"]
    assert why(proposal, "off") == "Off duty"
    assert why(proposal, "busy") == "En route for I9"
    assert why(proposal, "here") == "Already on this incident"
    assert why(proposal, "far") == "Not there within 60 min by road"
    (short,) = proposal.short  # one is there, one is sent
    assert short.missing == 1
    assert say(short.phrase, "zh").startswith("还缺 1 个能:")
    assert set(say(short.phrase, "en").partition(": ")[2].split(", ")) == {
        "1 Off duty",
        "1 En route",
        "1 Already on this incident",
        "1 Not there within 60 min by road",
    }


def without(unit: Unit, **more: object) -> Unit:
    return replace(unit, home=None, **more)  # type: ignore[arg-type]


def test_who_has_no_position_is_counted_from_the_last_scene_the_home_or_the_agency_and_says_so() -> None:
    units = {"gps": "fire:rescue", "scene": "fire:rescue", "home": "fire:rescue", "office": "health:rescue"}
    pack = make_pack(units, {"rescue": 4})
    pack = replace(
        pack,
        units={**pack.units, "office": without(pack.units["office"])},
        agencies={**pack.agencies, "health": replace(pack.agencies["health"], at=HERE)},
    )
    done = [held("scene", status=Status.DONE, minutes=60)]
    positions = {"gps": Position("gps", HERE, NOW)}
    proposal = ask(pack, dict.fromkeys(units, 300.0), positions=positions, assignments=done)
    assert set(names(proposal)) == set(units) and not proposal.short
    assert "Position 0 min old" in said(proposal, "gps")
    assert "From its last scene, I9" in said(proposal, "scene")
    assert of(proposal, "scene").look.where.at == OTHER.at
    assert "From its station" in said(proposal, "home")
    assert "From its agency's place" in said(proposal, "office")
    for unit in ("scene", "home", "office"):  # to be seen without opening the reasons
        assert any(reason.code.startswith("position_") for reason in of(proposal, unit).gist)


def test_a_scene_of_long_ago_is_left_and_one_that_was_never_reached_is_none() -> None:
    pack = make_pack({"a": "rescue", "b": "rescue", "c": "rescue"}, {"rescue": 3})
    there = [
        held("a", status=Status.DONE, minutes=300),
        held("b", status=Status.RECALLED, minutes=20),
        held("c", status=Status.ON_SCENE, minutes=300),
    ]
    proposal = ask(pack, {"a": 60, "b": 60, "c": 60}, positions={}, assignments=there)
    bases = {id: of(proposal, id).look.where.basis for id in "abc"}
    assert bases == {"a": Basis.HOME, "b": Basis.HOME, "c": Basis.SCENE}  # c is there still


def test_an_old_position_lowers_the_rank_and_forbids_nothing() -> None:
    pack = make_pack({"old": "rescue", "new": "rescue"}, {"rescue": 1})
    ages = {"old": STALE_AFTER + timedelta(minutes=12), "new": timedelta(0)}
    positions = {id: Position(id, HERE, NOW - age) for id, age in ages.items()}
    near = ask(pack, {"old": 60, "new": 420}, positions=positions)
    assert names(near) == ["new"] and "Position is 42 min old" in said(near, "old")
    far = ask(pack, {"old": 60, "new": 900}, positions=positions)
    assert names(far) == ["old"] and say(of(far, "old").gist[1], "zh") == "定位是 42 分钟前的"
    ancient = ask(pack, {"old": 60, "new": 900}, positions={**positions, "old": Position("old", HERE, NOW - 50 * HOUR)})
    assert names(ancient) == ["new"] and "Position is 2 days old" in said(ancient, "old")
    alone = make_pack({"old": "rescue"}, {"rescue": 1})
    assert names(ask(alone, {"old": 60}, positions=positions)) == ["old"]


def test_what_was_heard_later_counts_over_an_old_position() -> None:
    pack = make_pack({"a": "rescue"}, {"rescue": 1})
    done = [held("a", status=Status.DONE, minutes=10)]
    for age, basis in ((60, Basis.SCENE), (20, Basis.POSITION), (5, Basis.POSITION)):
        positions = {"a": Position("a", HERE, NOW - timedelta(minutes=age))}
        assert of(ask(pack, {"a": 60}, positions=positions, assignments=done), "a").look.where.basis is basis
    later = {"a": Position("a", HERE, NOW - timedelta(minutes=40))}
    earlier = [held("a", status=Status.DONE, minutes=50)]
    assert of(ask(pack, {"a": 60}, positions=later, assignments=earlier), "a").look.where.basis is Basis.POSITION


def test_a_unit_with_nothing_to_count_from_is_proposed_last() -> None:
    pack = make_pack({"known": "rescue", "lost": "rescue"}, {"rescue": 1})
    pack = replace(pack, units={**pack.units, "lost": without(pack.units["lost"])})
    travel = {"known": 3500.0, "lost": 1.0}
    proposal = ask(pack, travel, positions={})
    assert names(proposal) == ["known"] and of(proposal, "lost").place == 2
    assert of(proposal, "lost").travel_s is None
    pack = replace(pack, cards={"fire": replace(pack.cards["fire"], needs=(need("rescue", 2),))})
    both = ask(pack, travel, positions={})
    assert names(both) == ["known", "lost"] and not both.short
    assert [say(reason, "zh") for reason in of(both, "lost").gist][:2] == ["能第 2 位", "位置不明"]
    assert {a.unit for a in accepted(both, pack).assignments} >= {"known", "lost"}


def test_what_speaks_against_one_that_goes_is_said_too() -> None:
    pack = make_pack({"a": "zone:rescue", "b": "fire:rescue"}, {"rescue": 1})
    assignments = [held("a", f"x{n}", Status.DONE) for n in range(2)] + [held("a", "old", Status.DONE, minutes=300)]
    proposal = ask(pack, {"a": 60, "b": 600}, assignments=assignments)
    against = [say(reason, "en") for reason in of(proposal, "a").against]
    assert against == [
        "Belongs to city/town/part",
        "Sent 2 times in the last 4 h",
        "Leaves city/town/part with nobody free for: rescue",
    ]
    assert of(proposal, "b").last  # and so would the other its own


@pytest.mark.parametrize("travel", [{"a": 70.0, "b": 80.0}, {"a": 80.0, "b": 70.0}])
def test_within_a_minute_the_one_with_less_to_do_goes_first(travel: dict[str, float]) -> None:
    pack = make_pack({"a": "rescue", "b": "rescue"}, {"rescue": 1})
    proposal = ask(pack, travel, assignments=[held("a", status=Status.DONE)])
    assert names(proposal) == ["b"]
    assert why(proposal, "a") in ("0.2 min slower than those chosen", "Number 2; enough are chosen")


def test_nobody_is_taken_for_one_need_whom_only_another_can_use() -> None:
    pack = make_pack({"both": "rescue medical", "one": "rescue"}, {"rescue": 1, "medical": 1})
    proposal = ask(pack, {"both": 60, "one": 600})
    assert {c.unit.id: c.need.capability for c in proposal.chosen if c.need} == {"both": "medical", "one": "rescue"}
    assert not proposal.short


def test_it_says_whether_minutes_are_by_road() -> None:
    pack = make_pack({"a": "rescue"}, {"rescue": 1})
    assert "2.0 min by road" in said(ask(pack, {"a": 120}), "a")
    straight = ask(pack, {"a": 120}, by_road=False)
    assert not straight.by_road and "about 2.0 min, straight line" in said(straight, "a")
    far = ask(pack, {"a": inf}, by_road=False)
    assert why(far, "a") == "Too far to be there within 60 min"


def test_a_need_that_nobody_can_meet_is_said() -> None:
    pack = make_pack({"a": "rescue"}, {"rescue": 3, "medical": 1})
    proposal = ask(pack, {"a": 60})
    assert [(short.need.capability, short.missing) for short in proposal.short] == [("rescue", 2), ("medical", 1)]
    assert say(proposal.short[1].phrase, "en") == "Still 1 short of medical: there are no such units"
    assert [short.missing for short in proposal.toggled("a").short] == [3, 1]  # as the operator changes it


def test_limits_run_from_the_dispatch_and_from_the_opening() -> None:
    proposal = ask(make_pack({}, {}), {})
    assert proposal.ack_due_at == NOW + timedelta(minutes=1.5)
    assert proposal.due_at == INCIDENT.opened_at + timedelta(minutes=30)
    assert proposal.tasks[0].gate and proposal.messages[0].agency == "fire"


def test_without_a_duty_there_is_no_proposal() -> None:
    known = Known((), {}, {}, False)
    assert propose(INCIDENT, make_pack({}, {}), Lists({}, {}, {}), WORK, known, now=NOW) is None


def test_the_duty_is_that_of_the_place_and_the_level_and_the_card_that_of_the_hour_and_the_alarm() -> None:
    pack = make_pack({"a": "rescue"}, {"rescue": 1})
    part = Duty("fire", "zone", (), area=PART)
    city = Duty("fire", "reserve", (), area=TOWN, tier=Tier.CITY)
    night = replace(pack.cards["fire"], id="night", hours=(20, 6), needs=())
    flood = replace(pack.cards["fire"], id="flood", indicator="river", least=Level.RED, tasks=())
    pack = replace(
        pack,
        duties={**pack.duties, part.id: part, city.id: city},
        cards={**pack.cards, "night": night, "flood": flood},
    )

    def lead(area: str, tier: Tier | None, now: datetime = NOW, in_alarm: tuple[str, ...] = ()) -> Proposal:
        known = Known((), {}, {"a": 1.0}, True, in_alarm=in_alarm)
        found = propose(replace(INCIDENT, area=area), pack, lists_of(pack), WORK, known, now=now, tier=tier)
        assert found is not None
        return found

    assert lead(PART, Tier.TOWN).lead == "zone"
    assert lead(TOWN, Tier.TOWN).lead == "fire" and lead(TOWN, Tier.CITY).lead == "reserve"
    assert lead(TOWN, None, NOW).needs and not lead(TOWN, None, NOW + timedelta(hours=6)).needs  # 16 and 22 o'clock
    assert lead(TOWN, None).tasks and not lead(TOWN, None, in_alarm=("river",)).tasks


def test_without_a_card_the_duty_still_says_who_leads() -> None:
    proposal = ask(replace(make_pack({"a": "rescue"}, {"rescue": 1}), cards={}), {"a": 1})
    assert proposal.lead == "fire" and not proposal.candidates and not proposal.tasks and not proposal.empty


# -- reinforcement


def test_a_level_adds_to_those_below_it_and_the_last_one_is_sent_again() -> None:
    levels = ((need("rescue", 1), need("medical", 2)), (need("rescue", 3),))
    card = make_pack({}, {"rescue": 2}, reinforcements=levels).cards["fire"]

    def counted(force: int) -> dict[str, int]:
        return {each.capability: each.count for each in demands(card, force)}

    assert counted(0) == {"rescue": 2}
    assert counted(1) == {"rescue": 3, "medical": 2}
    assert counted(2) == {"rescue": 6, "medical": 2} and counted(3) == {"rescue": 9, "medical": 2}
    assert demands(None, 1) == ()
    plain = make_pack({}, {"rescue": 2}).cards["fire"]
    assert demands(plain, 1)[0].count == 4  # without levels: what is needed at first, once more


def test_a_reinforcement_proposes_only_what_is_missing() -> None:
    units = dict.fromkeys(("a", "b", "c", "d"), "rescue") | {"m": "medical"}
    pack = make_pack(units, {"rescue": 1}, reinforcements=((need("rescue", 2), need("medical", 1)),))
    sent = replace(INCIDENT, lead="health", stage=Stage.DISPATCHED)
    there = [held("a", "i1"), held("b", "i1"), held("c", "i1", Status.DONE)]
    proposal = ask(pack, dict.fromkeys(units, 60.0), incident=sent, assignments=there, force=1)
    assert names(proposal) == ["c", "m"] and proposal.force == 1  # c is done and free again
    assert proposal.lead == "health" and not proposal.assist and not proposal.tasks and not proposal.messages
    operation = accepted(proposal, pack)
    assert operation.force == 1 and {a.unit for a in operation.assignments} >= {"c", "m"}
    full = ask(pack, dict.fromkeys(units, 60.0), incident=sent, assignments=[*there, held("c", "i1"), held("m", "i1")],
               force=1)  # fmt: skip
    assert full.empty and not full.short


# -- mutual aid


def test_whose_a_unit_is() -> None:
    def seen(agency: str, place: str) -> Jurisdiction:
        return jurisdiction(agency, place, AREAS)

    assert seen(TOWN, TOWN) is seen(TOWN, PART) is seen(PART, PART) is Jurisdiction.OWN
    assert seen(PART, TOWN) is Jurisdiction.NEIGHBOUR
    assert seen(NEXT, PART) is Jurisdiction.TOWN
    assert seen("city", PART) is Jurisdiction.CITY
    assert seen(NEXT, "city") is Jurisdiction.NEIGHBOUR and seen("city", "city") is Jurisdiction.OWN


def test_the_next_town_is_asked_for_what_is_missing_and_the_city_hears_of_it() -> None:
    pack = make_pack({"own": "rescue", "near": "other:rescue", "city": "reserve:rescue"}, {"rescue": 2})
    proposal = ask(pack, {"own": 900, "near": 700, "city": 60})
    assert names(proposal) == ["own", "near"]  # the nearer ones of others come after one's own
    assert [c.unit.id for c in proposal.aid] == ["near"] and not proposal.short
    operation = accepted(proposal, pack)
    assert {a.unit: a.way for a in operation.assignments if a.unit} == {"own": Way.DISPATCH, "near": Way.AID}
    assert operation.assignments[1].scope == "city/next/@other"
    assert operation.orders[-1].receiver == AREAS["city"].name
    assert operation.orders[-1].text.en == "Mutual aid asked of city/next: near"


def test_a_town_that_is_far_comes_after_the_city() -> None:
    pack = make_pack({"far": "other:rescue", "city": "reserve:rescue"}, {"rescue": 1})
    assert names(ask(pack, {"far": 1801, "city": 3000})) == ["city"]
    assert names(ask(pack, {"far": 1799, "city": 60})) == ["far"]
    assert names(ask(pack, {"far": 3000, "city": inf})) == ["far"]


def test_others_are_not_asked_when_ones_own_suffice() -> None:
    pack = make_pack({"own": "rescue", "near": "other:rescue"}, {"rescue": 1})
    proposal = ask(pack, {"own": 3000, "near": 10})
    assert names(proposal) == ["own"] and why(proposal, "near") == "Own units suffice; city/next is not asked"
    assert not accepted(proposal, pack).orders[2:]


def test_where_others_are_is_reckoned_from_their_stations() -> None:
    pack = make_pack({"near": "other:rescue"}, {"rescue": 1})
    proposal = ask(pack, {"near": 600}, positions={})
    assert names(proposal) == ["near"]
    assert "From its station" in said(proposal, "near")


# -- what the operator changes


def test_the_operator_can_take_a_unit_in_or_leave_it_out() -> None:
    proposal = ask(make_pack({"a": "rescue", "b": "rescue"}, {"rescue": 1}), {"a": 1, "b": 200})
    assert set(names(proposal.toggled("b"))) == {"a", "b"}
    assert names(proposal.toggled("a")) == []
    assert proposal.toggled("a").toggled("a") == proposal


def test_any_unit_can_be_called_in() -> None:
    pack = make_pack({"a": "rescue", "b": "grid"}, {"rescue": 1})
    proposal = ask(pack, {"a": 1})
    look = of(proposal, "a").look
    called = proposal.added(pack.units["b"], look)
    assert names(called) == ["b", "a"] and said(called, "b")[0] == "Called in by the operator"
    assert called.added(pack.units["b"], look) == called
    assert proposal.toggled("a").added(pack.units["a"], look) == proposal


def test_agencies_tasks_and_the_lead_can_be_changed() -> None:
    pack = make_pack({"a": "rescue", "h": "health:medical"}, {"rescue": 1, "medical": 1})
    proposal = ask(pack, {"a": 1, "h": 1})
    without = accepted(proposal.agency_toggled("health").task_toggled(0), pack)
    assert {a.agency for a in without.assignments} == {"fire"} and [t.text.en for t in without.tasks] == ["Count heads"]
    assert [order.text.en for order in without.orders] == ["Go"]
    assert [s.need.capability for s in proposal.agency_toggled("health").short] == ["medical"]
    assert proposal.agency_toggled("fire") == proposal  # the lead stays
    led = accepted(proposal.led_by("health"), pack)
    assert led.lead == "health" and {a.agency: a.role for a in led.assignments} == {
        "fire": Role.ASSIST,
        "health": Role.LEAD,
    }
    assert proposal.led_by("fire") == proposal
    assert proposal.agency_toggled("health").led_by("health").left_out == frozenset()


def test_a_unit_that_is_held_elsewhere_is_taken_over_knowingly() -> None:
    pack = make_pack({"a": "rescue"}, {"rescue": 1})
    other = held("a")
    proposal = ask(pack, {"a": 1}, assignments=[other]).toggled("a")
    assert accepted(proposal, pack, open_assignments=[other]).seen == (other.id,)


# -- what is true of every proposal

CAPABLE = ("rescue", "medical", "grid")


@st.composite
def towns(draw: st.DrawFn) -> tuple[Pack, dict[str, float], dict[str, Position], list[Assignment]]:
    able = st.sets(st.sampled_from(CAPABLE), min_size=1).map(sorted).map(" ".join)
    whose = st.sampled_from(sorted(AGENCIES))
    of_agency = st.tuples(whose, able).map(":".join)
    units = draw(st.dictionaries(st.sampled_from([f"u{n}" for n in range(8)]), of_agency))
    pack = make_pack(units, draw(st.dictionaries(st.sampled_from(CAPABLE), st.integers(1, 3))))
    ids = st.sampled_from(sorted(units)) if units else st.nothing()
    off = draw(st.sets(ids))
    pack = replace(pack, units={id: replace(u, on_duty=id not in off) for id, u in pack.units.items()})
    travel = {id: draw(st.floats(1, 3600) | st.just(inf)) for id in sorted(units)}
    ages = {id: draw(st.none() | st.integers(0, 60)) for id in sorted(units)}
    positions = {id: Position(id, HERE, NOW - timedelta(minutes=age)) for id, age in ages.items() if age is not None}
    status = draw(st.sampled_from(Status))
    there = [held(id, draw(st.sampled_from(["i1", "other"])), status) for id in sorted(draw(st.sets(ids)))]
    return pack, travel, positions, there


def ask_twice(town: tuple[Pack, dict[str, float], dict[str, Position], list[Assignment]]) -> Proposal:
    pack, travel, positions, there = town
    proposal = ask(pack, travel, positions=positions, assignments=there)
    turned = replace(pack, units=dict(reversed(pack.units.items())))
    assert ask(turned, travel, positions=positions, assignments=there[::-1]) == proposal  # whatever comes first
    return proposal


@given(towns())
def test_what_is_true_of_every_proposal(
    town: tuple[Pack, dict[str, float], dict[str, Position], list[Assignment]],
) -> None:
    pack, travel, _, there = town
    proposal = ask_twice(town)
    needs = pack.cards["fire"].needs
    wanted = {each.capability for each in needs}
    assert sorted(c.unit.id for c in proposal.candidates) == sorted(
        id for id, unit in pack.units.items() if wanted.intersection(unit.capabilities)
    )  # every able unit once
    assert all(c.reasons and c.gist and (c.chosen or c.against) for c in proposal.candidates)
    busy = {a.unit for a in there if a.status.open}
    here = {a.unit for a in there if a.status.open and a.incident == "i1"}
    for candidate in proposal.chosen:
        unit = candidate.unit
        assert candidate.need is not None and candidate.need.capability in unit.capabilities
        assert unit.on_duty and unit.id not in busy and travel[unit.id] < inf
    short = {each.need.capability: each.missing for each in proposal.short}
    already = {each.capability: count for each, count in proposal.needs}
    for each in needs:
        mine = [c for c in proposal.chosen if c.need == each]
        assert len(mine) + already[each.capability] + short.get(each.capability, 0) == each.count
        assert already[each.capability] <= len(here)
    for candidate in proposal.aid:  # of others is asked only what one's own cannot send
        assert candidate.need is not None
        assert not any(
            candidate.need.capability in c.unit.capabilities
            for c in proposal.candidates
            if not c.chosen and c.look.free and not c.look.whose.aid
        )
    for each in proposal.short:  # and nobody who could go is left while something is short
        assert not any(
            each.need.capability in c.unit.capabilities for c in proposal.candidates if not c.chosen and c.look.free
        )


def test_who_is_there_meets_the_same_needs_whatever_comes_first() -> None:
    units = {"u0": "fire:medical rescue", "u1": "fire:medical rescue", "u2": "fire:medical"}
    pack = make_pack(units, {"rescue": 1, "medical": 1})
    there = [held("u0", "i1", Status.NOTIFIED), held("u1", "i1", Status.NOTIFIED)]
    ask_twice((pack, dict.fromkeys(units, inf), {}, there))
