"""The paper forms say what is on record, on every page and in both languages, printed and as a Word document."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zipfile import ZipFile

import pytest
from docx import Document
from docx.document import Document as Doc
from docx.oxml.ns import qn
from pypdf import PdfReader

from console.domain.log import Kind, Note
from console.domain.words import Label, Lang
from console.reports.entries import words
from console.reports.forms import Form, to_html, told
from console.reports.incident import IncidentReport, to_pdf
from console.reports.word_forms import to_docx
from console.reports.word_incident import to_docx as incident_docx
from console.reports.words_forms import FORMS
from tests import support_forms as shift

HOSTILE = '</td></table><script>alert("x")</script>\x0b\u202e<img src="file:///etc/hostname">'
MADE: dict[str, Callable[..., Form]] = {
    "ics309": shift.communications,
    "ics214": shift.activities,
    "handover": shift.handed_over,
}
BLOCKS = {"ics309": [f"309_{n}" for n in range(1, 9)], "ics214": [f"214_{n}" for n in range(1, 9)]}


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def printed(form: Form, lang: Lang = "zh") -> list[str]:
    """The text of each page."""
    return [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(to_pdf(to_html(form, lang)))).pages]


def opened(made: bytes) -> Doc:
    return Document(io.BytesIO(made))


def typed(document: Doc) -> str:
    """All of its text: body, header and footer."""
    section = document.sections[0]
    roots = (document.element.body, section.header._element, section.footer._element)
    return squeezed("".join(text.text or "" for root in roots for text in root.iter(qn("w:t"))))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", MADE)
def test_both_say_the_same(kind: str, lang: Lang) -> None:
    form = MADE[kind]()
    for text in ("".join(printed(form, lang)), typed(opened(to_docx(form, lang)))):
        for key in BLOCKS.get(kind, ["cases", "waiting", "filtered", "notes", "remarks", "sign_giving", "sign_taking"]):
            assert squeezed(FORMS[key].text(lang)) in text
        wanted = [form.centre, form.author]
        entries = [e for e in form.entries if kind != "handover" or e.note.kind is Kind.NOTE]
        entries = [e for e in entries if kind != "ics309" or e.note.kind is not Kind.SYSTEM]
        assert len(entries) >= 3
        for entry in entries:
            assert squeezed(words(entry, lang)) in text
            assert f"{entry.at.astimezone(shift.ZONE):%H:%M}" in text
        assert all(squeezed(label.text(lang)) in text for label in wanted)
        assert "UTC+08:00" in text
        assert "Corrected,seeno.6" in text or "已更正，见第6条" in text


def test_the_handover_says_what_is_open_and_for_how_long() -> None:
    form = shift.handed_over()
    for text in ("".join(printed(form)), typed(opened(to_docx(form, "zh")))):
        for wanted in ("I34", "I36", "处置", "派遣", "水务分局", "超时0时12分", "余6时00分", "在外2，到场1"):
            assert wanted in text
        for wanted in (
            "万达广场客流上升快",
            "云雾蒸汽",
            "已恢复",
            "王值班员",
            "2号泵站钥匙在值班室",
            "未完任务3，其中必做1",
        ):
            assert wanted in text
    signed = replace(form, signed_at=shift.END)
    assert "已在系统签认2026-06-1220:00" in "".join(printed(signed))
    assert "已在系统签认2026-06-1220:00" in typed(opened(to_docx(signed, "zh")))


@pytest.mark.parametrize("kind", ["ics309", "ics214"])
def test_a_long_log_has_its_head_and_its_page_number_on_every_page(kind: str) -> None:
    form = MADE[kind](shift.many())
    pages = printed(form)
    assert len(pages) > 3
    for number, page in enumerate(pages, 1):
        for key in BLOCKS[kind][:5]:
            assert squeezed(FORMS[key].zh) in page or key == "309_5"
        assert f"第{number}页，共{len(pages)}页" in page
        assert "I34河道水位超警" in page
    text = "".join(pages)
    assert [text.count(f"第{n:03}条") for n in range(1, 181)] == [1] * 180
    document = opened(to_docx(form, "zh"))
    log = document.tables[-1]
    heads = [row for row in log._tbl.tr_lst if row.trPr is not None and row.trPr.find(qn("w:tblHeader")) is not None]
    assert len(heads) == (3 if kind == "ics309" else 2)  # Word repeats them
    fields = [text.text.strip() for text in document.sections[0].footer._element.iter(qn("w:instrText"))]
    assert fields == ["PAGE", "NUMPAGES"]
    assert "I34河道水位超警" in squeezed("".join(c.text for t in document.sections[0].header.tables for c in t._cells))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_empty_form_is_one_ruled_page(lang: Lang) -> None:
    for form in (
        shift.communications([], incident=None),
        shift.activities([], incident=None, resources=[]),
        shift.handed_over(cases=[], alarms=[], entries=[], taking=None, remarks="", opened=0, closed=0),
    ):
        pages = printed(form, lang)
        assert len(pages) == 1
        none = {"ics309": "no_traffic", "ics214": "no_activities", "handover": "no_cases"}[told(form, lang)["code"]]
        assert squeezed(FORMS[none].text(lang)) in pages[0]
        assert squeezed(FORMS[none].text(lang)) in typed(opened(to_docx(form, lang)))


def test_who_sent_has_the_number_and_who_heard_has_it() -> None:
    rows = told(shift.communications(), "zh")["rows"]
    sent, heard = rows[0], rows[1]
    assert (sent["from"], sent["from_number"], sent["to_number"]) == ("李值班员", "2", "")
    assert (heard["from"], heard["from_number"], heard["to"], heard["to_number"]) == ("消防 1 车", "", "李值班员", "3")
    assert not any(row["text"].startswith("告警确认") for row in rows)  # the system's own acts are no traffic


def test_a_correction_strikes_the_old_and_stands_beside_it() -> None:
    document = opened(to_docx(shift.communications(), "zh"))
    runs = [run for table in document.tables for cell in table._cells for p in cell.paragraphs for run in p.runs]
    assert {run.text for run in runs if run.font.strike} == {"转移 12 户,安置在珊美小学"}
    assert '<span class="typed old">转移 12 户' in to_html(shift.communications(), "zh")


@pytest.mark.parametrize("kind", MADE)
def test_nothing_typed_does_harm(kind: str) -> None:
    said = shift.entries([Note(Kind.NOTE, Label(HOSTILE, HOSTILE), text=HOSTILE)])
    form = MADE[kind](entries=said) if kind == "handover" else MADE[kind](said)
    form = replace(form, centre=Label('A " B </style><b>', "x"), author=Label(HOSTILE, HOSTILE))
    html = to_html(form, "zh")
    assert "<script" not in html and "<img" not in html
    assert "alert" in "".join(printed(form))
    made = to_docx(form, "zh")
    assert "alert" in typed(opened(made))
    with ZipFile(io.BytesIO(made)) as parts:
        assert b"<script" not in parts.read("word/document.xml")


@pytest.mark.parametrize("kind", MADE)
def test_a_drill_is_marked_in_both(kind: str) -> None:
    form = replace(MADE[kind](), drill=Label("六月防汛演练", "June flood drill"), simulated=True)
    for text in ("".join(printed(form)), typed(opened(to_docx(form, "zh")))):
        assert "演练文书：六月防汛演练" in text
        assert "含模拟数据" in text


def test_a_period_of_days_says_the_day_of_each_line() -> None:
    form = shift.communications(until=shift.END + timedelta(days=1))
    assert told(form, "zh")["rows"][0]["time"] == "06-12 08:08"
    with pytest.raises(ValueError, match="time zone"):
        replace(form, generated_at=datetime(2026, 6, 12))
    east = replace(form, generated_at=datetime(2026, 6, 12, 12, tzinfo=UTC))
    assert told(east, "en")["zone"] == "UTC+00:00"
    assert told(east, "en")["rows"][0]["time"] == "06-12 00:08"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_incident_report_is_a_word_document_too(report: IncidentReport, lang: Lang) -> None:
    document = opened(incident_docx(report, lang))
    text = typed(document)
    labels = [report.incident.title, report.incident.place, report.matter, report.centre, report.author]
    labels += [task.text for task in report.tasks] + [
        (report.names.units | report.names.agencies)[a.unit or a.agency] for a in report.assignments
    ]
    for wanted in [*(label.text(lang) for label in labels), *(words(entry, lang) for entry in report.entries)]:
        assert squeezed(wanted) in text
    assert report.entries[-1].hash in text
    assert len(document.inline_shapes) == len(report.pictures)
    assert document.core_properties.author == report.author.text(lang)
    changed = replace(report, entries=[replace(report.entries[0], hash="0" * 64), *report.entries[1:]])
    assert ("可能被改动" if lang == "zh" else "may have been changed".replace(" ", "")) in typed(
        opened(incident_docx(changed, lang))
    )
