"""What the system proposes: who leads, who goes and why, who stays and why not, what is short, who helps out."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.domain.assignment import Role, Way
from console.domain.phrases import say
from console.domain.proposal import Candidate, Proposal
from console.domain.words import Label
from widgets.candidate_box import AgencyBox, CandidateBox, OfferBox
from widgets.flow import FlowLayout
from widgets.keycap import Hint
from widgets.lang import language, show
from widgets.paint import ink, pen
from widgets.section import Section
from widgets.words import Words

MOST = 20  # units that are not chosen and shown


class ProposalView(QWidget):
    """`show_proposal`; `edited` with the proposal as the operator has changed it."""

    edited = Signal(object)  # Proposal
    dismissed = Signal()  # a reinforcement that is not wanted

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._proposal: Proposal | None = None
        self._agencies: Mapping[str, Label] = {}
        self._phones: Mapping[str, str] = {}
        self._boxes: list[CandidateBox] = []
        self._open: set[tuple[str, str]] = set()  # incident, and which part of its proposal is unfolded
        self._explained: set[str] = set()  # units whose reasons are all told
        self._kept: dict[str, None] = {}  # units that were chosen: they stay in sight when they are left out
        self._parts: list[QWidget] = []
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 6)
        inside.setSpacing(0)
        self._head = Section(self)
        self._change = self._head.add_hint("O", "", self.begin)
        self._leave = self._head.add_hint("Del", "", self.dismissed.emit)
        inside.addWidget(self._head)
        self._body = QVBoxLayout()
        self._body.setContentsMargins(12, 0, 12, 0)
        self._body.setSpacing(0)
        inside.addLayout(self._body)
        self._retranslate()

    def show_proposal(
        self, proposal: Proposal, agencies: Mapping[str, Label], phones: Mapping[str, str] | None = None
    ) -> None:
        """`phones` are the numbers of the agencies that have no desk."""
        before, phones = self._proposal, phones or {}
        if proposal == before and agencies == self._agencies and phones == self._phones:
            return
        if before is None or _sending(before) != _sending(proposal):
            self._kept, self._explained = {}, set()
        self._proposal, self._agencies, self._phones = proposal, agencies, phones
        self._kept |= dict.fromkeys(candidate.unit.id for candidate in proposal.candidates if candidate.chosen)
        self._build()

    def boxes(self) -> list[CandidateBox]:
        """The units on show."""
        return list(self._boxes)

    def offers(self) -> list[OfferBox]:
        """Every box on show: agencies, units, tasks."""
        return [part for part in self._parts if isinstance(part, OfferBox)]

    def begin(self) -> None:
        """The keyboard goes to the first unit: Space takes it in or leaves it out, the arrows go on."""
        if self._boxes:
            self._boxes[0].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def unfold(self, part: str = "rest") -> None:
        """Show or hide the units that are not chosen ("rest") or the tasks ("tasks")."""
        if self._proposal is not None:
            self._open ^= {(self._proposal.incident, part)}
            self._build()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect().adjusted(1, 0, -1, 0), ink("selected", 0.55))
        painter.setPen(pen("primary_line"))
        painter.drawLine(0, 0, 0, self.height())
        painter.fillRect(0, 0, 3, self.height(), ink("primary_line"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self._head.set_title(self.tr("方案"))
        self._change.set_text(self.tr("改方案"))
        self._leave.set_text(self.tr("不增派"))
        self._build()

    def _name(self, agency: str) -> str:
        label = self._agencies.get(agency)
        return show(label) if label else agency

    # -- building

    def _build(self) -> None:
        proposal = self._proposal
        if proposal is None:
            return
        focused = next((part.objectName() for part in self._parts if part.hasFocus()), "")
        self._boxes.clear()
        for part in self._parts:
            self._body.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._parts.clear()
        self._leave.setVisible(not proposal.first)
        self._head.set_words(self._ground(proposal))
        self._add_agencies(proposal)
        for shortfall in proposal.short:
            self._say(say(shortfall.phrase, language()), "yellow")
        if proposal.aid:
            self._say(self._aid(proposal), "accent")
        self._add_units(proposal)
        self._add_tasks(proposal)
        self.updateGeometry()
        for part in self._parts:
            part.show()  # a layout shows what is new in it only later: the next key must find it
            if focused and part.objectName() == focused:
                part.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ground(self, proposal: Proposal) -> str:
        ground = self.tr("行程按道路") if proposal.by_road else self.tr("没有路网,行程按直线估算")
        if proposal.first:
            return ground
        if not proposal.needs:
            return self.tr("点名增派") + " · " + ground
        return self.tr("增派 {level} 级").format(level=proposal.force) + " · " + ground

    def _aid(self, proposal: Proposal) -> str:
        towns: dict[str, list[str]] = {}
        for candidate in proposal.aid:
            towns.setdefault(show(candidate.look.area), []).append(show(candidate.unit.name))
        each = [f"{town} {' '.join(units)}" for town, units in towns.items()]
        return self.tr("自有力量不够,请求支援:{towns}").format(towns=" · ".join(each))

    def _add_agencies(self, proposal: Proposal) -> None:
        if not proposal.first:
            return
        line = QWidget(self)
        flow = FlowLayout(line, gap=4)
        flow.setContentsMargins(0, 0, 0, 0)
        for agency in (proposal.lead, *proposal.assist):
            leads = agency == proposal.lead
            box = AgencyBox(self._name(agency), agency not in proposal.left_out, "", line)
            box.setObjectName(f"agency:{agency}")
            if leads:
                box.chip = show(Role.LEAD.label)
                box.setToolTip(self.tr("主办单位"))
                box.clicked.connect(lambda _on, box=box: box.setChecked(True))
            else:
                box.setToolTip(self.tr("协办。空格:不派;L:改为主办"))
                box.clicked.connect(lambda _on, id=agency: self.edited.emit(proposal.agency_toggled(id)))
                box.led.connect(lambda id=agency: self.edited.emit(proposal.led_by(id)))
            flow.addWidget(box)
            self._parts.append(box)
        self._parts.append(line)
        self._body.addWidget(line)
        self._add_phones(proposal)

    def _add_phones(self, proposal: Proposal) -> None:
        """Whom one has to call once it is sent."""
        asked = [proposal.lead, *proposal.assist, *(chosen.unit.agency for chosen in proposal.chosen)]
        called = [id for id in dict.fromkeys(asked) if id in self._phones and id not in proposal.left_out]
        if called:
            each = self.tr("、").join(f"{self._name(id)} {self._phones[id]}".strip() for id in called)
            self._say(self.tr("没有席位,派出后打电话:{each}").format(each=each), "quiet")

    def _add_units(self, proposal: Proposal) -> None:
        rest = [candidate for candidate in proposal.candidates if candidate.unit.id not in self._kept]
        for candidate in proposal.candidates:
            if candidate.unit.id in self._kept:
                self._offer(proposal, candidate)
        if not proposal.chosen and not proposal.first:
            self._say(self.tr("这一级要的力量都已在途或到场"), "text")
        if rest:
            shown = (proposal.incident, "rest") in self._open
            self._fold(
                "rest", shown, self.tr("收起未选的") if shown else self.tr("另有 {n} 个未选").format(n=len(rest))
            )
            for candidate in rest[:MOST] if shown else ():
                self._offer(proposal, candidate)
            if shown and len(rest) > MOST:
                self._say(self.tr("还有 {n} 个更远或不能派的").format(n=len(rest) - MOST), "quiet")

    def _add_tasks(self, proposal: Proposal) -> None:
        if proposal.tasks:
            shown = (proposal.incident, "tasks") in self._open
            self._fold("tasks", shown, self.tr("任务 {n} 项").format(n=len(proposal.tasks) - len(proposal.undone)))
            for place, task in enumerate(proposal.tasks) if shown else ():
                box = OfferBox(
                    show(task.text), place not in proposal.undone, self.tr("必做") if task.gate else "", self
                )
                box.setObjectName(f"task:{place}")
                box.clicked.connect(lambda _on, place=place: self.edited.emit(proposal.task_toggled(place)))
                self._put(box)
        for message in proposal.messages:
            if message.agency not in proposal.left_out:
                text = self.tr("通知 {agency}:{text}")
                self._say(text.format(agency=self._name(message.agency), text=show(message.text)), "quiet")

    def _offer(self, proposal: Proposal, candidate: Candidate) -> None:
        id = candidate.unit.id
        chip = show(Way.AID.label) if candidate.look.whose.aid else ""
        words = self.tr("宜派:{reasons}"), self.tr("不宜:{reasons}")
        box = CandidateBox(candidate, chip, words, self)
        box.setObjectName(f"unit:{id}")
        box.setEnabled(candidate.unit.agency not in proposal.left_out)
        box.clicked.connect(lambda _on: self.edited.emit(proposal.toggled(id)))
        box.opened.connect(lambda on: self._explain(id, on))
        self._put(box)
        self._boxes.append(box)
        if id in self._explained:
            self._say(box.reasons, "quiet")

    def _explain(self, unit: str, on: bool) -> None:
        if (unit in self._explained) != on:
            self._explained ^= {unit}
            self._build()

    def _fold(self, part: str, shown: bool, text: str) -> None:
        fold = Hint("", f"{'▾' if shown else '▸'} {text}", lambda: self.unfold(part), self)
        fold.setObjectName(f"fold:{part}")
        self._put(fold)

    def _say(self, text: str, role: str) -> None:
        self._put(Words(text, role, self))

    def _put(self, part: QWidget) -> None:
        self._body.addWidget(part)
        self._parts.append(part)


def _sending(proposal: Proposal) -> tuple[str, bool, int]:
    """Which sending it is for: what was unfolded in another says nothing here."""
    return proposal.incident, proposal.first, proposal.force


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = ProposalView()
        made.show_proposal(samples.PROPOSAL, samples.AGENCIES)
        made.unfold()
        return made

    samples.run(_build)
