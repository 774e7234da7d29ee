"""The message log is found by words, initials, names and times, whatever came and whatever left."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from console.domain.log import Entry, Kind, LogFilter, Note, seal
from console.domain.words import Label, Phrase
from console.store import log_index, tables
from console.store.log_search import corrections, fits, page, set_back
from console.store.store import Store

START = datetime(2026, 5, 1, 8, tzinfo=UTC)
FIRE, POLICE = Label("消防 1 车", "Fire engine 1"), Label("交警 12", "Traffic 12")
LI = Label("李值班员", "Duty officer Li")


def written(notes: Sequence[tuple[float, Note]], device: str = "d1", author: str = "li") -> list[Entry]:
    made: list[Entry] = []
    for seconds, note in notes:
        last = made[-1] if made else None
        id, at = f"{device}-{len(made) + 1}", START + timedelta(seconds=seconds)
        made.append(seal(note, id=id, device=device, author=author, at=at, last=last))
    return made


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store.open(tmp_path / "desk.db", None)
    yield made
    made.close()


def put(store: Store, *entries: Entry) -> None:
    with store.begin() as tx:
        tx.put(*entries)
    while log_index.index(store):
        pass


def found(store: Store, wanted: LogFilter, limit: int = 100) -> list[str]:
    with store.read() as view:
        return [entry.id for entry in page(view, wanted, limit=limit)]


@pytest.fixture
def told(store: Store) -> list[Entry]:
    title = Label("立沙桥水位超警戒", "Lisha bridge water level above warning")
    entries = written(
        [
            (
                0,
                Note(
                    Kind.SYSTEM, LI, phrase=Phrase("alarm_confirmed", {"title": title, "code": "I34"}), incident="i34"
                ),
            ),
            (60, Note(Kind.RADIO, FIRE, LI, "已到立沙桥,开始架设水泵", incident="i34")),
            (120, Note(Kind.PHONE, POLICE, LI, "康乐南路封控完成 plate 粤S12345")),
            (180, Note(Kind.NOTE, LI, text="Call the pump station back")),
        ]
    )
    put(store, *entries)
    return entries


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (LogFilter(), [4, 3, 2, 1]),
        (LogFilter(text="立沙桥"), [2, 1]),
        (LogFilter(text="lsq"), [2, 1]),
        (LogFilter(text="桥"), [2, 1]),
        (LogFilter(text="LSQ 水泵"), [2]),
        (LogFilter(text="bridge warning"), [1]),
        (LogFilter(text="pump"), [4]),
        (LogFilter(text="i34"), [1]),
        (LogFilter(text="12345"), [3]),
        (LogFilter(text="消防"), [2]),
        (LogFilter(text="xf1"), [2]),
        (LogFilter(text="traffic"), [3]),
        (LogFilter(text="粤S123"), [3]),
        (LogFilter(text="不在"), []),
        (LogFilter(text="''\" OR * -"), []),
        (LogFilter(text="   "), [4, 3, 2, 1]),
        (LogFilter(kind=Kind.RADIO), [2]),
        (LogFilter(incident="i34"), [2, 1]),
        (LogFilter(incident="i34", text="水位"), [1]),
        (LogFilter(sender="jj"), [3]),
        (LogFilter(sender="duty"), [4, 1]),
        (LogFilter(receiver="李"), [3, 2]),
        (LogFilter(receiver="消防"), []),
        (LogFilter(author="li", kind=Kind.NOTE), [4]),
        (LogFilter(author="wang"), []),
        (LogFilter(since=START + timedelta(seconds=60), until=START + timedelta(seconds=180)), [3, 2]),
        (LogFilter(text="李", since=START + timedelta(seconds=60), until=START + timedelta(seconds=180)), [3, 2]),
    ],
)
def test_it_is_found_by(store: Store, told: list[Entry], wanted: LogFilter, ids: list[int]) -> None:
    assert found(store, wanted) == [f"d1-{number}" for number in ids]


def test_pages_follow_each_other_without_a_gap_or_a_double(store: Store) -> None:
    """Also where many were written in one moment, and by two devices."""
    one = written([(n // 7, Note(Kind.NOTE, LI, text=f"水位 {n}")) for n in range(300)])
    two = written([(n // 5, Note(Kind.NOTE, LI, text=f"水位 {n}")) for n in range(300)], "d2")
    put(store, *two[::2], *one, *two[1::2])
    for wanted in (LogFilter(), LogFilter(text="水位")):
        seen: list[Entry] = []
        while True:
            with store.read() as view:
                more = page(view, wanted, seen[-1] if seen else None, 37)
            if not more:
                break
            seen += more
        assert len(seen) == len({entry.id for entry in seen}) == 600
        assert [entry.at for entry in seen] == sorted((entry.at for entry in seen), reverse=True)


def test_what_comes_is_found_and_what_left_is_not(store: Store, told: list[Entry]) -> None:
    late = written([(30, Note(Kind.NOTE, LI, text="晚到的立沙桥消息"))], "d2")
    put(store, *late)
    assert found(store, LogFilter(text="立沙桥")) == ["d1-2", "d2-1", "d1-1"]
    with store.begin() as tx:
        tx.remove(Entry, "d1-2")
        tx.connection.execute(delete(tables.entry).where(tables.entry.c.device == "d2"))
    assert found(store, LogFilter(text="立沙桥")) == ["d1-1"]
    put(store, *told, *late)  # the scope is given back
    assert found(store, LogFilter(text="立沙桥")) == ["d1-2", "d2-1", "d1-1"]
    with store.read() as view:
        assert log_index.waiting(view) == 0


def test_what_left_before_it_was_read_is_not_asked_for_again(store: Store, told: list[Entry]) -> None:
    with store.begin() as tx:
        tx.put(*written([(1, Note(Kind.NOTE, LI, text="一闪而过"))], "d3"))
        tx.remove(Entry, "d3-1")
    assert log_index.index(store) == 0


def test_nothing_of_a_transaction_that_failed_is_found(store: Store, told: list[Entry]) -> None:
    with pytest.raises(RuntimeError), store.begin() as tx:
        tx.put(*written([(1, Note(Kind.NOTE, LI, text="没有发生"))], "d3"))
        raise RuntimeError
    assert log_index.index(store) == 0
    with pytest.raises(RuntimeError), store.begin() as tx:
        tx.remove(Entry, "d1-2")
        raise RuntimeError
    assert "d1-2" in found(store, LogFilter(text="立沙桥"))


def test_the_index_of_another_version_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = written([(n, Note(Kind.NOTE, LI, text=f"第{n}条")) for n in range(20)])
    store = Store.open(tmp_path / "desk.db", None)
    put(store, *entries)
    store.close()
    monkeypatch.setattr(log_index, "VERSION", 99)
    store = Store.open(tmp_path / "desk.db", None)
    with store.read() as view:
        assert log_index.waiting(view) == 20
        assert len(page(view, LogFilter())) == 20  # the list itself needs no index
    while log_index.index(store, 7):
        pass
    assert len(found(store, LogFilter(text="第1"))) == 11
    store.close()
    store = Store.open(tmp_path / "desk.db", None)
    with store.read() as view:
        assert log_index.waiting(view) == 0
    store.close()


def test_a_platform_has_no_such_index(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "central.db", None, side="platform")
    with store.read() as view:
        names = view.connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars().all()
    assert not [name for name in names if name.startswith("log_")]
    store.close()


def test_corrections_are_found_by_what_they_correct(store: Store, told: list[Entry]) -> None:
    fixes = written(
        [
            (300, Note(Kind.RADIO, FIRE, LI, "已到立沙桥南端", corrects="d1-2")),
            (400, Note(Kind.RADIO, FIRE, LI, "已到立沙桥北端", corrects="d1-2")),
        ],
        "d2",
    )
    put(store, *fixes)
    with store.read() as view:
        assert corrections(view, ["d1-1", "d1-2"]) == {"d1-2": fixes}
        assert view.get(Entry, "d1-2") == told[1]  # which stays as it was
    with store.begin() as tx:
        tx.remove(Entry, "d2-1")
    with store.read() as view:
        assert corrections(view, ["d1-2"]) == {"d1-2": fixes[1:]}


def test_an_entry_of_an_impossible_time_does_no_harm(store: Store) -> None:
    ends = [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
    for number, at in enumerate(ends, 1):
        put(
            store,
            seal(
                Note(Kind.NOTE, LI, text="时钟坏了"),
                id=f"x{number}",
                device=f"x{number}",
                author="li",
                at=at,
                last=None,
            ),
        )
    assert found(store, LogFilter(text="时钟")) == ["x2", "x1"]
    assert found(store, LogFilter()) == ["x2", "x1"]


_TEXT = st.text(st.sampled_from("立沙桥水位重庆 ab1,-\"'*§•"), max_size=12)


@settings(max_examples=25, deadline=None)
@given(st.lists(_TEXT, min_size=1, max_size=8), _TEXT)
def test_the_index_finds_what_reading_every_entry_finds(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], asked: str
) -> None:
    store = Store.open(tmp_path_factory.mktemp("any") / "desk.db", None)
    entries = written([(n, Note(Kind.NOTE, Label(text, "x"), text=text[::-1])) for n, text in enumerate(texts)])
    put(store, *entries)
    for wanted in (LogFilter(text=asked), LogFilter(sender=asked)):
        assert found(store, wanted) == [entry.id for entry in reversed(entries) if fits(wanted, entry)]
    store.close()


STRANGE = ["火势 🔥 100%", '第 _ 项"待定"', "𠮷野家门口 𪚥", "مرحبا بالعالم", "一般的话"]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("🔥", [0]), ("%", [0]), ("_", [1]), ('"', [1]), ("🔥 %", [0]), ("🚒", []), ("*", []), ("\\", []),
        ("火 🔥", [0]), ("𠮷", [2]), ("𠮷野", [2]), ("𪚥", [2]), ("𪚦", []), ("مرحبا", [3]), ("العالم", [3]),
        ("\u200f", []),
    ],
)  # fmt: skip
def test_signs_rare_characters_and_other_scripts_are_found_where_they_are(
    store: Store, text: str, places: list[int]
) -> None:
    entries = written([(n, Note(Kind.NOTE, LI, text=said)) for n, said in enumerate(STRANGE)])
    put(store, *entries)
    assert found(store, LogFilter(text=text)) == [entries[place].id for place in reversed(places)]
    assert [entry.id for entry in entries if fits(LogFilter(text=text), entry)] == [entries[n].id for n in places]


def test_what_a_clock_that_was_set_back_dates_too_early_is_told(store: Store) -> None:
    entries = written([(n, Note(Kind.NOTE, LI, text="x")) for n in (0, 100, 40, 70, 99.5, 101, 130)])
    other = written([(50, Note(Kind.NOTE, LI, text="y"))], device="d2")
    put(store, *entries, *other)
    with store.read() as view:
        told = set_back(view, [*entries, *other])
        one = set_back(view, entries[3:4])
    latest = START + timedelta(seconds=100)
    assert told == {entries[2].id: latest, entries[3].id: latest}, "and none of another device, or of half a second"
    assert one == {entries[3].id: latest}, "whatever is asked for beside it"
