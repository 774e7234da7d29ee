"""How a desk's database introduces itself, so that a copy of it is found out and becomes a desk of its own.

At each sign-in the desk names the nonce that the sign-in before left, and the next one, which it has written
down first: a lost reply does no harm. A copy knows an old nonce only.
"""

import logging
import secrets
from collections.abc import Callable
from typing import Protocol, TypeVar

from console.domain.operations import VERSION
from console.store.store import Store
from console.sync.messages import LoginRequest, LoginResponse

T = TypeVar("T")
NONCE, NEXT, WAS = "sync.nonce", "sync.nonce_next", "sync.was"
log = logging.getLogger(__name__)


class Ask(Protocol):
    """Runs a function with the store where it may write, and gives its answer."""

    def __call__(self, fn: Callable[[Store], T], /) -> T: ...


class Handshake:
    """An `Introduction` over a desk's store."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.on_copied: Callable[[], None] = lambda: None

    def request(self, user: str, password: str, realm: str) -> LoginRequest:
        def prepare(store: Store) -> LoginRequest:
            with store.begin() as tx:
                nonce = tx.setting(NONCE) or "first"
                following = tx.setting(NEXT)
                if following is None:
                    following = secrets.token_hex(8)
                    tx.set_setting(NEXT, following)
                return LoginRequest(
                    user=user,
                    password=password,
                    realm=realm,
                    device=store.device,
                    nonce=nonce,
                    next_nonce=following,
                    was=tx.setting(WAS),
                    version=VERSION,
                )

        return self._ask(prepare)

    def taken(self, response: LoginResponse) -> None:
        def keep(store: Store) -> None:
            with store.begin() as tx:
                tx.set_setting(NONCE, tx.setting(NEXT))
                tx.set_setting(NEXT, None)
                tx.set_setting(WAS, None)

        self._ask(keep)

    def copied(self, device: str | None = None) -> None:
        """This database becomes a desk of its own; unless it is that `device` no more."""

        def become(store: Store) -> bool:
            if device not in (None, store.device):
                return False
            with store.begin() as tx:
                # of a device that never signed in the platform knows nothing
                tx.set_setting(WAS, tx.setting(WAS) or store.device)
                tx.set_setting(NONCE, None)
                tx.set_setting(NEXT, None)
                was, now = store.device, store.mint_device(tx)
            log.warning("this database is a copy of the desk %s and is the desk %s from now on", was, now)
            return True

        if self._ask(become):
            self.on_copied()
