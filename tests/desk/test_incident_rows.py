"""The board's rows: put together again exactly when something of their incident is different."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.desk.incident_rows import IncidentRows
from console.desk.session import Session
from console.domain.assignment import Status
from console.domain.conflict import Location, Subject
from console.domain.duplicates import MergeIncidents, UnmergeIncident
from console.domain.incident import Incident
from console.domain.level import Level
from console.domain.log import Kind
from console.domain.merging import Edit, EditIncident
from console.domain.operation import ReportStatus
from console.domain.place import Point
from console.domain.words import Label
from tests.desk.parts import dispatched, until
from tests.desk.parts import session as running_session
from tests.support_taking import take_call
from widgets.incident_board import IncidentRow


@pytest.fixture
def session(app: object, tmp_path: Path) -> Iterator[Session]:
    with running_session(tmp_path) as made:
        yield made


def open_ones(session: Session) -> list[Incident]:
    return session.state.open_incidents()


def test_each_change_is_seen_and_nothing_else_is_put_together_again(session: Session) -> None:
    mine = dispatched(session)
    said = Label("请派人", "Send someone")
    matter = session.state.incidents[mine].matter
    other = take_call(session, matter, said, said, Point(113.7, 22.9), Level.RED)
    rows = IncidentRows(session)

    def look() -> dict[str, IncidentRow]:
        found = rows.of(open_ones(session))
        assert found == IncidentRows(session).of(open_ones(session)), "as when it is put together anew"
        return {row.incident.id: row for row in found}

    before = look()
    assert all(row is before[id] for id, row in look().items())

    sent = next(a for a in session.state.assignments_of(mine) if a.unit)
    session.do(ReportStatus(sent.id, Status.ON_SCENE, datetime.now(UTC), session.who(sent), Kind.PHONE))
    until(lambda: session.state.assignments[sent.id].status is Status.ON_SCENE, "it is there")
    after = look()
    assert after[mine] != before[mine] and after[other] is before[other]

    place = Label("桥头", "The bridge")
    was = session.state.incidents[other]
    edit = Edit("c1", Subject.LOCATION, Location(was.place, was.at), Location(place, was.at))
    session.do(EditIncident(other, (edit,)))
    until(lambda: session.state.incidents[other].place == place, "it is somewhere else")
    before, after = after, look()
    assert after[other].incident.place == place and after[mine] is before[mine]

    session.do(MergeIncidents(other, mine))
    until(lambda: len(open_ones(session)) == 1, "they are one")
    assert look()[mine].contains == 1
    session.do(UnmergeIncident(other))
    until(lambda: len(open_ones(session)) == 2, "they are two")
    assert look()[mine].contains == 0

    duties = {id: replace(duty, limits={}) for id, duty in session.lists.duties.items()}
    session.lists = replace(session.lists, duties=duties)
    look()
