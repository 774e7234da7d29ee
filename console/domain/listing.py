"""The operation that changes the three lists."""

from dataclasses import dataclass
from typing import ClassVar

from console.domain.errors import Refused
from console.domain.lists import Listed, id_of
from console.domain.log import Kind, Note
from console.domain.operation import Actor, Changes, Lane, Reader
from console.domain.words import Phrase

MOST_LINES = 2000  # at a time


@dataclass(frozen=True, slots=True)
class PutLists:
    """Lines that are new, changed or struck off."""

    NAME: ClassVar[str] = "lists.put"
    LANE: ClassVar[Lane] = "command"
    lines: tuple[Listed, ...]

    def decide(self, read: Reader, actor: Actor) -> Changes:
        if len(self.lines) > MOST_LINES:
            raise Refused(Phrase("lines_many", {"limit": MOST_LINES, "count": len(self.lines)}))
        for line in self.lines:
            if line.content is not None and line.id != id_of(line.content, line.area):
                raise Refused(Phrase("not_allowed", {"name": self.NAME}))
        said = Phrase("lists_changed", {"count": len(self.lines)})
        return Changes(self.lines, (Note(Kind.SYSTEM, actor.name, phrase=said),))
