"""What a desk reads when it starts, and the small things it keeps about itself (layouts, drafts)."""

from datetime import datetime, timedelta

from console.desk.state import State
from console.domain.lists import Listed
from console.domain.pack import Pack
from console.store.queries import View

LANGUAGE = "language"  # the setting that a desk and its wall share
HISTORY = timedelta(hours=2)


def load_state(view: View, pack: Pack, now: datetime) -> State:
    """The state as the database has it: what is open, and what was recent."""
    state = State()
    state.take(view.alarms(200))
    state.take(view.open_alarms())
    state.take(view.calls(open_only=False, limit=200))
    state.take(view.calls(limit=5000))
    incidents = [*view.incidents(open_only=True), *view.incidents(open_only=False, limit=50)]
    state.take(incidents)
    while incidents:  # what is the same as one, and what is the same as that
        incidents = [merged for incident in incidents for merged in view.merged_into(incident.id)]
        state.take(incidents)
    for id in state.incidents:
        state.take(view.assignments_of(id))
        state.take(view.tasks_of(id))
        state.take(view.conflicts_of(id))
        state.take(view.casualties_of(id))
        state.take(view.attachments_of(id))
        state.take(view.requests_of(id))
        state.take(view.situation_reports_of(id))
    state.take(view.every(Listed))
    state.log(view.entries(limit=1000))
    state.positions.update(view.positions())
    for id, values in view.readings(pack.indicators, now - HISTORY).items():
        for at, value in values:
            state.recall(id, at, value)
    return state
