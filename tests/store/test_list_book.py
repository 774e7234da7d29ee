"""The workbook of the three lists: it comes back as it went, edits come back exactly, mistakes are refused."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from openpyxl import Workbook, load_workbook

from console.domain.duty import Duty, Limit, Matter
from console.domain.lists import Listed, lists_of
from console.domain.words import Label
from console.domain.worktime import Measure, Span
from console.store.list_book import Change, Preview, export, keep_refused, preview
from console.store.packs import find_pack, load_pack
from tests.support_lists import LISTED, listed
from tests.support_pack import TOWN, make_pack

DEMO = load_pack(find_pack("dongguan-houjie", Path("/nonexistent")))
MATTERS, DUTIES, CARDS = "事项 Matter", "职责 Duty", "场景 Scene card"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_shipped_lists_go_round(tmp_path: Path, lang: Any) -> None:
    file = tmp_path / "lists.xlsx"
    count = export(file, DEMO, (), lang)
    found = preview(file, DEMO, ())
    assert found.refused == found.problems == found.lines == ()
    assert found.count(Change.SAME) == count == len(DEMO.matters) + len(DEMO.duties) + len(DEMO.cards)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=LISTED)
def test_any_edit_comes_back_exactly(tmp_path: Path, rows: list[Listed]) -> None:
    file, pack = tmp_path / "lists.xlsx", make_pack()
    for lang in ("zh", "en"):
        export(file, pack, rows, lang)  # type: ignore[arg-type]
        again = preview(file, pack, rows)
        assert (again.refused, again.problems, again.lines) == ((), (), ())
        fresh = preview(file, pack, ())
        assert (fresh.refused, fresh.problems) == ((), ())
        assert lists_of(pack, fresh.lines) == lists_of(pack, rows)


def edited(tmp_path: Path, sheet: str, cells: dict[str, Any], pack: Any = None, rows: Any = ()) -> Preview:
    """The shipped lists with some cells typed over."""
    file = tmp_path / "lists.xlsx"
    pack = pack or make_pack()
    export(file, pack, rows, "zh")
    book = load_workbook(file)
    for at, value in cells.items():
        book[sheet][at] = value
    book.save(file)
    return preview(file, pack, rows)


def test_a_typed_change_is_shown_with_its_columns(tmp_path: Path) -> None:
    found = edited(tmp_path, MATTERS, {"E2": "道路积水", "G2": "red"})
    (change,) = [one for one in found.read if one.change is Change.CHANGED]
    assert (change.row, change.name.zh) == (2, "道路积水")
    assert [field.zh for field in change.fields] == ["名称（中文）", "默认等级"]
    (line,) = found.lines
    assert isinstance(line.content, Matter) and line.id == f"{TOWN}#matter:flood" and line.content.level.value == "red"


def test_limits_are_typed_as_people_do(tmp_path: Path) -> None:
    cells = {"J2": "1.5", "M2": "2工作时", "N2": "5wd", "L2": 30, "K2": "3 working hours"}
    (line,) = edited(tmp_path, DUTIES, cells).lines
    assert isinstance(line.content, Duty)
    assert line.content.limit(Limit.ACK) == Span(30) or line.content.limits
    assert {Span(1.5), Span(2, Measure.WORK_HOURS), Span(5, Measure.WORK_DAYS), Span(30)} <= set(
        line.content.limits.values()
    )


def test_lines_are_struck_off_and_restored(tmp_path: Path) -> None:
    found = edited(tmp_path, MATTERS, {"J2": "是"})
    assert [one.change for one in found.read if one.change is not Change.SAME] == [Change.STRUCK]
    assert found.lines == (Listed(f"{TOWN}#matter:flood", TOWN, None),)
    assert "flood" not in lists_of(make_pack(), found.lines).matters
    back = edited(tmp_path, MATTERS, {"J2": None}, rows=found.lines)
    assert [one.change for one in back.read if one.kind.value == "matter"] == [Change.RESTORED]
    assert lists_of(make_pack(), back.lines) == lists_of(make_pack())


def test_what_is_not_in_the_workbook_stays(tmp_path: Path) -> None:
    file = tmp_path / "lists.xlsx"
    export(file, DEMO, (), "zh")
    book = load_workbook(file)
    book[MATTERS].delete_rows(3, 20)
    del book[CARDS]
    book.save(file)
    found = preview(file, DEMO, ())
    assert found.lines == () and found.refused == ()
    assert [problem.message.zh for problem in found.problems] == ["没有工作表“场景 Scene card”,这一张清单保持不变。"]


@pytest.mark.parametrize(
    ("sheet", "cells", "says"),
    [
        (MATTERS, {"A3": "x", "E3": "甲"}, "名称（英文）"),
        (MATTERS, {"G2": "橙"}, "可选值"),
        (MATTERS, {"H2": "受理、结案"}, "从“上报”"),
        (MATTERS, {"E2": "=1+1"}, "公式"),
        (MATTERS, {"B2": "=0101"}, "公式"),
        (MATTERS, {"A3": "flood", "E3": "甲", "F3": "A", "G3": "red", "H3": "上报、结案"}, "重复"),
        (MATTERS, {"A3": "甲"}, "编号"),
        (MATTERS, {"J2": "也许"}, "应是“是”"),
        (MATTERS, {"A3": "nothing", "J3": "是"}, "没有"),
        (MATTERS, {"E2": "甲" * 121}, "最多"),
        (MATTERS, {"I2": "code | 名 | Name | number | 是 | a/b | more | still"}, "键: 值"),
        (DUTIES, {"D2": "police"}, "没有单位 police"),
        (DUTIES, {"D2": "fier"}, "是不是 fire"),
        (DUTIES, {"E2": "fire"}, "重复"),
        (DUTIES, {"J2": "很快"}, "读不懂"),
        (DUTIES, {"J2": "9000wd"}, "工作日"),
        (DUTIES, {"J2": "0"}, "大于 0"),
        (DUTIES, {"J2": __import__("datetime").datetime(2026, 1, 5)}, "日期"),
        (DUTIES, {"B2": "moon"}, "没有区域"),
        (DUTIES, {"A2": "moon"}, "没有事项"),
        (CARDS, {"A2": "c", "B2": "flood", "C2": "卡", "D2": "Card", "G2": "25-3"}, "整点"),
        (CARDS, {"A2": "c", "B2": "flood", "C2": "卡", "D2": "Card", "I2": "fly | 1 | 飞 | Fly"}, "没有能力"),
        (CARDS, {"A2": "c", "B2": "flood", "C2": "卡", "D2": "Card", "K2": "做 | Do | nobody"}, "任务第 1 行"),
        (CARDS, {"A2": "c", "B2": "flood", "C2": "卡", "D2": "Card", "M2": "many"}, "整数"),
    ],
)  # fmt: skip
def test_a_row_with_a_mistake_is_refused_and_says_why(
    tmp_path: Path, sheet: str, cells: dict[str, Any], says: str
) -> None:
    found = edited(tmp_path, sheet, cells)
    (one,) = found.refused
    row = int(next(iter(cells))[1:])
    assert one.row == row and any(says in why.zh for why in one.why), one.why
    assert all(why.en for why in one.why)
    assert found.lines == () or sheet == CARDS


def test_what_is_refused_can_be_corrected_and_read_again(tmp_path: Path) -> None:
    pack, file = make_pack(), tmp_path / "lists.xlsx"
    cells = {"A3": "storm", "E3": "暴雨", "F3": "Storm", "G3": "plaid", "H3": "上报、派遣、结案"}
    found = edited(tmp_path, MATTERS, cells)
    kept = keep_refused(file, pack, (), found, "zh")
    assert kept == tmp_path / "lists-未收.xlsx"
    book = load_workbook(kept)
    assert "plaid 不在可选值内" in book[MATTERS]["K2"].value
    book[MATTERS]["G2"] = "橙色"
    book.save(kept)
    again = preview(kept, pack, ())
    assert again.refused == again.problems == ()
    (line,) = again.lines
    assert isinstance(line.content, Matter) and line.content.name == Label("暴雨", "Storm")


def test_a_new_matter_may_be_named_by_the_other_sheets(tmp_path: Path) -> None:
    pack, file = make_pack(), tmp_path / "lists.xlsx"
    matter = replace(pack.matters["flood"], code="storm")
    duty = replace(pack.duties["flood"], matter="storm", area="", tier=None)
    export(file, pack, [listed(matter), listed(duty)], "en")
    found = preview(file, pack, ())
    assert [one.change for one in found.read if one.change is not Change.SAME] == [Change.ADDED, Change.ADDED]


def test_the_workbook_is_made_to_be_worked_in(tmp_path: Path) -> None:
    file = tmp_path / "lists.xlsx"
    export(file, DEMO, (), "zh")
    book = load_workbook(file)
    assert [sheet.title for sheet in book if sheet.sheet_state == "visible"] == [MATTERS, DUTIES, CARDS]
    for sheet in (book[MATTERS], book[DUTIES], book[CARDS]):
        assert sheet.freeze_panes == "B2" and sheet.auto_filter.ref
        assert sheet.data_validations.dataValidation
        assert sheet.column_dimensions["A"].width > 10
    assert book[MATTERS]["A1"].value == "编号 Id"
    assert not any(isinstance(cell.value, int | float) for row in book[DUTIES].iter_rows() for cell in row)


def test_a_foreign_sheet_is_said(tmp_path: Path) -> None:
    file = tmp_path / "lists.xlsx"
    book = Workbook()
    book.active.title = "Sheet1"  # type: ignore[union-attr]
    book.save(file)
    found = preview(file, make_pack(), ())
    assert len(found.problems) == 4 and found.read == ()
