"""A count from the scene: dead, injured, missing, trapped, and when it was so."""

from datetime import datetime, timedelta

from PySide6.QtCore import QEvent, Qt, QTime, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSpinBox, QTimeEdit, QWidget

from console.domain.conflict import Casualties
from widgets.form_block import FormBlock

MOST = 99_999


class CasualtyForm(FormBlock):
    """`reported` on Enter. It opens with the count that is shown, so that only what is new is typed."""

    reported = Signal(str, object, object)  # incident, Casualties, datetime when it was so

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._id: str | None = None
        self._now: datetime | None = None
        self._counts_box = QWidget(self)
        grid = QGridLayout(self._counts_box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        self._words = [QLabel(self._counts_box) for _ in range(4)]
        self._counts = [QSpinBox(self._counts_box) for _ in range(4)]
        for at, (word, count) in enumerate(zip(self._words, self._counts, strict=True)):
            word.setProperty("role", "quiet")
            word.setBuddy(count)
            count.setRange(0, MOST)
            count.setMinimumWidth(58)
            grid.addWidget(word, at // 2, 2 * (at % 2))
            grid.addWidget(count, at // 2, 2 * (at % 2) + 1)
            grid.setColumnStretch(2 * (at % 2) + 1, 1)
        self._time = QTimeEdit(self)
        self._time.setDisplayFormat("HH:mm")
        self.add_field(self._counts_box)
        self.add_field(self._time)
        self._retranslate()

    def open(self, incident: str, shown: Casualties | None, now: datetime) -> None:
        """Count for this incident; the time is now until another is typed."""
        if self._id != incident:
            self._id, self._now = incident, now
            for box, count in zip(self._counts, shown.counts if shown else (0, 0, 0, 0), strict=True):
                box.setValue(count)
            local = now.astimezone()
            self._time.setTime(QTime(local.hour, local.minute))
        self.show()
        self._counts[0].setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._counts[0].selectAll()

    def turn_to(self, incident: str | None) -> None:
        """Another incident is shown: the form waits with what was typed until its own is shown again."""
        self.setVisible(self._id is not None and self._id == incident)

    def boxes(self) -> list[QSpinBox]:
        """Dead, injured, missing, trapped."""
        return list(self._counts)

    def count(self) -> Casualties:
        return Casualties(*(box.value() for box in self._counts))

    def occurred_at(self) -> datetime:
        """The latest moment of the typed time that was not after the form opened."""
        assert self._now is not None
        typed = self._time.time()
        local = self._now.astimezone()
        if (typed.hour(), typed.minute()) == (local.hour, local.minute):
            return self._now
        at = local.replace(hour=typed.hour(), minute=typed.minute(), second=0, microsecond=0)
        return (at if at <= local else at - timedelta(days=1)).astimezone(self._now.tzinfo)

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
        for label, box, word in zip(
            self._words,
            self._counts,
            (self.tr("亡"), self.tr("伤"), self.tr("失联"), self.tr("被困")),
            strict=True,
        ):
            label.setText(word)
            box.setAccessibleName(word)
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
