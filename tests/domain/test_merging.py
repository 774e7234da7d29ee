"""Two desks that say different things: nothing is lost, a person decides, and everyone comes to the same."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from console.domain.assignment import Assignment, Role, Status
from console.domain.conflict import (
    Casualties,
    CasualtyReport,
    Conflict,
    Location,
    Nature,
    Sent,
    Side,
    Subject,
    Value,
    casualties,
)
from console.domain.incident import Incident, Stage
from console.domain.level import Level
from console.domain.merging import Edit, EditIncident, ReportCasualties, SettleConflict, value_of
from console.domain.moving import MoveIncident
from console.domain.operation import (
    Actor,
    Changes,
    Dispatch,
    Operation,
    ReportStatus,
)
from console.domain.place import Point
from console.domain.stages import FORWARD, Move
from console.domain.words import Label
from tests.support_model import Model

NOW = datetime(2026, 7, 1, tzinfo=UTC)
NAME = Label("名", "Name")


def actor(user: str, second: float = 0.0) -> Actor:
    return Actor(user, Label(user, user), NOW + timedelta(seconds=second), "t")


def incident(id: str = "i", number: int = 1) -> Incident:
    return Incident(
        id, number, "m", Label("old", "old"), NAME, Point(0, 0), Level.YELLOW, Stage.FILED, tuple(Stage), NOW, NAME
    )


class Rows(Model):
    """Two incidents, and whatever comes to them."""

    def __init__(self, *rows: Any) -> None:
        super().__init__()
        self.put(*(rows or (incident(), incident("j", 2))))

    def do(self, operation: Operation, user: str = "a", second: float = 0.0) -> Changes:
        return super().do(operation, actor(user, second))

    def refused(self, operation: Operation, user: str = "a") -> str:
        return super().refused(operation, actor(user))

    def disputes(self, id: str = "i") -> list[Conflict]:
        return [conflict for conflict in self.conflicts_of(id) if conflict.open]


labels = st.sampled_from(["a", "b", "c"]).map(lambda text: Label(text, text))
places = st.builds(Location, labels, st.builds(Point, st.sampled_from([1.0, 2.0]), st.just(0.0)))
WAYS = {"n": ("reported", "accepted", "dispatched", "closed"), "o": tuple(str(stage.value) for stage in Stage), "p": ()}
natures = st.sampled_from([Nature(code, NAME, way) for code, way in WAYS.items()])
VALUES: dict[Subject, st.SearchStrategy[Value]] = {
    Subject.MATTER: natures,
    Subject.TITLE: labels,
    Subject.LOCATION: places,
    Subject.LEVEL: st.sampled_from(list(Level)),
}
subjects = st.sampled_from(list(VALUES))


def edit(id: str, subject: Subject, value: Value, base: Value | None = None) -> EditIncident:
    """From what the incident was at first, or from `base`."""
    return EditIncident("i", (Edit(id, subject, value_of(incident(), subject) if base is None else base, value),))


# Fields


def test_another_matter_has_another_way_and_the_log_names_both() -> None:
    rows = Rows()
    short = ("reported", "accepted", "dispatched", "closed")
    changes = rows.do(edit("x", Subject.MATTER, Nature("fire", Label("火情", "Fire"), short)))
    after = rows.incident("i")
    assert (after.matter, [stage.value for stage in after.stages]) == ("fire", list(short))
    assert after.stage is Stage.ACCEPTED, "its way has no 立案: the stage before it"
    (said,) = [note.phrase for note in changes.notes if note.phrase]
    assert (said.code, said.args["new"]) == ("field_edited", Label("火情", "Fire"))


def test_a_matter_without_a_way_known_here_keeps_the_way_it_was_on() -> None:
    rows = Rows()
    rows.do(edit("x", Subject.MATTER, Nature("n", NAME, ("no such stage",))))
    assert rows.incident("i").stages == tuple(Stage)


@given(st.data(), st.permutations(list(VALUES)))
def test_edits_of_different_fields_merge_in_any_order(data: st.DataObject, order: list[Subject]) -> None:
    wanted = {subject: data.draw(values) for subject, values in VALUES.items()}
    rows = Rows()
    for subject in order:
        rows.do(edit(subject.value, subject, wanted[subject]), subject.value)
    after = rows.incident("i")
    assert {subject: value_of(after, subject) for subject in VALUES} == wanted
    assert rows.disputes() == []


@given(st.data(), subjects)
def test_of_two_values_of_a_field_the_first_stays_and_the_other_is_not_lost(
    data: st.DataObject, subject: Subject
) -> None:
    first, second = data.draw(VALUES[subject]), data.draw(VALUES[subject])
    base = value_of(incident(), subject)
    assume(base not in (first, second))
    rows = Rows()
    rows.do(edit("x", subject, first), "a", 1)
    rows.do(edit("y", subject, second), "b", 2)
    now = value_of(rows.incident("i"), subject)
    if first == second:
        assert now == first and rows.disputes() == []
        return
    (conflict,) = rows.disputes()
    assert (conflict.id, conflict.subject) == ("y", subject)
    assert (conflict.kept.value, conflict.kept.by.user) == (first, "a")
    assert (conflict.other.value, conflict.other.by.user) == (second, "b")
    if subject is Subject.LEVEL:
        assert isinstance(first, Level) and isinstance(second, Level)
        assert now == max(first, second, key=lambda level: level.rank)  # the graver one shows meanwhile
    else:
        assert now == first
    assert conflict.grave is (subject is not Subject.TITLE)


@given(st.data(), subjects, st.sampled_from(["kept", "other"]))
def test_either_side_is_settled_once(data: st.DataObject, subject: Subject, side: Side) -> None:
    first, second = data.draw(VALUES[subject]), data.draw(VALUES[subject])
    assume(len({str(value) for value in (first, second, value_of(incident(), subject))}) == 3)
    rows = Rows()
    rows.do(edit("x", subject, first), "a", 1)
    rows.do(edit("y", subject, second), "b", 2)
    said = rows.do(SettleConflict("y", side), "c", 3)
    assert value_of(rows.incident("i"), subject) == (first if side == "kept" else second)
    assert rows.incident("i").edited[subject.value].user == "c"
    settled = rows.conflict("y")
    assert (settled.taken, settled.settled_at, rows.disputes()) == (side, NOW + timedelta(seconds=3), [])
    assert {settled.kept.value, settled.other.value} == {first, second}  # both can still be read
    assert [note.phrase.code for note in said.notes if note.phrase] == ["conflict_decided"]
    # the same again is nothing new; the other way is refused, for whoever was too late
    assert rows.do(SettleConflict("y", side), "d", 4) == Changes()
    assert rows.refused(SettleConflict("y", "other" if side == "kept" else "kept"), "d") == "conflict_settled"


def test_an_editor_goes_on_from_their_own_value_that_lost() -> None:
    rows = Rows()
    a, b, c = (Label(text, text) for text in "abc")
    rows.do(edit("x", Subject.TITLE, a), "first", 1)
    rows.do(edit("y", Subject.TITLE, b), "second", 2)
    rows.do(edit("z", Subject.TITLE, c, base=b), "second", 3)  # typed before they heard of it
    (conflict,) = rows.disputes()
    assert (conflict.id, conflict.other.value, conflict.kept.value) == ("y", c, a)
    # somebody else's value is a conflict of its own
    rows.do(edit("w", Subject.TITLE, Label("d", "d"), base=c), "third", 4)
    assert {one.id: one.other.by.user for one in rows.disputes()} == {"y": "second", "w": "third"}
    assert rows.incident("i").title == a


def test_a_level_that_was_raised_meanwhile_is_said_of_who_raised_it() -> None:
    rows = Rows()
    rows.do(edit("x", Subject.LEVEL, Level.ORANGE), "first", 1)
    rows.do(edit("y", Subject.LEVEL, Level.RED), "second", 2)
    assert rows.incident("i").level is Level.RED
    rows.do(edit("z", Subject.LEVEL, Level.BLUE), "third", 3)
    third = rows.conflict("z")
    assert (third.kept.value, third.kept.by.user) == (Level.RED, "second")
    rows.do(SettleConflict("y", "kept"), "chief", 4)
    assert rows.incident("i").level is Level.ORANGE


@given(subjects, subjects, st.data())
def test_a_value_of_another_kind_is_no_edit(of: Subject, other: Subject, data: st.DataObject) -> None:
    assume(of is not other)
    rows = Rows()
    value, base = data.draw(VALUES[other]), value_of(incident(), of)
    for wrong in (Edit("x", of, base, value), Edit("x", of, value, base), Edit("x", of, value, value)):
        if wrong.value != base:
            assert rows.refused(EditIncident("i", (wrong,))) == "not_editable"
    for subject in (Subject.UNIT, Subject.CASUALTIES):
        assert rows.refused(EditIncident("i", (Edit("x", subject, base, value),))) == "not_editable"


# Casualties


def report(id: str, injured: int, second: float, by: str = "a") -> CasualtyReport:
    at = NOW + timedelta(seconds=second)
    return CasualtyReport(id, "i", Casualties(0, injured, 9 - injured, 0), at, actor(by, second).by)


def shown(rows: Rows) -> Casualties | None:
    return casualties(rows.casualties_of("i"), rows.conflicts_of("i"))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 20), st.booleans()), min_size=1, max_size=6))
def test_reports_are_only_ever_added(said: list[tuple[int, int, bool]]) -> None:
    rows = Rows()
    for n, (injured, second, knew) in enumerate(said):
        before = rows.casualties_of("i")
        seen = before[-1].id if knew and before else None
        rows.do(ReportCasualties(report(f"r{n}", injured, second, f"u{n}"), seen), f"u{n}", second)
        assert [one for one in rows.casualties_of("i") if one.id != f"r{n}"] == before
        if seen is not None:
            assert f"r{n}-differs" not in {one.id for one in rows.disputes()}
    count = shown(rows)
    assert count is not None
    for dispute in rows.disputes():  # of two that disagree never the less
        for claim in (dispute.kept, dispute.other):
            assert isinstance(claim.value, Casualties)
            assert all(most >= one for most, one in zip(count.counts, claim.value.counts, strict=True))
    if not rows.disputes():
        assert count == rows.casualties_of("i")[-1].count


@pytest.mark.parametrize("side", ["kept", "other"])
def test_two_counts_show_the_most_of_both_until_one_is_taken(side: Side) -> None:
    rows = Rows()
    rows.do(ReportCasualties(report("x", 3, 1, "a")), "a", 1)
    rows.do(ReportCasualties(report("y", 5, 2, "b")), "b", 2)
    assert shown(rows) == Casualties(0, 5, 6, 0)
    rows.do(SettleConflict("y-differs", side), "c", 3)
    assert shown(rows) == (Casualties(0, 3, 6, 0) if side == "kept" else Casualties(0, 5, 4, 0))
    assert len(rows.casualties_of("i")) == 2
    rows.do(ReportCasualties(report("z", 7, 4, "c"), seen="y"), "c", 4)
    assert rows.disputes() == [] and shown(rows) == Casualties(0, 7, 2, 0)


def test_the_same_count_twice_is_no_conflict() -> None:
    rows = Rows()
    rows.do(ReportCasualties(report("x", 3, 1, "a")), "a", 1)
    rows.do(ReportCasualties(report("y", 3, 2, "b")), "b", 2)
    assert rows.disputes() == []


# One unit, two incidents


def sent(id: str, to: str = "i", unit: str | None = "u") -> Assignment:
    return Assignment(id, to, "fire", Role.LEAD, unit)


def dispatch(*assignments: Assignment, seen: tuple[str, ...] = ()) -> Dispatch:
    return Dispatch(assignments[0].incident, "fire", NAME, None, assignments, seen=seen)


def two_sent() -> Rows:
    rows = Rows()
    rows.do(dispatch(sent("x", "i")), "a", 1)
    said = rows.do(dispatch(sent("y", "j")), "b", 2)
    assert "unit_twice" in [note.phrase.code for note in said.notes if note.phrase]
    return rows


def test_a_unit_that_two_desks_sent_drives_to_both_until_someone_decides() -> None:
    rows = two_sent()
    assert {one.id for one in rows.open_assignments_of("u")} == {"x", "y"}
    (conflict,) = rows.disputes("i")
    assert rows.disputes("j") == [conflict]
    assert (conflict.incident, conflict.also, conflict.subject, conflict.grave) == ("j", "i", Subject.UNIT, True)
    kept, other = conflict.kept.value, conflict.other.value
    assert isinstance(kept, Sent) and isinstance(other, Sent)
    assert (kept.assignment, other.assignment) == ("x", "y")
    assert (conflict.kept.by.user, conflict.other.by.user) == ("a", "b")


@given(
    st.sampled_from(["kept", "other"]),
    st.lists(
        st.tuples(st.sampled_from(["x", "y"]), st.sampled_from(list(Status)[1:5]), st.integers(-9, 99)), max_size=5
    ),
    st.integers(-5, 50),
)
def test_to_settle_recalls_the_other_by_whatever_clock(
    side: Side, facts: list[tuple[str, Status, int]], second: int
) -> None:
    rows = two_sent()
    for assignment, status, at in facts:
        rows.do(ReportStatus(assignment, status, NOW + timedelta(seconds=at), NAME))
    stays, goes = ("x", "y") if side == "kept" else ("y", "x")
    before = rows.assignment(stays)
    rows.do(SettleConflict("y-twice", side), "c", second)
    assert rows.assignment(goes).status is Status.RECALLED
    assert rows.assignment(stays) == before and before.status.open
    assert [one.id for one in rows.open_assignments_of("u")] == [stays]
    assert rows.disputes("i") == rows.disputes("j") == []


def test_one_that_came_back_by_itself_keeps_its_end() -> None:
    rows = two_sent()
    rows.do(ReportStatus("y", Status.DONE, NOW + timedelta(seconds=5), NAME))
    rows.do(SettleConflict("y-twice", "kept"), "c", 9)
    assert rows.assignment("y").status is Status.DONE


def test_a_unit_that_is_knowingly_sent_on_is_no_conflict() -> None:
    rows = Rows()
    rows.do(dispatch(sent("x", "i")), "a")
    rows.do(dispatch(sent("y", "j"), seen=("x",)), "b")
    assert rows.disputes("i") == rows.disputes("j") == []
    assert rows.refused(dispatch(sent("z", "j"))) == "unit_twice_here"  # again to where it is
    rows.do(dispatch(sent("w", "i", unit=None)), "a")  # an agency, without a unit
    assert rows.disputes("i") == rows.disputes("j") == []


# Stages


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.CHECKED])
def test_a_stage_is_moved_from_where_it_was_seen(stage: Stage) -> None:
    for move, right in ((Move.CHECK, Stage.REPORTED_BACK), (Move.CLOSE, Stage.CHECKED)):
        rows = Rows()
        rows.put(replace(incident(), stage=right))
        if stage is not right:
            assert rows.refused(MoveIncident("i", move, stage)) == "stage_moved"
        rows.do(MoveIncident("i", move, right))
        assert rows.incident("i").stage is FORWARD[move]
        assert rows.refused(MoveIncident("i", move, right)) == "stage_moved"  # the second desk's
        assert rows.refused(MoveIncident("i", move)) == "incident_already"


# Two desks; with real stores and a real platform see tests/sync/test_conflicts.py


def desk_operations(desk: str) -> list[tuple[Operation, float]]:
    """What one desk does with the link down, from what everyone held before."""
    at = {"a": 1.0, "b": 2.0}[desk]
    title, level = (Label("a", "a"), Level.ORANGE) if desk == "a" else (Label("b", "b"), Level.RED)
    again = Label(f"{desk}2", f"{desk}2")
    return [
        (edit(f"{desk}-title", Subject.TITLE, title), at),
        (edit(f"{desk}-level", Subject.LEVEL, level), at),
        (ReportCasualties(report(f"{desk}-count", 3 if desk == "a" else 5, at, desk)), at),
        (dispatch(sent(f"{desk}-sent", "i" if desk == "a" else "j")), at),
        (edit(f"{desk}-title2", Subject.TITLE, again, base=title), at),
    ]


def merged(order: tuple[str, ...]) -> Rows:
    """As it arrives at the platform: each desk's own operations stay in order."""
    rows, waiting = Rows(), {desk: desk_operations(desk) for desk in "ab"}
    for desk in order:
        operation, at = waiting[desk].pop(0)
        rows.do(operation, desk, at)
    return rows


@given(st.permutations("aaaaabbbbb"))
def test_whatever_arrives_first_the_same_is_to_be_decided(order: list[str]) -> None:
    platform = merged(tuple(order))
    disputes = [*platform.disputes("i"), *(one for one in platform.disputes("j") if one.also is None)]
    assert sorted({one.subject.value for one in disputes}) == ["casualties", "level", "title", "unit"]
    assert platform.incident("i").level is Level.RED
    assert shown(platform) == Casualties(0, 5, 6, 0)
    assert {one.id for one in platform.open_assignments_of("u")} == {"a-sent", "b-sent"}
    # every value that somebody said last is in force or waits to be decided
    held = {platform.incident("i").title} | {one.other.value for one in disputes} | {one.kept.value for one in disputes}
    assert {Label("a2", "a2"), Label("b2", "b2")} <= held


def test_either_order_ends_alike_once_it_is_decided() -> None:
    ends = []
    for order in permutations("ab"):
        rows = merged(tuple(desk for desk in order for _ in range(5)))
        for conflict in [*rows.disputes("i"), *rows.disputes("j")]:
            mine = conflict.kept.by.user == "a"
            if rows.conflict(conflict.id).open:
                rows.do(SettleConflict(conflict.id, "kept" if mine else "other"), "chief", 9)
        ends.append((rows.incident("i").title, rows.incident("i").level, shown(rows), rows.open_assignments_of("u")))
    assert ends[0] == ends[1]
    assert ends[0][:2] == (Label("a2", "a2"), Level.ORANGE)
