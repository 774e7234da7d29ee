"""Parts of a Word document: pages, ruled tables, blocks of a form, page numbers.

Rows are written as XML at once: python-docx looks through a whole table for each cell, and a log has thousands.
"""

import io
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.document import Document as Doc
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table
from docx.table import _Cell as Cell
from docx.text.paragraph import Paragraph

from console.domain.words import Lang
from console.reports.incident import visible

GREY = "ECECEC"
HEADING, BODY, SERIF = ("Arial", "黑体"), ("Arial", "宋体"), ("Times New Roman", "宋体")


@dataclass(frozen=True, slots=True)
class Text:
    """A run of words: `size` in points, 0 for the document's own."""

    text: str
    bold: bool = False
    italic: bool = False
    strike: bool = False
    size: float = 0
    heading: bool = False


Content = str | Text | Sequence[Text]
PAGE, PAGES = Text("\x01PAGE"), Text("\x01NUMPAGES")  # fields


def new(lang: Lang, *, title: str, author: str, margins: tuple[float, float, float, float], serif: bool = False) -> Doc:
    """An empty A4 document; margins are top, right, bottom, left in millimetres."""
    document = Document()
    style = document.styles["Normal"]
    style.font.size = Pt(9)
    latin, chinese = SERIF if serif else BODY
    properties = style.element.get_or_add_rPr()
    _fonts(properties, latin, chinese)
    spoken = OxmlElement("w:lang")  # else an office in Taiwan sets the dots as it does there
    spoken.set(qn("w:val"), "en-GB")
    spoken.set(qn("w:eastAsia"), "zh-CN")
    properties.append(spoken)
    style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.space_before = Pt(0)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = map(Mm, margins)
    section.header_distance = section.footer_distance = Mm(9)
    document.core_properties.title = str(visible(title))[:250]
    document.core_properties.author = str(visible(author))[:250]
    document.core_properties.comments = ""
    document.core_properties.language = "en" if lang == "en" else "zh-CN"
    return document


def to_bytes(document: Doc) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def write(paragraph: Paragraph, content: Content, *, align: str = "") -> Paragraph:
    """Words into a paragraph; a line break stays one."""
    for part in [content] if isinstance(content, str | Text) else content:
        text = part if isinstance(part, Text) else Text(part)
        if text.text.startswith("\x01"):
            _field(paragraph, text.text[1:])
            continue
        run = paragraph.add_run(str(visible(text.text)))
        run.bold, run.italic, run.font.strike = text.bold or None, text.italic or None, text.strike or None
        if text.size:
            run.font.size = Pt(text.size)
        if text.heading:
            _fonts(run._r.get_or_add_rPr(), *HEADING)
    if align == "center":
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def table(holder: Any, widths: Sequence[float]) -> Table:
    """A ruled table without rows; widths of its columns in millimetres."""
    made: Table = holder.add_table(0, len(widths), *([] if isinstance(holder, Doc) else [Mm(sum(widths))]))
    made.autofit = False
    properties = made._tbl.tblPr
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        border = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", "000000")):
            border.set(qn(f"w:{name}"), value)
        borders.append(border)
    properties.append(borders)
    margins = OxmlElement("w:tblCellMar")
    for side, space in (("top", 30), ("left", 80), ("bottom", 30), ("right", 80)):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(space))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties.append(margins)
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Mm(width)
    return made


def row(
    made: Table,
    cells: Sequence[Content],
    *,
    spans: Sequence[int] = (),
    head: bool = False,
    repeat: bool = False,
    height: float = 0,
    centred: Sequence[int] = (),
    shaded: Sequence[int] = (),
) -> list[Cell]:
    """One more row. `spans` are the columns that each cell takes, `height` the least in millimetres, `repeat` for a
    head that stands on every page."""
    line = OxmlElement("w:tr")
    properties = OxmlElement("w:trPr")
    properties.append(OxmlElement("w:cantSplit"))
    if repeat:
        properties.append(OxmlElement("w:tblHeader"))
    if height:
        least = OxmlElement("w:trHeight")
        least.set(qn("w:val"), str(round(height * 56.7)))
        least.set(qn("w:hRule"), "atLeast")
        properties.insert(1, least)
    line.append(properties)
    widths = [int(column.width or 0) // 635 for column in made.columns]
    at, found = 0, []
    for number, content in enumerate(cells):
        span = spans[number] if spans else 1
        element = OxmlElement("w:tc")
        kind = OxmlElement("w:tcPr")
        width = OxmlElement("w:tcW")
        width.set(qn("w:w"), str(sum(widths[at : at + span])))
        width.set(qn("w:type"), "dxa")
        kind.append(width)
        if span > 1:
            over = OxmlElement("w:gridSpan")
            over.set(qn("w:val"), str(span))
            kind.append(over)
        if head or number in shaded:
            shade = OxmlElement("w:shd")
            for name, value in (("val", "clear"), ("color", "auto"), ("fill", GREY)):
                shade.set(qn(f"w:{name}"), value)
            kind.append(shade)
        if head:
            middle = OxmlElement("w:vAlign")
            middle.set(qn("w:val"), "center")
            kind.append(middle)
        element.append(kind)
        element.append(OxmlElement("w:p"))
        line.append(element)
        cell = Cell(element, made)
        said = Text(content, bold=True, size=8.5, heading=True) if head and isinstance(content, str) else content
        write(cell.paragraphs[0], said, align="center" if head or number in centred else "")
        found.append(cell)
        at += span
    made._tbl.append(line)
    return found


def block(name: str, *values: Content) -> list[Text]:
    """A numbered block of a form: its name, and below it what is written in."""
    texts = [Text(name, bold=True, size=8)]
    for value in values:
        texts.append(Text("\n"))
        texts += [Text(value, size=9.5)] if isinstance(value, str) else [value] if isinstance(value, Text) else value
    return texts


def blank(made: Table, count: int, height: float = 7) -> None:
    """Ruled lines to go on by hand."""
    if count <= 0:
        return
    row(made, [""] * len(made.columns), height=height)
    last = made._tbl.tr_lst[-1]
    for _ in range(count - 1):
        made._tbl.append(deepcopy(last))


def page_words(around: Sequence[str]) -> list[Text]:
    """第 1 页，共 9 页, of the three words around the numbers, which Word fills in."""
    before, between, after = around
    return [Text(before), PAGE, Text(between), PAGES, Text(after)]


def _field(paragraph: Paragraph, code: str) -> None:
    for kind, text in (("begin", ""), ("", f" {code} "), ("separate", ""), ("text", "1"), ("end", "")):
        run = paragraph.add_run()
        if kind == "text":
            run.text = text
        elif kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
        else:
            told = OxmlElement("w:instrText")
            told.set(qn("xml:space"), "preserve")
            told.text = text
            run._r.append(told)


def _fonts(properties: Any, latin: str, chinese: str) -> None:
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for name, value in (("ascii", latin), ("hAnsi", latin), ("cs", latin), ("eastAsia", chinese)):
        fonts.set(qn(f"w:{name}"), value)
