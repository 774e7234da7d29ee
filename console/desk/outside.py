"""A running desk as one sees it from outside: its database, opened to be read only; its log; its platform's answers."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import requests
from sqlalchemy import func, select

from console.desk.files import DeskFiles
from console.desk.plan import DEMO_PASSWORD
from console.domain.errors import KnownError
from console.domain.operation import Lane
from console.store import tables
from console.store.queries import View
from console.store.store import Store
from console.sync.messages import Audit, LoginRequest

T = TypeVar("T")
ANSWER_S = 10


class Outside:
    def __init__(self, data: Path, realm: str = "live") -> None:
        self._files = DeskFiles(data, realm)
        self._store: Store | None = None

    def read(self, look: Callable[[View], T]) -> T | None:
        """What the desk has written; None while it has not made its database."""
        if self._store is None and not self._open():
            return None
        assert self._store is not None
        with self._store.read() as view:
            return look(view)

    def _open(self) -> bool:
        try:
            self._store = Store.open(self._files.database, self._files.key(), read_only=True, realm=self._files.realm)
        except KnownError:  # it is being made
            return False
        return True

    def close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None

    def log(self) -> str:
        """What the desk wrote down so far, of the file that it writes into now."""
        file = self._files.logs / "desk.log"
        return file.read_text("utf-8") if file.exists() else ""

    # -- operations

    def performed(self) -> dict[str, int]:
        """How many operations were done at this desk, by lane. They count from 1 without a gap."""
        return self.read(lambda view: _counts(view, False)) or {}

    def pending(self, lane: Lane | None = None) -> int:
        """How many the platform has not told back."""
        waiting = self.read(lambda view: _counts(view, True)) or {}
        return waiting.get(lane, 0) if lane else sum(waiting.values())

    # -- the platform

    def platform(self) -> str | None:
        """Its address, as the simulated platform told the desk."""
        found = re.findall(r'platform: \{"port": (\d+)\}', self.log())
        return f"http://127.0.0.1:{found[-1]}" if found else None

    def answers(self) -> bool:
        """Whether the platform is there."""
        try:
            return requests.get(f"{self.platform()}/healthz", timeout=ANSWER_S).ok
        except requests.RequestException:
            return False

    def compare(self, user: str) -> tuple[int, int]:
        """Operations done by now that the platform does not hold, and those that it holds more than once."""
        performed, held = self.performed(), self._audit(user)
        device = self._store.device if self._store else ""
        there: dict[str, int] = {one.lane: one.distinct for one in held.lanes if one.client == device}
        return sum(max(0, count - there.get(lane, 0)) for lane, count in performed.items()), held.doubled

    def _audit(self, user: str) -> Audit:
        """As a stranger with the password of a simulated pack, which guards nothing."""
        url = self.platform()
        asked = LoginRequest(
            user=user, password=DEMO_PASSWORD, realm=self._files.realm, device="outside", nonce="1", next_nonce="1"
        )
        login = requests.post(f"{url}/v1/login", json=asked.model_dump(mode="json"), timeout=ANSWER_S)
        login.raise_for_status()
        header = {"Authorization": f"Bearer {login.json()['token']}"}
        answer = requests.get(f"{url}/v1/audit", headers=header, timeout=ANSWER_S)
        answer.raise_for_status()
        return Audit.model_validate_json(answer.content)


def _counts(view: View, waiting: bool) -> dict[str, int]:
    outbox = tables.outbox
    query = select(outbox.c.lane, func.count()).group_by(outbox.c.lane)
    if waiting:
        query = query.where(outbox.c.settled_at.is_(None))
    return {row[0]: int(row[1]) for row in view.connection.execute(query)}
