"""Films as cameras send them: any codec and group structure, sound beside the picture, pixels that are not square."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

FPS = 25
COLOUR = (200, 60, 20)  # red, green, blue of the picture's left half; the right half moves


def film(
    path: Path,
    codec: str = "libx264",
    size: tuple[int, int] = (640, 360),
    *,
    options: dict[str, str] | None = None,
    pixel: Fraction | None = None,
    sound: str = "",
    seconds: int = 8,
) -> Path:
    """Write `seconds` of `size` pixels, each `pixel` wide by one high. `path` names the container by its ending."""
    width, height = size
    with av.open(str(path), "w") as out:
        video = out.add_stream(codec, rate=FPS, options={"preset": "ultrafast", "g": str(FPS)} | (options or {}))
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        if pixel:
            video.codec_context.sample_aspect_ratio = pixel
        audio = out.add_stream(sound, rate=8000, layout="mono") if sound else None
        pixels = np.zeros((height, width, 3), np.uint8)
        pixels[:] = COLOUR
        for number in range(seconds * FPS):
            pixels[:, width // 2 :] = number * 3 % 256
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            out.mux(video.encode(frame))
            if audio is not None:
                out.mux(audio.encode(_silence(number)))
        out.mux(video.encode(None))
        if audio is not None:
            out.mux(audio.encode(None))
    return path


def sound_only(path: Path) -> Path:
    """Write two seconds without a picture."""
    with av.open(str(path), "w") as out:
        audio = out.add_stream("aac", rate=8000, layout="mono")
        for number in range(2 * FPS):
            out.mux(audio.encode(_silence(number)))
        out.mux(audio.encode(None))
    return path


def _silence(number: int) -> av.AudioFrame:
    """As long as picture `number`."""
    frame = av.AudioFrame.from_ndarray(np.zeros((1, 8000 // FPS), np.int16), format="s16", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = 8000, number * 8000 // FPS, Fraction(1, 8000)
    return frame
