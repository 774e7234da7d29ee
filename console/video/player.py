"""One stream: read, decoded and written into shared memory at its own pace, by a thread of its own."""

import ctypes
import sys
import threading
import time
import traceback
from collections.abc import Callable
from fractions import Fraction

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from console.domain.camera import StreamFault
from console.domain.stream_address import address_fault, tidy, without_secrets
from console.video.frames import MAX_HEIGHT, MAX_WIDTH, FrameWriter

OPEN_PATIENCE = 10.0  # seconds to connect
READ_PATIENCE = 8.0  # seconds without a byte; longer than the desk waits until it calls a stream stalled

# RTSP over TCP, the picture only: a camera's sound may never come, and would be waited for. Nor is the first second
# spent on measuring how many pictures a second come.
OPTIONS = {
    "rtsp_transport": "tcp",
    "allowed_media_types": "video",
    "analyzeduration": "1000000",
    "fpsprobesize": "0",
}

# The part of the time between two pictures that is waited, at least, by FFmpeg's name of the format. What a live source
# sends in bursts is smoothed and caught up with, so that no lag can grow; what is read ahead comes at its own pace. The
# times of other formats say nothing: their pictures are shown as they come.
PACE = {"rtsp": 0.9, "mpegts": 0.9, "flv": 0.9, "hls": 1.0, "dash": 1.0, "mov,mp4,m4a,3gp,3g2,mj2": 1.0}
LONGEST_GAP = 1.0  # seconds; a longer step in a stream's times is a jump of its clock

Report = Callable[..., None]


class Player:
    """Plays `url` into `writer` from now on. What went wrong is reported once, then "closed" as the last word."""

    def __init__(self, key: str, url: str, writer: FrameWriter, report: Report) -> None:
        self._key, self._url = key, tidy(url)
        self._writer, self._report = writer, report
        self._closing = threading.Event()
        self._reformatter = VideoReformatter()  # keeps its tables from picture to picture
        threading.Thread(target=self._run, daemon=True).start()

    def close(self) -> None:
        """Ask for the end; it comes with the next packet, or when none comes for `READ_PATIENCE` seconds."""
        self._closing.set()

    def _run(self) -> None:
        try:
            fault, detail = self._play()
        except Exception as error:  # a fault of ours; FFmpeg's messages, which may be part of it, have the address
            print(without_secrets(traceback.format_exc()), file=sys.stderr, flush=True)
            fault, detail = StreamFault.PLAYER, type(error).__name__
        if not self._closing.is_set():
            self._report(id=self._key, state="failed", fault=fault.value, detail=without_secrets(detail))
        self._writer.close()
        self._report(id=self._key, state="closed")

    def _play(self) -> tuple[StreamFault, str]:
        """Play until told to close, or until the source ends; why it did, and what FFmpeg says of it."""
        if address_fault(self._url):
            return StreamFault.ADDRESS, ""
        begun, opened = time.monotonic(), False
        try:
            with av.open(self._url, options=OPTIONS, timeout=(OPEN_PATIENCE, READ_PATIENCE)) as source:
                opened = True
                if not source.streams.video:
                    return StreamFault.NO_VIDEO, ""
                self._show(source, source.streams.video[0])
            return StreamFault.ENDED, ""
        except av.FFmpegError as error:
            said = error.strerror or type(error).__name__
            if isinstance(error, av.InvalidDataError) and time.monotonic() - begun >= OPEN_PATIENCE:
                return StreamFault.SILENT, said  # which is what FFmpeg makes of nothing at all
            return fault_of(error, opened), said

    def _show(self, source: InputContainer, video: VideoStream) -> None:
        if video.codec_context is None:
            raise av.DecoderNotFoundError(0, "no decoder")
        video.codec_context.thread_count = 1
        pace, due, before = PACE.get(source.format.name, 0.0), 0.0, 0.0
        for packet in source.demux(video):
            if self._closing.is_set():
                return
            try:
                pictures = packet.decode()
            except av.InvalidDataError:  # a damaged packet; the next whole picture comes
                continue
            for picture in pictures:
                if pace and picture.time is not None:
                    step, before = picture.time - before, picture.time
                    due = max(time.monotonic(), due + step * pace) if 0 < step < LONGEST_GAP else 0.0
                    if self._closing.wait(due - time.monotonic()):
                        return
                self._publish(picture, video.codec_context.sample_aspect_ratio)

    def _publish(self, picture: VideoFrame, pixel: Fraction | None) -> None:
        """Write a picture whose pixels are `pixel` wide by one high; scaled down when it is larger than the memory."""
        shrink = max(picture.width / MAX_WIDTH, picture.height / MAX_HEIGHT, 1.0)
        width, height = int(picture.width / shrink), int(picture.height / shrink)
        plane = self._reformatter.reformat(picture, width, height, format="bgra", threads=1).planes[0]
        shown = max(1, round(width * (pixel or 1)))
        ctypes.memmove(
            self._writer.begin(width, height, plane.line_size, shown), plane.buffer_ptr, height * plane.line_size
        )
        self._writer.publish()


def fault_of(error: av.FFmpegError, opened: bool) -> StreamFault:
    """What an error of FFmpeg means to who looks at the tile, while opening a stream or after."""
    if isinstance(error, av.HTTPUnauthorizedError):
        return StreamFault.PASSWORD
    if isinstance(error, av.HTTPForbiddenError):
        return StreamFault.REFUSED
    if isinstance(error, av.HTTPNotFoundError):
        return StreamFault.MISSING
    if isinstance(error, av.HTTPClientError | av.HTTPError):
        return StreamFault.SERVER
    if isinstance(error, av.ProtocolNotFoundError):
        return StreamFault.ADDRESS
    if isinstance(error, av.LookupError | av.InvalidDataError | av.PatchWelcomeError):
        return StreamFault.CODEC
    return StreamFault.ENDED if opened else StreamFault.UNREACHABLE
