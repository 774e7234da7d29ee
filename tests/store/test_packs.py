"""Topic packs: a good one loads; every kind of mistake is found with its file and line, all of them at once."""

from dataclasses import dataclass
from datetime import time
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.domain.area import Grant, Right, Tier
from console.domain.duty import Escalation, FieldKind, Limit
from console.domain.errors import KnownError
from console.domain.level import Level
from console.domain.phrases import both
from console.domain.place import Point
from console.domain.worktime import Measure, Span
from console.store.packs import PackErrors, check_pack, find_pack, find_packs, load_pack

NOBODY = Path("/nonexistent")
FILES = {
    "pack.yaml": """\
id: qinghe
name: {zh: 清河, en: Qinghe}
town: qinghe
town_name: {zh: 清河镇, en: Qinghe Town}
centre: {zh: 清河指挥中心, en: Qinghe Command Centre}
crs: WGS-84
at: [104.06, 30.67]
bounds: [104.0, 30.6, 104.2, 30.8]
basemap: plan
schematic: true
simulated: false
""",
    "plan/manifest.yaml": "name: {zh: 底图, en: Plan}\n",
    "agencies.csv": """\
id,name_zh,name_en,tier,town,phone,lon,lat
fire,消防站,Fire Station,town,,028-0000 1190,104.06,30.66
city,市局,City Bureau,city,,,,
""",
    "units.csv": """\
id,code,name_zh,name_en,agency,kind,capabilities,lon,lat,on_duty,speed_factor
f1,xf1,消防 1 车,Fire 1,fire,fire_engine,fire rescue,104.05,30.66,,
f2,xf2,消防 2 车,Fire 2,fire,fire_engine,fire,104.07,30.68,no,0.5
f3,xf3,消防 3 车,Fire 3,fire,fire_engine,fire,,,,
""",
    "cameras.csv": """\
id,name_zh,name_en,kind,lon,lat,main_url,sub_url,indicator
c1,北门,North Gate,road,104.06,30.67,rtsp://10.0.0.1/main,rtsp://10.0.0.1/sub,heat
""",
    "indicators.yaml": """\
heat:
  name: {zh: 温度, en: Heat}
  measure: °C
  topic: {zh: 消防, en: Fire}
  place: {zh: 北门, en: North Gate}
  at: [104.06, 30.67]
  cadence_s: 10
  limits:
    - {level: yellow, at: 60, recovery: 55}
    - {level: red, at: 90, recovery: 80}
  matter: fire
  agency: fire
pressure:
  name: {zh: 水压, en: Pressure}
  measure: MPa
  topic: {zh: 消防, en: Fire}
  place: {zh: 北门, en: North Gate}
  cadence_s: 10
  rising: false
  limits:
    - {level: blue, at: 0.3, recovery: 0.35}
    - {level: orange, at: 0.2, recovery: 0.25}
""",
    "matters.yaml": """\
fire:
  name: {zh: 火情, en: Fire}
  level: red
  stages: [reported, dispatched, in_progress, checked, closed]
  national: "0101"
  group: {zh: 火灾, en: Fires}
  form:
    - {code: floor, name: {zh: 楼层, en: Floor}, kind: number, required: true}
""",
    "duties.yaml": """\
fire:
  lead: fire
  assist: [city]
  limits: {ack: 1.5, handle: 30, check: 2wh, close: 1wd}
  tier: town
  escalate: [{of: ack, to: city, after: 2}]
""",
    "scenes.yaml": """\
fire:
  name: {zh: 灭火, en: Fire}
  needs:
    - {capability: rescue, count: 1, name: {zh: 救援, en: Rescue}}
  tasks:
    - text: {zh: 断电, en: Power off}
      agency: fire
      gate: true
      due: 2wh
  messages:
    - {agency: city, text: {zh: 已出动, en: Turned out}}
  when: {least: orange, hours: [22, 6], indicator: heat, area: qinghe}
  reinforcements: [[{capability: fire, count: 2, name: {zh: 灭火, en: Fire}}]]
""",
    "users.yaml": f"""\
duty:
  name: {{zh: 值班员, en: Officer}}
  duty: {{zh: 值班员, en: Duty officer}}
  password_hash: "{PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("yiping-demo")}"
""",
}


def write(folder: Path, changed: dict[str, str | bytes | None] | None = None) -> Path:
    folder = folder / "qinghe"
    for name, text in {**FILES, **(changed or {})}.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            file.write_bytes(text)
        elif text is not None:
            file.write_text(text, encoding="utf-8")
    return folder


def test_a_good_pack_loads(tmp_path: Path) -> None:
    folder = write(tmp_path)
    assert check_pack(folder) == []
    pack = load_pack(folder)
    assert (pack.id, pack.area, pack.schematic, pack.simulated) == ("qinghe", "qinghe", True, False)
    assert pack.basemap == folder / "plan"
    assert pack.agencies["fire"].path == "qinghe/@fire" and pack.agencies["city"].tier is Tier.CITY
    assert pack.agencies["fire"].phone == "028-0000 1190" and pack.agencies["fire"].at == Point(104.06, 30.66)
    assert pack.agencies["city"].at is None and pack.units["f3"].home is None
    assert pack.units["f1"].capabilities == ("fire", "rescue") and pack.units["f1"].on_duty
    assert not pack.units["f2"].on_duty and pack.units["f2"].speed_factor == 0.5
    assert pack.cameras["c1"].sub_url == "rtsp://10.0.0.1/sub" and pack.cameras["c1"].indicator == "heat"
    assert [limit.at for limit in pack.indicators["heat"].limits] == [60, 90]
    (duty,) = pack.duties.values()
    assert (duty.id, duty.assist, duty.tier) == ("fire@town", ("city",), Tier.TOWN)
    assert duty.limit(Limit.ACK) == Span(1.5) and duty.limit(Limit.CHECK) == Span(2, Measure.WORK_HOURS)
    assert duty.limit(Limit.CLOSE) == Span(1, Measure.WORK_DAYS) and duty.limit(Limit.ARRIVE) is None
    assert duty.escalations == (Escalation(Limit.ACK, "city", Span(2)),)
    card = pack.cards["fire"]
    assert card.tasks[0].gate and card.tasks[0].due == Span(2, Measure.WORK_HOURS) and card.messages[0].agency == "city"
    assert (card.least, card.hours, card.indicator, card.area) == (Level.ORANGE, (22, 6), "heat", "qinghe")
    assert [need.count for need in card.reinforcements[0]] == [2]
    matter = pack.matters["fire"]
    assert (matter.national, matter.group.en, matter.form[0].kind) == ("0101", "Fires", FieldKind.NUMBER)
    assert pack.office_hours[0] == (time(8, 30), time(12))
    assert pack.users["duty"].grants == (Grant(Right.COMMAND, "qinghe"),)


def test_a_byte_order_mark_and_other_line_ends_are_read(tmp_path: Path) -> None:
    csv = FILES["agencies.csv"].replace("\n", "\r\n").encode("utf-8-sig")
    yaml = FILES["duties.yaml"].encode("utf-8-sig")
    assert check_pack(write(tmp_path, {"agencies.csv": csv, "duties.yaml": yaml})) == []


@dataclass
class Mistake:
    """What is written instead of something, and what is said about it: where, and words of both languages."""

    file: str
    old: str
    new: str
    line: int
    says: str
    about: str = ""

    def __str__(self) -> str:
        return f"{self.file}: {self.new or self.old}"[:50].replace("\n", " ")


MISTAKES = [
    # keys and kinds
    Mistake("pack.yaml", "schematic:", "shematic:", 10, "Did you mean schematic?", "shematic"),
    Mistake("pack.yaml", "simulated: false\n", "", 1, "simulated is missing", "缺少 simulated"),
    Mistake("pack.yaml", "schematic: true", "schematic: maybe", 10, "must be true or false", "true 或 false"),
    Mistake("pack.yaml", "{zh: 清河, en: Qinghe}", "{zh: 清河}", 2, "name.en is missing", "缺少 name.en"),
    Mistake("pack.yaml", "{zh: 清河, en: Qinghe}", "{zh: 清河, en: ''}", 2, "must not be blank", "name.en"),
    Mistake("pack.yaml", "crs: WGS-84", "crs: GCJ-02", 6, "coordinates are GCJ-02", "GCJ-02"),
    Mistake("pack.yaml", "at: [104.06, 30.67]", "at: [30.67, 104.06]", 7, "[longitude, latitude]", "经度"),
    Mistake("pack.yaml", "at: [104.06, 30.67]", "at: [30.67, 64.06]", 7, "outside the pack's bounds", "范围"),
    Mistake("pack.yaml", "[104.0, 30.6, 104.2, 30.8]", "[104.2, 30.6, 104.0, 30.8]", 8, "west, south", "西"),
    Mistake("pack.yaml", "basemap: plan", "basemap: moon", 9, "no basemap moon", "底图"),
    Mistake("pack.yaml", "id: qinghe", "id: quinhe", 1, "folder's name, qinghe", "文件夹"),
    Mistake("pack.yaml", "town: qinghe", "town: 清河", 3, "letters, digits", "编号"),
    Mistake("pack.yaml", "id: qinghe", "id: [qinghe", 2, "Not valid YAML", "YAML"),
    Mistake("pack.yaml", "id: qinghe", "id: &a qinghe\nother: *a", 2, "aliases", "YAML"),
    Mistake("indicators.yaml", "cadence_s: 10\n  limits:", "cadence_s: soon\n  limits:", 7, "a number", "数字"),
    Mistake("indicators.yaml", "cadence_s: 10\n  limits:", "cadence_s: 0\n  limits:", 7, "cadence_s", "cadence_s"),
    Mistake("indicators.yaml", "cadence_s: 10\n  limits:", "cadence_s: .nan\n  limits:", 7, "cadence_s", "nan"),
    Mistake("indicators.yaml", "level: red, at", "level: rde, at", 10, "Did you mean red?", "可选值"),
    Mistake("indicators.yaml", "pressure:", "heat:", 13, "already on line 1", "重复"),
    # references
    Mistake("indicators.yaml", "matter: fire", "matter: fires", 11, "no matter fires. Did you mean fire?", "事项"),
    Mistake("indicators.yaml", "agency: fire", "agency: fir", 12, "no agency fir", "单位"),
    Mistake("duties.yaml", "lead: fire", "lead: police", 2, "no agency police", "单位"),
    Mistake("duties.yaml", "assist: [city]", "assist: [city, town]", 3, "no agency town", "单位"),
    Mistake("duties.yaml", "assist: [city]", "assist: [city, fire]", 3, "there twice", "重复"),
    Mistake("duties.yaml", "fire:\n", "flood:\n", 1, "no matter flood", "事项"),
    Mistake("duties.yaml", "limits:", "ack_min: 1\n  limits:", 4, "ack_min is not known", "不认识"),
    Mistake("duties.yaml", "ack: 1.5", "akc: 1.5", 4, "Did you mean ack?", "不认识"),
    Mistake("duties.yaml", "ack: 1.5", "ack: soon", 4, "cannot be read", "读不懂"),
    Mistake("duties.yaml", "ack: 1.5", "ack: 0", 4, "more than 0", "大于"),
    Mistake("duties.yaml", "close: 1wd", "close: 5000wd", 4, "between 0 and 366 working days", "工作日"),
    Mistake("duties.yaml", "tier: town", "tier: twon", 5, "Did you mean town?", "可选值"),
    Mistake("duties.yaml", "tier: town", "area: moon", 5, "no area moon", "区域"),
    Mistake("duties.yaml", "to: city", "to: cities", 6, "no agency cities", "单位"),
    Mistake("duties.yaml", "of: ack", "of: akc", 6, "Did you mean ack?", "可选值"),
    Mistake("duties.yaml", "fire:\n  lead", "-\n  lead", 2, "matter is missing", "缺少 matter"),
    Mistake("matters.yaml", '"0101"', "101", 5, "must be text", "文字"),
    Mistake("matters.yaml", '"0101"', '"B1"', 5, "no national class", "国标"),
    Mistake("matters.yaml", "kind: number", "kind: nubmer", 8, "Did you mean number?", "可选值"),
    Mistake("pack.yaml", "simulated: false", 'simulated: false\noffice_hours: ["9-12"]', 12, "08:30-12:00", "办公时间"),
    Mistake("scenes.yaml", "hours: [22, 6]", "hours: [22, 26]", 12, "0 to 24", "整点"),
    Mistake("scenes.yaml", "indicator: heat", "indicator: haet", 12, "Did you mean heat?", "指标"),
    Mistake("scenes.yaml", "area: qinghe", "area: moon", 12, "no area moon", "区域"),
    Mistake("scenes.yaml", "[[{capability: fire", "[[{capability: fly", 13, "no capability fly", "能力"),
    Mistake("scenes.yaml", "zh: 断电,", 'zh: "断\\n电",', 6, "one line", "一行"),
    Mistake("scenes.yaml", "due: 2wh", "due_min: 2", 9, "due_min is not known", "不认识"),
    Mistake("scenes.yaml", "capability: rescue", "capability: fly", 4, "no capability fly", "能力"),
    Mistake("scenes.yaml", "count: 1", "count: 0", 4, "count", "count"),
    Mistake("scenes.yaml", "agency: fire", "agency: fires", 7, "Did you mean fire?", "单位"),
    Mistake("scenes.yaml", "agency: city", "agency: cities", 11, "no agency cities", "单位"),
    Mistake("scenes.yaml", "gate: true", "gates: true", 8, "Did you mean gate?", "不认识"),
    Mistake("units.csv", "Fire 1,fire,", "Fire 1,fires,", 2, "no agency fires", "单位"),
    Mistake("cameras.csv", ",heat", ",heats", 2, "no indicator heats", "指标"),
    # limits and stages
    Mistake("indicators.yaml", "at: 90, recovery: 80", "at: 50, recovery: 45", 10, "worse limit", "更严重"),
    Mistake("indicators.yaml", "level: red", "level: blue", 10, "worse limit", "更轻"),
    Mistake("indicators.yaml", "recovery: 55", "recovery: 65", 9, "normal side", "恢复值"),
    Mistake("indicators.yaml", "recovery: 55", "recovery: 60", 9, "normal side", "恢复值"),
    Mistake("indicators.yaml", "recovery: 0.35", "recovery: 0.29", 21, "normal side", "恢复值"),
    Mistake("indicators.yaml", "at: 0.2,", "at: 0.4,", 22, "worse limit", "更严重"),
    Mistake("matters.yaml", "[reported, dispatched", "[dispatched, reported", 4, "in order", "顺序"),
    Mistake("matters.yaml", ", closed]", "]", 4, "from reported to closed", "结案"),
    Mistake("matters.yaml", "checked,", "chekced,", 4, "Did you mean checked?", "可选值"),
    # tables
    Mistake("agencies.csv", "tier", "teir", 1, "Did you mean tier?", "不认识"),
    Mistake("agencies.csv", "fire,消防站,Fire Station,town,", "fire,消防站,town,", 2, "This row has 7 cells", "格"),
    Mistake("agencies.csv", "city,市局", "fire,市局", 3, "already on line 2", "重复"),
    Mistake("agencies.csv", "City Bureau,city", "City Bureau,state", 3, "none of: city, town", "可选值"),
    Mistake("agencies.csv", "Fire Station", '"Fire Station', 3, "Not valid CSV", "CSV"),
    Mistake("units.csv", "104.05,", "east,", 2, "lon must be a number, not east", "数字"),
    Mistake("units.csv", "104.05,30.66", "30.66,104.05", 2, "lat", "lat"),
    Mistake("units.csv", "104.05,", "105.05,", 2, "outside", "范围"),
    Mistake("units.csv", "104.05,", ",", 2, "both, or neither", "都不写"),
    Mistake("agencies.csv", "104.06,", ",", 2, "both, or neither", "都不写"),
    Mistake("agencies.csv", "104.06,30.66", "30.66,104.06", 2, "lat", "lat"),
    Mistake("agencies.csv", "104.06,", "105.06,", 2, "outside", "范围"),
    Mistake("agencies.csv", "028-0000 1190", "ask at the gate", 2, "phone number", "电话"),
    Mistake("units.csv", "f2,xf2", "f2,xf1", 3, "The code xf1 is already that of f1", "代号"),
    Mistake("units.csv", "f2,xf2", "f2,", 3, "code is missing", "缺少 code"),
    Mistake("units.csv", ",no,0.5", ",perhaps,0.5", 3, "on_duty must be true or false", "true"),
    Mistake("units.csv", ",no,0.5", ",no,-1", 3, "speed_factor", "speed_factor"),
    Mistake("cameras.csv", "rtsp://10.0.0.1/main", "10.0.0.1/main", 2, "main_url: not the address", "视频"),
    Mistake(
        "cameras.csv", "rtsp://10.0.0.1/sub", "onvif://10.0.0.1/sub", 2, "sub_url: No player opens onvif", "播放器"
    ),
    Mistake("cameras.csv", "rtsp://10.0.0.1/main", "rtsp://u:se#cret@10.0.0.1/main", 2, "write # as %23", "百分号"),
    Mistake("cameras.csv", "rtsp://10.0.0.1/main", "rtsp://u:se/cret@10.0.0.1/main", 2, "write / as %2F", "百分号"),
    Mistake("cameras.csv", "rtsp://10.0.0.1/main", "rtsp://u:se?cret@10.0.0.1/main", 2, "write ? as %3F", "百分号"),
    Mistake("cameras.csv", "rtsp://10.0.0.1/main", "rtsp://u:se cret@10.0.0.1/main", 2, "write a space as %20", "空格"),
    Mistake("cameras.csv", "rtsp://10.0.0.1/main", "rtsp://10.0.0.1:70000/main", 2, "The port", "端口"),
    Mistake("cameras.csv", "rtsp://10.0.0.1/main", "rtsp:///main", 2, "host name", "主机"),
    Mistake("users.yaml", '"$argon2id', '"hunter', 4, "never write the password", "明文"),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_is_found_with_its_line(tmp_path: Path, mistake: Mistake) -> None:
    text = FILES[mistake.file]
    assert mistake.old in text
    folder = write(tmp_path, {mistake.file: text.replace(mistake.old, mistake.new, 1)})
    problems = check_pack(folder)
    found = [problem for problem in problems if mistake.says.lower() in problem.message.en.lower()]
    assert found, [str(problem) for problem in problems]
    assert (found[0].file, found[0].line) == (mistake.file, mistake.line)
    assert mistake.about in found[0].message.zh
    with pytest.raises(PackErrors):
        load_pack(folder)


def test_a_camera_address_is_made_right_where_that_is_safe(tmp_path: Path) -> None:
    url = "RTSP://admin:p%40ss%23w%2F1%3F@10.0.0.1:554/Streaming/Channels/101?transportmode=unicast"
    pack = load_pack(write(tmp_path, {"cameras.csv": FILES["cameras.csv"].replace("rtsp://10.0.0.1/main", url)}))
    assert pack.cameras["c1"].main_url == url.replace("RTSP", "rtsp")


@pytest.mark.parametrize(
    "wrong",
    [
        *("rtsp://u:se#cret@h/a", "rtsp://u:se/cret@h/a", "rtsp://u:se cret@h/a", "rtsp://u:secret", "u:secret@h/a"),
        *("rtsp：//u:secret@h/a", "onvif://u:secret@h/a", "rtsp://u:secret@/a", "rtsp://u:secret@h:x/a"),
    ],
)
def test_no_password_is_in_what_is_said_of_an_address(tmp_path: Path, wrong: str) -> None:
    good = FILES["cameras.csv"]
    columns = (
        ("rtsp://10.0.0.1/main", "104.06", "road", "heat", "c1")
        if "://" in wrong and "@" in wrong
        else ("rtsp://10.0.0.1/main",)
    )
    for place, old in enumerate(columns):
        problems = check_pack(write(tmp_path / str(place), {"cameras.csv": good.replace(old, wrong, 1)}))
        assert problems
        said = " ".join(one.message.zh + one.message.en for one in problems)
        assert not any(part in said for part in ("se#cret", "se/cret", "se cret", "secret", "cret@")), said


def test_a_matter_may_have_several_duties_and_cards(tmp_path: Path) -> None:
    duties = """\
- {matter: fire, lead: fire}
- {matter: fire, tier: village, area: qinghe, lead: city}
"""
    more = FILES["scenes.yaml"] + "fire_at_night:\n  matter: fire\n  name: {zh: 夜间, en: Night}\n"
    pack = load_pack(write(tmp_path, {"duties.yaml": duties, "scenes.yaml": more}))
    assert list(pack.duties) == ["fire", "fire@qinghe@village"]
    assert pack.cards["fire_at_night"].matter == "fire"
    twice = write(tmp_path / "twice", {"duties.yaml": duties + "- {matter: fire, lead: city}\n"})
    (problem,) = check_pack(twice)
    assert problem.line == 3 and "already on line 1" in problem.message.en


def test_a_list_instead_of_records(tmp_path: Path) -> None:
    (problem,) = check_pack(write(tmp_path, {"users.yaml": "- duty\n"}))
    assert (problem.file, problem.line) == ("users.yaml", 1) and "id: content" in problem.message.en


@pytest.mark.parametrize("name", [name for name in FILES if "/" not in name])
def test_a_missing_or_empty_file_is_named(tmp_path: Path, name: str) -> None:
    for text, says in ((None, "missing"), ("", "empty"), ("# nothing\n", "")):
        folder = write(tmp_path / says, {name: text})
        mine = [problem for problem in check_pack(folder) if problem.file == name]
        assert mine and says in mine[0].message.en


def test_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    folder = write(tmp_path, {"agencies.csv": FILES["agencies.csv"].encode("gb18030")})
    first = next(problem for problem in check_pack(folder) if problem.file == "agencies.csv")
    assert first.line == 2 and "CSV UTF-8" in first.message.en


def test_a_cell_of_several_lines_does_not_shift_the_lines_after_it(tmp_path: Path) -> None:
    text = FILES["agencies.csv"].replace("Fire Station", '"Fire\nStation"').replace("市局", "")
    (problem,) = check_pack(write(tmp_path, {"agencies.csv": text}))
    assert problem.line == 4 and "name_zh is missing" in problem.message.en


def test_layers_are_looked_at(tmp_path: Path) -> None:
    layers: dict[str, str | bytes | None] = {
        "layers/broken.geojson": '{"type": "FeatureCollection",\n "features": [}',
        "layers/list.geojson": "[]",
        "layers/metres.geojson": '{"features": [{"geometry": {"coordinates": [[38501234.5, 2537000.1]]}}]}',
        "layers/good.geojson": '{"features": [{"geometry": {"coordinates": [[104.1, 30.7], [104.2, 30.7]]}}]}',
    }
    found = {problem.file: problem for problem in check_pack(write(tmp_path, layers))}
    assert found["layers/broken.geojson"].line == 2
    assert "FeatureCollection" in found["layers/list.geojson"].message.en
    assert "outside" in found["layers/metres.geojson"].message.en
    assert "layers/good.geojson" not in found


def test_all_problems_are_found_at_once_and_the_first_is_told(tmp_path: Path) -> None:
    folder = write(
        tmp_path,
        {
            "pack.yaml": FILES["pack.yaml"].replace("schematic:", "shematic:"),
            "duties.yaml": FILES["duties.yaml"].replace("lead: fire", "lead: nobody"),
            "units.csv": FILES["units.csv"].replace("104.05", "x").replace("104.07", "y"),
        },
    )
    with pytest.raises(PackErrors) as caught:
        load_pack(folder)
    files = [problem.file for problem in caught.value.problems]
    assert files.count("units.csv") == 2 and {"pack.yaml", "duties.yaml"} <= set(files)
    said = both(caught.value.phrase)
    assert "pack.yaml:" in said.en and "qinghe" in said.zh


def test_a_mistake_in_a_record_is_not_said_again_by_those_who_refer_to_it(tmp_path: Path) -> None:
    text = FILES["agencies.csv"].replace("Fire Station,town", "Fire Station,state")
    (problem,) = check_pack(write(tmp_path, {"agencies.csv": text}))
    assert problem.file == "agencies.csv"


def test_packs_are_found_and_the_users_own_wins(tmp_path: Path) -> None:
    shipped = find_packs(NOBODY)
    assert "dongguan-houjie" in shipped
    mine = tmp_path / "dongguan-houjie"
    mine.mkdir()
    (mine / "pack.yaml").write_text("id: dongguan-houjie\n")
    assert find_packs(tmp_path)["dongguan-houjie"] == mine
    assert find_pack("dongguan-houjie", NOBODY) == shipped["dongguan-houjie"]
    with pytest.raises(KnownError) as caught:
        find_pack("atlantis", tmp_path)
    assert "atlantis" in both(caught.value.phrase).en


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_to_a_file_ever_crashes_the_check(tmp_path: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([name for name in FILES if "/" not in name]))
    text = FILES[name]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    junk = data.draw(
        st.sampled_from(["", ":", "- ", "[", "{", "}", '"', "&a ", "*a", "!!binary x", "? ", "\t", "0x", "\x00"])
        | st.text(max_size=6)
    )
    damaged = (text[:start] + junk + text[end:]).encode("utf-8", "surrogatepass")
    folder = write(tmp_path, {name: damaged})
    problems = check_pack(folder)
    for problem in problems:
        assert problem.message.zh and problem.message.en and problem.line >= 0
    if not problems:
        load_pack(folder)
