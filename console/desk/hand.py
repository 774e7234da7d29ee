"""A hand and an eye at a display: keys and clicks to whatever window has them, pictures, the clipboard."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from console.desk.screen_reader import Part, Place, ScreenReader

T = TypeVar("T")
LOOK_EVERY_S = 0.15
KEY_MS = "25"  # between two keys, as fast as a hand is


class Late(Exception):
    """What was waited for did not come."""


class Hand:
    """Everything goes the way it goes for a person: XTEST events to the X server, never to a widget."""

    def __init__(self, env: dict[str, str]) -> None:
        self._env = env
        self.reader = ScreenReader(env)
        self.pid: int | None = None  # the process that is looked at; None for all

    def close(self) -> None:
        self.reader.close()

    # -- keys and clicks

    def key(self, *keys: str) -> None:
        """By their X names: `key("ctrl+l", "Return", "question")`."""
        self._be_in_front()
        self._run("xdotool", "key", "--delay", KEY_MS, *keys)

    def type(self, text: str) -> None:
        """Plain letters, key by key. Words that no keyboard has are pasted."""
        self._be_in_front()
        self._run("xdotool", "type", "--delay", KEY_MS, text)

    def paste(self, text: str) -> None:
        """By the clipboard, any text of any length."""
        command = ["xclip", "-selection", "clipboard", "-in"]
        quiet = subprocess.DEVNULL  # it stays behind to serve the clipboard, and would keep a pipe open
        subprocess.run(command, env=self._env, input=text.encode(), stdout=quiet, stderr=quiet, check=True)
        self.key("ctrl+v")

    def click(self, at: Part | tuple[int, int], times: int = 1) -> None:
        """With the left button, in the middle of a part or at a point of the display."""
        x, y = at.middle if isinstance(at, Part) else at
        self._run("xdotool", "mousemove", "--sync", str(x), str(y), "click", "--repeat", str(times), "1")

    def scroll(self, at: Part) -> None:
        """One notch of the wheel down, with the mouse over a part."""
        self._run("xdotool", "mousemove", "--sync", *map(str, at.middle), "click", "5")

    def rest(self, at: tuple[int, int]) -> None:
        """The mouse is put down somewhere, where nothing is hovered over."""
        self._run("xdotool", "mousemove", "--sync", *map(str, at))

    # -- looking

    def look(self) -> list[Part]:
        return self.reader.look(self.pid)

    def find(self, which: Callable[[Part], object]) -> Part | None:
        return next((part for part in self.look() if which(part)), None)

    def focus(self) -> Part | None:
        """What has the keyboard, as a screen reader is told."""
        return self.find(lambda part: part.focused)

    def see(self, which: Callable[[Part], object], what: str, seconds: float = 60.0) -> Part:
        """Wait until there is such a part. Raises `Late`."""
        return until(lambda: self.find(which), what, seconds)

    def windows(self) -> int:
        """How many are on show, menus too, of which a screen reader is not told."""
        asked = ["xdotool", "search", "--onlyvisible", "--pid", str(self.pid), ""]
        return len(subprocess.run(asked, env=self._env, capture_output=True, text=True, check=False).stdout.split())

    def shoot(self, file: Path, place: Place | None = None) -> None:
        """A picture of the display, or of one place on it."""
        where = ["-g", "{2}x{3}+{0}+{1}".format(*place)] if place else []
        self._run("maim", "--hidecursor", *where, str(file))

    def in_front(self) -> int | None:
        """The process whose window has the keyboard."""
        asked = ["xdotool", "getactivewindow", "getwindowpid"]
        answer = subprocess.run(asked, env=self._env, capture_output=True, text=True, check=False).stdout.strip()
        return int(answer) if answer.isdecimal() else None

    def _be_in_front(self) -> None:
        """No key goes into another program's window."""
        if self.pid is not None:
            until(lambda: self.in_front() == self.pid, "its window has the keyboard", 20)

    def _run(self, *command: str) -> None:
        subprocess.run(command, env=self._env, check=True, stdout=subprocess.DEVNULL)


def until(there: Callable[[], T | None], what: str, seconds: float = 60.0) -> T:
    """Wait until it is there, and answer it. Raises `Late`: the limit ends a hang, it judges no speed."""
    end = time.monotonic() + seconds
    while not (found := there()):
        if time.monotonic() > end:
            raise Late(f"not within {seconds:g} s: {what}")
        time.sleep(LOOK_EVERY_S)
    return found
