"""The desk's side of the link: pushes the outbox, pulls the feed, listens for more. Never in the desk's way.

    client = Client(submit, "http://platform:8470", user="u1", password="...", realm="live")
    client.on_link = ...; client.on_changes = ...; client.on_pending = ...
    client.start()
    perform(store, operation, actor); client.wake()

All callbacks come on the client's own threads.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from console.domain.agency import Position
from console.domain.operation import Lane
from console.domain.words import Labelled, Phrase
from console.store.store import Store
from console.sync.outbox import Applied

T = TypeVar("T")


class Submit(Protocol):
    """Runs a function with the store on the one thread that writes."""

    def __call__(self, fn: Callable[[Store], T], /) -> Future[T]: ...


class Link(Labelled):
    ONLINE = "online", "在线", "Online"
    OFFLINE = "offline", "离线", "Offline"
    DENIED = "denied", "登录被拒", "Sign-in refused"


@dataclass(frozen=True, slots=True)
class LinkState:
    link: Link
    since: datetime
    detail: Phrase | None = None  # why it is not online
    offset_s: float = 0.0  # the platform's clock minus ours, at the last sign-in


class Client:
    """One link to one realm of the platform."""

    on_link: Callable[[LinkState], None]
    on_changes: Callable[[Applied], None]
    on_pending: Callable[[dict[Lane, int]], None]

    def __init__(self, submit: Submit, base_url: str, *, user: str, password: str, realm: str = "live") -> None: ...

    @property
    def state(self) -> LinkState: ...

    def start(self) -> None:
        """Begin; starts offline, and says so through `on_link` once it knows better."""

    def wake(self) -> None:
        """Something was performed: push it now. Cheap, from any thread."""

    def sign_in(self, user: str, password: str) -> None:
        """Another person takes the desk; what is pending stays and is pushed with their sign-in."""

    def set_cut(self, cut: bool) -> None:
        """A drill's link cut: behaves as if the cable were out, until it is mended."""

    def send_positions(self, positions: Iterable[Position]) -> None:
        """Best effort, the latest of each unit only. From any thread; does not wait."""

    def close(self) -> None:
        """Stop all threads and wait for them. What is pending stays in the outbox."""
