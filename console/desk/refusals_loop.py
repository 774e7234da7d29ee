"""What was refused of the closed loop, in words: moves, undo, requests, merging, levels, reports and lists."""

from collections.abc import Sequence

from console.desk.told import DOT, REASON, TO, Names, Told, as_typed, choice, field, listed, moment, short
from console.domain.duty import Duty, Matter, SceneCard
from console.domain.holding import AnswerRequest
from console.domain.levels import Transfer
from console.domain.lists import Listed, ListKind
from console.domain.moving import MoveIncident, RetractStatus
from console.domain.request import Request
from console.domain.situation import Element, SituationReport
from console.domain.words import Label


class LoopWords(Names):
    """Says the operations of the closed loop."""

    def move(self, operation: MoveIncident) -> Told:
        id, move, expected = operation.incident, operation.move, operation.expected
        fields = self.of_incident(id)
        if expected is not None:
            fields.append(field("expected", Label("当时环节", "Stage then"), expected.label))
        if move.wants_reason or operation.reason:
            fields.append(field("reason", REASON, operation.reason, editable=True))
        if operation.score is not None:
            fields.append(field("score", Label("评分", "Score"), str(operation.score)))
        if operation.due_at is not None:
            fields.append(moment("due_at", operation.due_at, Label("处置时限", "Limit")))
        if operation.assignments:
            fields.append(field("assignments", Label("力量", "Units"), listed(map(self.sent, operation.assignments))))
        return Told([self.code(id)], fields, id)

    def retract(self, operation: RetractStatus) -> Told:
        assignment = self.state.assignments.get(operation.assignment)
        who = self.sent(assignment) if assignment else operation.who
        incident = assignment.incident if assignment else None
        fields = [
            *self.of_incident(incident),
            field("assignment", Label("力量", "Unit"), who),
            field("status", Label("状态", "Status"), operation.status.label),
            moment("occurred_at", operation.occurred_at),
        ]
        about = [*([self.code(incident), DOT] if incident else []), who, operation.status.label]
        return Told(about, fields, incident)

    def asked(self, request: Request) -> Told:
        fields = [
            *self.of_incident(request.incident),
            choice("request.kind", Label("申请", "Request"), request.kind),
            field("request.reason", REASON, request.reason, editable=True),
        ]
        if request.due_at is not None:
            fields.append(moment("request.due_at", request.due_at, Label("到何时", "Until")))
        return Told([self.code(request.incident), DOT, request.kind.label], fields, request.incident)

    def answered(self, operation: AnswerRequest) -> Told:
        request = self.state.requests.get(operation.request)
        kind = request.kind.label if request else short(operation.request)
        incident = request.incident if request else None
        granted = Label("批准", "Granted") if operation.granted else Label("不批准", "Refused")
        fields = [
            *self.of_incident(incident),
            field("request", Label("申请", "Request"), kind),
            field("granted", Label("审批", "Answer"), granted),
            field("answer", REASON, operation.answer, editable=True),
        ]
        if operation.due_at is not None:
            fields.append(moment("due_at", operation.due_at, Label("新时限", "New limit")))
        return Told([*([self.code(incident), DOT] if incident else []), kind, granted], fields, incident)

    def transfer(self, operation: Transfer) -> Told:
        assignment = self.state.assignments.get(operation.assignment)
        who = self.sent(assignment) if assignment else short(operation.assignment)
        incident = operation.to.incident
        fields = [
            *self.of_incident(incident),
            field("assignment", Label("原派单", "From"), who),
            field("to_name", TO, operation.to_name),
            field("reason", REASON, operation.reason, editable=True),
        ]
        return Told([self.code(incident), DOT, operation.to_name], fields, incident)

    def reported(self, report: SituationReport) -> Told:
        fields = [*self.of_incident(report.incident), field("report.to", TO, report.to)]
        for code, text in report.elements.items():
            name = next((element.label for element in Element if element.value == code), as_typed(code))
            fields.append(field(f"report.elements.{code}", name, text, editable=True))
        return Told([self.code(report.incident), DOT, report.kind.label], fields, report.incident)

    def lists(self, lines: Sequence[Listed]) -> Told:
        fields = []
        for at, line in enumerate(lines):
            kind, own = line.id.partition("#")[2].partition(":")[::2]
            of = next((each.label for each in ListKind if each.value == kind), as_typed(kind))
            struck = Label("删去", "Struck off")
            fields.append(field(f"lines.{at}", of, self._line(line, own) if line.content is not None else struck))
        return Told([Label(f"{len(lines)} 行", f"{len(lines)} line{'' if len(lines) == 1 else 's'}")], fields)

    def _line(self, line: Listed, own: str) -> Label:
        """The name of a matter or card; of a duty that of its matter."""
        match line.content:
            case Matter(name=name) | SceneCard(name=name):
                return name
            case Duty(matter=code):
                matter = self.pack.matters.get(code)
                return matter.name if matter else as_typed(own)
        return as_typed(own)
