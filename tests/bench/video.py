"""What many tiles cost: `yiping bench video --tiles 16 [--seconds 20]`.

The real grid in a real window, fed by the supervisor from simulated cameras (640x360, 25 pictures a second),
against bare FFmpeg decoding and converting the same streams. CPU is in per cent of one core.
"""

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil

KINDS = (
    "river_gauge", "road", "square", "bridge", "pump_station", "reservoir", "street_night", "fire_watch",
)  # fmt: skip
WARM_UP = 12.0  # seconds: every camera's loop is encoded by then, and no longer costs anything
METER_MS = 10


def bare(urls: list[str], warm_up: float, seconds: float) -> None:
    """Decode and convert to BGRA, one thread a stream, nothing else; print fps and CPU as JSON."""
    import av

    count = 0

    def run(url: str) -> None:
        nonlocal count
        with av.open(url) as source:
            video = source.streams.video[0]
            video.codec_context.thread_count = 1
            for frame in source.decode(video):
                frame.reformat(format="bgra")
                count += 1

    for url in urls:
        threading.Thread(target=run, args=(url,), daemon=True).start()
    time.sleep(warm_up)
    begin, cpu, before = time.monotonic(), time.process_time(), count
    time.sleep(seconds)
    took = time.monotonic() - begin
    fps, used = (count - before) / took / len(urls), (time.process_time() - cpu) / took * 100
    print(json.dumps({"fps": round(fps, 2), "cpu": round(used, 1)}), flush=True)
    os._exit(0)


def cpu_seconds(pids: list[int]) -> float:
    return sum(sum(psutil.Process(pid).cpu_times()[:2]) for pid in pids)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="yiping bench video")
    parser.add_argument("--tiles", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args(argv)
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

    from PySide6.QtCore import QEventLoop, Qt, QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication

    from console.domain.camera import Camera, Picture
    from console.domain.place import Point
    from console.domain.words import Label
    from console.simulate.camera_server import CameraServer
    from console.video.supervisor import Supervisor
    from widgets import theme, tile_grid
    from widgets.video_tile import FrameLike, VideoTile

    painted = 0

    class CountingTile(VideoTile):
        """Counts the pictures that reach the screen."""

        fresh = False

        def set_frame(self, frame: FrameLike) -> None:  # type: ignore[override]
            self.fresh = True
            super().set_frame(frame)

        def paintEvent(self, event: QPaintEvent) -> None:
            nonlocal painted
            super().paintEvent(event)
            painted += self.fresh
            self.fresh = False

    tile_grid.VideoTile = CountingTile  # type: ignore[misc]
    server = CameraServer(
        {"id": f"c{n}", "kind": KINDS[n % len(KINDS)], "name": "", "level": 3.1} for n in range(options.tiles)
    )
    server.start()
    urls = [server.url(f"c{n}") for n in range(options.tiles)]
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    theme.use(theme.current())
    supervisor = Supervisor(options.workers)
    begun = time.monotonic()
    grid = tile_grid.TileGrid(supervisor)
    grid.set_cameras(
        [
            Camera(f"c{n}", Label(f"摄像机 {n + 1}", f"Camera {n + 1}"), KINDS[n % 8], Point(113.6, 22.9), url, url)
            for n, url in enumerate(urls)
        ]
    )
    grid.set_badge("模拟")
    grid.resize(1920, 1080)
    grid.show()

    lateness: list[float] = []
    last = time.perf_counter()

    def meter() -> None:
        nonlocal last
        now = time.perf_counter()
        lateness.append((now - last) * 1000 - METER_MS)
        last = now

    timer = QTimer(interval=METER_MS, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(meter)

    def turn(seconds: float) -> None:
        loop = QEventLoop()  # `app.quit` would close the window
        QTimer.singleShot(int(seconds * 1000), loop.quit)
        loop.exec()

    def all_live() -> bool:
        return all(supervisor.status(f"c{n}/sub").picture is Picture.LIVE for n in range(options.tiles))

    while not all_live() and time.monotonic() < begun + 30:
        turn(0.1)
    all_live_after = time.monotonic() - begun
    turn(WARM_UP)
    if shots := os.environ.get("YIPING_SHOTS"):
        grid.grab().save(str(Path(shots) / "bench-video.png"))
        turn(1.0)
    timer.start()
    lateness.clear()
    last = time.perf_counter()
    pids = supervisor.pids
    begin, desk, workers, before = time.monotonic(), cpu_seconds([os.getpid()]), cpu_seconds(pids), painted
    turn(options.seconds)
    took = time.monotonic() - begin
    fps = (painted - before) / took / options.tiles
    cpu_desk = (cpu_seconds([os.getpid()]) - desk) / took * 100
    cpu_workers = (cpu_seconds(pids) - workers) / took * 100
    timer.stop()
    grid.hide()
    supervisor.close()
    lines = subprocess.run(
        [sys.executable, __file__, "--bare", "5", str(options.seconds), *urls],
        stdout=subprocess.PIPE, text=True, check=True,
    ).stdout  # fmt: skip
    server.stop()
    reference = json.loads(lines)
    late = sorted(lateness)
    result = {
        "tiles": options.tiles,
        "fps": round(fps, 2),
        "cpu_desk": round(cpu_desk, 1),
        "cpu_workers": round(cpu_workers, 1),
        "cpu_bare": reference["cpu"],
        "ratio": round((cpu_desk + cpu_workers) / reference["cpu"], 2),
        "stall_p99_ms": round(late[int(len(late) * 0.99)], 1),
    }
    print(f"{'tiles':>24} {options.tiles}")
    print(f"{'all live after':>24} {all_live_after:.1f} s")
    print(f"{'pictures on screen':>24} {fps:.2f} a second a tile (bare: {reference['fps']})")
    print(f"{'desk':>24} {cpu_desk:.1f} % of a core")
    print(f"{'decoder processes':>24} {cpu_workers:.1f} %")
    print(f"{'bare FFmpeg':>24} {reference['cpu']} %")
    print(f"{'ratio':>24} {result['ratio']} (goal 1.4)")
    print(f"{'event loop late by, p99':>24} {result['stall_p99_ms']} ms (goal 30), worst {late[-1]:.1f} ms")
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--bare"]:
        bare(sys.argv[4:], float(sys.argv[2]), float(sys.argv[3]))
    sys.exit(main(sys.argv[1:]))
