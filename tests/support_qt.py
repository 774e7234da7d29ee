"""Waiting in a test that has windows: the event loop runs meanwhile."""

import json
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtWebEngineCore import QWebEnginePage
from PySide6.QtWidgets import QApplication

from tests import support_wait


def _turn() -> None:
    QApplication.processEvents()
    time.sleep(0.004)


def until(there: Callable[[], Any], what: str = "") -> None:
    """Run the event loop until it is there; fails when it does not come."""
    support_wait.until(there, what, _turn)


def settle(seconds: float = 0.3) -> None:
    """Let the event loop run for a while: for what must not happen, and for paint before a picture."""
    end = time.monotonic() + seconds
    until(lambda: time.monotonic() >= end, "time passes")


def ask(page: QWebEnginePage, script: str) -> Any:
    """What a web page answers. It comes as JSON: a list would come back empty otherwise."""
    answer: list[str] = []
    page.runJavaScript(f"JSON.stringify({script})", 0, answer.append)
    until(lambda: answer, f"an answer: {script}")
    return json.loads(answer[0]) if answer[0] else None
