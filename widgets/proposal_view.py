"""What the system proposes: who leads, who goes and why, who stays and why not, what is short."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QSizePolicy, QVBoxLayout, QWidget

from console.domain.phrases import say
from console.domain.proposal import Candidate, Proposal
from console.domain.words import Label
from widgets.keycap import Hint
from widgets.lang import language, show
from widgets.paint import elide, face, ink, pen
from widgets.section import Section
from widgets.task_list import paint_box
from widgets.times import travel
from widgets.words import Words


class CandidateBox(QCheckBox):
    """One unit: box, name, why, minutes."""

    def __init__(self, candidate: Candidate, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.candidate = candidate
        self.why = ", ".join(say(reason, language()) for reason in candidate.reasons)
        self.setText(show(candidate.unit.name))
        self.setChecked(candidate.chosen)
        told = f"{self.text()} · {show(candidate.need.name)} · {self.why} · {travel(candidate.travel_s)}"
        self.setToolTip(told)
        self.setAccessibleName(told)

    def hitButton(self, pos: object) -> bool:
        return True

    def sizeHint(self) -> QSize:
        return QSize(160, face().metrics.height() + 6)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        body, quiet = face(), face("quiet")
        side = round(body.metrics.ascent() * 0.95)
        top = round((self.height() - side) / 2) + 0.5
        lit = self.hasFocus() or self.underMouse()
        paint_box(painter, QRectF(0.5, top, side, side), self.isChecked(), lit=lit)
        left, flags = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignVCenter
        x, width, height = side + 9.0, self.width(), self.height()
        minutes = travel(self.candidate.travel_s)
        time_width = max(34, body.metrics.horizontalAdvance(minutes) + 8)
        painter.setFont(body.font)
        painter.setPen(ink("strong" if self.isChecked() else "text"))
        name_width = max(86.0, (width - x) * 0.3)
        painter.drawText(
            QRectF(x, 0, name_width, height), left | flags, elide(self.text(), body.metrics, name_width - 6)
        )
        painter.drawText(QRectF(0, 0, width, height), Qt.AlignmentFlag.AlignRight | flags, minutes)
        painter.setFont(quiet.font)
        painter.setPen(ink("quiet"))
        x += name_width
        room = width - time_width - x
        painter.drawText(QRectF(x, 0, room, height), left | flags, elide(self.why, quiet.metrics, room))


class ProposalView(QWidget):
    """`show_proposal`; `toggled` when the operator takes a unit in or leaves it out."""

    toggled = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._proposal: Proposal | None = None
        self._agencies: Mapping[str, Label] = {}
        self._boxes: list[CandidateBox] = []
        self._open: set[str] = set()  # incidents whose unchosen are unfolded
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 6)
        inside.setSpacing(0)
        self._head = Section(self)
        inside.addWidget(self._head)
        self._body = QVBoxLayout()
        self._body.setContentsMargins(12, 0, 12, 0)
        self._body.setSpacing(0)
        inside.addLayout(self._body)
        self._retranslate()

    def show_proposal(self, proposal: Proposal, agencies: Mapping[str, Label]) -> None:
        if proposal == self._proposal and agencies == self._agencies:
            return
        self._proposal, self._agencies = proposal, agencies
        self._build()

    def boxes(self) -> list[CandidateBox]:
        """The units on show."""
        return list(self._boxes)

    def unfold(self) -> None:
        """Show or hide the units that are not chosen, with why not."""
        if self._proposal is not None:
            self._open ^= {self._proposal.incident}
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
        self._build()

    def _name(self, agency: str) -> str:
        label = self._agencies.get(agency)
        return show(label) if label else agency

    def _build(self) -> None:
        proposal = self._proposal
        if proposal is None:
            return
        focused = next((box.candidate.unit.id for box in self.boxes() if box.hasFocus()), None)
        self._boxes.clear()
        while item := self._body.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        self._head.set_words(self.tr("行程按道路") if proposal.by_road else self.tr("行程按直线估算"))
        lead = self.tr("{lead} 主办").format(lead=self._name(proposal.lead))
        if proposal.assist:
            names = " ".join(self._name(agency) for agency in proposal.assist)
            lead += " · " + self.tr("{names} 协办").format(names=names)
        self._say(lead, "strong")
        for need, missing in proposal.short:
            text = self.tr("缺 {count} 个:{need}").format(count=missing, need=show(need.name))
            self._say(text, "yellow")
        rest = [candidate for candidate in proposal.candidates if not candidate.chosen]
        for candidate in proposal.chosen:
            self._offer(candidate)
        if rest:
            shown = proposal.incident in self._open
            text = self.tr("收起未选的") if shown else self.tr("另有 {n} 个未选").format(n=len(rest))
            fold = Hint("", f"{'▾' if shown else '▸'} {text}", self.unfold, self)
            self._body.addWidget(fold)
            for candidate in rest if shown else ():
                self._offer(candidate)
        self._extras(proposal)
        self.updateGeometry()
        if focused:
            for box in self.boxes():
                if box.candidate.unit.id == focused:
                    box.setFocus(Qt.FocusReason.OtherFocusReason)

    def _extras(self, proposal: Proposal) -> None:
        if proposal.tasks:
            words = "、".join(show(task.text) for task in proposal.tasks)
            text = self.tr("任务 {n} 项:{words}").format(n=len(proposal.tasks), words=words)
            self._say(text, "quiet")
        for message in proposal.messages:
            text = self.tr("通知 {agency}:{text}").format(agency=self._name(message.agency), text=show(message.text))
            self._say(text, "quiet")

    def _offer(self, candidate: Candidate) -> None:
        box = CandidateBox(candidate, self)
        box.clicked.connect(lambda _on, unit=candidate.unit.id: self.toggled.emit(unit))
        self._body.addWidget(box)
        self._boxes.append(box)

    def _say(self, text: str, role: str) -> None:
        self._body.addWidget(Words(text, role, self))


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = ProposalView()
        made.show_proposal(samples.PROPOSAL, samples.AGENCIES)
        made.unfold()
        return made

    samples.run(_build)
