"""One QApplication for all widget tests: Qt allows no second, and WebEngine must be described before it."""

import os
from collections.abc import Iterator

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(scope="session")
def app() -> Iterator[object]:
    from PySide6.QtWidgets import QApplication

    from widgets.map_page import prepare

    made = QApplication.instance()
    if made is None:
        prepare()
        made = QApplication([])
    yield made


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    """A window of one test could take the keys of the next."""
    from PySide6.QtWidgets import QApplication

    before = QApplication.topLevelWidgets()
    yield
    for window in QApplication.topLevelWidgets():
        if window not in before:
            window.hide()
