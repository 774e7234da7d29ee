"""A CSV file of any size and encoding, row by row. No row is lost to a quote that is not closed or a wrong byte."""

import codecs
import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from charset_normalizer import from_bytes

from console.connect.calls_header import find_header, unusable
from console.domain.record import Odd
from console.domain.words import Phrase

MOST_LINES = 200  # of one row; more is a quote that was not closed
_PIECE = 1 << 20
_SAMPLE = 1 << 16
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_LIKELY = ["gb18030", "big5", "cp1252"]  # what such files are in, when they are not UTF-8


@dataclass(frozen=True, slots=True)
class Row:
    line: int  # of the file, where it begins
    cells: list[str]
    odd: tuple[Odd, ...] = ()
    extra: str = ""  # what stands in cells beyond the last column
    record: bool = True  # not the header once more, nor a line such as “Total: 12”


def encoding_of(file: Path) -> tuple[str, bool]:
    """By its mark; else UTF-8 if all of it is; else the likeliest of those in use, which is a guess."""
    with file.open("rb") as data:
        first = data.read(_PIECE)
        for mark, name in _MARKS.items():
            if first.startswith(mark):
                return name, False
        decoder, piece = codecs.getincrementaldecoder("utf-8")(), first
        while piece:
            try:
                decoder.decode(piece)
            except UnicodeDecodeError as wrong:
                at = max(0, wrong.start - _SAMPLE // 2)
                return _guessed(piece[at : at + _SAMPLE]), True
            piece = data.read(_PIECE)
    return "utf-8", False


def _guessed(sample: bytes) -> str:
    best = from_bytes(sample, cp_isolation=_LIKELY).best()
    return best.encoding if best else "cp1252"


class Table:
    """`header` are the names of the columns, `top` says where they stand; `rows` are to be read once.

    `wanted` are columns by which the header is known. Raises `FileProblems` when the file cannot be read as a table.
    """

    def __init__(
        self, file: Path, delimiter: str | None = None, encoding: str | None = None, wanted: Iterable[str] = ()
    ) -> None:
        self.file = file
        try:
            self.encoding, self.guessed = (encoding, False) if encoding else encoding_of(file)
            self.top = find_header(file, self.encoding, delimiter, wanted)
        except OSError as error:
            raise unusable(file, Phrase("file_unreadable", {"text": error.strerror or str(error)})) from error
        self.header = self.top.columns
        self.delimiter = self.top.delimiter

    def rows(self) -> Iterator[Row]:
        """Each with as many cells as the header; lines without anything are left out."""
        width = len(self.header)
        for row in self._read():
            if len(row.cells) == width:
                again = [cell.strip() for cell in row.cells] == self.header
                yield replace(row, odd=(*row.odd, Odd.HEADER_AGAIN), record=False) if again else row
                continue
            cells = (row.cells + [""] * width)[:width]
            extra = [cell.strip() for cell in row.cells[width:] if cell.strip()]
            remark = width > 2 and len(row.cells) < width and sum(bool(cell.strip()) for cell in cells) == 1
            odd = Odd.ROW_REMARK if remark else Odd.ROW_CELLS
            yield Row(row.line, cells, (*row.odd, odd), "; ".join(extra), record=not remark)

    def _read(self) -> Iterator[Row]:
        with self.file.open(encoding=self.encoding, errors="replace", newline="") as text:
            lines, width = _Lines(text), len(self.header)
            lines.skip(self.top.lines)
            while lines.more():
                row = self._row(lines, width)
                if any(cell.strip() for cell in row.cells):
                    yield row

    def _row(self, lines: "_Lines", width: int) -> Row:
        line = lines.begin()
        cells = next(csv.reader(lines, delimiter=self.delimiter), []) or [""]
        open_at_end = len(lines.taken) > 1 or cells[-1].endswith(("\r", "\n"))
        if lines.cut or (open_at_end and len(cells) != width) or self._rows_in(lines.taken[1:-1], width):
            # a quote that nothing closes has swallowed rows: its line by itself, then the others again
            lines.give_back()
            cells = next(csv.reader([lines.taken[0]], delimiter=self.delimiter, quoting=csv.QUOTE_NONE), [])
            return Row(line, [cell.strip(' "') for cell in cells], (Odd.ROW_QUOTE,))
        return Row(line, cells)

    def _rows_in(self, lines: list[str], width: int) -> bool:
        """Whether what looks like the lines of one cell are rows."""
        return width > 2 and any(len(cells) == width for cells in csv.reader(lines, delimiter=self.delimiter))


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

    def skip(self, count: int) -> None:
        for _ in range(count):
            next(self._text, None)
        self._number += count

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
