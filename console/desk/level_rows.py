"""Work between the levels as the plain data that its panels show: what was sent here, whom it may be handed to."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication

from console.desk.session import Session
from console.domain.agency import Agency, unit_state
from console.domain.area import centre_path, own_paths
from console.domain.assignment import Assignment, Role, Status
from console.domain.conflict import By
from console.domain.incident import Incident
from console.domain.levels import (
    Recipient,
    Sending,
    Transfer,
    called_in,
    may_go,
    returned,
    send,
    transfer,
)
from console.domain.operation import Dispatch
from console.domain.words import Label
from console.store.ids import new_id
from widgets.assignment_inbox import WAITING, WorkRow
from widgets.assignment_table import AssignmentRow
from widgets.choice_picker import Choice
from widgets.level_part import REPORTS, LevelFacts
from widgets.send_form import Handing, SendOffer

translate = QCoreApplication.translate
DONE_FOR = timedelta(hours=24)  # so long what is done is listed
UNIT = "unit:"  # before the id of a unit among agencies


# Whose desk this is


def own(session: Session) -> frozenset[str]:
    """The paths of the agencies that are one's own here."""
    return own_paths(session.user.grants, session.store.realm)


def own_agency(session: Session) -> Agency | None:
    """The one whose desk this is: the centre's own, else the first that one was given."""
    mine = own(session)
    centre = centre_path(session.pack.area)
    found = [agency for agency in session.pack.agencies.values() if agency.path in mine]
    return next((a for a in found if a.path == centre), found[0] if found else None)


def place_name(session: Session) -> Label:
    """Whose desk this is, in words."""
    agency = own_agency(session)
    if agency is None or agency.path == centre_path(session.pack.area):
        return session.pack.centre
    return agency.name


def home(session: Session) -> str:
    """The path of the area one works for."""
    agency = own_agency(session)
    return agency.area if agency else session.pack.area


def serves(session: Session) -> bool:
    """Whether it is the desk of an agency, or of a level below: work comes to it from the centre."""
    return bool(own(session)) and not session.commands(session.pack.area)


# What was sent here


def own_work(session: Session) -> list[Assignment]:
    """The assignments to one's own agencies, of the incidents that are known here."""
    mine, state = own(session), session.state
    return [a for a in state.assignments.values() if a.scope in mine and a.incident in state.incidents]


def work_rows(session: Session, now: datetime) -> list[WorkRow]:
    """What was sent here, but for what was done long ago."""
    state, pack = session.state, session.pack
    rows = []
    for one in own_work(session):
        row = WorkRow(
            one,
            state.incidents[one.incident],
            who_sent(session, one.by),
            pack.unit_name(one.unit) if one.unit else None,
            sends_on=one.unit is None and session.commands(one.scope) and one.role is not Role.SUPERVISE,
        )
        last = max(one.times.values(), default=None)
        if one.status.open or last is None or now - last < DONE_FOR:
            rows.append(row)
    return rows


def work_counts(session: Session, now: datetime) -> tuple[int, int]:
    """How much waits to be accepted, and how much is overdue."""
    rows = work_rows(session, now)
    return sum(row.group == WAITING for row in rows), sum(row.overdue(now) for row in rows)


def who_sent(session: Session, by: By | None) -> Label:
    """A person with where they sit."""
    if by is None:
        return Label("", "")
    pack = session.pack
    place = pack.areas[by.area].name if by.area in pack.areas else None
    place = place or next((a.name for a in pack.agencies.values() if a.path == by.area), None)
    return Label(f"{place.zh} {by.name.zh}", f"{by.name.en}, {place.en}") if place else by.name


# What goes on between the levels about one incident


def level_facts(session: Session, incident: Incident) -> LevelFacts:
    state, pack = session.state, session.pack
    known = [a for a in state.assignments_of(incident.id) if a.round == incident.round]

    def row(one: Assignment) -> AssignmentRow:
        return AssignmentRow(one, pack.agency_name(one.agency), pack.unit_name(one.unit) if one.unit else None)

    reports = state.reports_of(incident.id)
    closed = "" if incident.open else translate("levels", "已结案")
    here = session.commands(incident.area)
    elsewhere = "" if here else translate("levels", "由管辖这个事件的中心办理")
    return LevelFacts(
        called=tuple(row(a) for a in called_in(known)),
        returned=tuple(row(a) for a in returned(known)) if here else (),
        reports=tuple(reports),
        timers=tuple(timer for timer in session.timing.of(incident.id) if timer.limit in REPORTS),
        handing=closed or ("" if received(session, incident.id) else elsewhere),
        elsewhere=elsewhere,
    )


def received(session: Session, incident: str) -> Assignment | None:
    """What was sent here of an incident and can be sent on below by whoever is signed in."""
    mine = [a for a in own_work(session) if a.incident == incident and a.unit is None and a.status.open]
    return next((a for a in mine if session.commands(a.scope) and a.role is not Role.SUPERVISE), None)


# Whom it may be handed to


def send_offer(session: Session, incident: Incident) -> SendOffer | None:
    """None when it cannot be handed on from here."""
    ways: dict[Sending, tuple[Choice, ...]] = {}
    works: tuple[Choice, ...] = ()
    state, pack, area = session.state, session.pack, home(session)
    known = state.assignments_of(incident.id)
    origin = received(session, incident.id)
    if session.commands(incident.area):
        works = tuple(_work(session, a) for a in _transferable(known))
        for how in (Sending.WHISTLE, Sending.DOWN, Sending.ASSIST, Sending.TRANSFER, Sending.UP):
            fitting = [a for a in pack.agencies.values() if may_go(how, a, area)]
            if not fitting or (how is Sending.TRANSFER and not works) or (how is Sending.ASSIST and not incident.lead):
                continue
            ways[how] = _choices(fitting, known, how, area)
    if origin is not None:
        ways[Sending.ONWARD] = (*_units(session, origin), *_below(session, origin, known))
    if not ways:
        return None
    leads = incident.lead is None
    return SendOffer(incident.id, incident.code, ways, works, origin.id if origin else None, leads)


def _transferable(known: Iterable[Assignment]) -> list[Assignment]:
    """What can be taken from one and given to another: what was sent back first."""
    known = list(known)
    back = returned(known)
    done = (Status.DONE, Status.DECLINED, Status.RECALLED, Status.STOOD_DOWN)
    return [*back, *(a for a in known if a.status not in done and a.role is not Role.SUPERVISE)]


def _work(session: Session, one: Assignment) -> Choice:
    return Choice(one.id, session.who(one), one.status.label)


def _choices(fitting: Iterable[Agency], known: Iterable[Assignment], how: Sending, area: str) -> tuple[Choice, ...]:
    """In the order in which they are likely meant; those that are at work on it already say so.

    Up and down, centres come before the agencies of their areas; to help, the agencies of one's own area come first.
    """
    at_work = {a.agency: a.status.label for a in known if a.unit is None and a.status.open}
    between_levels = how in (Sending.UP, Sending.DOWN, Sending.ONWARD)
    depth = -1 if how is Sending.UP else 1
    order = sorted(
        fitting, key=lambda a: (not between_levels and a.area != area, not a.centre, depth * a.area.count("/"))
    )
    return tuple(Choice(a.id, a.name, a.tier.label, at_work.get(a.id)) for a in order)


def _units(session: Session, origin: Assignment) -> list[Choice]:
    open_work = session.state.open_assignments()
    units = [u for u in session.pack.units.values() if u.agency == origin.agency]
    return [Choice(f"{UNIT}{u.id}", u.name, unit_state(u, open_work).label) for u in units]


def _below(session: Session, origin: Assignment, known: Iterable[Assignment]) -> tuple[Choice, ...]:
    """The agencies below an area's centre that one commands."""
    agencies = session.pack.agencies
    received_by = agencies[origin.agency]
    if not received_by.centre:
        return ()
    below = [a for a in agencies.values() if may_go(Sending.DOWN, a, received_by.area) and session.commands(a.path)]
    return _choices(below, known, Sending.ONWARD, received_by.area)


def handed(session: Session, handing: Handing, now: datetime) -> Dispatch | Transfer:
    """What does it. Raises `Refused` when nobody is chosen."""
    state, pack = session.state, session.pack
    due = now + timedelta(minutes=handing.minutes) if handing.minutes and handing.how is not Sending.UP else None
    if handing.how is Sending.TRANSFER and handing.to and handing.assignment:
        known = state.assignments[handing.assignment]
        to = pack.agencies[handing.to[0]]
        return transfer(known, to, reason=handing.reason, now=now, new_id=new_id, ack_due_at=due)
    units = [pack.units[id.removeprefix(UNIT)] if id.startswith(UNIT) else None for id in handing.to]
    to_all = [
        Recipient(pack.agencies[unit.agency if unit else id], unit) for id, unit in zip(handing.to, units, strict=True)
    ]
    chosen = {unit.id for unit in units if unit}
    return send(
        state.incidents[handing.incident],
        handing.how,
        to_all,
        now=now,
        new_id=new_id,
        reason=handing.reason,
        ack_due_at=due,
        origin=state.assignments.get(handing.assignment or ""),
        seen=[a.id for a in state.open_assignments() if a.unit in chosen],
    )
