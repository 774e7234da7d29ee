"""Two said different things: both side by side, who said them, when and where, and one key for each.

What is grave is 待裁定 (the marked disc and the word); another 分歧 is shown the same way without the warning.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from console.domain.conflict import Casualties, Claim, Conflict, Location, Side, Subject
from console.domain.level import Level
from console.domain.merging import told
from console.domain.words import Label
from widgets.keycap import Hint, KeyButton
from widgets.keys import on_key_in_sight
from widgets.lang import show
from widgets.paint import elide, face, ink, paint_mark, paint_split_word
from widgets.section import Section
from widgets.times import clock_seconds
from widgets.words import Words

SIDES: tuple[Side, Side] = ("kept", "other")
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


@dataclass(frozen=True)
class ConflictRow:
    """A conflict with the names it is shown by."""

    conflict: Conflict
    centres: tuple[Label | None, Label | None] = (None, None)  # where each was said
    unit: Label | None = None  # that was sent to two incidents
    decided_by: Label | None = None  # the centre that takes a side, where this desk may not


class _Head(QWidget):
    """◐ 待裁定 · 地点, or 分歧 · 标题."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.subject = ""
        self.grave = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(120, face().metrics.height() + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        inside = QRectF(self.rect())
        bold = face("body", bold=True)
        if self.grave:
            x = paint_split_word(painter, 1, inside, self.tr("待裁定")) + 10
        else:
            painter.setPen(ink("quiet"))
            face("quiet").draw(painter, inside, _LEFT, self.tr("分歧"))
            x = face("quiet").metrics.horizontalAdvance(self.tr("分歧")) + 10
        painter.setPen(ink("strong"))
        inside.setLeft(x)
        bold.draw(painter, inside, _LEFT, elide(self.subject, bold.metrics, inside.width()))


class _LevelWord(QWidget):
    """▲ 橙色."""

    def __init__(self, level: Level, parent: QWidget) -> None:
        super().__init__(parent)
        self._level = level
        self.setAccessibleName(show(level.label))

    def sizeHint(self) -> QSize:
        return QSize(90, face().metrics.height() + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        body = face()
        side = body.metrics.ascent() * 0.82
        paint_mark(painter, QRectF(0, (self.height() - side) / 2, side, side), self._level)
        painter.setPen(ink(self._level.value))
        body.draw(painter, QRectF(self.rect()).adjusted(side + 7, 0, 0, 0), _LEFT, show(self._level.label))


class Counts(QWidget):
    """The count of one side, a line each; what the other side says differently is marked ≠."""

    def __init__(self, count: Casualties, other: Casualties, parent: QWidget) -> None:
        super().__init__(parent)
        self._pairs = tuple(zip(count.counts, other.counts, strict=True))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(" ".join(" ".join(filter(None, line)) for line in self.lines()))

    def lines(self) -> list[tuple[str, str, str]]:
        """Name, count and ≠ where the two differ."""
        names = (self.tr("亡"), self.tr("伤"), self.tr("失联"), self.tr("被困"))
        return [(n, str(a), "≠" if a != b else "") for n, (a, b) in zip(names, self._pairs, strict=True)]

    def _line(self) -> int:
        return face().metrics.height() + 3

    def sizeHint(self) -> QSize:
        return QSize(90, self._line() * len(self._pairs))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        quiet = face("quiet")
        names = self.lines()
        column = max(quiet.metrics.horizontalAdvance(name) for name, _, _ in names) + 12
        for at, (name, count, mark) in enumerate(names):
            box = QRectF(0, at * self._line(), self.width(), self._line())
            painter.setPen(ink("quiet"))
            quiet.draw(painter, box, _LEFT, name)
            used = face("body", bold=bool(mark))
            painter.setPen(ink("yellow" if mark else "text"))
            figures = box.adjusted(column, 0, 0, 0)
            used.draw(painter, figures, _LEFT, count)
            used.draw(painter, figures.adjusted(used.metrics.horizontalAdvance("000") + 6, 0, 0, 0), _LEFT, mark)


class ConflictCard(QWidget):
    """One conflict. 1 takes the left value, 2 the right one, while the card has the keyboard."""

    taken = Signal(str, str)  # conflict, "kept" or "other"
    placesWanted = Signal(str)  # the conflict whose two places the map is to show

    def __init__(self, row: ConflictRow, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.row = row
        self._buttons: dict[Side, KeyButton] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(14, 4, 12, 9)
        self._column.setSpacing(3)
        for side, key in zip(SIDES, "12", strict=True):
            button = self._buttons[side] = KeyButton(key, hears=False, parent=self)
            button.clicked.connect(lambda _on, side=side: self.taken.emit(self.row.conflict.id, side))
        self._head = _Head(self)
        self._look = Hint("3", "", self.look, self, hears=False)
        first = QHBoxLayout()
        first.addWidget(self._head, 1)
        first.addWidget(self._look)
        self._column.addLayout(first)
        self._sides = QGridLayout()
        self._sides.setHorizontalSpacing(18)
        self._sides.setVerticalSpacing(2)
        for at in (0, 1):
            self._sides.setColumnStretch(at, 1)
        self._column.addLayout(self._sides)
        if row.decided_by is None:
            self.setFocusProxy(self._buttons["kept"])
        else:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._fill()

    def button(self, side: Side) -> KeyButton:
        return self._buttons[side]

    def look(self) -> None:
        """看地图: both places."""
        if self.row.conflict.subject is Subject.LOCATION:
            self.placesWanted.emit(self.row.conflict.id)

    def texts(self) -> list[str]:
        """What both sides say, left then right, from the top."""
        items = [self._sides.itemAtPosition(row, at) for at in (0, 1) for row in range(self._sides.rowCount())]
        widgets = [item.widget() for item in items if item is not None]
        return [widget.accessibleName() for widget in widgets if widget is not None]

    def take(self, side: Side) -> None:
        """1 and 2: this is right, where it is to be decided here."""
        if self.row.decided_by is None:
            self._buttons[side].click()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        arrows = (Qt.Key.Key_Left, Qt.Key.Key_Right)
        if event.key() not in arrows or self.row.decided_by is not None:
            super().keyPressEvent(event)
        else:
            self._buttons[SIDES[arrows.index(Qt.Key(event.key()))]].setFocus(Qt.FocusReason.TabFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        role = "yellow" if self.row.conflict.grave else "line"
        painter.fillRect(self.rect().adjusted(1, 0, -1, 0), ink("selected", 0.55))
        painter.fillRect(0, 0, 3, self.height(), ink(role))
        painter.fillRect(0, self.height() - 1, self.width(), 1, ink("hairline"))
        middle = self.width() // 2
        painter.fillRect(middle, self._sides.geometry().top(), 1, self._sides.geometry().height(), ink("hairline"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._fill()
        super().changeEvent(event)

    def _fill(self) -> None:
        conflict = self.row.conflict
        subject = show(conflict.subject.label)
        if self.row.unit is not None:
            subject = self.tr("{unit} 被派往两处").format(unit=show(self.row.unit))
        self._head.subject, self._head.grave = subject, conflict.grave
        self._head.update()
        self.setAccessibleName(" ".join((self.tr("待裁定") if conflict.grave else self.tr("分歧"), subject)))
        self._look.set_text(self.tr("看地图"))
        self._look.setVisible(conflict.subject is Subject.LOCATION)
        while item := self._sides.takeAt(0):
            widget = item.widget()
            if widget is not None and widget not in self._buttons.values():
                widget.hide()
                widget.deleteLater()
        for at, (side, word) in enumerate(zip(SIDES, (self.tr("先到"), self.tr("后到")), strict=True)):
            claim = conflict.claim(side)
            centre = self.row.centres[at]
            who = (show(claim.by.name), show(centre) if centre is not None else claim.by.area)
            parts = [
                Words(f"{word} · {clock_seconds(claim.by.at)}", "quiet", self),
                self._value(claim, conflict.claim(SIDES[1 - at])),
                Words(" · ".join(filter(None, who)), "quiet", self),
            ]
            for line, part in enumerate(parts):
                self._sides.addWidget(part, line, at, Qt.AlignmentFlag.AlignTop)
            button = self._buttons[side]
            button.set_word(self.tr("取这个"), self.tr("以“{value}”为准").format(value=show(told(claim.value))))
            button.setVisible(self.row.decided_by is None)
            if self.row.decided_by is None:
                self._sides.addWidget(button, 3, at, Qt.AlignmentFlag.AlignLeft)
        if self.row.decided_by is not None:
            decides = show(self.row.decided_by)
            self._sides.addWidget(Words(self.tr("由{who}裁定").format(who=decides), "quiet", self), 3, 0, 1, 2)

    def _value(self, claim: Claim, other: Claim) -> QWidget:
        match claim.value, other.value:
            case Level() as level, _:
                return _LevelWord(level, self)
            case Casualties() as count, Casualties() as against:
                return Counts(count, against, self)
            case Location(place, at), Location(elsewhere, _) if place == elsewhere:
                return Words(f"{show(place)} {at.lon:.5f}, {at.lat:.5f}", "strong", self)
        return Words(show(told(claim.value)), "strong", self)


class ConflictStack(QWidget):
    """The open conflicts of an incident, the grave ones first. Hidden when there is none."""

    taken = Signal(str, str)
    placesWanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[ConflictRow, ...] = ()
        self._cards: dict[str, ConflictCard] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._head = Section(self)
        self._hint = self._head.add_hint("D", "", self.decide)
        for key, side in zip("12", SIDES, strict=True):
            on_key_in_sight(self, key, partial(self._on_card, partial(ConflictCard.take, side=side)))
        on_key_in_sight(self, "3", partial(self._on_card, ConflictCard.look))
        self._column.addWidget(self._head)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.hide()
        self._retranslate()

    def show_conflicts(self, rows: Sequence[ConflictRow]) -> None:
        """Show those that are open; a card that stays keeps the keyboard."""
        shown = tuple(sorted((row for row in rows if row.conflict.open), key=lambda row: not row.conflict.grave))
        if shown == self._rows:
            return
        self._rows = shown
        wanted = {row.conflict.id: row for row in shown}
        for id in [id for id, card in self._cards.items() if card.row != wanted.get(id)]:
            card = self._cards.pop(id)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        for at, row in enumerate(shown, 1):
            card = self._cards.get(row.conflict.id) or self._card(row)
            self._column.insertWidget(at, card)
            card.show()  # now, so that it can take the keyboard
        self._retranslate()
        self.setVisible(bool(shown))

    def cards(self) -> list[ConflictCard]:
        """The cards on show, from the top."""
        return [self._cards[row.conflict.id] for row in self._rows]

    def decide(self) -> None:
        """D: the keyboard goes to the next card."""
        cards = self.cards()
        if cards:
            here = -1 if (at := self._at()) is None else at
            cards[(here + 1) % len(cards)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _at(self) -> int | None:
        """The card that has the keyboard."""
        focused = self.focusWidget() or self
        return next((at for at, card in enumerate(self.cards()) if card.isAncestorOf(focused)), None)

    def _on_card(self, act: Callable[[ConflictCard], None]) -> None:
        """The printed keys are those of the card with the keyboard, else of the only one there is."""
        cards, at = self.cards(), self._at()
        if at is None and len(cards) > 1:
            self.decide()  # which of them is meant is to be seen first
        elif cards:
            act(cards[at or 0])

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _card(self, row: ConflictRow) -> ConflictCard:
        card = self._cards[row.conflict.id] = ConflictCard(row, self)
        card.taken.connect(self.taken)
        card.placesWanted.connect(self.placesWanted)
        return card

    def _retranslate(self) -> None:
        self._head.set_title(self.tr("分歧"))
        self._hint.set_text(self.tr("裁定"))
        grave = sum(row.conflict.grave for row in self._rows)
        self._head.set_words(self.tr("{n} 项待裁定").format(n=grave) if grave else "", "yellow")


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = ConflictStack()
        made.show_conflicts(samples.conflicts())
        page = QScrollArea()
        page.setWidgetResizable(True)
        page.setWidget(made)
        return page

    samples.run(_build)
