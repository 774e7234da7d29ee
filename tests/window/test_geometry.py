"""Where windows are, with a real window manager and two monitors: as they were left, and back when one is unplugged."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support_wait import WAIT_S

ROOT = Path(__file__).resolve().parents[2]
LEFT, RIGHT = (0, 0, 1280, 800), (1280, 0, 1280, 800)
DESK = """
import json, sys, threading
from pathlib import Path
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow
from console.desk.places import Places

app = QApplication(["yiping"])
places = Places(Path(sys.argv[1]))
desk = QMainWindow()
desk.resize(800, 500)
if not places.keep(desk, "desk"):
    desk.setWindowState(Qt.WindowState.WindowMaximized)
desk.show()
log = QDialog(desk)
places.keep(log, "log")

class Ear(QObject):
    heard = Signal(str)

def tell():
    around = {w: [*win.geometry().getRect(), win.isMaximized()] for w, win in (("desk", desk), ("log", log))}
    print(json.dumps({**around, "screens": [s.name() for s in app.screens()]}), flush=True)

def do(line):
    word, *numbers = line.split()
    if word == "normal":
        desk.showNormal()
    elif word == "maximised":
        desk.showMaximized()
    elif word == "place":
        desk.setGeometry(*map(int, numbers))
    elif word == "log":
        log.show()
        log.setGeometry(*map(int, numbers))
    elif word == "end":
        desk.close()
        app.quit()
    tell()

ear = Ear()
ear.heard.connect(do)
threading.Thread(target=lambda: [ear.heard.emit(line) for line in sys.stdin], daemon=True).start()
app.exec()
"""


class Display:
    """An X display of its own with two monitors beside each other and a window manager."""

    def __init__(self) -> None:
        read, write = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "2560x800x24", "-nolisten", "tcp", "-noreset"],
            pass_fds=[write],
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as told:
            self.env = {**os.environ, "DISPLAY": f":{told.readline().strip()}", "QT_QPA_PLATFORM": "xcb"}
        self.plug("L", LEFT, "screen")
        self.plug("R", RIGHT, "none")
        self._manager = subprocess.Popen(["openbox"], env=self.env, stderr=subprocess.DEVNULL)

    def plug(self, name: str, place: tuple[int, int, int, int], output: str = "none") -> None:
        x, y, width, height = place
        self._xrandr("--setmonitor", name, f"{width}/340x{height}/210+{x}+{y}", output)

    def unplug(self, name: str) -> None:
        self._xrandr("--delmonitor", name)

    def _xrandr(self, *words: str) -> None:
        subprocess.run(["xrandr", *words], env=self.env, check=True, stdout=subprocess.DEVNULL)

    def close(self) -> None:
        for process in (self._manager, self._server):
            process.terminate()
            process.wait()


class Program:
    """Windows kept by `Places`, in a process that does what it is told."""

    def __init__(self, display: Display, file: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", DESK, str(file)],
            cwd=ROOT,
            env=display.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, line: str) -> dict[str, list[int]]:
        assert self._process.stdin
        assert self._process.stdout
        print(line, file=self._process.stdin, flush=True)
        return json.loads(self._process.stdout.readline())  # type: ignore[no-any-return]

    def until(self, window: str, place: tuple[int, int, int, int], maximised: bool) -> None:
        """Wait until a window lies in a place."""
        end = time.monotonic() + WAIT_S
        while not _lies(now := self.do("tell")[window], place, maximised):
            assert time.monotonic() < end, f"{window} is at {now}, not in {place}"
            time.sleep(0.1)

    def end(self) -> None:
        time.sleep(0.6)  # what has moved is written soon after
        self.do("end")
        self._process.communicate(timeout=WAIT_S)


def _lies(now: list[int], place: tuple[int, int, int, int], maximised: bool) -> bool:
    x, y, width, height = place
    inside = x <= now[0] and now[0] + now[2] <= x + width and y <= now[1] and now[1] + now[3] <= y + height
    return inside and bool(now[4]) is maximised


@pytest.fixture
def display() -> Iterator[Display]:
    made = Display()
    yield made
    made.close()


def test_it_opens_on_the_screen_it_was_last_on(display: Display, tmp_path: Path) -> None:
    first = Program(display, tmp_path / "windows.ini")
    first.until("desk", LEFT, maximised=True)
    first.do("normal")
    first.until("desk", LEFT, maximised=False)
    first.do("place 1400 100 900 500")
    first.until("desk", (1400, 100, 900, 500), maximised=False)
    first.do("maximised")
    first.until("desk", RIGHT, maximised=True)
    first.end()
    again = Program(display, tmp_path / "windows.ini")
    again.until("desk", RIGHT, maximised=True)
    again.do("normal")
    again.until("desk", RIGHT, maximised=False)
    again.end()
    display.unplug("R")
    alone = Program(display, tmp_path / "windows.ini")
    alone.until("desk", LEFT, maximised=False)
    alone.end()


def test_windows_come_back_from_a_monitor_that_is_unplugged(display: Display, tmp_path: Path) -> None:
    program = Program(display, tmp_path / "windows.ini")
    program.until("desk", LEFT, maximised=True)
    program.do("log 1500 200 600 400")
    program.until("log", (1500, 200, 600, 400), maximised=False)
    display.unplug("R")
    program.until("log", LEFT, maximised=False)
    display.plug("R", RIGHT)
    program.do("normal")
    program.do("place 1400 100 900 500")
    program.until("desk", RIGHT, maximised=False)
    program.do("maximised")
    program.until("desk", RIGHT, maximised=True)
    display.unplug("R")
    program.until("desk", LEFT, maximised=True)
    program.end()
