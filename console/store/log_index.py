"""What a desk's message log is searched by: an index beside the entries, derived from them and never sent.

Triggers note which entries came and take away what is gone, whoever wrote; `index` then works through what came,
newest first, beside the work of the desk. An entry's place `n` in the index is its time in microseconds or the next
that is free, so that the index by itself gives the newest first and can be asked for a span of time.

It is made when a desk's database is opened, and anew when the tables or what is kept here are of another version.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from console.domain.log import Entry
from console.domain.phrases import PHRASES, say
from console.domain.words import Label, Lang, Phrase
from console.store import tables
from console.store.finding import initials, sign_tokens, tokens
from console.store.queries import Tx, View

if TYPE_CHECKING:
    from console.store.store import Store

VERSION = 3  # of what is kept of an entry
MARK = "log.index"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = 2**62  # a forged entry may be of any time
_TABLES = ("log_words", "log_line", "log_queue")
_MAKE = (
    "CREATE VIRTUAL TABLE log_words USING fts5(words, content='', contentless_delete=1, detail=none, tokenize='ascii')",
    "CREATE TABLE log_line (n INTEGER PRIMARY KEY, entry TEXT NOT NULL UNIQUE, corrects TEXT)",
    "CREATE INDEX log_line_corrects ON log_line (corrects) WHERE corrects IS NOT NULL",
    # of the same kind as entry.at, or no index serves a comparison of them
    "CREATE TABLE log_queue (at DATETIME NOT NULL, entry TEXT NOT NULL, PRIMARY KEY (at, entry)) WITHOUT ROWID",
    "INSERT INTO log_queue SELECT at, id FROM entry",
    "CREATE TRIGGER log_came AFTER INSERT ON entry BEGIN INSERT INTO log_queue VALUES (new.at, new.id); END",
    "CREATE TRIGGER log_gone AFTER DELETE ON entry BEGIN "
    "DELETE FROM log_words WHERE rowid = (SELECT n FROM log_line WHERE entry = old.id); "
    "DELETE FROM log_line WHERE entry = old.id; "
    "DELETE FROM log_queue WHERE at = old.at AND entry = old.id; END",
)
_NEWEST = "SELECT entry FROM log_queue ORDER BY at DESC LIMIT ?"
_TAKE = "DELETE FROM log_queue WHERE entry = ? AND at = (SELECT at FROM entry WHERE id = ?)"

# Marks before a word that no word has: names and ids are found as what they are.
SENDER, RECEIVER, KIND, AUTHOR, INCIDENT = "§f", "§t", "§k", "§a", "§i"


def prepare(tx: Tx) -> None:
    """Make the index, empty, where there is none of this version."""
    version = f"{tables.SCHEMA}.{VERSION}"
    if tx.setting(MARK) == version:
        return
    for trigger in ("log_came", "log_gone"):
        tx.connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger}")
    for table in _TABLES:
        tx.connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
    for statement in _MAKE:
        tx.connection.exec_driver_sql(statement)
    tx.set_setting(MARK, version)


def waiting(view: View) -> int:
    """How many entries the search does not find yet."""
    return int(view.connection.exec_driver_sql("SELECT count(*) FROM log_queue").scalar_one())


def index(store: "Store", limit: int = 500) -> int:
    """Make the newest of what came findable; how many there were, 0 when all is.

    Working out what they are found by takes the time, so it is done before the transaction: nobody waits for it.
    """
    with store.read() as view:
        newest = view.connection.exec_driver_sql(_NEWEST, (limit,)).scalars().all()
        found = [entry for id in newest if (entry := view.get(Entry, id)) is not None]
    made = [(entry, words(entry)) for entry in sorted(found, key=lambda e: (e.at, e.number))]
    if made:
        with store.begin() as tx:
            _enter(tx, made)
    return len(made)


def place(at: datetime) -> int:
    """Where the entries of a time begin."""
    return max(0, min((at - _EPOCH) // timedelta(microseconds=1), _LAST))


def words(entry: Entry) -> str:
    """All that an entry is found by: what was said in both languages, by whom and to whom, and what it is."""
    note = entry.note
    sender, receiver = note.sender, note.receiver or Label("", "")
    said_all = told(entry)
    found = {*tokens(*said_all).split()} | sign_tokens(" ".join(said_all[:2]))
    found |= {f"{SENDER}{token}" for token in _name(sender)} | {f"{RECEIVER}{token}" for token in _name(receiver)}
    found |= {f"{KIND}{note.kind.value}", f"{AUTHOR}{digest(entry.author)}"}
    if note.incident:
        found.add(f"{INCIDENT}{digest(note.incident)}")
    return " ".join(found)


def told(entry: Entry) -> tuple[str, str, str]:
    """What was said, by whom and to whom: in Chinese, in English, and the initials of the Chinese."""
    note = entry.note
    names = [note.sender, note.receiver] if note.receiver else [note.sender]
    zh, en = ([said(entry, lang), *(name.text(lang) for name in names)] for lang in ("zh", "en"))
    return " ".join(zh), " ".join(en), "".join(map(initials, zh))  # one by one: the same names again and again


def said(entry: Entry, lang: Lang) -> str:
    """What an entry says, in one language; typed words are as they were typed."""
    phrase = entry.note.phrase
    told = "" if phrase is None else _told(phrase, lang)
    return " ".join(filter(None, (told, entry.note.text)))


def digest(id: str) -> str:
    """An id as one word."""
    return hashlib.blake2b(id.encode(), digest_size=8).hexdigest()


def _told(phrase: Phrase, lang: Lang) -> str:
    if phrase.code in PHRASES:
        return say(phrase, lang)
    return " ".join(str(v.text(lang) if isinstance(v, Label) else v) for v in phrase.args.values())


def _name(name: Label) -> list[str]:
    return tokens(name.zh, name.en, initials(name.zh)).split()


def _enter(tx: Tx, made: Iterable[tuple[Entry, str]]) -> None:
    """In the order of time: the index takes no other without writing out what it holds."""
    run = tx.connection.exec_driver_sql
    lines: list[tuple[int, str, str | None]] = []
    texts: list[tuple[int, str]] = []
    for entry, found in made:
        if not run(_TAKE, (entry.id, entry.id)).rowcount:
            continue  # gone meanwhile
        n = max(place(entry.at), lines[-1][0] + 1) if lines else place(entry.at)
        while run("SELECT 1 FROM log_line WHERE n = ?", (n,)).first():
            n += 1
        lines.append((n, entry.id, entry.note.corrects))
        texts.append((n, found))
    if lines:
        run("INSERT INTO log_line VALUES (?, ?, ?)", lines)
        run("INSERT INTO log_words (rowid, words) VALUES (?, ?)", texts)
