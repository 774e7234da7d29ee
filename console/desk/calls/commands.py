"""What can be done about calls from the menu, the command line and by keys from everywhere."""

from PySide6.QtCore import QCoreApplication

from console.desk.calls.taking import Calls
from console.desk.command import Command

translate = QCoreApplication.translate


def call_commands(calls: Calls) -> list[Command]:
    def nothing_rings() -> str:
        return calls.why_not() or ("" if calls.ringing() else translate("calls", "没有来电"))

    def none_aside() -> str:
        return calls.why_not() or ("" if calls.panel.all() else translate("calls", "没有搁置的来电"))

    return [
        Command("call", translate("calls", "接报"), "Ctrl+N", calls.begin, why_not=calls.why_not),
        Command("call-next", translate("calls", "接着办搁置的来电"), "Ctrl+Shift+N", calls.resume, why_not=none_aside),
        Command("answer", translate("calls", "接听来电"), "Ctrl+J", calls.answer, why_not=nothing_rings),
    ]
