"""English says everything that Chinese says, with the same things filled in."""

import re
import xml.etree.ElementTree as ET
from string import Formatter

import pytest
from PySide6.QtCore import QTranslator

import resources
from console.domain.phrases import PHRASES
from console.domain.words import Label
from console.reports.words import INCIDENT

TS = resources.path("i18n", "yiping_en.ts")
HAN = re.compile(r"[\u3400-\u9fff]")


def messages() -> list[tuple[str, str, str]]:
    return [
        (context.findtext("name", ""), message.findtext("source", ""), message.findtext("translation", ""))
        for context in ET.parse(TS).getroot().iter("context")
        for message in context.iter("message")
    ]


def filled(text: str) -> set[str]:
    """What `{names}` and `%1` a text is filled with."""
    names = {name.split(".")[0].split("[")[0] for _, name, _, _ in Formatter().parse(text) if name is not None}
    return names | set(re.findall(r"%(?:L?\d|n)", text))


def test_every_word_on_screen_is_filled_with_the_same_things() -> None:
    found = messages()
    assert found
    for context, source, translation in found:
        assert filled(source) == filled(translation), f"{context}: {source} / {translation}"


def test_no_chinese_is_left_in_english() -> None:
    for context, source, translation in messages():
        # A language is offered by its own name.
        assert not HAN.search(re.sub("中文|^中$", "", translation)), f"{context}: {source} / {translation}"


def test_the_compiled_file_is_found_and_says_its_own_language() -> None:
    translator = QTranslator()
    assert translator.load("yiping_en", str(TS.parent))
    assert translator.translate("language", "zh") == "en"
    for context, source, translation in messages():
        assert translator.translate(context, source) == translation


@pytest.mark.parametrize("table", [PHRASES, INCIDENT])
def test_the_sentences_of_the_system_are_in_both_languages(table: dict[str, Label]) -> None:
    for code, label in table.items():
        assert label.zh.strip(), code
        assert label.en.strip(), code
        assert not HAN.search(label.en), code
        assert filled(label.zh) >= filled(label.en), code
