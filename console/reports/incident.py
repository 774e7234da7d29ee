"""The report of one incident: what happened, who was sent when, what was done and every word that was said.

The first page is the report of an ordinary incident by itself; pictures and the message log follow as annexes.

`to_html` makes one self-contained A4 page flow, `to_pdf` prints it. Both are pure: time is passed in, nothing
is fetched. Printing takes seconds for a long log, so a caller with a window runs it off the main thread.
"""

import base64
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import resources
from console.domain.assignment import Assignment, Status
from console.domain.incident import Incident, Stage, Task
from console.domain.log import Entry, digest
from console.domain.words import Label, Lang
from console.reports.chart import draw
from console.reports.entries import rows as entry_rows
from console.reports.intervals import clock, of_assignment, of_incident
from console.reports.names import Names
from console.reports.words import INCIDENT

PNG = b"\x89PNG\r\n\x1a\n"
COLUMNS = (Status.NOTIFIED, Status.ACKNOWLEDGED, Status.EN_ROUTE, Status.ON_SCENE)
ENDS = (Status.DONE, Status.DECLINED, Status.RECALLED)


@dataclass(frozen=True, slots=True)
class Picture:
    """A map or camera snapshot. Raises `ValueError` for anything but a PNG."""

    caption: Label
    png: bytes

    def __post_init__(self) -> None:
        if not self.png.startswith(PNG):
            raise ValueError("not a PNG picture")


@dataclass(frozen=True, slots=True)
class IncidentReport:
    """Everything the report shows. Times are printed in the zone of `generated_at`."""

    incident: Incident
    matter: Label
    centre: Label
    assignments: Sequence[Assignment]
    tasks: Sequence[Task]
    entries: Sequence[Entry]  # oldest first
    names: Names
    generated_at: datetime
    author: Label
    drill: Label | None = None  # the drill's name, when the incident is of a drill
    simulated: bool = False
    pictures: Sequence[Picture] = field(default=())
    behind: Mapping[str, datetime] = field(default_factory=dict)  # ids of entries that a clock set back dates too early

    def __post_init__(self) -> None:
        if self.generated_at.tzinfo is None:
            raise ValueError("generated_at needs a time zone")


def to_html(report: IncidentReport, lang: Lang) -> str:
    """The report as one HTML page that needs nothing else."""
    return environment().get_template("incident.html").render(told(report, lang))


def to_pdf(html: str) -> bytes:
    """Print a report's page. Nothing is fetched: only what is in the page itself is used."""
    import weasyprint  # brings Pango: only when something is printed
    from weasyprint.urls import URLFetcher

    for name in ("weasyprint", "weasyprint.progress", "fontTools", "fontTools.subset", "pydyf"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    document = weasyprint.HTML(string=html, url_fetcher=URLFetcher(allowed_protocols={"data"}))
    return bytes(document.write_pdf())


def told(report: IncidentReport, lang: Lang) -> dict[str, Any]:
    """All that the report says, in one language: what the page and the document are made of."""
    return _View(report, lang).context()


@lru_cache(maxsize=1)
def environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(resources.path("reports")),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )


# All control characters but tab and line breaks, the overrides of direction, and what is no character.
_HIDDEN = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(127, 160), 0x202D, 0x202E, 0xFFFE, 0xFFFF), "\ufffd")


def visible(value: object) -> object:
    """Typed text with control characters shown as such: none may end the text or turn its direction."""
    return value.translate(_HIDDEN) if type(value) is str else value


@dataclass(frozen=True, slots=True)
class _View:
    """A report in the words of one language."""

    report: IncidentReport
    lang: Lang

    def context(self) -> dict[str, Any]:
        report, incident = self.report, self.report.incident
        assignments = report.assignments
        course, chart = of_incident(incident, assignments), draw(assignments, *self.extent())
        lines = entry_rows(report.entries, self.lang, report.behind, report.generated_at.tzinfo)
        tasks = [(task, self.due(task.due_at, task.done_at)) for task in report.tasks]
        return {
            "lang": self.lang,
            "said": self.said,
            "show": self.show,
            "agency": self.agency,
            "unit": self.unit,
            "person": self.person,
            "moment": self.moment,
            "time": self.time,
            "clock": clock,
            "report": report,
            "incident": incident,
            "stages": [
                (stage.label, stage.rank <= incident.stage.rank, stage is incident.stage)
                for stage in (incident.stages or tuple(Stage))
            ],
            "flags": self.flags(),
            "due_said": self.due(incident.due_at, incident.closed_at),
            "course": [(key, getattr(course, key)) for key in course.__slots__],
            "columns": COLUMNS,
            "assignments": [
                (a, of_assignment(a), bars, self.ended(a)) for a, bars in zip(assignments, chart, strict=True)
            ],
            "status_said": self.status,
            "span": self.span(),
            "tasks": tasks,
            "late_task": any(late for _, (late, _) in tasks),
            "entries": lines,
            "chains": self.chains(),
            "broken": [line.number for line in lines if digest(line.entry) != line.entry.hash],
            "pictures": [
                (picture.caption, "data:image/png;base64," + base64.b64encode(picture.png).decode())
                for picture in report.pictures
            ],
            "zone": zone_name(report.generated_at),
        }

    def said(self, key: str, **args: object) -> str:
        return INCIDENT[key].text(self.lang).format(**args)

    def show(self, label: Label | None) -> str:
        return label.text(self.lang) if label else "—"

    def agency(self, id: str | None) -> str:
        return self.name(self.report.names.agencies, id)

    def unit(self, id: str | None) -> str:
        return self.name(self.report.names.units, id)

    def person(self, id: str | None) -> str:
        return self.name(self.report.names.users, id)

    def name(self, names: Mapping[str, Label], id: str | None) -> str:
        if not id:
            return "—"
        label = names.get(id)
        return label.text(self.lang) if label else id

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.report.generated_at.tzinfo)

    def moment(self, at: datetime | None) -> str:
        """Date and time."""
        return self.local(at).strftime("%Y-%m-%d %H:%M:%S") if at else "—"

    def time(self, at: datetime | None) -> str:
        """The time, with the date where it is not that of the incident."""
        if at is None:
            return "—"
        here = self.local(at)
        same = here.date() == self.local(self.report.incident.opened_at).date()
        return here.strftime("%H:%M:%S" if same else "%m-%d %H:%M:%S")

    def flags(self) -> list[tuple[str, str]]:
        """What the whole document is marked with: a word for every page and a sentence for the first."""
        flags = []
        if self.report.drill is not None:
            flags.append((self.said("drill"), f"{self.show(self.report.drill)}: {self.said('drill_said')}"))
        if self.report.simulated:
            flags.append((self.said("simulated"), self.said("simulated_said")))
        return flags

    def due(self, due_at: datetime | None, done_at: datetime | None) -> tuple[bool, str]:
        """Whether a limit was missed, and how that is said."""
        if due_at is None:
            return False, ""
        over = (done_at or self.report.generated_at) - due_at
        if over.total_seconds() > 0:
            return True, self.said("late", by=clock(over))
        return False, self.said("on_time") if done_at else ""

    def ended(self, assignment: Assignment) -> datetime | None:
        return max((at for status in ENDS if (at := assignment.at(status))), default=None)

    def status(self, status: Status) -> str:
        """A status in the width of a column."""
        return self.said("acknowledged") if status is Status.ACKNOWLEDGED else self.show(status.label)

    def extent(self) -> tuple[datetime, datetime]:
        """What the bars show: from the opening to the last word from the field, or to now while it is open."""
        incident, assignments = self.report.incident, self.report.assignments
        known = [incident.opened_at, *(at for a in assignments for at in a.times.values())]
        end = max([*known, self.report.generated_at]) if incident.open else max(known)
        return self.local(min(known)), self.local(end)

    def span(self) -> tuple[str, str]:
        """Start and end of the bars, as dates where the incident took more than a day."""
        start, end = self.extent()
        form = "%H:%M" if end - start < timedelta(days=1) else "%m-%d"
        return start.strftime(form), end.strftime(form)

    def chains(self) -> list[tuple[str, str]]:
        """For each device what it wrote here, and the hash of the last of it."""
        chains = []
        for device in dict.fromkeys(entry.device for entry in self.report.entries):
            own = [entry for entry in self.report.entries if entry.device == device]
            first, last = min(own, key=lambda e: e.number), max(own, key=lambda e: e.number)
            said = self.said("chain", device=device, count=len(own), first=first.number, last=last.number)
            chains.append((said, last.hash))
        return chains


def zone_name(at: datetime) -> str:
    """UTC+08:00."""
    text = at.strftime("%z")
    return f"UTC{text[:3]}:{text[3:5]}"
