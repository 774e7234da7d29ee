"""Cameras as they are: every codec and group structure, sound, sizes that change, logins, and addresses kept secret."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import numpy as np
import psutil
import pytest

from console.domain.camera import Picture, StreamFault
from console.video.frames import Frame
from console.video.supervisor import Supervisor
from tests.bench.rtsp_server import RtspServer
from tests.video.films import COLOUR, film, sound_only
from tests.video.test_playing import advances, becomes, wait

PASSWORD = "a#b/c?d@e:f %&密"
H264 = "h264parse config-interval=-1 ! rtph264pay name=pay0 pt=96"
H265 = "h265parse config-interval=-1 ! rtph265pay name=pay0 pt=96"
MKV, MOV = "filesrc location={path} ! matroskademux", "filesrc location={path} ! qtdemux"
CAMERAS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "H.264 with B-frames": (lambda at: film(at / "b.mkv", options={"preset": "medium", "bf": "3"}), f"{MKV} ! {H264}"),
    "H.265": (lambda at: film(at / "5.mkv", "libx265", options={"x265-params": "log-level=none"}), f"{MKV} ! {H265}"),
    "Motion JPEG": (
        lambda at: film(at / "j.mkv"),
        f"{MKV} ! h264parse ! openh264dec ! videoconvert ! jpegenc ! rtpjpegpay name=pay0 pt=26",
    ),
    "G.711 beside the picture": (
        lambda at: film(at / "g.mov", sound="pcm_alaw"),
        f"{MOV} name=d d.audio_0 ! queue ! rtppcmapay name=pay1 pt=8 d.video_0 ! queue ! {H264}",
    ),
    "AAC beside the picture": (
        lambda at: film(at / "a.mkv", sound="aac"),
        f"{MKV} name=d d.audio_0 ! queue ! aacparse ! rtpmp4gpay name=pay1 pt=97 d.video_0 ! queue ! {H264}",
    ),
}


@pytest.fixture
def video() -> Iterator[Supervisor]:
    supervisor = Supervisor(workers=1, jitter=lambda low, high: 0.2)
    yield supervisor
    supervisor.close()


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("film") / "plain.mp4")


def corner(frame: Frame) -> tuple[int, ...]:
    """Red, green, blue of a spot in the left half of a picture."""
    at = frame.pitch * (frame.height // 4) + frame.width // 4 * 4
    return tuple(frame.pixels[at : at + 3])[::-1]


@pytest.mark.parametrize("camera", CAMERAS)
def test_it_plays_in_order_and_in_its_colours(video: Supervisor, tmp_path: Path, camera: str) -> None:
    make, pipeline = CAMERAS[camera]
    with closing(RtspServer(make(tmp_path), pipeline=pipeline)) as server:
        video.show("c", server.url)
        becomes(video, "c", Picture.LIVE)
        # The right half gets brighter with every picture: one shown out of order would be darker than the last.
        seen, bright, darker = 0, [], 0

        def enough() -> bool:
            nonlocal seen
            if frame := video.frame("c", seen):
                seen = frame.counter
                assert np.abs(np.subtract(corner(frame), COLOUR)).max() < 12
                at = frame.pitch * (frame.height // 2) + frame.width * 3
                bright.append(frame.pixels[at])
            return len(bright) >= 50

        wait(enough, f"50 pictures of {camera}")
        darker = sum(after < before for before, after in pairwise(bright))
        assert darker <= 1, "only where it goes from white to black again"
        assert video.status("c").picture is Picture.LIVE


def test_a_size_that_changes_in_mid_stream_is_taken_up(video: Supervisor, tmp_path: Path) -> None:
    parts = [film(tmp_path / "1.h264", seconds=2), film(tmp_path / "2.h264", size=(1280, 720), seconds=4)]
    both = tmp_path / "both.h264"
    both.write_bytes(b"".join(part.read_bytes() for part in parts))
    with closing(RtspServer(both, pipeline=f"filesrc location={{path}} ! {H264}")) as server:
        video.show("c", server.url)
        becomes(video, "c", Picture.LIVE)
        wait(lambda: (frame := video.frame("c", 0)) and frame[1:3] == (640, 360), "the first size")
        before = video.frame("c", 0).counter  # type: ignore[union-attr]
        wait(lambda: (frame := video.frame("c", 0)) and frame[1:3] == (1280, 720), "the second size")
        frame = video.frame("c", 0)
        assert frame and frame.counter - before <= 2 * 25 + 5, "with its first picture, of one connection"
        assert np.abs(np.subtract(corner(frame), COLOUR)).max() < 12
        del frame


def test_pixels_that_are_not_square_are_told(video: Supervisor, tmp_path: Path) -> None:
    path = film(tmp_path / "pal.mkv", size=(704, 576), pixel=Fraction(16, 11))
    with closing(RtspServer(path, pipeline=f"{MKV} ! {H264}")) as server:
        video.show("c", server.url)
        becomes(video, "c", Picture.LIVE)
        frame = video.frame("c", 0)
        assert frame and (frame.width, frame.height, frame.display_width) == (704, 576, 1024)
        del frame


@pytest.mark.parametrize("method", ["basic", "digest"])
def test_a_login_with_any_sign_opens_and_a_wrong_one_is_said_at_once(
    plain: Path, method: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    waits: list[float] = []

    def jitter(low: float, high: float) -> float:
        waits.append(high)
        return 0.0

    supervisor = Supervisor(workers=1, jitter=jitter)
    with closing(supervisor), closing(RtspServer(plain, login=f"{method}:admin:{PASSWORD}")) as server:
        place = f"127.0.0.1:{server.port}"
        supervisor.show("right", f"RTSP://admin:{quote(PASSWORD, safe='')}@{place}/film")
        supervisor.show("wrong", f"rtsp://admin:hunter2@{place}/film")
        supervisor.show("elsewhere", f"rtsp://admin:{quote(PASSWORD, safe='')}@{place}/nothing")
        becomes(supervisor, "wrong", Picture.FORBIDDEN)
        assert supervisor.status("wrong").fault is StreamFault.PASSWORD
        becomes(supervisor, "elsewhere", Picture.OFFLINE)
        assert supervisor.status("elsewhere").fault is StreamFault.MISSING
        becomes(supervisor, "right", Picture.LIVE)
        advances(supervisor, "right")
        wait(lambda: len(waits) > 5, "more tries of what is not there")
        workers = [psutil.Process(pid) for pid in supervisor.pids]
        arguments = " ".join(part for worker in workers for part in worker.cmdline())
        said = repr([supervisor.status(one) for one in ("right", "wrong", "elsewhere")])
    out, err = capfd.readouterr()
    for secret in ("hunter2", quote(PASSWORD, safe=""), PASSWORD):
        assert secret not in out + err + caplog.text + said + arguments
    assert "Traceback" not in err


def test_a_refused_password_is_not_tried_again_and_again(plain: Path) -> None:
    """A camera locks out who guesses; its owner would find it locked by the desk."""
    with (
        closing(socket.create_server(("127.0.0.1", 0))) as listening,
        closing(Supervisor(1, lambda low, high: 0.0)) as video,
    ):
        asked: list[bytes] = []

        def refuse() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection, connection.makefile("rb") as lines:
                    for line in lines:
                        if line.lower().startswith(b"cseq"):
                            asked.append(line)
                            connection.sendall(b'RTSP/1.0 401 No\r\n%bWWW-Authenticate: Basic realm="x"\r\n\r\n' % line)

        threading.Thread(target=refuse, daemon=True).start()
        video.show("c", f"rtsp://u:p@127.0.0.1:{listening.getsockname()[1]}/x")
        becomes(video, "c", Picture.FORBIDDEN)
        video.show("other", "rtsp://127.0.0.1:1/x")
        becomes(video, "other", Picture.OFFLINE)
        once = len(asked)
        time.sleep(1.5)  # of tries without a pause
        assert len(asked) == once
        listening.shutdown(socket.SHUT_RDWR)


class _Odd(BaseHTTPRequestHandler):
    """Answers /403 with 403, and /sound with a film that has no picture."""

    sound = b""

    def do_GET(self) -> None:
        status = int(self.path[1:]) if self.path[1:].isdigit() else 200
        body = {"/sound": self.sound, "/words": b"<html>Welcome</html>" * 50}.get(self.path, b"")
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_every_reason_has_its_word(video: Supervisor, plain: Path, tmp_path: Path) -> None:
    _Odd.sound = sound_only(tmp_path / "s.ts").read_bytes()
    never = "videotestsrc is-live=true ! video/x-raw,format=Y444 ! jpegenc ! rtpjpegpay name=pay0 pt=26"  # refuses Y444
    with (
        closing(RtspServer(plain, pipeline=never)) as silent,
        closing(socket.create_server(("127.0.0.1", 0))) as deaf,
        ThreadingHTTPServer(("127.0.0.1", 0), _Odd) as odd,
    ):
        threading.Thread(target=odd.serve_forever, daemon=True).start()
        web = f"http://127.0.0.1:{odd.server_port}"
        reasons = {
            "rtsp://127.0.0.1:1/x": StreamFault.UNREACHABLE,
            "rtsp://no-such-host.invalid/x": StreamFault.UNREACHABLE,
            f"rtsp://127.0.0.1:{deaf.getsockname()[1]}/x": StreamFault.SILENT,
            "onvif://127.0.0.1/x": StreamFault.ADDRESS,
            "rtsp://u:a#b@127.0.0.1/x": StreamFault.ADDRESS,
            f"{web}/401": StreamFault.PASSWORD,
            f"{web}/403": StreamFault.REFUSED,
            f"{web}/404": StreamFault.MISSING,
            f"{web}/410": StreamFault.SERVER,
            f"{web}/500": StreamFault.SERVER,
            f"{web}/sound": StreamFault.NO_VIDEO,
            f"{web}/words": StreamFault.CODEC,
            silent.url: StreamFault.SILENT,
        }
        for url in reasons:
            video.show(url, url)
        found = {}
        for url in reasons:
            wait(lambda url=url: video.status(url).picture is not Picture.CONNECTING, url)
            found[url] = video.status(url).fault
        odd.shutdown()
    assert found == reasons


def test_rtsp_in_tls_plays(video: Supervisor, plain: Path) -> None:
    """As cameras do it: a certificate of their own making."""
    here = Path(__file__).parent
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(here / "camera.pem")
    with closing(RtspServer(plain)) as server, closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def pass_on(source: socket.socket, target: socket.socket) -> None:
            try:
                while data := source.recv(65536):
                    target.sendall(data)
            except OSError:
                pass

        def serve() -> None:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            camera = socket.create_connection(("127.0.0.1", server.port))
            with camera, tls.wrap_socket(connection, server_side=True) as secured:
                threading.Thread(target=pass_on, args=(camera, secured), daemon=True).start()
                pass_on(secured, camera)

        threading.Thread(target=serve, daemon=True).start()
        video.show("c", f"rtsps://127.0.0.1:{listening.getsockname()[1]}/film")
        becomes(video, "c", Picture.LIVE)
        advances(video, "c")
        video.hide("c")
