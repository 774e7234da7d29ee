"""A scenario at work on this desk: the simulated town ticks, and what it says enters by the real way."""

import time
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from console.desk.session import Session, utc_now
from console.domain.drill import Exercise, ExerciseState, Scenario
from console.simulate.town import Town, TownView
from console.store.ids import new_id

TICK_MS = 500
KEEP_EVERY_S = 3.0


class Runner(QObject):
    changed = Signal(object)  # Exercise

    def __init__(
        self,
        session: Session,
        scenario: Scenario,
        exercise: Exercise | None,
        speed: float,
        *,
        again: bool,
        parent: QObject | None = None,
    ) -> None:
        """Goes on with `exercise` when it was not finished, else begins a new one; `again` and again, in a demo."""
        super().__init__(parent)
        self._session, self.scenario, self._again = session, scenario, again
        self._town = Town(scenario, session.pack, None)
        if exercise is None or exercise.state is ExerciseState.FINISHED or exercise.scenario != scenario.id:
            exercise = Exercise(new_id(), scenario.id)
            self._fresh = True
        else:
            self._fresh = False
        self.exercise = replace(exercise, speed=speed)
        self._last = time.monotonic()
        self._kept = 0.0
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self.tick)

    def start(self) -> None:
        if self._fresh:
            for reading in self._town.history(utc_now()):
                self._session.recall(reading)
        self._last = time.monotonic()
        self._timer.start()
        self.tick()

    def pause(self, paused: bool) -> None:
        state = ExerciseState.PAUSED if paused else ExerciseState.RUNNING
        self._set(replace(self.exercise, state=state))

    def finish(self) -> None:
        self._set(replace(self.exercise, state=ExerciseState.FINISHED))

    def tick(self) -> None:
        now = time.monotonic()
        before = self.exercise
        self.exercise = before.advanced(now - self._last, self.scenario.length_s)
        self._last = now
        if before.state is ExerciseState.PAUSED:
            return
        if before.state is ExerciseState.FINISHED:
            if self._again:
                self._set(Exercise(new_id(), self.scenario.id, speed=before.speed))
            return
        self._town.roads = self._session.roads
        said, self.exercise = self._town.tick(self.exercise, utc_now(), self._view())
        for intake in said:
            self._session.take(intake)
        if self.exercise.executed != before.executed or now - self._kept > KEEP_EVERY_S:
            self._set(self.exercise)
            self._kept = now

    def _set(self, exercise: Exercise) -> None:
        self.exercise = exercise
        store = self._session.store

        def keep() -> None:
            with store.begin() as tx:
                tx.put(exercise)

        self._session.jobs.store(keep)
        self.changed.emit(exercise)

    def _view(self) -> TownView:
        """What the town knows. Its staff stay where they are until the desk knows the roads."""
        state = self._session.state
        return TownView(
            assignments=tuple(state.open_assignments()) if self._session.roads_known else (),
            places={incident.id: incident.at for incident in state.open_incidents()},
            positions=state.positions,
        )
