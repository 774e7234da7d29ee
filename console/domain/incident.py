"""One thing that happened and must be closed, and the tasks that are done on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from console.domain.conflict import By
from console.domain.level import Level
from console.domain.place import Point
from console.domain.words import Label, Labelled
from console.domain.worktime import Pause

IMPORT = Label("导入", "Import")  # the source of what another system's records told


class Stage(Labelled):
    """The stages of GB/T 30428 and emergency practice in one machine; a matter may skip some."""

    REPORTED = "reported", "上报", "Reported"
    ACCEPTED = "accepted", "受理", "Accepted"
    VERIFIED = "verified", "核实", "Verified"
    FILED = "filed", "立案", "Filed"
    DISPATCHED = "dispatched", "派遣", "Dispatched"
    IN_PROGRESS = "in_progress", "处置", "In progress"
    REPORTED_BACK = "reported_back", "反馈", "Reported back"
    CHECKED = "checked", "核查", "Checked"
    CLOSED = "closed", "结案", "Closed"
    EVALUATED = "evaluated", "评价", "Evaluated"

    @property
    def rank(self) -> int:
        return self.place


class SideState(Labelled):
    """What an incident is besides its stage; several may hold at once."""

    DECLINED = "declined", "不予受理", "Declined"
    RETURNED = "returned", "退回", "Returned"
    ON_HOLD = "on_hold", "挂账", "On hold"
    EXTENDED = "extended", "延期", "Extended"
    REWORK = "rework", "返工", "Rework"
    MERGED = "merged", "合并", "Merged"
    REOPENED = "reopened", "重开", "Reopened"


@dataclass(frozen=True, slots=True)
class Mark:
    """Since when, by whom and why a side state holds."""

    by: By
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What moving an incident changes, as it was before: enough to take a move back."""

    stage: Stage
    moved: Stage | None
    entered: Mapping[str, datetime]
    marks: Mapping[str, Mark]
    round: int
    pauses: tuple[Pause, ...]
    lead: str | None
    due_at: datetime | None
    closed_at: datetime | None
    score: int | None


@dataclass(frozen=True, slots=True)
class Moved:
    """The last move, while it can still be taken back."""

    move: str  # code of a Move, or the name of an operation
    by: By
    before: Standing
    assignments: tuple[str, ...] = ()  # that it made
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Incident:
    id: str
    number: int  # of its area's own, shown as I34
    matter: str
    title: Label
    place: Label
    at: Point
    level: Level
    stage: Stage
    stages: tuple[Stage, ...]  # the way of its matter
    opened_at: datetime
    source: Label  # "水情告警"
    alarm: str | None = None
    lead: str | None = None  # agency
    due_at: datetime | None = None  # to be handled by
    closed_at: datetime | None = None
    area: str = ""  # path
    edited: Mapping[str, By] = field(default_factory=dict)  # code of a Subject -> who last changed it
    form: Mapping[str, str] = field(default_factory=dict)  # code of its matter's FormField -> what was answered
    moved: Stage | None = None  # how far people have moved it, where facts from the field speak for more
    entered: Mapping[str, datetime] = field(default_factory=dict)  # code of a stage -> when it came there, this round
    marks: Mapping[str, Mark] = field(default_factory=dict)  # code of a SideState -> since when and why
    round: int = 1  # counts rework and reopening; only this round's assignments speak for its stage
    pauses: tuple[Pause, ...] = ()  # time on hold
    merged_into: str | None = None  # the incident it is the same as
    force: int = 0  # the reinforcement level that was sent
    escalated: tuple[str, ...] = ()  # keys of the timers that were escalated
    score: int | None = None  # 1 to 5, of the evaluation
    last: Moved | None = None
    twin: int = 0  # how many of its area had its number before it: two desks gave it apart. Shown as I34-2

    @property
    def code(self) -> str:
        return f"I{self.number}-{self.twin + 1}" if self.twin else f"I{self.number}"

    @property
    def imported(self) -> bool:
        """It came from the records of another system: its stages were not kept here, and have no limits here."""
        return self.source == IMPORT

    @property
    def declined(self) -> bool:
        return SideState.DECLINED.value in self.marks

    @property
    def held(self) -> bool:
        return SideState.ON_HOLD.value in self.marks

    @property
    def open(self) -> bool:
        return self.stage.rank < Stage.CLOSED.rank and not self.declined and self.merged_into is None

    @property
    def side_states(self) -> tuple[SideState, ...]:
        """Those that hold, in one order."""
        return tuple(state for state in SideState if state.value in self.marks)


@dataclass(frozen=True, slots=True)
class Task:
    id: str
    incident: str
    order: int
    text: Label
    agency: str | None = None
    gate: bool = False  # the incident cannot be checked while it is open
    due_at: datetime | None = None
    done_at: datetime | None = None
    done_by: str | None = None
    void: bool = False  # taken back with the dispatch that brought it

    @property
    def open(self) -> bool:
        return self.done_at is None and not self.void
