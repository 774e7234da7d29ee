"""The map's page by folium, and remembered."""

import subprocess
import sys
from pathlib import Path

import pytest

from widgets import map_template

ASK = "import sys; from widgets.map_template import page; page(); print('folium' in sys.modules)"


def test_every_asset_of_the_page_is_our_own() -> None:
    made = map_template.render()
    assert "map_main" in made
    assert "http://" not in made.replace("http://www.w3.org", "") and "https://" not in made
    assert all(f"yiping://map/web/{name}" in made for name in (*map_template.SCRIPTS, *map_template.STYLES))


def test_folium_is_imported_once_for_every_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    said = [
        subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True).stdout for _ in "ab"
    ]
    assert [each.strip() for each in said] == ["True", "False"]
    assert [file.suffix for file in (tmp_path / "yiping").iterdir()] == [".html"]


def test_a_page_that_cannot_be_remembered_is_made_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "yiping").write_text("a file where the folder would be")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert map_template.page() == map_template.render().encode()
