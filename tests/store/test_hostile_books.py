"""Workbooks that are none, or mean harm: a clear sentence, never a crash, and nothing is taken."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from console.domain.errors import KnownError
from console.domain.phrases import both
from console.store.list_book import export, preview
from tests.support_pack import make_pack

MATTERS = "事项 Matter"


@pytest.fixture
def good(tmp_path: Path) -> Path:
    file = tmp_path / "good.xlsx"
    export(file, make_pack(), (), "zh")
    return file


def refused(file: Path, says: str) -> None:
    with pytest.raises(KnownError) as caught:
        preview(file, make_pack(), ())
    said = both(caught.value.phrase)
    assert says in said.zh and said.en and file.name in said.zh


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0" * 200, "编号,名称\n".encode("gb18030")])
def test_what_is_no_workbook(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.xlsx"
    file.write_bytes(content)
    refused(file, "不是 XLSX")


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    file = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * 130_000_000)
    assert file.stat().st_size < 1_000_000
    refused(file, "解开后")


def test_many_parts_and_entities(tmp_path: Path, good: Path) -> None:
    many = tmp_path / "many.xlsx"
    with zipfile.ZipFile(many, "w") as packed:
        for number in range(500):
            packed.writestr(f"{number}.xml", "")
    refused(many, "解开后")
    laughs = tmp_path / "laughs.xlsx"
    with zipfile.ZipFile(good) as whole, zipfile.ZipFile(laughs, "w") as packed:
        for part in whole.infolist():
            text = whole.read(part)
            packed.writestr(part, b'<!DOCTYPE x [<!ENTITY a "b">]>' + text if "sheet1" in part.filename else text)
    refused(laughs, "DOCTYPE")


def test_merged_cells(good: Path) -> None:
    book = load_workbook(good)
    book[MATTERS].merge_cells("A2:A3")
    book.save(good)
    refused(good, "A2:A3")


def test_fifty_thousand_rows(tmp_path: Path) -> None:
    file = tmp_path / "long.xlsx"
    book = Workbook(write_only=True)
    sheet = book.create_sheet(MATTERS)
    for number in range(50_000):
        sheet.append([f"m{number}"])
    book.save(file)
    refused(file, "5000 行")


def test_a_size_that_lies(good: Path) -> None:
    """A sheet that says it has a million columns, and a cell far away."""
    book = load_workbook(good)
    book[MATTERS]["XFD2"] = "far"
    book.save(good)
    assert preview(good, make_pack(), ()).refused == ()


def test_headings_that_are_gone_or_there_twice(good: Path) -> None:
    book = load_workbook(good)
    sheet = book[MATTERS]
    sheet["B1"], sheet["C1"] = "编号 Id", "colour"
    book.save(good)
    found = preview(good, make_pack(), ())
    said = " ".join(problem.message.zh for problem in found.problems)
    assert "出现了两次" in said and "不认识 colour" in said and "缺少 国标代码" in said
    assert not [one for one in found.read if one.kind.value == "matter"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_ever_crashes_the_preview(good: Path, tmp_path: Path, data: st.DataObject) -> None:
    whole = good.read_bytes()
    with zipfile.ZipFile(good) as packed:
        name = data.draw(st.sampled_from([p.filename for p in packed.infolist() if p.filename.endswith(".xml")]))
        text = packed.read(name)
        start = data.draw(st.integers(0, len(text)))
        junk = data.draw(st.sampled_from([b"", b"<", b"</c>", b"\x00", b"999999999", b'"', b"<v>x</v>", b't="e"']))
        damaged = text[:start] + junk + text[data.draw(st.integers(start, min(len(text), start + 60))) :]
        file = tmp_path / "damaged.xlsx"
        with zipfile.ZipFile(file, "w") as made:
            for part in packed.infolist():
                made.writestr(part, damaged if part.filename == name else packed.read(part))
    try:
        preview(file, make_pack(), ())
    except KnownError as error:
        assert both(error.phrase).zh
    assert good.read_bytes() == whole
