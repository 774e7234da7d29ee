"""Every widget as its sample shows it: what the keyboard reaches in it has a name and a role, in both languages."""

import runpy
from collections.abc import Callable
from pathlib import Path

import pytest
from english import translated
from PySide6.QtWidgets import QApplication, QWidget

import widgets
from tests.support_reader import mute
from widgets import samples

FILES = sorted(file for file in Path(widgets.__file__).parent.glob("*.py") if "samples.run(" in file.read_text("utf-8"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_control_has_a_name_and_a_role(app: QApplication, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    builds: list[Callable[[], QWidget]] = []
    monkeypatch.setattr(samples, "run", builds.append)
    runpy.run_path(str(file), run_name="__main__")
    shown = builds[0]()
    shown.show()
    app.processEvents()
    assert not (found := mute(shown)), "\n".join(found)
    with translated():
        app.processEvents()
        assert not (found := mute(shown)), "\n".join(found)
    shown.deleteLater()
