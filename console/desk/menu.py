"""The desk's menu behind ≡ and F10: six menus by what they are about, each command with its key.

What cannot be done now is grey and says why; what is out of place is not there.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import get_args

from PySide6.QtCore import QEvent
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from console.desk.command import Command, Group
from console.domain.words import Lang
from widgets.lang import language


class _Menu(QMenu):
    """While it is open every key is its own and none of a panel's."""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)


class DeskMenu(_Menu):
    def __init__(
        self,
        parent: QWidget,
        commands: Callable[[], list[Command]],
        about: Callable[[], str],
        panels: Sequence[QAction],
        speak: Callable[[Lang], None],
    ) -> None:
        """`commands` are asked for whenever it opens; `about` names the incident of the first menu."""
        super().__init__(parent)
        self._commands, self._about, self._speak = commands, about, speak
        self._groups: dict[Group, QMenu] = {group: _Menu(self) for group in get_args(Group)}
        for menu in self._groups.values():
            menu.setToolTipsVisible(True)
            self.addMenu(menu)
        self._panels, self._languages = _Menu(self), _Menu(self)
        self._panels.addActions(panels)
        self.addSeparator()
        self._quit = self.addAction("", parent.close)
        self.aboutToShow.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        """As things stand, in the language on screen."""
        titles: dict[Group, str] = {
            "incident": self.tr("事件(&E)"),
            "log": self.tr("记录(&L)"),
            "documents": self.tr("文书(&D)"),
            "centre": self.tr("中心(&C)"),
            "view": self.tr("视图(&V)"),
            "help": self.tr("帮助(&H)"),
        }
        commands = self._commands()
        for group, menu in self._groups.items():
            menu.clear()
            menu.setTitle(titles[group])
            if group == "incident":
                menu.addAction(_plain(self._about()) or self.tr("没有选中的事件")).setEnabled(False)
                menu.addSeparator()
            for command in commands:
                if command.group == group:
                    _add(menu, command)
        self._choices(self._groups["view"])
        self._quit.setText(self.tr("退出(&Q)"))

    def _choices(self, menu: QMenu) -> None:
        """The panels that are open, and the languages."""
        menu.addSeparator()
        self._panels.setTitle(self.tr("面板"))
        self._languages.setTitle(self.tr("语言"))
        self._languages.clear()
        names: dict[Lang, str] = {"zh": "简体中文", "en": "English"}
        for code, name in names.items():
            action = self._languages.addAction(name, partial(self._speak, code))
            action.setCheckable(True)
            action.setChecked(language() == code)
        menu.addMenu(self._panels)
        menu.addMenu(self._languages)


def _add(menu: QMenu, command: Command) -> None:
    if (reason := command.why_not()) is None:
        return
    key = command.key or command.panel_key
    title = _plain(command.short or command.title)
    action = menu.addAction(f"{title}\t{key}" if key else title, command.run)
    action.setEnabled(not reason)
    action.setToolTip(reason or command.title)
    action.setStatusTip(reason)


def _plain(text: str) -> str:
    """With no mnemonic in it."""
    return text.replace("&", "&&")
