"""Where the keyboard is: never nowhere, back where it was when a field is left, and one step back with Esc."""

from collections.abc import Callable

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from console.desk.window import DeskWindow
from widgets.keys import FIELDS
from widgets.panel import Panel

LISTS = ("alarms", "incidents", "units", "work")


class FocusKeeper(QObject):
    """Keeps the keyboard of the desk's window in a panel.

    A field that is left, or a widget that goes out of sight, gives it back to the place in a panel where it was last.
    """

    def __init__(self, window: DeskWindow, first: Callable[[], str]) -> None:
        """`first` names the panel that has work: there the keyboard is at the start."""
        super().__init__(window)
        self._window, self._first = window, first
        self._before: QWidget | None = None  # the last place in a panel that is no field
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._changed)
        for name, panel in window.docks.items():
            panel.escaped.connect(lambda name=name: self.step_back(name))
        window.escaped.connect(self.back)
        window.laidOut.connect(self.back)

    def home(self) -> None:
        """To the list that has work."""
        self._window.go_to(self._first())

    def back(self) -> None:
        """To where it was before a field or a window took it."""
        before = self._before
        if before is not None and self._in_sight(before):
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.home()

    def step_back(self, panel: str) -> None:
        """Esc in a panel: out of a field, then to the incidents, then to the alarms."""
        if isinstance(QApplication.focusWidget(), FIELDS):
            self.back()
            return
        nearer = ("alarms",) if panel in LISTS else ("incidents", "alarms")
        step = next((name for name in nearer if self._window.docks[name].isVisible()), panel)
        self._window.go_to(step)

    def _changed(self, old: QWidget | None, now: QWidget | None) -> None:
        if not shiboken6.isValid(self._window) or not self._window.isVisible():
            return  # it is closed: its panels go one by one
        here = self._panel_of(now)
        for panel in self._window.docks.values():
            panel.set_lit(panel is here)
        place = here is not None and now is not None and (now is here.body() or here.body().isAncestorOf(now))
        if place and not isinstance(now, FIELDS):
            self._before = now
        else:
            QTimer.singleShot(0, self, lambda: self._settle(old))

    def _settle(self, old: QWidget | None) -> None:
        """Qt gives the keyboard of what went out of sight to whatever comes next: that is not where it belongs."""
        lost = QApplication.focusWidget() is None or (old is not None and not self._in_sight(old))
        if lost and self._window.isActiveWindow():
            self.back()

    def _panel_of(self, widget: QWidget | None) -> Panel | None:
        while widget is not None and not isinstance(widget, Panel):
            widget = widget.parentWidget()
        return widget if widget in self._window.docks.values() else None

    @staticmethod
    def _in_sight(widget: QWidget | None) -> bool:
        return widget is not None and shiboken6.isValid(widget) and widget.isVisible() and widget.isEnabled()
