"""The whole main job, done by driving the real widgets, with a picture and a time for every step.

Keys are pressed and buttons clicked as an operator would; nothing behind the widgets is called. It ends with one
line of JSON and the exit code 0, or names the step that failed and ends with 1.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from PySide6.QtCore import QDeadlineTimer, QEventLoop, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from console.desk.children import open_wall
from console.desk.desk import Desk
from console.desk.plan import Options, setup
from console.desk.start import application, open_desk
from console.domain.alarm import AlarmState
from console.domain.assignment import Status
from console.domain.camera import Picture
from console.domain.incident import Incident, Stage
from console.sync.client import Link
from console.sync.outbox import performed_ids
from widgets.keycap import KeyButton
from widgets.lang import language
from widgets.task_list import TaskBox

PATIENCE_S = 600.0  # ends a hang; how fast it goes is not judged here
UNDER_WAY_MS = 20_000  # an operation that is not held after this is lost


class StepFailed(Exception):
    """What was waited for did not come."""


class Walk:
    """One walk over one desk."""

    def __init__(self, desk: Desk, shots: Path) -> None:
        self.desk, self.window, self.panels, self.shots = desk, desk.window, desk.window.panels, shots
        self.began = time.monotonic()
        self.steps: list[dict[str, Any]] = []
        self.incident = ""
        self.wall_shots = shots / "wall"

    # -- the job

    def run(self) -> None:
        for step in (
            self.desk_is_there,
            self.live_picture,
            self.alarm_comes,
            self.look_at_camera,
            self.confirm,
            self.proposal_comes,
            self.accept,
            self.field_acknowledges,
            self.pull_the_plug,
            self.write_while_offline,
            self.field_arrives,
            self.plug_back_in,
            self.field_finishes,
            self.tick_tasks,
            self.check_and_close,
            self.report_opens,
            self.second_alarm_filtered,
            self.other_language,
            self.everything_once,
        ):
            self._step(step)

    def desk_is_there(self) -> None:
        """桌面出现,地图画好 the desk is there and the map is drawn"""
        self._until(lambda: self.desk.session is not None, "signed in")
        self._until(lambda: self.panels.map.is_drawn, "the map is drawn")
        self._until(lambda: self.desk.link is not None and self._link() is Link.ONLINE, "the platform is there")
        options = self.desk.plan.options
        self.wall = open_wall(options.data, self.desk.plan.realm, beside="Screen1", shots=self.wall_shots)

    def live_picture(self) -> None:
        """视频实时 live pictures"""
        self._until(lambda: self._live_tiles() >= 3, "three live tiles")

    def alarm_comes(self) -> None:
        """河道水位告警 a gauge crosses its limit"""
        self._until(lambda: bool(self._waiting()), "an alarm")
        self._until(lambda: self.panels.alarms.selected_id() == self._waiting()[0].id, "it is selected")

    def look_at_camera(self) -> None:
        """看最近的视频 a look at the nearest camera"""
        self.panels.alarms.setFocus()
        self._key(self.panels.alarms, Qt.Key.Key_V)
        nearest = self._state.alarms[self._waiting()[0].id].at
        assert nearest is not None
        first = self.panels.video.cameras()[0]
        self._until(lambda: self._picture(first.id) is Picture.LIVE, "the nearest camera is live")

    def confirm(self) -> None:
        """确认告警,立案 the alarm is confirmed and an incident opens"""
        before = set(self._state.incidents)
        self._key(self.panels.alarms, Qt.Key.Key_C)
        self._until(lambda: bool(set(self._state.incidents) - before), "an incident")
        (self.incident,) = set(self._state.incidents) - before

    def proposal_comes(self) -> None:
        """方案给出 a proposal with units, minutes and reasons"""
        self._until(lambda: self._proposal() is not None, "a proposal")
        proposal = self._proposal()
        if not proposal.chosen or not all(candidate.reasons for candidate in proposal.candidates):
            raise StepFailed("the proposal has no units or no reasons")

    def accept(self) -> None:
        """一键采纳 one key accepts it"""
        self.window.go_to("incident")
        self._key(self.panels.incident, Qt.Key.Key_Return)
        self._until(lambda: bool(self._assignments()), "assignments")
        self._until(lambda: self._the_incident().stage is Stage.DISPATCHED, "stage 派遣")

    def field_acknowledges(self) -> None:
        """签收、出动 the field acknowledges and goes"""
        self._until(lambda: any(a.status.rank >= Status.EN_ROUTE.rank for a in self._assignments()), "en route")
        self._wait(2.0)

    def pull_the_plug(self) -> None:
        """断开平台 the platform's process is killed"""
        assert self.desk.platform is not None
        self.desk.platform.kill()
        self._until(lambda: self._link() is Link.OFFLINE, "the desk notices")
        self._until(self.window.banner.isVisible, "the banner")

    def write_while_offline(self) -> None:
        """断网照常记录 everything goes on: a note is written, the outbox counts up"""
        before = len(self._state.entries)
        self.panels.incident.focus_note()
        line = QApplication.focusWidget() or self.panels.incident
        QTest.keyClicks(line, "walkthrough note: bridge closed")
        self._key(line, Qt.Key.Key_Return)
        self._until(lambda: len(self._state.entries) > before, "the note is in the log")
        self._until(lambda: self._pending() > 0, "the outbox counts")

    def field_arrives(self) -> None:
        """到场 units arrive, shown as it happens, with the link down"""
        self._until(lambda: any(a.at(Status.ON_SCENE) for a in self._assignments()), "on scene")

    def plug_back_in(self) -> None:
        """平台恢复,补传 the platform is started again and the outbox drains"""
        button = self.window.banner.button()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        self._until(lambda: self._link() is Link.ONLINE, "online again")
        self._until(lambda: self._pending(command_only=True) == 0, "the outbox is empty")
        self._until(lambda: not self.window.banner.isVisible(), "the banner goes")

    def field_finishes(self) -> None:
        """处置完成 every assignment reports done"""
        self._until(lambda: all(a.status is Status.DONE for a in self._assignments()), "all done")
        self._until(lambda: self._the_incident().stage is Stage.REPORTED_BACK, "stage 反馈")

    def tick_tasks(self) -> None:
        """勾任务 the tasks are ticked"""
        for box in self.panels.incident.findChildren(TaskBox):
            if not box.isChecked():
                box.setFocus()
                self._key(box, Qt.Key.Key_Space)
        self._until(lambda: all(t.done_at for t in self._state.tasks_of(self.incident)), "all tasks done")

    def check_and_close(self) -> None:
        """核查、结案 checked and closed"""
        self._press("K")
        self._until(lambda: self._the_incident().stage is Stage.CHECKED, "stage 核查")
        self._press("J")
        self._until(lambda: self._the_incident().stage is Stage.CLOSED, "stage 结案")

    def report_opens(self) -> None:
        """报告打开 the report opens as HTML and PDF"""
        self._until(lambda: bool(self.desk.reports), "the report's window")
        window = self.desk.reports[0]
        self._until(lambda: window.loaded, "the page is shown")
        self._wait(0.5)
        window.grab().save(str(self.shots / "report.png"))
        self._until(lambda: window.pdf is not None, "the PDF is printed")
        assert window.pdf is not None
        if not window.pdf.read_bytes().startswith(b"%PDF"):
            raise StepFailed("the PDF is not one")
        (self.shots / "report.pdf").write_bytes(window.pdf.read_bytes())
        (self.shots / "report.html").write_bytes(window.pdf.with_suffix(".html").read_bytes())
        window.close()

    def second_alarm_filtered(self) -> None:
        """另一条告警过滤 another alarm is filtered with a reason"""
        self._until(lambda: bool(self._waiting()), "another alarm")
        alarm = self._waiting()[0].id
        self._until(lambda: self.panels.alarms.selected_id() == alarm, "it is selected")
        self._key(self.panels.alarms, Qt.Key.Key_F)
        self._wait(0.2)
        menu = QApplication.activePopupWidget()
        if menu is None:
            raise StepFailed("no menu of reasons")
        self._key(menu, Qt.Key.Key_5)
        self._until(lambda: self._state.alarms[alarm].state is AlarmState.FILTERED, "filtered")

    def other_language(self) -> None:
        """换一种语言 the same desk and wall in the other language"""
        before = language()
        self.window.activateWindow()
        self._until(self.window.isActiveWindow, "the desk has the keyboard")
        self._key(self.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        self._until(lambda: language() != before, "the other language")
        self._wait(4.0)  # the wall follows, and takes its pictures once a second

    def everything_once(self) -> None:
        """平台逐条核对 the platform holds every operation exactly once"""
        self._until(lambda: self._pending() == 0, "everything is sent")
        lost, doubled = self.compare()
        if lost or doubled:
            raise StepFailed(f"{lost} lost, {doubled} doubled")

    def compare(self) -> tuple[int, int]:
        """Operations done by now that the platform does not come to hold, and those it holds more than once.

        The town does not stop for the count: what was done a moment ago may still be on its way.
        """
        session, link = self.desk.session, self.desk.link
        assert session is not None and link is not None
        performed = session.jobs.store(lambda: performed_ids(session.store)).result(30)
        deadline = QDeadlineTimer(UNDER_WAY_MS)
        while performed - (held := link.client.audit()).keys() and not deadline.hasExpired():
            self._wait(0.2)
        return len(performed - held.keys()), sum(count - 1 for count in held.values())

    # -- how

    def _step(self, step: Callable[[], None]) -> None:
        title, started = step.__doc__ or step.__name__, time.monotonic()
        number = len(self.steps) + 1
        try:
            step()
        except BaseException:
            self._shoot(f"{number:02}-{step.__name__}-failed")
            raise
        self._wait(0.3)
        self._shoot(f"{number:02}-{step.__name__}")
        took = time.monotonic() - started
        self.steps.append({"step": step.__name__, "seconds": round(took, 2)})
        click.echo(f"{number:2}  {time.monotonic() - self.began:7.1f} s  {took:6.1f} s  {title}")

    def _shoot(self, name: str) -> None:
        self.window.grab().save(str(self.shots / f"{name}.png"))
        for picture in sorted(self.wall_shots.glob("wall-?.png")):
            (self.shots / f"{name}-{picture.name}").write_bytes(picture.read_bytes())
        self.desk.stall.leave_out()

    def _until(self, there: Callable[[], bool], what: str, seconds: float = PATIENCE_S) -> None:
        deadline = QDeadlineTimer(round(seconds * 1000))
        while not there():
            if deadline.hasExpired():
                raise StepFailed(f"not within {seconds:.0f} s: {what}")
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
            time.sleep(0.005)

    def _wait(self, seconds: float) -> None:
        deadline = QDeadlineTimer(round(seconds * 1000))
        self._until(deadline.hasExpired, "time passes", seconds + PATIENCE_S)

    def _key(
        self, widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        QTest.keyClick(widget, key, modifier)

    def _press(self, key: str) -> None:
        """Click the incident's button that shows this key, once it is allowed."""
        button = next(b for b in self.panels.incident.findChildren(KeyButton) if b.key() == key)
        self._until(button.isEnabled, f"{button.text()} is allowed")
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

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

    def _live_tiles(self) -> int:
        return sum(self._picture(camera.id) is Picture.LIVE for camera in self.panels.video.cameras())


def walk(options: Options, shots: Path) -> int:
    """Walk; answers the exit code. Pictures go to `shots`, the last line printed is one JSON object."""
    shots.mkdir(parents=True, exist_ok=True)
    known = setup(options)
    application(known)
    desk = open_desk(known, QGuiApplication.primaryScreen().size())
    walking = Walk(desk, shots)
    failed = ""
    try:
        walking.run()
    except StepFailed as error:
        failed = str(error)
    result: dict[str, Any] = {"walkthrough": "failed" if failed else "ok", "steps": len(walking.steps)}
    if failed:
        result["failed"] = failed
    else:
        result["lost"], result["doubled"] = walking.compare()
    result["seconds"] = round(time.monotonic() - walking.began, 1)
    result["stall_p99_ms"] = round(desk.stall.percentile(99), 1)
    result["stall_worst_ms"] = round(desk.stall.worst, 1)
    result["shots"] = str(shots)
    (shots / "walkthrough.json").write_text(json.dumps({**result, "each": walking.steps}, indent=1), "utf-8")
    if hasattr(walking, "wall"):
        walking.wall.terminate()
        walking.wall.wait()
    desk.window.close()
    desk.close()
    if failed:
        click.echo(f"failed: {failed}", err=True)
    click.echo(json.dumps(result))
    sys.stdout.flush()
    return 1 if failed else 0
