"""The platform's open API."""

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

from anyio import to_thread
from fastapi import Body, Depends, FastAPI, Query, Request, Response
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi_offline import FastAPIOffline
from pydantic import AfterValidator, AwareDatetime
from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool

from console.central import blobs, camera_file, catalogue, housekeeping, intake, key_routes, page, running
from console.central.access import Access
from console.central.auth import Caller
from console.central.housekeeping import every
from console.central.pages import Asked
from console.central.realms import Realm
from console.central.service import NOTED_EVERY_S, Service, Waiting
from console.domain.operations import VERSION
from console.sync.answers import Limit, add_answers, note
from console.sync.door import add_route
from console.sync.messages import (
    HEARTBEAT_S,
    PLAIN,
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
before. `/v1/live` only says that there is something to pull: a missed event costs delay, never data.

Every answer but success is a `Problem` (a code, its arguments, a sentence in English) unless the operation says
otherwise. Every answer names its `X-Request-ID`, the one that was sent or a new one: the platform's log has it too."""
TAGS = [
    {"name": "sign-in", "description": "One token for one user, device and realm."},
    {"name": "sync", "description": "What desks and the platform say to each other."},
    {"name": "attachments", "description": "Photos and clips, part by part, under the hash of their bytes."},
    {"name": "catalogue", "description": "The cameras of a whole city, in parts that are named by their hash."},
    {"name": "intake", "description": "The open door: what other systems know, by a key of their own."},
    {"name": "watch", "description": "How the platform and its desks are, for the page at `/`."},
    {"name": "running", "description": "For those and that which keep the platform running. No token."},
]
SHAPES: dict[int | str, dict[str, Any]] = {
    500: {"model": Problem, "description": "`failed`: a mistake of the platform's, or a damaged database."}
}
LOGIN: Any = {
    "a desk": {
        "summary": "The first sign-in of a desk",
        "value": {
            "user": "duty",
            "password": "yiping-demo",
            "realm": "live",
            "device": "5f1c0b7e9a3d2468",
            "nonce": "first",
            "next_nonce": "1d9b2f60c7a4e835",
            "version": VERSION,
        },
    }
}
FIRST = {"token", "expires_at", "incarnation", "now"}  # what a client of version 1 takes, and no more
THREADS = 10  # as many as have a connection to the database each: more would only wait for one another
LONG = ("PUT", "/v1/catalogue")  # it sees to its own limit
log = logging.getLogger(__name__)


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("not a time in UTC") from None


Since = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Answers = dict[int | str, dict[str, Any]]


def create_app(service: Service, metrics_from: Sequence[str] = ()) -> FastAPI:
    """The API of a platform, which starts and ends with it.

    `metrics_from` are the networks that may ask for `/metrics` beside this machine.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = THREADS
        service.start()
        tidy = partial(housekeeping.tidy_all, service.realms)
        async with every(housekeeping.LOOK_S, tidy), every(NOTED_EVERY_S, service.write_notes):
            yield
        service.close()

    app = FastAPIOffline(  # its pages need no other host
        title="Yiping platform",
        version="2",
        description=ABOUT,
        lifespan=lifespan,
        openapi_tags=TAGS,
        responses=SHAPES,
        redoc_url=None,
        swagger_ui_parameters={"validatorUrl": None},
    )
    app.add_middleware(Limit, long=frozenset({LONG}))
    app.add_middleware(Access)
    add_answers(app)
    bearer = HTTPBearer(auto_error=False, description="The token of `/v1/login` or, to watch, of `/v1/watch`.")
    Given = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]  # noqa: N806

    # On the loop, where it costs nothing: a function that is not async is a turn of the thread pool each.
    async def signed_in(request: Request, given: Given) -> tuple[Caller, Realm]:
        token = given.credentials if given else ""
        known = service.known(token)
        who, realm = known if known else await run_in_threadpool(service.bearer, token)
        note(request, user=who.user, device=who.device, realm=who.realm)
        service.assert_desk(who)
        return who, realm

    async def caller(found: Annotated[tuple[Caller, Realm], Depends(signed_in)]) -> Caller:
        return found[0]

    def member(found: Annotated[tuple[Caller, Realm], Depends(signed_in)]) -> Caller:
        return service.member(found[0])

    async def place(found: Annotated[tuple[Caller, Realm], Depends(signed_in)]) -> Realm:
        return found[1]

    Who = Annotated[Caller, Depends(caller)]  # noqa: N806
    Member = Annotated[Caller, Depends(member)]  # noqa: N806
    Place = Annotated[Realm, Depends(place)]  # noqa: N806
    Cursor = Annotated[int, Query(ge=0, lt=2**53, description="Of the page before; 0 at first.")]  # noqa: N806
    sent: Answers = {
        400: {"model": Problem, "description": "No JSON."},
        408: {"model": Problem, "description": "The body did not come."},
        413: {"model": Problem, "description": "Too long."},
    }
    unsigned: Answers = {
        401: {"model": Problem, "description": "`sign_in`: no valid token."},
        403: {"model": Problem, "description": "`no_desk`: this token only watches."},
        422: {"model": Problem, "description": "Not as it is described here."},
        503: {"model": Problem, "description": "The database is away or busy. Nothing was changed; try again."},
        507: {"model": Problem, "description": "The disk is full. Nothing was changed."},
    }
    closed: Answers = {
        **unsigned,
        403: {"model": Problem, "description": "`not_allowed`: no role in this realm any more; or `no_desk`."},
    }

    @app.post(
        "/v1/login",
        response_model=LoginResponse,
        tags=["sign-in"],
        responses={
            **sent,
            **closed,
            403: {"model": Problem, "description": "`login_wrong`, or `login_no_scope`: nothing to see in the realm."},
            409: {"model": Copied, "description": "This desk is a copy of another."},
            429: {"model": Problem, "description": "Locked for a while."},
        },
    )
    def login(asked: Request, request: Annotated[LoginRequest, Body(openapi_examples=LOGIN)]) -> Any:
        """Sign a user in on a device, for one realm. Five wrong passwords lock the user for five minutes."""
        note(asked, user=service.spoken(request.user), device=request.device, realm=request.realm)
        answer = service.login(request)
        return JSONResponse(answer.model_dump(mode="json", include=FIRST)) if request.next_nonce is None else answer

    @app.post(
        "/v1/push",
        response_model=PushResponse,
        tags=["sync"],
        responses={
            **sent,
            **unsigned,
            409: {"model": Gap, "description": "Operations before these are missing."},
            422: {"model": Changed | Problem, "description": "`changed`: another was taken under the number."},
        },
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
        tags=["sync"],
        responses={
            **unsigned,
            404: {"model": Problem, "description": "`no_bucket`: not in the caller's scope."},
            410: {"model": Gone, "description": "The feed before this cursor is no longer kept."},
        },
    )
    async def pull(
        who: Who,
        realm: Place,
        cursor: Cursor = 0,
        limit: Annotated[int, Query(ge=1, le=5000, description="About so many rows.")] = 1000,
        bucket: Annotated[str | None, Query(max_length=400, pattern=PLAIN, description="Only of this path.")] = None,
        until: Annotated[int | None, Query(ge=0, lt=2**53, description="Only to this cursor.")] = None,
        floor: Annotated[int | None, Query(ge=0, lt=2**53, description="Of the first page, pulling from 0.")] = None,
        pending: Annotated[int | None, Query(ge=0, lt=2**31, description="What waits at the desk.")] = None,
        since: Annotated[Since | None, Query(description="Since when it does.")] = None,
        places: Annotated[bool, Query(description="With the paths of readings and of the log, for a relay.")] = False,
    ) -> Response:
        """What happened since, in the caller's scope. A page ends where a transaction ends, so it may be longer."""
        waiting = None if pending is None else Waiting(pending, since)
        asked = Asked(cursor, limit, bucket, until, floor, places)
        # at every change all desks ask: most of them on the loop, without a turn of the thread pool each
        page = service.at_hand(who, realm, asked, waiting)
        if page is None:
            page = await run_in_threadpool(service.pull, who, realm, asked, waiting)
        return Response(page.model_dump_json(exclude_unset=True), media_type="application/json")

    @app.get("/v1/check", response_model=Check, tags=["sync"], responses=unsigned)
    def check(who: Who, realm: Place, cursor: Cursor) -> Check:
        """What the caller's buckets held at a cursor, to compare one's own rows with."""
        return service.check(who, realm, cursor)

    stream = {"description": "Events of `Live`.", "content": {"text/event-stream": {"schema": {"type": "string"}}}}

    @app.get("/v1/live", tags=["sync"], response_class=EventSourceResponse, responses={**closed, 200: stream})
    async def live(_who: Member, realm: Place) -> EventSourceResponse:
        """Server-sent events that say where the feed ends, with a heartbeat every 15 s."""

        async def events() -> AsyncIterator[dict[str, str]]:
            async for said in realm.listen():
                yield {"data": said.model_dump_json()}

        return EventSourceResponse(events(), ping=HEARTBEAT_S)

    @app.post("/v1/positions", status_code=200, tags=["sync"], responses={**sent, **closed})
    def put_positions(request: Positions, who: Member, realm: Place) -> dict[str, Any]:
        """Where units are. Only the latest of each is kept."""
        service.put_positions(who, realm, request)
        return {}

    @app.get("/v1/positions", response_model=Positions, tags=["sync"], responses=closed)
    def get_positions(who: Member, realm: Place) -> Positions:
        """The latest of each unit in the caller's scope."""
        return service.positions(who, realm)

    @app.get("/v1/audit", response_model=Audit, tags=["sync"], responses=closed)
    def get_audit(who: Member, realm: Place) -> Audit:
        """What was taken from whom: to find out that nothing was lost and nothing doubled."""
        return service.audit(who, realm)

    blobs.add_routes(app, member, place, service.may_read, service.may_write)
    catalogue.add_routes(app, member, place, service.scopes)
    camera_file.add_route(app, member, place, service.commands_all, lambda: service.directory.areas)
    add_route(app, partial(intake.find, service))
    key_routes.add_routes(app, service, bearer)
    running.add_routes(app, service, bearer, metrics_from)
    page.add_routes(app)
    return app
