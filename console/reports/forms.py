"""What the paper forms of a command centre say: communications log, activity log, handover pack.

One model a form, read from the store by `gather`; `told` turns it into words of one language, from which both the
printed page (`resources/reports/*.html`) and the document (`word`) are made. Times are in the zone of `generated_at`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from console.domain.alarm import Alarm, AlarmState, FilterReason
from console.domain.assignment import Assignment, Status
from console.domain.incident import Incident
from console.domain.log import Entry, Kind, LogFilter
from console.domain.words import Label, Lang
from console.reports.entries import EntryRow, rows
from console.reports.incident import environment, zone_name
from console.reports.names import Names
from console.reports.words_forms import FORMS

__all__ = ["ActivityLog", "CommunicationsLog", "Form", "Handover", "OpenCase", "Resource", "to_html", "told"]
BLANK = {"ics309": 24, "ics214": 24}  # ruled lines of a form with little on it, to be gone on by hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What all of them have. Entries are oldest first."""

    centre: Label
    since: datetime
    until: datetime
    generated_at: datetime
    author: Label
    duty: Label  # the author's position
    entries: Sequence[Entry] = ()
    names: Names = field(default_factory=Names)
    behind: Mapping[str, datetime] = field(default_factory=dict)  # ids of entries that a clock set back dates too early
    incident: Incident | None = None
    drill: Label | None = None
    simulated: bool = False

    def __post_init__(self) -> None:
        if self.generated_at.tzinfo is None:
            raise ValueError("generated_at needs a time zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunicationsLog(Form):
    """ICS 309."""

    net: Label  # radio net, or the position at which it was heard


@dataclass(frozen=True, slots=True)
class Resource:
    name: Label
    position: Label
    agency: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityLog(Form):
    """ICS 214."""

    resources: Sequence[Resource] = ()


@dataclass(frozen=True, slots=True)
class OpenCase:
    """An incident that goes on into the next shift."""

    incident: Incident
    assignments: Sequence[Assignment]
    tasks_open: int
    gates_open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover(Form):
    """交接班: what is open, what was put aside, what was noted, who goes and who comes."""

    taking: Label | None  # None: to be written in by hand
    cases: Sequence[OpenCase] = ()
    alarms: Sequence[Alarm] = ()  # undecided, or filtered in the shift
    opened: int = 0  # incidents in the shift
    closed: int = 0
    remarks: str = ""
    signed_at: datetime | None = None  # when both signed at the desk


def to_html(form: Form, lang: Lang) -> str:
    """A form as one HTML page that needs nothing else."""
    given = told(form, lang)
    return environment().get_template(f"{given['code']}.html").render(given)


def told(form: Form, lang: Lang) -> dict[str, Any]:
    """All that a form says, as texts of one language."""
    code = _CODES[type(form)]
    view = _Words(form, lang, code)
    shared = {
        "code": code,
        "lang": lang,
        "said": view.said,
        "centre": view.show(form.centre),
        "incident": view.incident(),
        "period": {name: (view.day(at), view.minute(at)) for name, at in (("from", form.since), ("to", form.until))},
        "author": view.show(form.author),
        "duty": view.show(form.duty),
        "prepared": f"{view.day(form.generated_at)} {view.minute(form.generated_at)}",
        "zone": zone_name(form.generated_at),
        "flags": view.flags(),
        "page_words": view.said("page", page="@", pages="@").split("@"),
    }
    match form:
        case CommunicationsLog():
            return shared | {"net": view.show(form.net), "rows": view.traffic(), "blank": BLANK[code]}
        case ActivityLog():
            resources = [(view.show(r.name), view.show(r.position), view.show(r.agency)) for r in form.resources]
            return shared | {"resources": resources, "rows": view.activities(), "blank": BLANK[code]}
        case Handover():
            return shared | view.handover(form)
    raise TypeError(f"no form: {form}")


_CODES: dict[type[Form], str] = {CommunicationsLog: "ics309", ActivityLog: "ics214", Handover: "handover"}


@dataclass(frozen=True, slots=True)
class _Words:
    form: Form
    lang: Lang
    code: str

    def said(self, key: str, **args: object) -> str:
        return FORMS[key].text(self.lang).format(**args)

    def show(self, label: Label | None) -> str:
        return label.text(self.lang) if label else ""

    def name(self, names: Mapping[str, Label], id: str | None) -> str:
        label = names.get(id or "")
        return label.text(self.lang) if label else id or ""

    def day(self, at: datetime) -> str:
        return f"{at.astimezone(self.form.generated_at.tzinfo):%Y-%m-%d}"

    def minute(self, at: datetime) -> str:
        return f"{at.astimezone(self.form.generated_at.tzinfo):%H:%M}"

    def time(self, at: datetime) -> str:
        """The time; with the date where the period is of more than one day."""
        here = at.astimezone(self.form.generated_at.tzinfo)
        days = {self.day(self.form.since), self.day(self.form.until)}
        return f"{here:%H:%M}" if len(days) == 1 else f"{here:%m-%d %H:%M}"

    def incident(self) -> str:
        incident = self.form.incident
        if incident is None:
            return self.said("all_incidents", centre=self.show(self.form.centre))
        return f"{incident.code} {self.show(incident.title)}"

    def flags(self) -> list[str]:
        flags = [self.said("drill_flag", name=self.show(self.form.drill))] if self.form.drill else []
        return [*flags, self.said("simulated_flag")] if self.form.simulated else flags

    def lines(self) -> list[EntryRow]:
        return rows(self.form.entries, self.lang, self.form.behind, self.form.generated_at.tzinfo)

    def traffic(self) -> list[dict[str, Any]]:
        """Every word that went from one to another. A sender's number is its own, a receiver's ours."""
        heard = [row for row in self.lines() if row.entry.note.kind is not Kind.SYSTEM]
        return [self._traffic(row) for row in heard]

    def _traffic(self, row: EntryRow) -> dict[str, Any]:
        ours = self.form.names.users.get(row.entry.author) == row.sender
        return {
            "time": self.time(row.at),
            "from": self.show(row.sender),
            "from_number": row.number if ours else "",
            "to": self.show(row.receiver),
            "to_number": "" if ours else row.number,
            "text": row.text,
            "remark": row.remark,
            "old": row.old,
        }

    def activities(self) -> list[dict[str, Any]]:
        return [
            {
                "time": f"{self.day(row.at)} {self.minute(row.at)}",
                "who": " → ".join(filter(None, (self.show(row.sender), self.show(row.receiver)))),
                "text": row.text,
                "remark": row.remark,
                "old": row.old,
            }
            for row in self.lines()
        ]

    def handover(self, form: Handover) -> dict[str, Any]:
        every = self.lines()
        counts = [(kind, sum(row.entry.note.kind is kind for row in every)) for kind in Kind]
        waiting = [alarm for alarm in form.alarms if alarm.state is AlarmState.UNACKNOWLEDGED]
        filtered = [alarm for alarm in form.alarms if alarm.state is AlarmState.FILTERED]
        return {
            "taking": self.show(form.taking),
            "cases": [self._case(case) for case in form.cases],
            "waiting": [self._alarm(alarm) for alarm in waiting],
            "filtered": [self._alarm(alarm) for alarm in filtered],
            "notes": [
                {
                    "time": self.time(row.at),
                    "kind": self.show(row.kind),
                    "who": " → ".join(filter(None, (self.show(row.sender), self.show(row.receiver)))),
                    "text": row.text,
                    "remark": row.remark,
                    "old": row.old,
                }
                for row in every
                if row.entry.note.kind is Kind.NOTE or row.entry.note.corrects
            ],
            "counts": " · ".join(f"{self.show(kind.label)} {count}" for kind, count in counts if count),
            "summary": self.said(
                "summary", opened=form.opened, closed=form.closed, open=len(form.cases), entries=len(every)
            ),
            "remarks": form.remarks,
            "signed": self.said("signed", at=f"{self.day(form.signed_at)} {self.minute(form.signed_at)}")
            if form.signed_at
            else "",
        }

    def _case(self, case: OpenCase) -> dict[str, Any]:
        incident, now = case.incident, self.form.generated_at
        over = now - incident.due_at if incident.due_at else None
        late = over is not None and over.total_seconds() > 0
        left = ""
        if incident.due_at is not None and over is not None:
            left = self.said("late" if late else "left", time=self.span(abs(over)))
        out = [a for a in case.assignments if a.status.open]
        there = sum(a.status.rank >= Status.ON_SCENE.rank for a in out)
        return {
            "code": incident.code,
            "title": self.show(incident.title),
            "place": self.show(incident.place),
            "level": self.show(incident.level.label),
            "stage": self.show(incident.stage.label),
            "opened": f"{self.day(incident.opened_at)[5:]} {self.minute(incident.opened_at)}",
            "lead": self.name(self.form.names.agencies, incident.lead) or "—",
            "due": f"{self.day(incident.due_at)[5:]} {self.minute(incident.due_at)}" if incident.due_at else "—",
            "left": left,
            "late": late,
            "out": self.said("out", out=len(out), there=there) if out else self.said("out_none"),
            "tasks": self.said("tasks", n=case.tasks_open, gates=case.gates_open) if case.tasks_open else "",
        }

    def span(self, length: timedelta) -> str:
        minutes = int(length.total_seconds() // 60)
        return self.said("span", hours=minutes // 60, minutes=minutes % 60)

    def _alarm(self, alarm: Alarm) -> dict[str, Any]:
        reason = next((r.label for r in FilterReason if r.value == alarm.reason), None)
        return {
            "time": self.time(alarm.raised_at),
            "title": self.show(alarm.title),
            "level": self.show(alarm.level.label),
            "reason": self.show(reason) or alarm.reason or "",
            "by": self.name(self.form.names.users, alarm.decided_by),
            "back": self.said("returned" if alarm.returned_at else "still"),
        }


def reach(form: Form) -> LogFilter:
    """Which entries a form is about."""
    return LogFilter(incident=form.incident.id if form.incident else None, since=form.since, until=form.until)


def resource_of(assignment: Assignment, names: Names) -> Resource:
    """A unit or agency that was sent, as ICS 214 lists it."""
    home = names.agencies.get(assignment.agency, Label(assignment.agency, assignment.agency))
    return Resource(names.units.get(assignment.unit or "", home), assignment.role.label, home)
