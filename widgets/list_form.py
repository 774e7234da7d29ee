"""A line of one of the three lists as a form: every field of it, with its name, and what is wrong beside it."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from console.domain.area import Tier
from console.domain.dotted import put, take
from console.domain.duty import FieldKind, Limit
from console.domain.incident import Stage
from console.domain.level import Level
from console.domain.lists import ListKind
from widgets.lang import show
from widgets.list_data import ListNames, Trouble
from widgets.list_fields import (
    ChoiceField,
    Field,
    HoursField,
    SetField,
    SpansField,
    TextField,
    options_of,
)
from widgets.record_table import Part, RecordTable
from widgets.words import Words


class ListForm(QScrollArea):
    """`changed` when something was typed. `value()` is the plain line; `fill` shows one."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self.fields: dict[str, Field | RecordTable] = {}
        self._names: dict[str, QLabel] = {}
        self._troubles: dict[str, QVBoxLayout] = {}
        self._kind = ListKind.MATTER
        self._given = ListNames()

    def fill(self, kind: ListKind, record: Mapping[str, Any], names: ListNames, *, fixed: bool, locked: bool) -> None:
        """Show a line. `fixed`: its id stays; `locked`: it is only looked at."""
        if kind is not self._kind or names != self._given or not self.fields:
            self._kind, self._given = kind, names
            self._build()
        for key, field in self.fields.items():
            field.set_value(self._shown(record, key))
            field.setEnabled(
                not locked and not (fixed and key in ("id", "matter", "area", "tier") and self._of_id(key))
            )
        self.tell(())

    def value(self) -> dict[str, Any]:
        """What stands in the form, as a pack has it."""
        made: dict[str, Any] = {}
        for key, field in self.fields.items():
            given = field.value()
            if given is None or given == []:
                continue
            put(made, key, _levels(given) if key == "reinforcements" else given)
        return made

    def tell(self, troubles: Sequence[Trouble]) -> None:
        """Say beside each field what is wrong with it; the first of them gets the keyboard."""
        for line in self._troubles.values():
            while item := line.takeAt(0):
                if widget := item.widget():
                    widget.hide()
                    widget.deleteLater()
        first: str | None = None
        for trouble in troubles:
            key = self._key(trouble.field)
            self._troubles[key].addWidget(Words(show(trouble.why), "yellow", self.widget()))
            first = first or key
        if first is not None and first in self.fields:
            self.fields[first].setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.ensureWidgetVisible(self.fields[first], 0, 60)

    def told(self) -> list[str]:
        """What is said to be wrong."""
        return [words.text() for words in self.findChildren(Words) if words.isVisibleTo(self)]

    def begin(self) -> None:
        """To the first field that can be changed."""
        for field in self.fields.values():
            if field.isEnabled():
                field.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return

    def rebuild(self) -> None:
        """In the language on screen, with what stands in it."""
        if self.fields:
            kept, enabled = self.value(), {key: field.isEnabled() for key, field in self.fields.items()}
            self._build()
            for key, field in self.fields.items():
                field.set_value(self._shown(kept, key))
                field.setEnabled(enabled[key])

    def _of_id(self, key: str) -> bool:
        """Whether a field is part of what a line is known by."""
        return key in ("matter", "area", "tier") if self._kind is ListKind.DUTY else key == "id"

    def _shown(self, record: Mapping[str, Any], key: str) -> Any:
        value = take(record, key)
        if key != "reinforcements":
            return value
        return [{"level": at, **need} for at, level in enumerate(value or (), 1) for need in level]

    def _key(self, field: str) -> str:
        """The field that a trouble is of: "limits" of "limits.ack"; the last line of all for the whole."""
        if field in self._troubles:
            return field
        head = field.partition(".")[0]
        return next((key for key in self._troubles if head and key.partition(".")[0] == head), "")

    def _build(self) -> None:
        sheet = QWidget()
        grid = QGridLayout(sheet)
        grid.setContentsMargins(14, 6, 14, 10)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        self.fields, self._names, self._troubles = {}, {}, {}
        for row, (key, name, field) in enumerate(self._form()):
            label = QLabel(name, sheet)
            label.setProperty("role", "quiet")
            label.setContentsMargins(0, 6, 0, 0)
            label.setBuddy(field)
            field.setAccessibleName(name)
            if isinstance(field, RecordTable):
                field.name(name)
            field.changed.connect(self._typed)
            cell = QVBoxLayout()
            cell.setSpacing(0)
            cell.addWidget(field)
            wrong = QVBoxLayout()
            wrong.setContentsMargins(2, 0, 0, 0)
            cell.addLayout(wrong)
            wide = isinstance(field, RecordTable | SpansField)
            if wide:
                grid.addWidget(label, row * 2, 0, 1, 2)
                grid.addLayout(cell, row * 2 + 1, 0, 1, 2)
            else:
                grid.addWidget(label, row * 2, 0, Qt.AlignmentFlag.AlignTop)
                grid.addLayout(cell, row * 2, 1)
            self.fields[key], self._names[key], self._troubles[key] = field, label, wrong
        whole = QVBoxLayout()
        last = 2 * len(self.fields)
        grid.addLayout(whole, last, 0, 1, 2)
        grid.setRowStretch(last + 1, 1)
        self._troubles[""] = whole
        self.setWidget(sheet)
        sheet.setAutoFillBackground(False)

    def _typed(self) -> None:
        self.changed.emit()

    def _form(self) -> list[tuple[str, str, Field | RecordTable]]:
        match self._kind:
            case ListKind.MATTER:
                return self._matter()
            case ListKind.DUTY:
                return self._duty()
        return self._card()

    def _words(self) -> tuple[Part, Part]:
        return Part("name.zh", self.tr("中文"), share=4), Part("name.en", self.tr("英文"), share=4)

    def _matter(self) -> list[tuple[str, str, Field | RecordTable]]:
        fields = RecordTable(
            (
                Part("code", self.tr("代号"), share=3),
                *self._words(),
                Part("kind", self.tr("类型"), options_of(FieldKind), share=3),
                Part("required", self.tr("必填"), flag=True, share=2),
                Part("choices", self.tr("选项(甲/A;乙/B)"), share=5, write=_write_choices, read=_read_choices),
            )
        )
        return [
            ("id", self.tr("编号"), TextField()),
            ("name.zh", self.tr("名称(中文)"), TextField()),
            ("name.en", self.tr("名称(英文)"), TextField()),
            ("national", self.tr("国标代码"), TextField()),
            ("group.zh", self.tr("大类(中文)"), TextField()),
            ("group.en", self.tr("大类(英文)"), TextField()),
            ("level", self.tr("默认等级"), ChoiceField(options_of(Level), None)),
            ("stages", self.tr("环节"), SetField(Stage)),
            ("form", self.tr("表单字段"), fields),
        ]

    def _duty(self) -> list[tuple[str, str, Field | RecordTable]]:
        names = self._given
        assist = RecordTable((Part("agency", self.tr("单位"), names.agencies),), single=True)
        steps = RecordTable(
            (
                Part("of", self.tr("哪个时限"), options_of(Limit)),
                Part("to", self.tr("告知单位"), names.agencies, share=4),
                Part("after", self.tr("超过后(分钟,或 2wh、1wd)"), share=4),
            )
        )
        return [
            ("matter", self.tr("事项"), ChoiceField(names.matters)),
            ("area", self.tr("区域"), ChoiceField(names.areas, self.tr("全部"))),
            ("tier", self.tr("层级"), ChoiceField(options_of(Tier), self.tr("不限"))),
            ("lead", self.tr("主办"), ChoiceField(names.agencies)),
            ("assist", self.tr("协办"), assist),
            ("limits", self.tr("时限"), SpansField(Limit)),
            ("escalate", self.tr("超时升级"), steps),
        ]

    def _card(self) -> list[tuple[str, str, Field | RecordTable]]:
        names = self._given
        need = (
            Part("capability", self.tr("能力"), names.capabilities, share=4),
            Part("count", self.tr("数量"), share=2, read=_whole),
            *self._words(),
        )
        text = (Part("text.zh", self.tr("中文"), share=5), Part("text.en", self.tr("英文"), share=5))
        agency = Part("agency", self.tr("单位"), names.agencies, share=3)
        level = Part("level", self.tr("级"), share=1, read=_whole)
        gate = Part("gate", self.tr("必做"), flag=True, share=2)
        due = Part("due", self.tr("限时"), share=2)
        return [
            ("id", self.tr("编号"), TextField()),
            ("matter", self.tr("事项"), ChoiceField(names.matters)),
            ("name.zh", self.tr("名称(中文)"), TextField()),
            ("name.en", self.tr("名称(英文)"), TextField()),
            ("when.area", self.tr("适用区域"), ChoiceField(names.areas, self.tr("全部"))),
            ("when.least", self.tr("最低等级"), ChoiceField(options_of(Level), self.tr("不限"))),
            ("when.hours", self.tr("适用时段"), HoursField()),
            ("when.indicator", self.tr("告警指标"), ChoiceField(names.indicators, self.tr("不限"))),
            ("needs", self.tr("需要力量"), RecordTable(need)),
            ("reinforcements", self.tr("增援"), RecordTable((level, *need))),
            ("tasks", self.tr("任务"), RecordTable((*text, agency, gate, due))),
            ("messages", self.tr("通知"), RecordTable((agency, *text))),
            ("cameras", self.tr("上墙视频数"), TextField(number=True)),
            ("wall", self.tr("上墙画面"), TextField()),
        ]

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.rebuild()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # keys are the window's


def _levels(lines: Sequence[Mapping[str, Any]]) -> Any:
    """Needs in their levels, by the number that each line has; a gap is no level."""
    found: dict[int, list[dict[str, Any]]] = {}
    for line in lines:
        level = line.get("level")
        found.setdefault(level if isinstance(level, int) and level > 0 else 1, []).append(
            {key: value for key, value in line.items() if key != "level"}
        )
    return [found[level] for level in sorted(found)]


def _whole(text: str) -> Any:
    return int(text) if text.isascii() and text.isdigit() else text


def _write_choices(value: Any) -> str:
    return ";".join(f"{one['zh']}/{one['en']}" for one in value) if isinstance(value, list) else str(value)


def _read_choices(text: str) -> Any:
    found = []
    for part in text.replace("；", ";").split(";"):
        zh, mark, en = part.partition("/")
        if part.strip():
            found.append({"zh": zh.strip(), "en": en.strip()} if mark else part)
    return found
