"""What a line of the three lists cannot know by itself: that what it names is there, and is there once."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from console.domain.incident import Stage
from console.domain.words import Label, Phrase
from console.store.list_files import DutyFile, MatterFile, NeedFile, SceneFile
from console.store.plain import Page, Way

AREA = Label("区域", "area")
AGENCY = Label("单位", "agency")
MATTER = Label("事项", "matter")
CAPABILITY = Label("能力", "capability")
INDICATOR = Label("指标", "indicator")


@dataclass(frozen=True, slots=True)
class Known:
    """What lines may name."""

    areas: Mapping[str, str]  # the path of each, by what it may be called
    agencies: Collection[str]
    capabilities: Collection[str]
    indicators: Collection[str]


def check_matter(page: Page, way: Way, one: MatterFile) -> None:
    ranks = [stage.rank for stage in one.stages]
    ends = bool(one.stages) and one.stages[0] is Stage.REPORTED and one.stages[-1].rank >= Stage.CLOSED.rank
    if not ends or Stage.CLOSED not in one.stages or ranks != sorted(set(ranks)):
        page.wrong((*way, "stages"), Phrase("pack_stages"))
    _once(page, (*way, "form"), (field.code for field in one.form))


def check_duty(page: Page, way: Way, matter: str, one: DutyFile, known: Known, matters: Collection[str]) -> None:
    page.refer((*way, "matter") if one.matter else way, MATTER, one.matter or matter, matters)
    if one.area:
        page.refer((*way, "area"), AREA, one.area, known.areas)
    page.refer((*way, "lead"), AGENCY, one.lead, known.agencies)
    for place, agency in enumerate(one.assist):
        page.refer((*way, "assist", place), AGENCY, agency, known.agencies)
    for place, step in enumerate(one.escalate):
        page.refer((*way, "escalate", place, "to"), AGENCY, step.to, known.agencies)
    _once(page, (*way, "assist"), [one.lead, *one.assist], page.line((*way, "lead")))


def check_scene(page: Page, way: Way, id: str, one: SceneFile, known: Known, matters: Collection[str]) -> None:
    page.refer((*way, "matter") if one.matter else way, MATTER, one.matter or id, matters)
    if one.when.area:
        page.refer((*way, "when", "area"), AREA, one.when.area, known.areas)
    if one.when.indicator is not None:
        page.refer((*way, "when", "indicator"), INDICATOR, one.when.indicator, known.indicators)
    _needs(page, (*way, "needs"), one.needs, known)
    for place, level in enumerate(one.reinforcements):
        _needs(page, (*way, "reinforcements", place), level, known)
    for place, task in enumerate(one.tasks):
        if task.agency is not None:
            page.refer((*way, "tasks", place, "agency"), AGENCY, task.agency, known.agencies)
    for place, message in enumerate(one.messages):
        page.refer((*way, "messages", place, "agency"), AGENCY, message.agency, known.agencies)


def _needs(page: Page, way: Way, needs: Iterable[NeedFile], known: Known) -> None:
    for place, need in enumerate(needs):
        page.refer((*way, place, "capability"), CAPABILITY, need.capability, known.capabilities)


def _once(page: Page, way: Way, ids: Iterable[str], line: int | None = None) -> None:
    for id, count in Counter(ids).items():
        if count > 1:
            page.wrong(way, Phrase("file_twice", {"id": id, "line": page.line(way) if line is None else line}))
