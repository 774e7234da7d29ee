"""One stream played by libvlc: what it opens well by itself, which is HTTP with MPEG-TS, HLS or a file in it.

Debian's libvlc has no RTSP and shows nothing of H.265 in FLV; those are FFmpeg's (`player.py`), as are addresses with a
login. What libvlc ends without a picture is FFmpeg's too: it plays it, or says why not, which libvlc does not tell.
"""

import ctypes
import threading
import time
from enum import Enum, auto
from fractions import Fraction
from typing import Any
from urllib.parse import urlsplit

import vlc

from console.domain.camera import StreamFault
from console.domain.stream_address import tidy
from console.video.frames import MAX_HEIGHT, MAX_WIDTH, FrameWriter
from console.video.player import Player, Report

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
MEDIA_OPTIONS = [":network-caching=300"]
GLANCE = 0.25  # seconds between looks at a player's progress,
FIRST_GLANCE = 0.05  # and until its first picture, which someone is waiting for
COUNT_LAGS = 1.5  # seconds that libvlc's count of pictures may be behind what it shows,
FIRST_COUNT_LAGS = 3.0  # and until it counts the first

_OVER = (vlc.State.Ended, vlc.State.Error, vlc.State.Stopped)
# python-vlc declares the chroma as c_char_p, which arrives as a copy: it has to be written in place.
_FormatCb = ctypes.CFUNCTYPE(
    ctypes.c_uint,
    ctypes.POINTER(ctypes.c_void_p),
    ctypes.c_void_p,
    *[ctypes.POINTER(ctypes.c_uint)] * 4,
)


def plays(url: str) -> bool:
    """Whether libvlc is the one to play an address."""
    address = urlsplit(tidy(url))
    return address.scheme in ("http", "https") and "@" not in address.netloc and not address.path.endswith(".flv")


def instance() -> vlc.Instance | None:
    """libvlc, or None where it is not installed."""
    return vlc.Instance(OPTIONS)


_ODD_SIZES = {(704, 480), (352, 240), (2688, 1520)}  # what cameras send beside those of a plain ratio
_RATIOS = {(16, 9), (4, 3), (11, 9), (5, 4), (1, 1), (3, 2)}


def visible_height(width: int, height: int) -> int:
    """The likely height of the picture inside a decoder's buffer of `width` x `height`, both pixels.

    vmem is told the buffer, which codecs pad by up to 33 lines (640x360 comes as 640x386), and stretches the
    picture over whatever size it is given. Asked for the true size it converts without scaling, for less than
    half the work.
    """
    candidates = range(height, max(0, height - 34), -1)
    odd = (one for one in candidates if (width, one) in _ODD_SIZES)
    plain = (one for one in candidates if Fraction(width, one).as_integer_ratio() in _RATIOS)
    return next(odd, None) or next(plain, height)


class _End(Enum):
    """Why a try at playing is over."""

    CLOSED = auto()  # as it was asked to
    RESIZED = auto()  # the picture's size is another than libvlc was asked for
    EMPTY = auto()  # the source ended before its first picture
    ENDED = auto()


class VlcPlayer:
    """Plays `url` into `writer` from now on. What went wrong is reported once, then "closed" as the last word.

    Every libvlc call is made on this object's own thread, never from a libvlc callback.
    """

    def __init__(self, libvlc: vlc.Instance, key: str, url: str, writer: FrameWriter, report: Report) -> None:
        self._libvlc, self._key, self._url = libvlc, key, tidy(url)
        self._writer, self._report = writer, report
        self._closing = threading.Event()
        self._heir: Player | None = None  # FFmpeg's, that took over
        self._buffer = (0, 0)  # the size of the pictures that libvlc writes
        self._size: tuple[int, int] | None = None  # the picture's own, once libvlc has read it from the stream
        self._pixel = 1.0  # how wide a pixel is, by one high
        self._counted: float | None = None  # monotonic, until when pictures count as new; None before the first
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
        if self._heir is not None:
            self._heir.close()

    def _run(self) -> None:
        end = _End.RESIZED
        while end is _End.RESIZED:
            end = self._play()
        if end is _End.EMPTY:
            self._heir = Player(self._key, self._url, self._writer, self._report)
            if self._closing.is_set():
                self._heir.close()
            return
        if end is _End.ENDED:
            self._report(id=self._key, state="failed", fault=StreamFault.ENDED.value, detail="")
        self._writer.close()
        self._report(id=self._key, state="closed")

    def _play(self) -> _End:
        player, media = self._libvlc.media_player_new(), self._libvlc.media_new(self._url, *MEDIA_OPTIONS)
        player.set_media(media)
        on_format, on_lock, on_display = self._callbacks
        player.video_set_format_callbacks(ctypes.cast(on_format, vlc.VideoFormatCb), None)
        player.video_set_callbacks(
            ctypes.cast(on_lock, vlc.VideoLockCb), None, ctypes.cast(on_display, vlc.VideoDisplayCb), None
        )
        player.play()
        end = self._watch(player, media)
        player.stop()
        player.release()
        media.release()
        return end

    def _watch(self, player: vlc.MediaPlayer, media: vlc.Media) -> _End:
        """Follow the player's count of pictures until it is over or told to close."""
        stats, counted = vlc.MediaStats(), 0
        self._counted = None
        while not self._closing.wait(GLANCE if counted else FIRST_GLANCE):
            if media.get_stats(stats) and stats.displayed_pictures != counted:
                counted = stats.displayed_pictures
                self._counted = time.monotonic() + COUNT_LAGS
            size = player.video_get_size(0) if counted else None
            if size and size[0] and size != self._size:
                self._size, self._pixel = size, _pixel(media)
                if self._fitted(size) != self._buffer:
                    return _End.RESIZED
            if player.get_state() in _OVER:
                return _End.ENDED if counted or self._size else _End.EMPTY
        return _End.CLOSED

    def _fitted(self, size: tuple[int, int]) -> tuple[int, int]:
        shrink = max(size[0] / MAX_WIDTH, size[1] / MAX_HEIGHT, 1.0)
        return int(size[0] / shrink), int(size[1] / shrink)

    # Called by libvlc on its threads. They touch memory only.

    def _on_format(self, _opaque: Any, chroma: int, width: Any, height: Any, pitches: Any, lines: Any) -> int:
        ctypes.memmove(chroma, b"RV32", 4)
        self._buffer = width[0], height[0] = self._fitted(self._size or (width[0], visible_height(width[0], height[0])))
        pitches[0], lines[0] = width[0] * 4, height[0]
        return 1

    def _on_lock(self, _opaque: int, planes: Any) -> None:
        width, height = self._buffer
        planes[0] = self._writer.begin(width, height, width * 4, max(1, round(width * self._pixel)))

    def _on_display(self, _opaque: int, _picture: int) -> None:
        """libvlc goes on showing the last picture of a stalled source: only what is counted is a new one."""
        now = time.monotonic()
        if self._counted is None:
            self._counted = now + FIRST_COUNT_LAGS
        if now < self._counted:
            self._writer.publish()


def _pixel(media: vlc.Media) -> float:
    """How wide a pixel of the first video track is, by one high."""
    given = ctypes.POINTER(vlc.MediaTrack)()
    count = vlc.libvlc_media_tracks_get(media, ctypes.byref(given))
    tracks = ctypes.cast(given, ctypes.POINTER(ctypes.POINTER(vlc.MediaTrack)))  # what it is, unlike its declaration
    found = 1.0
    for track in (tracks[at].contents for at in range(count)):
        if track.type == vlc.TrackType.video:
            # A union in libvlc, which python-vlc takes for three fields: the first of them is where it is.
            video = ctypes.cast(track.audio, ctypes.POINTER(vlc.VideoTrack)).contents
            if video.sar_num and video.sar_den:
                found = video.sar_num / video.sar_den
            break
    if count:
        vlc.libvlc_media_tracks_release(tracks, count)
    return float(found)
