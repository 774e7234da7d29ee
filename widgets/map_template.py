"""The map's page, made with folium, every asset of it our own; remembered, for folium takes long to import."""

import hashlib
import logging
import os
from importlib.metadata import version
from pathlib import Path

from PySide6.QtCore import QStandardPaths

log = logging.getLogger(__name__)
ROOT = "yiping://map/"  # the scheme of `map_scheme`
SCRIPTS = ["leaflet/leaflet.js", "qwebchannel.js", "canvas.js", "basemap.js", "live.js", "map.js"]
STYLES = ["leaflet/leaflet.css", "map.css"]


def page() -> bytes:
    """As it was made before by this version of folium and of this file, else made now."""
    made_by = f"{version('folium')} {hashlib.sha256(Path(__file__).read_bytes()).hexdigest()}"
    name = f"map-{hashlib.sha256(made_by.encode()).hexdigest()[:16]}.html"
    kept = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericCacheLocation), "yiping", name)
    try:
        return kept.read_bytes()
    except OSError:
        made = render().encode()
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        writing = kept.with_suffix(f".{os.getpid()}")
        writing.write_bytes(made)
        writing.replace(kept)  # another desk may read it meanwhile
    except OSError as error:
        log.info("the map's page is not remembered: %s", error)
    return made


def render() -> str:
    """The page, by folium."""
    import folium

    class LocalMap(folium.Map):
        default_js = [(name, f"{ROOT}web/{name}") for name in SCRIPTS]
        default_css = [(name, f"{ROOT}web/{name}") for name in STYLES]

    made = LocalMap(tiles=None, zoom_control=False, attributionControl=False, zoom_snap=0.5, min_zoom=8, max_zoom=18)
    made._id = "main"  # so that the page's variable is `map_main`
    return str(made.get_root().render())
