"""A line of the three lists as the cells of a row, and back: what a person reads and types in a spreadsheet.

Enumerations are words of either language, things with a name "id name", limits "2 工作时". What has several parts is
a line each, its parts between bars: 排涝 | Pumping. A bar or backslash that is meant is written after a backslash.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from console.domain.area import Tier
from console.domain.dotted import put, take
from console.domain.duty import FieldKind, Limit
from console.domain.incident import Stage
from console.domain.level import Level
from console.domain.lists import ListKind
from console.domain.pack import Pack
from console.domain.words import Label, Labelled, Lang
from console.store.list_files import read_span

Names = Mapping[str, Label]  # what an id is called
YES = Label("是", "Yes")


@dataclass(frozen=True, slots=True)
class Codec:
    """How a plain value is written in a cell, and read from one. A cell that means nothing is read as it is."""

    write: Callable[[Any, Lang], str]
    read: Callable[[str], Any]
    options: Callable[[Lang], Sequence[str]] | None = None  # what may be chosen


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is the way to the value in the plain form, with dots."""

    key: str
    heading: Label
    codec: Codec
    width: int = 14


def _escaped(text: str, marks: str) -> str:
    for mark in "\\" + marks:
        text = text.replace(mark, "\\" + mark)
    return text


def _split(text: str, mark: str) -> list[str]:
    """The parts between marks, without the backslashes that kept a mark from being one."""
    parts, now, skip = [""], 0, False
    for char in text:
        if skip:
            parts[now] += char
            skip = False
        elif char == "\\":
            skip = True
        elif char == mark:
            parts.append("")
            now += 1
        else:
            parts[now] += char
    return [part.strip() for part in parts]


TEXT = Codec(lambda value, lang: str(value), str)


def _number(text: str) -> Any:
    try:
        return int(text)
    except ValueError:
        return text


NUMBER = Codec(lambda value, lang: str(value), _number)


def _write_span(value: Any, lang: Lang) -> str:
    span = read_span(value)
    amount = int(span.amount) if span.amount == int(span.amount) else span.amount
    return f"{amount} {span.measure.label.text(lang)}"


SPAN = Codec(_write_span, str)


def _of(kind: type[Labelled]) -> Codec:
    words = {word.lower(): str(one.value) for one in kind for word in (str(one.value), one.label.zh, one.label.en)}
    return Codec(
        lambda value, lang: kind.of(value).label.text(lang),
        lambda text: words.get(text.lower(), text),
        lambda lang: [one.label.text(lang) for one in kind],
    )


def _flag(text: str) -> Any:
    known = {"": False, "是": True, "yes": True, "true": True, "1": True, "否": False, "no": False, "false": False}
    return known.get(text.lower(), text)


FLAG = Codec(lambda value, lang: YES.text(lang) if value else "", _flag, lambda lang: [YES.text(lang)])


def _named(names: Names, lang: Lang, id: str) -> str:
    name = names[id].text(lang) if id in names else id
    return id if name == id else f"{id} {name}"


def _ref(names: Names) -> Codec:
    """A thing by its id, with its name after it; read by id, by name, or by both."""
    called: dict[str, set[str]] = {}
    for id, name in names.items():
        for word in (name.zh, name.en):
            called.setdefault(word.lower(), set()).add(id)

    def read(text: str) -> str:
        found = called.get(text.lower(), set())
        if text not in names and len(found) == 1:
            return next(iter(found))
        head = text.partition(" ")[0]
        return head if head in names or (head.isascii() and head != text) else text  # it may be new in this workbook

    return Codec(
        lambda value, lang: _named(names, lang, value), read, lambda lang: [_named(names, lang, id) for id in names]
    )


def _several(one: Codec) -> Codec:
    """One a line."""
    return Codec(
        lambda value, lang: "\n".join(one.write(each, lang) for each in value),
        lambda text: [one.read(line.strip()) for line in text.splitlines() if line.strip()],
    )


def _way(stage: Codec) -> Codec:
    def read(text: str) -> list[str]:
        for mark in "、,，;；>→\n":
            text = text.replace(mark, "|")
        return [stage.read(part.strip()) for part in text.split("|") if part.strip()]

    return Codec(lambda value, lang: "、".join(stage.write(each, lang) for each in value), read)


def _hours(text: str) -> Any:
    parts = [part.strip() for part in text.split("-")]
    return [int(part) for part in parts] if all(part.isdigit() for part in parts) else text


HOURS = Codec(lambda value, lang: "-".join(map(str, value)), _hours)


def _choices(text: str) -> Any:
    found = []
    for part in _raw(text, ";"):
        words = _split(part, "/")
        found.append({"zh": words[0], "en": words[1]} if len(words) == 2 else part)
    return found


def _raw(text: str, mark: str) -> list[str]:
    """As `_split`, but with the backslashes: for parts that have parts."""
    parts, skip = [""], False
    for char in text:
        if char == mark and not skip:
            parts.append("")
        else:
            parts[-1] += char
        skip = char == "\\" and not skip
    return [part for part in parts if part.strip()]


CHOICES = Codec(
    lambda value, lang: ";".join(f"{_escaped(one['zh'], '/;')}/{_escaped(one['en'], '/;')}" for one in value), _choices
)

Part = tuple[str, Codec]


def _record(parts: Sequence[Part], line: str) -> Any:
    """A line with its parts between bars; with too many of them it stays as it is."""
    given = _split(line, "|")
    if len(given) > len(parts):
        return line
    made: dict[str, Any] = {}
    for (key, codec), text in zip(parts, given, strict=False):
        if text:
            put(made, key, codec.read(text))
    return made


def _written(parts: Sequence[Part], record: Mapping[str, Any], lang: Lang) -> str:
    texts = []
    for key, codec in parts:
        value = take(record, key)
        texts.append("" if value is None else _escaped(codec.write(value, lang), "|"))
    while texts and not texts[-1]:
        texts.pop()
    return " | ".join(texts)


def _lines(*parts: Part) -> Codec:
    return Codec(
        lambda value, lang: "\n".join(_written(parts, each, lang) for each in value),
        lambda text: [_record(parts, line) for line in text.splitlines() if line.strip()],
    )


def _levels(*parts: Part) -> Codec:
    """Lists of records, each line after the number of its list."""

    def write(value: Any, lang: Lang) -> str:
        return "\n".join(
            f"{at} | {_written(parts, each, lang)}" if each else str(at)
            for at, level in enumerate(value, 1)
            for each in (level or [None])
        )

    def read(text: str) -> Any:
        found: list[list[Any]] = []
        for line in filter(str.strip, text.splitlines()):
            number, _, rest = line.partition("|")
            if not number.strip().isdigit() or not len(found) <= int(number) <= len(found) + 1 or int(number) < 1:
                return line
            if int(number) > len(found):
                found.append([])
            if rest.strip():
                found[-1].append(_record(parts, rest))
        return found

    return Codec(write, read)


STRUCK = "struck"
_ZH_EN = (("name.zh", TEXT), ("name.en", TEXT))


def columns(kind: ListKind, pack: Pack, matters: Names) -> list[Column]:
    """The columns of a sheet. `matters` are those there are, with names."""
    agency = _ref({id: one.name for id, one in pack.agencies.items()})
    area = _ref({path: one.name for path, one in pack.areas.items()})
    last = Column(STRUCK, Label("划去", "Struck off"), FLAG, 9)
    match kind:
        case ListKind.MATTER:
            return [
                Column("id", Label("编号", "Id"), TEXT, 20),
                Column("national", Label("国标代码", "National class"), TEXT, 10),
                Column("group.zh", Label("大类（中文）", "Group (Chinese)"), TEXT, 18),
                Column("group.en", Label("大类（英文）", "Group (English)"), TEXT, 24),
                Column("name.zh", Label("名称（中文）", "Name (Chinese)"), TEXT, 22),
                Column("name.en", Label("名称（英文）", "Name (English)"), TEXT, 30),
                Column("level", Label("默认等级", "Level"), _of(Level), 10),
                Column("stages", Label("环节", "Stages"), _way(_of(Stage)), 52),
                Column("form", Label("表单字段", "Form"), _lines(
                    ("code", TEXT), *_ZH_EN, ("kind", _of(FieldKind)), ("required", FLAG), ("choices", CHOICES)
                ), 50),
                last,
            ]  # fmt: skip
        case ListKind.DUTY:
            limits = [Column(f"limits.{one.value}", one.label, SPAN, 12) for one in Limit]
            return [
                Column("matter", Label("事项", "Matter"), _ref(matters), 28),
                Column("area", Label("区域", "Area"), area, 26),
                Column("tier", Label("层级", "Tier"), _of(Tier), 9),
                Column("lead", Label("主办", "Lead"), agency, 26),
                Column("assist", Label("协办", "Assisting"), _several(agency), 28),
                *limits,
                Column("escalate", Label("升级", "Escalation"), _lines(
                    ("of", _of(Limit)), ("to", agency), ("after", SPAN)
                ), 44),
                last,
            ]  # fmt: skip
        case ListKind.CARD:
            able = {one: Label(one, one) for unit in pack.units.values() for one in unit.capabilities}
            need = (("capability", _ref(able)), ("count", NUMBER), *_ZH_EN)
            series = _ref({id: one.name for id, one in pack.indicators.items()})
            return [
                Column("id", Label("编号", "Id"), TEXT, 20),
                Column("matter", Label("事项", "Matter"), _ref(matters), 28),
                Column("name.zh", Label("名称（中文）", "Name (Chinese)"), TEXT, 22),
                Column("name.en", Label("名称（英文）", "Name (English)"), TEXT, 30),
                Column("when.area", Label("适用区域", "Fits in area"), area, 24),
                Column("when.least", Label("最低等级", "Least level"), _of(Level), 10),
                Column("when.hours", Label("适用时段", "Fits in hours"), HOURS, 10),
                Column("when.indicator", Label("告警指标", "While in alarm"), series, 20),
                Column("needs", Label("需要力量", "Needs"), _lines(*need), 46),
                Column("reinforcements", Label("增援", "Reinforcements"), _levels(*need), 50),
                Column("tasks", Label("任务", "Tasks"), _lines(
                    ("text.zh", TEXT), ("text.en", TEXT), ("agency", agency), ("gate", FLAG), ("due", SPAN)
                ), 80),
                Column("messages", Label("通知", "Messages"), _lines(
                    ("agency", agency), ("text.zh", TEXT), ("text.en", TEXT)
                ), 80),
                Column("cameras", Label("上墙视频数", "Cameras"), NUMBER, 10),
                Column("wall", Label("上墙画面", "Wall scene"), TEXT, 14),
                last,
            ]  # fmt: skip


def cells(record: Mapping[str, Any], form: Sequence[Column], lang: Lang) -> list[str]:
    """The texts of a row."""
    found = []
    for column in form:
        value = take(record, column.key)
        found.append("" if value in (None, "") else column.codec.write(value, lang))
    return found


def record(texts: Sequence[str], form: Sequence[Column]) -> dict[str, Any]:
    """The plain form of a row."""
    made: dict[str, Any] = {}
    for column, text in zip(form, texts, strict=True):
        if text.strip() and (value := column.codec.read(text.strip())) is not False:
            put(made, column.key, value)
    return made
