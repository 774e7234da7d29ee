"""Which stream plays in which decoder process, and what its tile may honestly say.

A stalled source is silent: its connection stays up. So a stream is live only while pictures really come, and
everything else is connecting, stalled since, offline or forbidden, and is tried again.
"""

import logging
import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from console.domain.camera import Picture, StreamFault
from console.domain.stream_address import without_secrets
from console.video.frames import Frame, FrameBlock
from console.video.process import Worker

log = logging.getLogger(__name__)

STALL = 5.0  # seconds without a picture until a stream is stalled
PATIENCE = 15.0  # seconds a source may take from opening to its first picture
LONGEST_WAIT = 60.0  # seconds between tries at most
REFUSED_WAIT = 600.0  # seconds until a password that was refused is tried again: cameras lock out who guesses
STEADY = 10.0  # seconds of pictures after which a stream counts as well again
TICK = 0.1  # seconds between looks
RATE_SPAN = 2.0  # seconds over which pictures are counted

Source = str | Callable[[], str]
Random = Callable[[float, float], float]


@dataclass(frozen=True, slots=True)
class StreamStatus:
    picture: Picture
    since: datetime  # UTC; for STALLED and OFFLINE when the last real picture came, or the first try failed
    size: tuple[int, int] = (0, 0)  # pixels; (0, 0) before the first picture
    fps: float = 0.0  # real pictures a second, over the last seconds
    fault: StreamFault | None = None  # why it is not live, where that is known
    detail: str = ""  # what the source or the system said, in its own words, without secrets


@dataclass(eq=False)
class _Session:
    """One try at a stream, in a block of its own: a player slow to stop cannot write into the next."""

    key: str
    worker: Worker
    block: FrameBlock
    opened: float  # monotonic
    pictures: list[tuple[float, int]] = field(default_factory=list)  # of the last seconds: monotonic, counter


@dataclass(eq=False)
class _Stream:
    source: Source
    since: float  # epoch
    picture: Picture = Picture.CONNECTING
    users: int = 1
    fault: StreamFault | None = None
    detail: str = ""
    size: tuple[int, int] = (0, 0)
    fps: float = 0.0
    counter: int = 0  # of the last picture of the session before
    last_picture: float = 0.0  # epoch
    live_from: float = 0.0  # monotonic
    tries: int = 0
    due: float = 0.0  # monotonic, of the next try
    resolving: bool = False
    session: _Session | None = None


class Supervisor:
    """Keeps streams playing. Call it from one thread; no call waits for a process or the network."""

    def __init__(self, workers: int = 2, jitter: Random = random.uniform) -> None:
        """Start `workers` decoder processes. `jitter(0, t)` picks the wait before a try, up to `t` s."""
        self._jitter = jitter
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._closed = False
        self._streams: dict[str, _Stream] = {}
        self._sessions: dict[str, _Stream] = {}
        self._old_blocks: list[FrameBlock] = []
        self._serial = 0
        self._workers = [Worker(self._on_report, self._wake.set) for _ in range(workers)]
        self._thread = threading.Thread(target=self._run, name="video", daemon=True)
        self._thread.start()

    @property
    def pids(self) -> list[int]:
        """The decoder processes alive."""
        return [worker.pid for worker in self._workers if worker.alive]

    def show(self, stream_id: str, source: Source) -> None:
        """Play `stream_id`, or count one more user of it.

        `source` is a URL, or a function that is asked for a fresh one at every try, in a thread of its own;
        it may take its time, and raise `PermissionError` when this desk may not see the camera.
        """
        with self._lock:
            if stream := self._streams.get(stream_id):
                stream.users += 1
                stream.source = source
                return
            self._streams[stream_id] = _Stream(source, time.time())
        self._wake.set()

    def hide(self, stream_id: str) -> None:
        """One user less; with the last the stream is stopped. A stream never shown is no error."""
        with self._lock:
            if stream := self._streams.get(stream_id):
                stream.users -= 1
                if stream.users == 0:
                    del self._streams[stream_id]
                    self._end_session(stream)

    def status(self, stream_id: str) -> StreamStatus:
        """What the stream is doing now; IDLE when it is not shown."""
        with self._lock:
            stream = self._streams.get(stream_id)
            if stream is None:
                return StreamStatus(Picture.IDLE, datetime.now(UTC))
            since = datetime.fromtimestamp(stream.since, UTC)
            return StreamStatus(stream.picture, since, stream.size, stream.fps, stream.fault, stream.detail)

    def frame(self, stream_id: str, seen: int) -> Frame | None:
        """The newest picture unless it is number `seen`. Its pixels are valid until the stream's next call."""
        with self._lock:
            stream = self._streams.get(stream_id)
            if stream is None or stream.session is None:
                return None
            frame = stream.session.block.read(seen)
            if frame:
                stream.size = (frame.width, frame.height)
            return frame

    def close(self) -> None:
        """Stop everything. Pictures still held by the caller stay valid."""
        with self._lock:
            self._closed = True
            for stream in self._streams.values():
                self._end_session(stream)
            self._streams.clear()
        self._wake.set()
        self._thread.join()
        for worker in self._workers:
            worker.close()
        for block in self._old_blocks:
            block.close()

    # What follows runs on the supervisor's own thread, or holds the lock.

    def _run(self) -> None:
        while not self._closed:
            self._wake.wait(TICK)
            self._wake.clear()
            for worker in self._workers:
                worker.keep_alive()
            with self._lock:
                self._old_blocks = [block for block in self._old_blocks if not block.close()]
                for stream_id, stream in self._streams.items():
                    self._look_at(stream_id, stream)

    def _look_at(self, stream_id: str, stream: _Stream) -> None:
        now = time.monotonic()
        session = stream.session
        if session is not None and not session.worker.alive:
            # Our own fault, not the source's: again as soon as a worker is up.
            self._end_session(stream)
            if stream.picture is Picture.LIVE:
                self._become(stream, Picture.STALLED, stream.last_picture)
            stream.due = now
        if stream.session is not None:
            self._watch(stream, stream.session, now)
        elif now >= stream.due and not stream.resolving:
            self._try(stream_id, stream)

    def _watch(self, stream: _Stream, session: _Session, now: float) -> None:
        came, pictures = session.block.time, session.pictures
        if came and (not pictures or came > pictures[-1][0]):
            stream.last_picture = time.time() - (now - came)
            pictures.append((came, session.block.counter))
            while pictures[0][0] < came - RATE_SPAN:
                pictures.pop(0)
            (first, before), (last, after) = pictures[0], pictures[-1]
            stream.fps = (after - before) / (last - first) if last > first else 0.0
        if came and now - came < STALL:
            if stream.picture is not Picture.LIVE:
                stream.live_from = now
                self._become(stream, Picture.LIVE, time.time())
            elif stream.tries and now - stream.live_from > STEADY:
                stream.tries = 0
        elif came:
            self._become(stream, Picture.STALLED, stream.last_picture)
            self._try_later(stream)
        elif now - session.opened > PATIENCE:
            if stream.picture is Picture.CONNECTING:
                self._become(stream, Picture.OFFLINE, time.time(), StreamFault.SILENT)
            self._try_later(stream)

    def _become(
        self, stream: _Stream, picture: Picture, since: float, fault: StreamFault | None = None, detail: str = ""
    ) -> None:
        stream.fault, stream.detail = fault, detail
        if picture is not Picture.LIVE:
            stream.fps = 0.0
        if picture is not stream.picture:
            stream.picture, stream.since = picture, since

    def _try_later(self, stream: _Stream) -> None:
        """Full jitter over 1, 2, 4 ... 60 s: a switch that comes back must not be stormed by its cameras."""
        self._end_session(stream)
        stream.due = time.monotonic() + self._jitter(0.0, min(LONGEST_WAIT, 2.0 ** min(stream.tries, 6)))
        stream.tries += 1

    def _worker(self) -> Worker:
        """The worker with the fewest streams, even if it is just starting again.

        Were its streams moved on when it died, one that kills its decoder would take the next along.
        """
        busy = [stream.session.worker for stream in self._streams.values() if stream.session]
        return min(self._workers, key=lambda worker: (worker.detail, busy.count(worker)))

    def _try(self, stream_id: str, stream: _Stream) -> None:
        worker = self._worker()
        if worker.detail:
            self._fail(stream_id, stream, StreamFault.PLAYER, worker.detail)
        elif not worker.alive:
            pass  # in a moment
        elif isinstance(stream.source, str):
            self._open(stream_id, stream, stream.source)
        else:
            stream.resolving = True
            args = (stream_id, stream, stream.source)
            threading.Thread(target=self._resolve, args=args, daemon=True).start()

    def _resolve(self, stream_id: str, stream: _Stream, source: Callable[[], str]) -> None:
        """Ask for a URL. Whatever the directory answers with instead is kept as the reason."""
        url, fault, detail = "", StreamFault.NO_ADDRESS, ""
        try:
            url = source()
        except PermissionError as error:
            fault, detail = StreamFault.REFUSED, str(error)
        except Exception as error:
            detail = str(error) or type(error).__name__
        with self._lock:
            stream.resolving = False
            if self._streams.get(stream_id) is not stream:
                return
            if url:
                self._open(stream_id, stream, url)
            else:
                self._fail(stream_id, stream, fault, detail)

    def _open(self, stream_id: str, stream: _Stream, url: str) -> None:
        worker = self._worker()
        try:
            block = FrameBlock(stream.counter)
        except OSError as error:
            self._fail(stream_id, stream, StreamFault.PLAYER, str(error))
            return
        self._serial += 1
        key = f"{stream_id}#{self._serial}"
        stream.session = _Session(key, worker, block, time.monotonic())
        self._sessions[key] = stream
        worker.open(key, url, block.name)

    def _fail(self, stream_id: str, stream: _Stream, fault: StreamFault, detail: str) -> None:
        refused = fault in (StreamFault.PASSWORD, StreamFault.REFUSED)
        detail = without_secrets(detail)
        if fault is not stream.fault:  # not at every try
            log.info("%s does not play: %s (%s)", stream_id, fault.label.en, detail)
        picture = Picture.FORBIDDEN if refused else Picture.OFFLINE
        self._become(stream, picture, stream.last_picture or time.time(), fault, detail)
        self._try_later(stream)
        if fault is StreamFault.PASSWORD:
            stream.due = time.monotonic() + REFUSED_WAIT

    def _end_session(self, stream: _Stream) -> None:
        session, stream.session = stream.session, None
        if session is None:
            return
        del self._sessions[session.key]
        stream.counter = session.block.counter
        session.worker.close_stream(session.key)
        with suppress(FileNotFoundError):
            session.block.unlink()
        self._old_blocks.append(session.block)

    def _on_report(self, key: str, fault: StreamFault, detail: str) -> None:
        """On a worker's reader thread."""
        with self._lock:
            if stream := self._sessions.get(key):
                self._fail(key.rpartition("#")[0], stream, fault, detail)
