"""The note line keeps what is typed; the log's table pages, strikes what was corrected, and says what can be done."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from console.domain.log import Entry, Kind, LogFilter, Note, seal
from console.domain.words import Label
from tests.widgets.english import translated
from widgets.log_filter import SOON_MS, LogFilterBar
from widgets.log_table import LogRow
from widgets.log_view import LogView
from widgets.message_log import MessageLog
from widgets.note_bar import Draft, NoteBar

LI = Label("李值班员", "Duty officer Li")
START = datetime(2026, 6, 12, tzinfo=UTC)


def entry(number: int, text: str, **more: object) -> Entry:
    note = replace(Note(Kind.NOTE, LI, text=text), **more)  # type: ignore[arg-type]
    at = START + timedelta(minutes=number)
    return seal(note, id=f"e{number}", device="d", author="li", at=at, last=None)


@pytest.fixture
def bar(app: object) -> Iterator[NoteBar]:
    made = NoteBar()
    made.resize(1200, 44)
    made.set_incidents([("i34", "I34 河道水位超警"), ("i36", "I36 占道施工")])
    yield made
    made.deleteLater()


def show(widget: QWidget) -> None:
    widget.show()
    QApplication.processEvents()


def test_enter_tells_what_is_typed_and_readies_the_line(bar: NoteBar) -> None:
    told: list[Draft] = []
    bar.written.connect(told.append)
    bar.begin("i34")
    bar.kind.setCurrentIndex(bar.kind.findData("phone"))
    bar.caller.setText("群众")
    bar.text.setText("  桥头有人 ")
    QTest.keyClick(bar.text, Qt.Key.Key_Return)
    assert told == [Draft("phone", "群众", "", "i34", "  桥头有人 ")]
    assert bar.draft() == Draft("phone", "", "", "i34", "")
    assert bar.isHidden()


def test_nothing_is_told_without_words_and_the_name_stays(bar: NoteBar) -> None:
    told: list[Draft] = []
    bar.written.connect(told.append)
    bar.begin()
    bar.caller.setText("群众")
    QTest.keyClick(bar.text, Qt.Key.Key_Return)
    assert told == []
    assert [draft["sender"] for draft in bar.drafts()] == ["群众"]


def test_esc_puts_it_away_with_what_is_in_it(bar: NoteBar) -> None:
    bar.begin("i36")
    bar.text.setText("半句")
    QTest.keyClick(bar.text, Qt.Key.Key_Escape)
    assert bar.isHidden()
    bar.begin("i34")  # another incident is shown meanwhile
    assert bar.draft() == Draft("note", "", "", "i36", "半句")


def test_a_correction_lets_what_was_typed_wait(bar: NoteBar) -> None:
    told: list[Draft] = []
    bar.written.connect(told.append)
    bar.begin("i34")
    bar.text.setText("半句")
    bar.correct(Draft("phone", "群众", "", "i36", "转移 12 户", "e7", "08:20 转移 12 户"))
    assert bar.waiting() == 1
    assert not bar.incident.isEnabled()  # a correction is of the same incident
    bar.text.setText("转移 14 户")
    QTest.keyClick(bar.text, Qt.Key.Key_Return)
    assert told[0].corrects == "e7"
    assert bar.draft() == Draft("note", "", "", "i34", "半句")
    assert bar.incident.isEnabled()


def test_all_that_is_typed_is_kept_and_comes_back(bar: NoteBar) -> None:
    bar.begin("i34")
    bar.text.setText("第一句")
    bar.correct(Draft("note", "", "", "i99", "第二句", "e7", "旧的"))
    kept = bar.drafts()
    again = NoteBar()
    again.set_drafts([{**one, "of a newer desk": "x"} for one in kept])
    assert not again.isHidden()
    assert again.drafts() == kept
    assert again.draft().incident == "i99"  # which is not open any more
    again.deleteLater()


def test_one_that_was_not_kept_does_not_push_out_another(bar: NoteBar) -> None:
    bar.begin()
    bar.text.setText("正在写")
    bar.give_back(Draft(text="没写进去"))
    assert bar.draft().text == "正在写"
    bar.send()
    assert bar.draft().text == "没写进去"
    assert not bar.isHidden()


def test_a_language_changes_the_words_and_not_what_is_typed(bar: NoteBar) -> None:
    bar.begin("i36")
    bar.kind.setCurrentIndex(bar.kind.findData("radio"))
    bar.text.setText("水位")
    before = bar.draft()
    with translated():
        assert bar.draft() == before
        assert bar.kind.currentText() == "Radio"
        assert bar.incident.itemText(0) == "No incident"


def test_the_filter_asks_once_for_what_was_typed(app: object) -> None:
    made = LogFilterBar()
    asked: list[LogFilter] = []
    made.changed.connect(asked.append)
    made.set_incidents([("i34", "I34")])
    made.set_authors([("li", "李")])
    QTest.keyClicks(made.text, "lsq")
    made.kind.setCurrentIndex(made.kind.findData("radio"))
    made.incident.setCurrentIndex(1)
    made.author.setCurrentIndex(1)
    made.caller.setText("消防")
    QTest.qWait(SOON_MS * 4)
    assert asked == [LogFilter("lsq", Kind.RADIO, "i34", "消防", "", "li")]
    with translated():
        assert made.wanted() == asked[0]
    QTest.keyClick(made.text, Qt.Key.Key_Escape)
    assert made.wanted() == LogFilter()
    made.span.setCurrentIndex(made.span.findData("yesterday"))
    since, until = made.wanted().since, made.wanted().until
    assert since is not None and until is not None
    assert until - since == timedelta(days=1)
    made.deleteLater()


@pytest.fixture
def log(app: object) -> Iterator[MessageLog]:
    made = MessageLog()
    made.resize(1100, 400)
    show(made)
    yield made
    made.close()
    made.deleteLater()


def test_the_old_is_struck_through_with_its_correction_beside_it(log: MessageLog) -> None:
    old, new = entry(1, "转移 12 户"), entry(2, "转移 14 户", corrects="e1")
    log.show_rows([LogRow(new, original=old), LogRow(old, corrections=(new,), incident="I34")], False)
    assert log.table.struck() == ["转移 12 户"]
    first, second = log.table.texts()
    assert "更正了:转移 12 户" in first
    assert "更正为:转移 14 户" in second and "I34" in second
    with translated():
        assert "Corrected to: 转移 14 户" in log.table.texts()[1]
    log.grab()  # paints


def test_more_is_asked_for_when_the_end_comes_in_sight(log: MessageLog) -> None:
    asked: list[int] = []
    log.moreWanted.connect(lambda: asked.append(1))
    rows = [LogRow(entry(n, f"第 {n} 条")) for n in range(300, 0, -1)]
    log.show_rows(rows[:100], True)
    QApplication.processEvents()
    assert not asked
    log.table.scrollToBottom()
    QApplication.processEvents()
    log.table.scrollToBottom()
    assert asked == [1]
    log.add_rows(rows[100:], False)
    log.table.scrollToBottom()
    QApplication.processEvents()
    assert asked == [1]
    assert len(log.table.rows()) == 300
    assert "300" in log.words()


def test_what_comes_on_top_does_not_move_the_reader(log: MessageLog) -> None:
    rows = [LogRow(entry(n, f"第 {n} 条")) for n in range(100, 0, -1)]
    log.show_rows(rows[1:], False)
    log.table.choose("e50")
    log.table.scrollTo(log.table.currentIndex(), QAbstractItemView.ScrollHint.PositionAtCenter)
    QApplication.processEvents()
    before = log.table.visualRect(log.table.currentIndex()).top()
    log.show_rows(rows, False)
    QApplication.processEvents()
    current = log.table.current()
    assert current is not None and current.entry.id == "e50"
    assert abs(log.table.visualRect(log.table.currentIndex()).top() - before) <= 2


def test_only_what_can_be_done_with_a_row_is_offered(log: MessageLog) -> None:
    told: list[object] = []
    for signal in (log.fileWanted, log.correctWanted, log.incidentWanted):
        signal.connect(told.append)
    plain = LogRow(entry(1, "无关事件"))
    file = LogRow(entry(2, "", incident="i34"), incident="I34", file="桥头.jpg")
    log.show_rows([file, plain], False)
    log.table.setFocus()
    log.table.choose("e1")
    for key in "OI":
        QTest.keyClick(log.table, key)
    assert told == []
    log.table.choose("e2")
    for key in "OIC":
        QTest.keyClick(log.table, key)
    assert told == [file, "i34", file]
    log.table.copy()
    assert "附件 · I34" in QApplication.clipboard().text()


def test_nothing_found_says_what_to_do(log: MessageLog) -> None:
    log.show_rows([], False)
    assert "0" in log.words()
    log.show_indexing(4200)
    assert "4200" in log.words()
    log.show_failed("磁盘已满")
    assert log.words() == "磁盘已满"
    log.grab()


def test_an_incidents_own_log_strikes_it_through_too(app: object) -> None:
    view = LogView()
    old, new = entry(1, "转移 12 户"), entry(2, "转移 14 户", corrects="e1")
    view.show_entries((old,), True)
    assert view.struck() == []
    view.show_entries((new, old), True)
    assert view.struck() == ["转移 12 户"]
    view.deleteLater()
