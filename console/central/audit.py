"""What was taken from whom, counted from the rows themselves."""

from sqlalchemy import distinct, func, select

from console.store import tables
from console.store.queries import View
from console.sync.messages import Audit, LaneAudit


def audit(view: View, client: str) -> Audit:
    """Over all clients, with the operation ids of `client`."""
    outcome = tables.outcome
    counts = (
        select(
            outcome.c.client,
            outcome.c.lane,
            func.max(outcome.c.n),
            func.count(),
            func.count(distinct(outcome.c.id)),
        )
        .where(outcome.c.again.is_(False))
        .group_by(outcome.c.client, outcome.c.lane)
        .order_by(outcome.c.client, outcome.c.lane)
    )
    of_mine = outcome.c.id.in_(select(outcome.c.id).where(outcome.c.client == client))
    mine = select(outcome.c.id, func.count()).where(of_mine, outcome.c.again.is_(False)).group_by(outcome.c.id)
    done = select(func.count(), func.count(distinct(outcome.c.id))).where(outcome.c.again.is_(False))
    total, different = view.connection.execute(done).one()
    return Audit(
        lanes=[
            LaneAudit(client=row[0], lane=row[1], last_n=row[2], operations=row[3], distinct=row[4])
            for row in view.connection.execute(counts)
        ],
        doubled=total - different,
        breaches=view.connection.scalar(select(func.count()).select_from(tables.breach)) or 0,
        held={row[0]: row[1] for row in view.connection.execute(mine)},
    )
