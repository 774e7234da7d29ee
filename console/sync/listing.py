"""Changed lines of the three lists on their way: done here at once, all of them or none."""

from collections.abc import Iterator, Sequence

from console.domain.listing import MOST_LINES, PutLists
from console.domain.lists import Listed
from console.domain.operation import Actor, Changes
from console.store.codec import encode
from console.store.store import Store
from console.sync.messages import MAX_PUSH_BYTES
from console.sync.outbox import perform_in

ROOM = MAX_PUSH_BYTES * 3 // 4  # the rest is for what an operation says of itself


def put_lines(store: Store, lines: Sequence[Listed], actor: Actor) -> Changes:
    """As one operation, or as several where one would be too large to send. One transaction.

    Raises `Refused` when the rules do not allow it and `KnownError` disk_full; nothing has changed then.
    """
    with store.begin() as tx:
        done = [perform_in(tx, store, PutLists(tuple(part)), actor)[0] for part in parts(lines)]
    return Changes(
        tuple(row for changes in done for row in changes.rows),
        tuple(note for changes in done for note in changes.notes),
        entries=tuple(entry for changes in done for entry in changes.entries),
    )


def parts(lines: Sequence[Listed]) -> Iterator[list[Listed]]:
    """As few as can be sent, in order."""
    part: list[Listed] = []
    size = 0
    for line in lines:
        more = len(encode(line).encode()) + 1
        if part and (size + more > ROOM or len(part) == MOST_LINES):
            yield part
            part, size = [], 0
        part.append(line)
        size += more
    if part:
        yield part
