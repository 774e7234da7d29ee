"""The platform's open API."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sse_starlette import EventSourceResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.central import auth, feed, push
from console.central.audit import audit
from console.central.auth import Caller, Doorkeeper
from console.central.realms import Realm, Realms
from console.domain.errors import KnownError
from console.domain.pack import Pack
from console.domain.phrases import say
from console.sync.messages import (
    HEARTBEAT_S,
    MAX_BODY_BYTES,
    Audit,
    Changed,
    Gap,
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


class _Limit:
    """Refuses request bodies over the limit while they arrive."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
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
                answer = _problem(413, "too_large", text="A request is at most 2 MiB.")
                await answer(scope, receive, send)
                return
        given = False

        async def replay() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, replay, send)


def _problem(status: int, code: str, args: dict[str, Any] | None = None, text: str = "") -> JSONResponse:
    return JSONResponse(Problem(code=code, args=args or {}, text=text).model_dump(), status)


def create_app(source: Path | str, pack: Pack) -> FastAPI:
    """The platform over a folder of files or a database's address, for the users of `pack`."""
    realms = Realms(source)
    door = Doorkeeper(pack.users)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        realms.close()

    app = FastAPI(title="Yiping platform", version="1", description=ABOUT, lifespan=lifespan)
    app.add_middleware(_Limit)
    bearer = HTTPBearer(auto_error=False, description="The token of `/v1/login`.")

    def caller(given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> Caller:
        token = given.credentials if given else ""
        realm = realms.get(auth.realm_of(token))
        who = auth.whose(realm.store, token) if realm else None
        if who is None:
            raise HTTPException(401, "Sign in again.")
        return who

    def place(who: Annotated[Caller, Depends(caller)]) -> Realm:
        realm = realms.get(who.realm)
        assert realm is not None  # the token was found in it
        return realm

    Who = Annotated[Caller, Depends(caller)]  # noqa: N806
    Place = Annotated[Realm, Depends(place)]  # noqa: N806
    signed_in: dict[int | str, dict[str, Any]] = {401: {"description": "No valid token."}}

    @app.exception_handler(RequestValidationError)
    async def malformed(_request: Request, error: RequestValidationError) -> Response:
        # what was sent is not repeated: it may hold what JSON cannot
        where = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:5])
        return _problem(422, "malformed", text=where.encode("ascii", "replace").decode())

    @app.exception_handler(KnownError)
    async def known(_request: Request, error: KnownError) -> Response:
        return _problem(507, error.phrase.code, text=say(error.phrase, "en"))

    @app.post(
        "/v1/login",
        response_model=LoginResponse,
        responses={403: {"model": Problem}, 429: {"model": Problem, "description": "Locked for a while."}},
    )
    def login(request: LoginRequest) -> Any:
        """Sign a user in on a device, for one realm. Five wrong passwords lock the user for five minutes."""
        try:
            door.check(request.user, request.password)
        except KnownError as error:
            phrase = error.phrase
            status = 429 if phrase.code == "login_locked" else 403
            return _problem(status, phrase.code, dict(phrase.args), say(phrase, "en"))
        realm = realms.get(request.realm, create=True)
        assert realm is not None  # the request's pattern is narrower than ours
        token, expires_at = auth.issue(realm.store, request.user, request.device)
        return LoginResponse(token=token, expires_at=expires_at, incarnation=realm.incarnation, now=datetime.now(UTC))

    @app.post(
        "/v1/push",
        response_model=PushResponse,
        responses={**signed_in, 409: {"model": Gap}, 422: {"model": Changed | Problem}},
    )
    def push_operations(request: PushRequest, who: Who, realm: Place) -> Any:
        """Take operations of one lane, each exactly once. They are on disk when this answers.

        One that was taken before gets the outcome it got then; one that the rules refuse gets its refusal,
        and the queue goes on.
        """
        operations = request.operations
        lanes = {sent.lane for sent in operations}
        if len(lanes) > 1 or [s.n for s in operations] != list(
            range(operations[0].n, operations[0].n + len(operations))
        ):
            return _problem(422, "malformed", text="Operations are of one lane, in order of n without gaps.")
        try:
            outcomes = push.take(realm.store, who.device, who.user, operations)
        except push.GapError as gap:
            return JSONResponse(Gap(expected=gap.expected).model_dump(), 409)
        except push.ChangedError as changed:
            return JSONResponse(Changed(n=changed.n).model_dump(), 422)
        realm.tell()
        return PushResponse(outcomes=outcomes)

    @app.get("/v1/pull", response_model=Page, responses=signed_in)
    def pull(
        who: Who,
        realm: Place,
        cursor: Annotated[int, Query(ge=0, lt=2**53, description="Of the page before; 0 at first.")] = 0,
        limit: Annotated[int, Query(ge=1, le=5000, description="About so many rows.")] = 1000,
    ) -> Page:
        """What happened since. A page ends where an operation ends, so it may be a little longer."""
        with realm.store.read() as view:
            return feed.page(view, who.device, cursor, limit)

    @app.get("/v1/live", responses=signed_in)
    async def live(realm: Place) -> EventSourceResponse:
        """Server-sent events that say where the feed ends, with a heartbeat every 15 s."""

        async def events() -> AsyncIterator[dict[str, str]]:
            async for said in realm.listen():
                yield {"data": said.model_dump_json()}

        return EventSourceResponse(events(), ping=HEARTBEAT_S)

    @app.post("/v1/positions", status_code=200, responses=signed_in)
    def put_positions(request: Positions, _who: Who, realm: Place) -> dict[str, Any]:
        """Where units are. Only the latest of each is kept."""
        with realm.store.begin() as tx:
            tx.put(*request.positions)
        realm.tell(moved=True)
        return {}

    @app.get("/v1/positions", response_model=Positions, responses=signed_in)
    def get_positions(_who: Who, realm: Place) -> Positions:
        """The latest of each unit."""
        with realm.store.read() as view:
            return Positions(positions=list(view.positions().values()))

    @app.get("/v1/audit", response_model=Audit, responses=signed_in)
    def get_audit(who: Who, realm: Place) -> Audit:
        """What was taken from whom: to find out that nothing was lost and nothing doubled."""
        with realm.store.read() as view:
            return audit(view, who.device)

    @app.get("/healthz")
    def health() -> dict[str, str]:
        """Whether the platform is up."""
        return {"status": "ok"}

    return app
