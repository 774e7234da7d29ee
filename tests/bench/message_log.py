"""The message log at size: how long the index takes to make, and each kind of question over all of it.

yiping bench message-log --entries 1000000
"""

import argparse
import json
import random
import re
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from console.domain.log import Entry, Kind, LogFilter, Note, seal
from console.domain.words import Label, Phrase
from console.store import log_index
from console.store.log_search import page
from console.store.store import Store

START = datetime(2025, 1, 1, tzinfo=UTC)
TEAMS = (("消防", "Fire"), ("交警", "Traffic"), ("排涝", "Drainage"))
WHO = [Label(f"{zh} {n} 组", f"{en} team {n}") for zh, en in TEAMS for n in range(1, 60)]
PLACES = ("立沙桥", "康乐南路", "陈屋社区", "三屯社区", "珊美广场", "东风路", "体育路", "环莞快速", "汀山村", "新塘村")
WORDS = re.findall(
    "..", "水位上涨封控转移群众到场积水厘米泵站开启车辆绕行电力抢修完成请求增援救护疏散巡查收到堤防漏水沙袋"
)


def entries(count: int) -> list[Entry]:
    """A year of a centre's log."""
    chance, last = random.Random(7), None
    made: list[Entry] = []
    step = timedelta(days=365) / count
    for number in range(count):
        sender, receiver, kind = chance.choice(WHO), chance.choice(WHO), chance.choice(list(Kind))
        incident = f"incident-{number // 40}"
        if number % 3 == 0:
            title = Label(f"{chance.choice(PLACES)}{chance.choice(WORDS)}", f"Case {number} at the bridge")
            phrase = Phrase("alarm_confirmed", {"title": title, "code": f"I{number}"})
            note = Note(Kind.SYSTEM, sender, phrase=phrase, incident=incident)
        else:
            text = chance.choice(PLACES) + "".join(chance.sample(WORDS, 7)) + f"第{number}号"
            note = Note(kind, sender, receiver, text, incident=incident)
        last = seal(note, id=f"e{number:08}", device="d1", author=f"u{number % 9}", at=START + step * number, last=last)
        made.append(last)
    return made


ASKED = {
    "nothing (newest page)": LogFilter(),
    "two characters, common": LogFilter(text="立沙"),
    "two characters, 1 in 50,000": LogFilter(text="第4997号"),
    "a sentence": LogFilter(text="立沙桥水位"),
    "initials, common": LogFilter(text="lsq"),
    "initials and words": LogFilter(text="lsq 水位 zengyuan qqqq"),
    "English word": LogFilter(text="bridge"),
    "one character": LogFilter(text="堤"),
    "two letters": LogFilter(text="ls"),
    "kind": LogFilter(kind=Kind.RADIO),
    "kind, author, text": LogFilter(kind=Kind.PHONE, author="u3", text="泵站"),
    "sender by initials": LogFilter(sender="xf3"),
    "sender and receiver": LogFilter(sender="消防 3", receiver="排涝 7"),
    "text in one week": LogFilter(text="沙袋", since=START + timedelta(days=100), until=START + timedelta(days=107)),
    "incident": LogFilter(incident="incident-777"),
    "incident and text": LogFilter(incident="incident-777", text="水位"),
    "not there": LogFilter(text="火箭发射"),
}


def main(arguments: Sequence[str]) -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--entries", type=int, default=1_000_000)
    options.add_argument("--folder", type=Path)
    given = options.parse_args(list(arguments))
    folder = given.folder or Path(tempfile.mkdtemp(prefix="message-log-"))
    file, figures = folder / "desk.db", {"entries": given.entries}
    fresh = not file.exists()
    store = Store.open(file, bytes(32))
    if fresh:
        _fill(store, given.entries, figures)
    for name, wanted in ASKED.items():
        times, second = [], 0.0
        for _ in range(5):
            with store.read() as view:
                begun = time.perf_counter()
                found = page(view, wanted)
                times.append(1000 * (time.perf_counter() - begun))
        if found:
            with store.read() as view:
                begun = time.perf_counter()
                page(view, wanted, found[-1])
                second = 1000 * (time.perf_counter() - begun)
        figures[name] = round(statistics.median(times), 1)
        print(f"{name:32} {len(found):4} rows  median {figures[name]:8.1f} ms  next page {second:8.1f} ms")
    store.close()
    print(json.dumps(figures, ensure_ascii=False))
    return 0


def _fill(store: Store, count: int, figures: dict[str, float]) -> None:
    made = entries(count)
    begun = time.perf_counter()
    for at in range(0, count, 5000):
        with store.begin() as tx:
            tx.put(*made[at : at + 5000])
    figures["put_s"] = round(time.perf_counter() - begun, 1)
    before = sum(part.stat().st_size for part in store.path.parent.iterdir())
    begun, longest = time.perf_counter(), 0.0
    while True:
        step = time.perf_counter()
        if not log_index.index(store):
            break
        longest = max(longest, time.perf_counter() - step)
    figures["index_s"] = round(time.perf_counter() - begun, 1)
    figures["longest_step_ms"] = round(1000 * longest)
    figures["entries_mb"] = round(before / 1e6)
    figures["with_index_mb"] = round(sum(part.stat().st_size for part in store.path.parent.iterdir()) / 1e6)
    print(figures)
