"""The simulated cameras as a child process: a handle that costs nothing to import."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from typing import Any


class CameraServer:
    """The server as a child process, for the demo and for tests."""

    def __init__(self, cameras: Iterable[Mapping[str, Any]]) -> None:
        """`cameras` are mappings with "id", "kind", "name" and "level" (metres, where there is water)."""
        self._cameras = [dict(camera) for camera in cameras]
        self._process: subprocess.Popen[str] | None = None
        self._port = 0

    @property
    def pid(self) -> int:
        assert self._process is not None, "not started"
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it listens. Raises `RuntimeError` when it does not."""
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            json.dump(self._cameras, file, ensure_ascii=False)
            file.flush()
            command = [sys.executable, "-m", "console.simulate.cameras", "--cameras", file.name]
            self._process = subprocess.Popen(
                [*command, "--port", str(self._port), "--parent", str(os.getpid())], stdout=subprocess.PIPE, text=True
            )
            assert self._process.stdout is not None
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
        if self._process.stdout:
            self._process.stdout.close()
        self._process = None

    def _post(self, path: str, order: Mapping[str, Any]) -> None:
        import urllib.request  # slow, and not needed for the first picture

        request = urllib.request.Request(f"http://127.0.0.1:{self._port}/{path}", json.dumps(order).encode())
        with urllib.request.urlopen(request, timeout=5):
            pass
