"""The incident report: written beside the main thread, opened as HTML in a window, kept as HTML and PDF."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from console.desk.session import Session
from console.domain.words import Label, Lang
from console.reports.incident import IncidentReport, to_html, to_pdf
from widgets.lang import language


class Reporter(QObject):
    """Writes reports into one folder."""

    written = Signal(object)  # the PDF's path, its HTML beside it

    def __init__(self, session: Session, folder: Path, drill: Label | None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._folder, self._drill = session, folder, drill

    def write(self, incident_id: str, then: Callable[[Path], None]) -> None:
        """Write the report of an incident; `then` gets the PDF's path on the main thread."""
        report, lang = self.report(incident_id), language()
        folder = self._folder

        def work() -> Path:
            return _write(report, lang, folder)

        def done(pdf: Path) -> None:
            then(pdf)
            self.written.emit(pdf)

        self._session.jobs.pool(work, done)

    def report(self, incident_id: str) -> IncidentReport:
        """What is known of an incident now, for print."""
        session = self._session
        state, pack = session.state, session.pack
        incident = state.incidents[incident_id]
        names = {
            **{agency.id: agency.name for agency in pack.agencies.values()},
            **{unit.id: unit.name for unit in pack.units.values()},
            **{user.id: user.name for user in pack.users.values()},
        }
        return IncidentReport(
            incident=incident,
            matter=session.matter(incident.matter).name,
            centre=pack.centre,
            assignments=state.assignments_of(incident_id),
            tasks=state.tasks_of(incident_id),
            entries=list(reversed(state.entries_of(incident_id))),
            names=names,
            generated_at=datetime.now().astimezone(),
            author=session.user.name,
            drill=self._drill,
            simulated=pack.simulated,
        )


def _write(report: IncidentReport, lang: Lang, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{report.incident.code}-{report.generated_at:%Y%m%d-%H%M%S}-{lang}"
    html = to_html(report, lang)
    (folder / f"{stem}.html").write_text(html, "utf-8")
    pdf = folder / f"{stem}.pdf"
    pdf.write_bytes(to_pdf(html))
    return pdf


class ReportWindow(QDialog):
    """Shows a written report, with the way to its PDF."""

    def __init__(self, pdf: Path, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from PySide6.QtWebEngineWidgets import QWebEngineView  # here: it costs time at the start

        self.setWindowTitle(title)
        self.resize(900, 1000)
        self.pdf = pdf
        self.loaded = False
        self.view = QWebEngineView(self)
        self.view.loadFinished.connect(self._shown)
        self.view.load(QUrl.fromLocalFile(str(pdf.with_suffix(".html"))))
        open_pdf = QPushButton(self.tr("打开 PDF"))
        open_pdf.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(pdf))))
        open_folder = QPushButton(self.tr("打开所在文件夹"))
        open_folder.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(pdf.parent))))
        where = QLabel(str(pdf))
        where.setObjectName("quiet")
        row = QHBoxLayout()
        row.addWidget(where, 1)
        row.addWidget(open_folder)
        row.addWidget(open_pdf)
        column = QVBoxLayout(self)
        column.addWidget(self.view, 1)
        column.addLayout(row)

    def _shown(self, well: bool) -> None:
        self.loaded = well
