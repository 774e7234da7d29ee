"""The three lists as the screen takes them: plain data, made by whoever holds the lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from console.domain.lists import ListKind, Origin
from console.domain.words import Label

Options = tuple[tuple[str, Label], ...]  # code and word


@dataclass(frozen=True)
class ListNames:
    """What a line may name."""

    agencies: Options = ()
    areas: Options = ()
    matters: Options = ()
    capabilities: Options = ()
    indicators: Options = ()


@dataclass(frozen=True)
class ListRow:
    """A line: what the table shows of it, and all of it in its plain form."""

    kind: ListKind
    id: str  # "matter:garbage"
    name: Label
    origin: Origin
    cells: tuple[Label, ...]
    record: Mapping[str, Any]


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a line that was to be kept."""

    field: str  # "tasks"; empty for the line as a whole
    why: Label


@dataclass(frozen=True)
class ImportRow:
    """A row of a workbook in the preview."""

    id: str
    kind: Label
    row: int
    name: Label
    change: Label  # "新增"
    detail: Label  # the columns that differ, or why it is refused
    refused: bool = False


@dataclass(frozen=True)
class ImportSummary:
    file: str
    rows: tuple[ImportRow, ...]
    counts: tuple[tuple[Label, int], ...]
    refused: int
    problems: tuple[Label, ...] = ()  # of whole sheets
    lines: int = 0  # that would change
