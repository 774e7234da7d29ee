"""The map's page, made ahead by folium."""

import runpy
from pathlib import Path

MAKER = Path(__file__).parents[2] / "packaging" / "make_map_page.py"


def test_the_page_is_what_its_maker_writes() -> None:
    made = runpy.run_path(str(MAKER))
    assert made["OUT"].read_text("utf-8") == made["page"]()
