"""The forms and the incident report as Word documents, from the same words as their printed pages."""

from typing import Any

from docx.document import Document as Doc
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from console.domain.words import Lang
from console.reports import word
from console.reports.forms import Form, told
from console.reports.word import Content, Text

SIGN_MM = 15.0


def to_docx(form: Form, lang: Lang) -> bytes:
    """A form as a .docx file."""
    given = told(form, lang)
    return word.to_bytes({"ics309": _ics309, "ics214": _ics214, "handover": _handover}[given["code"]](given))


def _new(given: dict[str, Any], margins: tuple[float, float, float, float], serif: bool = False) -> Doc:
    title = f"{given['said'](given['code'])} · {given['incident']}"
    return word.new(given["lang"], title=title, author=given["author"], margins=margins, serif=serif)


def _flags(holder: Any, given: dict[str, Any]) -> None:
    if given["flags"]:
        word.write(holder.paragraphs[0], Text(" · ".join(given["flags"]), bold=True, size=8.5), align="center")


def _pages(given: dict[str, Any]) -> list[Text]:
    return word.page_words(given["page_words"])


def _said(line: dict[str, Any], before: str = "") -> list[Text]:
    found = [Text(before)] if before else []
    found.append(Text(line["text"], strike=line["old"]))
    if line["remark"]:
        found.append(Text(f"\n{line['remark']}", italic=True, size=8))
    return found


def _ics309(given: dict[str, Any]) -> Doc:
    said, period, person = given["said"], given["period"], f"{given['author']}, {given['duty']}"
    document = _new(given, (54, 14, 32, 14))
    section = document.sections[0]
    _flags(section.header, given)
    head = word.table(section.header, [102, 80])
    word.row(head, [Text(said("ics309"), bold=True, size=14, heading=True)], spans=[2], centred=[0])
    span = [f"{said('from')} {' '.join(period['from'])}", f"{said('to')} {' '.join(period['to'])} ({given['zone']})"]
    word.row(head, [word.block(said("309_1"), given["incident"]), word.block(said("309_2"), *span)], height=12)
    word.row(head, [word.block(said("309_3"), given["net"]), word.block(said("309_4"), person)], height=10)
    section.header.add_paragraph().paragraph_format.line_spacing = 0.3
    foot = word.table(section.footer, [80, 58, 44])
    prepared = f"{given['prepared']} ({given['zone']})"
    cells = (word.block(said("309_6"), person), word.block(said("309_7"), prepared))
    word.row(foot, [*cells, word.block(said("309_8"), _pages(given))], height=10)
    word.write(
        section.footer.add_paragraph(),
        [Text(said("form309"), bold=True, size=8), Text(f"    {given['centre']}", size=8)],
    )
    _drop_first(section.footer)
    wide = 15 if period["from"][0] == period["to"][0] else 20
    body = word.table(document, [wide, 28, 14, 28, 14, 98 - wide])
    word.row(body, [said("309_5")], spans=[6], head=True, repeat=True)
    word.row(body, ["", said("sent_by"), said("sent_to"), ""], spans=[1, 2, 2, 1], head=True, repeat=True)
    heads = [said(key) for key in ("time24", "call", "number", "call", "number", "message")]
    word.row(body, heads, head=True, repeat=True)
    _merge_up(body, 0)
    _merge_up(body, 5)
    for line in given["rows"]:
        first = [line[key] for key in ("time", "from", "from_number", "to", "to_number")]
        word.row(body, [*first, _said(line)], centred=[0, 2, 4])
    if not given["rows"]:
        word.row(body, ["", "", "", "", "", said("no_traffic")], height=7)
    word.blank(body, given["blank"] - max(len(given["rows"]), 1))
    return _finished(document)


def _ics214(given: dict[str, Any]) -> Doc:
    said, period = given["said"], given["period"]
    document = _new(given, (51, 14, 32, 14))
    section = document.sections[0]
    _flags(section.header, given)
    title = section.header.add_paragraph()
    word.write(title, Text(said("ics214"), bold=True, size=14, heading=True), align="center")
    head = word.table(section.header, [62, 55, 65])
    dates = f"{said('date_from')} {period['from'][0]}    {said('date_to')} {period['to'][0]}"
    times = f"{said('time_from')} {period['from'][1]}    {said('time_to')} {period['to'][1]} ({given['zone']})"
    first = [word.block(said("214_1"), given["incident"]), word.block(said("214_2"), dates, times)]
    word.row(head, first, spans=[1, 2], height=12)
    keys = (("214_3", "author"), ("214_4", "duty"), ("214_5", "centre"))
    word.row(head, [word.block(said(key), given[of]) for key, of in keys], height=10)
    section.header.add_paragraph().paragraph_format.line_spacing = 0.3
    foot = word.table(section.footer, [47, 45, 90])
    by = (f"{said('name_colon')} {given['author']}", f"{said('title')} {given['duty']}")
    cells = [
        word.block(said("214_8"), by[0]),
        [Text("\n"), Text(by[1], size=9.5)],
        [Text("\n"), Text(said("signature"), size=9.5)],
    ]
    word.row(foot, cells, height=10)
    when = f"{said('date_time_colon')} {given['prepared']} ({given['zone']})"
    word.row(foot, [Text(said("form214"), bold=True), _pages(given), when])
    _drop_first(section.footer)
    list_ = word.table(document, [65, 45, 72])
    word.row(list_, [said("214_6")], spans=[3], head=True, repeat=True)
    word.row(list_, [said("name"), said("position"), said("agency")], head=True, repeat=True)
    for resource in given["resources"]:
        word.row(list_, resource)
    word.blank(list_, 8 - len(given["resources"]), 6)
    document.add_paragraph()
    body = word.table(document, [34, 148])
    word.row(body, [said("214_7")], spans=[2], head=True, repeat=True)
    word.row(body, [said("date_time"), said("activities")], head=True, repeat=True)
    for line in given["rows"]:
        word.row(body, [line["time"], _said(line, f"{line['who']}: ")], centred=[0])
    if not given["rows"]:
        word.row(body, ["", said("no_activities")], height=7)
    word.blank(body, given["blank"] - max(len(given["resources"]), 8) - max(len(given["rows"]), 1))
    return _finished(document)


def _handover(given: dict[str, Any]) -> Doc:
    said, lang, period = given["said"], given["lang"], given["period"]
    document = _new(given, (18, 16, 18, 16), serif=True)
    numerals = iter(said("numerals"))

    def heading(key: str) -> None:
        number = next(numerals)
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(10)
        paragraph.paragraph_format.space_after = Pt(3)
        paragraph.paragraph_format.keep_with_next = True
        text = f"{number}、{said(key)}" if lang == "zh" else f"{number}. {said(key)}"
        word.write(paragraph, Text(text, bold=True, size=11, heading=True))

    def grid(widths: list[float], heads: list[str], lines: list[list[Content]], none: str, centred: list[int]) -> None:
        if not lines:
            word.write(document.add_paragraph(), said(none))
            return
        made = word.table(document, widths)
        word.row(made, [said(key) for key in heads], head=True, repeat=True)
        for cells in lines:
            word.row(made, cells, centred=centred)

    if given["flags"]:
        word.write(document.add_paragraph(), Text(" · ".join(given["flags"]), bold=True, size=8.5), align="center")
    word.write(document.add_paragraph(), Text(given["centre"], size=12), align="center")
    title = " ".join(said("handover")) if lang == "zh" else said("handover")
    word.write(document.add_paragraph(), Text(title, bold=True, size=20, heading=True), align="center")
    facts = word.table(document, [24, 65, 24, 65])
    whole = f"{' '.join(period['from'])} — {' '.join(period['to'])} ({given['zone']})"
    name = {
        key: Text(said(key), bold=True, size=8.5, heading=True) for key in ("shift", "giving", "taking", "overview")
    }
    word.row(facts, [name["shift"], whole], spans=[1, 3], shaded=[0], centred=[0], height=7)
    giving = f"{given['author']} · {given['duty']}"
    cells = [name["giving"], giving, name["taking"], given["taking"]]
    word.row(facts, cells, shaded=[0, 2], centred=[0, 2], height=7)
    counts = [Text(f"\n{given['counts']}", size=8.5)] if given["counts"] else []
    word.row(facts, [name["overview"], [Text(given["summary"]), *counts]], spans=[1, 3], shaded=[0], centred=[0])
    heading("cases")
    cases = [_case(case) for case in given["cases"]]
    keys = [f"case_{key}" for key in ("code", "what", "level", "stage", "lead", "due", "out")]
    grid([12, 43, 17, 22, 25, 27, 32], keys, cases, "no_cases", [0, 2, 3])
    heading("waiting")
    waiting = [[a["time"], a["title"], a["level"], a["back"]] for a in given["waiting"]]
    grid([24, 108, 20, 26], ["alarm_time", "alarm_what", "case_level", "alarm_now"], waiting, "no_alarms", [0, 2, 3])
    heading("filtered")
    aside = [[a["time"], a["title"], a["level"], a["reason"], a["by"], a["back"]] for a in given["filtered"]]
    keys = ["alarm_time", "alarm_what", "case_level", "alarm_reason", "alarm_by", "alarm_now"]
    grid([24, 58, 18, 30, 28, 20], keys, aside, "no_alarms", [0, 2, 5])
    heading("notes")
    notes: list[list[Content]] = [[line["time"], line["who"], _said(line)] for line in given["notes"]]
    grid([24, 40, 114], ["note_time", "note_who", "note_what"], notes, "no_notes", [0])
    heading("remarks")
    word.row(word.table(document, [178]), [given["remarks"]], height=24)
    paragraph = word.write(document.add_paragraph(), said("confirm"))
    paragraph.paragraph_format.space_before = Pt(8)
    paragraph.paragraph_format.keep_with_next = True
    sign = word.table(document, [59, 59, 60])
    signed = (("sign_giving", given["author"]), ("sign_taking", given["taking"]), ("sign_leader", ""))
    done = f"\n{given['signed']}" if given["signed"] else ""
    cells = [[Text(said(key)), Text(f"\n{by}{done if by else ''}", size=8.5)] for key, by in signed]
    for cell in word.row(sign, cells, height=SIGN_MM):
        cell.paragraphs[0].paragraph_format.keep_with_next = True
    word.row(sign, [said("sign_time")] * 3, height=8)
    footer = document.sections[0].footer.paragraphs[0]
    word.write(footer, [Text(f"{given['centre']} · {said('handover')}    ", size=8), *_pages(given)])
    return _finished(document)


def _case(case: dict[str, Any]) -> list[Content]:
    def two(first: str, *more: tuple[str, bool]) -> list[Text]:
        return [Text(first), *(Text(f"\n{text}", bold=bold, size=8.5) for text, bold in more if text)]

    due = two(case["opened"], (case["due"], False), (case["left"], case["late"]))
    what, out = two(case["title"], (case["place"], False)), two(case["out"], (case["tasks"], False))
    return [case["code"], what, case["level"], case["stage"], case["lead"], due, out]


def _merge_up(made: Any, column: int) -> None:
    """The last head cell of a column reaches up over the empty one above it."""
    upper, lower = made._tbl.tr_lst[-2], made._tbl.tr_lst[-1]
    cell = upper.tc_lst[0 if column == 0 else -1]
    below = lower.tc_lst[column]
    text = list(below.p_lst)
    for paragraph in list(cell.p_lst):
        cell.remove(paragraph)
    for paragraph in text:
        below.remove(paragraph)
        cell.append(paragraph)
    below.append(OxmlElement("w:p"))
    for each, kind in ((cell, "restart"), (below, "continue")):
        mark = OxmlElement("w:vMerge")
        mark.set(qn("w:val"), kind)
        properties = each.tcPr
        place = properties.find(qn("w:shd"))
        place.addprevious(mark)


def _drop_first(holder: Any) -> None:
    """The empty paragraph that a header or footer begins with."""
    first = holder.paragraphs[0]
    if not first.text:
        first._p.getparent().remove(first._p)


def _finished(document: Doc) -> Doc:
    """Word wants a paragraph after a last table; a small one, so that it makes no page of its own."""
    last = document.add_paragraph()
    last.paragraph_format.line_spacing = Pt(1)
    return document
