"""The examples of docs/intake.md do what the page says, on a real platform; and `yiping feed` brings a file there."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.central.realms import opened
from console.cli import main
from console.domain.agency import Position
from console.domain.incoming import IncomingCall
from console.domain.indicator import Reading
from console.store.store import Store
from console.sync import keys
from tests.support_pack import TOWN, make_pack
from tests.support_platform import ROOT, Platform
from tests.support_wait import TEST_S, WAIT_S

PAGE = (ROOT / "docs" / "intake.md").read_text("utf-8")
KINDS = ["readings", "positions", "calls", "statuses", "alarms"]


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    platform = Platform(tmp_path / "platform")
    yield platform
    platform.kill(signal.SIGTERM)


@pytest.fixture
def beside(platform: Platform) -> Iterator[Store]:
    with opened(platform.data, "live") as store:
        yield store


@pytest.fixture
def key(beside: Store) -> str:
    keys.check(make_pack(), "docs", TOWN, KINDS)
    return keys.add(beside, "docs", TOWN, KINDS, "test")[0]


def example(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def run(platform: Platform, key: str, *command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "YIPING_URL": platform.url, "YIPING_KEY": key, "PYTHONPATH": str(ROOT), "no_proxy": "*"}
    return subprocess.run(command, env=env, input=stdin, capture_output=True, text=True, timeout=TEST_S, check=False)


def test_the_curl_example(platform: Platform, key: str, beside: Store) -> None:
    for again in (0, 3):
        done = run(platform, key, "bash", "-c", example("bash").replace("2026-12-01", "2026-11-29"))
        told = json.loads(done.stdout)
        assert (told["accepted"], told["again"], told["refused"]) == (3 - again, again, []), done.stdout
    with beside.read() as view:
        assert {one.value for one in view.every(Reading)} == {2.31, 2.34}
        (rung,) = view.every(IncomingCall)
    assert (rung.text.zh, rung.source, rung.source_id) == ("立沙桥下积水", "docs", "12345-0007")


def test_the_python_example(platform: Platform, key: str, beside: Store) -> None:
    done = run(platform, key, sys.executable, "-W", "error", "-c", example("python"))
    assert done.stdout.split() == ["1"], done.stderr
    with beside.read() as view:
        assert [one.id for one in view.every(Position)] == ["xf1"]


def test_every_code_of_the_page_is_one_and_every_one_is_there() -> None:
    from console.domain.phrases_intake import INTAKE

    said = set(re.findall(r"`((?:intake|key)_\w+)`", PAGE))
    assert said <= INTAKE.keys()
    rows = {code for code in INTAKE if code.startswith("intake_")} - {"intake_many", "intake_fast", "intake_relay"}
    assert rows <= said


def feed(platform: Platform, key: str, file: str, kind: str, *more: str, stdin: str = "") -> tuple[int, str, str]:
    done = run(
        platform, key, sys.executable, "-W", "error", "-m", "console",
        "feed", file, "--kind", kind, "--url", platform.url, "--lang", "en", *more, stdin=stdin,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def test_a_file_is_fed_and_refused_rows_are_told_by_their_line(
    platform: Platform, key: str, beside: Store, tmp_path: Path
) -> None:
    file = tmp_path / "gauges.csv"
    lines = [f"river,2026-11-29T08:{n // 60:02}:{n % 60:02}+08:00,{n / 1000}" for n in range(1200)]
    lines[700] = "moon,2026-11-29T08:00:00+08:00,1"
    lines[701] = "river,yesterday,1"
    file.write_text("\ufeffindicator,at,value\n" + "\n".join(lines) + "\n", "utf-8")
    code, out, err = feed(platform, key, str(file), "readings")
    assert (code, out) == (1, "1198 收 taken, 0 已有 there already, 2 未收 refused\n")
    assert "gauges.csv:702: The topic pack has no indicator moon" in err and "gauges.csv:703:" in err
    assert key not in out + err and not list(tmp_path.glob("*.sent"))
    code, out, _ = feed(platform, key, str(file), "readings")
    assert "0 收 taken, 1198" in out


def test_json_lines_come_by_the_standard_input(platform: Platform, key: str, beside: Store) -> None:
    said = [json.dumps({"id": f"c{n}", "text": "水"}) for n in range(3)]
    code, out, err = feed(platform, key, "-", "calls", stdin="\n".join([*said, "{broken"]))
    assert (code, out.split()[0]) == (1, "3") and "-:4:" in err
    with beside.read() as view:
        assert {one.source_id for one in view.every(IncomingCall)} == {"c0", "c1", "c2"}


def test_a_file_goes_on_where_it_was_interrupted(platform: Platform, key: str, tmp_path: Path) -> None:
    from console.domain.errors import KnownError
    from console.sync import feeding

    file = tmp_path / "gauges.csv"
    rows = [f"river,2026-11-29T09:{n // 60:02}:{n % 60:02}+08:00,1" for n in range(100)]
    file.write_text("indicator,at,value\n" + "\n".join(rows) + "\n")
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            platform.start()

    def some(stop_at: int | None) -> feeding.Done:
        def lines() -> Iterator[tuple[int, object]]:
            with file.open() as text:
                for line, row in feeding.lines_of(text):
                    if line == stop_at:
                        platform.kill()
                    yield line, row

        progress = feeding.Progress(file, platform.url, "readings")
        return feeding.feed(lines(), "readings", platform.url, key, batch=10, progress=progress, sleep=pause)

    done = some(55)  # killed in the middle; it comes back, and is sent the same again
    assert done.accepted + done.again == 100 and done.refused == 0 and len(pauses) >= 3
    platform.kill()
    pauses[:] = [0.0] * 3
    with pytest.raises(KnownError) as error:
        some(None)
    assert (error.value.phrase.code, error.value.phrase.args["line"]) == ("feed_away", 0)
    platform.start()


def test_a_key_that_was_withdrawn_ends_it_in_words(platform: Platform, key: str, beside: Store, tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    file.write_text('{"id": "1"}\n')
    keys.remove(beside, "docs", "test")
    code, _, err = feed(platform, key, str(file), "calls")
    assert code == 2 and "401" in err and key not in err


# The keys' own command, beside a platform that runs


def test_keys_are_added_listed_and_withdrawn_while_the_platform_runs(tmp_path: Path) -> None:
    from click.testing import CliRunner

    def yiping(*args: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["central", "--data", str(platform.data), "key", *args])
        return done.exit_code, done.output

    pack = ("--pack", "dongguan-houjie")
    platform = Platform(tmp_path / "platform")
    try:
        code, out = yiping(
            "add", "gps", "--at", "dongguan/houjie", "--kind", "positions, calls", "--pack", "dongguan-houjie"
        )
        text = out.split()[0]
        assert code == 0 and text.startswith("live.ypk_")
        import requests

        def ask() -> int:
            headers = {"Authorization": f"Bearer {text}"}
            return requests.post(f"{platform.url}/v1/intake", json={}, headers=headers, timeout=WAIT_S).status_code

        assert ask() == 200
        code, out = yiping("list")
        assert "gps\tdongguan/houjie\tcalls,positions" in out and text not in out
        assert yiping("remove", "gps")[0] == 0 and ask() == 401
        assert yiping("list")[1] == "" and "withdrawn" in yiping("list", "--all")[1]
        assert yiping("remove", "gps")[0] == 2
        assert yiping("add", "gps", "--at", "moon", "--kind", "positions", *pack)[0] == 2
    finally:
        platform.kill(signal.SIGTERM)
