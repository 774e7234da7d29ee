"""The closed loop: which moves a stage allows, and what the facts from the field say of it.

People move an incident along the way of its matter (受理, 核实, 立案, 派遣 ... 评价); the facts of this round's
assignments speak for 处置 and 反馈. Side states stand beside the stage.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from console.domain.assignment import Assignment, Role, Status
from console.domain.conflict import By
from console.domain.errors import Refused
from console.domain.incident import Incident, Mark, Moved, SideState, Stage, Standing, Task
from console.domain.words import Label, Labelled, Phrase

UNDO_WITHIN = timedelta(seconds=30)


class Move(Labelled):
    ACCEPT = "accept", "受理", "Accept"
    DECLINE = "decline", "不予受理", "Decline"
    VERIFY = "verify", "核实", "Verify"
    FILE = "file", "立案", "File"
    RETURN = "return", "退回", "Return"
    CHECK = "check", "核查", "Check"
    REWORK = "rework", "返工", "Rework"
    CLOSE = "close", "结案", "Close"
    EVALUATE = "evaluate", "评价", "Evaluate"
    REOPEN = "reopen", "重开", "Reopen"
    RESUME = "resume", "恢复办理", "Resume"

    @property
    def wants_reason(self) -> bool:
        return self in (Move.DECLINE, Move.RETURN, Move.REWORK, Move.REOPEN)


FORWARD = {
    Move.ACCEPT: Stage.ACCEPTED,
    Move.VERIFY: Stage.VERIFIED,
    Move.FILE: Stage.FILED,
    Move.CHECK: Stage.CHECKED,
    Move.CLOSE: Stage.CLOSED,
    Move.EVALUATE: Stage.EVALUATED,
}


def next_stage(incident: Incident) -> Stage | None:
    """The stage after this one on its matter's way."""
    return next((stage for stage in incident.stages if stage.rank > incident.stage.rank), None)


def before_dispatch(incident: Incident) -> Stage:
    """The stage of its way from which it is dispatched."""
    return max((s for s in incident.stages if s.rank < Stage.DISPATCHED.rank), key=lambda s: s.rank)


def settled(incident: Incident, assignments: Iterable[Assignment], at: datetime) -> Incident:
    """The incident at the stage that people's moves and the facts of this round together speak for.

    Facts never take it past 反馈, nor beyond what its way has, nor back behind where people moved it.
    """
    moved = incident.moved or incident.stage
    stage = moved
    if moved.rank < Stage.CHECKED.rank:
        stage = max(moved, _spoken_for(incident, list(assignments)), key=lambda s: s.rank)
    if stage is incident.stage and (incident.moved is None or stage is not moved):
        return incident
    return at_stage(incident, stage, moved, at)


def _spoken_for(incident: Incident, assignments: Sequence[Assignment]) -> Stage:
    """What the facts alone say, on this matter's way."""
    working = [a for a in assignments if a.works and a.round == incident.round]
    stage = Stage.REPORTED
    if any(a.status.rank >= Status.EN_ROUTE.rank for a in working):
        stage = Stage.IN_PROGRESS
    if working and not any(a.status.open for a in working):
        stage = Stage.REPORTED_BACK
    return max((s for s in incident.stages if s.rank <= stage.rank), key=lambda s: s.rank, default=Stage.REPORTED)


def at_stage(incident: Incident, stage: Stage, moved: Stage, at: datetime) -> Incident:
    """The incident at a stage, which it enters now unless it was there; later ones were not entered yet."""
    entered = {code: when for code, when in incident.entered.items() if Stage.of(code).rank <= stage.rank}
    entered.setdefault(stage.value, at)
    return replace(incident, stage=stage, moved=None if moved is stage else moved, entered=entered)


def standing(incident: Incident) -> Standing:
    return Standing(
        incident.stage,
        incident.moved,
        incident.entered,
        incident.marks,
        incident.round,
        incident.pauses,
        incident.lead,
        incident.due_at,
        incident.closed_at,
        incident.score,
    )


def remembered(
    after: Incident, before: Incident, move: str, by: By, assignments: Iterable[str] = (), tasks: Iterable[str] = ()
) -> Incident:
    """`after`, knowing how it stood before its last move."""
    return replace(after, last=Moved(move, by, standing(before), tuple(assignments), tuple(tasks)))


def marked(incident: Incident, state: SideState, by: By, reason: str = "") -> Incident:
    return replace(incident, marks={**incident.marks, str(state.value): Mark(by, reason)})


def unmarked(incident: Incident, *states: SideState) -> Incident:
    codes = {state.value for state in states}
    if codes.isdisjoint(incident.marks):
        return incident
    return replace(incident, marks={code: mark for code, mark in incident.marks.items() if code not in codes})


# What allows a move


def why_not(
    incident: Incident, move: Move, tasks: Sequence[Task] = (), assignments: Sequence[Assignment] = ()
) -> Phrase | None:
    """Why a move cannot be made now, in words; None when it can. Buttons and the rules ask the same."""
    if incident.merged_into is not None:
        return Phrase("incident_merged", {"code": incident.code})
    if incident.declined and move is not Move.REOPEN:
        return Phrase("incident_declined", {"code": incident.code})
    if move is Move.RESUME:
        return None if incident.held else Phrase("not_held", {"code": incident.code})
    if incident.held:
        return Phrase("incident_held", {"code": incident.code, "move": move.label})
    if move in FORWARD:
        return _why_not_forward(incident, move, tasks, assignments)
    return _why_not_back(incident, move)


def _why_not_forward(
    incident: Incident, move: Move, tasks: Sequence[Task], assignments: Sequence[Assignment]
) -> Phrase | None:
    to = FORWARD[move]
    args: dict[str, str | int | float | Label] = {"code": incident.code, "stage": incident.stage.label}
    if to not in incident.stages:
        return Phrase("stage_not_wanted", {"code": incident.code, "move": move.label})
    if incident.stage.rank >= to.rank:
        return Phrase("incident_already", args)
    if move is Move.CHECK:
        return _why_not_checked(incident, tasks, assignments)
    if move is Move.CLOSE and Stage.CHECKED not in incident.stages:
        if reason := _still_open(incident, tasks, assignments):
            return reason
    elif move is Move.CLOSE and incident.stage is not Stage.CHECKED:
        return Phrase("not_checked", {"code": incident.code})
    following = next_stage(incident)
    if following is not to and following is not None:
        return Phrase("stage_first", {"code": incident.code, "first": following.label, "move": move.label})
    return None


def _why_not_checked(incident: Incident, tasks: Sequence[Task], assignments: Sequence[Assignment]) -> Phrase | None:
    if incident.stage.rank < Stage.DISPATCHED.rank:
        return Phrase("not_dispatched", {"code": incident.code})
    return _still_open(incident, tasks, assignments)


def _still_open(incident: Incident, tasks: Sequence[Task], assignments: Sequence[Assignment]) -> Phrase | None:
    if gates := [task for task in tasks if task.gate and task.open]:
        return Phrase("gates_open", {"code": incident.code, "count": len(gates), "first": gates[0].text})
    if busy := [a for a in assignments if a.status.open and a.role is not Role.SUPERVISE]:
        return Phrase("assignments_open", {"code": incident.code, "count": len(busy)})
    return None


def _why_not_back(incident: Incident, move: Move) -> Phrase | None:
    rank = incident.stage.rank
    args: dict[str, str | int | float | Label] = {
        "code": incident.code,
        "stage": incident.stage.label,
        "move": move.label,
    }
    allowed = {
        Move.DECLINE: rank < Stage.DISPATCHED.rank,
        Move.RETURN: Stage.REPORTED.rank < rank < Stage.DISPATCHED.rank,
        Move.REWORK: Stage.REPORTED_BACK.rank <= rank <= Stage.CHECKED.rank,
        Move.REOPEN: rank >= Stage.CLOSED.rank or incident.declined,
    }[move]
    return None if allowed else Phrase("move_not_here", args)


def moves(incident: Incident, tasks: Sequence[Task], assignments: Sequence[Assignment]) -> list[Move]:
    """Those that can be made now."""
    return [move for move in Move if why_not(incident, move, tasks, assignments) is None]


def why_not_open(incident: Incident) -> Phrase | None:
    """Why nothing more can be done about it: it is closed, declined or merged."""
    if incident.merged_into is not None:
        return Phrase("incident_merged", {"code": incident.code})
    if incident.declined:
        return Phrase("incident_declined", {"code": incident.code})
    if not incident.open:
        return Phrase("incident_already", {"code": incident.code, "stage": incident.stage.label})
    return None


def why_not_dispatched(incident: Incident) -> Phrase | None:
    """Why nobody can be sent to it now."""
    if reason := why_not_open(incident):
        return reason
    if incident.held:
        return Phrase("incident_held", {"code": incident.code, "move": Stage.DISPATCHED.label})
    first = before_dispatch(incident)
    if incident.stage.rank < first.rank:
        following = next_stage(incident) or first
        return Phrase("stage_first", {"code": incident.code, "first": following.label, "move": Stage.DISPATCHED.label})
    return None


def refuse(reason: Phrase | None) -> None:
    """Raises `Refused` for a reason."""
    if reason is not None:
        raise Refused(reason)
