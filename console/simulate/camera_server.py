"""The simulated cameras as a child process: a handle that costs nothing to import."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any


class CameraServer:
    """The server as a child process, for the demo and for tests."""

    def __init__(self, cameras: Iterable[Mapping[str, Any]] = ()) -> None:
        """`cameras` are mappings with "id", "kind", "name" and "level" (metres, where there is water)."""
        self.cameras = [dict(camera) for camera in cameras]
        self._process: subprocess.Popen[str] | None = None
        self._port = 0

    @property
    def pid(self) -> int:
        assert self._process is not None, "not started"
        return self._process.pid

    def begin(self) -> None:
        """Start the process, which loads what it needs while `cameras` may still be read."""
        command = [sys.executable, "-m", "console.simulate.cameras"]
        self._process = subprocess.Popen(
            [*command, "--port", str(self._port), "--parent", str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self) -> None:
        """Serve `cameras`; wait until the process listens. Raises `RuntimeError` when it does not."""
        if self._process is None:
            self.begin()
        assert self._process is not None and self._process.stdin is not None and self._process.stdout is not None
        with suppress(OSError), self._process.stdin as told:  # it has ended: it says nothing then
            json.dump(self.cameras, told)
        line = self._process.stdout.readline()
        if not line:
            self.stop()
            raise RuntimeError("the cameras did not start")
        self._port = int(json.loads(line)["port"])

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def url(self, camera_id: str, stream: str = "sub") -> str:
        """The address of a camera's "sub" or "main" stream."""
        return f"{self.base_url}/{camera_id}/{stream}.ts"

    def control(self, camera_id: str, **order: float | str | None) -> None:
        """`control("c1", level=3.42)`, `control("c1", fault="stall")`. Raises `OSError` if it fails."""
        self._post(f"{camera_id}/control", order)

    def clear(self) -> None:
        """Every camera as it was at the start."""
        self._post("_clear", {})

    def stop(self) -> None:
        """End the process. The port is kept: `start` listens on it again."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        with suppress(OSError):  # what it was not told any more
            if self._process.stdin:
                self._process.stdin.close()
        if self._process.stdout:
            self._process.stdout.close()
        self._process = None

    def _post(self, path: str, order: Mapping[str, Any]) -> None:
        import urllib.request  # slow, and not needed for the first picture

        request = urllib.request.Request(f"http://127.0.0.1:{self._port}/{path}", json.dumps(order).encode())
        with urllib.request.urlopen(request, timeout=5):
            pass
