"""三张清单 in a window of its own: looked at by everyone, changed by who commands the centre."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QVBoxLayout, QWidget

from console.desk import present_lists
from console.desk.session import Session, utc_now
from console.domain.errors import KnownError
from console.domain.lists import Listed, ListKind, Origin, id_of, lines_of, shipped
from console.domain.phrases import both, say
from console.domain.words import Phrase
from console.store import list_book
from console.store.holidays import unknown_years
from console.store.list_cells import columns
from console.sync.listing import put_lines
from widgets.import_preview import ImportPreview
from widgets.lang import language
from widgets.list_data import Trouble
from widgets.list_view import ListView

FILTER = "XLSX (*.xlsx)"


class ListsWindow(QDialog):
    """Made once: what is typed into it is there when it opens again."""

    def __init__(self, session: Session, folder: Path, parent: QWidget | None = None) -> None:
        """`folder` is where workbooks go unless another is chosen."""
        super().__init__(parent)
        self._session, self._folder = session, folder
        self.preview: ImportPreview | None = None
        self.view = ListView(self)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.view)
        self.resize(1240, 720)
        self.view.kept.connect(self._keep)
        self.view.struck.connect(lambda id: self._put([self._listed(id, None)], id))
        self.view.restored.connect(lambda id: self._put([self._listed(id, shipped(session.pack)[id])], id))
        self.view.exportRequested.connect(self._choose_export)
        self.view.importRequested.connect(self._choose_import)
        session.changed.connect(self._hear)
        self._retranslate()

    def open_lists(self) -> None:
        """To the front, with the keyboard."""
        self._refresh()
        self.show()
        self.raise_()
        self.activateWindow()
        self.view.setFocus()

    # -- what is shown

    def _hear(self, kinds: frozenset[str]) -> None:
        if "list" in kinds and self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        session = self._session
        self.view.show_lists(present_lists.rows(session), present_lists.names(session))
        self.view.allow(self._refusal())
        now = utc_now()
        if years := unknown_years({now.year, (now + timedelta(days=14)).year}):
            told = self.tr("{year} 年的放假调休还没有收录,工作日暂按周末计算。请更新软件。")
            self.view.say(told.format(year=years[0]), "yellow")

    def _refusal(self) -> str:
        """Why this person may not change the lists; empty when they may."""
        pack = self._session.pack
        if self._session.commands(pack.area):
            return ""
        name = pack.areas[pack.area].name if pack.area in pack.areas else pack.town_name
        return say(Phrase("lists_not_yours", {"area": name}), language())

    # -- what is done

    def _listed(self, id: str, content: Any) -> Listed:
        return Listed(f"{self._session.pack.area}#{id}", self._session.pack.area, content)

    def _keep(self, kind: ListKind, id: str, record: dict[str, Any]) -> None:
        """A line as it was typed: looked at as those of a pack are, then put in its place."""
        pack, lists = self._session.pack, self._session.lists
        matters = {code: one.name for code, one in lists.matters.items()}
        page = list_book.SheetPage("", [], form=columns(kind, pack, matters))
        made = list_book.content_of(page, kind, ("",), record, list_book.known(pack), lists.matters)
        troubles = [Trouble(about, one.message) for about, one in zip(page.about, page.problems, strict=True)]
        there = lines_of(pack, self._session.state.listed.values())
        if made is not None and id_of(made) != id and id_of(made) in there:
            about = "matter" if kind is ListKind.DUTY else "id"
            struck = there[id_of(made)].origin is Origin.STRUCK
            code = "line_struck" if struck else "line_there"
            troubles.append(Trouble(about, both(Phrase(code, {"id": id_of(made).partition(":")[2]}))))
        if made is None or troubles:
            self.view.tell(troubles)
            return
        self._put([self._listed(id_of(made), made)], id_of(made), id)

    def _put(self, lines: Sequence[Listed], id: str = "", before: str = "") -> None:
        if self._refusal():
            return

        def then() -> None:
            self._refresh()
            if id:
                self.view.done(id, before)

        self._session.carry_out(lambda actor: put_lines(self._session.store, lines, actor), then)

    # -- workbooks

    def _choose_export(self) -> None:
        dialog = QFileDialog(self, self.tr("导出清单"), str(self._folder), FILTER)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("xlsx")
        dialog.selectFile(self.tr("三张清单.xlsx"))
        dialog.fileSelected.connect(lambda name: self.export_to(Path(name)))
        dialog.open()

    def export_to(self, file: Path) -> None:
        """All three lists to a workbook, beside the main thread."""
        session, said = self._session, language()
        rows = tuple(session.state.listed.values())

        def done(count: int) -> None:
            self.view.say(self.tr("已导出 {n} 行:{file}").format(n=count, file=file), "done")

        session.jobs.pool(lambda: list_book.export(file, session.pack, rows, said), done, self._failed)

    def _choose_import(self) -> None:
        dialog = QFileDialog(self, self.tr("导入清单"), str(self._folder), FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.import_from(Path(name)))
        dialog.open()

    def import_from(self, file: Path) -> None:
        """What a workbook would change is shown; then it may be taken."""
        session = self._session
        rows = tuple(session.state.listed.values())
        self.view.say(self.tr("正在读 {file} …").format(file=file.name))
        session.jobs.pool(
            lambda: list_book.preview(file, session.pack, rows), lambda found: self._preview(file, found), self._failed
        )

    def _preview(self, file: Path, found: list_book.Preview) -> None:
        self.view.say("")
        self.preview = ImportPreview(present_lists.summary(file.name, found), self)
        self.preview.taken.connect(lambda: self._take(file, found))
        self.preview.open()

    def _take(self, file: Path, found: list_book.Preview) -> None:
        if found.lines:
            self._put(found.lines)
        if not found.refused:
            self.view.say(self.tr("已导入 {n} 行").format(n=len(found.lines)), "done")
            return
        session, said = self._session, language()
        rows = tuple(session.state.listed.values())

        def done(kept: Path) -> None:
            told = self.tr("已导入 {n} 行,未收的 {m} 行在 {file}")
            self.view.say(told.format(n=len(found.lines), m=len(found.refused), file=kept), "yellow")

        session.jobs.pool(lambda: list_book.keep_refused(file, session.pack, rows, found, said), done, self._failed)

    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, KnownError):
            raise error
        self.view.say(say(error.phrase, language()), "yellow")

    # -- Qt

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("三张清单"))
        self._refresh()
