"""A demo desk that is walked until the test kills it, or that is looked at when it is started again.

python walker.py walk DATA     says what is shown, deals with whatever comes, types a note it never sends
python walker.py look DATA     says what is shown, waits for the platform, compares, and ends
"""

import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from console.desk.desk import Desk
from console.desk.exercise import Runner
from console.desk.plan import Options, plan
from console.desk.screens import go_headless
from console.desk.start import application, open_desk
from console.domain.assignment import Status
from console.sync.client import Link
from tests.end2end.inside import Walk
from widgets.note_line import NoteLine

DRAFT = "桥头已封,等"


def say(**what: Any) -> None:
    print(json.dumps(what, ensure_ascii=False), flush=True)


begin = Runner.start  # the town waits until what was kept is said


class KilledWalk(Walk):
    """The walk's first half, with a note that is typed and never sent, and no end."""

    def run(self) -> None:
        self.say_what_was()
        begin(self.desk.runner)  # type: ignore[arg-type]
        self.desk_is_there()
        say(live=True)
        if not self._state.open_incidents():
            self.alarm_comes()
            self.confirm()
            self.proposal_comes()
        else:
            self.incident = self._state.open_incidents()[0].id
            self.desk.control.open(self.incident)  # type: ignore[union-attr]
        say(incident=self._the_incident().code)
        self.type_draft()
        if not self._assignments():
            self._until(lambda: self._proposal() is not None, "a proposal")
            self.accept()
        say(dispatched=len(self._assignments()))
        number = 0
        while True:
            number += 1
            self.desk.session.write(f"note {number}", self.incident)  # type: ignore[union-attr]
            self._wait(0.1)

    def say_what_was(self) -> None:
        """What is shown of what the last one left; nothing new comes meanwhile, nor after it."""
        self._until(lambda: self.desk.session is not None and self.desk.runner is not None, "signed in")
        self._wait(1.5)
        say(shown=shown(self.desk))

    def type_draft(self) -> None:
        panel = self.panels.incident
        self._until(lambda: panel.detail() is not None, "the incident is shown")
        panel.focus_note()
        line = QApplication.focusWidget()
        assert isinstance(line, QLineEdit)
        if line.text() != DRAFT:
            line.clear()
            for character in DRAFT:
                event = QInputMethodEvent()
                event.setCommitString(character)
                QApplication.sendEvent(line, event)
            self._wait(1.0)
        say(draft=panel.drafts())


def shown(desk: Desk) -> dict[str, Any]:
    """What the panels' state is made of, in plain words."""
    session = desk.session
    assert session is not None
    state = session.state
    return {
        "incidents": {i.id: [i.code, i.stage.value, i.level.value] for i in state.incidents.values()},
        "assignments": {a.id: sorted(a.times) for a in state.assignments.values()},
        "tasks": {t.id: t.done_at is not None for t in state.tasks.values()},
        "alarms": {a.id: a.state.value for a in state.alarms.values()},
        "entries": [e.id for e in state.entries],
        "drafts": desk.window.panels.incident.drafts(),
        "line": desk.window.panels.incident.findChild(NoteLine).text(),
    }


def main(what: str, data: Path) -> None:
    Runner.start = lambda _self: None  # type: ignore[method-assign]
    go_headless("1920x1080", screens=2)
    read = plan(Options(data=data, language="zh", demo=True, speed=6.0, scenario="demo-town"))
    application(read)
    desk = open_desk(read, QGuiApplication.primaryScreen().size())
    walk = KilledWalk(desk, data / "shots")
    if what == "walk":
        walk.run()
    walk.say_what_was()
    walk._until(lambda: walk._link() is Link.ONLINE, "the platform is there")
    walk._until(lambda: walk._pending() == 0, "everything is sent")
    lost, doubled = walk.compare()
    say(lost=lost, doubled=doubled, status=sorted({s.value for s in Status}))
    desk.window.close()
    desk.close()


if __name__ == "__main__":
    try:
        main(sys.argv[1], Path(sys.argv[2]))
    except BaseException:
        traceback.print_exc()  # the desk's own hook writes into its log only
        os._exit(1)
