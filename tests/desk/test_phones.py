"""An agency without a desk is told by phone: its number is in sight, one key logs the call, one sees who is left."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.desk.desk import Desk
from console.domain.assignment import Status
from console.domain.log import Kind
from console.domain.phrases import say
from tests.desk.parts import at_work, open_incident, pack, press, until
from widgets.phone_list import PhoneList

SHOTS = Path(__file__).resolve().parents[2] / "build" / "shots" / "desk"


@pytest.fixture
def desk(app: object, tmp_path: Path) -> Iterator[Desk]:
    with at_work(tmp_path) as made:
        yield made


def test_one_key_logs_the_call_and_who_is_not_told_yet_is_seen(desk: Desk) -> None:
    session, control = desk.session, desk.control
    assert session is not None and control is not None
    incident = open_incident(session)  # lead water, without a desk; fire and traffic police have one
    control.open(incident)
    panel = desk.window.panels.incident
    until(lambda: panel.proposal() is not None, "a proposal")
    water = pack().agencies["water"]
    texts = [part.accessibleName() for part in panel._offer._parts]
    said = next(text for text in texts if text.startswith("没有席位"))
    assert f"{water.name.zh} {water.phone}" in said and pack().agencies["fire"].name.zh not in said

    session.accept(session.proposals[incident])
    shown = panel.findChild(PhoneList)
    assert shown is not None
    until(shown.lines, "they are to be called")
    SHOTS.mkdir(parents=True, exist_ok=True)
    desk.window.grab().save(str(SHOTS / "phones.png"))
    first = shown.lines()[0]
    assert water.name.zh in first and water.phone in first and "未通知" in first
    left = len(shown.lines())
    ours = [a.id for a in session.state.assignments_of(incident) if a.agency == "water"]
    words = {row.id: row.detail for row in panel._table.rows()}
    assert ours and all(words[id] == "未通知" for id in ours)

    press(desk.window, "Shift+P")
    until(lambda: len(shown.lines()) == left - 1, "it is told")
    assert water.name.zh not in " ".join(shown.lines())
    assert all(session.state.assignments[id].status is Status.ACKNOWLEDGED for id in ours)
    call = next(
        e for e in session.state.entries_of(incident) if e.note.phrase and e.note.phrase.code == "told_by_phone"
    )
    assert call.note.kind is Kind.PHONE
    assert (call.note.sender, call.note.receiver) == (session.user.name, water.name)
    code = session.state.incidents[incident].code
    assert call.note.phrase is not None and f"{water.phone}):{code}" in say(call.note.phrase, "zh")
    press(desk.window, "Shift+P")
    until(lambda: len(shown.lines()) == left - 2, "and the next")


def test_agencies_with_a_desk_are_told_by_it(desk: Desk) -> None:
    session = desk.session
    assert session is not None
    paths = {id: agency.path for id, agency in pack().agencies.items()}
    assert {
        paths[id] for id in ("fire", "traffic_police", "houjie", "dongguan", "tingshan", "hj_south")
    } <= session.desks
    assert paths["water"] not in session.desks
