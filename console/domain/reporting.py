"""The operation that reports an emergency to the level above."""

from dataclasses import dataclass, replace
from typing import ClassVar

from console.domain.errors import Refused
from console.domain.log import Kind, Note
from console.domain.operation import Actor, Changes, Lane, Reader
from console.domain.situation import SituationReport, missing
from console.domain.words import Phrase


@dataclass(frozen=True, slots=True)
class ReportSituation:
    NAME: ClassVar[str] = "incident.report"
    LANE: ClassVar[Lane] = "command"
    report: SituationReport

    def decide(self, read: Reader, actor: Actor) -> Changes:
        report = replace(self.report, by=actor.by)
        incident = read.incident(report.incident)
        if lacking := missing(report.kind, report.by_phone, report.elements):
            said = Phrase("elements_missing", {"kind": report.kind.label, "first": lacking[0].label})
            raise Refused(said)
        told = Phrase("situation_reported", {"kind": report.kind.label, "code": incident.code})
        kind = Kind.PHONE if report.by_phone else Kind.MESSAGE
        return Changes((report,), (Note(kind, actor.name, report.to, phrase=told, incident=incident.id),))
