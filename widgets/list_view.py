"""The three lists on screen: a table of lines with a filter, and the form of one beside it.

What is typed into a line stays with it until it is kept or let go, wherever one looks meanwhile.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSplitter, QTabBar, QVBoxLayout, QWidget

from console.domain.lists import ListKind, Origin
from widgets.flow import FlowLayout
from widgets.keycap import KeyButton
from widgets.keys import on_key
from widgets.lang import show
from widgets.list_data import ListNames, ListRow, Trouble
from widgets.list_form import ListForm
from widgets.list_table import ListTable
from widgets.paint import ink
from widgets.section import Section

NARROW = 1100  # pixels; below it the table is the smaller half
FRESH = "+"  # the id of a line that is not kept yet


class ListView(QWidget):
    """Emits intent; the rules are somebody else's: `tell` says what they found."""

    kept = Signal(object, str, object)  # ListKind, id of the line ("" for a new one), plain record
    struck = Signal(str)  # id
    restored = Signal(str)  # id
    importRequested = Signal()
    exportRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[ListRow, ...] = ()
        self._names = ListNames()
        self._refusal = ""
        self._notice = ""
        self._drafts: dict[str, dict[str, Any]] = {}  # line -> what was typed
        self._queries: dict[ListKind, str] = {}
        self._shown: tuple[ListKind, str] | None = None
        self._filled: Mapping[str, Any] = {}
        self._make_parts()
        self._lay_out()
        self._make_keys()
        self._retranslate()

    def _make_parts(self) -> None:
        self.tabs = QTabBar(self)
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        for kind in ListKind:
            self.tabs.addTab(kind.value)
        self.tabs.currentChanged.connect(lambda _at: self._change_tab())
        self.filter = QLineEdit(self)
        self.filter.textEdited.connect(self._narrow)
        self.table = ListTable(self)
        self.table.chosen.connect(lambda _id: self._show_line())
        self.body = QWidget(self)
        self.head = Section(self.body)
        self.form = ListForm(self.body)
        self.table.opened.connect(lambda _id: self.form.begin())
        self.form.changed.connect(self._typed)
        self.save = KeyButton("Ctrl S", primary=True)
        self.fresh, self.copy = KeyButton("Ctrl N"), KeyButton("Ctrl D")
        self.strike, self.restore = KeyButton("Ctrl ⇧ X"), KeyButton("Ctrl R")
        self.let_go = KeyButton("Ctrl ⇧ U")
        self.take_in, self.write_out = KeyButton("Ctrl I"), KeyButton("Ctrl E")

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(10, 6, 10, 4)
        top.setSpacing(8)
        top.addWidget(self.tabs)
        top.addStretch(1)
        for button in (self.fresh, self.take_in, self.write_out):
            top.addWidget(button)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(10, 4, 6, 8)
        column.addWidget(self.filter)
        column.addWidget(self.table, 1)
        buttons = FlowLayout()
        buttons.setContentsMargins(14, 6, 12, 10)
        for button in (self.save, self.let_go, self.copy, self.strike, self.restore):
            buttons.addWidget(button)
        inside = QVBoxLayout(self.body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addWidget(self.head)
        inside.addWidget(self.form, 1)
        inside.addLayout(buttons)
        self.split = QSplitter(Qt.Orientation.Horizontal, self)
        self.split.addWidget(left)
        self.split.addWidget(self.body)
        self.split.setChildrenCollapsible(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(top)
        self.note = Section(self)
        whole.addWidget(self.note)
        whole.addWidget(self.split, 1)
        self.setFocusProxy(self.table)

    def _make_keys(self) -> None:
        for button, slot in (
            (self.save, self._keep),
            (self.fresh, self._begin_fresh),
            (self.copy, self._begin_copy),
            (self.strike, self._strike),
            (self.restore, self._restore),
            (self.take_in, self.importRequested.emit),
            (self.write_out, self.exportRequested.emit),
            (self.let_go, self._let_go),
        ):
            button.clicked.connect(lambda _on=False, slot=slot: slot())
        on_key(self.table, "/", self._begin_filter)
        QShortcut(QKeySequence("Ctrl+F"), self, self._begin_filter)
        for at in range(self.tabs.count()):
            QShortcut(QKeySequence(f"Alt+{at + 1}"), self, partial(self.tabs.setCurrentIndex, at))

    # -- what is shown

    def show_lists(self, rows: Sequence[ListRow], names: ListNames) -> None:
        """Show these. What was typed into lines that stay is kept."""
        self._rows, self._names = tuple(rows), names
        self._refresh()

    def allow(self, refusal: str) -> None:
        """Nothing can be changed, for this reason; everything with an empty one."""
        if refusal != self._refusal:
            self._refusal = refusal
            self._shown = None
        self._refresh()

    def say(self, text: str, role: str = "quiet") -> None:
        """One line above the lists."""
        self._notice = text
        self.note.set_words(self._refusal or text, "yellow" if self._refusal else role)
        self.note.setVisible(bool(self._refusal or text))

    def tell(self, troubles: Sequence[Trouble]) -> None:
        """Why the line was not kept."""
        self.form.tell(troubles)

    def done(self, id: str, before: str = "") -> None:
        """A line was kept: go to it."""
        self._drafts.pop(before or self._fresh_id(), None)
        self._drafts.pop(id, None)
        self._shown = None
        self.table.select(id)
        self._refresh()

    def kind(self) -> ListKind:
        return list(ListKind)[max(0, self.tabs.currentIndex())]

    def go_to(self, kind: ListKind, id: str | None = None) -> None:
        self.tabs.setCurrentIndex(list(ListKind).index(kind))
        if id is not None:
            self.table.select(id)
            self._show_line()

    def selected(self) -> ListRow | None:
        """The line in the form; None for one that is new."""
        id = self._shown[1] if self._shown else None
        return next((row for row in self._rows if row.id == id), None)

    def drafts(self) -> dict[str, dict[str, Any]]:
        """What was typed and not kept, by line."""
        return dict(self._drafts)

    def set_drafts(self, drafts: Mapping[str, dict[str, Any]]) -> None:
        self._drafts = dict(drafts)
        self._shown = None
        self._refresh()

    def _refresh(self) -> None:
        kind = self.kind()
        mine = [row for row in self._rows if row.kind is kind]
        self.table.show_rows(mine, self._headings(kind), _WIDTHS[kind], 3 if kind is ListKind.DUTY else None)
        self.table.mark(frozenset(self._drafts))
        for at, each in enumerate(ListKind):
            count = sum(row.kind is each and row.origin is not Origin.STRUCK for row in self._rows)
            self.tabs.setTabText(at, f"{show(each.label)} {count}")
        if self.table.selected_id() is None and self._fresh_id() not in self._drafts and self.table.rows():
            self.table.select(self.table.rows()[0].id)
        self.say(self._notice)
        self._show_line()

    def _show_line(self) -> None:
        kind, id = self.kind(), self.table.selected_id()
        if id is None and self._fresh_id() in self._drafts:
            id = self._fresh_id()
        self.body.setEnabled(id is not None)
        if id is None:
            self._shown = None
            self.head.set_title("")
            self.head.set_words("")
            self._allow()
            return
        row = next((row for row in self._rows if row.id == id), None)
        record = self._drafts.get(id, row.record if row else {})
        if (kind, id) != self._shown or (id not in self._drafts and record != self._filled):
            self._shown, self._filled = (kind, id), record
            locked = bool(self._refusal) or (row is not None and row.origin is Origin.STRUCK)
            self.form.fill(kind, record, self._names, fixed=row is not None, locked=locked)
        self.head.set_title(show(row.name) if row else self.tr("新的一条"))
        self._allow()

    def _allow(self) -> None:
        row, id = self.selected(), self._shown[1] if self._shown else ""
        draft = id in self._drafts
        struck = row is not None and row.origin is Origin.STRUCK
        if self._shown is not None:
            told = show(row.origin.label) if row else ""
            self.head.set_words(" · ".join(filter(None, (told, self.tr("未保存") if draft else ""))))
        no = self._refusal
        self.save.allow(no or ("" if draft else self.tr("还没有改动")))
        self.let_go.allow("" if draft else self.tr("还没有改动"))
        self.copy.allow(no or ("" if row else self.tr("先保存这一条")))
        gone = self.tr("已经划去") if struck else self.tr("先保存这一条") if row is None else ""
        self.strike.allow(no or gone)
        own = row is not None and row.origin in (Origin.CHANGED, Origin.STRUCK)
        self.restore.allow(no or ("" if own else self.tr("和自带的一样,或自带里没有")))
        self.fresh.allow(no)
        self.take_in.allow(no)

    # -- what is done

    def _fresh_id(self) -> str:
        return f"{FRESH}{self.kind().value}"

    def _typed(self) -> None:
        if self._shown is None:
            return
        id = self._shown[1]
        typed, row = self.form.value(), self.selected()
        if row is not None and _same(typed, row.record):
            self._drafts.pop(id, None)
        else:
            self._drafts[id] = typed
        self.table.mark(frozenset(self._drafts))
        self._allow()

    def _keep(self) -> None:
        if self._shown is not None and self._shown[1] in self._drafts:
            row = self.selected()
            self.kept.emit(self.kind(), row.id if row else "", self.form.value())

    def _let_go(self) -> None:
        """The line as it was."""
        if self._shown is not None:
            self._drafts.pop(self._shown[1], None)
            self._shown = None
            self._refresh()
            self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _begin_fresh(self) -> None:
        self._start({"stages": ["reported", "closed"], "level": "blue"} if self.kind() is ListKind.MATTER else {})

    def _begin_copy(self) -> None:
        """A new line like this one; what it is known by is to be said."""
        if (row := self.selected()) is not None:
            known_by = ("area", "tier") if row.kind is ListKind.DUTY else ("id",)
            self._start({key: value for key, value in row.record.items() if key not in known_by})

    def _start(self, record: dict[str, Any]) -> None:
        self._drafts[self._fresh_id()] = record
        self._shown = None
        self.table.select(None)
        self._show_line()
        self.form.begin()

    def _strike(self) -> None:
        if (row := self.selected()) is not None:
            self.struck.emit(row.id)

    def _restore(self) -> None:
        if (row := self.selected()) is not None:
            self._drafts.pop(row.id, None)
            self.restored.emit(row.id)

    def _begin_filter(self) -> None:
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def _narrow(self, text: str) -> None:
        self._queries[self.kind()] = text
        self.table.narrow(text)
        if self.table.selected_id() is None and self.table.rows() and self._fresh_id() not in self._drafts:
            self.table.select(self.table.rows()[0].id)
        self._show_line()

    def _change_tab(self) -> None:
        query = self._queries.get(self.kind(), "")
        self.filter.setText(query)
        self.table.select(None)
        self._shown = None
        self.table.narrow(query)
        self._refresh()

    # -- Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self.filter.hasFocus():
                self.filter.clear()
                self._narrow("")
                self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return
            if not self.table.hasFocus():
                self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return
        if self.filter.hasFocus() and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        share = 0.42 if self.width() < NARROW * 1.3 else 0.5
        self.split.setSizes([int(self.width() * share), int(self.width() * (1 - share))])

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), ink("panel"))
        edge = self.split.mapTo(self, self.body.geometry().topLeft())
        painter.fillRect(edge.x() - 2, edge.y(), 1, self.split.height(), ink("hairline"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)

    def _headings(self, kind: ListKind) -> tuple[str, ...]:
        id, name, matter, origin = self.tr("编号"), self.tr("名称"), self.tr("事项"), self.tr("来源")
        match kind:
            case ListKind.MATTER:
                return id, name, self.tr("大类"), self.tr("代码"), self.tr("等级"), origin
            case ListKind.DUTY:
                return matter, self.tr("适用"), self.tr("主办"), self.tr("协办"), self.tr("时限"), origin
        return id, name, matter, self.tr("条件"), self.tr("任务"), origin

    def _retranslate(self) -> None:
        self.tabs.setAccessibleName(self.tr("三张清单"))
        self.filter.setPlaceholderText(self.tr("名称、编号或拼音首字母(Ctrl F)"))
        self.filter.setAccessibleName(self.tr("筛选"))
        self.table.setAccessibleName(self.tr("清单"))
        self.save.set_word(self.tr("保存"))
        self.let_go.set_word(self.tr("放弃改动"))
        self.fresh.set_word(self.tr("新建"))
        self.copy.set_word(self.tr("复制"))
        self.strike.set_word(self.tr("划去"), self.tr("这一条不再使用;可以恢复"))
        self.restore.set_word(self.tr("恢复自带"), self.tr("用专题包自带的内容"))
        self.take_in.set_word(self.tr("导入"), self.tr("从 XLSX 导入,先看预览"))
        self.write_out.set_word(self.tr("导出"), self.tr("三张清单导出为一个 XLSX"))
        self._refresh()


_WIDTHS = {
    ListKind.MATTER: (9, 13, 12, 5, 6, 7),
    ListKind.DUTY: (10, 6, 10, 12, 14, 6),
    ListKind.CARD: (9, 11, 11, 9, 4, 6),
}


def _same(one: Any, other: Any) -> bool:
    """Whether two plain values say the same; what is nothing may be left out, and 30 is "30min"."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return all(_same(one.get(key), other.get(key)) for key in {*one, *other})
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(_same(a, b) for a, b in zip(one, other, strict=True))
    if not one and not other:
        return (one in (None, "", [], {}, (), False) and other in (None, "", [], {}, (), False)) or one == other
    return one == other or str(one).removesuffix("min") == str(other).removesuffix("min")


if __name__ == "__main__":
    from widgets import samples

    def _build() -> QWidget:
        made = ListView()
        made.show_lists(*samples.lists())
        return made

    samples.run(_build)
