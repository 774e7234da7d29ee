"""The three lists as the plain data that their window shows."""

from collections.abc import Iterable
from itertools import chain

from console.desk.session import Session
from console.domain.duty import Duty, Limit, Matter, SceneCard
from console.domain.lists import Line, ListKind, Origin, kind_of, lines_of
from console.domain.pack import Pack
from console.domain.words import Label, Labelled
from console.store.list_book import Change, Preview, as_record, name_of
from widgets.list_data import ImportRow, ImportSummary, ListNames, ListRow

NOTHING = Label("", "")
TOLD = (Limit.HANDLE, Limit.ACK, Limit.CLOSE)  # of the limits, in the table


def names(session: Session) -> ListNames:
    """What a line may name, with what it is called."""
    pack = session.pack
    able = dict.fromkeys(one for unit in pack.units.values() for one in unit.capabilities)
    return ListNames(
        agencies=tuple((id, one.name) for id, one in pack.agencies.items()),
        areas=tuple((path, one.name) for path, one in pack.areas.items()),
        matters=tuple((code, one.name) for code, one in session.lists.matters.items()),
        capabilities=tuple((one, _able(session, one)) for one in able),
        indicators=tuple((id, one.name) for id, one in pack.indicators.items()),
    )


def _able(session: Session, capability: str) -> Label:
    """What a capability is called by the cards that ask for it."""
    for card in session.pack.cards.values():
        for need in (*card.needs, *chain.from_iterable(card.reinforcements)):
            if need.capability == capability:
                return Label(f"{need.name.zh} {capability}", f"{need.name.en} ({capability})")
    return Label(capability, capability)


def rows(session: Session) -> list[ListRow]:
    lines = lines_of(session.pack, session.state.listed.values())
    return [
        ListRow(
            kind_of(line.content),
            id,
            name_of(line.content, session.pack, lines),
            line.origin,
            _cells(line, session.pack, lines),
            as_record(line.content),
        )
        for id, line in lines.items()
    ]


def _cells(line: Line, pack: Pack, lines: dict[str, Line]) -> tuple[Label, ...]:
    origin = line.origin.label if line.origin is not Origin.SHIPPED else NOTHING
    match line.content:
        case Matter() as matter:
            code, national = Label(matter.code, matter.code), Label(matter.national, matter.national)
            return code, matter.name, matter.group, national, matter.level.label, origin
        case Duty() as duty:
            where = [pack.areas[duty.area].name] if duty.area in pack.areas else []
            return (
                _matter(duty.matter, lines),
                _joined([*where, *([duty.tier.label] if duty.tier else [])], " · "),
                _agency(duty.lead, pack),
                _joined([_agency(one, pack) for one in duty.assist], "、", ", "),
                _joined([_limit(duty, limit) for limit in TOLD if duty.limit(limit)], " · "),
                origin,
            )
        case SceneCard() as card:
            count = Label(f"{len(card.tasks)} 项", str(len(card.tasks)))
            return Label(card.id, card.id), card.name, _matter(card.matter, lines), _when(card, pack), count, origin


def _matter(code: str, lines: dict[str, Line]) -> Label:
    line = lines.get(f"{ListKind.MATTER.value}:{code}")
    return line.content.name if line and isinstance(line.content, Matter) else Label(code, code)


def _agency(id: str, pack: Pack) -> Label:
    return pack.agencies[id].name if id in pack.agencies else Label(id, id)


def _limit(duty: Duty, limit: Limit) -> Label:
    span = duty.limit(limit)
    assert span is not None
    name, unit = limit.label, span.measure.label
    return Label(f"{name.zh} {span.amount:g} {unit.zh}", f"{name.en} {span.amount:g} {unit.en}")


def _when(card: SceneCard, pack: Pack) -> Label:
    asked: list[Label] = []
    if card.area in pack.areas:
        asked.append(pack.areas[card.area].name)
    if card.least is not None:
        asked.append(Label(f"{card.least.label.zh}以上", f"{card.least.label.en} or worse"))
    if card.hours is not None:
        since, until = card.hours
        asked.append(Label(f"{since}-{until} 时", f"{since}-{until} h"))
    if card.indicator is not None and card.indicator in pack.indicators:
        asked.append(pack.indicators[card.indicator].name)
    return _joined(asked, " · ")


def _joined(words: Iterable[Label], mark: str, mark_en: str = "") -> Label:
    words = list(words)
    return Label(mark.join(word.zh for word in words), (mark_en or mark).join(word.en for word in words))


def summary(file: str, found: Preview) -> ImportSummary:
    """A preview of an import in words: what is refused first."""
    refused = [
        ImportRow(
            f"refused:{one.kind.value}:{one.row}",
            one.kind.label,
            one.row,
            Label(" ".join(one.texts[:1]), " ".join(one.texts[:1])),
            Label("未收", "Refused"),
            _joined(one.why, " "),
            True,
        )
        for one in found.refused
    ]
    changing = [
        ImportRow(
            f"{one.kind.value}:{one.row}",
            one.kind.label,
            one.row,
            one.name,
            one.change.label,
            _joined(one.fields, "、", ", "),
        )
        for one in found.read
        if one.change is not Change.SAME
    ]
    counts = tuple((_word(change), found.count(change)) for change in Change)
    problems = tuple(problem.message for problem in found.problems)
    return ImportSummary(file, (*refused, *changing), counts, len(refused), problems, len(found.lines))


def _word(one: Labelled) -> Label:
    return one.label
