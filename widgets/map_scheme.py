"""The `yiping:` scheme: the map page, its assets, its basemap and its data, none of it from a network.

Chromium lets a page fetch from a scheme of our own only if it was described before the first page was made.
"""

from collections.abc import Callable

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject
from PySide6.QtWebEngineCore import (
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
    QWebEngineUrlRequestJob,
    QWebEngineUrlScheme,
    QWebEngineUrlSchemeHandler,
)

from widgets.map_files import SCHEME

MIME = {
    "html": b"text/html",
    "js": b"text/javascript",
    "css": b"text/css",
    "json": b"application/json",
    "geojson": b"application/json",
    "bin": b"application/octet-stream",
}


def register_scheme() -> None:
    """Describe the scheme to Chromium. Call before the first page; a second call does nothing."""
    if not QWebEngineUrlScheme.schemeByName(QByteArray(SCHEME.encode())).name().isEmpty():
        return
    scheme = QWebEngineUrlScheme(QByteArray(SCHEME.encode()))
    scheme.setSyntax(QWebEngineUrlScheme.Syntax.Host)
    flag = QWebEngineUrlScheme.Flag
    scheme.setFlags(
        flag.SecureScheme | flag.LocalScheme | flag.LocalAccessAllowed | flag.CorsEnabled | flag.FetchApiAllowed
    )
    QWebEngineUrlScheme.registerScheme(scheme)


class SchemeHandler(QWebEngineUrlSchemeHandler):
    """Answers a path with the bytes that `serve` returns for it; `None` is not found."""

    def __init__(self, serve: Callable[[str], bytes | None], parent: QObject) -> None:
        super().__init__(parent)
        self._serve = serve

    def requestStarted(self, job: QWebEngineUrlRequestJob) -> None:
        path = job.requestUrl().path().lstrip("/")
        body = self._serve(path)
        if body is None:
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
            return
        # Chromium reads after we return: the buffer must live exactly as long as the job.
        buffer = QBuffer(job)
        buffer.setData(body)
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        job.reply(QByteArray(MIME.get(path.rpartition(".")[2], MIME["bin"])), buffer)


class OutsideGuard(QWebEngineUrlRequestInterceptor):
    """Blocks every request that is not of our scheme, and remembers what it saw."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.asked: list[str] = []
        self.blocked: list[str] = []

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        url = info.requestUrl()
        seen = self.asked
        if url.scheme() != SCHEME:
            info.block(True)
            seen = self.blocked
        if len(seen) < 1000:  # a month of one snapshot a second is not worth remembering
            seen.append(url.toString())
