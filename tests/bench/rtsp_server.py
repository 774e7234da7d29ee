"""A real RTSP server: GStreamer's, from Debian, whose Python is the system's.

    /usr/bin/python3 tests/bench/rtsp_server.py PIPELINE [--port 0] [--login digest:user:password]

prints {"port": N} and serves rtsp://127.0.0.1:N/film to any number of clients, over TCP or UDP, at real time.
Tests use `RtspServer`, which runs it as a child process.
"""

import argparse
import json
import subprocess
from pathlib import Path

FILM = "filesrc location={path} ! qtdemux ! h264parse config-interval=-1 ! rtph264pay name=pay0 pt=96"


class RtspServer:
    """The server as a child process; `process` may be stopped, continued and killed."""

    def __init__(self, film: Path, port: int = 0, *, pipeline: str = FILM, login: str = "") -> None:
        """Serve `pipeline`, where {path} is `film` (an MP4 with H.264), and wait until it listens.

        With `login`, `basic:user:password` or `digest:user:password`, only to who has it. Raises `RuntimeError` if it
        does not start.
        """
        order = [pipeline.format(path=film.resolve()), "--port", str(port), "--login", login]
        self.process = subprocess.Popen(["/usr/bin/python3", __file__, *order], stdout=subprocess.PIPE, text=True)
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
    gi.require_version("GstRtsp", "1.0")
    gi.require_version("GstRtspServer", "1.0")
    from gi.repository import GLib, Gst, GstRtsp, GstRtspServer

    parser = argparse.ArgumentParser()
    parser.add_argument("pipeline")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--login", default="")
    options = parser.parse_args()
    Gst.init(None)
    server = GstRtspServer.RTSPServer(address="127.0.0.1", service=str(options.port))
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( {options.pipeline} )")
    if options.login:
        method, user, password = options.login.split(":", 2)
        guest = GstRtspServer.RTSPToken()
        guest.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, "guest")
        auth = GstRtspServer.RTSPAuth()
        if method == "digest":
            auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
            auth.add_digest(user, password, guest)
        else:
            auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), guest)
        server.set_auth(auth)
        rights = GstRtspServer.RTSPPermissions()
        rights.add_role("guest")
        for right in ("access", "construct"):
            rights.add_permission_for_role("guest", f"media.factory.{right}", True)
        factory.set_permissions(rights)
    server.get_mount_points().add_factory("/film", factory)
    server.attach(None)
    print(json.dumps({"port": server.get_bound_port()}), flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
