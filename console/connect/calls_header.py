"""Where the header of a CSV file is: by the columns that the mapping names, past title lines and a `sep=` line."""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from console.domain.phrases import both
from console.domain.words import Phrase
from console.store.plain import FileProblems, Problem

DELIMITERS = (",", ";", "\t", "|")
MOST_BEFORE = 40  # lines before the header
MOST_LINE = 1 << 20  # characters
csv.field_size_limit(1 << 30)  # characters of a cell: the store's own limits come later
MOST_TOLD = 60  # columns that are named when none fits
_SEP = re.compile(r'\ufeff?"?sep=(.)"?\s*', re.IGNORECASE)
_PAGE = re.compile(r"\ufeff?\s*<(?:!doctype|html|head|body|meta|table|\?xml|!--)", re.IGNORECASE)
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # XLSX, XLS


@dataclass(frozen=True, slots=True)
class Header:
    columns: list[str]
    delimiter: str
    before: list[str]  # lines that stand before it and are no rows
    lines: int  # of the file up to its end


def find_header(file: Path, encoding: str, delimiter: str | None, wanted: Iterable[str]) -> Header:
    """The row with the most of the columns that are `wanted`; the first row when none are.

    Without a `delimiter` it is the one of a `sep=` line, or the one with which that row is found. Raises `FileProblems`
    for a file that is empty, a workbook or a web page, or has none of the columns; `OSError` for one not to be read.
    """
    with file.open("rb") as data:
        if data.read(4) in _WORKBOOKS:
            raise unusable(file, Phrase("calls_workbook"))
    with file.open(encoding=encoding, errors="replace", newline="") as text:
        lines = [text.readline(MOST_LINE) for _ in range(MOST_BEFORE)]
    first = next((at for at, line in enumerate(lines) if line.strip("\ufeff \t\r\n")), None)
    if first is None:
        raise unusable(file, Phrase("file_empty"))
    if _PAGE.match(lines[first]):
        raise unusable(file, Phrase("calls_web_page"))
    sep = _SEP.fullmatch(lines[first])
    start = first + 1 if sep else first
    names = set(wanted)
    tried = [delimiter] if delimiter else [sep[1]] if sep else DELIMITERS
    found = [each for one in tried for each in _rows(lines, start, one)]
    if not found:
        raise unusable(file, Phrase("file_empty"))
    best = max(found, key=lambda one: len(names.intersection(one.columns)))  # the first of those that are alike
    if names and names.isdisjoint(best.columns):
        likely = max(found, key=lambda one: sum(map(bool, one.columns)))
        said = "、".join(filter(None, likely.columns[:MOST_TOLD]))
        raise unusable(file, Phrase("calls_no_header", {"columns": said}), likely.lines)
    return best


def _rows(lines: Sequence[str], start: int, delimiter: str) -> Iterable[Header]:
    """Every row that could be a header."""
    for at in range(start, len(lines)):
        reader = csv.reader(lines[at:], delimiter=delimiter)
        columns = [cell.strip("\ufeff \t\r\n") for cell in next(reader, [])]
        if any(columns):
            before = [line.strip() for line in lines[:at] if line.strip()]
            yield Header(columns, delimiter, before, at + reader.line_num)


def unusable(file: Path, phrase: Phrase, line: int = 0) -> FileProblems:
    return FileProblems(file.name, [Problem(file.name, line, both(phrase))])
