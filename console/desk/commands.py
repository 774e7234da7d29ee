"""The command line: what may be typed, what completes it, and what each does.

`C` confirms the selected alarm, `接报 内涝 万达广场` begins a call, `I34` opens an incident, `N words` writes into the
log, `D xf1 jh3` puts units into the proposal, `xf1 到场` or `xf1 dc` says a unit's status (`xf1 dc I34` where it is on
several incidents), any name or its pinyin initials finds a unit, camera, indicator or incident.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from PySide6.QtCore import QCoreApplication

from console.desk.command import Command
from console.desk.control import Controller
from console.desk.loop_commands import run_line
from console.desk.naming import full_code, several, the_incident, the_unit
from console.domain.agency import Unit
from console.domain.alarm import unacknowledged
from console.domain.assignment import Assignment, Status
from console.domain.camera import Camera
from console.domain.errors import Refused
from console.domain.incident import Incident
from console.domain.indicator import Indicator
from console.domain.words import Phrase
from widgets.completions import Completion
from widgets.lang import show
from widgets.pinyin import initials, matches

__all__ = ["Command", "CommandSet"]

MOST = 10  # rows that are shown
CODE = re.compile(r"[Ii]\d{1,9}(-\d{1,9})?(@\S+)?")
T = TypeVar("T", Camera, Indicator)


translate = QCoreApplication.translate


class CommandSet:
    """Completes and runs what is typed."""

    def __init__(self, control: Controller, window_commands: Callable[[], list[Command]]) -> None:
        """`window_commands` are asked for each time: their titles are in the language on screen."""
        self._control = control
        self._commands = window_commands

    def complete(self, typed: str) -> list[Completion]:
        """What `typed` may become, the best first; the last row says how many more there are."""
        typed = typed.strip()
        rows = list(self._completions(typed))
        if len(rows) <= MOST:
            return rows
        more = translate("commands", "还有 {n} 项:再输入几个字").format(n=len(rows) - MOST + 1)
        return [*rows[: MOST - 1], Completion(f"{typed} ", more)]

    def run(self, typed: str) -> bool:
        """Do it. False when it means nothing; what may mean several things is refused with all of them."""
        try:
            return self._run(typed.strip())
        except Refused as refused:
            self._control.session.refused.emit(refused.phrase)
            return True

    def _run(self, typed: str) -> bool:
        word, _, rest = typed.partition(" ")
        session, control = self._control.session, self._control
        for command in self._commands():
            if typed.lower() in (command.word.lower(), command.title.lower()):
                command.run()
                return True
        if word.upper() == "C" and not rest:
            return self._confirm()
        if run_line(control, word, rest.strip()):
            return True
        if word in ("接报", "call") and rest:
            control.callWanted.emit(rest)
            return True
        if word.upper() == "N" and rest:
            control.write(rest)
            return True
        if word.upper() == "D" and rest:
            return self._call_in(rest.split())
        if (incident := the_incident(session.state.incidents.values(), word)) is not None:
            control.open(incident.id)
            return True
        if (unit := the_unit(session, typed) or the_unit(session, word)) is not None:
            return self._unit(unit, "" if the_unit(session, typed) else rest)
        if (id := _named(session.pack.cameras, typed)) is not None:
            control.show_camera(id)
            return True
        if (id := _named(session.pack.indicators, typed)) is not None:
            control.show_indicator(id)
            return True
        return CODE.fullmatch(word) is not None and self._find_kept(word)

    def _confirm(self) -> bool:
        """The selected alarm, else the first that waits."""
        waiting = unacknowledged(self._control.session.state.alarms.values())
        if not waiting:
            return False
        selected = self._control.panels.alarms.selected_id()
        self._control.confirm(next((alarm.id for alarm in waiting if alarm.id == selected), waiting[0].id))
        return True

    def _find_kept(self, word: str) -> bool:
        """An incident of long ago is in the store only."""
        self._control.open_kept(word)
        return True

    def _call_in(self, words: list[str]) -> bool:
        """`D xf1 jh3` puts units into the proposal of the shown incident, `D I34 xf1` of that one."""
        session = self._control.session
        named = the_incident(session.state.incidents.values(), words[0])
        units = [the_unit(session, word) for word in (words[1:] if named else words)]
        if not units or None in units or not (named or self._control.incident):
            return False
        if named:
            self._control.open(named.id)
        self._control.call_in(unit.id for unit in units if unit)
        return True

    def _unit(self, unit: Unit, rest: str) -> bool:
        """`xf1 到场`; `xf1 到场 I34` where it is on several incidents and none of them is shown."""
        if not rest:
            self._control.look_at_unit(unit.id)
            return True
        said, word, code = _status(rest)
        mine = [a for a in self._control.session.state.open_assignments() if a.unit == unit.id]
        if said is None:
            return False
        if not mine:
            raise Refused(Phrase("unit_sent_nowhere", {"unit": unit.name, "code": unit.code or unit.id}))
        incidents = self._incidents(mine)
        if code:
            about = the_incident(incidents, code)
        elif len(incidents) == 1:
            (about,) = incidents
        else:
            about = next((one for one in incidents if one.id == self._control.incident), None)
            if about is None:
                which = [
                    (f"{unit.code or show(unit.name)} {word} {full_code(one, incidents)}", one.title)
                    for one in incidents
                ]
                raise Refused(several(f"{unit.code or show(unit.name)} {rest}", which))
        if about is None:
            return False
        self._control.set_status(next(a.id for a in mine if a.incident == about.id), said.value)
        return True

    def _incidents(self, assignments: Iterable[Assignment]) -> list[Incident]:
        known = self._control.session.state.incidents
        return [known[id] for id in dict.fromkeys(a.incident for a in assignments) if id in known]

    def _statuses(self, typed: str) -> Iterator[Completion]:
        """A unit's word, for each incident that it is on."""
        session = self._control.session
        name, _, rest = typed.partition(" ")
        units = [
            unit for unit in session.pack.units.values() if rest and unit.code and unit.code.lower() == name.lower()
        ]
        said, _, code = _status(rest)
        for unit in units:
            mine = [a for a in session.state.open_assignments() if a.unit == unit.id]
            incidents = self._incidents(mine)
            for status in Status:
                named = matches(rest, status.label.zh, status.label.en, status.value)
                if not (named if said is None else status is said):
                    continue
                for one in incidents:
                    full = full_code(one, incidents)
                    if matches(code, full):
                        yield Completion(
                            f"{unit.code} {show(status.label)}" + (f" {full}" if len(incidents) > 1 else ""),
                            f"{show(unit.name)} {show(status.label)} · {full} {show(one.title)}",
                            translate("commands", "状态"),
                        )

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
        yield from self._statuses(typed)
        opened = session.state.open_incidents()
        for incident in opened:
            if matches(typed, incident.code, show(incident.title), show(incident.place)):
                code = full_code(incident, session.state.incidents.values())
                yield Completion(
                    code,
                    f"{code} {show(incident.title)} · {show(incident.place)}",
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
                yield Completion(
                    _name_of(session.pack.cameras, camera), show(camera.name), translate("commands", "视频")
                )
        for indicator in session.pack.indicators.values():
            if matches(typed, show(indicator.name)):
                name = _name_of(session.pack.indicators, indicator)
                yield Completion(name, show(indicator.name), translate("commands", "指标"))


def _status(typed: str) -> tuple[Status | None, str, str]:
    """The status that is typed, the word for it, and what follows: `到场`, its initials `dc`, `On scene I34`."""
    words = typed.split()
    for end in range(len(words), 0, -1):
        word = " ".join(words[:end])
        for status in Status:
            if word.lower() in (status.label.zh, status.label.en.lower(), status.value, initials(status.label.zh)):
                return status, word, " ".join(words[end:])
    return None, "", ""


def _named(things: Mapping[str, T], typed: str) -> str | None:
    """The id of what has that name, or that id where two have one name."""
    found = [thing.id for thing in things.values() if typed == show(thing.name)]
    return found[0] if len(found) == 1 else (typed if typed in things else None)


def _name_of(things: Mapping[str, T], thing: T) -> str:
    """What to type for it."""
    return show(thing.name) if _named(things, show(thing.name)) == thing.id else thing.id
