"""From the session's state to the plain data that panels show; the desk and the wall both use it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

from PySide6.QtCore import QCoreApplication

from console.desk.level_rows import level_facts
from console.desk.phones import by_phone, numbers, phone_rows
from console.desk.session import Session
from console.domain.agency import UnitState, unit_state
from console.domain.assignment import Assignment, Role, Status
from console.domain.camera import Camera, nearest
from console.domain.conflict import Conflict, Location, Sent
from console.domain.duplicates import similar
from console.domain.incident import Incident
from console.domain.level import Level
from console.domain.log import Entry, Kind
from console.domain.place import Point, distance_m
from console.domain.timers import Timer
from console.domain.words import Label
from widgets.attachment_list import AttachmentRow
from widgets.conflict_card import ConflictRow
from widgets.incident_detail import Merged, Similar
from widgets.incident_panel import AssignmentRow, IncidentDetail
from widgets.lang import show
from widgets.map_data import MapCamera, MapGauge, MapIncident, MapRoute, MapUnit
from widgets.sparkline_board import Card
from widgets.timer_list import TimerRow
from widgets.unit_board import UnitRow

LABEL_ROOM_M = 150.0  # an incident this near says more than the gauge's own figure
NEAR_M = 1_500.0  # a camera this near is worth a look

_ON_MAP: dict[UnitState, Literal["free", "moving", "busy", "off"]] = {
    UnitState.FREE: "free",
    UnitState.EN_ROUTE: "moving",
    UnitState.OFF_DUTY: "off",
}


def incident_detail(session: Session, id: str | None) -> IncidentDetail | None:
    incident = session.state.incidents.get(id or "")
    if incident is None:
        return None
    pack, state = session.pack, session.state
    merged = state.merged_into(incident.id)
    ids = [incident.id, *(one.id for one in merged)]
    timing = session.timing.of(incident.id)
    by_row = {timer.of: timer for timer in timing}
    assignments = tuple(
        AssignmentRow(
            a,
            pack.agency_name(a.agency),
            pack.unit_name(a.unit) if a.unit else None,
            by_row.get(a.id),
            by_phone(session, a.agency),
        )
        for id in ids
        for a in sorted(state.assignments_of(id), key=lambda a: (a.role.value != "lead", a.id))
        if a is max(state.twins(a), key=_standing)  # a unit that was sent twice stands there once
    )
    entries = tuple(entry for entry in state.entries_of(*ids) if not _said_twice(entry, incident.id))
    return IncidentDetail(
        incident=incident,
        assignments=assignments,
        tasks=tuple(task for id in ids for task in state.tasks_of(id)),
        entries=entries,
        proposal=session.proposals.get(incident.id),
        agencies={agency.id: agency.name for agency in pack.agencies.values()},
        chain_whole=state.torn.isdisjoint(entry.id for entry in entries),
        conflicts=tuple(conflict_row(session, conflict) for conflict in state.conflicts_of(incident.id)),
        casualties=state.count_of(incident.id),
        levels=level_facts(session, incident),
        files=tuple(
            AttachmentRow(file, session.attachments.state(file)) for id in ids for file in state.attachments_of(id)
        ),
        timers=timer_rows(session, incident, timing),
        requests=tuple(request for id in ids for request in state.requests_of(id)),
        similar=similar_rows(session, incident),
        merged=tuple(Merged(one, caller(state.entries_of(one.id))) for one in merged),
        calls=tuple(state.calls_of(*ids)),
        into=state.incidents.get(incident.merged_into or ""),
        phones=numbers(session),
        to_call=phone_rows(session, incident) if session.commands(incident.area) else (),
    )


def _standing(assignment: Assignment) -> tuple[int, bool, str]:
    """Of several assignments of one unit the one to show: the furthest along, the lead's."""
    return assignment.status.rank, assignment.role is Role.LEAD, assignment.id


def _said_twice(entry: Entry, incident: str) -> bool:
    """A merging is in the logs of both; of the two together it is shown once."""
    phrase = entry.note.phrase
    merging = phrase is not None and phrase.code in ("incidents_merged", "incident_unmerged")
    return merging and entry.note.incident != incident


def timer_rows(session: Session, incident: Incident, timing: Sequence[Timer]) -> tuple[TimerRow, ...]:
    """What runs for an incident, with whose it is."""
    state, told = session.state, incident.escalated
    rows = []
    for timer in timing:
        assignment, task = state.assignments.get(timer.of), state.tasks.get(timer.of)
        who = session.who(assignment) if assignment else task.text if task else None
        rows.append(TimerRow(timer, who, any(key.startswith(timer.key) for key in told)))
    return tuple(rows)


def similar_rows(session: Session, incident: Incident) -> tuple[Similar, ...]:
    """Open incidents that may be the same, but for those that someone here said are not."""
    if not incident.open:
        return ()
    found = similar(incident, session.state.open_incidents())
    return tuple(
        Similar(one, distance_m(incident.at, one.at))
        for one in found
        if frozenset((one.id, incident.id)) not in session.apart and session.commands(one.area)
    )


def caller(entries: Sequence[Entry]) -> Label | None:
    """Who called about an incident first, as its log (newest first) says."""
    return next((entry.note.sender for entry in reversed(entries) if entry.note.kind is Kind.PHONE), None)


def conflict_row(session: Session, conflict: Conflict) -> ConflictRow:
    """A conflict with the names of the centres and of the unit."""
    pack = session.pack
    places = {area.path: area.name for area in pack.areas.values()}
    places |= {agency.path: agency.name for agency in pack.agencies.values()}
    first, second = places.get(conflict.kept.by.area), places.get(conflict.other.by.area)
    sent = conflict.kept.value
    unit = pack.unit_name(sent.unit) if isinstance(sent, Sent) else None
    about = session.state.incidents.get(conflict.incident)
    where = about.area if about else conflict.kept.by.area
    decided_by = None if session.commands(where) else places.get(where, Label(where, where))
    return ConflictRow(conflict, (first, second), unit, decided_by)


def unit_rows(session: Session, travel_s: dict[str, float], now: datetime) -> list[UnitRow]:
    """The centre's own units, and those of others that help it, with their derived state.

    `travel_s` are the seconds to the selected incident.
    """
    state, pack = session.state, session.pack
    doing = state.assignments.doing()
    codes: dict[str, dict[str, None]] = {}  # of the incidents that each unit is on, what it does now first
    for one in sorted(state.open_assignments(), key=lambda a: a is not doing.get(a.unit or "")):
        if one.unit is not None and one.incident in state.incidents:
            codes.setdefault(one.unit, {})[state.incidents[one.incident].code] = None
    rows = []
    for unit in pack.units.values():
        now_doing = doing.get(unit.id)
        if now_doing is None and not session.own(unit.id):
            continue
        position = state.positions.get(unit.id)
        rows.append(
            UnitRow(
                unit=unit,
                agency=pack.agencies[unit.agency].name,
                state=unit_state(unit, (now_doing,) if now_doing else ()),
                incident_code=" ".join(codes.get(unit.id, ())),
                since=now_doing.at(now_doing.status) if now_doing else None,
                position_age_s=(now - position.seen_at).total_seconds() if position else None,
                travel_s=travel_s.get(unit.id),
            )
        )
    return rows


def cards(session: Session, now: datetime) -> list[Card]:
    shown = []
    for indicator in session.pack.indicators.values():
        series = session.state.series.get(indicator.id)
        if series is None or series.last_at is None:
            continue
        stale = indicator.stale(datetime.fromtimestamp(series.last_at, now.tzinfo), now)
        shown.append(Card(indicator, series.values, session.state.level(indicator), stale, ""))
    return shown


def map_units(session: Session, incident: str | None, now: datetime) -> list[MapUnit]:
    state = session.state
    doing, sent = state.assignments.doing(), state.assignments.here(incident or "")
    units = []
    for unit in session.pack.units.values():
        position = state.positions.get(unit.id)
        now_doing = doing.get(unit.id)
        if position is None or (now_doing is None and not session.own(unit.id)):
            continue
        here = sent.get(unit.id)
        known = unit_state(unit, (now_doing,) if now_doing else ())
        shown = "stale" if position.stale(now) else _ON_MAP.get(known, "busy")
        note = _eta(here, now) if here else ""
        at = position.at
        units.append(MapUnit(unit.id, show(unit.name), at.lon, at.lat, position.heading, shown, unit.kind, note))
    return units


def map_incidents(session: Session, selected: str | None) -> list[MapIncident]:
    state = session.state
    undecided, word = state.undecided(), QCoreApplication.translate("present", "待裁定")
    contained: dict[str, list[str]] = {}
    for one in state.incidents.values():
        if one.merged_into is not None:
            contained.setdefault(one.merged_into, []).append(one.code)
    others: dict[str, tuple[float, float]] = {}
    for conflict in state.conflicts.values():
        if conflict.open and isinstance(place := conflict.other.value, Location):
            others[conflict.incident] = (place.at.lon, place.at.lat)
    return [
        MapIncident(
            incident.id,
            incident.code,
            _with(show(incident.title), contained.get(incident.id, ())),  # its place is where it stands
            incident.at.lon,
            incident.at.lat,
            incident.level.value,
            incident.id == selected,
            undecided=word if incident.id in undecided else "",
            other=others.get(incident.id),
        )
        for incident in state.open_incidents()
    ]


def map_cameras(session: Session) -> list[MapCamera]:
    return [MapCamera(c.id, show(c.name), c.at.lon, c.at.lat) for c in session.pack.cameras.values()]


def map_gauges(session: Session) -> list[MapGauge]:
    gauges = []
    opened = session.state.open_incidents()
    for indicator in session.pack.indicators.values():
        series = session.state.series.get(indicator.id)
        if not indicator.gauge or indicator.at is None or series is None or series.last_at is None:
            continue
        level = session.state.level(indicator)
        at = indicator.at
        hidden = any(distance_m(at, incident.at) < LABEL_ROOM_M for incident in opened)
        text = "" if hidden else f"{series.values[-1, 1]:.{indicator.decimals}f} {indicator.measure}"
        gauges.append(MapGauge(indicator.id, show(indicator.name), at.lon, at.lat, _code(level), text))
    return gauges


def map_routes(session: Session, incident: Incident | None, paths: Mapping[str, Sequence[Point]]) -> list[MapRoute]:
    """What is left of the way of each unit that is on its way to `incident`."""
    if incident is None:
        return []
    routes = []
    for assignment in session.state.assignments_of(incident.id):
        position = session.state.positions.get(assignment.unit or "")
        path = paths.get(assignment.id)
        if position is None or not path or assignment.status.rank > Status.EN_ROUTE.rank:
            continue
        nearest_vertex = min(range(len(path)), key=lambda i: distance_m(path[i], position.at))
        left = [position.at, *path[nearest_vertex + 1 :]]
        routes.append(MapRoute(position.id, [(point.lon, point.lat) for point in left]))
    return routes


def cameras_near(session: Session, at: Point | None, count: int) -> list[tuple[Camera, float]]:
    """The nearest cameras, each with its distance in metres."""
    return nearest(session.pack.cameras.values(), at or session.pack.at, count)


def nearby_counts(session: Session) -> dict[str, int]:
    """For each listed alarm, how many cameras are near enough to look."""
    cameras = list(session.pack.cameras.values())
    return {
        alarm.id: sum(distance_m(camera.at, alarm.at) <= NEAR_M for camera in cameras)
        for alarm in session.state.alarms.values()
        if alarm.at is not None
    }


def chart_events(session: Session, indicator: str) -> list[tuple[float, str]]:
    """Marks on an indicator's chart: when it raised an alarm, with the level's word."""
    return [
        (alarm.raised_at.timestamp(), show(alarm.level.label))
        for alarm in session.state.alarms.values()
        if alarm.indicator == indicator
    ]


def _with(title: str, codes: Sequence[str]) -> str:
    """The title on the map, with the codes of what is the same."""
    if not codes:
        return title
    return QCoreApplication.translate("present", "{title}(含 {codes})").format(
        title=title, codes=" ".join(sorted(codes))
    )


def _eta(assignment: Assignment, now: datetime) -> str:
    left = assignment.at(Status.EN_ROUTE)
    if assignment.status is not Status.EN_ROUTE or left is None or assignment.travel_s is None:
        return show(assignment.status.label)
    minutes = max(0.0, assignment.travel_s - (now - left).total_seconds()) / 60
    return f"{minutes:.0f}′"


def _code(level: Level | None) -> Literal["blue", "yellow", "orange", "red"] | None:
    return level.value if level else None
