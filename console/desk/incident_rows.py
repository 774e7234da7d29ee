"""The rows of the incident board; what has not changed since is not put together again."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from console.desk.session import Session
from console.domain.incident import Incident
from console.domain.timers import Timer
from widgets.incident_board import IncidentRow


class _Made(NamedTuple):
    timers: list[Timer]  # of Timing: another list once anything of the incident is different
    beside: tuple[bool, int, int]  # what no row of its own says
    row: IncidentRow


class IncidentRows:
    """Ask it for all the rows that are shown, each time."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._made: dict[str, _Made] = {}

    def of(self, incidents: Iterable[Incident]) -> list[IncidentRow]:
        """A row for each of these, in their order."""
        state, timing, before = self._session.state, self._session.timing, self._made
        undecided = state.undecided()
        waiting = Counter(request.incident for request in state.requests.values() if request.open)
        contained = Counter(state.incidents.merged.values())
        self._made = {}
        for incident in incidents:
            id = incident.id
            made, timers, beside = before.get(id), timing.of(id), (id in undecided, waiting[id], contained[id])
            if made is None or made.timers is not timers or made.beside != beside:
                made = _Made(timers, beside, self._row(incident, timers, *beside))
            self._made[id] = made
        return [made.row for made in self._made.values()]

    def _row(
        self, incident: Incident, timers: list[Timer], undecided: bool, waiting: int, contained: int
    ) -> IncidentRow:
        assignments = tuple(self._session.state.assignments_of(incident.id))
        agencies = dict.fromkeys(a.agency for a in sorted(assignments, key=lambda a: a.role.value, reverse=True))
        names = tuple(self._session.pack.agency_name(agency) for agency in agencies)
        return IncidentRow(incident, assignments, names, undecided, tuple(timers), waiting, contained)
