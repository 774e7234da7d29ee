"""The three lists between desks: what one desk changes the others have, and two that change the same line agree."""

from dataclasses import replace
from pathlib import Path

import pytest

from console.domain.errors import Refused
from console.domain.listing import MOST_LINES, PutLists
from console.domain.lists import Listed, lists_of
from console.domain.words import Label
from console.store.list_book import export, preview
from console.sync import inbox
from console.sync.listing import parts, put_lines
from console.sync.messages import MAX_PUSH_BYTES
from tests.support_lists import listed
from tests.support_pack import CITY, OTHER, TOWN, make_pack
from tests.support_scope import Centre, Desk, everything, person

PACK = make_pack()
FLOOD = PACK.matters["flood"]


def named(name: str, area: str = TOWN, code: str = "flood") -> Listed:
    return Listed(f"{area}#matter:{code}", area, replace(FLOOD, code=code, name=Label(name, name)))


def rows(desk: Desk) -> list[Listed]:
    with desk.store.read() as view:
        return view.every(Listed)


@pytest.fixture
def centre(tmp_path: Path):  # type: ignore[no-untyped-def]
    made = Centre(tmp_path)
    yield made
    made.close()


def test_a_changed_line_comes_to_all_who_work_in_the_town(centre: Centre) -> None:
    one, two, city, other = (centre.desk(user) for user in ("u1", "u2", "city", "other"))
    village, fire = centre.desk("village"), centre.desk("fire")
    put_lines(one.store, [named("积水"), listed(replace(FLOOD, code="storm"))], person("u1", 1))
    centre.sync()
    assert lists_of(PACK, rows(two)).matters["flood"].name.zh == "积水"
    assert "storm" in lists_of(PACK, rows(city)).matters and rows(other) == []
    assert rows(village) == rows(fire) == rows(two)
    two.do(PutLists((Listed(f"{TOWN}#matter:storm", TOWN, None),)))
    centre.sync()
    assert "storm" not in lists_of(PACK, rows(one)).matters
    assert len(rows(village)) == len(rows(fire)) == 2
    assert all(desk.check() == [] for desk in (one, two, city, other, village, fire))


def test_two_that_change_the_same_line_agree(centre: Centre) -> None:
    one, two = centre.desk("u1"), centre.desk("u2")
    put_lines(one.store, [named("甲")], person("u1", 1))
    put_lines(two.store, [named("乙"), named("丙", code="new")], person("u2", 2))
    assert lists_of(PACK, rows(two)).matters["flood"].name.zh == "乙"
    centre.sync()
    truth = everything(centre.realm().store)
    assert one.rows() == two.rows() == truth
    assert lists_of(PACK, rows(one)).matters["flood"].name.zh == "乙"  # which came last
    assert inbox.inbox(one.store) == inbox.inbox(two.store) == []


def test_who_does_not_command_the_area_is_refused(centre: Centre) -> None:
    village, city, leader = centre.desk("village"), centre.desk("city"), centre.desk("u1")
    put_lines(village.store, [named("村")], person("village", 1))
    put_lines(leader.store, [named("市", CITY)], person("u1", 1))
    put_lines(city.store, [named("市", CITY, "city_one")], person("city", 1))
    centre.sync()
    assert [row.id for row in rows(leader)] == [row.id for row in rows(city)] == [f"{CITY}#matter:city_one"]
    for desk in (village, leader):
        (kept,) = inbox.inbox(desk.store)
        assert kept.phrase.code == "not_allowed"


def test_a_line_must_be_what_it_says(centre: Centre) -> None:
    desk = centre.desk("u1")
    with pytest.raises(Refused):
        put_lines(desk.store, [Listed(f"{OTHER}#matter:flood", TOWN, FLOOD)], person("u1"))
    assert rows(desk) == []


def test_a_whole_workbook_is_sent_in_parts_that_fit(centre: Centre) -> None:
    one, two = centre.desk("u1"), centre.desk("u2")
    many = [named("名" * 100, code=f"m{at}") for at in range(MOST_LINES + 400)]
    sizes = [len(part) for part in parts(many)]
    assert sum(sizes) == len(many) and len(sizes) > 1 and max(sizes) <= MOST_LINES
    changes = put_lines(one.store, many, person("u1", 1))
    assert len(changes.rows) == len(many) and len(changes.notes) == len(sizes)
    with one.store.read() as view:
        bodies = view.connection.exec_driver_sql("SELECT length(CAST(body AS BLOB)) FROM outbox").scalars().all()
    assert len(bodies) == len(sizes) and max(bodies) < MAX_PUSH_BYTES
    centre.sync()
    assert len(rows(two)) == len(many) and inbox.inbox(one.store) == []


def test_what_goes_out_on_one_desk_comes_in_on_another(centre: Centre, tmp_path: Path) -> None:
    one, two = centre.desk("u1"), centre.desk("u2")
    put_lines(one.store, [named("积水"), Listed(f"{TOWN}#duty:flood", TOWN, None)], person("u1", 1))
    file = tmp_path / "lists.xlsx"
    export(file, PACK, rows(one), "zh")
    found = preview(file, PACK, rows(two))
    assert found.refused == () and len(found.lines) == 2
    put_lines(two.store, found.lines, person("u2", 2))
    assert lists_of(PACK, rows(two)) == lists_of(PACK, rows(one))
    centre.sync()
    assert preview(file, PACK, rows(two)).lines == ()
