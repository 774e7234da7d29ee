"""The wall: one face a screen, the same data as the desk, large type, no controls; what does not fit rotates.

It runs in a process of its own, so that nothing on a wall can hold up a desk.
"""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence, QScreen, QShortcut
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from console.desk import present
from console.desk.alarm_banner import said
from console.desk.incident_rows import IncidentRows
from console.desk.nearby import distance_note
from console.desk.places import Places
from console.desk.session import Session, utc_now
from console.desk.sources import Feeds
from console.domain.alarm import Alarm
from console.domain.incident import Incident
from console.domain.indicator import Indicator
from console.domain.level import Level, worst
from widgets import theme
from widgets.banner import Banner
from widgets.incident_board import IncidentBoard
from widgets.indicator_chart import IndicatorChart
from widgets.lang import language, show
from widgets.map_view import MapView
from widgets.sparkline_board import SparklineBoard
from widgets.tile_grid import TileGrid
from widgets.wall_header import Figure, WallHeader

ROTATE_MS = 8_000
Badge = Callable[[], str]  # what every panel carries, in the language on screen
OVERVIEW_TILES, VIDEO_TILES = 2, 9
EVERYTHING = frozenset({"incident", "alarm", "reading", "position"})
SETTLE_MS = 500  # until a plugged screen has its place


class Face(QWidget):
    """A header and a body; the kinds of face differ in the body. Esc closes it, F11 leaves full screen."""

    def __init__(self, session: Session, badge: Badge) -> None:
        super().__init__()
        self.session, self._badge = session, badge
        self.put_here: str | None = None  # the incident that a desk has put on the wall
        self.setObjectName("wall")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle(show(session.pack.centre))
        self.header = WallHeader()
        self.body = QGridLayout()
        gap = theme.current().gap
        self.body.setSpacing(gap)
        column = QVBoxLayout(self)
        column.setContentsMargins(gap, gap, gap, gap)
        column.setSpacing(gap)
        column.addWidget(self.header)
        self.alarm = Banner(loud=True)
        column.addWidget(self.alarm)
        column.addLayout(self.body, 1)
        QShortcut(QKeySequence("Esc"), self, self.close)
        QShortcut(QKeySequence("F11"), self, self._full_screen)

    def dress(self) -> None:
        """What every panel carries, in the language on screen."""
        badge = self._badge()
        self.header.set_badge(badge)
        for grid in self.findChildren(TileGrid):
            grid.set_badge(badge)
        for view in self.findChildren(MapView):
            view.set_badge(badge)
            view.set_language(language())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.dress()

    def refresh(self, kinds: frozenset[str]) -> None:
        """Show what changed."""

    def rotate(self) -> None:
        """The next page of what does not fit."""

    def focus(self) -> Incident | Alarm | None:
        """What it looks at: the incident put here while it is open, else the gravest one, else the gravest alarm."""
        state = self.session.state
        if (put := state.incidents.get(self.put_here or "")) is not None and put.open:
            return put
        if opened := state.open_incidents():
            return opened[0]
        active = [alarm for alarm in state.alarms.values() if alarm.active]
        return max(active, key=lambda alarm: alarm.level.rank, default=None)

    def show_header(self, now: datetime) -> None:
        state, pack = self.session.state, self.session.pack
        opened = state.open_incidents()
        gravest = worst([incident.level for incident in opened])
        overdue = self.session.timing.overdue(now)
        self.header.set_town(show(pack.centre))
        figures = [Figure(self.tr("最高等级"), show(gravest.label), gravest)] if gravest else []
        figures += [
            Figure(self.tr("进行中"), str(len(opened))),
            Figure(self.tr("超时"), str(overdue), Level.RED if overdue else None),
            Figure(self.tr("在岗力量"), str(self.session.on_duty)),
        ]
        self.header.show_figures(figures)
        self.header.set_clock(now.astimezone().strftime("%H:%M"))
        alarm, text = said(self.session)
        self.alarm.show_message(text, alarm.level if alarm else None)

    def _full_screen(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()


class Overview(Face):
    """Map, two cameras, open incidents, indicators: `look/wall.png`."""

    def __init__(self, session: Session, badge: Badge, feeds: Feeds) -> None:
        super().__init__(session, badge)
        self.map = MapView(Path(session.pack.basemap), theme.current(), controls=False)
        self.video = TileGrid(feeds, resolve=feeds.resolve)
        self.incidents, self._rows = IncidentBoard(), IncidentRows(session)
        self.incidents.set_wall(True)
        self.cards = SparklineBoard()
        self.cards.set_wall(True)
        self.body.addWidget(self.map, 0, 0, 2, 1)
        self.body.addWidget(self.video, 0, 1)
        self.body.addWidget(self.incidents, 1, 1)
        self.body.addWidget(self.cards, 2, 0, 1, 2)
        for column, stretch in enumerate((56, 44)):
            self.body.setColumnStretch(column, stretch)
        for row, stretch in enumerate((27, 47, 26)):
            self.body.setRowStretch(row, stretch)
        self._framed: str | None = None
        QTimer.singleShot(0, self.map.start)

    def refresh(self, kinds: frozenset[str]) -> None:
        session, now = self.session, utc_now()
        focus = self.focus()
        if kinds & {"incident", "alarm"}:
            self.incidents.show_incidents(self._rows.of(session.state.open_incidents()), now)
            self._look(focus)
        if kinds & {"reading", "alarm"}:
            self.cards.show_cards(present.cards(session, now), now)
        id = focus.id if isinstance(focus, Incident) else None
        self.map.set_units(present.map_units(session, id, now))
        self.map.set_incidents(present.map_incidents(session, id))
        self.map.set_gauges(present.map_gauges(session))

    def rotate(self) -> None:
        self.incidents.rotate()

    def _look(self, focus: Incident | Alarm | None) -> None:
        at = focus.at if focus and focus.at else self.session.pack.at
        near = present.cameras_near(self.session, at, OVERVIEW_TILES)
        notes = {camera.id: distance_note(metres) for camera, metres in near}
        self.video.set_cameras([camera for camera, _ in near], notes)
        for place, (camera, _) in enumerate(near):
            self.video.set_alarm(camera.id, focus.level.value if focus and place == 0 else "")
        if focus is not None and focus.id != self._framed:
            self._framed = focus.id
            self.map.focus(at.lon, at.lat)


class VideoFace(Face):
    """Nine cameras, those nearest to the gravest incident first."""

    def __init__(self, session: Session, badge: Badge, feeds: Feeds) -> None:
        super().__init__(session, badge)
        self.video = TileGrid(feeds, resolve=feeds.resolve)
        self.body.addWidget(self.video, 0, 0)

    def refresh(self, kinds: frozenset[str]) -> None:
        if not kinds & {"incident", "alarm"}:
            return
        focus = self.focus()
        near = present.cameras_near(self.session, focus.at if focus else None, VIDEO_TILES)
        notes = {camera.id: distance_note(metres) for camera, metres in near} if focus else {}
        self.video.set_cameras([camera for camera, _ in near], notes)


class ChartFace(Face):
    """Every indicator, and a large chart that goes through them, abnormal ones first."""

    def __init__(self, session: Session, badge: Badge, feeds: Feeds) -> None:
        super().__init__(session, badge)
        self.cards = SparklineBoard()
        self.cards.set_wall(True)
        self.chart = IndicatorChart()
        self.chart.set_wall(True)
        self.body.addWidget(self.cards, 0, 0)
        self.body.addWidget(self.chart, 1, 0)
        self.body.setRowStretch(0, 55)
        self.body.setRowStretch(1, 45)
        self._turn = 0
        self._indicator: Indicator | None = None  # on the chart

    def refresh(self, kinds: frozenset[str]) -> None:
        if kinds & {"reading", "alarm"}:
            now = utc_now()
            self.cards.show_cards(present.cards(self.session, now), now)
            self._show_chart()

    def rotate(self) -> None:
        self._turn += 1
        self._show_chart()

    def _show_chart(self) -> None:
        state, before = self.session.state, self._indicator
        shown = [i for i in self.session.pack.indicators.values() if i.id in state.series]
        abnormal = [indicator for indicator in shown if state.level(indicator)]
        turn = abnormal or shown
        self._indicator = turn[self._turn % len(turn)] if turn else before
        if self._indicator is not None:  # what may no longer be seen is not left there
            events = present.chart_events(self.session, self._indicator.id)
            values = state.values_of(self._indicator.id)
            self.chart.show_series(self._indicator, values, state.level(self._indicator), events)


FACES = (Overview, VideoFace, ChartFace)


class Wall(QObject):
    """The faces on their screens. The screen named `beside` is left to the desk while there is another; where there is
    none the wall is in a window."""

    def __init__(self, session: Session, feeds: Feeds, badge: Badge, places: Places, beside: str = "") -> None:
        super().__init__()
        self._session, self._feeds, self._badge = session, feeds, badge
        self._places, self._beside = places, beside
        self.faces = [self._make(number) for number in range(len(self._free()) or 1)]
        self._rotation = QTimer(self, interval=ROTATE_MS)
        self._rotation.timeout.connect(self._rotate)
        self._clock = QTimer(self, interval=1000)
        self._clock.timeout.connect(self._tick)
        self._look_again = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._look_again.timeout.connect(self._place)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.screenAdded.connect(self._look_again.start)
        app.screenRemoved.connect(self._look_again.start)
        session.changed.connect(self._changed)

    def _free(self) -> list[QScreen]:
        return [screen for screen in QGuiApplication.screens() if screen.name() != self._beside]

    def _make(self, number: int) -> Face:
        face = FACES[number % len(FACES)](self._session, self._badge, self._feeds)
        face.setAttribute(
            Qt.WidgetAttribute.WA_ShowWithoutActivating, bool(self._beside)
        )  # the desk keeps the keyboard
        return face

    def show(self) -> None:
        self._place()
        self._rotation.start()
        self._clock.start()

    def look_at(self, incident: str | None) -> None:
        """An incident is put on the wall."""
        for face in self.faces:
            if face.put_here != incident:
                face.put_here = incident
                face.refresh(EVERYTHING)

    def shoot(self, folder: Path) -> None:
        """Leave a picture of every face in `folder`: wall-1.png, wall-2.png."""
        for number, face in enumerate(self.faces, 1):
            fresh = folder / f"wall-{number}.{os.getpid()}.png"  # two walls may have one folder
            face.grab().save(str(fresh))
            fresh.replace(folder / f"wall-{number}.png")

    def close(self) -> None:
        for timer in (self._rotation, self._clock, self._look_again):
            timer.stop()
        self._session.changed.disconnect(self._changed)
        for face in self.faces:
            face.close()
            face.deleteLater()

    def _place(self) -> None:
        """A face on every screen that is there now; those whose screen was unplugged are put away, the first never."""
        free = self._free()
        while len(self.faces) < len(free):
            self.faces.append(self._make(len(self.faces)))
            self.faces[-1].put_here = self.faces[0].put_here
        for face in self.faces[max(1, len(free)) :]:
            face.hide()
        for face, screen in zip(self.faces, free, strict=False):
            face.setScreen(screen)
            face.setGeometry(screen.geometry())
            face.setWindowState(Qt.WindowState.WindowFullScreen)
            face.show()  # showFullScreen would also take the keyboard
        if not free:
            self._in_window(self.faces[0])
        for face in self.faces:
            face.dress()
        self._changed(EVERYTHING)
        self._tick()

    def _in_window(self, face: Face) -> None:
        face.setWindowState(Qt.WindowState.WindowNoState)
        face.resize(face.screen().availableSize() * 0.8)
        self._places.keep(face, "wall")
        face.show()

    def _changed(self, kinds: frozenset[str]) -> None:
        for face in self.faces:
            face.refresh(kinds)

    def _tick(self) -> None:
        now = utc_now()
        for face in self.faces:
            face.show_header(now)

    def _rotate(self) -> None:
        for face in self.faces:
            face.rotate()
