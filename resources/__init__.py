"""Data that ships with Yiping: packs, scenarios, basemap, web assets, themes, icons, translations."""

from importlib.resources import files
from pathlib import Path


def path(*parts: str) -> Path:
    """The path of a shipped file or folder, `path("packs", "dongguan")`."""
    return Path(str(files(__name__).joinpath(*parts)))
