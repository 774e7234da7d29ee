"""`yiping report` writes real documents of a real database, in use or not."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from docx import Document
from pypdf import PdfReader

from console.cli import main
from console.desk.files import DeskFiles
from console.domain.log import Kind, Note
from console.domain.operation import Actor, OpenIncident, WriteNote
from console.domain.words import Label
from console.store.packs import find_pack, load_pack
from console.store.store import Store
from console.sync.outbox import perform
from tests.support_forms import incident

NOW = datetime(2026, 6, 12, 4, tzinfo=UTC)  # 12:00 here


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    pack = load_pack(find_pack("dongguan-houjie", tmp_path / "packs"))
    user = next(iter(pack.users.values()))
    files = DeskFiles(tmp_path)
    store = Store.open(files.database, files.key(), areas=pack.areas)

    def act(minutes: int) -> Actor:
        return Actor(user.id, user.name, NOW + timedelta(minutes=minutes), pack.area)

    opened = incident(34, opened_at=NOW, matter=next(iter(pack.matters)), area=pack.area, lead=None)
    perform(store, OpenIncident(opened, Label("群众", "Citizen")), act(0))
    said = Note(Kind.RADIO, Label("消防 1 车", "Fire Engine 1"), user.name, "已过康乐路口", incident="i34")
    perform(store, WriteNote(said), act(5))
    perform(store, WriteNote(Note(Kind.NOTE, user.name, text="昨天的事")), act(-24 * 60))
    yield tmp_path  # open all the while, as under a running desk
    store.close()


def run(data: Path, *arguments: str) -> str:
    given = ["report", *arguments, "--data", str(data), "--pack", "dongguan-houjie"]
    done = CliRunner().invoke(main, given, catch_exceptions=False)
    return f"{done.exit_code}: {done.output}"


SPAN = ("--from", "2026-06-12T08:00", "--to", "2026-06-12 20:00")


@pytest.mark.parametrize("kind", ["ics309", "ics214", "incident", "handover"])
@pytest.mark.parametrize(("lang", "title"), [("zh", "河道水位超警"), ("en", "River above warning level")])
def test_every_document_in_both_forms(data: Path, kind: str, lang: str, title: str) -> None:
    for form in ("pdf", "docx"):
        file = data / f"{kind}.{form}"
        told = run(data, kind, *SPAN, "--incident", "i34", "--lang", lang, "-o", str(file))
        assert told.startswith("0:"), told
        if form == "pdf":
            text = "".join(page.extract_text() for page in PdfReader(file).pages)
        else:
            document = Document(io.BytesIO(file.read_bytes()))
            parts = [document, document.sections[0].header]
            text = "".join(cell.text for part in parts for table in part.tables for cell in table._cells)
            text += "".join(paragraph.text for paragraph in document.paragraphs)
        text = "".join(text.split())
        assert "".join(title.split()) in text
        if kind != "handover":  # which has notes only
            assert "已过康乐路口" in text
        assert "昨天的事" not in text


def test_the_form_is_told_by_the_name_or_asked(data: Path) -> None:
    assert run(data, "ics309", "-o", str(data / "x.txt")).startswith("2:")
    assert run(data, "ics309", "--format", "docx", "-o", str(data / "x.txt")).startswith("0:")
    assert (data / "x.txt").read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("incident", "-o", "x.pdf"), "--incident is needed"),
        (("incident", "--incident", "I99", "-o", "x.pdf"), "I99"),
        (("ics309", "--user", "nobody", "-o", "x.pdf"), "nobody"),
        (("ics309", "--from", "2026-06-13", "--to", "2026-06-12", "-o", "x.pdf"), "before"),
    ],
)
def test_what_cannot_be_is_said(data: Path, arguments: tuple[str, ...], said: str) -> None:
    told = run(data, *arguments)
    assert told.startswith("2:")
    assert said in told


def test_a_clock_that_was_set_back_is_marked(data: Path) -> None:
    """The fixture's last word is of a day before those that stand before it in the chain."""
    since = ("--from", "2026-06-10T08:00", "--to", "2026-06-12 20:00")
    whole = data / "all.docx"
    assert run(data, "ics309", *since, "--lang", "zh", "-o", str(whole)).startswith("0:")
    assert "△ 写这一条时时钟被拨慢:同一设备之前已记到 2026-06-12 12:05:00" in text_of(whole)


def text_of(file: Path) -> str:
    document = Document(str(file))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*cells, *(paragraph.text for paragraph in document.paragraphs)])
