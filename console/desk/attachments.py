"""The photos and clips of incidents: kept with the desk's store, and opened with what the machine opens them with."""

import mimetypes
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from console.domain.alarm import Alarm
from console.domain.attachment import Attachment
from console.domain.conflict import By
from console.domain.errors import KnownError
from console.domain.merging import AttachFile
from console.domain.words import Phrase
from console.store import blobs
from console.store.ids import new_id
from console.store.store import Store
from widgets.attachment_list import FileState

if TYPE_CHECKING:
    from console.desk.session import Session

T = TypeVar("T")


class Attachments(QObject):
    opened = Signal(str)  # the path of a file that may be looked at

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self._session = session
        self._waiting: frozenset[str] = frozenset()  # hashes the platform does not have yet
        self._missing: frozenset[str] = frozenset()  # hashes that are not here
        self._refused: frozenset[str] = frozenset()  # hashes the platform does not take

    def state(self, file: Attachment) -> FileState:
        """Where its bytes are."""
        if file.sha256 in self._missing:
            return FileState.REMOTE
        if file.sha256 in self._refused:
            return FileState.REFUSED
        return FileState.WAITING if file.sha256 in self._waiting else FileState.SENT

    def look(self) -> None:
        """Read anew where the bytes are; panels are told when it is different."""
        store, known = self._session.store, [file.sha256 for file in self._session.state.attachments.values()]
        if not known or self._session.jobs.closed:
            return

        def work() -> tuple[frozenset[str], ...]:
            with store.read() as view:
                found = blobs.to_upload(view), blobs.missing(view, known), blobs.refused(view)
            return tuple(map(frozenset, found))

        def done(found: tuple[frozenset[str], ...]) -> None:
            if found != (self._waiting, self._missing, self._refused):
                self._waiting, self._missing, self._refused = found
                self._session.touch("incident")

        self._session.jobs.store(work, done, self._session.not_done)

    def attach(self, incident: str, path: Path) -> None:
        """Keep a file with an incident; its bytes follow to the platform by themselves."""
        session = self._session
        media = mimetypes.guess_type(path.name)[0] or "application/octet-stream"

        def kept(found: tuple[str, int]) -> None:
            sha256, size = found
            by = By(session.user.id, session.user.name, datetime.now(UTC), session.area)
            file = Attachment(new_id(), incident, sha256, path.name, media, size, by)
            session.do(AttachFile(file))

        session.jobs.pool(lambda: blobs.add_file(self._ask, path, media), kept, session.not_done)

    def open(self, id: str) -> None:
        """Lay a copy out and say where; one that is not here is said to be so."""
        file = self._session.state.attachments[id]
        self._open(file.sha256, file.name)

    def open_photo(self, alarm: Alarm) -> None:
        """The same of the photo that came with an alarm; nothing for one without."""
        if alarm.picture is not None:
            self._open(alarm.picture.sha256, alarm.picture_name)

    def _open(self, sha256: str, name: str) -> None:
        session = self._session

        def work() -> str:
            folder = Path(tempfile.mkdtemp(prefix="yiping-"))
            copy = folder / (Path(name).name or sha256[:8])
            with session.store.read() as view, copy.open("wb") as out:
                for data in blobs.read(view, sha256):
                    out.write(data)
            return str(copy)

        def failed(error: BaseException) -> None:
            if isinstance(error, KnownError) and error.phrase.code == "blob_missing":
                session.refused.emit(Phrase("file_not_here", {"name": name}))
            else:
                session.not_done(error)

        session.jobs.pool(work, self.opened.emit, failed)

    def _ask(self, fn: Callable[[Store], T], /) -> T:
        """The answer of the store's thread; not from it."""
        return self._session.jobs.store(lambda: fn(self._session.store)).result()
