"""The platform in the simulated world: the real service and its stores, without HTTP around them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from pydantic import AwareDatetime, BaseModel, TypeAdapter, ValidationError

from console.central import feed
from console.central.directory import Directory
from console.central.realms import Realm, Realms
from console.central.service import AnswerError, Service, Waiting, problem
from console.domain.errors import KnownError
from console.domain.phrases import say
from console.store.ids import new_id
from console.store.store import Store
from console.sync.messages import LoginRequest, Page, PushRequest

if TYPE_CHECKING:
    from tests.sim.world import World

_TIME: TypeAdapter[Any] = TypeAdapter(AwareDatetime)


class Platform:
    """What `console.central.app` does with a request, called directly. All in memory is gone after `close`."""

    def __init__(self, world: "World", folder: Path) -> None:
        self.world, self.folder = world, folder
        self._realms = Realms(folder)
        self.service = Service(self._realms, Directory(world.people.pack, lambda: world.people.pack))
        assert self.realm  # opened

    @property
    def realm(self) -> Realm:
        realm = self._realms.get("live", create=True)
        assert realm is not None
        return realm

    @property
    def store(self) -> Store:
        return self.realm.store

    def close(self) -> None:
        self._realms.close()

    def end(self) -> int:
        with self.store.read() as view:
            return feed.end(view)

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """Status and content."""
        try:
            said = self._route(method, urlsplit(path).path, parse_qs(urlsplit(path).query), headers, body)
        except ValidationError as error:
            where = str(error.errors()[0]["loc"])
            return 422, problem(422, "malformed", where).body.model_dump_json().encode()
        except AnswerError as answer:
            return answer.status, answer.body.model_dump_json().encode()
        except KnownError as error:
            return 507, problem(507, error.phrase.code, say(error.phrase, "en")).body.model_dump_json().encode()
        except Exception as failed:  # the API answers 500 and goes on
            self.world.wrong("platform failed", f"{method} {path}: {failed!r}")
            return 500, b"Internal Server Error"
        return 200, said.model_dump_json().encode()

    def _route(
        self, method: str, path: str, query: dict[str, list[str]], headers: Mapping[str, str], body: bytes
    ) -> BaseModel:
        if (method, path) == ("POST", "/v1/login"):
            return self.service.login(LoginRequest.model_validate_json(body))
        who, realm = self.service.caller(headers.get("Authorization", "").removeprefix("Bearer "))
        match method, path:
            case "POST", "/v1/push":
                try:
                    return self.service.push(who, realm, PushRequest.model_validate_json(body))
                finally:
                    self.world.ends.add(self.end())
            case "GET", "/v1/pull":
                return self._pull(who, realm, {key: values[0] for key, values in query.items()})
            case "GET", "/v1/check":
                return self.service.check(who, realm, int(query["cursor"][0]))
        raise problem(404, "no_path", f"{method} {path}")

    def _pull(self, who: Any, realm: Realm, query: dict[str, str]) -> Page:
        waiting = None
        if "pending" in query:
            since = query.get("since")
            waiting = Waiting(int(query["pending"]), since and _TIME.validate_json(json.dumps(since)))
        until = int(query["until"]) if "until" in query else None
        floor = int(query["floor"]) if "floor" in query else None
        cursor, limit, bucket = int(query["cursor"]), int(query["limit"]), query.get("bucket")
        page = self.service.pull(who, realm, cursor, limit, bucket=bucket, until=until, floor=floor, waiting=waiting)
        if page.cursor not in self.world.ends and cursor <= page.cursor <= self.end():
            self.world.wrong("page cut", f"a page from {cursor} ended at {page.cursor}, inside a transaction")
        return page


def renew(file: Path) -> None:
    """A restored database is another incarnation of its platform."""
    store = Store.open(file, None, side="platform")
    with store.begin() as tx:
        tx.set_setting("central.incarnation", new_id())
    store.close()
