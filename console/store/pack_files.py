"""What each file of a topic pack may hold."""

from datetime import time
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from console.domain.area import Right, Tier
from console.domain.place import Point
from console.domain.stream_address import address_fault, tidy
from console.domain.words import Label, Phrase
from console.store.plain import AnyLevel, Id, Record, Spot, Text, Words, fault, one_of


def _crs(value: str) -> str:
    if value != "WGS-84":
        raise fault(Phrase("pack_crs", {"crs": value}))
    return value


def _box(value: list[float]) -> list[float]:
    west, south, east, north = value if len(value) == 4 else (1, 1, 0, 0)
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise fault(Phrase("pack_bounds"))
    return value


def _hash(value: str) -> str:
    if not value.startswith("$argon2id$"):
        raise fault(Phrase("pack_hash"))
    return value


def _url(value: str) -> str:
    """A stream's address as players want it; what is said of a wrong one has no password in it."""
    value = tidy(value)
    if value and (phrase := address_fault(value)):
        raise fault(phrase)
    return value


Url = Annotated[str, AfterValidator(_url)]
Box = Annotated[list[float], AfterValidator(_box)]  # west, south, east, north


def _phone(value: str) -> str:
    """As people write it: digits, spaces, +, -, brackets and an extension after a # or 转."""
    if value and (sum(c.isdigit() for c in value) < 3 or not all(c in "0123456789 +-()()#转,、/" for c in value)):
        raise fault(Phrase("pack_phone", {"given": value}))
    return value


def _office(value: list[str]) -> list[str]:
    last = time()
    for shift in value:
        try:
            begin, end = (time.fromisoformat(part.strip()) for part in shift.split("-"))
        except ValueError:
            raise fault(Phrase("pack_office", {"given": shift})) from None
        if not last <= begin < end:
            raise fault(Phrase("pack_office", {"given": shift}))
        last = end
    if not value:
        raise fault(Phrase("pack_office", {"given": "[]"}))
    return value


class PackFile(Record):
    id: Id
    name: Words
    town: Id
    town_name: Words
    centre: Words
    crs: Annotated[str, AfterValidator(_crs)]
    at: Spot
    bounds: Box
    basemap: Text
    schematic: bool
    simulated: bool
    office_hours: Annotated[list[str], AfterValidator(_office)] = ["08:30-12:00", "14:30-17:30"]

    @property
    def shifts(self) -> tuple[tuple[time, time], ...]:
        """When the centre works on a working day."""
        found = []
        for shift in self.office_hours:
            begin, end = (time.fromisoformat(part.strip()) for part in shift.split("-"))
            found.append((begin, end))
        return tuple(found)


class Named(Record):
    """A row of a table: an id and a name in both languages."""

    id: Id
    name_zh: Text
    name_en: Text

    @property
    def name(self) -> Label:
        return Label(self.name_zh, self.name_en)


Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]


class Placed(Named):
    lon: Longitude
    lat: Latitude

    @property
    def at(self) -> Point:
        return Point(self.lon, self.lat)


class MayBePlaced(Named):
    lon: Longitude | None = None
    lat: Latitude | None = None

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.lon is None) != (self.lat is None):
            raise fault(Phrase("pack_half_place"))
        return self

    @property
    def at(self) -> Point | None:
        return None if self.lon is None or self.lat is None else Point(self.lon, self.lat)


class AreaRow(Named):
    tier: Annotated[Tier, one_of(Tier)]
    parent: str = ""


class AgencyRow(MayBePlaced):
    tier: Annotated[Tier, one_of(Tier)]
    town: str = ""
    phone: Annotated[str, AfterValidator(_phone)] = ""


class UnitRow(MayBePlaced):
    code: Id
    agency: Id
    kind: Id
    capabilities: Text  # separated by spaces
    on_duty: bool = True
    speed_factor: Annotated[float, Field(gt=0)] = 1.0


class CameraRow(Placed):
    kind: Id
    main_url: Url
    sub_url: Url = ""
    indicator: str = ""


class LimitFile(Record):
    level: AnyLevel
    at: float
    recovery: float


class IndicatorFile(Record):
    name: Words
    measure: str
    topic: Words
    place: Words
    cadence_s: Annotated[float, Field(gt=0)]
    at: Spot | None = None
    decimals: Annotated[int, Field(ge=0, le=6)] = 2
    limits: list[LimitFile] = []
    rising: bool = True
    matter: str | None = None
    agency: str | None = None
    gauge: bool = False


class GrantFile(Record):
    right: Annotated[Right, one_of(Right)]
    area: str | None = None  # the pack's own when neither is named
    agency: str | None = None
    realm: Literal["live", "drill", "any"] = "any"


class UserFile(Record):
    name: Words
    duty: Words
    password_hash: Annotated[str, AfterValidator(_hash)]
    grants: list[GrantFile] = [GrantFile.model_construct(right=Right.COMMAND)]
