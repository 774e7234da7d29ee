"""Sends a file of facts by the open door, batch by batch, and goes on where it was.

To send a row again is harmless (`console.sync.receive`), so what had no answer is sent again. How far a file was sent
stands beside it until all of it is.
"""

import csv
import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import requests

from console.domain.errors import KnownError
from console.domain.words import Label, Phrase
from console.sync.intake import IntakeResponse, Kind
from console.sync.link import CONNECT_S
from console.sync.messages import MAX_BODY_BYTES

BATCH = 500
MOST_BYTES = MAX_BODY_BYTES - 1024
ANSWER_S = 60.0
TRIES = 12  # with pauses up to a minute: about eight minutes away
LONGEST_S = 60.0
NUMBERS = {"value", "lon", "lat", "heading", "limit"}


@dataclass(frozen=True, slots=True)
class Wrong:
    line: int
    id: str | None
    code: str
    text: Label


@dataclass(slots=True)
class Done:
    """How much was sent, over all batches."""

    accepted: int = 0
    again: int = 0
    refused: int = 0
    last: int = 0  # line up to which all was answered


def lines_of(text: IO[str]) -> Iterator[tuple[int, Any]]:
    """Line numbers and rows: of JSON lines, when the first begins with a brace, else of a CSV with a header.

    A line that is no JSON is a row that the platform refuses. Empty cells are left out.
    """
    first = text.readline().removeprefix("\ufeff")
    if first.lstrip().startswith("{"):
        for number, line in enumerate(_with(first, text), 1):
            if line.strip():
                yield number, _parsed(line)
        return
    rows = csv.reader(_with(first, text))
    header = [cell.strip() for cell in next(rows, [])]
    for cells in rows:
        if any(cell.strip() for cell in cells):
            row = {key: cell.strip() for key, cell in zip(header, cells, strict=False) if cell.strip()}
            yield rows.line_num, {key: _number(cell) if key in NUMBERS else cell for key, cell in row.items()}


def _with(first: str, rest: IO[str]) -> Iterator[str]:
    yield first
    yield from rest


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return line.strip()[:200]


def _number(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell


class Progress:
    """How far a file was sent to a platform, kept beside it."""

    def __init__(self, file: Path | None, url: str, kind: Kind) -> None:
        self._file = file.with_name(file.name + ".sent") if file else None
        self._of = {"url": url, "kind": kind, "size": file.stat().st_size if file else 0}

    def line(self) -> int:
        """0 when it was not begun, or the file is another by now."""
        try:
            kept = json.loads(self._file.read_text("utf-8")) if self._file else {}
        except (OSError, ValueError):
            return 0
        mine = isinstance(kept, dict) and {key: kept.get(key) for key in self._of} == self._of
        return int(kept["line"]) if mine else 0

    def keep(self, line: int) -> None:
        if self._file:
            fresh = self._file.with_name(self._file.name + ".new")
            fresh.write_text(json.dumps(self._of | {"line": line}), "utf-8")
            fresh.replace(self._file)

    def end(self) -> None:
        if self._file:
            self._file.unlink(missing_ok=True)


def feed(
    rows: Iterator[tuple[int, Any]],
    kind: Kind,
    url: str,
    key: str,
    *,
    crs: str = "wgs84",
    batch: int = BATCH,
    progress: Progress | None = None,
    on_wrong: Callable[[Wrong], None] = lambda wrong: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Done:
    """Send all rows. Raises `KnownError`: feed_refused when it takes none, feed_away when it stays away."""
    done, begin = Done(), progress.line() if progress else 0
    done.last = begin
    rows = ((line, row) for line, row in rows if line > begin)
    with requests.Session() as http:
        http.trust_env = False
        http.headers["Authorization"] = f"Bearer {key}"
        for some in _batches(rows, batch):
            body = f'{{"crs":"{crs}","{kind}":[{",".join(text for _, text in some)}]}}'
            answer = _send(http, f"{url}/v1/intake", body.encode(), done.last, sleep)
            done.accepted += answer.accepted
            done.again += answer.again
            done.refused += len(answer.refused)
            for one in (*answer.refused, *answer.noted):
                on_wrong(Wrong(some[one.index][0], one.id, one.code, one.text))
            done.last = some[-1][0]
            if progress:
                progress.keep(done.last)
    if progress:
        progress.end()
    return done


def _batches(rows: Iterator[tuple[int, Any]], most: int) -> Iterator[list[tuple[int, str]]]:
    """Lines and their JSON, as many as fit one request."""
    some: list[tuple[int, str]] = []
    room = MOST_BYTES
    for line, row in rows:
        text = json.dumps(row)
        room -= len(text) + 1
        if some and (room < 0 or len(some) == most):
            yield some
            some, room = [], MOST_BYTES - len(text) - 1
        some.append((line, text))
    if some:
        yield some


def _send(http: requests.Session, url: str, body: bytes, line: int, sleep: Callable[[float], None]) -> IntakeResponse:
    for attempt in range(TRIES):
        pause = random.uniform(0.5, 1) * min(LONGEST_S, 2.0**attempt)
        try:
            headers = {"Content-Type": "application/json"}
            answer = http.post(url, data=body, headers=headers, timeout=(CONNECT_S, ANSWER_S))
            if answer.status_code == 200:
                return IntakeResponse.model_validate_json(answer.content)
            if answer.status_code not in (408, 429, 500, 502, 503, 504, 507):
                raise KnownError(Phrase("feed_refused", {"text": _said(answer)}))
            pause = float(answer.headers.get("Retry-After") or pause)
        except (requests.RequestException, ValueError):
            pass  # no answer, or half of one: the same again
        sleep(pause)
    raise KnownError(Phrase("feed_away", {"url": url.removesuffix("/v1/intake"), "line": line}))


def _said(answer: requests.Response) -> str:
    try:
        told = answer.json()
    except ValueError:
        told = None
    text = told.get("text") if isinstance(told, dict) else None
    return f"{answer.status_code} {text or answer.reason}"
