"""What the desk knows about a call while it is written down, as rows of its panel."""

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from console.desk.session import Session, utc_now
from console.domain.duty import Matter
from console.domain.incident import Incident
from console.domain.phrases import say
from console.domain.place import Point, distance_m
from console.domain.proposal import Proposal
from widgets.completions import Completion
from widgets.lang import language, show
from widgets.pinyin import initials, matches
from widgets.times import ago, travel

MOST = 9
Rows = tuple[tuple[str, str], ...]

translate = QCoreApplication.translate


def matters_like(session: Session, typed: str) -> list[Completion]:
    """Matters by a part of their name or its pinyin initials, the best first; `data` is the `Matter`."""
    found = [m for m in session.lists.matters.values() if matches(typed, m.name.zh, m.name.en, m.code, m.national)]
    found.sort(key=lambda matter: (_fit(typed.lower(), matter), -matter.level.rank))
    return [
        Completion(show(m.name), show(m.name), " · ".join(filter(None, (show(m.level.label), show(m.group)))), data=m)
        for m in found[:MOST]
    ]


def _fit(typed: str, matter: Matter) -> int:
    names = matter.name.zh.lower(), matter.name.en.lower(), initials(matter.name.zh), matter.code
    if typed in names:
        return 0
    return 1 if any(name.startswith(typed) for name in names) else 2


def same_rows(session: Session, incidents: Iterable[Incident], at: Point | None, number: str) -> Rows:
    """Incident and words: I34 城市内涝 · 万达广场 · 120 m · 3 分钟前 · 同一号码."""
    now = utc_now()
    rang = {call.incident for call in session.state.calls.values() if number and call.number == number}
    rows = []
    for one in incidents:
        words = [f"{one.code} {show(one.title)}", show(one.place)]
        if at is not None:
            words.append(f"{round(distance_m(at, one.at))} m")
        words.append(ago((now - one.opened_at).total_seconds()))
        if one.id in rang:
            words.append(translate("calls", "同一号码"))
        rows.append((one.id, " · ".join(words)))
    return tuple(rows)


def offer_rows(session: Session, proposal: Proposal) -> Rows:
    """What would be proposed: who leads and helps, who goes and how far away they are, what is short."""
    name = session.pack.agency_name
    lead = translate("calls", "主办 {agency}").format(agency=show(name(proposal.lead)))
    helping = translate("calls", "、").join(show(name(agency)) for agency in proposal.assist)
    rows = [
        (lead + (" · " + translate("calls", "协办 {agencies}").format(agencies=helping) if helping else ""), "text")
    ]
    units = " · ".join(f"{show(each.unit.name)} {travel(each.travel_s)}" for each in proposal.chosen)
    if units:
        rows.append((units, "text"))
    rows += [(say(shortfall.phrase, language()), "yellow") for shortfall in proposal.short]
    return tuple(rows)
