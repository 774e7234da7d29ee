"""`yiping export lists` and `yiping import lists`, as typed."""

import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from console.desk.files import DeskFiles
from console.domain.lists import Listed
from console.store.store import Store
from tests.support_wait import WAIT_S

PASSWORD = "yiping-demo"


def yiping(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "console", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=WAIT_S, check=False)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The folder of a desk that ran once."""
    files = DeskFiles(tmp_path / "data")
    Store.open(files.database, files.key()).close()
    return files.folder


def test_lists_go_out_and_come_back(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "lists.xlsx"
    with_data = ("--data", data, "--pack", "dongguan-houjie")
    out = yiping("export", "lists", "-o", file, *with_data)
    assert out.returncode == 0 and "行 lines" in out.stdout
    same = yiping("import", "lists", file, *with_data, "--dry-run")
    assert same.returncode == 0 and "0 修改 changed" in same.stdout and "0 未收 refused" in same.stdout

    book = load_workbook(file)
    sheet = book["事项 Matter"]
    rows = {sheet.cell(row, 1).value: row for row in range(2, sheet.max_row + 1)}
    sheet.cell(rows["garbage"], 6).value = "Rubbish"
    sheet.cell(rows["spill"], 7).value = "plaid"
    book.save(file)
    looked = yiping("import", "lists", file, *with_data, "--dry-run", "--lang", "en")
    assert looked.returncode == 1 and f"Matter:{rows['garbage']}: Changed Rubbish Name (English)" in looked.stdout
    assert f"Matter:{rows['spill']}: Level: plaid is none of" in looked.stdout
    who = ("--user", "duty", "--password")
    assert yiping("import", "lists", file, *with_data, *who, "wrong").returncode == 2
    nobody = yiping("import", "lists", file, *with_data, "--user", "tingshan", "--password", PASSWORD)
    assert nobody.returncode == 2 and "厚街镇" in nobody.stderr

    taken = yiping("import", "lists", file, *with_data, *who, PASSWORD)
    assert taken.returncode == 1 and (tmp_path / "lists-未收.xlsx").exists()
    files = DeskFiles(data)
    store = Store.open(files.database, files.key(), read_only=True)
    with store.read() as view:
        (row,) = view.every(Listed)
        (entry,) = view.last_entries(store.device, 5)
    store.close()
    assert row.id == "dongguan/houjie#matter:garbage" and entry.author == "duty"


def test_where_no_desk_ever_was(tmp_path: Path) -> None:
    file = tmp_path / "lists.xlsx"
    where = ("--data", tmp_path, "--pack", "dongguan-houjie")
    assert yiping("export", "lists", "-o", file, *where).returncode == 0  # the pack's own
    ended = yiping("import", "lists", file, *where)
    assert ended.returncode == 2 and "请先启动席位" in ended.stderr
    (tmp_path / "bad.xlsx").write_text("no")
    ended = yiping("import", "lists", tmp_path / "bad.xlsx", *where, "--dry-run")
    assert ended.returncode == 2 and "不是 XLSX" in ended.stderr and "Traceback" not in ended.stderr
