"""The keys of the moment: those printed on what is in sight, and those of the window."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QCoreApplication

from console.desk.command import Command, Group
from console.desk.window import DeskWindow
from widgets.keycap import Hint, KeyButton
from widgets.keys_sheet import KeyGroup, KeyRow
from widgets.panel import Panel

translate = QCoreApplication.translate


def keys_now(window: DeskWindow, commands: Iterable[Command]) -> list[KeyGroup]:
    """Panel by panel from the left, then the window's own."""
    panels = [panel for panel in window.docks.values() if not panel.visibleRegion().isEmpty()]
    panels.sort(key=lambda panel: (panel.x(), panel.y()))
    groups = [KeyGroup(panel.title(), printed(panel)) for panel in panels]
    own = [
        KeyRow("/", translate("keys", "命令行,也可按 Ctrl+K"), "", window.top.command.begin),
        KeyRow("Esc", translate("keys", "退一步:输入框、面板、列表、告警"), "", window.escaped.emit),
        KeyRow("F10", translate("keys", "菜单"), "", window.top.open_menu),
    ]
    places = [
        KeyRow(f"Alt+{number % 10}", panel.title(), "", partial(window.go_to, name))
        for number, (name, panel) in enumerate(window.docks.items(), 1)
    ]
    groups += [KeyGroup(translate("keys", "窗口"), own), KeyGroup(translate("keys", "去面板"), places)]
    keyed = [command for command in commands if command.key]
    for about, title in _titles().items():
        groups.append(KeyGroup(title, [_of(command) for command in keyed if command.group == about]))
    return [group for group in groups if group.rows]


def _titles() -> dict[Group, str]:
    return {
        "incident": translate("keys", "事件"),
        "log": translate("keys", "记录"),
        "documents": translate("keys", "文书"),
        "centre": translate("keys", "中心"),
        "view": translate("keys", "视图"),
        "help": translate("keys", "帮助"),
    }


def _of(command: Command) -> KeyRow:
    return KeyRow(command.key, command.title, command.why_not() or "", command.run)


def printed(panel: Panel) -> list[KeyRow]:
    """The keys on the panel's buttons and titles, from the top."""
    buttons: list[KeyButton | Hint] = [*panel.findChildren(KeyButton), *panel.findChildren(Hint)]
    shown = [button for button in buttons if button.key() and not button.visibleRegion().isEmpty()]
    shown.sort(key=lambda button: button.mapTo(panel, button.rect().topLeft()).toTuple()[::-1])
    return [
        KeyRow(button.key(), button.text(), "" if button.isEnabled() else button.toolTip(), button.click)
        for button in shown
    ]
