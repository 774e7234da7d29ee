"""The demo done from alarm to report from outside: by keys and clicks at a display, with a picture and a time a step.

The desk runs as anyone starts it. What came of a key is read in the desk's database, at the platform, and on screen as
a screen reader is told it. It ends with one line of JSON and the exit code 0, or names the step that failed and ends
with 1.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from console.desk.display import Display, child, need
from console.desk.hand import Hand, Late, until
from console.desk.outside import Outside
from console.desk.plan import Options, plan
from console.desk.screen_reader import Part
from console.domain.alarm import Alarm, AlarmState
from console.domain.assignment import Assignment, Status
from console.domain.incident import Incident, Stage, Task
from console.domain.words import Label
from console.store.queries import View

LONG_S = 300.0  # for what the field does, which takes its time
NOTE = "walkthrough note: bridge closed"
LIVE = Label("实时", "Live")
ENTER = "↵"


class Walk:
    """One walk at one display. `size` is of the desk's screen; the wall's is right of it."""

    def __init__(self, options: Options, shots: Path, display: dict[str, str], size: tuple[int, int]) -> None:
        self.options, self.shots, self.size = options, shots, size
        self.began = time.monotonic()
        self.steps: list[dict[str, Any]] = []
        self.incident = ""
        self.user = next(iter(plan(options).pack.users))
        self.hand = Hand(display)
        self.outside = Outside(options.data)
        command = [sys.executable, "-m", "console", "demo", "--data", options.data, "--speed", options.speed]
        command += ["--fresh"] if options.fresh else []
        command += ["--lang", options.language] if options.language else []
        self.desk = child(map(str, command), display, stdout=subprocess.DEVNULL)
        self.hand.pid = self.desk.pid

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
            self.take_call,
            self.other_language,
            self.wall_opens,
            self.everything_once,
        ):
            self._step(step)

    def desk_is_there(self) -> None:
        """桌面出现,地图画好 the desk is there and the map is drawn"""
        self._until(lambda: "console.desk.desk: live" in self.outside.log(), "signed in", LONG_S)
        self._until(self._map_is_drawn, "the map is drawn", LONG_S)
        self._until(self.outside.answers, "the platform is there", LONG_S)

    def live_picture(self) -> None:
        """视频实时 live pictures"""
        self._until(lambda: len(self._live()) >= 3, "three live tiles", LONG_S)

    def alarm_comes(self) -> None:
        """河道水位告警 a gauge crosses its limit"""
        self._until(self._waiting, "an alarm")
        self.hand.see(lambda part: part.role == "list item" and "selected" in part.states, "it is selected")

    def look_at_camera(self) -> None:
        """看最近的视频 a look at the nearest camera"""
        self.hand.key("v")
        self._until(self._live, "the nearest camera is live")

    def confirm(self) -> None:
        """确认告警,立案 the alarm is confirmed and an incident opens"""
        self.hand.key("c")
        self.incident = self._until(self._opened, "an incident")

    def proposal_comes(self) -> None:
        """方案给出 a proposal with units, minutes and reasons"""
        self.hand.see(lambda part: part.key == ENTER and part.enabled, "a proposal that one key accepts")

    def accept(self) -> None:
        """一键采纳 one key accepts it"""
        self.hand.key("Return")
        self._until(self._assignments, "assignments")
        self._until(lambda: self._the_incident().stage is Stage.DISPATCHED, "stage 派遣")

    def field_acknowledges(self) -> None:
        """签收、出动 the field acknowledges and goes"""
        self._until(lambda: any(a.status.rank >= Status.EN_ROUTE.rank for a in self._assignments()), "en route")

    def pull_the_plug(self) -> None:
        """断开平台 the platform's process is killed"""
        self._command("unplug")
        self._until(lambda: not self.outside.answers(), "it is gone")
        self.hand.see(self._is_banner, "the banner")

    def write_while_offline(self) -> None:
        """断网照常记录 everything goes on: a note is written, the outbox counts up"""
        self.hand.key("n")
        self.hand.type(NOTE)
        self.hand.key("Return")
        self._until(lambda: NOTE in self._said(), "the note is in the log")
        self._until(self.outside.pending, "the outbox counts")

    def field_arrives(self) -> None:
        """到场 units arrive, shown as it happens, with the link down"""
        self._until(lambda: any(a.at(Status.ON_SCENE) for a in self._assignments()), "on scene", LONG_S)

    def plug_back_in(self) -> None:
        """平台恢复,补传 the platform is started again and the outbox drains"""
        self.hand.click(self.hand.see(lambda part: self._is_banner(part) and part.role == "push button", "its button"))
        self._until(self.outside.answers, "online again")
        self._until(lambda: not self.outside.pending("command"), "the outbox is empty")
        self._until(lambda: not self.hand.find(self._is_banner), "the banner goes")

    def field_finishes(self) -> None:
        """处置完成 every assignment reports done"""
        self._until(lambda: all(a.status is Status.DONE for a in self._assignments()), "all done", LONG_S)
        self._until(lambda: self._the_incident().stage is Stage.REPORTED_BACK, "stage 反馈")

    def tick_tasks(self) -> None:
        """勾任务 the tasks are ticked"""
        self.hand.click(self._until(self._first_task, "a task"))
        for _ in self._tasks()[1:]:
            self.hand.key("Down", "space")
        self._until(lambda: all(task.done_at for task in self._tasks()), "all tasks done")

    def check_and_close(self) -> None:
        """核查、结案 checked and closed"""
        self._move("K", Stage.CHECKED)
        self._move("J", Stage.CLOSED)

    def report_opens(self) -> None:
        """报告打开 the report opens as HTML and PDF"""
        code = self._the_incident().code
        folder = self.options.data / "reports"
        window = self.hand.see(lambda part: part.role == "dialog" and code in part.name, "the report's window")
        pdf = self._until(lambda: next(folder.rglob("*.pdf"), None), "the PDF is printed")
        self._until(lambda: pdf.read_bytes().rstrip().endswith(b"%%EOF"), "all of it")
        self.hand.see(lambda part: part.window == window.name and str(pdf) in part.name, "it is said where it is")
        self.hand.shoot(self.shots / "report.png", window.place)
        (self.shots / "report.pdf").write_bytes(pdf.read_bytes())
        (self.shots / "report.html").write_bytes(pdf.with_suffix(".html").read_bytes())
        self.hand.key("Escape")
        self._until(lambda: not self.hand.find(lambda part: part.window == window.name), "its window is closed")

    def second_alarm_filtered(self) -> None:
        """另一条告警过滤 another alarm is filtered with a reason"""
        alarm = self._until(self._waiting, "another alarm", LONG_S)[0]
        self.hand.see(lambda part: part.role == "list item" and "selected" in part.states, "it is selected")
        before = self.hand.windows()
        self.hand.key("f")
        self._until(lambda: self.hand.windows() > before, "the reasons")
        self.hand.key("5")
        self._until(lambda: self._read(lambda v: v.alarm(alarm.id)).state is AlarmState.FILTERED, "filtered")

    def take_call(self) -> None:
        """接听来电,立案并派出 a call that rings is answered, opened and dispatched"""
        call = self._until(lambda: next(iter(self._read(lambda view: view.calls())), None), "a call rings", LONG_S)
        self.hand.key("ctrl+j")
        self._until(lambda: (part := self.hand.focus()) and part.role == "text", "it is written down")
        self.hand.key("Return")
        incident = self._until(lambda: self._read(lambda view: view.call(call.id)).incident, "its incident")
        self.hand.see(lambda part: part.key == ENTER and part.enabled, "its proposal")
        self.hand.key("Return")
        self._until(lambda: self._read(lambda view: view.assignments_of(incident)), "it is dispatched")

    def other_language(self) -> None:
        """换一种语言 the same desk in the other language"""
        before = self._read(lambda view: view.setting("language"))
        self.hand.key("ctrl+l")
        self._until(lambda: self._read(lambda view: view.setting("language")) != before, "the other language")

    def wall_opens(self) -> None:
        """上大屏 the wall is on the other screen, with a live picture"""
        self.hand.key("F9")
        self._until(self._wall_is_live, "a live picture on the wall", LONG_S)

    def everything_once(self) -> None:
        """平台逐条核对 the platform holds every operation exactly once"""
        self._until(lambda: not self.outside.pending(), "everything is sent", LONG_S)
        # the town does not stop for the count: what was done a moment ago may still be on its way
        self._until(lambda: self.compare() == (0, 0), f"nothing lost or doubled: {self.compare()}")

    def compare(self) -> tuple[int, int]:
        return self.outside.compare(self.user)

    def end(self) -> dict[str, float]:
        """The desk is closed as a window is; what it says of its main thread at its end."""
        self.hand.key("alt+F4")
        if self.desk.wait(60) != 0:
            raise Late(f"the desk ended with {self.desk.returncode}")
        said = re.findall(r"late by ([\d.]+) ms at p99, ([\d.]+) ms at worst", self.outside.log())
        p99, worst = said[-1]
        return {"stall_p99_ms": float(p99), "stall_worst_ms": float(worst)}

    def close(self) -> None:
        self.outside.close()
        self.hand.close()
        if self.desk.poll() is None:
            self.desk.terminate()
            self.desk.wait(30)

    # -- how

    def _step(self, step: Callable[[], None]) -> None:
        title, started = step.__doc__ or step.__name__, time.monotonic()
        number = len(self.steps) + 1
        try:
            step()
        except BaseException:
            self._shoot(f"{number:02}-{step.__name__}-failed")
            raise
        time.sleep(0.3)  # what it came to is painted
        self._shoot(f"{number:02}-{step.__name__}")
        took = time.monotonic() - started
        self.steps.append({"step": step.__name__, "seconds": round(took, 2)})
        click.echo(f"{number:2}  {time.monotonic() - self.began:7.1f} s  {took:6.1f} s  {title}")

    def _shoot(self, name: str) -> None:
        width, height = self.size
        self.hand.shoot(self.shots / f"{name}.png", (0, 0, width, height))
        if len(self.steps) >= 19:
            self.hand.shoot(self.shots / f"{name}-wall-1.png", (width, 0, width, height))

    def _until(self, there: Callable[[], Any], what: str, seconds: float = 60.0) -> Any:
        if self.desk.poll() is not None:
            raise Late(f"the desk has ended with {self.desk.returncode}")
        return until(there, what, seconds)

    def _command(self, words: str) -> None:
        self.hand.key("ctrl+k")
        self.hand.type(words)
        self.hand.key("Return")

    def _move(self, key: str, stage: Stage) -> None:
        """A move of the incident, once its button says that it is allowed."""
        self.hand.see(lambda part: part.key == key and part.enabled, f"{key} is allowed")
        self.hand.key(key.lower())
        self._until(lambda: self._the_incident().stage is stage, f"stage {stage.value}")

    # -- what is kept

    def _read(self, look: Callable[[View], Any]) -> Any:
        return self.outside.read(look)

    def _waiting(self) -> list[Alarm]:
        found = self._read(lambda view: view.open_alarms()) or []
        return [alarm for alarm in found if alarm.state is AlarmState.UNACKNOWLEDGED]

    def _opened(self) -> str | None:
        """The incident of the alarm that was confirmed."""
        return next((alarm.incident for alarm in self._read(lambda view: view.alarms(50)) if alarm.incident), None)

    def _the_incident(self) -> Incident:
        incident: Incident = self._read(lambda view: view.incident(self.incident))
        return incident

    def _assignments(self) -> list[Assignment]:
        return list(self._read(lambda view: view.assignments_of(self.incident)))

    def _tasks(self) -> list[Task]:
        return list(self._read(lambda view: view.tasks_of(self.incident)))

    def _said(self) -> list[str]:
        return [entry.note.text for entry in self._read(lambda view: view.entries_of(self.incident))]

    # -- what is seen

    def _live(self) -> list[Part]:
        """The video tiles that play."""
        return [part for part in self.hand.look() if part.name.endswith((LIVE.zh, LIVE.en)) and part.role == "filler"]

    def _wall_is_live(self) -> bool:
        shown = [part for part in self.hand.reader.look() if part.place[0] >= self.size[0]]
        return any(part.name.endswith((LIVE.zh, LIVE.en)) for part in shown)

    def _map_is_drawn(self) -> bool:
        """The word that stands over all of it while it loads is gone."""
        shown = self.hand.look()
        return any(part.role == "check box" for part in shown) and not any(
            part.role == "label" and part.place[3] > 150 for part in shown
        )

    def _is_banner(self, part: Part) -> bool:
        return part.name in ("启动模拟平台", "Start the simulated platform")

    def _first_task(self) -> Part | None:
        """Scrolled to where it is not in sight."""
        text = self._tasks()[0].text
        shown = self.hand.look()
        for part in shown:
            if part.role == "check box" and part.name.split(" · ")[0] in (text.zh, text.en):
                return part
        self.hand.scroll(next(part for part in shown if part.panel.startswith(self._the_incident().code)))
        return None


def walk(options: Options, shots: Path, size: tuple[int, int], headless: bool) -> int:
    """Walk; answers the exit code. Pictures go to `shots`, the last line printed is one JSON object.

    `headless` walks on a display of its own with two screens of `size`, else it is the one there is.
    Raises `KnownError` when a program that this takes is not installed.
    """
    need(own=headless)
    shots.mkdir(parents=True, exist_ok=True)
    failed, result = "", dict[str, float]()
    with ExitStack() as stack:
        if headless:
            env = stack.enter_context(Display(size, screens=2)).env
        else:
            env = {**os.environ, "QT_QPA_PLATFORM": "xcb", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
        walking = Walk(options, shots, env, size)
        stack.callback(walking.close)
        try:
            walking.run()
            lost, doubled = walking.compare()
            result |= {"lost": lost, "doubled": doubled, **walking.end()}
        except Late as error:
            failed = str(error)
    told: dict[str, Any] = {"walkthrough": "failed" if failed else "ok", "steps": len(walking.steps)}
    told |= {"failed": failed} if failed else result
    told |= {"seconds": round(time.monotonic() - walking.began, 1), "shots": str(shots)}
    (shots / "walkthrough.json").write_text(json.dumps({**told, "each": walking.steps}, indent=1), "utf-8")
    if failed:
        click.echo(f"failed: {failed}", err=True)
    click.echo(json.dumps(told))
    sys.stdout.flush()
    return 1 if failed else 0
