"""Exercises: time, pause and speed; every inject once and in its order, however the ticks fall."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from console.domain.drill import Exercise, ExerciseState, Inject, Scenario, Staff, due
from console.domain.intake import LinkCut
from console.domain.words import Label

NAME = Label("名", "Name")


def scenario(times: list[float]) -> Scenario:
    injects = tuple(Inject(n, at, LinkCut(True), NAME) for n, at in enumerate(times, 1))
    return Scenario("s", NAME, "p", 1, 100.0, (), (), Staff(1, 1, 1, 1), injects)


@given(st.lists(st.floats(0, 120), max_size=12), st.lists(st.floats(0, 30), min_size=1, max_size=20))
def test_every_inject_comes_once_in_order_and_never_early(times, ticks) -> None:
    story, exercise, came = scenario(times), Exercise("x", "s"), []
    for tick in ticks:
        exercise = exercise.advanced(tick, story.length_s)
        ready = due(story, exercise)
        assert all(inject.at_s <= exercise.elapsed_s for inject in ready)
        came += ready
        exercise = replace(exercise, executed=(*exercise.executed, *(i.number for i in ready)))
        assert due(story, exercise) == []
    assert len({inject.number for inject in came}) == len(came)
    order = [(inject.at_s, inject.number) for inject in came]
    assert order == sorted(order)
    assert {i.number for i in came} == {i.number for i in story.injects if i.at_s <= exercise.elapsed_s}


@given(st.floats(0, 60), st.floats(0, 100))
def test_time_runs_with_the_speed_and_stands_still_when_paused_or_over(speed, seconds) -> None:
    running = Exercise("x", "s", speed=speed)
    later = running.advanced(seconds, 100.0)
    assert later.elapsed_s == seconds * speed
    assert (later.state is ExerciseState.FINISHED) == (seconds * speed >= 100.0)
    for state in (ExerciseState.PAUSED, ExerciseState.FINISHED):
        still = replace(running, state=state)
        assert still.advanced(seconds, 100.0) == still
