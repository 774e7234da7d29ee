"""The start order. The window is painted first; then the store, the link, the map, video and sound follow."""

import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from console.desk.files import DeskFiles
from console.desk.plan import Options, Setup, plan, setup
from console.domain.errors import KnownError
from console.domain.words import Phrase
from console.lifeline import end_with

log = logging.getLogger(__name__)
PAINT_MS = 300  # that the window's first painting is waited for
END_S = 4.0  # that a wall may take to put everything away once its desk is gone

if TYPE_CHECKING:
    from PySide6.QtCore import QSize
    from PySide6.QtWidgets import QApplication, QWidget

    from console.desk.desk import Desk
    from console.domain.pack import Pack


def desk(options: Options) -> int:
    """Run the desk until it is closed; answers the exit code."""
    gc.disable()  # what a start makes stays: to look through it again and again takes a sixth of the time
    known = setup(options)
    app = application(known)
    running = open_desk(known)
    running.live.connect(hold_still)
    code = app.exec() if running.window.isVisible() else 0  # it may have been closed already
    running.close()
    return code


def hold_still() -> None:
    """What is there when the desk begins is there for good. A collection of garbage that walked all of it would stop
    the desk for longer than a key press takes."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(5_000, 20, 20)


def open_desk(known: Setup, size: "QSize | None" = None) -> "Desk":
    """Show the desk's window at once, then read and import what is heavy beside it, and begin.

    It opens where it was, the first time as large as the screen; `size` makes it one of that size.
    Raises `KnownError` for a pack or scenario that is wrong.
    """
    from PySide6.QtCore import QEventLoop, Qt

    from console.desk.badge import badge
    from console.desk.jobs import Jobs
    from console.desk.nearby import show_nearest
    from console.desk.places import Places
    from console.desk.sources import Feeds
    from console.desk.window import DeskWindow, new_panels
    from widgets.map_view import MapView
    from widgets.tile_grid import TileGrid

    feeds = Feeds(known.settings.video_workers)
    places = Places(DeskFiles(known.options.data).places)
    window = DeskWindow(new_panels(MapView(), TileGrid(feeds, resolve=feeds.resolve)), places)
    if size is not None:
        window.resize(size)
    else:
        window.resize(window.screen().availableSize() * 0.8)
        if not places.keep(window, "desk"):
            window.setWindowState(Qt.WindowState.WindowMaximized)
    window.show()
    log.info("the window is shown")
    jobs, painting = Jobs(), QEventLoop()

    def show_place(pack: "Pack") -> None:
        """What needs no desk: the ground, and where nobody has to sign in the pictures."""
        word = badge(pack, known.options.drill)
        window.set_badge(word)
        window.panels.map.set_badge(word)
        window.panels.video.set_badge(word)
        if known.options.simulated:
            show_nearest(window.panels.video, pack, pack.at)
        window.panels.map.set_basemap(Path(pack.basemap))
        window.panels.map.start()

    def heavy() -> "Callable[[], Desk]":
        feeds.begin(known.options.simulated)
        read = plan(known.options)
        jobs.call(lambda: show_place(read.pack))
        missing = partial(log.error, "the simulated cameras did not start: %s")
        jobs.pool(lambda: feeds.serve(read.pack), None, missing)
        kind = import_module("console.desk.desk").Desk
        return lambda: kind(read, jobs, window, feeds)

    _paint_first(window)
    made = jobs.pool(heavy, lambda _: painting.quit(), lambda _: painting.quit())
    painting.exec()
    try:
        running = made.result()()
    except KnownError:
        window.close()
        feeds.close()
        jobs.close()
        raise
    running.begin()
    return running


def _paint_first(window: "QWidget") -> None:
    """Let the window come on screen: what is imported in a thread holds up whoever paints meanwhile."""
    from PySide6.QtCore import QDeadlineTimer, QEventLoop
    from PySide6.QtWidgets import QApplication

    end, shown = QDeadlineTimer(PAINT_MS), window.windowHandle()
    while not shown.isExposed() and not end.hasExpired():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
    QApplication.processEvents()


def wall(options: Options) -> int:
    """Run the wall of this machine's desk on every screen until it is closed."""
    read = plan(options)
    app = application(read, theme_name="wall")
    from console.desk.follow import Follower

    if options.parent is not None:
        end_with(options.parent, _end)
    follower = Follower(read)
    follower.show()
    code = app.exec()
    follower.close()
    return code


def _end() -> None:
    """End as if asked to; at once if that takes too long."""
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(END_S)
    os._exit(0)


def application(known: Setup, theme_name: str = "desk") -> "QApplication":
    """The one QApplication, dressed and speaking, with bugs caught."""
    no_display = not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM")
    )
    if sys.platform.startswith("linux") and no_display:
        raise KnownError(Phrase("no_display"))
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from console.desk import gpu, i18n, records
    from widgets import chromium, style, theme

    gpu.choose_scene_graph(DeskFiles(known.options.data).screen)
    chromium.prepare()
    if known.settings.scale != 100:
        os.environ.setdefault("QT_SCALE_FACTOR", str(known.settings.scale / 100))
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    # Asked to end, everything is put away as at any end; by a timer, because the event loop may not run yet.
    signal.signal(signal.SIGTERM, lambda *_: QTimer.singleShot(0, app.quit))
    app.setApplicationName("yiping")
    app.setApplicationDisplayName("一屏 Yiping")
    app.setDesktopFileName("yiping")
    look = theme.shipped(theme_name)
    theme.use(look)
    style.apply(app, look)
    app.setCursorFlashTime(0)  # nothing blinks but an alarm that waits
    i18n.speak(known.language)
    records.write_to(DeskFiles(known.options.data).logs, theme_name, known.settings.log_level)
    return app
