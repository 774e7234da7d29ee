"""A translator for the tests: the language's own word, and a few source strings."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication

import resources

WORDS = {
    "zh": "en",
    "余 {time}": "{time} left",
    "超时 {time}": "{time} over",
    "待派单": "nobody sent",
    "采纳方案": "Accept",
    "没有告警": "No alarms",
    "已恢复": "returned",
    "未签收": "not acknowledged",
    "必做": "required",
    "已连接": "connected",
    "持平": "steady",
    "登录": "Sign in",
    "暂停": "Pause",
    "继续工作": "Go on",
    "执行任务": "Busy",
    "链完整 · {n} 条": "chain whole · {n}",
    "面板菜单": "Panel menu",
}


class English(QTranslator):
    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str:
        return WORDS.get(source, source)

    def isEmpty(self) -> bool:
        return False


@contextmanager
def english() -> Iterator[None]:
    """The application in English while it lasts."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    translator = English()
    app.installTranslator(translator)
    app.processEvents()
    try:
        yield
    finally:
        app.removeTranslator(translator)
        app.processEvents()


@contextmanager
def translated() -> Iterator[None]:
    """The application in the English that ships, while it lasts."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    translator = QTranslator()
    assert translator.load("yiping_en", str(resources.path("i18n")))
    app.installTranslator(translator)
    app.processEvents()
    try:
        yield
    finally:
        app.removeTranslator(translator)
        app.processEvents()
