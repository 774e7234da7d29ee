"""One desk, put together: files, store, session, link, window, and in a demo or drill the simulated town.

The order matters: the window is painted first, everything slow follows beside it.
"""

import logging
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from console.desk import i18n, records
from console.desk.children import Platform, open_wall
from console.desk.chrome import Chrome
from console.desk.control import Controller
from console.desk.exercise import Runner
from console.desk.files import DeskFiles
from console.desk.jobs import Jobs
from console.desk.keep import LANGUAGE, ON_WALL, load_state
from console.desk.plan import DEMO_PASSWORD, Plan
from console.desk.report import Reporter, ReportWindow, snapshot
from console.desk.session import Session, utc_now
from console.desk.sound import AlarmSound
from console.desk.sources import CAMERAS, Feeds
from console.desk.stall import StallMeter
from console.desk.state import State
from console.desk.window import DeskWindow
from console.domain.attachment import Attachment
from console.domain.camera import Picture as Showing
from console.domain.drill import Exercise, ExerciseState
from console.domain.errors import KnownError
from console.domain.intake import CameraFault, LinkCut
from console.domain.pack import User
from console.domain.phrases import say
from console.domain.words import Label, Lang
from console.engine.route import RoadGraph
from console.settings import Settings
from console.store import blobs
from console.store.store import Store
from widgets.error_dialog import ErrorDialog
from widgets.lang import language

if TYPE_CHECKING:
    from console.desk.door import LocalDoor
    from console.desk.link import PlatformLink
    from console.reports.incident import Picture

log = logging.getLogger(__name__)
PLATFORM_AFTER_MS = 1_500
SOUND_AFTER_MS = 3_000


@dataclass(frozen=True)
class Opened:
    """What the store's thread read before the desk can live."""

    store: Store
    state: State
    next_number: int
    exercise: Exercise | None
    layouts: dict[str, str]
    drafts: dict[str, str]
    forms: dict[str, Any]  # what was typed into the forms between the levels
    notes: list[dict[str, str]]  # typed into the note line and not written
    calls: list[dict[str, Any]]  # written down and not finished
    selected: str | None  # the incident last worked on
    language: Lang | None  # the one last chosen on this desk
    edits: dict[str, dict[str, Any]]  # what was changed in proposals and not sent yet, by incident
    apart: list[list[str]]  # pairs of incidents that are not the same, as was said here


class Desk(QObject):
    live = Signal()  # signed in, the state is shown
    broken = Signal(object)  # KnownError: the desk cannot start

    def __init__(self, read: Plan, jobs: Jobs, window: DeskWindow, feeds: Feeds) -> None:
        super().__init__()
        self.plan, self.pack = read, read.pack
        self.jobs, self.window, self.feeds = jobs, window, feeds
        self.files = DeskFiles(read.options.data, read.realm)
        self.stall = StallMeter(self)
        self.platform: Platform | None = None
        self._wall_told = False  # where the simulated cameras are
        self.session: Session | None = None
        self.control: Controller | None = None
        self.link: PlatformLink | None = None
        self._cut = False  # by a drill, perhaps before there is a link
        self.door: LocalDoor | None = None
        self.runner: Runner | None = None
        self.reporter: Reporter | None = None
        self.wall: subprocess.Popen[bytes] | None = None
        self._on_wall: str | None = None  # the incident that was put there
        self.reports: list[ReportWindow] = []
        self._store: Store | None = None
        self.chrome = Chrome(self)
        self._sound: AlarmSound | None = None
        self._dialogs: list[ErrorDialog] = []
        self._keep_timer = QTimer(self, singleShot=True, interval=400)
        self._keep_timer.timeout.connect(self._keep)
        records.catch_bugs(lambda text: self.jobs.call(lambda: self.show_bug(text)))
        self.window.closing.connect(self._keep)

    # -- start

    def begin(self) -> None:
        """Open what was kept, and start what stands beside the desk."""
        log.info("imported")
        if self.plan.options.fresh:
            shutil.rmtree(self.files.folder / "desk", ignore_errors=True)
            shutil.rmtree(self.files.folder / "central", ignore_errors=True)
        self.jobs.store(self._open, self._opened, self._cannot_open)

    def _open(self) -> Opened:
        """On the store's thread."""
        store = Store.open(self.files.database, self.files.key(), realm=self.plan.realm, areas=self.pack.areas)
        with store.read() as view:
            attached = [one.sha256 for one in view.every(Attachment)]
        blobs.clean(lambda fn: fn(store), attached)  # what a killed desk was reading from a file
        with store.read() as view:
            exercises = view.exercises()
            return Opened(
                store=store,
                state=load_state(view, self.pack, utc_now()),
                next_number=view.next_incident_number(),
                exercise=exercises[-1] if exercises else None,
                layouts=view.setting("layouts", {}),
                drafts=view.setting("drafts", {}),
                forms=view.setting("forms", {}),
                notes=view.setting("notes", []),
                calls=view.setting("calls", []),
                selected=view.setting("selected"),
                language=view.setting(LANGUAGE),
                edits=view.setting("proposals", {}),
                apart=view.setting("apart", []),
            )

    def _opened(self, opened: Opened) -> None:
        log.info("the store is open: %d open incidents", len(opened.state.open_incidents()))
        self._store = opened.store
        if self.plan.options.language is None and opened.language not in (None, language()):
            i18n.speak(opened.language)
        if self.plan.options.simulated:
            user = next(iter(self.pack.users.values()))
            self._sign_in(opened, user, DEMO_PASSWORD)
        else:
            self.chrome.ask_sign_in(opened.store, partial(self._sign_in, opened))

    def _cannot_open(self, error: BaseException) -> None:
        if not isinstance(error, KnownError):
            raise error
        self.broken.emit(error)
        self.chrome.show_fatal(error)

    def _sign_in(self, opened: Opened, user: User, password: str) -> None:
        session = Session(self.jobs, opened.store, self.pack, user, self)
        roads = Path(self.pack.basemap) / "roads.npz"
        self.jobs.pool(lambda: RoadGraph.load(roads) if roads.exists() else None, session.use_roads)
        self.session = session
        self.control = Controller(session, self.window.panels, self)
        self.control.reportWanted.connect(self.open_report)
        self.control.wallWanted.connect(self.put_on_wall)
        self.reporter = Reporter(session, self.files.reports, self.drill_name(), self)
        session.faulted.connect(self._faulted)
        session.failed.connect(self._failed)
        session.apart = {frozenset(pair) for pair in opened.apart}
        self.control.loop.apartSaid.connect(self._keep_soon)
        session.begin(opened.state, opened.next_number)
        session.proposals.resume(opened.edits)
        session.changed.connect(lambda kinds: self._keep_soon() if "proposal" in kinds else None)
        self._start_link(session, password)
        self._start_exercise(session, opened.exercise)
        self.control.begin()
        self.chrome.go_live(session, self.control)
        if opened.layouts:
            self.window.set_layouts(opened.layouts)
        self.window.panels.incident.set_drafts(opened.drafts)
        self.window.panels.incident.draftChanged.connect(self._keep_soon)
        if self.chrome.levels is not None:
            self.chrome.levels.set_drafts(opened.forms)
            self.chrome.levels.draftChanged.connect(self._keep_soon)
        if self.chrome.notes is not None:
            self.chrome.notes.bar.set_drafts(opened.notes)
            self.chrome.notes.bar.draftChanged.connect(self._keep_soon)
        if self.chrome.calls is not None:
            self.chrome.calls.set_drafts(opened.calls)
            self.chrome.calls.draftChanged.connect(self._keep_soon)
        waiting = [incident.id for incident in opened.state.open_incidents()]
        if opened.selected is not None and opened.selected in opened.state.incidents:
            self.control.select(opened.selected)
        elif waiting:
            self.control.select(waiting[0])
        self.control.opened.connect(self.keep_soon)
        self.window.rearranged.connect(self.keep_soon)
        self._keep_soon()
        self.live.emit()
        log.info("live")
        QTimer.singleShot(SOUND_AFTER_MS, self._start_sound)

    def drill_name(self) -> Label | None:
        """The drill's, in a drill."""
        return self.plan.scenario.name if self.plan.options.drill and self.plan.scenario else None

    @property
    def url(self) -> str:
        """The platform's address, empty without one."""
        return self.platform.url if self.platform else (self.plan.options.platform or self.plan.settings.platform)

    def _start_link(self, session: Session, password: str) -> None:
        if self.plan.options.simulated:
            self.platform = Platform(self.plan.options.data / "central", self.pack.id)
            # the desk and its pictures come first
            QTimer.singleShot(PLATFORM_AFTER_MS, self, partial(self._start_platform, session, password))
        elif self.url:
            self._link(session, password)
        else:
            self._open_door(session)

    def _start_platform(self, session: Session, password: str) -> None:
        """The process, and meanwhile what talks to it: that takes a while to import."""
        if self.platform is not None and not self.jobs.closed:
            self.platform.start()
            self.jobs.pool(lambda: import_module("console.desk.link"), lambda _: self._link(session, password))

    def _link(self, session: Session, password: str) -> None:
        from console.desk.link import PlatformLink

        self.link = PlatformLink(session, self.url, password, self.plan.realm, self)
        self.chrome.follow_link(self.link)
        if self._cut:
            self.link.set_cut(True)
        self.link.start()

    def _open_door(self, session: Session) -> None:
        """For a desk that works alone, if the settings say so."""
        if address := self.plan.settings.intake:
            from console.desk.door import LocalDoor

            self.door = LocalDoor(session, address, self)
            self.door.open()

    def _start_exercise(self, session: Session, exercise: Exercise | None) -> None:
        if not self.plan.options.simulated or self.plan.scenario is None:
            return
        options = self.plan.options
        self.runner = Runner(session, self.plan.scenario, exercise, options.speed, again=options.demo, parent=self)
        self.runner.changed.connect(self.chrome.show_exercise)
        self.runner.changed.connect(self._exercise_changed)
        self.runner.start()
        self._levels = QTimer(self, interval=2000)
        self._levels.timeout.connect(self._tell_cameras)
        self._levels.start()

    def _exercise_changed(self, exercise: Exercise) -> None:
        if self.plan.options.drill and exercise.state is ExerciseState.FINISHED:
            self.files.ended.touch()

    def _start_sound(self) -> None:
        if self.plan.settings.sound:
            self._sound = AlarmSound(self.files.folder / "sound", self)

    # -- the simulated town's cameras

    def _tell_cameras(self) -> None:
        """Water in the picture stands where its gauge says."""
        cameras, session = self.feeds.server, self.session
        if cameras is None or session is None:
            return
        if not self._wall_told:
            self._wall_told = True
            self._keep()
        told = []
        for camera in self.pack.cameras.values():
            series = session.state.series.get(camera.indicator)
            if series is not None and len(series.values):
                told.append((camera.id, round(float(series.values[-1, 1]), 2)))

        def tell() -> None:
            for id, level in told:
                cameras.control(id, level=level)

        self.jobs.pool(tell, None, lambda error: log.info("cameras not told: %s", error))

    def _faulted(self, fault: CameraFault | LinkCut) -> None:
        if isinstance(fault, LinkCut):
            self._cut = fault.cut
            if self.link is not None:
                self.link.set_cut(fault.cut)
        elif (cameras := self.feeds.server) is not None:
            self.jobs.pool(lambda: cameras.control(fault.camera, fault=fault.fault))

    # -- windows

    def ring(self) -> None:
        """A new alarm is heard."""
        if self._sound is not None:
            self._sound.play()

    @property
    def wall_is_open(self) -> bool:
        return self.wall is not None and self.wall.poll() is None

    def open_wall(self) -> None:
        """The wall on every other screen, or in a window when there is only one. One that is open stays."""
        if self.session is not None and not self.wall_is_open:
            self.wall = open_wall(self.plan.options.data, self.plan.realm, self.window.screen().name())

    def put_on_wall(self) -> None:
        """The shown incident goes on the wall, which is opened if it is not."""
        self._on_wall = self.control.incident if self.control else None
        self._keep()
        self.open_wall()

    def close_wall(self) -> None:
        if self.wall is not None and self.wall_is_open:
            self.wall.terminate()
            self.wall.wait()
        self.wall = None

    def use(self, settings: Settings) -> None:
        """Take up what can be changed while the desk runs."""
        logging.getLogger().setLevel(settings.log_level)
        if not settings.sound:
            self._sound = None
        elif self._sound is None:
            self._sound = AlarmSound(self.files.folder / "sound", self)

    def open_report(self, incident_id: str) -> None:
        """The report of an incident opens; its PDF follows."""
        if self.session is None or self.reporter is None or incident_id not in self.session.state.incidents:
            return
        code = self.session.state.incidents[incident_id].code

        def shown(page: Path) -> Callable[[Path], None]:
            window = ReportWindow(page, code, self.window)
            self.chrome.beside(window, "report")
            self.reports.append(window)
            window.finished.connect(lambda: self.reports.remove(window))
            window.finished.connect(window.deleteLater)
            window.show()
            return window.printed

        self.reporter.write(incident_id, self._pictures(), shown)

    def _pictures(self) -> "list[Picture]":
        """What the desk shows of the place now: the map, and the nearest camera if it is live."""
        panels = self.window.panels
        found = [snapshot(Label("地图", "Map"), panels.map.grab().toImage())] if panels.map.is_drawn else []
        for camera in panels.video.cameras()[:1]:
            tile = panels.video.tile(camera.id)
            if tile is not None and tile.status is Showing.LIVE:
                found.append(snapshot(camera.name, tile.picture()))
        return found

    def show_bug(self, text: str) -> None:
        """A bug: copyable details, and the desk goes on. More of them come into the dialog that is open."""
        if self._dialogs:
            self._dialogs[-1].another(text)
            return
        dialog = ErrorDialog(text, parent=self.window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)  # whoever types goes on typing
        self._dialogs.append(dialog)
        dialog.finished.connect(lambda: self._dialogs.remove(dialog))
        dialog.show()

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, KnownError):
            phrase = error.phrase
            self.chrome.warn(lambda: say(phrase, language()))
        else:
            raise error

    # -- end

    def keep_soon(self) -> None:
        """Something of what is kept has changed."""
        self._keep_timer.start()

    def _keep_soon(self) -> None:
        """Within 0.4 s, however long someone goes on typing."""
        if not self._keep_timer.isActive():
            self._keep_timer.start()

    def _keep(self) -> None:
        """Layouts, drafts and what a wall needs to know go to the store; not before they were read from it."""
        if self._store is None or self.session is None:
            return
        store, layouts = self._store, self.window.layouts()
        drafts = dict(self.window.panels.incident.drafts())
        forms = self.chrome.levels.drafts() if self.chrome.levels else {}
        notes = self.chrome.notes.bar.drafts() if self.chrome.notes else []
        calls = self.chrome.calls.drafts() if self.chrome.calls else []
        cameras, spoken = self.feeds.cameras, language()
        selected = self.control.incident if self.control else None
        on_wall = self._on_wall
        apart = sorted(sorted(pair) for pair in self.session.apart)
        edits = self.session.proposals.edits()

        def keep() -> None:
            with store.begin() as tx:
                tx.set_setting("layouts", layouts)
                tx.set_setting("drafts", drafts)
                tx.set_setting("forms", forms)
                tx.set_setting("notes", notes)
                tx.set_setting("calls", calls)
                tx.set_setting("selected", selected)
                tx.set_setting("apart", apart)
                tx.set_setting("proposals", edits)
                tx.set_setting(CAMERAS, cameras)
                tx.set_setting(ON_WALL, on_wall)
                tx.set_setting(LANGUAGE, spoken)

        self.jobs.store(keep, None, lambda error: log.error("layouts not kept: %s", error))

    def close(self) -> None:
        """After the window closed: everything is kept and every process beside the desk is ended."""
        for timer in self.findChildren(QTimer):
            timer.stop()
        p99, worst = self.stall.percentile(99), self.stall.worst
        log.info("the main thread was late by %.1f ms at p99, %.1f ms at worst", p99, worst)
        if self.session is not None:
            self.session.flush()
        if self.link is not None:
            self.link.close()
        if self.door is not None:
            self.door.close()
        self.close_wall()
        self.feeds.close()
        if self.chrome.live is not None:
            self.jobs.store(self.chrome.live.close)
        if self._store is not None:
            self.jobs.store(self._store.close)
            self._store = None  # what comes late is kept no more
        self.jobs.close()
        if self.platform is not None:
            self.platform.kill()
        QApplication.processEvents()
