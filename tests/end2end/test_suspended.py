"""A desk that is stopped and continued, as a laptop that was shut: its work, limits and pictures, and its platform."""

import signal
import time
from datetime import UTC, datetime
from pathlib import Path

from console.domain.log import Kind, Note
from console.domain.operation import Actor, WriteNote
from console.domain.words import Label
from tests import sizes
from tests.end2end.parts import Driven, left_of
from tests.end2end.sleeper import DRAFT
from tests.support_platform import Desk
from tests.support_wait import until

WHO = Label("林", "Lin")


def test_a_desk_that_was_asleep_goes_on_and_a_clock_that_is_set_escalates_nothing(tmp_path: Path) -> None:
    asleep = Driven("sleeper.py", tmp_path / "demo", folder=tmp_path)
    ready = asleep.hear("ready")
    assert ready["live"]
    other = Desk(tmp_path / "other.db", ready["realm"])
    other.connect(ready["url"], "duty", "yiping-demo")
    until(other.online)
    desk = asleep.family()[0]
    decoders = [one for one in asleep.family() if "console.video.worker" in " ".join(one.cmdline())]
    stopped = [desk, *decoders]
    assert decoders
    for one in stopped:
        one.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    other.do(WriteNote(Note(Kind.NOTE, WHO, text="你们在吗")), Actor("duty", WHO, datetime.now(UTC), "dongguan/houjie"))
    until(other.settled)
    time.sleep(max(0.0, sizes.NOW.asleep_s - (time.monotonic() - began)))
    for one in reversed(stopped):
        one.send_signal(signal.SIGCONT)

    woke = asleep.hear("woke")
    assert woke["woke"] == {"noticed": {"ack": 1}, "escalated": 1}, "its limit passed while it slept: told once"
    assert (woke["lost"], woke["doubled"], woke["draft"], woke["jumps"]) == (0, 0, DRAFT, 0)

    def heard() -> bool:
        return any(entry.note.text == "醒了" for entry in other.see(lambda view: view.entries(500)))

    until(heard, "the other desk hears it")
    after = asleep.hear("ahead")
    assert after["ahead"]["escalated"] == after["back"]["escalated"] == 0, "nothing of the second incident is late"
    assert after["link"] == "online" and after["live"]
    assert (after["lost"], after["doubled"]) == (0, 0)
    other.close()
    family = asleep.family()
    assert asleep.end() == 0, asleep.errors.read_text()[-2000:]
    until(lambda: not left_of(family), "nothing is left")
