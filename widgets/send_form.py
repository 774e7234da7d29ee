"""上报, 下派, 协办, 吹哨, 转派, 二级派遣: who is to do it, why, and by when they report in. One form for all."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QSpinBox, QWidget

from console.domain.levels import Sending
from widgets.choice_picker import Choice, ChoicePicker
from widgets.form_block import ChoiceBox, FormBlock
from widgets.lang import show

WHISTLE_MINUTES = 5
MOST_MINUTES = 24 * 60


@dataclass(frozen=True)
class SendOffer:
    """Which ways an incident can be handed on, and to whom."""

    incident: str
    code: str
    ways: Mapping[Sending, tuple[Choice, ...]]
    works: tuple[Choice, ...] = ()  # the assignments that can be transferred
    received: str | None = None  # the assignment that is sent on
    leads: bool = False  # nobody leads yet: the first that is chosen will


@dataclass(frozen=True)
class Handing:
    """What was typed."""

    incident: str
    how: Sending
    to: tuple[str, ...] = ()
    reason: str = ""
    minutes: int = WHISTLE_MINUTES
    assignment: str | None = None  # transferred, or sent on


class SendForm(FormBlock):
    """`sent` with a `Handing`. Esc leaves it; what was typed is there when it is opened again."""

    sent = Signal(object)
    draftChanged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drafts: dict[str, Handing] = {}
        self._offers: dict[str, SendOffer] = {}  # of the incidents whose form is open
        self._id: str | None = None
        self._filling = False
        self._how, self._work = ChoiceBox(self), ChoiceBox(self)
        self._to = ChoicePicker(self)
        self._reason = QLineEdit(self)
        self._minutes = QSpinBox(self)
        self._minutes.setRange(0, MOST_MINUTES)
        for field in (self._how, self._work, self._to, self._reason, self._minutes):
            self.add_field(field)
        self._how.currentIndexChanged.connect(self._turn)
        self._work.currentIndexChanged.connect(self._change)
        self._to.changed.connect(self._change)
        self._to.passed.connect(lambda: self._reason.setFocus(Qt.FocusReason.TabFocusReason))
        self._reason.textEdited.connect(self._change)
        self._minutes.valueChanged.connect(self._change)
        self._retranslate()

    def open(self, offer: SendOffer, how: Sending | None = None, assignment: str | None = None) -> None:
        """Hand this incident on: by the way asked for, else by the one of the draft."""
        draft = self._drafts.get(offer.incident) or Handing(offer.incident, next(iter(offer.ways)))
        if how is not None and how is not draft.how:
            draft = replace(draft, how=how, to=())
        if draft.how not in offer.ways:
            draft = replace(draft, how=next(iter(offer.ways)), to=())
        if assignment is not None:
            draft = replace(draft, assignment=assignment)
        self._drafts[offer.incident], self._offers[offer.incident] = draft, offer
        self._id = offer.incident
        self._fill()
        self.show()
        target = self._how if how is None and not draft.to else self._to
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def turn_to(self, incident: str | None) -> None:
        """Another incident is shown: its own open form, or none."""
        if incident == self._id:
            return
        self._id = incident if incident in self._offers else None
        if self._id is not None:
            self._fill()
        self.setVisible(self._id is not None)

    def handing(self) -> Handing | None:
        """What stands in the form."""
        return self._drafts.get(self._id or "")

    def picker(self) -> ChoicePicker:
        return self._to

    def drafts(self) -> dict[str, Any]:
        """What was typed and not sent, by incident, as plain data."""
        return {
            id: {**asdict(draft), "how": draft.how.value}
            for id, draft in self._drafts.items()
            if draft.to or draft.reason
        }

    def set_drafts(self, drafts: Mapping[str, Any]) -> None:
        """As `drafts` gave them."""
        self._drafts = {
            id: Handing(**{**kept, "how": Sending.of(kept["how"]), "to": tuple(kept["to"])})
            for id, kept in drafts.items()
        }

    def give_back(self, handing: Handing) -> None:
        """It could not be kept: it is a draft again."""
        self._drafts.setdefault(handing.incident, handing)
        self.draftChanged.emit()

    def keep(self) -> None:
        handing, offer = self.handing(), self._offers.get(self._id or "")
        if handing is None or offer is None or not self.save.isEnabled():
            return
        del self._drafts[handing.incident]
        self.close_form()
        if handing.how is Sending.ONWARD:
            handing = replace(handing, assignment=offer.received)
        elif handing.how is not Sending.TRANSFER:
            handing = replace(handing, assignment=None)
        self.sent.emit(handing)
        self.draftChanged.emit()

    def close_form(self) -> None:
        self._offers.pop(self._id or "", None)
        self._id = None
        super().close_form()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _fill(self) -> None:
        offer, draft = self._offers[self._id or ""], self._drafts[self._id or ""]
        self._filling = True
        try:
            self._how.clear()
            for how in offer.ways:
                self._how.addItem(show(how.label), how.value)
            self._how.setCurrentIndex(self._how.findData(draft.how.value))
            self._work.clear()
            for work in offer.works:
                self._work.addItem(f"{show(work.name)} · {show(work.kind)}", work.id)
            self._work.setCurrentIndex(max(0, self._work.findData(draft.assignment)))
            self._reason.setText(draft.reason)
            self._minutes.setValue(draft.minutes)
            self._show_way(draft.to)
        finally:
            self._filling = False
        self.head.set_words(offer.code)
        self._allow()

    def _show_way(self, chosen: tuple[str, ...]) -> None:
        """What the way that is chosen asks for."""
        offer, how = self._offers[self._id or ""], Sending.of(self._how.currentData())
        self._to.show_choices(offer.ways[how], chosen, single=how is Sending.TRANSFER)
        self.show_field(self._work, how is Sending.TRANSFER)
        self.show_field(self._minutes, how is not Sending.UP)
        self._name(how)

    def _turn(self) -> None:
        """Another way: whom it cannot go to is forgotten."""
        if not self._filling and self._id is not None:
            self._show_way(self._to.chosen())
            self._change()

    def _change(self) -> None:
        if self._filling or self._id is None:
            return
        self._drafts[self._id] = Handing(
            self._id,
            Sending.of(self._how.currentData()),
            self._to.chosen(),
            self._reason.text(),
            self._minutes.value(),
            self._work.currentData(),
        )
        self._allow()
        self.draftChanged.emit()

    def _allow(self) -> None:
        offer, draft = self._offers[self._id or ""], self._drafts[self._id or ""]
        missing = ""
        if not draft.to:
            missing = self.tr("还没有选单位")
        elif draft.how is Sending.TRANSFER and not draft.reason.strip():
            missing = self.tr("转派要写明原因")
        elif draft.how is Sending.WHISTLE and not draft.minutes:
            missing = self.tr("吹哨要给报到时限")
        self.save.allow(missing)
        words = offer.code
        if draft.to:
            words += " · " + self.tr("已选 {n}").format(n=len(draft.to))
        if draft.to and offer.leads and draft.how not in (Sending.UP, Sending.ONWARD):
            name = next(show(c.name) for c in offer.ways[draft.how] if c.id == draft.to[0])
            words += " · " + self.tr("{name}主办").format(name=name)
        self.head.set_words(words)

    def _name(self, how: Sending | None) -> None:
        whistle = how is Sending.WHISTLE
        self._minutes.setSpecialValueText("" if whistle else self.tr("不限"))
        self._minutes.setSuffix(self.tr(" 分钟"))
        self.name_fields(
            self.tr("方式"),
            self.tr("原单位"),
            self.tr("力量") if how is Sending.ONWARD else self.tr("单位"),
            self.tr("原因"),
            self.tr("报到") if whistle else self.tr("签收"),
        )
        self.save.set_word(show(how.label) if how else self.tr("派出"))

    def _retranslate(self) -> None:
        self.head.set_title(self.tr("上下联动"))
        self.cancel.set_word(self.tr("收起"))
        if self._id is not None:
            self._fill()
        else:
            self._name(None)


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        page = QWidget()
        made = SendForm(page)
        made.open(samples.send_offer())
        page.resize(440, made.sizeHint().height())
        made.resize(page.size())
        return page

    samples.run(_build)
