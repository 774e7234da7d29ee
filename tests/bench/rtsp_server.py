"""A real RTSP server: GStreamer's, from Debian, whose Python is the system's.

    /usr/bin/python3 tests/bench/rtsp_server.py FILM.mp4 [--port 0]

prints {"port": N} and serves rtsp://127.0.0.1:N/film to any number of clients, over TCP or UDP, at real time.
Tests use `RtspServer`, which runs it as a child process.
"""

import argparse
import json
import subprocess
from pathlib import Path


class RtspServer:
    """The server as a child process; `process` may be stopped, continued and killed."""

    def __init__(self, film: Path, port: int = 0) -> None:
        """Serve `film`, an MP4 with H.264, and wait until it listens. Raises `RuntimeError` if it does not."""
        self.process = subprocess.Popen(
            ["/usr/bin/python3", __file__, str(film), "--port", str(port)], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("GStreamer's RTSP server did not start: see packaging/dev.sh for what it needs")
        self.port = int(json.loads(line)["port"])
        self.url = f"rtsp://127.0.0.1:{self.port}/film"

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


def write_film(path: Path, seconds: int = 60) -> None:
    """An MP4 of `seconds`, 640x360 at 25 pictures a second: one second of a simulated road, again and again."""
    from fractions import Fraction

    import av

    from console.simulate.cameras import FPS, encode

    units = encode("road", "sub", 0.0, 0)
    with av.open(str(path), "w", format="mp4") as film:
        video = film.add_mux_stream("h264", rate=FPS, width=640, height=360)
        video.time_base = Fraction(1, FPS)
        for number in range(seconds * FPS):
            packet = av.Packet(units[number % FPS])
            packet.stream, packet.time_base = video, Fraction(1, FPS)
            packet.pts = packet.dts = number
            packet.duration = 1
            packet.is_keyframe = number % FPS == 0
            film.mux(packet)


def main() -> None:
    import gi

    gi.require_version("Gst", "1.0")
    gi.require_version("GstRtspServer", "1.0")
    from gi.repository import GLib, Gst, GstRtspServer

    parser = argparse.ArgumentParser()
    parser.add_argument("film", type=Path)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    Gst.init(None)
    server = GstRtspServer.RTSPServer(address="127.0.0.1", service=str(options.port))
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(
        f"( filesrc location={options.film.resolve()} ! qtdemux ! h264parse config-interval=-1"
        " ! rtph264pay name=pay0 pt=96 )"
    )
    server.get_mount_points().add_factory("/film", factory)
    server.attach(None)
    print(json.dumps({"port": server.get_bound_port()}), flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
