"""Agencies without a desk: whom of an incident one has to call, and what a call leaves behind.

An agency has a desk when the pack has a user who may act for it. What was told by phone is two facts: the call is in
the log, and the agency has taken its order.
"""

from console.desk.session import Session, utc_now
from console.domain.assignment import Assignment, Status
from console.domain.incident import Incident
from console.domain.log import Kind, Note
from console.domain.operation import ReportStatus, WriteNote
from console.domain.words import Label, Phrase
from widgets.phone_list import PhoneRow


def by_phone(session: Session, agency: str) -> bool:
    """Whether an agency's orders go by phone. What the pack does not know is another system's."""
    known = session.pack.agencies.get(agency)
    return known is not None and known.path not in session.desks


def numbers(session: Session) -> dict[str, str]:
    """The numbers of the agencies without a desk, by their ids; empty where the pack has none."""
    return {agency.id: agency.phone for agency in session.pack.agencies.values() if by_phone(session, agency.id)}


def phone_rows(session: Session, incident: Incident) -> tuple[PhoneRow, ...]:
    """Who is still to be called about an incident: the lead first."""
    waiting: dict[str, list[Assignment]] = {}
    for one in _assignments(session, incident):
        if one.status is Status.NOTIFIED and by_phone(session, one.agency):
            waiting.setdefault(one.agency, []).append(one)
    order = sorted(waiting, key=lambda agency: (agency != incident.lead, min(one.id for one in waiting[agency])))
    return tuple(_row(session, incident, id, waiting[id]) for id in order)


def _assignments(session: Session, incident: Incident) -> list[Assignment]:
    """Of it and of what is the same as it."""
    state = session.state
    ids = [incident.id, *(one.id for one in state.merged_into(incident.id))]
    return [one for id in ids for one in state.assignments_of(id)]


def _row(session: Session, incident: Incident, agency: str, waiting: list[Assignment]) -> PhoneRow:
    """主办,排涝 1 队; and the same after I34 河道水位超警 · 立沙桥."""
    pack = session.pack
    units = [pack.unit_name(one.unit) for one in waiting if one.unit]
    role = next((one.role for one in waiting if one.agency == incident.lead), waiting[0].role).label
    brief = Label(",".join(part.zh for part in (role, *units)), ", ".join(part.en for part in (role, *units)))
    order = Label(
        f"{incident.code} {incident.title.zh} · {incident.place.zh}:{brief.zh}",
        f"{incident.code} {incident.title.en} · {incident.place.en}: {brief.en}",
    )
    return PhoneRow(agency, pack.agency_name(agency), pack.agencies[agency].phone, brief, order)


def tell(session: Session, incident: str, agency: str) -> None:
    """The agency was called: the call goes into the log, and it has taken what was sent to it."""
    known = session.state.incidents.get(incident)
    row = next((row for row in phone_rows(session, known) if row.agency == agency), None) if known else None
    if known is None or row is None:
        return
    now = utc_now()
    phrase = Phrase("told_by_phone", {"phone": row.phone, "order": row.order})
    session.do(WriteNote(Note(Kind.PHONE, session.user.name, row.name, phrase=phrase, incident=known.id)))
    for one in _assignments(session, known):
        if one.agency == agency and one.status is Status.NOTIFIED:
            session.do(ReportStatus(one.id, Status.ACKNOWLEDGED, now, row.name, Kind.PHONE))
