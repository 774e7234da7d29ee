"""One thing that happened and must be closed, and the tasks that are done on the way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from console.domain.assignment import Assignment, Status
from console.domain.conflict import By
from console.domain.errors import Refused
from console.domain.level import Level
from console.domain.place import Point
from console.domain.words import Label, Labelled, Phrase


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

    @property
    def rank(self) -> int:
        return self.place


@dataclass(frozen=True, slots=True)
class Incident:
    id: str
    number: int  # shown as I34
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
    due_at: datetime | None = None
    closed_at: datetime | None = None
    area: str = ""  # path
    edited: Mapping[str, By] = field(default_factory=dict)  # code of a Subject -> who last changed it

    @property
    def code(self) -> str:
        return f"I{self.number}"

    @property
    def open(self) -> bool:
        return self.stage is not Stage.CLOSED


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


def furthest(incident: Incident, assignments: Sequence[Assignment]) -> Stage:
    """The stage that the facts from the field speak for; never behind the incident's own."""
    working = [a for a in assignments if a.status not in (Status.DECLINED, Status.RECALLED)]
    stage = incident.stage
    if any(a.status.rank >= Status.EN_ROUTE.rank for a in working):
        stage = max(stage, Stage.IN_PROGRESS, key=lambda s: s.rank)
    if working and all(a.status is Status.DONE for a in working):
        stage = max(stage, Stage.REPORTED_BACK, key=lambda s: s.rank)
    return stage


def check(incident: Incident, tasks: Sequence[Task], assignments: Sequence[Assignment]) -> Stage:
    """The stage after 核查. Raises `Refused` while a gating task or an assignment is open."""
    if incident.stage.rank >= Stage.CHECKED.rank:
        raise Refused(Phrase("incident_already", {"code": incident.code, "stage": incident.stage.label}))
    if gates := [task for task in tasks if task.gate and task.done_at is None]:
        raise Refused(Phrase("gates_open", {"code": incident.code, "count": len(gates), "first": gates[0].text}))
    if busy := [a for a in assignments if a.status.open]:
        raise Refused(Phrase("assignments_open", {"code": incident.code, "count": len(busy)}))
    return Stage.CHECKED


def close(incident: Incident) -> Stage:
    """The stage after 结案. Raises `Refused` before the check."""
    if incident.stage is Stage.CLOSED:
        raise Refused(Phrase("incident_already", {"code": incident.code, "stage": incident.stage.label}))
    if incident.stage is not Stage.CHECKED:
        raise Refused(Phrase("not_checked", {"code": incident.code}))
    return Stage.CLOSED
