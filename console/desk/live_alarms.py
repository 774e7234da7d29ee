"""What is real breaks into a drill: the alarms that wait at this machine's live desk."""

import logging

from PySide6.QtCore import QObject, QTimer, Signal

from console.desk.files import DeskFiles
from console.desk.jobs import Jobs
from console.domain.alarm import Alarm, unacknowledged
from console.domain.errors import KnownError
from console.store.store import Store

log = logging.getLogger(__name__)
LOOK_EVERY_MS = 2_000


class LiveAlarms(QObject):
    """Follows the live desk's database, as a wall does, and writes nothing."""

    changed = Signal(object)  # list of Alarm that wait, the gravest first

    def __init__(self, jobs: Jobs, files: DeskFiles, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs, self._files = jobs, files
        self._store: Store | None = None
        self._seen = -1
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        self.look()

    def look(self) -> None:
        self._jobs.store(self._read, self._told, lambda error: log.warning("the live desk is not seen: %s", error))

    def close(self) -> None:
        """On the store's thread."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def _told(self, found: list[Alarm] | None) -> None:
        if found is not None:
            self.changed.emit(found)

    def _read(self) -> list[Alarm] | None:
        """None while nothing is new, or no live desk is at work here: a drill leaves its files as they are."""
        if self._store is None:
            if not self._files.database.with_name(f"{self._files.database.name}-wal").exists():
                return None
            try:
                self._store = Store.open(self._files.database, self._files.key(), read_only=True)
            except KnownError:
                return None
        version = self._store.version()
        if version == self._seen:
            return None
        self._seen = version
        with self._store.read() as view:
            return unacknowledged(view.open_alarms())
