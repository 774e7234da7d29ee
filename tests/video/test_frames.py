"""Pictures in shared memory: never half of one and half of the next, and no trace left behind."""

import ctypes
import json
import subprocess
import sys
import time

import numpy as np
import pytest

from console.video.frames import FrameBlock, FrameWriter
from tests.support_wait import WAIT_S

WRITE_FOR_EVER = """
import ctypes, sys
from console.video.frames import FrameWriter
writer = FrameWriter(sys.argv[1])
print("ready", flush=True)
number = 0
while True:
    number = number % 255 + 1
    ctypes.memset(writer.begin(640, 360, 2560, 640), number, 2560 * 360)
    writer.publish()
"""


def wrote(writer: FrameWriter, value: int, width: int = 4, height: int = 2) -> None:
    ctypes.memset(writer.begin(width, height, width * 4, width * 2), value, width * height * 4)
    writer.publish()


def test_the_newest_picture_is_read_once() -> None:
    block = FrameBlock()
    writer = FrameWriter(block.name)
    assert block.read(0) is None
    wrote(writer, 7)
    wrote(writer, 8)
    frame = block.read(0)
    assert frame is not None
    assert frame[:5] == (2, 4, 2, 16, 8)
    assert bytes(frame.pixels) == bytes([8]) * 32
    assert block.read(frame.counter) is None
    del frame
    writer.close()
    block.unlink()
    assert block.close()


def test_a_held_picture_is_not_written_to() -> None:
    block = FrameBlock()
    writer = FrameWriter(block.name)
    wrote(writer, 1)
    held = block.read(0)
    assert held is not None
    for value in range(2, 30):
        wrote(writer, value)
        assert bytes(held.pixels) == bytes([1]) * 32
    newest = block.read(held.counter)
    assert newest is not None and bytes(newest.pixels) == bytes([29]) * 32
    writer.close()
    block.unlink()
    assert not block.close(), "a picture of it is still in use"
    assert bytes(newest.pixels) == bytes([29]) * 32
    del held, newest
    assert block.close()


def test_a_restart_goes_on_counting_and_the_shape_may_change() -> None:
    block = FrameBlock(counter=41)
    writer = FrameWriter(block.name)
    assert block.read(0) is None
    wrote(writer, 1)
    wrote(writer, 2, width=8, height=3)
    frame = block.read(41)
    assert frame is not None and frame[:4] == (43, 8, 3, 32)
    with pytest.raises(ValueError, match="does not fit"):
        writer.begin(8000, 8000, 32000, 8000)
    del frame
    writer.close()
    block.unlink()
    assert block.close()


def test_the_time_of_the_newest_picture_is_known() -> None:
    block = FrameBlock()
    writer = FrameWriter(block.name)
    assert block.time == 0.0
    writer.begin(4, 2, 16, 4)
    assert block.time == 0.0, "it is not published"
    writer.publish()
    assert block.time == pytest.approx(time.monotonic(), abs=WAIT_S)
    writer.close()
    block.unlink()
    assert block.close()


def test_no_torn_picture_from_another_process() -> None:
    block = FrameBlock()
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITE_FOR_EVER, block.name], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert writer.stdout and writer.stdout.readline()
    seen, looks = 0, 0
    while looks < 1500:
        frame = block.read(seen)
        if frame is None:
            continue
        pixels = np.frombuffer(frame.pixels, np.uint8)
        assert pixels.min() == pixels.max(), f"torn at picture {frame.counter}"
        assert frame.counter > seen
        seen, looks = frame.counter, looks + 1
        del pixels
    writer.kill()
    writer.communicate()
    del frame
    block.unlink()
    assert block.close()


def test_a_process_that_attached_takes_nothing_along_when_it_ends() -> None:
    block = FrameBlock()
    attach = (
        "import sys, json; from console.video.frames import FrameWriter; "
        "w = FrameWriter(sys.argv[1]); w.close(); print(json.dumps('attached'))"
    )
    for _ in range(2):
        command = [sys.executable, "-c", attach, block.name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout) == "attached"
    block.unlink()
    assert block.close()
    with pytest.raises(FileNotFoundError):
        FrameWriter(block.name)
