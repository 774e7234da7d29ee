"""A demo desk that is stopped and continued from outside, and whose clock is then set.

python sleeper.py DATA: says a line of JSON when it may be stopped, what it is like once it woke, and what came of a
clock that went two hours ahead and back. It ends by itself.
"""

import json
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from console.desk import session as session_module
from console.desk import timing
from console.desk.plan import Options, plan
from console.desk.screens import go_headless
from console.domain.assignment import Assignment, Role, Status
from console.domain.camera import Picture
from console.domain.duty import Escalation, Limit
from console.domain.incoming import Channel, IncomingCall
from console.domain.level import Level
from console.domain.opening import from_call
from console.domain.operation import Dispatch, OpenIncident
from console.domain.timers import Pace
from console.domain.words import Label
from console.domain.worktime import Span
from console.store.ids import new_id
from console.sync import link as link_module
from console.sync.client import Link
from tests.end2end.inside import Walk

ASLEEP_S = 4.0  # a loop that was away for so long was stopped
DRAFT = "桥头已封,等"


class Clock(datetime):
    """The machine's clock, which may be set."""

    ahead = timedelta(0)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Any:
        return datetime.now(tz) + cls.ahead


def say(**what: Any) -> None:
    print(json.dumps(what, ensure_ascii=False), flush=True)


class Sleeper(Walk):
    def begin(self) -> None:
        self._until(lambda: self.desk.session is not None, "signed in")
        self._until(lambda: self._link() is Link.ONLINE, "the platform is there")
        self._until(lambda: bool(self.live()), "live pictures")
        self.session = session = self.desk.session
        assert session is not None
        rules = (Escalation(Limit.ACK, "emergency"), Escalation(Limit.HANDLE, "emergency", Span(1)))
        duties = {id: replace(duty, escalations=rules) for id, duty in session.lists.duties.items()}
        session.lists = replace(session.lists, duties=duties)
        self.notices: list[timing.Notice] = []
        session.timing.noticed.connect(self.notices.extend)
        self.jumps: list[timedelta] = []
        session.timing.jumped.connect(self.jumps.append)

    def live(self) -> list[str]:
        cameras = [camera.id for camera in self.panels.video.cameras()]
        return [id for id in cameras if self._picture(id) is Picture.LIVE]

    def dispatch(self, due_s: float) -> str:
        """An agency is asked, which has so long to acknowledge; the assignment's id."""
        session, name = self.session, Label("河水上涨", "River rising")
        now = session_module.utc_now()
        id, area = new_id(), session.area
        call = IncomingCall(id, area, Channel.PHONE, now, name, title=name, level=Level.YELLOW, place=name)
        number = max((one.number for one in session.state.incidents.values()), default=0) + 100
        matter, at = session.matter("river_level"), session.pack.at
        opened = from_call(call, matter, at, session.area, id=new_id(), number=number, now=now)
        agency = session.pack.agencies["emergency"]
        sent = Assignment(
            new_id(),
            opened.id,
            agency.id,
            Role.LEAD,
            ack_due_at=now + timedelta(seconds=due_s),
            times={Status.NOTIFIED.value: now},
            scope=agency.path,
        )
        session.do(OpenIncident(opened, name))
        session.do(Dispatch(opened.id, agency.id, name, None, (sent,)))
        self._until(lambda: sent.id in session.state.assignments, "dispatched")
        self.incident = opened.id
        return sent.id

    def woke(self) -> bool:
        """Whether this process was stopped since the last look."""
        before, self._looked = getattr(self, "_looked", time.monotonic()), time.monotonic()
        return self._looked - before > ASLEEP_S

    def told(self) -> dict[str, Any]:
        """What was noticed and told upwards of the incident, and how often."""
        noticed = Counter(
            notice.timer.limit.value
            for notice in self.notices
            if notice.incident.id == self.incident and notice.pace is Pace.OVERDUE
        )
        phrases = [entry.note.phrase for entry in self._state.entries_of(self.incident)]
        escalated = sum(phrase.code == "escalated" for phrase in phrases if phrase)
        return {"noticed": dict(noticed), "escalated": escalated}


def main(data: Path) -> int:
    go_headless("1920x1080")
    for module in (session_module, timing, link_module):
        module.datetime = Clock  # type: ignore[attr-defined]
    timing.ABOVE_WAITS = timedelta(seconds=3)
    from console.desk.start import application, open_desk  # with the clock that may be set

    known = plan(Options(data=data, language="zh", demo=True))
    application(known)
    desk = open_desk(known, QGuiApplication.primaryScreen().size())
    walk = Sleeper(desk, data / "shots")
    walk.begin()
    session = walk.session
    walk.dispatch(3.0)
    desk.window.panels.incident.set_drafts({walk.incident: DRAFT})
    assert desk.platform is not None
    say(ready=True, url=desk.platform.url, incident=walk.incident, realm=desk.plan.realm, live=walk.live())

    walk._until(walk.woke, "stopped and continued", 600)
    walk._until(lambda: walk._link() is Link.ONLINE, "online again")
    walk._until(lambda: bool(walk.live()), "live pictures again")
    walk._until(
        lambda: any(entry.note.text == "你们在吗" for entry in session.state.entries),
        "what another desk wrote meanwhile",
    )
    walk._wait(15.0)  # longer than a desk waits before it tells
    session.write("醒了", walk.incident)
    lost, doubled = walk.compare()
    drafts = dict(desk.window.panels.incident.drafts())
    say(woke=walk.told(), lost=lost, doubled=doubled, draft=drafts.get(walk.incident), jumps=len(walk.jumps))

    walk.dispatch(600.0)
    Clock.ahead = timedelta(hours=2)
    walk._until(lambda: len(walk.jumps) == 1, "it is seen that the clock was set")
    walk._wait(20.0)
    ahead = walk.told()
    Clock.ahead = timedelta(0)
    walk._until(lambda: len(walk.jumps) == 2, "and set back")
    walk._wait(20.0)
    lost, doubled = walk.compare()
    say(ahead=ahead, back=walk.told(), link=walk._link().value, live=walk.live(), lost=lost, doubled=doubled)
    desk.window.close()
    desk.close()
    QApplication.processEvents()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
