"""Plain files that people write (YAML, CSV), read so that every mistake has its file and line."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_origin

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from console.domain.errors import KnownError
from console.domain.level import Level
from console.domain.phrases import both
from console.domain.place import Point
from console.domain.stream_address import without_secrets
from console.domain.words import Label, Labelled, Phrase

Way = tuple[str | int, ...]  # keys and positions that lead to a part of a file
MAX_BYTES = 8_000_000  # a file that people write by hand is far smaller


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a plain file. Line 0 is the file as a whole."""

    file: str
    line: int
    message: Label

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message.en}"


class FileProblems(KnownError):
    """Plain files that cannot be used as they are; nothing of them was taken."""

    def __init__(self, name: str, problems: Sequence[Problem]) -> None:
        first = problems[0]
        where = f"{first.file}:{first.line}"
        super().__init__(
            Phrase(
                "files_wrong",
                {"name": name, "count": len(problems), "where": where, "first": first.message},
            )
        )
        self.problems = list(problems)


@dataclass
class Page:
    """A file as plain data, with the line on which each part of it stands. Its problems gather in a list."""

    name: str
    problems: list[Problem]
    data: Any = None
    lines: dict[Way, int] = field(default_factory=dict)
    as_text: bool = False  # every value is text, as in CSV

    def line(self, way: Way) -> int:
        """The line of a part, or of the nearest thing around it that is there."""
        while way and way not in self.lines:
            way = way[:-1]
        return self.lines.get(way, 0)

    def wrong(self, way: Way, phrase: Phrase) -> None:
        said = both(phrase)
        said = Label(without_secrets(said.zh), without_secrets(said.en))  # an address may stand in any column
        self.problems.append(Problem(self.name, self.line(way), said))

    def parse(self, way: Way, value: object, model: "type[M]") -> "M | None":
        """`value` as a `model`; None, and every problem noted, when it is not one."""
        try:
            return model.model_validate(value, strict=not self.as_text)
        except ValidationError as error:
            for fault in error.errors(include_url=False):
                self.wrong((*way, *fault["loc"]), _phrase(fault, model))
            return None

    def each(self, model: "type[M]") -> "dict[str, M]":
        """The records of a file that is a mapping from id to record."""
        found: dict[str, M] = {}
        if self.data is None:
            return found
        if not isinstance(self.data, dict):
            self.wrong((), Phrase("file_not_records"))
            return found
        for id, value in self.data.items():
            if (record := self.parse((id,), value, model)) is not None:
                found[str(id)] = record
        return found

    def refer(self, way: Way, what: Label, id: str, known: Iterable[str]) -> None:
        """Note a problem when `id` is none of `known`."""
        known = list(known)
        if id not in known:
            self.wrong(way, Phrase("file_no_such", {"what": what, "id": id, "near": _near(id, known)}))


# -- reading -------------------------------------------------------------------------------------------------


def read_text(page: Page, file: Path) -> str | None:
    try:
        if file.stat().st_size > MAX_BYTES:
            page.wrong((), Phrase("file_too_large", {"limit": MAX_BYTES // 1_000_000}))
            return None
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        page.wrong((), Phrase("file_missing"))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        page.lines[()] = line
        page.wrong((), Phrase("file_not_utf8"))
    except OSError as error:
        page.wrong((), Phrase("file_unreadable", {"text": error.strerror or str(error)}))
    return None


_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml reads a large pack ten times as fast


def read_yaml(file: Path, problems: list[Problem], name: str | None = None) -> Page:
    page = Page(name or file.name, problems)
    text = read_text(page, file)
    if text is None:
        return page
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            page.lines[()] = 1
            page.wrong((), Phrase("file_empty"))
        else:
            page.data = _plain(loader, page, node, (), set())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        page.lines[()] = mark.line + 1 if mark else 0
        page.wrong((), Phrase("file_not_yaml", {"text": error.problem or str(error)}))
    except yaml.reader.ReaderError as error:
        page.lines[()] = text.count("\n", 0, error.position) + 1
        page.wrong((), Phrase("file_not_yaml", {"text": error.reason}))
    except (RecursionError, ValueError) as error:
        page.wrong((), Phrase("file_not_yaml", {"text": str(error).partition("\n")[0]}))
    return page


def _plain(loader: yaml.SafeLoader, page: Page, node: yaml.Node, way: Way, seen: set[int]) -> Any:
    """Without aliases: a file of a few lines must not grow into gigabytes."""
    page.lines.setdefault(way, node.start_mark.line + 1)
    if id(node) in seen:
        mark = yaml.Mark("", 0, page.line(way) - 1, 0, None, 0)
        raise yaml.composer.ComposerError(None, None, "aliases (*) are not read", mark)
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        return [_plain(loader, page, part, (*way, place), seen) for place, part in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return loader.construct_object(node)
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        here = (*way, key)
        if key in found:
            problem = Phrase("file_twice", {"id": key, "line": page.lines[here]})
            page.problems.append(Problem(page.name, key_node.start_mark.line + 1, both(problem)))
            continue
        page.lines[here] = key_node.start_mark.line + 1
        found[key] = _plain(loader, page, value_node, here, seen)
    return found


def read_table(file: Path, problems: list[Problem], model: type[BaseModel]) -> Page:
    """A CSV file with a header line as records by their id. Empty cells are left out."""
    page = Page(file.name, problems, as_text=True)
    text = read_text(page, file)
    if text is None:
        return page
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    page.data = {}
    columns: list[str] | None = None
    known = {name: info.is_required() for name, info in model.model_fields.items()}
    before = 0
    try:
        for row in rows:
            line, before = before + 1, rows.line_num
            if not any(cell.strip() for cell in row):
                continue
            page.lines[()] = line
            if columns is None:
                columns = [cell.strip() for cell in row]
                if not _header_fits(page, columns, known):
                    return page
                continue
            if len(row) != len(columns):
                page.wrong((), Phrase("file_cells", {"count": len(row), "wanted": len(columns)}))
                continue
            record = {key: cell.strip() for key, cell in zip(columns, row, strict=True) if cell.strip()}
            id = record.get("id", "")
            if id in page.data:
                page.wrong((), Phrase("file_twice", {"id": id, "line": page.lines[(id,)]}))
                continue
            page.data[id], page.lines[(id,)] = record, line
    except csv.Error as error:
        page.lines[()] = rows.line_num
        page.wrong((), Phrase("file_not_csv", {"text": str(error)}))
    if columns is None:
        page.lines[()] = 1
        page.wrong((), Phrase("file_empty"))
    return page


def _header_fits(page: Page, columns: Sequence[str], known: Mapping[str, bool]) -> bool:
    before = len(page.problems)
    for column in columns:
        if column not in known:
            page.wrong((), Phrase("file_key_unknown", {"key": column, "near": _near(column, known)}))
        elif columns.count(column) > 1:
            page.wrong((), Phrase("file_twice", {"id": column, "line": page.line(())}))
    for column, required in known.items():
        if required and column not in columns:
            page.wrong((), Phrase("file_key_missing", {"key": column}))
    return len(page.problems) == before


# -- what a record may hold ----------------------------------------------------------------------------------


class Record(BaseModel):
    """What is not known is refused, so that a typing mistake cannot pass as an optional key left out."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


M = TypeVar("M", bound=BaseModel)


def fault(phrase: Phrase) -> PydanticCustomError:
    """What a validator raises to say `phrase` about its value."""
    return PydanticCustomError("phrase", "{code}", {"code": phrase.code, "phrase": phrase})


def _id(value: str) -> str:
    if not value or not all(c.isascii() and (c.isalnum() or c in "_-") for c in value):
        raise fault(Phrase("file_id", {"id": value}))
    return value


def _filled(value: str) -> str:
    if not value.strip():
        raise fault(Phrase("file_blank"))
    return value


def _point(value: object) -> Point:
    if isinstance(value, list) and len(value) == 2 and all(type(part) in (int, float) for part in value):
        lon, lat = value
        if -180 <= lon <= 180 and -90 <= lat <= 90:
            return Point(float(lon), float(lat))
    raise fault(Phrase("file_point"))


E = TypeVar("E", bound=Labelled)


def one_of(kind: type[E]) -> BeforeValidator:
    """The member of a labelled enumeration that a file names by its code."""

    def member(value: object) -> E:
        codes = [str(one.value) for one in kind]
        if value in codes:
            return kind.of(str(value))
        near = _near(str(value), codes)
        raise fault(Phrase("file_one_of", {"id": str(value), "allowed": ", ".join(codes), "near": near}))

    return BeforeValidator(member)


Id = Annotated[str, AfterValidator(_id)]
Text = Annotated[str, AfterValidator(_filled)]
Spot = Annotated[Point, BeforeValidator(_point)]
AnyLevel = Annotated[Level, one_of(Level)]
Seconds = Annotated[float, Field(ge=0)]


class Words(Record):
    """A text in both languages: `{zh: ..., en: ...}`."""

    zh: Text
    en: Text

    @property
    def label(self) -> Label:
        return Label(self.zh, self.en)


# -- what went wrong, in words -------------------------------------------------------------------------------

_KINDS = {
    "string": Label("文字", "text"),
    "float": Label("数字", "a number"),
    "int": Label("整数", "a whole number"),
    "bool": Label("true 或 false", "true or false"),
    "list": Label("列表", "a list"),
    "dict": Label("“键: 值”", "keys with values"),
    "model": Label("“键: 值”", "keys with values"),
}


def _phrase(fault: Any, model: type[BaseModel]) -> Phrase:
    """A fault that pydantic found, as a sentence of ours."""
    kind, way = fault["type"], fault["loc"]
    key = ".".join(str(part) for part in way) or "-"
    if kind == "phrase":
        phrase: Phrase = fault["ctx"]["phrase"]
        return Phrase("file_value", {"key": key, "said": both(phrase)}) if way else phrase
    if kind == "missing":
        return Phrase("file_key_missing", {"key": key})
    if kind == "extra_forbidden":
        return Phrase("file_key_unknown", {"key": key, "near": _near(str(way[-1]), _keys(model, way[:-1]))})
    wanted, _, rest = kind.partition("_")
    if wanted in _KINDS and rest.endswith(("type", "parsing")):
        return Phrase("file_kind", {"key": key, "wanted": _KINDS[wanted], "given": _short(fault["input"])})
    return Phrase("file_other", {"key": key, "given": _short(fault["input"]), "text": fault["msg"]})


def _keys(model: type[BaseModel], way: Sequence[str | int]) -> Iterable[str]:
    """The keys that the part of a model at `way` may have."""
    kind: Any = model
    for part in way:
        kind = _bare(kind.model_fields[part].annotation if hasattr(kind, "model_fields") else get_args(kind)[-1])
    return tuple(kind.model_fields)


def _bare(kind: Any) -> Any:
    """A type without what is annotated to it, and without None."""
    if get_origin(kind) is Annotated:
        return _bare(get_args(kind)[0])
    if type(None) in get_args(kind):
        return _bare(next(arg for arg in get_args(kind) if arg is not type(None)))
    return kind


def _near(given: str, known: Iterable[str]) -> Label:
    """“Did you mean ...?”, or nothing."""
    close = get_close_matches(given, list(known), n=1, cutoff=0.6)
    return Label(f"是不是 {close[0]}?", f"Did you mean {close[0]}?") if close else Label("", "")


def _short(value: object) -> str:
    text = without_secrets(str(value))
    return text if len(text) <= 40 else text[:39] + "…"
