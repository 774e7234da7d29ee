"""`yiping bench quiet`: what a desk costs while nothing happens, and how much of it is painted.

The demo's desk in a window of 1920x1080 with two open incidents and four playing cameras, on a screen of its own; then
without its video panel. Beside it, in the same run, a bare PySide6 window with four playing cameras and a web view.
CPU is in per cent of one core, by the time the processes used; decoders, the page's renderer, the simulated cameras
and the platform are processes of their own. Paints are those of widgets other than the video tiles, whose pictures are
new each time. Goals: the desk <= 20 %, without video <= 5 %.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

SIZE = (1920, 1080)
TILES, FPS_MS = 4, 40
WARM_UP_S = 25.0  # the cameras' loops are encoded by then, the charts are imported, the map is drawn
SETTLE_S = 4.0
LIMIT_S = 120.0

SCENARIO = """
id: quiet
name: {zh: 安静的一班, en: A quiet shift}
pack: dongguan-houjie
seed: 1
length_s: 3600
staff: {acknowledge_s: 6, depart_s: 8, work_s: 25, report_s: 5, spread: 0.3, speed: 8}
sensors:
  lisha_level: {base: 3.04, swing: 0.03, period_s: 2400, noise: 0.006}
  rain_1h: {base: 1.5, swing: 0.5, period_s: 5400, noise: 0.1}
  congestion: {base: 1.62, swing: 0.06, period_s: 2700, noise: 0.02}
  hotline_12345: {base: 205, swing: 24, period_s: 36000}
  reservoir_level: {base: 21.84, swing: 0.02, period_s: 7200, noise: 0.003}
  pm25: {base: 41, swing: 3, period_s: 5400, noise: 1}
injects:
"""
CALL = """
  - number: {number}
    at_s: {number}
    subject: {{zh: 来电, en: A call}}
    call:
      caller: {{zh: 王先生, en: Mr Wang}}
      matter: {matter}
      title: {{zh: {zh}, en: {en}}}
      place: {{zh: 环莞快速 K12, en: Huanguan Expressway K12}}
      at: [{at}]
      level: {level}
      text: {{zh: 有人来电说明情况。, en: Somebody called.}}
"""
CALLS = (
    {"matter": "collision", "zh": "三车追尾", "en": "Three cars collided", "at": "113.64026, 22.94148", "level": "red"},
    {"matter": "road_works", "zh": "占道施工", "en": "Road works", "at": "113.65542, 22.93332", "level": "yellow"},
)


class Use:
    """CPU of this process and of each kind of child, between two moments."""

    def __init__(self) -> None:
        self._began, self._before = time.monotonic(), self._now()

    @staticmethod
    def _now() -> dict[int, tuple[str, float]]:
        found = {}
        for process in (me := psutil.Process(), *me.children(recursive=True)):
            try:
                words = " ".join(process.cmdline())
                kind = "self" if process.pid == me.pid else _kind(words)
                found[process.pid] = (kind, sum(process.cpu_times()[:2]))
            except psutil.NoSuchProcess:
                continue
        return found

    def percent(self) -> dict[str, float]:
        took, after = time.monotonic() - self._began, self._now()
        used: Counter[str] = Counter()
        for pid, (kind, seconds) in after.items():
            used[kind] += (seconds - self._before.get(pid, ("", 0.0))[1]) / took * 100
        return {kind: round(share, 1) for kind, share in used.items()}


def _kind(command: str) -> str:
    for sign, kind in (("video.worker", "decoders"), ("QtWebEngineProcess", "web"), (" central", "platform")):
        if sign in command:
            return kind
    return "cameras"


def _turn(seconds: float) -> None:
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


def _until(there: Callable[[], Any]) -> None:
    end = time.monotonic() + LIMIT_S
    while not there():
        if time.monotonic() > end:
            raise TimeoutError("the desk did not come up")
        _turn(0.2)


def _paints(window: Any, seconds: float) -> Counter[str]:
    """How often each widget of the window was painted, but for the video tiles and what Chromium paints."""
    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtWebEngineWidgets import QWebEngineView
    from PySide6.QtWidgets import QWidget

    from widgets.video_tile import VideoTile

    counted: Counter[str] = Counter()

    class Count(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                counted[names[watched]] += 1
            return False

    count, names = Count(), {}
    for widget in window.findChildren(QWidget):
        line = [widget]
        while line[-1].parentWidget() is not None:
            line.append(line[-1].parentWidget())
        if not any(isinstance(each, VideoTile | QWebEngineView) for each in line):
            ours = [type(each).__name__ for each in line[1:] if not type(each).__name__.startswith("Q")]
            names[widget] = f"{ours[0] if ours else 'window'} / {type(widget).__name__}"
            widget.installEventFilter(count)
    _turn(seconds)
    for widget in names:
        widget.removeEventFilter(count)
    return counted


def _say(**found: Any) -> None:
    print(json.dumps(found), flush=True)


def _desk(data: str, seconds: float) -> None:
    """The demo's desk, as `yiping demo` starts it, over a shift in which nothing happens."""
    scenario = Path(data) / "quiet.yaml"
    injects = "".join(CALL.format(number=number, **call) for number, call in enumerate(CALLS, 1))
    scenario.write_text(SCENARIO + injects, "utf-8")
    from console.desk.plan import Options, setup
    from console.desk.start import application, hold_still, open_desk

    known = setup(Options(data=Path(data), demo=True, scenario=str(scenario), language="zh"))
    application(known)
    from PySide6.QtCore import QSize

    from console.domain.camera import Picture

    desk = open_desk(known, QSize(*SIZE))
    desk.live.connect(hold_still)
    video = desk.window.panels.video

    def playing() -> bool:
        tiles = [video.tile(camera.id) for camera in video.cameras()]
        return len(tiles) == TILES and all(tile is not None and tile.status is Picture.LIVE for tile in tiles)

    _until(lambda: desk.session is not None and len(desk.session.state.open_incidents()) == len(CALLS))
    desk.window.resize(*SIZE)
    _until(lambda: playing() and desk.window.panels.map.is_drawn)
    _turn(WARM_UP_S)

    def measure() -> dict[str, Any]:
        _turn(SETTLE_S)
        desk.stall.start()
        use = Use()
        _turn(seconds)
        found = {"cpu": use.percent(), "p99": desk.stall.percentile(99), "worst": desk.stall.worst}
        painted = _paints(desk.window, seconds)
        return found | {"paints": {name: count / seconds for name, count in painted.most_common()}}

    town = measure()  # its sensors read, its units say where they are
    if desk.runner is not None:
        desk.runner.pause(True)
    quiet = measure()
    if shot := os.environ.get("YIPING_SHOTS"):
        desk.window.screen().grabWindow(0).save(str(Path(shot) / "bench-quiet.png"))
    rss = psutil.Process().memory_info().rss / 2**20
    desk.window.docks["video"].hide()
    still = measure()
    _say(town=town, quiet=quiet, still=still, rss_mb=rss)
    desk.window.close()
    desk.close()


def _bare(data: str, seconds: float) -> None:
    """The peer: the least that shows four cameras and a page, with the scene graph that a desk chooses."""
    from console.desk.gpu import choose_scene_graph
    from widgets.map_page import prepare

    choose_scene_graph(Path(data) / "screen.json")
    prepare()
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QImage, QPainter, QPaintEvent
    from PySide6.QtWebEngineWidgets import QWebEngineView
    from PySide6.QtWidgets import QApplication, QGridLayout, QWidget

    from console.simulate.camera_server import CameraServer
    from console.video.supervisor import Supervisor

    class Tile(QWidget):
        def __init__(self, stream: str) -> None:
            super().__init__()
            self.stream, self.seen, self.image, self.pixels = stream, -1, QImage(), None

        def look(self) -> None:
            if frame := supervisor.frame(self.stream, self.seen):
                self.seen, self.pixels = frame.counter, frame.pixels
                form = QImage.Format.Format_RGB32
                self.image = QImage(frame.pixels, frame.width, frame.height, frame.pitch, form)
                self.update()

        def paintEvent(self, _event: QPaintEvent) -> None:
            painter = QPainter(self)
            painter.drawImage(self.rect(), self.image)
            painter.end()

    kinds = ("river_gauge", "road", "square", "bridge")
    server = CameraServer({"id": f"c{n}", "kind": kinds[n], "name": "", "level": 3.1} for n in range(TILES))
    server.start()
    app = QApplication([])
    supervisor = Supervisor(2)
    window = QWidget()
    grid = QGridLayout(window)
    tiles = [Tile(f"c{n}") for n in range(TILES)]
    for n, tile in enumerate(tiles):
        supervisor.show(tile.stream, server.url(tile.stream))
        grid.addWidget(tile, n // 2, n % 2)
    page = QWebEngineView()
    page.setHtml("<body style='background:#123'>")
    grid.addWidget(page, 0, 2, 2, 1)
    grid.setColumnStretch(2, 3)
    for column in (0, 1):
        grid.setColumnStretch(column, 1)
    window.resize(*SIZE)
    window.show()
    timer = QTimer(interval=FPS_MS)
    timer.timeout.connect(lambda: [tile.look() for tile in tiles])
    timer.start()
    _until(lambda: all(tile.seen > 0 for tile in tiles))
    _turn(WARM_UP_S)
    use = Use()
    _turn(seconds)
    graph = os.environ.get("QT_QUICK_BACKEND", "OpenGL")
    _say(cpu=use.percent(), rss_mb=psutil.Process().memory_info().rss / 2**20, scene_graph=graph)
    timer.stop()
    supervisor.close()
    server.stop()
    del app


def _child(*arguments: str, **more: str) -> dict[str, Any]:
    """What a process of its own said last."""
    ended = subprocess.run(
        [sys.executable, __file__, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, **more, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    said: dict[str, Any] = json.loads([line for line in ended.stdout.splitlines() if line.startswith("{")][-1])
    return said


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser("yiping bench quiet")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each measurement")
    parser.add_argument("--child", choices=["desk", "bare"], help=argparse.SUPPRESS)
    parser.add_argument("--data", help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.child:
        if args.child == "desk":
            _desk(args.data, args.seconds)
        else:
            _bare(args.data, args.seconds)
        os._exit(0)
    from tests.bench.screen import own_screen

    with own_screen(*SIZE) as screen, tempfile.TemporaryDirectory() as data:
        seconds = ("--seconds", str(args.seconds))
        desk = _child("--child", "desk", "--data", data, *seconds)
        bare = _child("--child", "bare", "--data", data, *seconds)
    town, quiet, still = desk["town"], desk["quiet"], desk["still"]
    print(f"on {screen}, scene graph of the desk and the bare window: {bare['scene_graph']}")
    columns = {"quiet": quiet, "without video": still, "sensors read": town, "bare window": bare}
    print(f"{'':30}" + "".join(f"{name:>16}" for name in columns))
    for kind in ("self", "decoders", "web", "cameras", "platform"):
        shares = "".join(f"{each['cpu'].get(kind, 0.0):16.1f}" for each in columns.values())
        print(f"{'the process itself' if kind == 'self' else kind + ', its children':26} % {shares}")
    print(f"{'memory of the process':25} MB {desk['rss_mb']:16.0f}{'':32}{bare['rss_mb']:16.0f}")
    for name, key in (("event loop late by, p99", "p99"), ("worst", "worst")):
        print(f"{name:25} ms " + "".join(f"{each[key]:16.1f}" for each in (quiet, still, town)))
    print("painted each second while quiet, in widgets, but for the video tiles:")
    for name, count in quiet["paints"].items():
        print(f"  {count:8.2f}  {name}")
    result = {
        "cpu_desk": quiet["cpu"]["self"],
        "cpu_desk_no_video": still["cpu"]["self"],
        "rss_mb": round(desk["rss_mb"]),
        "stall_p99_ms": round(quiet["p99"], 1),
        "paints_per_s": round(sum(quiet["paints"].values()), 2),
        "cpu_bare": bare["cpu"]["self"],
        "rss_bare_mb": round(bare["rss_mb"]),
    }
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    sys.exit(main(sys.argv[1:]))
