"""Words in both languages, and sentences that cross the wire as a code with arguments.

What an operator typed is kept as typed. What the system says (a refusal, a log line, a reason) is kept as
a `Phrase`, so that it can be read in the reader's language wherever it ends up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, Self, cast

Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Label:
    """A name in Simplified Chinese and English."""

    zh: str
    en: str

    def text(self, lang: Lang) -> str:
        return self.en if lang == "en" else self.zh


class Labelled(Enum):
    """An enumeration whose members carry a code (stored, sent), a `Label` (shown) and their place in the order."""

    label: Label
    place: int  # 0 for the first member

    def __new__(cls, code: str, zh: str, en: str) -> "Labelled":
        member = object.__new__(cls)
        member._value_ = code
        member.label = Label(zh, en)
        member.place = len(cls.__members__)
        return member

    @classmethod
    def of(cls, code: str) -> Self:
        """The member with this code. Raises `ValueError` for none."""
        member = cls._value2member_map_.get(code)
        if member is None:
            raise ValueError(f"{code!r} is no {cls.__name__}")
        return cast("Self", member)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence of the system: a code of `phrases.PHRASES` and what fills it.

    An argument is text, a number, or a `Label` where the word itself differs by language.
    """

    code: str
    args: Mapping[str, str | int | float | Label] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # in one order, so that the same sentence has the same text wherever it is kept
        object.__setattr__(self, "args", dict(sorted(self.args.items())))
