"""The message log in a window of its own, over all that the store has: asked by pages, beside the main thread."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from console.desk.control import Controller
from console.desk.log_keeper import LogKeeper
from console.desk.notes import Notes
from console.domain.attachment import Attachment
from console.domain.errors import KnownError
from console.domain.incident import Incident
from console.domain.log import Entry, Kind, LogFilter
from console.domain.phrases import say
from console.domain.words import Phrase
from console.store.log_search import corrections, page, set_back
from console.store.queries import View
from widgets.lang import language, show
from widgets.log_table import LogRow, told_text, told_who
from widgets.message_log import MessageLog
from widgets.note_bar import KINDS, Draft
from widgets.times import clock_seconds

PAGE = 100
FILE = "file_attached"


@dataclass(frozen=True)
class _Page:
    rows: list[LogRow]
    more: bool


class LogWindow(QDialog):
    """Made once: what narrows it stays as it was left. F7 opens and closes it, Esc closes."""

    fileFailed = Signal(object)  # Phrase
    exportWanted = Signal(str)

    def __init__(self, control: Controller, keeper: LogKeeper, notes: Notes, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._control, self._notes = control, notes
        self._session = session = control.session
        self._filter = LogFilter()
        self._busy = self._again = False
        self.view = MessageLog(self)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self.column.addWidget(self.view)
        self.resize(1180, 680)
        view = self.view
        view.wanted.connect(self._narrow)
        view.moreWanted.connect(self._more)
        view.noteWanted.connect(notes.open)
        view.correctWanted.connect(self._correct)
        view.fileWanted.connect(self._open_file)
        view.incidentWanted.connect(self._open_incident)
        view.exportWanted.connect(self.exportWanted)
        view.show_indexing(keeper.waiting)
        keeper.indexed.connect(self._indexed)
        session.changed.connect(self._changed)
        self._retranslate()

    def open_log(self) -> None:
        """To the front, with the keyboard in the search."""
        self.show()
        self.raise_()
        self.activateWindow()
        self._offer()
        self.view.search()
        self._ask()

    # -- asking

    def _narrow(self, wanted: LogFilter) -> None:
        self._filter = wanted
        self._ask()

    def _indexed(self, waiting: int) -> None:
        self.view.show_indexing(waiting)
        if self.isVisible():
            self._ask()

    def _changed(self, kinds: frozenset[str]) -> None:
        if self.isVisible() and kinds & {"log", "incident"}:
            self._offer()
            if "log" in kinds:
                self._ask()

    def _ask(self) -> None:
        """The newest rows, or as many as are shown; one question at a time, the last one counts."""
        if self._busy:
            self._again = True
            return
        wanted, shown = self._filter, len(self.view.table.rows())
        self._run(lambda view: self._page(view, wanted, None, max(PAGE, shown)), wanted, self.view.show_rows)

    def _more(self) -> None:
        rows = self.view.table.rows()
        if self._busy or not rows:
            self._again = True
            return
        wanted, last = self._filter, rows[-1].entry
        self._run(lambda view: self._page(view, wanted, last, PAGE), wanted, self.view.add_rows)

    def _run(
        self, ask: Callable[[View], _Page], wanted: LogFilter, show_: Callable[[Sequence[LogRow], bool], None]
    ) -> None:
        if self._session.jobs.closed:
            return
        self._busy, store = True, self._session.store

        def work() -> _Page:
            with store.read() as view:
                return ask(view)

        def done(found: _Page) -> None:
            self._busy = False
            if wanted == self._filter:
                show_(found.rows, found.more)
            self._go_on()

        def failed(error: BaseException) -> None:
            self._busy = False
            if not isinstance(error, KnownError):
                raise error
            self.view.show_failed(say(error.phrase, language()))
            self._go_on()

        self._session.jobs.pool(work, done, failed)

    def _go_on(self) -> None:
        if self._again:
            self._again = False
            self._ask()

    def _page(self, view: View, wanted: LogFilter, after: Entry | None, limit: int) -> _Page:
        """On the pool."""
        found = page(view, wanted, after, limit + 1)
        return _Page(self._beside(view, found[:limit]), len(found) > limit)

    def _beside(self, view: View, entries: Iterable[Entry]) -> list[LogRow]:
        entries = list(entries)
        corrected: dict[str, list[Entry]] = {}
        for at in range(0, len(entries), 500):
            corrected |= corrections(view, [entry.id for entry in entries[at : at + 500]])
        codes: dict[str, str] = {}
        behind = set_back(view, entries)
        users = self._session.pack.users
        rows = []
        for entry in entries:
            note = entry.note
            if note.incident and note.incident not in codes:
                incident = view.get(Incident, note.incident)
                codes[note.incident] = incident.code if incident else ""
            author = users.get(entry.author)
            rows.append(
                LogRow(
                    entry,
                    tuple(corrected.get(entry.id, ())),
                    view.get(Entry, note.corrects) if note.corrects else None,
                    codes.get(note.incident or "", ""),
                    author.name if author else None,
                    _file_of(entry),
                    behind.get(entry.id),
                )
            )
        return rows

    # -- doing

    def _correct(self, row: LogRow) -> None:
        note = row.entry.note
        held = row.corrections[-1] if row.corrections else row.entry
        self._notes.correct(
            Draft(
                kind=note.kind.value if note.kind in KINDS else Kind.NOTE.value,
                sender=show(note.sender) if note.kind in KINDS else "",
                receiver=show(note.receiver) if note.receiver else "",
                incident=note.incident or "",
                text=told_text(held),
                corrects=row.entry.id,
                old=f"{clock_seconds(row.entry.at)} {told_who(row.entry)} {told_text(row.entry)}",
            )
        )

    def _open_file(self, row: LogRow) -> None:
        """The file that this entry brought: of the same incident, name and moment."""
        entry, session = row.entry, self._session

        def work() -> Attachment | None:
            with session.store.read() as view:
                files = view.attachments_of(entry.note.incident or "")
            named = [file for file in files if file.name == row.file]
            exact = [file for file in named if file.by.at == entry.at]
            return next(iter([*exact, *named]), None)

        def done(file: Attachment | None) -> None:
            if file is None:
                self.fileFailed.emit(Phrase("file_not_here", {"name": row.file}))
                return
            session.state.take([file])
            session.attachments.open(file.id)

        session.jobs.pool(work, done, session.not_done)

    def _open_incident(self, id: str) -> None:
        self._control.open_kept(id)

    def _offer(self) -> None:
        """What may be chosen in the filter."""
        incidents = sorted(self._session.state.incidents.values(), key=lambda i: -i.number)
        self.view.filter.set_incidents([(i.id, f"{i.code} {show(i.title)}") for i in incidents])
        self.view.filter.set_authors([(user.id, show(user.name)) for user in self._session.pack.users.values()])

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
            self._offer()

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("通讯记录"))


def _file_of(entry: Entry) -> str:
    phrase = entry.note.phrase
    return str(phrase.args.get("name", "")) if phrase is not None and phrase.code == FILE else ""
