"""What a move, a request or a refusal wants said: why, and where it is asked for how well or until when."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from PySide6.QtCore import QDateTime, QEvent, Qt, Signal
from PySide6.QtWidgets import QDateTimeEdit, QLineEdit, QWidget

from console.domain.incident import Incident
from console.domain.request import Request, RequestKind
from console.domain.stages import Move
from widgets.form_block import ChoiceBox, FormBlock
from widgets.lang import show

Act = Move | RequestKind | Request  # a request: it is refused
BEST = 5


@dataclass(frozen=True)
class Given:
    """What was said. `score` is of an evaluation, `until` of a hold or an extension."""

    incident: str
    act: Act
    reason: str
    score: int | None = None
    until: datetime | None = None


@dataclass
class _Draft:
    act: Act
    now: datetime
    until: datetime
    score: int = BEST


class ActForm(FormBlock):
    """`given` on Enter. Esc leaves it, and what was typed is there when it is opened again."""

    given = Signal(object)  # Given
    draftChanged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts: dict[str, str] = {}  # what was typed and not sent, by `key`
        self._open: dict[str, _Draft] = {}  # the form of each incident that has one open
        self._id: str | None = None
        self._reason = QLineEdit(self)
        self._score = ChoiceBox(self)
        self._until = QDateTimeEdit(self)
        self._until.setDisplayFormat("yyyy-MM-dd HH:mm")
        self._until.setCalendarPopup(True)
        for field in (self._reason, self._score, self._until):
            self.add_field(field)
        self._reason.textEdited.connect(self._typed)
        self._until.dateTimeChanged.connect(self._set_until)
        self._score.activated.connect(self._set_score)
        self._retranslate()

    def open(self, incident: Incident, act: Act, now: datetime) -> None:
        """Ask for what this act wants."""
        self._open[incident.id] = _Draft(act, now, _proposed(incident, act, now))
        self._id = None
        self.turn_to(incident.id)
        self._reason.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def turn_to(self, incident: str | None) -> None:
        """Another incident is shown: its own form, or none."""
        draft = self._open.get(incident or "")
        if draft is None:
            self._id = None
            self.hide()
        elif self._id != incident:
            self._id = incident
            self._fill(draft)
            self.show()

    def act(self) -> Act | None:
        """What the form on show is about."""
        draft = self._open.get(self._id or "")
        return draft.act if draft else None

    def reason(self) -> QLineEdit:
        return self._reason

    def until(self) -> QDateTimeEdit:
        return self._until

    def score(self) -> ChoiceBox:
        return self._score

    def drafts(self) -> dict[str, str]:
        """What was typed and not sent, by incident and act."""
        return {key: text for key, text in self._texts.items() if text}

    def set_drafts(self, drafts: dict[str, str]) -> None:
        self._texts = dict(drafts)

    def give_back(self, given: Given) -> None:
        """What was sent and could not be kept is a draft again."""
        self._texts.setdefault(key(given.incident, given.act), given.reason)
        self.draftChanged.emit()

    def keep(self) -> None:
        incident, draft = self._id, self._open.get(self._id or "")
        if incident is None or draft is None:
            return
        act, reason = draft.act, self._reason.text().strip()
        said = Given(
            incident,
            act,
            reason,
            draft.score if act is Move.EVALUATE else None,
            draft.until if isinstance(act, RequestKind) else None,
        )
        self._texts.pop(key(incident, act), None)
        self.close_form()
        self.draftChanged.emit()
        self.given.emit(said)

    def close_form(self) -> None:
        self._open.pop(self._id or "", None)
        self._id = None
        super().close_form()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _typed(self, text: str) -> None:
        act = self.act()
        if self._id is not None and act is not None:
            self._texts[key(self._id, act)] = text
            self._allow()
            self.draftChanged.emit()

    def _set_until(self, at: QDateTime) -> None:
        if (draft := self._open.get(self._id or "")) is not None:
            draft.until = datetime.fromtimestamp(at.toSecsSinceEpoch(), draft.now.tzinfo)
            self._allow()

    def _set_score(self, _at: int) -> None:
        if (draft := self._open.get(self._id or "")) is not None:
            draft.score = self._score.currentData()

    def _fill(self, draft: _Draft) -> None:
        assert self._id is not None
        self._reason.setText(self._texts.get(key(self._id, draft.act), ""))
        local, until = draft.until.astimezone(), self._until
        until.blockSignals(True)
        until.setDateTime(QDateTime(local.year, local.month, local.day, local.hour, local.minute, 0))
        until.blockSignals(False)
        self._score.setCurrentIndex(self._score.findData(draft.score))
        self.show_field(self._score, draft.act is Move.EVALUATE)
        self.show_field(until, isinstance(draft.act, RequestKind))
        self._entitle(draft.act)
        self._allow()

    def _entitle(self, act: Act) -> None:
        match act:
            case Move():
                title = show(act.label)
            case RequestKind():
                title = self.tr("申请{kind}").format(kind=show(act.label))
            case Request():
                title = self.tr("不批准{kind}").format(kind=show(act.kind.label))
        self.head.set_title(title)
        self.save.set_word(title)
        extension = act is RequestKind.EXTENSION
        until = self.tr("新时限") if extension else self.tr("到何时")
        self.name_fields(self.tr("原因"), self.tr("评分"), until)

    def _allow(self) -> None:
        draft = self._open.get(self._id or "")
        if draft is None:
            return
        act = draft.act
        wanted = isinstance(act, RequestKind) or (isinstance(act, Move) and act.wants_reason)
        if wanted and not self._reason.text().strip():
            self.save.allow(self.tr("要写明原因"))
        elif isinstance(act, RequestKind) and draft.until <= draft.now:
            self.save.allow(self.tr("要晚于现在"))
        else:
            self.save.allow("")

    def _retranslate(self) -> None:
        self.cancel.set_word(self.tr("先不办"))
        chosen = self._score.currentData()
        words = (self.tr("很好"), self.tr("好"), self.tr("一般"), self.tr("差"), self.tr("很差"))
        self._score.clear()
        for score, word in zip(range(BEST, 0, -1), words, strict=True):
            self._score.addItem(f"{score}  {word}", score)
        self._score.setCurrentIndex(self._score.findData(chosen or BEST))
        if (act := self.act()) is not None:
            self._entitle(act)
            self._allow()


def wants_form(act: Act) -> bool:
    """Whether something must be typed before it is done."""
    return not isinstance(act, Move) or act.wants_reason or act is Move.EVALUATE


def key(incident: str, act: Act) -> str:
    """Under which a draft is kept, beside the notes of incidents."""
    code = f"refuse.{act.id}" if isinstance(act, Request) else act.value
    return f"{incident}#{code}"


def _proposed(incident: Incident, act: Act, now: datetime) -> datetime:
    """The moment that the form opens with: a day more, or the end of the day in a week."""
    local = now.astimezone()
    if act is RequestKind.EXTENSION:
        limit = max(now, incident.due_at or now) + timedelta(days=1)
        return limit.replace(second=0, microsecond=0)
    week = (local + timedelta(days=7)).date()
    return datetime.combine(week, time(17, 30)).astimezone(now.tzinfo)


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        page = QWidget()
        made = ActForm(page)
        page.resize(440, made.sizeHint().height())
        made.resize(page.size())
        made.open(samples.INCIDENTS[0], RequestKind.HOLD, samples.NOW)
        return page

    samples.run(_build)
