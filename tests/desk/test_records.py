"""The log file and the excepthook: written down, shown with details to copy, and the desk goes on."""

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from console.desk import records
from console.desk.desk import Desk
from tests.desk.parts import at_work, listening, read, settle, until
from widgets.error_dialog import ErrorDialog


@pytest.fixture
def bugs() -> Iterator[list[str]]:
    with listening() as heard:
        yield heard.texts
        heard.texts.clear()


def test_the_log_goes_round_in_five_files(tmp_path: Path, bugs: list[str]) -> None:
    file = records.write_to(tmp_path / "log", "desk", "INFO")
    line = "厚街 " * 400
    for number in range(8000):
        logging.getLogger("console.test").info("%d %s", number, line)
    files = sorted(tmp_path.glob("log/*"))
    assert [f.name for f in files] == ["desk.log", *(f"desk.log.{n}" for n in range(1, 5))]
    assert all(f.stat().st_size <= 2_000_000 for f in files)
    last = file.read_text("utf-8").splitlines()[-1]
    assert "7999 厚街" in last
    assert " INFO MainThread console.test: " in last
    logging.getLogger("console.test").debug("quiet")
    assert "quiet" not in file.read_text("utf-8")


def test_a_bug_anywhere_is_logged_and_handed_over(tmp_path: Path, bugs: list[str]) -> None:
    file = records.write_to(tmp_path, "desk", "INFO")
    shown: list[str] = []
    records.catch_bugs(shown.append)
    try:
        raise ValueError("planted here")
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)

    def fail() -> None:
        raise ValueError("planted in a thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert [("planted here" in a, "planted in a thread" in b) for a, b in [shown]] == [(True, True)]
    written = file.read_text("utf-8")
    assert written.count("Traceback (most recent call last)") == 2
    assert bugs == shown


def test_ctrl_c_is_no_bug() -> None:
    code = (
        "import sys; from console.desk import records;"
        "records.catch_bugs(lambda text: print('shown', text));"
        "raise KeyboardInterrupt"
    )
    ended = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert ended.returncode != 0
    assert "shown" not in ended.stdout
    assert "KeyboardInterrupt" in ended.stderr


@pytest.mark.usefixtures("app")
def test_a_bug_shows_its_details_and_the_desk_goes_on(tmp_path: Path) -> None:
    with at_work(tmp_path) as desk:
        bug(desk, "first")
        until(lambda: dialogs(desk), "the dialog")
        (dialog,) = dialogs(desk)
        assert not dialog.isModal(), "the desk can be used while it is open"
        assert "ValueError: planted first" in dialog.details()
        dialog.copy()
        assert "ValueError: planted first" in QGuiApplication.clipboard().text()
        for number in range(3):
            bug(desk, str(number))
        settle()
        assert dialogs(desk) == [dialog], "more of them do not bury the desk"
        assert all(f"planted {number}" in dialog.details() for number in range(3))
        assert desk.session is not None
        read(desk.session, 3.3)
        until(desk.window.panels.alarms.rows, "an alarm arrives all the same")
        dialog.accept()
        bug(desk, "later")
        until(lambda: dialogs(desk), "a new dialog for what comes later")
        dialogs(desk)[0].accept()
        assert len(desk.bugs.texts) == 5  # type: ignore[attr-defined]
        log = (tmp_path / "log" / "desk.log").read_text("utf-8")
        assert log.count("ValueError: planted") == 5
        desk.bugs.texts.clear()  # type: ignore[attr-defined]


def dialogs(desk: Desk) -> list[ErrorDialog]:
    return [dialog for dialog in desk.window.findChildren(ErrorDialog) if dialog.isVisible()]


def bug(desk: Desk, name: str) -> None:
    """An error in a slot of the main thread."""

    def fail() -> None:
        raise ValueError(f"planted {name}")

    QTimer.singleShot(0, desk, fail)
    settle(0.05)


@pytest.mark.usefixtures("app")
def test_a_desk_closed_just_after_an_alarm_says_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was to be done a moment later has no window any more."""
    late: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda _kind, error, _trace: late.append(error))
    with at_work(tmp_path) as desk:
        assert desk.session is not None
        read(desk.session, 3.3)
        until(desk.window.panels.alarms.rows, "an alarm arrives")
    settle(0.5)
    assert not late
