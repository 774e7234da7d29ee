"""What comes in from outside, whoever brings it: a connector, the simulated town, or a drill's inject."""

from dataclasses import dataclass
from datetime import datetime

from console.domain.agency import Position
from console.domain.assignment import Status
from console.domain.indicator import Reading
from console.domain.level import Level
from console.domain.place import Point
from console.domain.words import Label


@dataclass(frozen=True, slots=True)
class FieldReport:
    """Field staff say how far they are."""

    assignment: str
    status: Status
    at: datetime
    text: Label | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """Someone rings."""

    caller: Label
    matter: str
    title: Label
    place: Label
    at: Point
    level: Level
    text: Label


@dataclass(frozen=True, slots=True)
class Message:
    """A written or radio word that asks for no unit by itself."""

    sender: Label
    text: Label


@dataclass(frozen=True, slots=True)
class CameraFault:
    """A camera fails or comes back (`fault` None): 'stall' goes silent, 'refuse' cannot be opened."""

    camera: str
    fault: str | None


@dataclass(frozen=True, slots=True)
class LinkCut:
    """The way to the platform is cut, or mended."""

    cut: bool


Intake = Reading | Position | FieldReport | Call | Message | CameraFault | LinkCut
