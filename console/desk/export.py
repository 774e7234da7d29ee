"""Documents from the desk: gathered and written beside the main thread, then opened; a handover signed by both."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from console.desk.report import print_page
from console.desk.session import Session, utc_now
from console.domain.errors import KnownError, Refused
from console.domain.log import Kind, Note
from console.domain.operation import WriteNote
from console.domain.pack import User
from console.domain.phrases import say
from console.domain.words import Label, Phrase
from console.sync.login import login_offline
from widgets.export_form import Asked, ExportForm
from widgets.lang import language, show


class Exporter(QObject):
    """One form, made when first asked for."""

    written = Signal(object)  # Path

    def __init__(
        self, session: Session, folder: Path, drill: Label | None, *, remembered: bool, parent: QWidget
    ) -> None:
        """`remembered`: passwords are those that the platform took last; else those of the pack."""
        super().__init__(parent)
        self._session, self._folder, self._drill, self._remembered = session, folder, drill, remembered
        self._window = parent
        self.form: ExportForm | None = None

    def open(self, kind: str, incident: str | None, over: QWidget | None = None) -> None:
        """Ask for the rest of it."""
        if self.form is None:
            self.form = ExportForm(over or self._window)
            self.form.asked.connect(self._asked)
        session = self._session
        known = sorted(session.state.incidents.values(), key=lambda i: -i.number)
        others = [user for user in session.pack.users.values() if user.id != session.user.id]
        self.form.set_incidents([(i.id, f"{i.code} {show(i.title)}") for i in known])
        self.form.set_people([(user.id, show(user.name)) for user in others])
        self.form.begin(kind, incident)
        self.form.show()
        self.form.raise_()
        self.form.activateWindow()

    def _asked(self, asked: Asked) -> None:
        if asked.passwords is None:
            self._write(asked, None)
            return
        session, passwords = self._session, asked.passwords
        taking = session.pack.users[asked.taking or ""]

        def check() -> None:
            for user, password in zip((session.user, taking), passwords, strict=True):
                self._check(user, password)

        session.jobs.pool(check, lambda _none: self._sign(asked, taking), self._refused)

    def _check(self, user: User, password: str) -> None:
        """On the pool. Raises `KnownError`, see `login_offline`."""
        hashed = None if self._remembered else user.password_hash
        login_offline(self._session.store, user.id, password, hashed=hashed)

    def _sign(self, asked: Asked, taking: User) -> None:
        """Both have signed: it is an entry of the log, and the paper says so."""
        session, at = self._session, utc_now()
        args: dict[str, str | int | float | Label] = {
            "giving": session.user.name,
            "taking": taking.name,
            "open": len(session.state.open_incidents()),
        }
        note = Note(Kind.NOTE, session.user.name, taking.name, phrase=Phrase("handed_over", args))
        kept = self.form.refuse if self.form else None
        session.do(
            WriteNote(note), lambda: self._write(asked, at), lambda: kept(self.tr("没有写入记录")) if kept else None
        )

    def _write(self, asked: Asked, signed_at: datetime | None) -> None:
        session, folder, drill = self._session, self._folder, self._drill

        def work() -> Path:
            from console.reports.documents import KINDS, gather, to_docx, to_html
            from console.reports.gather import Wanted

            now = datetime.now().astimezone()
            wanted = Wanted(session.user, asked.since, asked.until, now, asked.incident, drill)
            taking = session.pack.users.get(asked.taking or "")
            with session.store.read() as view:
                paper = gather(
                    next(kind for kind in KINDS if kind == asked.kind),
                    view,
                    session.pack,
                    wanted,
                    net=asked.net,
                    taking=taking.name if taking else None,
                    remarks=asked.remarks,
                    signed_at=signed_at,
                )
            folder.mkdir(parents=True, exist_ok=True)
            file = folder / f"{asked.kind}-{now:%Y%m%d-%H%M%S}-{asked.lang}.{asked.form}"
            if asked.form == "docx":
                file.write_bytes(to_docx(paper, asked.lang))
                return file
            page = file.with_suffix(".html")
            page.write_text(to_html(paper, asked.lang), "utf-8")
            return print_page(page)

        session.jobs.pool(work, self._done, self._refused)

    def _done(self, file: Path) -> None:
        if self.form is not None:
            self.form.done_with()
        self.written.emit(file)

    def _refused(self, error: BaseException) -> None:
        if isinstance(error, OSError):
            error = KnownError(Phrase("store_io", {"path": str(self._folder)}))
        tell: Callable[[str], object] = self.form.refuse if self.form else self._session.failed.emit
        if isinstance(error, KnownError | Refused):
            tell(say(error.phrase, language()))
        else:
            tell(str(error))
            self._session.not_done(error)
