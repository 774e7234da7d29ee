"""Scenarios: one YAML file each becomes a `Scenario`, or the list of everything that is wrong with it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from console.domain.assignment import Status
from console.domain.drill import Happening, Inject, Scenario, SensorScript, SensorStep, Staff
from console.domain.intake import Call, CameraFault, LinkCut, Message
from console.domain.pack import Pack
from console.domain.words import Label, Phrase
from console.store.list_rules import AGENCY, INDICATOR, MATTER
from console.store.packs import SHIPPED
from console.store.plain import (
    AnyLevel,
    FileProblems,
    Id,
    Page,
    Problem,
    Record,
    Seconds,
    Spot,
    Words,
    read_yaml,
)

CAMERA = Label("摄像机", "camera")
UNIT = Label("力量", "unit")
STATUS = Label("状态", "status")


class ScenarioErrors(FileProblems):
    """A scenario that cannot be used; nothing of it was taken."""


def load_scenario(file: Path, pack: Pack | None = None) -> Scenario:
    """The scenario in a file, checked against its pack when that is given. Raises `ScenarioErrors`."""
    scenario, problems = _read(file, pack)
    if scenario is None or problems:
        raise ScenarioErrors(file.name, problems)
    return scenario


def check_scenario(file: Path, pack: Pack | None = None) -> list[Problem]:
    """Everything that is wrong with a scenario, by line."""
    return _read(file, pack)[1]


def find_scenarios(user_folder: Path) -> dict[str, Path]:
    """The file of every scenario by its name: those shipped and those in `user_folder`, which wins."""
    found: dict[str, Path] = {}
    for root in (SHIPPED / "scenarios", user_folder):
        found.update({file.stem: file for file in sorted(root.glob("*.yaml"))})
    return found


# -- the file ------------------------------------------------------------------------------------------------


class ScriptFile(Record):
    base: float
    swing: float = 0.0
    period_s: Annotated[float, Field(gt=0)] = 3600.0
    noise: Annotated[float, Field(ge=0)] = 0.0
    history_min: Annotated[float, Field(ge=0)] = 120.0


class StaffFile(Record):
    acknowledge_s: Seconds
    depart_s: Seconds
    work_s: Seconds
    report_s: Seconds
    spread: Annotated[float, Field(ge=0, lt=1)] = 0.3
    speed: Annotated[float, Field(gt=0)] = 1.0
    words: dict[str, list[Words]] = {}
    late: dict[str, Annotated[float, Field(gt=0)]] = {}
    silent: list[str] = []


class StepFile(Record):
    indicator: str
    value: float
    over_s: Seconds


class CallFile(Record):
    caller: Words
    matter: str
    title: Words
    place: Words
    at: Spot
    level: AnyLevel
    text: Words


class MessageFile(Record):
    sender: Words
    text: Words


class CameraFile(Record):
    id: str
    fault: Literal["stall", "refuse"] | None


class LinkFile(Record):
    cut: bool


class InjectFile(Record):
    number: Annotated[int, Field(ge=1)]
    at_s: Seconds
    subject: Words
    expected: Words | None = None
    sensor: StepFile | None = None
    call: CallFile | None = None
    message: MessageFile | None = None
    camera: CameraFile | None = None
    link: LinkFile | None = None

    @property
    def happenings(self) -> list[Happening]:
        """What the inject says; a good one says one thing."""
        found: list[Happening] = []
        if one := self.sensor:
            found.append(SensorStep(one.indicator, one.value, one.over_s))
        if call := self.call:
            found.append(
                Call(
                    call.caller.label,
                    call.matter,
                    call.title.label,
                    call.place.label,
                    call.at,
                    call.level,
                    call.text.label,
                )
            )
        if message := self.message:
            found.append(Message(message.sender.label, message.text.label))
        if camera := self.camera:
            found.append(CameraFault(camera.id, camera.fault))
        if link := self.link:
            found.append(LinkCut(link.cut))
        return found


class ScenarioFile(Record):
    id: Id
    name: Words
    pack: Id
    seed: int
    length_s: Annotated[float, Field(gt=0)]
    objectives: list[Words] = []
    staff: StaffFile
    sensors: dict[str, ScriptFile] = {}
    injects: list[InjectFile] = []


# -- reading -------------------------------------------------------------------------------------------------


def _read(file: Path, pack: Pack | None) -> tuple[Scenario | None, list[Problem]]:
    problems: list[Problem] = []
    page = read_yaml(file, problems)
    if page.data is None or (one := page.parse((), page.data, ScenarioFile)) is None:
        return None, problems
    _check_injects(page, one)
    for code in one.staff.words:
        page.refer(("staff", "words", code), STATUS, code, [str(status.value) for status in Status])
    if pack is not None:
        _check_against(page, one, pack)
    problems.sort(key=lambda problem: problem.line)
    if problems:
        return None, problems
    staff = one.staff
    return Scenario(
        id=one.id,
        name=one.name.label,
        pack=one.pack,
        seed=one.seed,
        length_s=one.length_s,
        objectives=tuple(objective.label for objective in one.objectives),
        sensors=tuple(
            SensorScript(id, script.base, script.swing, script.period_s, script.noise, script.history_min)
            for id, script in one.sensors.items()
        ),
        staff=Staff(
            acknowledge_s=staff.acknowledge_s,
            depart_s=staff.depart_s,
            work_s=staff.work_s,
            report_s=staff.report_s,
            spread=staff.spread,
            speed=staff.speed,
            words={code: tuple(text.label for text in texts) for code, texts in staff.words.items()},
            late=staff.late,
            silent=tuple(staff.silent),
        ),
        injects=tuple(
            Inject(
                inject.number,
                inject.at_s,
                inject.happenings[0],
                inject.subject.label,
                inject.expected.label if inject.expected else None,
            )
            for inject in one.injects
        ),
    ), problems


def _check_injects(page: Page, one: ScenarioFile) -> None:
    first: dict[int, int] = {}
    for place, inject in enumerate(one.injects):
        way = ("injects", place)
        if inject.number in first:
            known = {"id": inject.number, "line": first[inject.number]}
            page.wrong((*way, "number"), Phrase("file_twice", known))
        first.setdefault(inject.number, page.line((*way, "number")))
        if len(inject.happenings) != 1:
            page.wrong(way, Phrase("scenario_one"))
        if inject.at_s > one.length_s:
            page.wrong((*way, "at_s"), Phrase("scenario_late", {"length": one.length_s}))


def _check_against(page: Page, one: ScenarioFile, pack: Pack) -> None:
    """Everything a scenario names must be in its pack."""
    if one.pack != pack.id:
        page.wrong(("pack",), Phrase("scenario_pack", {"pack": one.pack}))
        return
    for id in one.sensors:
        page.refer(("sensors", id), INDICATOR, id, pack.indicators)
    for id in one.staff.late:
        page.refer(("staff", "late", id), AGENCY, id, [*pack.agencies, *pack.units])
    for place, id in enumerate(one.staff.silent):
        page.refer(("staff", "silent", place), UNIT, id, pack.units)
    for place, inject in enumerate(one.injects):
        _refer_inject(page, ("injects", place), inject, pack, one.sensors)


def _refer_inject(
    page: Page, way: tuple[str | int, ...], inject: InjectFile, pack: Pack, sensors: Iterable[str]
) -> None:
    if inject.sensor:
        page.refer((*way, "sensor", "indicator"), INDICATOR, inject.sensor.indicator, sensors)
    if inject.call:
        page.refer((*way, "call", "matter"), MATTER, inject.call.matter, pack.matters)
    if inject.camera:
        page.refer((*way, "camera", "id"), CAMERA, inject.camera.id, pack.cameras)
