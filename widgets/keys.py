"""Keys that mean something only while the keyboard is inside a widget: a letter is another act in each panel."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

Key = str | Qt.Key | QKeySequence.StandardKey


def on_key(within: QWidget, key: Key, act: Callable[[], object]) -> None:
    """Do `act` when a key is pressed while the focus is in `within`."""
    shortcut = QShortcut(QKeySequence(key), within)
    # PySide6 leaves a context aside that is given beside a slot
    shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    shortcut.activated.connect(act)
