"""Rows in memory, as the domain's `Reader`: what the rules do without a database."""

from typing import Any

from console.domain.errors import Refused
from console.domain.incident import Incident
from console.domain.operation import Actor, Changes, Operation
from console.domain.words import Phrase
from console.store import tables

Key = tuple[str, str]  # table and id


def key_of(row: Any) -> Key:
    return tables.NAMES[type(row)], row.id


class Model:
    """A plain dict of rows by table and id."""

    def __init__(self, rows: dict[Key, Any] | None = None) -> None:
        self.rows = {} if rows is None else rows

    def put(self, *rows: Any) -> None:
        self.rows.update({key_of(row): row for row in rows})

    def do(self, operation: Operation, actor: Actor) -> Changes:
        """Decided twice, which gives the same and changes nothing by itself; then done."""
        before = dict(self.rows)
        changes = operation.decide(self, actor)
        assert operation.decide(self, actor) == changes and self.rows == before
        self.put(*changes.rows)
        return changes

    def refused(self, operation: Operation, actor: Actor) -> str:
        """The code of the refusal; empty when it is allowed. Nothing is done."""
        try:
            operation.decide(self, actor)
        except Refused as refused:
            return refused.phrase.code
        return ""

    def get(self, kind: type, id: str) -> Any:
        return self.rows.get((tables.NAMES[kind], id))

    def every(self, table: str) -> list[Any]:
        """By id."""
        return [row for (of, _), row in sorted(self.rows.items(), key=lambda item: item[0]) if of == table]

    def alarm(self, id: str) -> Any:
        return self._there("alarm", id)

    def incident(self, id: str) -> Any:
        return self._there("incident", id)

    def assignment(self, id: str) -> Any:
        return self._there("assignment", id)

    def task(self, id: str) -> Any:
        return self._there("task", id)

    def conflict(self, id: str) -> Any:
        return self._there("conflict", id)

    def call(self, id: str) -> Any:
        return self.rows.get(("call", id))

    def request(self, id: str) -> Any:
        return self._there("request", id)

    def _there(self, table: str, id: str) -> Any:
        if (table, id) not in self.rows:
            raise Refused(Phrase("not_found", {"what": table, "id": id}))
        return self.rows[table, id]

    def assignments_of(self, incident: str) -> list[Any]:
        return self._of("assignment", incident)

    def tasks_of(self, incident: str) -> list[Any]:
        return sorted(self._of("task", incident), key=lambda row: (row.order, row.id))

    def conflicts_of(self, incident: str) -> list[Any]:
        return self._of("conflict", incident)

    def casualties_of(self, incident: str) -> list[Any]:
        return sorted(self._of("casualty_report", incident), key=lambda row: (row.occurred_at, row.id))

    def requests_of(self, incident: str) -> list[Any]:
        return self._of("request", incident)

    def merged_into(self, incident: str) -> list[Incident]:
        return [row for row in self.every("incident") if row.merged_into == incident]

    def numbered(self, area: str, number: int) -> list[Incident]:
        return [row for row in self.every("incident") if (row.area, row.number) == (area, number)]

    def open_assignments_of(self, unit: str) -> list[Any]:
        return [row for row in self.every("assignment") if row.unit == unit and row.status.open]

    def _of(self, table: str, incident: str) -> list[Any]:
        return [row for row in self.every(table) if incident in (row.incident, getattr(row, "also", None))]
