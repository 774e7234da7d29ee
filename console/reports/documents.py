"""Every document by its name: what it is made from, and both forms it comes in."""

from datetime import datetime
from typing import Literal, get_args

from console.domain.pack import Pack
from console.domain.words import Label, Lang
from console.reports import forms, incident
from console.reports.forms import Form
from console.reports.gather import Wanted, activity_log, communications_log, handover, incident_report
from console.reports.incident import IncidentReport
from console.store.queries import View

Kind = Literal["ics309", "ics214", "incident", "handover"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Paper = Form | IncidentReport


def gather(
    kind: Kind,
    view: View,
    pack: Pack,
    wanted: Wanted,
    *,
    net: str = "",
    taking: Label | None = None,
    remarks: str = "",
    signed_at: datetime | None = None,
) -> Paper:
    """What a document says. `net` is for ics309; `taking` (who comes), `remarks` and `signed_at` for the handover."""
    match kind:
        case "ics309":
            return communications_log(view, pack, wanted, Label(net, net) if net else None)
        case "ics214":
            return activity_log(view, pack, wanted)
        case "incident":
            return incident_report(view, pack, wanted)
        case "handover":
            return handover(view, pack, wanted, taking, remarks, signed_at)


def to_html(paper: Paper, lang: Lang) -> str:
    """As a page that needs nothing else, to be read or printed (`incident.to_pdf`)."""
    return incident.to_html(paper, lang) if isinstance(paper, IncidentReport) else forms.to_html(paper, lang)


def to_docx(paper: Paper, lang: Lang) -> bytes:
    """As a Word document, to be gone on with."""
    from console.reports import word_forms, word_incident  # python-docx: only when one is written

    if isinstance(paper, IncidentReport):
        return word_incident.to_docx(paper, lang)
    return word_forms.to_docx(paper, lang)
