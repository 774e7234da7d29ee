"""Several screens without any: the size asked for, side by side, for the process and its children."""

import json
import os
import subprocess
import sys

import pytest

ASK = """
import json
from console.desk.screens import go_headless
go_headless("1280x720", screens=3)
from PySide6.QtGui import QGuiApplication
app = QGuiApplication([])
print(json.dumps([[s.name(), *s.geometry().getRect()] for s in app.screens()]))
"""


def test_screens_stand_side_by_side() -> None:
    env = {**os.environ, "QT_QPA_PLATFORM": "none of these"}
    ended = subprocess.run([sys.executable, "-c", ASK], check=False, capture_output=True, text=True, env=env)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == [
        ["Screen1", 0, 0, 1280, 720],
        ["Screen2", 1280, 0, 1280, 720],
        ["Screen3", 2560, 0, 1280, 720],
    ]


@pytest.mark.parametrize("size", ["big", "1920", "1920x", "x1080", "0x0", "-1x5", "1920x1080x2"])
def test_a_size_that_is_none_is_said_in_a_sentence(size: str) -> None:
    command = [sys.executable, "-m", "console", "demo", "--headless", "--size", size]
    ended = subprocess.run(command, check=False, capture_output=True, text=True)
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    assert size in ended.stderr
