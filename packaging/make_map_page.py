# /// script
# requires-python = ">=3.11"
# dependencies = ["folium>=0.20"]
# ///
"""Make the map's page with folium, every asset of it our own: `uv run packaging/make_map_page.py`.

The page never changes while the program runs, and folium takes half a second to import: so the page is a file.
"""

from pathlib import Path

import folium

ROOT = "yiping://map/"  # the scheme of `widgets/map_scheme.py`
OUT = Path(__file__).parents[1] / "resources" / "web" / "index.html"
SCRIPTS = ["leaflet/leaflet.js", "qwebchannel.js", "canvas.js", "basemap.js", "live.js", "map.js"]
STYLES = ["leaflet/leaflet.css", "map.css"]


class LocalMap(folium.Map):
    default_js = [(name, f"{ROOT}web/{name}") for name in SCRIPTS]
    default_css = [(name, f"{ROOT}web/{name}") for name in STYLES]


def page() -> str:
    made = LocalMap(tiles=None, zoom_control=False, attributionControl=False, zoom_snap=0.5, min_zoom=8, max_zoom=18)
    made._id = "main"  # so that the page's variable is `map_main`
    lines = (line.rstrip() for line in str(made.get_root().render()).splitlines())
    return "\n".join(line for line in lines if line) + "\n"


if __name__ == "__main__":
    OUT.write_text(page(), "utf-8")
