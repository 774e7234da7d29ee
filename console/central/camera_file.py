"""A catalogue of cameras as a CSV file: read, and published whole.

yiping import cameras city.csv --platform https://... --user u1     # while the platform runs
yiping import cameras city.csv --data folder                        # while it does not
"""

import csv
from collections.abc import Callable, Collection, Iterator
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from console.central.auth import Caller
from console.central.catalogue import number, publish
from console.central.realms import Realm, Realms
from console.domain.camera import Camera
from console.domain.errors import KnownError
from console.domain.phrases import both
from console.domain.words import Label, Phrase
from console.store.list_rules import AREA
from console.store.pack_files import CameraRow
from console.store.plain import FileProblems, Page, Problem, Text
from console.store.store import Store
from console.sync.messages import Problem as Told
from console.sync.parts import Imported, Wrong

MOST_BYTES = 2**30
MOST_WRONG = 1000  # lines that are told of


class CatalogueRow(CameraRow):
    area: Text
    name_en: str = ""  # most have none: the Chinese one


def publish_file(store: Store, file: Path, areas: Collection[str]) -> Imported:
    """Make a file the catalogue, all of it; `areas` are the paths there are.

    Takes minutes for a million. Raises `FileProblems` when the file, or every line of it, cannot be used, and what
    a store raises.
    """
    problems: list[Problem] = []
    sequence = number(store)
    cameras = read_csv(file, problems, areas)
    first = next(cameras, None)
    if first is None:
        raise FileProblems(file.name, problems or [Problem(file.name, 1, both(Phrase("file_empty")))])
    manifest = publish(store, chain([first], cameras), sequence)
    wrong = [Wrong(line=one.line, zh=one.message.zh, en=one.message.en) for one in problems[:MOST_WRONG]]
    return Imported(cameras=manifest.rows, parts=len(manifest.parts), refused=len(problems), wrong=wrong)


def publish_stopped(source: Path | str, file: Path, areas: Collection[str]) -> Imported:
    """`publish_file` into the live realm of a platform that does not run, or of a PostgreSQL database.

    Raises `KnownError` import_running when it does.
    """
    try:
        realms = Realms(source)
        realm = realms.get("live", create=True)
    except KnownError as error:
        if error.phrase.code == "store_taken":
            raise KnownError(Phrase("import_running", {"path": str(source)})) from error
        raise
    assert realm is not None  # it was made
    try:
        return publish_file(realm.store, file, areas)
    finally:
        realms.close()


def add_route(
    app: FastAPI,
    who: Callable[..., Caller],
    place: Callable[..., Any],
    commands_all: Callable[[Caller], bool],
    areas: Callable[[], Collection[str]],
) -> None:
    """Add the import to the API, for those who command the whole tree."""
    Who = Annotated[Caller, Depends(who)]  # noqa: N806
    Place = Annotated[Realm, Depends(place)]  # noqa: N806
    at_work = Lock()
    told = {401: "No valid token.", 403: "For the command of the whole tree.", 409: "Another import is going on."}
    told |= {408: "The file did not come to its end.", 413: "Longer than 1 GiB."}
    told |= {422: "The file, or every line of it, cannot be used.", 503: "The database is away or busy."}
    told |= {507: "The disk is full."}
    refused: dict[int | str, dict[str, Any]] = {
        status: {"model": Told, "description": text} for status, text in told.items()
    }

    @app.put("/v1/catalogue", tags=["catalogue"], response_model=Imported, responses=refused)
    async def put_catalogue(request: Request, who: Who, realm: Place) -> Any:
        """Make the CSV file in the body the catalogue, all of it: UTF-8 with a header.

        Its columns: id, name_zh, name_en, kind, lon, lat, main_url, sub_url, area, indicator. Lines that cannot be
        used are left out and told. The answer comes when it is published, which takes minutes for a million.
        """
        if not commands_all(who):
            return _problem(403, "not_allowed", told[403])
        if not at_work.acquire(blocking=False):
            return _problem(409, "busy", told[409])
        try:
            with TemporaryDirectory(prefix="yiping-import-") as folder:
                file = Path(folder) / "cameras.csv"
                if not await _take(request, file):
                    return _problem(413, "too_large", told[413])
                imported = await run_in_threadpool(publish_file, realm.store, file, areas())
        except FileProblems as wrong:
            first = wrong.problems[0]
            return _problem(422, "files_wrong", f"line {first.line}: {first.message.en}")
        except ClientDisconnect:
            return _problem(408, "slow", told[408])
        finally:
            at_work.release()
        return imported


async def _take(request: Request, file: Path) -> bool:
    """Write the body into a file; False when it is too long. Raises `ClientDisconnect`."""
    size = 0
    with file.open("wb") as out:
        async for piece in request.stream():
            size += len(piece)
            if size > MOST_BYTES:
                return False
            await run_in_threadpool(out.write, piece)
    return True


def _problem(status: int, code: str, text: str) -> JSONResponse:
    return JSONResponse(Told(code=code, text=text).model_dump(), status)


def read_csv(file: Path, problems: list[Problem], areas: Collection[str] | None = None) -> Iterator[Camera]:
    """The cameras of a CSV file, UTF-8 with a header: id, name_zh, name_en, kind, lon, lat, main_url, sub_url, area,
    indicator (name_en, sub_url and indicator may be left out). With `areas`, no other area is taken.

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
                camera = _camera(page, columns, cells, lines)
                if camera is None:
                    continue
                if areas is not None and camera.area not in areas:
                    page.refer((), AREA, camera.area, areas)
                    continue
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
