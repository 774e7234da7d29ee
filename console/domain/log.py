"""The message log: every call, radio word, order and system act. Append-only, hash-chained per device.

An entry's hash is SHA-256 over the canonical JSON of what the device wrote (sorted keys, no spaces, UTF-8)
with the hash of the entry before it, so that no entry can be changed, dropped or slipped in unseen.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from console.domain.words import Label, Labelled, Phrase

GENESIS = "0" * 64
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


class Kind(Labelled):
    PHONE = "phone", "电话", "Phone"
    RADIO = "radio", "电台", "Radio"
    MESSAGE = "message", "消息", "Message"
    ORDER = "order", "指令", "Order"
    SYSTEM = "system", "系统", "System"
    NOTE = "note", "备注", "Note"


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be written, before it has a place in the chain."""

    kind: Kind
    sender: Label
    receiver: Label | None = None
    text: str = ""  # typed by a person; or
    phrase: Phrase | None = None  # said by the system, read in the reader's language
    incident: str | None = None
    corrects: str | None = None  # the entry this one puts right


@dataclass(frozen=True, slots=True)
class Entry:
    id: str
    device: str
    number: int  # from 1, without gaps, per device
    at: datetime  # the device's clock
    author: str
    note: Note
    previous: str
    hash: str = ""
    area: str = ""  # path of the author's centre


@dataclass(frozen=True, slots=True)
class End:
    """Where a device's chain ends, when its last entry is no longer at hand."""

    device: str
    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which entries are wanted. What is left empty does not narrow."""

    text: str = ""  # words, each to be found in what was said or by whom, as written or by pinyin initials
    kind: Kind | None = None
    incident: str | None = None
    sender: str = ""  # as `text`, in the name alone
    receiver: str = ""
    author: str | None = None  # user
    since: datetime | None = None
    until: datetime | None = None  # before this


def digest(entry: Entry) -> str:
    """The hash an entry must carry."""
    note = entry.note
    told = {
        "id": entry.id,
        "device": entry.device,
        "number": entry.number,
        "at": entry.at.isoformat(),
        "author": entry.author,
        "kind": note.kind.value,
        "sender": _plain(note.sender),
        "receiver": _plain(note.receiver),
        "text": note.text,
        "phrase": note.phrase and [note.phrase.code, {key: _plain(value) for key, value in note.phrase.args.items()}],
        "incident": note.incident,
        "corrects": note.corrects,
        "previous": entry.previous,
    }
    if entry.area:  # the first version's entries have none
        told["area"] = entry.area
    return hashlib.sha256(_CANONICAL.encode(told).encode()).hexdigest()


def _plain(value: object) -> object:
    return [value.zh, value.en] if isinstance(value, Label) else value


def seal(
    note: Note, *, id: str, device: str, author: str, at: datetime, last: Entry | End | None, area: str = ""
) -> Entry:
    """The entry that follows `last` in its device's chain."""
    number, previous = (last.number + 1, last.hash) if last else (1, GENESIS)
    entry = Entry(id, device, number, at, author, note, previous, area=area)
    return Entry(id, device, number, at, author, note, previous, digest(entry), area)


def torn(entries: Iterable[Entry]) -> set[str]:
    """The ids of entries that were changed, or do not follow the one numbered before them where that is here too.

    For logs of which one sees a part, in any order: what one may not see is missing, and that is no fault.
    """
    entries = list(entries)
    sealed = {(entry.device, entry.number): entry.hash for entry in entries}
    return {
        entry.id
        for entry in entries
        if entry.hash != digest(entry) or entry.previous != sealed.get((entry.device, entry.number - 1), entry.previous)
    }


def first_broken(chain: Iterable[Entry], last: Entry | None = None) -> Entry | None:
    """The first entry of one device's chain, in order of number, that does not fit; None for a whole chain.

    `last` is the entry before the first of `chain`, when it does not begin at 1.
    """
    number, previous = (last.number + 1, last.hash) if last else (1, GENESIS)
    for entry in chain:
        if entry.number != number or entry.previous != previous or entry.hash != digest(entry):
            return entry
        number, previous = number + 1, entry.hash
    return None
