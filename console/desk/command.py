"""One command of the desk."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Group = Literal["incident", "log", "documents", "centre", "view", "help"]


def _allowed() -> str:
    return ""


@dataclass(frozen=True)
class Command:
    """A named act with its key; every one is also a button or a menu entry."""

    word: str
    title: str
    key: str
    run: Callable[[], object]
    everywhere: bool = False  # its key works in every window of the desk
    group: Group = "incident"  # the menu it stands in
    short: str = ""  # its title in that menu, where the menu says the rest
    panel_key: str = ""  # that it has in its panel
    why_not: Callable[[], str | None] = _allowed  # in words, where it cannot be done now; None: it is out of place
