"""接入密钥: the keys of systems that bring facts, at the platform, or at a desk that works alone."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol
from urllib.parse import quote

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from console.desk.link import PlatformLink
from console.desk.session import Session
from console.domain.errors import KnownError, Refused
from console.domain.pack import Pack
from console.domain.phrases import say
from console.domain.words import Label, Phrase
from console.sync import keys
from console.sync.client import Client
from console.sync.keys import KeyMade, Keys, KeyState, state_of
from console.sync.link import Answer
from console.sync.receive import NAMES
from widgets.key_view import KeyRow, KeyView
from widgets.lang import language


class Keeper(Protocol):
    """Where the keys are. Each call waits for its answer: not from the main thread, nor from the store's.

    Raises `KnownError` and `Refused`, in words.
    """

    def all(self) -> list[KeyState]: ...

    def add(self, name: str, at: str, kinds: list[str]) -> str:
        """The key itself, told this once."""
        ...

    def remove(self, id: str) -> None: ...


@dataclass
class PlatformKeeper:
    client: Client
    pack: Pack

    def all(self) -> list[KeyState]:
        return Keys.model_validate_json(self._ask("GET", "/v1/keys")).keys

    def add(self, name: str, at: str, kinds: list[str]) -> str:
        keys.check(self.pack, name, at, kinds)  # said in the language on screen
        body = json.dumps({"name": name, "at": at, "kinds": kinds})
        return KeyMade.model_validate_json(self._ask("POST", "/v1/keys", body)).key

    def remove(self, id: str) -> None:
        self._ask("DELETE", f"/v1/keys/{quote(id, safe='')}")

    def _ask(self, method: str, path: str, body: str | None = None) -> bytes:
        try:
            return self.client.ask(method, path, body)
        except Answer as answer:
            code = str(answer.body.get("code", answer.status))
            if code == "key_missing":
                raise Refused(Phrase("key_missing", {"name": path.rpartition("/")[2]})) from None
            raise Refused(Phrase("key_answer", {"code": code})) from None


@dataclass
class OwnKeeper:
    session: Session

    def all(self) -> list[KeyState]:
        with self.session.store.read() as view:
            return [state_of(one) for one in keys.keys(view)]

    def add(self, name: str, at: str, kinds: list[str]) -> str:
        session = self.session
        keys.check(session.pack, name, at, kinds)
        made = session.jobs.store(lambda: keys.add(session.store, name, at, kinds, session.user.id)).result()
        return made[0]

    def remove(self, id: str) -> None:
        session = self.session
        session.jobs.store(lambda: keys.remove(session.store, id, session.user.id)).result()


def keeper_of(session: Session, link: PlatformLink | None) -> Keeper:
    """The platform, where there is one."""
    return OwnKeeper(session) if link is None else PlatformKeeper(link.client, session.pack)


class ServiceKeys(QDialog):
    """Made once. Esc closes it, and a new key that was shown is forgotten."""

    def __init__(self, session: Session, keeper: Keeper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._keeper = session, keeper
        self.view = KeyView([(kind, name) for kind, name in NAMES.items()], self)
        self.view.form.set_places(_places(session))
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self.view)
        self.resize(860, 460)
        self.view.addWanted.connect(self._add)
        self.view.removeWanted.connect(self._remove)
        self._retranslate()

    def open_keys(self) -> None:
        """To the front, as they are now."""
        self.view.say("")
        self._look()
        self.show()
        self.raise_()
        self.activateWindow()
        self.view.setFocus()

    def _look(self) -> None:
        self._session.jobs.pool(self._keeper.all, self._show, self._not_done)

    def _show(self, found: list[KeyState]) -> None:
        names = dict(_places(self._session))
        self.view.show_keys(
            [
                KeyRow(
                    one.id,
                    one.name,
                    names.get(one.at, Label(one.at, one.at)),
                    tuple(name for kind, name in NAMES.items() if kind in one.kinds),
                    one.added_at,
                    one.added_by,
                )
                for one in found
            ]
        )

    def _add(self, name: str, at: str, kinds: list[str]) -> None:
        self._do(partial(self._keeper.add, name, at, kinds), self.view.show_made)

    def _remove(self, id: str) -> None:
        self._do(partial(self._keeper.remove, id), lambda _none: self.view.say(self.tr("已收回,立即失效。"), "done"))

    def _do(self, work: Callable[[], Any], then: Callable[[Any], Any]) -> None:
        def done(found: Any) -> None:
            then(found)
            self._look()

        self.view.say("")
        self._session.jobs.pool(work, done, self._not_done)

    def _not_done(self, error: BaseException) -> None:
        if not isinstance(error, KnownError | Refused):
            raise error
        self.view.say(say(error.phrase, language()))
        self._session.jobs.pool(self._keeper.all, self._show, lambda _error: None)  # as they are, if that can be told

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("接入密钥"))
        self.view.form.set_places(_places(self._session))


def _places(session: Session) -> list[tuple[str, Label]]:
    """The areas and agencies that this person commands: their own first, then the widest."""
    pack = session.pack
    found = {path: area.name for path, area in pack.areas.items()}
    found |= {agency.path: agency.name for agency in pack.agencies.values() if agency.path not in found}
    mine = [one for one in found.items() if session.commands(one[0])]
    return sorted(mine, key=lambda one: (one[0] != session.area, one[0].count("/"), one[0]))
