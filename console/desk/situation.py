"""首报, 续报, 终报: what a report starts from, and the window in which it is written."""

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QEvent, Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from console.desk.level_rows import home
from console.desk.session import Session
from console.domain.assignment import Status
from console.domain.conflict import By
from console.domain.duty import Limit
from console.domain.incident import Incident, Stage
from console.domain.levels import Sending, may_go
from console.domain.merging import told
from console.domain.situation import Element, SituationReport
from console.domain.words import Label
from console.store.ids import new_id
from widgets.lang import show
from widgets.level_part import LevelFacts, next_report
from widgets.situation_form import Situation, SituationForm, SituationOffer
from widgets.times import clock

translate = QCoreApplication.translate
FRESH = (Element.COURSE, Element.CONSEQUENCES, Element.MEASURES)  # what has gone on since the last report


def situation_offer(session: Session, incident: Incident) -> SituationOffer:
    """The next report of an incident, from the last one and from what is known now."""
    reports = session.state.reports_of(incident.id)
    previous = reports[-1] if reports else None
    known = {element.value: text for element, text in facts(session, incident).items() if text}
    said = dict(previous.elements) if previous else {}
    elements = {**known, **{code: text for code, text in said.items() if text}}
    elements |= {e.value: known[e.value] for e in FRESH if e.value in known}
    area = home(session)
    above = [a for a in session.pack.agencies.values() if may_go(Sending.UP, a, area)]
    above.sort(key=lambda a: (not a.centre, -a.area.count("/")))
    to = tuple(agency.name for agency in above)
    duty = session.lists.duty(incident.matter, incident.area)
    phone = previous is None and duty is not None and duty.limit(Limit.PHONE) is not None
    receiver = previous.to if previous else (to[0] if to else Label("", ""))
    start = Situation(next_report(LevelFacts(reports=tuple(reports)), incident), phone, show(receiver), elements)
    return SituationOffer(incident.id, incident.code, incident.title, start, to, previous)


def facts(session: Session, incident: Incident) -> dict[Element, str]:
    """What the desk knows of each element, in the language on screen."""
    state = session.state
    count = state.count_of(incident.id)
    matter = session.matter(incident.matter)
    opened = incident.opened_at.astimezone()
    return {
        Element.TIME: f"{opened:%Y-%m-%d %H:%M}",
        Element.PLACE: f"{show(incident.place)} ({incident.at.lon:.5f}, {incident.at.lat:.5f})",
        Element.SOURCE: show(incident.source),
        Element.NATURE: f"{show(matter.name)} · {show(incident.level.label)}",
        Element.COURSE: _course(session, incident),
        Element.CONSEQUENCES: show(told(count)) if count is not None else "",
        Element.MEASURES: _measures(session, incident),
    }


def _course(session: Session, incident: Incident) -> str:
    """When it came to each stage, and who came to the place when."""
    steps = [(incident.opened_at, show(incident.title))]
    steps += [(at, show(Stage.of(code).label)) for code, at in incident.entered.items()]
    for one in session.state.assignments_of(incident.id):
        if (at := one.at(Status.ON_SCENE)) is not None:
            arrived = translate("situation", "{name}到场").format(name=show(session.who(one)))
            steps.append((at, arrived))
    steps.sort(key=lambda step: step[0])
    return ";".join(f"{clock(at, incident.opened_at)} {what}" for at, what in steps)


def _measures(session: Session, incident: Incident) -> str:
    """Who was sent and how far they are, and what is done."""
    state = session.state
    sent = [a for a in state.assignments_of(incident.id) if a.works]
    parts = [f"{show(session.who(a))}({show(a.status.label)})" for a in sent]
    parts += [show(task.text) for task in state.tasks_of(incident.id) if task.done_at is not None]
    return translate("situation", "、").join(parts)


def situation_report(session: Session, incident: str, said: Situation, now: datetime) -> SituationReport:
    by = By(session.user.id, session.user.name, now, session.area)
    to = next((a.name for a in session.pack.agencies.values() if said.to in (a.name.zh, a.name.en)), None)
    elements = {code: text for code, text in said.elements.items() if text}
    return SituationReport(
        new_id(), incident, said.kind, to or Label(said.to, said.to), elements, now, by, said.by_phone
    )


class SituationWindow(QDialog):
    """Made once, so that what is typed stays. Beside the desk, so that the incident can be looked at meanwhile."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = SituationForm(self)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.form)
        self.resize(660, 780)
        self.form.left.connect(self.close)
        self.form.reported.connect(lambda _incident, _said: self.close())
        self._retranslate()

    def bring(self) -> None:
        """To the front, with the keyboard."""
        self.show()
        self.raise_()
        self.activateWindow()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("信息报告"))
