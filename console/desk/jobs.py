"""Work off the main thread, with results on it.

One thread owns the store (the only writer); a small pool does network and slow reading. One long-lived object
on the main thread carries every result back: a signal object per job loses results in bursts.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

T = TypeVar("T")


class Jobs(QObject):
    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = ThreadPoolExecutor(1, "store")
        self._pool = ThreadPoolExecutor(3, "work")
        self.closed = False  # what still arrives must not ask for more
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def store(
        self,
        work: Callable[[], T],
        then: Callable[[T], Any] | None = None,
        failed: Callable[[BaseException], Any] | None = None,
    ) -> "Future[T]":
        """Run `work` on the store's thread, after all that was asked before it."""
        return self._run(self._store, work, then, failed)

    def pool(
        self,
        work: Callable[[], T],
        then: Callable[[T], Any] | None = None,
        failed: Callable[[BaseException], Any] | None = None,
    ) -> "Future[T]":
        """Run `work` beside everything else: network calls, route searches, documents."""
        return self._run(self._pool, work, then, failed)

    def call(self, there: Callable[[], Any]) -> None:
        """Run `there` on the main thread soon; from any thread. Nothing after `close`."""
        if not self.closed:
            self._arrived.emit(there)

    def close(self) -> None:
        """Finish what the store was asked to do, drop what the pool has not begun."""
        self.closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._store.shutdown(wait=True)

    def _run(
        self,
        executor: ThreadPoolExecutor,
        work: Callable[[], T],
        then: Callable[[T], Any] | None,
        failed: Callable[[BaseException], Any] | None,
    ) -> "Future[T]":
        def ended(future: "Future[T]") -> None:
            if future.cancelled():
                return
            error = future.exception()
            if error is None:
                if then is not None:
                    self.call(lambda: then(future.result()))
            elif failed is not None:
                self.call(lambda: failed(error))
            else:
                self.call(lambda: _reraise(error))

        future = executor.submit(work)
        future.add_done_callback(ended)
        return future

    @Slot(object)
    def _deliver(self, there: Callable[[], Any]) -> None:
        if not self.closed:  # nobody is there any more to show it
            there()


def _reraise(error: BaseException) -> None:
    """On the main thread, so that the excepthook shows it."""
    raise error
