"""A call that somebody at the desk takes."""

from console.desk.session import Session, utc_now
from console.domain.answering import TakeCall
from console.domain.incoming import Channel, IncomingCall
from console.domain.level import Level
from console.domain.opening import from_call
from console.domain.place import Point
from console.domain.words import Label
from console.store.ids import new_id
from tests.support_qt import until


def take_call(session: Session, matter: str, title: Label, place: Label, at: Point, level: Level) -> str:
    """The id of the incident that it opened; its proposal is asked for."""
    now = utc_now()
    call = IncomingCall(
        new_id(), session.area, Channel.PHONE, now, title, Label("王女士", "Ms Wang"),
        title=title, matter=matter, level=level, place=place, at=at,
    )  # fmt: skip
    kind, number = session.matter(matter), session.take_number()
    incident = from_call(call, kind, at, session.area, id=new_id(), number=number, now=now)
    session.do(TakeCall(call, incident), lambda: session.proposals.want_soon(incident.id))
    until(lambda: incident.id in session.state.incidents, "the call is taken")
    return incident.id
