"""The incident report as a Word document: the words of its printed page, without the drawn chart."""

import base64
import io
from typing import Any

from docx.document import Document as Doc
from docx.shared import Mm, Pt

from console.domain.words import Lang
from console.reports import word
from console.reports.incident import IncidentReport, told
from console.reports.intervals import clock
from console.reports.word import Content, Text
from console.reports.words_forms import FORMS

WIDE = 182.0  # of the page between its margins, in millimetres


def to_docx(report: IncidentReport, lang: Lang) -> bytes:
    """The report of an incident as a .docx file."""
    return word.to_bytes(_Writer(told(report, lang)).document)


class _Writer:
    def __init__(self, given: dict[str, Any]) -> None:
        self.given, self.said, self.lang = given, given["said"], given["lang"]
        report, incident = given["report"], given["incident"]
        self.kind = self.said("kind_open" if incident.open else "kind_closed")
        title = f"{incident.code} {given['show'](incident.title)} · {self.kind}"
        author = given["show"](report.author)
        self.document: Doc = word.new(self.lang, title=title, author=author, margins=(16, 14, 16, 14))
        self.sections = 0
        self._head()
        self._summary()
        self._times()
        self._assignments()
        self._tasks()
        self._closing()
        self._pictures()
        self._log()
        self._foot()

    def _line(self, content: Content, *, above: float = 0, align: str = "") -> None:
        paragraph = word.write(self.document.add_paragraph(), content, align=align)
        paragraph.paragraph_format.space_before = Pt(above)

    def _heading(self, key: str) -> None:
        self.sections += 1
        number = f"{'一二三四五六七八九'[self.sections - 1]}、" if self.lang == "zh" else f"{self.sections}. "
        title = Text(number + self.said(key), bold=True, size=11, heading=True)
        paragraph = word.write(self.document.add_paragraph(), title)
        paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(9), Pt(3)
        paragraph.paragraph_format.keep_with_next = True

    def _annex(self, number: int, key: str) -> None:
        told = self.said("annex", number="一二"[number - 1] if self.lang == "zh" else number)
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.page_break_before = True
        paragraph.paragraph_format.space_after = Pt(4)
        word.write(paragraph, [Text(f"{told}  ", size=13), Text(self.said(key), bold=True, size=13, heading=True)])

    def _head(self) -> None:
        show, report, incident = self.given["show"], self.given["report"], self.given["incident"]
        self._line([Text(f"{show(report.centre)}    ", bold=True, size=11), Text(self.kind, size=11)])
        for flag, sentence in self.given["flags"]:
            self._line([Text(f"[{flag}] ", bold=True), Text(sentence)], above=3)
        level = Text(f"    {show(incident.level.label)}", bold=True, size=11)
        title = Text(f"{incident.code} {show(incident.title)}", bold=True, size=17, heading=True)
        self._line([title, level], above=6)
        if incident.open:
            self._line(self.said("not_closed", at=self.given["moment"](report.generated_at)))

    def _summary(self) -> None:
        given, incident = self.given, self.given["incident"]
        show, moment = given["show"], given["moment"]
        self._heading("summary")
        stages = [Text(" → ".join(show(label) for label, been, _ in given["stages"] if been))]
        late, due_said = given["due_said"]
        due = [Text(f"{moment(incident.due_at)} "), Text(due_said, bold=late)]
        facts: list[tuple[str, Content]] = [
            ("matter", show(given["report"].matter)),
            ("opened", moment(incident.opened_at)),
            ("place", show(incident.place)),
            ("due", due),
            ("position", f"{incident.at.lon:.5f}, {incident.at.lat:.5f}"),
            ("closed", moment(incident.closed_at)),
            ("source", show(incident.source)),
            ("lead", given["agency"](incident.lead)),
        ]
        made = word.table(self.document, [27, 64, 27, 64])
        for left, right in zip(facts[::2], facts[1::2], strict=True):
            names = [Text(self.said(key), bold=True, size=8.5, heading=True) for key, _ in (left, right)]
            word.row(made, [names[0], left[1], names[1], right[1]], shaded=[0, 2])
        word.row(made, [Text(self.said("stage"), bold=True, size=8.5, heading=True), stages], spans=[1, 3], shaded=[0])

    def _times(self) -> None:
        self._heading("times")
        course = self.given["course"]
        made = word.table(self.document, [WIDE / len(course)] * len(course))
        word.row(made, [self.said(f"course_{key}") for key, _ in course], head=True)
        every = range(len(course))
        word.row(made, [Text(clock(length), size=12) for _, length in course], centred=every)

    def _assignments(self) -> None:
        given, said, time = self.given, self.said, self.given["time"]
        self._heading("assignments")
        if not given["assignments"]:
            self._line(said("no_assignments"))
            return
        columns = given["columns"]
        made = word.table(self.document, [44, 13, 14, *[19] * len(columns), 19, 16])
        heads = [said("unit"), said("role"), said("status"), *map(given["status_said"], columns), said("ended")]
        word.row(made, [*heads, said("total")], head=True, repeat=True)
        for one, spent, _, ended in given["assignments"]:
            unit = f"{given['unit'](one.unit)}  " if one.unit else ""
            cells = [
                f"{unit}{given['agency'](one.agency)}",
                given["show"](one.role.label),
                given["status_said"](one.status),
            ]
            times = [time(one.at(status)) for status in columns]
            word.row(made, [*cells, *times, time(ended), clock(spent.total)])
        self._line(Text(said("intervals_said"), size=8))

    def _tasks(self) -> None:
        given, said, time = self.given, self.said, self.given["time"]
        self._heading("tasks")
        if not given["tasks"]:
            self._line(said("no_tasks"))
            return
        made = word.table(self.document, [76, 34, 18, 34, 20])
        heads = [said(key) for key in ("task", "agency", "task_due", "task_done", "task_by")]
        word.row(made, heads, head=True, repeat=True)
        for task, (late, due_said) in given["tasks"]:
            gate = f" [{said('gate')}]" if task.gate else ""
            text = f"{'☑' if task.done_at else '☐'} {given['show'](task.text)}{gate}"
            done = [Text(time(task.done_at) if task.done_at else said("task_open"))]
            done += [Text(f" {due_said}", bold=True)] if late else []
            word.row(made, [text, given["agency"](task.agency), time(task.due_at), done, given["person"](task.done_by)])

    def _closing(self) -> None:
        given, said = self.given, self.said
        if given["broken"]:
            self._line(Text(said("broken", numbers=", ".join(given["broken"])), bold=True), above=6)
        enclosed = [said(f"enclosed_{key}", count=len(given[of])) for key, of in self._annexes()]
        self._line([Text(f"{said('annexes')}  ", bold=True), Text("; ".join(enclosed) or said("no_entries"))], above=8)
        report = given["report"]
        made = word.table(self.document, [61, 61, 60])
        by = [Text(said("prepared"), size=8.5), Text(f"\n{given['show'](report.author)}")]
        others: list[Content] = [Text(said(key), size=8.5) for key in ("reviewed", "approved")]
        word.row(made, [by, *others], height=14)
        word.row(made, [f"{said('date')} {given['moment'](report.generated_at)[:10]}", said("date"), said("date")])

    def _annexes(self) -> list[tuple[str, str]]:
        return [(key, of) for key, of in (("pictures", "pictures"), ("log", "entries")) if self.given[of]]

    def _pictures(self) -> None:
        for number, (caption, data) in enumerate(self.given["pictures"]):
            if number == 0:
                self._annex(1, "pictures")
            self.document.add_picture(io.BytesIO(base64.b64decode(data.partition(",")[2])), width=Mm(150))
            self._line(self.given["show"](caption))

    def _log(self) -> None:
        given, said, show = self.given, self.said, self.given["show"]
        if not given["entries"]:
            return
        self._annex(len(self._annexes()), "log")
        one = len(given["chains"]) == 1
        wide = 14 if one else 24
        made = word.table(self.document, [wide, 20, 17, 45, WIDE - 82 - wide])
        word.row(made, [said(key) for key in ("number", "time", "channel", "from_to", "text")], head=True, repeat=True)
        for line in given["entries"]:
            who = " → ".join(show(name) for name in (line.sender, line.receiver) if name)
            text = [Text(line.text, strike=line.old)]
            text += [Text(f"\n{line.remark}", italic=True, size=8)] if line.remark else []
            word.row(made, [line.number, given["time"](line.at), show(line.kind), who, text])
        if given["broken"]:
            self._line(Text(said("broken", numbers=", ".join(given["broken"])), bold=True), above=4)
        sealed = [f"{sentence} {hash}" for sentence, hash in given["chains"]]
        whole = "" if given["broken"] else f"{said('intact')} "
        self._line(Text(whole + "; ".join(sealed), size=8), above=4)

    def _foot(self) -> None:
        given, report = self.given, self.given["report"]
        made = self.said("generated", at=given["moment"](report.generated_at), zone=given["zone"])
        pages = word.page_words(FORMS["page"].text(self.lang).format(page="@", pages="@").split("@"))
        footer = self.document.sections[0].footer.paragraphs[0]
        word.write(footer, [Text(f"{self.said('made_with')} · {made}    ", size=8), *pages])
        header = self.document.sections[0].header.paragraphs[0]
        flags = "".join(f"[{flag}] " for flag, _ in given["flags"])
        word.write(header, Text(f"{flags}{given['show'](report.centre)} · {given['incident'].code}", size=8))
