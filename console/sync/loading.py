"""Calls of another system become incidents of this store, by the operations that a desk does.

    loading = Loading(store, pack, Person("import", IMPORT))
    loading.load(records)            # as fast as it goes
    loading.replay(records, 60.0)    # in their own time, sixty times as fast

What is here already is not done again: a load that was interrupted goes on, and a second one changes nothing.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from console.domain.errors import Refused
from console.domain.incident import Incident
from console.domain.operation import Actor, Dispatch, OpenIncident, ReportStatus
from console.domain.pack import Pack
from console.domain.record import Known, Odd, Record, Step, differing, in_time, steps
from console.domain.words import Label, Phrase
from console.store.queries import View
from console.store.store import Store
from console.sync.outbox import Work

TOGETHER = 500  # calls in one transaction
LONGEST_S = 0.5  # that a replay waits before it looks whether it is to end


@dataclass(frozen=True, slots=True)
class Person:
    """In whose name it is done."""

    id: str
    name: Label


@dataclass
class Loaded:
    """What a load did; `known` are the calls of which everything was here."""

    incidents: int = 0
    assignments: int = 0
    facts: int = 0  # times of assignments
    known: int = 0
    left_open: int = 0


class Loading:
    """`on_progress` hears how many calls were taken after each transaction; `on_odd` and `on_refused` of what was odd
    and of facts that the rules did not allow.
    """

    def __init__(self, store: Store, pack: Pack, person: Person) -> None:
        self.store, self.pack, self.person = store, pack, person
        self.done = Loaded()
        self.refused: list[Phrase] = []
        self.on_progress: Callable[[int], None] = lambda calls: None
        self.on_odd: Callable[[Odd, str], None] = lambda odd, what: None
        self.calls = 0  # that were taken

    def load(self, records: Iterable[Record], stop: threading.Event | None = None) -> None:
        """Every call to its end, one after the other. Ends early when `stop` is set: what was told of is kept.

        Raises as a store does.
        """
        with self.store.read() as view:
            number = view.next_incident_number()
        waiting = iter(records)
        while not (stop and stop.is_set()) and (some := list(islice(waiting, TOGETHER))):
            with self.store.begin() as tx:
                known = self._known(tx, some)
                work = Work(tx, self.store)
                for record in some:
                    if record.id not in known:
                        work.draft.begin(record.id, self.pack.area, number)
                    plan = self._plan(record, number, known.get(record.id))
                    number += record.id not in known
                    self._perform(work, plan)
                work.write()
            self.calls += len(some)
            self.on_progress(self.calls)

    def replay(self, records: Iterable[Record], speed: float, stop: threading.Event | None = None) -> None:
        """Every fact of every call at its time, `speed` times as fast as it was. Begins with the first that is not
        here, and ends early when `stop` is set.
        """
        stop = stop or threading.Event()
        began, first = time.monotonic(), None
        for together in _moments(in_time(self._plans(records))):
            at = together[0].at
            first = first or at
            due = began + (at - first).total_seconds() / speed
            while (left := due - time.monotonic()) > 0 and not stop.is_set():
                stop.wait(min(left, LONGEST_S))
            if stop.is_set():
                return
            with self.store.begin() as tx:
                work = Work(tx, self.store)
                self._perform(work, together)
                work.write()
            self.on_progress(self.calls)

    def _plans(self, records: Iterable[Record]) -> Iterator[tuple[datetime, Sequence[Step]]]:
        with self.store.read() as view:
            number = view.next_incident_number()
        for record in records:
            with self.store.read() as view:
                known = self._known(view, [record]).get(record.id)
            self.calls += 1
            yield record.begins_at, self._plan(record, number, known)
            number += known is None

    def _known(self, view: View, records: Sequence[Record]) -> dict[str, Known]:
        here = view.several(Incident, [record.id for record in records])
        return {id: Known(one, view.assignments_of(id), _heard(view, id)) for id, one in here.items()}

    def _plan(self, record: Record, number: int, known: Known | None) -> list[Step]:
        for said in differing(record, self.pack, known) if known else ():
            self.on_odd(Odd.KNOWN_DIFFERS, said.zh)
        plan = steps(record, self.pack, number, known)
        if not plan:
            self.done.known += 1
        elif (known is None or known.incident.open) and not any(step.closes for step in plan):
            self.done.left_open += 1
        return plan

    def _perform(self, work: Work, plan: Iterable[Step]) -> None:
        for step in plan:
            actor = Actor(self.person.id, self.person.name, step.at, self.pack.area)
            try:
                work.perform(step.operation, actor)
            except Refused as refused:
                if not step.closes:  # a fact; an incident that cannot be closed stays open
                    self.refused.append(refused.phrase)
                continue
            match step.operation:
                case OpenIncident():
                    self.done.incidents += 1
                case Dispatch(assignments=assignments):
                    self.done.assignments += len(assignments)
                    self.done.facts += sum(len(one.times) for one in assignments)
                case ReportStatus():
                    self.done.facts += 1


def _heard(view: View, incident: str) -> str:
    """All that the log says of an incident."""
    found: list[str] = []
    for entry in view.entries_of(incident):
        said = entry.note.phrase.args.values() if entry.note.phrase else ()
        found += [entry.note.text, *(one.zh if isinstance(one, Label) else str(one) for one in said)]
    return "\n".join(found)


def _moments(steps: Iterable[Step]) -> Iterator[list[Step]]:
    """Steps that belong to one moment, together: those within a second."""
    together: list[Step] = []
    for step in steps:
        if together and step.at - together[0].at >= timedelta(seconds=1):
            yield together
            together = []
        together.append(step)
    if together:
        yield together
