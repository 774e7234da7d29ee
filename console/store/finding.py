"""What a name can be found by: any part of it, its pinyin initials, the beginning of an English word.

SQLite's own trigram tokens do not find words of two characters, which most Chinese place names are. So a name is
cut into its own tokens: each pair of characters, each three initials, each English word.
"""

import re
from functools import lru_cache
from unicodedata import normalize

_RUNS = re.compile(r"[㐀-鿿]+|[^㐀-鿿]+")
SIGN = "§s"  # before the number of a sign: no word has it
_LATIN = re.compile(r"[a-z0-9]+")


def fold(text: str) -> str:
    """Letters, figures and characters only, lower case, of one width: `2 号泵站` and `２号泵站` are the same."""
    return "".join(filter(str.isalnum, normalize("NFKC", text).lower()))


def initials(text: str) -> str:
    """The first letter of each Chinese character as it is read in its word, the rest folded: `重阳路3号` -> `cyl3h`."""
    return "".join(map(_run, _RUNS.findall(fold(text))))


@lru_cache(maxsize=65_536)  # the same roads and villages again and again; reading one takes 60 µs
def _run(text: str) -> str:
    if text.isascii():
        return text
    from pypinyin import Style, lazy_pinyin  # 0.1 s: when first asked

    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()


def tokens(name_zh: str, name_en: str, letters: str) -> str:
    """What the index keeps of a camera; `letters` are the initials of its name."""
    return " ".join([*_grams(fold(name_zh), 2), *_grams(letters, 3), *_english(name_en)])


def expression(text: str) -> str:
    """What to ask the index for. It may find too much, never too little; `matches` decides. Empty for no words."""
    return " AND ".join(f"({_word(word)})" for word in _words(text))


def matches(text: str, name_zh: str, name_en: str, letters: str) -> bool:
    """Whether every word of the text is in the name, its initials, or begins a word of the English name.

    A word of signs only, such as `🔥` or `%`, must be in the name as it is.
    """
    whole, english = fold(name_zh), _english(name_en)
    if alone := signs(text):
        held = "".join(_signs(f"{name_zh} {name_en}"))
        if not all(word in held for word in alone):
            return False
    return all(
        word in whole or word in letters or any(part.startswith(word) for part in english) for word in _words(text)
    )


def signs(text: str) -> list[str]:
    """The words of a text that have neither letters nor figures."""
    return ["".join(_signs(word)) for word in text.split() if not fold(word)]


def sign_tokens(text: str) -> set[str]:
    """What the index keeps of the signs in a text, and is asked for them by."""
    return {f"{SIGN}{ord(sign):x}" for sign in _signs(text)}


def _signs(text: str) -> list[str]:
    """All that is neither letter, figure nor space; how a sign is to be drawn makes no difference."""
    return [one for one in normalize("NFKC", text) if not (one.isalnum() or one.isspace() or one in "\ufe0e\ufe0f")]


def _english(name: str) -> list[str]:
    return _LATIN.findall(name.lower())


def _words(text: str) -> list[str]:
    return [word for word in map(fold, text.split()) if word]


def _word(word: str) -> str:
    # Tokens at the end of a name are shorter, so that a prefix finds what is shorter than a token everywhere.
    size = 3 if word.isascii() else 2
    if len(word) == size and not word.isascii():
        return f'"{word}"'
    if len(word) <= size:
        return f'"{word}"*'
    whole = " AND ".join(f'"{word[at : at + size]}"' for at in range(len(word) - size + 1))
    return f'"{word}"* OR ({whole})' if word.isascii() else whole


def _grams(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(len(text))]
