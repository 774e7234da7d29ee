"""A count from the scene: dead, injured, missing, trapped, and when it was so."""

from datetime import datetime

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QSpinBox, QWidget

from console.domain.conflict import Casualties
from widgets.count_boxes import CountBoxes, TimeBox
from widgets.form_block import FormBlock


class CasualtyForm(FormBlock):
    """`reported` on Enter. It opens with the count that is shown, so that only what is new is typed."""

    reported = Signal(str, object, object)  # incident, Casualties, datetime when it was so

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._id: str | None = None
        self._counts, self._time = CountBoxes(self), TimeBox(self)
        self.add_field(self._counts)
        self.add_field(self._time)
        self._retranslate()

    def open(self, incident: str, shown: Casualties | None, now: datetime) -> None:
        """Count for this incident; the time is now until another is typed."""
        if self._id != incident:
            self._id = incident
            self._counts.set_count(shown or Casualties(0, 0, 0, 0))
            self._time.begin(now)
        self.show()
        first = self._counts.boxes[0]
        first.setFocus(Qt.FocusReason.ShortcutFocusReason)
        first.selectAll()

    def turn_to(self, incident: str | None) -> None:
        """Another incident is shown: the form waits with what was typed until its own is shown again."""
        self.setVisible(self._id is not None and self._id == incident)

    def boxes(self) -> list[QSpinBox]:
        """Dead, injured, missing, trapped."""
        return list(self._counts.boxes)

    def count(self) -> Casualties:
        return self._counts.count()

    def occurred_at(self) -> datetime:
        return self._time.at()

    def keep(self) -> None:
        incident = self._id
        if incident is None:
            return
        count, at = self.count(), self.occurred_at()
        self.close_form()
        self.reported.emit(incident, count, at)

    def close_form(self) -> None:
        self._id = None
        super().close_form()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self.head.set_title(self.tr("报伤亡"))
        self.name_fields(self.tr("人数"), self.tr("时间"))
        self._counts.retranslate()
        self.save.set_word(self.tr("上报"))
        self.cancel.set_word(self.tr("不报"))


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        page = QWidget()
        made = CasualtyForm(page)
        page.resize(440, made.sizeHint().height())
        made.resize(page.size())
        made.open("i34", Casualties(0, 3, 0, 2), samples.NOW)
        return page

    samples.run(_build)
