"""What can happen next. A step says what it does; one that cannot be done now says nothing and changes nothing."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

from sqlalchemy import update

from console.central import feed
from console.domain.errors import Refused
from console.domain.log import Entry, digest
from console.store import tables
from console.store.codec import decode, encode
from console.sync import inbox
from console.sync.messages import canonical, fingerprint
from tests.sim.caller import JOBS, Caller
from tests.sim.centre import Platform
from tests.sim.desk import Desk
from tests.sim.people import AREAS, BELOW, GRANTS
from tests.sim.world import World

MOST_DESKS = 8
AWAY = timedelta(hours=36)  # a desk that was away for longer begins anew
Step = Callable[[World, Random], None]


def _desk(world: World, rng: Random) -> Desk:
    return rng.choice(world.desks)


def _caller(world: World, rng: Random) -> Caller:
    """A relay is where everything goes through."""
    return rng.choice([*world.desks, *([world.relay] * 2 if world.relay else [])])


def _platform(world: World, rng: Random) -> Platform:
    return rng.choice(world.platforms) if world.relay else world.city


def perform(world: World, rng: Random) -> None:
    desk = _desk(world, rng)
    for _ in range(rng.choice((1, 1, 2, 5))):
        with desk.store.read() as view:
            operation = world.operator.some(view, desk.actor)
        if operation is not None:
            world.say(f"{desk.name} does {operation.NAME}")
            world.perform(desk, operation)


def push(world: World, rng: Random) -> None:
    desk, lane = _caller(world, rng), rng.choice(("command", "command", "bulk"))
    world.say(f"{desk.name} pushes {lane}")
    world.turn(desk, lane)


def pull(world: World, rng: Random) -> None:
    desk = _caller(world, rng)
    world.say(f"{desk.name} pulls")
    for _ in range(rng.choice((1, 2, 50))):
        if not world.turn(desk, "pull"):
            break


def check(world: World, rng: Random) -> None:
    desk = _caller(world, rng)
    world.say(f"{desk.name} checks")
    world.turn(desk, "check")


def time_passes(world: World, rng: Random) -> None:
    """Everyone's turns as they come due; a live event brings one forward, when it is not lost."""
    seconds = rng.choice((1.0, 10.0, 70.0))
    world.say(f"{seconds:.0f} s pass")
    callers = world.desks if world.relay is None else world.callers
    for desk in callers:
        if rng.random() < 0.3:
            desk.due["pull"] = 0.0
    for _ in range(3):
        for desk in rng.sample(callers, len(callers)):
            for job in JOBS:
                world.turn(desk, job, patient=True)
        world.clock.wait(seconds / 3)


def clock_jumps(world: World, rng: Random) -> None:
    if rng.random() < 0.5:
        desk = _caller(world, rng)
        desk.skew = timedelta(seconds=rng.choice((-7200, -90, 0, 45, 86400)))
        world.say(f"{desk.name}'s clock is {desk.skew} off")
    else:
        hours = rng.choice((1, 14, 40))
        world.clock.wait(hours * 3600)
        world.say(f"{hours} hours pass, and nobody works")


def late(world: World, rng: Random) -> None:
    world.say("something late arrives")
    _platform(world, rng).network.deliver_late()


def kill_desk(world: World, rng: Random) -> None:
    desk = _desk(world, rng)
    world.say(f"{desk.name} is killed")
    desk.kill()
    desk.start()


def kill_platform(world: World, rng: Random) -> None:
    platform = _platform(world, rng)
    down = platform.running and rng.random() < 0.5
    world.say(f"the {platform.name} {'goes down' if down else 'starts again'}")
    platform.stop()
    if not down:
        platform.start()


def cable(world: World, rng: Random) -> None:
    desk = _caller(world, rng)
    desk.cut = not desk.cut
    world.say(f"{desk.name} is {'cut off' if desk.cut else 'mended'}")
    desk.line.set_cut(desk.cut)


def back_up_platform(world: World, rng: Random) -> None:
    platform = _platform(world, rng)
    if platform.running:
        world.say(f"the {platform.name} is backed up")
        platform.back_up()


def restore_platform(world: World, rng: Random) -> None:
    platform = _platform(world, rng)
    if platform.copies:
        at = rng.randrange(len(platform.copies))
        world.say(f"the {platform.name} is restored from copy {at}")
        platform.restore(at)


def clone(world: World, rng: Random) -> None:
    if len(world.desks) < MOST_DESKS:
        desk = _desk(world, rng)
        twin = desk.clone(f"{desk.name}+{len(world.desks)}")
        world.say(f"{desk.name} is copied to {twin.name}, and both go on")
        world.forked.add(desk.store.device)
        world.desks.append(twin)


def back_up_desk(world: World, rng: Random) -> None:
    desk = _desk(world, rng)
    world.say(f"{desk.name} is backed up")
    desk.back_up()


def restore_desk(world: World, rng: Random) -> None:
    desk = _desk(world, rng)
    if desk.copies:
        at = rng.randrange(len(desk.copies))
        world.forked.add(desk.store.device)
        desk.restore(desk.copies[at])
        world.forked.add(desk.store.device)
        world.say(f"{desk.name} is restored from copy {at}")


def grants(world: World, rng: Random) -> None:
    user = rng.choice([user for user in GRANTS if user != "relay" or world.relay])
    given = rng.choice(GRANTS[user])
    world.people.grant(user, given)
    world.say(f"{user} may now {[(g.right.value, g.at) for g in given]}")


def forget(world: World, rng: Random) -> None:
    """Once a night, when most have heard what is new."""
    platform = _platform(world, rng)
    if not platform.running:
        return
    for caller in world.callers:
        if caller.above is platform and rng.random() < 0.9:
            for _ in range(50):
                if not world.turn(caller, "pull"):
                    break
    with platform.alive(), platform.store.begin() as tx:
        dropped = feed.forget(tx, world.clock.now, AWAY)
        floor = tx.setting(feed.FLOOR, 0)
        world.say(f"the {platform.name} forgets {dropped} rows up to {floor}")


def take_over(world: World, rng: Random) -> None:
    desk = _desk(world, rng)
    user = rng.choice(BELOW if desk.above is world.relay else list(AREAS))
    world.say(f"{user} takes {desk.name}")
    desk.take_over(user)


def deal(world: World, rng: Random) -> None:
    """Somebody looks into the inbox."""
    for desk in world.desks:
        for refusal in inbox.inbox(desk.store)[:2]:
            again = rng.random() < 0.5
            world.say(f"{desk.name} {'resends' if again else 'discards'} {refusal.name}")
            with world.alive(desk):
                try:
                    desk.resend(refusal.id) if again else desk.discard(refusal.id)
                except Refused:
                    world.say("    refused")


def old_operation(world: World, rng: Random) -> None:
    """As the first version queued it: a town by its id alone, and a log without areas."""
    desk = _desk(world, rng)
    if desk.actor.area not in world.people.pack.areas:
        return  # the first version knew of no agencies' desks
    kinds = rng.choice((("raise",), ("open",), ("open", "note")))
    for kind in kinds:
        with desk.store.read() as view:
            operation = getattr(world.operator, f"_{kind}")(view, desk.actor)
        acked = world.perform(desk, operation)
        if acked is None:
            return
        world.say(f"{desk.name} does {acked.name} as the first version did")
        _age(desk, acked.id)


def _age(desk: Desk, id: str) -> None:
    table = tables.outbox
    fields = json.loads(desk.acked[id].body)
    del fields["hash"], fields["device"]
    fields["version"] = 1
    for holder in (fields["actor"], fields["args"].get("incident"), fields["args"].get("alarm")):
        if isinstance(holder, dict):
            holder["town"] = holder.pop("area").rpartition("/")[2]
    mortal, desk.mortal = desk.mortal, 0.0
    with desk.store.begin() as tx:
        resealed, last = [], None
        for given in fields["entries"]:
            entry = decode(Entry, json.dumps(given))
            values = {"area": ""} | ({} if last is None else {"previous": last.hash})
            entry = replace(entry, **values)
            last = entry = replace(entry, hash=digest(entry))
            told = {"area": "", "previous": entry.previous, "hash": entry.hash}
            tx.connection.execute(update(tables.entry).where(tables.entry.c.id == entry.id).values(**told))
            resealed.append(json.loads(encode(entry)))
        fields["entries"] = resealed
        hashed = fingerprint(fields)
        del fields["version"]
        body = canonical({**fields, "hash": hashed})
        tx.connection.execute(update(table).where(table.c.id == id).values(body=body))
    desk.mortal = mortal
    desk.note(body)


def poison(world: World, rng: Random) -> None:
    """One more operation, which something on the way will never let through."""
    desk = _desk(world, rng)
    with desk.store.read() as view:
        operation = world.operator.some(view, desk.actor)
    acked = operation and world.perform(desk, operation)
    if acked:
        where = _platform(world, rng) if desk.above is world.relay else world.city
        world.say(f"{desk.name} does {acked.name}, which cannot be sent to the {where.name}")
        where.network.poisoned.add(acked.id)


# how likely; those of the second group are left out of some schedules altogether
ALWAYS: dict[Step, float] = {perform: 30, push: 14, pull: 14, check: 3, time_passes: 5}
SOMETIMES: dict[Step, float] = {
    late: 3,
    kill_desk: 3,
    kill_platform: 2,
    cable: 4,
    back_up_platform: 2,
    restore_platform: 2,
    clone: 1,
    back_up_desk: 3,
    restore_desk: 2,
    grants: 3,
    forget: 3,
    take_over: 2,
    deal: 4,
    old_operation: 3,
    poison: 1.5,
    clock_jumps: 2,
}
