"""Files as cities and spreadsheets really write them: nothing is made up of them, and nothing lost."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from console.connect.calls_file import CallsFile, made_id
from console.domain.incident import Incident
from console.domain.record import IMPORT, Odd, Record
from console.store.plain import FileProblems
from console.store.store import Store
from console.sync.loading import Loading, Person
from tests.support_pack import make_pack

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ENDS = "zone: Asia/Shanghai\nmatter: flood\nagency: fire\n"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "calls.db", None, realm="calls")
    yield store
    store.close()


def opened(folder: Path, text: str | bytes, mapping: str) -> CallsFile:
    (folder / "calls.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    (folder / "mapping.yaml").write_text(mapping, "utf-8")
    return CallsFile(folder / "calls.csv", folder / "mapping.yaml", make_pack())


def read(folder: Path, text: str, mapping: str) -> tuple[dict[str, Record], Counter[Odd]]:
    """Each record by its call's id, and what was odd."""
    of = opened(folder, text, mapping)
    return {record.words[0]: record for record in of.records(NOW)}, of.odd.counts


def times(record: Record) -> dict[str, str]:
    (sending,) = record.sendings
    return {code: f"{at.astimezone(ZONE):%d %H:%M:%S}" for code, at in sending.times.items()}


ZONE = ZoneInfo("Asia/Shanghai")
PARTS = f"""\
source: half
columns: {{call_id: id, unit: unit, received: [day, called], dispatched: [day, sent], on_scene: [day, there],
          cleared: [day, back]}}
{ENDS}"""
PARTS_HEADER = "id,unit,day,called,sent,there,back\n"


def test_a_day_without_its_hour_is_a_missing_time_and_not_midnight(tmp_path: Path) -> None:
    rows = "H1,E1,2024-03-05,10:00:10,10:01:00,,10:40:00\nH2,E2,2024-03-05,11:00:00,,,\nH4,E4,2024-03-06,,,,\n"
    found, odd = read(tmp_path, PARTS_HEADER + rows, PARTS)
    assert times(found["H1"]) == {"notified": "05 10:01:00", "done": "05 10:40:00"} and times(found["H2"]) == {}
    assert odd[Odd.TIME_MISSING] == 8 and odd[Odd.TIME_ORDER] == odd[Odd.TIME_UNREAD] == 0
    assert found["H1"].words == ("H1",), "the day is said by the other times"
    assert found["H4"].words == ("H4", "E4 day: 2024-03-06"), "a day that nothing else says is kept"


def test_hours_past_midnight_under_the_day_of_the_row_are_of_the_next(tmp_path: Path) -> None:
    rows = "N1,E1,2024-03-05,23:58:00,23:59:00,00:06:00,00:40:00\n"
    found, odd = read(tmp_path, PARTS_HEADER + rows, PARTS)
    assert times(found["N1"]) == {"notified": "05 23:59:00", "on_scene": "06 00:06:00", "done": "06 00:40:00"}
    assert odd[Odd.TIME_NEXT_DAY] == 2 and odd[Odd.TIME_ORDER] == 0
    alone = PARTS.replace("[day, sent]", "sent").replace("[day, there]", "there").replace("[day, back]", "back")
    assert times(read(tmp_path, PARTS_HEADER + rows, alone)[0]["N1"]) == times(found["N1"])


def test_the_order_of_times_begins_with_the_call(tmp_path: Path) -> None:
    _, odd = read(tmp_path, PARTS_HEADER + "O1,E1,2024-03-05,10:05:00,10:01:00,10:09:00,10:40:00\n", PARTS)
    assert odd[Odd.TIME_ORDER] == 1


def test_a_call_that_is_cleared_is_closed_whatever_its_times_say(store: Store, tmp_path: Path) -> None:
    mapping = "source: c\ncolumns: {call_id: id, unit: unit, received: a, on_scene: b, cleared: c}\n" + ENDS
    of = opened(tmp_path, "id,unit,a,b,c\nC1,M7,2017-01-04 22:10,2017-01-04 22:20,2017-01-04 00:31\n", mapping)
    loading = Loading(store, make_pack(), Person("import", IMPORT))
    loading.load(of.records(NOW))
    assert loading.done.left_open == 0 and of.odd.counts[Odd.TIME_ORDER] == 1
    with store.read() as view:
        (incident,) = view.every(Incident)
        (sent,) = view.assignments_of(incident.id)
    assert not incident.open and not sent.status.open
    assert sent.times["done"] == datetime(2017, 1, 3, 16, 31, tzinfo=UTC), "as the file says it"


FORMATS = """\
time_format: [iso, "%Y/%m/%d %p%I:%M", "%Y/%m/%d %p%I:%M:%S", "%Y年%m月%d日 %p%I时%M分"]
"""


@pytest.mark.parametrize("formats", ["", FORMATS, FORMATS.replace("iso, ", "")])
def test_times_of_chinese_spreadsheets(tmp_path: Path, formats: str) -> None:
    written = {
        "2024/3/5 上午9:05": "05 09:05:00",
        "2024/3/5 下午9:05:30": "05 21:05:30",
        "2024/3/5 上午0:05": "05 00:05:00",
        "2024年3月5日 下午9时05分": "05 21:05:00",
    }
    if "iso" in formats or not formats:
        written |= {
            "45356.5": "05 12:00:00",
            "2024-03-05 24:00:00": "06 00:00:00",
            "2024-03-05 21:05:60": "05 21:06:00",
            "2024/3/5 21:05": "05 21:05:00",
            "20240305210500": "05 21:05:00",
        }
    mapping = f"source: zh\ncolumns: {{call_id: id, received: t}}\n{formats}{ENDS}"
    found, odd = read(tmp_path, "id,t\n" + "".join(f"A{n},{text}\n" for n, text in enumerate(written)), mapping)
    said = [f"{found[f'A{n}'].received_at.astimezone(ZONE):%d %H:%M:%S}" for n in range(len(written))]
    assert said == list(written.values()) and odd == {Odd.PLACE_MISSING: len(written)}


def test_a_time_means_the_same_whatever_row_came_before(tmp_path: Path) -> None:
    mapping = (
        f'source: d\ncolumns: {{call_id: id, received: t}}\ntime_format: ["%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"]\n{ENDS}'
    )
    rows = ["A,05/03/2024 10:00", "B,03/25/2024 10:00", "C,05/03/2024 10:00"]
    for order in permutations(rows):
        found, _ = read(tmp_path, "id,t\n" + "\n".join(order), mapping)
        assert found["A"].received_at == found["C"].received_at == datetime(2024, 3, 5, 2, tzinfo=UTC)


PLAIN = f"source: h\ncolumns: {{call_id: id, received: when}}\n{ENDS}"


@pytest.mark.parametrize(
    ("text", "delimiter", "skipped"),
    [
        ("sep=;\nid;when\nK1;2024-03-05 10:00:00\n", ";", 1),
        ('Calls for "Service\nGenerated 05/03/2024\n\nid,when\nK1,2024-03-05 10:00:00\n', ",", 2),
        ("id\twhen\nK1\t2024-03-05 10:00:00\nid\twhen\n", "\t", 0),
    ],
)
def test_the_header_is_found_by_its_columns(tmp_path: Path, text: str, delimiter: str, skipped: int) -> None:
    of = opened(tmp_path, text, PLAIN)
    assert [record.words for record in of.records(NOW)] == [("K1",)]
    assert (of.table.delimiter, len(of.table.top.before)) == (delimiter, skipped)
    assert of.odd.counts[Odd.HEADER_AGAIN] == (delimiter == "\t")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\n<!DOCTYPE html>\n<html><body>Sign in</body></html>", "This is a web page"),
        (b"PK\x03\x04....", "This is an Excel workbook"),
        (b"number,time\n1,2\n", "The columns of this one are: number、time."),
    ],
)
def test_what_is_no_such_table_is_told_in_one_sentence(tmp_path: Path, text: bytes, said: str) -> None:
    with pytest.raises(FileProblems) as error:
        opened(tmp_path, text, PLAIN)
    (problem,) = error.value.problems
    assert said in problem.message.en and problem.message.zh and problem.file == "calls.csv"


def test_a_missing_column_is_told_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(FileProblems) as error:
        opened(tmp_path, "id,at\n1,2\n", PLAIN)
    assert [problem.message.en for problem in error.value.problems] == [
        "There is no column when.",
        "The columns of the file are: id、at.",
    ]


def test_a_guessed_encoding_is_known_as_one(tmp_path: Path) -> None:
    text = "id,when,备注\nK1,2024-03-05 10:00:00,广州市天河区体育西路\n"
    table = opened(tmp_path, text.encode("gb18030"), PLAIN).table
    assert (table.encoding, table.guessed) == ("gb18030", True)
    assert not opened(tmp_path, text, PLAIN).table.guessed


INCIDENTS = f"""\
source: two
columns: {{call_id: call, type: kind, priority: grade, received: time, address: street, longitude: lon, latitude: lat}}
levels: {{"1": red}}
{ENDS}"""
UNITS = f"""\
source: two
columns: {{call_id: call, unit: unit, dispatched: sent, on_scene: there, cleared: back}}
{ENDS}"""
FILES = {
    "incidents": (
        "call,kind,grade,time,street,lon,lat\n900001,Special Service,1,2019-01-01 00:00:30,Example Rise,104.1,30.6\n",
        INCIDENTS,
    ),
    "units": (
        "call,unit,sent,there,back\n900001,H1,2019-01-01 00:02:20,2019-01-01 00:07:40,2019-01-01 00:23:50\n",
        UNITS,
    ),
}


@pytest.mark.parametrize("order", [("incidents", "units"), ("units", "incidents")])
def test_two_files_about_one_call_say_the_same_in_either_order(
    store: Store, tmp_path: Path, order: tuple[str, str]
) -> None:
    known: list[int] = []
    for name in (*order, *order):
        loading = Loading(store, make_pack(), Person("import", IMPORT))
        loading.load(opened(tmp_path, *FILES[name]).records(NOW))
        assert loading.refused == []
        known.append(loading.done.known)
    assert known == [0, 0, 1, 1], "doing it again changes nothing"
    with store.read() as view:
        incident = view.incident(made_id("two", "900001"))
        (sent,) = view.assignments_of(incident.id)
    assert (incident.title.en, incident.place.en, incident.level.value) == ("Special Service", "Example Rise", "red")
    assert (incident.at.lon, incident.at.lat) == (104.1, 30.6)
    assert incident.opened_at == datetime(2018, 12, 31, 16, 0, 30, tzinfo=UTC) and not incident.open
    assert incident.closed_at == datetime(2018, 12, 31, 16, 23, 50, tzinfo=UTC) and len(sent.times) == 3


def test_what_a_second_file_says_otherwise_is_counted_and_kept(store: Store, tmp_path: Path) -> None:
    text, mapping = FILES["incidents"]
    load: Any = None
    for each in (text, text.replace("Special Service", "Fire").replace("00:00:30", "00:00:40")):
        load, differs = Loading(store, make_pack(), Person("import", IMPORT)), Counter[Odd]()
        load.on_odd = lambda odd, what, differs=differs: differs.update([odd])
        load.load(opened(tmp_path, each, mapping).records(NOW))
    assert differs == {Odd.KNOWN_DIFFERS: 2}
    with store.read() as view:
        incident = view.incident(made_id("two", "900001"))
        words = " ".join(str(entry.note.phrase) for entry in view.entries_of(incident.id))
    assert incident.title.en == "Special Service" and "Title: Fire" in words and "16:00:40 UTC" in words


def test_lines_that_are_no_records_and_cells_too_many(tmp_path: Path) -> None:
    mapping = f"source: t\ncolumns: {{call_id: id, unit: u, received: when}}\n{ENDS}"
    text = "id,u,when\nK1,E1,2024-03-05 10:00:00,more\n合计: 1\n1.2E+11,E1,2024-03-05 11:00:00\n"
    found, odd = read(tmp_path, text, mapping)
    assert list(found) == ["K1", "1.2E+11"] and found["K1"].words == ("K1", "E1 more")
    assert odd[Odd.ROW_REMARK] == odd[Odd.ROW_CELLS] == odd[Odd.ID_NUMBER] == 1
