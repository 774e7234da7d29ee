"""The middle of the incident's panel: as tall as its content, scrolled when there is no room."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget


class WorkArea(QScrollArea):
    """What is between the head and the buttons."""

    def __init__(self, body: QWidget, inside: QVBoxLayout) -> None:
        super().__init__()
        self._inside = inside
        self.setWidget(body)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        body.setAutoFillBackground(False)
        body.installEventFilter(self)

    def sizeHint(self) -> QSize:
        layout = self._inside
        width = max(self.width(), 200)
        tall = layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.sizeHint().height()
        return QSize(200, tall)

    def settle(self) -> None:
        """Take the height of the content now, not one event later."""
        self._inside.activate()
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        return QSize(160, min(self.sizeHint().height(), 90))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()
