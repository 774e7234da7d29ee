"""The platform's catalogue of cameras: published as a whole, taken by desks part by part.

A part holds cameras of one area only, so that a village's desk is given its own and no one else's.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from sqlalchemy import Row, delete, func, insert, select, update

from console.central import feed
from console.central.auth import Caller
from console.central.feed import PUBLISHED
from console.central.realms import Realm
from console.domain.area import visible
from console.domain.camera import Camera
from console.store import tables
from console.store.catalogue import FIELDS, every, fields_of, prepare, put
from console.store.catalogue import camera as kept
from console.store.catalogue import part as published
from console.store.queries import Tx, View
from console.store.store import Store
from console.sync.answers import described
from console.sync.messages import Problem
from console.sync.parts import MAX_BYTES, MAX_ROWS, Manifest, Part, pack, unpack

SLICE_ROWS, SWEEP_ROWS = 2000, 20_000  # others write in between
_AREA = FIELDS.index("area")


# -- publishing


def publish(store: Store, cameras: Iterable[Camera], sequence: int) -> Manifest:
    """Make these cameras the catalogue, all of them; `sequence` is a number of the feed that was taken for it.

    What the feed says after that number stays as it is. Parts that are the same as before keep their names, so that
    desks fetch only what changed. It takes many small transactions, of which the last counts: killed before, do it
    again. Raises `ValueError` when an id is there twice.
    """
    parts = _packed(cameras)
    for part in parts:
        rows = unpack(part["data"])
        for at in range(0, len(rows), SLICE_ROWS):
            with store.begin() as tx:
                put(tx, rows[at : at + SLICE_ROWS], sequence)
    _replace(store, parts, sequence)
    after: int | None = 0
    while after is not None:
        with store.begin() as tx:
            after = _sweep(tx, after, sequence)
    with store.read() as view:
        return manifest_of(view)


def republish(store: Store) -> Manifest:
    """Publish the catalogue as the feed has changed it since; what the feed said of cameras is not needed any more."""
    sequence = number(store)
    with store.read() as view:
        parts = _packed(every(view))
    _replace(store, parts, sequence)
    with store.read() as view:
        return manifest_of(view)


def number(store: Store) -> int:
    """A number of the feed, for a catalogue that is about to be published."""
    with store.begin() as tx:
        return feed.take(tx, 1)


def _packed(cameras: Iterable[Camera]) -> list[dict[str, Any]]:
    by_area: dict[str, list[bytes]] = {}  # a million cameras as text are a third of what they are as objects
    ids: set[str] = set()
    for camera in cameras:
        fields = fields_of(camera)
        if camera.id in ids:
            raise ValueError(f"camera {camera.id} is there twice")
        ids.add(camera.id)
        row = json.dumps(fields[:_AREA] + fields[_AREA + 1 :], ensure_ascii=False, separators=(",", ":"))
        by_area.setdefault(str(fields[_AREA]), []).append(row.encode())
    parts: list[dict[str, Any]] = []
    for area in sorted(by_area):
        rows = [json.loads(row) for row in sorted(by_area.pop(area))]
        parts += [{**one, "place": len(parts) + n} for n, one in enumerate(_parts(area, rows))]
    return parts


def _sweep(tx: Tx, after: int, sequence: int) -> int | None:
    """Take away, from the platform's own cameras, what is older than the catalogue. Returns where to go on."""
    if after >= (tx.connection.scalar(select(func.max(kept.c.n))) or 0):
        return None
    end = after + SWEEP_ROWS
    tx.connection.execute(delete(kept).where(kept.c.n > after, kept.c.n <= end, kept.c.sequence < sequence))
    return end


def _parts(area: str, rows: list[Sequence[Any]]) -> list[dict[str, Any]]:
    """The parts of an area, halved until they are small enough."""
    data = pack(area, rows)
    if len(rows) > 1 and (len(rows) > MAX_ROWS or len(data) > MAX_BYTES):
        middle = len(rows) // 2
        return _parts(area, rows[:middle]) + _parts(area, rows[middle:])
    lon, lat = FIELDS.index("lon"), FIELDS.index("lat")
    return [
        {
            "sha": hashlib.sha256(data).hexdigest(),
            "area": area,
            "rows": len(rows),
            "bytes": len(data),
            "lon": round(sum(row[lon] for row in rows) / len(rows), 6),
            "lat": round(sum(row[lat] for row in rows) / len(rows), 6),
            "data": data,
        }
    ]


def _replace(store: Store, parts: list[dict[str, Any]], sequence: int) -> None:
    with store.begin() as tx:
        prepare(tx, published)
        there = set(tx.connection.scalars(select(published.c.sha)))
        wanted = {part["sha"] for part in parts}
        for part in parts:
            if part["sha"] in there:
                same = published.c.sha == part["sha"]
                tx.connection.execute(update(published).where(same).values(place=part["place"]))
            else:
                tx.connection.execute(insert(published), part)
        for sha in there - wanted:
            tx.connection.execute(delete(published).where(published.c.sha == sha))
        # in the same breath: a desk that comes now takes the parts for what was said before them
        said = tables.feed
        of_cameras = said.c.table == tables.NAMES[Camera], said.c.sequence <= sequence
        tx.connection.execute(delete(said).where(*of_cameras))
        tx.set_setting(PUBLISHED, sequence)


# -- what a caller may have


def manifest_of(view: View, scopes: Sequence[str] | None = None) -> Manifest:
    """The catalogue as those see it whose areas `scopes` are; None sees all of it."""
    columns = [published.c[name] for name in Part.model_fields]
    rows = view.connection.execute(select(*columns).order_by(published.c.place))
    parts = [Part.model_validate(dict(row._mapping)) for row in rows if scopes is None or visible((row.area,), scopes)]
    name = hashlib.sha256("".join(part.sha for part in parts).encode()).hexdigest()
    return Manifest(catalogue=name, sequence=view.setting(PUBLISHED, 0), parts=parts)


def _part(view: View, sha: str, scopes: Sequence[str]) -> Row[Any] | None:
    """A part that is published and in scope."""
    area = view.connection.scalar(select(published.c.area).where(published.c.sha == sha))
    if area is None or not visible((area,), scopes):
        return None
    return view.connection.execute(select(published.c.data).where(published.c.sha == sha)).first()


def add_routes(
    app: FastAPI,
    who: Callable[..., Caller],
    place: Callable[..., Any],
    scopes: Callable[[Caller], Sequence[str]],
) -> None:
    """Add the catalogue to the API. `scopes` are the paths of the areas that a caller may see."""
    Who = Annotated[Caller, Depends(who)]  # noqa: N806
    Place = Annotated[Realm, Depends(place)]  # noqa: N806
    told = {401: "No valid token.", 403: "No role in this realm any more.", 422: "Not as it is described here."}
    told |= {503: "The database is away or busy.", 507: "The disk is full."}
    refused = described(told)

    @app.get("/v1/catalogue", tags=["catalogue"], response_model=Manifest, responses=refused)
    def get_catalogue(who: Who, realm: Place) -> Manifest:
        """The parts of the catalogue of cameras that the caller may have, each named by its SHA-256."""
        with realm.store.read() as view:
            return manifest_of(view, scopes(who))

    @app.get(
        "/v1/catalogue/{sha}",
        tags=["catalogue"],
        response_class=Response,
        responses={
            **refused,
            200: {"content": {"application/gzip": {}}},
            304: {"description": "The caller has it."},
            404: {"model": Problem, "description": "Not in the caller's catalogue now."},
        },
    )
    def get_part(sha: str, request: Request, who: Who, realm: Place) -> Response:
        """A part, at most 2 MiB: gzip over JSON by columns. It never changes; another catalogue has other parts."""
        with realm.store.read() as view:
            found = _part(view, sha, scopes(who))
        if found is None:
            raise HTTPException(404, "Not in your catalogue now.")
        headers = {"ETag": f'"{sha}"', "Cache-Control": "private, max-age=31536000, immutable"}
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(found.data, media_type="application/gzip", headers=headers)
