"""What an incident is besides its stage: 退回, 挂账, 延期, 返工, 重开 as chips, each with its reason."""

from datetime import datetime

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from console.domain.incident import Incident, SideState
from widgets.lang import show
from widgets.paint import chip_width, face, paint_chip
from widgets.times import clock

ROLES = {SideState.RETURNED: "yellow", SideState.REWORK: "yellow"}


def state_words(incident: Incident) -> list[str]:
    """挂账, 返工: each that holds in one word."""
    words = [show(state.label) for state in incident.side_states]
    if incident.merged_into is not None:
        words.append(show(SideState.MERGED.label))
    return words


def state_reasons(incident: Incident, now: datetime | None = None) -> list[str]:
    """退回 · 李值班员 14:20 · 地址不清: each with who, when and why."""
    told = []
    for state in incident.side_states:
        mark = incident.marks[state.value]
        who = f"{show(mark.by.name)} {clock(mark.by.at, now)}".strip()
        told.append(" · ".join(filter(None, (show(state.label), who, mark.reason))))
    return told


class SideStates(QWidget):
    """Hidden when there is none. Every chip's tooltip says who, when and why."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._incident: Incident | None = None
        self._said: tuple[list[str], list[str]] = ([], [])
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_incident(self, incident: Incident) -> None:
        self._incident = incident
        said = words, reasons = state_words(incident), state_reasons(incident)
        if said == self._said:
            return
        self._said = said
        self.setAccessibleName(", ".join(words))
        self.setAccessibleDescription("\n".join(reasons))
        self.setToolTip("\n".join(reasons))
        self.setVisible(bool(words))
        self.update()

    def chips(self) -> list[str]:
        return state_words(self._incident) if self._incident else []

    def sizeHint(self) -> QSize:
        return QSize(160, face("quiet").metrics.height() + 7)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange and self._incident is not None:
            self.show_incident(self._incident)
        super().changeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Over a chip: its own reason."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self._incident is not None:
            x, reasons = 12.0, state_reasons(self._incident)
            for word, reason in zip(self.chips(), reasons, strict=False):
                if x <= event.pos().x() <= x + chip_width(word):
                    QToolTip.showText(event.globalPos(), reason, self)
                    return True
                x += chip_width(word) + 6
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._incident is None:
            return
        painter, x = QPainter(self), 12.0
        states = [*self._incident.side_states, SideState.MERGED]
        for state, word in zip(states, self.chips(), strict=False):
            x = paint_chip(painter, x, self.height() / 2, word, ROLES.get(state, "text")) + 6
