"""What may be on the disk after a power cut, worked out from the record of a session.

A write is safe once its file was synced after it, and a name once the folder was. Of everything later any part may
be there, in any order, and a write may be torn between sectors. Nothing but what was written changes: that a sector
keeps the bytes nobody wrote to is what SQLite asks of a disk ("powersafe overwrite").
"""

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.crash.session import ACKS

HEAD = struct.Struct("<iiqq")  # `struct head` of shim.c
SECTORS = (512, 4096)
RUBBISH = b"\xa5" * 32768


@dataclass(frozen=True, slots=True)
class Event:
    kind: str  # one of "owtsur", see shim.c
    fd: int
    at: int
    data: bytes


@dataclass(slots=True, eq=False)
class File:
    """One file, whatever it is called: its bytes as last synced, and what was done since."""

    safe: bytearray = field(default_factory=bytearray)
    since: list[Event] = field(default_factory=list)


def read(trace: Path) -> list[Event]:
    """The record in order. One that was cut short by the kill is an error: each is written in one piece."""
    data, at, events = trace.read_bytes(), 0, []
    while at < len(data):
        kind, fd, offset, size = HEAD.unpack_from(data, at)
        at += HEAD.size
        assert at + size <= len(data)
        events.append(Event(chr(kind), fd, offset, data[at : at + size]))
        at += size
    return events


class Disk:
    """The files of the folder and what of them is safe, at some point of the record."""

    def __init__(self) -> None:
        self.names: dict[str, File] = {}  # as the running system sees them
        self.safe_names: dict[str, File] = {}
        self.renamings: list[tuple[str, str, File | None]] = []  # kind, name and file, since the folder was synced
        self._open: dict[int, File | None] = {}  # None is the folder

    def do(self, event: Event) -> None:
        if event.kind == "o":
            self._open[event.fd] = self._opened(event.data.decode())
        elif event.kind == "u":
            self._named("u", event.data.decode(), None)
        elif event.kind == "r":
            old, new = event.data.decode().split("\0")
            self._named("r", f"{old}\0{new}", None)
        elif (file := self._open[event.fd]) is None:
            assert event.kind == "s"
            self.safe_names, self.renamings = dict(self.names), []
        elif event.kind == "s":
            file.safe = _after(file.safe, file.since)
            file.since = []
        else:
            file.since.append(event)

    def _opened(self, name: str) -> File | None:
        if not name:
            return None
        if name not in self.names:
            self._named("o", name, File())
        return self.names[name]

    def _named(self, kind: str, name: str, file: File | None) -> None:
        self.renamings.append((kind, name, file))
        _rename(self.names, kind, name, file)

    def now(self) -> dict[str, bytearray]:
        """The files as the running system sees them."""
        return {name: _after(file.safe, file.since) for name, file in self.names.items()}

    def cut(self, dice: random.Random) -> dict[str, bytearray]:
        """The files as the next start may find them."""
        names = dict(self.safe_names)
        share = dice.choice((0.0, 1.0, dice.random()))
        for kind, name, file in self.renamings:
            if dice.random() < share:
                _rename(names, kind, name, file)
        return {name: _survived(file, dice) for name, file in names.items()}


def _rename(names: dict[str, File], kind: str, name: str, file: File | None) -> None:
    if kind == "o":
        assert file
        names[name] = file
    elif kind == "u":
        names.pop(name, None)
    else:
        old, new = name.split("\0")
        if old in names:
            names[new] = names.pop(old)


def _after(content: bytearray, events: list[Event]) -> bytearray:
    content = bytearray(content)
    for event in events:
        _write(content, event)
    return content


def _write(content: bytearray, event: Event) -> None:
    if event.kind == "t":
        del content[event.at :]
        content.extend(bytes(event.at - len(content)))
        return
    if event.at > len(content):
        content.extend(bytes(event.at - len(content)))
    content[event.at : event.at + len(event.data)] = event.data


def _survived(file: File, dice: random.Random) -> bytearray:
    """Any part of what was done since the sync: often nothing or all, which are the two that systems like best."""
    share = dice.choice((0.0, 1.0, dice.random(), dice.random()))
    torn = dice.choice((0.0, 0.1, 1.0))
    sector = dice.choice(SECTORS)
    kept: list[Event] = []
    for event in file.since:
        if event.kind == "w" and dice.random() < torn:
            kept += [part for part in _parts(event, sector) if dice.random() < share]
        elif dice.random() < share:
            kept.append(event)
    if dice.random() < 0.5:
        dice.shuffle(kept)
    return _after(file.safe, kept)


def _parts(event: Event, sector: int) -> Iterator[Event]:
    """A write as the sectors it falls into."""
    at, end = event.at, event.at + len(event.data)
    while at < end:
        upto = min(end, (at // sector + 1) * sector)
        yield Event("w", event.fd, at, event.data[at - event.at : upto - event.at])
        at = upto


@dataclass(frozen=True, slots=True)
class Image:
    files: dict[str, bytearray]  # without the file of what was answered
    acks: bytes  # what had been answered with when the power went
    cut: int  # how many events had happened

    def lay_down(self, folder: Path) -> None:
        folder.mkdir()
        for name, content in self.files.items():
            (folder / name).write_bytes(content)
            if name.endswith(".db"):
                # nothing keeps it through a cut, and SQLite must not believe what it finds there
                (folder / f"{name}-shm").write_bytes(RUBBISH)


def images(events: list[Event], count: int, seed: int, deaf: bool = False) -> Iterator[Image]:
    """`count` images at points all over the session, half of them just after an answer was given.

    `deaf`: as if the disk had answered every sync and done none of them.
    """
    dice = random.Random(seed)
    cuts = sorted(_cuts(events, count, dice))
    disk, done = Disk(), 0
    for cut in cuts:
        for event in events[done:cut]:
            if not (deaf and event.kind == "s"):
                disk.do(event)
        done = cut
        files = disk.cut(dice)
        files.pop(ACKS, None)
        acks = disk.names.get(ACKS)
        yield Image(files, bytes(_after(acks.safe, acks.since)) if acks else b"", cut)


def _cuts(events: list[Event], count: int, dice: random.Random) -> Iterator[int]:
    answered = acked_at(events)
    for number in range(count):
        # by turns, so that every answer has its cut
        yield answered[number // 2 % len(answered)] if number % 2 else dice.randrange(len(events) + 1)


def acked_at(events: list[Event]) -> list[int]:
    """The number of events that had happened each time an answer had just been given."""
    acks = events[0]
    assert acks.kind == "o" and acks.data.decode() == ACKS  # the first thing a session does
    return [number + 1 for number, event in enumerate(events) if event.kind == "w" and event.fd == acks.fd]
