"""The start: what is imported when, and what is there before the desk is."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from console.desk.sources import Feeds
from console.domain.intake import LinkCut
from tests.desk.parts import at_work, pack, running
from tests.support_qt import until
from tests.support_wait import WAIT_S

# A demo's desk in a process of its own; told are the packages that it had imported at two moments.
DESK = """
import json, sys
from pathlib import Path
from console.desk import start
from console.desk.plan import Options, setup

SLOW = ["numpy", "pydantic", "sqlalchemy", "PySide6.QtWebEngineCore", "requests", "pyqtgraph", "openpyxl", "alembic",
        "folium"]

def imported():
    return [name for name in SLOW if name in sys.modules]

known = setup(Options(data=Path(sys.argv[1]), demo=True, scenario="demo-town"))
start.application(known)
paint_first = start._paint_first
told = {}

def painted(window):
    paint_first(window)
    told["painted"] = imported()

start._paint_first = painted
desk = start.open_desk(known)
from PySide6.QtWidgets import QApplication
desk.live.connect(lambda: (told.update(live=imported()), QApplication.quit()))
QApplication.exec()
desk.close()
print(json.dumps(told))
"""


def test_a_window_is_painted_before_what_is_slow_to_import(tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-c", DESK, str(tmp_path)], stdout=subprocess.PIPE, text=True, check=True, timeout=WAIT_S
    )
    told = json.loads(found.stdout.splitlines()[-1])
    assert told["painted"] == [], "the window comes first"
    assert set(told["live"]) <= {"numpy", "pydantic", "sqlalchemy", "PySide6.QtWebEngineCore"}, (
        "what is for later, or for a window that was not opened, is not imported"
    )


def test_a_picture_waits_for_cameras_that_are_starting() -> None:
    """A tile that asks early is not told that its camera is offline."""
    feeds = Feeds(0)
    feeds.begin(simulated=True)
    try:
        found: list[str] = []
        asking = threading.Thread(target=lambda: found.append(feeds.resolve("sim://cam01/sub.ts")))
        asking.start()
        assert feeds.resolve("rtsp://10.0.0.1/1") == "rtsp://10.0.0.1/1", "a real one waits for nobody"
        feeds.serve(pack())
        asking.join(WAIT_S)
        assert found == [f"{feeds.cameras}/cam01/sub.ts"]
    finally:
        feeds.close()


def test_who_waits_for_cameras_is_let_go_when_the_desk_ends() -> None:
    feeds, failed = Feeds(0), list[BaseException]()

    def ask() -> None:
        try:
            feeds.resolve("sim://cam01/sub.ts")
        except ConnectionError as error:
            failed.append(error)

    feeds.begin(simulated=True)
    asking = threading.Thread(target=ask)
    asking.start()
    feeds.close()
    asking.join(WAIT_S)
    assert failed


@pytest.mark.usefixtures("app")
def test_a_link_that_was_cut_before_it_was_there_is_cut(tmp_path: Path) -> None:
    from console.desk.plan import Options

    with running(Options(data=tmp_path, language="zh", demo=True, scenario="demo-town")) as desk:
        until(lambda: desk.session is not None, "signed in")
        assert desk.session is not None and desk.link is None
        assert not any("未连接" in words for words in desk.window.top.status_texts()), "it is on its way"
        desk.session.take(LinkCut(True))
        until(lambda: desk.link is not None, "the link")
        assert desk.link is not None and desk.link.cut


CLOSED = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from console.desk import start
from console.desk.plan import Options

paint_first = start._paint_first

def painted(window):
    paint_first(window)
    QTimer.singleShot(0, window.close)

start._paint_first = painted
sys.exit(start.desk(Options(data=Path(sys.argv[1]), demo=True, scenario="demo-town")))
"""


@pytest.mark.usefixtures("app")
def test_a_desk_that_is_closed_while_it_starts_ends(tmp_path: Path) -> None:
    """And loses nothing of what was kept before."""
    with at_work(tmp_path) as desk:
        desk.window.panels.incident.set_drafts({"i1": "桥面积水"})
        desk.keep_soon()
    subprocess.run([sys.executable, "-c", CLOSED, str(tmp_path)], check=True, timeout=WAIT_S)
    with at_work(tmp_path) as desk:
        assert desk.window.panels.incident.drafts() == {"i1": "桥面积水"}
