"""Pages that are kept for many: never those of a feed that is no longer kept so far back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.central import housekeeping
from console.central.pages import Asked
from console.domain.area import Grant, Right
from console.domain.operation import OpenIncident
from console.domain.words import Label
from console.sync import exchange
from console.sync.messages import LoginRequest
from tests.support_pack import PASSWORD, TOWN, incident
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


def test_a_copy_is_told_what_its_desk_was_refused_though_others_have_read_that_page(tmp_path: Path) -> None:
    centre = Centre(tmp_path)
    desk, other = centre.desk("u1"), centre.desk("u1")
    assert desk.do(OpenIncident(incident(1), WHO))
    centre.grant("u1", Grant(Right.VIEW, TOWN))
    desk.push()
    other.pull()  # the page that tells of nothing is read now
    said = centre.service.login(
        LoginRequest(
            user="u1",
            password=PASSWORD,
            realm="live",
            device="copied",
            nonce="1",
            next_nonce="1",
            was=desk.store.device,
        )
    )
    caller, realm = centre.service.caller(said.token)
    page = centre.service.pull(caller, realm, Asked(0, exchange.PAGE_ROWS))
    assert [one.refusal.code for one in page.refused if one.refusal] == ["not_allowed"]
    centre.close()
