"""What this program is: its version, what it runs on, and whose work is in it, all of it to copy."""

import platform
import re
from collections.abc import Callable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution, version

from PySide6.QtCore import QEvent, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from widgets.keycap import KeyButton

OURS = "yiping"
BESIDE = (  # what ships with the program and is no Python package
    ("Leaflet", "", "BSD-2-Clause"),
    ("GeoNames", "", "CC BY 4.0"),
)


class AboutWindow(QDialog):
    def __init__(self, platform_address: Callable[[], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._address = platform_address
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.copy, self.away = KeyButton("Ctrl C", primary=True), KeyButton("Esc", hears=False)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        self.away.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy)
        buttons.addWidget(self.away)
        buttons.addStretch(1)
        inside = QVBoxLayout(self)
        inside.setContentsMargins(24, 20, 24, 18)
        inside.setSpacing(12)
        inside.addWidget(self.text)
        inside.addLayout(buttons)
        self.resize(600, 560)
        self._retranslate()

    def open_about(self) -> None:
        self._retranslate()
        self.show()
        self.raise_()
        self.activateWindow()
        self.copy.setFocus()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("关于一屏"))
        self.copy.set_word(self.tr("全部复制"))
        self.away.set_word(self.tr("关闭"))
        address = self._address() or self.tr("没有设置,单机工作")
        lines = [
            f"{self.tr('一屏')} Yiping {version(OURS)}",
            self.tr("许可证 {licence}").format(licence=licence(distribution(OURS))),
            "",
            self.tr("平台地址:{address}").format(address=address),
            f"Python {platform.python_version()} · Qt {qVersion()} · {platform.platform()}",
            "",
            self.tr("所用的库、版本和许可证:"),
            *(f"  {'  '.join(filter(None, row))}" for row in libraries(self.tr("许可证未注明"))),
        ]
        self.text.setPlainText("\n".join(lines))
        self.text.setAccessibleName(self.windowTitle())


def libraries(unknown: str) -> list[tuple[str, str, str]]:
    """Name, version and licence of everything in the program that others wrote, by name."""
    found = {one.name.lower(): (one.name, one.version, licence(one) or unknown) for one in _needed(OURS, set())}
    return sorted([*found.values(), *BESIDE], key=lambda row: row[0].lower())


def licence(one: Distribution) -> str:
    """As its maker states it: an expression, a classifier, or the first line of a text; empty where none is."""
    stated = one.metadata
    if expression := stated.get_all("License-Expression"):
        return str(expression[0])
    classified = [
        str(c).rpartition(" :: ")[2] for c in stated.get_all("Classifier") or [] if c.startswith("License ::")
    ]
    if kinds := [kind for kind in classified if kind != "OSI Approved"]:
        return ", ".join(kinds)
    text = stated.get_all("License") or [""]
    return str(next(iter(text[0].strip().splitlines()), ""))


def _needed(name: str, seen: set[str]) -> Iterator[Distribution]:
    """What a package needs, and what that needs, as far as it is installed."""
    for need in distribution(name).requires or []:
        plain = re.split(r"[^\w.-]", need, maxsplit=1)[0]
        if "extra ==" in need or plain.lower() in seen:
            continue
        seen.add(plain.lower())
        try:
            yield distribution(plain)
        except PackageNotFoundError:
            continue
        yield from _needed(plain, seen)
