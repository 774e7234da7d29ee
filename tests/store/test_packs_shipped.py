"""The packs and scenarios that are shipped: whole, in both languages, and fit for the demonstration."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from console.domain.camera import nearest
from console.domain.duty import Limit
from console.domain.incident import Stage
from console.domain.intake import Call
from console.domain.level import Level
from console.domain.lists import lists_of
from console.domain.worktime import Span
from console.store.holidays import work_time
from console.store.packs import SHIPPED, check_pack, find_packs, load_pack
from console.store.scenarios import check_scenario, find_scenarios, load_scenario

NOBODY = Path("/nonexistent")
PACKS = find_packs(NOBODY)
DEMO = load_pack(PACKS["dongguan-houjie"])


@pytest.mark.parametrize("id", PACKS)
def test_every_pack_is_whole(id: str) -> None:
    assert [str(problem) for problem in check_pack(PACKS[id])] == []


@pytest.mark.parametrize("file", find_scenarios(NOBODY).values(), ids=lambda file: file.stem)
def test_every_scenario_fits_its_pack(file: Path) -> None:
    pack = load_pack(PACKS[load_scenario(file).pack])
    assert [str(problem) for problem in check_scenario(file, pack)] == []
    scenario = load_scenario(file, pack)
    assert scenario.id == file.stem and scenario.objectives
    assert {script.indicator for script in scenario.sensors} == set(pack.indicators)
    for inject in scenario.injects:
        if isinstance(inject.what, Call):
            assert pack.duties[inject.what.matter].lead in pack.agencies


def test_the_demo_users_can_sign_in() -> None:
    for id in ("duty", "coordinator"):
        assert PasswordHasher().verify(DEMO.users[id].password_hash, "yiping-demo")
    assert (DEMO.users["duty"].name.zh, DEMO.users["duty"].name.en) == ("李值班员", "Duty Officer Li")


def test_the_demo_says_what_it_is() -> None:
    assert DEMO.simulated and DEMO.schematic
    assert (DEMO.basemap / "manifest.yaml").is_file()  # type: ignore[attr-defined]


EMERGENCIES = ("自然灾害", "事故灾难", "公共卫生事件", "社会安全事件")


def test_the_lists_are_complete() -> None:
    lists = lists_of(DEMO)
    groups = Counter(matter.group.zh for matter in DEMO.matters.values())
    assert all(groups[kind] >= 7 for kind in EMERGENCIES)
    events = ("市容环境", "宣传广告", "施工管理", "突发事件", "街面秩序", "扩展事件")
    parts = ("公用设施", "道路交通", "市容环境", "园林绿化", "其他部件")
    assert {*(f"事件·{kind}" for kind in events), *(f"部件·{kind}" for kind in parts), *EMERGENCIES} == set(groups)
    for matter in DEMO.matters.values():
        duty = lists.duty(matter.code, DEMO.area)
        assert duty is not None and duty.limit(Limit.ACK) and duty.limit(Limit.HANDLE) and duty.limit(Limit.CLOSE)
        if matter.group.zh in EMERGENCIES:
            assert any(card.matter == matter.code for card in DEMO.cards.values()), matter.code
            assert Stage.VERIFIED not in matter.stages or matter.code == "smoke"
            assert matter.national == ""
        elif matter.national:
            assert Stage.VERIFIED in matter.stages and len(matter.national) == 4


def test_what_is_grave_is_reported_up_in_time() -> None:
    for matter in DEMO.matters.values():
        duty = DEMO.duties[matter.code]
        if matter.level is Level.RED:
            assert duty.limit(Limit.PHONE) == Span(20) and duty.limit(Limit.WRITTEN) == Span(40), matter.code
        assert duty.escalations, matter.code


def test_a_village_has_duties_of_its_own() -> None:
    lists = lists_of(DEMO)
    own, town = lists.duty("garbage", "dongguan/houjie/hj_south/tingshan"), lists.duty("garbage", DEMO.area)
    assert own and own.lead == "tingshan" and town and town.lead == "sanitation"


def test_every_scene_card_can_be_met() -> None:
    for card in DEMO.cards.values():
        for needs in (card.needs, *card.reinforcements):
            for need in needs:
                able = [u for u in DEMO.units.values() if need.capability in u.capabilities and u.on_duty]
                assert len(able) >= need.count, (card.id, need.capability)


def test_limits_end_on_the_calendar() -> None:
    work, now = work_time(DEMO), datetime(2026, 9, 30, 9, tzinfo=UTC)
    spans = {span for duty in DEMO.duties.values() for span in duty.limits.values()}
    spans |= {task.due for card in DEMO.cards.values() for task in card.tasks if task.due}
    for span in spans:
        due = work.due(now, span)
        assert due is not None and now < due < now + timedelta(days=60), span


def test_the_flood_card() -> None:
    card = DEMO.cards["river_level"]
    assert [(need.capability, need.count) for need in card.needs] == [
        ("pumping", 1),
        ("traffic_control", 1),
        ("rescue", 1),
        ("medical", 1),
        ("grid", 1),
    ]
    assert sum(task.gate for task in card.tasks) == 3 and len(card.tasks) == 5


def test_the_gauge_stands_at_the_bridge_with_cameras_beside_it() -> None:
    gauge = DEMO.indicators["lisha_level"]
    assert gauge.at is not None and gauge.gauge and gauge.matter == "river_level"
    assert [limit.level for limit in gauge.limits] == [Level.YELLOW, Level.ORANGE, Level.RED]
    near = [camera.name.zh for camera, metres in nearest(DEMO.cameras.values(), gauge.at, 4) if metres < 1200]
    assert {"立沙桥上游", "立沙桥东", "2 号泵站"} <= set(near)


def test_cameras_are_of_every_kind_that_is_drawn() -> None:
    kinds = {camera.kind for camera in DEMO.cameras.values()}
    assert kinds == {
        "river_gauge",
        "pump_station",
        "road",
        "square",
        "bridge",
        "reservoir",
        "night_street",
        "fire_watch",
    }
    for camera in DEMO.cameras.values():
        assert camera.main_url == f"sim://{camera.id}/main.ts" and camera.sub_url == f"sim://{camera.id}/sub.ts"


def test_places_agree_with_the_map() -> None:
    import yaml

    manifest = yaml.safe_load((SHIPPED / "basemap" / "dongguan" / "manifest.yaml").read_text("utf-8"))
    bridge, at = manifest["places"]["lisha_bridge"], DEMO.indicators["lisha_level"].at
    assert at is not None
    assert abs(bridge["lon"] - at.lon) < 0.001 and abs(bridge["lat"] - at.lat) < 0.001
