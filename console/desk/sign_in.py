"""Signing in at the desk: by the platform when it can be reached, by what this desk remembers when not."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import requests

from console.domain.errors import KnownError
from console.domain.pack import User
from console.domain.phrases import say
from console.domain.words import Phrase
from console.store.store import Store
from console.sync.handshake import Handshake
from console.sync.link import Line, LinkDown
from console.sync.login import login_offline
from widgets.lang import language, show
from widgets.login import LoginDialog

if TYPE_CHECKING:
    from console.desk.desk import Desk


class SignIn:
    """Asks until someone is signed in. The check costs a second by design, so it runs beside the main thread."""

    def __init__(self, desk: "Desk", store: Store, then: Callable[[User, str], None]) -> None:
        self._desk, self._store, self._then = desk, store, then
        self._dialog = LoginDialog(desk.window, centre=show(desk.pack.centre))
        self._dialog.submitted.connect(self._check)
        self._dialog.rejected.connect(desk.window.close)

    def show(self) -> None:
        self._dialog.open()

    def _check(self, name: str, password: str) -> None:
        platform = self._desk.plan.options.platform or self._desk.plan.settings.platform
        user = self._desk.pack.users.get(name)

        def work() -> User:
            if user is None:
                raise KnownError(Phrase("login_wrong"))
            if not platform:
                login_offline(self._store, name, password, hashed=user.password_hash)
                return user
            try:
                line = Line(platform, name, password, self._store.realm, Handshake(lambda fn: fn(self._store)))
                with requests.Session() as http:
                    http.trust_env = False  # as the link itself: no proxy
                    line.call(http, "GET", "/v1/audit")
            except LinkDown:
                login_offline(self._store, name, password)
            return user

        self._desk.jobs.pool(work, lambda found: self._done(found, password), self._refused)

    def _done(self, user: User, password: str) -> None:
        self._dialog.rejected.disconnect()
        self._dialog.accept()
        self._then(user, password)

    def _refused(self, error: BaseException) -> None:
        if not isinstance(error, KnownError):
            raise error
        self._dialog.refuse(say(error.phrase, language()))
