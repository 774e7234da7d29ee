"""What a typed word names: an incident by its code, which is its area's own, a unit by its code or name."""

from collections.abc import Iterable

from console.desk.session import Session
from console.domain.agency import Unit
from console.domain.errors import Refused
from console.domain.incident import Incident
from console.domain.words import Label, Phrase
from widgets.lang import show


def coded(incidents: Iterable[Incident], word: str) -> list[Incident]:
    """Those that a word may mean: `I34`, or `I34@houjie` where two areas have that number."""
    code, _, area = word.lower().partition("@")
    found = [one for one in incidents if one.code.lower() == code]
    return [one for one in found if not area or f"/{one.area}".lower().endswith(f"/{area}")]


def full_code(incident: Incident, incidents: Iterable[Incident]) -> str:
    """What means this incident and no other of these."""
    others = [one for one in coded(incidents, incident.code) if one.id != incident.id]
    if not others:
        return incident.code
    short = f"{incident.code}@{incident.area.rpartition('/')[2]}"
    return f"{incident.code}@{incident.area}" if coded(others, short) else short


def the_incident(incidents: Iterable[Incident], word: str) -> Incident | None:
    """The one that a word means, or None. Raises `Refused` when it may mean several."""
    found = coded(incidents, word)
    if len(found) > 1:
        raise Refused(several(word, [(full_code(one, found), one.title) for one in found]))
    return found[0] if found else None


def the_unit(session: Session, word: str) -> Unit | None:
    """The unit that a code or name means, or None. Raises `Refused` when two have that name."""
    units, pack = session.pack.units.values(), session.pack
    coded = [unit for unit in units if unit.code and unit.code.lower() == word.lower()]
    found = coded or [unit for unit in units if show(unit.name).lower() == word.lower()]
    if len(found) > 1:
        raise Refused(several(word, [(unit.code, pack.agency_name(unit.agency)) for unit in found]))
    return found[0] if found else None


def several(word: str, which: Iterable[tuple[str, Label]]) -> Phrase:
    """A word may mean several things; each with what to type for it, and its name."""
    told = list(which)
    zh = "、".join(f"{typed} {name.zh}" for typed, name in told)
    en = ", ".join(f"{typed} {name.en}" for typed, name in told)
    return Phrase("several_named", {"word": word, "which": Label(zh, en)})
