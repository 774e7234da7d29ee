"""The link to the platform, on the main thread: its state, what is pending, and changes from elsewhere."""

from typing import Any

from PySide6.QtCore import QObject, Signal

from console.desk.session import Session
from console.domain.incident import Incident
from console.domain.operation import Lane
from console.sync.client import Applied, Client, LinkState
from console.sync.own import INCARNATION, SCOPES


class PlatformLink(QObject):
    """Carries a `Client`'s callbacks, which come on its own threads, to the main thread."""

    stateChanged = Signal(object)  # LinkState
    pendingChanged = Signal(object)  # dict of lane to count
    noticed = Signal(str, int)  # "copied", "restored", or "scope" and how many rows left
    renamed = Signal(str, str)  # an incident's code, and what it is since another desk had that too

    def __init__(self, session: Session, url: str, password: str, realm: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self.url = session, url
        self.cut = False
        self._known: tuple[Any, Any] | None = None  # the platform's incarnation and our scopes
        jobs, store = session.jobs, session.store
        self.client = Client(
            lambda fn: jobs.store(lambda: fn(store)),
            url,
            user=session.user.id,
            password=password,
            realm=realm,
            area=session.pack.area,
            near=session.pack.at,
        )
        self.client.on_link = lambda state: jobs.call(lambda: self._link(state))
        self.client.on_changes = lambda applied: jobs.call(lambda: self._applied(applied))
        self.client.on_copied = lambda: jobs.call(lambda: self.noticed.emit("copied", 0))
        self.client.on_file = lambda _sha256, step: jobs.call(session.attachments.look) if step.ended else None
        self.client.on_pending = lambda counts: jobs.call(lambda: self._pending(counts))

    def start(self) -> None:
        self._session.performed.connect(self._performed)
        self._look(0)  # as it was when the desk was last here
        self._session.positions.connect(self.client.send_positions)
        self.client.start()

    def close(self) -> None:
        self.client.close()

    def set_cut(self, cut: bool) -> None:
        """A drill cuts the link, or mends it."""
        self.cut = cut
        self.client.set_cut(cut)

    def _link(self, state: LinkState) -> None:
        self.stateChanged.emit(state)

    def _pending(self, counts: dict[Lane, int]) -> None:
        self._session.inbox.look()
        self._session.attachments.look()
        self._look(0)
        self.pendingChanged.emit(counts)

    def _performed(self, counts: dict[Lane, int]) -> None:
        self.pendingChanged.emit(counts)
        self.client.wake()

    def _applied(self, applied: Applied) -> None:
        if applied.rescoped:
            self._session.leave()
        if [position for position in applied.positions if self._session.state.locate(position)]:
            self._session.touch("position")
        for row in applied.rows:
            known = self._session.state.incidents.get(row.id)
            if known is not None and isinstance(row, Incident) and known.code != row.code:
                self.renamed.emit(known.code, row.code)
        self._session.drop(applied.gone)
        self._session.show(applied.rows, applied.entries)
        self._look(len(applied.gone))

    def _look(self, gone: int) -> None:
        """Whether the platform is another than it was, or shows this desk other areas than before."""
        store = self._session.store
        if self._session.jobs.closed:
            return

        def work() -> tuple[Any, Any]:
            with store.read() as view:
                return view.setting(INCARNATION), view.setting(SCOPES)

        def done(found: tuple[Any, Any]) -> None:
            (incarnation, scopes), self._known = self._known or found, found
            if incarnation not in (None, found[0]):
                self.noticed.emit("restored", 0)
            if scopes not in (None, found[1]):
                self.noticed.emit("scope", gone)

        self._session.jobs.store(work, done)
