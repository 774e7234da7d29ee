"""What an agency answers to what it was sent: it cannot (and why), or it is done (and what was found, with photos)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from widgets.form_block import FormBlock
from widgets.keycap import KeyButton
from widgets.keys import on_key


class _OfAssignment(FormBlock):
    """A form with one line of words, of one assignment at a time. What was typed stays until it is sent."""

    draftChanged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts: dict[str, str] = {}
        self._open: set[str] = set()
        self._id: str | None = None
        self.words = QLineEdit(self)
        self.add_field(self.words)
        self.words.textEdited.connect(self._change)

    def open(self, assignment: str, title: str) -> None:
        """Answer for this assignment."""
        self._open.add(assignment)
        self._id = None
        self.turn_to(assignment)
        self.head.set_words(title)
        self.words.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def turn_to(self, assignment: str | None) -> None:
        """Another assignment is selected: its own open form, or none."""
        if assignment != self._id:
            self._id = assignment
            if assignment in self._open:
                self._fill(assignment or "")
        self.setVisible(assignment in self._open)

    def answering(self) -> str | None:
        """The assignment whose form is open."""
        return self._id if self._id in self._open else None

    def close_form(self) -> None:
        self._open.discard(self._id or "")
        super().close_form()

    def _fill(self, assignment: str) -> None:
        self.words.setText(self._texts.get(assignment, ""))
        self.allow()

    def _change(self, text: str) -> None:
        if self._id is not None:
            self._texts[self._id] = text
        self.allow()
        self.draftChanged.emit()

    def allow(self) -> None:
        """Whether it can be sent as it is."""


class ReturnForm(_OfAssignment):
    """退回. `returned` with the reason, which there must be."""

    returned = Signal(str, str)  # assignment, reason

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._retranslate()

    def keep(self) -> None:
        id, text = self.answering(), self.words.text().strip()
        if id is None or not text:
            return
        self._texts.pop(id, None)
        self.close_form()
        self.returned.emit(id, text)
        self.draftChanged.emit()

    def allow(self) -> None:
        self.save.allow("" if self.words.text().strip() else self.tr("退回要写明原因"))

    def drafts(self) -> dict[str, Any]:
        return {id: text for id, text in self._texts.items() if text}

    def set_drafts(self, drafts: Mapping[str, Any]) -> None:
        self._texts = dict(drafts)

    def give_back(self, assignment: str, text: str) -> None:
        """It could not be kept: it is a draft again."""
        self._texts.setdefault(assignment, text)
        self.draftChanged.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.head.set_title(self.tr("退回"))
        self.name_fields(self.tr("原因"))
        self.save.set_word(self.tr("退回"))
        self.cancel.set_word(self.tr("收起"))
        self.allow()


class FeedbackForm(_OfAssignment):
    """反馈: done, with words and photos. `fedBack` with the words and the paths of the photos."""

    fedBack = Signal(str, str, object)  # assignment, words, list of paths
    photosWanted = Signal(str)  # assignment: someone chooses files, then `add_photos`

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._photos: dict[str, list[str]] = {}
        box = QWidget(self)
        line = QHBoxLayout(box)
        line.setContentsMargins(0, 0, 0, 0)
        self._files = QLabel(box)
        self._files.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.add = KeyButton("Ctrl+T", hears=False)
        self.drop = KeyButton("")
        line.addWidget(self._files, 1)
        line.addWidget(self.add)
        line.addWidget(self.drop)
        self.add_field(box)
        self.add.clicked.connect(lambda: self.photosWanted.emit(self.answering() or ""))
        self.drop.clicked.connect(self._drop)
        on_key(self, "Ctrl+T", self.add.click)
        self._retranslate()

    def add_photos(self, assignment: str, paths: list[str]) -> None:
        """Files that go with the feedback."""
        self._photos[assignment] = list(dict.fromkeys([*self._photos.get(assignment, []), *paths]))
        self.allow()
        self.draftChanged.emit()

    def photos(self) -> list[str]:
        return list(self._photos.get(self._id or "", []))

    def keep(self) -> None:
        id, text, photos = self.answering(), self.words.text().strip(), self.photos()
        if id is None or not (text or photos):
            return
        self._texts.pop(id, None)
        self._photos.pop(id, None)
        self.close_form()
        self.fedBack.emit(id, text, photos)
        self.draftChanged.emit()

    def allow(self) -> None:
        photos = self.photos()
        self._files.setText(self.tr("、").join(Path(path).name for path in photos) or self.tr("还没有照片"))
        self._files.setToolTip("\n".join(photos))
        self.drop.setVisible(bool(photos))
        self.save.allow("" if photos or self.words.text().strip() else self.tr("写一句结果,或添加照片"))

    def drafts(self) -> dict[str, Any]:
        ids = self._texts.keys() | self._photos.keys()
        kept = {id: [self._texts.get(id, ""), *self._photos.get(id, [])] for id in ids}
        return {id: said for id, said in kept.items() if any(said)}

    def set_drafts(self, drafts: Mapping[str, Any]) -> None:
        self._texts = {id: said[0] for id, said in drafts.items()}
        self._photos = {id: list(said[1:]) for id, said in drafts.items()}

    def give_back(self, assignment: str, text: str, photos: list[str]) -> None:
        """It could not be kept: it is a draft again."""
        self._texts.setdefault(assignment, text)
        self._photos.setdefault(assignment, photos)
        self.draftChanged.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _drop(self) -> None:
        self._photos.pop(self._id or "", None)
        self.allow()
        self.draftChanged.emit()

    def _retranslate(self) -> None:
        self.head.set_title(self.tr("反馈"))
        self.name_fields(self.tr("结果"), self.tr("照片"))
        self.add.set_word(self.tr("添加"), self.tr("添加照片或视频"))
        self.drop.set_word(self.tr("不要照片"))
        self.save.set_word(self.tr("完成并反馈"))
        self.cancel.set_word(self.tr("收起"))
        self.allow()
