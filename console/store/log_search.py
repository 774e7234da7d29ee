"""Asking the message log: pages of entries, newest first, narrowed by who, what, when and any words.

With no words, kind, name or author to find, the entries' own indexes answer; else the search index does, which lacks
what `log_index.waiting` counts.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import and_, func, select, tuple_

from console.domain.log import Entry, LogFilter
from console.domain.words import Label
from console.store import tables
from console.store.finding import expression, initials, matches, sign_tokens, signs
from console.store.log_index import AUTHOR, INCIDENT, KIND, RECEIVER, SENDER, digest, place, told
from console.store.queries import View

_TABLE = tables.entry
_COLUMNS = [column for column in _TABLE.columns if "of" not in column.info]
LOOKED_BACK = 200  # entries
_SLACK = 60_000  # entries of one moment stand one after the other in the index


def page(view: View, wanted: LogFilter, after: Entry | None = None, limit: int | None = 100) -> list[Entry]:
    """The next entries after one, newest first; fewer than `limit` when there are no more, None for all."""
    asked = _expression(wanted)
    found = _plain(view, wanted, after) if asked is None else _found(view, asked, wanted, after)
    return list(islice((entry for entry in found if entry != after and fits(wanted, entry)), limit))


def fits(wanted: LogFilter, entry: Entry) -> bool:
    """Whether an entry is one of those wanted."""
    note = entry.note
    if wanted.since is not None and entry.at < wanted.since:
        return False
    if wanted.until is not None and entry.at >= wanted.until:
        return False
    if wanted.kind not in (None, note.kind) or wanted.incident not in (None, note.incident):
        return False
    if wanted.author not in (None, entry.author):
        return False
    names = ((wanted.sender, note.sender), (wanted.receiver, note.receiver or Label("", "")))
    if not all(matches(text, name.zh, name.en, initials(name.zh)) for text, name in names if text.strip()):
        return False
    return not wanted.text.strip() or matches(wanted.text, *told(entry))


def corrections(view: View, ids: Iterable[str]) -> dict[str, list[Entry]]:
    """The entries that correct these, oldest first, by the id of what they correct."""
    given = tuple(ids)
    query = f"SELECT corrects, entry FROM log_line WHERE corrects IN ({', '.join('?' * len(given))}) ORDER BY n"
    found: dict[str, list[Entry]] = {}
    for corrected, id in view.connection.exec_driver_sql(query, given).all():
        if (entry := view.get(Entry, id)) is not None:
            found.setdefault(corrected, []).append(entry)
    return found


def set_back(view: View, entries: Iterable[Entry]) -> dict[str, datetime]:
    """Those of these entries that were written while their device's clock was behind what it had written before.

    By id, with the latest of the times before it. The chain has the true order; of each the `LOOKED_BACK` before it are
    looked at, and less than a second is no matter.
    """
    before, after = _TABLE.alias("before"), _TABLE
    asked = (
        select(after.c.id, func.max(before.c.at))
        .join(before, and_(before.c.device == after.c.device, before.c.number < after.c.number))
        .where(before.c.number >= after.c.number - LOOKED_BACK)
        .group_by(after.c.id, after.c.at)
    )
    times, found = {entry.id: entry.at for entry in entries}, {}
    ids = list(times)
    for at in range(0, len(ids), 500):
        for id, latest in view.connection.execute(asked.where(after.c.id.in_(ids[at : at + 500]))):
            if latest - times[id] >= timedelta(seconds=1):
                found[id] = latest
    return found


def _plain(view: View, wanted: LogFilter, after: Entry | None) -> Iterator[Entry]:
    at, number, id = _TABLE.c.at, _TABLE.c.number, _TABLE.c.id
    query = select(*_COLUMNS).order_by(at.desc(), number.desc(), id.desc())
    if wanted.incident is not None:
        query = query.where(_TABLE.c.incident == wanted.incident)
    if wanted.since is not None:
        query = query.where(at >= wanted.since)
    if wanted.until is not None:
        query = query.where(at < wanted.until)
    if after is not None:
        query = query.where(tuple_(at, number, id) < tuple_(after.at, after.number, after.id))
    for row in view.connection.execute(query):
        yield Entry(*row)


def _found(view: View, asked: str, wanted: LogFilter, after: Entry | None) -> Iterator[Entry]:
    """As the index has them: in the order of their places, which a span of time is a part of."""
    low = place(wanted.since) if wanted.since else 0
    below = place(wanted.until) + _SLACK if wanted.until else 2**63 - 1
    if after is not None:
        below = min(below, _place_of(view, after))
    rows = view.connection.exec_driver_sql(_FIND, (asked, low, below))
    for id in rows.scalars():
        if (entry := view.get(Entry, id)) is not None:
            yield entry


def _place_of(view: View, entry: Entry) -> int:
    """An entry's place, or where it would be if it is gone meanwhile."""
    found = view.connection.exec_driver_sql("SELECT n FROM log_line WHERE entry = ?", (entry.id,)).scalar()
    return place(entry.at) if found is None else int(found)


def _expression(wanted: LogFilter) -> str | None:
    """What to ask the index for; None when it need not be asked."""
    parts = [expression(wanted.text), *(f'"{token}"' for word in signs(wanted.text) for token in sign_tokens(word))]
    parts += [_marked(expression(wanted.sender), SENDER), _marked(expression(wanted.receiver), RECEIVER)]
    if wanted.kind is not None:
        parts.append(f'"{KIND}{wanted.kind.value}"')
    if wanted.author is not None:
        parts.append(f'"{AUTHOR}{digest(wanted.author)}"')
    parts = [part for part in parts if part]
    if not parts:
        return None
    if wanted.incident is not None:
        parts.append(f'"{INCIDENT}{digest(wanted.incident)}"')
    return " AND ".join(f"({part})" for part in parts)


def _marked(asked: str, mark: str) -> str:
    return re.sub(r'"([^"]+)"', rf'"{mark}\1"', asked)


_FIND = (
    "SELECT log_line.entry FROM log_words JOIN log_line ON log_line.n = log_words.rowid "
    "WHERE log_words MATCH ? AND log_words.rowid >= ? AND log_words.rowid < ? ORDER BY log_words.rowid DESC"
)
