"""The whole loop under a fake clock: a river rises, staff are sent, answer and finish, again and again alike."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from console.domain.agency import Position
from console.domain.assignment import Assignment, Role, Status
from console.domain.drill import Exercise, ExerciseState
from console.domain.incident import Incident, Stage
from console.domain.indicator import Reading
from console.domain.intake import Call, CameraFault, FieldReport, Intake, LinkCut, Message
from console.domain.level import Level
from console.domain.lists import lists_of
from console.domain.looking import Known
from console.domain.pack import Pack
from console.domain.place import Point, distance_m
from console.domain.proposing import propose
from console.domain.whereabouts import whereabouts
from console.domain.worktime import WorkTime
from console.engine.route import RoadGraph
from console.simulate.town import Town, TownView
from console.store.packs import find_pack, load_pack
from console.store.scenarios import find_scenarios, load_scenario

START = datetime(2026, 7, 1, 6, 0, tzinfo=UTC)
NOBODY = Path("/nonexistent")
SENT = {"ps1": "water", "xf1": "fire", "jj12": "traffic_police", "jh3": "health", "wg01": "grid"}


@cache
def pack() -> Pack:
    return load_pack(find_pack("dongguan-houjie", NOBODY))


@cache
def roads() -> RoadGraph:
    return RoadGraph.load(Path(pack().basemap) / "roads.npz")


def town(by_road: bool = True, name: str = "demo-town") -> Town:
    scenario = load_scenario(find_scenarios(NOBODY)[name], pack())
    return Town(scenario, pack(), roads() if by_road else None)


@dataclass
class Desk:
    """What a desk keeps: the facts, and nothing else."""

    town: Town
    speed: float = 1.0
    length_s: float = 2700.0
    now: datetime = START
    exercise: Exercise = field(default_factory=lambda: Exercise("x1", "demo-town"))
    assignments: dict[str, Assignment] = field(default_factory=dict)
    places: dict[str, Point] = field(default_factory=dict)
    positions: dict[str, Position] = field(default_factory=dict)
    said: list[Intake] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.exercise = replace(self.exercise, speed=self.speed)

    def run(self, seconds: float, tick_s: float = 0.5) -> None:
        for _ in range(int(seconds / tick_s)):
            self.now += timedelta(seconds=tick_s)
            self.exercise = self.exercise.advanced(tick_s, self.length_s)
            open_ones = [one for one in self.assignments.values() if one.status.open]
            view = TownView(open_ones, self.places, dict(self.positions))
            said, self.exercise = self.town.tick(self.exercise, self.now, view)
            for what in said:
                if isinstance(what, FieldReport):
                    one = self.assignments[what.assignment]
                    self.assignments[one.id] = one.recorded(what.status, what.at)
                elif isinstance(what, Position):
                    self.positions[what.id] = what
            self.said += said

    def send(self, incident: str, at: Point, units: dict[str, str], agencies: tuple[str, ...] = ()) -> None:
        self.places[incident] = at
        told = {"notified": self.now}
        for unit, agency in units.items():
            id = f"{incident}-{unit}"
            self.assignments[id] = Assignment(id, incident, agency, Role.ASSIST, unit, times=told)
        for agency in agencies:
            id = f"{incident}-{agency}"
            self.assignments[id] = Assignment(id, incident, agency, Role.LEAD, times=told)

    def readings(self, indicator: str) -> list[Reading]:
        return [what for what in self.said if isinstance(what, Reading) and what.indicator == indicator]

    def reports(self) -> list[tuple[str, Status, int]]:
        return [
            (what.assignment, what.status, round((what.at - START).total_seconds()))
            for what in self.said
            if isinstance(what, FieldReport)
        ]


def bridge() -> Point:
    at = pack().indicators["lisha_level"].at
    assert at is not None
    return at


def test_the_river_passes_its_limits_soon_after_the_start() -> None:
    desk = Desk(town())
    desk.run(70)
    gauge, level, reached = pack().indicators["lisha_level"], None, {}
    for reading in desk.readings("lisha_level"):
        level = gauge.level(reading.value, level)
        if level is not None:
            reached.setdefault(level, (reading.at - START).total_seconds())
    assert 25 <= reached[Level.YELLOW] <= 40
    assert reached[Level.YELLOW] < reached[Level.ORANGE] <= 65


def test_only_the_river_calls_in_the_first_minutes() -> None:
    desk = Desk(town())
    desk.run(170)
    levels = {}
    for reading in (what for what in desk.said if isinstance(what, Reading)):
        one = pack().indicators[reading.indicator]
        levels[one.id] = one.level(reading.value, levels.get(one.id))
    assert [id for id, level in levels.items() if level] == ["lisha_level"]


def test_readings_keep_their_cadence_and_never_repeat() -> None:
    desk = Desk(town(), speed=4.0)
    desk.run(60)
    for id, indicator in pack().indicators.items():
        at = [reading.at for reading in desk.readings(id)]
        gaps = {round((b - a).total_seconds(), 3) for a, b in pairwise(at)}
        assert gaps == {indicator.cadence_s / 4.0}


@pytest.mark.parametrize("by_road", [True, False])
def test_everybody_answers_and_finishes(by_road: bool) -> None:
    desk = Desk(town(by_road))
    desk.run(60)
    desk.send("i34", bridge(), SENT, agencies=("water", "emergency"))
    desk.run(180)
    for one in desk.assignments.values():
        assert one.status is Status.DONE, (one.id, one.times)
        times = [at for _, at in sorted((Status.of(code).rank, at) for code, at in one.times.items())]
        assert times == sorted(times)
    took = max(one.times["done"] for one in desk.assignments.values()) - START
    assert 120 < took.total_seconds() < 240
    arrived = desk.assignments["i34-ps1"].times["on_scene"]
    heard = [p for p in desk.said if isinstance(p, Position) and p.id == "ps1" and p.seen_at <= arrived]
    there = heard[-1]
    assert distance_m(there.at, bridge()) < 5
    assert all(what.text for what in desk.said if isinstance(what, FieldReport))


def test_units_follow_the_roads_and_say_where_they_are_heading() -> None:
    desk = Desk(town())
    desk.run(10)
    desk.send("i34", bridge(), {"jh3": "health"})
    desk.run(120)
    one = desk.assignments["i34-jh3"]
    moved = [
        p
        for p in desk.said
        if isinstance(p, Position) and p.id == "jh3" and one.times["en_route"] < p.seen_at <= one.times["on_scene"]
    ]
    assert len(moved) > 10 and all(p.heading is not None for p in moved)
    way = sum(distance_m(a.at, b.at) for a, b in pairwise(moved))
    assert way > distance_m(moved[0].at, bridge()) * 1.02
    assert all(distance_m(a.at, b.at) < 150 for a, b in pairwise(moved))


def test_afterwards_units_go_home() -> None:
    desk = Desk(town())
    desk.run(10)
    desk.send("i34", bridge(), {"jh3": "health"})
    desk.run(200)
    assert desk.assignments["i34-jh3"].status is Status.DONE
    home = pack().units["jh3"].home
    assert home is not None and distance_m(desk.positions["jh3"].at, home) < 100


def test_an_agency_is_late_where_the_scenario_says_so() -> None:
    desk = Desk(town())
    desk.send("i34", bridge(), {}, agencies=("water", "emergency"))
    desk.run(60)
    assert desk.assignments["i34-water"].at(Status.ACKNOWLEDGED) is not None
    assert desk.assignments["i34-emergency"].status is Status.NOTIFIED


def test_two_incidents_for_one_unit_are_worked_one_after_the_other() -> None:
    desk = Desk(town())
    desk.send("i34", bridge(), {"jj12": "traffic_police"})
    desk.run(20)
    desk.send("i35", pack().at, {"jj12": "traffic_police"})
    desk.run(400)
    first, second = desk.assignments["i34-jj12"], desk.assignments["i35-jj12"]
    assert first.status is second.status is Status.DONE
    assert second.times["acknowledged"] < first.times["done"] < second.times["en_route"]


def test_the_same_seed_gives_the_same_run() -> None:
    def once() -> list[Intake]:
        desk = Desk(town())
        desk.run(40)
        desk.send("i34", bridge(), SENT)
        desk.run(150)
        return desk.said

    assert once() == once()


def test_a_killed_desk_goes_on_as_if_nothing_had_been() -> None:
    whole, killed = Desk(town()), Desk(town())
    for desk in (whole, killed):
        desk.run(60)
        desk.send("i34", bridge(), SENT, agencies=("water",))
    whole.run(160)
    for _ in range(8):
        killed.run(20)
        killed.town = town()  # only the facts are left
    a, b = (sorted(desk.reports(), key=str) for desk in (whole, killed))
    assert [(id, status) for id, status, _ in a] == [(id, status) for id, status, _ in b]
    for (_, _, then), (_, _, again) in zip(a, b, strict=True):
        assert abs(then - again) <= 3
    # Values are the very same; at the restart the latest is read once more.
    for id in pack().indicators:
        assert set(whole.readings(id)) == set(killed.readings(id))


def test_a_restart_brings_back_what_is_broken() -> None:
    desk = Desk(town(), speed=10.0)
    desk.run(19)  # 190 s: the camera has stalled
    desk.town, before = town(), len(desk.said)
    desk.run(0.5)
    assert [what for what in desk.said[before:] if isinstance(what, CameraFault)] == [CameraFault("cam03", "stall")]
    desk.run(81)  # 1005 s: camera and link were mended
    desk.town, before = town(), len(desk.said)
    desk.run(0.5)
    assert not any(isinstance(what, CameraFault | LinkCut) for what in desk.said[before:])


def test_injects_come_once_and_in_order() -> None:
    desk = Desk(town(), speed=30.0)
    desk.run(95)
    assert desk.exercise.state is ExerciseState.FINISHED
    assert desk.exercise.executed == tuple(range(1, 27))
    calls = [what.matter for what in desk.said if isinstance(what, Call)]
    assert calls == ["collision", "road_works", "garbage", "smoke", "sewage", "street_light"]
    assert [what.cut for what in desk.said if isinstance(what, LinkCut)] == [True, False]
    assert sum(isinstance(what, Message) for what in desk.said) == 2


def test_nothing_happens_while_paused_and_the_pause_does_not_count() -> None:
    desk = Desk(town())
    desk.send("i34", bridge(), {"jh3": "health"})
    desk.run(8)
    before = len(desk.said)
    desk.exercise = replace(desk.exercise, state=ExerciseState.PAUSED)
    desk.run(600)
    assert len(desk.said) == before
    desk.exercise = replace(desk.exercise, state=ExerciseState.RUNNING)
    desk.run(2)
    assert desk.assignments["i34-jh3"].status in (Status.ACKNOWLEDGED, Status.NOTIFIED)


def test_speed_hastens_everything() -> None:
    desk = Desk(town(), speed=10.0)
    desk.run(6)
    desk.send("i34", bridge(), SENT)
    desk.run(16)
    assert all(one.status is Status.DONE for one in desk.assignments.values())


def test_there_is_history_before_the_start_that_ends_where_the_run_begins() -> None:
    place = town()
    past = place.history(START, minutes=90)
    for id, indicator in pack().indicators.items():
        mine = [reading for reading in past if reading.indicator == id]
        assert len(mine) == 90 * 60 / max(60, indicator.cadence_s)
        assert all(a.at < b.at < START for a, b in pairwise(mine))
        assert all(indicator.level(reading.value, None) is None for reading in mine)
    assert past == town().history(START, minutes=90)


def test_free_units_are_heard_often_enough_and_silent_ones_are_not() -> None:
    desk = Desk(town())
    desk.run(60)
    silent = {"wg23", "jj9"}
    on_duty = {unit.id: unit.home for unit in pack().units.values() if unit.on_duty and unit.home}
    assert set(desk.positions) == set(on_duty)  # who has no home in the pack carries nothing that says where it is
    for id in on_duty.keys() - silent:
        assert desk.now - desk.positions[id].seen_at < timedelta(seconds=30)
        assert distance_m(desk.positions[id].at, on_duty[id]) < 60
    assert all(desk.positions[id].stale(START) for id in silent)
    heard = sum(isinstance(what, Position) for what in desk.said)
    assert heard < 5 * len(on_duty)


def test_a_report_that_was_lost_is_made_again() -> None:
    place = town()
    one = Assignment("a1", "i34", "health", Role.ASSIST, "jh3", times={"notified": START})
    view = TownView([one], {"i34": bridge()}, {})
    at: list[float] = []
    for second in range(30):
        now = START + timedelta(seconds=second)
        said, _ = place.tick(Exercise("x", "demo-town", elapsed_s=float(second)), now, view)
        at += [float(second) for what in said if isinstance(what, FieldReport)]
    assert len(at) >= 2 and all(b - a >= 10 for a, b in pairwise(at))


def test_the_drill_breaks_and_mends_everything_it_breaks() -> None:
    desk = Desk(town(name="typhoon-flood"), speed=30.0, length_s=5400.0)
    desk.run(185)
    assert desk.exercise.state is ExerciseState.FINISHED
    faults = [what for what in desk.said if isinstance(what, CameraFault | LinkCut)]
    assert faults == [
        CameraFault("cam02", "refuse"),
        LinkCut(True),
        LinkCut(False),
        CameraFault("cam02", None),
    ]
    assert max(reading.value for reading in desk.readings("lisha_level")) >= 3.9
    assert desk.readings("lisha_level")[-1].value < 3.05


def test_the_first_incident_is_proposed_to_those_near_the_bridge() -> None:
    desk = Desk(town())
    desk.run(40)
    gauge = pack().indicators["lisha_level"]
    matter = pack().matters[gauge.matter or ""]
    opened = Incident(
        id="i34",
        number=34,
        matter=matter.code,
        title=matter.name,
        place=gauge.place,
        at=bridge(),
        level=matter.level,
        stage=Stage.REPORTED,
        stages=matter.stages,
        opened_at=desk.now,
        source=gauge.topic,
    )
    places = [position.at for position in desk.positions.values()]
    seconds = dict(zip(desk.positions, roads().travel_seconds(bridge(), places).tolist(), strict=True))
    where = whereabouts(pack().units.values(), pack().agencies, desk.positions, (), {}, desk.now)
    known = Known(assignments=(), where=where, travel_s=seconds, by_road=True)
    proposal = propose(opened, pack(), lists_of(pack()), WorkTime(), known, now=desk.now)
    assert proposal is not None and not proposal.short
    assert {candidate.unit.id for candidate in proposal.chosen} == set(SENT)
    old = next(c for c in proposal.candidates if c.unit.id == "wg23")
    assert "position_stale" in {reason.code for reason in old.against} and old.look.free
    why_not = {c.unit.id: c.reasons[0].code for c in proposal.candidates if not c.chosen}
    assert why_not["jj18"] == "unit_off_duty" and why_not["jj7"] == "unit_slower"
