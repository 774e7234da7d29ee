"""Topic packs: a folder of plain files becomes a `Pack`, or the list of everything that is wrong with it.

`docs/packs.md` describes the files. Nothing is guessed: an unknown key, a reference to nothing or a place
outside the pack's bounds is a problem with its file and line.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from console.domain.agency import Agency, Unit
from console.domain.area import Area, Grant, Tier
from console.domain.camera import Camera
from console.domain.duty import Duty
from console.domain.errors import KnownError
from console.domain.indicator import Indicator, Limit
from console.domain.pack import Pack, User
from console.domain.place import Point
from console.domain.words import Label, Phrase
from console.store.list_files import DutyFile, MatterFile, SceneFile
from console.store.list_rules import (
    AGENCY,
    AREA,
    INDICATOR,
    MATTER,
    Known,
    check_duty,
    check_matter,
    check_scene,
)
from console.store.pack_files import (
    AgencyRow,
    AreaRow,
    CameraRow,
    GrantFile,
    IndicatorFile,
    LimitFile,
    PackFile,
    UnitRow,
    UserFile,
)
from console.store.plain import FileProblems, Page, Problem, Way, read_table, read_text, read_yaml

SHIPPED = Path(str(files("resources")))

BASEMAP = Label("底图", "basemap")


class PackErrors(FileProblems):
    """A pack that cannot be used; nothing of it was taken."""


def load_pack(folder: Path) -> Pack:
    """The pack in a folder. Raises `PackErrors` with every problem there is."""
    pack, problems = _read(folder.resolve())
    if pack is None or problems:
        raise PackErrors(folder.name, problems)
    return pack


def check_pack(folder: Path) -> list[Problem]:
    """Everything that is wrong with the pack in a folder, by file and line."""
    return _read(folder.resolve())[1]  # its name counts: `.` has none


def find_packs(*folders: Path) -> dict[str, Path]:
    """The folder of every pack by its id: those shipped and those in `folders`, of which the last wins."""
    found: dict[str, Path] = {}
    for root in (SHIPPED / "packs", *folders):
        found.update({file.parent.name: file.parent for file in sorted(root.glob("*/pack.yaml"))})
    return found


def find_pack(id: str, *folders: Path) -> Path:
    """The folder of one pack, as `find_packs` has it. Raises `KnownError` when there is none."""
    if (folder := find_packs(*folders).get(id)) is None:
        raise KnownError(Phrase("pack_missing", {"name": id, "folder": str(folders[-1])}))
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
    cards, people = scenes.each(SceneFile), users.each(UserFile)

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
    known_here = Known(paths, agency_ids, able, series_ids)
    for code, kind in kinds.items():
        check_matter(matters, (code,), kind)
    answers = _duties(duties, known_here, matter_ids)
    for id, card in cards.items():
        check_scene(scenes, (id,), id, card, known_here, matter_ids)
    if about:
        _check_head(head, about, folder)
        head.refer(("town",), AREA, town, paths)
        for page, placed in ((agencies, agency_rows), (units, unit_rows), (cameras, camera_rows)):
            for id, row in placed.items():
                if row.at is not None:
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
        office_hours=about.shifts,
        areas=areas or {area: Area(area, about.town_name.label, Tier.TOWN)},
        agencies=known,
        units={id: _unit(row) for id, row in unit_rows.items()},
        cameras={id: _camera(row, area) for id, row in camera_rows.items()},
        indicators={id: _indicator(id, one) for id, one in series.items()},
        matters={code: kind.content(code) for code, kind in kinds.items()},
        duties=answers,
        cards={id: card.content(id, paths) for id, card in cards.items()},
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
    return Agency(row.id, row.name, row.tier, at, row.phone, row.at)


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


def _duties(page: Page, known: Known, matters: Iterable[str]) -> dict[str, Duty]:
    """The duties by their ids. The file is a mapping by matter, or a list where a matter has several."""
    listed: list[tuple[Way, str, object]] = []
    if isinstance(page.data, list):
        listed = [((place,), "", value) for place, value in enumerate(page.data)]
    elif isinstance(page.data, dict):
        listed = [((matter,), matter, value) for matter, value in page.data.items()]
    elif page.data is not None:
        page.wrong((), Phrase("file_not_records"))
    found: dict[str, Duty] = {}
    lines: dict[str, int] = {}
    for way, matter, value in listed:
        if (one := page.parse(way, value, DutyFile)) is None:
            continue
        if bool(matter) == bool(one.matter):
            page.wrong(way, Phrase("file_key_missing" if not matter else "file_key_unknown", _MATTER_KEY))
            continue
        check_duty(page, way, matter, one, known, list(matters))
        duty = one.content(matter, known.areas)
        if duty.id in found:
            page.wrong(way, Phrase("file_twice", {"id": duty.id, "line": lines[duty.id]}))
        found[duty.id] = duty
        lines.setdefault(duty.id, page.line(way))
    return found


_MATTER_KEY: dict[str, str | int | float | Label] = {"key": "matter", "near": ""}


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
