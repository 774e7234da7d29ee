"""The panel of calls: the one that is written down now, those put aside, and what is known about it already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from console.domain.incoming import Channel
from console.domain.place import Point
from widgets.calls.draft import CallDraft
from widgets.calls.form import CallForm
from widgets.finders import Finders
from widgets.keys import on_key_in_sight
from widgets.lang import show
from widgets.paint import ink, paint_empty
from widgets.section import Section
from widgets.strip import Said, Strips
from widgets.times import clock
from widgets.words import Words
from widgets.work_area import WorkArea

MOST_SAME = 3  # incidents that have a key


@dataclass(frozen=True)
class About:
    """What the desk knows about the call that is written down."""

    same: tuple[tuple[str, str], ...] = ()  # incident, and how it is told: it may be the same
    offer: tuple[tuple[str, str], ...] = ()  # what would be proposed: text and colour role
    decided: str = ""  # what became of the call meanwhile


class CallPanel(QWidget):
    """Every draft is kept by whoever owns the panel: `drafts`, `draftsChanged`. They also hear the key of `next`."""

    changed = Signal(object)  # CallDraft that is written down now, or None
    draftsChanged = Signal()
    opened = Signal(object)  # CallDraft: its incident
    joined = Signal(object, str)  # CallDraft, the incident that it is about
    dismissed = Signal(object, str)  # CallDraft, code of a DismissReason
    pickRequested = Signal()
    left = Signal()  # nothing is written down any more: the keyboard goes elsewhere

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drafts: dict[str, CallDraft] = {}
        self._about = About()
        self._column = QVBoxLayout()
        body = QWidget()
        body.setLayout(self._column)
        self._column.setContentsMargins(0, 0, 0, 6)
        self._column.setSpacing(4)
        self._aside = Strips(self._resume, self)
        self._same_head, self._offer_head = Section(self), Section(self)
        self._same = Strips(self._join, self)
        self._told: list[Words] = []
        self._form: CallForm | None = None
        for part in (self._aside, self._same_head, self._same, self._offer_head):
            self._column.addWidget(part)
        self._offer = QVBoxLayout()
        self._offer.setContentsMargins(14, 0, 12, 0)
        self._column.addLayout(self._offer)
        self._column.addStretch(1)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        self._work = WorkArea(body, self._column)
        self._work.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        outside.addWidget(self._work)
        for number in range(1, MOST_SAME + 1):
            on_key_in_sight(self, f"Ctrl {number}", partial(self._join_nth, number))
        self._retranslate()
        self._tell()

    def use(self, finders: Finders) -> None:
        """From now on calls can be written down."""
        form = self._form = CallForm(finders, self)
        self._column.insertWidget(1, form)
        form.changed.connect(self._keep)
        form.opened.connect(self.opened)
        form.dismissed.connect(self.dismissed)
        form.pickRequested.connect(self.pickRequested)
        form.left.connect(self._put_aside)

    # -- drafts

    def begin(self, draft: CallDraft) -> None:
        """Write this one down now; what was being written down is put aside."""
        if self._form is None:
            return
        before = self._form.draft()
        if before is not None and before.empty:
            self._drafts.pop(before.id, None)
        self._drafts[draft.id] = draft
        self._form.show_draft(draft)
        self._form.begin()
        self.show_about(About())
        self._list_asides()
        self.draftsChanged.emit()
        self.changed.emit(draft)

    def current(self) -> CallDraft | None:
        """The one that is written down now."""
        return self._form.draft() if self._form else None

    def all(self) -> list[CallDraft]:
        """In the order they were begun."""
        return list(self._drafts.values())

    def drafts(self) -> list[dict[str, Any]]:
        """As they are kept."""
        return [draft.kept() for draft in self._drafts.values() if not draft.empty]

    def set_drafts(self, kept: Sequence[Mapping[str, Any]]) -> None:
        """Those that were not finished; all are put aside."""
        self._drafts |= {draft.id: draft for draft in map(CallDraft.of, kept)}
        self._list_asides()

    def next(self) -> None:
        """The next of those put aside is taken up."""
        ids, current = list(self._drafts), self.current()
        if ids:
            at = ids.index(current.id) + 1 if current and current.id in ids else 0
            if (draft := self._drafts[ids[at % len(ids)]]) != current:
                self.begin(draft)

    def drop(self, id: str) -> None:
        """It is done with."""
        if self._drafts.pop(id, None) is None:
            return
        current = self.current()
        if self._form is not None and current is not None and current.id == id:
            self._form.show_draft(None)
            self.show_about(About())
            self.changed.emit(None)
        self._list_asides()
        self.draftsChanged.emit()

    def give_back(self, draft: CallDraft) -> None:
        """It could not be kept: it is here again, in the form if that is free."""
        self._drafts[draft.id] = draft
        if self.current() is None:
            self.begin(draft)
        else:
            self._list_asides()
            self.draftsChanged.emit()

    def set_position(self, at: Point, name: str) -> None:
        """The place that was picked on the map."""
        if self._form is not None:
            self._form.set_position(at, name)

    def form(self) -> CallForm | None:
        return self._form

    # -- what is known

    def show_about(self, about: About) -> None:
        if about != self._about:
            self._about = about
            self._tell()

    def _tell(self) -> None:
        about, said = self._about, list[Said]()
        if about.decided:
            said.append(Said("decided", about.decided, role="yellow"))
        for number, (incident, text) in enumerate(about.same, 1):
            key = f"Ctrl {number}" if number <= MOST_SAME else ""
            said.append(Said(incident, text, ((key, self.tr("并入"), "join"),), role="accent"))
        self._same.show_strips(said)
        self._same_head.setVisible(bool(about.same))
        self._offer_head.setVisible(bool(about.offer))
        for words in self._told:
            self._offer.removeWidget(words)
            words.hide()
            words.deleteLater()
        self._told = [Words(text, role, self) for text, role in about.offer]
        for words in self._told:
            self._offer.addWidget(words)
            words.show()
        self._work.settle()

    def about(self) -> About:
        return self._about

    # -- acts

    def _keep(self, draft: CallDraft) -> None:
        self._drafts[draft.id] = draft
        self.draftsChanged.emit()
        self.changed.emit(draft)

    def _put_aside(self) -> None:
        """Esc: what was written stays, an empty one goes."""
        form = self._form
        draft = form.draft() if form else None
        if form is None or draft is None:
            return
        form.show_draft(None)
        if draft.empty:
            self._drafts.pop(draft.id, None)
        self.show_about(About())
        self._list_asides()
        self.draftsChanged.emit()
        self.changed.emit(None)
        self.left.emit()

    def _list_asides(self) -> None:
        current = self.current()
        waiting = [draft for draft in self._drafts.values() if current is None or draft.id != current.id]
        rows = []
        for at, draft in enumerate(waiting):
            key = "Ctrl ⇧ N" if not at else ""
            rows.append(Said(draft.id, self._named(draft), ((key, self.tr("接着办"), "resume"),)))
        self._aside.show_strips(rows)
        self.update()

    def _named(self, draft: CallDraft) -> str:
        """14:05 · 12345 热线 · 何女士 · 城市内涝 · 万达广场."""
        matter = self._form.named(draft) if self._form else draft.typed
        who = show(Channel.of(draft.channel).label), draft.caller or draft.number
        words = (clock(draft.received), *who, matter, draft.place)
        return self.tr("搁置") + " · " + " · ".join(word for word in words if word.strip())

    def _resume(self, id: str, _meant: str) -> None:
        if id in self._drafts:
            self.begin(self._drafts[id])

    def _join_nth(self, number: int) -> None:
        if number <= len(self._about.same):
            self._join(self._about.same[number - 1][0], "join")

    def _join(self, incident: str, _meant: str) -> None:
        if (draft := self.current()) is not None:
            self.joined.emit(draft, incident)

    # -- Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), ink("panel"))
        if not self._drafts:
            paint_empty(painter, QRectF(self.rect()), self.tr("没有在接的电话"), self.tr("按 Ctrl+N 接报"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self._same_head.set_title(self.tr("可能是同一件事"))
        self._offer_head.set_title(self.tr("方案预览"))
        self._offer_head.set_words(self.tr("立案后可改"))
        self._list_asides()
        self._tell()


if __name__ == "__main__":
    from dataclasses import replace

    from widgets import samples
    from widgets.completions import Completion

    def _build() -> QWidget:
        made = CallPanel()
        found = [Completion("万达广场", "万达广场", "地名", data=Point(113.66377, 22.95112))]
        made.use(Finders(lambda _typed: [], lambda _typed: found, lambda _code: None))
        draft = CallDraft("i1", "c1", samples.NOW.isoformat(), Channel.HOTLINE.value, "何女士", "13800000000")
        aside = replace(draft, id="i2", call="c2", place="体育路", caller="王先生")
        made.set_drafts([aside.kept()])
        made.begin(
            replace(draft, said="商场门口积水过膝,有车熄火。").located("万达广场", "万达广场", Point(113.66, 22.95))
        )
        made.show_about(
            About(
                (("i34", "I34 城市内涝 · 万达广场 · 120 m · 3 分钟前"),),
                (("主办 水务分局 · 协办 交警大队", "text"), ("排涝 1 队 4′ · 排涝 2 队 6′", "text")),
            )
        )
        made.resize(440, 760)
        return made

    samples.run(_build)
