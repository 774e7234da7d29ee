"""The platform's open API."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import AwareDatetime
from sse_starlette import EventSourceResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.central import blobs, camera_file, catalogue
from console.central.auth import Caller
from console.central.realms import Realm
from console.central.service import AnswerError, Service, Waiting, problem
from console.domain.errors import KnownError
from console.domain.phrases import say
from console.sync.messages import (
    HEARTBEAT_S,
    MAX_BODY_BYTES,
    Audit,
    Changed,
    Check,
    Copied,
    Gap,
    Gone,
    LoginRequest,
    LoginResponse,
    Page,
    Positions,
    Problem,
    PushRequest,
    PushResponse,
)

ABOUT = """Desks push what they did as named operations and pull what happened as a feed of rows.

Sign in at `/v1/login`; the token opens one realm (`live`, or one drill) for one user on one device. Push each
lane's operations in order and without gaps; repeating a push is harmless. Pull with the cursor of the page
before. `/v1/live` only says that there is something to pull: a missed event costs delay, never data."""


LONG = ("PUT", "/v1/catalogue")  # it sees to its own limit
STATUS = {"disk_full": 507, "store_damaged": 500, "database_damaged": 500}  # of what the world did; else 503
log = logging.getLogger(__name__)


class _Limit:
    """Refuses request bodies over the limit while they arrive."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or (scope["method"], scope["path"]) == LONG:
            await self.app(scope, receive, send)
            return
        body = b""
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > MAX_BODY_BYTES:
                await _told(problem(413, "too_large", "A request is at most 2 MiB."))(scope, receive, send)
                return
        given = False

        async def replay() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, replay, send)


def _told(answer: AnswerError) -> JSONResponse:
    return JSONResponse(answer.body.model_dump(), answer.status)


def create_app(service: Service) -> FastAPI:
    """The API of a platform, which starts and ends with it."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        service.start()
        yield
        service.close()

    app = FastAPI(title="Yiping platform", version="2", description=ABOUT, lifespan=lifespan)
    app.add_middleware(_Limit)
    bearer = HTTPBearer(auto_error=False, description="The token of `/v1/login`.")

    def signed_in(given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> tuple[Caller, Realm]:
        return service.caller(given.credentials if given else "")

    def caller(found: Annotated[tuple[Caller, Realm], Depends(signed_in)]) -> Caller:
        return found[0]

    def place(found: Annotated[tuple[Caller, Realm], Depends(signed_in)]) -> Realm:
        return found[1]

    Who = Annotated[Caller, Depends(caller)]  # noqa: N806
    Place = Annotated[Realm, Depends(place)]  # noqa: N806
    Cursor = Annotated[int, Query(ge=0, lt=2**53, description="Of the page before; 0 at first.")]  # noqa: N806
    unsigned: dict[int | str, dict[str, Any]] = {401: {"model": Problem, "description": "No valid token."}}

    @app.exception_handler(AnswerError)
    async def answer(_request: Request, error: AnswerError) -> Response:
        return _told(error)

    @app.exception_handler(RequestValidationError)
    async def malformed(_request: Request, error: RequestValidationError) -> Response:
        # what was sent is not repeated: it may hold what JSON cannot
        where = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:5])
        return _told(problem(422, "malformed", where.encode("ascii", "replace").decode()))

    @app.exception_handler(KnownError)
    async def known(_request: Request, error: KnownError) -> Response:
        log.error("%s", error.phrase.code, extra={"why": say(error.phrase, "en")})
        return _told(problem(STATUS.get(error.phrase.code, 503), error.phrase.code, say(error.phrase, "en")))

    @app.post(
        "/v1/login",
        response_model=LoginResponse,
        responses={
            403: {"model": Problem},
            409: {"model": Copied, "description": "This desk is a copy of another."},
            429: {"model": Problem, "description": "Locked for a while."},
        },
    )
    def login(request: LoginRequest) -> LoginResponse:
        """Sign a user in on a device, for one realm. Five wrong passwords lock the user for five minutes."""
        return service.login(request)

    @app.post(
        "/v1/push",
        response_model=PushResponse,
        responses={**unsigned, 409: {"model": Gap}, 422: {"model": Changed | Problem}},
    )
    def push_operations(request: PushRequest, who: Who, realm: Place) -> PushResponse:
        """Take operations of one lane, each exactly once. They are on disk when this answers.

        One that was taken before gets the outcome it got then; one that the rules refuse gets its refusal,
        and the queue goes on.
        """
        return service.push(who, realm, request)

    @app.get(
        "/v1/pull",
        response_model=Page,
        responses={**unsigned, 404: {"model": Problem}, 410: {"model": Gone}},
    )
    def pull(
        who: Who,
        realm: Place,
        cursor: Cursor = 0,
        limit: Annotated[int, Query(ge=1, le=5000, description="About so many rows.")] = 1000,
        bucket: Annotated[str | None, Query(max_length=400, description="Only of this path.")] = None,
        until: Annotated[int | None, Query(ge=0, lt=2**53, description="Only to this cursor.")] = None,
        pending: Annotated[int | None, Query(ge=0, lt=2**31, description="What waits at the desk.")] = None,
        since: Annotated[AwareDatetime | None, Query(description="Since when it does.")] = None,
    ) -> Response:
        """What happened since, in the caller's scope. A page ends where a transaction ends, so it may be longer."""
        waiting = None if pending is None else Waiting(pending, since)
        page = service.pull(who, realm, cursor, limit, bucket=bucket, until=until, waiting=waiting)
        return Response(page.model_dump_json(exclude_unset=True), media_type="application/json")

    @app.get("/v1/check", response_model=Check, responses=unsigned)
    def check(who: Who, realm: Place, cursor: Cursor) -> Check:
        """What the caller's buckets held at a cursor, to compare one's own rows with."""
        return service.check(who, realm, cursor)

    @app.get("/v1/live", responses=unsigned)
    async def live(realm: Place) -> EventSourceResponse:
        """Server-sent events that say where the feed ends, with a heartbeat every 15 s."""

        async def events() -> AsyncIterator[dict[str, str]]:
            async for said in realm.listen():
                yield {"data": said.model_dump_json()}

        return EventSourceResponse(events(), ping=HEARTBEAT_S)

    @app.post("/v1/positions", status_code=200, responses=unsigned)
    def put_positions(request: Positions, who: Who, realm: Place) -> dict[str, Any]:
        """Where units are. Only the latest of each is kept."""
        service.put_positions(who, realm, request)
        return {}

    @app.get("/v1/positions", response_model=Positions, responses=unsigned)
    def get_positions(who: Who, realm: Place) -> Positions:
        """The latest of each unit in the caller's scope."""
        return service.positions(who, realm)

    @app.get("/v1/audit", response_model=Audit, responses=unsigned)
    def get_audit(who: Who, realm: Place) -> Audit:
        """What was taken from whom: to find out that nothing was lost and nothing doubled."""
        return service.audit(who, realm)

    blobs.add_routes(app, caller, place, service.may_read, service.may_write)
    catalogue.add_routes(app, caller, place, service.scopes)
    camera_file.add_route(app, caller, place, service.commands_all, lambda: service.directory.areas)

    @app.get("/healthz")
    def health() -> dict[str, str]:
        """Whether the platform is up."""
        return {"status": "ok"}

    return app
