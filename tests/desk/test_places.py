"""Windows open where they were, on a screen that is there, and close and hear keys alike."""

from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QWidget

from console.desk.desk import Desk
from console.desk.places import Places, bring_back_all, fitted
from tests.desk.parts import at_work, delete, press, settle, until, write


@pytest.mark.usefixtures("app")
def test_the_first_time_it_is_as_large_as_the_screen_and_then_as_it_was_left(tmp_path: Path) -> None:
    there = QRect(2000, 120, 1300, 800)
    with at_work(tmp_path, None) as desk:
        assert desk.window.isMaximized()
        assert desk.window.frameGeometry() == QApplication.primaryScreen().availableGeometry()
        assert desk.window.docks["incident"].isVisible(), "the large layout"
        desk.window.showNormal()
        desk.window.setGeometry(there)
        settle(0.6)
    with at_work(tmp_path, None) as desk:
        assert not desk.window.isMaximized()
        assert desk.window.geometry() == there
        assert desk.window.screen().name() == "Screen2"
        desk.window.showMaximized()
        settle(0.6)
    with at_work(tmp_path, None) as desk:
        assert desk.window.isMaximized()
        assert desk.window.screen().name() == "Screen2"
        desk.window.showNormal()
        until(lambda: desk.window.geometry() == there, "and its normal size is known")


@pytest.mark.usefixtures("app")
def test_a_window_whose_screen_is_gone_comes_to_one_that_is_there(tmp_path: Path) -> None:
    far = QRect(9000, 300, 700, 500)
    window = QWidget()
    window.setGeometry(far)
    window.show()
    bring_back_all()
    assert any(screen.availableGeometry().contains(window.geometry()) for screen in QApplication.screens())
    assert window.size() == far.size()
    delete(window)


def test_a_window_is_never_larger_than_the_room_for_it() -> None:
    room = QRect(0, 0, 1280, 700)
    assert room.contains(fitted(QRect(-500, -20, 1900, 1200), room))
    assert fitted(QRect(100, 100, 400, 300), room) == QRect(100, 100, 400, 300), "what fits stays"
    assert fitted(QRect(3000, 2000, 400, 300), room).size().toTuple() == (400, 300)


@pytest.mark.usefixtures("app")
def test_the_windows_beside_remember_where_they_were(tmp_path: Path) -> None:
    there = QRect(3900, 90, 1000, 500)
    with at_work(tmp_path) as desk:
        press(desk.window, "F7")
        log = desk.chrome.log
        assert log is not None
        until(log.isActiveWindow)
        assert desk.window.geometry().contains(log.geometry().center()), "the first time over the desk"
        log.setGeometry(there)
        settle(0.6)
        press(log, "F7")
        until(lambda: not log.isVisible(), "its key closes it")
    with at_work(tmp_path) as desk:
        press(desk.window, "F7")
        log = desk.chrome.log
        assert log is not None
        until(log.isActiveWindow)
        assert log.geometry() == there
        assert log.screen().name() == "Screen3"


OPEN = {"F7": "log", "F6": "inbox", "Ctrl+Shift+L": "lists", "Ctrl+,": "settings", "Ctrl+F1": "help"}


def opened(desk: Desk, key: str) -> QDialog:
    desk.window.activateWindow()
    until(desk.window.isActiveWindow)
    press(desk.window, key)
    window = getattr(desk.chrome, OPEN[key])
    assert isinstance(window, QDialog)
    until(window.isActiveWindow, key)
    return window


@pytest.mark.parametrize("key", OPEN)
def test_every_window_closes_with_esc_and_hears_the_keys_of_the_desk(shared: Desk, key: str) -> None:
    window = opened(shared, key)
    press(window.focusWidget() or window, "F2")
    until(lambda: shared.window.workspace == "video", "F2 is heard")
    press(window.focusWidget() or window, "F1")
    until(lambda: shared.window.workspace == "dispatch", "F1 is heard")
    press(window.focusWidget() or window, "Escape")
    until(lambda: not window.isVisible(), "Esc closes it")


def test_esc_leaves_a_field_with_text_before_it_closes_the_window(shared: Desk) -> None:
    window = opened(shared, "Ctrl+,")
    field = next(one for one in window.findChildren(QLineEdit) if not one.text() and one.isVisible())
    QTest.mouseClick(field, Qt.MouseButton.LeftButton)
    write(field, "https://platform")
    press(field, "Escape")
    assert window.isVisible()
    assert not field.hasFocus()
    assert field.text() == "https://platform"
    press(window, "Escape")
    until(lambda: not window.isVisible(), "then Esc is the window's")
    opened(shared, "Ctrl+,")
    assert not field.text()
    QTest.mouseClick(field, Qt.MouseButton.LeftButton)
    press(field, "Escape")
    until(lambda: not window.isVisible(), "an empty field holds nothing back")


def test_a_key_that_a_window_has_itself_is_its_own(shared: Desk) -> None:
    lists = opened(shared, "Ctrl+Shift+L")
    heard: list[str] = []
    shared.chrome.lists.view.importRequested.disconnect()  # type: ignore[union-attr]
    shared.chrome.lists.view.importRequested.connect(lambda: heard.append("import"))  # type: ignore[union-attr]
    work = shared.window.docks["work"]
    work.hide()
    press(lists.focusWidget() or lists, "Ctrl+I")
    settle(0.2)
    assert heard == ["import"]
    assert work.isHidden(), "and not the desk's"
    press(lists, "Escape")


@pytest.mark.usefixtures("app")
def test_what_was_kept_that_is_none_is_no_harm(tmp_path: Path) -> None:
    (tmp_path / "windows.ini").write_text("[General]\ndesk=nonsense\nlog=@ByteArray(xx)\n")
    places = Places(tmp_path / "windows.ini")
    windows = [QWidget(), QWidget()]
    assert [places.keep(window, name) for window, name in zip(windows, ("desk", "log"), strict=True)] == [False, False]
    delete(*windows)
