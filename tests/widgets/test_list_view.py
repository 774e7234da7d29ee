"""The three lists as a widget of its own: it takes plain data and emits intent."""

import pytest
from english import translated
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.domain.lists import ListKind
from widgets import samples
from widgets.list_data import Trouble
from widgets.list_fields import SpansField
from widgets.list_view import ListView
from widgets.record_table import Part, RecordTable
from widgets.words import Words


@pytest.fixture
def view(app: QApplication) -> ListView:
    made = ListView()
    made.resize(1200, 700)
    made.show_lists(*samples.lists())
    made.show()
    made.activateWindow()
    app.processEvents()
    return made


def test_what_is_typed_is_told_and_kept_meanwhile(view: ListView) -> None:
    heard: list[tuple[object, ...]] = []
    view.kept.connect(lambda *given: heard.append(given))
    view.go_to(ListKind.DUTY, "duty:river")
    limits = view.form.fields["limits"]
    assert isinstance(limits, SpansField)
    assert (limits.fields["handle"].amount.text(), limits.fields["handle"].unit.currentText()) == ("2", "工作时")
    QTest.keyClicks(limits.fields["close"].amount, "60")
    assert view.save.isEnabled() and heard == []
    view.show_lists(*samples.lists())  # something came in meanwhile
    assert limits.fields["close"].amount.text() == "60"
    with translated():
        assert view.save.text() == "Save" and list(view.drafts()) == ["duty:river"]
        kept = view.form.fields["limits"]
        assert isinstance(kept, SpansField) and kept.fields["close"].amount.text() == "60"
        assert kept.fields["close"].amount.accessibleName() == "Close"
    view.save.click()
    ((kind, id, record),) = heard
    assert (kind, id) == (ListKind.DUTY, "duty:river")
    assert record["limits"] == {"ack": "1.5min", "handle": "2wh", "close": "60min"}  # type: ignore[index]


def test_troubles_stand_at_their_fields(view: ListView, app: QApplication) -> None:
    view.go_to(ListKind.DUTY, "duty:river")
    view.tell((Trouble("limits.ack", samples.OPERATOR), Trouble("", samples.VILLAGE)))
    app.processEvents()
    assert len(view.form.told()) == 2
    limits = view.form.fields["limits"]
    assert isinstance(limits, SpansField) and limits.isAncestorOf(view.focusWidget())
    view.tell(())
    app.processEvents()
    assert not [words for words in view.form.findChildren(Words) if words.isVisible()]


def test_a_struck_line_is_only_looked_at(view: ListView) -> None:
    view.go_to(ListKind.CARD, "card:river")
    assert not view.form.fields["cameras"].isEnabled()
    assert view.restore.isEnabled() and not view.strike.isEnabled()
    view.allow("不行")
    assert not view.restore.isEnabled() and view.restore.toolTip() == "不行" and view.note.words() == "不行"


def test_lines_of_a_small_table_are_added_moved_and_removed(app: QApplication) -> None:
    options = (("fire", samples.AGENCIES["fire"]), ("water", samples.AGENCIES["water"]))
    table = RecordTable(
        (Part("to", "单位", options), Part("after.min", "后", read=int), Part("now", "立即", flag=True))
    )
    lines = [{"to": "fire", "after": {"min": 3}}, {"to": "nobody", "now": True}]
    table.set_value(lines)
    table.show()
    table.activateWindow()
    app.processEvents()
    assert table.value() == lines
    heard: list[bool] = []
    table.changed.connect(lambda: heard.append(True))
    table.table.setCurrentCell(1, 0)
    table.table.setFocus()
    QTest.keyClick(table.table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert table.value() == lines[::-1]
    QTest.keyClick(table.table, Qt.Key.Key_Insert, Qt.KeyboardModifier.AltModifier)
    assert table.table.rowCount() == 3 and table.value() == lines[::-1]  # an empty line is none
    table.table.item(2, 1).setText("7")
    assert table.value()[2] == {"after": {"min": 7}}
    QTest.keyClick(table.table, Qt.Key.Key_Delete, Qt.KeyboardModifier.AltModifier)
    assert table.value() == lines[::-1] and len(heard) == 4
