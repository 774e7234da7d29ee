"""A panel: a dock with a title line of its own, a hairline frame, key hints, and a watermark."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from console.domain.level import Level
from widgets.keycap import Hint
from widgets.keys import belongs_to_field, keeps, on_key
from widgets.paint import (
    RADIUS,
    chip_width,
    elide,
    face,
    ink,
    paint_chip,
    paint_mark,
    paint_split_word,
    pen,
    split_width,
)

ROOM = 130  # pixels that a title wants for itself


class _Words(QWidget):
    """Title, subtitle and watermark, elided in that order of importance."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.title = ""
        self.subtitle = ""
        self.badge = ""
        self.level: Level | None = None
        self.undecided = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(60)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        title, quiet = face("title", bold=True), face("quiet")
        middle = self.height() / 2
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        badge = chip_width(self.badge) + 8 if self.badge else 0
        x = 0.0
        if self.level is not None:
            side = title.metrics.ascent() * 0.8
            paint_mark(painter, QRectF(0, middle - side / 2, side, side), self.level)
            x = side + 8
        room = self.width() - badge - x
        word = self.undecided
        if word:
            if room - split_width(word) < ROOM:  # the mark alone, where the title needs the room more
                word = ""
            room -= split_width(word) + 10
        words = elide(self.title, title.metrics, room)
        painter.setPen(ink("strong"))
        title.draw(painter, QRectF(x, 0, room, self.height()), flags, words)
        x += title.metrics.horizontalAdvance(words) + 10
        if self.undecided:
            x = paint_split_word(painter, x, QRectF(self.rect()), word) + 10
        if self.badge:
            x = paint_chip(painter, x, middle, self.badge, "accent") + 8
        if self.subtitle and self.width() - x > 24:
            painter.setPen(ink("quiet"))
            quiet.draw(
                painter,
                QRectF(x, 0, self.width() - x, self.height()),
                flags,
                elide(self.subtitle, quiet.metrics, self.width() - x),
            )


class _TitleBar(QWidget):
    def __init__(self, parent: "Panel") -> None:
        super().__init__(parent)
        self.words = _Words(self)
        self.menu_button = QToolButton(self)
        self.menu_button.setText("⋯")
        self.menu_button.setAutoRaise(True)
        self.menu_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 0, 6, 0)
        line.setSpacing(10)
        line.addWidget(self.words, 1)
        self.right = QHBoxLayout()
        self.right.setSpacing(10)
        line.addLayout(self.right)
        line.addWidget(self.menu_button)
        self.hints: list[Hint] = []
        self.lit = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.make_room()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:  # a word is longer in the other language
            self.make_room()
        return super().event(event)

    def make_room(self) -> None:
        """The words after the key caps go first when the panel is narrow."""
        title = face("title", bold=True).metrics.horizontalAdvance(self.words.title)
        badge = chip_width(self.words.badge) + 8 if self.words.badge else 0
        first = face("quiet").metrics.horizontalAdvance(self.words.subtitle.split(" · ")[0])
        needed = 60 + title + badge + first + sum(hint.full_width() + 10 for hint in self.hints)
        for hint in self.hints:
            hint.set_compact(needed > self.width())

    def sizeHint(self) -> QSize:
        return QSize(120, face("title").metrics.height() + 13)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen("hairline"))
        painter.setBrush(ink("panel"))
        painter.drawRoundedRect(QRectF(0.5, 0.5, self.width() - 1, self.height() + 2 * RADIUS), RADIUS, RADIUS)
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
        if self.lit:
            painter.fillRect(1, self.height() - 2, self.width() - 2, 2, ink("accent", 0.6))


class _Held(QWidget):
    """Holds the body without a layout: what changes in it lays out the window anew only if it wants more room."""

    def __init__(self, body: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._body = body
        body.setParent(self)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self.setMinimumSize(self._body.minimumSizeHint().expandedTo(self._body.minimumSize()))
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._body.setGeometry(self.rect())


class _Frame(QWidget):
    """What holds the body: the lower part of the frame."""

    def __init__(self, body: QWidget) -> None:
        super().__init__()
        self.inside = QVBoxLayout(self)
        self.inside.setContentsMargins(1, 0, 1, 1)
        self.inside.setSpacing(0)
        self.inside.addWidget(_Held(body, self))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen("hairline"))
        painter.setBrush(ink("panel"))
        painter.drawRoundedRect(
            QRectF(0.5, -2 * RADIUS, self.width() - 1, self.height() + 2 * RADIUS - 0.5), RADIUS, RADIUS
        )


class Panel(QDockWidget):
    """A dock in the project's look: `Panel("alarms", "告警", alarm_list)`."""

    escaped = Signal()  # Esc, of which nothing in the panel made use

    def __init__(
        self,
        object_name: str,
        title: str,
        body: QWidget,
        allow_close: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self._closable = allow_close
        self._body = body
        feature = QDockWidget.DockWidgetFeature
        features = feature.DockWidgetMovable | feature.DockWidgetFloatable
        self.setFeatures(features | feature.DockWidgetClosable if allow_close else features)
        self._bar = _TitleBar(self)
        self.setTitleBarWidget(self._bar)
        self._frame = _Frame(body)
        self.setWidget(self._frame)
        self._bar.menu_button.clicked.connect(self._open_menu)
        on_key(self, "Shift+F10", self._open_menu)
        self.topLevelChanged.connect(self._reframe)
        self.set_title(title)
        self._retranslate()

    def body(self) -> QWidget:
        return self._body

    def set_title(self, text: str) -> None:
        self._say("title", text)
        self.setWindowTitle(text)
        self.setAccessibleName(text)

    def set_subtitle(self, text: str) -> None:
        self._say("subtitle", text)

    def set_badge(self, text: str) -> None:
        """The watermark of what is not live: 模拟, 演练."""
        self._say("badge", text)

    def set_level(self, level: Level | None) -> None:
        """The mark before the title, for a panel that is about one thing."""
        if self._bar.words.level is not level:
            self._bar.words.level = level
            self._bar.words.update()

    def set_undecided(self, text: str) -> None:
        """The word and mark after the title of what two said differently: 待裁定; empty for none."""
        self._say("undecided", text)

    def set_lit(self, lit: bool) -> None:
        """Whether the keyboard is in here: a line under the title."""
        if self._bar.lit != lit:
            self._bar.lit = lit
            self._bar.update()

    def title(self) -> str:
        return self._bar.words.title

    def subtitle(self) -> str:
        return self._bar.words.subtitle

    def badge(self) -> str:
        return self._bar.words.badge

    def add_hint(self, key: str, text: str, slot: Callable[[], object], *, hears: bool = True) -> Hint:
        """A key cap with its word at the right of the title; a click does the same."""
        hint = Hint(key, text, slot, self._bar, hears=hears)
        self._bar.right.addWidget(hint)
        self._bar.hints.append(hint)
        self._bar.make_room()
        return hint

    def add_widget(self, widget: QWidget) -> None:
        """Anything else at the right of the title."""
        self._bar.right.addWidget(widget)

    def menu(self) -> QMenu:
        """The small menu: float or dock, close."""
        menu = QMenu(self)
        floating = self.isFloating()
        menu.addAction(
            self.tr("停靠回窗口") if floating else self.tr("浮动为独立窗口"),
            lambda: self.setFloating(not floating),
        )
        close = menu.addAction(self.tr("关闭面板"), self.close)
        close.setEnabled(self._closable)
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._bar.geometry().contains(event.pos()):
            self.menu().popup(event.globalPos())
        else:
            super().contextMenuEvent(event)

    def event(self, event: QEvent) -> bool:
        """What is typed into a field of the panel is no key of the desk."""
        return keeps(event, belongs_to_field) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self._bar.menu_button.setToolTip(self.tr("面板菜单"))
        self._bar.menu_button.setAccessibleName(self.tr("面板菜单"))

    def _open_menu(self) -> None:
        button = self._bar.menu_button
        self.menu().popup(button.mapToGlobal(QPoint(0, button.height())))

    def _say(self, what: str, text: str) -> None:
        words = self._bar.words
        if getattr(words, what) != text:
            setattr(words, what, text)
            self._bar.make_room()
            words.update()
            words.setToolTip(" · ".join(filter(None, (words.title, words.undecided, words.subtitle, words.badge))))

    def _reframe(self, floating: bool) -> None:
        """A floating panel has edges to grab."""
        margin = 4 if floating else 1
        self._frame.inside.setContentsMargins(margin, 0, margin, margin)


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        from widgets.alarm_list import AlarmList

        body = AlarmList()
        body.show_alarms(samples.ALARMS, samples.NOW, samples.NEARBY)
        made = Panel("alarms", "告警", body)
        made.set_subtitle("3 未确认")
        made.set_badge("模拟")
        made.add_hint("C", "确认", body.confirm)
        return made

    samples.run(_build)
