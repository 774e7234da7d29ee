"""The wall of this machine's desk, in a process of its own: it reads the desk's database and writes nothing.

SQLite's data version says when the desk has written; the state is then read anew.
"""

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from console.desk import i18n
from console.desk.badge import badge
from console.desk.files import DeskFiles
from console.desk.jobs import Jobs
from console.desk.keep import LANGUAGE, ON_WALL, load_state
from console.desk.places import Places
from console.desk.plan import Plan
from console.desk.session import Session, utc_now
from console.desk.sources import CAMERAS, Feeds
from console.desk.state import State
from console.desk.wall import Wall
from console.domain.words import Lang
from console.store.store import Store
from widgets.lang import language

LOOK_EVERY_MS = 500
SHOOT_EVERY_MS = 1000


class Follower(QObject):
    def __init__(self, read: Plan) -> None:
        """Raises `KnownError` store_missing when no desk ever ran here."""
        super().__init__()
        self._pack = read.pack
        files = DeskFiles(read.options.data, read.realm)
        self._store = Store.open(files.database, files.key(), realm=read.realm, read_only=True)
        self._seen = -1
        self._follow_language = read.options.language is None  # the desk's, as it changes
        self._spoken: Lang | None = None
        self._on_wall: str | None = None
        self._reading = False
        self.jobs = Jobs(self)
        self.feeds = Feeds(read.settings.video_workers)
        user = next(iter(read.pack.users.values()))
        self.session = Session(self.jobs, self._store, read.pack, user, self)
        self._drill = read.realm != "live"
        places = Places(files.places)
        self.wall = Wall(self.session, self.feeds, self._badge, places, read.options.beside)
        if shots := read.options.shots:
            shots.mkdir(parents=True, exist_ok=True)
            self._shooting = QTimer(self, interval=SHOOT_EVERY_MS)
            self._shooting.timeout.connect(lambda: self.wall.shoot(shots))
            self._shooting.start()
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look)

    def _badge(self) -> str:
        return badge(self._pack, self._drill)

    def show(self) -> None:
        self.wall.show()
        self._look()
        self._timer.start()

    def _look(self) -> None:
        """Read anew if the desk has written since."""
        if self._reading:
            return
        self._reading = True
        self.jobs.store(self._read, self._show)

    def _read(self) -> State | None:
        version = self._store.version()
        if version == self._seen:
            return None
        self._seen = version
        with self._store.read() as view:
            self.feeds.cameras = view.setting(CAMERAS)
            self._spoken = view.setting(LANGUAGE)
            self._on_wall = view.setting(ON_WALL)
            return load_state(view, self._pack, utc_now())

    def _show(self, state: State | None) -> None:
        self._reading = False
        if self._follow_language and self._spoken not in (None, language()):
            i18n.speak(self._spoken)
        if state is not None:
            self.session.hold(state)
            self.wall.look_at(self._on_wall)
            self.session.touch("alarm", "call", "incident", "log", "reading", "position")

    def close(self) -> None:
        self._timer.stop()
        self.wall.close()
        self.feeds.close()
        self.jobs.store(self._store.close)
        self.jobs.close()
        QApplication.processEvents()
