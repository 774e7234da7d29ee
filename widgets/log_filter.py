"""What narrows the message log: words, kind, incident, from, to, author, time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QDateTime, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDateTimeEdit, QLineEdit, QWidget

from console.domain.log import Kind, LogFilter
from widgets.flow import FlowLayout
from widgets.form_block import ChoiceBox
from widgets.lang import show

SOON_MS = 160  # after the last key
Choices = Sequence[tuple[str, str]]


class LogFilterBar(QWidget):
    """`changed` soon after something was typed or chosen."""

    changed = Signal(object)  # LogFilter
    left = Signal()  # back to the list

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text, self.caller, self.called = QLineEdit(self), QLineEdit(self), QLineEdit(self)
        self.kind, self.incident, self.author, self.span = (ChoiceBox(self) for _ in range(4))
        self.since, self.until = QDateTimeEdit(self), QDateTimeEdit(self)
        self._choices: dict[ChoiceBox, Choices] = {self.incident: (), self.author: ()}
        self._told: LogFilter | None = None
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self._tell)
        flow = FlowLayout()
        flow.setContentsMargins(12, 8, 12, 6)
        fields = (self.text, self.kind, self.incident, self.caller, self.called, self.author, self.span)
        for field in (*fields, self.since, self.until):
            flow.addWidget(field)
        self.setLayout(flow)
        self.text.setMinimumWidth(260)
        for line in (self.caller, self.called):
            line.setFixedWidth(110)
        for box in (self.incident, self.author):
            box.setMinimumContentsLength(9)
            box.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for line in (self.text, self.caller, self.called):
            line.setClearButtonEnabled(True)
            line.textChanged.connect(self._soon.start)
        for box in (self.kind, self.incident, self.author):
            box.currentIndexChanged.connect(self._soon.start)
        self.span.currentIndexChanged.connect(self._span_chosen)
        for edit in (self.since, self.until):
            edit.setDisplayFormat("yyyy-MM-dd HH:mm")
            edit.setCalendarPopup(True)
            edit.dateTimeChanged.connect(self._soon.start)
            edit.hide()
        now = QDateTime.currentDateTime()
        self.since.setDateTime(now.addSecs(-12 * 3600))
        self.until.setDateTime(now.addSecs(60))
        self._retranslate()
        self.setFocusProxy(self.text)

    def wanted(self) -> LogFilter:
        """What is asked for now."""
        since, until = self._times(datetime.now().astimezone())
        kind = self.kind.currentData()
        return LogFilter(
            text=self.text.text().strip(),
            kind=Kind.of(kind) if kind else None,
            incident=self.incident.currentData() or None,
            sender=self.caller.text().strip(),
            receiver=self.called.text().strip(),
            author=self.author.currentData() or None,
            since=since,
            until=until,
        )

    def set_incidents(self, choices: Choices) -> None:
        """Id and words; the one chosen stays."""
        self._fill(self.incident, self.tr("全部事件"), choices)

    def set_authors(self, choices: Choices) -> None:
        self._fill(self.author, self.tr("全部记录人"), choices)

    def clear(self) -> None:
        """Everything again."""
        for line in (self.text, self.caller, self.called):
            line.clear()
        for box in (self.kind, self.incident, self.author, self.span):
            box.setCurrentIndex(0)

    def narrowed(self) -> bool:
        return self.wanted() != LogFilter()

    def _times(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        match self.span.currentData():
            case "hour":
                return _whole(now - timedelta(hours=1)), None
            case "shift":
                return _whole(now - timedelta(hours=12)), None
            case "today":
                return today, None
            case "yesterday":
                return today - timedelta(days=1), today
            case "week":
                return today - timedelta(days=7), None
            case "own":
                since, until = (_python(edit.dateTime()) for edit in (self.since, self.until))
                return since, until + timedelta(minutes=1)
        return None, None

    def _span_chosen(self) -> None:
        for edit in (self.since, self.until):
            edit.setVisible(self.span.currentData() == "own")
        self.updateGeometry()
        self._soon.start()

    def _tell(self) -> None:
        wanted = self.wanted()
        if wanted != self._told:
            self._told = wanted
            self.changed.emit(wanted)

    def _fill(self, box: ChoiceBox, every: str, choices: Choices) -> None:
        if tuple(choices) == self._choices.get(box) and box.count() and box.itemText(0) == every:
            return
        self._choices[box] = tuple(choices)
        chosen = box.currentData()
        box.blockSignals(True)
        box.clear()
        box.addItem(every, "")
        for id, words in choices:
            box.addItem(words, id)
        box.setCurrentIndex(max(0, box.findData(chosen)))
        box.blockSignals(False)

    def event(self, event: QEvent) -> bool:
        """In here letters and Enter are the line's, not the list's."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            letters = event.text().strip() and event.text().isprintable()
            if letters or event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        own = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_Down)
        closes = event.key() == Qt.Key.Key_Escape and not self.narrowed()  # the window
        if event.key() in own and not closes:
            if event.key() == Qt.Key.Key_Escape:
                self.clear()
            self.left.emit()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        kinds = [(kind.value, show(kind.label)) for kind in Kind]
        spans = [
            ("hour", self.tr("近 1 小时")),
            ("shift", self.tr("近 12 小时")),
            ("today", self.tr("今天")),
            ("yesterday", self.tr("昨天")),
            ("week", self.tr("近 7 天")),
            ("own", self.tr("自定时段")),
        ]
        self._fill(self.kind, self.tr("全部方式"), kinds)
        self._fill(self.span, self.tr("全部时间"), spans)
        self.set_incidents(self._choices[self.incident])
        self.set_authors(self._choices[self.author])
        for line, words in (
            (self.text, self.tr("搜索内容、姓名或拼音首字母")),
            (self.caller, self.tr("发")),
            (self.called, self.tr("收")),
        ):
            line.setPlaceholderText(words)
            line.setAccessibleName(words)
        for field, words in (
            (self.kind, self.tr("方式")),
            (self.incident, self.tr("事件")),
            (self.author, self.tr("记录人")),
            (self.span, self.tr("时间")),
            (self.since, self.tr("起")),
            (self.until, self.tr("止")),
        ):
            field.setAccessibleName(words)


def _whole(at: datetime) -> datetime:
    """To the minute, so that asking twice is the same question."""
    return at.replace(second=0, microsecond=0)


def _python(at: QDateTime) -> datetime:
    return datetime.fromtimestamp(at.toSecsSinceEpoch()).astimezone()


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        return LogFilterBar()

    samples.run(_build)
