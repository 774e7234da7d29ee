"""From a store to the models of the documents: one snapshot, no window. The desk and `yiping report` both use it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console.domain.alarm import Alarm, AlarmState
from console.domain.errors import KnownError
from console.domain.incident import Incident
from console.domain.log import Entry, LogFilter
from console.domain.pack import Pack, User
from console.domain.words import Label, Phrase
from console.reports.forms import ActivityLog, CommunicationsLog, Handover, OpenCase, resource_of
from console.reports.incident import IncidentReport, Picture
from console.reports.names import names_of
from console.store.log_search import page, set_back
from console.store.queries import View


@dataclass(frozen=True, slots=True)
class Wanted:
    """What every document is asked with."""

    user: User  # who prepares it
    since: datetime
    until: datetime
    generated_at: datetime  # in the zone of the paper
    incident: str | None = None
    drill: Label | None = None


def find_incident(view: View, code: str) -> Incident:
    """The incident with a code such as I34, or with this id. Raises `KnownError` not_found, or several_named."""
    found = [one] if (one := view.get(Incident, code)) else view.coded(code)
    if len(found) > 1:  # every area has its own I34
        parts = [(f"{each.id} ({each.area})", each.title) for each in found]
        which = Label(
            "、".join(f"{id} {title.zh}" for id, title in parts), ", ".join(f"{id} {title.en}" for id, title in parts)
        )
        raise KnownError(Phrase("several_named", {"word": code, "which": which}))
    if not found:
        raise KnownError(Phrase("not_found", {"what": Label("事件", "Incident"), "id": code}))
    return found[0]


def incident_report(view: View, pack: Pack, wanted: Wanted, pictures: Sequence[Picture] = ()) -> IncidentReport:
    """All that is known of an incident, whenever it was."""
    incident = view.incident(wanted.incident or "")
    entries = _entries(view, LogFilter(incident=incident.id))
    matter = pack.matters.get(incident.matter)
    return IncidentReport(
        incident=incident,
        matter=matter.name if matter else Label(incident.matter, incident.matter),
        centre=pack.centre,
        assignments=view.assignments_of(incident.id),
        tasks=view.tasks_of(incident.id),
        entries=entries,
        behind=set_back(view, entries),
        names=names_of(pack),
        generated_at=wanted.generated_at,
        author=wanted.user.name,
        drill=wanted.drill,
        simulated=pack.simulated,
        pictures=pictures,
    )


def communications_log(view: View, pack: Pack, wanted: Wanted, net: Label | None = None) -> CommunicationsLog:
    """`net` is the radio net or position; the centre's own desk when it is not said."""
    entries = _entries(view, LogFilter(incident=wanted.incident, since=wanted.since, until=wanted.until))
    return CommunicationsLog(
        **_head(pack, wanted),
        entries=entries,
        behind=set_back(view, entries),
        incident=_incident(view, wanted),
        net=net or pack.centre,
    )


def activity_log(view: View, pack: Pack, wanted: Wanted) -> ActivityLog:
    incident = _incident(view, wanted)
    sent = view.assignments_of(incident.id) if incident else view.assignments(open_only=True)
    names = names_of(pack)
    resources = dict.fromkeys(resource_of(assignment, names) for assignment in sent)
    entries = _entries(view, LogFilter(incident=wanted.incident, since=wanted.since, until=wanted.until))
    return ActivityLog(
        **_head(pack, wanted),
        entries=entries,
        behind=set_back(view, entries),
        incident=incident,
        resources=tuple(resources),
    )


def handover(
    view: View,
    pack: Pack,
    wanted: Wanted,
    taking: Label | None = None,
    remarks: str = "",
    signed_at: datetime | None = None,
) -> Handover:
    """The shift from `since` to `until`, and what is open now."""
    every = view.incidents(open_only=False)
    entries = _entries(view, LogFilter(since=wanted.since, until=wanted.until))

    def in_shift(at: datetime | None) -> bool:
        return at is not None and wanted.since <= at < wanted.until

    alarms = view.every(Alarm)
    put_aside = [a for a in alarms if a.state is AlarmState.FILTERED and in_shift(a.decided_at)]
    waiting = [a for a in alarms if a.state is AlarmState.UNACKNOWLEDGED]
    opened = sorted(view.incidents(), key=lambda i: (-i.level.rank, i.opened_at))
    return Handover(
        **_head(pack, wanted),
        entries=entries,
        behind=set_back(view, entries),
        taking=taking,
        cases=[_case(view, incident) for incident in opened],
        alarms=sorted((*waiting, *put_aside), key=lambda a: a.raised_at),
        opened=sum(in_shift(incident.opened_at) for incident in every),
        closed=sum(in_shift(incident.closed_at) for incident in every),
        remarks=remarks,
        signed_at=signed_at,
    )


def _head(pack: Pack, wanted: Wanted) -> dict[str, Any]:
    """What every form says, whatever it is about."""
    return {
        "centre": pack.centre,
        "since": wanted.since,
        "until": wanted.until,
        "generated_at": wanted.generated_at,
        "author": wanted.user.name,
        "duty": wanted.user.duty,
        "names": names_of(pack),
        "drill": wanted.drill,
        "simulated": pack.simulated,
    }


def _case(view: View, incident: Incident) -> OpenCase:
    tasks = [task for task in view.tasks_of(incident.id) if task.done_at is None]
    return OpenCase(incident, view.assignments_of(incident.id), len(tasks), sum(task.gate for task in tasks))


def _incident(view: View, wanted: Wanted) -> Incident | None:
    return view.incident(wanted.incident) if wanted.incident else None


def _entries(view: View, wanted: LogFilter) -> list[Entry]:
    """Oldest first."""
    return page(view, wanted, limit=None)[::-1]
