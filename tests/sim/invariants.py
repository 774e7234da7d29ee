"""What must hold: always, and when the world is quiet."""

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from console.central.feed import EVIDENCE, FLOOR
from console.domain.area import visible
from console.domain.conflict import CasualtyReport, Subject
from console.domain.incident import Incident
from console.domain.indicator import Reading
from console.domain.levels import Transfer
from console.domain.log import first_broken
from console.domain.merging import EditIncident, ReportCasualties, SettleConflict
from console.domain.moving import UndoMove
from console.domain.operation import AddReadings, Dispatch, ReportStatus
from console.domain.operations import buckets
from console.store import tables
from console.store.codec import decode, encode
from console.store.queries import View
from console.store.sums import counts, row_hash
from console.sync import outbox, own, rebase
from console.sync.messages import Check
from console.sync.outbox import read_sent
from tests.sim import oracle

if TYPE_CHECKING:
    from tests.sim.caller import Caller
    from tests.sim.centre import Platform
    from tests.sim.desk import Desk
    from tests.sim.relay import Relay
    from tests.sim.world import World


def comparable(world: "World", desk: "Caller") -> bool:
    """Whether the platform's past is the one that this desk (or relay) knows, up to its cursor."""
    if not desk.above.running or desk.setting(rebase.ANEW):
        return False
    scopes = desk.above.service.directory.scopes(desk.user, "live")
    with desk.above.store.read() as view:
        same = view.setting("central.incarnation") == desk.setting(own.INCARNATION)
        kept = int(view.setting(FLOOR, 0)) <= rebase.cursor(desk.store)
    return bool(same and kept and desk.setting(own.SCOPES) == scopes)


def unlike(desk: "Caller", paths: list[str]) -> str:
    """Which rows make the sums of some buckets differ."""
    with desk.store.read() as mine:
        rows = own.platform_rows(mine)
        here = {(path, *key): row for key, (row, places) in rows.items() for path in places if counts(row)}
    with desk.above.store.read() as view:
        member = tables.member
        said = []
        for path in paths:
            query = select(member.c.table, member.c.id, member.c.hash).where(member.c.bucket == path)
            there = {(table, id): hashed for table, id, hashed in view.connection.execute(query)}
            mine_here = {key[1:]: row for key, row in here.items() if key[0] == path}
            said += [f"{path} lacks {key}" for key in sorted(there.keys() - mine_here.keys())]
            said += [f"{path} has {key}" for key in sorted(mine_here.keys() - there.keys())]
            for key in sorted(there.keys() & mine_here.keys()):
                if row_hash(*key, encode(mine_here[key])) != there[key]:
                    said.append(
                        f"{path}: other {key}: {mine_here[key]} for {view.get(tables.FEED_KINDS[key[0]], key[1])}"
                    )
    return " | ".join(said[:4])


def while_working(world: "World", desk: "Caller") -> None:
    """A desk shows the platform's rows at its cursor, and what it has pending done over them."""
    if desk.setting(rebase.ANEW):
        _nothing_beside(world, desk)
    if not comparable(world, desk):
        return
    cursor = rebase.cursor(desk.store)
    with desk.above.store.read() as view:
        rows = oracle.told(view, desk.setting(own.SCOPES), cursor)
        outcome = tables.outcome
        done = set(view.connection.scalars(select(outcome.c.id).where(outcome.c.sequence <= cursor)))
        if desk.above is world.relay:  # what the city refused later is told once more
            done |= set(view.connection.scalars(select(outcome.c.id).where(outcome.c.refusal.is_not(None))))
    table = tables.outbox
    with desk.store.read() as view:
        queued = view.connection.execute(select(table).order_by(table.c.sequence)).all()
    refused = _waiting(world, desk)
    for row in queued:
        if row.settled_at is not None and row.id not in done and row.id not in refused:
            world.wrong("settled too early", f"{desk.name}: {row.lane} {row.n}")
    waiting = [row.body for row in queued if row.settled_at is None and row.lane == "command"]
    due = oracle.decided(oracle.replayed(rows, waiting, desk.store.areas))
    here = oracle.decided(oracle.shown(desk.store))
    if due != here:
        world.wrong("shows something else", f"{desk.name} at {cursor}: {oracle.difference(due, here)}")


def _nothing_beside(world: "World", desk: "Caller") -> None:
    """What went out of scope is gone at once, not only when everything has come anew."""
    scopes = desk.setting(own.SCOPES)
    with desk.store.read() as view:
        for key, (_row, paths) in own.platform_rows(view).items():
            if key[0] != "entry" and not visible(paths, scopes):  # an entry may be of an incident on its way in
                world.wrong("outside its scope", f"{desk.name} still has {key}")


def quiet(desk: "Caller") -> bool:
    if desk.setting(rebase.ANEW) or sum(outbox.pending(desk.store).values()):
        return False
    return rebase.cursor(desk.store) == desk.above.end()


def compared(world: "World", desk: "Caller") -> None:
    """In a quiet world there is nothing to mend.

    Except for what this desk wrote about an incident that it does not see, and what its users may not write any
    more: it cannot know where that is seen, if anywhere.
    """
    mine = own.own_sums(desk.store)
    assert mine is not None
    theirs = Check.model_validate_json(desk.call("GET", f"/v1/check?cursor={mine.cursor}"))
    paths = sorted(mine.sums.keys() | (theirs.buckets or {}).keys())
    if mine.sums != theirs.buckets:
        with desk.store.read() as view:
            written = {entry.id for entry in view.chain(desk.store.device) if entry.note.incident}
        with world.city.store.read() as view:  # a relay keeps none
            written |= _evidence(view)
        said = unlike(desk, paths)
        if not all("has ('entry'" in one and any(id in one for id in written) for one in said.split(" | ")):
            world.wrong("sums differ", f"{desk.name} in a quiet world: {said}")
        desk.exchange.check(desk.call, lambda: own.own_sums(desk.store))
        again = own.own_sums(desk.store)
        assert again is not None
        mine = again
    if said := desk.exchange.check(desk.call, lambda: mine):
        world.wrong("sums differ", f"{desk.name} mended {said} in a quiet world")


def restless(desk: "Caller") -> str:
    """Why it is not quiet."""
    at = f"at {rebase.cursor(desk.store)} of {desk.above.end()}, anew {desk.setting(rebase.ANEW)}"
    return f"{desk.name} ({desk.line.state.link.value}): pending {outbox.pending(desk.store)}, {at}"


def when_quiet(world: "World") -> None:
    """Nothing lost, nothing doubled, everyone the same."""
    with world.city.store.read() as view:
        for desk in world.desks:
            _kept(world, desk, view)
        _whole(world, view)
        _shown(world, view)
        _told_apart(world, view)
    for platform in world.platforms:
        with platform.store.read() as view:
            _once(world, view)
            _unbroken(world, platform, view)
            _one_platform(world, platform, view)
            for caller in world.callers:
                if caller.above is platform:
                    _same(world, caller, view)
    if world.relay is not None:
        _through(world, world.relay)


def _once(world: "World", view: View) -> None:
    outcome = tables.outcome
    done = view.connection.scalars(select(outcome.c.id).where(outcome.c.again.is_(False)))
    twice = [id for id, count in Counter(done).items() if count > 1]
    if twice:
        world.wrong("doubled", f"{twice[:3]}")


def _kept(world: "World", desk: "Desk", view: View) -> None:
    """What this desk answered for is held by the platform, or is in the inbox; what was said is in the log."""
    outcome = tables.outcome
    done = {
        row.id: row.refusal
        for row in view.connection.execute(select(outcome.c.id, outcome.c.refusal).where(outcome.c.again.is_(False)))
    }
    entries = set(view.connection.scalars(select(tables.entry.c.id)))
    inbox = _inbox(desk)
    waiting = _waiting(world, desk)
    for id, acked in desk.acked.items():
        if id not in done and id not in waiting:
            world.wrong("lost", f"{acked.name} {id} of {desk.name}")
        if done.get(id) is not None and id not in inbox:
            world.wrong("refusal not told", f"{acked.name} {id} of {desk.name}: {done[id]}")
        if missing := set(acked.entries) - entries:
            world.wrong("log lost", f"{acked.name} {id} of {desk.name}: {len(missing)} entries")


def _inbox(caller: "Caller") -> set[str]:
    with caller.store.read() as here:
        return set(here.connection.scalars(select(tables.inbox.c.id)))


def _waiting(world: "World", caller: "Caller") -> set[str]:
    """What waits for a person: here, or where a copy of this database could not send it and told the platform so."""
    mine = caller.name.partition("+")[0]
    return set[str]().union(*(_inbox(one) for one in world.callers if one.name.partition("+")[0] == mine))


def _whole(world: "World", view: View) -> None:
    for device in view.chains():
        if device not in world.forked and (bad := first_broken(view.chain(device))):
            world.wrong("chain broken", f"{device} at {bad.number}")


def _unbroken(world: "World", platform: "Platform", view: View) -> None:
    table = tables.breach
    for entry, device in view.connection.execute(select(table.c.entry, table.c.device)):
        if device not in world.forked and not device.startswith(EVIDENCE):
            world.wrong("chain broken", f"at the {platform.name}: breach {entry} of {device}")


def _evidence(view: View) -> set[str]:
    """Entries that are kept, and shown to nobody."""
    table = tables.breach
    return set(view.connection.scalars(select(table.c.entry).where(table.c.device.startswith(EVIDENCE))))


def _one_platform(world: "World", platform: "Platform", view: View) -> None:
    """The platform's rows are those of its feed, each at the paths where it belongs."""
    everywhere = sorted({path.split("/")[0] for path in world.people.pack.areas} | {""})
    rows, fed = {}, oracle.told(view, everywhere)
    for table, kind in tables.FEED_KINDS.items():
        rows |= {(table, row.id): row for row in view.every(kind)}
    hidden = _evidence(view)
    rows = {key: row for key, row in rows.items() if key[0] != "reading" and key[1] not in hidden}
    fed = {key: row for key, row in fed.items() if key[0] != "reading"}
    if rows != fed:
        world.wrong("feed differs", f"{platform.name}: {oracle.difference(rows, fed)}")
    member = tables.member
    at: dict[oracle.Key, set[str]] = {}
    for bucket, table, id in view.connection.execute(select(member.c.bucket, member.c.table, member.c.id)):
        at.setdefault((table, id), set()).add(bucket)
    for key, row in rows.items():
        places = buckets(row, view, "?")
        if "?" not in places and at.get(key, set()) not in (set(places), set()):
            world.wrong("in the wrong bucket", f"{platform.name}: {key}: {sorted(at[key])} for {sorted(places)}")


def _same(world: "World", desk: "Caller", view: View) -> None:
    """A desk has all rows of its scope and none beside; a relay likewise."""
    scopes = desk.above.service.directory.scopes(desk.user, "live")
    there, here = oracle.told(view, scopes), oracle.shown(desk.store)
    readings = {key: row for key, row in there.items() if key[0] == "reading"}
    unsent = _unsent_readings(desk)
    for key, row in readings.items():
        if here.get(key) != row and here.get(key) not in unsent:
            world.wrong("diverged", f"{desk.name} {key}: {here.get(key)} for {row}")
    there = {key: row for key, row in there.items() if key[0] != "reading"}
    here = {key: row for key, row in here.items() if key[0] != "reading"}
    # an entry of the first version has no place: a desk keeps those that it wrote
    here = {key: row for key, row in here.items() if key in there or key[0] != "entry" or row.area}
    if there != here:
        beside = [key for key, row in here.items() if key not in there and _hidden(row, view, scopes)]
        world.wrong("outside its scope" if beside else "diverged", f"{desk.name}: {oracle.difference(there, here)}")
    with desk.store.read() as mine:
        if left := mine.connection.scalar(select(func.count()).select_from(tables.base_row)):
            world.wrong("diverged", f"{desk.name}: {left} rows are still covered")


def _unsent_readings(desk: "Caller") -> list[Reading]:
    """Those that the platform did not take: they stay where they were made, and in the inbox."""
    with desk.store.read() as mine:
        bodies = [json.loads(body) for body in mine.connection.scalars(select(tables.inbox.c.body))]
    return [
        reading
        for body in bodies
        if body["name"] == AddReadings.NAME
        for reading in decode(AddReadings, json.dumps(body["args"])).readings
    ]


def _through(world: "World", relay: "Relay") -> None:
    """Those below a relay have what the city has for them, as far as that is the relay's to pass on."""
    scopes = world.city.service.directory.scopes
    with world.city.store.read() as view:
        passed = oracle.told(view, scopes(relay.user, "live"))
        for desk in world.desks:
            if desk.above is not relay:
                continue
            mine = oracle.told(view, scopes(desk.user, "live"))
            there = {key: row for key, row in mine.items() if key in passed}
            here = oracle.shown(desk.store)
            # what a desk has itself stays: an entry of the first version, a reading that could not be sent
            own = {key for key, row in here.items() if key[0] == "reading" or (key[0] == "entry" and not row.area)}
            here = {key: row for key, row in here.items() if key in there or key not in own}
            if there != here:
                world.wrong("diverged", f"{desk.name} from the city: {oracle.difference(there, here)}")


def _hidden(row: Any, view: View, scopes: list[str]) -> bool:
    return not visible(buckets(row, view, ""), scopes)


def _told_apart(world: "World", view: View) -> None:
    """No two incidents of an area have one code, though desks that are apart give the same numbers."""
    codes = Counter((incident.area, incident.code) for incident in view.every(Incident))
    if twice := [code for code, count in codes.items() if count > 1]:
        world.wrong("one code for two", f"{twice}")


def _shown(world: "World", view: View) -> None:
    """Two who did not know of each other: both sides are kept in a conflict, whoever came first."""
    outcome = tables.outcome
    query = select(outcome.c.id).where(outcome.c.refusal.is_(None), outcome.c.again.is_(False))
    accepted = list(view.connection.scalars(query.order_by(outcome.c.sequence)))
    bodies = {id: acked.body for desk in world.desks for id, acked in desk.acked.items()}
    conflicts = view.every(tables.FEED_KINDS["conflict"])
    known = {(c.incident, c.subject) for c in conflicts}  # type: ignore[attr-defined]
    units = {c.id for c in conflicts}  # type: ignore[attr-defined]
    settled, moved = set(), set()
    edits: dict[Any, set[Any]] = {}
    counts: dict[Any, set[Any]] = {}
    sent: list[tuple[str, str, str]] = []
    for id in accepted:
        if id not in bodies:
            continue
        operation, _actor = read_sent(json.loads(bodies[id]), list(world.people.pack.areas))
        match operation:
            case EditIncident(incident, changes):
                for edit in changes:
                    if edit.subject is not Subject.LEVEL:
                        edits.setdefault((incident, edit.subject, edit.base), set()).add(edit.value)
            case ReportCasualties(report, seen):
                before = view.get(CasualtyReport, seen) if seen else None
                if before is None or (report.occurred_at, report.id) > (before.occurred_at, before.id):
                    counts.setdefault((report.incident, seen), set()).add(report.count)
            case SettleConflict(conflict):
                settled.add(next((c.incident, c.subject) for c in conflicts if c.id == conflict))  # type: ignore[attr-defined]
                moved |= {a for _, _, a in sent}
            case ReportStatus(assignment) | Transfer(assignment):
                moved.add(assignment)
            case UndoMove(incident):
                moved |= {before for _, of, before in sent if of == incident}
            case Dispatch(assignments=made, seen=seen):
                for a in made:
                    if a.unit is None:
                        continue
                    for unit, incident, before in sent:
                        unknown = before not in seen and before not in moved
                        if unit == a.unit and incident != a.incident and unknown and f"{a.id}-twice" not in units:
                            world.wrong("conflict hidden", f"unit {unit} sent by {before} and {a.id}")
                    sent.append((a.unit, a.incident, a.id))
            case AddReadings():
                pass
    for (incident, subject, base), values in edits.items():
        if len(values) > 1 and (incident, subject) not in known | settled:
            world.wrong("conflict hidden", f"{subject.value} of {incident}: from {base} to {values}")
    for (incident, _seen), reports in counts.items():
        if len(reports) > 1 and (incident, Subject.CASUALTIES) not in known:
            world.wrong("conflict hidden", f"casualties of {incident}: {reports}")
