"""The map's page: Chromium closed to everything but our scheme, and one channel to talk through."""

import json
import logging
import os
import sys
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot
from PySide6.QtWebChannel import QWebChannel
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile

from widgets.map_scheme import SCHEME, OutsideGuard, SchemeHandler, register_scheme

log = logging.getLogger(__name__)


def prepare() -> None:
    """Describe our scheme and set Chromium's switches. Call once, before QApplication is made."""
    register_scheme()
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    flags = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-domain-reliability",
        "--disable-sync",
        "--no-pings",
    ]
    if os.environ.get("QT_QPA_PLATFORM", "").startswith("offscreen"):
        flags.append("--disable-gpu")
    if sys.platform == "linux" and os.geteuid() == 0:
        os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"  # Chromium's sandbox refuses root
    given = os.environ.get("QTWEBENGINE_CHROMIUM_FLAGS", "").split()
    os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] = " ".join([*given, *(f for f in flags if f not in given)])


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
