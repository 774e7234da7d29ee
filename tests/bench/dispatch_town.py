"""A large town for `yiping bench dispatch`: many units, a road graph of a city, a long past in a desk's own store."""

import csv
import hashlib
import random
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from console.desk.files import DeskFiles
from console.domain.agency import Position, Unit
from console.domain.assignment import Assignment, Role, Status
from console.domain.incident import Incident, Stage, Task
from console.domain.log import Entry, Kind, Note, seal
from console.domain.pack import Pack
from console.domain.place import Point
from console.domain.words import Label
from console.store import tables
from console.store.packs import SHIPPED, find_pack, load_pack
from console.store.store import Store

PACK = "large-town"
KEPT = Path(__file__).parents[2] / "build" / "bench" / "dispatch"
SIDE = 224  # the road graph is a grid so long and wide: 50,176 nodes
WEST, SOUTH, EAST, NORTH = 113.60, 22.86, 113.76, 23.00  # the pack's bounds
BUSY = 5  # units on each open incident


def write_pack(data: Path, units: int) -> None:
    """The shipped pack with so many units, over roads of 50,000 nodes."""
    shipped, folder = find_pack("dongguan-houjie", data), data / "packs" / PACK
    shutil.copytree(shipped, folder)
    head = (folder / "pack.yaml").read_text("utf-8")
    head = head.replace("id: dongguan-houjie", f"id: {PACK}").replace("basemap: dongguan", f"basemap: {PACK}")
    (folder / "pack.yaml").write_text(head, "utf-8")
    with (folder / "units.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    chance = random.Random(3)
    for number in range(units - len(rows)):
        like = rows[number % len(rows)]
        at = {"lon": f"{chance.uniform(WEST, EAST):.5f}", "lat": f"{chance.uniform(SOUTH, NORTH):.5f}"}
        rows.append({**like, **at, "id": f"u{number}", "code": f"u{number}", "name_zh": f"{like['name_zh']} {number}"})
    with (folder / "units.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    ground = data / "basemap" / PACK
    shutil.copytree(SHIPPED / "basemap" / "dongguan", ground)
    np.savez(ground / "roads.npz", **roads())


def roads() -> dict[str, np.ndarray]:
    """A bent grid of streets, 15 % of them one-way, at 20 to 70 km/h."""
    rng, n = np.random.default_rng(1), SIDE * SIDE
    column, row = np.meshgrid(np.arange(SIDE), np.arange(SIDE))
    lon = 113.50 + (column.ravel() + rng.uniform(-0.3, 0.3, n)) * 0.0034
    lat = 22.69 + (row.ravel() + rng.uniform(-0.3, 0.3, n)) * 0.0021
    at = np.arange(n).reshape(SIDE, SIDE)
    a = np.concatenate([at[:, :-1].ravel(), at[:-1, :].ravel()])
    b = np.concatenate([at[:, 1:].ravel(), at[1:, :].ravel()])
    both = rng.random(len(a)) >= 0.15
    u, v = np.concatenate([a, b[both]]), np.concatenate([b, a[both]])
    metres = np.hypot((lon[u] - lon[v]) * 102_500, (lat[u] - lat[v]) * 111_200)
    seconds = metres / rng.choice([20 / 3.6, 30 / 3.6, 50 / 3.6, 70 / 3.6], len(u))
    return {
        "lon": lon,
        "lat": lat,
        "u": u.astype(np.int32),
        "v": v.astype(np.int32),
        "seconds": seconds.astype(np.float32),
    }


def prepare(data: Path, units: int, opened: int, past: int) -> Pack:
    """A desk's folder with its pack and encrypted database. The past takes minutes and is kept for the next time."""
    made_of = b"".join(file.read_bytes() for file in (Path(__file__), Path(tables.__file__)))
    kept = KEPT / f"{units}-{past}-{hashlib.sha256(made_of).hexdigest()[:12]}"
    if not kept.exists():
        shutil.rmtree(KEPT, ignore_errors=True)
        making = kept.with_suffix(".making")
        write_pack(making, units)
        fill_past(making, load_pack(making / "packs" / PACK), past)
        making.rename(kept)
    shutil.copytree(kept, data, dirs_exist_ok=True)
    pack = load_pack(data / "packs" / PACK)
    fill_open(data, pack, opened, past)
    return pack


def fill_past(data: Path, pack: Pack, past: int) -> None:
    """Incidents of years."""
    now, chance = datetime.now(UTC), random.Random(5)
    with closing(_opened(data, pack)) as store:
        for start in range(0, past, 5_000):
            with store.begin() as tx:
                tx.put(*(row for n in range(start, min(past, start + 5_000)) for row in _closed(pack, n, now, chance)))


def _opened(data: Path, pack: Pack) -> Store:
    files = DeskFiles(data)
    return Store.open(files.database, files.key(), areas=pack.areas)


def fill_open(data: Path, pack: Pack, opened: int, past: int) -> None:
    """Those that are open with their units, and where every unit is."""
    now, chance = datetime.now(UTC), random.Random(6)
    units = list(pack.units.values())
    with closing(_opened(data, pack)) as store, store.begin() as tx:
        last: Entry | None = None
        for number in range(opened):
            busy = [units[(number * BUSY + place) % len(units)] for place in range(BUSY)]
            rows = list(_open(pack, past + number, now, chance, busy))
            notes = [Note(Kind.RADIO, Label("消防 1 车", "Engine 1"), text="现场情况", incident=rows[0].id)] * 4
            for note in notes:
                id = f"e{number}-{last.number if last else 0}"
                last = seal(note, id=id, device="d0", author="duty", at=now, area=pack.area, last=last)
                rows.append(last)
            tx.put(*rows)
        tx.put(*(Position(unit.id, unit.home, now) for unit in units if unit.home is not None))


def _incident(pack: Pack, number: int, opened_at: datetime, chance: random.Random) -> Incident:
    matter = list(pack.matters.values())[number % len(pack.matters)]
    return Incident(
        id=f"i{number:07}",
        number=number + 1,
        matter=matter.code,
        title=matter.name,
        place=Label(f"{number} 号路口", f"Junction {number}"),
        at=Point(chance.uniform(WEST, EAST), chance.uniform(SOUTH, NORTH)),
        level=matter.level,
        stage=Stage.ACCEPTED,
        stages=matter.stages,
        opened_at=opened_at,
        source=Label("来电", "Call"),
        area=pack.area,
    )


def _closed(pack: Pack, number: int, now: datetime, chance: random.Random) -> Iterator[object]:
    at = now - timedelta(days=2, minutes=10 * (200_000 - number))
    one = _incident(pack, number, at, chance)
    over = at + timedelta(hours=1)
    yield _at(one, Stage.CLOSED, closed_at=over, lead="water")
    unit = list(pack.units.values())[number % len(pack.units)]
    times = {Status.NOTIFIED.value: at, Status.DONE.value: over}
    yield Assignment(f"a{number}", one.id, unit.agency, Role.LEAD, unit.id, times=times)


def _open(pack: Pack, number: int, now: datetime, chance: random.Random, busy: list[Unit]) -> Iterator[object]:
    at = now - timedelta(minutes=chance.uniform(5, 240))
    one = _incident(pack, number, at, chance)
    yield _at(one, Stage.DISPATCHED, lead=busy[0].agency, due_at=at + timedelta(hours=5))
    for place, unit in enumerate(busy):
        role = Role.ASSIST if place else Role.LEAD
        times = {Status.NOTIFIED.value: at + timedelta(minutes=1)}
        scope = pack.agencies[unit.agency].path
        yield Assignment(f"b{number}-{place}", one.id, unit.agency, role, unit.id, 300.0, None, times, scope)
        yield Task(f"t{number}-{place}", one.id, place, Label(f"任务 {place}", f"Task {place}"))


def _at(one: Incident, stage: Stage, **more: object) -> Incident:
    from dataclasses import replace

    return replace(one, stage=stage, entered={stage.value: one.opened_at}, **more)  # type: ignore[arg-type]
