"""The index of the message log, kept up beside the main thread whether or not its window was ever opened."""

from PySide6.QtCore import QObject, QTimer, Signal

from console.desk.session import Session
from console.store import log_index

AT_ONCE, PAUSE_MS = 100, 20  # entries indexed in one go, and the rest after each
SOON_MS = 250


class LogKeeper(QObject):
    """Keeps the search of the log up with what is written: a little at a time, on the pool."""

    indexed = Signal(int)  # how many are still waiting

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.waiting = 0  # as was said last
        self._busy = self._again = False
        self._pause = QTimer(self, singleShot=True)
        self._pause.timeout.connect(self.look)
        session.changed.connect(lambda kinds: self._soon() if "log" in kinds else None)

    def _soon(self) -> None:
        """What is being done is painted first."""
        if not self._pause.isActive():
            self._pause.start(SOON_MS)

    def look(self) -> None:
        """Go on, if anything came."""
        if self._session.jobs.closed:
            return
        if self._busy:
            self._again = True
            return
        self._busy, self._again = True, False
        store = self._session.store

        def work() -> int:
            log_index.index(store, AT_ONCE)
            with store.read() as view:
                return log_index.waiting(view)

        self._session.jobs.pool(work, self._done, self._failed)

    def _done(self, waiting: int) -> None:
        self._busy = False
        self.waiting = waiting
        self.indexed.emit(waiting)
        if waiting or self._again:
            self._pause.start(PAUSE_MS)

    def _failed(self, error: BaseException) -> None:
        self._busy = False
        self._session.not_done(error)
