"""The note line over everything: what was heard or said, by whom to whom, of which incident or of none.

Enter writes, Esc puts it away with what is in it. What could not be kept, or was begun before a correction, waits
and comes back when the line is free. Whoever owns it keeps `drafts` over a restart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from PySide6.QtCore import QEvent, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.domain.log import Kind
from widgets.form_block import ChoiceBox
from widgets.keycap import KeyButton
from widgets.keys import belongs_to_field, keeps
from widgets.lang import show
from widgets.paint import ink
from widgets.pinyin import matches
from widgets.words import Words

KINDS = (Kind.NOTE, Kind.PHONE, Kind.RADIO, Kind.MESSAGE, Kind.ORDER)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


@dataclass(frozen=True, slots=True)
class Draft:
    """What is typed. An empty sender is whoever sits here."""

    kind: str = Kind.NOTE.value
    sender: str = ""
    receiver: str = ""
    incident: str = ""  # id, or none
    text: str = ""
    corrects: str = ""  # the entry it puts right
    old: str = ""  # what that entry says

    @property
    def typed(self) -> bool:
        return bool(self.text.strip() or self.sender.strip() or self.receiver.strip())

    def kept(self) -> dict[str, str]:
        """As JSON holds it."""
        return asdict(self)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Draft":
        """What `kept` gave; fields that are not known are left out."""
        return cls(**{name: str(kept[name]) for name in cls.__slots__ if name in kept})


class NameLine(QLineEdit):
    """A line for a name, with those known offered by any part of them or their pinyin initials."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[tuple[str, str], ...] = ()
        self._offered = QStringListModel(self)
        completer = QCompleter(self._offered, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.setCompleter(completer)
        self.textEdited.connect(self._offer)

    def set_names(self, names: Sequence[tuple[str, str]]) -> None:
        """Each with its code, or none, by which it is found too."""
        self._names = tuple(names)

    def offered(self) -> list[str]:
        return self._offered.stringList()

    def _offer(self, typed: str) -> None:
        fitting = (name for name, code in self._names if typed.strip() and matches(typed, name, code))
        self._offered.setStringList([name for name, _ in zip(fitting, range(9), strict=False)])


class NoteBar(QWidget):
    written = Signal(object)  # Draft
    draftChanged = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[Draft] = []
        self._corrects = self._old = ""
        self._filling = False
        self._incidents: tuple[tuple[str, str], ...] = ()
        self._about: QWidget | None = None
        self.kind, self.incident = ChoiceBox(self), ChoiceBox(self)
        self.caller, self.called, self.text = NameLine(self), NameLine(self), QLineEdit(self)
        self.save, self.away = KeyButton("↵", primary=True, hears=False), KeyButton("Esc", hears=False)
        self.save.clicked.connect(self.send)
        self.away.clicked.connect(self.put_away)
        line = QHBoxLayout()
        line.setContentsMargins(12, 4, 12, 5)
        line.setSpacing(6)
        for field, share in ((self.kind, 0), (self.caller, 2), (self.called, 2), (self.incident, 2), (self.text, 9)):
            line.addWidget(field, share)
        line.addWidget(self.save)
        line.addWidget(self.away)
        self.incident.setMinimumContentsLength(6)
        self.incident.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(line)
        for field in (self.caller, self.called, self.text):
            field.textEdited.connect(self._changed)
        for box in (self.kind, self.incident):
            box.currentIndexChanged.connect(self._changed)
        self._retranslate()
        self.hide()

    # -- opening and leaving

    def begin(self, incident: str | None = None) -> None:
        """To the text, with what was typed last; a new one is about `incident`."""
        if not self.draft().typed and not self._corrects:
            self._fill(self._waiting.pop() if self._waiting else Draft(incident=incident or ""))
        self.show()
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def correct(self, draft: Draft) -> None:
        """Write what puts an entry right; what was being typed waits."""
        if self.draft().typed and self.draft().corrects != draft.corrects:
            self._waiting.append(self.draft())
        if self.draft().corrects != draft.corrects:
            self._fill(draft)
        self.show()
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.text.selectAll()
        self.draftChanged.emit()

    def put_away(self) -> None:
        """Out of the way; what is in it stays."""
        self.hide()
        self.left.emit()

    def send(self) -> None:
        """Tell what is written, and be ready for the next."""
        draft = self.draft()
        if not draft.text.strip():
            self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        self._fill(self._waiting.pop() if self._waiting else Draft(kind=draft.kind, incident=draft.incident))
        self.written.emit(draft)
        self.draftChanged.emit()
        if not self.draft().typed:
            self.put_away()

    # -- what is typed

    def draft(self) -> Draft:
        return Draft(
            self.kind.currentData() or KINDS[0].value,
            self.caller.text(),
            self.called.text(),
            self.incident.currentData() or "",
            self.text.text(),
            self._corrects,
            self._old,
        )

    def drafts(self) -> list[dict[str, str]]:
        """All that is typed and not written, the one in the line last."""
        every = [*self._waiting, self.draft()]
        return [draft.kept() for draft in every if draft.typed]

    def set_drafts(self, kept: Sequence[Mapping[str, Any]]) -> None:
        """What was typed and not written, as it was kept; the line opens with the last of it."""
        self._waiting = [Draft.of(one) for one in kept]
        if self._waiting:
            self._fill(self._waiting.pop())
            self.show()

    def give_back(self, draft: Draft) -> None:
        """One that could not be kept: it is in the line again, or waits until that is free."""
        if self.draft().typed:
            self._waiting.append(draft)
        else:
            self._fill(draft)
        self.show()
        self.draftChanged.emit()

    def waiting(self) -> int:
        """How many wait for the line."""
        return len(self._waiting)

    # -- what may be chosen

    def set_names(self, names: Sequence[tuple[str, str]]) -> None:
        """Those known, in the language on screen, each with its code."""
        for field in (self.caller, self.called):
            field.set_names(names)

    def set_incidents(self, incidents: Sequence[tuple[str, str]]) -> None:
        """Id and words of those that a note may be about; the one chosen stays."""
        if tuple(incidents) == self._incidents and self.incident.count():
            return
        self._incidents = tuple(incidents)
        chosen = self.incident.currentData() or ""
        self._filling = True
        self.incident.clear()
        self.incident.addItem(self.tr("不关联事件"), "")
        for id, words in self._incidents:
            self.incident.addItem(words, id)
        self._filling = False
        self._choose(chosen)

    def _choose(self, incident: str) -> None:
        self._filling = True
        if incident and self.incident.findData(incident) < 0:
            self.incident.addItem(incident, incident)  # not open any more
        self.incident.setCurrentIndex(max(0, self.incident.findData(incident)))
        self._filling = False

    def _fill(self, draft: Draft) -> None:
        self._filling = True
        self.kind.setCurrentIndex(max(0, self.kind.findData(draft.kind)))
        self.caller.setText(draft.sender)
        self.called.setText(draft.receiver)
        self.text.setText(draft.text)
        self._corrects, self._old = draft.corrects, draft.old
        self._filling = False
        self._choose(draft.incident)
        self._tell()

    def _tell(self) -> None:
        """What it is about, over the line."""
        if self._about is not None:
            self._about.hide()
            self._about.deleteLater()
            self._about = None
        self.incident.setEnabled(not self._corrects)
        if self._corrects:
            self._about = QWidget(self)
            inside = QVBoxLayout(self._about)
            inside.setContentsMargins(14, 6, 12, 0)
            inside.addWidget(Words(self.tr("更正:{old}").format(old=self._old), "yellow", self._about))
            self._column.insertWidget(0, self._about)
            self._about.show()

    def _changed(self) -> None:
        if not self._filling:
            self.draftChanged.emit()

    # -- Qt

    def event(self, event: QEvent) -> bool:
        """In here letters, Enter and Esc are the line's."""
        return keeps(event, belongs_to_field) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER:
            self.send()
        elif event.key() == Qt.Key.Key_Escape:
            self.put_away()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), ink("panel"))
        painter.fillRect(0, 0, 3, self.height(), ink("primary_line"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        chosen = self.kind.currentData()
        self._filling = True
        self.kind.clear()
        for kind in KINDS:
            self.kind.addItem(show(kind.label), kind.value)
        self.kind.setCurrentIndex(max(0, self.kind.findData(chosen)))
        self._filling = False
        incidents, self._incidents = self._incidents, ()
        self.incident.setItemText(0, self.tr("不关联事件"))
        self.set_incidents(incidents)
        for field, words in (
            (self.caller, self.tr("发(空为本人)")),
            (self.called, self.tr("收")),
            (self.text, self.tr("内容,回车写入;不可改只可更正")),
        ):
            field.setPlaceholderText(words)
            field.setAccessibleName(words)
        self.kind.setAccessibleName(self.tr("方式"))
        self.incident.setAccessibleName(self.tr("事件"))
        self.save.set_word(self.tr("写入"))
        self.away.set_word(self.tr("收起"), self.tr("收起,输入的内容保留"))
        self._tell()


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = NoteBar()
        made.set_incidents([("i34", "I34 河道水位超警"), ("i36", "I36 占道施工")])
        made.begin("i34")
        return made

    samples.run(_build)
