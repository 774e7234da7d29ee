"""The feed: the one order of everything that happened in a realm.

Numbers come from a counter row that is taken last in a transaction and held until it commits, so that a
reader that has seen a number has seen all that came before it, however many write at once.

Each row stands in the feed once for every bucket (a path of the organisation tree) that it is seen at. Beside
it is kept what each bucket holds, as a count and a sum of hashes after every transaction.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, exists, func, insert, or_, select, tuple_, update

from console.central.copies import copied_from, copies_of
from console.central.pages import Asked, Common
from console.domain.area import lists_above, visible
from console.domain.camera import Camera
from console.domain.incident import Incident
from console.domain.indicator import Reading
from console.domain.log import Entry
from console.domain.operation import Row
from console.domain.operations import VERSION, buckets
from console.domain.words import Phrase
from console.store import tables
from console.store.codec import decode, encode
from console.store.draft import Draft
from console.store.queries import Tx, View
from console.store.sums import Sum, counts, row_hash
from console.sync.messages import Check, FeedRow, Outcome, Page, Sent

_END = select(tables.head.c.sequence)
_TOLD = (tables.outcome.c.sequence > bindparam("after"), tables.outcome.c.sequence <= bindparam("cursor"))
_SETTLED = (
    select(tables.outcome.c.lane, func.max(tables.outcome.c.n))
    .where(tables.outcome.c.client == bindparam("client"), *_TOLD)
    .group_by(tables.outcome.c.lane)
)
_REFUSED = (
    select(tables.outcome).where(*_TOLD, tables.outcome.c.refusal.is_not(None)).order_by(tables.outcome.c.sequence)
)
_SEEN_NOWHERE = (
    select(tables.breach.c.entry)
    .join(tables.entry, tables.entry.c.id == tables.breach.c.entry)
    .where(func.substr(tables.breach.c.device, 1, 1) == "!", tables.entry.c.incident == bindparam("incident"))
)
NOBODY = "-"  # whose outcomes are not in a page yet
READINGS_KEPT = timedelta(days=3)  # in the feed; their table keeps them
FLOOR = "feed.floor"
EVIDENCE = "!"  # before the sender's device in a breach: an entry that was not the sender's to write
PUBLISHED = "catalogue.sequence"  # where the feed was when the catalogue of cameras was published
_CAMERAS, _READINGS, _ENTRIES = (tables.NAMES[kind] for kind in (Camera, Reading, Entry))
_CHUNK = 300


@dataclass(frozen=True, slots=True)
class Placed:
    """A row as it is now (None: gone) and a bucket that it is seen at."""

    table: str
    id: str
    row: Row | Entry | None
    bucket: str


@dataclass(frozen=True, slots=True)
class Decided:
    """An operation that was looked at: what it changed and where that is seen, or why not."""

    sent: Sent | None  # None: it came from the platform above
    user: str
    placed: Sequence[Placed]
    refusal: Phrase | None
    again: bool = False  # it had come another way before
    said: Set[str] = frozenset()  # ids of its log entries that were its sender's to write
    evidence: Set[str] = frozenset()  # and of those that were not


def placed(row: Row | Entry, draft: Draft, default: str) -> list[Placed]:
    """A row at every bucket that it is seen at now."""
    table = tables.NAMES[type(row)]
    return [Placed(table, row.id, row, bucket) for bucket in sorted(buckets(row, draft, default))]


def left(kind: type, id: str, draft: Draft, now: Set[str] = frozenset()) -> list[Placed]:
    """Gone, wherever a row that is of nothing else is seen and will not be `now`."""
    row: Row | None = draft.get(kind, id)
    if row is None:
        return []
    return [Placed(tables.NAMES[kind], id, None, bucket) for bucket in sorted(buckets(row, draft, "") - now)]


def moved(incident: str, draft: Draft, before: Set[str], after: Set[str]) -> list[Placed]:
    """All of an incident, for those who see it from now on; and gone, for those who do no more."""
    if not before:
        return _named_before(incident, draft, after)
    came, left = sorted(after - before), sorted(before - after)
    if not (came or left):
        return []
    found = []
    for row in all_of(incident, draft):
        table = tables.KINDS[type(row)].name
        found += [Placed(table, row.id, None, bucket) for bucket in left]
        # one that is seen elsewhere too is said to be there in the same breath
        found += [Placed(table, row.id, row, bucket) for bucket in (sorted(after) if left else came)]
    return found


def _named_before(incident: str, draft: Draft, after: Set[str]) -> list[Placed]:
    """Log entries that told of an incident before it was there: its opening was refused, say, and sent again."""
    found = []
    for entry in _entries_of(incident, draft):
        if entry.area and entry.area not in after:
            found.append(Placed(tables.entry.name, entry.id, None, entry.area))
        found += [Placed(tables.entry.name, entry.id, entry, bucket) for bucket in sorted(after)]
    return found


def _entries_of(incident: str, draft: Draft) -> list[Entry]:
    written = [row for row in draft.written.values() if isinstance(row, Entry) and row.note.incident == incident]
    if not (here := draft.view.entries_of(incident)):
        return written
    evidence = set(draft.view.connection.scalars(_SEEN_NOWHERE, {"incident": incident}))
    return [*(entry for entry in here if entry.id not in evidence), *written]


def all_of(incident: str, draft: Draft) -> list[Any]:
    """The incident, if it is there, and all that belongs to it."""
    row = draft.get(Incident, incident)
    return [
        *([] if row is None else [row]),
        *draft.assignments_of(incident),
        *draft.tasks_of(incident),
        *draft.conflicts_of(incident),
        *draft.casualties_of(incident),
        *draft.attachments_of(incident),
        *draft.requests_of(incident),
        *draft.situation_reports_of(incident),
        *_entries_of(incident, draft),
    ]


def place(tx: Tx, placed: Sequence[Placed]) -> None:
    """Number rows that no operation of a client of this platform changed."""
    if placed:
        append(tx, "", [Decided(None, "", placed, None)])


def append(tx: Tx, client: str, decided: Sequence[Decided]) -> int:
    """Number what was decided; where the feed ends now. The last thing a transaction does.

    A page ends where a transaction does: of all that one says of a row at a bucket, the last is told.
    """
    told: dict[tuple[str, str, str], Placed] = {}
    for one in (placed for each in decided for placed in each.placed):
        told.pop(key := (one.bucket, one.table, one.id), None)  # in the order of what is left
        told[key] = one
    sent = [(each.sent, each) for each in decided if each.sent is not None]
    now = tables.now()
    texts = {id(one.row): encode(tables.in_utc(one.row)) for one in told.values() if one.row is not None}
    end = take(tx, len(told) + len(sent))
    rows = [
        {
            "sequence": at,
            "txn": end,
            "table": one.table,
            "id": one.id,
            "body": texts.get(id(one.row)),
            "bucket": one.bucket,
            "at": now,
        }
        for at, one in enumerate(told.values(), end - len(sent) - len(told) + 1)
    ]
    outcomes = [
        {
            "client": client,
            "lane": operation.lane,
            "n": operation.n,
            "id": operation.id,
            "hash": operation.hash,
            "name": operation.name,
            "user": each.user,
            "at": now,
            "refusal": each.refusal,
            "again": each.again,
            "sequence": at,
        }
        for at, (operation, each) in enumerate(sent, end - len(sent) + 1)
    ]
    if rows:
        tx.connection.execute(insert(tables.feed), rows)
        counted = (one for one in told.values() if one.table != _CAMERAS and (one.row is None or counts(one.row)))
        _sum_up(tx, {(one.bucket, one.table, one.id): texts.get(id(one.row)) for one in counted}, end)
    if outcomes:
        tx.connection.execute(insert(tables.outcome), outcomes)
    return end


def tell_back(tx: Tx, id: str, refusal: Phrase) -> None:
    """The platform above has refused an operation that was taken here: its client hears of it once more."""
    table = tables.outcome
    mine = table.c.id == id, table.c.refusal.is_(None)
    tx.connection.execute(update(table).where(*mine).values(refusal=refusal, sequence=take(tx, 1)))


def buckets_of(view: View, table: str, id: str) -> set[str]:
    """Where a row is seen now, as the feed has it."""
    feed = tables.feed
    last = select(func.max(feed.c.sequence)).where(feed.c.table == table, feed.c.id == id).group_by(feed.c.bucket)
    query = select(feed.c.bucket).where(feed.c.sequence.in_(last), feed.c.body.is_not(None))
    return set(view.connection.scalars(query))


def last_told(view: View, table: str, id: str) -> Any:
    """A row as it last stood in the feed, gone since or not; None when it never did."""
    feed = tables.feed
    query = select(feed.c.body).where(feed.c.table == table, feed.c.id == id, feed.c.body.is_not(None))
    return _newest(view, table, query)


def told_now(view: View, table: str, id: str, bucket: str) -> Any:
    """A row as the feed has it in a bucket; None where it is not there, or no more."""
    feed = tables.feed
    query = select(feed.c.body).where(feed.c.table == table, feed.c.id == id, feed.c.bucket == bucket)
    return _newest(view, table, query)


def _newest(view: View, table: str, query: Select[Any]) -> Any:
    body = view.connection.scalar(query.order_by(tables.feed.c.sequence.desc()).limit(1))
    return None if body is None else decode(tables.FEED_KINDS[table], body)


def take(tx: Tx, width: int) -> int:
    """Take so many numbers; the last of them. From here to the commit nobody else takes any."""
    head, tx.grown = tables.head, True
    taking = update(head).values(sequence=head.c.sequence + width).returning(head.c.sequence)
    return int(tx.connection.execute(taking).scalar_one())


def _sum_up(tx: Tx, changed: Mapping[tuple[str, str, str], str | None], end: int) -> None:
    """Keep what each bucket holds after this transaction."""
    after = {key: None if body is None else row_hash(key[1], key[2], body) for key, body in changed.items()}
    member, before = tables.member, {}
    wanted = list(after)
    for at in range(0, len(wanted), _CHUNK):
        place = tuple_(member.c.bucket, member.c.table, member.c.id)
        query = select(member).where(place.in_(wanted[at : at + _CHUNK]))
        before.update({(row[0], row[1], row[2]): row[3] for row in tx.connection.execute(query)})
    sums = _sums(tx, {bucket for bucket, _, _ in after}, None)
    for key, hashed in after.items():
        total = sums.setdefault(key[0], Sum())
        if key in before:
            total.take(before[key])
        if hashed is not None:
            total.add(hashed)
    here = [
        {"bucket": b, "table": t, "id": i, "hash": hashed} for (b, t, i), hashed in after.items() if hashed is not None
    ]
    if here:
        tx.upsert(member, here)
    for bucket, table, id in (key for key, hashed in after.items() if hashed is None and key in before):
        gone = member.c.bucket == bucket, member.c.table == table, member.c.id == id
        tx.connection.execute(delete(member).where(*gone))
    if sums:
        values = [{"bucket": b, "sequence": end, "count": s.count, "hash": s.hash} for b, s in sums.items()]
        tx.connection.execute(insert(tables.bucket_sum), values)


def _sums(view: View, buckets: Iterable[str] | None, at: int | None) -> dict[str, Sum]:
    """What buckets held at a number: those named, or all."""
    table = tables.bucket_sum
    last = select(table.c.bucket, func.max(table.c.sequence).label("sequence")).group_by(table.c.bucket)
    if buckets is not None:
        last = last.where(table.c.bucket.in_(sorted(buckets)))
    if at is not None:
        last = last.where(table.c.sequence <= at)
    newest = last.subquery()
    query = select(table.c.bucket, table.c.count, table.c.hash).join(
        newest, and_(newest.c.bucket == table.c.bucket, newest.c.sequence == table.c.sequence)
    )
    return {row[0]: Sum(row[1], row[2]) for row in view.connection.execute(query)}


def end(view: View) -> int:
    """The number of the last thing that happened."""
    return int(view.connection.scalar(_END) or 0)


def inside(column: Any, scopes: Sequence[str]) -> ColumnElement[bool]:
    """Paths that are visible in some scopes. Compared exactly: LIKE would take other letters for the same."""
    some = [or_(column == s, func.substr(column, 1, len(s) + 1) == s + "/") for s in scopes]
    above = sorted({path for scope in scopes for path in lists_above(scope)})
    return or_(*some, column.in_(above)) if some else column.is_(None)


def rows(view: View, asked: Asked, scopes: Sequence[str]) -> Page:
    """The part of a page that is the same for everyone with these scopes."""
    feed = tables.feed
    head = cursor = end(view) if asked.until is None else asked.until
    seen = inside(feed.c.bucket, scopes) if asked.bucket is None else feed.c.bucket == asked.bucket
    columns = (feed.c.sequence, feed.c.txn, feed.c.table, feed.c.id, feed.c.body, feed.c.bucket)
    # never past `head`: what commits meanwhile is for the next page
    query = (
        select(*columns).where(feed.c.sequence > asked.cursor, feed.c.sequence <= head, seen).order_by(feed.c.sequence)
    )
    found = list(view.connection.execute(query.limit(asked.limit)))
    if len(found) == asked.limit:
        cursor = found[-1].txn
        rest = select(*columns).where(feed.c.sequence > found[-1].sequence, feed.c.sequence <= cursor, seen)
        found += view.connection.execute(rest.order_by(feed.c.sequence))
    last: dict[tuple[str, ...], Any] = {}
    for row in found:
        key = (row.table, row.id, row.bucket) if asked.places and row.table == _READINGS else (row.table, row.id)
        known = last.get(key)
        # what leaves one bucket may be in another: of one transaction, being there counts
        if known is None or row.body is not None or known.txn != row.txn or known.bucket == row.bucket:
            last[key] = row
    return Page(
        incarnation=view.setting("central.incarnation"),
        after=asked.cursor,
        cursor=cursor,
        head=head,
        floor=int(view.setting(FLOOR, 0)),
        rows=[_told(row, asked.places) for row in last.values()],
        device=NOBODY,
        settled={},
        last={},
        refused=[],
        scopes=list(scopes),
        version=VERSION,
    )


def _told(row: Any, places: bool) -> FeedRow:
    if row.table == _CAMERAS:
        return FeedRow(table=row.table, id=row.id, row=row.body, sequence=row.txn)
    if places and row.table in (_READINGS, _ENTRIES):
        return FeedRow(table=row.table, id=row.id, row=row.body, bucket=row.bucket)
    return FeedRow(table=row.table, id=row.id, row=row.body)


def with_outcomes(view: View, client: str, page: Page) -> Page:
    """The page with what became of the client's operations. Its numbers are never given again, so a page that was
    read in an earlier snapshot will do."""
    place = {"after": page.after, "cursor": page.cursor}
    settled = {row[0]: row[1] for row in view.connection.execute(_SETTLED, place | {"client": client})}
    refused = _refused(view, client, place)
    if not settled:
        return page.model_copy(update={"device": client, "refused": refused})
    outcome = tables.outcome
    theirs = outcome.c.client == client, tuple_(outcome.c.lane, outcome.c.n).in_(list(settled.items()))
    last = {row[0]: row[1] for row in view.connection.execute(select(outcome.c.lane, outcome.c.id).where(*theirs))}
    return page.model_copy(update={"device": client, "settled": settled, "last": last, "refused": refused})


def _refused(view: View, client: str, place: Mapping[str, int]) -> list[Outcome]:
    """A client's own, and those of the desk that it is a copy of: what a platform above refuses later, it has too."""
    found = view.connection.execute(_REFUSED, place).all()
    theirs = {client}
    if any(row.client != client for row in found):
        theirs.update(copied_from(view, client))
    return [Outcome(lane=row.lane, n=row.n, id=row.id, refusal=row.refusal) for row in found if row.client in theirs]


def common(view: View, asked: Asked, scopes: Sequence[str]) -> Common:
    """A page for all who ask alike, and who of them has outcomes in it."""
    page, outcome = rows(view, asked, scopes), tables.outcome
    query = select(outcome.c.client, outcome.c.refusal.is_not(None)).distinct()
    place = {"after": page.after, "cursor": page.cursor}
    found = view.connection.execute(query.where(*_TOLD), place).all()
    refused = {client for client, was_refused in found if was_refused}
    copies = copies_of(view, refused) if refused else frozenset()
    return Common(page, frozenset(client for client, _ in found) | copies)


def check(view: View, cursor: int, scopes: Sequence[str]) -> Check:
    """What the buckets of some scopes held at a cursor; not known for one older than what is kept."""
    known = cursor >= int(view.setting(FLOOR, 0))
    sums = {}
    if known:
        sums = {
            bucket: (total.count, total.hash)
            for bucket, total in _sums(view, None, cursor).items()
            if total.count and visible([bucket], scopes)
        }
    return Check(cursor=cursor, version=VERSION, buckets=sums if known else None)


def forget(tx: Tx, now: datetime, desks_seen: timedelta) -> int:
    """Drop from the feed what every desk has passed and something newer stands for; how many rows.

    Tombstones stay until every desk that was seen within `desks_seen` has passed them. A desk that was away for
    longer begins anew: its cursor lies before the floor. Of cameras they stay until the catalogue is published
    without them, too: or else a desk that comes later would never hear of them.
    """
    desk, feed = tables.desk, tables.feed
    tx.connection.execute(delete(desk).where(desk.c.seen_at < now - desks_seen))
    floor = tx.connection.scalar(select(func.min(desk.c.cursor)))
    floor = end(tx) if floor is None else min(int(floor), end(tx))  # a desk may say that it is anywhere
    if floor <= int(tx.setting(FLOOR, 0)):
        return 0
    newer = feed.alias()
    passed = exists().where(
        newer.c.table == feed.c.table,
        newer.c.id == feed.c.id,
        newer.c.bucket == feed.c.bucket,
        newer.c.sequence > feed.c.sequence,
        newer.c.sequence <= floor,
    )
    old_reading = and_(feed.c.table == tables.KINDS[Reading].name, feed.c.at < now - READINGS_KEPT)
    published = or_(feed.c.table != _CAMERAS, feed.c.sequence <= int(tx.setting(PUBLISHED, 0)))
    doomed = and_(feed.c.sequence <= floor, or_(passed, and_(feed.c.body.is_(None), published), old_reading))
    dropped = tx.connection.execute(delete(feed).where(doomed)).rowcount
    sums = tables.bucket_sum
    later = sums.alias()
    tx.connection.execute(
        delete(sums).where(
            exists().where(
                later.c.bucket == sums.c.bucket, later.c.sequence > sums.c.sequence, later.c.sequence <= floor
            )
        )
    )
    tx.set_setting(FLOOR, floor)
    take(tx, 1)  # pages that were read before tell of an older floor
    return dropped
