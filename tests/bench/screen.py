"""A screen for a benchmark: an X server and a window manager of its own where they are installed."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def own_screen(width: int = 1920, height: int = 1080) -> Iterator[str]:
    """Set the environment so that Qt paints on a new, empty screen; answers its name for the table.

    Without Xvfb and openbox it is Qt's offscreen platform, which has no window manager and sends no pixels anywhere.
    """
    kept = {name: os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    os.environ.pop("WAYLAND_DISPLAY", None)
    running: list[subprocess.Popen[bytes]] = []
    try:
        if shutil.which("Xvfb") and shutil.which("openbox"):
            read, write = os.pipe()
            size = f"{width}x{height}x24"
            command = ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp"]
            running.append(subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL))
            os.close(write)
            with os.fdopen(read) as told:
                number = told.readline().strip()
            os.environ |= {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
            running.append(subprocess.Popen(["openbox"], stderr=subprocess.DEVNULL))
            yield f"Xvfb {size} with openbox"
        else:
            os.environ.pop("DISPLAY", None)
            os.environ["QT_QPA_PLATFORM"] = "offscreen"
            yield "Qt's offscreen platform (Xvfb or openbox is not installed)"
    finally:
        for process in reversed(running):
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
        for name, value in kept.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
