"""Everything the system says is there in both languages, with the same things filled in."""

import ast
from pathlib import Path
from string import Formatter

import pytest

from console.domain.phrases import PHRASES, both, say
from console.domain.words import Label, Phrase

ROOT = Path(__file__).parents[2]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def used() -> list[tuple[str, int, str, set[str] | None]]:
    """File, line, code and (where it can be read) the arguments of every `Phrase(...)` in the source."""
    found = []
    for file in sorted([*ROOT.glob("console/**/*.py"), *ROOT.glob("widgets/**/*.py")]):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Phrase"):
                continue
            code = node.args[0] if node.args else None
            options = [code.body, code.orelse] if isinstance(code, ast.IfExp) else [code]
            args: set[str] | None = set()
            if len(node.args) > 1:
                given = node.args[1]
                whole = isinstance(given, ast.Dict) and all(isinstance(k, ast.Constant) for k in given.keys)
                args = {k.value for k in given.keys} if whole else None
            found += [
                (str(file.relative_to(ROOT)), node.lineno, option.value, args)
                for option in options
                if isinstance(option, ast.Constant)
            ]
    return found


def test_there_are_phrases_in_the_source() -> None:
    assert len(used()) > 30


def test_every_phrase_that_is_used_is_there() -> None:
    missing = [(file, line, code) for file, line, code, _ in used() if code not in PHRASES]
    assert not missing


def test_every_phrase_is_given_what_it_asks_for() -> None:
    short = [
        (file, line, code, placeholders(PHRASES[code].zh) - args)
        for file, line, code, args in used()
        if code in PHRASES and args is not None and placeholders(PHRASES[code].zh) - args
    ]
    assert not short


@pytest.mark.parametrize("code", PHRASES)
def test_both_languages_fill_in_the_same(code: str) -> None:
    phrase = PHRASES[code]
    assert placeholders(phrase.zh) == placeholders(phrase.en)
    assert phrase.zh.strip() and phrase.en.strip()
    assert all(name.isidentifier() for name in placeholders(phrase.zh))


def test_a_label_in_a_phrase_is_said_in_the_readers_language() -> None:
    phrase = Phrase("task_done", {"task": Label("开泵", "Start the pump")})
    assert say(phrase, "zh").endswith("开泵") and say(phrase, "en").endswith("Start the pump")
    assert both(phrase) == Label(say(phrase, "zh"), say(phrase, "en"))
