"""首报, 续报, 终报: what the level above is told of an emergency, with the elements that a report must have.

The elements are those of the State Council's rules on reporting emergencies (突发事件信息报告).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from console.domain.conflict import By
from console.domain.words import Label, Labelled


class ReportKind(Labelled):
    FIRST = "first", "首报", "First report"
    FOLLOW_UP = "follow_up", "续报", "Follow-up report"
    FINAL = "final", "终报", "Final report"


class Element(Labelled):
    TIME = "time", "时间", "Time"
    PLACE = "place", "地点", "Place"
    SOURCE = "source", "信息来源", "Source"
    CAUSE = "cause", "起因", "Cause"
    NATURE = "nature", "性质", "Nature"
    COURSE = "course", "基本过程", "Course"
    CONSEQUENCES = "consequences", "已造成的后果", "Consequences"
    EXTENT = "extent", "影响范围", "Extent"
    TREND = "trend", "发展趋势", "Trend"
    LEADERS = "leaders", "到场领导", "Leaders present"
    MEASURES = "measures", "处置措施", "Measures"
    ADVICE = "advice", "下一步建议", "Advice"


SPOKEN = (Element.TIME, Element.PLACE, Element.NATURE)  # what a call must at least say
WRITTEN = {
    ReportKind.FIRST: (Element.TIME, Element.PLACE, Element.SOURCE, Element.NATURE, Element.COURSE, Element.MEASURES),
    ReportKind.FOLLOW_UP: (Element.COURSE, Element.TREND, Element.MEASURES),
    ReportKind.FINAL: (Element.CAUSE, Element.COURSE, Element.CONSEQUENCES, Element.MEASURES),
}


@dataclass(frozen=True, slots=True)
class SituationReport:
    """Append-only: what was reported stays as it was; the next one says what changed."""

    id: str
    incident: str
    kind: ReportKind
    to: Label
    elements: Mapping[str, str]  # code of an Element -> text
    reported_at: datetime
    by: By
    by_phone: bool = False


def missing(kind: ReportKind, by_phone: bool, elements: Mapping[str, str]) -> list[Element]:
    """What such a report must still have."""
    wanted = SPOKEN if by_phone else WRITTEN[kind]
    return [element for element in wanted if not elements.get(element.value, "").strip()]
