"""The handbook in a window: its chapters at the left, the one chosen beside them. It is a file for each language."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QTextBrowser, QWidget

import resources
from console.domain.words import Lang
from widgets import theme
from widgets.lang import language


def chapters(said: Lang) -> list[tuple[str, str]]:
    """Title and Markdown of every chapter of the handbook."""
    text = resources.path("help", f"handbook-{said}.md").read_text("utf-8")
    parts = (part.partition("\n") for part in text.split("## ") if part.strip())
    return [(title.strip(), body.strip()) for title, _, body in parts]


class HelpWindow(QDialog):
    """Made once: it opens at the chapter that was read last."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.contents = QListWidget(self)
        self.contents.setFixedWidth(200)
        self.page = QTextBrowser(self)
        self.page.setOpenExternalLinks(False)
        self.page.document().setDocumentMargin(0)
        self.contents.currentRowChanged.connect(self._turn)
        inside = QHBoxLayout(self)
        inside.setContentsMargins(16, 16, 24, 16)
        inside.setSpacing(24)
        inside.addWidget(self.contents)
        inside.addWidget(self.page, 1)
        self.resize(860, 560)
        self._chapters: list[tuple[str, str]] = []
        self._retranslate()

    def open_help(self) -> None:
        self.show()
        self.raise_()
        self.activateWindow()
        self.contents.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _turn(self, row: int) -> None:
        if 0 <= row < len(self._chapters):
            title, body = self._chapters[row]
            self.page.setMarkdown(f"### {title}\n\n{body}")
            self.page.setAccessibleName(title)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("使用手册"))
        self.contents.setAccessibleName(self.tr("章节"))
        read = max(0, self.contents.currentRow())
        self._chapters = chapters(language())
        self.contents.clear()
        self.contents.addItems([title for title, _ in self._chapters])
        self.contents.setCurrentRow(min(read, len(self._chapters) - 1))
        self.contents.setFont(theme.current().font())
