"""The map's page: Chromium closed to everything but our scheme, and one channel to talk through."""

import json
import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWebChannel import QWebChannel
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile

from widgets import chromium
from widgets.map_files import SCHEME
from widgets.map_scheme import OutsideGuard, SchemeHandler, register_scheme

log = logging.getLogger(__name__)


def prepare() -> None:
    """For a program that shows other pages before its first map: call before QApplication."""
    chromium.prepare()
    register_scheme()


class Bridge(QObject):
    """The web channel's object. `changed` and `go` are for the page; what the page says comes out of `said`."""

    changed = Signal(str)  # the names of what to fetch again, with spaces between
    go = Signal(str)
    said = Signal(str, list)

    @Slot(str, str)
    def say(self, what: str, args: str) -> None:
        self.said.emit(what, json.loads(args))


class MapPage(QWebEnginePage):
    def __init__(self, serve: Callable[[str], bytes | None], parent: QObject) -> None:
        profile = QWebEngineProfile()  # off the record: nothing of the map is kept on disk
        super().__init__(profile, parent)
        profile.setParent(self)  # the page goes first, as Qt asks
        self.guard = OutsideGuard(profile)
        profile.setUrlRequestInterceptor(self.guard)
        profile.installUrlSchemeHandler(SCHEME.encode(), SchemeHandler(serve, profile))
        self.bridge = Bridge(self)
        channel = QWebChannel(self)
        channel.registerObject("bridge", self.bridge)
        self.setWebChannel(channel)

    def javaScriptConsoleMessage(
        self, level: QWebEnginePage.JavaScriptConsoleMessageLevel, message: str, line: int, source: str
    ) -> None:
        log.warning("map page: %s (%s:%d)", message, source, line)
