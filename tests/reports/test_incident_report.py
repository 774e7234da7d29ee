"""The incident report says everything that is on record, and nothing typed can do harm in it."""

import io
import re
import subprocess
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from console.domain.assignment import Assignment, Role, Status
from console.domain.incident import Stage
from console.domain.level import Level
from console.domain.log import Kind, Note, seal
from console.domain.phrases import say
from console.domain.words import Label, Lang, Phrase
from console.reports.incident import IncidentReport, Picture, to_html, to_pdf
from console.reports.intervals import clock, of_assignment, of_incident
from console.reports.names import Names
from console.reports.words import INCIDENT

HOSTILE = '</td></table><script>alert("x")</script><img src="file:///etc/hostname" onerror=alert(1)>'


def squeezed(text: str) -> str:
    """Text without the line breaks that a page put into it."""
    return re.sub(r"\s+", "", text)


@cache
def pages_of(html: str) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(to_pdf(html))).pages]


def printed(report: IncidentReport, lang: Lang = "zh") -> list[str]:
    """The text of each printed page."""
    return pages_of(to_html(report, lang))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_everything_on_record_is_printed(report: IncidentReport, lang: Lang) -> None:
    text = squeezed("".join(printed(report, lang)))
    labels = [
        report.incident.title,
        report.incident.place,
        report.incident.source,
        report.matter,
        report.centre,
    ]
    labels += [report.author, report.incident.level.label, *(task.text for task in report.tasks)]
    labels += [(report.names.units | report.names.agencies)[a.unit or a.agency] for a in report.assignments]
    labels += [entry.note.sender for entry in report.entries]
    labels += [picture.caption for picture in report.pictures]
    typed = [entry.note.text for entry in report.entries if entry.note.text]
    for wanted in [*(label.text(lang) for label in labels), *typed]:
        assert squeezed(wanted) in text
    times = [at for a in report.assignments for code, at in a.times.items() if code != Status.WORKING.value]
    for at in times + [e.at for e in report.entries]:
        assert at.astimezone(report.generated_at.tzinfo).strftime("%H:%M:%S") in text
    assert report.entries[-1].hash in text
    assert "I34" in text


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("marked", ["", "a drill", "still open"])
def test_the_first_page_is_the_report_and_the_rest_are_annexes(
    full_report: IncidentReport, lang: Lang, marked: str
) -> None:
    report = full_report
    if marked == "a drill":
        report = replace(report, drill=Label("六月防汛演练", "June flood drill"))
    elif marked == "still open":
        report = replace(report, incident=replace(report.incident, stage=Stage.IN_PROGRESS, closed_at=None))
    assert (len(report.assignments), len(report.tasks), len(report.entries)) == (8, 6, 45)
    first, *rest = [squeezed(page) for page in printed(report, lang)]

    def said(key: str, **args: object) -> str:
        return squeezed(INCIDENT[key].text(lang).format(**args))

    for assignment in report.assignments:
        for id in (assignment.unit, assignment.agency):
            assert id is None or squeezed((report.names.units | report.names.agencies)[id].text(lang)) in first
        for code, at in assignment.times.items():
            assert code == Status.WORKING.value or f"{at.astimezone(report.generated_at.tzinfo):%H:%M:%S}" in first
        if assignment.at(Status.DONE):
            assert clock(of_assignment(assignment).total) in first
    for task in report.tasks:
        assert squeezed(task.text.text(lang)) in first
    stages = [stage.label.text(lang) for stage in report.incident.stages]
    keys = ("summary", "times", "assignments", "tasks", "annexes", "prepared", "reviewed", "approved")
    for wanted in [*map(said, keys), *map(squeezed, stages), squeezed(report.author.text(lang))]:
        assert wanted in first
    assert said("enclosed_log", count=45) in first
    numbers = "一二" if lang == "zh" else "12"
    pictures, log = (said("annex", number=n) + said(key) for n, key in zip(numbers, ("pictures", "log"), strict=True))
    assert pictures in rest[0]
    assert squeezed(report.pictures[1].caption.text(lang)) in rest[0]
    assert log in rest[1]
    opening = squeezed(say(report.entries[0].note.phrase, lang)) if report.entries[0].note.phrase else ""
    assert opening
    assert opening in rest[1]
    assert opening not in first
    assert report.entries[-1].hash in rest[-1]
    assert "2号泵站已开启" not in first


def test_more_than_one_page_holds_flows_on(full_report: IncidentReport) -> None:
    many = replace(full_report, assignments=[*full_report.assignments] * 4)
    pages = [squeezed(page) for page in printed(many)]
    assert sum(page.count("应急抢险1队应急管理分局") for page in pages) == 4
    assert "编制" in pages[1]
    assert "附件一现场与地图" in pages[2]


def test_no_pictures_no_annex_of_pictures(full_report: IncidentReport) -> None:
    first, second, *_ = [squeezed(page) for page in printed(replace(full_report, pictures=[]))]
    assert "一、通讯记录（45条）" in first
    assert "附件一通讯记录" in second


def test_it_reads_in_one_language(report: IncidentReport) -> None:
    silent = replace(report, entries=[e for e in report.entries if e.note.phrase])
    assert not re.search(r"[\u4e00-\u9fff]", to_html(silent, "en"))


def test_the_level_is_a_shape_and_a_word(report: IncidentReport) -> None:
    shapes = set()
    for level in Level:
        html = to_html(replace(report, incident=replace(report.incident, level=level)), "zh")
        mark = re.search(r'<div class="level"><svg.*?>(<.*?/>)</svg>(\S+?)</div>', html, re.DOTALL)
        assert mark is not None
        assert mark[2] == level.label.zh
        shapes.add(re.sub(r'(fill|stroke)="[^"]*"', "", mark[1]))
    assert len(shapes) == len(Level)


def test_intervals(report: IncidentReport) -> None:
    engine = of_assignment(report.assignments[1])
    said = [clock(engine.turnout), clock(engine.travel), clock(engine.on_scene), clock(engine.total)]
    assert said == ["1:01", "3:04", "20:48", "24:53"]
    course = of_incident(report.incident, report.assignments)
    assert [clock(getattr(course, name)) for name in course.__slots__] == [
        "0:17", "0:49", "3:12", "25:08", "35:05",
    ]  # fmt: skip
    first = printed(report)[0]
    for wanted in [said[-1], *(clock(getattr(course, name)) for name in course.__slots__)]:
        assert wanted in first


def test_missing_and_backward_times_give_no_interval(report: IncidentReport) -> None:
    at = report.incident.opened_at
    times = {"notified": at, "en_route": at + timedelta(minutes=9), "on_scene": at + timedelta(minutes=4)}
    odd = Assignment("a9", "i34", "fire", Role.ASSIST, "xf1", times=times)
    spent = of_assignment(odd)
    assert spent.travel is None
    assert spent.on_scene is None
    assert spent.total is None
    assert clock(spent.travel) == "—"
    never = Assignment("a8", "i34", "fire", Role.ASSIST)
    assert of_assignment(never).turnout is None
    assert len(printed(replace(report, assignments=[odd, never]))) >= 2
    old = replace(odd, times={"notified": at, "done": at + timedelta(days=2)})
    assert "06-12 – 06-14" in printed(replace(report, assignments=[old]))[0]


def test_clock() -> None:
    assert clock(timedelta(seconds=5)) == "0:05"
    assert clock(timedelta(hours=26, minutes=1, seconds=2)) == "26:01:02"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_drill_and_simulated_are_on_every_page(long_report: IncidentReport, lang: Lang) -> None:
    marked = replace(long_report, drill=Label("六月防汛演练", "June flood drill"), simulated=True)
    words = [INCIDENT[key].text(lang) for key in ("drill", "simulated")]
    pages = printed(marked, lang)
    assert all(word in squeezed(page) for page in pages for word in words)
    assert squeezed(marked.drill.text(lang)) in squeezed(pages[0])  # type: ignore[union-attr]
    plain = printed(replace(long_report, drill=None, simulated=False), lang)
    assert not any(word in page for page in plain for word in words)


def test_a_long_log_goes_on_with_its_head_repeated(long_report: IncidentReport) -> None:
    pages = printed(long_report)
    carrying = [page for page in pages if re.search(r"第\d{3}条", page)]
    assert len(carrying) > 5
    assert all("序号" in page and "方式" in page for page in carrying)
    assert sorted(re.findall(r"第(\d{3})条", "".join(pages))) == [f"{n:03}" for n in range(1, 241)]
    for number, page in enumerate(pages, 1):
        assert f"第{number}页\uff0c共{len(pages)}页" in squeezed(page)
    assert "编制" in pages[0]
    assert "第001条" not in pages[0]


def test_hostile_text_is_inert_and_shown_as_typed(report: IncidentReport, caplog: pytest.LogCaptureFixture) -> None:
    label = Label(HOSTILE, HOSTILE)
    css = Label('"; } @page { content: url(http://127.0.0.1:9/x) } {{ 7*7 }} {0.__class__}', "x")
    entry = seal(
        Note(Kind.NOTE, label, css, text=HOSTILE),
        id="e1", device=HOSTILE, author="li", at=report.incident.opened_at, last=None,
    )  # fmt: skip
    attacked = replace(
        report,
        incident=replace(report.incident, title=label, place=css, source=label),
        matter=css,
        centre=label,
        author=label,
        drill=css,
        names=Names(agencies={"water": label}),
        tasks=[replace(report.tasks[0], text=label)],
        entries=[entry],
        pictures=[Picture(label, report.pictures[0].png)],
    )
    html = to_html(attacked, "zh")
    assert "<script" not in html
    assert html.count("<img ") == 1
    assert html.count("</table>") == to_html(replace(report, entries=[entry]), "zh").count("</table>")
    pages = printed(attacked)
    assert squeezed(HOSTILE) in squeezed("".join(pages))
    assert squeezed(css.zh) in squeezed("".join(pages))
    assert not caplog.records


def test_nothing_is_fetched(tmp_path: Path, report: IncidentReport) -> None:
    secret = tmp_path / "secret.png"
    Image.new("RGB", (50, 50), (250, 0, 0)).save(secret)
    reader = PdfReader(io.BytesIO(to_pdf(f'<img src="{secret.as_uri()}"><p>x</p>')))
    assert not list(reader.pages[0].images)


def test_control_characters_are_made_visible(report: IncidentReport) -> None:
    texts = ["前\x00后", "左\u202e右", "一\n二", "长" + "x" * 400]
    last, entries = None, []
    for number, text in enumerate(texts):
        last = seal(
            Note(Kind.NOTE, Label("甲", "A"), text=text),
            id=str(number), device="d", author="li", at=report.incident.opened_at, last=last,
        )  # fmt: skip
        entries.append(last)
    text = squeezed("".join(printed(replace(report, entries=entries))))
    assert "前\ufffd后" in text
    assert "左\ufffd右" in text
    assert "长" + "x" * 400 in text


def test_a_correction_points_both_ways(report: IncidentReport) -> None:
    text = squeezed("".join(printed(report)))
    assert "更正第7条" in text
    assert "见第8条" in text


def test_a_changed_entry_is_named(report: IncidentReport) -> None:
    whole = squeezed("".join(printed(report)))
    assert squeezed(INCIDENT["intact"].zh) in whole
    entries = list(report.entries)
    entries[4] = replace(entries[4], note=replace(entries[4].note, text="没有积水"))
    pages = [squeezed(page) for page in printed(replace(report, entries=entries))]
    text = "".join(pages)
    assert squeezed(INCIDENT["broken"].zh.format(numbers="5")) in pages[0]  # where it is signed
    assert squeezed(INCIDENT["broken"].zh.format(numbers="5")) in pages[-1]
    assert squeezed(INCIDENT["intact"].zh) not in text


def test_two_devices_have_two_chain_heads(report: IncidentReport) -> None:
    note = Note(Kind.NOTE, Label("乙", "B"), text="另一台")
    other = seal(note, id="z", device="desk-2", author="li", at=report.incident.opened_at, last=None)
    text = squeezed("".join(printed(replace(report, entries=[*report.entries, other]))))
    assert report.entries[-1].hash in text
    assert other.hash in text
    assert "desk-2/1" in text


def test_a_phrase_of_a_newer_desk_is_still_told(report: IncidentReport) -> None:
    note = Note(Kind.SYSTEM, Label("系统", "System"), phrase=Phrase("not_yet_known", {"what": Label("泵", "pump")}))
    entry = seal(note, id="n", device="d", author="li", at=report.incident.opened_at, last=None)
    assert "not_yet_known: 泵" in to_html(replace(report, entries=[entry]), "zh")


def test_an_open_incident_with_nothing_done_yet(report: IncidentReport) -> None:
    incident = replace(report.incident, stage=Stage.REPORTED, closed_at=None, lead=None, due_at=None)
    bare = replace(report, incident=incident, assignments=[], tasks=[], entries=[], pictures=[], simulated=False)
    for lang in ("zh", "en"):
        text = squeezed("".join(printed(bare, lang)))
        for key in ("kind_open", "no_assignments", "no_tasks", "no_entries", "prepared"):
            assert squeezed(INCIDENT[key].text(lang)) in text


def test_times_are_told_in_the_zone_of_the_desk_and_with_the_date_on_another_day(
    report: IncidentReport,
) -> None:
    late = report.incident.opened_at + timedelta(days=1)
    a = replace(report.assignments[0], times={**report.assignments[0].times, Status.DONE.value: late})
    text = "".join(printed(replace(report, assignments=[a])))
    assert "2025-06-12 14:29:41" in text
    assert "UTC+08:00" in text
    assert squeezed("06-13 14:29:41") in squeezed(text)


def test_a_time_without_a_zone_and_a_picture_that_is_none_are_refused(report: IncidentReport) -> None:
    with pytest.raises(ValueError, match="time zone"):
        replace(report, generated_at=datetime(2025, 6, 12, 12))
    with pytest.raises(ValueError, match="PNG"):
        Picture(Label("图", "Map"), b"<svg/>")


def test_the_same_report_prints_the_same_text_twice(report: IncidentReport) -> None:
    html = to_html(report, "zh")
    assert html == to_html(report, "zh")
    assert pages_of.__wrapped__(html) == printed(report)


def test_the_document_names_itself_and_its_type_is_embedded(report: IncidentReport, tmp_path: Path) -> None:
    file = tmp_path / "i34.pdf"
    file.write_bytes(to_pdf(to_html(report, "zh")))
    info = PdfReader(file).metadata
    assert info is not None
    assert info.title == "I34 河道水位超警 · 立沙桥 · 事件处置报告"
    assert info.author == "李值班员, 厚街镇指挥中心"
    fonts = subprocess.run(["pdffonts", file], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert fonts
    assert all("NotoSansCJK" in line.replace("-", "").replace(" ", "") or "Noto" in line for line in fonts)
    assert all(re.search(r"\s(yes)\s+(yes|no)\s+(yes|no)\s+\d+", line) for line in fonts)


def test_the_pages_are_left_to_be_looked_at(full_report: IncidentReport) -> None:
    shots = Path("build/shots")
    shots.mkdir(parents=True, exist_ok=True)
    for lang in ("zh", "en"):
        file = shots / f"report-{lang}.pdf"
        for old in shots.glob(f"report-{lang}-*.png"):
            old.unlink()
        file.write_bytes(to_pdf(to_html(full_report, lang)))
        subprocess.run(["pdftoppm", "-r", "80", "-png", file, file.with_suffix("")], check=True)
        pages = sorted(shots.glob(f"report-{lang}-*.png"))
        assert pages
        with Image.open(pages[0]) as first:
            assert abs(first.width / first.height - 210 / 297) < 0.01
            corner = first.convert("L").crop((0, 0, first.width, 20))
            assert corner.getextrema() == (255, 255)  # nothing runs off the paper
