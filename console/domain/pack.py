"""A topic pack: a folder of plain files that adds a topic with no code. This is what one holds once read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import PurePath

from console.domain.agency import Agency, Unit
from console.domain.area import Area, Grant
from console.domain.camera import Camera
from console.domain.duty import Duty, Matter, SceneCard
from console.domain.indicator import Indicator
from console.domain.place import Point
from console.domain.words import Label
from console.domain.worktime import OFFICE_HOURS


@dataclass(frozen=True, slots=True)
class User:
    """Someone who may sign in. The password is kept only as an Argon2id hash."""

    id: str
    name: Label
    password_hash: str
    duty: Label  # "值班员"
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """The content of one centre. Mappings are by id."""

    id: str
    name: Label
    area: str  # path of the centre's own
    town_name: Label
    centre: Label
    at: Point  # where the map opens
    folder: PurePath
    basemap: PurePath
    schematic: bool  # the map is 示意
    simulated: bool  # the data is 模拟
    areas: Mapping[str, Area]  # by path
    agencies: Mapping[str, Agency]
    units: Mapping[str, Unit]
    cameras: Mapping[str, Camera]
    indicators: Mapping[str, Indicator]
    matters: Mapping[str, Matter]
    duties: Mapping[str, Duty]
    cards: Mapping[str, SceneCard]
    users: Mapping[str, User]
    office_hours: tuple[tuple[time, time], ...] = OFFICE_HOURS

    def unit_name(self, id: str) -> Label:
        """What to call a unit; by its id where it is another's, as in imported calls."""
        return self.units[id].name if id in self.units else Label(id, id)

    def agency_name(self, id: str) -> Label:
        return self.agencies[id].name if id in self.agencies else Label(id, id)
