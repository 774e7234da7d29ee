"""RTSP for a libvlc that cannot speak it: FFmpeg reads over TCP and re-wraps as MPEG-TS into a pipe.

Debian's and Ubuntu's libvlc come without live555. Nothing is decoded here; libvlc plays the pipe.
"""

import os
import threading
from contextlib import suppress
from pathlib import Path

PATIENCE = 20.0  # seconds without a byte after which the source is given up


def libvlc_speaks_rtsp() -> bool:
    """Whether this libvlc was built with live555."""
    folders = [os.environ.get("VLC_PLUGIN_PATH") or "/nowhere", "/usr/lib", "/usr/local/lib"]
    places = ["", "vlc/plugins/access/", "*/vlc/plugins/access/"]
    return any(any(Path(folder).glob(f"{place}liblive555_plugin.*")) for folder in folders for place in places)


class Relay:
    """One RTSP source as a pipe. `mrl` is what libvlc opens; `error` says why it ended, once it has."""

    def __init__(self, url: str) -> None:
        self.error: Exception | None = None
        self.code = 0  # 401 or 403 when the source refused us
        self._read_end, write_end = os.pipe()
        threading.Thread(target=self._run, args=(url, write_end), daemon=True).start()

    @property
    def mrl(self) -> str:
        return f"fd://{self._read_end}"

    def close(self) -> None:
        """Stop reading. libvlc must have let go first; the thread ends at its next packet or time-out."""
        with suppress(OSError):
            os.close(self._read_end)

    def _run(self, url: str, write_end: int) -> None:
        import av

        try:
            with (
                av.open(url, options={"rtsp_transport": "tcp"}, timeout=(10.0, PATIENCE)) as source,
                av.open(f"pipe:{write_end}", "w", format="mpegts", options={"flush_packets": "1"}) as pipe,
            ):
                video = source.streams.video[0]
                out = pipe.add_stream_from_template(video)
                for packet in source.demux(video):
                    if packet.size and (packet.dts is not None or packet.pts is not None):
                        packet.dts = packet.dts if packet.dts is not None else packet.pts
                        packet.stream = out
                        pipe.mux(packet)
        except (OSError, IndexError, ValueError) as error:  # av's errors are OSError or ValueError as well
            self.error = error
            if isinstance(error, av.HTTPUnauthorizedError):
                self.code = 401
            elif isinstance(error, av.HTTPForbiddenError):
                self.code = 403
        finally:
            with suppress(OSError):
                os.close(write_end)
