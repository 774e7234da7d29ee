"""The simulated cameras: they stream what they draw, rise with the river, fail on demand, and end with the desk."""

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import psutil
import pytest
from PIL import Image

from console.simulate.camera_server import CameraServer
from console.simulate.canvas import LOOP
from console.simulate.pictures import SCENES, draw
from tests.support_wait import WAIT_S, until

SHOTS = Path("build/shots")


@pytest.fixture(scope="module")
def cameras() -> Iterator[CameraServer]:
    server = CameraServer(
        [
            {"id": "river", "kind": "river_gauge", "name": "立沙桥 上游", "level": 1.0},
            {"id": "road", "kind": "road", "name": "立沙桥 东", "level": 0.0},
        ]
    )
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("kind", [*SCENES, "unheard of"])
def test_every_kind_moves_and_comes_back(kind: str) -> None:
    first, later, round_trip = (draw(kind, t, 640, 360, 3.4) for t in (0.0, 1.3, LOOP))
    assert first.shape == (360, 640, 3) and first.dtype == np.uint8
    assert first.std() > 10
    moved = np.abs(first.astype(int) - later).max(axis=2) > 12
    assert 0.0005 < moved.mean() < 0.6
    assert np.array_equal(first, round_trip)
    SHOTS.mkdir(parents=True, exist_ok=True)
    Image.fromarray(later).save(SHOTS / f"camera_{kind.replace(' ', '_')}.png")


@pytest.mark.parametrize("kind", ["river_gauge", "bridge", "pump_station"])
def test_water_rises_with_the_level(kind: str) -> None:
    low, high = (draw(kind, 0.0, 640, 360, level).astype(int) for level in (1.0, 4.0))
    assert (np.abs(low - high).max(axis=2) > 20).mean() > 0.04


@pytest.mark.parametrize(("stream", "size"), [("sub", (640, 360)), ("main", (1280, 720))])
def test_a_stream_runs_on_over_the_end_of_its_loop(cameras: CameraServer, stream: str, size: tuple[int, int]) -> None:
    with av.open(cameras.url("road", stream)) as source:
        video = source.streams.video[0]
        times = []
        for frame in source.decode(video):
            assert (frame.width, frame.height) == size
            assert frame.pts is not None and frame.time_base is not None
            times.append(float(frame.pts * frame.time_base))
            if len(times) == 60:
                break
    assert np.diff(times) == pytest.approx(1 / 25, abs=0.001)


def test_the_river_rises_on_the_stream(cameras: CameraServer) -> None:
    def look() -> np.ndarray:
        with av.open(cameras.url("river")) as source:
            return next(source.decode(video=0)).to_ndarray(format="rgb24").astype(int)

    before = look()
    cameras.control("river", level=3.42)
    assert (np.abs(look() - before).max(axis=2) > 20).mean() > 0.1
    cameras.clear()
    assert (np.abs(look() - before).max(axis=2) > 40).mean() < 0.05


def test_faults(cameras: CameraServer) -> None:
    with urllib.request.urlopen(cameras.url("road"), timeout=WAIT_S) as source:
        assert source.read(188)[0] == 0x47
        cameras.control("road", fault="stall")
        with pytest.raises(TimeoutError):
            source.fp.raw._sock.settimeout(1.0)
            while source.read(188):
                pass
        cameras.control("road", fault="refuse")
        with pytest.raises(urllib.error.HTTPError, match="503") as refused:
            urllib.request.urlopen(cameras.url("road"), timeout=WAIT_S)
        refused.value.close()
        cameras.control("road", fault=None)
        with urllib.request.urlopen(cameras.url("road"), timeout=WAIT_S) as again:
            assert again.read(188)[0] == 0x47
    for wrong in (cameras.url("nobody"), cameras.url("road", "huge")):
        with pytest.raises(urllib.error.HTTPError, match="404") as missing:
            urllib.request.urlopen(wrong, timeout=WAIT_S)
        missing.value.close()


def test_the_cameras_end_with_their_parent() -> None:
    desk = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import time; from console.simulate.camera_server import CameraServer\n"
            "cameras = CameraServer([]); cameras.start(); print(cameras.pid, flush=True); time.sleep(600)",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert desk.stdout
    pid = int(desk.stdout.readline())
    desk.kill()
    desk.communicate()
    until(lambda: not psutil.pid_exists(pid), "the cameras are gone")
