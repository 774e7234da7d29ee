"""Three offscreen screens for the one QApplication of this process, told before anything makes it."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.parts import at_work, describe_screens

os.environ["QT_QPA_PLATFORM"] = describe_screens(Path(tempfile.mkdtemp(prefix="screens-", dir=os.environ["HOME"])))


@pytest.fixture(scope="session")
def app() -> Iterator[object]:
    from PySide6.QtWidgets import QApplication

    from widgets.map_page import prepare

    made = QApplication.instance()
    if made is None:
        prepare()
        made = QApplication([])
    yield made


@pytest.fixture(scope="module")
def shared(app: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """One signed-in desk for the tests of a file that leave it as they found it."""
    with at_work(tmp_path_factory.mktemp("desk")) as desk:
        yield desk
