"""What a screen reader is told of every window on a display: names, states, places. Another program's, from outside.

Run by itself (with the system's Python, which has the bindings to D-Bus) it answers each line that comes in, the id of
a process or nothing for all of them, with one line of JSON: the parts on show, as `Part` has them.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SPI = "org.a11y.atspi."
ROOT = "/org/a11y/atspi/accessible/root"
STATES = {4: "checked", 8: "enabled", 12: "focused", 23: "selected", 25: "showing"}
STANDS_FOR = ("list item", "page tab", "table cell", "tree item")  # told as focused inside what may have the focus
ANSWER_MS = 10_000
Address = tuple[str, str]  # a name on the bus, and a path
Call = tuple[Address, str, str, str, tuple[Any, ...]]  # whom, interface, method, the form and values of what is given
Place = tuple[int, int, int, int]  # x, y, width, height on the display, in pixels


@dataclass(frozen=True)
class Part:
    """A control or a row. Its place is what can be seen of it."""

    role: str
    name: str
    about: str  # a button's key stands at its end
    text: str  # what is typed into a field
    states: tuple[str, ...]
    place: Place
    window: str  # its window's title
    panel: str  # the nearest named panel or list that it is in

    @property
    def enabled(self) -> bool:
        return "enabled" in self.states

    @property
    def focused(self) -> bool:
        return "focused" in self.states

    @property
    def key(self) -> str:
        """The key that its button shows."""
        return self.about.split()[-1] if self.about else ""

    @property
    def middle(self) -> tuple[int, int]:
        x, y, width, height = self.place
        return x + width // 2, y + height // 2


class ScreenReader:
    """`look` at any time. It must be there before the program that it reads is started."""

    def __init__(self, env: dict[str, str]) -> None:
        command = ["/usr/bin/python3", str(Path(__file__))]
        pipe = subprocess.PIPE
        self._child = subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, text=True)
        self.look()

    def look(self, pid: int | None = None) -> list[Part]:
        """What is on show now, of one process or of all."""
        assert self._child.stdin and self._child.stdout
        self._child.stdin.write(f"{pid or ''}\n")
        self._child.stdin.flush()
        told = json.loads(self._child.stdout.readline())
        return [Part(**{**one, "states": tuple(one["states"]), "place": tuple(one["place"])}) for one in told]

    def close(self) -> None:
        assert self._child.stdin and self._child.stdout
        self._child.stdin.close()
        self._child.stdout.close()
        self._child.wait(10)


class _Bus:
    """The accessibility bus of a display."""

    def __init__(self) -> None:
        from gi.repository import Gio, GLib

        self._gio, self._glib = Gio, GLib
        session = Gio.bus_get_sync(Gio.BusType.SESSION)
        found = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None, 0, -1)
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        self._line = Gio.DBusConnection.new_for_address_sync(found.unpack()[0], flags, None, None)

    def ask(self, calls: list[Call]) -> list[Any]:
        """All at once, because a program that is busy answers when it comes round to it. None for what has gone."""
        answers: list[Any] = [None] * len(calls)
        open_ = set(range(len(calls)))

        def answered(line: Any, result: Any, n: int) -> None:
            open_.discard(n)
            with suppress(self._glib.Error):
                answers[n] = next(iter(line.call_finish(result).unpack()), None)

        for n, (at, interface, method, form, given) in enumerate(calls):
            asked = self._glib.Variant(form, given) if form else None
            self._line.call(*at, interface, method, asked, None, 0, ANSWER_MS, None, answered, n)
        while open_:
            self._glib.MainContext.default().iteration(True)
        return answers

    def programs(self) -> Iterator[tuple[str, int]]:
        """The name on the bus and the process id of each."""
        (found,) = self.ask([(("org.a11y.atspi.Registry", ROOT), SPI + "Accessible", "GetChildren", "", ())])
        names = [name for name, _path in found or ()]
        bus = ("org.freedesktop.DBus", "/org/freedesktop/DBus")
        asked = self.ask([(bus, bus[0], "GetConnectionUnixProcessID", "(s)", (name,)) for name in names])
        return ((name, pid) for name, pid in zip(names, asked, strict=True) if pid not in (None, os.getpid()))


@dataclass(frozen=True)
class _Node:
    """Something to look at, and what is known of where it is."""

    at: Address
    window: str = ""
    panel: str = ""
    within: Place | None = None

    def questions(self) -> list[Call]:
        def value(name: str) -> Call:
            return self.at, "org.freedesktop.DBus.Properties", "Get", "(ss)", (SPI + "Accessible", name)

        mine = SPI + "Accessible"
        return [
            (self.at, mine, "GetState", "", ()),
            (self.at, mine, "GetRoleName", "", ()),
            (self.at, SPI + "Component", "GetExtents", "(u)", (0,)),
            value("Name"),
            value("Description"),
            (self.at, mine, "GetChildren", "", ()),
        ]


def _look(bus: _Bus, wanted: int | None) -> list[dict[str, Any]]:
    """Level by level, from the windows inwards."""
    programs = [(name, ROOT) for name, pid in bus.programs() if wanted in (None, pid)]
    roots = bus.ask([(at, SPI + "Accessible", "GetChildren", "", ()) for at in programs])
    nodes, parts = [_Node(tuple(window)) for windows in roots for window in windows or ()], []
    fields: list[tuple[Address, dict[str, Any]]] = []
    while nodes:
        answers = iter(bus.ask([question for node in nodes for question in node.questions()]))
        inside = []
        for node, (states, role, place, name, about, children) in zip(nodes, _sixes(answers), strict=True):
            shown = _states(states)
            if "showing" not in shown or place is None or not all((place := _common(place, node.within or place))[2:]):
                continue  # hidden, scrolled away, or put aside behind another
            shown = [s for s in shown if s != "showing" and not (s == "focused" and role in STANDS_FOR)]
            window, panel = node.window or name, node.panel
            part = {"role": role, "name": name, "about": about, "text": "", "states": shown}
            part |= {"place": place, "window": window, "panel": panel}
            if role != "filler" or name:
                parts.append(part)
            if role in ("text", "entry"):
                fields.append((node.at, part))
            if role in ("panel", "list", "table") and name:
                panel = name
            if not (role or "").startswith("document"):  # a web page has no end
                inside += [_Node(tuple(child), window, panel, place) for child in children or ()]
        nodes = inside
    texts = bus.ask([(at, SPI + "Text", "GetText", "(ii)", (0, -1)) for at, _ in fields])
    for (_, part), text in zip(fields, texts, strict=True):
        part["text"] = text or ""
    return parts


def _sixes(answers: Iterator[Any]) -> Iterator[tuple[Any, ...]]:
    """Six by six."""
    return zip(*[answers] * 6, strict=True)


def _states(words: tuple[int, int] | None) -> list[str]:
    bits = words[0] | words[1] << 32 if words else 0
    return [name for bit, name in STATES.items() if bits >> bit & 1]


def _common(one: Place, other: Place) -> Place:
    """What two places share; without width or height when they share nothing."""
    left, top = max(one[0], other[0]), max(one[1], other[1])
    right, bottom = (min(one[n] + one[n + 2], other[n] + other[n + 2]) for n in (0, 1))
    return left, top, max(0, right - left), max(0, bottom - top)


def _main() -> None:
    bus = _Bus()
    for line in sys.stdin:
        print(json.dumps(_look(bus, int(line) if line.strip() else None)), flush=True)


if __name__ == "__main__":
    _main()
