"""Finding by pinyin initials: `lsq` finds 立沙桥."""

from functools import lru_cache


@lru_cache(maxsize=16_384)
def initials(text: str) -> str:
    """The first letter of each Chinese character, other text as it is, lower case: `立沙桥 K12` -> `lsq k12`."""
    if text.isascii():
        return text.lower()
    from pypinyin import Style, lazy_pinyin  # 0.1 s: when first asked

    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()


def matches(query: str, *texts: str) -> bool:
    """Whether every word of the query is in one of the texts, as written or as initials."""
    words = query.lower().split()
    return all(any(word in text.lower() or word in initials(text) for text in texts) for word in words)
