"""Attachments at the platform: uploads that go on where they broke off, and downloads of any piece.

A blob's name is the SHA-256 of its bytes, so that sending it again, or from two devices at once, is harmless.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.requests import ClientDisconnect

from console.central.auth import Caller
from console.central.realms import Realm
from console.store import blobs
from console.store.blobs import MAX_BYTES, PART, Blob, count, length
from console.store.queries import View
from console.store.store import Store
from console.sync.answers import described
from console.sync.blobs import BlobState
from console.sync.messages import Gap, Problem

MayRead = Callable[[Caller, str, View], bool]
MayWrite = Callable[[Caller], bool]
RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)
Sha256 = Annotated[str, Path(pattern=blobs.SHA256.pattern, description="Of the whole, in lower-case hex.")]
At = Annotated[int, Query(ge=0, lt=2**53)]


class TurnedAway(Exception):
    """An upload's part that is not taken; nothing was changed but by `blob_mismatch`."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(code)
        self.status, self.code, self.text = status, code, text


class GapError(Exception):
    def __init__(self, expected: int) -> None:
        super().__init__(expected)
        self.expected = expected


def add_routes(
    app: FastAPI,
    who: Callable[..., Caller],
    place: Callable[..., Any],
    may_read: MayRead = lambda caller, sha256, view: True,
    may_write: MayWrite = lambda caller: True,
) -> None:
    """Add them to `app`. `who` and `place` are its dependencies that say who asks, and of which realm.

    `may_read` says whose blobs are in a caller's scope; the others are not there for them. It does not rule
    uploads, which come before what refers to them: those are for whom `may_write` allows them.
    """
    Who = Annotated[Caller, Depends(who)]  # noqa: N806
    Place = Annotated[Realm, Depends(place)]  # noqa: N806
    told = {
        401: "No valid token.",
        403: "No role in this realm any more.",
        422: "Not as it is described here.",
        503: "Not now.",
        507: "The disk is full.",
    }
    refusals = described(told)
    sent: dict[int | str, dict[str, Any]] = {408: {"model": Problem}, 413: {"model": Problem}}
    pieces: dict[int | str, dict[str, Any]] = {
        206: {"description": "The range that was asked for."},
        304: {"description": "It is what If-None-Match names."},
        416: {"model": Problem, "description": "There are no such bytes."},
    }
    reads = {**refusals, 404: {"model": Problem, "description": "Not complete, or not in the caller's scope."}}

    def readable(store: Store, caller: Caller, sha256: str) -> Blob | None:
        with store.read() as view:
            found = blobs.get(view, sha256)
            return found if found and found.complete and may_read(caller, sha256, view) else None

    @app.get("/v1/blob/{sha256}/state", tags=["attachments"], response_model=BlobState, responses=refusals)
    def blob_state(sha256: Sha256, _who: Who, realm: Place) -> BlobState:
        """How much of a blob is here: where an upload goes on."""
        with realm.store.read() as view:
            return _state(blobs.get(view, sha256))

    @app.put(
        "/v1/blob/{sha256}",
        tags=["attachments"],
        response_model=BlobState,
        responses={**sent, **refusals, 403: {"model": Problem}, 409: {"model": Gap}},
    )
    def put_part(
        sha256: Sha256,
        who: Who,
        realm: Place,
        data: Annotated[bytes, Depends(_body)],
        offset: At,
        size: Annotated[int, Query(ge=1, lt=2**53, description="Of the whole, in bytes.")],
        media: Annotated[str, Query(pattern=blobs.MEDIA.pattern)] = "application/octet-stream",
    ) -> Any:
        """Take one part: 1 MiB from a multiple of 1 MiB, or what is left at the end. It is on disk when this answers.

        A part that is here already is a success. With the last one the hash is verified: when it is another,
        all parts are forgotten (422 blob_mismatch).
        """
        if not may_write(who):
            return _problem(403, "not_allowed", "Your role is to look on.")
        try:
            return take(realm.store, sha256, offset, size, media, data)
        except GapError as gap:
            return JSONResponse(Gap(expected=gap.expected).model_dump(), 409)
        except TurnedAway as turned:
            return _problem(turned.status, turned.code, turned.text)

    @app.get("/v1/blob/{sha256}", tags=["attachments"], response_class=StreamingResponse, responses={**reads, **pieces})
    def get_blob(
        sha256: Sha256,
        who: Who,
        realm: Place,
        range_: Annotated[str | None, Header(alias="Range")] = None,
        if_range: Annotated[str | None, Header()] = None,
        if_none_match: Annotated[str | None, Header()] = None,
    ) -> Response:
        """All of it, or the one range that is asked for. It never changes: its ETag is its hash."""
        found = readable(realm.store, who, sha256)
        if found is None:
            return _problem(404, "not_found", "There is no such blob.")
        headers = {
            "ETag": f'"{sha256}"',
            "Accept-Ranges": "bytes",
            "Cache-Control": "private, max-age=31536000, immutable",
            "Content-Disposition": "attachment",  # it came from people: nothing a browser should run
            "X-Content-Type-Options": "nosniff",
        }
        if if_none_match and (if_none_match.strip() == "*" or headers["ETag"] in if_none_match):
            return Response(None, 304, headers)
        status, first, end = 200, 0, found.size
        asked = range_ if if_range is None or if_range.strip() == headers["ETag"] else None
        if piece := piece_of(asked or "", found.size):
            status, (first, end) = 206, piece
            headers["Content-Range"] = f"bytes {first}-{end - 1}/{found.size}"
        if first >= end:
            refused = _problem(416, "range", "There are no such bytes.")
            refused.headers["Content-Range"] = f"bytes */{found.size}"
            return refused
        headers["Content-Length"] = str(end - first)
        return StreamingResponse(_bytes(realm.store, sha256, first, end), status, headers, found.media)

    @app.get("/v1/blob/{sha256}/part/{n}", tags=["attachments"], response_class=Response, responses=reads)
    def get_part(sha256: Sha256, n: Annotated[int, Path(ge=0, lt=2**31)], who: Who, realm: Place) -> Response:
        """The part of 1 MiB at `n` MiB; the last is shorter."""
        data = None
        if readable(realm.store, who, sha256):
            with realm.store.read() as view:
                data = blobs.part(view, sha256, n)
        if data is None:
            return _problem(404, "not_found", "There is no such part.")
        return Response(data, headers={"X-Content-Type-Options": "nosniff"}, media_type="application/octet-stream")


def take(store: Store, sha256: str, offset: int, size: int, media: str, data: bytes) -> BlobState:
    """One part of an upload, in one transaction. Raises `GapError`, `TurnedAway`."""
    if size > MAX_BYTES or len(data) > PART:
        raise TurnedAway(413, "too_large", "A blob is at most 200 MiB, and a part 1 MiB.")
    n = offset // PART
    if not data or offset % PART or len(data) != length(size, n):
        raise TurnedAway(422, "part", "A part is 1 MiB from a multiple of 1 MiB, or what is left at the end.")
    with store.begin() as tx:
        found = blobs.start(tx, sha256, size, media)
        if found.size != size:
            raise TurnedAway(422, "blob_size", f"This blob was announced with {found.size} bytes.")
        if n > found.parts:
            raise GapError(found.received)
        if n < found.parts:
            return _state(found)
        blobs.add_part(tx, sha256, n, data)
        right = True
        if n + 1 == count(size):
            # Under the same lock, so that nobody exchanges what was verified.
            right = blobs.sound(tx, sha256)
            if right:
                blobs.set_complete(tx, sha256)
            else:
                blobs.discard(tx, sha256)
        taken = _state(blobs.get(tx, sha256))
    if not right:
        raise TurnedAway(422, "blob_mismatch", "The bytes do not have this hash. All of them were forgotten.")
    return taken


def piece_of(asked: str, size: int) -> tuple[int, int] | None:
    """The first byte of a Range header and the one after its last; the same one when there are no such bytes.

    None for what is no single range of bytes: as RFC 9110 has it, that is passed over.
    """
    found = RANGE.fullmatch(asked.strip())
    if not found or not (found[1] or found[2]):
        return None
    if not found[1]:
        return max(0, size - int(found[2])), size
    first, last = int(found[1]), int(found[2] or size)
    if last < first:
        return None if found[2] else (size, size)
    return min(first, size), min(last + 1, size)


async def _body(request: Request) -> bytes:
    """The request's body; of one that is too long just enough to tell."""
    body = bytearray()
    with suppress(ClientDisconnect):  # half a part is no part, and nobody listens
        async for piece in request.stream():  # to its end, or else the answer would be lost
            if len(body) <= PART:
                body += piece
    return bytes(body)


def _bytes(store: Store, sha256: str, first: int, end: int) -> Iterator[bytes]:
    """Part by part, so that a slow reader holds no transaction open."""
    while first < end:
        n, skip = divmod(first, PART)
        with store.read() as view:
            data = blobs.part(view, sha256, n)
        if data is None:
            raise RuntimeError(f"{sha256} has no part {n}")
        piece = data[skip : skip + end - first]
        yield piece
        first += len(piece)


def _state(found: Blob | None) -> BlobState:
    if found is None:
        return BlobState(size=0, received=0, complete=False)
    return BlobState(size=found.size, received=found.received, complete=found.complete, media=found.media)


def _problem(status: int, code: str, text: str) -> JSONResponse:
    return JSONResponse(Problem(code=code, text=text).model_dump(), status)
