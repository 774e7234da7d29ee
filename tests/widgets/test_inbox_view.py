"""待处理: everything refused can be read, corrected, sent again or discarded with a reason, and no word is lost."""

from pathlib import Path

import pytest
from english import translated
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from widgets import samples
from widgets.form_block import ChoiceBox
from widgets.inbox_view import InboxView
from widgets.keycap import KeyButton

SHOTS = Path(__file__).parents[2] / "build" / "shots"


@pytest.fixture
def view(app: QApplication) -> InboxView:
    made = InboxView()
    made.resize(1000, 460)
    made.show_inbox(samples.inbox(), samples.NOW)
    made.show()
    made.activateWindow()
    app.processEvents()
    made.setFocus()
    return made


def button(view: InboxView, key: str) -> KeyButton:
    return next(each for each in view.findChildren(KeyButton) if each.key() == key)


def payload(view: InboxView) -> list[str]:
    return [label.text() for label in view._page.widget().findChildren(QLabel)]


def heard(view: InboxView) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    view.resent.connect(lambda id, texts: found.append(("resent", id, texts)))
    view.discarded.connect(lambda id, reason: found.append(("discarded", id, reason)))
    view.incidentWanted.connect(lambda id: found.append(("incident", id)))
    return found


def test_the_newest_is_on_top_and_its_payload_is_readable(view: InboxView) -> None:
    rows = view.rows()
    assert [row.id for row in rows] == ["o1", "o2", "o3"]
    assert (rows[0].title, rows[0].right) == ("派单 I34 · 3 个力量", "14:28")
    assert rows[0].detail == "I34 已是“结案”,不能再做这一步。"
    assert rows[2].right == "07-13 13:32"
    words = payload(view)
    assert words[:6] == ["事件", "I34 河道水位超警", "主办", "水务分局", "力量", "消防 1 车、交警 12、抢险队 1"]
    SHOTS.mkdir(parents=True, exist_ok=True)
    view.grab().save(str(SHOTS / "inbox.png"))


def test_letters_act_on_the_selected_one(view: InboxView) -> None:
    found = heard(view)
    listed = view.focusProxy()
    assert listed is not None
    QTest.keyClick(listed, Qt.Key.Key_R)
    QTest.keyClick(listed, Qt.Key.Key_O)
    QTest.keyClick(listed, Qt.Key.Key_Down)
    QTest.keyClick(listed, Qt.Key.Key_R)
    assert found == [("resent", "o1", {}), ("incident", "i34"), ("resent", "o2", {})]


def test_only_what_may_be_corrected_is_edited_in_place(view: InboxView) -> None:
    found = heard(view)
    assert not button(view, "Ctrl ↵").isEnabled() and "改动" in button(view, "Ctrl ↵").toolTip()
    assert list(view.editors()) == ["orders.0.text"]
    listed = view.focusProxy()
    assert listed is not None
    QTest.keyClick(listed, Qt.Key.Key_E)
    editor = view.editors()["orders.0.text"]
    assert isinstance(editor, QLineEdit) and editor.hasFocus()
    editor.clear()
    QTest.keyClicks(editor, "REOX")  # letters are words here
    assert found == []
    QTest.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert found == [("resent", "o1", {"orders.0.text": "REOX"})]


def test_a_choice_is_one_of_those_there_are(view: InboxView) -> None:
    found = heard(view)
    view.select("o3")
    box = view.editors()["edits.1.value"]
    assert isinstance(box, ChoiceBox)
    assert [box.itemText(at) for at in range(box.count())] == ["蓝色", "黄色", "橙色", "红色"]
    assert box.currentText() == "橙色"
    assert not button(view, "O").isVisible()  # its incident is not here
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.currentText() == "红色"
    QTest.keyClick(box, Qt.Key.Key_R)
    assert found == []
    QTest.mouseClick(button(view, "Ctrl ↵"), Qt.MouseButton.LeftButton)
    assert found == [("resent", "o3", {"edits.1.value": "red"})]


def test_discarding_needs_a_reason(view: InboxView) -> None:
    found = heard(view)
    listed = view.focusProxy()
    assert listed is not None
    QTest.keyClick(listed, Qt.Key.Key_X)
    assert found == [] and view.reason().isVisible() and view.reason().hasFocus()
    assert not button(view, "X").isEnabled() and "原因" in button(view, "X").toolTip()
    QTest.keyClick(view.reason(), Qt.Key.Key_Return)
    assert found == []
    QTest.keyClick(view.reason(), Qt.Key.Key_Escape)
    assert not view.reason().isVisible() and button(view, "X").isEnabled()
    QTest.keyClick(listed, Qt.Key.Key_X)
    QTest.keyClicks(view.reason(), " done by phone ")
    QTest.keyClick(view.reason(), Qt.Key.Key_Return)
    assert found == [("discarded", "o1", "done by phone")]


def test_what_is_typed_stays_while_others_are_looked_at_and_come_in(view: InboxView) -> None:
    editor = view.editors()["orders.0.text"]
    assert isinstance(editor, QLineEdit)
    QTest.keyClicks(editor, "!")
    view.show_inbox(samples.inbox(), samples.NOW)
    assert view.editors()["orders.0.text"] is editor  # nothing jumps
    view.select("o2")
    view.select("o1")
    again = view.editors()["orders.0.text"]
    assert isinstance(again, QLineEdit) and again.text().endswith("!")
    view.show_inbox(samples.inbox()[1:], samples.NOW)
    view.show_inbox(samples.inbox(), samples.NOW)
    view.select("o1")
    fresh = view.editors()["orders.0.text"]
    assert isinstance(fresh, QLineEdit) and not fresh.text().endswith("!")


def test_an_empty_inbox_says_so(view: InboxView) -> None:
    view.show_inbox((), samples.NOW)
    assert view.rows() == [] and view.selected() is None
    assert not view._body.isVisible()
    assert view._list._empty[0] == "没有待处理"


def test_it_speaks_the_other_language_and_keeps_what_is_typed(view: InboxView) -> None:
    view.select("o2")
    editor = view.editors()["note.text"]
    assert isinstance(editor, QLineEdit)
    QTest.keyClicks(editor, "!")
    with translated():
        assert view.rows()[0].title == "Dispatch I34 · 3 units"
        assert payload(view)[0] == "Incident"
        assert button(view, "R").text() == "Resend as it is"
        kept = view.editors()["note.text"]
        assert isinstance(kept, QLineEdit) and kept.text().endswith("!")


@pytest.mark.parametrize("size", [(420, 560), (1280, 720)])
def test_it_fits(view: InboxView, size: tuple[int, int], app: QApplication) -> None:
    view.resize(*size)
    app.processEvents()
    for key in ("Ctrl ↵", "R", "X", "O"):
        each = button(view, key)
        assert view.rect().contains(each.rect().translated(each.mapTo(view, each.rect().topLeft())))
