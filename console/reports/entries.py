"""Log entries as a document says them: their words, their numbers, and what corrects what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from console.domain.log import Entry
from console.domain.phrases import PHRASES, say
from console.domain.words import Label, Lang
from console.reports.words import INCIDENT


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One line of a log. Names are in both languages, words in that of the document."""

    number: str
    at: datetime
    kind: Label
    sender: Label
    receiver: Label | None
    text: str
    remark: str  # that it corrects or was corrected, and by which number; that the clock was set back
    old: bool  # it was corrected
    hash: str
    entry: Entry


def rows(entries: Sequence[Entry], lang: Lang, behind: Mapping[str, datetime], zone: tzinfo | None) -> list[EntryRow]:
    """The lines of these entries, in their order. `behind` are those of a clock that was set back, see `set_back`."""
    by_id = {entry.id: entry for entry in entries}
    corrected = {entry.note.corrects: entry for entry in entries if entry.note.corrects}
    devices = {entry.device for entry in entries}

    def number(entry: Entry) -> str:
        return str(entry.number) if len(devices) == 1 else f"{entry.device[:6]}/{entry.number}"

    def said(key: str, **args: object) -> str:
        return INCIDENT[key].text(lang).format(**args)

    def remark(entry: Entry) -> str:
        latest = behind.get(entry.id)
        late = said("clock_behind", time=f"{latest.astimezone(zone):%Y-%m-%d %H:%M:%S}") if latest else ""
        return "\n".join(filter(None, (late, correction(entry))))

    def correction(entry: Entry) -> str:
        if entry.note.corrects:
            other = by_id.get(entry.note.corrects)
            return said("corrects", number=number(other)) if other else said("corrects_other")
        return said("corrected", number=number(corrected[entry.id])) if entry.id in corrected else ""

    return [
        EntryRow(
            number(entry),
            entry.at,
            entry.note.kind.label,
            entry.note.sender,
            entry.note.receiver,
            words(entry, lang),
            remark(entry),
            entry.id in corrected,
            entry.hash[:8],
            entry,
        )
        for entry in entries
    ]


def words(entry: Entry, lang: Lang) -> str:
    """What was said: the system's words in the document's language, typed ones as typed."""
    phrase = entry.note.phrase
    if phrase is None:
        return entry.note.text
    if phrase.code not in PHRASES:  # written by a newer desk
        args = ", ".join(str(v.text(lang) if isinstance(v, Label) else v) for v in phrase.args.values())
        return f"{phrase.code}: {args}"
    return "\n".join(part for part in (say(phrase, lang), entry.note.text) if part)
