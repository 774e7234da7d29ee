"""What a screen reader is told of a window."""

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QWidget


def reached(root: QWidget) -> Iterator[QWidget]:
    """Those on show that the keyboard comes to, but not the parts of one that speaks for them."""
    for widget in root.findChildren(QWidget):
        stops = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled() and widget.focusProxy() is None
        page = isinstance(widget.parentWidget(), QWebEngineView)  # the map's own page says what is in it
        if stops and widget.isVisible() and not page and not widget.objectName().startswith("qt_"):
            yield widget


def mute(root: QWidget) -> list[str]:
    found = []
    for widget in reached(root):
        heard = QAccessible.queryAccessibleInterface(widget)
        if heard is None or not heard.text(QAccessible.Text.Name).strip():
            found.append(f"no name: {_where(widget)}")
        elif heard.role() is QAccessible.Role.NoRole:
            found.append(f"no role: {_where(widget)} {heard.role()}")
    return found


def _where(widget: QWidget) -> str:
    way, at = [], widget
    while at is not None:
        way.append(type(at).__name__)
        at = at.parentWidget()
    return " < ".join(way[:5])
