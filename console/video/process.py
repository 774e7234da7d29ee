"""A decoder process seen from the desk: started, spoken to, started again when it dies."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from console.domain.camera import StreamFault

HEALTHY = 60.0  # seconds a process must live for its death to count as the first
LONGEST_WAIT = 60.0  # seconds

Report = Callable[[str, StreamFault, str], None]  # key, fault, what was said of it


class Worker:
    """One `console.video.worker`. `open` and `close_stream` may be called from any thread and never wait."""

    def __init__(self, on_report: Report, on_change: Callable[[], None]) -> None:
        """Start the process. `on_report` (a stream failed), `on_change` (it is up, or down) are called on a thread."""
        self._on_report, self._on_change = on_report, on_change
        self._deaths = 0
        self._due = 0.0  # monotonic, of the next start
        self.alive = False  # started, and has loaded FFmpeg
        self.detail = ""  # why it does not come up
        self._start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def keep_alive(self) -> None:
        """Start the process again when it has died: at once, then after 1, 2, 4 ... 60 s."""
        if self._process.poll() is not None and not self._reader.is_alive() and time.monotonic() >= self._due:
            self._start()

    def open(self, key: str, url: str, shm: str) -> None:
        self._send({"do": "open", "id": key, "url": url, "shm": shm})

    def close_stream(self, key: str) -> None:
        self._send({"do": "close", "id": key})

    def close(self) -> None:
        """End the process: it goes by itself when its input closes."""
        with suppress(OSError):
            self._input.close()
        try:
            self._process.wait(3)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join()

    def _start(self) -> None:
        self._started = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "console.video.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdin and self._process.stdout
        self._input = self._process.stdin
        self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._reader.start()

    def _send(self, order: dict[str, str]) -> None:
        with suppress(OSError, ValueError):  # it has just died: the reader will say so
            self._input.write(json.dumps(order).encode() + b"\n")
            self._input.flush()

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout
        for line in process.stdout:
            message = json.loads(line)
            if message["state"] == "ready":
                self.alive, self.detail = True, ""
                self._on_change()
            elif message["state"] == "failed":
                self._on_report(message["id"], StreamFault.of(message["fault"]), message["detail"])
        process.stdout.close()
        with suppress(OSError):
            self._input.close()
        code = process.wait()
        lived = time.monotonic() - self._started
        self._deaths = self._deaths + 1 if lived < HEALTHY else 1
        wait = min(LONGEST_WAIT, 2.0 ** min(self._deaths - 2, 6)) if self._deaths > 1 else 0.0
        self._due = time.monotonic() + wait
        if not self.alive:
            self.detail = f"the video process does not start (exit {code})"
        self.alive = False
        self._on_change()
