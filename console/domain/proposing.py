"""From an incident to a proposal: its duty says who answers, its scene card what is needed, the field who can go.

Units are taken in this order: whether they can do it at all, whole minutes of travel (an old position counts as
farther, an unknown one as farthest), how fresh their position is, how often they were out lately, whose they are,
whether their area is left without. Of others is asked only what one's own cannot send: first the next town within
`NEAR_S`, then the city's reserves, then any other town.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from math import inf, isinf

from console.domain.area import Tier
from console.domain.duty import Duty, Limit, Need, SceneCard
from console.domain.incident import Incident
from console.domain.lists import Lists
from console.domain.looking import Jurisdiction, Known, Look, Looker
from console.domain.pack import Pack
from console.domain.proposal import Candidate, Proposal, due
from console.domain.worktime import WorkTime

NEAR_S = 1800.0  # a neighbour within this is asked before the city is
FRESH_MIN = 10  # a position older than this comes second


def propose(
    incident: Incident,
    pack: Pack,
    lists: Lists,
    work: WorkTime,
    known: Known,
    *,
    now: datetime,
    force: int = 0,
    tier: Tier | None = None,
) -> Proposal | None:
    """The proposal for an incident, or for its reinforcement to the level `force`; None when there is no duty for it.

    `tier` is that of the centre that answers.
    """
    duty = lists.duty(incident.matter, incident.area, tier)
    card = lists.card(incident, now, known.in_alarm)
    if duty is None:
        return None
    looker = looker_of(incident, pack, known, now)
    needs, candidates = _chosen(demands(card, force), pack, looker)
    first = force == 0
    return Proposal(
        incident=incident.id,
        lead=incident.lead or duty.lead,
        assist=duty.assist if first else (),
        needs=needs,
        candidates=candidates,
        tasks=card.tasks if card and first else (),
        messages=card.messages if card and first else (),
        ack_due_at=due(work, now, duty.limit(Limit.ACK)),
        arrive_due_at=due(work, now, duty.limit(Limit.ARRIVE)),
        due_at=_handled_by(duty, incident, work),
        by_road=known.by_road,
        first=first,
        force=force,
    )


def looker_of(incident: Incident, pack: Pack, known: Known, now: datetime) -> Looker:
    """Looks at any unit of the pack for an incident."""
    agency_areas = {agency.id: agency.area for agency in pack.agencies.values()}
    return Looker(incident.id, incident.area or pack.area, pack.areas, agency_areas, known, now)


def demands(card: SceneCard | None, force: int) -> tuple[Need, ...]:
    """What is needed up to a reinforcement level, each capability once.

    Past the last level of the card that one is sent again; without any, what is needed at first.
    """
    if card is None:
        return ()
    levels = card.reinforcements or (card.needs,)
    wanted = [*card.needs, *(need for n in range(force) for need in levels[min(n, len(levels) - 1)])]
    merged: dict[str, Need] = {}
    for need in wanted:
        known = merged.get(need.capability)
        merged[need.capability] = replace(known, count=known.count + need.count) if known else need
    return tuple(merged.values())


def _handled_by(duty: Duty, incident: Incident, work: WorkTime) -> datetime | None:
    return incident.due_at or due(work, incident.opened_at, duty.limit(Limit.HANDLE))


def _chosen(
    needs: Sequence[Need], pack: Pack, looker: Looker
) -> tuple[tuple[tuple[Need, int], ...], tuple[Candidate, ...]]:
    """How many of each need are met by those who are there already, and every able unit, chosen or not."""
    wanted = {need.capability: need for need in needs}  # each capability is there once
    looks = {
        unit.id: looker.look(unit) for unit in pack.units.values() if not wanted.keys().isdisjoint(unit.capabilities)
    }
    able = {can: sorted(id for id in looks if can in pack.units[id].capabilities) for can in wanted}
    free = {id for id, look in looks.items() if look.free}
    area = {id: pack.agencies[pack.units[id].agency].area for id in looks}
    left = {can: Counter(area[id] for id in ids if id in free) for can, ids in able.items()}  # free ones of each area

    def in_turn(can: str) -> list[str]:
        return sorted(free.intersection(able[can]), key=lambda id: (_rank(looks[id], left[can][area[id]]), id))

    order = {can: in_turn(can) for can in able}

    counts = {can: need.count for can, need in wanted.items()}
    aid = {id for id in free if looks[id].whose.aid}
    there = _matched({can: [id for id in ids if looks[id].here] for can, ids in able.items()}, counts, {})
    own = _matched({can: [id for id in ids if id not in aid] for can, ids in order.items()}, counts, there)
    others = _matched({can: [id for id in ids if id in aid] for can, ids in order.items()}, counts, there | own)
    sent = own | others

    place = {can: {id: at for at, id in enumerate(ids, 1)} for can, ids in order.items()}
    helped = set(others.values())
    met = Counter(there.values()) + Counter(sent.values())
    last_s = {
        can: max((looks[id].travel_s or 0.0 for id, it in sent.items() if it == can), default=0.0) for can in wanted
    }
    for id, can in sent.items():
        left[can][area[id]] -= 1

    def candidate(id: str, look: Look) -> Candidate:
        can = sent.get(id) or there.get(id) or next(can for can in wanted if can in pack.units[id].capabilities)
        going = id in sent
        later = id in free and not going and met[can] >= counts[can]
        return Candidate(
            pack.units[id],
            wanted[can],
            going,
            look,
            place=place[can].get(id, 0),
            slower_s=max(0.0, (look.travel_s or 0.0) - last_s[can]) if later else 0.0,
            spare=later and look.whose.aid and can not in helped,
            last=id in free and left[can][area[id]] == (0 if going else 1),
        )

    turn = {can: at for at, can in enumerate(wanted)}
    found = sorted(
        (candidate(id, look) for id, look in looks.items()),
        key=lambda c: (
            turn[sent[c.unit.id]] if c.chosen else len(turn),
            c.unit.id not in free,
            c.look.whose.aid,
            c.travel_s if c.travel_s is not None else inf,
            c.unit.id,
        ),
    )
    already = Counter(there.values())
    return tuple((need, already[can]) for can, need in wanted.items()), tuple(found)


def _rank(look: Look, in_area: int) -> tuple[int, float, bool, int, int, bool, float]:
    """The order in which free units are taken."""
    age_min = look.where.age_min
    return (
        _turn(look),
        look.rank_min if isinf(look.rank_min) else round(look.rank_min),
        age_min is None or age_min > FRESH_MIN,
        look.lately,
        look.whose.value,
        in_area == 1,
        look.travel_s or 0.0,
    )


def _turn(look: Look) -> int:
    """Whose turn it is to be asked."""
    match look.whose:
        case Jurisdiction.TOWN:
            return 1 if look.travel_s is not None and look.travel_s <= NEAR_S else 3
        case Jurisdiction.CITY:
            return 2
    return 0


def _matched(order: Mapping[str, Sequence[str]], counts: Mapping[str, int], taken: Mapping[str, str]) -> dict[str, str]:
    """Which unit meets which need, by capability: the first of its order, unless another need has only that one.

    `taken` are units that are spoken for, with what they meet. As few needs as can be are left unmet (Kuhn's
    algorithm for matchings).
    """
    spoken = Counter(taken.values())
    slots = [(can, n) for can in order for n in range(counts[can] - spoken[can])]
    holds: dict[str, tuple[str, int]] = {}

    def placed(slot: tuple[str, int], tried: set[str]) -> bool:
        ids = [id for id in order[slot[0]] if id not in taken and id not in tried]
        if (first := next((id for id in ids if id not in holds), None)) is not None:
            holds[first] = slot
            return True
        for id in ids:
            if id not in tried and holds[id][0] != slot[0]:
                tried.add(id)
                if placed(holds[id], tried):
                    holds[id] = slot
                    return True
        return False

    for slot in slots:
        placed(slot, set())
    return {id: can for id, (can, _) in holds.items()}
