"""A CSV file of any size and encoding, row by row. No row is lost to a quote that is not closed or a wrong byte."""

import codecs
import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from charset_normalizer import from_bytes

from console.domain.phrases import both
from console.domain.record import Odd
from console.domain.words import Phrase
from console.store.plain import FileProblems, Problem

MOST_LINES = 200  # of one row; more is a quote that was not closed
_MOST_CHARACTERS = 1 << 30  # of a cell: the store's own limits come later
_PIECE = 1 << 20
_SAMPLE = 1 << 16
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_LIKELY = ["gb18030", "big5", "cp1252"]  # what such files are in, when they are not UTF-8


@dataclass(frozen=True, slots=True)
class Row:
    line: int  # of the file, where it begins
    cells: list[str]
    odd: tuple[Odd, ...] = ()


def encoding_of(file: Path) -> str:
    """By its mark; else UTF-8 if all of it is; else the likeliest of those in use."""
    with file.open("rb") as data:
        first = data.read(_PIECE)
        for mark, name in _MARKS.items():
            if first.startswith(mark):
                return name
        decoder, piece = codecs.getincrementaldecoder("utf-8")(), first
        while piece:
            try:
                decoder.decode(piece)
            except UnicodeDecodeError as wrong:
                at = max(0, wrong.start - _SAMPLE // 2)
                return _guessed(piece[at : at + _SAMPLE])
            piece = data.read(_PIECE)
    return "utf-8"


def _guessed(sample: bytes) -> str:
    best = from_bytes(sample, cp_isolation=_LIKELY).best()
    return best.encoding if best else "cp1252"


class Table:
    """`header` are the names of the columns, `rows` what follows, to be read once.

    Raises `FileProblems` when the file cannot be opened or has no header.
    """

    def __init__(self, file: Path, delimiter: str = ",", encoding: str | None = None) -> None:
        self.file = file
        self.encoding = encoding or encoding_of(file)
        self._delimiter = delimiter
        self._rows = self._read()
        try:
            head = next(self._rows, None)
        except OSError as error:
            raise self._unusable(Phrase("file_unreadable", {"text": error.strerror or str(error)})) from error
        if head is None:
            raise self._unusable(Phrase("file_empty"))
        self.header = [cell.strip() for cell in head.cells]

    def rows(self) -> Iterator[Row]:
        """Each with as many cells as the header; lines without anything are left out."""
        width = len(self.header)
        for row in self._rows:
            if len(row.cells) == width:
                yield row
            else:
                cells = (row.cells + [""] * width)[:width]
                yield Row(row.line, cells, (*row.odd, Odd.ROW_CELLS))

    def _unusable(self, phrase: Phrase) -> FileProblems:
        return FileProblems(self.file.name, [Problem(self.file.name, 0, both(phrase))])

    def _read(self) -> Iterator[Row]:
        csv.field_size_limit(_MOST_CHARACTERS)
        with self.file.open(encoding=self.encoding, errors="replace", newline="") as text:
            lines = _Lines(text)
            width = 0
            while lines.more():
                row = self._row(lines, width)
                width = width or len(row.cells)
                if any(cell.strip() for cell in row.cells):
                    yield row

    def _row(self, lines: "_Lines", width: int) -> Row:
        line = lines.begin()
        cells = next(csv.reader(lines, delimiter=self._delimiter), []) or [""]
        open_at_end = len(lines.taken) > 1 or cells[-1].endswith(("\r", "\n"))
        if lines.cut or (open_at_end and width not in (0, len(cells))) or self._rows_in(lines.taken[1:-1], width):
            # a quote that nothing closes has swallowed rows: its line by itself, then the others again
            lines.give_back()
            cells = next(csv.reader([lines.taken[0]], delimiter=self._delimiter, quoting=csv.QUOTE_NONE), [])
            return Row(line, [cell.strip(' "') for cell in cells], (Odd.ROW_QUOTE,))
        return Row(line, cells)

    def _rows_in(self, lines: list[str], width: int) -> bool:
        """Whether what looks like the lines of one cell are rows."""
        return width > 2 and any(len(cells) == width for cells in csv.reader(lines, delimiter=self._delimiter))


class _Lines:
    """Lines of a text, some of which may be given back. One row takes at most `MOST_LINES`."""

    def __init__(self, text: Iterator[str]) -> None:
        self._text, self._back = text, deque[str]()
        self._number = 0  # of the last line that was taken
        self.taken: list[str] = []  # by the row that is being read
        self.cut = False  # it would have taken more

    def more(self) -> bool:
        if not self._back and (line := next(self._text, None)) is not None:
            self._back.append(line)
        return bool(self._back)

    def begin(self) -> int:
        self.taken, self.cut = [], False
        return self._number + 1

    def give_back(self) -> None:
        """All but the first of those that were taken."""
        self._back.extendleft(reversed(self.taken[1:]))
        self._number -= len(self.taken) - 1

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if len(self.taken) == MOST_LINES:
            self.cut = True
            raise StopIteration
        if not self.more():
            raise StopIteration
        line = self._back.popleft()
        self.taken.append(line)
        self._number += 1
        return line
