"""Asking for more time: 挂账 stops the clocks of an incident, 延期 moves its limit; someone else grants it."""

from dataclasses import dataclass
from datetime import datetime

from console.domain.conflict import By
from console.domain.words import Labelled


class RequestKind(Labelled):
    HOLD = "hold", "挂账", "Hold"
    EXTENSION = "extension", "延期", "Extension"


@dataclass(frozen=True, slots=True)
class Request:
    id: str
    incident: str
    kind: RequestKind
    reason: str
    by: By
    due_at: datetime | None = None  # the limit that is asked for
    answered: By | None = None
    granted: bool = False
    answer: str = ""

    @property
    def open(self) -> bool:
        return self.answered is None
