"""Many operations decided in one transaction: what they change is in memory first and written in one go."""

from collections.abc import Iterable
from typing import Any, TypeVar

from console.domain.assignment import Assignment
from console.domain.attachment import Attachment
from console.domain.conflict import CasualtyReport, Conflict
from console.domain.incident import Incident, Task
from console.domain.log import Entry
from console.domain.operation import Row
from console.domain.request import Request
from console.domain.situation import SituationReport
from console.store.queries import Lookup, View

T = TypeVar("T")
_PARTS: dict[type, str] = {
    Assignment: "assignments_of",
    Task: "tasks_of",
    Conflict: "conflicts_of",
    CasualtyReport: "casualties_of",
    Attachment: "attachments_of",
    Request: "requests_of",
    SituationReport: "situation_reports_of",
    Incident: "merged_into",
}


class Draft(Lookup):
    """A view with rows written over it; the domain's `Reader`. `written` and `removed` are for the transaction."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.written: dict[tuple[type, str], Row | Entry] = {}
        self.removed: set[tuple[type, str]] = set()
        self._known: dict[tuple[type, str], Any] = {}
        self._parts: dict[tuple[type, str], dict[str, Any]] = {}  # of an incident, or of a unit
        self._units: dict[str, set[str]] = {}
        self._numbers: dict[tuple[str, int], set[str]] = {}
        self._new: set[str] = set()  # incidents that were not there: nothing there is of theirs

    def look_up(self, wanted: Iterable[tuple[type, str]]) -> None:
        """Ask for many rows at once, which are then at hand."""
        ids: dict[type, list[str]] = {}
        for kind, id in wanted:
            ids.setdefault(kind, []).append(id)
        for kind, some in ids.items():
            here: dict[str, Any] = self.view.several(kind, some)
            for id in some:
                self._known.setdefault((kind, id), here.get(id))

    def begin(self, incident: str, area: str, number: int) -> None:
        """Nothing of this incident is here yet and its number is unused, says whoever made them: the view need not
        be asked.
        """
        self._known.setdefault((Incident, incident), None)
        self._numbers.setdefault((area, number), set())
        for kind in _PARTS:
            self._parts.setdefault((kind, incident), {})

    def put(self, *rows: Row | Entry) -> None:
        """Each over the one with its id."""
        for row in rows:
            if isinstance(row, Incident):
                self._leave(row)
                if self._known.get((Incident, row.id), row) is None:
                    self._new.add(row.id)
            self.written[type(row), row.id] = row
            self.removed.discard((type(row), row.id))
            self._known[type(row), row.id] = row
            if type(row) in _PARTS:
                self._join(row)
            if isinstance(row, Incident):
                self._numbers.get((row.area, row.number), set()).add(row.id)
            if isinstance(row, Assignment) and row.unit in self._units:
                self._units[row.unit].add(row.id)

    def remove(self, *removed: tuple[type, str]) -> None:
        """Rows that are no more, by kind and id: of kinds that belong to nothing else. One not there is nothing."""
        for key in removed:
            if self.get(*key) is not None:
                self.written.pop(key, None)
                self._known[key] = None
                self.removed.add(key)

    def _join(self, row: Any) -> None:
        for incident in _belongs_to(row):
            if incident and (parts := self._parts.get((type(row), incident))) is not None:
                parts[row.id] = row

    def get(self, kind: type[T], id: str) -> T | None:
        """A row, or None."""
        key = kind, id
        if key not in self._known:
            self._known[key] = self.view.get(kind, id)
        found: T | None = self._known[key]
        return found

    def _leave(self, incident: Incident) -> None:
        """It is no longer among those of the incident that it was merged into."""
        before = self._known.get((Incident, incident.id))  # whatever is among the parts of another is known
        if before is not None and before.merged_into is not None:
            self._parts.get((Incident, before.merged_into), {}).pop(incident.id, None)

    def assignments_of(self, incident: str) -> list[Assignment]:
        return self._of(Assignment, incident)

    def tasks_of(self, incident: str) -> list[Task]:
        return sorted(self._of(Task, incident), key=lambda task: (task.order, task.id))

    def conflicts_of(self, incident: str) -> list[Conflict]:
        return self._of(Conflict, incident)

    def casualties_of(self, incident: str) -> list[CasualtyReport]:
        return sorted(self._of(CasualtyReport, incident), key=lambda report: (report.occurred_at, report.id))

    def attachments_of(self, incident: str) -> list[Attachment]:
        return self._of(Attachment, incident)

    def requests_of(self, incident: str) -> list[Request]:
        return self._of(Request, incident)

    def situation_reports_of(self, incident: str) -> list[SituationReport]:
        return sorted(self._of(SituationReport, incident), key=lambda report: (report.reported_at, report.id))

    def merged_into(self, incident: str) -> list[Incident]:
        return self._of(Incident, incident)

    def open_assignments_of(self, unit: str) -> list[Assignment]:
        if unit not in self._units:
            stored = {row.id for row in self.view.open_assignments_of(unit)}
            here = {row.id for row in self.written.values() if isinstance(row, Assignment) and row.unit == unit}
            self._units[unit] = stored | here
        rows = (self.assignment(id) for id in sorted(self._units[unit]))
        return [row for row in rows if row.status.open]

    def numbered(self, area: str, number: int) -> list[Incident]:
        key = area, number
        if key not in self._numbers:
            stored = {row.id for row in self.view.numbered(area, number)}
            rows = (row for row in self.written.values() if isinstance(row, Incident))
            self._numbers[key] = stored | {row.id for row in rows if (row.area, row.number) == key}
        rows = (self.incident(id) for id in sorted(self._numbers[key]))
        return [row for row in rows if (row.area, row.number) == key]

    def _of(self, kind: type[T], incident: str) -> list[T]:
        key = kind, incident
        if key not in self._parts:
            there = [] if incident in self._new else getattr(self.view, _PARTS[kind])(incident)
            parts = {row.id: row for row in there}
            for (of, id), row in self.written.items():
                if of is kind:
                    parts.pop(id, None)
                    if incident in _belongs_to(row):
                        parts[id] = row
            self._parts[key] = parts
            for id, row in parts.items():
                self._known.setdefault((kind, id), row)
        parts = self._parts[key]
        return [parts[id] for id in sorted(parts)]


def _belongs_to(row: Any) -> set[str | None]:
    """The incidents that a row is a part of."""
    return {row.merged_into} if isinstance(row, Incident) else {row.incident, getattr(row, "also", None)}
