"""Pages that are kept for many: never those of a feed that is no longer kept so far back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.central import housekeeping
from console.central.pages import Asked, Common, Pages
from console.domain.operation import OpenIncident
from console.domain.words import Label
from console.sync import exchange
from console.sync.messages import Page
from tests.support_pack import incident
from tests.support_scope import Centre

WHO = Label("群众", "A citizen")


def test_who_begins_anew_while_nothing_happens_gets_there_after_the_feed_was_tidied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was half-way when the night's tidying let go of what it had not seen: the pages it had seen are others now."""
    monkeypatch.setattr(exchange, "PAGE_ROWS", 2)
    centre = Centre(tmp_path)
    first, late = centre.desk("u1"), centre.desk("city")  # who sees more has pages of their own
    for number in range(1, 7):
        assert first.do(OpenIncident(incident(number), WHO))
        first.push()  # each by itself: a page never parts what was written together
    first.pull()
    for _ in range(2):
        assert late.exchange.pull(late.call)
    assert housekeeping.tidy(centre.realm().store, datetime.now(UTC) + timedelta(days=40))
    turns = 0
    while late.exchange.pull(late.call):
        turns += 1
        assert turns < 100, "it begins anew again and again"
    assert late.rows() == first.rows()
    centre.close()


def test_what_was_read_within_other_bounds_is_let_go() -> None:
    page = Page.model_construct(head=5)
    pages, reads = Pages(), []

    def read() -> Common:
        reads.append(1)
        return Common(page, frozenset())

    question = (Asked(0, 50), ("a",))
    for bounds, known in (((5, 0), 1), ((5, 0), 1), ((5, 3), 2), ((5, 0), 3), ((5, 3), 3)):
        pages.get(bounds, question, read)
        assert len(reads) == known, bounds
    pages.heed((6, 3))
    assert pages.known(5, question) is None
