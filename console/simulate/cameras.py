"""The demo's cameras: one HTTP server process that streams drawn pictures as H.264 in endless MPEG-TS.

    python -m console.simulate.cameras [--port 0] [--parent PID] < CAMERAS

    GET  /{id}/sub.ts, /{id}/main.ts      640x360 and 1280x720, 25 pictures a second
    POST /{id}/control                    {"level": 3.42}, {"fault": "stall" | "refuse" | null}
    POST /_clear                          every camera as it was at the start

CAMERAS is a JSON list of {"id", "kind", "name", "level"}. One line {"port": N} on standard output says it listens.
Each second of a camera's loop is drawn and encoded once, then only re-wrapped with running time stamps.
"""

import argparse
import json
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

import av
from av.video.stream import VideoStream

from console.lifeline import end_with
from console.simulate.canvas import LOOP
from console.simulate.pictures import draw

FPS = 25
SIZES = {"sub": (640, 360), "main": (1280, 720)}
BITRATE = {"sub": 700_000, "main": 2_500_000}  # bit/s at most, what town cameras are set to
LEVEL_STEP = 0.05  # metres: a river is drawn anew when it has risen this much
LEAD = 0.3  # seconds sent ahead, which fills a player's network buffer at once
KEPT_SECONDS = 1500  # encoded seconds kept in memory, about 100 MB

Fault = Literal["stall", "refuse"]
Second = list[bytes]  # the H.264 access units of one second, the first of them a key picture
Key = tuple[str, str, int, int]  # kind, stream, level in steps, second of the loop


def encode(kind: str, stream: str, level: float, second: int) -> Second:
    """Draw and encode one second of a camera's loop: a closed group of `FPS` pictures."""
    width, height = SIZES[stream]
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, FPS), Fraction(FPS)
    encoder.gop_size = FPS
    encoder.thread_count = 1
    rate = BITRATE[stream]
    encoder.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "crf": "23",
        # As real cameras do: a bounded rate, CABAC and the loop filter.
        "x264-params": f"vbv-maxrate={rate // 1000}:vbv-bufsize={rate // 1000}:no-deblock=0:cabac=1",
    }
    units = []
    for number in range(FPS):
        picture = draw(kind, second + number / FPS, width, height, level)
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts, frame.time_base = number, encoder.time_base
        units += [bytes(packet) for packet in encoder.encode(frame)]
    units += [bytes(packet) for packet in encoder.encode(None)]
    return units


class Film:
    """Seconds of every camera's loop, encoded when first asked for and kept."""

    def __init__(self) -> None:
        self._seconds: OrderedDict[Key, Future[Second]] = OrderedDict()
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="film")

    def second(self, kind: str, stream: str, level: float, number: int) -> Future[Second]:
        """Second `number` (any integer; the loop repeats), soon. Ask one ahead and it never comes late."""
        steps = round(level / LEVEL_STEP)
        key = (kind, stream, steps, number % int(LOOP))
        with self._lock:
            if key not in self._seconds:
                self._seconds[key] = self._pool.submit(encode, kind, stream, steps * LEVEL_STEP, key[3])
                while len(self._seconds) > KEPT_SECONDS:
                    self._seconds.popitem(last=False)
            self._seconds.move_to_end(key)
            return self._seconds[key]


@dataclass
class _Camera:
    kind: str
    start_level: float
    level: float
    fault: Fault | None = None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, cameras: Iterable[Mapping[str, Any]]) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.film = Film()
        self.cameras: dict[str, _Camera] = {}
        for camera in cameras:
            level = float(camera.get("level") or 0.0)
            self.cameras[str(camera["id"])] = _Camera(str(camera["kind"]), level, level)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A player that hangs up is no error."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        camera_id, _, name = self.path.strip("/").rpartition("/")
        camera = self.server.cameras.get(camera_id)
        stream = name.removesuffix(".ts")
        if camera is None or stream not in SIZES:
            self.send_error(404)
        elif camera.fault == "refuse":
            self.send_error(503)
        else:
            self.send_response(200)
            self.send_header("Content-Type", "video/mp2t")
            self.end_headers()
            self._stream(camera, stream)

    def do_POST(self) -> None:
        if self.path == "/_clear":
            for camera in self.server.cameras.values():
                camera.level, camera.fault = camera.start_level, None
        else:
            camera_id, _, name = self.path.strip("/").rpartition("/")
            found = self.server.cameras.get(camera_id)
            if found is None or name != "control":
                self.send_error(404)
                return
            order = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            found.level = float(order.get("level", found.level))
            found.fault = order.get("fault", found.fault)
        self.send_response(204)
        self.end_headers()

    def write(self, data: bytes) -> int:
        """Where the multiplexer puts its packets."""
        self.connection.sendall(data)
        return len(data)

    def _stream(self, camera: _Camera, stream: str) -> None:
        film = self.server.film
        with av.open(self, "w", format="mpegts", options={"flush_packets": "1"}) as pipe:
            width, height = SIZES[stream]
            video = pipe.add_mux_stream("h264", rate=FPS, width=width, height=height)
            assert isinstance(video, VideoStream)
            video.time_base = Fraction(1, FPS)
            # All clients of a camera see the same moment: the loop runs by the wall clock.
            begin = int(time.time())
            started = time.monotonic() - LEAD
            second = 0
            while camera.fault != "refuse":
                if camera.fault == "stall":
                    time.sleep(0.1)
                    second = int(time.monotonic() - started) + 1
                    continue
                units = film.second(camera.kind, stream, camera.level, begin + second).result()
                film.second(camera.kind, stream, camera.level, begin + second + 1)
                for number, unit in enumerate(units, second * FPS):
                    time.sleep(max(0.0, started + number / FPS - time.monotonic()))
                    if camera.fault:
                        break
                    packet = av.Packet(unit)
                    packet.stream = video
                    packet.time_base = Fraction(1, FPS)
                    packet.pts = packet.dts = number
                    packet.is_keyframe = number % FPS == 0
                    pipe.mux(packet)
                second += 1


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="console.simulate.cameras")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--parent", type=int)
    options = parser.parse_args(argv)
    if options.parent:
        end_with(options.parent)
    told = sys.stdin.read()
    if not told:  # whoever began it has no use for it
        return
    server = _Server(options.port, json.loads(told))
    print(json.dumps({"port": server.server_address[1]}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
