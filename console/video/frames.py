"""Pictures of one stream in shared memory: a header and three buffers, one writer, one reader, no locks.

The desk makes a block (`FrameBlock`) and a decoder process attaches to it (`FrameWriter`). The writer never
touches the newest picture or the one the reader holds, so the reader looks at pixels without copying them
and never sees half of one picture and half of the next.
"""

import ctypes
import sys
import time
from contextlib import suppress
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory
from typing import NamedTuple

MAX_WIDTH, MAX_HEIGHT = 3840, 2160  # a larger stream is scaled down to this by its decoder
_HEADER = 4096  # bytes: one page
_SLOT = MAX_WIDTH * MAX_HEIGHT * 4  # bytes; pages never written cost no memory
_NOBODY = 3  # a slot number that is none of 0, 1, 2

# The header as 64-bit words, each read and written whole.
_NEWEST = 0  # counter * 4 + slot
_READING = 1  # the slot the reader holds
_TIME = 2  # when the newest came, microseconds of the machine's monotonic clock
_SHAPES = 8  # width, height, pitch, display width of slots 0, 1, 2


class Frame(NamedTuple):
    """One picture, in place. `pixels` is `height * pitch` bytes of B, G, R, X, valid until the next `read`.

    It is what `QImage(pixels, width, height, pitch, QImage.Format.Format_RGB32)` takes.
    """

    counter: int
    width: int  # pixels
    height: int  # pixels
    pitch: int  # bytes from one row to the next
    display_width: int  # pixels wide that it is to be shown at `height`: a camera's pixels need not be square
    pixels: memoryview


class _Memory(SharedMemory):
    @property
    def view(self) -> memoryview:
        assert self.buf is not None, "closed"
        return self.buf

    def __del__(self) -> None:
        # A picture may still be on screen when the interpreter ends; its memory then goes with the process.
        with suppress(BufferError, OSError):
            self.close()


class FrameBlock:
    """The desk's side: makes the block, reads it, removes it."""

    def __init__(self, counter: int = 0) -> None:
        """A new block, empty. The first picture will be `counter + 1`, so that a restart goes on counting.

        Raises `OSError` when the system has no shared memory left.
        """
        self._memory = _Memory(create=True, size=_HEADER + 3 * _SLOT)
        self._words = self._memory.view[:_HEADER].cast("Q")
        self._words[_NEWEST] = counter * 4 + _NOBODY
        self._words[_READING] = _NOBODY

    @property
    def name(self) -> str:
        return self._memory.name

    @property
    def counter(self) -> int:
        return self._words[_NEWEST] >> 2

    def read(self, seen: int) -> Frame | None:
        """The newest picture, or None if there is none but `seen`. Takes back the picture given before."""
        words = self._words
        while True:
            newest = words[_NEWEST]
            counter, slot = newest >> 2, newest & 3
            if counter == seen or slot == _NOBODY:
                return None
            words[_READING] = slot
            # Had the writer published in between, it may not have seen our claim: claim again.
            if words[_NEWEST] == newest:
                break
        width, height, pitch, shown = words[_SHAPES + slot * 4 : _SHAPES + slot * 4 + 4]
        start = _HEADER + slot * _SLOT
        return Frame(counter, width, height, pitch, shown, self._memory.view[start : start + height * pitch])

    @property
    def time(self) -> float:
        """`time.monotonic()` when the newest picture came, or 0.0 before the first; one clock for all processes."""
        return self._words[_TIME] / 1e6

    def unlink(self) -> None:
        """Take the block's name away: memory goes when the last process lets go."""
        self._memory.unlink()

    def close(self) -> bool:
        """Let go of the memory. False while a picture of it is still in use: call again later."""
        self._words.release()
        try:
            self._memory.close()
        except BufferError:
            return False
        return True


class FrameWriter:
    """The decoder's side. One thread at a time calls `begin` and `publish`."""

    def __init__(self, name: str) -> None:
        """Attach to the block `name`. Raises `FileNotFoundError` when the desk has already removed it."""
        self._memory = _attach(name)
        self._words = self._memory.view[:_HEADER].cast("Q")
        anchor = ctypes.c_char.from_buffer(self._memory.view)
        start = ctypes.addressof(anchor) + _HEADER
        del anchor  # it would keep `close` from letting go
        self._addresses = tuple(start + slot * _SLOT for slot in range(3))
        self._slot = 0
        self._counter = self._words[_NEWEST] >> 2
        self._shape = (0, 0, 0, 0)

    def begin(self, width: int, height: int, pitch: int, display_width: int) -> int:
        """The address to write the next picture to, `height * pitch` bytes. Raises `ValueError` when too large."""
        if height * pitch > _SLOT:
            raise ValueError(f"a picture of {pitch} x {height} bytes does not fit")
        newest, reading = self._words[_NEWEST] & 3, self._words[_READING]
        slot = 0
        while slot in (newest, reading):
            slot += 1
        self._slot, self._shape = slot, (width, height, pitch, display_width)
        return self._addresses[slot]

    def publish(self) -> None:
        """Make what was written at the last `begin` the newest picture."""
        words, at = self._words, _SHAPES + self._slot * 4
        for place, value in enumerate(self._shape):
            words[at + place] = value
        self._counter += 1
        words[_TIME] = time.monotonic_ns() // 1000
        words[_NEWEST] = self._counter * 4 + self._slot

    def close(self) -> None:
        """Let go of the memory."""
        self._words.release()
        self._memory.close()


def _attach(name: str) -> _Memory:
    if sys.version_info >= (3, 13):
        return _Memory(name, track=False)
    # Before 3.13 attaching also registers the block with this process's own tracker, which would remove
    # the desk's memory when this process ends. Only the desk may do that.
    register = resource_tracker.register
    resource_tracker.register = lambda *_: None
    try:
        return _Memory(name)
    finally:
        resource_tracker.register = register
