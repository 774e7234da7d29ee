"""What the message log says about assignments, so that the boards can be built again from it alone.

A note that changes an assignment's times carries them as its argument `facts`: "+a1 on_scene 2026-07-01T08:00:00+00:00"
for one that was said, "-..." for one that was taken back, parted by "; ".
"""

from collections.abc import Iterable
from datetime import datetime

from console.domain.assignment import Assignment, Status
from console.domain.log import Entry

Times = dict[str, datetime]  # status code -> when it occurred


def fact(assignment: str, status: Status, at: datetime) -> str:
    """What was said of one, known before or not: it may be news to others who did not hear what came before."""
    return f"+{assignment} {status.value} {at.isoformat()}"


def facts(before: Iterable[Assignment], after: Iterable[Assignment]) -> str:
    """What became of some assignments; those that were not there `before` are new."""
    known = {a.id: a.times for a in before}
    said = []
    for a in after:
        old = known.get(a.id, {})
        gone = [("-", code, at) for code, at in old.items() if a.times.get(code) != at]
        come = [("+", code, at) for code, at in a.times.items() if old.get(code) != at]
        said += [f"{sign}{a.id} {code} {at.isoformat()}" for sign, code, at in (*gone, *come)]
    return "; ".join(said)


def boards(entries: Iterable[Entry]) -> dict[str, Times]:
    """The times of every assignment that the log speaks of, by its id; entries in the order they were written.

    Two desks may each have written what they heard: the same rule as for the rows makes one of it.
    """
    found: dict[str, Times] = {}
    for entry in entries:
        phrase = entry.note.phrase
        for fact in str(phrase.args.get("facts", "") if phrase else "").split("; "):
            if not fact:
                continue
            id, code, said = fact[1:].split(" ")
            times, at = found.setdefault(id, {}), datetime.fromisoformat(said)
            if fact[0] == "+":
                times[code] = min(at, times.get(code, at))  # the first report of a status keeps its time
            elif times.get(code) == at:
                del times[code]
    return found
