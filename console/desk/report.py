"""The incident report: written beside the main thread, opened as HTML at once, printed to PDF by a process."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, QObject, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QImageWriter, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from console.desk.session import Session
from console.domain.words import Label
from widgets.lang import language

if TYPE_CHECKING:
    from console.reports.incident import Picture


class Reporter(QObject):
    """Writes reports into one folder."""

    def __init__(self, session: Session, folder: Path, drill: Label | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._folder, self._drill = session, folder, drill

    def write(
        self, incident_id: str, pictures: "Sequence[Picture]", show: Callable[[Path], Callable[[Path], None]]
    ) -> None:
        """Write the report of an incident, from all that the store has of it.

        `show` gets the page's path and answers who gets the PDF's, soon after.
        """
        session, folder, lang = self._session, self._folder, language()
        now = datetime.now().astimezone()
        wanted = session.user, now, now, now, incident_id, self._drill
        matter = session.matter(session.state.incidents[incident_id].matter).name

        from console.reports.gather import Wanted, incident_report  # Jinja comes with it: a start can do without
        from console.reports.incident import to_html

        def page() -> Path:
            with session.store.read() as view:
                report = incident_report(view, session.pack, Wanted(*wanted), pictures)
            folder.mkdir(parents=True, exist_ok=True)
            file = folder / f"{report.incident.code}-{now:%Y%m%d-%H%M%S}-{lang}.html"
            file.write_text(to_html(replace(report, matter=matter), lang), "utf-8")
            return file

        def done(file: Path) -> None:
            session.jobs.pool(lambda: print_page(file), show(file))

        session.jobs.pool(page, done)


def snapshot(caption: Label, image: QImage) -> "Picture":
    """A picture for a report."""
    from console.reports.incident import Picture

    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return Picture(caption, bytes(data.data()))


def print_page(page: Path) -> Path:
    subprocess.run([sys.executable, "-m", "console.reports", str(page)], check=True, stdin=subprocess.DEVNULL)
    return page.with_suffix(".pdf")


class ReportWindow(QDialog):
    """Shows a written report, with the way to its PDF once that is printed."""

    def __init__(self, page: Path, code: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from PySide6.QtWebEngineWidgets import QWebEngineView  # here: it costs time at the start

        self._code = code
        self.resize(900, 1000)
        self.loaded = False
        self.pdf: Path | None = None
        self.view = QWebEngineView(self)
        self.view.loadFinished.connect(self._shown)
        self.view.load(QUrl.fromLocalFile(str(page)))
        self._open_pdf, self._open_folder = QPushButton(), QPushButton()
        self._open_pdf.clicked.connect(self._show_pdf)
        self._open_folder.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(page.parent))))
        self._where = QLabel(str(page))
        self._where.setProperty("role", "quiet")
        row = QHBoxLayout()
        row.addWidget(self._where, 1)
        row.addWidget(self._open_folder)
        row.addWidget(self._open_pdf)
        column = QVBoxLayout(self)
        column.addWidget(self.view, 1)
        column.addLayout(row)
        QShortcut(QKeySequence("Esc"), self, self.close)  # also when the page has the keyboard
        self._retranslate()

    def printed(self, pdf: Path) -> None:
        self.pdf = pdf
        self._where.setText(str(pdf))
        self._retranslate()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("{code} 事件报告").format(code=self._code))
        self._open_pdf.setText(self.tr("打开 PDF") if self.pdf else self.tr("正在生成 PDF…"))
        self._open_pdf.setEnabled(self.pdf is not None)
        self._open_folder.setText(self.tr("打开所在文件夹"))

    def _shown(self, well: bool) -> None:
        self.loaded = well

    def _show_pdf(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.pdf)))
