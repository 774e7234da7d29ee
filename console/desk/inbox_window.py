"""待处理 in a window of its own, so that it is read beside the incident it is about."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from console.desk.control import Controller
from console.desk.refusals import inbox_row
from console.desk.session import utc_now
from widgets.inbox_view import InboxView


class InboxWindow(QDialog):
    """Made once: what is typed into it is there when it opens again. Esc closes it."""

    def __init__(self, control: Controller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._control = control
        self._session = session = control.session
        self.view = InboxView(self)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.view)
        self.resize(900, 520)
        self.view.resent.connect(session.inbox.resend)
        self.view.discarded.connect(session.inbox.discard)
        self.view.incidentWanted.connect(control.open)
        session.inbox.changed.connect(self._refresh)
        self._retranslate()

    def open_inbox(self) -> None:
        """F6: to the front, with the keyboard."""
        self._session.inbox.look()
        self._refresh()
        self.show()
        self.raise_()
        self.activateWindow()
        self.view.setFocus()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("待处理"))
        self._refresh()

    def _refresh(self) -> None:
        session = self._session
        rows = [inbox_row(refusal, session.pack, session.state) for refusal in session.inbox.refusals]
        self.view.show_inbox(rows, utc_now())
