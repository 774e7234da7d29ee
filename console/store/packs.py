"""Topic packs: a folder of plain files becomes a `Pack`, or the list of everything that is wrong with it.

`docs/packs.md` describes the files. Nothing is guessed: an unknown key, a reference to nothing or a place
outside the pack's bounds is a problem with its file and line.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from console.domain.agency import Agency, Unit
from console.domain.area import Area, Grant, Tier
from console.domain.camera import Camera
from console.domain.duty import CardMessage, CardTask, Duty, Matter, Need, SceneCard
from console.domain.errors import KnownError
from console.domain.incident import Stage
from console.domain.indicator import Indicator, Limit
from console.domain.pack import Pack, User
from console.domain.place import Point
from console.domain.words import Label, Phrase
from console.domain.worktime import Span
from console.store.pack_files import (
    AgencyRow,
    AreaRow,
    CameraRow,
    DutyFile,
    GrantFile,
    IndicatorFile,
    LimitFile,
    MatterFile,
    PackFile,
    SceneFile,
    UnitRow,
    UserFile,
)
from console.store.plain import FileProblems, Page, Problem, read_table, read_text, read_yaml

SHIPPED = Path(str(files("resources")))

AREA = Label("区域", "area")
AGENCY = Label("单位", "agency")
MATTER = Label("事项", "matter")
CAPABILITY = Label("能力", "capability")
INDICATOR = Label("指标", "indicator")
BASEMAP = Label("底图", "basemap")


class PackErrors(FileProblems):
    """A pack that cannot be used; nothing of it was taken."""


def load_pack(folder: Path) -> Pack:
    """The pack in a folder. Raises `PackErrors` with every problem there is."""
    pack, problems = _read(folder)
    if pack is None or problems:
        raise PackErrors(folder.name, problems)
    return pack


def check_pack(folder: Path) -> list[Problem]:
    """Everything that is wrong with the pack in a folder, by file and line."""
    return _read(folder)[1]


def find_packs(user_folder: Path) -> dict[str, Path]:
    """The folder of every pack by its id: those shipped and those in `user_folder`, which wins."""
    found: dict[str, Path] = {}
    for root in (SHIPPED / "packs", user_folder):
        found.update({file.parent.name: file.parent for file in sorted(root.glob("*/pack.yaml"))})
    return found


def find_pack(id: str, user_folder: Path) -> Path:
    """The folder of one pack. Raises `KnownError` when there is none."""
    if (folder := find_packs(user_folder).get(id)) is None:
        raise KnownError(Phrase("pack_missing", {"name": id, "folder": str(user_folder)}))
    return folder


# -- reading -------------------------------------------------------------------------------------------------


def _read(folder: Path) -> tuple[Pack | None, list[Problem]]:
    problems: list[Problem] = []
    head = read_yaml(folder / "pack.yaml", problems)
    if head.data is None:
        return None, problems
    tree = read_table(folder / "areas.csv", problems, AreaRow) if (folder / "areas.csv").exists() else None
    agencies = read_table(folder / "agencies.csv", problems, AgencyRow)
    units = read_table(folder / "units.csv", problems, UnitRow)
    cameras = read_table(folder / "cameras.csv", problems, CameraRow)
    indicators = read_yaml(folder / "indicators.yaml", problems)
    matters = read_yaml(folder / "matters.yaml", problems)
    duties = read_yaml(folder / "duties.yaml", problems)
    scenes = read_yaml(folder / "scenes.yaml", problems)
    users = read_yaml(folder / "users.yaml", problems)

    about = head.parse((), head.data, PackFile)
    area_rows = tree.each(AreaRow) if tree else {}
    paths = _paths(tree, area_rows) if tree else ({about.town: about.town} if about else {})
    town = about.town if about else ""
    agency_rows, unit_rows, camera_rows = (
        agencies.each(AgencyRow),
        units.each(UnitRow),
        cameras.each(CameraRow),
    )
    series, kinds = indicators.each(IndicatorFile), matters.each(MatterFile)
    answers, cards, people = duties.each(DutyFile), scenes.each(SceneFile), users.each(UserFile)

    # Ids that are there count as known even when their record has another mistake: one mistake, one problem.
    agency_ids, matter_ids, series_ids = _ids(agencies), _ids(matters), _ids(indicators)
    able = [capability for row in unit_rows.values() for capability in row.capabilities.split()]
    for id, agency in agency_rows.items():
        if agency.town:
            agencies.refer((id,), AREA, agency.town, paths)
    for id, person in people.items():
        for place, grant in enumerate(person.grants):
            if grant.area:
                users.refer((id, "grants", place), AREA, grant.area, paths)
            if grant.agency:
                users.refer((id, "grants", place), AGENCY, grant.agency, agency_ids)
    _check_units(units, unit_rows, agency_ids)
    _check_cameras(cameras, camera_rows, series_ids)
    _check_indicators(indicators, series, agency_ids, matter_ids)
    _check_matters(matters, kinds)
    _check_duties(duties, answers, agency_ids, matter_ids)
    _check_scenes(scenes, cards, agency_ids, matter_ids, able)
    if about:
        _check_head(head, about, folder)
        head.refer(("town",), AREA, town, paths)
        for page, placed in ((units, unit_rows), (cameras, camera_rows)):
            for id, row in placed.items():
                _check_place(page, (id,), row.at, about.bounds)
        for id, one in series.items():
            if one.at is not None:
                _check_place(indicators, (id, "at"), one.at, about.bounds)
    for layer in sorted(folder.glob("**/*.geojson")):
        _check_layer(Page(layer.relative_to(folder).as_posix(), problems), layer)
    problems.sort(key=lambda problem: (problem.file != "pack.yaml", problem.file, problem.line))
    if about is None:
        return None, problems

    areas = {paths[id]: Area(paths[id], row.name, row.tier) for id, row in area_rows.items()}
    area = paths.get(town, town)
    known = {id: _agency(row, paths, area) for id, row in agency_rows.items()}

    def grant_of(one: GrantFile) -> Grant:
        at = known[one.agency].path if one.agency in known else paths.get(one.area or "", area)
        return Grant(one.right, at, one.realm)

    pack = Pack(
        id=about.id,
        name=about.name.label,
        area=area,
        town_name=about.town_name.label,
        centre=about.centre.label,
        at=about.at,
        folder=folder,
        basemap=_basemap(folder, about.basemap) or folder / about.basemap,
        schematic=about.schematic,
        simulated=about.simulated,
        areas=areas or {area: Area(area, about.town_name.label, Tier.TOWN)},
        agencies=known,
        units={id: _unit(row) for id, row in unit_rows.items()},
        cameras={id: _camera(row, area) for id, row in camera_rows.items()},
        indicators={id: _indicator(id, one) for id, one in series.items()},
        matters={code: Matter(code, one.name.label, one.level, tuple(one.stages)) for code, one in kinds.items()},
        duties={
            code: Duty(code, one.lead, tuple(one.assist), {"ack": Span(one.ack_min), "handle": Span(one.handle_min)})
            for code, one in answers.items()
        },
        cards={code: _card(code, one) for code, one in cards.items()},
        users={
            id: User(id, one.name.label, one.password_hash, one.duty.label, tuple(map(grant_of, one.grants)))
            for id, one in people.items()
        },
    )
    return pack, problems


def _ids(page: Page) -> list[str]:
    return list(page.data) if isinstance(page.data, dict) else []


def _paths(page: Page, rows: Mapping[str, AreaRow]) -> dict[str, str]:
    """The path of each area of the tree, by its id. A parent must stand above its children."""
    paths: dict[str, str] = {}
    for id, row in rows.items():
        if row.parent:
            page.refer((id,), AREA, row.parent, paths)
        paths[id] = f"{paths[row.parent]}/{id}" if row.parent in paths else id
    return paths


def _agency(row: AgencyRow, paths: Mapping[str, str], area: str) -> Agency:
    """A city's agency without a place of its own is at the top of the tree."""
    at = paths.get(row.town, area.partition("/")[0] if row.tier is Tier.CITY else area)
    return Agency(row.id, row.name, row.tier, at)


def _unit(row: UnitRow) -> Unit:
    return Unit(
        id=row.id,
        name=row.name,
        agency=row.agency,
        kind=row.kind,
        capabilities=tuple(row.capabilities.split()),
        home=row.at,
        code=row.code,
        on_duty=row.on_duty,
        speed_factor=row.speed_factor,
    )


def _camera(row: CameraRow, area: str) -> Camera:
    return Camera(row.id, row.name, row.kind, row.at, row.main_url, row.sub_url, area, row.indicator)


def _indicator(id: str, one: IndicatorFile) -> Indicator:
    return Indicator(
        id=id,
        name=one.name.label,
        measure=one.measure,
        topic=one.topic.label,
        place=one.place.label,
        cadence_s=one.cadence_s,
        at=one.at,
        decimals=one.decimals,
        limits=tuple(Limit(limit.level, limit.at, limit.recovery) for limit in one.limits),
        rising=one.rising,
        matter=one.matter,
        agency=one.agency,
        gauge=one.gauge,
    )


def _card(code: str, one: SceneFile) -> SceneCard:
    return SceneCard(
        id=code,
        matter=code,
        name=one.name.label,
        needs=tuple(Need(need.capability, need.count, need.name.label) for need in one.needs),
        tasks=tuple(
            CardTask(task.text.label, task.agency, task.gate, None if task.due_min is None else Span(task.due_min))
            for task in one.tasks
        ),
        messages=tuple(CardMessage(message.agency, message.text.label) for message in one.messages),
        cameras=one.cameras,
    )


# -- what a single record cannot know ------------------------------------------------------------------------


def _check_head(head: Page, about: PackFile, folder: Path) -> None:
    if about.id != folder.name:
        head.wrong(("id",), Phrase("pack_id", {"id": about.id, "folder": folder.name}))
    if _basemap(folder, about.basemap) is None:
        head.refer(("basemap",), BASEMAP, about.basemap, ())
    _check_place(head, ("at",), about.at, about.bounds)


def _basemap(folder: Path, name: str) -> Path | None:
    """A basemap in the pack itself, beside the packs, or shipped."""
    for root in (folder, folder.parent.parent / "basemap", SHIPPED / "basemap"):
        if (root / name / "manifest.yaml").is_file():
            return root / name
    return None


def _check_place(page: Page, way: tuple[str, ...], at: Point, bounds: Sequence[float]) -> None:
    west, south, east, north = bounds
    if not (west <= at.lon <= east and south <= at.lat <= north):
        page.wrong(way, Phrase("pack_outside", {"lon": at.lon, "lat": at.lat}))


def _check_units(page: Page, rows: Mapping[str, UnitRow], agencies: Iterable[str]) -> None:
    codes: dict[str, str] = {}
    for id, row in rows.items():
        page.refer((id,), AGENCY, row.agency, agencies)
        if row.code in codes:
            page.wrong((id,), Phrase("pack_code_twice", {"code": row.code, "unit": codes[row.code]}))
        codes.setdefault(row.code, id)


def _check_cameras(page: Page, rows: Mapping[str, CameraRow], indicators: Iterable[str]) -> None:
    for id, row in rows.items():
        if row.indicator:
            page.refer((id,), INDICATOR, row.indicator, indicators)


def _check_indicators(
    page: Page, series: Mapping[str, IndicatorFile], agencies: Iterable[str], matters: Iterable[str]
) -> None:
    for id, one in series.items():
        if one.agency is not None:
            page.refer((id, "agency"), AGENCY, one.agency, agencies)
        if one.matter is not None:
            page.refer((id, "matter"), MATTER, one.matter, matters)
        sign = 1 if one.rising else -1
        milder: LimitFile | None = None
        for place, limit in enumerate(one.limits):
            way = (id, "limits", place)
            if milder and (limit.level.rank <= milder.level.rank or sign * limit.at <= sign * milder.at):
                page.wrong(way, Phrase("pack_limits_order", {"level": limit.level.label}))
            if sign * limit.recovery >= sign * limit.at:
                page.wrong(
                    way,
                    Phrase(
                        "pack_recovery",
                        {"level": limit.level.label, "recovery": limit.recovery, "at": limit.at},
                    ),
                )
            milder = limit


def _check_matters(page: Page, matters: Mapping[str, MatterFile]) -> None:
    for code, one in matters.items():
        ranks = [stage.rank for stage in one.stages]
        ends = (one.stages[0], one.stages[-1]) if one.stages else ()
        if ends != (Stage.REPORTED, Stage.CLOSED) or ranks != sorted(set(ranks)):
            page.wrong((code, "stages"), Phrase("pack_stages"))


def _check_duties(page: Page, duties: Mapping[str, DutyFile], agencies: Iterable[str], matters: Iterable[str]) -> None:
    for code, one in duties.items():
        page.refer((code,), MATTER, code, matters)
        page.refer((code, "lead"), AGENCY, one.lead, agencies)
        for place, agency in enumerate(one.assist):
            page.refer((code, "assist", place), AGENCY, agency, agencies)
        for agency, count in Counter([one.lead, *one.assist]).items():
            if count > 1:
                line = page.line((code, "lead"))
                page.wrong((code, "assist"), Phrase("file_twice", {"id": agency, "line": line}))


def _check_scenes(
    page: Page,
    cards: Mapping[str, SceneFile],
    agencies: Iterable[str],
    matters: Iterable[str],
    able: Iterable[str],
) -> None:
    for code, one in cards.items():
        page.refer((code,), MATTER, code, matters)
        for place, need in enumerate(one.needs):
            page.refer((code, "needs", place, "capability"), CAPABILITY, need.capability, able)
        for place, task in enumerate(one.tasks):
            if task.agency is not None:
                page.refer((code, "tasks", place, "agency"), AGENCY, task.agency, agencies)
        for place, message in enumerate(one.messages):
            page.refer((code, "messages", place, "agency"), AGENCY, message.agency, agencies)


def _check_layer(page: Page, file: Path) -> None:
    """A GeoJSON layer of the pack: it can be read and its coordinates are degrees."""
    text = read_text(page, file)
    if text is None:
        return
    page.lines[()] = 1
    try:
        layer = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        page.lines[()] = getattr(error, "lineno", 1)
        page.wrong((), Phrase("file_not_json", {"text": getattr(error, "msg", str(error))}))
        return
    if not isinstance(layer, dict) or not isinstance(layer.get("features"), list):
        page.wrong((), Phrase("file_not_geojson"))
        return
    for feature in layer["features"]:
        shape = feature.get("geometry") if isinstance(feature, dict) else None
        if at := _not_degrees(shape.get("coordinates") if isinstance(shape, dict) else None):
            page.wrong((), Phrase("pack_outside", {"lon": at[0], "lat": at[1]}))
            return


def _not_degrees(part: object) -> tuple[float, float] | None:
    """The first position in nested coordinates that is no longitude and latitude."""
    if not isinstance(part, list):
        return None
    if len(part) >= 2 and all(isinstance(number, int | float) for number in part):
        lon, lat = float(part[0]), float(part[1])
        return None if -180 <= lon <= 180 and -90 <= lat <= 90 else (lon, lat)
    return next((bad for inner in part if (bad := _not_degrees(inner))), None)
