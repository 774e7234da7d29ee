"""For those who keep the platform running: is it up, can it work, its figures, and how its desks are."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Body, Depends, FastAPI, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from prometheus_client import CONTENT_TYPE_LATEST

from console.central import health, metrics
from console.central.auth import Caller
from console.central.overview import Overview, WatchRequest, WatchResponse
from console.central.service import Service
from console.domain.errors import KnownError
from console.domain.phrases import say
from console.sync.answers import note, problem
from console.sync.messages import Message, Problem

WATCH: Any = {"the duty officer": {"value": {"user": "duty", "password": "yiping-demo"}}}


class Up(Message):
    status: str


def add_routes(app: FastAPI, service: Service, bearer: HTTPBearer, metrics_from: Sequence[str]) -> None:
    """Add them to `app`. Raises `ValueError` for a name in `metrics_from` that is no network."""
    allowed = metrics.networks(metrics_from)
    away: dict[int | str, dict[str, Any]] = {
        503: {"model": Problem, "description": "The database is away or busy."},
        507: {"model": Problem, "description": "The disk is full."},
    }
    Given = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]  # noqa: N806

    def watcher(request: Request, given: Given) -> Caller:
        who, _ = service.bearer(given.credentials if given else "")
        note(request, user=who.user, device=who.device)
        return who

    @app.get("/healthz", tags=["running"])
    def health_() -> Up:
        """Whether the process is up. It asks nothing of the database: one that is away is no reason to restart."""
        return Up(status="ok")

    @app.get(
        "/readyz",
        tags=["running"],
        responses={503: {"model": Problem, "description": "The database is away, a standby, or its disk is full."}},
    )
    def ready() -> Up:
        """Whether operations can be taken now: whether requests should be sent here."""
        try:
            health.assert_ready(service.realms)
        except KnownError as error:
            raise problem(503, error.phrase.code, say(error.phrase, "en")) from None
        return Up(status="ready")

    @app.get(
        "/metrics",
        tags=["running"],
        response_class=Response,
        responses={
            200: {"content": {"text/plain": {}}, "description": "Prometheus' text format."},
            403: {"model": Problem, "description": "`metrics_from`: not from this address, or through a proxy."},
        },
    )
    def figures(request: Request) -> Response:
        """Figures, for this machine and the networks of `--metrics-from` only, and never through a proxy."""
        if not metrics.may_scrape(request, allowed):
            raise problem(403, "metrics_from", "Not from this address.")
        return Response(metrics.scrape(service.realms), media_type=CONTENT_TYPE_LATEST)

    @app.post(
        "/v1/watch",
        tags=["watch"],
        responses={
            400: {"model": Problem, "description": "No JSON."},
            408: {"model": Problem, "description": "The body did not come."},
            413: {"model": Problem, "description": "Too long."},
            **away,
            422: {"model": Problem, "description": "Not as it is described here."},
            403: {"model": Problem, "description": "`login_wrong`, or `login_no_view`: no right to view anything."},
            429: {"model": Problem, "description": "`login_locked` for a while."},
        },
    )
    def watch(asked: Request, request: Annotated[WatchRequest, Body(openapi_examples=WATCH)]) -> WatchResponse:
        """Sign somebody in who only looks at how the platform is. It makes no desk."""
        note(asked, user=service.spoken(request.user))
        return service.watch(request)

    @app.delete("/v1/watch", tags=["watch"], status_code=204, responses=away)
    def end_watch(given: Given) -> None:
        """Sign out."""
        service.end_watch(given.credentials if given else "")

    @app.get(
        "/v1/desks",
        tags=["watch"],
        responses={
            **away,
            401: {"model": Problem, "description": "`sign_in`: no valid token."},
            403: {"model": Problem, "description": "`login_no_view`: no right to view anything, any more."},
        },
    )
    def desks(who: Annotated[Caller, Depends(watcher)]) -> Overview:
        """The realms, and the desks whose scopes lie in the caller's: how far each is, and what went wrong."""
        return service.overview(who)
