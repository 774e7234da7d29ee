"""Calls as another system's records tell them: the operations that say the same here.

A record's facts may be out of order, missing, doubled or overlapping. Each is kept as it is; what they say together,
the rules of assignments and incidents decide.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import heappop, heappush
from typing import TypeVar

from console.domain.assignment import Assignment, Role, Status
from console.domain.conflict import Location, Subject, Value
from console.domain.incident import IMPORT as IMPORT
from console.domain.incident import Incident, Stage
from console.domain.level import Level
from console.domain.log import Kind, Note
from console.domain.merging import Edit, EditIncident, value_of
from console.domain.moving import MoveIncident
from console.domain.operation import EVERY, Dispatch, OpenIncident, Operation, ReportStatus, WriteNote
from console.domain.pack import Pack
from console.domain.place import Point
from console.domain.stages import Move
from console.domain.words import Label, Labelled, Phrase

T = TypeVar("T")
MOST_SENT = 100  # in one dispatch, which must fit a push
AGAIN = "补录 later record"  # why a closed one is opened again
# What was recorded was neither verified nor filed nor checked here; and a call that nobody was sent to was only taken.
TAKEN = (Stage.REPORTED, Stage.ACCEPTED, Stage.CLOSED)
HANDLED = (*TAKEN[:2], Stage.DISPATCHED, Stage.IN_PROGRESS, Stage.REPORTED_BACK, Stage.CLOSED)


class Odd(Labelled):
    """What is odd about a file of calls. Nothing of it keeps a fact out."""

    NO_CALL_ID = "no_call_id", "没有案件编号,单独成为一个事件", "No call id: an incident of its own"
    NO_UNIT = "no_unit", "没有车组", "No unit"
    NO_TIME = "no_time", "没有读得懂的时间,按导入时间", "No time that can be read: that of the import"
    TIME_MISSING = "time_missing", "缺少时间", "A time is missing"
    TIME_DATE = "time_date", "只有日期,没有时刻", "A date without a time"
    TIME_NEXT_DAY = "time_next_day", "过了零点而日期没变,算作次日", "Past midnight under the same date: of the next day"
    TIME_FUTURE = "time_future", "时间在导入之后", "A time after the import"
    TIME_UNREAD = "time_unread", "时间读不懂,原文留在案情里", "A time cannot be read; it is kept as text"
    TIME_GAP = "time_gap", "夏令时跳过的时刻", "A time that daylight saving skipped"
    TIME_FOLD = "time_fold", "夏令时重复的时刻", "A time that daylight saving had twice"
    TIME_ORDER = "time_order", "时间先后颠倒", "Times out of order"
    NOT_CLEARED = "not_cleared", "没有撤离时间,派单保持未完成", "Never cleared: the assignment stays open"
    ROW_TWICE = "row_twice", "重复的行", "The same row twice"
    ROWS_APART = "rows_apart", "同一案件的行不相邻", "The rows of one call lie apart"
    HEADER_AGAIN = "header_again", "表头又出现一次,不是记录", "The header once more: no record"
    ROW_REMARK = "row_remark", "不是记录的行,没有收", "A line that is no record; it was left out"
    ROW_CELLS = "row_cells", "格数与表头不符", "Not as many cells as the header"
    ROW_QUOTE = "row_quote", "引号没有闭合", "A quote that is not closed"
    ID_NUMBER = (
        "id_number",
        "案件编号被表格软件改成科学记数,不同案件可能混在一起",
        "A call id that a spreadsheet has rounded (1.2E+11): calls may be one",
    )
    CALL_SPREAD = "call_spread", "同一案件编号前后相隔超过 30 天", "Rows of one call id lie more than 30 days apart"
    UNIT_TWICE = "unit_twice", "同一车组在同一案件上多次", "A unit more than once on one call"
    UNIT_OVERLAP = "unit_overlap", "同一车组同时在几个案件上", "A unit on several calls at a time"
    UNIT_UNKNOWN = "unit_unknown", "车组不在专题包里", "A unit that the pack does not have"
    TYPE_UNKNOWN = "type_unknown", "类型没有对应的事项", "A type without a matter"
    PRIORITY_UNKNOWN = "priority_unknown", "优先级没有对应的级别", "A priority without a level"
    PLACE_MISSING = "place_missing", "没有坐标,放在地图中心", "No position: put where the map opens"
    PLACE_UNREAD = "place_unread", "坐标读不懂", "A position that cannot be read"
    PLACE_ZERO = "place_zero", "坐标是 0, 0", "The position is 0, 0"
    PLACE_SWAPPED = "place_swapped", "经纬度颠倒,已换回", "Latitude and longitude swapped; put right"
    PLACE_OUTSIDE = "place_outside", "坐标在范围之外", "A position out of bounds"
    CALL_DIFFERS = "call_differs", "同一案件的行说法不一,取先到的", "Rows of one call differ: the first holds"
    TEXT_ENCODING = "text_encoding", "不属于该编码的字符", "Characters that are not of the encoding"
    TEXT_CONTROL = "text_control", "去掉了控制字符", "Control characters were left out"
    TEXT_LONG = "text_long", "过长的文字已截断", "Text that was too long was cut"
    KNOWN_DIFFERS = (
        "known_differs",
        "库里已有的说法与此不同:原有的不变,这一份记在通讯记录里",
        "Known otherwise: that stays, and this is kept in the log",
    )


@dataclass(frozen=True, slots=True)
class Sending:
    """One unit's part in a call: what one row says, or several that say the same."""

    id: str  # of its assignment
    agency: str
    unit: str | None
    times: Mapping[str, datetime]  # status code -> when it occurred


@dataclass(frozen=True, slots=True)
class Record:
    id: str  # of its incident
    matter: str
    title: Label
    place: Label
    at: Point
    level: Level
    usual_level: Level  # where a record says none
    received_at: datetime
    words: tuple[str, ...]  # the call's own id, and what is said besides
    sendings: tuple[Sending, ...]
    told: frozenset[str]  # the fields that the record itself says: others are what is usual, or follow from the rest

    @property
    def text(self) -> Label:
        text = "; ".join(self.words)
        return Label(text, text)

    @property
    def begins_at(self) -> datetime:
        return min([self.received_at, *(time for one in self.sendings for time in one.times.values())])

    @property
    def ends_at(self) -> datetime:
        return max([self.received_at, *(time for one in self.sendings for time in one.times.values())])


@dataclass(frozen=True, slots=True)
class Known:
    """What is here of a call already."""

    incident: Incident
    sent: Sequence[Assignment]
    heard: str  # all that the log says of it

    @property
    def times(self) -> Mapping[str, Mapping[str, datetime]]:
        return {one.id: one.times for one in self.sent}


@dataclass(frozen=True, slots=True)
class Step:
    at: datetime
    operation: Operation
    closes: bool = False


def steps(record: Record, pack: Pack, number: int, known: Known | None = None) -> list[Step]:
    """What is to be done, in order of time, for everything that a record tells to be known.

    `number` is for an incident that is not here.
    """
    found: list[Step] = []
    if known is None:
        found.append(Step(record.begins_at, OpenIncident(_incident(record, pack, number), IMPORT, record.text)))
    else:
        found += [Step(record.begins_at, operation) for operation in _additions(record, pack, known)]
    incident, here = (known.incident, known.times) if known else (None, {})
    sendings = [replace(one, times=cleared({**one.times, **here.get(one.id, {})})) for one in record.sendings]
    fresh = [one for one in sendings if one.id not in here]
    begins = {one.id: min(one.times.values(), default=record.received_at) for one in fresh}
    stage = incident.stage if incident else Stage.ACCEPTED
    if incident and fresh and not incident.open:
        found.append(Step(min(begins.values()), MoveIncident(record.id, Move.REOPEN, reason=AGAIN)))
        stage = Stage.ACCEPTED
    lead = (incident.lead if incident else None) or min(fresh, key=lambda one: begins[one.id]).agency if fresh else ""
    for moment in sorted(set(begins.values())):
        together = [one for one in fresh if begins[one.id] == moment]
        for at in range(0, len(together), MOST_SENT):
            found.append(Step(moment, _dispatch(record, together[at : at + MOST_SENT], pack, moment, lead)))
    facts = [
        Step(time, ReportStatus(one.id, Status.of(code), time, _who(one, pack)))
        for one in sendings
        for code, time in one.times.items()
        if code not in (here[one.id] if one.id in here else _first(one, begins[one.id]))
    ]
    found += sorted(facts, key=lambda step: (step.at, _rank(step)))
    found.sort(key=lambda step: step.at)  # stable: a unit is sent before it says anything
    if not _holds(record, sendings, known):
        found += closing(incident.stages if incident else _way(record), record.id, stage, record.ends_at)
    return found


def differing(record: Record, pack: Pack, known: Known) -> list[Label]:
    """What a record says otherwise than what is here, in words."""
    return _compared(record, pack, known)[1]


def _additions(record: Record, pack: Pack, known: Known) -> Iterator[Operation]:
    """What a record says of the call itself that is not here yet: in fields that nobody filled, and in words."""
    edits, differs = _compared(record, pack, known)
    if edits:
        yield EditIncident(record.id, tuple(edits))
    said = [*(Label(word, word) for word in record.words), *differs]
    if fresh := [one for one in said if one.zh not in known.heard]:
        text = Label("; ".join(one.zh for one in fresh), "; ".join(one.en for one in fresh))
        yield WriteNote(Note(Kind.NOTE, IMPORT, phrase=Phrase("record_adds", {"text": text}), incident=record.id))


def _compared(record: Record, pack: Pack, known: Known) -> tuple[list[Edit], list[Label]]:
    """Fields that can be filled, where only what is usual stands there; and what is said otherwise, in words."""
    incident, matter = known.incident, pack.matters.get(known.incident.matter)
    differs: list[Label] = []

    def taken(name: str, here: T, said: T, usual: T | None, words: Label) -> T:
        if name not in record.told or said == here:
            return here
        if here == usual:
            return said
        differs.append(words)
        return here

    title, place, level = record.title, record.place, record.level.label
    at, day = f"{record.at.lon}, {record.at.lat}", f"{record.received_at:%Y-%m-%d %H:%M:%S} UTC"
    unknown = incident.opened_at if Stage.ACCEPTED.value not in incident.entered else None
    now: dict[Subject, Value] = {
        Subject.TITLE: taken(
            "title", incident.title, title, matter.name if matter else None, _named(Subject.TITLE, title)
        ),
        Subject.LOCATION: Location(
            taken("place", incident.place, place, Label("", ""), _named(Subject.LOCATION, place)),
            taken("at", incident.at, record.at, pack.at, _named(Subject.LOCATION, Label(at, at))),
        ),
        Subject.LEVEL: taken("level", incident.level, record.level, record.usual_level, _named(Subject.LEVEL, level)),
        Subject.RECEIVED: taken(
            "received_at", incident.opened_at, record.received_at, unknown, _named(Subject.RECEIVED, Label(day, day))
        ),
    }
    duty = pack.matters[record.matter].name
    taken("matter", incident.matter, record.matter, None, Label(f"事项:{duty.zh}", f"Matter: {duty.en}"))
    for one in record.sendings:
        for code, moment in one.times.items():
            if known.times.get(one.id, {}).get(code, moment) != moment:
                who, status, when = _who(one, pack), Status.of(code).label, f"{moment:%Y-%m-%d %H:%M:%S} UTC"
                differs.append(Label(f"{who.zh} {status.zh} {when}", f"{who.en} {status.en} {when}"))
    edits = [
        Edit(f"{record.id}-{subject.value}", subject, was, value)
        for subject, value in now.items()
        if (was := value_of(incident, subject)) != value
    ]
    return edits, differs


def _named(subject: Subject, said: Label) -> Label:
    return Label(f"{subject.label.zh}:{said.zh}", f"{subject.label.en}: {said.en}")


def cleared(times: Mapping[str, datetime]) -> Mapping[str, datetime]:
    """The times of a unit; one that is clear by its record stands down with the last of them, if that is later."""
    last = max(times.values(), default=None)
    if last is None or times.get(Status.DONE.value, last) >= last:
        return times
    return {**times, Status.STOOD_DOWN.value: last}


def closing(way: Sequence[Stage], incident: str, stage: Stage, at: datetime) -> list[Step]:
    """From a stage to the end of its way, for an incident whose units are all free."""
    moves = {Stage.CHECKED: Move.CHECK, Stage.CLOSED: Move.CLOSE}
    left = [move for to, move in moves.items() if to in way and stage.rank < to.rank]
    return [Step(at, MoveIncident(incident, move), closes=True) for move in left]


def _way(record: Record) -> tuple[Stage, ...]:
    return HANDLED if record.sendings else TAKEN


def out_of_order(times: Iterable[datetime]) -> bool:
    """Whether a later status occurred before an earlier one, of times in the order they should have."""
    times = list(times)
    return times != sorted(times)


def _holds(record: Record, sendings: Iterable[Sending], known: Known | None) -> bool:
    """Whether any unit would be on the call still, once all of this is known."""
    after = {one.id: one for one in known.sent} if known else {}
    for one in sendings:
        after[one.id] = Assignment(one.id, record.id, one.agency, Role.ASSIST, times=one.times)
    return any(one.status.open for one in after.values())


def _rank(step: Step) -> int:
    assert isinstance(step.operation, ReportStatus)
    return step.operation.status.rank


def _first(one: Sending, moment: datetime) -> Mapping[str, datetime]:
    """What the dispatch itself says of a unit: that it was told, where nothing occurred before that."""
    notified = Status.NOTIFIED.value
    return {notified: moment} if one.times.get(notified) == moment else {}


def _incident(record: Record, pack: Pack, number: int) -> Incident:
    return Incident(
        id=record.id,
        number=number,
        matter=record.matter,
        title=record.title,
        place=record.place,
        at=record.at,
        level=record.level,
        stage=Stage.ACCEPTED,
        stages=_way(record),
        opened_at=record.received_at,
        entered={Stage.ACCEPTED.value: record.received_at} if "received_at" in record.told else {},
        source=IMPORT,
        area=pack.area,
    )


def _dispatch(record: Record, together: Sequence[Sending], pack: Pack, moment: datetime, lead: str) -> Dispatch:
    sent = tuple(
        Assignment(
            id=one.id,
            incident=record.id,
            agency=one.agency,
            role=Role.LEAD if one.agency == lead else Role.ASSIST,
            unit=one.unit,
            times=_first(one, moment),
            scope=pack.agencies[one.agency].path,
        )
        for one in together
    )
    return Dispatch(record.id, lead, pack.agency_name(lead), None, sent, seen=(EVERY,))


def _who(one: Sending, pack: Pack) -> Label:
    return pack.unit_name(one.unit) if one.unit else pack.agency_name(one.agency)


def in_time(plans: Iterable[tuple[datetime, Sequence[Step]]]) -> Iterator[Step]:
    """The steps of many records in order of time. The records come in order of their begin, which is named with each.

    Only what is under way at one moment is held.
    """
    waiting: list[tuple[datetime, int, Step]] = []
    count = 0
    for begins_at, plan in plans:
        while waiting and waiting[0][0] < begins_at:
            yield heappop(waiting)[2]
        for step in plan:
            count += 1
            heappush(waiting, (step.at, count, step))
    while waiting:
        yield heappop(waiting)[2]
