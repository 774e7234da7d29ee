"""How keys reach what they mean.

A key that is printed on a button or title in sight acts wherever the keyboard is in the window (`print_key`); a key
that is not printed acts while the keyboard is inside its widget (`on_key`) or while the widget is in sight
(`on_key_in_sight`). While text is typed its letters, Enter and Esc belong to the field (`belongs_to_field`).
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

Key = str | Qt.Key | QKeySequence.StandardKey
FIELDS = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox)
_SIGNS = {"↑": "Up", "↓": "Down", "⇧": "Shift"}


def on_key(within: QWidget, key: Key, act: Callable[[], object]) -> None:
    """Do `act` when a key is pressed while the focus is in `within`."""
    _shortcut(within, QKeySequence(key), act).setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)


def on_key_in_sight(shown: QWidget, printed: str, act: Callable[[], object]) -> None:
    """Do `act` when a key is pressed anywhere in the window while `shown` is in sight."""
    for sequence in sequences(printed):
        _shortcut(shown, sequence, act)


def print_key(button: QAbstractButton, printed: str) -> None:
    """The key that a button shows clicks it, wherever the keyboard is in the window: while in sight and enabled."""
    on_key_in_sight(button, printed, button.click)


def sequences(printed: str) -> list[QKeySequence]:
    """What is pressed for a key as it is printed: `C`, `Ctrl ⇧ X`, and for `↵` both Enter keys."""
    words = [_SIGNS.get(word, word) for word in printed.split()]
    if not words:
        return []
    if words[-1] == "↵":
        return [QKeySequence("+".join([*words[:-1], enter])) for enter in ("Return", "Enter")]
    return [QKeySequence("+".join(words))]


def press_in(window: QWidget, event: QKeyEvent) -> bool:
    """Do what a key means in another window that is on screen beside the one with the keyboard: a floating panel."""
    pressed = QKeySequence(event.keyCombination())
    for shortcut in window.findChildren(QShortcut):
        shown = shortcut.parent()
        printed = shortcut.context() is Qt.ShortcutContext.WindowShortcut and shortcut.key() == pressed
        if printed and isinstance(shown, QWidget) and shown.isVisible() and shown.isEnabled():
            shortcut.activated.emit()
            return True
    return False


def keeps(event: QEvent, mine: Callable[[QKeyEvent], bool]) -> bool:
    """For a widget's `event`: whether Qt asks if a shortcut may take a key that is the widget's own. It may not."""
    if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and mine(event):
        event.accept()
        return True
    return False


def belongs_to_field(event: QKeyEvent) -> bool:
    """Whether a key is typed into a text field rather than pressed at the desk."""
    if not isinstance(QApplication.focusWidget(), FIELDS):
        return False
    if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
        return False
    return not Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35


def _shortcut(owner: QWidget, sequence: QKeySequence, act: Callable[[], object]) -> QShortcut:
    shortcut = QShortcut(sequence, owner)
    shortcut.setAutoRepeat(False)  # a key held down acts once
    # PySide6 leaves a context aside that is given beside a slot
    shortcut.activated.connect(act)
    return shortcut
