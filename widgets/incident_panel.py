"""One incident as one works it: stage, time left, who is where, what to do, what to press, what was said."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from console.domain.phrases import say
from console.domain.place import Point
from console.domain.proposal import Proposal
from console.domain.stages import why_not_dispatched
from widgets.assignment_table import AssignmentRow, AssignmentTable
from widgets.attachment_list import AttachmentList
from widgets.casualty_form import CasualtyForm
from widgets.conflict_card import ConflictStack
from widgets.finders import Finders
from widgets.flow import FlowLayout
from widgets.incident_detail import IncidentDetail
from widgets.incident_edit import IncidentEdit
from widgets.incident_head import CallerLine, CasualtyLine, FactLine, HeadLine
from widgets.keycap import KeyButton
from widgets.lang import language, show
from widgets.level_part import LevelPart, next_report, report_word
from widgets.log_view import LogView
from widgets.loop_block import LoopBlock
from widgets.note_line import NoteLine
from widgets.paint import ink, paint_empty
from widgets.phone_list import PhoneList
from widgets.proposal_view import ProposalView
from widgets.section import Section
from widgets.side_states import SideStates
from widgets.stage_track import StageTrack
from widgets.task_list import TaskList
from widgets.work_area import WorkArea

__all__ = ["AssignmentRow", "IncidentDetail", "IncidentPanel"]


class _Empty(QWidget):
    def paintEvent(self, event: QPaintEvent) -> None:
        title, action = self.tr("没有选中事件"), self.tr("在事件列表里选一个、确认一条告警,或按 Ctrl+N 接报")
        paint_empty(QPainter(self), QRectF(self.rect()), title, action)


class IncidentPanel(QWidget):
    """Shows one incident and says what the operator wants done."""

    accepted = Signal(object)  # Proposal
    proposalRequested = Signal()
    taskTicked = Signal(str, bool)
    noteLeft = Signal()  # the note line was left: the keyboard goes back to where it was
    noteWritten = Signal(str)
    statusSet = Signal(str, str)  # assignment, status code
    agencyTold = Signal(str)  # an agency without a desk was called
    reportRequested = Signal()
    wallRequested = Signal()
    proposalEdited = Signal(object)  # Proposal, as the operator has changed it
    proposalDismissed = Signal(str)  # incident whose reinforcement is not wanted
    conflictTaken = Signal(str, str)  # conflict, "kept" or "other"
    placesWanted = Signal(str)  # the conflict whose two places the map is to show
    edited = Signal(str, object)  # incident, list of Edit
    pickRequested = Signal()  # the next click on the map is the place of the edited incident: `set_position`
    casualtiesReported = Signal(str, object, object)  # incident, Casualties, when it was so
    attachRequested = Signal()
    attachmentOpened = Signal(str)
    handingWanted = Signal()  # to other levels and agencies
    situationWanted = Signal()  # 首报, 续报, 终报
    draftChanged = Signal()  # what is typed and not sent is different now

    def __init__(self, parent: QWidget | None = None, *, new_id: Callable[[], str] = lambda: str(uuid4())) -> None:
        """`new_id` makes the ids of edits."""
        super().__init__(parent)
        self._new_id = new_id
        self._detail: IncidentDetail | None = None
        self._now: datetime | None = None
        self._drafts: dict[str, str] = {}
        self._head_shown = True
        self._make_parts()
        self._lay_out()
        self._wire_buttons()
        self._retranslate()
        self.show_incident(None, None)

    def _make_parts(self) -> None:
        self._head = HeadLine(self)
        self._track = StageTrack(self)
        self._states = SideStates(self)
        self.loop = LoopBlock(self)
        self._facts = FactLine(self)
        self._callers = CallerLine(self)
        self._hurt = CasualtyLine(self)
        self._edit = IncidentEdit(self._new_id, self)
        self._count = CasualtyForm(self)
        self._conflicts = ConflictStack(self)
        self.levels = LevelPart(self)
        self._table = AssignmentTable(self)
        self._phones = PhoneList(self)
        self._offer = ProposalView(self)
        self._task_head = Section(self)
        self._tasks = TaskList(self)
        self._file_head = Section(self)
        self._files = AttachmentList(self)
        self._log_head = Section(self)
        self._log = LogView(self)
        self._note = NoteLine(self)
        self._send = KeyButton("↵", primary=True)
        self._more = KeyButton("A")
        self._wall = KeyButton("W")
        self._report = KeyButton("P")
        self._change = KeyButton("E")
        self._hurt_button = KeyButton("U")
        self._attach = KeyButton("T")
        self._hand = KeyButton("G")
        self._situation = KeyButton("B")
        self._note_hint = self._log_head.add_hint("N", "", self.focus_note)
        self._conflicts.taken.connect(self.conflictTaken)
        self._conflicts.placesWanted.connect(self.placesWanted)
        self._edit.edited.connect(self.edited)
        self._edit.pickRequested.connect(self.pickRequested)
        self._count.reported.connect(self.casualtiesReported)
        for form in (self._edit, self._count, self.levels.form, self.loop.form):
            form.left.connect(self._form_left)
        self.loop.formOpened.connect(self._go_to_form)
        self.loop.strips.left.connect(self._form_left)
        self.loop.form.draftChanged.connect(self.draftChanged)
        self._files.opened.connect(self.attachmentOpened)
        self._table.statusSet.connect(self.statusSet)
        self._phones.told.connect(self.agencyTold)
        self._tasks.ticked.connect(self.taskTicked)
        self._offer.edited.connect(self._change_proposal)
        self._offer.dismissed.connect(self._dismiss)
        self._note.written.connect(self._write)
        self._note.left.connect(self.noteLeft)
        self._note.textChanged.connect(self._keep_draft)

    def _lay_out(self) -> None:
        work = QWidget()
        inner = QVBoxLayout(work)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        forms = (self._edit, self._count, self.loop.form)
        parts = (*forms, self.loop.strips, self._conflicts, self.levels, self._table, self._phones, self._offer)
        for part in (*parts, self._task_head, self._tasks, self._file_head, self._files):
            inner.addWidget(part)
        inner.addStretch(1)
        self._buttons = buttons = FlowLayout()
        buttons.setContentsMargins(12, 6, 12, 6)
        moves = (*self.loop.bar.buttons.values(), self._more, self.loop.bar.every)
        work_on = (self._send, *moves, self._hand, self._situation)
        for button in (*work_on, self._change, self._hurt_button, self._attach, self._wall, self._report):
            buttons.addWidget(button)
        page = QWidget(self)
        self._column = column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self._track)
        column.addWidget(self._states)
        column.addWidget(self._facts)
        column.addWidget(self._callers)
        column.addWidget(self.loop.timers)
        column.addWidget(self._hurt)
        self._work = WorkArea(work, inner)
        column.addWidget(self._work)
        column.addLayout(buttons)
        column.addWidget(self._log_head)
        self._log.setMinimumHeight(90)
        column.addWidget(self._log, 1)
        note = QHBoxLayout()
        note.setContentsMargins(10, 4, 10, 0)
        note.addWidget(self._note)
        column.addLayout(note)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(_Empty(self))
        self._stack.addWidget(page)

    def _wire_buttons(self) -> None:
        for button, slot in (
            (self._more, self.proposalRequested.emit),
            (self._wall, self.wallRequested.emit),
            (self._report, self.reportRequested.emit),
            (self._change, self.edit),
            (self._hurt_button, self.count_casualties),
            (self._attach, self.attachRequested.emit),
            (self._hand, self.handingWanted.emit),
            (self._situation, self.situationWanted.emit),
        ):
            button.clicked.connect(slot)
        self._send.clicked.connect(self.accept)

    def use(self, finders: Finders) -> None:
        """From now on matters and places can be found by what is typed."""
        self._edit.use(finders)

    def show_incident(self, detail: IncidentDetail | None, now: datetime | None) -> None:
        """Show an incident, or nothing. A draft note and the units picked by hand are kept."""
        before = self._detail
        self._detail, self._now = detail, now
        if detail is None or now is None:
            self._stack.setCurrentIndex(0)
            return
        incident = detail.incident
        self._stack.setCurrentIndex(1)
        self._head.show_incident(incident, detail.undecided)
        self._head.setVisible(self._head_shown)
        self._track.show_stage(incident.stages, incident.stage)
        self._states.show_incident(incident)
        self.loop.show_detail(detail, now)
        self._facts.show_incident(incident, now)
        self._callers.show_calls(detail.calls)
        self._hurt.show_count(detail.casualties, detail.disputed_casualties)
        self._edit.turn_to(incident.id)
        self._count.turn_to(incident.id)
        self._conflicts.show_conflicts(detail.conflicts)
        self.levels.show_levels(incident.id, detail.levels, now)
        self._table.show_assignments(detail.assignments, now)
        self._table.setVisible(bool(detail.assignments))
        self._phones.show_rows(detail.to_call)
        proposal = detail.proposal
        if proposal is not None:
            self._offer.show_proposal(proposal, detail.agencies, detail.phones)
        self._offer.setVisible(proposal is not None)
        self._show_tasks(detail, now)
        self._show_files(detail)
        self._log.show_entries(detail.entries, detail.chain_whole)
        self._allow(detail)
        self._retitle(detail)
        self._work.settle()
        self._column.activate()
        if before is None or before.incident.id != incident.id:
            self._note.setText(self._drafts.get(incident.id, ""))

    def shows(self, detail: IncidentDetail | None, now: datetime) -> bool:
        """Whether it stands there just so, to the second."""
        then = self._now
        return then is not None and detail == self._detail and int(then.timestamp()) == int(now.timestamp())

    def detail(self) -> IncidentDetail | None:
        return self._detail

    def proposal(self) -> Proposal | None:
        """What is proposed, as the operator has changed it."""
        return self._detail.proposal if self._detail else None

    def show_head(self, shown: bool) -> None:
        """Whether the panel says the incident's name itself, or its dock's title does."""
        self._head_shown = shown
        self._head.setVisible(shown)

    def accept(self) -> None:
        """The one key: what is proposed, as it stands, is sent."""
        proposal = self.proposal()
        if self._detail is not None and proposal is not None and self._send.isEnabled():
            self._detail = replace(self._detail, proposal=None)  # a second press finds nothing
            self.accepted.emit(proposal)

    def edit(self) -> None:
        """E: put title, place or level right."""
        if self._detail is not None and self._change.isEnabled():
            self._edit.open(self._detail.incident)
            self._work.settle()
            self._work.ensureWidgetVisible(self._edit)

    def set_position(self, at: Point) -> None:
        """The place that was picked on the map for the incident that is edited."""
        self._edit.set_position(at)

    def editing(self) -> str | None:
        """The incident that is edited."""
        return self._edit.editing()

    def count_casualties(self) -> None:
        """U: say how many are hurt."""
        if self._detail is not None and self._now is not None:
            self._count.open(self._detail.incident.id, self._detail.casualties, self._now)
            self._work.settle()
            self._work.ensureWidgetVisible(self._count)

    def decide(self) -> None:
        """D: to the next conflict."""
        self._conflicts.decide()
        if (focus := self.focusWidget()) is not None and self._conflicts.isAncestorOf(focus):
            self._work.ensureWidgetVisible(focus)

    def change_proposal(self) -> None:
        """O: go through what is proposed."""
        if self._offer.isVisible():
            self._offer.begin()

    def show_part(self, part: QWidget) -> None:
        """Scroll to a part of the panel that has just grown."""
        self._work.settle()
        self._work.ensureWidgetVisible(part)

    def focus_note(self) -> None:
        """N: write the next word."""
        self._note.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def drafts(self) -> dict[str, str]:
        """The notes typed and not sent, by incident, and what was typed into the form of a move."""
        return self._drafts | self.loop.form.drafts()

    def set_drafts(self, drafts: Mapping[str, str]) -> None:
        """Notes that were typed and not sent, as they were kept."""
        self._drafts = {id: text for id, text in drafts.items() if text and "#" not in id}
        self.loop.form.set_drafts({key: text for key, text in drafts.items() if "#" in key})
        if self._detail is not None:
            self._note.setText(self._drafts.get(self._detail.incident.id, ""))

    def give_back(self, incident: str, text: str) -> None:
        """A note that was sent and could not be kept: it is a draft again, before what was typed since."""
        since = self._drafts.get(incident, "")
        self._drafts[incident] = f"{text} {since}".strip()
        if self._detail is not None and self._detail.incident.id == incident:
            self._note.setText(self._drafts[incident])
        self.draftChanged.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), ink("panel"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self._send.set_word(self.tr("采纳方案"), self.tr("按方案派出,一键完成"))
        self._more.set_word(self.tr("增派"), self.tr("推荐下一级增援还缺的力量"))
        self._wall.set_word(self.tr("上墙"), self.tr("把这个事件的画面放上大屏"))
        self._report.set_word(self.tr("报告"))
        self._change.set_word(self.tr("修改"), self.tr("改事项、标题、地点、等级"))
        self._hurt_button.set_word(self.tr("伤亡"), self.tr("报伤亡人数"))
        self._attach.set_word(self.tr("附件"), self.tr("添加照片或视频"))
        self._hand.set_word(self.tr("联动"), self.tr("吹哨、下派、协办、转派、上报"))
        self._file_head.set_title(self.tr("附件"))
        self._note_hint.set_text(self.tr("记一条"))
        self._task_head.set_title(self.tr("任务"))
        self._log_head.set_title(self.tr("通讯记录"))
        if self._detail is not None:
            self.show_incident(self._detail, self._now)

    def _show_tasks(self, detail: IncidentDetail, now: datetime) -> None:
        tasks = [task for task in detail.tasks if not task.void]
        done = sum(task.done_at is not None for task in tasks)
        gates = sum(task.gate and task.done_at is None for task in tasks)
        words = f"{done}/{len(tasks)}"
        if gates:
            words += " · " + self.tr("结案前必做 {n}").format(n=gates)
        self._task_head.set_words(words)
        self._tasks.show_tasks(tasks, now, {row.timer.of: row.timer for row in detail.timers})
        for part in (self._task_head, self._tasks):
            part.setVisible(bool(tasks))

    def _show_files(self, detail: IncidentDetail) -> None:
        self._file_head.set_words(str(len(detail.files)))
        self._files.show_files(detail.files)
        for part in (self._file_head, self._files):
            part.setVisible(bool(detail.files))

    def _go_to_form(self, form: QWidget) -> None:
        self._work.settle()
        self._work.ensureWidgetVisible(form)

    def _form_left(self) -> None:
        """The keyboard comes back from a form that closed."""
        self._work.settle()
        self._table.setFocus(Qt.FocusReason.OtherFocusReason)
        self._work.verticalScrollBar().setValue(0)  # Qt went to what came next

    def _retitle(self, detail: IncidentDetail) -> None:
        if detail.chain_whole:
            self._log_head.set_words(self.tr("链完整 · {n} 条").format(n=len(detail.entries)))
        else:
            self._log_head.set_words(self.tr("链断开 · {n} 条,请核对").format(n=len(detail.entries)), "red")

    def _allow(self, detail: IncidentDetail) -> None:
        """Which buttons are legal, and the primary one first."""
        proposal = self.proposal()
        stopped = why_not_dispatched(detail.incident)
        elsewhere = detail.levels.elsewhere
        gone = elsewhere or (say(stopped, language()) if stopped else "")
        self._send.setVisible(proposal is not None and detail.incident.open)
        nobody = proposal is not None and proposal.empty
        self._send.allow(gone or (self.tr("没有选任何力量") if nobody else ""))
        waits = proposal is not None and proposal.first
        self._more.allow(gone or (self.tr("方案待采纳,先采纳再增派") if waits else ""))
        self._hand.allow(detail.levels.handing)
        word, overdue = report_word(detail.levels, self._now or detail.incident.opened_at)
        named = show(next_report(detail.levels, detail.incident).label)
        self._situation.set_word(f"{named} {word}".strip(), self.tr("向上级报告,电话或书面"))
        self._situation.allow(elsewhere)
        sending = self._send if proposal is not None and self._send.isEnabled() else None
        first = sending or self.loop.bar.likely() or (self._more if self._more.isEnabled() else None)
        for button in (self._send, self._more, *self.loop.bar.buttons.values()):
            button.set_primary(button is first)
        self._situation.set_primary(overdue)
        self._buttons.lead_with(first or self._more)
        self._change.allow(elsewhere)
        for button in (self._wall, self._report, self._hurt_button, self._attach):
            button.allow("")

    def _change_proposal(self, proposal: Proposal) -> None:
        if self._detail is not None:
            self.show_incident(replace(self._detail, proposal=proposal), self._now)
            self.proposalEdited.emit(proposal)

    def _dismiss(self) -> None:
        if self._detail is not None:
            self.proposalDismissed.emit(self._detail.incident.id)
            self._table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _write(self, text: str) -> None:
        self.noteWritten.emit(text)

    def _keep_draft(self, text: str) -> None:
        if self._detail is None:
            return
        id = self._detail.incident.id
        if text.strip():
            self._drafts[id] = text
        else:
            self._drafts.pop(id, None)
        self.draftChanged.emit()


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = IncidentPanel()
        made.show_incident(samples.detail(), samples.NOW)
        return made

    samples.run(_build)
