"""What a file of calls says: times of every kind, places that are wrong, rows that are broken, a mapping that is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

import resources
from console.connect.calls_file import CallsFile, made_id
from console.connect.calls_place import read_place, read_point
from console.connect.calls_table import Row, Table
from console.connect.calls_time import Clock
from console.domain.place import Point
from console.domain.record import Odd
from console.store.packs import load_pack
from console.store.plain import FileProblems
from tests.support_calls import HEADER, MAPPING, incident_id
from tests.support_pack import HERE, make_pack

US = "%m/%d/%Y %I:%M:%S %p"
ANGELES = ZoneInfo("America/Los_Angeles")
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("format", "text", "expected"),
    [
        (US, "12/31/2016 11:57:56 PM", utc(2017, 1, 1, 7, 57, 56)),
        ("iso", "2026-07-01T08:00:00", utc(2026, 7, 1, 15)),
        ("iso", "2026-07-01T08:00:00.000Z", utc(2026, 7, 1, 8)),
        ("iso", "2026-07-01 08:00:00+08:00", utc(2026, 7, 1)),
        ("%Y-%m-%d %H:%M:%S %z", "2026-07-01 08:00:00 +0800", utc(2026, 7, 1)),
        ("epoch", "1782892800", utc(2026, 7, 1, 8)),
        ("epoch_ms", "1782892800000", utc(2026, 7, 1, 8)),
    ],
)
def test_times_are_read(format: str, text: str, expected: datetime) -> None:
    assert Clock(["%d.%m.%y", format], ANGELES).read(text) == (expected, None)


@pytest.mark.parametrize("text", ["", "soon", "1900-01-01", "9999-12-31T23:59:59", "0001-01-01", "99999999999999999"])
def test_what_is_no_time_is_odd(text: str) -> None:
    assert Clock(["iso", "epoch", US], ANGELES).read(text) == (None, Odd.TIME_UNREAD)


def test_hours_that_daylight_saving_took_and_gave() -> None:
    clock = Clock(["iso"], ANGELES)
    assert clock.read("2026-03-08T02:30:00") == (utc(2026, 3, 8, 10, 30), Odd.TIME_GAP)
    assert clock.read("2026-11-01T01:30:00") == (utc(2026, 11, 1, 8, 30), Odd.TIME_FOLD)
    # after 01:50 of the first, 01:10 can only be of the second
    assert clock.read("2026-11-01T01:10:00", utc(2026, 11, 1, 8, 50)) == (utc(2026, 11, 1, 9, 10), Odd.TIME_FOLD)
    assert clock.read("2026-11-01T02:00:00") == (utc(2026, 11, 1, 10), None)


@pytest.mark.parametrize(
    "text",
    ["POINT (104.06 30.67)", "point(104.06 30.67)", "(30.67, 104.06)", "30.67 104.06",
     "{'type': 'Point', 'coordinates': [104.06, 30.67]}", "SRID=4326;POINT(104.06 30.67)"],
)  # fmt: skip
def test_points_are_read(text: str) -> None:
    assert read_point(text, lat_first=True) == ("104.06", "30.67")


def test_places_that_are_wrong() -> None:
    box = [103.0, 30.0, 105.0, 31.0]
    assert read_place("104.06", "30.67", box) == (Point(104.06, 30.67), None)
    assert read_place("104,06", "30,67", None) == (Point(104.06, 30.67), None)
    assert read_place("30.67", "104.06", None) == (Point(104.06, 30.67), Odd.PLACE_SWAPPED)
    assert read_place("30.67", "80.0", [79, 30, 81, 31]) == (Point(80.0, 30.67), Odd.PLACE_SWAPPED)
    assert read_place("0", "0.0", box) == (None, Odd.PLACE_ZERO)
    assert read_place("10.0", "20.0", box) == (Point(10.0, 20.0), Odd.PLACE_OUTSIDE)
    for lon, lat in (("x", "1"), ("nan", "1"), ("500", "600"), ("1", "inf")):
        assert read_place(lon, lat, None) == (None, Odd.PLACE_UNREAD)
    assert read_point("somewhere", lat_first=True) is None


def table(folder: Path, content: bytes, encoding: str | None = None) -> Table:
    (folder / "t.csv").write_bytes(content)
    return Table(folder / "t.csv", encoding=encoding)


@pytest.mark.parametrize(
    ("encoding", "words"),
    [("utf-8", "东桥 Café"), ("utf-8-sig", "东桥"), ("utf-16", "东桥"), ("gb18030", "广州市天河区体育西路"),
     ("latin-1", "Straße des 17. Juni, Café")],
)  # fmt: skip
def test_encodings_are_found(tmp_path: Path, encoding: str, words: str) -> None:
    rows = table(tmp_path, f'a,b\n1,"{words}"\n'.encode(encoding))
    assert rows.header == ["a", "b"] and [row.cells for row in rows.rows()] == [["1", words]]


def test_a_quote_that_is_not_closed_takes_one_row_only(tmp_path: Path) -> None:
    content = 'a,b,c\n1,"x\ny",3\n\n2,"open,4\n3,5,6\n4,5\n5,6,7,8\n6,"open at the end,9\n'
    assert list(table(tmp_path, content.encode()).rows()) == [
        Row(2, ["1", "x\ny", "3"]),
        Row(5, ["2", "open", "4"], (Odd.ROW_QUOTE,)),
        Row(6, ["3", "5", "6"]),
        Row(7, ["4", "5", ""], (Odd.ROW_CELLS,)),
        Row(8, ["5", "6", "7"], (Odd.ROW_CELLS,), extra="8"),
        Row(9, ["6", "open at the end", "9"], (Odd.ROW_QUOTE,)),
    ]
    many = "a,b\n" + '1,"open\n' + "".join(f"{n},x\n" for n in range(1000))
    assert [row.cells[0] for row in table(tmp_path, many.encode()).rows()] == ["1", *map(str, range(1000))]


def calls(folder: Path, text: str, mapping: str = MAPPING) -> CallsFile:
    (folder / "calls.csv").write_text(text, "utf-8")
    (folder / "mapping.yaml").write_text(mapping, "utf-8")
    return CallsFile(folder / "calls.csv", folder / "mapping.yaml", make_pack())


def test_what_cannot_be_read_is_kept_as_words(tmp_path: Path) -> None:
    at = "2026-03-01 08:00:00"
    text = ",".join(HEADER) + "\n" + f'C1,E1,Water,1,{at},{at},later,,,"East\nbridge\0",x,y\n'
    of = calls(tmp_path, text)
    (record,) = of.records(NOW)
    assert record.id == incident_id("C1") and record.at == HERE and record.place.zh == "East bridge"
    assert record.text.zh == "C1; E1 En route: later; x, y"
    assert [dict(one.times) for one in record.sendings] == [{"notified": utc(2026, 3, 1)}]
    assert of.odd.counts == {
        Odd.UNIT_UNKNOWN: 1, Odd.TIME_UNREAD: 1, Odd.TIME_MISSING: 2, Odd.TEXT_CONTROL: 1, Odd.PLACE_UNREAD: 1,
        Odd.PLACE_MISSING: 1, Odd.NOT_CLEARED: 1,
    }  # fmt: skip
    assert of.odd.examples[Odd.TIME_UNREAD] == [(2, "En route = later")]


def test_one_row_a_call_with_date_and_time_apart(tmp_path: Path) -> None:
    mapping = """\
source: seattle
columns: {call_id: Incident Number, type: Type, received: [Date, Time], address: Address, point: Location}
time_format: "%m/%d/%Y %I:%M %p"
zone: America/Los_Angeles
point_order: lon_lat
matter: flood
agency: fire
"""
    text = "Address,Type,Date,Time,Location,Incident Number\n1 Main St,Aid Response,07/01/2026,1:30 PM,-122.3 47.6,F1\n"
    (record,) = calls(tmp_path, text, mapping).records(NOW)
    assert record.received_at == utc(2026, 7, 1, 20, 30) and record.at == Point(-122.3, 47.6) and not record.sendings
    assert record.title.en == "Aid Response" and record.level == make_pack().matters["flood"].level


def test_records_come_by_when_they_begin(tmp_path: Path) -> None:
    lines = [",".join(HEADER)]
    for minute in (30, 10, 20):
        at = f"2026-03-01 08:{minute}:00"
        lines += [f"C{minute},E1,Water,1,{at},{at},,,,,,"]
    lines += [",E1,Water,1,,,,,,,,", "C30,E2,Fire,1,,2026-03-01 07:00:00,,,,,,"]
    of = calls(tmp_path, "\n".join(lines))
    found = list(of.records(NOW))
    assert [one.text.zh for one in found] == ["C30; Fire", "C10", "C20", ""]
    assert found[-1].received_at == NOW and found[0].begins_at == utc(2026, 2, 28, 23)
    assert of.odd.counts[Odd.ROWS_APART] == of.odd.counts[Odd.CALL_DIFFERS] == of.odd.counts[Odd.NO_CALL_ID] == 1
    assert of.odd.counts[Odd.NO_TIME] == 1


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("unit: Unit", "unit: Unot", 4, "There is no column Unot. Did you mean Unit?"),
        ("zone: Asia/Shanghai", "zone: Asia/Peking", 16, "There is no time zone Asia/Peking."),
        ("iso, epoch]", "iso, '%Q']", 15, "“%Q” is no time format"),
        ("matter: flood", "matter: fluud", 17, "There is no matter fluud. Did you mean flood?"),
        ('{"1": red}', '{"1": rad}', 20, "Did you mean red?"),
        ("agency: fire", "agency: fire\ncrs: GCJ-02", 22, "The coordinates are GCJ-02; only WGS-84 is taken here."),
        ("agency: fire", "agncy: fire", 21, "agncy is not known."),
        ("  latitude: Lat\n", "", 2, "Name both longitude and latitude, or neither."),
        ("zone: Asia/Shanghai", "zone: Asia/Shanghai\nencoding: utf-99", 17, "There is no encoding utf-99."),
    ],
)
def test_a_wrong_mapping_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    assert old in MAPPING
    with pytest.raises(FileProblems) as error:
        calls(tmp_path, ",".join(HEADER) + "\n", MAPPING.replace(old, new))
    told = [(one.file, one.line, one.message.en) for one in error.value.problems]
    assert any(file == "mapping.yaml" and at == line and said in text for file, at, text in told), told
    assert all(one.message.zh for one in error.value.problems)


def test_the_clock_and_the_file_agree_on_a_year_of_hours() -> None:
    """Every hour of a zone with daylight saving comes back, but for the one that is skipped."""
    clock, at, odd = Clock(["iso"], ANGELES), utc(2026, 1, 1), 0
    while at.year == 2026:
        local = at.astimezone(ANGELES).replace(tzinfo=None)
        found, said = clock.read(local.isoformat(), at - timedelta(minutes=30))
        assert found == at
        odd += said is not None
        at += timedelta(hours=1)
    assert odd == 2  # the hour that came twice


def test_the_mapping_that_is_shipped_fits_what_the_city_publishes(tmp_path: Path) -> None:
    header = (
        "Call Number,Unit ID,Incident Number,Call Type,Call Date,Watch Date,Received DtTm,Entry DtTm,Dispatch DtTm,"
        "Response DtTm,On Scene DtTm,Transport DtTm,Hospital DtTm,Call Final Disposition,Available DtTm,Address,City,"
        "Final Priority,Location,RowID"
    )
    day = "12/31/2016"
    line = (
        f"1,E39,2,Alarms,{day},{day},{day} 11:57:56 PM,,{day} 11:59:42 PM,01/01/2017 12:01:47 AM,,,,Fire,"
        '01/01/2017 12:24:11 AM,1 Main St,San Francisco,3,"(37.745858648581, -122.456664252061)",1-E39'
    )
    (tmp_path / "calls.csv").write_text(f"{header}\n{line}\n")
    pack = load_pack(resources.path("packs", "dongguan-houjie"))
    of = CallsFile(tmp_path / "calls.csv", resources.path("mappings", "san-francisco-fire.yaml"), pack)
    (record,) = of.records(NOW)
    assert (record.matter, record.level.value, record.place.en) == ("smoke", "red", "1 Main St San Francisco")
    assert (
        record.at == Point(-122.456664252061, 37.745858648581) and record.text.en == "1; Call Final Disposition: Fire"
    )
    (sending,) = record.sendings
    assert sending.agency == "fire" and sending.times["done"] == utc(2017, 1, 1, 8, 24, 11)


def test_ids_are_their_own_and_lie_together() -> None:
    ids = [
        made_id("a", f"F{2600 + number}", *parts) for number in range(50) for parts in ((), ("E1", "1"), ("E1", "2"))
    ]
    assert len(set(ids)) == 150 and [one[:13] for one in ids] == sorted(one[:13] for one in ids)
    assert {UUID(one).version for one in ids} == {8} and UUID(ids[0]).variant == "specified in RFC 4122"
    assert made_id("a", "F2600") == ids[0] != made_id("b", "F2600") and made_id("a", "x") != made_id("a", "y")
    assert UUID(made_id("a", "9" * 300)).version == 8
