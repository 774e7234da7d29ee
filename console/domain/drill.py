"""Scenarios and the exercises that run them: the demo and every drill are one engine.

A scenario says how the sensors of a town behave, how its field staff answer, and what is injected when. An
exercise is one run of it: how far it is, how fast it goes, which injects were executed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from console.domain.intake import Call, CameraFault, LinkCut, Message
from console.domain.words import Label, Labelled


@dataclass(frozen=True, slots=True)
class SensorStep:
    """The sensor goes to a value, over so many seconds; an inject of the sensor kind."""

    indicator: str
    value: float
    over_s: float


@dataclass(frozen=True, slots=True)
class SensorScript:
    """What a sensor does when nothing is injected: a base value, a swing and noise."""

    indicator: str
    base: float
    swing: float = 0.0
    period_s: float = 3600.0
    noise: float = 0.0
    history_min: float = 120.0  # values there are before the start


@dataclass(frozen=True, slots=True)
class Staff:
    """How field staff answer: seconds from one status to the next, each +- `spread` of itself."""

    acknowledge_s: float
    depart_s: float
    work_s: float
    report_s: float
    spread: float = 0.3
    speed: float = 1.0  # travel in the scenario against the real roads
    words: Mapping[str, tuple[Label, ...]] = field(default_factory=dict)  # status code -> what they may say
    late: Mapping[str, float] = field(default_factory=dict)  # agency or unit -> times as long to acknowledge
    silent: tuple[str, ...] = ()  # units whose position was last heard long ago


Happening = SensorStep | Call | Message | CameraFault | LinkCut


@dataclass(frozen=True, slots=True)
class Inject:
    """One line of the scenario's events list (MSEL)."""

    number: int
    at_s: float
    what: Happening
    subject: Label
    expected: Label | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    id: str
    name: Label
    pack: str
    seed: int
    length_s: float
    objectives: tuple[Label, ...]
    sensors: tuple[SensorScript, ...]
    staff: Staff
    injects: tuple[Inject, ...]


class ExerciseState(Labelled):
    RUNNING = "running", "进行中", "Running"
    PAUSED = "paused", "暂停", "Paused"
    FINISHED = "finished", "结束", "Finished"


@dataclass(frozen=True, slots=True)
class Exercise:
    """One run of a scenario. Kept in the realm's own database, so a killed desk goes on where it was."""

    id: str
    scenario: str
    elapsed_s: float = 0.0
    speed: float = 1.0
    state: ExerciseState = ExerciseState.RUNNING
    executed: tuple[int, ...] = ()

    def advanced(self, real_s: float, length_s: float) -> "Exercise":
        """The exercise `real_s` seconds of wall time later."""
        if self.state is not ExerciseState.RUNNING:
            return self
        elapsed = self.elapsed_s + real_s * self.speed
        state = ExerciseState.FINISHED if elapsed >= length_s else self.state
        return replace(self, elapsed_s=elapsed, state=state)


def due(scenario: Scenario, exercise: Exercise) -> list[Inject]:
    """The injects whose time has come and that were not executed, in order."""
    done = set(exercise.executed)
    ready = [inject for inject in scenario.injects if inject.at_s <= exercise.elapsed_s and inject.number not in done]
    return sorted(ready, key=lambda inject: (inject.at_s, inject.number))
