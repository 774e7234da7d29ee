"""The three lists 三张清单: what can happen (matter), who answers in what time (duty), what is done (scene card)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from console.domain.area import Tier
from console.domain.incident import Stage
from console.domain.level import Level
from console.domain.words import Label, Labelled
from console.domain.worktime import Span

NOTHING = Label("", "")
AT_ONCE = Span(0)


class FieldKind(Labelled):
    TEXT = "text", "文字", "Text"
    NUMBER = "number", "数字", "Number"
    CHOICE = "choice", "选项", "Choice"
    TIME = "time", "时间", "Time"


@dataclass(frozen=True, slots=True)
class FormField:
    """One thing that is asked about a matter."""

    code: str
    name: Label
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    choices: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class Matter:
    """事项: something that can happen."""

    code: str
    name: Label
    level: Level  # default priority
    stages: tuple[Stage, ...]  # the way it goes; it may skip some
    national: str = ""  # class of GB/T 30428.2, "0201"; empty for an emergency
    group: Label = NOTHING  # 大类
    form: tuple[FormField, ...] = ()


class Limit(Labelled):
    """What a time limit is on."""

    ACCEPT = "accept", "受理", "Accept"
    VERIFY = "verify", "核实", "Verify"
    FILE = "file", "立案", "File"
    DISPATCH = "dispatch", "派遣", "Dispatch"
    ACK = "ack", "签收", "Acknowledge"
    ARRIVE = "arrive", "到场", "Arrive"
    HANDLE = "handle", "处置", "Handle"
    CHECK = "check", "核查", "Check"
    CLOSE = "close", "结案", "Close"
    PHONE = "phone", "电话首报", "First report by phone"
    WRITTEN = "written", "书面首报", "First report in writing"
    FOLLOW_UP = "follow_up", "续报", "Follow-up report"
    FINAL = "final", "终报", "Final report"
    TASK = "task", "任务", "Task"
    WHISTLE = "whistle", "报到", "Report in"


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who is told when a time limit has passed."""

    of: Limit
    to: str  # agency
    after: Span = AT_ONCE  # past the limit


@dataclass(frozen=True, slots=True)
class Duty:
    """职责: who answers for a matter at a place and level, and in what time."""

    matter: str
    lead: str  # agency
    assist: tuple[str, ...]
    limits: Mapping[str, Span] = field(default_factory=dict)  # code of a Limit -> how long
    area: str = ""  # path it holds in; empty for everywhere
    tier: Tier | None = None  # of the centre that answers; None for any
    escalations: tuple[Escalation, ...] = ()

    @property
    def id(self) -> str:
        return "@".join(part for part in (self.matter, self.area, self.tier.value if self.tier else "") if part)

    def limit(self, of: Limit) -> Span | None:
        return self.limits.get(of.value)


@dataclass(frozen=True, slots=True)
class Need:
    """So many units that can do this."""

    capability: str
    count: int
    name: Label


@dataclass(frozen=True, slots=True)
class CardTask:
    text: Label
    agency: str | None = None
    gate: bool = False
    due: Span | None = None


@dataclass(frozen=True, slots=True)
class CardMessage:
    """Who is told what when the proposal is accepted."""

    agency: str
    text: Label


@dataclass(frozen=True, slots=True)
class SceneCard:
    """场景: what is done. It fits when all that it asks for holds; of several the one that asks for most."""

    id: str
    matter: str
    name: Label
    needs: tuple[Need, ...]
    tasks: tuple[CardTask, ...]
    messages: tuple[CardMessage, ...]
    cameras: int = 4  # the nearest so many go on the wall
    reinforcements: tuple[tuple[Need, ...], ...] = ()  # what each further level 增援 sends besides
    wall: str = ""  # a scene of panels; empty for the wall's own
    area: str = ""  # path it fits in
    least: Level | None = None  # fits from this priority on
    hours: tuple[int, int] | None = None  # of the day, [from, to), over midnight where from > to
    indicator: str | None = None  # fits while this one is in alarm
