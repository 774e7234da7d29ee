"""Attachments between desk and platform, one part per step: stop after any, and the next goes on from there.

    while (step := upload_next(ask, call)) and not closing: ...
    while (step := download_next(ask, call, wanted)) and not closing: ...

Nothing is kept in memory between steps. How far an upload is, the platform says; how far a download is, the
desk's own database. Both sides count a blob only once they have seen that it has its hash.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Protocol
from urllib.parse import quote

from pydantic import Field, ValidationError

from console.domain.words import Phrase
from console.store import blobs
from console.store.blobs import PART, Ask, Blob, count, length, look, write
from console.store.queries import View
from console.sync.link import Answer, LinkDown
from console.sync.messages import Count, Message

TRIES = 5  # an upload that had to begin anew more often is not sent by itself any more
# an older platform has no attachments: 404; someone who may send them signs in later: 403
LATER = frozenset({401, 403, 404, 408, 409, 423, 425, 429})


class BlobState(Message):
    """How much of a blob the platform has. One it has never heard of has size 0."""

    size: Count = Field(description="Bytes, as announced with the first part.")
    received: Count = Field(description="Bytes from the start, without a gap: the offset to go on from.")
    complete: bool = Field(description="All of it is here and has the hash.")
    media: str = Field(default="application/octet-stream", pattern=blobs.MEDIA.pattern)


class Call(Protocol):
    """One request, and the body of its successful answer. Raises `LinkDown` or `Answer`."""

    def __call__(self, method: str, path: str, body: bytes | None, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Step:
    """How far a blob is, in bytes.

    With `problem` an upload is not tried again (until `blobs.send_again`), and a download is to be left out of
    `wanted` for a while.
    """

    sha256: str
    done: int
    size: int
    complete: bool = False
    problem: Phrase | None = None

    @property
    def ended(self) -> bool:
        """Nothing more is done about it for now."""
        return self.complete or self.problem is not None


def upload_next(ask: Ask, call: Call) -> Step | None:
    """Send one part of the first blob that the platform lacks; None when it lacks none.

    Raises `LinkDown`, `Answer` (the platform cannot take it now) and what a store raises: try again later.
    """
    blob = look(ask, _next_upload)
    if blob is None:
        return None
    state = _state(call, blob.sha256)
    if state.complete:
        return _uploaded(ask, blob)
    n = min(state.received // PART, count(blob.size) - 1)
    data = look(ask, partial(blobs.part, sha256=blob.sha256, n=n))
    if data is None or len(data) != length(blob.size, n):
        return _refuse(ask, blob, Phrase("blob_damaged_here", {"id": blob.sha256[:8]}))
    way = f"/v1/blob/{blob.sha256}?offset={n * PART}&size={blob.size}&media={quote(blob.media, safe='')}"
    try:
        state = _read_state(call("PUT", way, data))
    except Answer as answer:
        return _turned_away(ask, blob, answer)
    if state.complete:
        return _uploaded(ask, blob)
    if state.received <= n * PART:  # it says that it took the part, and has it not
        raise LinkDown(Phrase("link_down"))
    return Step(blob.sha256, state.received, blob.size)


def download_next(ask: Ask, call: Call, wanted: Iterable[str]) -> Step | None:
    """Fetch one part of the first of `wanted` that is not here; None when all of them are.

    Raises as `upload_next` does.
    """
    lacking = look(ask, partial(blobs.missing, shas=wanted))
    if not lacking:
        return None
    sha256 = lacking[0]
    blob = look(ask, partial(blobs.get, sha256=sha256))
    if blob is None:
        state = _state(call, sha256)
        if not state.complete:
            return Step(sha256, 0, 0, problem=Phrase("blob_absent", {"id": sha256[:8]}))
        if not 0 < state.size <= blobs.MAX_BYTES:
            return _spoilt(ask, Blob(sha256, state.size, state.media, False, 0))
        blob = write(ask, partial(blobs.start, sha256=sha256, size=state.size, media=state.media))
    n = blob.parts
    if n < count(blob.size):
        try:
            data = call("GET", f"/v1/blob/{sha256}/part/{n}", None)
        except Answer as answer:
            if answer.status != 404:
                raise
            return Step(sha256, blob.received, blob.size, problem=Phrase("blob_absent", {"id": sha256[:8]}))
        if len(data) != length(blob.size, n):
            return _spoilt(ask, blob)
        write(ask, partial(blobs.keep_part, sha256=sha256, size=blob.size, media=blob.media, n=n, data=data))
        n += 1
    if n < count(blob.size):
        return Step(sha256, n * PART, blob.size)
    if not blobs.finish(ask, sha256, uploaded=True):
        return _spoilt(ask, blob)
    return Step(sha256, blob.size, blob.size, complete=True)


def _state(call: Call, sha256: str) -> BlobState:
    return _read_state(call("GET", f"/v1/blob/{sha256}/state", None))


def _read_state(body: bytes) -> BlobState:
    try:
        return BlobState.model_validate_json(body)
    except ValidationError as strange:  # a proxy's page, say
        raise LinkDown(Phrase("link_down")) from strange


def _turned_away(ask: Ask, blob: Blob, answer: Answer) -> Step:
    """The platform did not take a part: begin anew, later, or never."""
    code = str(answer.body.get("code", answer.status))
    if code not in ("gap", "blob_mismatch"):
        if answer.status >= 500 or answer.status in LATER:
            raise answer
        return _refuse(ask, blob, Phrase("blob_refused", {"id": blob.sha256[:8], "code": code}))
    if code == "blob_mismatch" and not blobs.intact(ask, blob):
        return _refuse(ask, blob, Phrase("blob_damaged_here", {"id": blob.sha256[:8]}))
    # It forgot what it had, or another device had sent it something else under this hash.
    if write(ask, partial(blobs.add_try, sha256=blob.sha256)) >= TRIES:
        return _refuse(ask, blob, Phrase("blob_refused", {"id": blob.sha256[:8], "code": code}))
    return Step(blob.sha256, 0, blob.size)


def _uploaded(ask: Ask, blob: Blob) -> Step:
    write(ask, partial(blobs.set_uploaded, sha256=blob.sha256))
    return Step(blob.sha256, blob.size, blob.size, complete=True)


def _refuse(ask: Ask, blob: Blob, why: Phrase) -> Step:
    write(ask, partial(blobs.set_refused, sha256=blob.sha256, why=why))
    return Step(blob.sha256, 0, blob.size, problem=why)


def _spoilt(ask: Ask, blob: Blob) -> Step:
    """What came is not what was wanted: nothing of it is kept."""
    blobs.drop(ask, blob.sha256)
    return Step(blob.sha256, 0, blob.size, problem=Phrase("blob_damaged", {"id": blob.sha256[:8]}))


def _next_upload(view: View) -> Blob | None:
    first = next(iter(blobs.to_upload(view)), None)
    return blobs.get(view, first) if first else None
