"""What can be asked of a store (`View`) and written to it (`Tx`)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from console.domain.agency import Position
from console.domain.alarm import Alarm
from console.domain.assignment import Assignment
from console.domain.drill import Exercise
from console.domain.incident import Incident, Task
from console.domain.indicator import Reading
from console.domain.log import Entry
from console.domain.operation import Row


class View:
    """One snapshot. Implements the domain's `Reader`: the singular ones raise `Refused` for an id not there."""

    def alarm(self, id: str) -> Alarm: ...
    def incident(self, id: str) -> Incident: ...
    def assignment(self, id: str) -> Assignment: ...
    def task(self, id: str) -> Task: ...
    def assignments_of(self, incident: str) -> list[Assignment]: ...
    def tasks_of(self, incident: str) -> list[Task]:
        """In the order of the scene card."""

    def open_alarms(self) -> list[Alarm]:
        """Undecided, or their series has not come back; newest first."""

    def alarms(self, limit: int) -> list[Alarm]:
        """The newest."""

    def incidents(self, open_only: bool = True, limit: int = 500) -> list[Incident]:
        """Newest first."""

    def assignments(self, open_only: bool = True, limit: int = 5000) -> list[Assignment]: ...
    def next_incident_number(self) -> int: ...

    def entries(self, incident: str | None = None, limit: int = 500) -> list[Entry]:
        """The message log, newest first; of one incident or all."""

    def chain(self, device: str) -> Iterator[Entry]:
        """One device's log in the order it was written."""

    def last_entry(self, device: str) -> Entry | None: ...
    def devices(self) -> list[str]:
        """Whose logs are here."""

    def readings(self, indicators: Iterable[str], since: datetime) -> dict[str, list[tuple[datetime, float]]]:
        """Oldest first; an indicator with no readings has an empty list."""

    def latest_readings(self, indicators: Iterable[str]) -> dict[str, Reading]:
        """Indicators with no reading are left out."""

    def positions(self) -> dict[str, Position]:
        """The latest of each unit, by the unit's id."""

    def exercise(self, id: str) -> Exercise | None: ...
    def exercises(self) -> list[Exercise]: ...
    def setting(self, key: str, default: Any = None) -> Any:
        """A value kept with `set_setting`: anything that JSON holds."""


class Tx(View):
    """A transaction: a view that also writes."""

    def put(self, *rows: Row | Entry | Position | Exercise) -> None:
        """Insert, or replace by id. A position older than the one there is left out."""

    def set_setting(self, key: str, value: Any) -> None: ...
    def prune_readings(self, before: datetime) -> int:
        """Forget old readings; how many there were."""
