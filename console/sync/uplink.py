"""A store that brings what was done in it to a platform, step by step, and ends: no threads, nothing to listen for.

uplink = Uplink(store, "https://platform", "u1", "...")
uplink.sign_in()
uplink.try_push()  # all that waits, if the link is up
refused = uplink.settle()  # until the platform has told everything back
"""

import time

import requests

from console.domain.words import Phrase
from console.store.store import Store
from console.sync import inbox, outbox
from console.sync.exchange import Exchange
from console.sync.handshake import Handshake
from console.sync.link import Line, LinkDown

AGAIN_S = 10.0
SOON_S = 0.2
PATIENCE_S = 30.0  # with a platform that tells nothing back


class Uplink:
    """Every call may raise `LinkDown` or `Denied`; what was done waits in the store and goes up with the next."""

    def __init__(self, store: Store, url: str, user: str, password: str) -> None:
        self._store, self._http = store, requests.Session()
        self._http.trust_env = False
        self._line = Line(url, user, password, store.realm, Handshake(lambda fn: fn(store)))
        self._exchange = Exchange(lambda fn: fn(store))
        self._again = 0.0  # when it is tried again, once the link was down

    def close(self) -> None:
        self._http.close()

    def sign_in(self) -> None:
        self._call("GET", "/v1/check?cursor=0")

    def try_push(self) -> None:
        """All that waits, unless the link is down: then it goes up with a later one."""
        if time.monotonic() < self._again:
            return
        try:
            self.push()
        except LinkDown:
            self._again = time.monotonic() + AGAIN_S

    def push(self) -> None:
        while self._exchange.push(self._call, "command"):
            pass

    def settle(self) -> list[Phrase]:
        """Push, and take the feed in until nothing waits; why some were not taken, if any."""
        self.push()
        since = time.monotonic()
        while any(outbox.pending(self._store).values()):
            if self._exchange.pull(self._call):
                since = time.monotonic()
            elif time.monotonic() - since > PATIENCE_S:
                raise LinkDown(Phrase("link_down"))
            elif any(outbox.pending(self._store).values()):
                time.sleep(SOON_S)  # a relay waits for the platform above it
                self._exchange.start_over()
                self.push()
        return [refusal.phrase for refusal in inbox.inbox(self._store)]

    def _call(self, method: str, path: str, body: str | bytes | None = None, /) -> bytes:
        return self._line.call(self._http, method, path, body)
