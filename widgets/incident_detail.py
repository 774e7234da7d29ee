"""Everything the incident's panel shows, as plain data, and what may be done next."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from console.domain.conflict import Casualties, Subject
from console.domain.incident import Incident, Task
from console.domain.incoming import IncomingCall
from console.domain.log import Entry
from console.domain.phrases import say
from console.domain.proposal import Proposal
from console.domain.request import Request
from console.domain.stages import Move, why_not
from console.domain.words import Label
from widgets.assignment_table import AssignmentRow
from widgets.attachment_list import AttachmentRow
from widgets.conflict_card import ConflictRow
from widgets.lang import language
from widgets.level_part import LevelFacts
from widgets.phone_list import PhoneRow
from widgets.timer_list import TimerRow


@dataclass(frozen=True)
class Similar:
    """Another incident that may be the same."""

    incident: Incident
    metres: float


@dataclass(frozen=True)
class Merged:
    """An incident that is the same as the one on show, and who called about it."""

    incident: Incident
    caller: Label | None = None


@dataclass(frozen=True)
class IncidentDetail:
    """An incident with all that is known about it; entries newest first."""

    incident: Incident
    assignments: tuple[AssignmentRow, ...]
    tasks: tuple[Task, ...]
    entries: tuple[Entry, ...]
    proposal: Proposal | None
    agencies: Mapping[str, Label]
    chain_whole: bool
    conflicts: tuple[ConflictRow, ...] = ()
    casualties: Casualties | None = None
    files: tuple[AttachmentRow, ...] = ()
    levels: LevelFacts = field(default_factory=LevelFacts)
    timers: tuple[TimerRow, ...] = ()  # the next due first
    requests: tuple[Request, ...] = ()  # in the order they were asked
    similar: tuple[Similar, ...] = ()  # that may be the same, the nearest first
    merged: tuple[Merged, ...] = ()  # that are the same; their rows are among these
    calls: tuple[IncomingCall, ...] = ()  # about it, in the order they came
    into: Incident | None = None  # the one that this is the same as
    phones: Mapping[str, str] = field(default_factory=dict)  # numbers of the agencies without a desk
    to_call: tuple[PhoneRow, ...] = ()  # those that have an order and were not called yet

    @property
    def undecided(self) -> bool:
        """待裁定."""
        return any(row.conflict.grave for row in self.conflicts)

    @property
    def disputed_casualties(self) -> bool:
        return any(row.conflict.grave and row.conflict.subject is Subject.CASUALTIES for row in self.conflicts)


def refusal(detail: IncidentDetail, move: Move) -> str:
    """Why a move cannot be made now and here; empty when it can."""
    if detail.levels.elsewhere:
        return detail.levels.elsewhere
    own = [task for task in detail.tasks if task.incident == detail.incident.id]
    reason = why_not(detail.incident, move, own, [row.assignment for row in detail.assignments])
    return say(reason, language()) if reason else ""
