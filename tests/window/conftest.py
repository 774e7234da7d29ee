"""A desk in a real window, as a person has it: keys and clicks go in, and what comes of them is seen from outside."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from console.desk.display import Display, child
from console.desk.hand import Hand, until
from console.desk.outside import Outside
from console.desk.screen_reader import Part
from console.domain.alarm import Alarm, AlarmState
from console.domain.assignment import Assignment
from console.domain.incident import Incident
from tests.support_wait import WAIT_S

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "build" / "shots" / "window"
SPEED = "5"
ENTER = "↵"
LIVE = "console.desk.desk: live"


class Seat:
    """Someone at a desk of the simulated town."""

    def __init__(self, hand: Hand, outside: Outside, size: tuple[int, int]) -> None:
        self.hand, self.outside, self.size = hand, outside, size
        self.key, self.see, self.find = hand.key, hand.see, hand.find

    # -- what is kept

    def waiting(self) -> list[Alarm]:
        found = self.outside.read(lambda view: view.open_alarms()) or []
        return [alarm for alarm in found if alarm.state is AlarmState.UNACKNOWLEDGED]

    def incidents(self) -> list[Incident]:
        return self.outside.read(lambda view: view.incidents()) or []

    def assignments(self, incident: str) -> list[Assignment]:
        return self.outside.read(lambda view: view.assignments_of(incident)) or []

    def said(self) -> list[str]:
        return [entry.note.text for entry in self.outside.read(lambda view: view.entries(limit=1000)) or []]

    # -- what is seen

    def button(self, key: str) -> Part | None:
        """The enabled button that shows a key."""
        return self.find(lambda part: part.key == key and part.enabled and part.role == "push button")

    def row(self, panel: str, words: str = "") -> Part:
        return self.see(lambda p: p.role == "list item" and p.panel == panel and words in p.name, f"{words} in {panel}")

    def shown(self) -> str:
        """The title of the incident's panel."""
        part = self.find(lambda p: p.role == "panel" and p.name[:1] == "I" and p.name[1:2].isdigit())
        return part.name if part else ""

    def typing(self) -> bool:
        focus = self.hand.focus()
        return focus is not None and focus.role == "text"

    # -- what is done

    def command(self, words: str) -> None:
        self.key("ctrl+k")
        self.hand.type(words)
        self.key("Return")

    def quiet(self) -> None:
        """Back to the lists: nothing is typed and nothing is open over the panels."""
        self.key("Escape", "Escape", "Escape")
        until(lambda: not self.typing(), "no text is typed")

    def shoot(self, name: str) -> None:
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.hand.shoot(SHOTS / f"{name}.png")

    def confirmed(self) -> Incident:
        """An incident of an alarm, waiting for its proposal to be accepted."""
        self.key("F1")
        until(self.waiting, "an alarm", WAIT_S)
        before = {incident.id for incident in self.incidents()}
        self.see(lambda p: p.role == "list item" and p.panel == "告警" and "selected" in p.states, "it is selected")
        self.key("c")

        def fresh() -> Any:
            of_alarm = [i for i in self.incidents() if i.id not in before and i.alarm]
            return of_alarm[0] if of_alarm else None

        incident: Incident = until(fresh, "C confirms")
        self.see(lambda part: part.key == ENTER and part.enabled, "its proposal")
        return incident


def begun(folder: Path, hand: Hand, outside: Outside, display: Display) -> "subprocess.Popen[bytes]":
    """A desk of the simulated town that is live and has the keyboard, as it was left in its folder."""
    command = [sys.executable, "-m", "console", "demo", "--data", str(folder), "--speed", SPEED, "--lang", "zh"]
    before = outside.log().count(LIVE)
    desk = child(command, display.env, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    hand.pid = desk.pid
    until(lambda: outside.log().count(LIVE) > before, "it is live", WAIT_S)
    until(lambda: hand.in_front() == desk.pid, "its window has the keyboard", WAIT_S)
    return desk


@contextmanager
def seated(folder: Path, size: tuple[int, int]) -> Iterator[Seat]:
    with Display(size) as display:
        hand, outside = Hand(display.env), Outside(folder)
        desk = begun(folder, hand, outside, display)
        try:
            yield Seat(hand, outside, size)
            assert desk.poll() is None, f"the desk has ended with {desk.returncode}"
            assert " bug: " not in outside.log(), outside.log()[outside.log().index(" bug: ") :][:3000]
        finally:
            outside.close()
            hand.close()
            desk.terminate()
            desk.wait(WAIT_S)


@pytest.fixture(scope="module")
def seat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seat]:
    with seated(tmp_path_factory.mktemp("seat"), (1920, 1080)) as made:
        yield made


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seat]:
    with seated(tmp_path_factory.mktemp("small"), (1280, 720)) as made:
        yield made


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Iterator[Callable[[Seat], None]]:
    """A picture of how a test left the screen, whichever way it ended."""
    seats: list[Seat] = []
    yield seats.append
    for each in seats:
        each.shoot(request.node.name.replace("/", "-"))
