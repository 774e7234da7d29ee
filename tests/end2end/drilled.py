"""`yiping drill run` as the command does it, without a display, and with an eye on everything that comes in.

python drilled.py DATA SPEED: says a line of JSON for every thing seen, ends the drill after the link is mended.
"""

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow

from console.desk.children import open_wall
from console.desk.plan import Options, setup
from console.desk.screens import go_headless
from console.desk.start import application, open_desk
from console.domain.drill import ExerciseState
from console.domain.intake import CameraFault
from console.domain.log import Kind
from console.sync.client import Link
from tests.end2end.inside import Walk
from widgets.calls.strip import CallStrip


def say(**what: Any) -> None:
    print(json.dumps(what, ensure_ascii=False), flush=True)


def main(data: Path, speed: float) -> None:
    go_headless("1920x1080", screens=2)
    known = setup(Options(data=data, language="zh", drill=True, speed=speed, scenario="typhoon-flood"))
    application(known)
    desk = open_desk(known, QGuiApplication.primaryScreen().size())
    walk = Walk(desk, data / "shots")
    until, window = walk._until, desk.window
    until(lambda: desk.session is not None, "signed in")
    session = desk.session
    assert session is not None
    faults: list[object] = []
    session.faulted.connect(faults.append)
    until(lambda: walk._link() is Link.ONLINE, "online")
    assert desk.link is not None
    line = desk.link.client._line
    until(lambda: line._token is not None, "signed in to the platform")
    wall = open_wall(data, desk.plan.realm, beside="Screen1", shots=data / "shots" / "wall")
    say(online=True, realm=desk.plan.realm, url=line.base_url, token=line._token, file=str(desk.files.database))

    until(lambda: any(e.note.kind is Kind.MESSAGE for e in session.state.entries), "a message")
    message = next(e for e in session.state.entries if e.note.kind is Kind.MESSAGE)
    say(message=message.note.sender.zh)
    until(lambda: any(a.indicator == "lisha_level" for a in session.state.alarms.values()), "an alarm")
    until(lambda: any(walk._picture(c.id).value == "live" for c in window.panels.video.cameras()), "a picture")
    tiles = [window.panels.video.tile(camera.id) for camera in window.panels.video.cameras()]
    say(
        alarm="lisha_level",
        title=window.windowTitle(),
        docks=[dock.badge() for dock in window.docks.values()],
        tiles=[tile._badge for tile in tiles if tile is not None],
        map=window.panels.map._badge,
        top=window.top._brand.badge,
    )
    until(session.state.waiting_calls, "a call rings")
    before = set(session.state.incidents)
    window.findChild(CallStrip).buttons()[1].click()
    until(lambda: session.state.incidents.keys() - before, "it opens as it is told")
    called = session.state.incidents[next(iter(session.state.incidents.keys() - before))]
    until(lambda: called.id in session.proposals, "its proposal")
    walk._wait(0.3)
    window.panels.incident.accept()
    until(lambda: bool(session.state.assignments_of(called.id)), "dispatched")
    say(call=called.title.zh, assignments=len(session.state.assignments_of(called.id)))
    until(lambda: any(isinstance(f, CameraFault) and f.fault == "refuse" for f in faults), "a camera fault")
    say(camera=True)

    until(lambda: desk.link is not None and desk.link.cut, "the cut")
    until(window.banner.isVisible, "the banner")
    session.write("照常指挥", called.id)
    until(lambda: walk._pending(command_only=True) > 0, "the outbox counts")
    until(lambda: "待上传" in window.banner.text() and " 0 条" not in window.banner.text(), "the banner counts")
    say(cut=True, banner=window.banner.text(), pending=walk._pending())
    desk.open_report(called.id)
    until(lambda: bool(desk.reports) and desk.reports[0].pdf is not None, "the report")
    say(report=str(desk.reports[0].pdf))
    until(lambda: desk.link is not None and not desk.link.cut, "mended")
    until(lambda: walk._link() is Link.ONLINE, "online again")
    until(lambda: walk._pending(command_only=True) == 0, "it drains")
    until(lambda: not window.banner.isVisible(), "the banner goes")
    say(mended=True)

    assert desk.runner is not None
    desk.runner.finish()
    until(lambda: "演练结束" in window.banner.text(), "the end is said")
    assert desk.runner.exercise.state is ExerciseState.FINISHED
    until(lambda: walk._pending() == 0, "everything is sent")
    lost, doubled = walk.compare()
    said = [e.note.phrase.code if e.note.phrase else e.note.text for e in session.state.entries]
    say(lost=lost, doubled=doubled, alarms=len(session.state.alarms), entries=len(said))
    assert isinstance(window, QMainWindow)
    walk._shoot("drill")
    wall.terminate()
    wall.wait()
    window.close()
    desk.close()


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), float(sys.argv[2]))
    except BaseException:
        traceback.print_exc()
        os._exit(1)
