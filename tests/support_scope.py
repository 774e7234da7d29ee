"""Desks of several users on one real platform service, without the network between them."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from console.central.auth import Caller
from console.central.directory import Directory
from console.central.pages import Asked
from console.central.realms import Realm, Realms
from console.central.service import Service, Waiting
from console.domain.area import Grant
from console.domain.errors import Refused
from console.domain.operation import Actor, Operation
from console.domain.pack import Pack
from console.store import tables
from console.store.store import Store
from console.sync import outbox, own
from console.sync.answers import AnswerError
from console.sync.exchange import Exchange
from console.sync.link import Answer
from console.sync.messages import LoginRequest, PushRequest
from tests.support_pack import CITY, FIRE, OTHER, PASSWORD, TOWN, VILLAGE, actor, make_pack

T = TypeVar("T")
AT = {"u1": TOWN, "u2": TOWN, "city": CITY, "village": VILLAGE, "other": OTHER, "fire": FIRE}  # else the town
Key = tuple[str, str]


class Centre:
    """The platform, and what its users may do."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pack: Pack = make_pack()
        self.changed: Pack | None = None
        self.service = Service(Realms(folder / "platform"), Directory(self.pack, lambda: self.changed))
        self.desks: list[Desk] = []

    def desk(self, user: str, realm: str = "live") -> "Desk":
        self.desks.append(Desk(self, user, realm, self.folder / f"desk{len(self.desks)}.db"))
        return self.desks[-1]

    def realm(self, name: str = "live") -> Realm:
        found = self.service.realms.get(name, create=True)
        assert found is not None
        return found

    def grant(self, user: str, *grants: Grant) -> None:
        """From now on these are all the grants of a user."""
        users = {**self.pack.users, user: replace(self.pack.users[user], grants=grants)}
        self.pack = self.changed = replace(self.pack, users=users)

    def sync(self) -> None:
        """Everyone sends and gets everything."""
        for desk in self.desks:
            desk.push()
        for desk in self.desks:
            desk.pull()

    def close(self) -> None:
        for desk in self.desks:
            desk.store.close()
        self.service.close()


def person(user: str, second: float = 0.0) -> Actor:
    """A user at their own place."""
    return replace(actor(second, user), area=AT.get(user, TOWN))


class Desk:
    """A user's desk: its store, and the real steps of sync."""

    def __init__(self, centre: Centre, user: str, realm: str, path: Path) -> None:
        self.service, self.user, self.second = centre.service, user, 0.0
        self.store = Store.open(path, None, realm=realm)
        self.exchange = Exchange(self._ask)
        once = {"device": self.store.device, "nonce": "1", "next_nonce": "1"}
        said = self.service.login(LoginRequest(user=user, password=PASSWORD, realm=realm, **once))
        self.caller: Caller
        self.caller, self.realm = self.service.caller(said.token)

    def _ask(self, fn: Callable[[Store], T], /) -> T:
        return fn(self.store)

    def call(self, method: str, path: str, body: str | bytes | None = None, /) -> bytes:
        """As the API's routes do."""
        way = urlsplit(path)
        asked = {key: values[0] for key, values in parse_qs(way.query).items()}
        try:
            match way.path:
                case "/v1/push":
                    assert body is not None
                    said: Any = self.service.push(self.caller, self.realm, PushRequest.model_validate_json(body))
                case "/v1/pull":
                    until, floor = (int(asked[name]) if name in asked else None for name in ("until", "floor"))
                    pull = Asked(int(asked["cursor"]), int(asked["limit"]), asked.get("bucket"), until, floor)
                    waiting = Waiting(int(asked.get("pending", 0)), None)
                    said = self.service.pull(self.caller, self.realm, pull, waiting)
                case "/v1/check":
                    said = self.service.check(self.caller, self.realm, int(asked["cursor"]))
                case _:
                    raise AssertionError(path)
        except AnswerError as answer:
            raise Answer(answer.status, json.loads(answer.body.model_dump_json())) from None
        return bytes(said.model_dump_json().encode())

    def do(self, operation: Operation) -> bool:
        """Done here; whether the rules allow it."""
        self.second += 1
        with suppress(Refused):
            outbox.perform(self.store, operation, person(self.user, self.second))
            return True
        return False

    def push(self) -> None:
        for lane in outbox.LANES:
            while self.exchange.push(self.call, lane):
                pass

    def pull(self) -> None:
        while self.exchange.pull(self.call):
            pass

    def sync(self) -> None:
        self.push()
        self.pull()

    def check(self) -> list[str]:
        """The buckets that are not as the platform has them."""
        return self.exchange.check(self.call, lambda: own.own_sums(self.store))

    def rows(self) -> dict[Key, Any]:
        return everything(self.store)

    def pulled(self, limit: int = 1000) -> dict[Key, str]:
        """What an empty desk of this user's gets, page by page."""
        found: dict[Key, str] = {}
        at = 0
        while True:
            page = json.loads(self.call("GET", f"/v1/pull?cursor={at}&limit={limit}"))
            for row in page["rows"]:
                found.pop((row["table"], row["id"]), None)
                if row["row"] is not None:
                    found[row["table"], row["id"]] = row["row"]
            at = page["cursor"]
            if at >= page["head"]:
                return found


def everything(store: Store) -> dict[Key, Any]:
    with store.read() as view:
        return {(name, row.id): row for name, kind in tables.FEED_KINDS.items() for row in view.every(kind)}
