"""Finding what a typed text may mean: for the fields in which a matter or a place is named."""

from collections.abc import Callable
from dataclasses import dataclass

from console.domain.duty import Matter
from widgets.completions import Completion


@dataclass(frozen=True)
class Finders:
    """Who knows what a typed text may mean. A place's `data` is a `Point`, a matter's the `Matter`."""

    matters: Callable[[str], list[Completion]]
    places: Callable[[str], list[Completion]]
    matter: Callable[[str], Matter | None]  # by its code
