"""A real desk in this process, and what the tests do to one: wait, type, sign in, hear its bugs."""

import contextlib
import json
import logging
import signal
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtGui import QInputMethodEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from console.desk import start
from console.desk.desk import Desk
from console.desk.jobs import Jobs
from console.desk.plan import DEMO_PASSWORD, Options, plan
from console.desk.session import Session
from console.domain.agency import Position
from console.domain.indicator import Reading
from console.domain.pack import Pack
from console.engine.route import RoadGraph
from console.store.packs import find_pack, load_pack
from console.store.store import Store
from tests.support_qt import settle, until
from tests.support_wait import WAIT_S
from widgets.login import LoginDialog

SCREENS = ((0, 1920, 1080), (1920, 1920, 1080), (3840, 1280, 720))  # x, width, height
KEY = bytes(range(32))
NOWHERE = Path("/nonexistent")


def describe_screens(folder: Path) -> str:
    """The platform of this process: three offscreen screens side by side."""
    described = [
        {
            "name": f"Screen{number}",
            "x": x,
            "y": 0,
            "width": width,
            "height": height,
            "logicalDpi": 96,
            "logicalBaseDpi": 96,
            "dpr": 1,
        }
        for number, (x, width, height) in enumerate(SCREENS, 1)
    ]
    file = folder / "screens.json"
    file.write_text(json.dumps({"screens": described}))
    return f"offscreen:configfile={file}"


@cache
def pack() -> Pack:
    return load_pack(find_pack("dongguan-houjie", NOWHERE))


@cache
def roads() -> RoadGraph:
    return RoadGraph.load(Path(pack().basemap) / "roads.npz")


def delete(*objects: Any) -> None:
    """Away with Qt objects, now."""
    for each in objects:
        each.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


class Bugs(logging.Handler):
    """Every unexpected error that the desk's excepthook wrote down."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


@contextlib.contextmanager
def listening() -> Iterator[Bugs]:
    """Put the hooks and the log back as they were, and fail for a bug nobody asked for."""
    hooks, root = (sys.excepthook, threading.excepthook), logging.getLogger()
    asked_to_end = signal.getsignal(signal.SIGTERM)  # a desk takes it, and the tests are to end by it
    handlers, level, bugs = list(root.handlers), root.level, Bugs()
    logging.getLogger("bug").addHandler(bugs)
    try:
        yield bugs
    finally:
        sys.excepthook, threading.excepthook = hooks
        signal.signal(signal.SIGTERM, asked_to_end)
        logging.getLogger("bug").removeHandler(bugs)
        for handler in set(root.handlers) - set(handlers):
            root.removeHandler(handler)
            handler.close()
        root.setLevel(level)
    assert not bugs.texts, bugs.texts[0]


@contextlib.contextmanager
def session(folder: Path, realm: str = "live") -> Iterator[Session]:
    """A session of its own over a real store: no window."""
    jobs = Jobs()
    store = Store.open(folder / "desk.db", KEY, realm=realm)
    made = Session(jobs, store, pack(), next(iter(pack().users.values())))
    made.use_roads(roads())
    from console.desk.keep import load_state

    with store.read() as view:
        made.begin(load_state(view, pack(), datetime.now(UTC)), view.next_incident_number())
    with listening():
        try:
            yield made
        finally:
            made.flush()
            jobs.store(store.close)
            jobs.close()
            QApplication.processEvents()
            delete(made, jobs)


@contextlib.contextmanager
def running(options: Options, size: tuple[int, int] | None = (1920, 1080)) -> Iterator[Desk]:
    """A desk as `start.desk` runs it, but in this event loop. Without a size it opens where it was."""
    with listening() as bugs:
        read = plan(options)
        start.application(read)
        desk = start.open_desk(read, QSize(*size) if size else None)
        desk.bugs = bugs  # type: ignore[attr-defined]
        try:
            yield desk
        finally:
            desk.window.close()
            desk.close()
            delete(*desk._dialogs, *desk.reports, desk.window, desk, desk.jobs)


@contextlib.contextmanager
def at_work(folder: Path, size: tuple[int, int] | None = (1920, 1080), **more: Any) -> Iterator[Desk]:
    """A desk of one's own, signed in, with nothing simulated: what comes in is what the test lets in."""
    with running(Options(data=folder, language=more.pop("language", "zh"), **more), size) as desk:
        sign_in(desk)
        yield desk


def login_dialog(desk: Desk) -> LoginDialog:
    found: list[LoginDialog] = []

    def there() -> bool:
        found[:] = [dialog for dialog in desk.window.findChildren(LoginDialog) if dialog.isVisible()]
        return bool(found)

    until(there, "the sign-in")
    return found[0]


def type_login(desk: Desk, user: str, password: str) -> LoginDialog:
    """Type a name and a password as a person does, and press Enter."""
    dialog = login_dialog(desk)
    name, secret = dialog.findChildren(QLineEdit)
    for line, text in ((name, user), (secret, password)):
        line.setFocus()
        line.selectAll()
        line.del_()
        write(line, text)
    QTest.keyClick(secret, Qt.Key.Key_Return)
    return dialog


def sign_in(desk: Desk, user: str = "duty", password: str = DEMO_PASSWORD) -> None:
    type_login(desk, user, password)
    until(lambda: desk.session is not None and desk.control is not None, "signed in")
    desk.window.activateWindow()
    until(desk.window.isActiveWindow, "the desk has the keyboard")


def read(session: Session, value: float, indicator: str = "lisha_level") -> None:
    """A sensor says a value now."""
    session.take(Reading(indicator, datetime.now(UTC), value))


def raise_alarm(session: Session, indicator: str = "lisha_level", value: float | None = None) -> str:
    """Let an indicator cross its first limit; the alarm's id once it is kept."""
    limits = pack().indicators[indicator].limits
    read(session, limits[0].at + 0.01 if value is None else value, indicator)
    alarm = session.state.active_alarm(indicator)
    assert alarm is not None
    session.jobs.store(lambda: None).result(WAIT_S)
    settle(0.05)
    return alarm.id


def stand_by(session: Session) -> None:
    """Every unit that has one says that it is at home."""
    for unit in pack().units.values():
        if unit.home is not None:
            session.take(Position(unit.id, unit.home, datetime.now(UTC)))


def open_incident(session: Session, indicator: str = "lisha_level") -> str:
    """From a value to an open incident with its proposal, every unit being at home; the incident's id."""
    stand_by(session)
    alarm = raise_alarm(session, indicator)
    incident = session.confirm(session.state.alarms[alarm])
    until(lambda: incident in session.proposals, "a proposal")
    return incident


def dispatched(session: Session) -> str:
    incident = open_incident(session)
    session.accept(session.proposals[incident])
    until(lambda: session.state.assignments_of(incident), "assignments")
    return incident


def write(widget: QWidget, text: str) -> None:
    """Type words of any language, as an input method commits them."""
    for character in text:
        event = QInputMethodEvent()
        event.setCommitString(character)
        QApplication.sendEvent(widget, event)


def press(widget: QWidget, keys: str) -> None:
    """`Ctrl+Return` as an operator presses it."""
    sequence = QKeySequence(keys)[0]
    QTest.keyClick(widget, sequence.key(), sequence.keyboardModifiers())
