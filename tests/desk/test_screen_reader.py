"""What a screen reader is told: every control that the keyboard reaches has a name and a role, in both languages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from console.desk import i18n
from console.desk.desk import Desk
from tests.desk.parts import at_work, dispatched, settle
from tests.support_reader import mute, reached
from widgets.lang import language


@pytest.fixture
def desk(app: object, tmp_path: Path) -> Iterator[Desk]:
    with at_work(tmp_path) as made:
        yield made


def test_every_control_has_a_name_and_a_role(desk: Desk) -> None:
    others = set(QApplication.topLevelWidgets()) - {desk.window}  # of tests before this one
    dispatched(desk.session)
    settle(0.5)
    assert language() == "zh" and len(list(reached(desk.window))) > 20
    assert not (found := mute(desk.window)), "\n".join(found)
    assert desk.chrome is not None
    desk.chrome.open_lists()
    desk.chrome.open_inbox()
    settle(0.5)
    windows = set(QApplication.topLevelWidgets()) - others
    assert len(windows) > 2
    for window in windows:
        assert not (found := mute(window)), "\n".join(found)
    i18n.speak("en")
    try:
        settle(0.3)
        assert not (found := mute(desk.window)), "\n".join(found)
    finally:
        i18n.speak("zh")
