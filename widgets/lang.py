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


def placed(place: Label, name: Label) -> str:
    """A place and what is there, said once: 立沙桥 水位, but 立沙桥水位 alone when it names its place."""
    where, what = show(place), show(name)
    return what if not where or where in what else f"{where} {what}"
