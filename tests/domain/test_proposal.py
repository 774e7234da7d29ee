"""The proposal: who is sent and why, who is not and why not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import PurePath

from hypothesis import given
from hypothesis import strategies as st

from console.domain.agency import STALE_AFTER, Agency, Position, Unit
from console.domain.area import Tier
from console.domain.assignment import Assignment, Role, Status
from console.domain.duty import CardMessage, CardTask, Duty, Matter, Need, SceneCard
from console.domain.incident import Incident, Stage
from console.domain.level import Level
from console.domain.pack import Pack
from console.domain.phrases import say
from console.domain.place import Point
from console.domain.proposal import Proposal, propose
from console.domain.words import Label

NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
HERE = Point(104.06, 30.67)
STAGES = (Stage.REPORTED, Stage.DISPATCHED, Stage.CHECKED, Stage.CLOSED)
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
)


def make_pack(units: dict[str, str], needs: dict[str, int]) -> Pack:
    """A pack whose units have the named capabilities and whose card has these needs."""
    name = Label("名", "Name")
    card = SceneCard(
        "fire",
        name,
        tuple(Need(capability, count, Label("能", capability)) for capability, count in needs.items()),
        (CardTask(Label("断电", "Power off"), gate=True),),
        (CardMessage("fire", Label("出动", "Go")),),
    )
    return Pack(
        id="p",
        name=name,
        area="t",
        town_name=name,
        centre=name,
        at=HERE,
        folder=PurePath(),
        basemap=PurePath(),
        schematic=True,
        simulated=True,
        areas={},
        agencies={"fire": Agency("fire", name, Tier.TOWN)},
        units={id: Unit(id, Label(id, id), "fire", "engine", tuple(able.split()), HERE) for id, able in units.items()},
        cameras={},
        indicators={},
        matters={"fire": Matter("fire", name, Level.RED, STAGES)},
        duties={"fire": Duty("fire", "fire", (), 1.5, 30)},
        cards={"fire": card},
        users={},
    )


def ask(
    pack: Pack,
    travel_s: dict[str, float],
    *,
    assignments: list[Assignment] | None = None,
    positions: dict[str, Position] | None = None,
) -> Proposal:
    if positions is None:
        positions = {id: Position(id, HERE, NOW) for id in pack.units}
    found = propose(
        INCIDENT,
        pack,
        now=NOW,
        assignments=assignments or [],
        positions=positions,
        travel_s=travel_s,
        by_road=True,
    )
    assert found is not None
    return found


def why(proposal: Proposal, unit: str) -> str:
    candidate = next(c for c in proposal.candidates if c.unit.id == unit)
    return " ".join(say(reason, "en") for reason in candidate.reasons)


def test_the_quickest_are_chosen_and_the_others_say_how_much_slower_they_are() -> None:
    pack = make_pack({"a": "rescue", "b": "rescue", "c": "rescue", "d": "grid"}, {"rescue": 2})
    proposal = ask(pack, {"a": 300, "b": 120, "c": 90, "d": 1})
    assert [c.unit.id for c in proposal.chosen] == ["c", "b"]
    assert why(proposal, "c") == "rescue, number 1 by travel time"
    assert why(proposal, "b") == "rescue, number 2 by travel time"
    assert why(proposal, "a") == "3.0 min slower than those chosen"
    assert all(c.unit.id != "d" for c in proposal.candidates)  # not able


def test_why_not() -> None:
    units = dict.fromkeys(("off", "busy", "here", "lost", "old", "free"), "rescue")
    pack = make_pack(units, {"rescue": 1})
    pack = replace(pack, units={**pack.units, "off": replace(pack.units["off"], on_duty=False)})
    told = {"en_route": NOW}
    assignments = [
        Assignment("x", "other", "fire", Role.ASSIST, "busy", times=told),
        Assignment("y", "i1", "fire", Role.ASSIST, "here", times=told),
        Assignment("z", "other", "fire", Role.ASSIST, "free", times={"done": NOW}),
    ]
    positions = {id: Position(id, HERE, NOW) for id in units if id != "lost"}
    positions["old"] = Position("old", HERE, NOW - STALE_AFTER - timedelta(minutes=12))
    travel = dict.fromkeys(units, 10.0) | {"free": 999.0}
    proposal = ask(pack, travel, assignments=assignments, positions=positions)
    assert [c.unit.id for c in proposal.chosen] == ["free"]
    assert why(proposal, "off") == "Off duty"
    assert why(proposal, "busy") == "Busy: En route"
    assert why(proposal, "here") == "Already on this incident"
    assert why(proposal, "lost") == "No position"
    assert why(proposal, "old") == "Position is 42 min old"


def test_a_need_that_cannot_be_met_is_said() -> None:
    pack = make_pack({"a": "rescue"}, {"rescue": 3, "medical": 1})
    proposal = ask(pack, {"a": 60})
    assert [(need.capability, missing) for need, missing in proposal.short] == [("rescue", 2), ("medical", 1)]


def test_limits_run_from_the_dispatch_and_from_the_opening() -> None:
    proposal = ask(make_pack({}, {}), {})
    assert proposal.ack_due_at == NOW + timedelta(minutes=1.5)
    assert proposal.due_at == INCIDENT.opened_at + timedelta(minutes=30)
    assert proposal.tasks[0].gate and proposal.messages[0].agency == "fire"


def test_without_a_duty_there_is_no_proposal() -> None:
    pack = replace(make_pack({}, {}), duties={})
    assert propose(INCIDENT, pack, now=NOW, assignments=[], positions={}, travel_s={}, by_road=False) is None


def test_without_a_card_the_duty_still_says_who_leads() -> None:
    proposal = ask(replace(make_pack({"a": "rescue"}, {"rescue": 1}), cards={}), {"a": 1})
    assert proposal.lead == "fire" and not proposal.candidates and not proposal.tasks


def test_the_operator_can_take_a_unit_in_or_leave_it_out() -> None:
    proposal = ask(make_pack({"a": "rescue", "b": "rescue"}, {"rescue": 1}), {"a": 1, "b": 2})
    assert {c.unit.id for c in proposal.toggled("b").chosen} == {"a", "b"}
    assert {c.unit.id for c in proposal.toggled("a").chosen} == set()
    assert proposal.toggled("a").toggled("a") == proposal


@st.composite
def towns(draw) -> tuple[Pack, dict[str, float], dict[str, Position], list[Assignment]]:
    able = st.sets(st.sampled_from(["rescue", "medical", "grid"]), min_size=1).map(" ".join)
    units = draw(st.dictionaries(st.sampled_from([f"u{n}" for n in range(8)]), able))
    needs = draw(st.dictionaries(st.sampled_from(["rescue", "medical", "grid"]), st.integers(1, 3)))
    pack = make_pack(units, needs)
    ids = st.sampled_from(sorted(units)) if units else st.nothing()
    off = draw(st.sets(ids))
    pack = replace(pack, units={id: replace(u, on_duty=id not in off) for id, u in pack.units.items()})
    travel = {id: draw(st.floats(1, 3600)) for id in units}
    ages = {id: draw(st.none() | st.integers(0, 60)) for id in units}
    positions = {id: Position(id, HERE, NOW - timedelta(minutes=age)) for id, age in ages.items() if age is not None}
    busy = draw(st.sets(ids))
    status = draw(st.sampled_from(Status))
    held = [Assignment(f"a-{id}", "other", "fire", Role.ASSIST, id, times={status.value: NOW}) for id in busy]
    return pack, travel, positions, held


@given(towns())
def test_what_is_true_of_every_proposal(town) -> None:
    pack, travel, positions, held = town
    proposal = ask(pack, travel, positions=positions, assignments=held)
    chosen = [c.unit.id for c in proposal.chosen]
    assert len(chosen) == len(set(chosen))  # nobody is sent twice
    assert all(c.reasons for c in proposal.candidates)  # everything says why
    busy = {a.unit for a in held if a.status.open}
    for candidate in proposal.chosen:
        unit = candidate.unit
        assert candidate.need.capability in unit.capabilities
        assert unit.on_duty and unit.id not in busy
        assert unit.id in positions and not positions[unit.id].stale(NOW)
    short = {need.capability: missing for need, missing in proposal.short}
    for need in pack.cards["fire"].needs:
        mine = [c for c in proposal.chosen if c.need is need]
        assert len(mine) + short.get(need.capability, 0) == need.count
        left_out = [
            c for c in proposal.candidates if c.need is need and not c.chosen and c.reasons[0].code == "unit_slower"
        ]
        for slower in left_out:
            assert all((slower.travel_s or 0) >= (c.travel_s or 0) for c in mine)
