"""From the alarm to units on their way, by keys alone, on the real window: as proposed, changed, and reinforced."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from console.desk import i18n
from console.desk.desk import Desk
from console.domain.assignment import Status, Way
from console.domain.duty import Need
from console.domain.lists import Lists
from console.domain.log import Kind
from console.domain.proposal import Proposal
from console.domain.words import Label
from tests.desk.parts import at_work, pack, press, raise_alarm, settle, stand_by, until, write
from widgets.assignment_table import AssignmentTable
from widgets.proposal_view import ProposalView

SHOTS = Path(__file__).resolve().parents[2] / "build" / "shots" / "desk"
TALL = (1920, 1400)


@pytest.fixture
def desk(app: object, tmp_path: Path) -> Iterator[Desk]:
    with at_work(tmp_path, TALL) as desk:
        assert desk.session is not None
        until(lambda: desk.session.roads_known, "the roads")
        yield desk


def focus(desk: Desk) -> QWidget:
    """Where a key goes."""
    return QApplication.focusWidget() or desk.window


def key(desk: Desk, keys: str) -> None:
    press(focus(desk), keys)


def proposed(desk: Desk) -> Proposal:
    """Ctrl+Return on the alarm, and its proposal on the panel."""
    stand_by(desk.session)
    raise_alarm(desk.session)
    key(desk, "Ctrl+Return")
    panel = desk.window.panels.incident
    until(lambda: panel.proposal() is not None, "the proposal is shown")
    proposal = panel.proposal()
    assert proposal is not None
    return proposal


def sent(desk: Desk, incident: str) -> set[str]:
    return {a.unit for a in desk.session.state.assignments_of(incident) if a.unit and a.status.open}


def with_levels(lists: Lists, *levels: tuple[Need, ...], **needs: int) -> Lists:
    """The lists with these reinforcement levels for the river, and so many of what is needed at first."""
    card = lists.cards["river_level"]
    wanted = tuple(replace(need, count=needs.get(need.capability, need.count)) for need in card.needs)
    return replace(lists, cards={**lists.cards, card.id: replace(card, reinforcements=levels, needs=wanted)})


def shot(desk: Desk, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    for language in ("zh", "en"):
        i18n.speak(language)  # type: ignore[arg-type]
        settle(0.4)
        assert desk.window.grab().save(str(SHOTS / f"{name}-{language}.png"))
        assert desk.window.docks["incident"].grab().save(str(SHOTS / f"{name}-panel-{language}.png"))
    i18n.speak("zh")
    settle(0.2)


def test_two_keys_from_the_alarm_to_the_units(desk: Desk) -> None:
    proposal = proposed(desk)
    shot(desk, "proposal")
    key(desk, "Return")
    key(desk, "Return")  # a hand that is too quick sends nobody twice
    until(lambda: sent(desk, proposal.incident), "units are sent")
    assert sent(desk, proposal.incident) == {c.unit.id for c in proposal.chosen}
    assert not proposal.short and not proposal.aid
    units = [a.unit for a in desk.session.state.assignments_of(proposal.incident) if a.unit]
    assert len(units) == len(set(units))
    table = desk.window.panels.incident.findChild(AssignmentTable)
    assert isinstance(table, AssignmentTable)
    until(lambda: len(table.rows()) > len(proposal.chosen), "and shown")


def test_a_unit_is_left_out_and_another_called_in_by_keys(desk: Desk) -> None:
    proposal = proposed(desk)
    left = proposal.chosen[0].unit
    key(desk, "O")
    key(desk, "Space")
    view = desk.window.panels.incident.findChild(ProposalView)
    assert isinstance(view, ProposalView)
    until(lambda: not view.boxes()[0].isChecked(), "it is left out")
    key(desk, "Right")
    shot(desk, "proposal-changed")
    key(desk, "Ctrl+K")
    write(focus(desk), "D jj20")
    key(desk, "Return")
    panel = desk.window.panels.incident
    until(lambda: panel.proposal() and "jj20" in {c.unit.id for c in panel.proposal().chosen}, "it is called in")
    desk.window.go_to("incident")
    key(desk, "Return")
    until(lambda: sent(desk, proposal.incident), "units are sent")
    expected = {c.unit.id for c in proposal.chosen} - {left.id} | {"jj20"}
    assert sent(desk, proposal.incident) == expected


def test_the_next_level_brings_what_is_missing_and_another_town_what_nobody_here_has(desk: Desk) -> None:
    session = desk.session
    medical, boat = Label("医疗救护", "Medical"), Label("水上救援", "Boats")
    session.lists = with_levels(session.lists, (Need("medical", 5, medical), Need("boat", 1, boat)))
    proposal = proposed(desk)
    key(desk, "Return")
    until(lambda: sent(desk, proposal.incident), "the first dispatch")
    first = sent(desk, proposal.incident)
    key(desk, "Shift+F3")
    panel = desk.window.panels.incident
    until(lambda: panel.proposal() is not None and panel.proposal().force == 1, "the next level")
    level = panel.proposal()
    assert level is not None and first.isdisjoint(c.unit.id for c in level.chosen)
    assert {c.unit.id for c in level.aid} == {"st_jh1", "st_jh2"}  # of six one is off duty, and five are too few
    assert not level.short
    shot(desk, "reinforcement")
    key(desk, "Return")
    until(lambda: sent(desk, proposal.incident) > first, "it is sent")
    state = session.state
    ways = {a.unit: a.way for a in state.assignments_of(proposal.incident) if a.unit}
    assert ways["st_jh1"] is Way.AID and ways["jh3"] is Way.DISPATCH
    assert state.incidents[proposal.incident].force == 1
    city = pack().areas["dongguan"].name
    told = [e.note for e in state.entries_of(proposal.incident) if e.note.kind is Kind.ORDER]
    assert any(note.receiver == city for note in told)
    until(lambda: "st_jh1" in {row.id for row in desk.window.panels.units.rows()}, "who helps is on the board")
    assert "st_xf1" not in {row.id for row in desk.window.panels.units.rows()}
    # nothing more to be had: said in words, and no key sends nobody
    key(desk, "Shift+F3")
    until(lambda: panel.proposal() is not None and panel.proposal().force == 2, "the level after it")
    last = panel.proposal()
    assert last is not None and {s.need.capability for s in last.short} == {"medical"}
    shot(desk, "shortfall")


def test_one_is_recalled_by_keys(desk: Desk) -> None:
    proposal = proposed(desk)
    key(desk, "Return")
    until(lambda: sent(desk, proposal.incident), "units are sent")
    table = desk.window.panels.incident.findChild(AssignmentTable)
    assert isinstance(table, AssignmentTable)
    mine = next(a for a in desk.session.state.assignments_of(proposal.incident) if a.unit)
    until(lambda: mine.id in {row.id for row in table.rows()}, "it is shown")
    table.setFocus()
    table.select(mine.id)
    key(desk, "S")
    until(lambda: QApplication.activePopupWidget() is not None, "the menu")
    QTest.keyClicks(QApplication.activePopupWidget(), str(Status.RECALLED.place + 1))
    until(lambda: desk.session.state.assignments[mine.id].status is Status.RECALLED, "it is called back")
    assert mine.unit not in sent(desk, proposal.incident)
