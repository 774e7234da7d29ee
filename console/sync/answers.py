"""What every HTTP door of ours answers when it is not success: a `Problem` in one form; and the limit of a request."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.domain.errors import KnownError
from console.domain.phrases import say
from console.sync.messages import MAX_BODY_BYTES, Problem

BODY_S = 60.0  # for a request's body to come
STATUS = {"disk_full": 507, "store_damaged": 500, "database_damaged": 500}  # of what the world did; else 503
log = logging.getLogger(__name__)


class AnswerError(Exception):
    """An answer other than success."""

    def __init__(self, status: int, body: BaseModel) -> None:
        super().__init__(status, body)
        self.status, self.body = status, body


def problem(status: int, code: str, text: str = "", args: dict[str, str | int | float] | None = None) -> AnswerError:
    return AnswerError(status, Problem(code=code, args=args or {}, text=text))


def described(told: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    """What a route answers when it is not success, for its OpenAPI description."""
    return {status: {"model": Problem, "description": text} for status, text in told.items()}


def note(request: Request, **told: object) -> None:
    """What the line of this request also says: user, device, realm, code. Never a secret."""
    noted(request.scope).update(told)


def noted(scope: Scope) -> dict[str, Any]:
    found: dict[str, Any] = scope.setdefault("state", {}).setdefault("told", {})
    return found


def add_answers(app: FastAPI) -> None:
    """Every error of an app is answered as a `Problem`."""

    @app.exception_handler(AnswerError)
    async def answer(request: Request, error: AnswerError) -> Response:
        note(request, code=getattr(error.body, "code", ""))
        return _told(error)

    @app.exception_handler(HTTPException)
    async def turned_away(request: Request, error: HTTPException) -> Response:
        code = {400: "malformed", 404: "not_found", 405: "method"}.get(error.status_code, "refused")
        note(request, code=code)
        told = _told(problem(error.status_code, code, str(error.detail)))
        told.headers.update(error.headers or {})
        return told

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        # what was sent is not repeated: it may hold what JSON cannot
        where = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:5])
        text = where.encode("ascii", "replace").decode()
        note(request, code="malformed", why=text[:300])
        return _told(problem(422, "malformed", text))

    @app.exception_handler(KnownError)
    async def known(request: Request, error: KnownError) -> Response:
        note(request, code=error.phrase.code)
        log.error("%s", error.phrase.code, extra={"why": say(error.phrase, "en")})
        return _told(problem(STATUS.get(error.phrase.code, 503), error.phrase.code, say(error.phrase, "en")))


class Limit:
    """Takes in a request's body before anything else happens; refuses one that is too long or does not come.

    `long` are the requests, by method and path, that see to their own limit.
    """

    def __init__(self, app: ASGIApp, long: frozenset[tuple[str, str]] = frozenset()) -> None:
        self.app, self._long = app, long

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or (scope["method"], scope["path"]) in self._long or not _has_body(scope):
            await self.app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(BODY_S):
                body = await _whole(receive)
        except ClientDisconnect:
            return
        except TimeoutError:
            await self._turn_away(408, "slow", "The request did not come to its end.", scope, receive, send)
            return
        if len(body) > MAX_BODY_BYTES:
            await self._turn_away(413, "too_large", "A request is at most 2 MiB.", scope, receive, send)
            return
        given = False

        async def replay() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, replay, send)

    async def _turn_away(self, status: int, code: str, text: str, scope: Scope, receive: Receive, send: Send) -> None:
        note(Request(scope), code=code)
        await _told(problem(status, code, text))(scope, receive, send)


def _has_body(scope: Scope) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])


async def _whole(receive: Receive) -> bytes:
    """The body, or of one that is too long the beginning. Raises `ClientDisconnect`."""
    body, more = bytearray(), True
    while more and len(body) <= MAX_BODY_BYTES:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body)


def _told(answer: AnswerError) -> JSONResponse:
    return JSONResponse(answer.body.model_dump(), answer.status)
