"""The three lists as they hold for one centre: what its pack ships, and what was changed since."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from console.domain.area import Tier, lies_in
from console.domain.duty import Duty, Matter, SceneCard
from console.domain.incident import Incident
from console.domain.pack import Pack
from console.domain.words import Labelled
from console.domain.worktime import CHINA


class ListKind(Labelled):
    MATTER = "matter", "事项", "Matter"
    DUTY = "duty", "职责", "Duty"
    CARD = "card", "场景", "Scene card"


Content = Matter | Duty | SceneCard


def kind_of(content: Content) -> ListKind:
    match content:
        case Matter():
            return ListKind.MATTER
        case Duty():
            return ListKind.DUTY
    return ListKind.CARD


def id_of(content: Content, area: str = "") -> str:
    """ "matter:garbage" of a pack; "dongguan/houjie#duty:garbage@dongguan/houjie@town" of a centre."""
    own = content.code if isinstance(content, Matter) else content.id
    return f"{area}#{kind_of(content).value}:{own}".removeprefix("#")


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list that was changed at a centre; it stands in the place of the pack's."""

    id: str  # see `id_of`
    area: str  # path of the centre
    content: Content | None  # None: struck off


@dataclass(frozen=True, slots=True)
class Lists:
    """Mappings are by the lines' own ids."""

    matters: Mapping[str, Matter]
    duties: Mapping[str, Duty]
    cards: Mapping[str, SceneCard]

    def duty(self, matter: str, area: str, tier: Tier | None = None) -> Duty | None:
        """Who answers for a matter at a place: of those that hold there, the one said most exactly."""
        fitting = [
            duty
            for duty in self.duties.values()
            if duty.matter == matter
            and (not duty.area or lies_in(area, duty.area))
            and (duty.tier is None or tier is None or duty.tier is tier)
        ]
        return max(fitting, key=lambda d: (len(d.area), d.tier is not None, d.id), default=None)

    def card(self, incident: Incident, now: datetime, in_alarm: Collection[str] = ()) -> SceneCard | None:
        """What is done about an incident: of the cards that fit, the one that asks for most."""
        fitting = [card for card in self.cards.values() if fits(card, incident, now, in_alarm)]
        return max(fitting, key=lambda card: (_asked(card), card.id), default=None)


def fits(card: SceneCard, incident: Incident, now: datetime, in_alarm: Collection[str]) -> bool:
    """`in_alarm` are the indicators that are."""
    if card.matter != incident.matter or (card.area and not lies_in(incident.area, card.area)):
        return False
    if card.least is not None and incident.level.rank < card.least.rank:
        return False
    if card.hours is not None and not _within(now.astimezone(CHINA).hour, card.hours):
        return False
    return card.indicator is None or card.indicator in in_alarm


def _within(hour: int, hours: tuple[int, int]) -> bool:
    since, until = hours
    return since <= hour < until if since <= until else hour >= since or hour < until


def _asked(card: SceneCard) -> tuple[int, int, int]:
    rank = card.least.rank if card.least else 0
    return sum((bool(card.area), card.hours is not None, card.indicator is not None)) + bool(rank), rank, len(card.area)


class Origin(Labelled):
    """Where a line of a centre's lists comes from."""

    SHIPPED = "shipped", "自带", "Of the pack"
    CHANGED = "changed", "已改", "Changed here"
    ADDED = "added", "新增", "Added here"
    STRUCK = "struck", "已划去", "Struck off"


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it stands; of one struck off, what the pack has."""

    content: Content
    origin: Origin

    @property
    def id(self) -> str:
        return id_of(self.content)


def shipped(pack: Pack) -> dict[str, Content]:
    """The pack's own lines by `id_of`."""
    own: tuple[Content, ...] = (*pack.matters.values(), *pack.duties.values(), *pack.cards.values())
    return {id_of(one): one for one in own}


def lines_of(pack: Pack, listed: Iterable[Listed] = ()) -> dict[str, Line]:
    """Every line there is by `id_of`: the pack's in its order, struck off or not, then those that were added."""
    own, lists = shipped(pack), lists_of(pack, listed)
    there: tuple[Content, ...] = (*lists.matters.values(), *lists.duties.values(), *lists.cards.values())
    now = {id_of(one): one for one in there}
    found: dict[str, Line] = {}
    for id, content in own.items():
        if (here := now.pop(id, None)) is None:
            found[id] = Line(content, Origin.STRUCK)
        else:
            found[id] = Line(here, Origin.SHIPPED if here == content else Origin.CHANGED)
    return found | {id: Line(content, Origin.ADDED) for id, content in now.items()}


def lists_of(pack: Pack, listed: Iterable[Listed] = ()) -> Lists:
    """The pack's lists with the changed lines in their places: a town's over its city's."""
    lines = shipped(pack)
    here = [row for row in listed if lies_in(pack.area, row.area)]
    for row in sorted(here, key=lambda row: (len(row.area), row.id)):
        id = row.id.partition("#")[2]
        if row.content is None:
            lines.pop(id, None)
        else:
            lines[id] = row.content
    return Lists(
        {line.code: line for line in lines.values() if isinstance(line, Matter)},
        {line.id: line for line in lines.values() if isinstance(line, Duty)},
        {line.id: line for line in lines.values() if isinstance(line, SceneCard)},
    )
