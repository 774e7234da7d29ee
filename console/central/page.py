"""The page at `/`: files that ship with Yiping, and the desk's colours. Everything it shows comes from `/v1/desks`."""

import tomllib
from functools import cache

from fastapi import FastAPI, Response
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import resources

FILES = resources.path("web", "platform")
# The page runs its own script only and speaks to its own platform only, whatever a desk calls itself.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# The description of the API is a page of Swagger's, with a script in it.
DOCS_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "img-src 'self' data:; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Guard:
    """Says with every page what a browser may do with it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Content-Type-Options"] = "nosniff"
                if headers.get("content-type", "").startswith("text/html"):
                    headers["Content-Security-Policy"] = DOCS_POLICY if scope["path"].startswith("/docs") else POLICY
                    headers["Referrer-Policy"] = "no-referrer"
            await send(message)

        await self.app(scope, receive, answer)


def add_routes(app: FastAPI) -> None:
    """Add the page to `app`."""
    app.add_middleware(Guard)

    @app.get("/", include_in_schema=False)
    def index() -> FileResponse:
        return FileResponse(FILES / "index.html", headers={"Cache-Control": "no-cache"})

    @app.get("/page/theme.css", include_in_schema=False)
    def theme() -> Response:
        return Response(_colours(), media_type="text/css", headers={"Cache-Control": "no-cache"})

    app.mount("/page", StaticFiles(directory=FILES), name="page")


@cache
def _colours() -> str:
    colours = tomllib.loads(resources.path("themes", "desk.toml").read_text("utf-8"))["colors"]
    return ":root {" + "".join(f" --{name.replace('_', '-')}: {value};" for name, value in colours.items()) + " }\n"
