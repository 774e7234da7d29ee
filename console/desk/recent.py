"""Rows and log entries in memory, found without looking at all of them."""

from bisect import insort
from collections import UserDict
from collections.abc import Collection, Iterable, Sequence, ValuesView
from heapq import merge
from typing import Protocol, TypeVar

from console.domain.assignment import Assignment
from console.domain.incident import Incident
from console.domain.log import Entry, torn

FEW = 64  # entries that are put into their places one by one; more are sorted in


class OfIncident(Protocol):
    @property
    def incident(self) -> str: ...


R = TypeVar("R", bound=OfIncident)


class ByIncident(UserDict[str, R]):
    """Rows by their ids, and those of one incident in the order they came."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, R]] = {}
        super().__init__()

    def __setitem__(self, id: str, row: R) -> None:
        before = self.data.get(id)
        if before is not None and before.incident != row.incident:
            del self._of[before.incident][id]
        self._of.setdefault(row.incident, {})[id] = row
        self.data[id] = row

    def __delitem__(self, id: str) -> None:
        row = self.data.pop(id)
        del self._of[row.incident][id]

    def values(self) -> ValuesView[R]:
        """As fast as a dict's own."""
        return self.data.values()

    def of(self, incident: str) -> list[R]:
        return list(self._of.get(incident, {}).values())


class Incidents(UserDict[str, Incident]):
    """Incidents by their ids; those that are open, and what is the same as what."""

    def __init__(self) -> None:
        self.merged: dict[str, str] = {}  # id -> the one that it is the same as
        self._open: dict[str, Incident] = {}
        self._ordered: list[Incident] | None = None
        super().__init__()

    def __setitem__(self, id: str, row: Incident) -> None:
        self._let_go(id)
        self.data[id] = row
        if row.open:
            self._open[id] = row
        if row.merged_into is not None:
            self.merged[id] = row.merged_into

    def __delitem__(self, id: str) -> None:
        del self.data[id]
        self._let_go(id)

    def _let_go(self, id: str) -> None:
        self._ordered = None
        self._open.pop(id, None)
        self.merged.pop(id, None)

    def values(self) -> ValuesView[Incident]:
        """As fast as a dict's own."""
        return self.data.values()

    def open(self) -> list[Incident]:
        """The most severe first, then the newest."""
        if self._ordered is None:
            self._ordered = sorted(self._open.values(), key=lambda i: (-i.level.rank, -i.opened_at.timestamp()))
        return self._ordered.copy()

    def merged_into(self, id: str) -> list[Incident]:
        """What is the same as an incident, and what is the same as that; by number."""
        found: dict[str, Incident] = {}
        wanted = {id}
        while wanted:
            wanted = {one for one, into in self.merged.items() if into in wanted and one not in found}
            found.update((one, self.data[one]) for one in wanted)
        return sorted(found.values(), key=lambda one: one.number)


class Assignments(ByIncident[Assignment]):
    """Also those that hold somebody now, and what each unit does."""

    def __init__(self) -> None:
        self.open: dict[str, Assignment] = {}
        self._doing: dict[str, dict[str, tuple[int, Assignment]]] = {}  # unit -> id -> rank of its status, and it
        super().__init__()

    def __setitem__(self, id: str, row: Assignment) -> None:
        self._let_go(id)
        super().__setitem__(id, row)
        status = row.status
        if status.open:
            self.open[id] = row
            if row.unit is not None:
                self._doing.setdefault(row.unit, {})[id] = (status.rank, row)

    def __delitem__(self, id: str) -> None:
        self._let_go(id)
        super().__delitem__(id)

    def _let_go(self, id: str) -> None:
        before = self.open.pop(id, None)
        if before is not None and before.unit is not None:
            mine = self._doing[before.unit]
            del mine[id]
            if not mine:
                del self._doing[before.unit]

    def doing(self) -> dict[str, Assignment]:
        """What each unit that is held does now: of several the furthest along."""
        return {unit: max(mine.values(), key=_rank)[1] for unit, mine in self._doing.items()}

    def here(self, incident: str) -> dict[str, Assignment]:
        """The open ones of an incident, by unit."""
        return {row.unit: row for row in self.of(incident) if row.unit is not None and row.id in self.open}


class RecentLog:
    """The newest entries of the message log, newest first; those of an incident; those whose seal is not theirs."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.entries: list[Entry] = []
        self.torn: set[str] = set()
        self.whole: frozenset[str | None] = frozenset()  # incidents of which old entries stay too
        self._ids: set[str] = set()
        self._numbered: dict[tuple[str, int], dict[str, Entry]] = {}
        self._of: dict[str | None, list[Entry]] = {}

    def add(self, entries: Iterable[Entry]) -> None:
        """Entries that are known are not doubled."""
        fresh = list({entry.id: entry for entry in entries if entry.id not in self._ids}.values())
        if not fresh:
            return
        beside = {(entry.device, entry.number + step) for entry in fresh for step in (-1, 1)}
        self.torn |= torn([*fresh, *(entry for place in beside for entry in self._numbered.get(place, {}).values())])
        for entry in fresh:
            self._ids.add(entry.id)
            self._numbered.setdefault((entry.device, entry.number), {})[entry.id] = entry
            mine = self._of.setdefault(entry.note.incident, [])
            if len(fresh) > FEW:
                mine.append(entry)
            else:
                insort(mine, entry, key=_newest_first)
                insort(self.entries, entry, key=_newest_first)
        if len(fresh) > FEW:
            self.entries = sorted([*self.entries, *fresh], key=_newest_first)
            for incident in {entry.note.incident for entry in fresh}:
                self._of[incident].sort(key=_newest_first)
        old = [entry for entry in self.entries[self._most :] if entry.note.incident not in self.whole]
        if old:
            self.drop({entry.id for entry in old})

    def drop(self, ids: Collection[str]) -> None:
        """Take these out; those that are not here are nothing."""
        gone = set(ids) & self._ids
        self._forget([entry for entry in self.entries if entry.id in gone])
        self.entries = [entry for entry in self.entries if entry.id not in gone]

    def of(self, *incidents: str) -> Sequence[Entry]:
        """Of these together, newest first."""
        return tuple(merge(*(self._of.get(id, ()) for id in incidents), key=_newest_first))

    def _forget(self, old: Iterable[Entry]) -> None:
        for entry in old:
            self._ids.discard(entry.id)
            self.torn.discard(entry.id)
            del self._numbered[entry.device, entry.number][entry.id]
            self._of[entry.note.incident].remove(entry)


def _newest_first(entry: Entry) -> tuple[float, int]:
    return -entry.at.timestamp(), -entry.number


def _rank(held: tuple[int, Assignment]) -> int:
    return held[0]
