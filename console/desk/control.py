"""The desk's panels and the session, joined: a change refreshes what shows it, an intent becomes an operation."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import partial
from importlib import import_module
from math import isfinite

from PySide6.QtCore import QObject, QTimer, Signal

from console.desk import phones, present
from console.desk.incident_rows import IncidentRows
from console.desk.keep import rows_of
from console.desk.level_rows import work_rows
from console.desk.loop import Loop
from console.desk.naming import the_incident
from console.desk.nearby import show_nearest
from console.desk.proposals import travel_times, where_now
from console.desk.session import Session, utc_now
from console.desk.throttle import Throttle
from console.desk.window import Panels
from console.domain.alarm import AlarmState, FilterReason
from console.domain.assignment import Status
from console.domain.conflict import Location
from console.domain.errors import Refused
from console.domain.incident import Incident
from console.domain.level import Level
from console.domain.log import Entry, Kind
from console.domain.merging import EditIncident, SettleConflict
from console.domain.operation import FilterAlarm, ReportStatus, Row, TickTask
from console.domain.place import Point
from console.domain.proposing import NEAR_S
from console.domain.words import Phrase
from console.store.queries import NAMES

SHOWN_BY = {
    "alarm": ("alarms", "map", "indicators"),
    "incident": ("incidents", "incident", "units", "map", "work"),
    "call": (),  # what rings is shown by `calls`
    "proposal": ("incident",),
    "list": ("incident",),
    "log": ("incident",),
    "reading": ("indicators", "chart", "map"),
    "position": ("map", "units"),
}

WORKED_ON = ("incident", "incidents", "alarms")  # where the operator looks for what they just did
PAINT_MS = 15  # for what was just refreshed to be painted
LATER_MS = 100  # for each of the others
CHARTS_AFTER_MS = 1_500  # the map and the pictures come first
BUSY_MS = 60  # for what is being done to be done
TICKING = ("alarms", "incidents", "incident", "work", "units", "indicators")  # what tells an age
ENDLESS = frozenset({"reading", "position"})  # once a second is enough for an eye


class Controller(QObject):
    """Intents come from the panels, the command line and the keys; all of them end here."""

    opened = Signal(str)  # an incident's id: it was asked for, not only passed by
    countsChanged = Signal()
    reportWanted = Signal(str)  # an incident's id
    wallWanted = Signal()
    attachWanted = Signal(str)  # an incident's id
    callWanted = Signal(str)  # a call is to be written down: what is told of it, or nothing
    told = Signal(str)  # why something that was asked for cannot be done

    def __init__(self, session: Session, panels: Panels, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session, self.panels = session, panels
        self.incident: str | None = None
        self.indicator: str | None = next(iter(session.pack.indicators), None)
        self._rows = IncidentRows(session)
        self._charts = False
        self._pick: Callable[[Point], object] | None = None  # what the next click on the map is for
        self._watched = ""  # the incident or alarm whose cameras are shown
        self._coming: str | None = None  # an incident that is being opened: shown once it is stored
        self._travel: dict[str, float] = {}
        self._paths: dict[str, list[Point]] = {}
        self._pathing: set[str] = set()
        self._waiting: set[str] = set()  # panels to refresh
        self._next_tick: set[str] = set()
        self._put_off = False
        self._due = Throttle(self._refresh_worked_on, self)
        self._next = QTimer(self, singleShot=True, interval=PAINT_MS)
        self._next.timeout.connect(self._refresh_worked_on)
        self._later = Throttle(self._refresh_another, self, at_least_ms=LATER_MS)
        self._clock = QTimer(self, interval=1000)
        self._clock.timeout.connect(self._tick)
        session.changed.connect(self._changed)
        session.awaited.connect(self._due.release)
        self.loop = Loop(self, panels.incident.loop)
        self.loop.closed.connect(self.reportWanted)
        self._wire()

    def begin(self) -> None:
        """Show what the session holds."""
        QTimer.singleShot(CHARTS_AFTER_MS, self, self._import_charts)
        self._clock.start()
        self.look_at(self.session.pack.at)
        self.refresh(*vars(self.panels))

    def _wire(self) -> None:
        panels = self.panels
        panels.alarms.confirmed.connect(self.confirm)
        panels.alarms.filtered.connect(self.filter)
        panels.alarms.selected.connect(self.look_at_alarm)
        panels.alarms.looked.connect(self.look_at_alarm)
        panels.alarms.looked.connect(self._open_photo)
        panels.incidents.selected.connect(self.select)
        panels.incidents.activated.connect(self.open)
        panels.incident.accepted.connect(self.session.accept)
        panels.incident.proposalRequested.connect(self.reinforce)
        panels.incident.proposalEdited.connect(self.session.proposals.put)
        panels.incident.proposalDismissed.connect(self.session.proposals.drop)
        panels.incident.taskTicked.connect(lambda task, done: self.session.do(TickTask(task, done)))
        panels.incident.noteWritten.connect(self.write)
        panels.incident.statusSet.connect(self.set_status)
        panels.incident.agencyTold.connect(lambda agency: phones.tell(self.session, self.incident or "", agency))
        panels.incident.reportRequested.connect(lambda: self.reportWanted.emit(self.incident or ""))
        panels.incident.wallRequested.connect(self.wallWanted)
        panels.incident.conflictTaken.connect(lambda id, side: self.session.do(SettleConflict(id, side)))
        panels.incident.placesWanted.connect(self.look_at_places)
        panels.incident.edited.connect(lambda id, edits: self.session.do(EditIncident(id, tuple(edits))))
        panels.incident.pickRequested.connect(lambda: self.pick(panels.incident.set_position))
        panels.incident.casualtiesReported.connect(self.session.count_casualties)
        panels.incident.attachRequested.connect(lambda: self.attachWanted.emit(self.incident or ""))
        panels.incident.attachmentOpened.connect(self.session.attachments.open)
        panels.indicators.selected.connect(self.show_indicator)
        panels.units.selected.connect(self.look_at_unit)
        panels.units.activated.connect(lambda unit: self.call_in([unit]))
        panels.map.incidentClicked.connect(self.open)
        panels.map.unitClicked.connect(self.look_at_unit)
        panels.map.gaugeClicked.connect(self.show_indicator)
        panels.map.cameraClicked.connect(self.show_camera)
        panels.map.mapClicked.connect(self._click)
        panels.map.ready.connect(lambda: self.refresh("map"))

    # -- intents

    def confirm(self, alarm_id: str) -> None:
        """The alarm is real: its incident opens and is selected, with a proposal on its way."""
        alarm = self.session.state.alarms[alarm_id]
        if alarm.state is AlarmState.UNACKNOWLEDGED:
            self.open(self.session.confirm(alarm))

    def filter(self, alarm_id: str, reason: str) -> None:
        self.session.do(FilterAlarm(alarm_id, FilterReason.of(reason)))

    def select(self, incident_id: str) -> None:
        """Show an incident: its panel, its cameras, its units on the map."""
        if incident_id == self.incident:
            return
        self.incident = incident_id
        self._travel, self._paths = {}, {}
        incident = self.session.state.incidents.get(incident_id)
        if incident is not None:
            self._shown(incident)
        self.panels.incidents.select(incident_id)
        self.panels.work.set_shown(incident_id)
        self._refresh_incident()  # at once: no key may reach the one that was shown before
        self.refresh("units", "map", "incidents")
        self.countsChanged.emit()

    def open(self, incident_id: str) -> None:
        """Select an incident and bring it to the middle of the map."""
        self.select(incident_id)
        self.opened.emit(incident_id)
        if incident := self.session.state.incidents.get(incident_id):
            self.panels.map.focus(incident.at.lon, incident.at.lat)
        else:
            self._coming = incident_id

    def open_kept(self, name: str) -> None:
        """Open an incident by its id or code, one of long ago too: it is read from the store first."""
        session = self.session

        def work() -> list[Row]:
            with session.store.read() as view:
                found = view.get(Incident, name) or the_incident(view.coded(name.partition("@")[0]), name)
                if found is None:
                    raise Refused(Phrase("not_found", {"what": NAMES[Incident], "id": name}))
                return rows_of(view, found)

        def done(rows: list[Row]) -> None:
            session.state.take(rows)
            self.open(rows[0].id)

        session.jobs.pool(work, done, session.not_done)

    def _shown(self, incident: Incident) -> None:
        self._watched = incident.id
        self.look_at(incident.at, incident.level if incident.open else None)
        if incident.lead is None and incident.id not in self.session.proposals:
            self.session.want_proposal(incident.id)
        self._measure(incident)
        self._read_log(incident)

    def _read_log(self, incident: Incident) -> None:
        """What was said of it long ago is in the store only."""
        session = self.session
        ids = [incident.id, *(one.id for one in session.state.merged_into(incident.id))]

        def work() -> list[Entry]:
            with session.store.read() as view:
                return [entry for id in ids for entry in view.entries_of(id)]

        def done(entries: list[Entry]) -> None:
            if self.incident == incident.id:
                session.state.log_whole(ids, entries)
                self.refresh("incident")

        session.jobs.pool(work, done, session.not_done)

    def reinforce(self) -> None:
        """What the next reinforcement level of the shown incident still lacks is proposed."""
        if self.incident:
            self.session.want_proposal(self.incident)

    def call_in(self, units: Iterable[str]) -> None:
        """These units are in the proposal of the shown incident."""
        if self.incident:
            self.session.proposals.add(self.incident, units)

    def write(self, text: str) -> None:
        """A note of the shown incident; one that could not be kept stands in its line again."""
        incident = self.incident or ""
        self.session.write(text, self.incident, undone=lambda: self.panels.incident.give_back(incident, text))

    def set_status(self, assignment_id: str, status: str) -> None:
        """The operator heard it by phone and says it for the unit."""
        session, now = self.session, utc_now()
        for one in session.state.twins(session.state.assignments[assignment_id]):
            session.do(ReportStatus(one.id, Status.of(status), now, session.who(one), Kind.PHONE))

    def look_at(self, at: Point, level: Level | None = None) -> None:
        """The nearest cameras come to the video panel, the very nearest outlined in the level's colour."""
        show_nearest(self.panels.video, self.session.pack, at)
        self._outline(level)

    def _outline(self, level: Level | None) -> None:
        for place, camera in enumerate(self.panels.video.cameras()):
            self.panels.video.set_alarm(camera.id, level.value if level and place == 0 else "")

    def look_at_alarm(self, alarm_id: str) -> None:
        """Before deciding: the nearest camera, the place and the curve of an alarm."""
        alarm = self.session.state.alarms.get(alarm_id)
        if alarm is None:
            return
        self.show_indicator(alarm.indicator)
        if alarm.at is not None:
            self._watched = alarm.id
            self.look_at(alarm.at, alarm.level)
            self.panels.map.focus(alarm.at.lon, alarm.at.lat)

    def _open_photo(self, alarm_id: str) -> None:
        if (alarm := self.session.state.alarms.get(alarm_id)) is not None:
            self.session.attachments.open_photo(alarm)

    def look_at_unit(self, unit_id: str) -> None:
        if position := self.session.state.positions.get(unit_id):
            self.panels.map.focus(position.at.lon, position.at.lat)

    def look_at_places(self, conflict_id: str) -> None:
        """Both places that were said for an incident."""
        conflict = self.session.state.conflicts.get(conflict_id)
        if conflict is not None:
            said = (conflict.kept.value, conflict.other.value)
            self.panels.map.fit([(place.at.lon, place.at.lat) for place in said if isinstance(place, Location)])

    def pick(self, then: Callable[[Point], object]) -> None:
        """The next click on the map is the place that is meant."""
        self._pick = then
        self.countsChanged.emit()

    @property
    def picking(self) -> bool:
        """The next click on the map is a place that is meant."""
        return self._pick is not None

    def _click(self, lon: float, lat: float) -> None:
        if (then := self._pick) is not None:
            self._pick = None
            self.countsChanged.emit()
            then(Point(lon, lat))

    def show_camera(self, camera_id: str) -> None:
        camera = self.session.pack.cameras[camera_id]
        self.look_at(camera.at)

    def show_indicator(self, indicator_id: str) -> None:
        if indicator_id in self.session.pack.indicators:
            self.indicator = indicator_id
            self.refresh("chart")

    # -- refreshing

    def _changed(self, kinds: frozenset[str]) -> None:
        state = self.session.state
        incident = state.incidents.get(self.incident or "") if "incident" in kinds else None
        if incident is not None:
            if self._watched == incident.id:
                self._outline(incident.level if incident.open else None)
            if self._coming == incident.id:
                self._coming = None
                self._shown(incident)
                self.panels.map.focus(incident.at.lon, incident.at.lat)
            self._find_paths(incident)
        for kind in kinds:
            if kind in ENDLESS:
                self._next_tick.update(SHOWN_BY[kind])
            else:
                self.refresh(*SHOWN_BY[kind])
        if not kinds <= ENDLESS:
            self.countsChanged.emit()

    def _tick(self) -> None:
        """Once a second: what counts time, and what never stops coming in. Not before what was asked for."""
        if self.session.acting:
            QTimer.singleShot(BUSY_MS, self, self._refresh_ticking)
        else:
            self._refresh_ticking()

    def _refresh_ticking(self) -> None:
        self.refresh(*TICKING, *self._next_tick)
        if utc_now().second % 10 == 0:  # a unit's mark turns stale once; what is recent or overdue is counted anew
            self.refresh("map")
            self.countsChanged.emit()
        self._next_tick.clear()

    def refresh(self, *names: str) -> None:
        """These panels show the present state: those that are worked on at once, the others soon."""
        self._waiting.update(names)
        if any(name in WORKED_ON for name in names):
            self._due.ask()
        if any(name not in WORKED_ON for name in names):
            self._later.ask()

    def _refresh_worked_on(self) -> None:
        """The first that shows something new, and the next when that is painted."""
        for name in WORKED_ON:
            if name in self._waiting and self._refresh_now(name):
                break
        if any(name in self._waiting for name in WORKED_ON):
            self._next.start()

    def _refresh_another(self) -> None:
        """One of the others: a key that is pressed meanwhile need not wait for all of them."""
        self._put_off = self.session.acting and not self._put_off
        if self._put_off:
            self._later.ask()
            return
        others = sorted(self._waiting.difference(WORKED_ON))
        if others:
            self._refresh_now(others[0])
        if others[1:]:
            self._later.ask()

    def _refresh_now(self, name: str) -> bool:
        """Whether it may show something new."""
        self._waiting.discard(name)
        if not getattr(self.panels, name).isVisible() and name != "map":
            return False
        refreshed: bool | None = getattr(self, f"_refresh_{name}", lambda: False)()
        return refreshed is not False

    def _refresh_alarms(self) -> None:
        now = utc_now()
        listed = self.session.state.listed_alarms(now)
        self.panels.alarms.show_alarms(listed, now, present.nearby_counts(self.session))

    def _refresh_incidents(self) -> None:
        now = utc_now()
        state = self.session.state
        ended = (i for i in state.incidents.values() if not i.open and i.merged_into is None and i.closed_at)
        recent = [i for i in ended if i.closed_at and now - i.closed_at < timedelta(hours=2)]
        self.panels.incidents.show_incidents(self._rows.of([*state.open_incidents(), *recent]), now)

    def _refresh_incident(self) -> bool:
        now = utc_now()
        detail, panel = present.incident_detail(self.session, self.incident), self.panels.incident
        if panel.shows(detail, now):
            return False
        panel.show_incident(detail, now)
        return True

    def _refresh_work(self) -> None:
        now = utc_now()
        self.panels.work.show_work(work_rows(self.session, now), now)

    def _refresh_units(self) -> None:
        now = utc_now()
        self.panels.units.show_units(present.unit_rows(self.session, self._travel, now), now)

    def _refresh_indicators(self) -> None:
        now = utc_now()
        self.panels.indicators.show_cards(present.cards(self.session, now), now)

    def _import_charts(self) -> None:
        """Beside the main thread: it takes a good part of a second."""
        if not self.session.jobs.closed:
            self.session.jobs.pool(lambda: import_module("pyqtgraph"), self._charts_ready)

    def _charts_ready(self, _imported: object) -> None:
        self._charts = True
        self.refresh("chart")

    def _refresh_chart(self) -> None:
        if not self._charts:
            return
        indicator = self.session.pack.indicators.get(self.indicator or "")
        if indicator is None:
            return
        state = self.session.state
        values = state.values_of(indicator.id)  # none are shown too: what may no longer be seen is not left there
        events = present.chart_events(self.session, indicator.id)
        self.panels.chart.show_series(indicator, values, state.level(indicator), events)

    def _refresh_map(self) -> None:
        now = utc_now()
        session, view = self.session, self.panels.map
        incident = session.state.incidents.get(self.incident or "")
        view.set_units(present.map_units(session, self.incident, now))
        view.set_incidents(present.map_incidents(session, self.incident))
        view.set_cameras(present.map_cameras(session))
        view.set_gauges(present.map_gauges(session))
        view.set_routes(present.map_routes(session, incident, self._paths))

    # -- slow sums, beside the main thread

    def _measure(self, incident: Incident) -> None:
        """Travel times to the selected incident, for the unit board."""
        session = self.session
        where = where_now(session, utc_now())

        def done(travel: dict[str, float]) -> None:
            if self.incident == incident.id:
                self._travel = {unit: seconds for unit, seconds in travel.items() if isfinite(seconds)}
                self.refresh("units")

        session.jobs.pool(lambda: travel_times(session.pack, where(), incident.at, session.roads, NEAR_S), done)

    def _find_paths(self, incident: Incident) -> None:
        """The way of each assigned unit to the incident, for the map."""
        session, roads = self.session, self.session.roads
        places = {
            assignment.id: position.at
            for assignment in session.state.assignments_of(incident.id)
            if assignment.id not in self._paths and assignment.id not in self._pathing
            if (position := session.state.positions.get(assignment.unit or "")) is not None
        }
        if not places:
            return
        if roads is None:
            self._paths |= {id: [at, incident.at] for id, at in places.items()}
            return
        self._pathing |= places.keys()

        def done(paths: list[list[Point]]) -> None:
            self._pathing -= places.keys()
            self._paths |= dict(zip(places, paths, strict=True))
            self.refresh("map")

        session.jobs.pool(partial(roads.paths, list(places.values()), incident.at), done)
