"""Work between the levels, joined to the session: what is handed on, what comes in, and what is answered to it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from console.desk import level_rows
from console.desk.control import Controller
from console.desk.session import utc_now
from console.desk.situation import SituationWindow, situation_offer, situation_report
from console.domain.assignment import Assignment, Status
from console.domain.errors import Refused
from console.domain.levels import Sending
from console.domain.log import Kind
from console.domain.operation import ReportStatus
from console.domain.phrases import say
from console.domain.reporting import ReportSituation
from console.domain.words import Label
from widgets.lang import language, show
from widgets.send_form import Handing
from widgets.situation_form import Situation


class Levels(QObject):
    arrived = Signal(str)  # words for what just came in
    answered = Signal(str)  # the words of what came in, once it is seen to
    warned = Signal(str)  # why something could not be done
    photosWanted = Signal(str)  # an assignment: someone chooses files for its feedback
    draftChanged = Signal()

    def __init__(self, control: Controller, window: QWidget, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.control, self.session = control, control.session
        self.panel, self.work = control.panels.incident, control.panels.work
        self.form = self.panel.levels.form
        self.situation = SituationWindow(window)
        self._told: tuple[str, list[str]] = ("", [])  # what was said last, and of which assignments
        self._known = {one.id for one in level_rows.own_work(self.session)}
        self._wire()

    def _wire(self) -> None:
        panel, work, written = self.panel, self.work, self.situation.form
        panel.handingWanted.connect(self.hand)
        panel.situationWanted.connect(self.report)
        panel.levels.transferWanted.connect(lambda id: self.hand(Sending.TRANSFER, id))
        panel.levels.reportOpened.connect(self.show_report)
        self.form.sent.connect(self.send)
        written.reported.connect(self._reported)
        work.acknowledged.connect(lambda id: self._say(id, Status.ACKNOWLEDGED))
        work.statusSet.connect(lambda id, code: self._say(id, Status.of(code)))
        work.returned.connect(self._returned)
        work.fedBack.connect(self._fed_back)
        work.photosWanted.connect(self.photosWanted)
        work.sendOnWanted.connect(self._send_on)
        work.opened.connect(self.control.open)
        for form in (self.form, work, written):
            form.draftChanged.connect(self.draftChanged)
        self.session.changed.connect(self._hear)

    # Handing on

    def hand(self, how: Sending | None = None, assignment: str | None = None) -> None:
        """Ctrl+G: the form that hands the shown incident on."""
        incident = self.session.state.incidents.get(self.control.incident or "")
        if incident is None or not incident.open:
            return
        offer = level_rows.send_offer(self.session, incident)
        if offer is None:
            self.warned.emit(self.tr("{code} 由管辖它的中心办理,这里不能派出。").format(code=incident.code))
            return
        self.panel.show_part(self.panel.levels)
        self.form.open(offer, how if how in offer.ways else None, assignment)
        self.panel.show_part(self.form)

    def send(self, handing: Handing) -> None:
        try:
            operation = level_rows.handed(self.session, handing, utc_now())
        except Refused as refused:
            self.form.give_back(handing)
            self.warned.emit(say(refused.phrase, language()))
            return
        self.session.do(operation, undone=lambda: self.form.give_back(handing))

    def _send_on(self, assignment: str) -> None:
        self.control.open(self.session.state.assignments[assignment].incident)
        self.hand(Sending.ONWARD)

    # Reporting up

    def report(self) -> None:
        """Ctrl+B: the next 首报, 续报 or 终报 of the shown incident."""
        incident = self.session.state.incidents.get(self.control.incident or "")
        if incident is None:
            return
        if not self.session.commands(incident.area):
            self.warned.emit(self.tr("{code} 由管辖它的中心上报。").format(code=incident.code))
            return
        self.situation.form.open(situation_offer(self.session, incident))
        self.situation.bring()

    def show_report(self, id: str) -> None:
        report = self.session.state.situation_reports[id]
        incident = self.session.state.incidents[report.incident]
        self.situation.form.show_report(report, incident.code)
        self.situation.bring()

    def _reported(self, incident: str, said: Situation) -> None:
        operation = ReportSituation(situation_report(self.session, incident, said, utc_now()))
        self.session.do(operation, undone=lambda: self.situation.form.give_back(incident, said))

    # Answering

    def _say(self, id: str, status: Status) -> None:
        self.session.do(self._status(id, status))

    def _returned(self, id: str, reason: str) -> None:
        said = self._status(id, Status.DECLINED, reason)
        self.session.do(said, undone=lambda: self.work.back.give_back(id, reason))

    def _fed_back(self, id: str, words: str, photos: list[str]) -> None:
        """Done: the photos first, so that whoever reads of it finds them."""
        gone = [path for path in photos if not Path(path).is_file()]
        if gone:
            self.work.feedback.give_back(id, words, [path for path in photos if path not in gone])
            names = self.tr("、").join(Path(path).name for path in gone)
            self.warned.emit(self.tr("找不到照片 {names}。反馈没有发出,请重新添加。").format(names=names))
            return
        incident = self.session.state.assignments[id].incident
        for path in photos:
            self.session.attachments.attach(incident, Path(path))
        said = self._status(id, Status.DONE, words)
        self.session.do(said, undone=lambda: self.work.feedback.give_back(id, words, []))

    def _status(self, id: str, status: Status, words: str = "") -> ReportStatus:
        who = self.session.who(self.session.state.assignments[id])
        return ReportStatus(id, status, utc_now(), who, Kind.MESSAGE, Label(words, words) if words else None)

    # Coming in

    def _hear(self, kinds: frozenset[str]) -> None:
        """What was sent here is told once."""
        if "incident" not in kinds:
            return
        fresh = [one for one in level_rows.own_work(self.session) if one.id not in self._known]
        self._known.update(one.id for one in fresh)
        news = [one for one in fresh if self._news(one)]
        if news:
            self.work.select(news[0].id)
            self._told = (self._words(news), [one.id for one in news])
            self.arrived.emit(self._told[0])
        elif self._told[0] and not any(self._waits(id) for id in self._told[1]):
            self.answered.emit(self._told[0])
            self._told = ("", [])

    def _waits(self, id: str) -> bool:
        one = self.session.state.assignments.get(id)
        return one is not None and one.status is Status.NOTIFIED

    def _news(self, one: Assignment) -> bool:
        mine = one.by is not None and one.by.user == self.session.user.id
        return one.status is Status.NOTIFIED and not mine

    def _words(self, news: list[Assignment]) -> str:
        incident = self.session.state.incidents[news[0].incident]
        told = self.tr("新待办 {way}:{code} {title}。Ctrl+I 签收").format(
            way=show(news[0].way.label), code=incident.code, title=show(incident.title)
        )
        return told if len(news) == 1 else f"{told} (+{len(news) - 1})"

    # Drafts

    def drafts(self) -> dict[str, Any]:
        """Everything typed and not sent, as plain data."""
        return {
            "send": self.form.drafts(),
            "work": self.work.drafts(),
            "situation": self.situation.form.drafts(),
        }

    def set_drafts(self, drafts: Mapping[str, Any]) -> None:
        """As `drafts` gave them."""
        self.form.set_drafts(drafts.get("send", {}))
        self.work.set_drafts(drafts.get("work", {}))
        self.situation.form.set_drafts(drafts.get("situation", {}))
