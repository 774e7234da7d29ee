"""The three lists as a workbook: everything there is goes out, and what comes back is looked at line by line.

A line is taken by its id. One that is not in the workbook stays as it is; one marked 划去 is struck off. A line with a
mistake is refused with all that is wrong in it, and nothing else is refused for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from console.domain.dotted import take
from console.domain.duty import Duty, Matter, SceneCard
from console.domain.lists import Content, Line, Listed, ListKind, Origin, id_of, kind_of, lines_of
from console.domain.pack import Pack
from console.domain.phrases import both
from console.domain.words import Label, Labelled, Lang, Phrase
from console.store.list_cells import STRUCK, Column, Names, cells, columns, record
from console.store.list_files import DutyFile, IdFile, MatterFile, SceneFile, plain
from console.store.list_rules import Known, check_duty, check_matter, check_scene
from console.store.plain import Page, Problem, Way
from console.store.sheets import Cell, Shape, Sheet, heading, read_book, write_book

WHY = Label("未收原因", "Why refused")


class Change(Labelled):
    ADDED = "added", "新增", "Added"
    CHANGED = "changed", "修改", "Changed"
    STRUCK = "struck", "划去", "Struck off"
    RESTORED = "restored", "恢复", "Restored"
    SAME = "same", "未变", "Unchanged"


@dataclass(frozen=True, slots=True)
class Read:
    """A row that can be taken."""

    kind: ListKind
    row: int
    change: Change
    name: Label
    listed: Listed
    fields: tuple[Label, ...] = ()  # the columns that differ


@dataclass(frozen=True, slots=True)
class Turned:
    """A row that is refused, as it was typed."""

    kind: ListKind
    row: int
    why: tuple[Label, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    read: tuple[Read, ...]
    refused: tuple[Turned, ...]
    problems: tuple[Problem, ...] = ()  # of whole sheets

    @property
    def lines(self) -> tuple[Listed, ...]:
        """What is different once it is taken."""
        return tuple(one.listed for one in self.read if one.change is not Change.SAME)

    def count(self, change: Change) -> int:
        return sum(one.change is change for one in self.read)


# -- out -----------------------------------------------------------------------------------------------------


def export(file: Path, pack: Pack, listed: Iterable[Listed], lang: Lang) -> int:
    """Write all lines to a workbook; how many there are. Raises `KnownError` when it cannot be written."""
    lines = lines_of(pack, listed)
    forms = _forms(pack, lines)
    sheets = []
    for kind, form in forms.items():
        mine = [line for line in lines.values() if kind_of(line.content) is kind]
        sheets.append((heading(kind.label), _shapes(form, lang), [_row(line, form, lang) for line in mine]))
    write_book(file, sheets)
    return len(lines)


def keep_refused(file: Path, pack: Pack, listed: Iterable[Listed], preview: Preview, lang: Lang) -> Path:
    """The refused rows as they were typed, each with its reasons, in a workbook to correct and read again."""
    kept = file.with_name(f"{file.stem}-{'refused' if lang == 'en' else '未收'}.xlsx")
    sheets = []
    for kind, form in _forms(pack, lines_of(pack, listed)).items():
        mine = [one for one in preview.refused if one.kind is kind]
        rows = [[*one.texts, "\n".join(why.text(lang) for why in one.why)] for one in mine]
        sheets.append((heading(kind.label), [*_shapes(form, lang), Shape(WHY, 60)], rows))
    write_book(kept, sheets)
    return kept


def _forms(pack: Pack, lines: Mapping[str, Line]) -> dict[ListKind, list[Column]]:
    matters: Names = {
        line.content.code: line.content.name for line in lines.values() if isinstance(line.content, Matter)
    }
    return {kind: columns(kind, pack, matters) for kind in ListKind}


def _shapes(form: Sequence[Column], lang: Lang) -> list[Shape]:
    return [Shape(c.heading, c.width, c.codec.options(lang) if c.codec.options else None) for c in form]


def as_record(content: Content) -> dict[str, Any]:
    """The plain form with what a workbook and a form show even when it is as usual."""
    made = plain(content)
    match content:
        case Matter():
            made["id"] = content.code
        case SceneCard():
            made |= {"id": content.id, "matter": content.matter, "cameras": content.cameras}
    return made


def _row(line: Line, form: Sequence[Column], lang: Lang) -> list[str]:
    return cells({**as_record(line.content), STRUCK: line.origin is Origin.STRUCK}, form, lang)


# -- in ------------------------------------------------------------------------------------------------------


def preview(file: Path, pack: Pack, listed: Iterable[Listed]) -> Preview:
    """What a workbook would change. Raises `KnownError` for a file that cannot be read at all."""
    return Reading(pack, listed).read(read_book(file), file.name)


def known(pack: Pack) -> Known:
    """What a line of this centre's lists may name; areas by their paths."""
    able = [one for unit in pack.units.values() for one in unit.capabilities]
    return Known({path: path for path in pack.areas}, list(pack.agencies), able, list(pack.indicators))


def content_of(
    page: Page,
    kind: ListKind,
    way: tuple[int | str, ...],
    given: Mapping[str, Any],
    known: Known,
    matters: Iterable[str],
) -> Content | None:
    """A plain line, checked as those of a pack are; None when something is wrong with it, which the page says.

    `given` has its `id`, but for a duty, whose id is what it is about.
    """
    given = dict(given)
    id = "" if kind is ListKind.DUTY else str(given.pop("id", ""))
    before = len(page.problems)
    if kind is not ListKind.DUTY:
        page.parse(way, {"id": id}, IdFile)
    made: Content | None = None
    match kind:
        case ListKind.MATTER:
            if (matter := page.parse(way, given, MatterFile)) is not None:
                check_matter(page, way, matter)
                made = matter.content(id)
        case ListKind.DUTY:
            if (duty := page.parse(way, given, DutyFile)) is not None:
                if duty.matter:
                    check_duty(page, way, "", duty, known, list(matters))
                else:
                    page.wrong((*way, "matter"), Phrase("file_key_missing", {"key": "matter"}))
                made = duty.content("", known.areas)
        case ListKind.CARD:
            if (card := page.parse(way, given, SceneFile)) is not None:
                check_scene(page, way, id, card, known, list(matters))
                made = card.content(id, known.areas)
    return made if len(page.problems) == before else None


@dataclass
class SheetPage(Page):
    """Problems say the heading of the column that they are about; its key stands in `about`, one for each problem."""

    form: Sequence[Column] = ()
    about: list[str] = field(default_factory=list)

    def wrong(self, way: Way, phrase: Phrase) -> None:
        where = _where(self.form, way[1:])
        self.about.append(".".join(part for part in way[1:3] if isinstance(part, str)))
        args = dict(phrase.args)
        if where is None:
            super().wrong(way, phrase)
        elif phrase.code == "file_value":
            super().wrong(way, Phrase("file_value", {"key": where, "said": args["said"]}))
        elif "key" in args:
            super().wrong(way, Phrase(phrase.code, {**args, "key": where}))
        else:
            super().wrong(way, Phrase("file_value", {"key": where, "said": both(phrase)}))


def _where(form: Sequence[Column], way: Sequence[str | int]) -> Label | None:
    """The heading of a column, and the line in its cell."""
    keys = [".".join(str(part) for part in way[:depth]) for depth in (2, 1)]
    column = next((c for key in keys for c in form if c.key == key), None)
    if column is None:
        column = next((c for c in form if way and c.key.startswith(f"{way[0]}.")), None)
    if column is None:
        return None
    line = next((part + 1 for part in way if isinstance(part, int)), None)
    if line is None:
        return column.heading
    return Label(f"{column.heading.zh}第 {line} 行", f"{column.heading.en}, line {line}")


class Reading:
    """One workbook against the lists as they stand."""

    def __init__(self, pack: Pack, listed: Iterable[Listed]) -> None:
        self._pack, self._known = pack, known(pack)
        self._lines = lines_of(pack, listed)
        self._forms = _forms(pack, self._lines)
        here = (line for line in self._lines.values() if line.origin is not Origin.STRUCK)
        self._matters = {line.content.code for line in here if isinstance(line.content, Matter)}
        self._read: list[Read] = []
        self._refused: list[Turned] = []
        self._problems: list[Problem] = []

    def read(self, sheets: Sequence[Sheet], name: str) -> Preview:
        titles = {word.casefold(): kind for kind in ListKind for word in _called(kind.label)}
        found: dict[ListKind, Sheet] = {}
        for sheet in sheets:
            kind = titles.get(sheet.title.strip().casefold())
            if kind is None or kind in found:
                self._say(name, 0, Phrase("book_sheet_unknown", {"sheet": sheet.title}))
            else:
                found[kind] = sheet
        for kind in ListKind:  # matters first: the others name them
            if kind in found:
                self._take_sheet(kind, found[kind])
            else:
                self._say(name, 0, Phrase("book_sheet_missing", {"sheet": heading(kind.label)}))
        return Preview(tuple(self._read), tuple(self._refused), tuple(self._problems))

    def _say(self, name: str, line: int, phrase: Phrase) -> None:
        self._problems.append(Problem(name, line, both(phrase)))

    def _take_sheet(self, kind: ListKind, sheet: Sheet) -> None:
        if not sheet.rows:
            self._say(sheet.title, 0, Phrase("file_empty"))
            return
        (top, names), *rows = sheet.rows
        places = self._header(kind, sheet.title, top, names)
        if places is None:
            return
        first: dict[str, int] = {}
        for number, given in rows:
            picked = [given[at] if at < len(given) else Cell("") for at in places]
            if any(cell.text or cell.wrong for cell in picked):
                self._take_row(kind, sheet.title, number, picked, first)

    def _header(self, kind: ListKind, title: str, line: int, names: Sequence[Cell]) -> list[int] | None:
        """Where each column of the form is; None, and why, when the sheet has others."""
        before = len(self._problems)
        form = self._forms[kind]
        called = {word.casefold(): at for at, column in enumerate(form) for word in _called(column.heading)}
        places: dict[int, int] = {}
        for at, cell in enumerate(names):
            word = " ".join(cell.text.split()).casefold()
            if not word or word in [each.casefold() for each in _called(WHY)]:
                continue
            if word not in called:
                self._say(title, line, Phrase("file_key_unknown", {"key": cell.text[:60], "near": ""}))
            elif called[word] in places:
                self._say(title, line, Phrase("book_heading_twice", {"name": cell.text[:60]}))
            else:
                places[called[word]] = at
        for at, column in enumerate(form):
            if at not in places:
                self._say(title, line, Phrase("file_key_missing", {"key": column.heading}))
        return [places[at] for at in range(len(form))] if len(self._problems) == before else None

    def _take_row(self, kind: ListKind, title: str, row: int, given: Sequence[Cell], first: dict[str, int]) -> None:
        form = self._forms[kind]
        page = SheetPage(title, [], lines={(row,): row}, form=form)
        for column, cell in zip(form, given, strict=True):
            if cell.wrong is not None:
                page.wrong((row, column.key), cell.wrong)
        texts = [cell.text for cell in given]
        plain_row = {} if page.problems else record(texts, form)
        struck = plain_row.pop(STRUCK, False)
        made: Content | None = None
        id = ""
        if not page.problems and struck not in (True, False):
            page.wrong((row, STRUCK), Phrase("cell_flag", {"text": str(struck)}))
        elif not page.problems and struck:
            id = _key(kind, plain_row)
            page.refer((row,), kind.label, id.partition(":")[2], [k.partition(":")[2] for k in self._lines])
        elif not page.problems:
            made = content_of(page, kind, (row,), plain_row, self._known, self._matters)
            id = id_of(made) if made is not None else ""
        if id and not page.problems:
            if id in first:
                page.wrong((row,), Phrase("file_twice", {"id": id.partition(":")[2], "line": first[id]}))
            first.setdefault(id, row)
        if page.problems:
            why = tuple(dict.fromkeys(problem.message for problem in page.problems))
            self._refused.append(Turned(kind, row, why, tuple(texts)))
            return
        self._take(kind, row, id, made)

    def _take(self, kind: ListKind, row: int, id: str, made: Content | None) -> None:
        line = self._lines.get(id)
        there = line.content if line is not None and line.origin is not Origin.STRUCK else None
        fields: tuple[Label, ...] = ()
        if made is None:
            change = Change.SAME if there is None else Change.STRUCK
        elif line is None:
            change = Change.ADDED
        elif there is None:
            change = Change.RESTORED
        else:
            change = Change.SAME if made == there else Change.CHANGED
            fields = differing(there, made, self._forms[kind])
        name = name_of(made or (line.content if line else None), self._pack, self._lines)
        listed = Listed(f"{self._pack.area}#{id}", self._pack.area, made)
        self._read.append(Read(kind, row, change, name, listed, fields))
        if isinstance(made, Matter):
            self._matters.add(made.code)
        elif kind is ListKind.MATTER:
            self._matters.discard(id.partition(":")[2])


def differing(one: Content, other: Content, form: Sequence[Column]) -> tuple[Label, ...]:
    """The headings of the columns in which two lines are not the same."""
    first, second = as_record(one), as_record(other)
    return tuple(column.heading for column in form if take(first, column.key) != take(second, column.key))


def name_of(content: Content | None, pack: Pack, lines: Mapping[str, Line]) -> Label:
    """A matter's or card's own name; of a duty what it is about and where."""
    if content is None or not isinstance(content, Duty):
        return content.name if content else Label("", "")
    line = lines.get(f"{ListKind.MATTER.value}:{content.matter}")
    name = line.content.name if line and isinstance(line.content, Matter) else Label(content.matter, content.matter)
    where = pack.areas[content.area].name if content.area in pack.areas else None
    more = [each for each in (where, content.tier.label if content.tier else None) if each]
    return Label(" · ".join(w.zh for w in (name, *more)), " · ".join(w.en for w in (name, *more)))


def _key(kind: ListKind, plain_row: Mapping[str, Any]) -> str:
    """The id of a row of which nothing else matters."""
    own = str(plain_row.get("id", ""))
    if kind is ListKind.DUTY:
        own = "@".join(str(plain_row[key]) for key in ("matter", "area", "tier") if plain_row.get(key))
    return f"{kind.value}:{own}"


def _called(label: Label) -> tuple[str, str, str]:
    return label.zh, label.en, heading(label)
