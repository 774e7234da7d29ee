"""What a screen reader is told: every control that the keyboard reaches has a name and a role, in both languages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QApplication, QWidget

from console.desk import i18n
from console.desk.desk import Desk
from tests.desk.parts import at_work, dispatched, settle
from widgets.lang import language


@pytest.fixture
def desk(app: object, tmp_path: Path) -> Iterator[Desk]:
    with at_work(tmp_path) as made:
        yield made


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


def test_every_control_has_a_name_and_a_role(desk: Desk) -> None:
    others = set(QApplication.topLevelWidgets()) - {desk.window}  # of tests before this one
    dispatched(desk.session)
    settle(0.5)
    assert language() == "zh" and len(list(reached(desk.window))) > 20
    assert not (found := mute(desk.window)), "\n".join(found)
    assert desk.chrome is not None
    desk.chrome.open_lists()
    desk.chrome.open_inbox()
    settle(0.5)
    windows = set(QApplication.topLevelWidgets()) - others
    assert len(windows) > 2
    for window in windows:
        assert not (found := mute(window)), "\n".join(found)
    i18n.speak("en")
    try:
        settle(0.3)
        assert not (found := mute(desk.window)), "\n".join(found)
    finally:
        i18n.speak("zh")
