"""An X display of its own: Xvfb, a window manager, and the bus where a screen reader listens."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from console.domain.errors import KnownError
from console.domain.words import Phrase

HAND = ("xdotool", "maim", "xclip")  # what presses keys, takes pictures and fills the clipboard
DISPLAY = ("Xvfb", "openbox", "xrandr", "dbus-daemon")
READER = "/usr/bin/python3"  # the system's own: it has the bindings to the bus


def need(own: bool) -> None:
    """Raises `KnownError` hand_missing with the programs that are not installed; `own`: those of a display, too."""
    missing = [name for name in (*HAND, *(DISPLAY if own else ())) if shutil.which(name) is None]
    if subprocess.run([READER, "-c", "from gi.repository import Gio"], capture_output=True, check=False).returncode:
        missing.append("python3-gi")
    if not any(Path(folder, "at-spi-bus-launcher").exists() for folder in ("/usr/libexec", "/usr/lib/at-spi2-core")):
        missing.append("at-spi2-core")
    if missing:
        raise KnownError(Phrase("hand_missing", {"names": " ".join(missing)}))


def child(command: Iterable[str | Path], env: dict[str, str], **more: object) -> "subprocess.Popen[str]":
    """A process that is ended with this one."""
    tied = ["setpriv", "--pdeathsig", "KILL", *map(str, command)]
    return subprocess.Popen(tied, env=env, stdin=more.pop("stdin", subprocess.DEVNULL), text=True, **more)  # type: ignore[call-overload, no-any-return]


class Display:
    """`env` is what a program needs to show itself there. Use it in a `with`, or `close` it.

    `screens` of `size` (width and height in pixels) stand side by side, as a desk with several monitors has them.
    """

    def __init__(self, size: tuple[int, int] = (1920, 1080), screens: int = 1) -> None:
        """Raises `KnownError` hand_missing."""
        need(own=True)
        self.size = size
        self._folder = Path(tempfile.mkdtemp(prefix="yiping-display-"))
        self.env = {
            **{name: value for name, value in os.environ.items() if name not in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM")},
            "XDG_RUNTIME_DIR": str(self._folder),
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        }
        self._running: list[subprocess.Popen[str]] = []
        try:
            self._start(screens)
        except BaseException:
            self.close()
            raise

    def _start(self, screens: int) -> None:
        width, height = self.size
        ready, told = os.pipe()
        screen = ["-screen", "0", f"{width * screens}x{height}x24"]
        self._run("Xvfb", "-displayfd", str(told), *screen, "-nolisten", "tcp", "-noreset", pass_fds=(told,))
        os.close(told)
        with os.fdopen(ready) as line:
            self.env["DISPLAY"] = f":{line.readline().strip()}"
        for number in range(screens if screens > 1 else 0):
            place = f"{width}/508x{height}/286+{number * width}+0"
            output = "screen" if number == 0 else "none"
            command = ["xrandr", "--setmonitor", f"Screen{number + 1}", place, output]
            subprocess.run(command, env=self.env, check=True, capture_output=True)
        bus = self._run("dbus-daemon", "--session", "--nofork", "--print-address=1", stdout=subprocess.PIPE)
        assert bus.stdout
        self.env["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        manager = self._run("openbox", "--sm-disable", "--startup", "echo ready", stdout=subprocess.PIPE)
        assert manager.stdout
        manager.stdout.readline()  # it says so once it manages windows

    def _run(self, *command: str, **more: object) -> "subprocess.Popen[str]":
        process = child(command, self.env, stderr=subprocess.DEVNULL, **more)
        self._running.append(process)
        return process

    def close(self) -> None:
        for process in reversed(self._running):
            process.send_signal(signal.SIGTERM)
            process.wait(10)
            if process.stdout:
                process.stdout.close()
        self._running.clear()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> "Display":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
