"""Scenarios: a good one loads; mistakes are found with their line."""

from pathlib import Path

import pytest

from console.domain.drill import SensorStep
from console.domain.intake import Call, CameraFault, LinkCut, Message
from console.domain.words import Label
from console.store.packs import find_packs, load_pack
from console.store.scenarios import ScenarioErrors, check_scenario, find_scenarios, load_scenario

NOBODY = Path("/nonexistent")
PACK = load_pack(find_packs(NOBODY)["dongguan-houjie"])
GOOD = """\
id: small
name: {zh: 小, en: Small}
pack: dongguan-houjie
seed: 7
length_s: 600
objectives:
  - {zh: 目标, en: Objective}
staff:
  acknowledge_s: 5
  depart_s: 5
  work_s: 20
  report_s: 5
  words:
    done:
      - {zh: 完, en: Over}
  late: {emergency: 3}
  silent: [jj9]
sensors:
  lisha_level: {base: 3.0, noise: 0.01}
injects:
  - number: 1
    at_s: 20
    subject: {zh: 涨, en: Rise}
    sensor: {indicator: lisha_level, value: 3.5, over_s: 30}
  - number: 2
    at_s: 30
    subject: {zh: 来电, en: Call}
    expected: {zh: 立案, en: Opened}
    call:
      caller: {zh: 甲, en: A}
      matter: fire
      title: {zh: 火, en: Fire}
      place: {zh: 此处, en: Here}
      at: [113.67, 22.93]
      level: red
      text: {zh: 快来, en: Come}
  - {number: 3, at_s: 40, subject: {zh: 信, en: Word}, message: {sender: {zh: 乙, en: B}, text: {zh: 好, en: Good}}}
  - {number: 4, at_s: 50, subject: {zh: 停, en: Stall}, camera: {id: cam01, fault: stall}}
  - {number: 5, at_s: 60, subject: {zh: 复, en: Back}, camera: {id: cam01, fault: null}}
  - {number: 6, at_s: 70, subject: {zh: 断, en: Cut}, link: {cut: true}}
"""


def write(folder: Path, text: str = GOOD) -> Path:
    file = folder / "small.yaml"
    file.write_text(text, "utf-8")
    return file


def test_a_good_scenario_loads(tmp_path: Path) -> None:
    scenario = load_scenario(write(tmp_path), PACK)
    assert [type(inject.what) for inject in scenario.injects] == [
        SensorStep,
        Call,
        Message,
        CameraFault,
        CameraFault,
        LinkCut,
    ]
    assert scenario.injects[1].expected == Label("立案", "Opened") and scenario.injects[0].expected is None
    assert scenario.staff.words["done"] == (Label("完", "Over"),)
    assert scenario.staff.late == {"emergency": 3} and scenario.staff.silent == ("jj9",)
    assert scenario.sensors[0].history_min == 120


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("seed: 7", "sead: 7", 4, "Did you mean seed?"),
        ("length_s: 600", "length_s: -1", 5, "length_s"),
        ("pack: dongguan-houjie", "pack: elsewhere", 3, "belongs to the pack elsewhere"),
        ("  depart_s: 5\n", "", 8, "staff.depart_s is missing"),
        ("    done:", "    finished:", 14, "no status finished"),
        ("late: {emergency: 3}", "late: {emergencies: 3}", 16, "Did you mean emergency?"),
        ("silent: [jj9]", "silent: [jj99]", 17, "no unit jj99"),
        ("  lisha_level: {base", "  lisha_levle: {base", 19, "Did you mean lisha_level?"),
        ("at_s: 20", "at_s: 9999", 22, "After the end"),
        ("number: 2", "number: 1", 25, "already on line 21"),
        ("indicator: lisha_level", "indicator: pm25", 24, "no indicator pm25"),
        ("over_s: 30", "over: 30", 24, "Did you mean over_s?"),
        ("matter: fire", "matter: fires", 31, "Did you mean fire?"),
        ("[113.67, 22.93]", "[113.67]", 34, "[longitude, latitude]"),
        ("level: red", "level: crimson", 35, "none of"),
        ("fault: stall", "fault: melt", 38, "fault"),
        ("id: cam01, fault: stall", "id: cam99, fault: stall", 38, "no camera cam99"),
        (", link: {cut: true}", "", 40, "exactly one of"),
        ("link: {cut: true}", "link: {cut: true}, camera: {id: cam01, fault: stall}", 40, "exactly one of"),
    ],
)
def test_a_mistake_is_found_with_its_line(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    assert old in GOOD
    file = write(tmp_path, GOOD.replace(old, new, 1))
    problems = check_scenario(file, PACK)
    found = [problem for problem in problems if says.lower() in problem.message.en.lower()]
    assert found, [str(problem) for problem in problems]
    assert (found[0].file, found[0].line) == ("small.yaml", line)
    with pytest.raises(ScenarioErrors):
        load_scenario(file, PACK)


def test_scenarios_are_found_and_the_users_own_wins(tmp_path: Path) -> None:
    assert {"demo-town", "typhoon-flood"} <= set(find_scenarios(NOBODY))
    mine = tmp_path / "demo-town.yaml"
    mine.write_text("id: demo-town\n")
    assert find_scenarios(tmp_path)["demo-town"] == mine
