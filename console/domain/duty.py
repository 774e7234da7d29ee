"""The three lists: what can happen (matter), who answers in what time (duty), what is done (scene card)."""

from dataclasses import dataclass

from console.domain.incident import Stage
from console.domain.level import Level
from console.domain.words import Label


@dataclass(frozen=True, slots=True)
class Matter:
    code: str
    name: Label
    level: Level  # default priority
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Duty:
    """Who answers for a matter. Limits are minutes."""

    matter: str
    lead: str  # agency
    assist: tuple[str, ...]
    ack_min: float
    handle_min: float


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
    due_min: float | None = None


@dataclass(frozen=True, slots=True)
class CardMessage:
    """Who is told what when the proposal is accepted."""

    agency: str
    text: Label


@dataclass(frozen=True, slots=True)
class SceneCard:
    matter: str
    name: Label
    needs: tuple[Need, ...]
    tasks: tuple[CardTask, ...]
    messages: tuple[CardMessage, ...]
    cameras: int = 4  # the nearest so many go on the wall
