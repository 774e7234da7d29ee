"""Two desks that work on one incident with the link down: in whatever order it arrives, all come to hold the same
conflicts, and to the same end when they are decided.
"""

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.domain.assignment import Status
from console.domain.conflict import Casualties, CasualtyReport, Subject, casualties
from console.domain.level import Level
from console.domain.merging import Edit, EditIncident, ReportCasualties, SettleConflict
from console.domain.operation import Dispatch, OpenIncident, Operation
from console.domain.words import Label
from console.store.ids import new_id
from console.sync import inbox, outbox
from console.sync.messages import PushRequest
from tests.support_pack import assignment, incident
from tests.support_scope import Centre, Desk, everything, person

WHO = Label("王", "Wang")
FIRST, SECOND = incident(1), incident(2)


def done_by(user: str) -> list[Operation]:
    """What a desk does with the link down."""
    one = user == "u1"
    title = Label(user, user)
    by = person(user, 1.0 if one else 2.0).by
    count = Casualties(0, 3, 6, 0) if one else Casualties(0, 5, 4, 0)
    return [
        EditIncident(FIRST.id, (Edit(new_id(), Subject.TITLE, FIRST.title, title),)),
        EditIncident(FIRST.id, (Edit(new_id(), Subject.LEVEL, FIRST.level, Level.ORANGE if one else Level.RED),)),
        ReportCasualties(CasualtyReport(new_id(), FIRST.id, count, by.at, by)),
        Dispatch((FIRST if one else SECOND).id, "fire", WHO, None, (assignment(FIRST if one else SECOND),)),
        EditIncident(FIRST.id, (Edit(new_id(), Subject.TITLE, title, Label(f"{user}!", f"{user}!")),)),
    ]


def push_one(desk: Desk, after: int) -> int:
    """The next operation of the command lane; the number of it."""
    batch = outbox.to_send(desk.store, "command", after, 1)
    if not batch.bodies:
        return after
    body = f'{{"oldest":{batch.oldest},"operations":[{batch.bodies[0]}]}}'
    desk.service.push(desk.caller, desk.realm, PushRequest.model_validate_json(body))
    return batch.first


def conflicts(rows: dict[tuple[str, str], Any]) -> dict[str, Any]:
    return {row.id: row for (table, _), row in rows.items() if table == "conflict"}


@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    st.permutations(["u1", "u2"] * 5),
    st.sets(st.integers(0, 9)),
    st.lists(st.sampled_from(["kept", "other"]), min_size=8, max_size=8),
)
def test_all_come_to_hold_the_same_conflicts(order: list[str], pulls: set[int], sides: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        centre = Centre(Path(folder))
        try:
            desks = {user: centre.desk(user) for user in ("u1", "u2")}
            assert desks["u1"].do(OpenIncident(FIRST, WHO)) and desks["u1"].do(OpenIncident(SECOND, WHO))
            centre.sync()
            sent = {"u1": 2, "u2": 0}
            for user, desk in desks.items():
                assert all(desk.do(operation) for operation in done_by(user))
            for step, user in enumerate(order):
                sent[user] = push_one(desks[user], sent[user])
                if step in pulls:
                    desks["u1" if user == "u2" else "u2"].pull()
            centre.sync()
            truth = everything(centre.realm().store)
            assert all(desk.rows() == truth for desk in desks.values())
            assert all(inbox.inbox(desk.store) == [] for desk in desks.values())  # nothing was refused
            raised = conflicts(truth)
            assert all(one.open for one in raised.values())
            subjects = sorted(one.subject.value for one in raised.values())
            assert subjects == ["casualties", "level", "title", "unit"]
            assert truth["incident", FIRST.id].level is Level.RED
            reports = [row for (table, _), row in truth.items() if table == "casualty_report"]
            assert casualties(reports, raised.values()) == Casualties(0, 5, 6, 0)
            # both decide everything at once, with the link down
            mine = dict(zip(sorted(raised), sides, strict=False))
            theirs = dict(zip(sorted(raised), sides[4:], strict=False))
            for user, taken in (("u1", mine), ("u2", theirs)):
                assert all(desks[user].do(SettleConflict(id, side)) for id, side in taken.items())
            centre.sync()  # u1's arrive first
            after = everything(centre.realm().store)
            assert all(desk.rows() == after for desk in desks.values())
            assert {id: one.taken for id, one in conflicts(after).items()} == mine
            late = inbox.inbox(desks["u2"].store)
            assert {one.args["conflict"] for one in late} == {id for id in raised if mine[id] != theirs[id]}
            assert {one.phrase.code for one in late} <= {"conflict_settled"}
            assert inbox.inbox(desks["u1"].store) == []
            work = [row for (table, _), row in after.items() if table == "assignment"]
            assert sorted(row.status.value for row in work) == [Status.NOTIFIED.value, Status.RECALLED.value]
            assert all(desk.check() == [] for desk in desks.values())
        finally:
            centre.close()
