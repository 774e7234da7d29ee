"""The form of one call: what happened where comes first, then who says so."""

from dataclasses import replace
from functools import partial
from itertools import pairwise

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QPlainTextEdit, QWidget

from console.domain.duty import FormField, Matter
from console.domain.incoming import Channel, DismissReason
from console.domain.level import Level
from console.domain.place import Point
from widgets.calls.answers import Answers
from widgets.calls.draft import CallDraft
from widgets.count_boxes import CountBoxes, TimeBox
from widgets.finders import Finders
from widgets.form_block import ChoiceBox, FormBlock
from widgets.keycap import Hint, KeyButton
from widgets.lang import show
from widgets.suggest_line import SuggestLine
from widgets.times import clock
from widgets.words import Words

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
SAID_LINES = 3
NARROW = 420  # below it a hint beside the position shows its key only


class _Said(QPlainTextEdit):
    """What is said, word for word. Enter is the form's; with Shift it begins a line."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * SAID_LINES + 12)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _ENTER and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            event.ignore()
        else:
            super().keyPressEvent(event)


class CallForm(FormBlock):
    """`changed` with every stroke; Enter is `opened`, Esc puts it aside."""

    changed = Signal(object)  # CallDraft
    opened = Signal(object)  # CallDraft that has all that is needed
    dismissed = Signal(object, str)  # CallDraft, code of a DismissReason
    pickRequested = Signal()  # the next place clicked on the map is meant: `set_position`

    def __init__(self, finders: Finders, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._finders = finders
        self._draft: CallDraft | None = None
        self._unplaced = ""  # the place without a position that was asked about
        self._matter = SuggestLine(finders.matters, self)
        self._place = SuggestLine(finders.places, self)
        self._number, self._caller = QLineEdit(self), QLineEdit(self)
        self._channel, self._level = ChoiceBox(self), ChoiceBox(self)
        self._said = _Said(self)
        self._time, self._hurt, self._answers = TimeBox(self), CountBoxes(self), Answers(self)
        self._where = QWidget(self)
        self._position = QLabel(self._where)
        self._pick = Hint("Ctrl ⇧ M", "", self.pickRequested.emit, self._where)
        self._dismiss = KeyButton("Ctrl ⇧ D")
        self._wanted = Words("", "yellow", self)
        self._lay_out()
        self._wire()
        self._retranslate()

    def _lay_out(self) -> None:
        for field in (self._number, self._channel, self._level, self._time):
            field.setMinimumWidth(60)
        for box in (self._channel, self._level):
            box.setMinimumContentsLength(6)
            box.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        where = QHBoxLayout(self._where)
        where.setContentsMargins(0, 0, 0, 0)
        where.addWidget(self._position, 1)
        where.addWidget(self._pick)
        self._who, self._grade = _beside(self._number, self._channel), _beside(self._level, self._time)
        for part in (self._matter, self._place, self._where, self._who, self._caller, self._said):
            self.add_field(part)
        for part in (self._grade, self._hurt):
            self.add_field(part)
        self.add_wide(self._answers)
        self.add_on_top(self._wanted)
        self._wanted.hide()
        self._position.setMinimumWidth(1)
        self.add_button(self._dismiss)
        order = (self._matter, self._place, self._number, self._channel, self._caller, self._said, self._level)
        for before, after in pairwise(order):
            self.setTabOrder(before, after)

    def _wire(self) -> None:
        self._matter.textEdited.connect(self._type_matter)
        self._matter.taken.connect(lambda row: self._choose(row.data))
        self._place.textEdited.connect(self._type_place)
        self._place.taken.connect(lambda row: self._change(located=(row.insert, row.insert, row.data)))
        self._number.textEdited.connect(lambda text: self._change(number=text))
        self._caller.textEdited.connect(lambda text: self._change(caller=text))
        self._said.textChanged.connect(lambda: self._change(said=self._said.toPlainText()))
        self._channel.activated.connect(lambda _at: self._change(channel=self._channel.currentData()))
        self._level.activated.connect(lambda _at: self._change(level=self._level.currentData()))
        self._time.userTimeChanged.connect(lambda _at: self._change(received_at=self._time.at().isoformat()))
        for box in self._hurt.boxes:
            box.valueChanged.connect(lambda _n: self._change(hurt=self._hurt.count().counts))
        self._answers.changed.connect(self._answer)
        self._dismiss.clicked.connect(self.ask_reason)

    # -- which call

    def show_draft(self, draft: CallDraft | None) -> None:
        """This call is written down now; the keyboard stays where it is."""
        self._draft, self._unplaced = draft, ""
        self._wanted.set_text("")
        if draft is None:
            self.hide()
            return
        matter = self._finders.matter(draft.matter)
        self._matter.setText(show(matter.name) if matter else draft.typed)
        self._place.setText(draft.place)
        self._number.setText(draft.number)
        self._caller.setText(draft.caller)
        self._channel.setCurrentIndex(max(0, self._channel.findData(draft.channel)))
        self._fill_said(draft.said)
        self._fill_levels(draft, matter)
        self._time.begin(draft.received)
        for box, count in zip(self._hurt.boxes, draft.hurt, strict=True):
            box.blockSignals(True)
            box.setValue(count)
            box.blockSignals(False)
        self._show_answers(draft, matter)
        self._tell(draft)
        self.show()

    def draft(self) -> CallDraft | None:
        return self._draft

    def wanted(self) -> str:
        """What Enter found missing."""
        return self._wanted.text()

    def named(self, draft: CallDraft) -> str:
        """What a draft is about, as far as it is known."""
        matter = self._finders.matter(draft.matter)
        return show(matter.name) if matter else draft.typed

    def begin(self) -> None:
        """The keyboard goes to the first thing that is not known yet."""
        draft = self._draft
        if draft is None:
            return
        fields = ((self._matter, draft.matter), (self._place, draft.at), (self._number, draft.number))
        first = next((field for field, known in fields if not known), self._said)
        # Soon: a panel that comes to the front gives its fields the keyboard only once it is laid out.
        first.setFocus(Qt.FocusReason.ShortcutFocusReason)
        QTimer.singleShot(0, first, lambda: first.setFocus(Qt.FocusReason.ShortcutFocusReason))

    def set_position(self, at: Point, name: str) -> None:
        """The place that was picked on the map; it is called so where nothing was typed."""
        if self._draft is not None:
            place = self._draft.place.strip() or name
            self._place.setText(place)
            self._change(located=(place, place, at))
            self._place.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_reason(self) -> None:
        """It wants nothing done: why, 1 to 5."""
        draft = self._draft
        if draft is None:
            return
        self._menu = QMenu(self)
        self._menu.setAccessibleName(self.tr("不受理的原因"))
        for number, reason in enumerate(DismissReason, 1):
            words = f"&{number}  {show(reason.label)}"
            self._menu.addAction(words, partial(self.dismissed.emit, draft, str(reason.value)))
        self._menu.popup(self._dismiss.mapToGlobal(self._dismiss.rect().bottomLeft()))

    def keep(self) -> None:
        """Enter: open the incident, or say what is missing and go there."""
        draft = self._draft
        if draft is None:
            return
        if not draft.matter:
            self._missing(self._matter, self.tr("先选事项:输入名称或拼音首字母"))
        elif draft.at is None and not draft.place.strip():
            self._missing(self._place, self.tr("先说地点:地名、路口、坐标,或在地图上选"))
        elif draft.at is None and self._unplaced != draft.place:
            self._unplaced = draft.place
            told = self.tr("“{place}”没有找到位置。在地图上选,或再按一次回车,先按未定位立案")
            self._missing(self._place, told.format(place=draft.place))
        elif missing := self._unanswered(draft):
            self._missing(self._answers.fields()[missing.code], self.tr("必填:{name}").format(name=show(missing.name)))
        else:
            self.opened.emit(draft)

    def _unanswered(self, draft: CallDraft) -> FormField | None:
        matter = self._finders.matter(draft.matter)
        asked = matter.form if matter else ()
        return next((each for each in asked if each.required and not draft.form.get(each.code, "").strip()), None)

    def _missing(self, field: QWidget, told: str) -> None:
        self._wanted.set_text(told)
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- what is typed

    def _type_matter(self, text: str) -> None:
        self._change(matter="", typed=text)

    def _choose(self, matter: Matter) -> None:
        self._change(matter=matter.code, typed="")

    def _type_place(self, text: str) -> None:
        draft = self._draft
        if draft is None:
            return
        # "万达广场 3 号门" is still where 万达广场 is
        stays = bool(draft.spot) and text.startswith(draft.spot)
        self._change(located=(text, draft.spot if stays else "", draft.at if stays else None))

    def _answer(self, code: str, answer: str) -> None:
        if self._draft is not None:
            self._change(form={**self._draft.form, code: answer})

    def _change(self, *, located: tuple[str, str, Point | None] | None = None, **changed: object) -> None:
        before = self._draft
        if before is None:
            return
        draft = before.located(*located) if located else replace(before, **changed)  # type: ignore[arg-type]
        if draft == before:
            return
        self._draft = draft
        self._wanted.set_text("")
        if draft.matter != before.matter:
            matter = self._finders.matter(draft.matter)
            self._fill_levels(draft, matter)
            self._show_answers(draft, matter)
        self._tell(draft)
        self.changed.emit(draft)

    # -- what is shown

    def _fill_said(self, said: str) -> None:
        if self._said.toPlainText() != said:
            self._said.blockSignals(True)
            self._said.setPlainText(said)
            self._said.blockSignals(False)

    def _fill_levels(self, draft: CallDraft, matter: Matter | None) -> None:
        self._level.clear()
        own = self.tr("{level}(事项默认)").format(level=show(matter.level.label)) if matter else self.tr("按事项")
        self._level.addItem(own, "")
        for level in Level:
            self._level.addItem(show(level.label), level.value)
        self._level.setCurrentIndex(max(0, self._level.findData(draft.level)))

    def _show_answers(self, draft: CallDraft, matter: Matter | None) -> None:
        self._answers.show_form(matter.form if matter else (), draft.form)

    def _tell(self, draft: CallDraft) -> None:
        self.head.set_words(clock(draft.received) + (" · " + self.tr("来电") if draft.rang else ""))
        if draft.at is not None:
            told = f"{draft.at.lon:.5f}, {draft.at.lat:.5f}"
            if draft.spot and draft.spot != draft.place:
                told = self.tr("按“{spot}”定位 · {at}").format(spot=draft.spot, at=told)
        else:
            told = self.tr("没有找到位置") if draft.place.strip() else self.tr("未定位")
        self._position.setText(told)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._pick.set_compact(self.width() < NARROW)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self.head.set_title(self.tr("接报"))
        self.name_fields(
            self.tr("事项"),
            self.tr("地点"),
            self.tr("位置"),
            self.tr("电话"),
            self.tr("来电人"),
            self.tr("内容"),
            self.tr("等级"),
            self.tr("伤亡"),
        )
        self._matter.setAccessibleName(self.tr("事项"))
        self._matter.setPlaceholderText(self.tr("名称或拼音首字母,如 csnl"))
        self._place.setPlaceholderText(self.tr("地名、路口(甲路/乙路)、视频、力量、坐标、…附近"))
        self._number.setAccessibleName(self.tr("电话"))
        self._channel.setAccessibleName(self.tr("渠道"))
        self._level.setAccessibleName(self.tr("等级"))
        self._time.setAccessibleName(self.tr("接报时间"))
        self._said.setPlaceholderText(self.tr("来电人说了什么(⇧ 回车换行)"))
        self._pick.set_text(self.tr("在地图上选"))
        self._hurt.retranslate()
        self._answers.retranslate()
        self.save.set_word(self.tr("立案"), self.tr("立案,并提出方案"))
        self.cancel.set_word(self.tr("搁置"), self.tr("搁置,输入的内容保留"))
        self._dismiss.set_word(self.tr("不受理"))
        chosen = self._channel.currentData()
        self._channel.clear()
        for channel in Channel:
            self._channel.addItem(show(channel.label), channel.value)
        self._channel.setCurrentIndex(max(0, self._channel.findData(chosen)))
        if self._draft is not None:
            self.show_draft(self._draft)


def _beside(*widgets: QWidget) -> QWidget:
    page = QWidget()
    line = QHBoxLayout(page)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(6)
    for share, widget in zip((3, 2), widgets, strict=False):
        line.addWidget(widget, share)
    return page
