"""What is no more, or may not be seen any more, is taken from the screen: rows of every kind that the feed has."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console.desk.link import PlatformLink
from console.desk.present import map_units
from console.desk.session import Session, utc_now
from console.desk.state import State
from console.domain.attachment import Attachment
from console.domain.camera import Camera
from console.domain.conflict import By, Casualties, CasualtyReport, Claim, Conflict, Location, Subject
from console.domain.incoming import Channel, IncomingCall
from console.domain.indicator import Reading
from console.domain.lists import Listed
from console.domain.log import Entry, Kind, Note, seal
from console.domain.request import Request, RequestKind
from console.domain.situation import ReportKind, SituationReport
from console.domain.words import Label
from console.store.tables import FEED_KINDS, NAMES
from console.sync.client import Applied
from tests.desk.parts import at_work, dispatched, settle, until
from tests.desk.parts import session as running_session
from tests.support_pack import HERE, START, TOWN, alarm, assignment, incident, task
from tests.support_wait import WAIT_S

WHO = Label("李", "Li")
BY = By("u1", WHO, START, TOWN)
CLAIM = Claim(Location(WHO, HERE), BY)
OF = incident()
NOTE = Note(Kind.NOTE, WHO, text="东桥有人落水", incident=OF.id)
ROWS: list[Any] = [
    alarm(),
    OF,
    assignment(OF),
    task(OF),
    IncomingCall("r1", TOWN, Channel.PHONE, START, WHO),
    Conflict("c1", OF.id, Subject.LOCATION, CLAIM, CLAIM),
    CasualtyReport("n1", OF.id, Casualties(0, 1, 0, 0), START, BY),
    Attachment("f1", OF.id, "0" * 64, "a.jpg", "image/jpeg", 1, BY),
    Request("q1", OF.id, RequestKind.HOLD, "?", BY),
    SituationReport("s1", OF.id, ReportKind.FIRST, WHO, {}, START, BY),
    Listed(f"{TOWN}#matter:m1", TOWN, None),
    seal(NOTE, id="e1", device="d1", author="u1", at=START, last=None),
]
UNHELD = {Camera, Reading}  # the store's, and a curve's


def held(state: State, row: Any) -> bool:
    """Whether any collection of the state has it."""
    return any(row in list(rows.values()) for rows in vars(state).values() if hasattr(rows, "values")) or (
        row in state.entries or row in state.entries_of(OF.id)
    )


def test_every_kind_of_the_feed_is_tried_here() -> None:
    assert {type(row) for row in ROWS} | UNHELD == set(FEED_KINDS.values())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: NAMES[type(row)])
def test_a_row_of_any_kind_leaves_the_screen(session: Session, row: Any) -> None:
    heard: list[frozenset[str]] = []
    session.changed.connect(heard.append)
    if isinstance(row, Entry):
        session.show((), (row,))
    else:
        session.show((row,))
    assert held(session.state, row)
    settle(0.1)
    heard.clear()
    session.drop([(NAMES[type(row)], row.id), (NAMES[type(row)], "never-here")])
    assert not held(session.state, row)
    until(lambda: heard, "the panels hear of it")
    assert heard[0], "and of what kind it was"


@pytest.mark.parametrize("kind", sorted(UNHELD, key=str))
def test_what_is_not_held_by_its_id_is_nothing(session: Session, kind: type) -> None:
    session.drop([(NAMES[kind], "x")])


def test_a_kind_without_a_place_is_told() -> None:
    with pytest.raises(KeyError):
        State().drop(Location, ["x"])
    with pytest.raises(KeyError):
        State().take([CLAIM])  # type: ignore[list-item]


def test_what_left_is_neither_in_the_log_nor_in_the_title(app: object, tmp_path: Path) -> None:
    with at_work(tmp_path) as desk:
        session = desk.session
        assert session is not None and desk.control is not None
        id = dispatched(session)
        desk.control.open(id)
        code = session.state.incidents[id].code
        dock = desk.window.docks["incident"]
        until(lambda: dock.windowTitle().startswith(code), "the incident is shown")
        session.write("只给本镇看的话", id)
        until(lambda: any(e.note.text for e in session.state.entries_of(id)), "the note is in the log")
        session.drop([("entry", entry.id) for entry in session.state.entries_of(id)])
        session.drop([("assignment", one.id) for one in session.state.assignments_of(id)])
        session.drop([("incident", id)])
        until(lambda: not dock.windowTitle().startswith(code), "its title is gone")
        assert not session.state.entries_of(id)
        assert not session.state.open_assignments()


def test_values_and_positions_leave_the_screen_when_other_areas_are_seen(app: object, tmp_path: Path) -> None:
    with at_work(tmp_path) as desk:
        session = desk.session
        assert session is not None and desk.control is not None
        dispatched(session)
        panels = desk.window.panels
        desk.control.show_indicator("lisha_level")
        unit = next(unit for unit in session.pack.units if session.own(unit) and unit in session.state.positions)

        def aged() -> list[bool]:
            return [row.position_age_s is not None for row in panels.units._given if row.unit.id == unit]

        until(lambda: panels.indicators._cards and aged() == [True], "values and positions")
        until(lambda: "3.21" in panels.chart.readout(), "its curve")
        session.flush()
        session.jobs.store(lambda: None).result(WAIT_S)  # what this desk measured itself is kept
        settle(0.1)
        link = PlatformLink(session, "http://127.0.0.1:9", "no", "live")
        link._applied(Applied(rescoped=True))
        until(lambda: not panels.indicators._cards and aged() == [False], "they are gone")
        until(lambda: "3.21" not in panels.chart.readout(), "and so is the curve")
        assert not map_units(session, None, utc_now())
        link.deleteLater()


@pytest.fixture
def session(app: object, tmp_path: Path) -> Iterator[Session]:
    with running_session(tmp_path) as made:
        yield made
