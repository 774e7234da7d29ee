"""The organisation tree: city 市, town 镇街, zone 片区, village 村社; and who may see and do what in it.

A place in the tree is a path of ids, "dongguan/houjie/z1/shanmei". An agency is a leaf below its area,
"dongguan/houjie/@fire", so that one rule (a path lies under another) serves areas and agencies alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from console.domain.words import Label, Labelled

LIVE, DRILL, ANY = "live", "drill", "any"  # the realms of a grant
_LISTS = "=lists"  # under an area


class Tier(Labelled):
    """A level of the organisation."""

    CITY = "city", "市", "City"
    TOWN = "town", "镇街", "Town"
    ZONE = "zone", "片区", "Zone"
    VILLAGE = "village", "村社", "Village"


@dataclass(frozen=True, slots=True)
class Area:
    path: str
    name: Label
    tier: Tier


class Right(Labelled):
    """What a user may do where a grant holds; each includes the ones before it, but for the relay."""

    VIEW = "view", "查看", "View"
    RESPOND = "respond", "处置", "Respond"  # facts of one's own work: status, tasks, notes, casualties, files
    COMMAND = "command", "指挥", "Command"  # everything an operator does
    RELAY = "relay", "中继", "Relay"  # a platform that passes on what others did


@dataclass(frozen=True, slots=True)
class Grant:
    """A role: a right, at an area or agency of some level, in live work or drills or both."""

    right: Right
    at: str  # path
    realm: str = ANY

    def holds_in(self, realm: str) -> bool:
        return self.realm == ANY or self.realm == (LIVE if realm == LIVE else DRILL)


def agency_path(area: str, agency: str) -> str:
    return f"{area}/@{agency}" if area else f"@{agency}"


def centre_path(area: str) -> str:
    """Where the centre of an area is addressed: the agency in it that has the area's own id."""
    return agency_path(area, area.rpartition("/")[2])


def lists_path(area: str) -> str:
    """Where the lists that an area keeps are seen: by all who work in it, on whatever level."""
    return f"{area}/{_LISTS}"


def lists_above(scope: str) -> list[str]:
    """Where the lists of the areas around a scope are seen."""
    return [lists_path(scope[:end]) for end, letter in enumerate(scope) if letter == "/"]


def own_paths(grants: Iterable[Grant], realm: str) -> frozenset[str]:
    """The agencies that these grants make one's own: those they name, and the centres of the areas they name."""
    works = [g.at for g in grants if g.right in (Right.RESPOND, Right.COMMAND) and g.holds_in(realm)]
    return frozenset(at if at.rpartition("/")[2].startswith("@") else centre_path(at) for at in works)


def lies_in(path: str, scope: str) -> bool:
    """Whether a path is the scope or under it."""
    return path == scope or path.startswith(scope + "/")


def visible(paths: Iterable[str], scopes: Iterable[str]) -> bool:
    """Whether any of the paths lies in any of the scopes, or is of the lists that hold there."""
    scopes = tuple(scopes)
    return any(
        lies_in(path, scope) or (path.endswith(_LISTS) and path in lists_above(scope))
        for path in paths
        for scope in scopes
    )


def may_command(grants: Iterable[Grant], path: str, realm: str) -> bool:
    """Whether these grants let one do everything at a path."""
    return any(g.right is Right.COMMAND and g.holds_in(realm) and lies_in(path, g.at) for g in grants)


def covers(mine: Iterable[Grant], theirs: Iterable[Grant]) -> bool:
    """Whether whoever has these grants may do all that those others let one do, of which there must be some."""
    mine, theirs = tuple(mine), tuple(theirs)
    kinds = (Right.VIEW, Right.RESPOND, Right.COMMAND)  # a relay does nothing of its own
    return bool(theirs) and all(
        other.right in kinds
        and any(lies_in(other.at, g.at) and g.right in kinds and g.right.place >= other.right.place for g in mine)
        for other in theirs
    )


def scopes_of(grants: Iterable[Grant], realm: str) -> tuple[str, ...]:
    """The paths that these grants let one see in a realm, without those that lie under another; sorted."""
    paths = {grant.at for grant in grants if grant.holds_in(realm)}
    return tuple(sorted(p for p in paths if not any(p != other and lies_in(p, other) for other in paths)))
