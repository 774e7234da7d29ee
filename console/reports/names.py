"""The names that a document prints for ids."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from console.domain.pack import Pack
from console.domain.words import Label


@dataclass(frozen=True, slots=True)
class Names:
    """Of agencies, units and users, each by id: two kinds may have the same ids. An id without a name is printed."""

    agencies: Mapping[str, Label] = field(default_factory=dict)
    units: Mapping[str, Label] = field(default_factory=dict)
    users: Mapping[str, Label] = field(default_factory=dict)


def names_of(pack: Pack) -> Names:
    return Names(
        {agency.id: agency.name for agency in pack.agencies.values()},
        {unit.id: unit.name for unit in pack.units.values()},
        {user.id: user.name for user in pack.users.values()},
    )
