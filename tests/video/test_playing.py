"""Real streams through real decoder processes: played, stalled, refused, killed, and back again."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import psutil
import pytest

from console.domain.camera import Picture, StreamFault
from console.simulate.camera_server import CameraServer
from console.video.supervisor import Supervisor
from tests.bench.rtsp_server import RtspServer, write_film
from tests.support_wait import WAIT_S
from tests.support_wait import until as wait


@pytest.fixture(scope="module")
def cameras() -> Iterator[CameraServer]:
    server = CameraServer([{"id": name, "kind": "road", "name": name, "level": 0.0} for name in ("a", "b", "c")])
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    write_film(path)
    return path


@pytest.fixture
def video(cameras: CameraServer) -> Iterator[Supervisor]:
    cameras.clear()
    supervisor = Supervisor(workers=2, jitter=lambda low, high: 0.2)
    yield supervisor
    supervisor.close()


def becomes(video: Supervisor, stream: str, picture: Picture) -> None:
    wait(lambda: video.status(stream).picture is picture, f"{stream} {picture} but {video.status(stream)}")


def advances(video: Supervisor, stream: str, by: int = 10) -> None:
    """Pictures come, numbered upwards."""
    seen = 0
    first = None

    def more() -> bool:
        nonlocal seen, first
        if frame := video.frame(stream, seen):
            assert frame.counter > seen
            seen = frame.counter
            first = seen if first is None else first
        return first is not None and seen >= first + by

    wait(more, f"{by} pictures of {stream}")


def test_http_plays_and_two_users_share_it(video: Supervisor, cameras: CameraServer) -> None:
    assert video.status("a").picture is Picture.IDLE
    asked = datetime.now(UTC)
    video.show("a", cameras.url("a"))
    assert video.status("a").picture is Picture.CONNECTING
    becomes(video, "a", Picture.LIVE)
    advances(video, "a")
    frame = video.frame("a", 0)
    assert frame is not None and (frame.width, frame.height) == (640, 360)
    pixels = np.frombuffer(frame.pixels, np.uint8).reshape(frame.height, frame.pitch)[:, : frame.width * 4]
    assert pixels.reshape(360, 640, 4)[:, :, :3].std() > 20, "a road, not a grey field"
    del pixels, frame
    status = video.status("a")
    assert status.size == (640, 360) and asked <= status.since <= datetime.now(UTC)
    wait(lambda: 20 < video.status("a").fps < 30, "25 pictures a second")
    video.show("a", cameras.url("a"))
    video.hide("a")
    advances(video, "a")
    video.hide("a")
    assert video.status("a").picture is Picture.IDLE and video.frame("a", 0) is None


def test_rtsp_over_tcp_plays_stalls_and_comes_back(video: Supervisor, film: Path) -> None:
    server = RtspServer(film)
    try:
        video.show("r", server.url)
        becomes(video, "r", Picture.LIVE)
        advances(video, "r")
        stopped = datetime.now(UTC)
        os.kill(server.process.pid, signal.SIGSTOP)
        becomes(video, "r", Picture.STALLED)
        since = video.status("r").since
        assert abs((since - stopped).total_seconds()) < 2.5, "since the last real picture"
        os.kill(server.process.pid, signal.SIGCONT)
        becomes(video, "r", Picture.LIVE)
        server.close()
        becomes(video, "r", Picture.OFFLINE)
        server = RtspServer(film, server.port)
        becomes(video, "r", Picture.LIVE)
        advances(video, "r")
    finally:
        server.close()


def test_a_silent_http_source_is_stalled_and_its_neighbour_is_not(video: Supervisor, cameras: CameraServer) -> None:
    video.show("a", cameras.url("a"))
    video.show("b", cameras.url("b"))
    becomes(video, "a", Picture.LIVE)
    becomes(video, "b", Picture.LIVE)
    cameras.control("a", fault="stall")
    becomes(video, "a", Picture.STALLED)
    assert video.status("b").picture is Picture.LIVE
    cameras.control("a", fault=None)
    becomes(video, "a", Picture.LIVE)


def test_a_refused_camera_is_offline_and_is_asked_for_again(video: Supervisor, cameras: CameraServer) -> None:
    cameras.control("c", fault="refuse")
    asked = []

    def resolve() -> str:
        asked.append(time.monotonic())
        return cameras.url("c")

    video.show("c", resolve)
    becomes(video, "c", Picture.OFFLINE)
    assert video.status("c").fault is StreamFault.SERVER
    wait(lambda: len(asked) > 2, "a fresh URL for every try")
    cameras.control("c", fault=None)
    becomes(video, "c", Picture.LIVE)


def test_a_camera_one_may_not_see_says_so(video: Supervisor) -> None:
    def resolve() -> str:
        raise PermissionError("not for this desk")

    video.show("x", resolve)
    becomes(video, "x", Picture.FORBIDDEN)
    assert video.status("x").detail == "not for this desk"


def test_a_directory_that_does_not_answer_blocks_nothing(video: Supervisor, cameras: CameraServer) -> None:
    answer = threading.Event()

    def resolve() -> str:
        answer.wait(WAIT_S)
        return cameras.url("b")

    video.show("slow", resolve)
    video.show("a", cameras.url("a"))
    becomes(video, "a", Picture.LIVE)
    assert video.status("slow").picture is Picture.CONNECTING
    answer.set()
    becomes(video, "slow", Picture.LIVE)


def test_waits_grow_to_a_minute() -> None:
    longest = []

    def jitter(low: float, high: float) -> float:
        longest.append(high)
        return 0.0

    supervisor = Supervisor(workers=1, jitter=jitter)

    def never() -> str:
        raise OSError("no such channel")

    supervisor.show("y", never)
    wait(lambda: len(longest) >= 8, "eight tries")
    assert supervisor.status("y").detail == "no such channel"
    supervisor.close()
    assert longest[:8] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_killed_decoder_comes_back_with_its_streams(video: Supervisor, cameras: CameraServer) -> None:
    video.show("a", cameras.url("a"))
    video.show("b", cameras.url("b"))
    becomes(video, "a", Picture.LIVE)
    becomes(video, "b", Picture.LIVE)
    before = {stream: video.frame(stream, 0).counter for stream in "ab"}  # type: ignore[union-attr]
    killed = video.pids
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    wait(lambda: video.status("a").picture is not Picture.LIVE, "no frozen picture passes for live")
    wait(lambda: len(video.pids) == 2 and not set(video.pids) & set(killed), "two new processes")
    for stream in "ab":
        becomes(video, stream, Picture.LIVE)
        wait(lambda stream=stream: video.frame(stream, before[stream]), "pictures that go on counting")


def test_a_killed_desk_leaves_no_decoders(cameras: CameraServer) -> None:
    desk = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time; from console.video.supervisor import Supervisor; video = Supervisor(2)\n"
            "video.show('a', sys.argv[1])\n"
            "while not (video.frame('a', 0) and len(video.pids) == 2): time.sleep(0.02)\n"
            "print(*video.pids, flush=True)\ntime.sleep(600)",
            cameras.url("a"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # Python's tracker says there that it cleaned up shared memory
        text=True,
    )
    assert desk.stdout
    pids = [int(pid) for pid in desk.stdout.readline().split()]
    assert len(pids) == 2
    desk.kill()
    desk.communicate()
    wait(lambda: not any(map(psutil.pid_exists, pids)), "the decoders are gone")
