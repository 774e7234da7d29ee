"""Workbooks that people send: read as rows of text, with what cannot be read said for its row; and written for them.

A file from outside is believed in nothing: its size is looked at before it is unpacked, and only so many rows are read.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell as XlsxCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from console.domain.errors import KnownError
from console.domain.words import Label, Phrase

MOST_BYTES = 20_000_000  # of the file
MOST_UNPACKED = 120_000_000
MOST_PARTS = 400
MOST_ROWS = 5_000  # of a sheet
MOST_COLUMNS = 60
LONGEST_CELL = 32_767  # that the format has
OPTIONS = "_options"
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z0-9:]+)"')


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    wrong: Phrase | None = None  # why it cannot be read


@dataclass
class Sheet:
    title: str
    rows: list[tuple[int, list[Cell]]] = field(default_factory=list)  # those that are not empty, with their numbers


def read_book(file: Path) -> list[Sheet]:
    """Every sheet that is shown. Raises `KnownError` for what is no workbook, or too large to be an honest one."""
    name = file.name
    try:
        if file.stat().st_size > MOST_BYTES:
            raise KnownError(Phrase("book_large", {"name": name, "limit": MOST_BYTES // 1_000_000}))
        with file.open("rb") as opened:
            merged = _look_inside(name, opened)
            opened.seek(0)
            return _read(opened, merged, name)
    except KnownError:
        raise
    except OSError as error:
        raise KnownError(Phrase("book_unreadable", {"name": name, "text": error.strerror or str(error)})) from error
    except Exception as error:  # the library meets a damaged file with whatever error comes first
        text = str(error).partition("\n")[0][:200] or type(error).__name__
        raise KnownError(Phrase("book_unreadable", {"name": name, "text": text})) from error


def _look_inside(name: str, file: IO[bytes]) -> str:
    """Refuses what would unpack into far more than it is, and entities. Answers where cells are merged, if any are."""
    try:
        with ZipFile(file) as packed:
            parts = packed.infolist()
            size = sum(part.file_size for part in parts)
            if len(parts) > MOST_PARTS or size > MOST_UNPACKED:
                raise KnownError(Phrase("book_bomb", {"name": name, "size": size // 1_000_000}))
            merged = ""
            for part in parts:
                if not part.filename.lower().endswith((".xml", ".rels")):
                    continue
                text = packed.read(part)
                if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                    raise KnownError(Phrase("book_unreadable", {"name": name, "text": "DOCTYPE"}))
                if found := _MERGED.search(text):
                    merged = merged or found[1].decode()
            return merged
    except BadZipFile as error:
        raise KnownError(Phrase("book_not_xlsx", {"name": name})) from error


def _read(file: IO[bytes], merged: str, name: str) -> list[Sheet]:
    if merged:
        raise KnownError(Phrase("book_merged", {"name": name, "cells": merged}))
    book = load_workbook(file, read_only=True, keep_links=False)
    try:
        return [
            _sheet(sheet, name)
            for sheet in book.worksheets
            if sheet.sheet_state == "visible" and not sheet.title.startswith("_")
        ]
    finally:
        book.close()


def _sheet(sheet: Any, name: str) -> Sheet:
    found = Sheet(sheet.title)
    sheet.reset_dimensions()  # what the file says of its size is not believed
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1):
        if number > MOST_ROWS + 1:
            raise KnownError(Phrase("book_rows", {"name": name, "sheet": sheet.title, "limit": MOST_ROWS}))
        cells = [_cell(cell) for cell in row]
        while cells and not cells[-1].text and cells[-1].wrong is None:
            cells.pop()
        if cells:
            found.rows.append((number, cells))
    return found


def _cell(cell: Any) -> Cell:
    value = cell.value
    if cell.data_type == "f":
        return Cell(str(value), Phrase("cell_formula"))
    if cell.data_type == "e":
        return Cell(str(value), Phrase("cell_error", {"text": str(value)}))
    match value:
        case None:
            return Cell("")
        case bool():
            return Cell("TRUE" if value else "FALSE")
        case date() | time() | timedelta():
            return Cell(str(value), Phrase("cell_date", {"text": str(value)}))
        case float():
            return Cell(str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value))
    return Cell(str(value).replace("\r\n", "\n").strip())


# -- writing -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shape:
    """A column as it is written."""

    heading: Label
    width: int
    options: Sequence[str] | None = None  # what may be chosen


def write_book(file: Path, sheets: Iterable[tuple[str, Sequence[Shape], Iterable[Sequence[str]]]]) -> None:
    """Sheets with a frozen heading, widths and lists to choose from. Raises `KnownError` when it cannot be written."""
    book = Workbook()
    book.remove(book.worksheets[0])
    choices = _Choices(book)
    for title, shapes, rows in sheets:
        _write(book.create_sheet(title), shapes, rows, choices)
    choices.finish()
    part = file.with_name(file.name + ".part")
    try:
        book.save(part)
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise KnownError(Phrase("book_unwritten", {"path": str(file), "text": error.strerror or str(error)})) from error


class _Choices:
    """What may be chosen stands on a hidden sheet of its own: a list in the rule itself holds 255 letters."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._sheet = book.create_sheet(OPTIONS)
        self._where: dict[tuple[str, ...], str] = {}

    def of(self, options: Sequence[str]) -> str:
        key = tuple(options)
        if key not in self._where:
            letter = get_column_letter(len(self._where) + 1)
            for row, text in enumerate(key, 1):
                _put(self._sheet, row, len(self._where) + 1, text)
            self._where[key] = f"{OPTIONS}!${letter}$1:${letter}${len(key)}"
        return self._where[key]

    def finish(self) -> None:
        self._book.move_sheet(self._sheet, len(self._book.worksheets))
        self._sheet.sheet_state = "hidden"
        self._book.active = 0


def _write(sheet: Worksheet, shapes: Sequence[Shape], rows: Iterable[Sequence[str]], choices: _Choices) -> None:
    fill, bold = PatternFill("solid", fgColor="DDE4EA"), Font(bold=True)
    top = Alignment(vertical="top", wrap_text=True)
    for at, shape in enumerate(shapes, 1):
        cell = _put(sheet, 1, at, heading(shape.heading))
        cell.fill, cell.font, cell.alignment = fill, bold, top
        sheet.column_dimensions[get_column_letter(at)].width = shape.width
    last = 1
    for last, row in enumerate(rows, 2):
        for at, text in enumerate(row, 1):
            if text:
                cell = _put(sheet, last, at, text)
                cell.alignment = top
                cell.number_format = "@"  # what is typed over it stays text too
    for at, shape in enumerate(shapes, 1):
        if shape.options:
            rule = DataValidation("list", formula1=choices.of(shape.options), allow_blank=True, showErrorMessage=False)
            rule.add(f"{get_column_letter(at)}2:{get_column_letter(at)}{max(last, 2) + 500}")
            sheet.add_data_validation(rule)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(shapes))}{last}"


def _put(sheet: Worksheet, row: int, column: int, text: str) -> XlsxCell:
    """ "=1" is a text here, not a formula."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, XlsxCell)  # nothing is merged here
    cell.value, cell.data_type = _clean(text), "s"
    return cell


def heading(label: Label) -> str:
    return f"{label.zh} {label.en}"


def _clean(text: str) -> str:
    """Without what a cell cannot hold; such texts are not made here, but may have come from elsewhere."""
    if len(text) > LONGEST_CELL:
        raise KnownError(Phrase("cell_long", {"text": text[:40], "limit": LONGEST_CELL}))
    return "".join(_printable(text))


def _printable(text: str) -> Iterator[str]:
    for char in text:
        yield char if char == "\n" or (ord(char) >= 32 and not 0xD800 <= ord(char) < 0xE000) else " "
