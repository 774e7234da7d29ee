"""The language on screen: source strings are Simplified Chinese, a translator makes them English."""

from typing import cast

from PySide6.QtCore import QCoreApplication

from console.domain.words import Label, Lang


def language() -> Lang:
    """The language the installed translator speaks: its own word for `zh`."""
    return cast("Lang", QCoreApplication.translate("language", "zh"))


def show(label: Label) -> str:
    """A label in the language on screen."""
    return label.text(language())
