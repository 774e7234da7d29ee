"""What a desk reads when it starts, and the small things it keeps about itself (layouts, drafts)."""

from datetime import datetime, timedelta

from console.desk.state import State
from console.domain.incident import Incident
from console.domain.lists import Listed
from console.domain.operation import Row
from console.domain.pack import Pack
from console.store.queries import View

LANGUAGE = "language"  # the setting that a desk and its wall share
ON_WALL = "on_wall"  # the incident that the desk has put on the wall
HISTORY = timedelta(hours=2)
# Of what is over longer; the store has all of it, and what is asked for by its number or in the log is read from there.
RECENT, RECENT_ALARMS, RECENT_ENTRIES = 50, 200, 1000


def load_state(view: View, pack: Pack, now: datetime) -> State:
    """The state as the database has it: all that is open, and what was recent."""
    state = State()
    state.take([*view.alarms(RECENT_ALARMS), *view.alarms_since(now - HISTORY)])
    state.take(view.open_alarms())
    state.take([*view.calls(), *view.calls_since(now - HISTORY)])
    recent = view.incidents(open_only=False, limit=RECENT)
    incidents = [*view.incidents(), *view.closed_since(now - HISTORY), *recent]
    state.take(incidents)
    while incidents:  # what is the same as one, and what is the same as that
        known = len(state.incidents)
        incidents = view.merged_into_any([incident.id for incident in incidents])
        state.take(incidents)
        if len(state.incidents) == known:
            break
    state.take(view.parts(list(state.incidents)))
    state.take(view.every(Listed))
    state.log(view.entries(RECENT_ENTRIES))
    state.positions.update(view.positions())
    for id, values in view.readings(pack.indicators, now - HISTORY).items():
        for at, value in values:
            state.recall(id, at, value)
    return state


def rows_of(view: View, incident: Incident) -> list[Row]:
    """An incident with all that belongs to it, itself first."""
    return [incident, *view.parts([incident.id])]
