"""A demo desk in this process, and the steps that tests of other things take at it: signed in, an alarm, accepted."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QDeadlineTimer, QEventLoop, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.desk.children import open_wall
from console.desk.desk import Desk
from console.domain.alarm import AlarmState
from console.domain.camera import Picture
from console.domain.incident import Incident, Stage
from console.sync.client import Link
from console.sync.outbox import performed_ids
from tests.support_wait import WAIT_S

PATIENCE_S = 60.0
UNDER_WAY_MS = 20_000  # an operation that is not held after this is lost


class Walk:
    """Steps at one desk. Each waits for what it brings."""

    def __init__(self, desk: Desk, shots: Path) -> None:
        self.desk, self.window, self.panels, self.shots = desk, desk.window, desk.window.panels, shots
        self.incident = ""
        self.wall_shots = shots / "wall"

    def desk_is_there(self) -> None:
        """桌面出现,地图画好 the desk is there and the map is drawn"""
        self._until(lambda: self.desk.session is not None, "signed in")
        self._until(lambda: self.panels.map.is_drawn, "the map is drawn")
        self._until(lambda: self.desk.link is not None and self._link() is Link.ONLINE, "the platform is there")
        options = self.desk.plan.options
        self.wall = open_wall(options.data, self.desk.plan.realm, beside="Screen1", shots=self.wall_shots)

    def alarm_comes(self) -> None:
        """河道水位告警 a gauge crosses its limit"""
        self._until(lambda: bool(self._waiting()), "an alarm")
        self._until(lambda: self.panels.alarms.selected_id() == self._waiting()[0].id, "it is selected")

    def confirm(self) -> None:
        """确认告警,立案 the alarm is confirmed and an incident opens"""
        before = set(self._state.incidents)
        QTest.keyClick(self.panels.alarms, Qt.Key.Key_C)
        self._until(lambda: bool(set(self._state.incidents) - before), "an incident")
        (self.incident,) = set(self._state.incidents) - before

    def proposal_comes(self) -> None:
        """方案给出 a proposal with units, minutes and reasons"""
        self._until(lambda: self._proposal() is not None, "a proposal")
        proposal = self._proposal()
        if not proposal.chosen or not all(candidate.reasons for candidate in proposal.candidates):
            raise AssertionError("the proposal has no units or no reasons")

    def accept(self) -> None:
        """一键采纳 one key accepts it"""
        self.window.go_to("incident")
        QTest.keyClick(self.panels.incident, Qt.Key.Key_Return)
        self._until(lambda: bool(self._assignments()), "assignments")
        self._until(lambda: self._the_incident().stage is Stage.DISPATCHED, "stage 派遣")

    def compare(self) -> tuple[int, int]:
        """Operations done by now that the platform does not come to hold, and those it holds more than once.

        The town does not stop for the count: what was done a moment ago may still be on its way.
        """
        session, link = self.desk.session, self.desk.link
        assert session is not None and link is not None
        performed = session.jobs.store(lambda: performed_ids(session.store)).result(WAIT_S)
        deadline = QDeadlineTimer(UNDER_WAY_MS)
        while performed - (held := link.client.audit()).keys() and not deadline.hasExpired():
            self._wait(0.2)
        return len(performed - held.keys()), sum(count - 1 for count in held.values())

    def _shoot(self, name: str) -> None:
        self.window.grab().save(str(self.shots / f"{name}.png"))
        for picture in sorted(self.wall_shots.glob("wall-?.png")):
            (self.shots / f"{name}-{picture.name}").write_bytes(picture.read_bytes())
        self.desk.stall.leave_out()

    def _until(self, there: Callable[[], bool], what: str, seconds: float = PATIENCE_S) -> None:
        deadline = QDeadlineTimer(round(seconds * 1000))
        while not there():
            if deadline.hasExpired():
                raise AssertionError(f"not within {seconds:.0f} s: {what}")
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            time.sleep(0.005)

    def _wait(self, seconds: float) -> None:
        deadline = QDeadlineTimer(round(seconds * 1000))
        self._until(deadline.hasExpired, "time passes", seconds + 10)

    @property
    def _state(self) -> Any:
        assert self.desk.session is not None
        return self.desk.session.state

    def _link(self) -> Link:
        return self.desk.link.client.state.link if self.desk.link else Link.OFFLINE

    def _pending(self, command_only: bool = False) -> int:
        counts = self.desk.chrome.pending
        return counts.get("command", 0) if command_only else sum(counts.values())

    def _waiting(self) -> list[Any]:
        return [alarm for alarm in self._state.alarms.values() if alarm.state is AlarmState.UNACKNOWLEDGED]

    def _the_incident(self) -> Incident:
        incident: Incident = self._state.incidents[self.incident]
        return incident

    def _assignments(self) -> list[Any]:
        assignments: list[Any] = self._state.assignments_of(self.incident)
        return assignments

    def _proposal(self) -> Any:
        assert self.desk.session is not None
        return self.desk.session.proposals.get(self.incident)

    def _picture(self, camera: str) -> Picture:
        tile = self.panels.video.tile(camera)
        return tile.status if tile else Picture.IDLE
