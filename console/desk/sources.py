"""The desk's video: pictures from the decoder processes, addresses from the pack, simulated cameras started.

A `sim://camera/stream.ts` address of a pack is the simulated town's. It is looked up anew at each connect, so
a camera is found again wherever it is served from by then.
"""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.simulate.camera_server import CameraServer
    from console.video.frames import Frame
    from console.video.supervisor import StreamStatus, Supervisor

log = logging.getLogger(__name__)
SIMULATED = "sim://"
CAMERAS = "cameras"  # the setting that tells a wall where the simulated cameras are


class Feeds:
    """What every `TileGrid` asks for pictures. The decoder processes start with the first stream."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._supervisor: Supervisor | None = None
        self.cameras: str | None = None  # where the simulated ones are served
        self.server: CameraServer | None = None  # what serves them, in the desk of a demo or drill

    def begin(self) -> None:
        """Start the decoder processes: they take a while."""
        self._running()

    def use(self, server: "CameraServer") -> None:
        """The simulated cameras are there."""
        self.server, self.cameras = server, server.base_url
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
        """The address to open now. Raises `ConnectionError` while the simulated cameras are not there."""
        if not url.startswith(SIMULATED):
            return url
        if self.cameras is None:
            raise ConnectionError("the simulated cameras are not there yet")
        return f"{self.cameras}/{url.removeprefix(SIMULATED)}"

    def close(self) -> None:
        if self._supervisor is not None:
            self._supervisor.close()
        if self.server is not None:
            self.server.stop()

    def _running(self) -> "Supervisor":
        if self._supervisor is None:
            from console.video.supervisor import Supervisor  # the window is painted before this is needed

            self._supervisor = Supervisor(self._workers)
        return self._supervisor
