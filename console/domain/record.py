"""Calls as another system's records tell them: the operations that say the same here.

A record's facts may be out of order, missing, doubled or overlapping. Each is kept as it is; what they say together,
the rules of assignments and incidents decide.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush

from console.domain.assignment import Assignment, Role, Status
from console.domain.incident import Incident, Stage
from console.domain.level import Level
from console.domain.moving import MoveIncident
from console.domain.operation import EVERY, Dispatch, OpenIncident, Operation, ReportStatus
from console.domain.pack import Pack
from console.domain.place import Point
from console.domain.stages import Move
from console.domain.words import Label, Labelled

IMPORT = Label("导入", "Import")
MOST_SENT = 100  # in one dispatch, which must fit a push
AGAIN = "补录 later record"  # why a closed one is opened again
# What was recorded was neither verified nor filed here; and a call that nobody was sent to was only taken.
TAKEN = (Stage.REPORTED, Stage.ACCEPTED, Stage.CLOSED)
HANDLED = (*TAKEN[:2], Stage.DISPATCHED, Stage.IN_PROGRESS, Stage.REPORTED_BACK, Stage.CHECKED, Stage.CLOSED)


class Odd(Labelled):
    """What is odd about a file of calls. Nothing of it keeps a fact out."""

    NO_CALL_ID = "no_call_id", "没有案件编号,单独成为一个事件", "No call id: an incident of its own"
    NO_UNIT = "no_unit", "没有车组", "No unit"
    NO_TIME = "no_time", "没有读得懂的时间,按导入时间", "No time that can be read: that of the import"
    TIME_MISSING = "time_missing", "缺少时间", "A time is missing"
    TIME_UNREAD = "time_unread", "时间读不懂,原文留在案情里", "A time cannot be read; it is kept as text"
    TIME_GAP = "time_gap", "夏令时跳过的时刻", "A time that daylight saving skipped"
    TIME_FOLD = "time_fold", "夏令时重复的时刻", "A time that daylight saving had twice"
    TIME_ORDER = "time_order", "时间先后颠倒", "Times out of order"
    NOT_CLEARED = "not_cleared", "没有撤离时间,派单保持未完成", "Never cleared: the assignment stays open"
    ROW_TWICE = "row_twice", "重复的行", "The same row twice"
    ROWS_APART = "rows_apart", "同一案件的行不相邻", "The rows of one call lie apart"
    ROW_CELLS = "row_cells", "格数与表头不符", "Not as many cells as the header"
    ROW_QUOTE = "row_quote", "引号没有闭合", "A quote that is not closed"
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
    KNOWN_DIFFERS = "known_differs", "库里已有的时间与此不同,保留原有的", "Known with another time, which stays"


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
    received_at: datetime
    text: Label
    sendings: tuple[Sending, ...]

    @property
    def begins_at(self) -> datetime:
        return min([self.received_at, *(time for one in self.sendings for time in one.times.values())])

    @property
    def ends_at(self) -> datetime:
        return max([self.received_at, *(time for one in self.sendings for time in one.times.values())])


@dataclass(frozen=True, slots=True)
class Step:
    at: datetime
    operation: Operation
    closes: bool = False


def steps(
    record: Record, pack: Pack, number: int, known: Incident | None = None, sent: Sequence[Assignment] = ()
) -> list[Step]:
    """What is to be done, in order of time, for everything that a record tells to be known.

    `known` and `sent` are what is here of it already; `number` is for an incident that is not.
    """
    found: list[Step] = []
    if known is None:
        found.append(Step(record.begins_at, OpenIncident(_incident(record, pack, number), IMPORT, record.text)))
    here = {one.id: one for one in sent}
    fresh = [one for one in record.sendings if one.id not in here]
    begins = {one.id: min(one.times.values(), default=record.received_at) for one in fresh}
    stage = known.stage if known else Stage.ACCEPTED
    if known and fresh and not known.open:
        found.append(Step(min(begins.values()), MoveIncident(record.id, Move.REOPEN, reason=AGAIN)))
        stage = Stage.ACCEPTED
    lead = (known.lead if known else None) or min(fresh, key=lambda one: begins[one.id]).agency if fresh else ""
    for moment in sorted(set(begins.values())):
        together = [one for one in fresh if begins[one.id] == moment]
        for at in range(0, len(together), MOST_SENT):
            found.append(Step(moment, _dispatch(record, together[at : at + MOST_SENT], pack, moment, lead)))
    facts = [
        Step(time, ReportStatus(one.id, Status.of(code), time, _who(one, pack)))
        for one in record.sendings
        for code, time in one.times.items()
        if code not in (here[one.id].times if one.id in here else _first(one, begins[one.id]))
    ]
    found += sorted(facts, key=lambda step: (step.at, _rank(step)))
    found.sort(key=lambda step: step.at)  # stable: a unit is sent before it says anything
    if not _holds(record, here.values()):
        found += closing(known.stages if known else _way(record), record.id, stage, record.ends_at)
    return found


def closing(way: Sequence[Stage], incident: str, stage: Stage, at: datetime) -> list[Step]:
    """From a stage to the end of its way, for an incident whose units are all free."""
    moves = {Stage.CHECKED: Move.CHECK, Stage.CLOSED: Move.CLOSE}
    left = [move for to, move in moves.items() if to in way and stage.rank < to.rank]
    return [Step(at, MoveIncident(incident, move), closes=True) for move in left]


def _way(record: Record) -> tuple[Stage, ...]:
    return HANDLED if record.sendings else TAKEN


def out_of_order(one: Sending) -> bool:
    """Whether a later status occurred before an earlier one."""
    times = [one.times[status.value] for status in Status if status.value in one.times]
    return times != sorted(times)


def _holds(record: Record, sent: Iterable[Assignment]) -> bool:
    """Whether any unit would be on the call still, once all of this is known."""
    after = {one.id: one for one in sent}
    for one in record.sendings:
        before = after.get(one.id)
        times = {**one.times, **before.times} if before else one.times
        after[one.id] = Assignment(one.id, record.id, one.agency, Role.ASSIST, times=times)
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
        entered={Stage.ACCEPTED.value: record.received_at},
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
