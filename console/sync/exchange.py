"""The steps of sync: push a batch, pull a page, compare. Whoever takes them (threads, a simulation) decides when.

A step asks the store through `ask` and the platform through a `Call`. Nothing that matters is held here: after
a crash the next step goes on from the database.
"""

import logging
import threading
from collections.abc import Callable
from datetime import UTC
from typing import Protocol
from urllib.parse import quote

from pydantic import TypeAdapter

from console.domain.errors import KnownError
from console.domain.operation import Lane
from console.domain.operations import VERSION
from console.domain.words import Phrase
from console.sync import outbox, own, rebase
from console.sync.handshake import Ask
from console.sync.link import Answer, LinkDown
from console.sync.messages import MAX_OPERATIONS, Changed, Check, FeedRow, Gap, Page, Problem
from console.sync.outbox import Applied

log = logging.getLogger(__name__)
PAGE_ROWS = 2000
NEVER = (400, 413, 422)  # what the platform will not take however often it is sent
_SAID: TypeAdapter[Gap | Changed | Problem] = TypeAdapter(Gap | Changed | Problem)
_DOWN = Phrase("link_down")


class Call(Protocol):
    """Asks the platform: the content of a successful answer. Raises `LinkDown`, `Denied` or `Answer`."""

    def __call__(self, method: str, path: str, body: str | bytes | None = None, /) -> bytes: ...


class Exchange:
    """One desk's exchange with one realm. Each lane, and the pull, is for one thread at a time."""

    def __init__(self, ask: Ask, then: rebase.Then = rebase.nothing_else) -> None:
        self._ask, self._then = ask, then
        self.on_changes: Callable[[Applied], None] = lambda applied: None
        self.on_settled: Callable[[], None] = lambda: None
        self.on_copy: Callable[[str], None] = lambda device: None  # another database goes by this device's id
        self.on_anew: Callable[[], None] = lambda: None  # another platform than before, or another view of it
        self._sent: dict[Lane, int | None] = {"command": None, "bulk": None}  # the platform has them, by its answer
        self._most: dict[Lane, int] = {"command": MAX_OPERATIONS, "bulk": MAX_OPERATIONS}
        self._incarnation: str | None = None
        self._scopes: list[str] | None = None
        self._lock = threading.Lock()

    def push(self, call: Call, lane: Lane) -> bool:
        """Send the next operations of a lane; whether there may be more. Raises as the call does."""
        after, most = self._sent[lane], self._most[lane]
        batch = self._ask(lambda store: outbox.to_send(store, lane, after, most))
        if not batch.bodies:
            return False
        body = f'{{"oldest":{batch.oldest},"operations":[{",".join(batch.bodies)}]}}'
        try:
            call("POST", "/v1/push", body)
        except Answer as answer:
            self._put_right(lane, batch, answer)
        else:
            self._note(lane, after, batch.first + len(batch.bodies) - 1)
            self._most[lane] = MAX_OPERATIONS
        return True

    def start_over(self) -> None:
        """Send again from the oldest operation that the platform has not told back."""
        with self._lock:
            self._sent = {"command": None, "bulk": None}

    def _note(self, lane: Lane, before: int | None, sent: int) -> None:
        """Unless everything is to go up again, which came up meanwhile."""
        with self._lock:
            if self._sent[lane] == before:
                self._sent[lane] = sent

    def _put_right(self, lane: Lane, batch: outbox.Batch, answer: Answer) -> None:
        """The platform did not take a push. Raises `LinkDown` when there is nothing to be done about it."""
        try:
            said = _SAID.validate_python(answer.body)
        except ValueError:
            said = Problem(code="unknown")
        match said:
            case Gap() if said.expected != batch.first:
                self._sent[lane] = said.expected - 1
            case Changed():
                self.on_copy(batch.device)
            case Problem() if answer.status in NEVER and len(batch.bodies) > 1:
                self._most[lane] = max(1, len(batch.bodies) // 2)  # which of them is it?
            case Problem() if answer.status in NEVER:
                log.error("the platform will never take operation %d of %s: %s", batch.first, lane, answer)
                phrase = Phrase("op_unreadable", {"name": ""})
                self._emit(self._ask(lambda store: rebase.quarantine(store, lane, batch.first, phrase, self._then)))
            case _:
                log.error("push of %s from %d: %s", lane, batch.first, answer)
                raise LinkDown(_DOWN) from answer

    def pull(self, call: Call) -> bool:
        """Take in one page; whether there is more. Raises as the call does."""
        at = self._ask(rebase.cursor)
        waiting = sum(self._ask(outbox.pending).values())
        since = self._ask(outbox.pending_since) if waiting else None
        path = f"/v1/pull?limit={PAGE_ROWS}&pending={waiting}"
        if (floor := self._ask(rebase.floor)) is not None:
            path += f"&floor={floor}"
        if self._then is not rebase.nothing_else:
            path += "&places=true"
        if since is not None:
            path += f"&since={quote(since.astimezone(UTC).isoformat())}"
        try:
            page = Page.model_validate_json(call("GET", f"{path}&cursor={at}"))
        except Answer as answer:
            if answer.status != 410:
                raise
            self._ask(rebase.begin_anew)  # this desk was away for longer than the feed is kept
            return True
        page = _lengthened(page, waiting, lambda cursor: call("GET", f"{path}&cursor={cursor}"))
        try:
            applied = self._ask(lambda store: rebase.apply(store, page, self._then))
        except rebase.CopyError:
            self.on_copy(page.device)
            return True
        if self._incarnation not in (None, page.incarnation):
            self.start_over()
            log.warning("the platform was restored or made anew: pushing again what it may have lost")
        if (self._incarnation, self._scopes) != (page.incarnation, page.scopes):
            self._incarnation, self._scopes = page.incarnation, page.scopes
            self.on_anew()
        self._emit(applied)
        if page.settled:
            self.on_settled()
        return page.cursor < page.head or self._ask(rebase.cursor) != page.cursor

    def check(self, call: Call, own: Callable[[], own.Own | None]) -> list[str]:
        """Compare every bucket with the platform's, and mend what is not the same; the buckets that were mended.

        `own` counts the desk's rows: it takes long, so the caller says where. Raises as the call does.
        """
        mine = own()
        if mine is None:
            return []
        theirs = Check.model_validate_json(call("GET", f"/v1/check?cursor={mine.cursor}"))
        if theirs.buckets is None or theirs.version != VERSION:
            return []
        wrong = [
            path
            for path in sorted(mine.sums.keys() | theirs.buckets.keys())
            if mine.sums.get(path, (0, 0)) != tuple(theirs.buckets.get(path, (0, 0)))
        ]
        for path in wrong:
            log.error("bucket %s differs: here %s, there %s", path, mine.sums.get(path), theirs.buckets.get(path))
        return [path for path in wrong if self._mend(call, path, mine)]

    def _mend(self, call: Call, bucket: str, mine: own.Own) -> bool:
        """Fetch a bucket anew as it was at our cursor; whether anything was not as it should be."""
        until = mine.cursor
        rows: dict[tuple[str, str], FeedRow] = {}
        at, floor = 0, ""
        while True:
            path = f"/v1/pull?cursor={at}&limit={PAGE_ROWS}&bucket={quote(bucket, safe='')}&until={until}{floor}"
            try:
                page = Page.model_validate_json(call("GET", path))
            except Answer as answer:
                if answer.status in (404, 410):
                    return False  # out of scope by now, or too old: the next pull or check sees to it
                raise
            if (page.incarnation, page.scopes) != (mine.incarnation, mine.scopes):
                return False  # another past than ours, or another's eyes: the next pull begins anew
            rows.update({(row.table, row.id): row for row in page.rows})
            at, floor = page.cursor, floor or f"&floor={page.floor}"
            if page.cursor >= until:
                break
        applied = self._ask(lambda store: rebase.repair(store, until, bucket, list(rows.values()), self._then))
        self._emit(applied)
        return bool(applied)

    def _emit(self, applied: Applied) -> None:
        if applied:
            self.on_changes(applied)


def _lengthened(page: Page, waiting: int, fetch: Callable[[int], bytes]) -> Page:
    """A page that tells back some of what waits here, and as many after it as there are operations waiting.

    What still waits may be decided anew over every page that is taken in: page by page, a long backlog would be
    decided as often as it has pages.
    """
    while page.settled and page.cursor < page.head and len(page.rows) < waiting:
        try:
            after = Page.model_validate_json(fetch(page.cursor))
        except (KnownError, Answer):
            break  # what has come is taken in, and the next pull meets with it
        if (after.incarnation, after.scopes, after.device) != (page.incarnation, page.scopes, page.device):
            break
        told = {
            "cursor": after.cursor,
            "head": after.head,
            "rows": [*page.rows, *after.rows],
            "settled": {**page.settled, **after.settled},
            "last": {**page.last, **after.last},
            "refused": [*page.refused, *after.refused],
        }
        page = page.model_copy(update=told)
    return page
