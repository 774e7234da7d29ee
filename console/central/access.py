"""A line in the log and a figure for every request; and a number by which a desk's line and ours are matched."""

import logging
import re
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.central import metrics
from console.store.ids import new_id
from console.sync.answers import noted
from console.sync.messages import Problem

log = logging.getLogger(__name__)
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
SIGN_INS = {"/v1/login", "/v1/watch"}


class Access:
    """The outermost part of the app. A request that fails is answered in the form of every other error."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = time.perf_counter()
        given = Headers(scope=scope).get("x-request-id", "")
        number = given if REQUEST_ID.fullmatch(given) else new_id()
        status, sent, waited, written = 0, 0, 0.0, False

        def write() -> None:
            nonlocal written
            if not written:
                written = True
                self._write(scope, number, status, sent, waited, time.perf_counter() - begun)

        async def answer(message: Message) -> None:
            nonlocal status, sent, waited
            if message["type"] == "http.response.start":
                status, waited = message["status"], time.perf_counter() - begun
                MutableHeaders(scope=message)["X-Request-ID"] = number
            elif message["type"] == "http.response.body":
                sent += len(message.get("body", b""))
                if not message.get("more_body", False):
                    write()  # whoever has the answer finds the line
            await send(message)

        try:
            await self.app(scope, receive, answer)
        except Exception:
            log.exception("failed", extra={"request": number, "route": _route(scope)})
            if not status:
                told = Problem(code="failed", text=f"The platform made a mistake; its log has it under {number}.")
                await JSONResponse(told.model_dump(), 500)(scope, receive, answer)
        finally:
            write()

    def _write(self, scope: Scope, number: str, status: int, sent: int, waited: float, took: float) -> None:
        route, method, told = _route(scope), scope["method"], noted(scope)
        if method not in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
            method = "other"  # anyone can make one up
        metrics.ANSWERS.labels(method, route, status).inc()
        if status:
            metrics.SECONDS.labels(method, route).observe(waited)
        if route in SIGN_INS and status >= 400:
            metrics.REFUSED_SIGN_INS.labels(told.get("code", "malformed")).inc()
        level = logging.ERROR if status >= 500 else logging.WARNING if status >= 400 else logging.INFO
        client = scope["client"][0] if scope.get("client") else ""
        about = {"method": method, "route": route, "status": status, "ms": round(took * 1000, 1), "bytes": sent}
        log.log(level, "request", extra={"request": number, **about, "client": client, **told})


def _route(scope: Scope) -> str:
    """The template, not the path: it has no ids, and there are only so many."""
    if found := getattr(scope.get("route"), "path", ""):
        return str(found)
    # turned away before it came to a route
    known = {getattr(route, "path", "") for route in scope["app"].routes} if "app" in scope else set()
    return scope["path"] if scope["path"] in known else "other"
