"""The simulated town: sensors that read, field staff who answer, and what a scenario injects.

The demo and every drill run on it. It has no clock and decides nothing by itself: what it says follows from
the exercise, the time, what the desk knows (`TownView`) and the scenario's seed. A desk that was killed makes
a new town and goes on from those facts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import cos, inf, pi, radians, sin
from random import Random

from console.domain.agency import Position, Unit
from console.domain.assignment import Assignment, Status
from console.domain.drill import Exercise, ExerciseState, Scenario, SensorScript, SensorStep, due
from console.domain.indicator import Reading
from console.domain.intake import CameraFault, FieldReport, Intake, LinkCut
from console.domain.pack import Pack
from console.domain.place import EARTH_RADIUS_M, Point, distance_m
from console.engine.route import RoadGraph
from console.simulate import sensors, staff
from console.simulate.way import Way, bearing, find_way

HISTORY_STEP_S = 60.0  # no denser than this before the start
IDLE_EVERY_S = 20.0  # a free unit says where it is
ROUND_M, ROUND_S = 40.0, 600.0  # and goes round its home like this
HOME_M = 60.0  # farther away it drives back
SAY_AGAIN_S = 10.0  # when a report was not taken in
SILENT = timedelta(minutes=47)  # how long ago a silent unit was heard


@dataclass(frozen=True, slots=True)
class TownView:
    """What the desk knows of its field."""

    assignments: Sequence[Assignment]  # the open ones
    places: Mapping[str, Point]  # incident -> where it is
    positions: Mapping[str, Position]  # unit -> the latest


class Town:
    def __init__(self, scenario: Scenario, pack: Pack, roads: RoadGraph | None) -> None:
        self._scenario, self._pack = scenario, pack
        self.roads = roads  # None: straight lines
        self._elapsed: float | None = None  # of the last tick
        self._read: dict[str, int] = {}  # indicator -> cadence it was last read at
        self._since: dict[tuple[str, Status], float] = {}  # when in the exercise a status was reached
        self._said: dict[tuple[str, Status], datetime] = {}
        self._ways: dict[str, Way] = {}  # unit -> where it is going
        self._at: dict[str, Point] = {}
        self._idled: dict[str, int] = {}  # unit -> round it last told its place in

    def history(self, now: datetime, minutes: float = inf) -> list[Reading]:
        """Values from before the start, so that no chart is empty."""
        found: list[Reading] = []
        for script in self._scenario.sensors:
            indicator = self._pack.indicators[script.indicator]
            step = max(HISTORY_STEP_S, indicator.cadence_s)
            for back in range(int(min(minutes, script.history_min) * 60 / step), 0, -1):
                at = now - timedelta(seconds=back * step)
                found.append(Reading(indicator.id, at, self._value(script, (), -back * step)))
        return found

    def tick(self, exercise: Exercise, now: datetime, view: TownView) -> tuple[list[Intake], Exercise]:
        """What comes in now, and the exercise after it. `exercise` was advanced by the caller."""
        if exercise.state is ExerciseState.PAUSED:
            return [], exercise
        said: list[Intake] = []
        passed = 0.0
        if self._elapsed is None:
            said += self._faults(exercise)
        else:
            passed = max(0.0, exercise.elapsed_s - self._elapsed)
        self._elapsed = exercise.elapsed_s

        ready = due(self._scenario, exercise)
        said += [inject.what for inject in ready if not isinstance(inject.what, SensorStep)]
        after = replace(exercise, executed=(*exercise.executed, *(inject.number for inject in ready)))
        said += self._readings(after, now)
        said += self._answers(after, now, view, passed)
        said += self._rounds(after, now, view, passed)
        return said, after

    # -- sensors ---------------------------------------------------------------------------------------------

    def _readings(self, exercise: Exercise, now: datetime) -> Iterator[Reading]:
        steps = self._steps(exercise)
        for script in self._scenario.sensors:
            indicator = self._pack.indicators[script.indicator]
            cadence = int(exercise.elapsed_s // indicator.cadence_s)
            for number in range(self._read.get(indicator.id, cadence - 1) + 1, cadence + 1):
                moment = number * indicator.cadence_s
                ago = (exercise.elapsed_s - moment) / exercise.speed if exercise.speed > 0 else 0.0
                value = self._value(script, steps.get(indicator.id, ()), moment)
                yield Reading(indicator.id, now - timedelta(seconds=ago), value)
            self._read[indicator.id] = cadence

    def _steps(self, exercise: Exercise) -> dict[str, list[tuple[float, SensorStep]]]:
        """The executed sensor steps of each indicator, in order of time."""
        found: dict[str, list[tuple[float, SensorStep]]] = {}
        for inject in sorted(self._scenario.injects, key=lambda inject: (inject.at_s, inject.number)):
            if isinstance(inject.what, SensorStep) and inject.number in exercise.executed:
                found.setdefault(inject.what.indicator, []).append((inject.at_s, inject.what))
        return found

    def _value(self, script: SensorScript, steps: sensors.Steps, elapsed_s: float) -> float:
        decimals = self._pack.indicators[script.indicator].decimals
        return sensors.value(script, steps, elapsed_s, self._scenario.seed, decimals)

    # -- injects ---------------------------------------------------------------------------------------------

    def _faults(self, exercise: Exercise) -> list[Intake]:
        """What executed injects left broken: cameras and a link do not remember it over a restart."""
        broken: dict[str, Intake] = {}
        for number in exercise.executed:
            for inject in self._scenario.injects:
                if inject.number == number and isinstance(inject.what, CameraFault):
                    broken[inject.what.camera] = inject.what
                elif inject.number == number and isinstance(inject.what, LinkCut):
                    broken[""] = inject.what
        return [
            what
            for what in broken.values()
            if (isinstance(what, CameraFault) and what.fault) or (isinstance(what, LinkCut) and what.cut)
        ]

    # -- field staff -----------------------------------------------------------------------------------------

    def _answers(self, exercise: Exercise, now: datetime, view: TownView, passed: float) -> Iterator[Intake]:
        """Reports of the assignments, and positions of the units that are on their way."""
        busy: set[str] = set()
        # The furthest along first: a unit with two assignments finishes one before it sets out for the other.
        for one in sorted(view.assignments, key=lambda a: (-a.status.rank, a.id)):
            if not one.status.open or (one.unit is not None and one.unit not in self._pack.units):
                continue
            second = one.unit in busy and one.status is not Status.NOTIFIED
            if one.unit is not None:
                busy.add(one.unit)
            alone = not staff.units_left(view.assignments, one.incident)
            step = staff.next_step(one, self._scenario.staff, self._scenario.seed, alone=alone)
            if second or step is None:
                continue
            if step.after_s is not None:
                ready = self._waited(one, exercise, now) >= step.after_s
            else:
                unit = self._pack.units[one.unit or ""]
                to = view.places.get(one.incident, self._home(unit))
                yield from self._move(unit, to, now, view, passed)
                ready = self._ways[unit.id].arrived
            if ready and not self._just_said(one, step.status, now):
                text = staff.words(one, step.status, self._scenario.staff, self._scenario.seed)
                yield FieldReport(one.id, step.status, now, text)

    def _waited(self, one: Assignment, exercise: Exercise, now: datetime) -> float:
        """Seconds of the exercise since the assignment's latest fact; a pause does not count."""
        key = (one.id, one.status)
        if key not in self._since:
            reached = one.at(one.status) or now
            age = max(0.0, (now - reached).total_seconds())
            self._since[key] = exercise.elapsed_s - age * exercise.speed
        return exercise.elapsed_s - self._since[key]

    def _just_said(self, one: Assignment, status: Status, now: datetime) -> bool:
        """Reports take a moment to be taken in; they are made once, and again only if they were lost."""
        key = (one.id, status)
        if key in self._said and now - self._said[key] < timedelta(seconds=SAY_AGAIN_S):
            return True
        self._said[key] = now
        return False

    # -- units -----------------------------------------------------------------------------------------------

    def _move(self, unit: Unit, to: Point, now: datetime, view: TownView, passed: float) -> Iterator[Position]:
        """A unit `passed` seconds further on its way to a place."""
        way = self._ways.get(unit.id)
        if way is None or way.to != to:
            way = self._ways[unit.id] = find_way(self._where(unit, view), self._home(unit), to, self.roads)
        heading = way.walk(passed * unit.speed_factor * self._scenario.staff.speed)
        self._at[unit.id] = way.here
        if unit.home is not None and unit.id not in self._scenario.staff.silent:
            yield Position(unit.id, way.here, now, heading)

    def _where(self, unit: Unit, view: TownView) -> Point:
        if unit.id not in self._at:
            known = view.positions.get(unit.id)
            self._at[unit.id] = known.at if known else self._home(unit)
        return self._at[unit.id]

    def _home(self, unit: Unit) -> Point:
        return unit.home or self._pack.agencies[unit.agency].at or self._pack.at

    def _rounds(self, exercise: Exercise, now: datetime, view: TownView, passed: float) -> Iterator[Position]:
        """Free units: back home after an incident, then slowly round it. Those at work say where they are.

        One that has no home in the pack has no position either.
        """
        moved = {one.unit for one in view.assignments if one.status is Status.EN_ROUTE}
        held = {one.unit for one in view.assignments if one.status.open}
        every = IDLE_EVERY_S * max(1.0, exercise.speed)
        for unit in self._pack.units.values():
            if unit.home is None or (not unit.on_duty and unit.id not in held):
                continue
            if unit.id in self._scenario.staff.silent:
                if unit.id not in view.positions and unit.id not in self._at:
                    self._at[unit.id] = unit.home
                    yield Position(unit.id, unit.home, now - SILENT)
                continue
            here = self._where(unit, view)
            if unit.id not in held and distance_m(here, unit.home) > HOME_M:
                yield from self._move(unit, unit.home, now, view, passed)
                continue
            phase = Random(f"{self._scenario.seed}/{unit.id}").random()
            number = int(exercise.elapsed_s / every + phase)
            if self._idled.get(unit.id) == number or unit.id in moved:
                continue
            self._idled[unit.id] = number
            if unit.id in held:
                yield Position(unit.id, here, now)
                continue
            turn = 2 * pi * (exercise.elapsed_s / ROUND_S + phase)
            at = self._at[unit.id] = _beside(unit.home, ROUND_M * cos(turn), ROUND_M * sin(turn))
            yield Position(unit.id, at, now, bearing(here, at) if here != at else None)


def _beside(origin: Point, east_m: float, north_m: float) -> Point:
    degree = radians(1.0) * EARTH_RADIUS_M
    return Point(origin.lon + east_m / (degree * cos(radians(origin.lat))), origin.lat + north_m / degree)
