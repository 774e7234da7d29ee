"""A desk in the simulated world: the real store, what its operator does, and its database as a file."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from console.domain.operation import Actor, Operation
from console.store import tables
from console.store.store import Store
from console.sync import inbox, outbox
from tests.sim.caller import Caller
from tests.sim.files import copy_database, lay_down
from tests.sim.people import actor_of
from tests.support_pack import PASSWORD

if TYPE_CHECKING:
    from tests.sim.centre import Platform
    from tests.sim.world import World


@dataclass(frozen=True, slots=True)
class Acked:
    """An operation that `perform` answered for."""

    id: str
    name: str
    body: str
    entries: tuple[str, ...]


class Desk(Caller):
    def __init__(self, world: "World", name: str, user: str, above: "Platform") -> None:
        super().__init__()
        self.world, self.name, self.user, self.above = world, name, user, above
        self.path: Path = world.folder / f"{name}.db"
        self.acked: dict[str, Acked] = {}  # goes with the database where that is copied
        self.copies: list[tuple[Path, dict[str, Acked]]] = []
        self.start()

    def start(self) -> None:
        """The program starts."""
        self.store = Store.open(self.path, None)
        self.store.areas = tuple(self.world.people.pack.areas)
        self.connect()

    def kill(self) -> None:
        self.store.close()

    # What its operator does

    @property
    def actor(self) -> Actor:
        return actor_of(self.user, self.world.clock.now + self.skew)

    def perform(self, operation: Operation, actor: Actor | None = None) -> Acked:
        """Raises `Refused`."""
        outbox.perform(self.store, operation, actor or self.actor)
        return self._acknowledged()

    def resend(self, id: str) -> Acked:
        inbox.resend(self.store, id, self.actor)
        return self._acknowledged()

    def discard(self, id: str) -> Acked:
        inbox.discard(self.store, id, self.actor, "no more")
        return self._acknowledged()

    def _acknowledged(self) -> Acked:
        table = tables.outbox
        with self.store.read() as view:
            body = view.connection.scalar(select(table.c.body).order_by(table.c.sequence.desc()).limit(1))
        if body is None or json.loads(body)["id"] in self.acked:
            self.world.wrong("not queued", f"{self.name} did something that is in no outbox")
            return Acked("", "", "{}", ())
        return self.note(body)

    def note(self, body: str) -> Acked:
        fields = json.loads(body)
        acked = Acked(fields["id"], fields["name"], body, tuple(entry["id"] for entry in fields["entries"]))
        self.acked[acked.id] = acked
        return acked

    def take_over(self, user: str) -> None:
        self.user = user
        self.line.sign_in(user, PASSWORD)

    # Its database as a file

    def copy_to(self, path: Path) -> None:
        copy_database(self.path, path)

    def back_up(self) -> None:
        path = self.world.folder / f"{self.name}.copy{len(self.copies)}"
        self.copy_to(path)
        self.copies.append((path, dict(self.acked)))

    def restore(self, copy: tuple[Path, dict[str, Acked]]) -> None:
        self.kill()
        lay_down(copy[0], self.path)
        self.acked = dict(copy[1])
        self.start()

    def clone(self, name: str) -> "Desk":
        self.copy_to(self.world.folder / f"{name}.db")
        twin = Desk(self.world, name, self.user, self.above)
        twin.acked = {id: replace(acked) for id, acked in self.acked.items()}
        return twin
