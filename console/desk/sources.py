"""The desk's video: pictures from the decoder processes, addresses from the pack, simulated cameras started.

A `sim://camera/stream.ts` address of a pack is the simulated town's. It is looked up anew at each connect, so
a camera is found again wherever it is served from by then.
"""

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from console.simulate.camera_server import CameraServer

if TYPE_CHECKING:
    from console.domain.pack import Pack
    from console.video.frames import Frame
    from console.video.supervisor import StreamStatus, Supervisor

log = logging.getLogger(__name__)
START_S = 10.0  # that the simulated cameras may take
SIMULATED = "sim://"
CAMERAS = "cameras"  # the setting that tells a wall where the simulated cameras are


class Feeds:
    """What every `TileGrid` asks for pictures. The decoder processes start with the first stream."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._supervisor: Supervisor | None = None
        self._there = threading.Event()  # the simulated cameras are, or nobody waits for them any more
        self._starting: CameraServer | None = None
        self.cameras: str | None = None  # where the simulated ones are served
        self.server: CameraServer | None = None  # what serves them, in the desk of a demo or drill

    def begin(self, simulated: bool) -> None:
        """Start the processes, which take a while to load: those that decode, and those of `simulated` cameras."""
        self._running()
        if simulated:
            self._starting = CameraServer()
            self._starting.begin()

    def serve(self, pack: "Pack") -> None:
        """Have a pack's `sim://` cameras drawn and served. Waits until they are there; raises `RuntimeError`."""
        server = self._starting
        if server is not None:
            drawn = [camera for camera in pack.cameras.values() if camera.main_url.startswith(SIMULATED)]
            server.cameras = [{"id": one.id, "kind": one.kind, "name": one.name.zh, "level": 0.0} for one in drawn]
            server.start()
            self.cameras, self.server = server.base_url, server
            self._there.set()
            log.info("the simulated cameras are there")

    def show(self, stream_id: str, source: str | Callable[[], str]) -> None:
        self._running().show(stream_id, source)

    def hide(self, stream_id: str) -> None:
        self._running().hide(stream_id)

    def status(self, stream_id: str) -> "StreamStatus":
        return self._running().status(stream_id)

    def frame(self, stream_id: str, seen: int) -> "Frame | None":
        return self._running().frame(stream_id, seen)

    def resolve(self, url: str) -> str:
        """The address to open now; waits while the simulated cameras start. Raises `ConnectionError` without them."""
        if not url.startswith(SIMULATED):
            return url
        if self._starting is not None:
            self._there.wait(START_S)
        if self.cameras is None:
            raise ConnectionError("the simulated cameras are not there yet")
        return f"{self.cameras}/{url.removeprefix(SIMULATED)}"

    def close(self) -> None:
        self._there.set()
        if self._supervisor is not None:
            self._supervisor.close()
        if self._starting is not None:
            self._starting.stop()

    def _running(self) -> "Supervisor":
        if self._supervisor is None:
            from console.video.supervisor import Supervisor  # the window is painted before this is needed

            self._supervisor = Supervisor(self._workers)
        return self._supervisor
