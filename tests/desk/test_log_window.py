"""The note line, the whole log and the documents, on a real desk."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from docx import Document
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.desk.desk import Desk
from console.desk.message_log import LogWindow
from console.desk.notes import Notes
from console.desk.plan import DEMO_PASSWORD, Options
from console.domain.errors import KnownError
from console.domain.log import Entry, Kind, Note
from console.domain.operation import WriteNote
from console.domain.words import Phrase
from console.store import log_index
from tests.desk.parts import at_work, open_incident, press, running, settle, sign_in, until, write


@pytest.fixture(scope="module")
def desk(app: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with at_work(tmp_path_factory.mktemp("desk")) as made:
        yield made


def notes(desk: Desk) -> Notes:
    assert desk.chrome.notes is not None
    return desk.chrome.notes


def log(desk: Desk) -> LogWindow:
    assert desk.chrome.log is not None
    return desk.chrome.log


def newest(desk: Desk) -> Entry:
    return entries(desk)[0]


def entries(desk: Desk) -> list[Entry]:
    """Newest first."""
    assert desk.session is not None
    with desk.session.store.read() as view:
        return view.entries()


def wrote(desk: Desk, text: str) -> Entry:
    until(lambda: [e for e in entries(desk) if e.note.text == text], f"{text} is in the log")
    return next(e for e in entries(desk) if e.note.text == text)


def open_log(desk: Desk) -> LogWindow:
    desk.window.activateWindow()
    until(desk.window.isActiveWindow, "the desk has the keyboard")
    press(desk.window, "F7")
    until(log(desk).isActiveWindow, "the log has the keyboard")
    log(desk).view.filter.clear()
    settle(0.3)
    return log(desk)


def shown(desk: Desk) -> list[str]:
    return [row.entry.note.text for row in log(desk).view.table.rows()]


def test_what_is_typed_is_there_again_after_a_restart(app: object, tmp_path: Path) -> None:
    with at_work(tmp_path) as first:
        press(first.window, "F5")
        bar = notes(first).bar
        until(bar.text.hasFocus, "open")
        bar.caller.setText("群众")
        write(bar.text, "没写完的一句")
        settle(0.7)  # kept within 0.4 s, not only when the window closes
        assert first.session is not None
        with first.session.store.read() as view:
            assert view.setting("notes")[0]["text"] == "没写完的一句"
    with running(Options(data=tmp_path, language="zh")) as again:
        sign_in(again)
        until(lambda: again.chrome.notes is not None and again.chrome.notes.bar.isVisible(), "the line is open")
        draft = notes(again).bar.draft()
        assert (draft.sender, draft.text) == ("群众", "没写完的一句")
    QApplication.processEvents()


def test_one_key_writes_a_note_of_no_incident(desk: Desk) -> None:
    assert desk.control is not None
    assert desk.control.incident is None
    press(desk.window, "F5")
    bar = notes(desk).bar
    until(bar.text.hasFocus, "the note line has the keyboard")
    write(bar.text, "对讲机已充电")
    press(bar.text, "Return")
    entry = wrote(desk, "对讲机已充电")
    assert entry.note == Note(Kind.NOTE, desk.session.user.name, text="对讲机已充电")  # type: ignore[union-attr]
    assert not bar.isVisible()


def test_the_key_works_in_another_line_and_in_another_window(desk: Desk) -> None:
    desk.window.top.command.begin()
    press(desk.window.top.command, "F5")
    until(notes(desk).bar.text.hasFocus, "from the command line")
    press(notes(desk).bar.text, "Escape")
    desk.chrome.open_inbox()
    inbox = desk.chrome.inbox
    assert inbox is not None
    until(inbox.isActiveWindow, "待处理")
    press(inbox, "F5")
    until(lambda: desk.window.isActiveWindow() and notes(desk).bar.text.hasFocus(), "from 待处理")
    press(notes(desk).bar.text, "Escape")
    inbox.close()


def test_who_said_it_to_whom_and_of_what(desk: Desk) -> None:
    session = desk.session
    assert session is not None
    incident = open_incident(session)
    assert desk.control is not None
    desk.control.open(incident)
    press(desk.window, "F5")
    bar = notes(desk).bar
    until(bar.text.hasFocus, "open")
    assert bar.incident.currentData() == incident  # the one that is shown
    bar.kind.setCurrentIndex(bar.kind.findData("radio"))
    bar.caller.setFocus()
    write(bar.caller, "xf1")
    unit = next(unit for unit in session.pack.units.values() if unit.code == "xf1")
    assert unit.name.zh in bar.caller.offered()
    bar.caller.setText(unit.name.zh)
    bar.text.setFocus()
    write(bar.text, "已过康乐路口")
    press(bar.text, "Return")
    note = wrote(desk, "已过康乐路口").note
    assert (note.kind, note.sender, note.receiver) == (Kind.RADIO, unit.name, session.user.name)
    assert note.incident == incident


def test_what_cannot_be_kept_is_in_the_line_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    session = desk.session
    assert session is not None

    def full(*_: object) -> None:
        raise KnownError(Phrase("disk_full", {"path": "x"}))

    press(desk.window, "F5")
    bar = notes(desk).bar
    until(bar.text.hasFocus, "open")
    with monkeypatch.context() as broken:
        broken.setattr("console.desk.session.perform", full)
        write(bar.text, "第一句")
        press(bar.text, "Return")
        until(lambda: bar.isVisible() and bar.draft().text == "第一句", "it is back")
    # another one is begun, and the first cannot be kept: both are there
    with monkeypatch.context() as broken:
        broken.setattr("console.desk.session.perform", full)
        press(desk.window, "F5")
        press(bar.text, "Return")
        press(desk.window, "F5")
        write(bar.text, "第二句")
        until(lambda: bar.waiting() == 1, "the first waits")
    press(desk.window, "F5")
    press(bar.text, "Return")
    wrote(desk, "第二句")
    assert bar.draft().text == "第一句"
    press(bar.text, "Return")
    wrote(desk, "第一句")
    assert bar.drafts() == []


def test_a_note_is_found_at_once_and_corrected(desk: Desk) -> None:
    session = desk.session
    assert session is not None
    session.do(WriteNote(Note(Kind.NOTE, session.user.name, text="转移 12 户到珊美小学")))
    wrote(desk, "转移 12 户到珊美小学")
    window = open_log(desk)
    write(window.view.filter.text, "smxx")
    until(lambda: shown(desk) == ["转移 12 户到珊美小学"], "found by its initials")
    window.view.table.setFocus()
    window.view.table.choose(window.view.table.rows()[0].entry.id)
    press(window.view.table, "C")
    bar = notes(desk).bar
    until(lambda: bar.window() is window and bar.text.hasFocus(), "the note line has come here")
    assert bar.text.text() == "转移 12 户到珊美小学"
    bar.text.setText("转移 14 户到珊美小学")
    press(bar.text, "Return")
    fixed = wrote(desk, "转移 14 户到珊美小学")
    until(lambda: shown(desk) == ["转移 14 户到珊美小学", "转移 12 户到珊美小学"], "both are shown")
    old = window.view.table.rows()[1]
    assert fixed.note.corrects == old.entry.id
    assert [entry.id for entry in old.corrections] == [fixed.id]
    assert window.view.table.struck() == ["转移 12 户到珊美小学"]
    assert "转移 14 户到珊美小学" in window.view.table.texts()[1]  # beside it
    with session.store.read() as view:
        assert view.get(Entry, old.entry.id) == old.entry
    window.close()


def test_filters_narrow_and_pages_follow(desk: Desk) -> None:
    session = desk.session
    assert session is not None
    for number in range(260):
        session.do(WriteNote(Note(Kind.PHONE, session.user.name, text=f"例行报告 {number}")))
    wrote(desk, "例行报告 259")
    window = open_log(desk)
    table, bar = window.view.table, window.view.filter
    until(lambda: len(table.rows()) == 100, "one page")
    bar.kind.setCurrentIndex(bar.kind.findData("phone"))
    until(lambda: set(shown(desk)) == {f"例行报告 {n}" for n in range(160, 260)}, "the newest by phone")
    while len(table.rows()) < 260:
        before = len(table.rows())
        table.scrollToBottom()
        until(lambda before=before: len(table.rows()) > before, "the next page")
    # what is not indexed yet comes when it is
    until(lambda: shown(desk)[:260] == [f"例行报告 {n}" for n in reversed(range(260))], "all of them, in order")
    settle(0.2)
    bar.clear()
    bar.caller.setText("nobody")
    until(lambda: not table.rows(), "nobody said anything")
    window.close()


def test_the_log_that_is_open_follows_what_is_written(desk: Desk) -> None:
    window = open_log(desk)
    session = desk.session
    assert session is not None
    session.do(WriteNote(Note(Kind.NOTE, session.user.name, text="刚刚写的")))
    until(lambda: "刚刚写的" in shown(desk)[:1], "it is on top")
    window.close()


def test_an_attachment_is_opened_from_its_entry(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session, control = desk.session, desk.control
    assert session is not None and control is not None
    photo = tmp_path / "桥头.jpg"
    photo.write_bytes(b"\xff\xd8\xff a photo")
    assert control.incident is not None
    session.attachments.attach(control.incident, photo)
    until(lambda: any(file.name == photo.name for file in session.state.attachments.values()), "attached")
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    window = open_log(desk)
    write(window.view.filter.text, "qt.jpg")
    until(lambda: [row.file for row in window.view.table.rows()] == [photo.name], "its entry")
    session.state.attachments.clear()  # of an incident of long ago
    window.view.table.setFocus()
    window.view.table.choose(window.view.table.rows()[0].entry.id)
    press(window.view.table, "O")
    until(lambda: opened, "opened")
    assert Path(opened[0]).read_bytes() == photo.read_bytes()
    window.close()


def export(desk: Desk, kind: str, form: str, lang: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: True)
    exporter = desk.chrome.exporter
    assert exporter is not None
    found: list[Path] = []
    exporter.written.connect(found.append)
    desk.chrome._export(kind)
    asked = exporter.form
    assert asked is not None
    asked.form.setCurrentIndex(asked.form.findData(form))
    asked.lang.setCurrentIndex(asked.lang.findData(lang))
    QTest.mouseClick(asked.go, Qt.MouseButton.LeftButton)
    until(lambda: found or asked.message() not in ("", "正在生成…"), f"{kind} as {form}")
    assert found, asked.message()
    exporter.written.disconnect(found.append)
    return found[0]


def test_a_document_is_written_from_the_desk(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    log309 = export(desk, "ics309", "docx", "en", monkeypatch)
    said = "\n".join(cell.text for row in Document(str(log309)).tables[0].rows for cell in row.cells)
    assert "例行报告 259" in said or "已过康乐路口" in said
    printed = export(desk, "handover", "pdf", "zh", monkeypatch)
    text = "".join(page.extract_text() for page in PdfReader(printed).pages)
    assert "交接班记录" in text.replace(" ", "")
    until(lambda: printed.name in desk.window.banner.text(), "the desk says where it is")


def test_a_handover_is_signed_by_both(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    session, exporter = desk.session, desk.chrome.exporter
    assert session is not None and exporter is not None
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: True)
    found: list[Path] = []
    exporter.written.connect(found.append)
    desk.chrome._export("handover")
    asked = exporter.form
    assert asked is not None
    other = next(user for user in session.pack.users.values() if user.id != session.user.id)
    asked.form.setCurrentIndex(asked.form.findData("docx"))
    asked.taking.setCurrentIndex(asked.taking.findData(other.id))
    asked.mine.setText(DEMO_PASSWORD)
    QTest.mouseClick(asked.go, Qt.MouseButton.LeftButton)
    assert "两人的密码" in asked.message()
    asked.theirs.setText("guessed")
    QTest.mouseClick(asked.go, Qt.MouseButton.LeftButton)
    until(lambda: asked.message() not in ("", "正在生成…") and asked.go.isEnabled(), "refused")
    assert not found
    asked.mine.setText(DEMO_PASSWORD)
    asked.theirs.setText(DEMO_PASSWORD)
    QTest.mouseClick(asked.go, Qt.MouseButton.LeftButton)
    until(lambda: found, "written")
    entry = newest(desk)
    assert entry.note.phrase is not None and entry.note.phrase.code == "handed_over"
    assert entry.note.receiver == other.name
    text = "\n".join(c.text for table in Document(str(found[0])).tables for row in table.rows for c in row.cells)
    assert "已在系统签认" in text
    exporter.written.disconnect(found.append)


def test_the_index_is_done_with_all_of_it(desk: Desk) -> None:
    assert desk.session is not None
    store = desk.session.store

    def none_waits() -> bool:
        with store.read() as view:
            return log_index.waiting(view) == 0

    until(none_waits, "everything is found")
