"""A platform in this process over real HTTP, so that a test sees its rows and its log; and desks that lie."""

import json
import socket
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import requests
import uvicorn
from fastapi import FastAPI
from sqlalchemy import select

from console.central.app import create_app
from console.central.directory import Directory
from console.central.realms import Realm, Realms
from console.central.service import Service
from console.domain.area import Grant
from console.domain.operation import Actor, Operation
from console.domain.operations import VERSION
from console.domain.pack import Pack
from console.store import blobs, tables
from console.store.codec import encode
from console.store.ids import new_id
from console.store.store import Store
from console.sync import outbox
from console.sync.messages import fingerprint
from tests.support_pack import PASSWORD, actor, make_pack
from tests.support_wait import WAIT_S

assert blobs.blob.metadata is tables.SHARED
# What a request may always leave behind: who asked, and where that desk is.
ASKED = {"token", "attempt"}
SEEN = {"seen_at", "cursor", "pending", "pending_since", "scopes", "error"}
# That an operation was looked at, and what became of it.
LOOKED_AT = {"outcome", "lane", "head"}


class World:
    """The platform, and what its users may do, which a test may change."""

    def __init__(self, source: Path | str) -> None:
        self.pack = make_pack()
        self.changed: Pack | None = None
        self.service = Service(Realms(source), Directory(self.pack, lambda: self.changed))
        self.app: FastAPI = create_app(self.service)
        self.url = ""

    def realm(self, name: str = "live") -> Realm:
        found = self.service.realms.get(name, create=True)
        assert found is not None
        return found

    def grant(self, user: str, *grants: Grant) -> None:
        """From now on these are all the grants of a user."""
        users = {**self.pack.users, user: replace(self.pack.users[user], grants=grants)}
        self.pack = self.changed = replace(self.pack, users=users)

    def rows(self, *, but: Collection[str] = (), realm: str = "live") -> dict[str, list[str]]:
        return rows(self.service, but=but, realm=realm)

    def sign_in(self, user: str = "u1", device: str = "probe", realm: str = "live", **more: str) -> requests.Response:
        body = {"user": user, "password": PASSWORD, "realm": realm, "device": device}
        return self.post("/v1/login", body | {"nonce": f"{device}-1", "next_nonce": f"{device}-1"} | more)

    def post(self, path: str, body: dict[str, Any], token: str = "") -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.post(self.url + path, json=body, headers=headers, timeout=WAIT_S)

    def get(self, path: str, token: str = "") -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.get(self.url + path, headers=headers, timeout=WAIT_S)


def rows(service: Service, *, but: Collection[str] = (), realm: str = "live") -> dict[str, list[str]]:
    """Everything the platform holds, without what asking leaves behind."""
    found, place = {}, service.realms.get(realm, create=True)
    assert place is not None
    with place.store.read() as view:
        for metadata in (tables.SHARED, tables.PLATFORM):
            for table in metadata.sorted_tables:
                if table.name in ASKED or table.name in but:
                    continue
                columns = [c for c in table.columns if table.name != "desk" or c.name not in SEEN]
                found[table.name] = sorted(str(tuple(row)) for row in view.connection.execute(select(*columns)))
    return found


@contextmanager
def running(source: Path | str) -> Iterator[World]:
    world = World(source)
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    server = uvicorn.Server(uvicorn.Config(world.app, log_config=None, access_log=False, ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    world.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    thread.start()
    try:
        yield world
    finally:
        server.should_exit = True
        thread.join(WAIT_S)
        listening.close()


class Liar:
    """A signed-in desk whose operations can be changed before they go up."""

    def __init__(self, world: World, folder: Path, user: str = "u1", realm: str = "live") -> None:
        self.world, self.user = world, user
        folder.mkdir(parents=True, exist_ok=True)
        self.store = Store.open(folder / f"{user}.db", None, realm=realm)
        self.token = self.sign_in()
        self.n = 0

    def sign_in(self, **more: str) -> str:
        answer = self.world.sign_in(self.user, self.store.device, self.store.realm, **more)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["token"])

    def do(self, operation: Operation, who: Actor | None = None) -> dict[str, Any]:
        """Done here, not yet sent; as it would be sent."""
        outbox.perform(self.store, operation, who or actor(user=self.user))
        return self.all(operation.LANE)[-1]

    def forge(self, operation: Operation, who: Actor | None = None, **changed: Any) -> dict[str, Any]:
        """The next operation, whatever this desk's own rules say to it."""
        self.n += 1
        fields = {
            "id": new_id(), "lane": operation.LANE, "n": self.n, "name": operation.NAME,
            "args": json.loads(encode(operation)), "actor": json.loads(encode(who or actor(user=self.user))),
            "realm": self.store.realm, "version": VERSION, "device": None, "entries": [],
        }  # fmt: skip
        return sealed(fields, **changed)

    def send(self, operation: Operation, who: Actor | None = None, **changed: Any) -> str | None:
        """Forged and pushed; the code of its refusal."""
        return self.outcome(self.forge(operation, who, **changed))

    def outcome(self, operation: dict[str, Any]) -> str | None:
        answer = self.push(operation, oldest=operation["n"])
        assert answer.status_code == 200, answer.text
        refusal = answer.json()["outcomes"][0]["refusal"]
        return None if refusal is None else str(refusal["code"])

    def all(self, lane: Any = "command") -> list[dict[str, Any]]:
        return [json.loads(body) for body in outbox.to_send(self.store, lane, 0).bodies]

    def push(self, *operations: dict[str, Any], **more: Any) -> requests.Response:
        return self.world.post("/v1/push", {"operations": list(operations), **more}, self.token)

    def get(self, path: str) -> requests.Response:
        return self.world.get(path, self.token)

    def rows(self) -> list[tuple[str, str]]:
        """The rows that this user gets."""
        return [(row["table"], row["id"]) for row in self.get("/v1/pull?limit=5000").json()["rows"]]


def sealed(operation: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Changed, and hashed again."""
    fields = {**operation, **changed}
    return {**fields, "hash": fingerprint(fields)}
