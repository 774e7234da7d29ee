"""The top bar: brand, workspaces, the command line in the middle, and how things stand at the right."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from console.domain.level import Level
from widgets.command_line import CommandLine
from widgets.paint import chip_width, elide, face, ink, paint_chip, paint_dot, paint_mark
from widgets.times import clock

Link = Literal["online", "offline", "connecting", "cut"]
_MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class _Tab(QAbstractButton):
    """One workspace."""

    def __init__(self, id: str, title: str, key: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.id = id
        self.setText(title)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setToolTip(f"{title}  {key}".strip())
        self.setAccessibleName(title)
        self.setAccessibleDescription(key)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(face("title", bold=True).metrics.horizontalAdvance(self.text()) + 26, 36)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def enterEvent(self, event: QEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        on = self.isChecked()
        painter.setPen(ink("strong" if on or self.underMouse() or self.hasFocus() else "quiet"))
        face("title", bold=on).draw(painter, self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        if on or self.hasFocus():
            painter.fillRect(0, self.height() - 3, self.width(), 2, ink("accent", 1.0 if on else 0.5))


class _Brand(QWidget):
    """一屏 and the centre's name."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.centre = ""
        self.badge = ""
        self.short = False  # without the centre's name
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        big, quiet = face("figure", bold=True), face("quiet")
        width = big.metrics.horizontalAdvance(self.tr("一屏")) * 0.85 + 12
        if not self.short:
            width += min(180, quiet.metrics.horizontalAdvance(self.centre)) + 4
        return QSize(round(width + (chip_width(self.badge) + 8 if self.badge else 0)), 36)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        name = self.tr("一屏")
        font = face("figure", bold=True).font
        brand = font.__class__(font)
        brand.setPixelSize(round(font.pixelSize() * 0.85))
        painter.setFont(brand)
        painter.setPen(ink("strong"))
        x = painter.boundingRect(self.rect(), _MIDDLE, name).width() + 10
        painter.drawText(self.rect(), _MIDDLE, name)
        quiet = face("quiet")
        painter.setPen(ink("quiet"))
        words = "" if self.short else elide(self.centre, quiet.metrics, 180)
        quiet.draw(painter, self.rect().adjusted(x, 1, 0, 1), _MIDDLE, words)
        if self.badge:
            x += quiet.metrics.horizontalAdvance(words) + (8 if words else 0)
            paint_chip(painter, x, self.height() / 2 + 1, self.badge, "accent")


class _Status(QWidget):
    """Link, outbox, user and clock, each with its own room so that nothing jumps."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.dot, self.link, self.outbox, self.user, self.clock = "faint", "", 0, "", ""
        self.short = False  # without the words before the figures
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def pieces(self) -> list[tuple[str, str, str, int]]:
        """Quiet word, strong word, role, and room for the strong word."""
        measure = face("quiet").metrics.horizontalAdvance
        body = face().metrics.horizontalAdvance
        role = self.dot if self.dot in ("yellow", "red") else "strong"
        return [
            (self.tr("平台"), self.link, role, measure(self.tr("连接中"))),
            (
                self.tr("待上传"),
                f"{self.outbox:,}",
                "yellow" if self.outbox > 100 else "strong",
                measure("000"),
            ),
            (self.tr("值班"), self.user, "strong", 0),
            ("", self.clock, "strong", body("00:00:00")),
        ]

    def widths(self) -> list[tuple[int, int]]:
        quiet, body = face("quiet").metrics, face().metrics
        found = []
        for word, text, _, room in self.pieces():
            metrics = quiet if word else body
            quiet_width = quiet.horizontalAdvance(word) + 5 if word and not self.short else 0
            found.append((quiet_width, max(room, metrics.horizontalAdvance(text))))
        return found

    def set_clock(self, text: str) -> None:
        """The last piece, which alone changes each second."""
        self.clock = text
        words, figures = self.widths()[-1]
        self.update(QRect(0, 0, self.width(), self.height()).adjusted(self.width() - words - figures - 18, 0, 0, 0))

    def sizeHint(self) -> QSize:
        return QSize(18 + sum(a + b + 16 for a, b in self.widths()), 36)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        quiet, body = face("quiet"), face()
        side = 12.0
        paint_dot(painter, QRectF(0, (self.height() - side) / 2 + 0.5, side, side), self.dot)
        x = 16
        for (word, text, role, _), (word_width, text_width) in zip(self.pieces(), self.widths(), strict=True):
            used = quiet if word else body
            painter.setPen(ink("quiet"))
            if word_width:
                used.draw(painter, QRect(x, 0, word_width, self.height()), _MIDDLE, word)
            painter.setPen(ink(role))
            used.draw(painter, QRect(x + word_width, 0, text_width + 2, self.height()), _MIDDLE, text)
            x += word_width + text_width + 16


class _Inbox(QAbstractButton):
    """待处理 and how many; marked while there are any."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.count = 0
        self.short = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def show_count(self, count: int) -> None:
        self.count = count
        self.setText(self.tr("待处理"))
        told = f"{self.text()} {count}"
        self.setAccessibleName(told)
        self.setAccessibleDescription("F6")
        self.setToolTip(self.tr("{count} 条没有被平台接收,按 F6 处理").format(count=count) if count else f"{told}  F6")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        quiet = face("quiet").metrics
        if self.short and not self.count:
            return QSize(0, 36)  # a bare 0 says nothing
        word = 0 if self.short else quiet.horizontalAdvance(self.text()) + 5
        return QSize(16 + word + quiet.horizontalAdvance(f"{self.count}".rjust(2, "0")) + 8, 36)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.width():
            return
        painter = QPainter(self)
        quiet = face("quiet")
        x = 16
        if self.count:
            side = quiet.metrics.ascent() * 0.82
            paint_mark(painter, QRectF(0, (self.height() - side) / 2, side, side), Level.YELLOW)
        lit = self.underMouse() or self.hasFocus()
        if not self.short:
            painter.setPen(ink("strong" if lit else "quiet"))
            quiet.draw(painter, QRect(x, 0, self.width(), self.height()), _MIDDLE, self.text())
            x += quiet.metrics.horizontalAdvance(self.text()) + 5
        painter.setPen(ink("yellow" if self.count else "strong"))
        quiet.draw(painter, QRect(x, 0, self.width() - x, self.height()), _MIDDLE, str(self.count))
        if self.hasFocus():
            painter.fillRect(16, self.height() - 3, self.width() - 20, 2, ink("accent", 0.5))


class TopBar(QWidget):
    """The line at the top of the desk."""

    workspaceChosen = Signal(str)
    menuRequested = Signal()
    languageRequested = Signal()
    inboxRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tabs: list[_Tab] = []
        self._state: tuple[Link, datetime | None] = ("connecting", None)
        self._brand = _Brand(self)
        self.command = CommandLine(self)
        self._inbox = _Inbox(self)
        self._status = _Status(self)
        self._language = QToolButton(self)
        self._menu = QToolButton(self)
        self._menu.setText("≡")
        self._menu.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._tab_line = QHBoxLayout()
        self._tab_line.setSpacing(0)
        line = QHBoxLayout(self)
        line.setContentsMargins(14, 0, 8, 0)
        line.setSpacing(8)
        line.addWidget(self._brand)
        line.addLayout(self._tab_line)
        line.addStretch(1)
        line.addWidget(self.command, 6)
        line.addStretch(1)
        line.addWidget(self._inbox)
        line.addWidget(self._status)
        line.addWidget(self._language)
        line.addWidget(self._menu)
        self.command.setMinimumWidth(150)
        self.command.setMaximumWidth(520)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._menu.clicked.connect(self.menuRequested)
        self._language.clicked.connect(self.languageRequested)
        self._inbox.clicked.connect(self.inboxRequested)
        self._retranslate()

    def sizeHint(self) -> QSize:
        return QSize(900, face().metrics.height() + 21)

    def minimumSizeHint(self) -> QSize:
        return QSize(640, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Where there is little room the centre's name goes first, then the words before the figures."""
        brand, status, inbox = self._brand, self._status, self._inbox
        tabs = sum(tab.sizeHint().width() for tab in self._tabs)
        buttons = self._language.sizeHint().width() + self._menu.sizeHint().width()
        for brand.short, status.short in ((False, False), (True, False), (True, True)):
            inbox.short = status.short
            said = status.sizeHint().width() + inbox.sizeHint().width()
            needed = brand.sizeHint().width() + tabs + 200 + said + buttons + 88
            if needed <= self.width():
                break
        status.setToolTip("  ".join(self.status_texts()) if status.short else "")
        brand.updateGeometry()
        status.updateGeometry()
        inbox.updateGeometry()

    def set_centre(self, text: str) -> None:
        """The centre's name beside the brand."""
        if text != self._brand.centre:
            self._brand.centre = text
            self._brand.updateGeometry()
            self._brand.update()
            self._make_room()

    def set_realm(self, text: str, drill: bool = False) -> None:
        """The watermark of what is not live; in a drill the whole bar carries a line."""
        self._brand.badge = text
        self.setProperty("drill", drill)
        self._brand.updateGeometry()
        self._brand.update()
        self.update()

    def set_workspaces(self, workspaces: Sequence[tuple[str, str, str]]) -> None:
        """The tabs: id, title and key of each. The one chosen stays chosen."""
        chosen = self.workspace()
        for tab in self._tabs:
            self._tab_line.removeWidget(tab)
            tab.hide()
            tab.deleteLater()
        self._tabs = [_Tab(id, title, key, self) for id, title, key in workspaces]
        for tab in self._tabs:
            self._tab_line.addWidget(tab)
            tab.clicked.connect(lambda _on, id=tab.id: self.workspaceChosen.emit(id))
        self.set_workspace(chosen or (workspaces[0][0] if workspaces else ""))
        self._make_room()

    def set_workspace(self, id: str) -> None:
        """Show a tab as chosen, without telling."""
        for tab in self._tabs:
            if tab.id == id:
                tab.setChecked(True)

    def workspace(self) -> str:
        return next((tab.id for tab in self._tabs if tab.isChecked()), "")

    def set_link(self, state: Link, since: datetime | None = None) -> None:
        """How the platform is reached, and since when not."""
        if (state, since) != self._state:
            self._state = (state, since)
            self._tell_link()

    def set_outbox(self, count: int) -> None:
        """How many operations wait to be sent."""
        self._set("outbox", count)

    def set_inbox(self, count: int) -> None:
        """How many operations the platform refused and nobody has dealt with."""
        if count != self._inbox.count:
            self._inbox.show_count(count)
            self._make_room()

    def set_user(self, text: str) -> None:
        self._set("user", text)

    def set_clock(self, text: str) -> None:
        if self._status.clock != text:
            self._status.set_clock(text)

    def status_texts(self) -> list[str]:
        """What the status line says."""
        return [f"{word} {text}".strip() for word, text, _, _ in self._status.pieces()]

    def set_menu(self, menu: QMenu) -> None:
        """The menu behind the button at the right end."""
        self._menu.setMenu(menu)

    def open_menu(self) -> None:
        """F10."""
        self._menu.showMenu()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), ink("panel"))
        drill = bool(self.property("drill"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, ink("accent" if drill else "hairline"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self._language.setText(self.tr("EN"))
        self._language.setToolTip(self.tr("切换语言"))
        self._language.setAccessibleName(self.tr("切换语言"))
        self._menu.setToolTip(self.tr("菜单  F10"))
        self._menu.setAccessibleName(self.tr("菜单"))
        self._inbox.show_count(self._inbox.count)
        self._tell_link()
        self._brand.updateGeometry()
        self._brand.update()

    def _tell_link(self) -> None:
        state, since = self._state
        words = {
            "online": (self.tr("已连接"), "done"),
            "offline": (self.tr("未连接"), "faint"),
            "connecting": (self.tr("连接中"), "faint"),
            "cut": (self.tr("已断开"), "yellow"),
        }
        self._status.link, self._status.dot = words[state]
        if since is not None and state in ("offline", "cut"):
            self._status.link += " " + clock(since)
        self._make_room()
        self._status.update()
        self._status.setAccessibleName(" ".join(self.status_texts()[:3]))

    def _set(self, what: str, value: object) -> None:
        if getattr(self._status, what) != value:
            setattr(self._status, what, value)
            self._make_room()
            self._status.update()


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = TopBar()
        made.set_centre("厚街镇指挥中心")
        names = ["调度", "视频", "地图", "指标", "预警", "演练", "要素"]
        made.set_workspaces([(name, name, f"F{at}") for at, name in enumerate(names, 1)])
        made.set_link("online")
        made.set_user("李值班员")
        made.set_clock("14:32:07")
        made.set_realm("模拟")
        made.set_inbox(3)
        return made

    samples.run(_build)
