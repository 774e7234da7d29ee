"""The command line: what may be typed, what completes it, and what each does.

`C` confirms the first waiting alarm, `I34` opens an incident, `N words` writes into the log, `D xf1 jh3` puts units
into the proposal, `xf1 到场` says a unit's status, any name or its pinyin initials finds a unit, camera, indicator or
incident.
"""

from collections.abc import Callable, Iterator

from PySide6.QtCore import QCoreApplication

from console.desk.command import Command
from console.desk.control import Controller, unacknowledged
from console.desk.loop_commands import run_line
from console.domain.assignment import Status
from widgets.command_line import Completion
from widgets.lang import show
from widgets.pinyin import matches

__all__ = ["Command", "CommandSet"]

MOST = 12


translate = QCoreApplication.translate


class CommandSet:
    """Completes and runs what is typed."""

    def __init__(self, control: Controller, window_commands: Callable[[], list[Command]]) -> None:
        """`window_commands` are asked for each time: their titles are in the language on screen."""
        self._control = control
        self._commands = window_commands

    def complete(self, typed: str) -> list[Completion]:
        """What `typed` may become, the best first."""
        return list(_first(self._completions(typed.strip()), MOST))

    def run(self, typed: str) -> bool:
        """Do it. False when it means nothing."""
        word, _, rest = typed.strip().partition(" ")
        session, control = self._control.session, self._control
        for command in self._commands():
            if typed.strip().lower() in (command.word.lower(), command.title.lower()):
                command.run()
                return True
        if word.upper() == "C" and not rest:
            if waiting := unacknowledged(session.state.alarms):
                control.confirm(waiting[0].id)
            return bool(waiting)
        if run_line(control, word, rest.strip()):
            return True
        if word.upper() == "N" and rest:
            control.write(rest)
            return True
        if word.upper() == "D" and rest:
            return self._call_in(rest.split())
        for incident in session.state.incidents.values():
            if incident.code.lower() == word.lower():
                control.open(incident.id)
                return True
        for unit in session.pack.units.values():
            if word.lower() in (unit.code.lower(), show(unit.name).lower()):
                return self._unit(unit.id, rest)
        for camera in session.pack.cameras.values():
            if typed.strip() == show(camera.name):
                control.show_camera(camera.id)
                return True
        for indicator in session.pack.indicators.values():
            if typed.strip() == show(indicator.name):
                control.show_indicator(indicator.id)
                return True
        return False

    def _call_in(self, words: list[str]) -> bool:
        """`D xf1 jh3` puts units into the proposal of the shown incident, `D I34 xf1` of that one."""
        session = self._control.session
        named = [i for i in session.state.incidents.values() if i.code.lower() == words[0].lower()]
        codes = {unit.code.lower(): unit.id for unit in session.pack.units.values()}
        units = [codes.get(word.lower()) for word in (words[1:] if named else words)]
        if not units or None in units or not (named or self._control.incident):
            return False
        if named:
            self._control.open(named[0].id)
        self._control.call_in(unit for unit in units if unit)
        return True

    def _unit(self, unit_id: str, rest: str) -> bool:
        if not rest:
            self._control.look_at_unit(unit_id)
            return True
        mine = [a for a in self._control.session.state.open_assignments() if a.unit == unit_id]
        said = next((s for s in Status if rest in (s.label.zh, s.label.en, s.value)), None)
        if said is None or not mine:
            return False
        self._control.set_status(mine[0].id, said.value)
        return True

    def _completions(self, typed: str) -> Iterator[Completion]:
        session = self._control.session
        for command in self._commands():
            if not typed or matches(typed, command.word, command.title):
                yield Completion(command.word, command.title, translate("commands", "命令"), command.key)
        if not typed:
            return
        if typed.upper().startswith("N "):
            written = translate("commands", "记一条:{text}").format(text=typed[2:])
            yield Completion(typed, written, translate("commands", "通讯记录"), "Enter")
        for incident in session.state.open_incidents():
            if matches(typed, incident.code, show(incident.title), show(incident.place)):
                yield Completion(
                    incident.code,
                    f"{incident.code} {show(incident.title)} · {show(incident.place)}",
                    translate("commands", "事件"),
                    "",
                )
        for unit in session.pack.units.values():
            if matches(typed, unit.code, show(unit.name)):
                yield Completion(
                    unit.code or show(unit.name), show(unit.name), translate("commands", "力量"), unit.code
                )
        for camera in session.pack.cameras.values():
            if matches(typed, show(camera.name)):
                yield Completion(show(camera.name), show(camera.name), translate("commands", "视频"), "")
        for indicator in session.pack.indicators.values():
            if matches(typed, show(indicator.name)):
                yield Completion(show(indicator.name), show(indicator.name), translate("commands", "指标"), "")


def _first(completions: Iterator[Completion], count: int) -> Iterator[Completion]:
    for _, completion in zip(range(count), completions, strict=False):
        yield completion
