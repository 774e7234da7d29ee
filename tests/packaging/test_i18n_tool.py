"""New words on screen are noticed until they are translated."""

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("yiping_i18n", ROOT / "packaging" / "i18n.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "FOLDER", tmp_path / "resources" / "i18n")
    (tmp_path / "console" / "desk").mkdir(parents=True)
    (tmp_path / "resources" / "i18n").mkdir(parents=True)
    (tmp_path / "widgets").mkdir()
    return module


def write(tool: ModuleType, line: str) -> None:
    source = f"class Board(QObject):\n    def title(self):\n        return {line}\n"
    (tool.ROOT / "widgets" / "board.py").write_text(source, "utf-8")


def test_a_new_word_is_told_until_it_is_translated(tool: ModuleType) -> None:
    write(tool, 'self.tr("力量")')
    tool.collect(tool.FOLDER)
    ts = tool.FOLDER / "yiping_en.ts"
    assert tool.missing(ts) == [("Board", "力量")]
    ts.write_text(
        ts.read_text("utf-8").replace(
            '<translation type="unfinished"></translation>', "<translation>Units</translation>"
        )
    )
    tool.collect(tool.FOLDER)
    assert tool.missing(ts) == []


def test_a_word_without_a_context_is_told(tool: ModuleType) -> None:
    write(tool, "None\n\nx = tr('力量')")
    tool.collect(tool.FOLDER)
    assert tool.missing(tool.FOLDER / "yiping_en.ts") == [("", "力量")]


def test_stale_files_are_told(tool: ModuleType, tmp_path: Path) -> None:
    write(tool, 'self.tr("力量")')
    tool.collect(tool.FOLDER)
    fresh = tmp_path / "fresh"
    shutil.copytree(tool.FOLDER, fresh)
    tool.collect(fresh)
    assert tool.stale(tool.FOLDER, fresh) == []
    write(tool, 'self.tr("单位")')
    tool.collect(fresh)
    assert "yiping_en.ts" in tool.stale(tool.FOLDER, fresh)
