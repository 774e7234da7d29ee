"""Work beside the main thread: every result arrives, in order, on the main thread; no error is swallowed."""

import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication

from console.desk.jobs import Jobs
from tests.desk.parts import delete, until

BURST = 10_000


@pytest.fixture
def jobs(app: object) -> Iterator[Jobs]:
    made = Jobs()
    yield made
    made.close()
    delete(made)


def test_a_burst_of_results_arrives_whole_and_in_order(jobs: Jobs) -> None:
    got: list[int] = []
    threads: set[QThread] = set()

    def then(number: int) -> None:
        got.append(number)
        threads.add(QThread.currentThread())

    for number in range(BURST):
        jobs.store(lambda number=number: number, then)
    until(lambda: len(got) >= BURST, "every result")
    assert got == list(range(BURST))
    assert threads == {QApplication.instance().thread()}  # type: ignore[union-attr]


def test_a_burst_from_many_threads_arrives_whole(jobs: Jobs) -> None:
    got: list[tuple[int, int]] = []

    def say(who: int) -> None:
        for number in range(BURST // 4):
            jobs.call(lambda number=number: got.append((who, number)))

    threads = [threading.Thread(target=say, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    until(lambda: len(got) == BURST, "every call")
    for thread in threads:
        thread.join()
    for who in range(4):
        assert [n for w, n in got if w == who] == list(range(BURST // 4))


def test_the_store_has_one_thread_and_the_pool_others(jobs: Jobs) -> None:
    names: list[str] = []
    for _ in range(5):
        jobs.store(lambda: threading.current_thread().name, names.append)
    jobs.pool(lambda: threading.current_thread().name, names.append)
    until(lambda: len(names) == 6)
    assert len({name for name in names if name.startswith("store")}) == 1
    assert any(name.startswith("work") for name in names)


def test_an_unexpected_error_reaches_the_excepthook(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    caught: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: caught.append(error))
    after: list[int] = []

    def fail() -> None:
        raise ValueError("planted")

    jobs.store(fail)
    jobs.pool(fail, after.append)
    jobs.store(lambda: 1, lambda _: fail())  # an error in what is done with the result
    jobs.store(lambda: 7, after.append)
    until(lambda: len(caught) == 3 and after == [7], "three errors and the work after them")
    assert {str(error) for error in caught} == {"planted"}


def test_an_expected_error_goes_to_who_expects_it(jobs: Jobs) -> None:
    errors: list[BaseException] = []

    def fail() -> None:
        raise OSError("gone")

    jobs.store(fail, lambda _: pytest.fail("it did not succeed"), errors.append)
    until(lambda: bool(errors))
    assert isinstance(errors[0], OSError)


def test_closing_finishes_what_the_store_was_asked(app: object) -> None:
    jobs, done = Jobs(), list[int]()
    gate = threading.Event()
    jobs.store(gate.wait)
    for number in range(100):
        jobs.store(lambda number=number: done.append(number))
    gate.set()
    jobs.close()
    assert done == list(range(100))
    QApplication.processEvents()
    delete(jobs)
