"""One incident as one works it: what is shown, what is legal, what is told, and that no word is lost."""

from dataclasses import replace
from datetime import timedelta

import pytest
from english import english
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from console.domain.assignment import Status
from console.domain.incident import Stage
from console.domain.proposal import Proposal
from console.domain.stages import Move
from widgets import samples
from widgets.assignment_table import AssignmentTable
from widgets.form_block import FormBlock
from widgets.incident_panel import IncidentDetail, IncidentPanel
from widgets.keycap import KeyButton
from widgets.log_view import LogView
from widgets.note_line import NoteLine
from widgets.proposal_view import ProposalView
from widgets.section import Section
from widgets.task_list import TaskList
from widgets.words import Words


@pytest.fixture
def panel(app: QApplication) -> IncidentPanel:
    made = IncidentPanel()
    made.resize(440, 900)
    made.show_incident(samples.detail(), samples.NOW)
    made.show()
    app.processEvents()
    return made


def button(panel: IncidentPanel, key: str) -> KeyButton:
    found = (each for each in panel.findChildren(KeyButton) if not isinstance(each.parent(), FormBlock))
    return next(each for each in found if each.key() == key)


def note(panel: IncidentPanel) -> NoteLine:
    found = panel.findChild(NoteLine)
    assert isinstance(found, NoteLine)
    return found


def other(number: int = 99) -> IncidentDetail:
    return replace(samples.detail(), incident=replace(samples.INCIDENTS[1], id=f"i{number}", number=number), tasks=())


def test_assignments_say_status_and_time(panel: IncidentPanel) -> None:
    table = panel.findChild(AssignmentTable)
    assert isinstance(table, AssignmentTable)
    rows = {row.id: row for row in table.rows()}
    assert (rows["s1"].detail, rows["s1"].alert, rows["s1"].alert_role) == ("到场", "主办", "done")
    assert rows["s2"].right == "预计 2′"
    assert (rows["s5"].detail, rows["s5"].alert_role, rows["s5"].right) == ("未签收", "yellow", "01:30")


def test_a_status_is_set_from_the_menu(panel: IncidentPanel) -> None:
    heard: list[tuple[str, str]] = []
    panel.statusSet.connect(lambda id, code: heard.append((id, code)))
    table = panel.findChild(AssignmentTable)
    assert isinstance(table, AssignmentTable)
    table.select("s2")
    menu = table.statuses("s2")
    shown = [action for action in menu.actions() if action.isEnabled()]
    assert len(shown) == len(Status) - 1
    shown[3].trigger()
    assert heard == [("s2", "working")]


def test_what_another_centre_decides_is_refused_with_its_reason_and_the_rest_stays(panel: IncidentPanel) -> None:
    moved: list[object] = []
    panel.loop.moved.connect(moved.append)
    theirs = replace(samples.detail(), levels=replace(samples.level_facts(), elsewhere="由管辖这个事件的中心办理"))
    panel.show_incident(theirs, samples.NOW)
    for key in ("A", "E"):
        assert not button(panel, key).isEnabled() and "由管辖" in button(panel, key).toolTip()
    assert all(not each.isEnabled() for each in panel.loop.bar.buttons.values())
    for move in Move:
        panel.loop.bar.ask(move)
    panel.edit()
    assert moved == [] and panel.editing() is None
    assert button(panel, "U").isEnabled() and note(panel).isEnabled()
    panel.show_incident(samples.detail(), samples.NOW)
    assert button(panel, "E").isEnabled()


def test_without_a_proposal_the_one_key_is_idle_and_reinforcing_is_first(panel: IncidentPanel) -> None:
    heard: list[object] = []
    panel.accepted.connect(heard.append)
    panel.setFocus()
    QTest.keyClick(panel, Qt.Key.Key_Return)
    assert heard == []
    assert not button(panel, "↵").isVisible()
    assert button(panel, "A").property("primary") is True


def test_an_illegal_button_says_why(panel: IncidentPanel) -> None:
    assert not button(panel, "K").isEnabled() and "必做" in button(panel, "K").toolTip()
    assert not button(panel, "J").isEnabled() and "核查" in button(panel, "J").toolTip()
    done = tuple(replace(task, done_at=samples.NOW) for task in samples.TASKS)
    finished = tuple(
        replace(row, assignment=row.assignment.recorded(Status.DONE, samples.NOW)) for row in samples.assignment_rows()
    )
    detail = replace(samples.detail(), tasks=done, assignments=finished)
    panel.show_incident(detail, samples.NOW)
    assert button(panel, "K").isEnabled() and button(panel, "K").property("primary") is True
    checked = replace(detail, incident=replace(detail.incident, stage=Stage.CHECKED))
    panel.show_incident(checked, samples.NOW)
    assert button(panel, "J").isEnabled() and not button(panel, "K").isVisible()
    closed = replace(detail, incident=replace(detail.incident, stage=Stage.CLOSED, closed_at=samples.NOW))
    panel.show_incident(closed, samples.NOW)
    assert not button(panel, "A").isEnabled() and not button(panel, "J").isVisible()
    assert button(panel, "Shift+O").isVisible() and button(panel, "Shift+O").isEnabled(), "it can be reopened"


def test_every_button_has_its_key(panel: IncidentPanel) -> None:
    heard: list[str] = []
    panel.proposalRequested.connect(lambda: heard.append("A"))
    panel.wallRequested.connect(lambda: heard.append("W"))
    panel.reportRequested.connect(lambda: heard.append("P"))
    panel.loop.moved.connect(lambda given: heard.append("K"))
    panel.activateWindow()
    table = panel.findChild(AssignmentTable)
    assert isinstance(table, AssignmentTable)
    table.setFocus()
    for key in (Qt.Key.Key_A, Qt.Key.Key_W, Qt.Key.Key_P, Qt.Key.Key_K):
        QTest.keyClick(table, key)
    assert heard == ["A", "W", "P"]  # K is not legal now


def test_tasks_are_ticked_and_focus_stays(panel: IncidentPanel) -> None:
    heard: list[tuple[str, bool]] = []
    panel.taskTicked.connect(lambda id, on: heard.append((id, on)))
    tasks = panel.findChild(TaskList)
    assert isinstance(tasks, TaskList)
    box = tasks.box("t3")
    QTest.mouseClick(box, Qt.MouseButton.LeftButton)
    assert heard == [("t3", True)]
    after = tuple(replace(task, done_at=samples.NOW) if task.id == "t3" else task for task in samples.TASKS)
    panel.show_incident(replace(samples.detail(), tasks=after), samples.NOW)
    assert tasks.box("t3") is box and box.isChecked() and box.after == "14:32"
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert tasks.box("t4").hasFocus()
    QTest.keyClick(tasks.box("t4"), Qt.Key.Key_Space)
    assert heard[-1] == ("t4", True)


def test_the_proposal_is_accepted_with_one_key_as_changed(panel: IncidentPanel) -> None:
    panel.show_incident(samples.detail(proposed=True), samples.NOW)
    accepted: list[Proposal] = []
    edited: list[Proposal] = []
    panel.accepted.connect(accepted.append)
    panel.proposalEdited.connect(edited.append)
    view = panel.findChild(ProposalView)
    assert isinstance(view, ProposalView) and view.isVisible()
    assert [box.candidate.unit.id for box in view.boxes()] == ["fire1", "police12", "pump1"]
    view.unfold()
    assert [box.candidate.unit.id for box in view.boxes()][3:] == ["fire2", "police07"]
    assert "比已选的慢 3.8 分钟" in view.boxes()[3].toolTip() and "按道路 7.0 分钟" in view.boxes()[3].toolTip()
    assert "在 I33 到场" in view.boxes()[4].toolTip()
    QTest.mouseClick(view.boxes()[0], Qt.MouseButton.LeftButton)
    assert [each.unit.id for each in edited[-1].chosen] == ["police12", "pump1"]
    first = view.boxes()[0]
    assert first.candidate.unit.id == "fire1" and not first.isChecked(), "it stays in sight"
    # The desk refreshes with the proposal as the operator has it.
    panel.show_incident(replace(samples.detail(), proposal=edited[-1]), samples.NOW + timedelta(seconds=1))
    panel.activateWindow()
    panel.setFocus()
    QTest.keyClick(panel, Qt.Key.Key_Return)
    assert [each.unit.id for each in accepted[0].chosen] == ["police12", "pump1"]


def test_a_proposal_is_changed_by_keys_alone(panel: IncidentPanel) -> None:
    detail = samples.detail(proposed=True)
    first = replace(detail, incident=replace(detail.incident, lead=None))
    panel.show_incident(first, samples.NOW)
    panel.proposalEdited.connect(lambda proposal: panel.show_incident(replace(first, proposal=proposal), samples.NOW))
    view = panel.findChild(ProposalView)
    assert isinstance(view, ProposalView)
    panel.activateWindow()
    panel.setFocus()
    QTest.keyClick(panel, Qt.Key.Key_O)
    assert view.boxes()[0].hasFocus()
    QTest.keyClick(view.boxes()[0], Qt.Key.Key_Space)
    assert view.boxes()[0].hasFocus() and not view.boxes()[0].isChecked()
    QTest.keyClick(view.boxes()[0], Qt.Key.Key_Right)
    told = [words.text() for words in view.findChildren(Words) if words.isVisible()]
    assert any("宜派:抢险救援第 1 位" in text for text in told)
    QTest.keyClick(view.boxes()[0], Qt.Key.Key_Left)
    QTest.keyClick(view.boxes()[0], Qt.Key.Key_Down)
    assert view.boxes()[1].hasFocus()
    fire = next(box for box in view.offers() if box.objectName() == "agency:fire")
    fire.setFocus()
    QTest.keyClick(fire, Qt.Key.Key_L)
    proposal = panel.proposal()
    assert proposal is not None and proposal.lead == "fire" and proposal.assist[0] == "water"
    view.unfold("tasks")
    task = next(box for box in view.offers() if box.objectName() == "task:0")
    task.setFocus()
    QTest.keyClick(task, Qt.Key.Key_Space)
    traffic = next(box for box in view.offers() if box.objectName() == "agency:traffic")
    traffic.setFocus()
    QTest.keyClick(traffic, Qt.Key.Key_Space)
    proposal = panel.proposal()
    assert proposal is not None and proposal.undone == {0} and proposal.left_out == {"traffic"}
    assert [each.unit.id for each in proposal.chosen] == ["pump1"]


def test_a_reinforcement_can_be_sent_raised_or_left(panel: IncidentPanel) -> None:
    detail = samples.detail()
    level = replace(samples.PROPOSAL, first=False, force=1, assist=(), tasks=(), messages=())
    panel.show_incident(replace(detail, proposal=level), samples.NOW)
    heard: list[object] = []
    panel.proposalDismissed.connect(heard.append)
    panel.proposalRequested.connect(lambda: heard.append("A"))
    panel.activateWindow()
    panel.setFocus()
    QTest.keyClick(panel, Qt.Key.Key_A)
    QTest.keyClick(panel, Qt.Key.Key_O)
    view = panel.findChild(ProposalView)
    assert isinstance(view, ProposalView)
    QTest.keyClick(view.boxes()[0], Qt.Key.Key_Delete)
    assert heard == ["A", detail.incident.id]
    heads = view.findChildren(Section)
    assert any("增派 1 级" in head.words() for head in heads)
    panel.show_incident(replace(detail, proposal=replace(level, needs=(), force=0)), samples.NOW)
    assert any("点名增派" in head.words() for head in heads), "only whom the operator called in"
    nobody = replace(level, candidates=tuple(each._replace(chosen=False) for each in level.candidates))
    panel.show_incident(replace(detail, proposal=nobody), samples.NOW)
    assert not button(panel, "↵").isEnabled()


def test_enter_in_the_note_line_writes_and_does_not_accept(panel: IncidentPanel) -> None:
    panel.show_incident(samples.detail(proposed=True), samples.NOW)
    heard: list[object] = []
    panel.accepted.connect(heard.append)
    panel.noteWritten.connect(heard.append)
    panel.activateWindow()
    panel.focus_note()
    QTest.keyClicks(note(panel), "A W K")
    assert note(panel).text() == "A W K"
    QTest.keyClick(note(panel), Qt.Key.Key_Return)
    assert heard == ["A W K"]
    assert note(panel).text() == "" and panel.drafts() == {}


def test_a_draft_survives_switching_refreshing_and_a_restart(panel: IncidentPanel) -> None:
    note(panel).setText("桥面积水")
    panel.show_incident(other(), samples.NOW)
    assert note(panel).text() == ""
    note(panel).setText("另一件")
    panel.show_incident(None, None)
    panel.show_incident(samples.detail(), samples.NOW + timedelta(seconds=5))
    assert note(panel).text() == "桥面积水"
    assert panel.drafts() == {"i34": "桥面积水", "i99": "另一件"}
    fresh = IncidentPanel()
    fresh.set_drafts(panel.drafts())
    fresh.show_incident(other(), samples.NOW)
    found = fresh.findChild(QLineEdit)
    assert isinstance(found, QLineEdit) and found.text() == "另一件"


def test_the_log_wraps_copies_and_keeps_its_place(app: QApplication) -> None:
    log = LogView()
    log.show_entries(samples.ENTRIES, True)
    log.show()
    assert log.texts()[0] == "14:31:52\t电台 交警 12\t已过康乐路口,桥面积水约 20 厘米"
    log.copy()
    lines = app.clipboard().text().splitlines()
    assert len(lines) == 6 and lines[0].startswith("14:29:43") and lines[-1].startswith("14:31:52")
    log.resize(400, 60)
    app.processEvents()
    log.verticalScrollBar().setValue(40)
    below = log.verticalScrollBar().maximum() - 40
    new = replace(samples.ENTRIES[0], id="e38", number=38)
    log.show_entries((new, *samples.ENTRIES), True)
    app.processEvents()
    assert log.verticalScrollBar().maximum() - log.verticalScrollBar().value() == below


def test_the_log_is_measured_again_in_the_other_language(app: QApplication) -> None:
    log = LogView()
    log.resize(260, 300)
    log.show_entries(samples.ENTRIES, True)
    log.show()
    app.processEvents()
    before = log.visualRect(log.model().index(4, 0)).height()
    with english():
        app.processEvents()
        assert log.visualRect(log.model().index(4, 0)).height() > before


def test_a_new_proposal_has_its_room_at_once(panel: IncidentPanel) -> None:
    panel.show_incident(samples.detail(proposed=True), samples.NOW)
    view = panel.findChild(ProposalView)
    assert isinstance(view, ProposalView)
    last = view.boxes()[-1]
    assert last.visibleRegion().boundingRect().height() == last.height()


def test_it_speaks_the_other_language(panel: IncidentPanel) -> None:
    with english():
        log = panel.findChild(LogView)
        table = panel.findChild(AssignmentTable)
        assert isinstance(log, LogView) and isinstance(table, AssignmentTable)
        assert "Task done: Warn 2 villages" in log.texts()[1]
        assert table.rows()[5].detail == "not acknowledged"
        assert button(panel, "↵").text() == "Accept"
        assert "required tasks" in button(panel, "K").toolTip()
    assert button(panel, "↵").text() == "采纳方案"
