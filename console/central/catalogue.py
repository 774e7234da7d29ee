"""The platform's catalogue of cameras: published as a whole, taken by desks part by part.

A part holds cameras of one area only, so that a village's desk is given its own and no one else's.
"""

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from sqlalchemy import Row, delete, insert, select, update

from console.central.auth import Caller
from console.central.realms import Realm
from console.domain.camera import Camera
from console.domain.phrases import both
from console.domain.words import Label, Phrase
from console.store.catalogue import FIELDS, fields_of, prepare
from console.store.catalogue import part as published
from console.store.pack_files import CameraRow
from console.store.plain import FileProblems, Page, Problem, Text
from console.store.queries import View
from console.store.store import Store
from console.sync.parts import MAX_BYTES, MAX_ROWS, Manifest, Part, pack

SEQUENCE = "catalogue.sequence"
_AREA = FIELDS.index("area")


# -- publishing


def publish(store: Store, cameras: Iterable[Camera], sequence: int) -> Manifest:
    """Make these cameras the catalogue, all of them; `sequence` is where the feed is now.

    Parts that are the same as before keep their names, so that desks fetch only what changed. Raises `ValueError`
    when an id is there twice.
    """
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
    _replace(store, parts, sequence)
    with store.read() as view:
        return manifest_of(view)


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
        tx.set_setting(SEQUENCE, sequence)


# -- what a caller may have


def manifest_of(view: View, scopes: Sequence[str] | None = None) -> Manifest:
    """The catalogue as those see it whose areas `scopes` are; None sees all of it."""
    columns = [published.c[name] for name in Part.model_fields]
    rows = view.connection.execute(select(*columns).order_by(published.c.place))
    parts = [Part.model_validate(dict(row._mapping)) for row in rows if scopes is None or _in_scope(row.area, scopes)]
    name = hashlib.sha256("".join(part.sha for part in parts).encode()).hexdigest()
    return Manifest(catalogue=name, sequence=view.setting(SEQUENCE, 0), parts=parts)


def _in_scope(area: str, scopes: Sequence[str]) -> bool:
    return any(area == scope or area.startswith(scope + "/") for scope in scopes)


def _part(view: View, sha: str, scopes: Sequence[str]) -> Row[Any] | None:
    """A part that is published and in scope."""
    area = view.connection.scalar(select(published.c.area).where(published.c.sha == sha))
    if area is None or not _in_scope(area, scopes):
        return None
    return view.connection.execute(select(published.c.data).where(published.c.sha == sha)).first()


def add_routes(
    app: FastAPI,
    who: Callable[..., Caller],
    place: Callable[..., Realm],
    scopes: Callable[[Caller], Sequence[str]],
) -> None:
    """Add the catalogue to the API. `scopes` are the paths of the areas that a caller may see."""
    Who = Annotated[Caller, Depends(who)]  # noqa: N806
    Place = Annotated[Realm, Depends(place)]  # noqa: N806
    refused: dict[int | str, dict[str, Any]] = {401: {"description": "No valid token."}}

    @app.get("/v1/catalogue", response_model=Manifest, responses=refused)
    def get_catalogue(who: Who, realm: Place) -> Manifest:
        """The parts of the catalogue of cameras that the caller may have, each named by its SHA-256."""
        with realm.store.read() as view:
            return manifest_of(view, scopes(who))

    @app.get(
        "/v1/catalogue/{sha}",
        response_class=Response,
        responses={
            **refused,
            200: {"content": {"application/gzip": {}}},
            304: {"description": "The caller has it."},
            404: {"description": "Not in the caller's catalogue now."},
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


# -- importing


class CatalogueRow(CameraRow):
    area: Text
    name_en: str = ""  # most have none: the Chinese one


def read_csv(file: Path, problems: list[Problem]) -> Iterator[Camera]:
    """The cameras of a CSV file, UTF-8 with a header: id, name_zh, name_en, kind, lon, lat, main_url, sub_url, area,
    indicator (name_en, sub_url and indicator may be left out).

    A row that cannot be used is left out and noted in `problems` with its line. Raises `FileProblems` when the file
    as a whole cannot be read.
    """
    page = Page(file.name, problems, as_text=True)
    lines: dict[str, int] = {}
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            rows = _rows(page, csv.reader(text, strict=True))
            columns = [cell.strip() for cell in next(rows, [])]
            _check_header(file.name, columns)
            for cells in rows:
                if (camera := _camera(page, columns, cells, lines)) is not None:
                    yield camera
    except UnicodeDecodeError as error:
        raise _unusable(file.name, Phrase("file_not_utf8"), page.line(()) + 1) from error
    except FileNotFoundError as error:
        raise _unusable(file.name, Phrase("file_missing")) from error
    except OSError as error:
        raise _unusable(file.name, Phrase("file_unreadable", {"text": error.strerror or str(error)})) from error


def _rows(page: Page, rows: Any) -> Iterator[list[str]]:
    """Rows with `page` at their line; those that are no CSV are noted and left out."""
    while True:
        page.lines[()] = rows.line_num + 1
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            page.wrong((), Phrase("file_not_csv", {"text": str(error)}))


def _camera(page: Page, columns: list[str], cells: list[str], lines: dict[str, int]) -> Camera | None:
    if not any(cell.strip() for cell in cells):
        return None
    if len(cells) != len(columns):
        page.wrong((), Phrase("file_cells", {"count": len(cells), "wanted": len(columns)}))
        return None
    given = {key: cell.strip() for key, cell in zip(columns, cells, strict=True) if cell.strip()}
    row = page.parse((), given, CatalogueRow)
    if row is None:
        return None
    if row.id in lines:
        page.wrong((), Phrase("file_twice", {"id": row.id, "line": lines[row.id]}))
        return None
    lines[row.id] = page.line(())
    name = Label(row.name_zh, row.name_en or row.name_zh)
    return Camera(row.id, name, row.kind, row.at, row.main_url, row.sub_url, row.area, row.indicator)


def _check_header(name: str, columns: list[str]) -> None:
    if not columns:
        raise _unusable(name, Phrase("file_empty"), 1)
    nothing = Label("", "")
    for column in columns:
        if column not in CatalogueRow.model_fields:
            raise _unusable(name, Phrase("file_key_unknown", {"key": column, "near": nothing}), 1)
        if columns.count(column) > 1:
            raise _unusable(name, Phrase("file_twice", {"id": column, "line": 1}), 1)
    for key, field in CatalogueRow.model_fields.items():
        if field.is_required() and key not in columns:
            raise _unusable(name, Phrase("file_key_missing", {"key": key}), 1)


def _unusable(name: str, phrase: Phrase, line: int = 0) -> FileProblems:
    return FileProblems(name, [Problem(name, line, both(phrase))])
