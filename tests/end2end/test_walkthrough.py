"""The whole main job by one command, without a display: every step done, pictured, and held once by the platform."""

import json
import os
import re
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from PySide6.QtGui import QImage

from console.desk.files import DeskFiles
from console.desk.walkthrough import Walk
from console.domain.log import Entry
from console.domain.phrases import say
from console.store.check import verify_chain, verify_file
from console.store.store import Store
from tests.support_wait import TEST_S

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "build" / "shots" / "walkthrough"
STEPS = 21
WALL_STEPS = 2  # it is opened in the last but one


@dataclass
class Walked:
    code: int
    out: str
    err: str
    data: Path

    @property
    def result(self) -> dict[str, Any]:
        return dict(json.loads(self.out.splitlines()[-1]))


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Walked:
    data = tmp_path_factory.mktemp("demo")
    for old in [*SHOTS.glob("*.*"), *SHOTS.glob("wall/*")]:
        old.unlink()
    command = [sys.executable, "-m", "console", "demo", "--headless", "--walkthrough"]
    command += ["--speed", "4", "--shots", str(SHOTS), "--data", str(data)]
    env = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    ended = subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True, timeout=TEST_S)
    return Walked(ended.returncode, ended.stdout, ended.stderr, data)


def bugs(walked: Walked) -> str:
    """What the desk wrote down of errors that nobody expects."""
    log = (walked.data / "log" / "desk.log").read_text("utf-8")
    return log[log.index(" bug: ") :][:3000] if " bug: " in log else ""


def test_it_ends_well_and_nothing_is_lost_or_doubled(walked: Walked) -> None:
    assert walked.code == 0, walked.out[-2000:] + walked.err[-2000:] + bugs(walked)
    result = walked.result
    assert result["walkthrough"] == "ok"
    assert (result["lost"], result["doubled"]) == (0, 0)
    assert result["steps"] == STEPS
    lines = [line for line in walked.out.splitlines() if re.match(r" *\d+ +[\d.]+ s", line)]
    assert len(lines) == STEPS, "each step says how long it took"
    assert "Traceback" not in walked.err
    assert bugs(walked) == ""


def size_of(png: Path) -> tuple[int, int]:
    width, height = struct.unpack(">II", png.read_bytes()[16:24])
    return width, height


def colours(png: Path) -> int:
    small = QImage(str(png)).scaled(160, 90)
    return len({small.pixel(x, y) for x in range(160) for y in range(90)})


def test_every_step_left_its_picture(walked: Walked) -> None:
    steps = sorted(p for p in SHOTS.glob("??-*.png") if "-wall-" not in p.name)
    assert len(steps) == STEPS, [p.name for p in steps]
    for picture in steps:
        assert size_of(picture) == (1920, 1080), picture.name
        assert colours(picture) > 200, f"{picture.name} is as good as blank"
    different = {p.read_bytes() for p in steps}
    assert len(different) == STEPS


def test_the_wall_left_its_pictures(walked: Walked) -> None:
    walls = sorted(SHOTS.glob("??-*-wall-1.png"))
    assert len(walls) == WALL_STEPS
    for picture in walls:
        assert size_of(picture) == (1920, 1080)
    assert colours(walls[-1]) > 200


def the_log(data: Path, code: str) -> list[Entry]:
    files = DeskFiles(data)
    store = Store.open(files.database, files.key(), read_only=True)
    try:
        assert verify_file(store) == []
        with store.read() as view:
            assert view.chains()
            assert all(verify_chain(store, device) is None for device in view.chains())
            incident = next(i for i in view.incidents(open_only=False) if i.code == code)
            return view.entries_of(incident.id)
    finally:
        store.close()


def test_the_report_holds_the_whole_story(walked: Walked) -> None:
    file = SHOTS / "report.pdf"
    text = "".join(page.extract_text() for page in PdfReader(file).pages)
    flat = re.sub(r"\s", "", text)
    code = re.search(r"\bI\d+\b", text)
    assert code is not None
    entries = the_log(walked.data, code.group())
    assert len(entries) > 10
    for entry in entries:
        said = say(entry.note.phrase, "zh") if entry.note.phrase else entry.note.text
        assert re.sub(r"\s", "", said) in flat, said
    assert "walkthroughnote:bridgeclosed" in flat
    html = (SHOTS / "report.html").read_text("utf-8")
    assert code.group() in html
    assert "http://" not in html.replace("http://www.w3.org", "")


def test_the_steps_of_the_walk_are_those_counted_here() -> None:
    source = Path(sys.modules[Walk.__module__].__file__ or "").read_text("utf-8")
    listed = re.search(r"for step in \((.*?)\):", source, re.DOTALL)
    assert listed is not None
    assert listed.group(1).count("self.") == STEPS
