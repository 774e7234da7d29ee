"""Every setting in a window: a form made from where they are declared, kept in the same file as `yiping settings`."""

from collections.abc import Collection, Mapping
from dataclasses import Field, fields
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from console.domain.errors import KnownError
from console.domain.phrases import say
from console.settings import Settings, change, load
from widgets.form_block import ChoiceBox
from widgets.keycap import KeyButton
from widgets.lang import language, show
from widgets.paint import ink

Entry = QCheckBox | ChoiceBox | QLineEdit


class SettingsWindow(QDialog):
    """Made once. What is typed stays in it until it is saved or it opens again."""

    changed = Signal(object)  # Settings, once they are kept

    def __init__(self, file: Path, offered: Mapping[str, Collection[str]], parent: QWidget | None = None) -> None:
        """`offered` are values to choose from where any text is one, by setting."""
        super().__init__(parent)
        self._file = file
        self._kept = Settings()
        self._declared: dict[str, Field[Any]] = {field.name: field for field in fields(Settings)}
        self.entries: dict[str, Entry] = {
            name: self._entry(field, offered.get(name, ())) for name, field in self._declared.items()
        }
        self._titles = {name: QLabel(self) for name in self.entries}
        self._helps = {name: QLabel(self) for name in self.entries}
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(10)
        for name, entry in self.entries.items():
            self._helps[name].setProperty("role", "quiet")
            self._titles[name].setBuddy(entry)
            both = QVBoxLayout()
            both.setSpacing(2)
            both.addWidget(entry)
            both.addWidget(self._helps[name])
            form.addRow(self._titles[name], both)
        self._message, self._where = QLabel(self), QLabel(str(file), self)
        self._message.setWordWrap(True)
        self._where.setProperty("role", "quiet")
        self._where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.save, self.away = KeyButton("↵", primary=True, hears=False), KeyButton("Esc", hears=False)
        self.save.setDefault(True)
        self.save.clicked.connect(self._save)
        self.away.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addWidget(self.save)
        buttons.addWidget(self.away)
        buttons.addStretch(1)
        buttons.addWidget(self._where)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(24, 20, 24, 18)
        inside.setSpacing(14)
        inside.addLayout(form)
        inside.addWidget(self._message)
        inside.addStretch(1)
        inside.addLayout(buttons)
        self.resize(560, self.sizeHint().height())
        self._retranslate()

    def open_settings(self) -> None:
        """As the file has them, to the front."""
        self._say("", "quiet")
        try:
            self._kept = load(self._file)
        except KnownError as error:
            self._say(say(error.phrase, language()), "red")
        for name, entry in self.entries.items():
            _put(entry, getattr(self._kept, name))
        self.show()
        self.raise_()
        self.activateWindow()
        self.entries["language"].setFocus()

    def _entry(self, field: "Field[Any]", offered: Collection[str]) -> Entry:
        among = field.metadata["among"] or offered
        if isinstance(field.default, bool):
            return QCheckBox(self)
        if among and not isinstance(among, range):
            box = ChoiceBox(self)
            for value in among:
                box.addItem(str(value), value)
            box.setEditable(bool(offered))
            return box
        return QLineEdit(self)

    def _save(self) -> None:
        before = self._kept
        typed = {n: text for n, e in self.entries.items() if (text := _typed(e)) != str(getattr(before, n))}
        try:
            self._kept = change(self._file, typed)
        except KnownError as error:
            self._say(say(error.phrase, language()), "red")
            return
        self.changed.emit(self._kept)
        later = [show(self._declared[name].metadata["title"]) for name in typed if self._waits(name)]
        told = self.tr("已保存。{names}:重新打开一屏后生效。") if later else self.tr("已保存。")
        self._say(told.format(names=self.tr("、").join(later)), "done")

    def _waits(self, name: str) -> bool:
        return bool(self._declared[name].metadata["restart"])

    def _say(self, text: str, role: str) -> None:
        self._message.setText(text)
        self._message.setAccessibleName(text)
        palette = self._message.palette()
        palette.setColor(self._message.foregroundRole(), ink(role))
        self._message.setPalette(palette)

    def message(self) -> str:
        return self._message.text()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("设置"))
        for name, field in self._declared.items():
            title, help = show(field.metadata["title"]), show(field.metadata["help"])
            self._titles[name].setText(title)
            self._helps[name].setText(
                self.tr("{help}(重新打开后生效)").format(help=help) if self._waits(name) else help
            )
            self.entries[name].setAccessibleName(title)
            self.entries[name].setAccessibleDescription(help)
        self.save.set_word(self.tr("保存"))
        self.away.set_word(self.tr("关闭"))


def _put(entry: Entry, value: Any) -> None:
    if isinstance(entry, QCheckBox):
        entry.setChecked(bool(value))
    elif isinstance(entry, ChoiceBox):
        entry.setCurrentText(str(value))
    else:
        entry.setText(str(value))


def _typed(entry: Entry) -> str:
    if isinstance(entry, QCheckBox):
        return str(entry.isChecked())
    return entry.currentText().strip() if isinstance(entry, ChoiceBox) else entry.text().strip()
