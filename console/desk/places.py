"""Where windows were: size, position and screen of each, over restarts, and always on a screen that is there."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QMargins, QObject, QPoint, QRect, QSettings, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeyEvent, QScreen
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

FRAME = QMargins(6, 34, 6, 6)  # what a window manager may draw around a window
AFTER_MS = 400
KINDS = (Qt.WindowType.Window, Qt.WindowType.Dialog, Qt.WindowType.Tool)
FULL = Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen
MOVED = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.WindowStateChange)


class Places(QObject):
    """The places of this desk's windows, in one file."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._kept = QSettings(str(file), QSettings.Format.IniFormat)
        self._names: dict[QWidget, str] = {}
        self._moved: set[QWidget] = set()
        self._soon = QTimer(self, singleShot=True, interval=AFTER_MS)
        self._soon.timeout.connect(self.write)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.screenRemoved.connect(lambda _screen: QTimer.singleShot(0, self, bring_back_all))

    def keep(self, window: QWidget, name: str) -> bool:
        """Put a window where it was and follow it from now on; False when it was nowhere yet. Esc in a field with
        text leaves the field first, so that nobody loses what was typed; then it is the window's."""
        kept = self._kept.value(name)
        known = isinstance(kept, QByteArray) and window.restoreGeometry(kept)
        if window not in self._names:
            self._names[window] = name
            window.installEventFilter(self)
            if not known:
                over, there = window.parentWidget(), QRect(QPoint(), window.size())
                room = over.window().geometry() if over else window.screen().availableGeometry()
                there.moveCenter(room.center())
                window.setGeometry(there)
            window.destroyed.connect(lambda _gone: self._forget(window))
        return known

    def write(self) -> None:
        """Keep where they are now."""
        for window in self._moved:
            self._kept.setValue(self._names[window], window.saveGeometry())
        self._moved.clear()
        self._kept.sync()

    def _forget(self, window: QWidget) -> None:
        self._names.pop(window, None)
        self._moved.discard(window)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if not isinstance(watched, QWidget) or watched not in self._names:
            return False
        if kind == QEvent.Type.Show and not event.spontaneous():
            bring_back(watched)
        elif kind in MOVED and watched.isVisible():
            self._moved.add(watched)
            self._soon.start()
        elif kind == QEvent.Type.Hide and not event.spontaneous():
            self._moved.add(watched)
            self.write()
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            return _leave_field(watched)
        return False


def _leave_field(window: QWidget) -> bool:
    field = window.focusWidget()
    text = field.text() if isinstance(field, QLineEdit) else ""
    if isinstance(field, QPlainTextEdit | QTextEdit) and not field.isReadOnly():
        text = field.toPlainText()
    if field is None or not field.hasFocus() or not text:
        return False
    window.setFocus(Qt.FocusReason.OtherFocusReason)
    return True


def bring_back_all() -> None:
    """After a screen was unplugged: every window that was on it."""
    for window in QApplication.topLevelWidgets():
        if window.isVisible() and window.windowType() in KINDS:
            bring_back(window)


def bring_back(window: QWidget) -> None:
    """Whole on a screen that is there: the one it is mostly on, else its parent's, else the first."""
    there = window.geometry()
    on = _screen_under(there)
    if (full := window.windowState() & FULL) != Qt.WindowState.WindowNoState:
        if on is None and (first := QGuiApplication.primaryScreen()) is not None:
            window.setWindowState(Qt.WindowState.WindowNoState)
            window.setGeometry(fitted(window.geometry(), first.availableGeometry()))
            window.setWindowState(full)
        return
    parent = window.parentWidget()
    on = on or (_screen_under(parent.window().geometry()) if parent else None) or QGuiApplication.primaryScreen()
    if on is not None and (place := fitted(there, on.availableGeometry())) != there:
        window.setGeometry(place)


def fitted(place: QRect, room: QRect) -> QRect:
    """As large as it is and where it is, as far as there is room for it and the frame around it."""
    room = room.marginsRemoved(FRAME)
    size = place.size().boundedTo(room.size())
    x = max(room.left(), min(place.x(), room.right() + 1 - size.width()))
    y = max(room.top(), min(place.y(), room.bottom() + 1 - size.height()))
    return QRect(x, y, size.width(), size.height())


def _screen_under(place: QRect) -> QScreen | None:
    """The screen that most of it is on; None where it is on none."""

    def seen(screen: QScreen) -> int:
        part = screen.geometry().intersected(place)
        return part.width() * part.height()

    best = max(QGuiApplication.screens(), key=seen, default=None)
    return best if best is not None and seen(best) else None
