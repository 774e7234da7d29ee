"""The stall meter: a block of the main thread is measured and written down."""

import logging
import time

import pytest

from console.desk.stall import StallMeter
from tests.desk.parts import delete, until


@pytest.mark.usefixtures("app")
def test_a_block_is_measured_and_written_down(caplog: pytest.LogCaptureFixture) -> None:
    meter = StallMeter()
    until(lambda: meter._count > 3, "ticks")
    meter.start()
    assert (meter.worst, meter.percentile(99)) == (0.0, 0.0)
    until(lambda: meter._count > 0)
    with caplog.at_level(logging.WARNING, "console.desk.stall"):
        time.sleep(0.25)
        until(lambda: meter.worst > 200, "the block is seen")
    assert meter.percentile(100) == meter.worst
    assert meter.percentile(0) < 200
    assert any("the main thread was busy for" in line for line in caplog.messages)
    delete(meter)


@pytest.mark.usefixtures("app")
def test_the_meter_forgets_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    from console.desk import stall

    monkeypatch.setattr(stall, "KEPT", 8)
    meter = StallMeter()
    time.sleep(0.3)
    until(lambda: meter._count >= 1)
    blocked = meter._count
    until(lambda: meter._count > blocked + 8, "the ring is written over")
    assert meter._late[:8].max() == meter.worst
    delete(meter)
