"""The yiping command: quick where it can be, and exit codes that a script can trust."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

import resources
from console import __version__
from console.central import feed
from console.cli import main
from console.cli_parts import pack_folders
from console.desk.files import DeskFiles
from console.domain.log import Kind, Note
from console.domain.operation import Actor, WriteNote
from console.domain.words import Label
from console.store import catalogue, tables
from console.store.packs import find_pack
from console.store.store import Store
from console.sync.outbox import perform
from tests.support_pack import OTHER, PASSWORD, TOWN
from tests.support_platform import Platform, api
from tests.support_wait import WAIT_S

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("PySide6", "sqlalchemy", "numpy", "requests", "fastapi", "weasyprint", "av", "pydantic")


def yiping(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "console", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=WAIT_S)


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["demo", "--help"], ["wall", "--help"]])
def test_a_question_is_answered_without_anything_heavy(arguments: list[str]) -> None:
    code = (
        "import sys, json; from console.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit as end: print(json.dumps({'code': end.code, 'has': sorted(sys.modules)}), file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, check=False, capture_output=True, text=True, timeout=WAIT_S
    )
    said = json.loads(ended.stderr)
    assert said["code"] == 0
    assert not {name.partition(".")[0] for name in said["has"]} & set(HEAVY)
    if arguments == ["--version"]:
        assert ended.stdout == f"yiping, version {__version__}\n"


def test_every_command_has_a_word_of_help() -> None:
    shown = yiping("--help").stdout
    for command in ("demo", "desk", "wall", "central", "drill", "check", "import", "export", "bench"):
        assert command in shown
        assert yiping(command, "--help").returncode == 0
    assert yiping("no-such-command").returncode == 2


def test_check_pack_of_the_shipped_one() -> None:
    ended = yiping("check", "pack", resources.path("packs", "dongguan-houjie"))
    assert ended.returncode == 0
    assert "No problems." in ended.stdout
    assert "没有问题" in ended.stdout


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_check_pack_names_file_and_line(tmp_path: Path, lang: str) -> None:
    folder = tmp_path / "dongguan-houjie"
    folder.mkdir()
    for file in resources.path("packs", "dongguan-houjie").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    text = (folder / "indicators.yaml").read_text("utf-8")
    lines = text.splitlines()
    number = next(n for n, line in enumerate(lines, 1) if "agency: water" in line)
    lines[number - 1] = lines[number - 1].replace("water", "watre")
    (folder / "indicators.yaml").write_text("\n".join(lines) + "\n", "utf-8")
    ended = yiping("check", "pack", folder, "--lang", lang)
    assert ended.returncode == 1
    (said,) = ended.stdout.splitlines()
    assert said.startswith(f"indicators.yaml:{number}: ")
    assert "watre" in said
    assert any("\u4e00" <= letter <= "\u9fff" for letter in said.replace("watre", "")) == (lang == "zh")


def test_check_pack_of_no_folder() -> None:
    assert yiping("check", "pack", "/nonexistent").returncode == 2


def a_log(folder: Path) -> str:
    """Five notes in a desk's database; the device."""
    files = DeskFiles(folder)
    store = Store.open(files.database, files.key())
    actor = Actor("duty", Label("李", "Li"), datetime.now(UTC), "houjie")
    for number in range(5):
        perform(store, WriteNote(Note(Kind.NOTE, actor.name, text=f"note {number}")), actor)
    store.close()
    return store.device


def test_check_log_of_a_whole_chain(tmp_path: Path) -> None:
    device = a_log(tmp_path)
    ended = yiping("check", "log", "--data", tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == f"{device}: 5 条 entries, 完整 whole\n"


def test_check_log_names_the_first_broken_entry(tmp_path: Path) -> None:
    device = a_log(tmp_path)
    files = DeskFiles(tmp_path)
    store = Store.open(files.database, files.key())
    with store.begin() as tx:
        tx.connection.execute(tables.entry.update().where(tables.entry.c.number == 3).values(author="someone else"))
    store.close()
    ended = yiping("check", "log", "--data", tmp_path)
    assert ended.returncode == 1
    assert ended.stdout.startswith(f"{device}: 5 条 entries, 断于 broken at 3 (")


def test_check_log_where_no_desk_ever_was(tmp_path: Path) -> None:
    ended = yiping("check", "log", "--data", tmp_path / "nothing")
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "nothing" / "desk" / "live.db").exists()


def test_drill_list_shows_every_scenario() -> None:
    ended = yiping("drill", "list")
    assert ended.returncode == 0
    rows = {line.split("\t")[0]: line.split("\t")[1:] for line in ended.stdout.splitlines()}
    assert rows["typhoon-flood"] == ["台风暴雨洪水桌面演练", "Typhoon flood drill", "90 min"]
    assert "demo-town" in rows


def test_drill_list_with_one_that_is_wrong(tmp_path: Path) -> None:
    folder = tmp_path / "scenarios"
    folder.mkdir()
    (folder / "mine.yaml").write_text("id: mine\n", "utf-8")
    command = [sys.executable, "-m", "console", "drill", "list"]
    env = {**os.environ, "YIPING_DATA": str(tmp_path)}
    ended = subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True, timeout=WAIT_S)
    assert "Traceback" not in ended.stderr
    assert "mine.yaml" in ended.stderr


def test_a_benchmark_that_is_none_names_those_there_are() -> None:
    ended = yiping("bench", "no-such")
    assert ended.returncode == 1
    assert "no benchmark 'no-such'" in ended.stderr
    for name in ("start", "video"):
        assert name in ended.stderr


@pytest.mark.parametrize("speed", ["-1", "61", "fast"])
def test_a_speed_that_is_none(speed: str) -> None:
    assert yiping("drill", "run", "typhoon-flood", "--speed", speed).returncode == 2


HEAD = "id,name_zh,kind,lon,lat,main_url,area"


def a_list(folder: Path, *areas: str) -> Path:
    file = folder / "cameras.csv"
    rows = [f"c{n},东桥{n}号,road,104.06,30.67,rtsp://h/{n},{area}" for n, area in enumerate(areas)]
    file.write_text("\n".join([HEAD, *rows]) + "\n", "utf-8")
    return file


def import_(file: Path, *more: str | Path) -> "subprocess.CompletedProcess[str]":
    return yiping("import", "cameras", file, *more, "--password", PASSWORD, "--lang", "en")


def test_cameras_are_imported_while_the_platform_runs(tmp_path: Path) -> None:
    platform = Platform(tmp_path / "data")
    try:
        through = ("--platform", platform.url, "--user", "city")
        with api(platform.url) as town, api(platform.url, "w", user="city") as city:
            ended = import_(a_list(tmp_path, TOWN, OTHER, "chengdu/nowhere", TOWN), *through)
            assert (ended.returncode, ended.stderr) == (1, "")
            refused, counts = ended.stdout.splitlines()
            assert refused.startswith("cameras.csv:4: ") and "chengdu/nowhere" in refused
            assert counts == "3 路视频 cameras, 2 个分片 parts, 1 行未收 lines refused"
            for http, areas in ((town, [TOWN]), (city, [TOWN, OTHER])):
                parts = http.get(f"{platform.url}/v1/catalogue", timeout=WAIT_S).json()["parts"]
                assert sorted(part["area"] for part in parts) == sorted(areas)
            ended = import_(a_list(tmp_path, TOWN), *through)
            assert (ended.returncode, ended.stdout.split()[0]) == (0, "1")
            for wrong in ("leader", "u1"):
                ended = import_(a_list(tmp_path, TOWN, TOWN), *through[:3], wrong)
                assert ended.returncode == 2 and "Traceback" not in ended.stderr
            (tmp_path / "cameras.csv").write_text(f"{HEAD}\nnothing\n", "utf-8")
            ended = import_(tmp_path / "cameras.csv", *through)  # would leave nothing
            assert ended.returncode == 2 and "2" in ended.stderr
            ended = import_(a_list(tmp_path, TOWN, TOWN), "--data", tmp_path / "data")
            assert ended.returncode == 2 and "--platform" in ended.stderr
            manifest = city.get(f"{platform.url}/v1/catalogue", timeout=WAIT_S).json()
            assert [part["rows"] for part in manifest["parts"]] == [1]
    finally:
        platform.kill()


def test_an_import_holds_nothing_back_in_the_feed(tmp_path: Path) -> None:
    platform = Platform(tmp_path / "data")
    try:
        assert import_(a_list(tmp_path, TOWN), "--platform", platform.url, "--user", "city").returncode == 0
    finally:
        platform.kill()
    store = Store.open(tmp_path / "data" / "live.db", None, side="platform")
    with store.begin() as tx:
        end = feed.end(tx)
        feed.forget(tx, datetime.now(UTC), timedelta(days=30))
        assert tx.setting(feed.FLOOR) == end > 0
    store.close()


def test_cameras_are_imported_while_the_platform_is_stopped(tmp_path: Path) -> None:
    file = a_list(tmp_path, "dongguan/houjie", "dongguan/houjie", "no/such")
    ended = import_(file, "--data", tmp_path / "data", "--pack", "dongguan-houjie")
    assert (ended.returncode, ended.stderr) == (1, "")
    assert ended.stdout.splitlines()[-1].startswith("2 ")
    store = Store.open(tmp_path / "data" / "live.db", None, side="platform")
    with store.read() as view:
        assert {one.id for one in catalogue.every(view)} == {"c0", "c1"}
    store.close()


def test_check_pack_of_the_folder_one_stands_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(resources.path("packs", "dongguan-houjie"))
    done = CliRunner().invoke(main, ["check", "pack", "."])
    assert done.exit_code == 0 and "No problems." in done.output, done.output


@pytest.mark.parametrize("place", ["realms/packs", "packs"])
def test_a_platforms_packs_are_in_its_data_or_beside_it(tmp_path: Path, place: str) -> None:
    (tmp_path / place / "mine").mkdir(parents=True)
    (tmp_path / place / "mine" / "pack.yaml").touch()
    assert find_pack("mine", *pack_folders(tmp_path / "realms")) == tmp_path / place / "mine"
