"""What desks do while they are apart: the material of `yiping bench sync-catchup`."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from console.domain.assignment import Status
from console.domain.log import Kind, Note
from console.domain.moving import MoveIncident
from console.domain.operation import (
    Dispatch,
    OpenIncident,
    Operation,
    ReportStatus,
    TickTask,
    WriteNote,
)
from console.domain.stages import Move
from console.domain.words import Label
from console.store.store import Store
from console.sync import outbox
from tests.support_pack import START, actor, assignment, incident, task

WHO = Label("王", "Wang")
STEPS = (Status.ACKNOWLEDGED, Status.EN_ROUTE, Status.ON_SCENE, Status.WORKING, Status.DONE)


def one_incident(number: int, second: float, unit: str) -> Iterator[Operation]:
    """From the call to the close: twelve operations."""
    of = incident(number, second)
    sent, gate = assignment(of, unit), task(of)
    at = START + timedelta(seconds=second)
    yield OpenIncident(of, WHO, Label("东桥积水约三十厘米", "About 30 cm of water at East bridge"))
    yield Dispatch(of.id, "fire", WHO, None, (sent,), (gate, replace(task(of, 2), gate=False)))
    yield WriteNote(Note(Kind.RADIO, WHO, text="水位还在涨,先封路", incident=of.id))
    for minute, status in enumerate(STEPS, 1):
        yield ReportStatus(sent.id, status, at + timedelta(minutes=minute), WHO)
    yield TickTask(gate.id, True)
    yield WriteNote(Note(Kind.PHONE, WHO, text="现场已恢复通行", incident=of.id))
    yield MoveIncident(of.id, Move.CHECK)
    yield MoveIncident(of.id, Move.CLOSE)


def work(store: Store, count: int, first: int, units: int = 40) -> list[str]:
    """Perform so many operations on a desk, numbers of incidents from `first`; the ids of the incidents."""
    done, number, ids = 0, first, []
    while done < count:
        for operation in one_incident(number, float(done), f"u{first}-{number % units}"):
            outbox.perform(store, operation, actor(float(done)))
            if isinstance(operation, OpenIncident):
                ids.append(operation.incident.id)
            done += 1
            if done == count:
                break
        number += 1
    return ids
