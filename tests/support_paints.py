"""Where widgets are painted, and waiting until nothing more is."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

CALM_MS = 60
MOST_WAITS = 100


class Paints(QObject):
    """The region of each widget that was painted since the last `forget`, in its own pixels."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self.at: dict[QWidget, QRegion] = {}
        self._widgets = widgets
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
            self.at[watched] = self.at.get(watched, QRegion()) + event.region()  # type: ignore[attr-defined]
        return False

    def forget(self) -> None:
        self.at.clear()

    def stop(self) -> None:
        for widget in self._widgets:
            widget.removeEventFilter(self)

    def wait(self) -> None:
        """Let everything be painted that waits for it."""
        for _ in range(MOST_WAITS):
            self.at.clear()
            QTest.qWait(CALM_MS)
            if not self.at:
                return
        raise AssertionError("it never stops painting")
