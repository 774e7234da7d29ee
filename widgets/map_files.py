"""What the map's page is made of and where it is: the page, its assets and its basemap."""

from pathlib import Path

from PySide6.QtCore import QFile, QIODevice

import resources
from widgets.map_template import page

SCHEME = "yiping"
ROOT = f"{SCHEME}://map/"


def fixed_file(path: str, basemap: Path) -> bytes | None:
    """What does not change while the page is open: the page itself, an asset, a file of the basemap."""
    if path == "index.html":
        return page()
    if path == "web/qwebchannel.js":  # Qt carries it
        file = QFile(":/qtwebchannel/qwebchannel.js")
        file.open(QIODevice.OpenModeFlag.ReadOnly)
        return bytes(file.readAll().data())
    folder, _, name = path.partition("/")
    root = {"web": resources.path("web"), "basemap": basemap}.get(folder)
    if root is None:
        return None
    found = (root / name).resolve()
    if not found.is_relative_to(root.resolve()) or not found.is_file():
        return None
    return found.read_bytes()
