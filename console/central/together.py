"""What many ask for at once is read once: all desks wake at every change and pull from where they all were."""

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Together(Generic[T]):
    """Answers that hold as long as the feed does not grow. From any thread."""

    def __init__(self) -> None:
        self._head = -1
        self._found: dict[Hashable, T] = {}
        self._lock = threading.Lock()

    def get(self, head: int, question: Hashable, read: Callable[[], T]) -> T:
        """What `read` said when this was first asked at this head; those who ask meanwhile wait for it.

        `read` is asked every time at a head that others have seen pass. Raises as it does.
        """
        with self._lock:
            if head > self._head:
                self._head, self._found = head, {}
            if head == self._head:
                if question not in self._found:
                    self._found[question] = read()
                return self._found[question]
        return read()
