"""A decoder process: `python -m console.video.worker`. Holds several libvlc players, knows nothing else.

Orders come on standard input and reports go to standard output, one JSON object a line:

    {"do": "open", "id": "...", "url": "...", "shm": "..."}     {"do": "close", "id": "..."}

    {"state": "ready"}     {"id": "...", "state": "ended" | "failed", "detail": "...", "code": 403}
    {"id": "...", "state": "closed"}

Pictures go into the shared memory named by the order. When standard input closes, the desk is gone, and so
is this process.
"""

import ctypes
import json
import os
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import vlc

from console.video.frames import MAX_HEIGHT, MAX_WIDTH, FrameWriter
from console.video.relay import Relay, libvlc_speaks_rtsp

# Never --no-stats: libvlc's count of pictures is the only sign of a stalled source.
OPTIONS = [
    "--quiet",
    "--no-audio",
    "--no-spu",
    "--no-osd",
    "--no-video-title-show",
    "--avcodec-threads=1",
    "--clock-jitter=0",
    "--clock-synchro=0",
]
MEDIA_OPTIONS = [":network-caching=300", ":rtsp-tcp"]
GLANCE = 0.25  # seconds between looks at a player's progress,
FIRST_GLANCE = 0.05  # and until its first picture, which someone is waiting for

_OVER = {vlc.State.Ended: "ended", vlc.State.Error: "failed", vlc.State.Stopped: "ended"}
# python-vlc declares the chroma as c_char_p, which arrives as a copy: it has to be written in place.
_FormatCb = ctypes.CFUNCTYPE(
    ctypes.c_uint,
    ctypes.POINTER(ctypes.c_void_p),
    ctypes.c_void_p,
    ctypes.POINTER(ctypes.c_uint),
    ctypes.POINTER(ctypes.c_uint),
    ctypes.POINTER(ctypes.c_uint),
    ctypes.POINTER(ctypes.c_uint),
)

_ODD_SIZES = {(704, 480), (352, 240), (2688, 1520)}  # what cameras send beside those of a plain ratio
_RATIOS = {(16, 9), (4, 3), (11, 9), (5, 4), (1, 1), (3, 2)}

Report = Callable[..., None]


def visible_height(width: int, height: int) -> int:
    """The likely height of the picture inside a decoder's buffer of `width` x `height`, both pixels.

    vmem is told the buffer, which codecs pad by up to 33 lines (640x360 comes as 640x386), and stretches the
    picture over whatever size it is given. Asked for the true size it converts without scaling, for less than
    half the work.
    """
    for candidate in range(height, height - 34, -1):
        if (width, candidate) in _ODD_SIZES:
            return candidate
    for candidate in range(height, height - 34, -1):
        if candidate > 0 and Fraction(width, candidate).as_integer_ratio() in _RATIOS:
            return candidate
    return height


class Player:
    """One stream. Every libvlc call is made on this object's own thread, never from a libvlc callback."""

    def __init__(self, instance: vlc.Instance, key: str, url: str, writer: FrameWriter, report: Report) -> None:
        self._instance, self._key, self._url = instance, key, url
        self._writer, self._report = writer, report
        self._closing = threading.Event()
        self._guess = (0, 0)
        self._size: tuple[int, int] | None = None  # the picture's, once libvlc has read it from the stream
        # libvlc keeps only the addresses: these must live until after release.
        self._callbacks = (
            _FormatCb(self._on_format),
            vlc.CallbackDecorators.VideoLockCb(self._on_lock),
            vlc.CallbackDecorators.VideoDisplayCb(self._on_display),
        )
        threading.Thread(target=self._run, daemon=True).start()

    def close(self) -> None:
        """Ask for the end; "closed" is reported when libvlc has let go."""
        self._closing.set()

    def _run(self) -> None:
        while self._play():
            pass
        self._writer.close()
        self._report(id=self._key, state="closed")

    def _play(self) -> bool:
        """Play until told to close. True when it must be played once more: the size was guessed wrong."""
        relay = Relay(self._url) if self._url.startswith("rtsp:") and not libvlc_speaks_rtsp() else None
        player = self._instance.media_player_new()
        media = self._instance.media_new(relay.mrl if relay else self._url, *MEDIA_OPTIONS)
        player.set_media(media)
        on_format, on_lock, on_display = self._callbacks
        player.video_set_format_callbacks(ctypes.cast(on_format, vlc.VideoFormatCb), None)
        player.video_set_callbacks(
            ctypes.cast(on_lock, vlc.VideoLockCb), None, ctypes.cast(on_display, vlc.VideoDisplayCb), None
        )
        player.play()
        again = self._watch(player, media, relay)
        player.stop()
        player.release()
        media.release()
        if relay:
            relay.close()
        return again

    def _watch(self, player: vlc.MediaPlayer, media: vlc.Media, relay: Relay | None) -> bool:
        """Copy the player's count of pictures to the desk until told to close; say once when it is over."""
        stats = vlc.MediaStats()
        over = False
        while not self._closing.wait(GLANCE if stats.displayed_pictures else FIRST_GLANCE):
            state = player.get_state()
            if media.get_stats(stats):
                self._writer.progress(stats.displayed_pictures, int(state.value))
            if self._size is None and stats.displayed_pictures:
                self._size = player.video_get_size(0) or self._guess
                if self._fitted(self._size) != self._guess:
                    return True
            if state in _OVER and not over:
                over = True
                detail, code = self._why(relay)
                self._report(id=self._key, state=_OVER[state], detail=detail, code=code)
        return False

    def _fitted(self, size: tuple[int, int]) -> tuple[int, int]:
        shrink = max(size[0] / MAX_WIDTH, size[1] / MAX_HEIGHT, 1.0)
        return int(size[0] / shrink), int(size[1] / shrink)

    def _why(self, relay: Relay | None) -> tuple[str, int]:
        """What the source says for itself, a sentence and its HTTP status or 0: libvlc does not tell."""
        if relay:
            return str(relay.error or ""), relay.code
        if not self._url.startswith(("http:", "https:")):
            return "", 0
        try:
            with urllib.request.urlopen(self._url, timeout=3):
                return "", 0
        except urllib.error.HTTPError as error:
            with error:
                return f"HTTP {error.code} {error.reason}", error.code
        except (OSError, ValueError) as error:
            return str(getattr(error, "reason", error)), 0

    # Called by libvlc on its threads. They touch memory only.

    def _on_format(self, _opaque: Any, chroma: int, width: Any, height: Any, pitches: Any, lines: Any) -> int:
        ctypes.memmove(chroma, b"RV32", 4)
        size = self._size or (width[0], visible_height(width[0], height[0]))
        self._guess = width[0], height[0] = self._fitted(size)
        pitches[0], lines[0] = width[0] * 4, height[0]
        self._writer.format(width[0], height[0], pitches[0])
        return 1

    def _on_lock(self, _opaque: int, planes: Any) -> None:
        planes[0] = self._writer.begin()

    def _on_display(self, _opaque: int, _picture: int) -> None:
        self._writer.publish()


def main() -> None:
    """Serve until standard input closes."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a library prints must not reach the desk as a report
    writing = threading.Lock()

    def report(**message: Any) -> None:
        with writing:
            try:
                print(json.dumps(message, ensure_ascii=False), file=out, flush=True)
            except OSError:  # the desk is gone
                os._exit(0)

    instance = vlc.Instance(OPTIONS)
    if instance is None:
        raise SystemExit("libvlc found no plugins")
    report(state="ready")
    players: dict[str, Player] = {}
    for line in sys.stdin:
        order = json.loads(line)
        key = order["id"]
        if order["do"] == "open":
            try:
                writer = FrameWriter(order["shm"])
            except FileNotFoundError:  # closed again before we came to it
                report(id=key, state="closed")
                continue
            players[key] = Player(instance, key, order["url"], writer, report)
        elif player := players.pop(key, None):
            player.close()
    # Stopping every player could wait on the network; nothing of ours outlives the process anyway.
    os._exit(0)


if __name__ == "__main__":
    main()
