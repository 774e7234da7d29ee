"""What the world does to a request, and the fake session that the real client sends it over."""

import errno
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

import requests

from console.sync.link import REPLY_S

if TYPE_CHECKING:
    from tests.sim.centre import Platform
    from tests.sim.world import World

KINDS = ("dropped", "lost reply", "doubled", "late", "half-open", "broken", "broken after", "garbage", "cut short")


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Reply:
    """As much of `requests.Response` as the client looks at."""

    def __init__(self, status: int, content: bytes) -> None:
        self.status_code, self.content = status, content

    def close(self) -> None: ...


class Network:
    """Between a platform and those below it. `rate` is how many requests in 1 have trouble."""

    def __init__(self, world: "World", rng: Random, platform: "Platform") -> None:
        self.world, self.rng, self.platform = world, rng, platform
        self.rate = 0.0
        self.kinds: list[str] = list(KINDS)
        self.late: list[Request] = []
        self.poisoned: set[str] = set()  # ids of operations that something on the way never lets through

    def carry(self, request: Request) -> Reply:
        """Raises what `requests` raises."""
        kind = self.rng.choice(self.kinds) if self.kinds and self.rng.random() < self.rate else ""
        self.world.clock.wait(self.rng.choice((0.01, 0.05, 0.4)))
        what = f"    {request.method} {request.path.partition('?')[0]}"
        if kind:
            self.world.say(f"{what}: {kind}")
        if not self.platform.running:
            raise requests.ConnectionError(os.strerror(errno.ECONNREFUSED))
        match kind:
            case "dropped":
                raise requests.ConnectionError("no route to host")
            case "half-open" | "late":
                if kind == "late":
                    self.late.append(request)
                self.world.clock.wait(REPLY_S)
                raise requests.ReadTimeout("read timed out")
            case "broken":
                return Reply(503, b"<html>Service Unavailable</html>")
            case "garbage":
                return Reply(200, b"<html>Please sign in to the hotel's network</html>")
        reply = self.deliver(request)
        self.world.say(f"{what}: {reply.status_code}")
        match kind:
            case "doubled":
                return self.deliver(request)
            case "lost reply":
                self.world.clock.wait(REPLY_S)
                raise requests.ReadTimeout("read timed out")
            case "broken after":
                return Reply(502, b"")
            case "cut short":
                return Reply(reply.status_code, reply.content[: len(reply.content) // 2])
        return reply

    def deliver(self, request: Request) -> Reply:
        if request.path == "/v1/push" and self.poisoned.intersection(_ids(request.body)):
            return Reply(422, b'{"code": "malformed", "args": {}, "text": "body.operations.0"}')
        status, content = self.platform.answer(request.method, request.path, request.headers, request.body)
        return Reply(status, content)

    def deliver_late(self) -> bool:
        """One of those that seemed lost arrives after all; whether there was one."""
        if not self.late or not self.platform.running:
            return False
        request = self.late.pop(self.rng.randrange(len(self.late)))
        try:
            said = str(self.deliver(request).status_code)
        except requests.ConnectionError as error:  # who was to answer has died of it
            said = str(error)
        self.world.say(f"    late {request.method} {request.path.partition('?')[0]}: {said}")
        return True


def _ids(push: bytes) -> set[str]:
    return {operation["id"] for operation in json.loads(push)["operations"]}


class Session:
    """Stands for `requests.Session`."""

    def __init__(self, network: Network, base_url: str) -> None:
        self._network, self._base = network, base_url

    def request(self, method: str, url: str, *, headers: Mapping[str, str], data: bytes | None, **_: Any) -> Reply:
        return self._network.carry(Request(method, url.removeprefix(self._base), headers, data or b""))

    def close(self) -> None: ...
