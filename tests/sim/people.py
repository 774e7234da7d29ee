"""Who is in the simulated organisation, and which desks they sit at."""

from collections.abc import Sequence
from dataclasses import replace

from console.domain.area import Grant, Right
from console.domain.operation import Actor
from console.domain.pack import Pack, User
from console.domain.words import Label
from tests.support_pack import CITY, FIRE, OTHER, TOWN, VILLAGE, make_pack

AREAS = {"u1": TOWN, "u2": TOWN, "village": VILLAGE, "city": CITY, "other": OTHER, "fire": FIRE}
UNITS = {"xf1": FIRE, "xf2": FIRE, "grid1": f"{VILLAGE}/@dong"}
GRANTS: dict[str, tuple[tuple[Grant, ...], ...]] = {  # what each may do at first, and may be given instead
    "u1": ((Grant(Right.COMMAND, TOWN),), (Grant(Right.COMMAND, VILLAGE),), (Grant(Right.VIEW, TOWN),)),
    "u2": ((Grant(Right.COMMAND, TOWN),), (Grant(Right.COMMAND, CITY),), ()),
    "village": ((Grant(Right.COMMAND, VILLAGE),), (Grant(Right.COMMAND, TOWN),), (Grant(Right.COMMAND, OTHER),)),
    "city": ((Grant(Right.COMMAND, CITY),), (Grant(Right.COMMAND, TOWN), Grant(Right.VIEW, OTHER))),
    "other": ((Grant(Right.COMMAND, OTHER),), (Grant(Right.COMMAND, OTHER), Grant(Right.RESPOND, FIRE))),
    "fire": ((Grant(Right.COMMAND, FIRE),), (Grant(Right.RESPOND, FIRE),), ()),
    "relay": ((Grant(Right.RELAY, TOWN),), (Grant(Right.RELAY, CITY),)),
}
BELOW = ("u1", "u2", "village", "fire")  # who works at a relay, where there is one
NAME = Label("值班员", "Duty officer")


class People:
    """The pack that the platform serves; grants change while it runs."""

    def __init__(self) -> None:
        self.pack: Pack = make_pack()
        for user, known in GRANTS.items():
            self.grant(user, known[0])

    def grants(self, user: str) -> Sequence[Grant]:
        return self.pack.users[user].grants

    def grant(self, user: str, grants: tuple[Grant, ...]) -> None:
        known: User = replace(self.pack.users[user], grants=grants)
        self.pack = replace(self.pack, users={**self.pack.users, user: known})


def actor_of(user: str, at: object) -> Actor:
    return Actor(user, NAME, at, AREAS[user])  # type: ignore[arg-type]
