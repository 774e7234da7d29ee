"""Pages near the feed's end are read once for all: desks wake at every change and pull from where they all were.

A page holds as long as the feed ends where it did. Whoever changes what pages say takes a number of the feed, also
when no row is different: what is no longer kept, which desk is a copy of which.
"""

import threading
from collections.abc import Callable, Set
from dataclasses import dataclass, replace

from console.sync.messages import Page

NEAR = 500  # numbers before the feed's end
MOST = 1000  # pages that are kept
AHEAD = 8  # that are read before anyone asks


@dataclass(frozen=True, slots=True)
class Asked:
    """What a pull asks for, apart from who does.

    `floor` is that of the first page, for a caller that pulls from 0: it has not seen what was gone by then.
    """

    cursor: int
    limit: int
    bucket: str | None = None
    until: int | None = None
    floor: int | None = None
    places: bool = False

    def is_below(self, floor: int) -> bool:
        """Whether some of what it asks for is no longer kept."""
        return 0 < self.cursor < floor != self.floor


@dataclass(frozen=True, slots=True)
class Common:
    """A page without what is one client's, and the clients that have outcomes in it."""

    page: Page
    told: Set[str]


Question = tuple[Asked, tuple[str, ...]]  # the latter: the scopes of who asks


class Pages:
    """Those that hold as long as the feed does not grow. From any thread."""

    def __init__(self) -> None:
        self._head = -1
        self._found: dict[Question, Common] = {}
        self._lock = threading.Lock()

    def known(self, head: int, question: Question) -> Common | None:
        """What was read at this head. Never waits."""
        common = self._found.get(question)
        return common if common and common.page.head == head else None

    def next(self) -> list[Question]:
        """What those will ask who have come to the end of the feed, once it has grown; some of it."""
        ends = [(question, common.page) for question, common in self._found.copy().items()]
        asked = {(replace(of[0], cursor=page.head), of[1]): None for of, page in ends if page.cursor == page.head}
        return list(asked)[:AHEAD]

    def get(self, head: int, question: Question, read: Callable[[], Common]) -> Common:
        """What `read` said when this was first asked at this head; those who ask meanwhile wait for it.

        `read` is asked every time at a head that others have seen pass. Raises as it does.
        """
        with self._lock:
            if head > self._head:
                self._head, self._found = head, {}
            if head == self._head and (question in self._found or len(self._found) < MOST):
                if question not in self._found:
                    self._found[question] = read()
                return self._found[question]
        return read()
