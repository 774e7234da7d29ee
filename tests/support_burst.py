"""A desk that performs as fast as it can until it is killed, with its link up. Run by `tests/sync/test_kill.py`."""

import sys
from pathlib import Path

from console.domain.incident import Incident
from console.domain.log import Kind, Note
from console.domain.operation import Dispatch, OpenIncident, WriteNote
from console.domain.words import Label
from tests.support_pack import actor, assignment, incident, task
from tests.support_platform import Desk

WHO = Label("王", "Wang")


def one(desk: Desk, number: int) -> Incident:
    of = incident(number)
    desk.do(OpenIncident(of, WHO), actor(number))
    sent = Dispatch(of.id, "fire", WHO, None, (assignment(of),), (task(of),))
    desk.do(sent, actor(number))
    desk.do(WriteNote(Note(Kind.NOTE, WHO, text=f"{number}", incident=of.id)), actor(number))
    return of


if __name__ == "__main__":
    desk = Desk(Path(sys.argv[1]))
    desk.connect(sys.argv[2])
    for number in range(1, 100_000):
        # said only after `perform` has returned: what is said is never lost
        print(one(desk, number).id, flush=True)
