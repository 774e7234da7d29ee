"""Folders that are there after a power cut, as the databases in them are."""

import os
from pathlib import Path


def make(folder: Path) -> None:
    """The folder and those above it; each new one is written to disk in the one that holds it."""
    if folder.is_dir():
        return
    make(folder.parent)
    folder.mkdir(exist_ok=True)
    holder = os.open(folder.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(holder)
    finally:
        os.close(holder)
