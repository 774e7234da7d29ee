"""Makes desk.db and platform.db as the first release kept them. Runs on that release's code only:

git worktree add /tmp/first f84576d
cd /tmp/first && PYTHONPATH=. python .../tests/store/old/make.py .../tests/store/old
"""

import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

from console.central import auth, feed, push
from console.central.realms import Realm
from console.domain.agency import Position
from console.domain.alarm import FilterReason
from console.domain.assignment import Status
from console.domain.drill import Exercise, ExerciseState
from console.domain.incident import Stage
from console.domain.indicator import Reading
from console.domain.level import Level
from console.domain.log import Kind, Note
from console.domain.operation import (
    AddReadings,
    CheckIncident,
    CloseIncident,
    ConfirmAlarm,
    Dispatch,
    FilterAlarm,
    FollowAlarm,
    OpenIncident,
    Operation,
    Order,
    RaiseAlarm,
    ReportStatus,
    TickTask,
    WriteNote,
)
from console.domain.place import Point
from console.domain.words import Label
from console.store.store import Store
from console.sync import outbox, rebase
from console.sync.messages import Page, PushRequest, fingerprint
from tests.support_pack import HERE, START, actor, alarm, assignment, incident, task

KEY = bytes(range(32))
WHO = Label("现场", "Field")
BEIJING = timezone(timedelta(hours=8))
clock = 0.0


def do(desk: Store, operation: Operation, user: str = "u1") -> None:
    global clock  # noqa: PLW0603
    clock += 1
    outbox.perform(desk, operation, actor(clock, user))


def send(desk: Store, platform: Store, change: Callable[[dict[str, Any]], None] = lambda body: None) -> None:
    for lane in outbox.LANES:
        _, bodies = outbox.to_send(desk, lane, None)
        if bodies:
            sent = [json.loads(body) for body in bodies]
            change(sent[-1])
            request = PushRequest.model_validate({"operations": sent})
            push.take(platform, desk.device, "u1", request.operations)


def fetch(desk: Store, platform: Store) -> None:
    more = True
    while more:
        with platform.read() as view:
            page = feed.page(view, desk.device, rebase.cursor(desk), 50)
        rebase.apply(desk, Page.model_validate_json(page.model_dump_json()))
        more = page.cursor < page.head


def at(second: float) -> Any:
    return START + timedelta(seconds=second)


def tear(body: dict[str, Any]) -> None:
    """An entry that does not fit its chain."""
    body["entries"][-1]["previous"] = "f" * 64
    body["hash"] = fingerprint(body)


def make(desk: Store, other: Store, platform: Store) -> None:
    Realm(platform)
    auth.issue(platform, "u1", desk.device)
    auth.issue(platform, "u2", desk.device)

    # settled: an incident's whole loop, another that is under way, alarms of each kind
    done, river = incident(1), incident(2)
    work, gate = assignment(done), task(done)
    order = Order(Label("消防", "Fire brigade"), Label("速去", "Go at once"))
    do(desk, OpenIncident(done, WHO, Label("积水", "Water")))
    do(desk, Dispatch(done.id, "fire", WHO, at(3600), (work,), (gate,), (order,)))
    for status in (Status.ACKNOWLEDGED, Status.EN_ROUTE, Status.ON_SCENE, Status.DONE):
        do(desk, ReportStatus(work.id, status, at(clock).astimezone(BEIJING), WHO))
    do(desk, TickTask(gate.id, True))
    do(desk, CheckIncident(done.id))
    do(desk, CloseIncident(done.id))
    do(desk, OpenIncident(river, WHO))
    high, calm, shared = alarm(5), alarm(6), replace(alarm(7), raised_at=at(7).astimezone(BEIJING))
    far = replace(alarm(8), town="elsewhere", at=Point(1e-7, 30.0))
    for one in (high, calm, shared, far):
        do(desk, RaiseAlarm(one))
    do(desk, FilterAlarm(calm.id, FilterReason.FALSE, "探头"))
    do(desk, AddReadings(tuple(Reading("river", at(60 * n), 3.0 + n / 10) for n in range(20))))
    do(desk, WriteNote(Note(Kind.RADIO, WHO, text='引号 " 反斜杠 \\ 换行 \n')), user="u2")
    send(desk, platform)
    fetch(desk, platform)
    fetch(other, platform)

    # both decide one alarm: the second is refused, and lands in the inbox
    do(other, ConfirmAlarm(shared.id, replace(incident(3), alarm=shared.id)))
    do(desk, ConfirmAlarm(shared.id, replace(incident(3), alarm=shared.id)))
    send(other, platform)
    send(desk, platform)
    fetch(desk, platform)

    # the link is down: pending in both lanes, over rows of the platform's and over none
    fire, cordon = assignment(river), task(river)
    do(desk, Dispatch(river.id, "fire", WHO, None, (fire,), (cordon,)))
    do(desk, ReportStatus(fire.id, Status.EN_ROUTE, at(clock), WHO))
    do(desk, TickTask(cordon.id, True), user="u2")
    bridge = replace(incident(4), alarm=high.id)
    do(desk, FollowAlarm(high.id, Level.RED, 4.4, Label("水位很高", "River very high")))
    do(desk, ConfirmAlarm(high.id, bridge))
    do(desk, FollowAlarm(high.id, Level.YELLOW, 2.7, Label("水位回落", "River falls"), at(clock)))
    do(desk, RaiseAlarm(replace(alarm(clock), raised_at=at(clock).astimezone(BEIJING))))
    do(desk, AddReadings(tuple(Reading("river", at(60 * n), 2.0 + n / 10) for n in range(20, 30))))
    do(desk, WriteNote(Note(Kind.PHONE, WHO, text="来电", incident=river.id)))
    do(desk, AddReadings((Reading("river", at(9000), 2.5),)))

    # meanwhile the other desk goes on, and the desk does not hear of it; its last entry is broken
    do(other, ReportStatus(_work_of(other, done.id), Status.RECALLED, at(clock), WHO))
    do(other, OpenIncident(incident(4, clock), WHO))
    do(other, AddReadings((Reading("river", at(9100), 2.4),)))
    do(other, WriteNote(Note(Kind.RADIO, WHO, text="改过的", incident=river.id)))
    send(other, platform, lambda body: tear(body) if body["lane"] == "command" else None)

    with platform.begin() as tx:
        tx.put(Position("xf1", HERE, at(20), 90.0))
    with desk.begin() as tx:
        tx.put(Position("xf1", HERE, at(20), 90.0), Exercise("e1", "rain", 3.5, 2.0, ExerciseState.PAUSED, (1, 2)))
        tx.set_setting("layouts", {"一": [1, 2.5, None]})
    with desk.read() as view:
        assert view.incident(done.id).stage is Stage.CLOSED
        assert outbox.inbox(desk) and min(outbox.pending(desk).values()) > 0


def _work_of(desk: Store, incident: str) -> str:
    with desk.read() as view:
        return str(view.assignments_of(incident)[0].id)


def main(folder: Path) -> None:
    for name in ("desk.db", "platform.db"):
        (folder / name).unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as aside:
        desk = Store.open(folder / "desk.db", KEY)
        platform = Store.open(folder / "platform.db", None, side="platform")
        other = Store.open(Path(aside) / "other.db", KEY)
        make(desk, other, platform)
        for store in (desk, platform, other):
            store.close()
    for name in ("desk.db", "platform.db"):
        (folder / f"{name}.lock").unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
