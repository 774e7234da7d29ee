"""Bugs that a relay could have, planted like those of `bugs`. A world without a relay does not have them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from console.central import feed, forwarding, push, service
from console.sync import exchange, rebase
from tests.sim.bugs import BUGS, bug, swap
from tests.sim.caller import Killed
from tests.sim.world import World

# The way up


@bug("relay: queued in memory", "store and forward with a volatile queue: what was acknowledged dies with the process")
@contextmanager
def _(world: World) -> Iterator[None]:
    queues: dict[int, list[Any]] = {}  # of each start of the relay

    def forward(_tx: Any, *taken: Any) -> None:
        assert world.relay
        queues.setdefault(id(world.relay.exchange), []).append(taken)

    def pushed(self: Any, call: Any, lane: Any) -> bool:
        for taken in queues.pop(id(self), []):
            with world.relay.store.begin() as tx:  # type: ignore[union-attr]
                real_forward(tx, *taken)
        return real(self, call, lane)

    real, real_forward = exchange.Exchange.push, forwarding.forward
    with patch.object(service, "forward", forward), patch.object(exchange.Exchange, "push", pushed):
        yield


@bug("relay: passed on under an id of its own", "gateways that mint a new message: the way back to its sender is lost")
@contextmanager
def _(_world: World) -> Iterator[None]:
    def queue(tx: Any, fields: Any, touched: Any) -> None:
        real(tx, fields | {"id": forwarding.new_id()}, touched)

    real = forwarding._queue
    with patch.object(forwarding, "_queue", queue):
        yield


@bug("relay: passed on in another order", "a queue drained from its end: a dispatch goes up before its incident")
@contextmanager
def _(_world: World) -> Iterator[None]:
    def forward(tx: Any, client: str, decided: Any, touched: Any) -> None:
        real(tx, client, list(reversed(decided)), touched)

    real = forwarding.forward
    with patch.object(service, "forward", forward):
        yield


@bug("relay: the log of what it refused stays behind", "what was said on the radio belongs to a form that was rejected")
@contextmanager
def _(_world: World) -> Iterator[None]:
    def forward(tx: Any, client: str, decided: Any, touched: Any) -> None:
        real(tx, client, [one for one in decided if one.refusal is None], touched)

    real = forwarding.forward
    with patch.object(service, "forward", forward):
        yield


@bug(
    "relay: what is pending is not found again",
    "a queue that does not know what it is about",
)
@contextmanager
def _(_world: World) -> Iterator[None]:
    def queue(tx: Any, fields: Any, _touched: Any) -> None:
        real(tx, fields, ())

    real = forwarding._queue
    with patch.object(forwarding, "_queue", queue):
        yield


swap("relay: it believes that it has the last word", "two masters: what the town decided stays",
     (push, "overlay", lambda tx, rows, removed=(): tx.put(*rows)))  # fmt: skip


# The way down

swap("relay: a refusal from above stays there", "acknowledged by the first hop, rejected by the second: nobody is told",
     (feed, "tell_back", lambda tx, id, refusal: None))  # fmt: skip
swap("relay: an agency sent from above is told nothing of what was before", "ours: a bare number",
     (forwarding, "_incidents", lambda tx, applied: set()))  # fmt: skip
swap("relay: readings are put where nobody sees them", "ours: they name no place of their own",
     (forwarding, "_placeless", lambda tx, came: []))  # fmt: skip


@bug("relay: what is gone above stays below", "caches that are filled from above and never emptied")
@contextmanager
def _(_world: World) -> Iterator[None]:
    def pass_on(tx: Any, applied: Any, refused: Any, came: Any) -> None:
        real(tx, replace(applied, gone=()), refused, came)

    real = forwarding.pass_on
    with patch.object(forwarding, "pass_on", pass_on):
        yield


@bug("relay: what can never go up is undone without a word", "ours: the inbox of a relay has no reader")
@contextmanager
def _(_world: World) -> Iterator[None]:
    def quarantine(store: Any, lane: Any, n: int, phrase: Any, then: Any) -> Any:
        return real(store, lane, n, phrase, lambda tx, applied, _refused, came: then(tx, applied, (), came))

    real = rebase.quarantine
    with patch.object(rebase, "quarantine", quarantine):
        yield


@bug("relay: passed down after it was taken in", "two transactions for one: a crash in between")
@contextmanager
def _(world: World) -> Iterator[None]:
    def apply(store: Any, page: Any, then: Any) -> Any:
        given: list[Any] = []
        applied = real(store, page, lambda _tx, *more: given.extend(more))
        if then is not rebase.nothing_else and world.rng.random() < 0.2:
            raise Killed
        with store.begin() as tx:
            then(tx, *given)
        return applied

    real = rebase.apply
    with patch.object(rebase, "apply", apply):
        yield


__all__ = ["BUGS"]
