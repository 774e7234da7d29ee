"""One line of the three lists as people write it: in YAML, as a row of a workbook, in a form. And back.

The plain form is the one of `docs/packs.md`: text, numbers, lists and mappings only.
"""

from collections.abc import Mapping
from typing import Annotated, Any
from unicodedata import category

from pydantic import AfterValidator, BeforeValidator, Field, create_model

from console.domain.area import Tier
from console.domain.duty import (
    AT_ONCE,
    NOTHING,
    CardMessage,
    CardTask,
    Duty,
    Escalation,
    FieldKind,
    FormField,
    Limit,
    Matter,
    Need,
    SceneCard,
)
from console.domain.incident import Stage
from console.domain.level import Level
from console.domain.lists import Content
from console.domain.words import Label, Phrase
from console.domain.worktime import Measure, Span
from console.store.plain import AnyLevel, Id, Record, fault, one_of

# A limit that no calendar ends would stop a dispatch, and a text that fills a cell cannot be carried in a workbook.
LONGEST = {Measure.MINUTES: 527_040, Measure.WORK_HOURS: 2_000, Measure.WORK_DAYS: 366}


def _one_line(value: str) -> str:
    if any(category(c) in ("Cc", "Cs", "Zl", "Zp") or c in "\ufffe\uffff" for c in value):
        raise fault(Phrase("file_one_line"))
    return value.strip()


def _line(most: int) -> AfterValidator:
    def check(value: str) -> str:
        if not value.strip():
            raise fault(Phrase("file_blank"))
        if len(value) > most:
            raise fault(Phrase("file_long", {"limit": most, "count": len(value)}))
        return _one_line(value)

    return AfterValidator(check)


class Name(Record):
    zh: Annotated[str, _line(120)]
    en: Annotated[str, _line(120)]

    @property
    def label(self) -> Label:
        return Label(self.zh, self.en)


class Choice(Name):
    zh: Annotated[str, _line(40)]
    en: Annotated[str, _line(40)]


class Sentence(Name):
    zh: Annotated[str, _line(400)]
    en: Annotated[str, _line(400)]


def _national(value: str) -> str:
    if value and not (value.isascii() and value.isdigit() and len(value) in (4, 5)):
        raise fault(Phrase("list_national", {"id": value}))
    return value


def read_span(value: object) -> Span:
    """30 and "30min" are minutes, "2wh" working hours, "5wd" working days; Chinese units are read too."""
    if type(value) in (int, float):
        value = repr(value)
    text = str(value).strip().replace(" ", "") if isinstance(value, str) else ""
    head = text.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ分钟工作时日")
    unit = text[len(head) :]
    named = {name: one for one in Measure for name in (one.value, one.label.zh, one.label.en.replace(" ", ""))}
    measure = Measure.MINUTES if not unit else named.get(unit.lower())
    try:
        amount = float(head)
    except ValueError:
        measure = None
    if measure is None:
        raise fault(Phrase("list_span", {"given": str(value)[:40]}))
    if not 0 <= amount <= LONGEST[measure]:
        raise fault(Phrase("list_span_long", {"limit": LONGEST[measure], "measure": measure.label}))
    return Span(amount, measure)


def write_span(span: Span) -> str | float | int:
    """As a pack has it: a number of minutes, or "2wh"."""
    amount = int(span.amount) if span.amount == int(span.amount) else span.amount
    return amount if span.measure is Measure.MINUTES else f"{amount}{span.measure.value}"


def _some(span: Span) -> Span:
    if span.amount <= 0:
        raise fault(Phrase("list_span_none"))
    return span


Moment = Annotated[Span, BeforeValidator(read_span)]  # may be nothing
Length = Annotated[Span, BeforeValidator(read_span), AfterValidator(_some)]


def _hours(value: list[int]) -> list[int]:
    if len(value) != 2 or not all(0 <= hour <= 24 for hour in value) or value[0] == value[1]:
        raise fault(Phrase("list_hours"))
    return value


class IdFile(Record):
    id: Annotated[Id, Field(max_length=60)]


class FieldFile(Record):
    code: Annotated[Id, Field(max_length=60)]
    name: Name
    kind: Annotated[FieldKind, one_of(FieldKind)] = FieldKind.TEXT
    required: bool = False
    choices: Annotated[list[Choice], Field(max_length=12)] = []


class MatterFile(Record):
    name: Name
    level: AnyLevel
    stages: list[Annotated[Stage, one_of(Stage)]]
    national: Annotated[str, AfterValidator(_national)] = ""
    group: Name | None = None
    form: Annotated[list[FieldFile], Field(max_length=20)] = []

    def content(self, code: str) -> Matter:
        form = tuple(
            FormField(one.code, one.name.label, one.kind, one.required, tuple(c.label for c in one.choices))
            for one in self.form
        )
        group = self.group.label if self.group else NOTHING
        return Matter(code, self.name.label, self.level, tuple(self.stages), self.national, group, form)


_limits: dict[str, Any] = {str(limit.value): (Length | None, None) for limit in Limit}
LimitsFile = create_model("LimitsFile", __base__=Record, **_limits)


class EscalationFile(Record):
    of: Annotated[Limit, one_of(Limit)]
    to: str
    after: Moment = AT_ONCE


class DutyFile(Record):
    lead: str
    matter: str = ""  # where the file is a list
    assist: Annotated[list[str], Field(max_length=20)] = []
    limits: LimitsFile = LimitsFile()  # type: ignore[valid-type]
    area: str = ""
    tier: Annotated[Tier, one_of(Tier)] | None = None
    escalate: Annotated[list[EscalationFile], Field(max_length=20)] = []

    def content(self, matter: str, areas: Mapping[str, str]) -> Duty:
        """`areas`: the path of each, by what it may be called."""
        given: dict[str, Span | None] = dict(self.limits)
        limits = {name: span for name, span in given.items() if span is not None}
        return Duty(
            self.matter or matter,
            self.lead,
            tuple(self.assist),
            limits,
            areas.get(self.area, self.area),
            self.tier,
            tuple(Escalation(one.of, one.to, one.after) for one in self.escalate),
        )


class NeedFile(Record):
    capability: str
    count: Annotated[int, Field(ge=1, le=99)]
    name: Name

    @property
    def need(self) -> Need:
        return Need(self.capability, self.count, self.name.label)


class TaskFile(Record):
    text: Sentence
    agency: str | None = None
    gate: bool = False
    due: Length | None = None


class MessageFile(Record):
    agency: str
    text: Sentence


class WhenFile(Record):
    area: str = ""
    least: AnyLevel | None = None
    hours: Annotated[list[int], AfterValidator(_hours)] | None = None
    indicator: str | None = None


Needs = Annotated[list[NeedFile], Field(max_length=20)]


class SceneFile(Record):
    name: Name
    matter: str = ""  # the card's own id when left out
    when: WhenFile = WhenFile()
    needs: Needs = []
    reinforcements: Annotated[list[Needs], Field(max_length=5)] = []
    tasks: Annotated[list[TaskFile], Field(max_length=40)] = []
    messages: Annotated[list[MessageFile], Field(max_length=30)] = []
    cameras: Annotated[int, Field(ge=0, le=16)] = 4
    wall: Annotated[str, Field(max_length=60), AfterValidator(lambda value: value and _one_line(value))] = ""

    def content(self, id: str, areas: Mapping[str, str]) -> SceneCard:
        hours = self.when.hours
        return SceneCard(
            id=id,
            matter=self.matter or id,
            name=self.name.label,
            needs=tuple(one.need for one in self.needs),
            tasks=tuple(CardTask(one.text.label, one.agency, one.gate, one.due) for one in self.tasks),
            messages=tuple(CardMessage(one.agency, one.text.label) for one in self.messages),
            cameras=self.cameras,
            reinforcements=tuple(tuple(one.need for one in level) for level in self.reinforcements),
            wall=self.wall,
            area=areas.get(self.when.area, self.when.area),
            least=self.when.least,
            hours=(hours[0], hours[1]) if hours else None,
            indicator=self.when.indicator,
        )


# -- and back ------------------------------------------------------------------------------------------------


def plain(content: Content) -> dict[str, Any]:
    """A line in its plain form, without its id; what is as usual is left out. Areas are paths."""
    match content:
        case Matter():
            made: dict[str, Any] = _matter(content)
        case Duty():
            made = _duty(content)
        case SceneCard():
            made = _card(content)
    return {key: value for key, value in made.items() if value not in (None, "", [], {}, False)}


def words(label: Label) -> dict[str, str]:
    return {"zh": label.zh, "en": label.en}


def _matter(one: Matter) -> dict[str, Any]:
    def field(each: FormField) -> dict[str, Any]:
        made: dict[str, Any] = {"code": each.code, "name": words(each.name), "kind": each.kind.value}
        if each.required:
            made["required"] = True
        if each.choices:
            made["choices"] = [words(choice) for choice in each.choices]
        return made

    return {
        "name": words(one.name),
        "national": one.national,
        "group": None if one.group == NOTHING else words(one.group),
        "level": one.level.value,
        "stages": [stage.value for stage in one.stages],
        "form": [field(each) for each in one.form],
    }


def _duty(one: Duty) -> dict[str, Any]:
    return {
        "matter": one.matter,
        "area": one.area,
        "tier": one.tier.value if one.tier else None,
        "lead": one.lead,
        "assist": list(one.assist),
        "limits": {limit.value: write_span(span) for limit in Limit if (span := one.limit(limit)) is not None},
        "escalate": [
            {"of": each.of.value, "to": each.to, **({"after": write_span(each.after)} if each.after.amount else {})}
            for each in one.escalations
        ],
    }


def _need(one: Need) -> dict[str, Any]:
    return {"capability": one.capability, "count": one.count, "name": words(one.name)}


def _task(one: CardTask) -> dict[str, Any]:
    made: dict[str, Any] = {"text": words(one.text)}
    if one.agency is not None:
        made["agency"] = one.agency
    if one.gate:
        made["gate"] = True
    if one.due is not None:
        made["due"] = write_span(one.due)
    return made


def _card(one: SceneCard) -> dict[str, Any]:
    least: Level | None = one.least
    when = {
        "area": one.area,
        "least": least.value if least else None,
        "hours": list(one.hours) if one.hours else None,
        "indicator": one.indicator,
    }
    return {
        "name": words(one.name),
        "matter": None if one.matter == one.id else one.matter,
        "when": {key: value for key, value in when.items() if value},
        "needs": [_need(each) for each in one.needs],
        "reinforcements": [[_need(each) for each in level] for level in one.reinforcements],
        "tasks": [_task(each) for each in one.tasks],
        "messages": [{"agency": each.agency, "text": words(each.text)} for each in one.messages],
        "cameras": None if one.cameras == 4 else one.cameras,
        "wall": one.wall,
    }
