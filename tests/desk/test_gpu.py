"""Where there is no GPU the window is painted in software; what was found out is asked once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from console.desk import gpu

LLVMPIPE, CARD = "llvmpipe (LLVM 15.0.6, 256 bits)", "Mesa Intel(R) UHD Graphics 630 (CFL GT2)"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """A screen of an X server on a machine with a device; each answer is given once, in order."""
    answers: list[str | None] = []
    monkeypatch.setattr(gpu, "_devices", lambda: True)
    monkeypatch.setattr(gpu, "ask", lambda: answers.pop(0))
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("QT_QUICK_BACKEND", "")
    monkeypatch.delenv("QT_QUICK_BACKEND")
    return answers


@pytest.mark.parametrize(("renderer", "backend"), [(LLVMPIPE, "software"), ("", "software"), (CARD, None)])
def test_the_scene_graph_is_what_the_renderer_wants(
    asked: list[str | None], tmp_path: Path, renderer: str, backend: str | None
) -> None:
    asked.append(renderer)
    gpu.choose_scene_graph(tmp_path / "screen.json")
    assert os.environ.get("QT_QUICK_BACKEND") == backend


def test_a_screen_is_asked_once_and_another_anew(
    asked: list[str | None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "there" / "screen.json"
    asked.extend([CARD, LLVMPIPE])
    assert gpu.has_gpu(kept) and gpu.has_gpu(kept)
    monkeypatch.setenv("DISPLAY", ":1")
    assert not gpu.has_gpu(kept) and not gpu.has_gpu(kept)
    assert not asked


def test_what_was_kept_and_cannot_be_read_is_asked_anew(asked: list[str | None], tmp_path: Path) -> None:
    kept = tmp_path / "screen.json"
    for junk in ("", "{", "[]", '{"screen": []}', "\0"):
        kept.write_text(junk, "utf-8")
        asked.append(CARD)
        assert gpu.has_gpu(kept)
    assert not asked


def test_a_driver_that_does_not_answer_is_no_gpu_and_is_asked_again(asked: list[str | None], tmp_path: Path) -> None:
    asked.extend([None, CARD])
    assert not gpu.has_gpu(tmp_path / "screen.json")
    assert gpu.has_gpu(tmp_path / "screen.json")


def test_a_choice_that_was_made_stays(asked: list[str | None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QUICK_BACKEND", "rhi")
    gpu.choose_scene_graph(tmp_path / "screen.json")
    assert os.environ["QT_QUICK_BACKEND"] == "rhi"


DRESSED = """
import sys
from pathlib import Path
from console.desk.plan import Options, setup
from console.desk.start import application
app = application(setup(Options(data=Path(sys.argv[1]))), theme_name=sys.argv[2])
from PySide6.QtQuick import QQuickWindow
print(QQuickWindow().rendererInterface().graphicsApi().name)
"""


@pytest.mark.parametrize("theme", ["desk", "wall"])
def test_desk_and_wall_start_with_it(tmp_path: Path, theme: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", DRESSED, str(tmp_path), theme],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
        env={name: value for name, value in os.environ.items() if name != "QT_QUICK_BACKEND"}
        | {"QT_QPA_PLATFORM": "offscreen"},
    ).stdout  # fmt: skip
    assert told.strip() == "Software"
