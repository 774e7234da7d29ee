"""Which document, of what time, in which language and form; and at a handover who signs it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QDateTime, QEvent, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDateTimeEdit,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from console.domain.words import Lang
from widgets.form_block import ChoiceBox
from widgets.keycap import KeyButton
from widgets.lang import language
from widgets.paint import ink

SHIFT_HOURS = 12


@dataclass(frozen=True)
class Asked:
    """What is to be written. Passwords only where a handover is to be signed by both."""

    kind: str  # "ics309", "ics214", "incident", "handover"
    since: datetime
    until: datetime
    incident: str | None
    lang: Lang
    form: str  # "pdf", "docx"
    net: str = ""
    taking: str | None = None  # user
    remarks: str = ""
    passwords: tuple[str, str] | None = None


class ExportForm(QDialog):
    """`asked` on Enter; then `refuse` says why not, or its owner closes it."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind, self.incident, self.form, self.lang, self.taking = (ChoiceBox(self) for _ in range(5))
        self.since, self.until, self.net = QDateTimeEdit(self), QDateTimeEdit(self), QLineEdit(self)
        self.remarks, self.mine, self.theirs = QPlainTextEdit(self), QLineEdit(self), QLineEdit(self)
        self._words: dict[QWidget, QLabel] = {}
        self._message = QLabel(self)
        self._message.setWordWrap(True)
        self.go, self.away = KeyButton("↵", primary=True, hears=False), KeyButton("Esc", hears=False)
        self.go.clicked.connect(self._submit)
        self.away.clicked.connect(self.reject)
        form = QFormLayout()
        form.setContentsMargins(24, 20, 24, 4)
        form.setVerticalSpacing(7)
        form.setHorizontalSpacing(14)
        fields = (self.kind, self.incident, self.since, self.until, self.net, self.taking, self.remarks,
                  self.mine, self.theirs, self.form, self.lang)  # fmt: skip
        for field in fields:
            self._words[field] = QLabel(self)
            self._words[field].setProperty("role", "quiet")
            form.addRow(self._words[field], field)
        for secret in (self.mine, self.theirs):
            secret.setEchoMode(QLineEdit.EchoMode.Password)
        for edit in (self.since, self.until):
            edit.setDisplayFormat("yyyy-MM-dd HH:mm")
            edit.setCalendarPopup(True)
        self.remarks.setFixedHeight(72)
        self.remarks.setTabChangesFocus(True)
        for code, name in (("zh", "简体中文"), ("en", "English")):
            self.lang.addItem(name, code)
        for code in ("pdf", "docx"):
            self.form.addItem({"pdf": "PDF", "docx": "Word (DOCX)"}[code], code)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(24, 4, 24, 18)
        buttons.addWidget(self.go)
        buttons.addWidget(self.away)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(form)
        said = QHBoxLayout()
        said.setContentsMargins(24, 0, 24, 0)
        said.addWidget(self._message)
        column.addLayout(said)
        column.addStretch(1)
        column.addLayout(buttons)
        self.setFixedWidth(470)
        self.kind.currentIndexChanged.connect(self._suit)
        self._retranslate()

    def begin(self, kind: str, incident: str | None) -> None:
        """Ready for one of the kinds, over the shift that ends now."""
        now = QDateTime.currentDateTime()
        self.until.setDateTime(now.addSecs(60))
        self.since.setDateTime(now.addSecs(-SHIFT_HOURS * 3600))
        self.kind.setCurrentIndex(max(0, self.kind.findData(kind)))
        self.incident.setCurrentIndex(max(0, self.incident.findData(incident or "")))
        self.lang.setCurrentIndex(self.lang.findData(language()))
        self.say("")
        self._suit()
        self.go.setFocus()

    def set_incidents(self, incidents: Sequence[tuple[str, str]]) -> None:
        """Id and words."""
        self.incident.clear()
        self.incident.addItem(self.tr("全部事件"), "")
        for id, words in incidents:
            self.incident.addItem(words, id)

    def set_people(self, people: Sequence[tuple[str, str]]) -> None:
        """Id and name of those who may take over."""
        self.taking.clear()
        self.taking.addItem(self.tr("纸上填写"), "")
        for id, words in people:
            self.taking.addItem(words, id)

    def refuse(self, text: str) -> None:
        """Why it was not written; what is filled in stays."""
        self.go.setEnabled(True)
        self.say(text, "red")
        for secret in (self.mine, self.theirs):
            secret.clear()

    def say(self, text: str, role: str = "quiet") -> None:
        self._message.setText(text)
        palette = self._message.palette()
        palette.setColor(self._message.foregroundRole(), ink(role))
        self._message.setPalette(palette)
        self._message.setAccessibleName(text)

    def message(self) -> str:
        return self._message.text()

    def _suit(self) -> None:
        """Only what this kind asks for."""
        kind = self.kind.currentData()
        shown = {
            self.incident: kind != "handover",
            self.since: kind != "incident",
            self.until: kind != "incident",
            self.net: kind == "ics309",
            **dict.fromkeys((self.taking, self.remarks, self.mine, self.theirs), kind == "handover"),
        }
        for field, on in shown.items():
            field.setVisible(on)
            self._words[field].setVisible(on)
        self.adjustSize()

    def _submit(self) -> None:
        since, until = (
            datetime.fromtimestamp(edit.dateTime().toSecsSinceEpoch()).astimezone() for edit in (self.since, self.until)
        )
        kind, taking = self.kind.currentData(), self.taking.currentData() or None
        secrets = (self.mine.text(), self.theirs.text())
        if since >= until:
            self.say(self.tr("开始时间要早于结束时间"), "yellow")
        elif kind == "incident" and not self.incident.currentData():
            self.say(self.tr("请选一个事件"), "yellow")
        elif kind == "handover" and any(secrets) and not (all(secrets) and taking):
            self.say(self.tr("双方签认要选接班人,并输入两人的密码;也可以都留空,在纸上签"), "yellow")
        else:
            self.say(self.tr("正在生成…"))
            self.go.setEnabled(False)
            self.asked.emit(
                Asked(
                    kind=kind,
                    since=since,
                    until=until,
                    incident=self.incident.currentData() or None if kind != "handover" else None,
                    lang="en" if self.lang.currentData() == "en" else "zh",
                    form=self.form.currentData(),
                    net=self.net.text().strip(),
                    taking=taking,
                    remarks=self.remarks.toPlainText().strip(),
                    passwords=secrets if kind == "handover" and all(secrets) else None,
                )
            )

    def done_with(self) -> None:
        """It is written: the form is free for the next."""
        self.go.setEnabled(True)
        for secret in (self.mine, self.theirs):
            secret.clear()
        self.remarks.clear()
        self.accept()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), ink("panel"))

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("导出表单"))
        chosen = self.kind.currentData()
        self.kind.blockSignals(True)
        self.kind.clear()
        for code, name in (
            ("ics309", self.tr("通信日志 ICS 309")),
            ("ics214", self.tr("行动日志 ICS 214")),
            ("incident", self.tr("事件报告")),
            ("handover", self.tr("交接班记录")),
        ):
            self.kind.addItem(name, code)
        self.kind.setCurrentIndex(max(0, self.kind.findData(chosen)))
        self.kind.blockSignals(False)
        for field, name in (
            (self.kind, self.tr("表单")),
            (self.incident, self.tr("事件")),
            (self.since, self.tr("起")),
            (self.until, self.tr("止")),
            (self.net, self.tr("电台网或岗位")),
            (self.taking, self.tr("接班人")),
            (self.remarks, self.tr("移交事项")),
            (self.mine, self.tr("交班人密码")),
            (self.theirs, self.tr("接班人密码")),
            (self.form, self.tr("格式")),
            (self.lang, self.tr("语言")),
        ):
            self._words[field].setText(name)
            field.setAccessibleName(name)
        self.net.setPlaceholderText(self.tr("空为本中心"))
        for secret in (self.mine, self.theirs):
            secret.setPlaceholderText(self.tr("可选:双方签认,记入通讯记录"))
        for box, none in ((self.incident, self.tr("全部事件")), (self.taking, self.tr("纸上填写"))):
            box.setItemText(0, none)
        self.go.set_word(self.tr("生成"))
        self.away.set_word(self.tr("取消"))


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = ExportForm()
        made.set_incidents([("i34", "I34 河道水位超警")])
        made.set_people([("wang", "王值班员")])
        made.begin("handover", None)
        return made

    samples.run(_build)
