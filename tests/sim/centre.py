"""The platform in the simulated world: the real service and its stores, without HTTP around them."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from pydantic import AwareDatetime, BaseModel, TypeAdapter, ValidationError

from console.central import feed
from console.central.backup import minted
from console.central.directory import Directory
from console.central.forwarding import WayUp
from console.central.pages import Asked
from console.central.realms import Realm, Realms
from console.central.service import Service, Waiting
from console.domain.errors import KnownError
from console.domain.phrases import say
from console.store.queries import Tx
from console.store.store import Side, Store
from console.sync.answers import AnswerError, problem
from console.sync.messages import LoginRequest, Page, PushRequest
from tests.sim.files import copy_database, lay_down
from tests.sim.trouble import Network

if TYPE_CHECKING:
    from tests.sim.world import World

_TIME: TypeAdapter[Any] = TypeAdapter(AwareDatetime)


class Platform:
    """What `console.central.app` does with a request, called directly. All in memory is gone after `stop`."""

    side: Side = "platform"
    skew = timedelta(0)

    def __init__(self, world: "World", name: str) -> None:
        self.world, self.name = world, name
        self.folder = world.folder / name
        self.network = Network(world, world.rng, self)
        self.running = False
        self.ends: set[int] = {0}  # of its transactions
        self.copies: list[tuple[Path, set[int]]] = []
        self.start()

    def start(self) -> None:
        self._realms = Realms(self.folder, self.side, self.world.people.pack.areas)
        directory = Directory(self.world.people.pack, lambda: self.world.people.pack)
        self.service = Service(self._realms, directory, self._way_up())
        realm = self._realms.get("live", create=True)
        assert realm is not None
        self.realm, self.store = realm, realm.store
        self.store.begin = self._noting_ends(self.store.begin)  # type: ignore[method-assign]
        self.running = True
        self.ends.add(self.end())

    def alive(self) -> AbstractContextManager[None]:
        return nullcontext()

    def stop(self) -> None:
        if self.running:
            self._realms.close()
        self.running = False

    def _way_up(self) -> WayUp | None:
        return None

    def _noting_ends(self, begin: Callable[..., Any]) -> Callable[..., Any]:
        @contextmanager
        def around(**given: Any) -> Iterator[Tx]:
            with begin(**given) as tx:
                yield tx
                end = feed.end(tx)
            self.ends.add(end)

        return around

    def end(self) -> int:
        with self.store.read() as view:
            return feed.end(view)

    # Its fate

    @property
    def file(self) -> Path:
        return self.folder / "live.db"

    def back_up(self) -> None:
        path = self.world.folder / f"{self.name}.copy{len(self.copies)}"
        copy_database(self.file, path)
        self.copies.append((path, set(self.ends)))

    def restore(self, at: int) -> None:
        """As another incarnation."""
        path, ends = self.copies[at]
        self.stop()
        lay_down(path, self.file)
        store = Store.open(self.file, None, side=self.side)
        with store.begin() as tx:
            minted(tx)
        store.close()
        self.ends = set(ends)
        self.start()

    # What it is asked

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """Status and content."""
        with self.world.clock.off(self.skew):
            return self._answer(method, path, headers, body)

    def _answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
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
            self.world.wrong("platform failed", f"{self.name}: {method} {path}: {failed!r}")
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
                return self.service.push(who, realm, PushRequest.model_validate_json(body))
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
        asked = Asked(
            int(query["cursor"]), int(query["limit"]), query.get("bucket"), until, floor, places="places" in query
        )
        page = self.service.pull(who, realm, asked, waiting)
        if page.cursor not in self.ends and asked.cursor <= page.cursor <= self.end():
            self.world.wrong("page cut", f"a page from {asked.cursor} ended at {page.cursor}, inside a transaction")
        return page
