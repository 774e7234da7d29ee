"""What is asked often is done soon, and a burst once; rows and entries are found without looking at all of them."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QObject

from console.desk.recent import FEW, Assignments, RecentLog
from console.desk.throttle import Throttle
from console.domain.assignment import Status
from console.domain.log import Entry, Kind, Note, seal
from console.domain.words import Label
from tests.desk.parts import delete, settle, until
from tests.support_pack import START, assignment, incident


def entries(count: int, device: str = "d1", of: str | None = None) -> list[Entry]:
    made: list[Entry] = []
    for number in range(count):
        note = Note(Kind.NOTE, Label("王", "Wang"), text=str(number), incident=of)
        at = START + timedelta(seconds=number)
        last = made[-1] if made else None
        made.append(seal(note, id=f"{device}-{number}", device=device, author="u1", at=at, last=last))
    return made


@pytest.mark.usefixtures("app")
def test_a_burst_is_one_and_what_comes_during_the_work_is_not_lost() -> None:
    parent, done = QObject(), []

    def work() -> None:
        done.append(len(done))
        if len(done) == 1:
            pace.ask()

    pace = Throttle(work, parent)
    for _ in range(50):
        pace.ask()
    assert not done  # not in the middle of what asks
    until(lambda: len(done) == 2, "once for the burst, once for what was asked meanwhile")
    settle(0.05)
    assert len(done) == 2
    delete(parent)


@pytest.mark.usefixtures("app")
def test_it_is_done_again_when_asked_again() -> None:
    parent, done = QObject(), []

    def work() -> None:
        done.append(None)

    pace = Throttle(work, parent, at_least_ms=20)
    pace.ask()
    until(lambda: len(done) == 1, "once")
    pace.ask()
    until(lambda: len(done) == 2, "again")
    delete(parent)


@pytest.mark.usefixtures("app")
def test_what_somebody_waits_for_is_not_held_back_for_what_was_done_before() -> None:
    parent, done = QObject(), []

    def work() -> None:
        done.append(None)
        time.sleep(0.1)

    held = Throttle(work, parent)
    held.ask()
    until(lambda: done, "the first")
    held.ask()
    assert held._timer.interval() > 200
    held.release()
    assert held._timer.interval() == 0
    until(lambda: len(done) == 2, "the second")
    held.release()
    settle(0.05)
    assert len(done) == 2, "nobody asked"
    delete(parent)


def test_assignments_are_known_by_incident_and_unit_as_they_change() -> None:
    held, first, second = Assignments(), incident(1), incident(2)
    one = replace(assignment(first, "u1"), id="one")
    two = replace(assignment(second, "u1"), id="two").recorded(Status.EN_ROUTE, START)
    for row in (one, two):
        held[row.id] = row
    assert held.of(first.id) == [one] and held.of("nothing") == []
    assert held.doing() == {"u1": two} and set(held.open) == {"one", "two"}
    done = two.recorded(Status.DONE, START + timedelta(minutes=1))
    held.update({two.id: done})
    assert held.doing() == {"u1": one} and held.here(second.id) == {} and held.here(first.id) == {"u1": one}
    held[one.id] = replace(one, incident=second.id)
    assert held.of(first.id) == [] and len(held.of(second.id)) == 2
    assert held.pop("one").unit == "u1" and held.pop("one", None) is None
    assert held.doing() == {} and held.of(second.id) == [done] and dict(held) == {"two": done}


@pytest.mark.parametrize("step", [1, 7, FEW, FEW + 1, 400])
def test_the_log_is_the_same_however_it_comes(step: int) -> None:
    mine, theirs = entries(200, "d1", "i1"), entries(200, "d2")
    mixed = [each for pair in zip(theirs, reversed(mine), strict=True) for each in pair]
    log = RecentLog(150)
    for at in range(0, len(mixed), step):
        log.add(mixed[at : at + step])
        log.add(mixed[at : at + 1])  # said twice
    whole = sorted(mixed, key=lambda e: (e.at, e.number), reverse=True)[:150]
    assert [(e.at, e.number) for e in log.entries] == [(e.at, e.number) for e in whole]
    assert len({e.id for e in log.entries}) == 150
    assert list(log.of("i1")) == [e for e in log.entries if e.note.incident == "i1"]
    assert not log.torn


def test_a_changed_entry_is_torn_beside_what_is_known() -> None:
    chain = entries(4)
    log = RecentLog(10)
    log.add([chain[0], chain[1]])
    other = replace(chain[2], previous="0" * 64)
    log.add([other])
    assert other.id in log.torn and chain[1].id not in log.torn
