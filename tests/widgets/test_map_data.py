import math
import struct

from PySide6.QtWidgets import QApplication

import resources
from widgets import map_files
from widgets.map_data import MapUnit, unit_positions


def test_a_snapshot_is_laid_out_as_the_page_reads_it() -> None:
    units = [MapUnit("a", "甲", 113.5, 22.5, 90.0, "busy"), MapUnit("b", "乙", 113.6, 22.6, None, "stale")]
    data = unit_positions(units, 7)
    assert struct.unpack_from("=II", data) == (7, 2)
    assert struct.unpack_from("=4d", data, 8) == (113.5, 22.5, 113.6, 22.6)
    first, second = struct.unpack_from("=2f", data, 8 + 32)
    assert first == 90.0 and math.isnan(second)
    assert tuple(data[8 + 40 :]) == (2, 3)


def test_only_files_of_the_page_and_the_basemap_are_served(app: QApplication) -> None:
    basemap = resources.path("basemap", "dongguan")
    assert map_files.fixed_file("basemap/towns.geojson", basemap)
    assert map_files.fixed_file("web/leaflet/leaflet.js", basemap)
    assert map_files.fixed_file("web/qwebchannel.js", basemap)
    for path in ("web/../__init__.py", "basemap/../../__init__.py", "basemap/none.geojson", "etc/passwd", ""):
        assert map_files.fixed_file(path, basemap) is None


def test_the_page_names_only_our_scheme(app: QApplication) -> None:
    page = (map_files.fixed_file("index.html", resources.path("basemap", "dongguan")) or b"").decode()
    assert "http:" not in page and "https:" not in page
    assert 'src="yiping://map/web/leaflet/leaflet.js"' in page
    assert "map_main" in page
