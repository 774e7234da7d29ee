"""The tests' own PostgreSQL and one QApplication, for those of the platform."""

from collections.abc import Iterator

import pytest

from tests.support_postgres import postgres

__all__ = ["postgres"]


@pytest.fixture(scope="session")
def app() -> Iterator[object]:
    from PySide6.QtWidgets import QApplication

    from widgets.map_page import prepare

    made = QApplication.instance()
    if made is None:
        prepare()
        made = QApplication([])
    yield made
