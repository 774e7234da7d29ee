"""One command of the desk."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """A named act with its key; every one is also a button or a menu entry."""

    word: str
    title: str
    key: str
    run: Callable[[], None]
    everywhere: bool = False  # its key works in every window of the desk
