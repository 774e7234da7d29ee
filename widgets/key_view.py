"""Keys of systems that bring facts: those in use, one more, one withdrawn. A new key is shown once and forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from console.domain.words import Label
from widgets.form_block import ChoiceBox, FormBlock
from widgets.keycap import KeyButton
from widgets.lang import show
from widgets.paint import ink
from widgets.row_list import RowList
from widgets.rows import Row


@dataclass(frozen=True)
class KeyRow:
    """A key in use, as far as it may be seen."""

    id: str
    name: str
    at: Label
    kinds: tuple[Label, ...]
    since: datetime
    by: str


class KeyForm(FormBlock):
    """Whose key it is, of where, and for what."""

    wanted = Signal(str, str, object)  # name, path, list of kinds

    def __init__(self, kinds: Sequence[tuple[str, Label]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kinds = kinds
        self.name = QLineEdit(self)
        self.at = ChoiceBox(self)
        self._box = QWidget(self)
        row = QHBoxLayout(self._box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        self.ticks = {kind: QCheckBox(self._box) for kind, _ in kinds}
        for tick in self.ticks.values():
            tick.toggled.connect(self._allow)
            row.addWidget(tick)
        row.addStretch(1)
        self.name.textChanged.connect(self._allow)
        for field in (self.name, self.at, self._box):
            self.add_field(field)
        self._retranslate()

    def set_places(self, places: Sequence[tuple[str, Label]]) -> None:
        """Paths that may be chosen, with their names."""
        self.at.clear()
        for path, name in places:
            self.at.addItem(f"{show(name)}  {path}", path)

    def open(self) -> None:
        self.show()
        self.name.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keep(self) -> None:
        """It stays open with what was typed until the key is there."""
        chosen = [kind for kind, tick in self.ticks.items() if tick.isChecked()]
        self.wanted.emit(self.name.text().strip(), self.at.currentData(), chosen)

    def clear(self) -> None:
        self.name.clear()
        for tick in self.ticks.values():
            tick.setChecked(False)

    def _allow(self) -> None:
        ready = bool(self.name.text().strip()) and any(tick.isChecked() for tick in self.ticks.values())
        self.save.allow("" if ready else self.tr("写名字,选至少一种数据"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self.head.set_title(self.tr("新密钥"))
        self.name_fields(self.tr("名字"), self.tr("范围"), self.tr("可以送"))
        self.name.setPlaceholderText(self.tr("小写字母、数字、连字符:water-bureau"))
        for kind, name in self._kinds:
            self.ticks[kind].setText(show(name))
        self.save.set_word(self.tr("生成密钥"))
        self.cancel.set_word(self.tr("取消"))
        self._allow()


class KeyView(QWidget):
    """Shows what it is told and says what is wanted; a key itself only between `show_made` and the next thing done."""

    addWanted = Signal(str, str, object)  # name, path, list of kinds
    removeWanted = Signal(str)  # id

    def __init__(self, kinds: Sequence[tuple[str, Label]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._given: list[KeyRow] = []
        self._asked = ""  # the id that is withdrawn when it is said once more
        self.list = RowList(self)
        self.list.set_uniform()
        self.list.chosen.connect(lambda _id: self._ask(""))
        self.form = KeyForm(kinds, self)
        self.form.wanted.connect(self.addWanted)
        self.form.left.connect(self.list.setFocus)
        self._message = QLabel(self)
        self._message.setWordWrap(True)
        self._once = QLabel(self)
        self._once.setWordWrap(True)
        self.key = QLineEdit(self)
        self.key.setReadOnly(True)
        self.copy, self.add, self.remove = KeyButton("Y", primary=True), KeyButton("N"), KeyButton("X")
        self.copy.clicked.connect(self._copy)
        self.add.clicked.connect(self._add)
        self.remove.clicked.connect(self._remove)
        self._lay_out()
        self.setFocusProxy(self.list)
        self.forget()
        self._retranslate()

    def _lay_out(self) -> None:
        self._made = QWidget(self)
        line = QHBoxLayout()
        line.addWidget(self.key, 1)
        line.addWidget(self.copy)
        made = QVBoxLayout(self._made)
        made.setContentsMargins(12, 4, 12, 8)
        made.addWidget(self._once)
        made.addLayout(line)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(12, 6, 12, 10)
        buttons.addWidget(self.add)
        buttons.addWidget(self.remove)
        buttons.addWidget(self._message, 1)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(self.list, 1)
        inside.addWidget(self._made)
        inside.addWidget(self.form)
        inside.addLayout(buttons)

    # -- what is shown

    def show_keys(self, rows: Sequence[KeyRow]) -> None:
        """Those in use."""
        self._given = list(rows)
        self._refresh()

    def show_made(self, key: str) -> None:
        """A new key, to be copied now."""
        self.form.clear()
        self.form.close_form()
        self.say("")
        self.key.setText(key)
        self.key.setCursorPosition(0)
        self._made.show()
        self.copy.setFocus(Qt.FocusReason.OtherFocusReason)

    def say(self, text: str, role: str = "red") -> None:
        """What could not be done, or was."""
        self._message.setText(text)
        self._message.setAccessibleName(text)
        palette = self._message.palette()
        palette.setColor(self._message.foregroundRole(), ink(role))
        self._message.setPalette(palette)

    def message(self) -> str:
        return self._message.text()

    def forget(self) -> None:
        """The key is nowhere any more."""
        self.key.clear()
        self._made.hide()

    def hideEvent(self, event: QHideEvent) -> None:
        self.forget()
        self._ask("")
        super().hideEvent(event)

    # -- what is done

    def _add(self) -> None:
        self.forget()
        self._ask("")
        self.form.open()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.key.text())
        self.say(self.tr("已复制。交给对方系统后,关上这个窗口。"), "done")

    def _remove(self) -> None:
        """Said twice: a system that is cut off stops bringing facts."""
        id = self.list.selected_id()
        if id is None:
            return
        if self._asked != id:
            self._ask(id)
            return
        self._ask("")
        self.forget()
        self.removeWanted.emit(id)

    def _ask(self, id: str) -> None:
        self._asked = id
        name = next((row.name for row in self._given if row.id == id), "")
        word = self.tr("再按一次,收回 {name}").format(name=name) if id else self.tr("收回")
        self.remove.set_word(word)
        self.remove.set_primary(bool(id))
        self.remove.allow("" if self.list.selected_id() else self.tr("没有选中的密钥"))

    def _refresh(self) -> None:
        why = self.tr("给每个外部系统一个密钥,它才能送来读数、位置、来电、状态和告警")
        self.list.set_empty(self.tr("没有密钥"), why)
        self.list.set_rows([self._row(one) for one in self._given])
        self._ask(self._asked if any(one.id == self._asked for one in self._given) else "")

    def _row(self, one: KeyRow) -> Row:
        since = f"{one.since.astimezone():%Y-%m-%d %H:%M}"
        kinds = self.tr("、").join(show(kind) for kind in one.kinds)
        told = self.tr("{by} 于 {since} 添加 · {id}").format(by=one.by, since=since, id=one.id)
        return Row(one.id, one.name, detail=f"{show(one.at)} · {kinds}", right=told, right_role="quiet")

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _retranslate(self) -> None:
        self.list.setAccessibleName(self.tr("接入密钥"))
        self._once.setText(self.tr("新密钥只显示这一次,留下的只是它的散列。现在复制,交给对方系统:"))
        self.key.setAccessibleName(self.tr("新密钥"))
        self.copy.set_word(self.tr("复制"))
        self.add.set_word(self.tr("新密钥"))
        self._refresh()


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = KeyView([("readings", Label("读数", "readings")), ("calls", Label("来电", "calls"))])
        made.form.set_places([("dongguan/houjie", Label("厚街镇", "Houjie"))])
        made.show_keys(
            [
                KeyRow(
                    "5f1c0b7e9a3d",
                    "water-bureau",
                    Label("厚街镇", "Houjie"),
                    (Label("读数", "readings"),),
                    samples.NOW,
                    "duty",
                )
            ]
        )
        return made

    samples.run(_build)
