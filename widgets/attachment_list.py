"""The photos and clips of an incident: name, size, who, and where the bytes are."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from console.domain.attachment import Attachment
from console.domain.words import Labelled
from widgets.lang import show
from widgets.paint import elide, face, ink

_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class FileState(Labelled):
    WAITING = "waiting", "等待上传", "Waiting to upload"
    SENT = "sent", "已上传", "Uploaded"
    REFUSED = "refused", "平台未收", "Not taken by the platform"
    REMOTE = "remote", "可下载", "Can be downloaded"


@dataclass(frozen=True)
class AttachmentRow:
    attachment: Attachment
    state: FileState


def size_word(count: int) -> str:
    """1.2 MB: bytes as people read them."""
    size = float(count)
    for unit in ("B", "KB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


class _File(QAbstractButton):
    """One file on a line; Enter, space or a click opens it."""

    def __init__(self, row: AttachmentRow, parent: QWidget) -> None:
        super().__init__(parent)
        self.row = row
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setText(row.attachment.name)
        self.setAccessibleName(" · ".join((row.attachment.name, *self._words())))
        self.setToolTip(self.accessibleName())

    def _words(self) -> tuple[str, str, str]:
        file = self.row.attachment
        return show(file.by.name), size_word(file.size), show(self.row.state.label)

    def sizeHint(self) -> QSize:
        return QSize(160, face().metrics.height() + 6)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        body, quiet = face(), face("quiet")
        lit = self.underMouse() or self.hasFocus()
        who, size, state = self._words()
        rest = " · ".join((size, who, state))
        room = self.width() - min(quiet.metrics.horizontalAdvance(rest), self.width() * 0.6) - 10
        name = elide(self.text(), body.metrics, room)
        painter.setPen(ink("strong" if lit else "text"))
        body.draw(painter, self.rect(), _LEFT, name)
        x = body.metrics.horizontalAdvance(name)
        if self.hasFocus():
            painter.fillRect(0, self.height() - 2, x, 1, ink("accent"))
        painter.setPen(ink("quiet"))
        inside = self.rect().adjusted(x + 10, 0, 0, 0)
        words = elide(rest, quiet.metrics, inside.width())
        quiet.draw(painter, inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words)


class AttachmentList(QWidget):
    """`opened` with an attachment's id."""

    opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[AttachmentRow, ...] = ()
        self._lines: list[_File] = []
        self._inside = QVBoxLayout(self)
        self._inside.setContentsMargins(12, 2, 12, 4)
        self._inside.setSpacing(0)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_files(self, rows: Sequence[AttachmentRow]) -> None:
        """Show these in the order given."""
        if tuple(rows) != self._rows:
            self._rows = tuple(rows)
            self._build()

    def files(self) -> list[_File]:
        """The lines on show."""
        return list(self._lines)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._build()
        super().changeEvent(event)

    def _build(self) -> None:
        focused = next((file.row.attachment.id for file in self._lines if file.hasFocus()), None)
        self._lines.clear()
        while item := self._inside.takeAt(0):
            if widget := item.widget():
                widget.hide()
                widget.deleteLater()
        for row in self._rows:
            file = _File(row, self)
            file.clicked.connect(lambda _on, id=row.attachment.id: self.opened.emit(id))
            self._inside.addWidget(file)
            self._lines.append(file)
            file.show()
            if row.attachment.id == focused:
                file.setFocus(Qt.FocusReason.OtherFocusReason)


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = AttachmentList()
        made.show_files(samples.files())
        return made

    samples.run(_build)
