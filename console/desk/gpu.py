"""Whether this screen has a GPU; where it has none, Qt Quick paints in software.

The map makes Qt compose the whole window at each repaint, through OpenGL. Without a GPU that is llvmpipe on the
processor: a video tile then costs a window, 25 times a second. Qt's software scene graph paints only what changed.
What OpenGL runs on is asked in a process of its own, because a broken driver may crash whoever asks, and once for
each start of the machine.
"""

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

PATIENCE_S = 10.0
DEVICES = ("dri/*", "nvidia[0-9]*", "mali*", "kgsl*", "dxg")  # of /dev; without one there is nothing to ask
SOFTWARE = ("llvmpipe", "softpipe", "swrast", "software", "swiftshader")
DECIDED_BY = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "LIBGL_ALWAYS_SOFTWARE", "GALLIUM_DRIVER")
GL_RENDERER = 0x1F01


def choose_scene_graph(kept: Path) -> None:
    """Call before QApplication. `kept` is the file that remembers the answer; a QT_QUICK_BACKEND that is set stays."""
    if "QT_QUICK_BACKEND" not in os.environ and not has_gpu(kept):
        os.environ["QT_QUICK_BACKEND"] = "software"


def has_gpu(kept: Path) -> bool:
    """Whether OpenGL runs on a GPU on the screen of this process; not, where it cannot be found out."""
    if sys.platform != "linux":
        return True
    if os.environ.get("QT_QPA_PLATFORM", "").startswith(("offscreen", "minimal")) or not _devices():
        return False
    screen = [_start_of_machine(), *(os.environ.get(name, "") for name in DECIDED_BY)]
    with suppress(OSError, ValueError, KeyError, TypeError):
        known = json.loads(kept.read_text("utf-8"))
        if known["screen"] == screen:
            return _is_gpu(known["renderer"])
    renderer = ask()
    if renderer is None:
        return False
    with suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps({"screen": screen, "renderer": renderer}), "utf-8")
    return _is_gpu(renderer)


def ask() -> str | None:
    """The name of what OpenGL runs on, empty where there is no OpenGL; None when nobody answered."""
    try:
        asked = subprocess.run(
            [sys.executable, "-m", "console.desk.gpu"], capture_output=True, text=True, timeout=PATIENCE_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return asked.stdout.strip()


def _is_gpu(renderer: str) -> bool:
    return bool(renderer) and not any(word in renderer.lower() for word in SOFTWARE)


def _devices() -> bool:
    return any(True for pattern in DEVICES for _ in Path("/dev").glob(pattern))


def _start_of_machine() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


def _renderer() -> str:
    from PySide6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext

    app = QGuiApplication([])
    context, surface = QOpenGLContext(), QOffscreenSurface()
    surface.create()
    if not context.create() or not context.makeCurrent(surface):
        return ""
    name = context.functions().glGetString(GL_RENDERER)
    context.doneCurrent()
    del app
    return str(name or "")


if __name__ == "__main__":
    print(_renderer())
