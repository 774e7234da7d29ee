"""`yiping bench start`: from process start to the first window painted, to live data, the map and a live picture.

Beside it, in the same run, an empty PySide6 window of the same size. Peak memory is the desk process's own
(`ru_maxrss`). The worst stall is how late the desk's event loop was once the window was there.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

MARKS = ("window", "data", "map", "picture")
GOALS = {"window": 4, "map": 14, "picture": 12}  # times the empty window
PATIENCE_S = 60.0
TICK_MS = 5


def _mark(name: str) -> None:
    print(json.dumps({"mark": name, "at": time.monotonic()}), flush=True)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _when_painted(app: Any, then: Callable[[], None], kind: type) -> Any:
    """Call `then` after the first paint of a widget of this kind."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and isinstance(watched, kind):
                app.removeEventFilter(self)
                QTimer.singleShot(0, then)  # after this paint
            return False

    watch = Watch(app)
    app.installEventFilter(watch)
    return watch


def _empty() -> None:
    """The peer: what any PySide6 program costs."""
    from PySide6.QtWidgets import QApplication, QWidget

    app = QApplication([])
    window = QWidget()
    window.resize(1920, 1080)

    def painted() -> None:
        _mark("window")
        app.quit()

    _when_painted(app, painted, QWidget)
    window.show()
    app.exec()
    print(json.dumps({"peak_mb": _peak_mb()}), flush=True)


def _desk(data: str) -> None:
    """The demo's desk, as `yiping demo` starts it."""
    import gc

    from console.desk.plan import Options, setup
    from console.desk.start import application, hold_still, open_desk

    gc.disable()
    known = setup(Options(data=Path(data), demo=True, scenario="demo-town"))
    app = application(known)
    from PySide6.QtCore import QSize, Qt, QTimer
    from PySide6.QtWidgets import QMainWindow

    from console.domain.camera import Picture

    left = {"data", "map", "picture"}
    running: list[Any] = []  # the desk, once it runs
    late = [0.0]  # ms, at each tick since the window was painted
    before = [0.0]  # when the last tick was

    def seen(name: str, there: bool) -> None:
        if there and name in left:
            left.discard(name)
            _mark(name)

    def look() -> None:
        now = time.perf_counter()
        late.append((now - before[0]) * 1000 - TICK_MS)
        before[0] = now
        for window in app.topLevelWidgets():
            if isinstance(window, QMainWindow):
                panels = window.panels
                seen("map", panels.map.is_drawn)
                tiles = [panels.video.tile(camera.id) for camera in panels.video.cameras()]
                seen("picture", any(tile is not None and tile.status is Picture.LIVE for tile in tiles))
        if running:
            seen("data", running[0].session is not None and bool(running[0].session.state.series))
        if not left:
            QTimer.singleShot(500, app.closeAllWindows)
            watching.stop()

    def painted() -> None:
        _mark("window")
        before[0] = time.perf_counter()
        watching.start()

    watching = QTimer(interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
    watching.timeout.connect(look)
    watch = _when_painted(app, painted, QMainWindow)
    running.append(open_desk(known, QSize(1920, 1080)))
    running[0].live.connect(hold_still)
    app.exec()
    running[0].close()
    del watch
    print(json.dumps({"peak_mb": _peak_mb(), "worst_stall_ms": max(late)}), flush=True)


def _run(*arguments: str) -> dict[str, float]:
    """One process: seconds from its start to each mark, and its peak in MB."""
    began = time.monotonic()
    out = subprocess.run(
        [sys.executable, str(Path(__file__)), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        timeout=PATIENCE_S,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        check=True,
    ).stdout
    found: dict[str, float] = {}
    for line in out.splitlines():
        if line.startswith("{"):
            said = json.loads(line)
            if "mark" in said:
                found[said["mark"]] = said["at"] - began
            else:
                found.update(said)
    return found


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser("yiping bench start")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--child", choices=["desk", "empty"], help=argparse.SUPPRESS)
    parser.add_argument("--data", help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.child:
        if args.child == "desk":
            _desk(args.data)
        else:
            _empty()
        return 0
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    empty, desk = [], []
    for _ in range(args.runs):
        empty.append(_run("--child", "empty"))
        with tempfile.TemporaryDirectory() as data:
            desk.append(_run("--child", "desk", "--data", data))
    median = {mark: statistics.median(run[mark] for run in desk) for mark in (*MARKS, "peak_mb", "worst_stall_ms")}
    bare = {mark: statistics.median(run[mark] for run in empty) for mark in ("window", "peak_mb")}
    print(f"{'median of ' + str(args.runs):24} {'desk':>10} {'empty window':>14}")
    ratio = {mark: median[mark] / bare["window"] for mark in MARKS}
    for mark in MARKS:
        goal = f" (goal {GOALS[mark]})" if mark in GOALS else ""
        times = f"{ratio[mark]:8.1f} x the empty window{goal}"
        print(f"{'to ' + mark:22} s {median[mark]:10.2f} {f'{bare[mark]:.2f}' if mark in bare else '':>14} {times}")
    print(f"{'worst stall':21} ms {median['worst_stall_ms']:10.0f} {'':14} (goal 300)")
    print(f"{'peak memory':21} MB {median['peak_mb']:10.0f} {bare['peak_mb']:14.0f}")
    result = {f"{mark}_s": round(median[mark], 3) for mark in MARKS}
    result |= {
        "peak_mb": round(median["peak_mb"]),
        "empty_window_s": round(bare["window"], 3),
        "empty_mb": round(bare["peak_mb"]),
        **{f"{mark}_ratio": round(ratio[mark], 2) for mark in MARKS},
        "worst_stall_ms": round(median["worst_stall_ms"]),
        "runs": args.runs,
    }
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
