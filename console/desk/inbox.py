"""What the platform did not take, as the store has it: resent or discarded on the store's thread."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from console.desk.refusals import corrected
from console.sync import inbox
from console.sync.inbox import Refusal

if TYPE_CHECKING:
    from console.desk.session import Session


class Inbox(QObject):
    changed = Signal()

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self._session = session
        self.refusals: list[Refusal] = []  # oldest first

    def look(self) -> None:
        """Read it anew; `changed` says when it is different."""
        session = self._session
        if session.jobs.closed:
            return

        def done(found: list[Refusal]) -> None:
            if found != self.refusals:
                self.refusals = found
                self.changed.emit()

        session.jobs.store(lambda: inbox.inbox(session.store), done, session.not_done)

    def resend(self, id: str, texts: dict[str, str]) -> None:
        """Do it again as it was, or with these texts in their places."""
        store = self._session.store
        refusal = next((each for each in self.refusals if each.id == id), None)
        if refusal is not None:
            args = corrected(refusal.args, texts) if texts else None
            self._session.carry_out(lambda actor: inbox.resend(store, id, actor, args), self.look, self.look)

    def discard(self, id: str, reason: str) -> None:
        """Leave it; the reason goes into the message log."""
        store = self._session.store
        self._session.carry_out(lambda actor: inbox.discard(store, id, actor, reason), self.look, self.look)
