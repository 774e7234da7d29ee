"""Facts about assignments come late, twice and out of order, and never touch another assignment."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from console.domain.agency import Unit, UnitState, unit_state
from console.domain.assignment import Assignment, Role, Status
from console.domain.place import Point
from console.domain.words import Label

START = datetime(2026, 7, 1, tzinfo=UTC)
moments = st.integers(0, 50).map(lambda seconds: START + timedelta(seconds=seconds))
facts = st.lists(st.tuples(st.sampled_from(Status), moments), max_size=12)
UNITS = {id: Unit(id, Label(id, id), "fire", "engine", (), Point(0, 0)) for id in ("u0", "u1", "u2")}


def fresh(number: int) -> Assignment:
    return Assignment(f"a{number}", f"i{number % 2}", "fire", Role.ASSIST, f"u{number}")


def told(assignment: Assignment, said: list[tuple[Status, datetime]]) -> Assignment:
    for status, at in said:
        assignment = assignment.recorded(status, at)
    return assignment


@given(facts, st.randoms())
def test_the_status_is_what_the_facts_say_however_they_arrive(said, random) -> None:
    shuffled = list(said) * 2
    random.shuffle(shuffled)
    one, other = told(fresh(0), said), told(fresh(0), shuffled)
    assert one.status is other.status and one.times == other.times


@given(facts)
def test_the_latest_fact_counts_and_its_first_report_keeps_its_time(said) -> None:
    one = told(fresh(0), said)
    first = {status: min(at for s, at in said if s is status) for status, _ in said}
    assert {Status.of(code): at for code, at in one.times.items()} == first
    if first:
        latest = max(first.values())
        assert one.times[one.status.value] == latest
        assert one.status.rank == max(status.rank for status, at in first.items() if at == latest)
    else:
        assert one.status is Status.NOTIFIED


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(Status), moments), max_size=25))
def test_facts_never_bleed_between_assignments(said) -> None:
    mixed = {f"a{number}": fresh(number) for number in range(3)}
    for number, status, at in said:
        before = dict(mixed)
        mixed[f"a{number}"] = mixed[f"a{number}"].recorded(status, at)
        assert all(mixed[id] is before[id] for id in mixed if id != f"a{number}")
    for number in range(3):
        alone = told(fresh(number), [(status, at) for n, status, at in said if n == number])
        assert mixed[f"a{number}"] == alone
        # and the board's state of a unit comes from its own assignments only
        unit = UNITS[f"u{number}"]
        expected = UnitState.of(alone.status.value) if alone.status.open else UnitState.FREE
        assert unit_state(unit, mixed.values()) is expected


@given(facts, facts)
def test_of_two_assignments_of_a_unit_the_furthest_open_one_is_shown(first, second) -> None:
    one, other = told(fresh(0), first), told(replace(fresh(1), unit="u0"), second)
    held = [a.status for a in (one, other) if a.status.open]
    state = unit_state(UNITS["u0"], [one, other])
    assert state is (UnitState.of(max(held, key=lambda s: s.rank).value) if held else UnitState.FREE)


def test_an_unacknowledged_assignment_is_seen_only_past_its_time() -> None:
    one = replace(fresh(0), ack_due_at=START, times={"notified": START})
    assert not one.unacknowledged(START) and one.unacknowledged(START + timedelta(seconds=1))
    late = one.recorded(Status.ACKNOWLEDGED, START + timedelta(minutes=9))
    assert not late.unacknowledged(START + timedelta(hours=1))
    assert not fresh(1).unacknowledged(START)
