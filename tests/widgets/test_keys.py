"""A letter means what is printed in sight, whichever panel has the keyboard, and is typed where text is typed."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QHBoxLayout, QLineEdit, QPlainTextEdit, QSpinBox, QWidget

from widgets.keycap import Hint, KeyButton
from widgets.keys import on_key, sequences
from widgets.panel import Panel


@pytest.fixture
def window(app: QApplication) -> QWidget:
    made = QWidget()
    QHBoxLayout(made)
    return made


def show(window: QWidget) -> None:
    window.show()
    window.activateWindow()
    QTest.qWaitForWindowActive(window)


def test_a_key_that_is_not_printed_acts_in_its_own_panel(window: QWidget) -> None:
    heard: list[str] = []
    panels = []
    for name in ("left", "right"):
        panel = QWidget()
        panel.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        window.layout().addWidget(panel)
        panels.append(panel)
        on_key(panel, "N", lambda name=name: heard.append(name))
    show(window)
    for panel in panels:
        panel.setFocus()
        QTest.keyClick(panel, Qt.Key.Key_N)
    assert heard == ["left", "right"]


def test_a_printed_key_acts_from_another_panel_while_it_is_in_sight(window: QWidget) -> None:
    heard: list[str] = []
    other = QWidget()
    other.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button = KeyButton("K")
    button.clicked.connect(lambda: heard.append("K"))
    hint = Hint("N", "note", lambda: heard.append("N"))
    for part in (other, button, hint):
        window.layout().addWidget(part)
    show(window)
    other.setFocus()
    for key in (Qt.Key.Key_K, Qt.Key.Key_N):
        QTest.keyClick(other, key)
    assert heard == ["K", "N"]
    button.setEnabled(False)
    hint.hide()
    for key in (Qt.Key.Key_K, Qt.Key.Key_N):
        QTest.keyClick(other, key)
    assert heard == ["K", "N"], "not what is refused, nor what cannot be seen"


@pytest.mark.parametrize("make", [QLineEdit, QPlainTextEdit, QSpinBox, QComboBox])
def test_what_is_typed_into_a_field_of_a_panel_is_no_key(window: QWidget, make: Callable[[], QWidget]) -> None:
    heard: list[str] = []
    field = make()
    buttons = [KeyButton(key) for key in ("K", "↵", "Del")]
    for button in buttons:
        button.clicked.connect(lambda _on=False, button=button: heard.append(button.key()))
        window.layout().addWidget(button)
    window.layout().addWidget(Panel("panel", "面板", field))
    show(window)
    field.setFocus()
    for key in (Qt.Key.Key_K, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Delete):
        QTest.keyClick(field, key)
    assert heard == []
    QTest.keyClick(field, Qt.Key.Key_F5)
    buttons[0].setFocus()
    QTest.keyClick(buttons[0], Qt.Key.Key_K)
    assert heard == ["K"]


@pytest.mark.parametrize(
    ("printed", "pressed"),
    [
        ("C", ["C"]),
        ("Shift+R", ["Shift+R"]),
        ("↵", ["Return", "Enter"]),
        ("Ctrl ↵", ["Ctrl+Return", "Ctrl+Enter"]),
        ("Ctrl ⇧ X", ["Ctrl+Shift+X"]),
        ("Alt ↑", ["Alt+Up"]),
        ("", []),
    ],
)
def test_what_is_pressed_for_a_key_as_it_is_printed(printed: str, pressed: list[str]) -> None:
    assert sequences(printed) == [QKeySequence(keys) for keys in pressed]
