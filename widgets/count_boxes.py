"""Fields of what is told by phone: how many are hurt, and when it was so."""

from datetime import datetime, timedelta

from PySide6.QtCore import QTime
from PySide6.QtWidgets import QGridLayout, QLabel, QSpinBox, QTimeEdit, QWidget

from console.domain.conflict import Casualties

MOST = 99_999


class CountBoxes(QWidget):
    """Dead, injured, missing, trapped."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        self._words = [QLabel(self) for _ in range(4)]
        self.boxes = [QSpinBox(self) for _ in range(4)]
        for at, (word, box) in enumerate(zip(self._words, self.boxes, strict=True)):
            word.setProperty("role", "quiet")
            word.setBuddy(box)
            box.setRange(0, MOST)
            box.setMinimumWidth(46)
            grid.addWidget(word, at // 2, 2 * (at % 2))
            grid.addWidget(box, at // 2, 2 * (at % 2) + 1)
            grid.setColumnStretch(2 * (at % 2) + 1, 1)

    def set_count(self, count: Casualties) -> None:
        for box, each in zip(self.boxes, count.counts, strict=True):
            box.setValue(each)

    def count(self) -> Casualties:
        return Casualties(*(box.value() for box in self.boxes))

    def retranslate(self) -> None:
        words = (self.tr("亡"), self.tr("伤"), self.tr("失联"), self.tr("被困"))
        for label, box, word in zip(self._words, self.boxes, words, strict=True):
            label.setText(word)
            box.setAccessibleName(word)


class TimeBox(QTimeEdit):
    """A time of day that was not after the form opened."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDisplayFormat("HH:mm")
        self._now: datetime | None = None

    def begin(self, now: datetime) -> None:
        """It is now until another is typed."""
        self._now = now
        local = now.astimezone()
        self.setTime(QTime(local.hour, local.minute))

    def at(self) -> datetime:
        """The latest moment of the typed time that was not after the form opened."""
        assert self._now is not None
        typed, local = self.time(), self._now.astimezone()
        if (typed.hour(), typed.minute()) == (local.hour, local.minute):
            return self._now
        at = local.replace(hour=typed.hour(), minute=typed.minute(), second=0, microsecond=0)
        return (at if at <= local else at - timedelta(days=1)).astimezone(self._now.tzinfo)
