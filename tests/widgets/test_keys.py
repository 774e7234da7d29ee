"""A letter means what the panel that has the keyboard says."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QWidget

from widgets.keys import on_key


def test_a_letter_acts_in_its_own_panel_and_is_typed_in_a_line(app: QApplication) -> None:
    window = QWidget()
    row = QHBoxLayout(window)
    heard: list[str] = []
    lines = []
    for name in ("left", "right"):
        panel = QWidget()
        panel.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        line = QLineEdit(panel)
        row.addWidget(panel)
        lines.append((panel, line))
        on_key(panel, "N", lambda name=name: heard.append(name))
    window.show()
    QTest.qWaitForWindowActive(window)
    (left, _), (right, line) = lines
    left.setFocus()
    QTest.keyClick(left, Qt.Key.Key_N)
    right.setFocus()
    QTest.keyClick(right, Qt.Key.Key_N)
    assert heard == ["left", "right"]
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_N)
    assert heard == ["left", "right"] and line.text() == "n"
